/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wrong single bits. Candidates come at a rate per bit that is known in advance; the bit itself
 * then decides whether a candidate becomes an error:
 *
 * BIT_ERROR, BURST_ERROR  the bit is inverted, if its polarity matches
 * WEAK_GROUND             the same, with a probability that grows with the number of lines that
 *                         switch together with CLK: ground moves by the sum of their currents
 * TOO_FAST                the bit's edge comes too late, so the bit before it is sampled: an error
 *                         only where the line changes
 *
 * A clock that far exceeds the limit delays each bit by a whole clock; that is CLIP_LATE.
 */
#include "clip/internal.h"

#include "flash/flash.h"

/* CLK, MOSI, MISO: when all of them switch, every candidate becomes an error. */
#define MOST_LINES 3

bool
clip_noise_is(enum clip_fault_what what)
{
	return what == CLIP_BIT_ERROR || what == CLIP_BURST_ERROR || what == CLIP_WEAK_GROUND ||
		what == CLIP_TOO_FAST;
}

static double
excess_rate(const struct clip *clip, const struct clip_fault *fault)
{
	unsigned int limit = fault->limit_hz;

	if (clip->faulty->frame.opcode == 0x03 && fault->limit_read_hz)
		limit = fault->limit_read_hz;
	if (clip->hz <= limit)
		return 0;
	return MIN(1, fault->slope * (clip->hz - limit) / limit);
}

double
clip_noise_rate(const struct clip *clip, const struct clip_active_fault *fault)
{
	if (fault->as.what == CLIP_TOO_FAST)
		return excess_rate(clip, &fault->as);
	if (fault->as.what == CLIP_WEAK_GROUND)
		return MIN(1, fault->as.rate * MOST_LINES * MOST_LINES);
	return fault->as.rate;
}

bool
clip_noise_bit(
	struct clip *clip, struct clip_active_fault *fault, unsigned int bit, bool mosi, bool miso)
{
	const struct clip_wires *wires = clip->faulty;
	bool is_miso = fault->as.line == CLIP_MISO;
	bool good = is_miso ? miso : mosi;
	bool bad = !good;

	if (fault->as.what == CLIP_TOO_FAST) {
		bad = is_miso ? wires->last_miso : wires->last_mosi;
	} else if (fault->as.only != CLIP_BOTH && good != (fault->as.only == CLIP_1_TO_0)) {
		return good;
	} else if (fault->as.what == CLIP_WEAK_GROUND) {
		unsigned int lines = 1u + (mosi != wires->last_mosi) + (miso != wires->last_miso);
		double of_all = (double)(lines * lines) / (MOST_LINES * MOST_LINES);

		if (!base_random_chance(&fault->random, of_all))
			return good;
	}
	if (bad != good)
		clip_trigger_acted(clip, fault, bit, fault->as.line, bad ? FLASH_HIGH : FLASH_LOW);
	return bad;
}
