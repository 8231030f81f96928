/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chips that can be emulated, read from *.chips files. */
#ifndef SPINOR_CHIPDB_CHIPDB_H
#define SPINOR_CHIPDB_CHIPDB_H

#include <glib.h>

struct chipdb;
struct flash_part;

/*
 * Reads every *.chips file of the installed folder and of spinor/chipdb in the XDG data folders, or
 * of $SPINOR_CHIPDB instead of these (empty: of none), then of dir (may be NULL). Later files
 * override earlier ones. Errors name file, group and key, the value found and the values allowed.
 */
struct chipdb *chipdb_open(const char *dir, GError **error);

/* The folders and files that chipdb_open() reads, from the lowest layer to the highest. Free with
 * g_ptr_array_unref(). */
GPtrArray *chipdb_folders(const char *dir);

/* Reads text, the content of a *.chips file, and no file. Errors name it "text". */
struct chipdb *chipdb_open_text(const char *text, GError **error);
void chipdb_close(struct chipdb *db);

/* The part of that name or alias, case ignored. NULL and an error that suggests the nearest name
 * when there is none. The part belongs to the chipdb. */
const struct flash_part *chipdb_find(struct chipdb *db, const char *name, GError **error);

/* What the files say of that part and of the families it inherits, and the documents at the top of
 * each file. NULL and an error as chipdb_find(). */
char *chipdb_source(struct chipdb *db, const char *name, GError **error);

/* Parts whose name, vendor or alias contains pattern (NULL: all), case ignored, sorted by name.
 * Free with g_ptr_array_unref(); the parts belong to the chipdb. */
GPtrArray *chipdb_list(struct chipdb *db, const char *pattern);

#endif
