/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One group of a *.chips file, read into a part. Private to the bench. */
#ifndef SPINOR_CHIPDB_PARTFILE_H
#define SPINOR_CHIPDB_PARTFILE_H

#include "flash/partdata.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define CHIPDB_PART_KEYS 96

/* A part, or the family that parts begin as a copy of. */
struct chipdb_part {
	struct flash_part part;
	/* Erases that take size and times of another opcode, "as C7": known when all is read. */
	struct chipdb_erase_as {
		uint8_t opcode;
		uint8_t as;
		bool four_byte;
		bool hybrid;
	} erases_as[FLASH_ERASES_MAX];
	unsigned int n_erases_as;

	bool given[CHIPDB_PART_KEYS]; /* which keys were set so far, here or by a family */
	const char **aliases;         /* owned; part.aliases points to it */
	const char **flashrom_names;  /* likewise */
};

/* Where a group stands, for messages too. */
struct chipdb_part_group {
	const char *file;
	const char *name; /* between the brackets */
	bool family;
	GKeyFile *keys;
};

/* A part with nothing set but what spinor-chipdb(5) gives as defaults, or a copy of family. */
struct chipdb_part *chipdb_part_new(const struct chipdb_part *family);
void chipdb_part_free(struct chipdb_part *part);

/* Sets what the group's keys say. strings keeps every text of the part. */
bool chipdb_part_read(struct chipdb_part *part, const struct chipdb_part_group *group,
	GStringChunk *strings, GError **error);

/* A part (no family) is read: completes what needs all of it, and checks that no key is missing and
 * that none contradicts another. */
bool chipdb_part_finish(
	struct chipdb_part *part, const struct chipdb_part_group *group, GError **error);

/* Whether the key was set, here or by a family. name: a key of spinor-chipdb(5). */
bool chipdb_part_is_given(const struct chipdb_part *part, const char *name);

#endif
