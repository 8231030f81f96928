/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors of the command-line tool; their codes are its exit statuses, but one. */
#ifndef SPINOR_SPINOR_EXITSTATUS_H
#define SPINOR_SPINOR_EXITSTATUS_H

#include <glib.h>

#define SPINOR_ERROR spinor_error_quark()

enum spinor_error {
	SPINOR_ERROR_FAILED = 1,
	SPINOR_ERROR_USAGE = 2,
	SPINOR_ERROR_NO_BENCH = 3,  /* none is running, or several without a choice */
	SPINOR_ERROR_SEVERAL = 103, /* as NO_BENCH; the list of benches follows the message */
	SPINOR_ERROR_TIMEOUT = 124,
	SPINOR_ERROR_NOT_EXECUTABLE = 126, /* run: the command exists, but cannot be started */
	SPINOR_ERROR_NOT_FOUND = 127,      /* run: the command does not exist */
};

GQuark spinor_error_quark(void);

/* Returns the exit status for an error of any domain. */
int spinor_error_status(const GError *error);

#endif
