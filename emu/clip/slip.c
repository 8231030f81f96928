/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edges that are missing or too many, and sampling at the wrong one.
 *
 *   clocks of the host   1 2 3 4 5 6 7 8
 *   dropped              1 2   3 4 5 6 7    all later bits come to the chip in a place too early,
 *   doubled              1 2 34 5 6 7 8 9   or too late
 *
 * A slip lasts until CS# rises. A bounce of CS# ends the chip's frame at once; the next bits are
 * the opcode of a new one. Late: MISO has each bit some clocks after the chip drove it, and first
 * the level from before (wires.c). Early: the host samples a later bit: the chip gets more clocks
 * than the host counts, right before the first byte that the host reads after opcode and address.
 * MOSI, which the chip ignores by then, does not move with it.
 */
#include "clip/internal.h"

#include "base/clock.h"

unsigned int
clip_slip_clocks(struct clip *clip, struct clip_active_fault *fault, unsigned int bit)
{
	bool doubled = fault->as.slip == CLIP_SLIP_DOUBLED ||
		(fault->as.slip == CLIP_SLIP_EITHER && base_random_next(&fault->random) & 1);

	clip_trigger_acted(clip, fault, bit, CLIP_CLK, doubled ? FLASH_HIGH : FLASH_LOW);
	return doubled ? 2 : 0;
}

void
clip_slip_bounce(
	struct clip *clip, struct clip_active_fault *fault, unsigned int bit, int64_t now_ns)
{
	if (!clip->open)
		return;
	clip_trigger_acted(clip, fault, bit, CLIP_CS, FLASH_HIGH);
	/* CS# falls again at the next evaluation of the levels, before this bit's clock. */
	clip_wires_raise(clip, now_ns);
}

void
clip_slip_ahead(struct clip *clip, bool mosi)
{
	struct clip_wires *wires = clip->faulty;

	if (wires->ahead)
		return;
	for (guint i = 0; i < wires->faults->len; i++) {
		struct clip_active_fault *fault = g_ptr_array_index(wires->faults, i);

		if (fault->as.what != CLIP_EARLY || !fault->in_force || fault->told)
			continue;
		wires->ahead = fault->told = true;
		clip_trigger_acted(clip, fault, 0, CLIP_MISO, wires->miso ? FLASH_HIGH : FLASH_LOW);
		for (unsigned int clock = 0; clock < fault->as.clocks; clock++)
			clip_wires_clock(clip, mosi);
	}
}
