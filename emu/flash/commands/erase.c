/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Erase: sectors, blocks and the chip. The address is aligned down to the block; the block reads FF
 * when the operation ends. Opcodes, sizes and times are the part's; where blocks differ in size
 * (boot sectors) the address selects the block in the part's map. Where an opcode erases nothing
 * (small parameter sectors that only cover one end) the command is ignored, and no failure flag is
 * set (S25FL128S, Spansion's own model). Follows W25Q128JV rev. M, 8.2.15-8.2.18.
 *
 * Hybrid parts have a second set of erases, in force until a configuration bit makes all sectors
 * equal (S25FS-S, CR3 bit 3).
 *
 * A block whose erase was interrupted by a reset or power loss is neither as before nor erased: see
 * cells.c.
 */
#include "flash/commands/erase.h"

#include "flash/cells/cells.h"
#include "flash/commands/dataflash.h"
#include "flash/commands/families.h"
#include "flash/commands/lock.h"
#include "flash/commands/protect.h"
#include "flash/commands/suspend.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/frame.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

uint32_t
flash_erase_block(const struct flash_erase *erase, uint64_t address, uint64_t *start)
{
	uint64_t base = 0;

	if (erase->n_regions == 0) {
		*start = address - address % erase->size;
		return erase->size;
	}
	for (unsigned int i = 0; i < erase->n_regions; i++) {
		const struct flash_region *region = &erase->regions[i];
		uint64_t end = base + (uint64_t)region->n_blocks * region->block_size;

		if (address < end) {
			*start = address - (address - base) % region->block_size;
			return region->gap ? 0 : region->block_size;
		}
		base = end;
	}
	*start = 0;
	return 0;
}

static void
erase_bytes(struct flash *chip, uint32_t address, uint64_t n)
{
	memset(chip->array + address, 0xff, n);
	flash_cells_erased(chip, address, n);
	flash_array_changed(chip, address, n);
}

/* Erases the first n bytes of the array, except locked blocks: see asp.c. */
static void
erase_unlocked(struct flash *chip, uint64_t n)
{
	uint64_t start;
	uint64_t end;

	for (uint64_t address = 0; address < n; address = end) {
		flash_lock_at(chip, address, &start, &end);
		if (!flash_is_locked(chip, address, 1))
			erase_bytes(chip, (uint32_t)address, (uint32_t)(MIN(end, n) - address));
	}
}

static void
erase_complete(struct flash *chip, const struct flash_operation *operation)
{
	if (operation->address < chip->die_size)
		erase_bytes(chip, operation->address, operation->length);
}

static void
erase_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	if (operation->address >= chip->die_size)
		return;
	flash_cells_cut_off(
		chip, operation->address, operation->length, flash_share_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

const struct flash_operation_kind flash_erase_kind = {
	.purpose = FLASH_FOR_ERASE,
	.complete = erase_complete,
	.interrupt = erase_interrupt,
};

/* Erases the first n bytes of the array as a chip erase does. */
static void
erase_first(struct flash *chip, uint64_t n)
{
	if (chip->locks->skipped)
		erase_unlocked(chip, n);
	else
		erase_bytes(chip, 0, n);
}

static void
erase_chip_complete(struct flash *chip, const struct flash_operation *operation)
{
	erase_first(chip, operation->length);
}

/* Leaves the span as after an interrupted erase, except locked blocks. */
static void
cut_off_unlocked(struct flash *chip, uint64_t start, uint64_t end, double share)
{
	uint64_t next = end;
	uint64_t ignored;

	for (; start < end; start = next) {
		if (chip->locks->skipped)
			flash_lock_at(chip, start, &ignored, &next);
		next = MIN(next, end);
		if (!chip->locks->skipped || !flash_is_locked(chip, start, 1))
			flash_cells_cut_off(chip, start, next - start, share);
	}
}

/* A chip erase erases piece after piece: some are erased, and one is interrupted. */
static void
erase_chip_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	uint64_t size = flash_cells_piece(chip);
	double pieces =
		flash_share_done(chip, operation) * ((double)operation->length / (double)size);
	uint64_t start = (uint64_t)pieces * size;

	erase_first(chip, MIN(start, operation->length));
	if (start < operation->length)
		cut_off_unlocked(chip, start, MIN(start + size, operation->length),
			pieces - (double)(uint64_t)pieces);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind erase_chip_kind = {
	.purpose = FLASH_FOR_ERASE,
	.whole_chip = true,
	.complete = erase_chip_complete,
	.interrupt = erase_chip_interrupt,
};

static void
erase_finish(struct flash *chip)
{
	const struct flash_erase *erase = &chip->part->erases[chip->frame.command->argument];
	uint64_t start;
	uint32_t size = flash_erase_block(erase, flash_array_address(chip), &start);

	if (size == 0) {
		chip->frame.outcome = FLASH_BAD_ADDRESS;
		return;
	}
	if (flash_is_protected(chip, start, size)) {
		flash_refuse_protected(chip);
		return;
	}
	if (flash_in_suspended(chip, start, size)) {
		chip->frame.outcome = FLASH_SUSPENDED;
		return;
	}
	flash_operation_begin(chip, &flash_erase_kind, (uint32_t)start, size,
		flash_erase_time(chip, erase->time, start, size));
}

/* Ignored if any part of the array is protected; see also erase_unlocked(). */
static void
erase_chip_finish(struct flash *chip)
{
	const struct flash_erase *erase = &chip->part->erases[chip->frame.command->argument];

	if (flash_all_is_protected(chip)) {
		flash_refuse_protected(chip);
		return;
	}
	if (flash_in_suspended(chip, 0, chip->die_size)) {
		chip->frame.outcome = FLASH_SUSPENDED;
		return;
	}
	flash_operation_begin(chip, &erase_chip_kind, 0, chip->die_size,
		flash_erase_time(chip, erase->time, 0, chip->die_size));
}

static const char *
name_of(const struct flash_erase *erase)
{
	if (erase->n_regions)
		return "BE";
	if (erase->size == 0)
		return "CE";
	if (erase->size == 4096)
		return "SE";
	return erase->size == 32768 ? "BE32K" : erase->size == 65536 ? "BE64K" : "BE";
}

static struct flash_command
erase_row(const struct flash_erase *erase, unsigned int index)
{
	bool block = erase->size || erase->n_regions;

	return (struct flash_command){
		.name = name_of(erase),
		.opcode = erase->opcode,
		.address_bytes = !block    ? 0
			: erase->four_byte ? 4
					   : ADDRESS,
		.argument = index,
		.purpose = FLASH_FOR_ERASE,
		.gates = GATE_WEL | GATE_NOT_IN_ERASE_SUSPEND,
		.finish = block ? erase_finish : erase_chip_finish,
	};
}

static void
adapt_rows(struct flash *chip)
{
	chip->erase_rows = g_new0(struct flash_command, chip->part->n_erases + 1);
	for (unsigned int i = 0; i < chip->part->n_erases; i++) {
		const struct flash_erase *erase = &chip->part->erases[i];

		chip->erase_rows[i] =
			chip->dataflash ? flash_dataflash_erase_row(chip, i) : erase_row(erase, i);
	}
	flash_erase_rows_select(chip);
}

static void
select_rows(struct flash *chip, bool hybrid)
{
	for (unsigned int i = 0; i < chip->part->n_erases; i++) {
		if (chip->part->erases[i].hybrid == hybrid)
			chip->commands[chip->part->erases[i].opcode] = &chip->erase_rows[i];
	}
}

void
flash_erase_rows_select(struct flash *chip)
{
	if (!chip->bit[FLASH_BIT_UNIFORM].mask) {
		select_rows(chip, false);
		return;
	}
	for (unsigned int i = 0; i < chip->part->n_erases; i++)
		chip->commands[chip->part->erases[i].opcode] = NULL;
	select_rows(chip, false);
	if (!flash_bit(chip, FLASH_BIT_UNIFORM))
		select_rows(chip, true);
}

static void
destroy(struct flash *chip)
{
	g_free(chip->erase_rows);
}

static void
reset(struct flash *chip, bool lost_power)
{
	(void)lost_power;
	flash_erase_rows_select(chip);
}

const struct flash_family flash_erase_family = {
	.destroy = destroy,
	.adapt_rows = adapt_rows,
	.reset = reset,
};
