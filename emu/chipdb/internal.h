/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups of a chipdb. Private to the room. */
#ifndef SPINOR_CHIPDB_INTERNAL_H
#define SPINOR_CHIPDB_INTERNAL_H

#include "chipdb/chipdb.h"
#include "chipdb/chipscan.h"

#include <stdbool.h>

struct base_mistakes;

struct chipdb {
	GStringChunk *strings;
	GPtrArray *texts;     /* contents of the files */
	GPtrArray *groups;    /* struct chipdb_scan_group, owned, in the order of the files */
	GPtrArray *parts;     /* those of them that are parts, sorted by name */
	GHashTable *families; /* name to GPtrArray of struct chipdb_scan_group, by layer */
	GHashTable *names;    /* name or alias in lower case to struct chipdb_scan_group */
	GHashTable *flashrom; /* flashrom's name in lower case to GPtrArray of chipdb_scan_group */
	unsigned int depth;   /* of families that are being read */
	const char *checked;  /* the file that is checked; NULL: none */
	struct base_mistakes *mistakes; /* those of the file that is checked */
};

/* Reads group->part unless it is read already. */
bool chipdb_resolve(struct chipdb *db, struct chipdb_scan_group *group, GError **error);

/* The group of that part, read; NULL on error. */
struct chipdb_scan_group *chipdb_find_group(struct chipdb *db, const char *name, GError **error);

/* Opens the folders as chipdb_open() does, except the file checked, and that file after them; its
 * mistakes are added to mistakes, which must outlive the chipdb. */
struct chipdb *chipdb_open_checked(
	const char *dir, const char *checked, struct base_mistakes *mistakes, GError **error);

#endif
