/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's running benches, each with a number that stays the same while it runs. */
#ifndef SPINOR_SPINOR_BENCHES_H
#define SPINOR_SPINOR_BENCHES_H

#include <glib.h>
#include <stdint.h>
#include <stdio.h>

struct spinor_bench {
	unsigned int number; /* from 1 */
	char *path;          /* of the control socket */
	char *name;          /* of the first adapter */
	char *link;          /* the base name of its link; may be NULL */
	char *chip;          /* of the first adapter; may be NULL */
	unsigned int adapters;
	int64_t pid;
};

/* Returns the running benches, struct spinor_bench, sorted by number. */
GPtrArray *spinor_benches_find(GError **error);

/* Prints a numbered line for each. */
void spinor_benches_print(const GPtrArray *benches, FILE *to);

/* Returns the socket of the bench with that number, process ID, name of an adapter or of a link.
 * SPINOR_ERROR_SEVERAL: there is none, or several. Free with g_free(). */
char *spinor_benches_resolve(const char *which, GError **error);

#endif
