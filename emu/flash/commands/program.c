/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page program: 02, its dual and quad forms A2, D2, 32 and 38, and 12 and 34 with 4 address bytes.
 * Bits only change from 1 to 0; the address wraps inside the page, and of more bytes than a page
 * the last ones are programmed. Follows W25Q128JV rev. M, 8.2.13 and 8.2.14, and its AC table for
 * tPP, tBP1 and tBP2.
 *
 * Page write, 0A: an erase of the page and its program in one; bytes that are not sent keep their
 * value (M45PE80 rev. 11, 6.8). Its erase takes 10 of its 11 ms, which is how far an interruption
 * has come.
 */
#include "flash/commands/program.h"

#include "flash/cells/cells.h"
#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
#include "flash/commands/protect.h"
#include "flash/commands/suspend.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/frame.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

void
flash_page_fill(struct flash *chip, const uint8_t *in, size_t n, uint32_t page_size)
{
	uint64_t offset = chip->frame.cursor;

	/* Skips bytes that later ones would overwrite. */
	if (n > page_size) {
		in += n - page_size;
		offset += n - page_size;
		n = page_size;
	}
	offset &= page_size - 1;
	while (n) {
		size_t span = n < page_size - offset ? n : page_size - offset;

		memcpy(chip->page + offset, in, span);
		in += span;
		n -= span;
		offset = (offset + span) & (page_size - 1);
	}
	chip->frame.cursor = offset;
}

int64_t
flash_program_time(const struct flash *chip, uint64_t n_bytes)
{
	int64_t page = flash_duration(chip, FLASH_T_PP);
	int64_t first = flash_duration(chip, FLASH_T_BP1);
	int64_t next = flash_duration(chip, FLASH_T_BP2);
	int64_t bytes;

	if (!first || n_bytes >= chip->part->page_size)
		return page;
	bytes = first + (int64_t)(n_bytes - 1) * next;
	return bytes < page ? bytes : page;
}

static void
program_start(struct flash *chip)
{
	memset(chip->page, 0xff, chip->part->page_size);
	chip->frame.cursor = chip->frame.address & (chip->part->page_size - 1);
}

static void
program_in(struct flash *chip, const uint8_t *in, size_t n)
{
	flash_page_fill(chip, in, n, chip->part->page_size);
}

static void
and_page(struct flash *chip, uint32_t address, uint32_t n)
{
	uint8_t *array = chip->array + address;
	const uint8_t *page = chip->page;
	uint32_t i = 0;

	/* By words: byte by byte it would be a third of the time of a page program. */
	for (; n - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
		uint64_t old, new;

		memcpy(&old, array + i, sizeof(old));
		memcpy(&new, page + i, sizeof(new));
		old &= new;
		memcpy(array + i, &old, sizeof(old));
	}
	for (; i < n; i++)
		array[i] &= page[i];
	flash_array_changed(chip, address, n);
}

void
flash_program_complete(struct flash *chip, const struct flash_operation *operation)
{
	if (operation->address < chip->die_size)
		and_page(chip, operation->address, operation->length);
}

/* Bytes are programmed in order: the first ones are done. */
void
flash_program_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	if (operation->address >= chip->die_size)
		return;
	flash_program_part(chip, chip->array + operation->address, chip->page, operation->length,
		flash_share_done(chip, operation));
	flash_array_changed(chip, operation->address, operation->length);
}

const struct flash_operation_kind flash_program_kind = {
	.purpose = FLASH_FOR_PROGRAM,
	.complete = flash_program_complete,
	.interrupt = flash_program_interrupt,
};

static void
program_finish(struct flash *chip)
{
	uint32_t page_size = chip->part->page_size;
	uint32_t page = flash_array_address(chip) & ~(uint64_t)(page_size - 1);

	if (flash_is_protected(chip, page, page_size)) {
		flash_refuse_protected(chip);
		return;
	}
	if (flash_in_suspended(chip, page, page_size)) {
		chip->frame.outcome = FLASH_SUSPENDED;
		return;
	}
	flash_operation_begin(chip, &flash_program_kind, page, page_size,
		flash_program_time(chip, chip->frame.position));
}

/* The part of a page write that is the erase (M45PE80, tPE and tPW typ. 10 and 11 ms). */
#define ERASE_SHARE (10.0 / 11.0)

static void
write_start(struct flash *chip)
{
	uint32_t page_size = chip->part->page_size;
	uint64_t page = flash_array_address(chip) & ~(uint64_t)(page_size - 1);

	if (page < chip->die_size)
		memcpy(chip->page, chip->array + page, page_size);
	chip->frame.cursor = chip->frame.address & (page_size - 1);
}

static void
write_erase(struct flash *chip, const struct flash_operation *operation)
{
	memset(chip->array + operation->address, 0xff, operation->length);
	flash_cells_erased(chip, operation->address, operation->length);
}

static void
write_complete(struct flash *chip, const struct flash_operation *operation)
{
	if (operation->address >= chip->die_size)
		return;
	write_erase(chip, operation);
	and_page(chip, operation->address, operation->length);
}

static void
write_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	double share = flash_share_done(chip, operation);

	if (operation->address >= chip->die_size)
		return;
	if (share < ERASE_SHARE) {
		flash_cells_cut_off(
			chip, operation->address, operation->length, share / ERASE_SHARE);
	} else {
		write_erase(chip, operation);
		flash_program_part(chip, chip->array + operation->address, chip->page,
			operation->length, (share - ERASE_SHARE) / (1 - ERASE_SHARE));
	}
	flash_array_changed(chip, operation->address, operation->length);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind write_kind = {
	.purpose = FLASH_FOR_PROGRAM,
	.complete = write_complete,
	.interrupt = write_interrupt,
};

static void
write_finish(struct flash *chip)
{
	uint32_t page_size = chip->part->page_size;
	uint32_t page = flash_array_address(chip) & ~(uint64_t)(page_size - 1);

	if (flash_is_protected(chip, page, page_size))
		flash_refuse_protected(chip);
	else
		flash_operation_begin(
			chip, &write_kind, page, page_size, flash_duration(chip, FLASH_T_PW));
}

#define PROGRAM                                                                        \
	.data_min = 1, .data_max = DATA_ANY, .start = program_start, .in = program_in, \
	.finish = program_finish, .purpose = FLASH_FOR_PROGRAM
#define GATES GATE_WEL | GATE_NOT_IN_PROGRAM_SUSPEND

static const struct flash_command commands[] = {
	{"PP", 0x02, ADDRESS, PROGRAM, .gates = GATES},
	{"PP4", 0x12, 4, PROGRAM, .gates = GATES},
	{"QPP", 0x32, ADDRESS, PROGRAM, .data_lanes = 4, .gates = GATES | GATE_QUAD},
	{"QPP4", 0x34, 4, PROGRAM, .data_lanes = 4, .gates = GATES | GATE_QUAD},
	{"DPP", 0xa2, ADDRESS, PROGRAM, .data_lanes = 2, .gates = GATES},
	{"2PP", 0xd2, ADDRESS, PROGRAM, .address_lanes = 2, .data_lanes = 2, .gates = GATES},
	{"4PP", 0x38, ADDRESS, PROGRAM, .address_lanes = 4, .data_lanes = 4,
		.gates = GATES | GATE_QUAD},
	{"4PP4", 0x3e, 4, PROGRAM, .address_lanes = 4, .data_lanes = 4, .gates = GATES | GATE_QUAD},
	{"PW", 0x0a, ADDRESS, .data_min = 1, .data_max = DATA_ANY, .start = write_start,
		.in = program_in, .finish = write_finish, .purpose = FLASH_FOR_PROGRAM,
		.gates = GATE_WEL},
	{0},
};

const struct flash_family flash_program_family = {
	.commands = commands,
};
