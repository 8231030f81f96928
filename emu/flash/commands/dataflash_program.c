/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AT45 DataFlash: transfers between the pages of the array and the buffers, and erases.
 *
 *              84 87           83 86 88 89, 82 85
 *   host  ------------> buffer ------------------> page     83 86 82 85 erase the page first,
 *              D4 D6           <------------------          88 89 02 only clear bits
 *         <------------             53 55                   60 61 compare the two
 *
 * Programs take the whole buffer; 02 takes only the bytes that were sent (E series). Sizes and
 * times of erases are the part's, also of the chip erase C7 94 80 9A, which skips sectors that are
 * protected or locked down. Follows AT45DB161D 3500O and AT45DB161E 8782D, as remembered unless
 * stated otherwise. Unconfirmed: 58 and 59 only refresh the page on the D series, and change the
 * bytes that are sent on the E series.
 *
 * An interrupted operation has changed the share of bytes that corresponds to the time
 * (unconfirmed).
 */
#include "flash/cells/cells.h"
#include "flash/commands/dataflash.h"
#include "flash/commands/erase.h"
#include "flash/commands/families.h"
#include "flash/commands/program.h"
#include "flash/commands/protect.h"
#include "flash/commands/suspend.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

enum {
	CHIP_ERASE_TAIL = 0x94809a,
};

/* False, with the outcome set, if the span can't be changed now. */
static bool
page_can_change(struct flash *chip, uint64_t address, uint64_t length)
{
	if (flash_dataflash_is_protected(chip, address, length))
		flash_refuse_protected(chip);
	else if (flash_in_suspended(chip, address, length))
		chip->frame.outcome = FLASH_SUSPENDED;
	return chip->frame.outcome == FLASH_DONE;
}

/* Begins an operation on the frame's page and a buffer (0 or 1). */
static void
begin(struct flash *chip, const struct flash_operation_kind *kind, unsigned int buffer,
	int64_t duration_ns)
{
	uint32_t stride = chip->dataflash->stride;
	uint32_t address = flash_dataflash_page(chip) * stride;

	if (kind->purpose == FLASH_FOR_PROGRAM && !page_can_change(chip, address, stride))
		return;
	flash_operation_begin(chip, kind, address, stride, duration_ns);
	chip->operation.buffer = (uint8_t)(buffer + 1);
}

static uint8_t *
buffer_of(const struct flash *chip, const struct flash_operation *operation)
{
	return chip->dataflash->buffers[operation->buffer - 1];
}

/* Copies data to the first n bytes of the page; bytes of it that no buffer has become FF. */
static void
copy_to_page(struct flash *chip, const struct flash_operation *operation, const uint8_t *data,
	uint32_t n)
{
	uint8_t *page = chip->array + operation->address;
	uint32_t held = MIN(chip->dataflash->page, operation->length);

	memcpy(page, data, MIN(n, held));
	if (n > held)
		memset(page + held, 0xff, n - held);
	flash_array_changed(chip, operation->address, n);
}

static void
and_to_page(struct flash *chip, const struct flash_operation *operation, const uint8_t *data,
	uint32_t n)
{
	uint8_t *page = chip->array + operation->address;

	n = MIN(n, chip->dataflash->page);
	for (uint32_t i = 0; i < n; i++)
		page[i] &= data[i];
	flash_array_changed(chip, operation->address, n);
}

static uint32_t
part_done(const struct flash *chip, const struct flash_operation *operation)
{
	return (uint32_t)((double)operation->length * flash_share_done(chip, operation));
}

static void
replace_complete(struct flash *chip, const struct flash_operation *operation)
{
	copy_to_page(chip, operation, buffer_of(chip, operation), operation->length);
	if (chip->block_size == operation->length)
		flash_cells_erased(chip, operation->address, operation->length);
}

static void
replace_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	if (chip->block_size == operation->length)
		flash_cells_cut_off(chip, operation->address, operation->length,
			flash_share_done(chip, operation));
	else
		copy_to_page(
			chip, operation, buffer_of(chip, operation), part_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
program_complete(struct flash *chip, const struct flash_operation *operation)
{
	and_to_page(chip, operation, buffer_of(chip, operation), operation->length);
}

static void
program_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	and_to_page(chip, operation, buffer_of(chip, operation), part_done(chip, operation));
}

static void
bytes_complete(struct flash *chip, const struct flash_operation *operation)
{
	and_to_page(chip, operation, chip->page, operation->length);
}

static void
bytes_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	and_to_page(chip, operation, chip->page, part_done(chip, operation));
}

static void
transfer_complete(struct flash *chip, const struct flash_operation *operation)
{
	flash_dataflash_get_page(
		chip, operation->address / chip->dataflash->stride, buffer_of(chip, operation));
}

static void
compare_complete(struct flash *chip, const struct flash_operation *operation)
{
	struct flash_dataflash *df = chip->dataflash;

	flash_dataflash_get_page(chip, operation->address / df->stride, chip->page);
	df->differs = memcmp(chip->page, buffer_of(chip, operation), df->page) != 0;
}

static const struct flash_operation_kind replace_kind = {
	.purpose = FLASH_FOR_PROGRAM,
	.complete = replace_complete,
	.interrupt = replace_interrupt,
};
static const struct flash_operation_kind program_kind = {
	.purpose = FLASH_FOR_PROGRAM,
	.complete = program_complete,
	.interrupt = program_interrupt,
};
static const struct flash_operation_kind bytes_kind = {
	.purpose = FLASH_FOR_PROGRAM,
	.complete = bytes_complete,
	.interrupt = bytes_interrupt,
};
static const struct flash_operation_kind transfer_kind = {
	.without_pump = true,
	.complete = transfer_complete,
};
static const struct flash_operation_kind compare_kind = {
	.without_pump = true,
	.complete = compare_complete,
};

/* 83, 86, and 82, 85 after their data. */
static void
replace_finish(struct flash *chip)
{
	begin(chip, &replace_kind, chip->frame.command->argument, flash_duration(chip, FLASH_T_EP));
}

static void
program_finish(struct flash *chip)
{
	begin(chip, &program_kind, chip->frame.command->argument, flash_duration(chip, FLASH_T_PP));
}

/* 82 and 85. */
static void
through_start(struct flash *chip)
{
	flash_dataflash_buffer_free(chip, chip->frame.command->argument);
	chip->frame.cursor = flash_dataflash_byte(chip);
}

static void
through_in(struct flash *chip, const uint8_t *in, size_t n)
{
	flash_dataflash_fill(chip, chip->dataflash->buffers[chip->frame.command->argument], in, n);
}

/* 58 and 59: the page is copied to the buffer and back, on the E series with changes. */
static void
modify_start(struct flash *chip)
{
	unsigned int buffer = chip->frame.command->argument;

	if (!flash_dataflash_buffer_free(chip, buffer))
		return;
	flash_dataflash_get_page(
		chip, flash_dataflash_page(chip), chip->dataflash->buffers[buffer]);
	chip->frame.cursor = flash_dataflash_byte(chip);
}

/* 02 of the E series uses buffer 1. */
static void
bytes_start(struct flash *chip)
{
	if (!flash_dataflash_buffer_free(chip, 0))
		return;
	memset(chip->page, 0xff, chip->dataflash->page);
	chip->frame.cursor = flash_dataflash_byte(chip);
}

static void
bytes_in(struct flash *chip, const uint8_t *in, size_t n)
{
	uint64_t cursor = chip->frame.cursor;

	flash_dataflash_fill(chip, chip->dataflash->buffers[0], in, n);
	chip->frame.cursor = cursor;
	flash_dataflash_fill(chip, chip->page, in, n);
}

static void
bytes_finish(struct flash *chip)
{
	begin(chip, &bytes_kind, 0, flash_program_time(chip, chip->frame.position));
}

static void
transfer_finish(struct flash *chip)
{
	begin(chip, &transfer_kind, chip->frame.command->argument,
		flash_duration(chip, FLASH_T_XFR));
}

static void
compare_finish(struct flash *chip)
{
	begin(chip, &compare_kind, chip->frame.command->argument,
		flash_duration(chip, FLASH_T_COMP));
}

static void
erase_finish(struct flash *chip)
{
	const struct flash_erase *erase = &chip->part->erases[chip->frame.command->argument];
	uint64_t address = (uint64_t)flash_dataflash_page(chip) * chip->dataflash->stride;
	uint64_t start;
	uint32_t size = flash_erase_block(erase, address, &start);

	if (size == 0)
		chip->frame.outcome = FLASH_BAD_ADDRESS;
	else if (page_can_change(chip, start, size))
		flash_operation_begin(chip, &flash_erase_kind, (uint32_t)start, size,
			flash_pick(chip, erase->time));
}

/* Erases the first n bytes, except sectors that are protected. */
static void
erase_sectors(struct flash *chip, uint64_t n)
{
	uint64_t end;

	for (uint64_t at = 0; at < n; at = end) {
		end = flash_dataflash_sector_end(chip, at);
		if (flash_dataflash_is_protected(chip, at, end - at))
			continue;
		memset(chip->array + at, 0xff, MIN(end, n) - at);
		flash_cells_erased(chip, at, MIN(end, n) - at);
		flash_array_changed(chip, at, MIN(end, n) - at);
	}
}

static void
erase_chip_complete(struct flash *chip, const struct flash_operation *operation)
{
	erase_sectors(chip, operation->length);
}

static void
erase_chip_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	uint64_t done = part_done(chip, operation);
	uint64_t size = flash_cells_piece(chip);
	uint64_t start = done - done % size;

	erase_sectors(chip, start);
	if (start < operation->length && !flash_dataflash_is_protected(chip, start, size))
		flash_cells_cut_off(chip, start, MIN(size, operation->length - start),
			(double)(done % size) / (double)size);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind erase_chip_kind = {
	.purpose = FLASH_FOR_ERASE,
	.whole_chip = true,
	.complete = erase_chip_complete,
	.interrupt = erase_chip_interrupt,
};

static void
erase_chip_finish(struct flash *chip)
{
	const struct flash_erase *erase = &chip->part->erases[chip->frame.command->argument];

	if (chip->frame.address != CHIP_ERASE_TAIL) {
		chip->frame.outcome = FLASH_UNKNOWN_OPCODE;
		return;
	}
	flash_operation_begin(chip, &erase_chip_kind, 0, (uint32_t)chip->part->size,
		flash_pick(chip, erase->time));
}

#define NOT_SUSPENDED GATE_NOT_IN_ERASE_SUSPEND | GATE_NOT_IN_PROGRAM_SUSPEND

struct flash_command
flash_dataflash_erase_row(const struct flash *chip, unsigned int index)
{
	const struct flash_erase *erase = &chip->part->erases[index];
	bool block = erase->size || erase->n_regions;

	return (struct flash_command){
		.name = erase->opcode == 0x81   ? "DF_PAGE_ERASE"
			: erase->opcode == 0x50 ? "DF_BLOCK_ERASE"
			: block                 ? "DF_SECTOR_ERASE"
						: "DF_CHIP_ERASE",
		.opcode = erase->opcode,
		.address_bytes = block ? ADDRESS : 3,
		.argument = (uint8_t)index,
		.purpose = FLASH_FOR_ERASE,
		.gates = NOT_SUSPENDED,
		.finish = block ? erase_finish : erase_chip_finish,
	};
}

/* Bytes after the address are ignored. */
#define REPLACE                                                                 \
	.gates = NOT_SUSPENDED, .data_max = DATA_ANY, .finish = replace_finish, \
	.purpose = FLASH_FOR_PROGRAM
#define THROUGH                                                                                 \
	.gates = NOT_SUSPENDED, .data_max = DATA_ANY, .start = through_start, .in = through_in, \
	.finish = replace_finish, .purpose = FLASH_FOR_PROGRAM
#define MODIFY                                                               \
	.gates = NOT_SUSPENDED, .data_max = DATA_ANY, .start = modify_start, \
	.finish = replace_finish, .purpose = FLASH_FOR_PROGRAM
#define PROGRAM                                                                               \
	.gates = GATE_NOT_IN_PROGRAM_SUSPEND, .data_max = DATA_ANY, .finish = program_finish, \
	.purpose = FLASH_FOR_PROGRAM
#define TRANSFER .data_max = DATA_ANY, .start = through_start, .finish = transfer_finish
#define COMPARE .data_max = DATA_ANY, .finish = compare_finish

static const struct flash_command commands[] = {
	{"DF_BUF1_ERASE_PROGRAM", 0x83, ADDRESS, REPLACE, .argument = 0},
	{"DF_BUF2_ERASE_PROGRAM", 0x86, ADDRESS, REPLACE, .argument = 1},
	{"DF_BUF1_PROGRAM", 0x88, ADDRESS, PROGRAM, .argument = 0},
	{"DF_BUF2_PROGRAM", 0x89, ADDRESS, PROGRAM, .argument = 1},
	{"DF_PAGE_PROGRAM1", 0x82, ADDRESS, THROUGH, .argument = 0},
	{"DF_PAGE_PROGRAM2", 0x85, ADDRESS, THROUGH, .argument = 1},
	{"DF_BYTE_PROGRAM", 0x02, ADDRESS, .gates = GATE_NOT_IN_PROGRAM_SUSPEND, .data_min = 1,
		.data_max = DATA_ANY, .start = bytes_start, .in = bytes_in, .finish = bytes_finish,
		.purpose = FLASH_FOR_PROGRAM},
	{"DF_REWRITE1", 0x58, ADDRESS, MODIFY, .argument = 0},
	{"DF_REWRITE2", 0x59, ADDRESS, MODIFY, .argument = 1},
	{"DF_MODIFY1", 0x58, ADDRESS, MODIFY, .in = through_in, .argument = 0},
	{"DF_MODIFY2", 0x59, ADDRESS, MODIFY, .in = through_in, .argument = 1},
	{"DF_TRANSFER1", 0x53, ADDRESS, TRANSFER, .argument = 0},
	{"DF_TRANSFER2", 0x55, ADDRESS, TRANSFER, .argument = 1},
	{"DF_COMPARE1", 0x60, ADDRESS, COMPARE, .argument = 0},
	{"DF_COMPARE2", 0x61, ADDRESS, COMPARE, .argument = 1},
	{0},
};

const struct flash_family flash_dataflash_program_family = {
	.commands = commands,
};
