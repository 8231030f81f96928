/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chips' end of the wires: the edges of CS# and CLK that arrive there.
 *
 * The levels of all nets are evaluated before and after each edge that the adapter makes. A rise of
 * CLK while CS# is low is a clock for the chip. In SPI mode 0 the chip samples MOSI at that moment,
 * and MISO has the bit of this clock. A chip never drives MISO in response to a bit of MOSI in the
 * same clock, so a net with both has MISO high while the chip samples MOSI. Where MISO is connected
 * to CLK or CS#, its bit is there before the clock, from the fall of the previous one on: a zero
 * keeps the edge, or the end of the frame, from the chip.
 *
 * Each chip has a CS# of its own and shares all other lines. Usually only the one that the adapter
 * addresses sees CS# low; others do where a fault holds theirs low (others.c). All of these get
 * each clock, and MISO has the AND of what they drive.
 */
#include "clip/internal.h"

#include <string.h>

#include "flash/flash.h"

unsigned int
clip_wires_cs(const struct clip *clip)
{
	if (clip->selected >= 0)
		return (unsigned int)clip->selected;
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		if (clip->chips[cs] && (!clip->open || clip->open == clip->chips[cs]))
			return cs;
	return 0;
}

struct flash *
clip_wires_chip(const struct clip *clip)
{
	return clip->chips[clip_wires_cs(clip)];
}

/* The next line of a set, taken out of it. */
static unsigned int
take_line(unsigned int *lines)
{
	unsigned int cs = (unsigned int)g_bit_nth_lsf(*lines, -1);

	*lines &= *lines - 1;
	return cs;
}

void
clip_wires_address(struct clip *clip, unsigned int cs)
{
	clip->faulty->cs = cs;
	clip->open = clip->faulty->low & 1u << cs ? clip->chips[cs] : NULL;
}

static void
set_low(struct clip *clip, unsigned int low)
{
	clip->faulty->low = low;
	clip->faulty->drives = false;
	clip->faulty->miso = true;
	clip_wires_address(clip, clip->faulty->cs);
}

void
clip_wires_raise(struct clip *clip, unsigned int cs, int64_t now_ns)
{
	if (!(clip->faulty->low & 1u << cs))
		return;
	flash_tick(clip->chips[cs], now_ns);
	flash_deselect(clip->chips[cs], 0);
	set_low(clip, clip->faulty->low & ~(1u << cs));
}

void
clip_wires_raise_all(struct clip *clip, int64_t now_ns)
{
	for (unsigned int low = clip->faulty->low; low;)
		clip_wires_raise(clip, take_line(&low), now_ns);
}

static void
lower(struct clip *clip, unsigned int cs, int64_t now_ns)
{
	if (!clip->chips[cs] || clip->faulty->low & 1u << cs)
		return;
	flash_tick(clip->chips[cs], now_ns);
	flash_select(clip->chips[cs]);
	set_low(clip, clip->faulty->low | 1u << cs);
}

static void
clock_lines(struct clip *clip, unsigned int lines, bool mosi)
{
	struct clip_wires *wires = clip->faulty;
	bool drives = false, all = true;

	if (!lines)
		return;
	while (lines) {
		struct flash *chip = clip->chips[take_line(&lines)];
		uint8_t miso;

		drives |= flash_drives_miso(chip, NULL);
		flash_shift_bits(chip, 1, mosi, &miso);
		all = all && miso;
	}
	wires->drives = drives;
	wires->miso = all;
}

void
clip_wires_clock(struct clip *clip, bool mosi)
{
	clock_lines(clip, clip->faulty->low, mosi);
}

void
clip_wires_clock_bytes(struct clip *clip, const uint8_t *in, uint8_t *out, size_t n)
{
	unsigned int lines = clip->faulty->low;
	uint8_t more[CLIP_CHUNK];

	if (lines)
		flash_shift(clip->chips[take_line(&lines)], in, out, n);
	while (lines) {
		flash_shift(clip->chips[take_line(&lines)], in, out ? more : NULL, n);
		for (size_t i = 0; out && i < n; i++)
			out[i] &= more[i];
	}
}

bool
clip_wires_drive(const struct clip *clip, size_t *n_bytes)
{
	bool drives = false;

	for (unsigned int lines = clip->faulty->low; lines;) {
		size_t stays = SIZE_MAX;

		drives |= flash_drives_miso(clip->chips[take_line(&lines)], &stays);
		if (n_bytes)
			*n_bytes = MIN(*n_bytes, stays);
	}
	return drives;
}

void
clip_wires_set_clock(struct clip *clip, unsigned int hz)
{
	for (unsigned int lines = clip->faulty->low; lines;)
		flash_set_clock(clip->chips[take_line(&lines)], hz);
}

/* The node's level, with the drivers of a second master if there is one. */
static bool
level_at_chip(struct clip *clip, enum clip_line line, const uint8_t *levels)
{
	struct clip_wires *wires = clip->faulty;
	bool level = clip_lines_value(clip, NODE(CLIP_CHIP, line), levels) & 1;

	if (!wires->master || !wires->master->low)
		return level;
	if (line == CLIP_CS)
		return clip_master_mix(clip, line, level, false);
	return wires->frame.open ? clip_master_mix(clip, line, level, wires->master_mosi)
				 : wires->master_mosi;
}

/* MISO as the chip drives it between clocks, where it is connected to its own CLK or CS#. */
static bool
miso_at_chip(struct clip *clip)
{
	const unsigned int nodes[] = {NODE(CLIP_CHIP, CLIP_CLK), NODE(CLIP_CHIP, CLIP_CS)};
	struct clip_wires *wires = clip->faulty;
	unsigned int drivers = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(nodes); i++)
		drivers |= clip_lines_source(clip, nodes[i])->drivers;
	if (!wires->low || !(drivers & 1 << CLIP_MISO))
		return true;
	if (!wires->clk) {
		wires->drives = clip_wires_drive(clip, NULL);
		wires->miso = true;
		for (unsigned int lines = wires->low; lines;)
			if (!flash_next_miso(clip->chips[take_line(&lines)]))
				wires->miso = false;
	}
	return wires->miso;
}

static void
set_cs(struct clip *clip, unsigned int cs, bool level, int64_t now_ns)
{
	if (level)
		clip_wires_raise(clip, cs, now_ns);
	else
		lower(clip, cs, now_ns);
}

void
clip_wires_settle(struct clip *clip, unsigned int levels, int64_t now_ns)
{
	struct clip_wires *wires = clip->faulty;
	const unsigned int before = wires->low;
	uint8_t bytes[CLIP_LINES];
	bool cs, clk, rises;

	for (unsigned int line = 0; line < CLIP_LINES; line++)
		bytes[line] = levels & 1u << line ? 0xff : 0;
	bytes[CLIP_MISO] = miso_at_chip(clip) ? 0xff : 0;
	cs = level_at_chip(clip, CLIP_CS, bytes);
	clk = clip_lines_value(clip, NODE(CLIP_CHIP, CLIP_CLK), bytes) & 1;
	rises = clk && !wires->clk;
	wires->clk = clk;
	set_cs(clip, wires->cs, cs, now_ns);
	for (unsigned int others = (wires->held | before) & ~(1u << wires->cs); others;) {
		unsigned int other = take_line(&others);

		set_cs(clip, other, clip_lines_cs(clip, other, bytes), now_ns);
	}
	if (rises && before & wires->low)
		clock_lines(clip, before & wires->low, level_at_chip(clip, CLIP_MOSI, bytes));
}
