/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The check of one file of chips, with all its mistakes. */
#ifndef SPINOR_CHIPDB_CHIPCHECK_H
#define SPINOR_CHIPDB_CHIPCHECK_H

#include <glib.h>

/* The result of a check of a file. */
struct chipdb_check {
	unsigned int n_mistakes;
	char *mistakes; /* lines "FILE:LINE: ...", sorted; at most 20, and their number beyond */
	char *warnings; /* likewise: facts that are missing */
	char *good;     /* a line "NAME: ok, N keys" for each part without a mistake */
};

/* Checks file as an addition to the chips of the folders (dir as for chipdb_open()); a group in it
 * hides one of the same name there. NULL and an error when a file cannot be read. Free with
 * chipdb_check_free(). */
struct chipdb_check *chipdb_check(const char *dir, const char *file, GError **error);
void chipdb_check_free(struct chipdb_check *check);

#endif
