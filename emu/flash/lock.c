/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Individual block locks: one volatile bit per 64 KiB block, and per 4 KiB sector in the first and
 * the last block. All are locked after power-up and reset; they count only while WPS = 1. Commands
 * 36, 39, 3D, 7E, 98. Follows W25Q128JV rev. M, 7.1.10 and 8.2.32-8.2.36.
 *
 * The data sheet's list of what clears WEL does not name these commands, so they leave it set; and
 * 3D repeats its byte for as long as it is clocked. Both unconfirmed.
 */
#include "flash/chip.h"

#include <glib.h>
#include <string.h>

enum {
	BLOCK = 65536,
	SECTOR = 4096,
	SECTORS = BLOCK / SECTOR
};

static unsigned int
n_blocks(const struct flash *chip)
{
	return chip->part->size / BLOCK;
}

/* Sectors of the first block, the whole blocks between, sectors of the last block. */
static unsigned int
n_locks(const struct flash *chip)
{
	return n_blocks(chip) < 2 ? 0 : n_blocks(chip) - 2 + 2 * SECTORS;
}

static unsigned int
lock_index(const struct flash *chip, uint64_t address)
{
	unsigned int block = address / BLOCK;
	unsigned int sector = address % BLOCK / SECTOR;

	if (block == 0)
		return sector;
	if (block == n_blocks(chip) - 1)
		return SECTORS + block - 1 + sector;
	return SECTORS + block - 1;
}

static bool
get(const struct flash *chip, unsigned int i)
{
	return chip->block_locks[i / 8] >> i % 8 & 1;
}

static void
set_all(struct flash *chip, bool locked)
{
	memset(chip->block_locks, locked ? 0xff : 0x00, (n_locks(chip) + 7) / 8);
}

void
flash_locks_new(struct flash *chip)
{
	if (chip->bit[FLASH_BIT_WPS].mask)
		chip->block_locks = g_malloc0((n_locks(chip) + 7) / 8);
}

void
flash_locks_power_up(struct flash *chip)
{
	if (chip->block_locks)
		set_all(chip, true);
}

bool
flash_is_locked(const struct flash *chip, uint64_t address, uint64_t length)
{
	unsigned int last;

	if (!chip->block_locks || n_locks(chip) == 0)
		return false;
	last = lock_index(chip, address + length - 1);
	for (unsigned int i = lock_index(chip, address); i <= last; i++) {
		if (get(chip, i))
			return true;
	}
	return false;
}

static unsigned int
addressed(const struct flash *chip)
{
	return lock_index(chip, flash_array_address(chip));
}

static void
block_lock_finish(struct flash *chip)
{
	unsigned int i = addressed(chip);

	if (chip->block_locks)
		chip->block_locks[i / 8] |= 1 << i % 8;
}

static void
block_unlock_finish(struct flash *chip)
{
	unsigned int i = addressed(chip);

	if (chip->block_locks)
		chip->block_locks[i / 8] &= ~(1 << i % 8);
}

static void
global_finish(struct flash *chip)
{
	if (chip->block_locks)
		set_all(chip, chip->frame.command->argument);
}

static void
rdblock_out(struct flash *chip, uint8_t *out, size_t n)
{
	memset(out, chip->block_locks && get(chip, addressed(chip)), n);
}

const struct flash_command flash_lock_commands[] = {
	{"BLOCK_LOCK", 0x36, .address_bytes = ADDRESS, .gates = GATE_WEL,
		.finish = block_lock_finish},
	{"BLOCK_UNLOCK", 0x39, .address_bytes = ADDRESS, .gates = GATE_WEL,
		.finish = block_unlock_finish},
	{"RDBLOCK", 0x3d, .address_bytes = ADDRESS, .data_max = DATA_ANY, .out = rdblock_out},
	{"GLOBAL_LOCK", 0x7e, .gates = GATE_WEL, .argument = 1, .finish = global_finish},
	{"GLOBAL_UNLOCK", 0x98, .gates = GATE_WEL, .argument = 0, .finish = global_finish},
	{0},
};
