/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands and erases of a part, read from chip data. Private to the room. */
#ifndef SPINOR_CHIPDB_PARTCOMMAND_H
#define SPINOR_CHIPDB_PARTCOMMAND_H

#include "chipdb/partfile.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The target of a list. */
struct chipdb_partcommand {
	struct chipdb_part *part;
	GStringChunk *strings; /* owns the texts of the part */
	char **why;            /* set to the reason why a value is refused */
};

enum chipdb_partcommand_change {
	CHIPDB_PARTCOMMAND_REPLACE,
	CHIPDB_PARTCOMMAND_ADD,
	CHIPDB_PARTCOMMAND_REMOVE,
};

/* "unknown command "RSDR1": did you mean RDSR1?". Free with g_free(). */
char *chipdb_part_unknown_command(const char *name);

/* value: mnemonics of the engine's rows, each with :OPCODE if that differs. */
bool chipdb_part_change_commands(const struct chipdb_partcommand *target, const char *value,
	enum chipdb_partcommand_change change);

/* Sets the opcode of a key's name: "erase-20", "erase4-21" for an opcode with 4 address bytes,
 * "hybrid-20", "hybrid4-21". */
bool chipdb_part_parse_erase(const char *name, struct flash_erase *erase);

bool chipdb_part_is_erase_key(const char *name);

/* key: the opcode, and which of its erases. value: "4K, 45 ms, 400 ms", "4Kx2 + 8K + 64Kx31, 1 s",
 * "chip, 40 s, 200 s", "as C7", or "none" to remove an erase of the family. */
bool chipdb_part_set_erase(
	const struct chipdb_partcommand *target, const struct flash_erase *key, const char *value);

/* Resolves the erases of the form "as C7". False when there is no erase C7: *missing is 0xC7. */
bool chipdb_part_copy_erases(struct chipdb_part *part, uint8_t *missing);

/* The blocks that have a lock each: "64K", or "4Kx16 + 64Kx30 + 4Kx16". */
bool chipdb_part_set_lock_map(const struct chipdb_partcommand *target, const char *value);

#endif
