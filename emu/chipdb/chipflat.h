/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part with the keys of its families, each with its file and line. */
#ifndef SPINOR_CHIPDB_CHIPFLAT_H
#define SPINOR_CHIPDB_CHIPFLAT_H

#include <glib.h>

struct chipdb;
struct chipdb_scan_group;

/* A key that is in effect, as in its file. */
struct chipdb_flat_key {
	char *key; /* "commands+" for "commands +=" */
	char *value;
	const char *file;
	const char *group; /* "W25Q80DV", "family W25Q" */
	unsigned int line;
};

/* The keys of that part, those of the outermost family first. A key that a family or the part
 * replaces is left out; += and -= follow the key that they change. Free with g_ptr_array_unref().
 * NULL and an error as chipdb_find(). */
GPtrArray *chipdb_flat(struct chipdb *db, const char *name, GError **error);

/* The same of a part that is read. */
GPtrArray *chipdb_flat_group(const struct chipdb_scan_group *group);

/* The families of all files, each below the one that it inherits: their names, the number of parts
 * that inherit them, and their file and line. Free with g_free(). */
char *chipdb_families(struct chipdb *db);

#endif
