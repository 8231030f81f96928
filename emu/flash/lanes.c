/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands with address or data on two or four lanes, as a host with single wires meets them: it
 * drives IO0 (MOSI) and listens to IO1 (MISO). What it sends on the other lanes is nothing, and
 * they read as 1 (IO2 and IO3 are WP# and HOLD# with their pull-ups; that IO1 floats to 1 is an
 * assumption). So it sees every second or fourth bit of the data, and its address is mostly ones.
 * Clock counts follow W25Q128JV rev. M, 8.2.8-8.2.12, 8.2.14, 8.2.24 and 8.2.25.
 *
 * Bit by bit and slow; nothing but such a command comes here.
 */
#include "flash/chip.h"

bool
flash_needs_lanes(const struct flash_command *command)
{
	return command->address_lanes > 1 || command->data_lanes > 1 || command->dummy_clocks % 8;
}

static unsigned int
lanes(uint8_t n)
{
	return n > 1 ? n : 1;
}

/* All lanes but IO0 read 1. */
static unsigned int
sample(unsigned int n_lanes, bool mosi)
{
	return ((1u << n_lanes) - 2) | mosi;
}

static void
clock_header(struct flash *chip, bool mosi)
{
	struct flash_frame *frame = &chip->frame;
	const struct flash_command *command = frame->command;
	unsigned int n_lanes = lanes(command->address_lanes);
	unsigned int address_clocks = frame->address_bytes * 8u / n_lanes;

	if (frame->clocks < address_clocks) {
		frame->address = frame->address << n_lanes | sample(n_lanes, mosi);
		if (frame->clocks + 1 == address_clocks) {
			frame->has_address = true;
			flash_address_extend(chip);
		}
	}
	frame->clocks++;
	if (frame->clocks == address_clocks + command->dummy_clocks) {
		frame->has_address = address_clocks > 0;
		if (frame->outcome == FLASH_DONE && command->start)
			command->start(chip);
	}
}

/* One clock of data; returns the level of IO1. */
static bool
clock_data(struct flash *chip, bool mosi)
{
	struct flash_frame *frame = &chip->frame;
	const struct flash_command *command = frame->command;
	unsigned int n_lanes = lanes(command->data_lanes);
	bool miso = true;

	if (command->out) {
		if (frame->pending == 0)
			command->out(chip, &frame->shifter, 1);
		/* Lane 0 of the group of bits is IO0, so IO1 is its second lowest. */
		miso = frame->shifter >> (8 - n_lanes - frame->pending + (n_lanes > 1)) & 1;
	} else {
		frame->shifter = frame->shifter << n_lanes | sample(n_lanes, mosi);
	}
	frame->pending += n_lanes;
	if (frame->pending == 8) {
		frame->pending = 0;
		if (command->in)
			command->in(chip, &frame->shifter, 1);
		frame->position++;
	}
	return miso;
}

static unsigned int
header_clocks(const struct flash_frame *frame)
{
	return frame->address_bytes * 8u / lanes(frame->command->address_lanes) +
		frame->command->dummy_clocks;
}

void
flash_lanes_shift(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n)
{
	struct flash_frame *frame = &chip->frame;
	unsigned int header = header_clocks(frame);

	for (size_t i = 0; i < n; i++) {
		uint8_t mosi = in ? in[i] : 0xff;
		uint8_t miso = 0;

		for (int bit = 7; bit >= 0; bit--) {
			bool level = true;

			if (frame->clocks < header)
				clock_header(chip, mosi >> bit & 1);
			else if (frame->outcome == FLASH_DONE)
				level = clock_data(chip, mosi >> bit & 1);
			miso = miso << 1 | level;
		}
		if (out)
			out[i] = miso;
	}
}

bool
flash_lanes_ended(const struct flash *chip)
{
	const struct flash_frame *frame = &chip->frame;

	return frame->clocks >= header_clocks(frame);
}
