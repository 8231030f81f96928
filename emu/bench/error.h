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

/* The one of candidates (strings) that word was probably meant to be, or NULL; case ignored. */
const char *bench_nearest(const char *word, const GPtrArray *candidates);

/* "\"WORD\": did you mean NEAREST?; allowed are A, B, C" with the words of known. Free with
 * g_free(). */
char *bench_unknown(const char *word, const char *const *known);

#endif
