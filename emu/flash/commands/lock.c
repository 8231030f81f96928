/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Individual block locks, independent of the commands that set them: which block a lock protects,
 * where its bits are stored, and when it is in force. Parts with a WPS bit use either the locks or
 * the BP bits; parts without use both.
 *
 * Also the commands of the most common kind, 36, 39, 3D, 7E, 98: one volatile bit per 64 KiB block,
 * and per 4 KiB sector in the first and the last block, all locked after power-up and reset.
 * Follows W25Q128JV rev. M, 7.1.10 and 8.2.32-8.2.36. The data sheet's list of commands that clear
 * WEL does not contain these, so they leave it set; and 3D repeats its byte to the end of the
 * frame. Both unconfirmed: the data sheet's figure has one byte, after which Winbond's own model of
 * the W25Q32JV holds the level of its last bit. Macronix has its WPS bit in the security register;
 * 68 sets it permanently (MX25L12835F PM1795 rev. 1.0, 9-31; its timing is unconfirmed).
 */
#include "flash/commands/lock.h"

#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
#include "flash/commands/statusregister.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/frame.h"
#include "flash/engine/life.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

enum {
	BLOCK = 65536,
	SECTOR = 4096,
	SECTORS = BLOCK / SECTOR,
	PARAMETER = 8192, /* SST26 */
	OVERLAY = 32768,
};

/* --- blocks --- */

static void
add_region(struct flash_locks *locks, uint64_t n_blocks, uint32_t block_size)
{
	if (n_blocks == 0)
		return;
	locks->regions[locks->n_regions++] =
		(struct flash_region){.n_blocks = (uint32_t)n_blocks, .block_size = block_size};
}

/* One lock per block of the part's erase D8 (or DC, its form with 4 address bytes). */
static void
erase_map(struct flash *chip)
{
	const struct flash_part *part = chip->part;
	struct flash_locks *locks = chip->locks;

	for (unsigned int i = 0; i < part->n_erases && locks->n_regions == 0; i++) {
		const struct flash_erase *erase = &part->erases[i];

		if (erase->opcode != 0xd8 && erase->opcode != 0xdc)
			continue;
		if (erase->size)
			add_region(locks, part->size / erase->size, erase->size);
		for (unsigned int j = 0; j < erase->n_regions; j++)
			add_region(locks, erase->regions[j].n_blocks, erase->regions[j].block_size);
	}
}

/* The usual map of a family, for parts that do not define their own. */
static void
usual_map(struct flash *chip)
{
	struct flash_locks *locks = chip->locks;
	uint64_t n_blocks = chip->part->size / BLOCK;

	if (chip->part->range_rule == FLASH_RANGE_AT2X_SECTORS) {
		add_region(locks, n_blocks, BLOCK);
	} else if (chip->part->range_rule == FLASH_RANGE_SST26 && n_blocks >= 2) {
		add_region(locks, 4, PARAMETER);
		add_region(locks, 1, OVERLAY);
		add_region(locks, n_blocks - 2, BLOCK);
		add_region(locks, 1, OVERLAY);
		add_region(locks, 4, PARAMETER);
	} else if (chip->bit[FLASH_BIT_WPS].mask && n_blocks >= 2) {
		add_region(locks, SECTORS, SECTOR);
		add_region(locks, n_blocks - 2, BLOCK);
		add_region(locks, SECTORS, SECTOR);
	} else if (flash_has_command(chip->part, "WRVLB") ||
		flash_has_command(chip->part, "WRDYB")) {
		erase_map(chip);
	}
}

static void
make_map(struct flash *chip)
{
	const struct flash_part *part = chip->part;
	struct flash_locks *locks = chip->locks;

	if (part->n_lock_regions == 0) {
		usual_map(chip);
	} else if (part->n_lock_regions == 1 && part->lock_regions[0].n_blocks == 1) {
		add_region(locks, part->size / part->lock_regions[0].block_size,
			part->lock_regions[0].block_size);
	} else {
		memcpy(locks->regions, part->lock_regions, sizeof(locks->regions));
		locks->n_regions = part->n_lock_regions;
	}
	for (unsigned int i = 0; i < locks->n_regions; i++)
		locks->count += locks->regions[i].n_blocks;
}

unsigned int
flash_lock_at(const struct flash *chip, uint64_t address, uint64_t *start, uint64_t *end)
{
	const struct flash_locks *locks = chip->locks;
	uint64_t base = 0;
	unsigned int before = 0;

	for (unsigned int i = 0; i < locks->n_regions; i++) {
		const struct flash_region *region = &locks->regions[i];
		uint64_t size = (uint64_t)region->n_blocks * region->block_size;

		if (address - base < size) {
			unsigned int block = (unsigned int)((address - base) / region->block_size);

			*start = base + (uint64_t)block * region->block_size;
			*end = *start + region->block_size;
			return before + block;
		}
		base += size;
		before += region->n_blocks;
	}
	/* Beyond the map: the last lock, so that nothing is unprotected by mistake. */
	*start = base;
	*end = chip->part->size;
	return locks->count - 1;
}

unsigned int
flash_lock_addressed(const struct flash *chip)
{
	uint64_t start;
	uint64_t end;

	return flash_lock_at(chip, flash_array_address(chip), &start, &end);
}

/* --- bits --- */

bool
flash_lock_get(const uint8_t *bits, unsigned int i)
{
	return bits && bits[i / 8] >> i % 8 & 1;
}

void
flash_lock_set(uint8_t *bits, unsigned int i, bool on)
{
	if (on)
		bits[i / 8] |= 1 << i % 8;
	else
		bits[i / 8] &= ~(1 << i % 8);
}

static size_t
n_bytes(const struct flash *chip)
{
	return (chip->locks->count + 7) / 8;
}

void
flash_lock_set_all(struct flash *chip, uint8_t *bits, bool on)
{
	memset(bits, on ? 0xff : 0x00, n_bytes(chip));
}

static bool
start_locked(const struct flash_part *part)
{
	if (part->lock_start != FLASH_LOCKS_BY_FAMILY)
		return part->lock_start == FLASH_LOCKS_LOCKED;
	return !flash_has_command(part, "WRVLB") && !flash_has_command(part, "WRDYB");
}

static void
create(struct flash *chip)
{
	struct flash_locks *locks = g_new0(struct flash_locks, 1);

	chip->locks = locks;
	make_map(chip);
	if (locks->count == 0)
		return;
	locks->start_locked = start_locked(chip->part);
	locks->skipped = flash_has_command(chip->part, "WRDYB");
	locks->pin_protects = flash_has_command(chip->part, "WRDPB");
	locks->write = g_malloc0(n_bytes(chip));
	locks->down = g_malloc0(n_bytes(chip));
	locks->read = g_malloc0(n_bytes(chip));
	if (flash_has_command(chip->part, "PPBP") || flash_has_command(chip->part, "WRSPB") ||
		flash_has_command(chip->part, "NVWLDR")) {
		locks->fixed = g_malloc0(n_bytes(chip));
		flash_keep(chip, "locks", locks->fixed, n_bytes(chip));
	}
}

static void
destroy(struct flash *chip)
{
	g_free(chip->locks->write);
	g_free(chip->locks->fixed);
	g_free(chip->locks->down);
	g_free(chip->locks->read);
	g_free(chip->locks);
}

/* A reset restores the locks as after power-up, unless they are frozen until power loss or the part
 * keeps them: the reset of SST26VF064B clears only status bits and the burst length (DS20005119,
 * 5.4). */
static void
reset(struct flash *chip, bool lost_power)
{
	struct flash_locks *locks = chip->locks;

	if (locks->count == 0 ||
		((locks->frozen || chip->part->locks_kept_on_reset) && !lost_power))
		return;
	locks->frozen = false;
	locks->hides = false;
	flash_lock_set_all(chip, locks->write, locks->start_locked);
	flash_lock_set_all(chip, locks->down, false);
	flash_lock_set_all(chip, locks->read, false);
	flash_status_report(chip);
}

/* --- in force --- */

bool
flash_locks_count(const struct flash *chip)
{
	return chip->locks->count &&
		(!chip->bit[FLASH_BIT_WPS].mask || flash_bit(chip, FLASH_BIT_WPS));
}

static bool
get(const struct flash_locks *locks, unsigned int i)
{
	return flash_lock_get(locks->write, i) || flash_lock_get(locks->fixed, i);
}

bool
flash_is_locked(const struct flash *chip, uint64_t address, uint64_t length)
{
	uint64_t start;
	uint64_t end;
	unsigned int last = flash_lock_at(chip, address + length - 1, &start, &end);

	for (unsigned int i = flash_lock_at(chip, address, &start, &end); i <= last; i++) {
		if (get(chip->locks, i))
			return true;
	}
	return false;
}

unsigned int
flash_locks_locked(const struct flash *chip)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < chip->locks->count; i++)
		n += get(chip->locks, i);
	return n;
}

unsigned int
flash_locks_fixed(const struct flash *chip)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < chip->locks->count; i++)
		n += flash_lock_get(chip->locks->fixed, i);
	return n;
}

void
flash_locks_hide(const struct flash *chip, uint64_t address, uint8_t *out, size_t n)
{
	uint64_t start;
	uint64_t end;

	while (n) {
		unsigned int i = flash_lock_at(chip, address, &start, &end);
		size_t span = MIN(n, end - address);

		if (flash_lock_get(chip->locks->read, i))
			memset(out, 0x00, span);
		out += span;
		address += span;
		n -= span;
	}
}

/* --- commands --- */

/* Argument 1 locks, 0 unlocks. */
static void
block_finish(struct flash *chip)
{
	if (chip->locks->count)
		flash_lock_set(chip->locks->write, flash_lock_addressed(chip),
			chip->frame.command->argument);
}

static void
global_finish(struct flash *chip)
{
	if (chip->locks->count)
		flash_lock_set_all(chip, chip->locks->write, chip->frame.command->argument);
}

static void
rdblock_out(struct flash *chip, uint8_t *out, size_t n)
{
	bool locked = chip->locks->count && get(chip->locks, flash_lock_addressed(chip));

	memset(out, locked, n);
}

static void
wpsel_complete(struct flash *chip, const struct flash_operation *operation)
{
	struct flash_bit_position wps = chip->bit[FLASH_BIT_WPS];

	(void)operation;
	chip->status[wps.reg] |= wps.mask;
	chip->stored_status[wps.reg] |= wps.mask;
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
wpsel_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	if (flash_cell_part(chip, flash_share_done(chip, operation)))
		wpsel_complete(chip, operation);
}

static void
wpsel_finish(struct flash *chip)
{
	static const struct flash_operation_kind wpsel = {
		.purpose = FLASH_FOR_STATUS_WRITE,
		.complete = wpsel_complete,
		.interrupt = wpsel_interrupt,
	};

	flash_operation_begin(chip, &wpsel, 0, 0, flash_duration(chip, FLASH_T_W));
}

static const struct flash_command commands[] = {
	{"BLOCK_LOCK", 0x36, .address_bytes = ADDRESS, .gates = GATE_WEL, .argument = 1,
		.finish = block_finish},
	{"BLOCK_UNLOCK", 0x39, .address_bytes = ADDRESS, .gates = GATE_WEL, .argument = 0,
		.finish = block_finish},
	{"RDBLOCK", 0x3d, .address_bytes = ADDRESS, .data_max = DATA_ANY, .out = rdblock_out},
	{"GLOBAL_LOCK", 0x7e, .gates = GATE_WEL, .argument = 1, .finish = global_finish},
	{"GLOBAL_UNLOCK", 0x98, .gates = GATE_WEL, .argument = 0, .finish = global_finish},
	{"WPSEL", 0x68, .gates = GATE_WEL, .finish = wpsel_finish},
	{0},
};

const struct flash_family flash_lock_family = {
	.commands = commands,
	.create = create,
	.destroy = destroy,
	.reset = reset,
};
