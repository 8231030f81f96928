/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one-time area beside the array: bytes that only change from 1 to 0 and can't be erased, in an
 * address space of their own. Storage, locks, and the commands that address the area directly; for
 * parts that map it in place of the array see otpmode.c.
 *
 *   4B 42   64 bytes and a control byte, which reads on and on (M25PX, N25Q256A, A25LQ)
 *   4B 42   1024 bytes: 16 of the factory, then a lock bit for each 32 bytes (S25FL128S)
 *   77 9B   64 bytes, programmed once, and 64 of the factory (AT25DF641; 9A: AT26DF081A)
 *   4B B1   Pm25LQ, IS25LQ
 *   88 A5   2048 bytes, 2 address bytes; 85 locks (SST26VF032B DS20005218E, 5.26 and 5.27)
 *   88 A5   32 bytes, 1 address byte (SST's driver for the SST26VF016, revision 1.0)
 *
 * Beyond the area reads float and programs have no effect (data sheets: undefined). All as
 * remembered from the data sheets, unconfirmed.
 */
#include "flash/commands/otparea.h"

#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
#include "flash/commands/program.h"
#include "flash/commands/protect.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/life.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

enum {
	REGION = 32,
	REGION_LOCKS = 0x10,
	CONTROL_OPEN = 1,
};

uint32_t
flash_otp_area_limit(const struct flash_part *part)
{
	return part->otp_size + (part->otp_lock == FLASH_OTP_CONTROL_BYTE);
}

static void
create(struct flash *chip)
{
	const struct flash_part *part = chip->part;
	uint32_t limit = flash_otp_area_limit(part);

	if (part->otp_size == 0)
		return;
	chip->otp = g_malloc(limit + 1);
	chip->otp_new = g_malloc(limit);
	memset(chip->otp, 0xff, limit);
	chip->otp[limit] = 0;
	/* The bytes of the factory differ from chip to chip. */
	for (uint32_t i = part->otp_factory_start; i < part->otp_factory_end; i++)
		chip->otp[i] = (uint8_t)(chip->unique_id[i % 16] ^ i * 0x3d);
	flash_keep(chip, "otp", chip->otp, limit + 1);
}

bool
flash_otp_area_locked(const struct flash *chip)
{
	return chip->otp && chip->otp[flash_otp_area_limit(chip->part)];
}

void
flash_otp_area_lock(struct flash *chip)
{
	if (chip->otp)
		chip->otp[flash_otp_area_limit(chip->part)] = 1;
	flash_bit_set(chip, FLASH_BIT_LDSO, true);
}

static bool
is_locked(const struct flash *chip, uint32_t position)
{
	const struct flash_part *part = chip->part;
	uint32_t region = position / REGION;

	if (position >= part->otp_factory_start && position < part->otp_factory_end)
		return true;
	if (flash_otp_area_locked(chip))
		return true;
	if (part->otp_lock == FLASH_OTP_CONTROL_BYTE)
		return !(chip->otp[part->otp_size] & CONTROL_OPEN);
	if (part->otp_lock == FLASH_OTP_REGIONS && region < 32)
		return !(chip->otp[REGION_LOCKS + region / 8] >> region % 8 & 1);
	return false;
}

/* The position that follows: programs wrap in the page. */
static uint64_t
next(const struct flash *chip, uint64_t position)
{
	uint64_t mask = chip->part->page_size - 1;

	return (position & ~mask) | ((position + 1) & mask);
}

void
flash_otp_area_start(struct flash *chip)
{
	chip->frame.cursor = chip->frame.address & 0xffffff;
	if (!chip->otp)
		chip->frame.outcome = FLASH_BAD_ADDRESS;
	else if (chip->frame.command->in)
		memset(chip->otp_new, 0xff, flash_otp_area_limit(chip->part));
}

void
flash_otp_area_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint32_t limit = flash_otp_area_limit(chip->part);
	bool stays = chip->part->otp_lock == FLASH_OTP_CONTROL_BYTE;
	uint64_t cursor = chip->frame.cursor;

	for (size_t i = 0; i < n; i++, cursor++)
		out[i] = cursor < limit ? chip->otp[cursor] : stays ? chip->otp[limit - 1] : 0xff;
	chip->frame.cursor = cursor;
}

void
flash_otp_area_in(struct flash *chip, const uint8_t *in, size_t n)
{
	uint32_t limit = flash_otp_area_limit(chip->part);

	for (size_t i = 0; i < n; i++) {
		if (chip->frame.cursor < limit)
			chip->otp_new[chip->frame.cursor] = in[i];
		chip->frame.cursor = next(chip, chip->frame.cursor);
	}
}

static void
complete(struct flash *chip, const struct flash_operation *operation)
{
	(void)operation;
	for (uint32_t i = 0; i < flash_otp_area_limit(chip->part); i++)
		chip->otp[i] &= chip->otp_new[i];
	if (chip->part->otp_lock == FLASH_OTP_ONCE)
		flash_otp_area_lock(chip);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

/* That a one-time program may count as done then is an assumption. */
static void
interrupt(struct flash *chip, const struct flash_operation *operation)
{
	double share = flash_share_done(chip, operation);

	flash_program_part(chip, chip->otp, chip->otp_new, flash_otp_area_limit(chip->part), share);
	if (chip->part->otp_lock == FLASH_OTP_ONCE && flash_cell_part(chip, share))
		flash_otp_area_lock(chip);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind program_kind = {
	.complete = complete,
	.interrupt = interrupt,
};

/* A program that includes a locked byte has no effect. */
void
flash_otp_area_finish(struct flash *chip)
{
	for (uint32_t i = 0; i < flash_otp_area_limit(chip->part); i++) {
		if (chip->otp_new[i] == 0xff || !is_locked(chip, i))
			continue;
		flash_refuse_protected(chip);
		chip->frame.outcome = FLASH_OTP_LOCKED;
		return;
	}
	flash_operation_begin(
		chip, &program_kind, 0, 0, flash_program_time(chip, chip->frame.position));
}

static void
destroy(struct flash *chip)
{
	g_free(chip->otp);
	g_free(chip->otp_new);
}

/* A part's own number of dummy clocks for RDOTP. */
static void
adapt_rows(struct flash *chip)
{
	const struct flash_command *row;

	for (unsigned int opcode = 0; chip->part->otp_read_dummy && opcode < 256; opcode++) {
		row = chip->commands[opcode];
		if (row && strcmp(row->name, "RDOTP") == 0)
			flash_command_own(chip, opcode)->dummy_clocks = chip->part->otp_read_dummy;
	}
}

static const struct flash_command commands[] = {
	{"RDOTP", 0x4b, ADDRESS, 8, .data_max = DATA_ANY, .start = flash_otp_area_start,
		.out = flash_otp_area_out},
	{"PROTP", 0x42, ADDRESS, .gates = GATE_WEL | GATE_NOT_IN_PROGRAM_SUSPEND, .data_min = 1,
		.data_max = DATA_ANY, .start = flash_otp_area_start, .in = flash_otp_area_in,
		.finish = flash_otp_area_finish},
	{"RSID1", 0x88, 1, 8, .data_max = DATA_ANY, .start = flash_otp_area_start,
		.out = flash_otp_area_out},
	{"PSID1", 0xa5, 1, .gates = GATE_WEL | GATE_NOT_IN_PROGRAM_SUSPEND, .data_min = 1,
		.data_max = DATA_ANY, .start = flash_otp_area_start, .in = flash_otp_area_in,
		.finish = flash_otp_area_finish},
	{"RSID", 0x88, 2, 8, .data_max = DATA_ANY, .start = flash_otp_area_start,
		.out = flash_otp_area_out},
	{"PSID", 0xa5, 2, .gates = GATE_WEL | GATE_NOT_IN_PROGRAM_SUSPEND, .data_min = 1,
		.data_max = DATA_ANY, .start = flash_otp_area_start, .in = flash_otp_area_in,
		.finish = flash_otp_area_finish},
	{0},
};

const struct flash_family flash_otp_area_family = {
	.commands = commands,
	.create = create,
	.destroy = destroy,
	.adapt_rows = adapt_rows,
};
