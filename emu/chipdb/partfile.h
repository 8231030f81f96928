/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One group of a *.chips file, read into a part. Private to the room. */
#ifndef SPINOR_CHIPDB_PARTFILE_H
#define SPINOR_CHIPDB_PARTFILE_H

#include "flash/partdata.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define CHIPDB_PART_KEYS 112

/* A part, or a family, whose copy parts begin with. */
struct chipdb_part {
	struct flash_part part;
	/* Erases with the size and times of another opcode, "as C7": resolved after all keys. */
	struct chipdb_erase_as {
		uint8_t opcode;
		uint8_t as;
		bool four_byte;
		bool hybrid;
	} erases_as[FLASH_ERASES_MAX];
	unsigned int n_erases_as;

	bool given[CHIPDB_PART_KEYS]; /* keys set by the part or by a family, by row */
	const char **aliases;         /* owned; part.aliases points to it */
	const char **alias_reasons;   /* likewise */
	const char **flashrom_names;  /* likewise */
	const char **definitions[FLASH_DEFINITION_LISTS]; /* likewise */
};

/* A group of a file. */
struct chipdb_part_group {
	const char *file;
	const char *name; /* between the brackets */
	bool family;
	GKeyFile *keys;
};

/* A part with the defaults of spinor-chipdb(5), or a copy of family. */
struct chipdb_part *chipdb_part_new(const struct chipdb_part *family);
void chipdb_part_free(struct chipdb_part *part);

/* Sets the keys of the group. strings owns all texts of the part. */
bool chipdb_part_read(struct chipdb_part *part, const struct chipdb_part_group *group,
	GStringChunk *strings, GError **error);

/* Completes a part (not a family) after all its keys are read, and checks that no key is missing
 * and that none contradicts another. */
bool chipdb_part_finish(
	struct chipdb_part *part, const struct chipdb_part_group *group, GError **error);

/* True when the part or a family has set the key. name: a key of spinor-chipdb(5). */
bool chipdb_part_is_given(const struct chipdb_part *part, const char *name);

#endif
