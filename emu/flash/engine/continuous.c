/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Continuous reads ("XIP", "performance enhance mode", 0-4-4 and 0-2-2): the mode bits that follow
 * the address of BB and EB, and of their forms with 4 address bytes, can say that the next frame is
 * a read of the same kind, without an opcode.
 *
 *   CS#   \______________________________________/‾‾\______________________________
 *   IO      | opcode | address | M7-0 | data         | address | M7-0 | data
 *                                 ask for it                      do not: an opcode is next
 *
 * Parts differ in the bits that ask for it: M5-4 = 10 (W25Q128FV), M7-4 = Ah (S25FL128S), or M7-4
 * the complement of M3-0 (MX25L12835F), there only after EB. JESD216B has them in dword 15 of the
 * basic table. Any other value ends it when M7-0 are complete; a frame that is cut off before has
 * no effect. So MOSI high for 8 clocks (10 with 4 address bytes, twice as many on two lanes) ends
 * it: FF, or FF FF, which data sheets call mode reset. A host on single wires drives IO0 only, and
 * the other lanes read 1 (lanes.c): it asks for M5-4 = 10, or for Ah on two lanes, with zeros on
 * MOSI, and can't ask for the others.
 *
 * Power loss, RESET# and 99 end it too. Leaves out Micron's XIP, which bit 3 of VCR enables.
 */
#include "flash/engine/continuous.h"

#include "flash/engine/device.h"
#include "flash/engine/frame.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <stdbool.h>
#include <stdint.h>

struct rule {
	uint8_t mask, value;    /* of M7-0 */
	bool complement;        /* M7-4 = ~M3-0 */
	unsigned int min_lanes; /* of a command whose reads can continue */
};

static const struct rule rules[] = {
	[FLASH_CONTINUOUS_NONE] = {.min_lanes = UINT8_MAX},
	[FLASH_CONTINUOUS_M54] = {.mask = 0x30, .value = 0x20, .min_lanes = 2},
	[FLASH_CONTINUOUS_AXH] = {.mask = 0xf0, .value = 0xa0, .min_lanes = 2},
	[FLASH_CONTINUOUS_TOGGLE] = {.complement = true, .min_lanes = 4},
};

static bool
continues(enum flash_continuous rule, unsigned int n_lanes, uint8_t mode_bits)
{
	const struct rule *row = &rules[rule];
	bool complement = (mode_bits >> 4) == (~mode_bits & 0x0f);

	return n_lanes >= row->min_lanes && (mode_bits & row->mask) == row->value &&
		(complement || !row->complement);
}

/* The command has mode bits after its address. */
static bool
has_mode_bits(const struct flash_command *command)
{
	return command->purpose == FLASH_FOR_READ && command->address_lanes > 1;
}

void
flash_continuous_take(struct flash *chip, unsigned int n_lanes, unsigned int bits, bool last)
{
	struct flash_frame *frame = &chip->frame;

	frame->mode_bits = (uint8_t)(frame->mode_bits << n_lanes | bits);
	if (!last || frame->outcome != FLASH_DONE || !has_mode_bits(frame->command))
		return;
	chip->continuing =
		continues(chip->part->continuous, frame->command->address_lanes, frame->mode_bits);
	chip->continuing_opcode = (uint8_t)frame->opcode;
	if (frame->continued && !chip->continuing)
		frame->note = "continues a read, the last one";
}

void
flash_continuous_begin(struct flash *chip)
{
	if (!chip->continuing)
		return;
	flash_take_opcode(chip, chip->continuing_opcode);
	chip->frame.continued = true;
	chip->frame.note = "continues a read, without an opcode";
}
