/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame that the host is sending, so that faults can be aimed at it.
 *
 * MOSI at the host's side counts: a fault can change what the chip hears of the frame, also of its
 * opcode, but not what the frame is for. The chip tells what that is, from its part and its state
 * (flash_describe()): once when the opcode is known, before the first clock reaches the chip, and
 * once when the address is.
 *
 * Leaves out what was sent before the first fault came: such a frame has no opcode.
 */
#include "clip/internal.h"

#include "base/clock.h"
#include "flash/describe.h"

void
clip_frame_begin(struct clip_frame *frame, uint64_t operation)
{
	frame->open = true;
	frame->operation = operation;
	frame->byte = 0;
	frame->opcode = -1;
	frame->means = (struct flash_description){.header_bytes = 1};
}

void
clip_frame_take(struct clip *clip, uint8_t mosi)
{
	struct clip_frame *frame = &clip->faulty->frame;
	struct flash *chip = clip_wires_chip(clip);

	frame->sent[frame->byte] = mosi;
	if (frame->byte == 0)
		frame->opcode = mosi;
	if (!chip || (frame->byte > 0 && frame->byte + 1 < frame->means.header_bytes))
		return;
	/* An operation that has ended by now can change what a frame means: in AAI the address. */
	flash_tick(chip, base_clock_now(clip->clock));
	flash_describe(chip, frame->sent, frame->byte + 1, &frame->means);
}
