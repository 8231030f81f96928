/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chips that are selected while the adapter addresses another one.
 *
 * All chips on a bus share its lines except CS#. Where a fault holds CS# of a chip low that is not
 * addressed, for example the second chip of a board, whose CS# nobody has clipped, that chip takes
 * part in the operations with the other one: it hears the same commands, and MISO is low where one
 * of the two drives it low. The typical result is an ID that no chip has, or a third one's:
 *
 *	chip 0, addressed       C2 20 17
 *	chip 1, CS# held low    C2 20 16
 *	MISO                    C2 20 16        another size
 *
 * For faults of CS# that last (open, stuck, short, resistors) the condition select names the chip;
 * they act in operations with any chip, and end with these. The level of CS# then follows from its
 * net (lines.c): the pull-up of the board holds an open one high; without it CS# floats and is high
 * or low by chance in each operation; the clamp of a board without supply pulls it down. Without a
 * select such a fault is on CS# of all chips, and one that holds it low does so between operations
 * as well: all of these are one frame for the chip.
 *
 * Leaves out: the effect of a CS# that is connected to another line on that line.
 */
#include "clip/internal.h"

#include "flash/flash.h"

bool
clip_others_has_own_line(const struct clip_active_fault *fault)
{
	const struct clip_fault_row *row = fault->row;
	unsigned int lines;

	if (!row->lasting || !row->wire)
		return false;
	lines = row->lines ? row->lines(&fault->as) : 1u << fault->as.line;
	return lines & 1u << CLIP_CS;
}

bool
clip_others_concerns(const struct clip_active_fault *fault, unsigned int cs)
{
	const unsigned int selects = fault->as.when.selects;

	return selects == 0 || selects & 1u << cs || !clip_others_has_own_line(fault);
}

unsigned int
clip_others_select(const struct clip *clip, const struct clip_active_fault *fault)
{
	return clip_others_concerns(fault, clip->faulty->cs)
		? clip->faulty->cs
		: (unsigned int)g_bit_nth_lsf(fault->as.when.selects, -1);
}

/* With the adapter's own driver at high, if it is connected. */
static bool
can_be_low(const struct clip_source *source)
{
	const unsigned int own = 1u << CLIP_CS;

	if (source->forced >= 0)
		return source->forced == 0;
	if (source->drivers & ~own)
		return true;
	return source->pull != FLASH_HIGH && !(source->drivers & own);
}

unsigned int
clip_others_find(const struct clip *clip)
{
	unsigned int held = 0;

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
		const struct clip_source *source =
			&clip->faulty->sources[cs][NODE(CLIP_CHIP, CLIP_CS)];

		if (clip->chips[cs] && (can_be_low(source) || source->pull != FLASH_HIGH))
			held |= 1u << cs;
	}
	return held;
}

bool
clip_others_keep_cs(const struct clip *clip, unsigned int driven)
{
	const struct clip_wires *wires = clip->faulty;

	for (unsigned int cs = 0; wires->held && cs < CLIP_SELECTS; cs++) {
		const struct clip_source *source = &wires->sources[cs][NODE(CLIP_CHIP, CLIP_CS)];

		if (cs != wires->cs && wires->held & 1u << cs && source->forced < 0 &&
			source->drivers & driven & ~(1u << CLIP_CS))
			return false;
	}
	return true;
}

bool
clip_others_answer(const struct clip *clip, const struct clip_active_fault *fault, unsigned int cs)
{
	if (!clip_others_has_own_line(fault))
		return false;
	for (unsigned int other = 0; other < CLIP_SELECTS; other++) {
		struct clip_source source;

		if (other == cs || !clip->chips[other] || !clip_others_concerns(fault, other))
			continue;
		source = clip_lines_cs_in_operation(clip, other);
		if (can_be_low(&source))
			return true;
	}
	return false;
}
