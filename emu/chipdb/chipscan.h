/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Splits the text of *.chips files into groups. Private to the room. */
#ifndef SPINOR_CHIPDB_CHIPSCAN_H
#define SPINOR_CHIPDB_CHIPSCAN_H

#include "chipdb/partfile.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct base_mistakes;

#define CHIPDB_SCAN_FAMILY_PREFIX "family "

/* A part or a family: its text, and the part read from it. */
struct chipdb_scan_group {
	unsigned int depth;          /* number of families in line, when it is read */
	struct chipdb_part_group at; /* at.keys: set only while the group is read */
	const char *head;            /* of its file: the comment at the top */
	const char *comment;         /* the lines above the [, or the [ */
	const char *text;            /* from its [ to the next group's */
	size_t length;
	unsigned int line;                /* of the [, from 1 */
	unsigned int layer;               /* number of its folder; a higher one overrides */
	bool open;                        /* being read */
	bool refused;                     /* its name is taken; only while mistakes are collected */
	struct chipdb_part *part;         /* NULL until read */
	struct chipdb_scan_group *family; /* that it inherits; set with part */
	GPtrArray *aliases;               /* for look-ups before the group is read */
	GPtrArray *flashrom;              /* likewise: the definitions of all releases */
	GPtrArray *newest;                /* likewise: those of the newest flashrom */
	uint8_t id[FLASH_ID_MAX];         /* its first bytes; 00: none */
};

void chipdb_scan_group_free(struct chipdb_scan_group *group);

/* A file, or a text. */
struct chipdb_scan_file {
	const char *path;
	const char *text;
	size_t length;
	unsigned int layer;
};

/* Appends the groups of the file to groups, with their names and aliases. Path, text and strings
 * must outlive the groups. Lines that are wrong are added to mistakes; NULL: the first one is an
 * error. */
bool chipdb_scan_text(GPtrArray *groups, GStringChunk *strings, const struct chipdb_scan_file *file,
	struct base_mistakes *mistakes, GError **error);

/* Appends the lines of a part, which is read, and of the families that it inherits, and the head of
 * each file, which lists the documents. */
void chipdb_scan_source(GString *out, const struct chipdb_scan_group *group);

#endif
