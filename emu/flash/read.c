/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Array reads: 03, 0B and the dual and quad forms 3B/6B/BB/EB, of any length, wrapping at the end
 * of the array. Follows W25Q128JV rev. M, 8.2.6-8.2.12. The mode bits M7-0 of BB and EB count as
 * dummy clocks: that data sheet wants them to be Fx and has no chapter on continuous read. Left
 * out: the clock limits fR and FR; continuous read mode of older parts (W25Q80DV).
 */
#include "flash/chip.h"

#include <string.h>

static void
read_start(struct flash *chip)
{
	chip->frame.cursor = chip->frame.address & (chip->part->size - 1);
}

static void
read_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint64_t size = chip->part->size;
	uint64_t cursor = chip->frame.cursor;

	while (n) {
		size_t span = n < size - cursor ? n : size - cursor;

		memcpy(out, chip->array + cursor, span);
		out += span;
		n -= span;
		cursor = (cursor + span) & (size - 1);
	}
	chip->frame.cursor = cursor;
}

/* Quad I/O reads stay in an aligned piece of 8 to 64 bytes when burst wrap is set. */
static void
wrapped_read_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint64_t cursor = chip->frame.cursor;
	uint64_t mask = chip->wrap_bytes - 1;

	if (chip->wrap_bytes == 0) {
		read_out(chip, out, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		out[i] = chip->array[cursor];
		cursor = (cursor & ~mask) | ((cursor + 1) & mask);
	}
	chip->frame.cursor = cursor;
}

static void
burst_wrap_in(struct flash *chip, const uint8_t *in, size_t n)
{
	chip->frame.cursor = in[n - 1];
}

/* W4 = 0 turns wrapping on, W6-5 choose the length (8.2.12). */
static void
burst_wrap_finish(struct flash *chip)
{
	uint64_t w = chip->frame.cursor;

	chip->wrap_bytes = w & 0x10 ? 0 : 8u << (w >> 5 & 3);
}

#define READ                                                                            \
	.address_bytes = 3, .data_max = DATA_ANY, .start = read_start, .out = read_out, \
	.purpose = FLASH_FOR_READ
#define QUAD_IO .address_bytes = 3, .address_lanes = 4, .data_lanes = 4, .gates = GATE_QUAD

const struct flash_command flash_read_commands[] = {
	{"READ", 0x03, READ},
	{"FAST_READ", 0x0b, READ, .dummy_clocks = 8},
	{"DREAD", 0x3b, READ, .dummy_clocks = 8, .data_lanes = 2},
	{"QREAD", 0x6b, READ, .dummy_clocks = 8, .data_lanes = 4, .gates = GATE_QUAD},
	{"2READ", 0xbb, READ, .address_lanes = 2, .dummy_clocks = 4, .data_lanes = 2},
	{"4READ", 0xeb, QUAD_IO, .dummy_clocks = 6, .data_max = DATA_ANY, .start = read_start,
		.out = wrapped_read_out, .purpose = FLASH_FOR_READ},
	{"BURST_WRAP", 0x77, QUAD_IO, .data_min = 1, .data_max = 1, .in = burst_wrap_in,
		.finish = burst_wrap_finish},
	{0},
};
