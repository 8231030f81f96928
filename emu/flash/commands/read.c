/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Array reads: 03, 0B and the dual and quad forms 3B/6B/BB/EB, of any length, wrapping at the end
 * of the array, and their forms with 4 address bytes. Follows W25Q128JV rev. M, 8.2.6-8.2.12. The
 * mode bits M7-0 of BB and EB count as dummy clocks; on parts that have continuous reads they can
 * ask for one (engine/continuous.c). Left out: the clock limits fR and FR.
 */
#include "flash/commands/read.h"

#include "flash/cells/cells.h"
#include "flash/commands/families.h"
#include "flash/commands/lock.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/frame.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"

#include <string.h>

void
flash_read_start(struct flash *chip)
{
	chip->frame.cursor = flash_array_address(chip);
}

/* Either all of the span has cells, or none of it. */
static void
read_span(struct flash *chip, uint64_t address, uint8_t *out, size_t n)
{
	if (address >= chip->die_size) {
		memset(out, 0xff, n);
		return;
	}
	memcpy(out, chip->array + address, n);
	if (chip->locks->hides)
		flash_locks_hide(chip, address, out, n);
	if (flash_cells_err(chip))
		flash_cells_read(chip, address, out, n);
}

void
flash_read_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint64_t cursor = chip->frame.cursor;

	while (n) {
		uint64_t end = cursor < chip->die_size ? chip->die_size : chip->decoded;
		size_t span = n < end - cursor ? n : end - cursor;

		read_span(chip, cursor, out, span);
		out += span;
		n -= span;
		cursor += span;
		if (cursor == chip->decoded)
			cursor = 0;
	}
	chip->frame.cursor = cursor;
}

/* Quad I/O reads wrap in an aligned section of 8 to 64 bytes if burst wrap is set. */
static void
wrapped_read_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint64_t cursor = chip->frame.cursor;
	uint64_t mask = chip->wrap_bytes - 1;

	if (chip->wrap_bytes == 0) {
		flash_read_out(chip, out, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		read_span(chip, cursor, &out[i], 1);
		cursor = (cursor & ~mask) | ((cursor + 1) & mask);
	}
	chip->frame.cursor = cursor;
}

static void
burst_wrap_in(struct flash *chip, const uint8_t *in, size_t n)
{
	chip->frame.cursor = in[n - 1];
}

/* W4 = 0 enables wrapping, W6-5 select the length (8.2.12). */
static void
burst_wrap_finish(struct flash *chip)
{
	uint64_t w = chip->frame.cursor;

	chip->wrap_bytes = w & 0x10 ? 0 : 8u << (w >> 5 & 3);
}

/* Macronix: one byte on one lane, 0x the length and 1x off (MX25L12833F, Verilog model). */
static void
sbl_finish(struct flash *chip)
{
	uint64_t w = chip->frame.cursor;

	chip->wrap_bytes = w & 0x10 ? 0 : w & 0xec ? 8 : 8u << (w & 3);
}

static void
reset(struct flash *chip, bool lost_power)
{
	(void)lost_power;
	chip->wrap_bytes = 0;
}

#define READ                                                                    \
	.data_max = DATA_ANY, .start = flash_read_start, .out = flash_read_out, \
	.purpose = FLASH_FOR_READ
#define QUAD_IO_READ                                                                \
	.address_lanes = 4, .dummy_clocks = 6, .data_lanes = 4, .gates = GATE_QUAD, \
	.data_max = DATA_ANY, .start = flash_read_start, .out = wrapped_read_out,   \
	.purpose = FLASH_FOR_READ

static const struct flash_command commands[] = {
	{"READ", 0x03, ADDRESS, READ},
	{"READ4", 0x13, 4, READ},
	{"FAST_READ", 0x0b, ADDRESS, READ, .dummy_clocks = 8},
	{"FAST_READ4", 0x0c, 4, READ, .dummy_clocks = 8},
	{"DREAD", 0x3b, ADDRESS, READ, .dummy_clocks = 8, .data_lanes = 2},
	{"DREAD4", 0x3c, 4, READ, .dummy_clocks = 8, .data_lanes = 2},
	{"QREAD", 0x6b, ADDRESS, READ, .dummy_clocks = 8, .data_lanes = 4, .gates = GATE_QUAD},
	{"QREAD4", 0x6c, 4, READ, .dummy_clocks = 8, .data_lanes = 4, .gates = GATE_QUAD},
	{"2READ", 0xbb, ADDRESS, READ, .address_lanes = 2, .dummy_clocks = 4, .data_lanes = 2},
	{"2READ4", 0xbc, 4, READ, .address_lanes = 2, .dummy_clocks = 4, .data_lanes = 2},
	{"4READ", 0xeb, ADDRESS, QUAD_IO_READ},
	{"4READ4", 0xec, 4, QUAD_IO_READ},
	{"BURST_WRAP", 0x77, 3, .address_lanes = 4, .data_lanes = 4, .gates = GATE_QUAD,
		.data_min = 1, .data_max = 1, .in = burst_wrap_in, .finish = burst_wrap_finish},
	{"SBL", 0xc0, .data_min = 1, .data_max = 1, .in = burst_wrap_in, .finish = sbl_finish},
	{0},
};

const struct flash_family flash_read_family = {
	.commands = commands,
	.reset = reset,
};
