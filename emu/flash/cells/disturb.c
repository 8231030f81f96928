/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read disturb: cells that change because they, or their neighbours, are read too often.
 *
 *   reads of the block   0 ........ after | each further one turns a share of its bits
 *   afterwards           the bits stay as they are until the block is erased, which also begins
 *                        the count anew
 *
 * A read applies the read voltage to the gates of a word line and a little of it to the bit lines.
 * That is a very weak program of the erased cells there: they gain electrons until they read as 0.
 * The opposite, programmed cells that lose their charge through a leak, is rarer and can be
 * selected. Data sheets of serial NOR flash do not mention it. That a block is disturbed as a whole
 * instead of by word lines, that a number of reads does no harm, and that all cells are alike from
 * then on are assumptions.
 *
 * A read is one operation that touches the block, anywhere and of any length. Bits that it turns
 * are seen by the next read, so that the result does not depend on the pieces in which bytes were
 * transferred.
 */
#include "flash/cells/disturb.h"

#include "base/faultlist.h"
#include "base/random.h"
#include "flash/engine/device.h"
#include "flash/fault.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>

#define TOUCHED UINT32_C(0x80000000)

struct flash_disturb {
	uint32_t *reads; /* by blocks, since the last erase; TOUCHED: in this operation as well */
	uint32_t n_blocks;
	uint32_t block_size;
	GArray *touched; /* uint32_t: which blocks are */
};

struct flash_disturb *
flash_disturb_new(const struct flash *chip)
{
	struct flash_disturb *disturb = g_new0(struct flash_disturb, 1);

	disturb->block_size = chip->block_size;
	disturb->n_blocks = (uint32_t)(chip->part->size / chip->block_size);
	disturb->reads = g_new0(uint32_t, disturb->n_blocks + 1);
	disturb->touched = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return disturb;
}

void
flash_disturb_free(struct flash_disturb *disturb)
{
	if (!disturb)
		return;
	g_free(disturb->reads);
	g_array_unref(disturb->touched);
	g_free(disturb);
}

uint64_t
flash_disturb_read(struct flash_disturb *disturb, uint64_t from, uint64_t to)
{
	uint64_t n = 0;

	if (from >= to)
		return 0;
	for (uint32_t block = (uint32_t)(from / disturb->block_size);
		block <= (to - 1) / disturb->block_size; block++) {
		if (disturb->reads[block] & TOUCHED)
			continue;
		if (disturb->reads[block] < FLASH_FAULT_AFTER_MAX + UINT32_C(1))
			disturb->reads[block]++;
		disturb->reads[block] |= TOUCHED;
		g_array_append_val(disturb->touched, block);
		n++;
	}
	return n;
}

void
flash_disturb_erased(struct flash_disturb *disturb, uint64_t start, uint64_t length)
{
	for (uint64_t at = start; at < start + length; at += disturb->block_size)
		disturb->reads[at / disturb->block_size] &= TOUCHED;
}

/* Turns bits of [from, to); returns the first address that has changed, or to. */
static uint64_t
turn_bits(struct flash *chip, struct base_fault *base, uint64_t from, uint64_t to)
{
	const struct flash_fault *fault = base->fault;
	uint64_t first = to;
	uint64_t bit = base_random_skip(&base->random, fault->rate);

	while (bit < (to - from) * 8) {
		uint64_t at = from + bit / 8;
		uint8_t mask = (uint8_t)(1u << bit % 8);
		uint8_t new = fault->level ? chip->array[at] | mask : chip->array[at] & ~mask;
		uint64_t skipped = base_random_skip(&base->random, fault->rate);

		if (new != chip->array[at]) {
			chip->array[at] = new;
			flash_array_changed(chip, at, 1);
			first = MIN(first, at);
		}
		bit += MIN(skipped, UINT64_MAX / 2) + 1;
	}
	return first;
}

uint64_t
flash_disturb_end(
	struct flash *chip, struct flash_disturb *disturb, struct base_fault *base, uint64_t *first)
{
	const struct flash_fault *fault = base->fault;
	const uint64_t most = base_fault_acts_left(base);
	uint64_t n = 0;

	*first = UINT64_MAX;
	for (guint i = 0; i < disturb->touched->len; i++) {
		uint32_t block = g_array_index(disturb->touched, uint32_t, i);
		uint64_t from = (uint64_t)block * disturb->block_size;
		uint64_t to = from + disturb->block_size;
		uint64_t turned;

		disturb->reads[block] &= ~TOUCHED;
		if (fault->when.address_to) {
			from = MAX(from, fault->when.address_from);
			to = MIN(to, fault->when.address_to);
		}
		if (n >= most || disturb->reads[block] <= fault->after)
			continue;
		turned = turn_bits(chip, base, from, to);
		if (turned >= to)
			continue;
		if (n++ == 0)
			*first = turned;
	}
	g_array_set_size(disturb->touched, 0);
	return n;
}
