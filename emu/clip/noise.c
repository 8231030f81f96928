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

void
clip_noise_init(struct clip_fault *fault)
{
	fault->rate = 1e-6;
}

void
clip_noise_init_burst(struct clip_fault *fault)
{
	fault->rate = 1e-4;
	fault->after_bytes = 256;
}

void
clip_noise_init_too_fast(struct clip_fault *fault)
{
	fault->limit_hz = 8000000;
}

const char *
clip_noise_check(const struct clip_fault *fault)
{
	return fault->line == CLIP_MISO || fault->line == CLIP_MOSI
		? NULL
		: "lines with single wrong bits are mosi, miso";
}

const char *
clip_noise_check_too_fast(const struct clip_fault *fault)
{
	if (fault->limit_hz == 0 || !(fault->slope >= 0))
		return "the limit has to be above 0 Hz, the slope 0 or more";
	return clip_noise_check(fault);
}

void
clip_noise_hold(struct clip *clip, struct clip_active_fault *fault)
{
	(void)clip;
	clip_wires_set_rate(fault, fault->as.rate);
}

void
clip_noise_hold_ground(struct clip *clip, struct clip_active_fault *fault)
{
	(void)clip;
	clip_wires_set_rate(fault, MIN(1, fault->as.rate * MOST_LINES * MOST_LINES));
}

void
clip_noise_hold_too_fast(struct clip *clip, struct clip_active_fault *fault)
{
	unsigned int limit = fault->as.limit_hz;

	if (clip->faulty->frame.opcode == 0x03 && fault->as.limit_read_hz)
		limit = fault->as.limit_read_hz;
	clip_wires_set_rate(fault,
		clip->hz <= limit ? 0 : MIN(1, fault->as.slope * (clip->hz - limit) / limit));
}

/* MOSI is wrong before the chip gets it, MISO after the chip has driven it. */
void
clip_noise_act(struct clip *clip, struct clip_active_fault *fault, struct clip_bit *bit)
{
	if (fault->as.line == CLIP_MOSI)
		bit->mosi =
			clip_noise_bit(clip, fault, bit->bit, bit->mosi, clip->faulty->last_miso);
	else
		fault->due = true;
	fault->left = base_random_skip(&fault->base.random, fault->rate);
}

static bool
good_bit(const struct clip_active_fault *fault, bool mosi, bool miso)
{
	return fault->as.line == CLIP_MISO ? miso : mosi;
}

bool
clip_noise_flip(struct clip *clip, struct clip_active_fault *fault, bool mosi, bool miso)
{
	bool good = good_bit(fault, mosi, miso);

	(void)clip;
	return fault->as.only == CLIP_BOTH || good == (fault->as.only == CLIP_1_TO_0) ? !good
										      : good;
}

bool
clip_noise_jump(struct clip *clip, struct clip_active_fault *fault, bool mosi, bool miso)
{
	const struct clip_wires *wires = clip->faulty;
	unsigned int lines = 1u + (mosi != wires->last_mosi) + (miso != wires->last_miso);
	double of_all = (double)(lines * lines) / (MOST_LINES * MOST_LINES);
	bool good = good_bit(fault, mosi, miso);
	bool bad = clip_noise_flip(clip, fault, mosi, miso);

	return bad != good && base_random_chance(&fault->base.random, of_all) ? bad : good;
}

bool
clip_noise_hold_last(struct clip *clip, struct clip_active_fault *fault, bool mosi, bool miso)
{
	(void)mosi;
	(void)miso;
	return fault->as.line == CLIP_MISO ? clip->faulty->last_miso : clip->faulty->last_mosi;
}

bool
clip_noise_bit(
	struct clip *clip, struct clip_active_fault *fault, unsigned int bit, bool mosi, bool miso)
{
	bool bad = fault->row->arrives(clip, fault, mosi, miso);

	if (bad != good_bit(fault, mosi, miso))
		clip_trigger_acted(clip, fault, bit, fault->as.line, bad ? FLASH_HIGH : FLASH_LOW);
	return bad;
}
