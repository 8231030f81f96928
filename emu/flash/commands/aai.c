/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs of one byte or one word: 02 with one byte, auto address increment AD with words
 * (SST25VFxxxB, SST25WF) and AF with bytes (SST25VFxxxA, SST25LF). Follows SST25VF080B DS25045A,
 * "Byte-Program" and "Auto Address Increment (AAI) Word-Program".
 *
 *            AD a a a d d      05      AD d d        04
 *   AAI   _____________/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\______
 *   WEL   ‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\______
 *   BUSY  _____________/‾‾‾‾‾‾‾‾‾‾‾\________/‾‾‾‾\__________
 *
 * Only the first command of a sequence has an address; until 04 the chip accepts only AD, 04 and
 * 05. The sequence also ends after the highest unprotected address, without wrapping. A word begins
 * at an even address. An AD or AF of another length has no effect (unconfirmed). An 02 with more
 * bytes programs only the first one: that is the result if a host sends a page by mistake.
 *
 * Left out: end-of-write detection on SO (70 and 80).
 */
#include "flash/commands/aai.h"

#include "flash/commands/families.h"
#include "flash/commands/program.h"
#include "flash/commands/protect.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/frame.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/flash.h"
#include "flash/partdata.h"

enum {
	ADDRESS_BYTES = 3,
};

static void
begin(struct flash *chip, const struct flash_operation_kind *kind, uint64_t address, uint32_t n)
{
	if (flash_is_protected(chip, address, n)) {
		flash_refuse_protected(chip);
		return;
	}
	flash_operation_begin(chip, kind, (uint32_t)address, n, flash_program_time(chip, 1));
}

static void
byte_in(struct flash *chip, const uint8_t *in, size_t n)
{
	(void)n;
	if (chip->frame.position == 0)
		chip->page[0] = in[0];
}

static void
byte_finish(struct flash *chip)
{
	begin(chip, &flash_program_kind, flash_array_address(chip), 1);
}

static void aai_in(struct flash *chip, const uint8_t *in, size_t n);

/* In a sequence the rows have no address. */
static void
set_address_bytes(struct flash *chip, uint8_t bytes)
{
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		const struct flash_command *command = chip->commands[opcode];

		if (command && command->in == aai_in && command->address_bytes != bytes)
			flash_command_own(chip, (uint8_t)opcode)->address_bytes = bytes;
	}
}

static void
set_aai(struct flash *chip, uint8_t bytes)
{
	chip->aai_bytes = bytes;
	flash_bit_set(chip, FLASH_BIT_AAI, bytes);
	set_address_bytes(chip, bytes ? 0 : ADDRESS_BYTES);
}

void
flash_aai_end(struct flash *chip)
{
	if (chip->aai_bytes)
		set_aai(chip, 0);
}

static void
aai_complete(struct flash *chip, const struct flash_operation *operation)
{
	uint64_t next = (uint64_t)operation->address + operation->length;

	flash_program_complete(chip, operation);
	if (next >= chip->part->size || flash_is_protected(chip, next, operation->length))
		flash_aai_end(chip);
	chip->aai_address = next;
}

static const struct flash_operation_kind aai_kind = {
	.purpose = FLASH_FOR_PROGRAM,
	.complete = aai_complete,
	.interrupt = flash_program_interrupt,
};

static void
aai_in(struct flash *chip, const uint8_t *in, size_t n)
{
	const struct flash_frame *frame = &chip->frame;
	uint64_t position = frame->position;

	for (size_t i = 0; i < n && position < frame->command->argument; i++, position++)
		chip->page[position] = in[i];
}

static void
aai_finish(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;
	uint8_t bytes = frame->command->argument;

	/* A sequence has either bytes or words (no part has both; unconfirmed). */
	if (chip->aai_bytes && chip->aai_bytes != bytes) {
		frame->outcome = FLASH_IN_AAI;
		return;
	}
	if (frame->position != bytes) {
		frame->outcome = frame->position < bytes ? FLASH_SHORT_FRAME : FLASH_LONG_FRAME;
		return;
	}
	frame->has_address = true;
	frame->address = chip->aai_bytes ? (uint32_t)chip->aai_address
					 : (uint32_t)flash_array_address(chip) & ~(bytes - 1u);
	begin(chip, &aai_kind, frame->address, bytes);
	if (frame->outcome == FLASH_DONE)
		set_aai(chip, bytes);
}

/* Power-up and each reset end a sequence. */
static void
reset(struct flash *chip, bool lost_power)
{
	(void)lost_power;
	flash_aai_end(chip);
}

#define AAI                                                                                        \
	.address_bytes = ADDRESS_BYTES, .data_min = 1, .data_max = DATA_ANY, .in = aai_in,         \
	.finish = aai_finish,                                                                      \
	.gates = GATE_WEL | GATE_IN_AAI | GATE_NOT_IN_PROGRAM_SUSPEND | GATE_NOT_IN_ERASE_SUSPEND, \
	.purpose = FLASH_FOR_PROGRAM

static const struct flash_command commands[] = {
	{"BP", 0x02, ADDRESS, .gates = GATE_WEL | GATE_NOT_IN_PROGRAM_SUSPEND, .data_min = 1,
		.data_max = DATA_ANY, .in = byte_in, .finish = byte_finish,
		.purpose = FLASH_FOR_PROGRAM},
	{"AAI", 0xad, AAI, .argument = 2},
	{"AAI_BYTE", 0xaf, AAI, .argument = 1},
	{0},
};

const struct flash_family flash_aai_family = {
	.commands = commands,
	.reset = reset,
	.operations_lost = flash_aai_end,
};
