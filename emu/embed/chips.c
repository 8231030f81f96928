/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts by name for programs outside of this project. The room is above flash and chipdb, which do
 * not know each other's insides; spinord has no use for it.
 *
 * A part keeps its strings and tables in the chip data that it was read from. So a part that the
 * program owns is a copy of the fields with a chipdb of its own behind it; those of
 * flash_part_by_name() share one that is never closed, as programs keep such parts in static data.
 * Reading a part changes the chipdb that it is in, hence the lock around the shared one.
 */
#include "embed/chips.h"

#include "chipdb/chipdb.h"
#include "flash/partdata.h"

#include <glib.h>

struct owned {
	struct flash_part part; /* first: what the program has */
	struct chipdb *db;
};

static GMutex lock;
static struct chipdb *shared; /* NULL until the first call */

const struct flash_part *
flash_part_by_name(const char *name)
{
	const struct flash_part *part = NULL;

	g_mutex_lock(&lock);
	if (!shared)
		shared = chipdb_open(NULL, NULL);
	if (shared)
		part = chipdb_find(shared, name, NULL);
	g_mutex_unlock(&lock);
	return part;
}

/* Takes db, which may be NULL for the error, and frees the error. */
static struct flash_part *
own(struct chipdb *db, const char *name, GError **error, char **why)
{
	const struct flash_part *part = db ? chipdb_find(db, name, error) : NULL;
	struct owned *owned;

	if (!part) {
		if (why)
			*why = g_strdup((*error)->message);
		g_clear_error(error);
		chipdb_close(db);
		return NULL;
	}
	owned = g_new(struct owned, 1);
	owned->part = *part;
	owned->db = db;
	return &owned->part;
}

struct flash_part *
flash_part_load(const char *dir, const char *name, char **why)
{
	GError *error = NULL;

	return own(chipdb_open(dir, &error), name, &error, why);
}

struct flash_part *
flash_part_from_text(const char *text, const char *name, char **why)
{
	GError *error = NULL;

	return own(chipdb_open_text(text, &error), name, &error, why);
}

void
flash_part_free(struct flash_part *part)
{
	struct owned *owned = (struct owned *)part;

	if (!owned)
		return;
	chipdb_close(owned->db);
	g_free(owned);
}
