/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of *.chips files cut into groups. Private to the bench. */
#ifndef SPINOR_CHIPDB_CHIPSCAN_H
#define SPINOR_CHIPDB_CHIPSCAN_H

#include "chipdb/partfile.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define CHIPDB_SCAN_FAMILY_PREFIX "family "

/* A part or a family: where its text is, and what was read from it. */
struct chipdb_scan_group {
	struct chipdb_part_group at; /* keys: only while it is read */
	const char *text;            /* from its [ to the next group's */
	size_t length;
	unsigned int line;        /* of the [, from 1 */
	unsigned int layer;       /* which folder it is from; a higher one overrides */
	bool open;                /* being read */
	struct chipdb_part *part; /* NULL until read */
	GPtrArray *aliases;       /* as written, for look-ups before it is read */
	GPtrArray *flashrom;      /* likewise */
};

void chipdb_scan_group_free(struct chipdb_scan_group *group);

/* Appends the groups of a file's text to groups, with the names that are in them. The text has to
 * last as long as the groups, strings as well. */
bool chipdb_scan_text(GPtrArray *groups, GStringChunk *strings, const char *file, const char *text,
	size_t length, unsigned int layer, GError **error);

#endif
