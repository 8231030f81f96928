/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wear of cells, and cells that are unstable after an interrupted erase. Both are stored by blocks
 * of the part's smallest erase, in one word each: erase cycles, and a mark for "unstable".
 *
 *   erase cut off   program all | erase, slowly        | verify
 *   done so far     ....zeros...|..random, mostly 1....|
 *   afterwards      no cell of the block is sure: ones read as 0 now and then, until the whole
 *                   block has been erased
 *
 * Data sheets only say that data can be corrupt after a reset or power loss (W25Q128JV rev. M,
 * 8.2.37). That an erase starts by programming all cells, and that cells near the threshold read
 * differently each time, is how the memory works and matches recovered dumps. Shares and rates here
 * are assumptions.
 *
 * Cycles are always counted and have an effect only if enabled (flash_set_wear()): past the part's
 * endurance an erase slows from its typical to its maximum time, over another half of the
 * endurance; then, block by block at different counts, single bits stay 0, more with each further
 * cycle, and the failure flags are set if the part has them.
 */
#include "flash/cells/cells.h"

#include "flash/cells/cellfault.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/life.h"
#include "flash/engine/operation.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

#define UNSTABLE UINT32_C(0x80000000)
#define CYCLES_MAX (UNSTABLE - 1)

/* Nearly all data sheets of serial NOR flash specify 10^5 cycles. */
#define ENDURANCE 100000

/* Share of an erase in which all cells are programmed first (assumption). */
#define PROGRAM_SHARE 0.2

/* A chip erase works in pieces of that size, bytes (assumption). */
#define CHIP_ERASE_PIECE 65536

uint32_t
flash_block_size(const struct flash_part *part)
{
	uint32_t least = 0;

	for (unsigned int i = 0; i < part->n_erases; i++) {
		const struct flash_erase *erase = &part->erases[i];

		if (erase->size && (!least || erase->size < least))
			least = erase->size;
		for (unsigned int j = 0; j < erase->n_regions; j++) {
			if (!erase->regions[j].gap &&
				(!least || erase->regions[j].block_size < least))
				least = erase->regions[j].block_size;
		}
	}
	if (!least && part->n_erases)
		least = (uint32_t)part->size;
	return least;
}

static uint32_t
n_blocks(const struct flash *chip)
{
	return chip->block_size ? (uint32_t)(chip->part->size / chip->block_size) : 0;
}

/* Allocated at the first erase: few chips of a large bench are ever erased. */
static uint32_t *
cells_of(struct flash *chip)
{
	if (!chip->cells)
		chip->cells = g_new0(uint32_t, n_blocks(chip) + 1);
	return chip->cells;
}

bool
flash_next_block(const struct flash *chip, uint32_t from, struct flash_block *block)
{
	if (!chip->cells)
		return false;
	for (uint32_t i = from; i < n_blocks(chip); i++) {
		if (!chip->cells[i])
			continue;
		*block = (struct flash_block){
			.number = i,
			.cycles = chip->cells[i] & CYCLES_MAX,
			.unstable = chip->cells[i] & UNSTABLE,
		};
		return true;
	}
	return false;
}

void
flash_put_block(struct flash *chip, const struct flash_block *block)
{
	uint32_t *word;

	if (block->number >= n_blocks(chip))
		return;
	word = &cells_of(chip)[block->number];
	chip->n_unstable -= *word & UNSTABLE ? 1 : 0;
	chip->n_unstable += block->unstable;
	*word = MIN(block->cycles, CYCLES_MAX) | (block->unstable ? UNSTABLE : 0);
}

void
flash_forget_blocks(struct flash *chip)
{
	g_clear_pointer(&chip->cells, g_free);
	chip->n_unstable = 0;
}

void
flash_set_cycles(struct flash *chip, uint32_t cycles)
{
	for (uint32_t i = 0; i < n_blocks(chip); i++) {
		struct flash_block block = {.number = i, .cycles = cycles};

		block.unstable = chip->cells && chip->cells[i] & UNSTABLE;
		flash_put_block(chip, &block);
	}
}

void
flash_set_wear(struct flash *chip, bool effects)
{
	chip->wears_out = effects;
}

/* A random number that is fixed for an address of this chip. */
static uint64_t
place_hash(const struct flash *chip, uint64_t place)
{
	uint64_t x = chip->seed + (place + 1) * UINT64_C(0xd1342543de82ef95);

	x = (x ^ x >> 32) * UINT64_C(0xdaba0b6eb09322e3);
	x = (x ^ x >> 32) * UINT64_C(0xdaba0b6eb09322e3);
	return x ^ x >> 32;
}

static uint32_t
endurance(const struct flash *chip)
{
	return chip->part->endurance ? chip->part->endurance : ENDURANCE;
}

int64_t
flash_erase_time(const struct flash *chip, struct flash_time time, uint64_t start, uint64_t length)
{
	int64_t usual = flash_pick(chip, time);
	uint32_t most = 0;
	double share;

	if (!chip->wears_out || !chip->cells || chip->corner != FLASH_CORNER_TYPICAL)
		return usual;
	for (uint64_t at = start; at < start + length; at += chip->block_size)
		most = MAX(most, chip->cells[at / chip->block_size] & CYCLES_MAX);
	if (most <= endurance(chip))
		return usual;
	share = MIN(1.0, (most - endurance(chip)) / (endurance(chip) / 2.0));
	return usual + (int64_t)(share * (double)(time.max_ns - usual));
}

/* Clears the bits of the block that its cycles have worn out; true if there are any. */
static bool
wear_out(struct flash *chip, uint32_t number, uint32_t cycles)
{
	uint64_t spread = place_hash(chip, ~(uint64_t)number) % (endurance(chip) / 2 + 1);
	uint64_t first = (uint64_t)endurance(chip) * 3 / 2 + spread;
	uint8_t *block = chip->array + (uint64_t)number * chip->block_size;
	uint64_t n;

	if (cycles <= first)
		return false;
	n = MIN(1 + (cycles - first) * 16 / endurance(chip), chip->block_size);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t bit = place_hash(chip, (uint64_t)number << 32 | i) %
			((uint64_t)chip->block_size * 8);

		block[bit / 8] &= (uint8_t) ~(1u << bit % 8);
	}
	return true;
}

void
flash_cells_erased(struct flash *chip, uint64_t start, uint64_t length)
{
	uint32_t *cells = cells_of(chip);
	bool failed = false;

	for (uint64_t at = start; at < start + length; at += chip->block_size) {
		uint32_t number = (uint32_t)(at / chip->block_size);
		uint32_t *word = &cells[number];

		chip->n_unstable -= *word & UNSTABLE ? 1 : 0;
		*word &= CYCLES_MAX;
		*word += *word < CYCLES_MAX;
		if (chip->wears_out)
			failed |= wear_out(chip, number, *word);
	}
	if (chip->faulty_reads)
		flash_faults_erased(chip, start, length);
	if (failed)
		flash_cells_failed(chip, true);
}

/* Eight bytes in which each bit is 1 with a probability of eighths/8. */
static uint64_t
mostly_ones(struct flash *chip, unsigned int eighths)
{
	uint64_t a = flash_random(chip);
	uint64_t b = flash_random(chip);
	uint64_t c = flash_random(chip);
	uint64_t ones = 0;

	/* Each bit position of a, b, c is a number from 0 to 7. */
	for (unsigned int value = 0; value < eighths; value++)
		ones |= (value & 4 ? a : ~a) & (value & 2 ? b : ~b) & (value & 1 ? c : ~c);
	return ones;
}

static void
fill_by_chance(struct flash *chip, uint64_t start, uint64_t length, unsigned int eighths)
{
	for (uint64_t i = 0; i < length; i += 8) {
		uint64_t bits = mostly_ones(chip, eighths);

		memcpy(chip->array + start + i, &bits, MIN(8, length - i));
	}
}

void
flash_cells_cut_off(struct flash *chip, uint64_t start, uint64_t length, double share)
{
	uint32_t *cells = cells_of(chip);

	if (share < PROGRAM_SHARE)
		memset(chip->array + start, 0, (size_t)((double)length * (share / PROGRAM_SHARE)));
	else
		fill_by_chance(chip, start, length,
			1 + (unsigned int)((share - PROGRAM_SHARE) / (1 - PROGRAM_SHARE) * 7));
	for (uint64_t at = start; at < start + length; at += chip->block_size) {
		uint32_t *word = &cells[at / chip->block_size];

		chip->n_unstable += *word & UNSTABLE ? 0 : 1;
		*word |= UNSTABLE;
	}
	flash_array_changed(chip, start, length);
}

uint64_t
flash_cells_piece(const struct flash *chip)
{
	return MAX(chip->block_size, CHIP_ERASE_PIECE / chip->block_size * chip->block_size);
}

/* A quarter of the cells is weak; a weak cell that is 1 reads as 0 half of the time. */
static void
read_unstable(struct flash *chip, uint64_t address, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t at = address + i;
		uint64_t weak;

		if (!(chip->cells[at / chip->block_size] & UNSTABLE)) {
			i += chip->block_size - at % chip->block_size - 1;
			continue;
		}
		weak = place_hash(chip, at);
		out[i] &= (uint8_t) ~(weak & weak >> 8 & flash_random(chip));
	}
}

void
flash_cells_read(struct flash *chip, uint64_t address, uint8_t *out, size_t n)
{
	if (chip->n_unstable)
		read_unstable(chip, address, out, n);
	if (chip->faulty_reads)
		flash_faults_read(chip, address, out, n);
}

static void
create(struct flash *chip)
{
	chip->block_size = flash_block_size(chip->part);
}

static void
destroy(struct flash *chip)
{
	g_free(chip->cells);
}

const struct flash_family flash_cells_family = {
	.create = create,
	.destroy = destroy,
};
