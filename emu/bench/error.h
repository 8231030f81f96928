/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors that a user will read: options, files, chip data. */
#ifndef SPINOR_BENCH_ERROR_H
#define SPINOR_BENCH_ERROR_H

#include <glib.h>

#define BENCH_ERROR bench_error_quark()

enum bench_error {
	BENCH_ERROR_USAGE, /* the command line or a name on it: exit status 2 */
	BENCH_ERROR_FILE,  /* a file is missing, unreadable, of another size, in use, damaged */
};

GQuark bench_error_quark(void);

#endif
