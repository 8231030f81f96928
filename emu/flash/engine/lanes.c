/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands with address or data on two or four lanes, sent by a host with single wires: it drives
 * IO0 (MOSI) and samples IO1 (MISO). It does not drive the other lanes, which read as 1 (IO2 and
 * IO3 are WP# and HOLD# with their pull-ups; that IO1 floats to 1 is an assumption). So it sees
 * every second or fourth bit of the data, and its address is mostly ones. Clock counts follow
 * W25Q128JV rev. M, 8.2.8-8.2.12, 8.2.14, 8.2.24 and 8.2.25.
 *
 * A chip in QPI takes opcode, address and data on four lanes (two in Micron's dual protocol). The
 * same host can then send only EE, EF, FE and FF: its first two clocks are the opcode, with MOSI as
 * the lowest bit of each half. So the chip understands none of its commands, not even 66 and 99,
 * until power is cycled. FF ends QPI on many parts: MOSI high for two clocks, or for eight, since
 * the SST26VF064B data sheet accepts FF clocked as on one wire (eight clocks for others:
 * unconfirmed). F5 can't be sent. commands/qpi.c has the commands, dummy.c the dummy clocks. Left
 * out: C0 of Winbond and others, which sets the dummy clocks of QPI and is accepted only there.
 *
 * Bit by bit and slow; used only for such commands and such chips.
 */
#include "flash/engine/lanes.h"

#include "flash/engine/bits.h"
#include "flash/engine/continuous.h"
#include "flash/engine/device.h"
#include "flash/engine/frame.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"

bool
flash_needs_lanes(const struct flash_frame *frame)
{
	return frame->command->address_lanes > 1 || frame->command->data_lanes > 1 ||
		frame->dummy_clocks % 8;
}

/* The lanes of a part of the frame for which the row says n. */
static unsigned int
lanes(const struct flash *chip, uint8_t n)
{
	if (chip->lanes > 1)
		return chip->lanes;
	return n > 1 ? n : 1;
}

/* The levels of IO3 to IO0 of a host on single wires: all except IO0 read 1. */
static unsigned int
single(bool mosi)
{
	return 0xe | mosi;
}

/* The bits on the lanes that are in use. */
static unsigned int
sample(unsigned int n_lanes, unsigned int levels)
{
	return levels & ((1u << n_lanes) - 1);
}

static unsigned int
header_clocks(const struct flash *chip)
{
	const struct flash_frame *frame = &chip->frame;

	return frame->address_bytes * 8u / lanes(chip, frame->command->address_lanes) +
		frame->dummy_clocks;
}

static void
start(struct flash *chip)
{
	const struct flash_command *command = chip->frame.command;

	if (chip->frame.outcome == FLASH_DONE && command->start)
		command->start(chip);
}

static void
clock_opcode(struct flash *chip, unsigned int levels)
{
	struct flash_frame *frame = &chip->frame;

	frame->shifter = frame->shifter << chip->lanes | sample(chip->lanes, levels);
	frame->pending += chip->lanes;
	if (frame->pending < 8)
		return;
	frame->pending = 0;
	flash_take_opcode(chip, frame->shifter);
	if (frame->phase == PHASE_LANES && header_clocks(chip) == 0)
		start(chip);
}

static void
clock_header(struct flash *chip, unsigned int levels)
{
	struct flash_frame *frame = &chip->frame;
	const struct flash_command *command = frame->command;
	unsigned int n_lanes = lanes(chip, command->address_lanes);
	unsigned int address_clocks = frame->address_bytes * 8u / n_lanes;

	if (frame->clocks < address_clocks) {
		frame->address = frame->address << n_lanes | sample(n_lanes, levels);
		if (frame->clocks + 1 == address_clocks) {
			frame->has_address = !(command->gates & GATE_DUMMY_ADDRESS);
			flash_address_extend(chip);
		}
	}
	if (frame->clocks >= address_clocks && frame->clocks - address_clocks < 8 / n_lanes)
		flash_continuous_take(chip, n_lanes, sample(n_lanes, levels),
			frame->clocks - address_clocks + 1 == 8 / n_lanes);
	frame->clocks++;
	if (frame->clocks == address_clocks + frame->dummy_clocks) {
		frame->has_address = address_clocks > 0 && !(command->gates & GATE_DUMMY_ADDRESS);
		start(chip);
	}
}

bool
flash_lanes_next(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;
	unsigned int n_lanes = lanes(chip, frame->command->data_lanes);

	if (frame->pending == 0 && !frame->begun)
		frame->command->out(chip, &frame->shifter, 1);
	frame->begun = frame->pending == 0;
	/* Lane 0 of the group of bits is IO0, so IO1 is its second lowest. */
	return frame->shifter >> (8 - n_lanes - frame->pending + (n_lanes > 1)) & 1;
}

/* One clock of data, which a refused frame only counts; returns the level of IO1. */
static bool
clock_data(struct flash *chip, unsigned int levels)
{
	struct flash_frame *frame = &chip->frame;
	const struct flash_command *command = frame->command;
	unsigned int n_lanes = lanes(chip, command->data_lanes);
	bool miso = true;

	if (command->out && frame->outcome == FLASH_DONE) {
		miso = flash_lanes_next(chip);
		frame->begun = false;
	} else {
		frame->shifter = frame->shifter << n_lanes | sample(n_lanes, levels);
	}
	frame->pending += n_lanes;
	if (frame->pending == 8) {
		frame->pending = 0;
		if (command->in && frame->outcome == FLASH_DONE)
			command->in(chip, &frame->shifter, 1);
		frame->position++;
	}
	return miso;
}

/* One clock; returns the level of IO1. */
static bool
clock_levels(struct flash *chip, unsigned int levels)
{
	struct flash_frame *frame = &chip->frame;

	if (frame->opcode < 0)
		clock_opcode(chip, levels);
	else if (frame->phase != PHASE_LANES)
		return true;
	else if (!flash_lanes_ended(chip))
		clock_header(chip, levels);
	else
		return clock_data(chip, levels);
	return true;
}

bool
flash_lanes_clock(struct flash *chip, bool mosi)
{
	return clock_levels(chip, single(mosi));
}

void
flash_shift_lanes(struct flash *chip, unsigned int n_lanes, const uint8_t *in, size_t n)
{
	unsigned int others = 0xf & ~((1u << n_lanes) - 1);

	if (!chip->selected || chip->held || chip->frame.phase != PHASE_LANES)
		return;
	for (size_t i = 0; i < n; i++) {
		for (unsigned int left = 8; left > 0; left -= n_lanes)
			clock_levels(chip, others | sample(n_lanes, in[i] >> (left - n_lanes)));
		for (unsigned int clock = 0; clock < 8 / n_lanes; clock++)
			flash_pass_bit(chip);
	}
}

void
flash_lanes_shift(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t mosi = in ? in[i] : 0xff;
		uint8_t miso = 0;

		for (int bit = 7; bit >= 0; bit--)
			miso = miso << 1 | flash_lanes_clock(chip, mosi >> bit & 1);
		if (out)
			out[i] = miso;
	}
}

bool
flash_lanes_ended(const struct flash *chip)
{
	return chip->frame.clocks >= header_clocks(chip);
}

void
flash_lanes_set(struct flash *chip, unsigned int n_lanes)
{
	chip->lanes = n_lanes;
	flash_bit_set(chip, FLASH_BIT_QPI, n_lanes == 4);
}
