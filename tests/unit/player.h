/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host that knows a part's data sheet and nothing of the engine: it speaks through the pins. */
#ifndef SPINOR_TESTS_UNIT_PLAYER_H
#define SPINOR_TESTS_UNIT_PLAYER_H

#include "flash/flash.h"
#include "flash/partdata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct player {
	const struct flash_part *part;
	struct flash *chip;
	uint8_t *array; /* part->size bytes, 00 at first: all bits programmed */
	int64_t now_ns;
};

struct player *player_new(const struct flash_part *part);
void player_destroy(struct player *player);

/* All bits of the array programmed, by magic. */
void player_clear(struct player *player);

/* The opcode of a mnemonic in this part, or -1. */
int player_opcode(const struct player *player, const char *name);
bool player_has(const struct player *player, const char *name);

/* One frame: out to MOSI, then n_in bytes from MISO; waits until the chip is ready. */
void player_frame(
	struct player *player, const uint8_t *out, size_t n_out, uint8_t *in, size_t n_in);

/* A frame of a command without address and data; nothing when the part lacks it. */
void player_command(struct player *player, const char *name);

/* Write enable, unless the part has none. */
void player_enable(struct player *player);

/* Whatever the part wants before its array can be written: block protection off, locks open. */
void player_unlock(struct player *player);

/* Address bytes of the mode that reaches that address; sets the mode. 0: out of reach. */
unsigned int player_reach(struct player *player, uint64_t address);

bool player_is_dataflash(const struct player *player);

/* n bytes that name a place of the array, the highest first; returns where they end. A DataFlash
 * counts pages, and bytes in them. */
uint8_t *player_put_address(
	const struct player *player, uint8_t *at, uint64_t address, unsigned int n);

/* Reads with that command, of that many address bytes. */
void player_read(struct player *player, int opcode, unsigned int address_bytes, uint64_t address,
	uint8_t *in, size_t n);

#endif
