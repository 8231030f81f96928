/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Missing and additional edges, and sampling at the wrong edge.
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

void
clip_slip_init(struct clip_fault *fault)
{
	fault->rate = 1e-7;
}

const char *
clip_slip_check_clocks(const struct clip_fault *fault)
{
	return fault->clocks > 0 && fault->clocks <= CLIP_CLOCKS_MAX
		? NULL
		: "it can be late or early by 1 to 64 clocks";
}

void
clip_slip_hold(struct clip *clip, struct clip_active_fault *fault)
{
	(void)clip;
	clip_wires_set_rate(fault, fault->as.rate);
}

void
clip_slip_hold_late(struct clip *clip, struct clip_active_fault *fault)
{
	struct clip_wires *wires = clip->faulty;

	wires->late = MIN(wires->late + fault->as.clocks, CLIP_CLOCKS_MAX);
}

bool
clip_slip_shows_late(const struct clip_active_fault *fault, bool reads)
{
	(void)fault;
	return reads;
}

void
clip_slip_act(struct clip *clip, struct clip_active_fault *fault, struct clip_bit *bit)
{
	bool doubled = fault->as.slip == CLIP_SLIP_DOUBLED ||
		(fault->as.slip == CLIP_SLIP_EITHER && base_random_next(&fault->base.random) & 1);

	clip_trigger_acted(clip, fault, bit->bit, CLIP_CLK, doubled ? FLASH_HIGH : FLASH_LOW);
	bit->clocks = doubled ? 2 : 0;
	fault->left = base_random_skip(&fault->base.random, fault->rate);
}

void
clip_slip_bounce(struct clip *clip, struct clip_active_fault *fault, struct clip_bit *bit)
{
	fault->left = base_random_skip(&fault->base.random, fault->rate);
	if (!clip->open)
		return;
	clip_trigger_acted(clip, fault, bit->bit, CLIP_CS, FLASH_HIGH);
	/* It falls again at the next look at the levels, before the clock of this bit. */
	clip_wires_raise(clip, clip->faulty->cs, bit->now_ns);
}

void
clip_slip_ahead(struct clip *clip, struct clip_active_fault *fault, bool mosi)
{
	struct clip_wires *wires = clip->faulty;

	wires->ahead = fault->told = true;
	clip_trigger_acted(clip, fault, 0, CLIP_MISO, wires->miso ? FLASH_HIGH : FLASH_LOW);
	for (unsigned int clock = 0; clock < fault->as.clocks; clock++)
		clip_wires_clock(clip, mosi);
}
