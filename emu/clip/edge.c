/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chip's end of the wires: the edges of CS# and CLK that arrive there.
 *
 * The levels of all nets are evaluated before and after each edge that the adapter makes. A rise of
 * CLK while CS# is low is a clock for the chip. In SPI mode 0 the chip samples MOSI at that moment,
 * and MISO has the bit of this clock. A chip never drives MISO in response to a bit of MOSI in the
 * same clock, so a net with both has MISO high while the chip samples MOSI. Where MISO is connected
 * to CLK or CS#, its bit is there before the clock, from the fall of the previous one on: a zero
 * keeps the edge, or the end of the frame, from the chip.
 */
#include "clip/internal.h"

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

void
clip_wires_raise(struct clip *clip, int64_t now_ns)
{
	if (!clip->open)
		return;
	flash_tick(clip->open, now_ns);
	flash_deselect(clip->open, 0);
	clip->open = NULL;
	clip->faulty->drives = false;
	clip->faulty->miso = true;
}

void
clip_wires_lower(struct clip *clip, int64_t now_ns)
{
	struct flash *chip = clip_wires_chip(clip);

	if (chip == clip->open)
		return;
	clip_wires_raise(clip, now_ns);
	if (!chip)
		return;
	flash_tick(chip, now_ns);
	flash_select(chip);
	clip->open = chip;
	clip->faulty->drives = false;
	clip->faulty->miso = true;
}

void
clip_wires_clock(struct clip *clip, bool mosi)
{
	uint8_t miso;

	if (!clip->open)
		return;
	clip->faulty->drives = flash_drives_miso(clip->open, NULL);
	flash_shift_bits(clip->open, 1, mosi, &miso);
	clip->faulty->miso = miso;
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
	if (!clip->open || !(drivers & 1 << CLIP_MISO))
		return true;
	if (!wires->clk) {
		wires->drives = flash_drives_miso(clip->open, NULL);
		wires->miso = flash_next_miso(clip->open);
	}
	return wires->miso;
}

void
clip_wires_settle(struct clip *clip, unsigned int levels, int64_t now_ns)
{
	struct clip_wires *wires = clip->faulty;
	uint8_t bytes[CLIP_LINES];
	bool cs, clk, rises;

	for (unsigned int line = 0; line < CLIP_LINES; line++)
		bytes[line] = levels & 1u << line ? 0xff : 0;
	bytes[CLIP_MISO] = miso_at_chip(clip) ? 0xff : 0;
	cs = level_at_chip(clip, CLIP_CS, bytes);
	clk = clip_lines_value(clip, NODE(CLIP_CHIP, CLIP_CLK), bytes) & 1;
	rises = clk && !wires->clk;
	wires->clk = clk;
	if (cs) {
		clip_wires_raise(clip, now_ns);
	} else if (clip->open != clip_wires_chip(clip)) {
		clip_wires_lower(clip, now_ns);
	} else if (rises) {
		clip_wires_clock(clip, level_at_chip(clip, CLIP_MOSI, bytes));
	}
}
