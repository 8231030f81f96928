/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Security registers of Winbond's kind: 44 erases, 42 programs, 48 reads one of them; register n
 * has the address n << 12 and is locked permanently by its LB bit, or by LB1 if that is the only
 * one. Numbers begin at 1, on some parts at 0 (GD25Q64B: one register of 1024 bytes at 0; ISSI's
 * information rows, 68, 62 and 64). On some parts they lie closer together (AT25SF081: at 100h,
 * 200h and 300h). Follows W25Q128JV rev. M, 8.2.29-8.2.31. The data sheet does not define other
 * addresses: here reads float and the rest is ignored, with WEL kept (as in Winbond's own model of
 * the W25Q32JV); on parts with unique-id-register a read gets the unique ID.
 *
 * A program is limited to a page, also in a register of several pages, and wraps in it: of more
 * bytes the last ones are programmed. GigaDevice describes this by "similar to the Page Program
 * command" and "each security register contains four pages content" (GD25Q128C, "Program Security
 * Registers (42H)"; as remembered, unconfirmed; Puya likewise). A read covers all of the register
 * and wraps at its end.
 */
#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
#include "flash/commands/program.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/life.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

/* Between registers, unless the part has another distance. */
#define STEP 4096

/* Index of the register that the frame's address selects, or -1. */
static int
addressed(const struct flash *chip)
{
	uint32_t size = chip->part->security_register_size;
	uint32_t step = chip->part->security_register_step;
	/* The extended address register does not apply here. */
	uint32_t address = chip->frame.address & 0xffffff;
	uint32_t number = address / (step ? step : STEP);
	uint32_t first = chip->part->security_register_first;

	if (number < first || number - first >= chip->part->security_registers)
		return -1;
	return address % (step ? step : STEP) < size ? (int)(number - first) : -1;
}

static bool
is_locked(const struct flash *chip, int index)
{
	enum flash_bit own = MIN(FLASH_BIT_LB1 + (unsigned int)index, FLASH_BIT_LB3);

	return flash_bit(chip, chip->bit[own].mask ? own : FLASH_BIT_LB1);
}

/* Some parts show the unique ID where a register before the first one would be. */
static bool
is_unique_id(const struct flash *chip)
{
	return chip->part->unique_id_register == ((chip->frame.address & 0xffffff) >> 12) + 1 &&
		(chip->frame.address & 0xfff) < chip->part->security_register_size;
}

static void
security_start(struct flash *chip)
{
	if (addressed(chip) < 0)
		chip->frame.outcome = FLASH_BAD_ADDRESS;
	chip->frame.cursor = chip->frame.address & (chip->part->security_register_size - 1);
}

static void
rdscur_start(struct flash *chip)
{
	security_start(chip);
	if (is_unique_id(chip))
		chip->frame.outcome = FLASH_DONE;
}

/* The byte of the register of the unique ID: FF after it. */
static uint8_t
unique_id_byte(const struct flash *chip, uint64_t offset)
{
	return offset < chip->part->unique_id_length ? chip->unique_id[offset] : 0xff;
}

static void
rdscur_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint32_t size = chip->part->security_register_size;
	int index = addressed(chip);
	uint64_t cursor = chip->frame.cursor;

	for (size_t i = 0; i < n; i++, cursor++) {
		uint64_t offset = cursor & (size - 1);

		out[i] = index < 0 ? unique_id_byte(chip, offset)
				   : chip->security[(size_t)index * size + offset];
	}
	chip->frame.cursor = cursor & (size - 1);
}

/* Bytes that one program can change: a page, or a register that is smaller. */
static uint32_t
program_size(const struct flash *chip)
{
	return MIN(chip->part->page_size, chip->part->security_register_size);
}

static void
prscur_start(struct flash *chip)
{
	security_start(chip);
	memset(chip->page, 0xff, program_size(chip));
}

static void
prscur_in(struct flash *chip, const uint8_t *in, size_t n)
{
	flash_page_fill(chip, in, n, program_size(chip));
}

/* Interrupted operations act as on the array; that its cells are unstable afterwards is left out.
 * */
static void
program_complete(struct flash *chip, const struct flash_operation *operation)
{
	uint8_t *reg = chip->security + operation->address;

	for (uint32_t i = 0; i < operation->length; i++)
		reg[i] &= chip->page[i];
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
program_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	flash_program_part(chip, chip->security + operation->address, chip->page, operation->length,
		flash_share_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind program_kind = {
	.complete = program_complete,
	.interrupt = program_interrupt,
};

static void
erase_complete(struct flash *chip, const struct flash_operation *operation)
{
	memset(chip->security + operation->address, 0xff, operation->length);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
erase_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	uint8_t *reg = chip->security + operation->address;

	for (uint32_t i = 0; i < operation->length; i++)
		reg[i] = (uint8_t)flash_random(chip);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind erase_kind = {
	.complete = erase_complete,
	.interrupt = erase_interrupt,
};

static void
begin(struct flash *chip, const struct flash_operation_kind *kind, uint32_t length,
	int64_t duration_ns)
{
	uint32_t size = chip->part->security_register_size;
	uint32_t offset = chip->frame.address & (size - 1) & ~(length - 1);
	int index = addressed(chip);

	if (index < 0) {
		chip->frame.outcome = FLASH_BAD_ADDRESS;
		return;
	}
	if (is_locked(chip, index)) {
		chip->frame.outcome = FLASH_OTP_LOCKED;
		return;
	}
	flash_operation_begin(chip, kind, (uint32_t)index * size + offset, length, duration_ns);
}

static void
prscur_finish(struct flash *chip)
{
	begin(chip, &program_kind, program_size(chip),
		flash_program_time(chip, chip->frame.position));
}

/* The time of a sector if the data sheet gives no other (8.2.29). */
static int64_t
erase_time(const struct flash *chip)
{
	const struct flash_part *part = chip->part;

	if (part->timing[FLASH_T_SR].typ_ns > 0)
		return flash_duration(chip, FLASH_T_SR);
	for (unsigned int i = 0; i < part->n_erases; i++) {
		if (part->erases[i].size == 4096)
			return flash_pick(chip, part->erases[i].time);
	}
	return 0;
}

static void
erscur_finish(struct flash *chip)
{
	begin(chip, &erase_kind, chip->part->security_register_size, erase_time(chip));
}

static void
create(struct flash *chip)
{
	const struct flash_part *part = chip->part;
	size_t size = (size_t)part->security_registers * part->security_register_size;

	chip->security = g_malloc(size + 1);
	memset(chip->security, 0xff, size);
	flash_keep(chip, "security", chip->security, size);
}

static void
destroy(struct flash *chip)
{
	g_free(chip->security);
}

static const struct flash_command commands[] = {
	{"RDSCUR", 0x48, .address_bytes = ADDRESS, .dummy_clocks = 8, .data_max = DATA_ANY,
		.start = rdscur_start, .out = rdscur_out},
	{"PRSCUR", 0x42, .address_bytes = ADDRESS, .gates = GATE_WEL | GATE_NOT_IN_PROGRAM_SUSPEND,
		.data_min = 1, .data_max = DATA_ANY, .start = prscur_start, .in = prscur_in,
		.finish = prscur_finish},
	{"ERSCUR", 0x44, .address_bytes = ADDRESS, .gates = GATE_WEL | GATE_NOT_IN_ERASE_SUSPEND,
		.finish = erscur_finish},
	{"SID_READ", 0x68, .address_bytes = ADDRESS, .dummy_clocks = 8, .data_max = DATA_ANY,
		.start = rdscur_start, .out = rdscur_out},
	{"SID_PROGRAM", 0x62, .address_bytes = ADDRESS,
		.gates = GATE_WEL | GATE_NOT_IN_PROGRAM_SUSPEND, .data_min = 1,
		.data_max = DATA_ANY, .start = prscur_start, .in = prscur_in,
		.finish = prscur_finish},
	{"SID_ERASE", 0x64, .address_bytes = ADDRESS, .gates = GATE_WEL | GATE_NOT_IN_ERASE_SUSPEND,
		.finish = erscur_finish},
	{0},
};

const struct flash_family flash_security_register_family = {
	.commands = commands,
	.create = create,
	.destroy = destroy,
};
