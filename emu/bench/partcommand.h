/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands and erases of a part, read from chip data. Private to the bench. */
#ifndef SPINOR_BENCH_PARTCOMMAND_H
#define SPINOR_BENCH_PARTCOMMAND_H

#include "bench/partfile.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What a list is read into. */
struct partcommand {
	struct bench_part *part;
	GStringChunk *strings; /* keeps texts of the part */
	char **why;            /* set to what exactly is wrong, where there is more to say */
};

enum partcommand_change {
	PARTCOMMAND_REPLACE,
	PARTCOMMAND_ADD,
	PARTCOMMAND_REMOVE,
};

/* Mnemonics of the engine's rows, each with :OPCODE where it differs. */
bool bench_part_change_commands(
	const struct partcommand *place, const char *value, enum partcommand_change change);

/* key: the opcode, and which of its erases. value: "4K, 45 ms, 400 ms", "4Kx2 + 8K + 64Kx31, 1 s",
 * "chip, 40 s, 200 s", "as C7", or "none" for what only the family has. */
bool bench_part_set_erase(
	const struct partcommand *place, const struct flash_erase *key, const char *value);

/* Copies the erases that others are like. False when there is no such one: *missing. */
bool bench_part_copy_erases(struct bench_part *part, uint8_t *missing);

bool bench_part_has_command(const struct flash_part *part, const char *name);

/* The blocks that have a lock each: "64K", or "4Kx16 + 64Kx30 + 4Kx16". */
bool bench_part_set_lock_map(const struct partcommand *place, const char *value);

#endif
