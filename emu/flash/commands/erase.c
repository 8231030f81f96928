/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Erase: sectors, blocks and the chip. The address is aligned down to the block; the block reads FF
 * when the operation ends. Opcodes, sizes and times are the part's; where blocks differ in size
 * (boot sectors) the address picks the block out of the part's map. Where an opcode erases nothing
 * (small parameter sectors that only cover one end) the command is ignored and the erase failure
 * flag is set. Follows W25Q128JV rev. M, 8.2.15-8.2.18.
 *
 * Hybrid parts have a second set of erases, in force until a configuration bit makes all sectors
 * the same (S25FS-S, CR3 bit 3).
 *
 * Cut off by reset or power loss, the block is neither as before nor erased: see cells.c.
 */
#include "flash/engine/internal.h"

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
erase_finish(struct flash *chip)
{
	const struct flash_erase *erase = &chip->part->erases[chip->frame.command->argument];
	uint64_t start;
	uint32_t size = flash_erase_block(erase, flash_array_address(chip), &start);

	if (size == 0) {
		chip->frame.outcome = FLASH_BAD_ADDRESS;
		flash_fail(chip, true);
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
	flash_operation_begin(chip, OPERATION_ERASE, (uint32_t)start, size,
		flash_erase_time(chip, erase->time, start, size));
}

/* Ignored when any part of the array is protected; see also erase_unlocked(). */
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
	flash_operation_begin(chip, OPERATION_ERASE_CHIP, 0, chip->die_size,
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

void
flash_erase_rows_build(struct flash *chip)
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
erase_bytes(struct flash *chip, uint32_t address, uint64_t n)
{
	memset(chip->array + address, 0xff, n);
	flash_cells_erased(chip, address, n);
	flash_array_changed(chip, address, n);
}

/* The first n bytes of the array, but not the locked blocks: see asp.c. */
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
erase_done(struct flash *chip, const struct flash_operation *operation, uint64_t n)
{
	if (operation->kind == OPERATION_ERASE_CHIP && chip->locks.skipped)
		erase_unlocked(chip, n);
	else
		erase_bytes(chip, operation->address, n);
}

void
flash_erase_complete(struct flash *chip, const struct flash_operation *operation)
{
	if (operation->address >= chip->die_size)
		return;
	erase_done(chip, operation, operation->length);
}

/* From start to end, but not the locked blocks. */
static void
cut_off_unlocked(struct flash *chip, uint64_t start, uint64_t end, double share)
{
	uint64_t next = end;
	uint64_t ignored;

	for (; start < end; start = next) {
		if (chip->locks.skipped)
			flash_lock_at(chip, start, &ignored, &next);
		next = MIN(next, end);
		if (!chip->locks.skipped || !flash_is_locked(chip, start, 1))
			flash_cells_cut_off(chip, start, next - start, share);
	}
}

/* A chip erase goes through the array piece by piece: some are done, one is half way. */
static void
cut_off_chip_erase(struct flash *chip, const struct flash_operation *operation, double share)
{
	uint64_t size = flash_cells_piece(chip);
	double pieces = share * ((double)operation->length / (double)size);
	uint64_t start = (uint64_t)pieces * size;

	erase_done(chip, operation, MIN(start, operation->length));
	if (start < operation->length)
		cut_off_unlocked(chip, start, MIN(start + size, operation->length),
			pieces - (double)(uint64_t)pieces);
}

void
flash_erase_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	double share = flash_share_done(chip, operation);

	if (operation->address >= chip->die_size)
		return;
	if (operation->kind == OPERATION_ERASE_CHIP)
		cut_off_chip_erase(chip, operation, share);
	else
		flash_cells_cut_off(chip, operation->address, operation->length, share);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}
