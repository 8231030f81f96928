/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors of the command-line tool; their codes are its exit statuses. */
#ifndef SPINOR_SPINOR_EXITSTATUS_H
#define SPINOR_SPINOR_EXITSTATUS_H

#include <glib.h>

#define SPINOR_ERROR spinor_error_quark()

enum spinor_error {
	SPINOR_ERROR_FAILED = 1,
	SPINOR_ERROR_USAGE = 2,
	SPINOR_ERROR_NO_BENCH = 3, /* none is running, or several and none was named */
	SPINOR_ERROR_TIMEOUT = 124,
	SPINOR_ERROR_NOT_EXECUTABLE = 126, /* run: the command is there, but can't be started */
	SPINOR_ERROR_NOT_FOUND = 127,      /* run: there is no such command */
};

GQuark spinor_error_quark(void);

/* The exit status that goes with an error of any domain. */
int spinor_error_status(const GError *error);

#endif
