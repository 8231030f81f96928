/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block protection: the range that BP, TB, SEC and CMP select, and the refusal of commands that
 * touch it. A command that touches any protected byte is ignored as a whole (W25Q128JV rev. M,
 * 7.1.8 and its note 3; MX25L6436F, table 2). With WPS set the individual locks decide instead
 * (lock.c).
 *
 * Most vendors double a unit with each BP value, and differ in the unit and in the first value:
 * such a rule is a row. Other rules are a list of the part, with a range for each BP value.
 *
 * SEC = 1 with BP = 110 protects everything on chips on which BP = 110 does so with SEC = 0 as
 * well, of up to 16 Mbit: their tables have a line X X 1 1 X for both (AT25SF081, Adesto's model;
 * of W25Q80DV as remembered). It is in no table of larger ones (W25Q128JV), and Winbond's own model
 * of the W25Q32JV has no case for it: there treated as 32 KiB like 100 and 101, which GigaDevice's
 * tables have.
 */
#include "flash/commands/protect.h"

#include "flash/commands/dataflash.h"
#include "flash/commands/flagstatus.h"
#include "flash/commands/lock.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>

enum {
	SECTOR = 4096,       /* unit of SEC */
	SECTORS_MAX = 32768, /* largest range with SEC */
	UNIT_USUAL = 64 * 1024,
	BP_THREE_BITS = 7, /* the highest value of three bits */
	BP_ALL_UP_TO_16M = 6,
};

/* BP = first protects one unit, shifted by first - offset; each further value protects twice as
 * much, and the highest everything. */
struct doubling {
	unsigned int first;  /* lowest BP value that protects something */
	unsigned int offset; /* BP value that protects one unit */
	uint32_t unit_min;   /* bytes, of a unit */
	bool unit_fixed;     /* unit_min always; else the last value but one is half of the chip */
	bool sectors;        /* SEC has an effect */
	bool cmp_inverts_bp;
};

static const struct doubling doublings[] = {
	[FLASH_RANGE_POW2] = {1, 1, UNIT_USUAL, .sectors = true},
	[FLASH_RANGE_POW2_CMP_INVERTS_BP] = {1, 1, UNIT_USUAL, .cmp_inverts_bp = true},
	[FLASH_RANGE_POW2_FIXED64K] = {1, 1, UNIT_USUAL, .unit_fixed = true, .sectors = true},
	[FLASH_RANGE_POW2_DOUBLE] = {1, 0, UNIT_USUAL, .sectors = true},
	[FLASH_RANGE_FROM3_SIXTEENTH] = {3, 3, UNIT_USUAL, .sectors = false},
	[FLASH_RANGE_QUARTERS] = {1, 1, 1, .sectors = true},
};

/* The range that the BP bits select, before TB and CMP are applied. */
struct selection {
	uint64_t length;
	bool from_top;
	bool stops_chip_erase;
};

static unsigned int
bp_value(const struct flash *chip)
{
	unsigned int value = 0;

	for (unsigned int i = 0; i <= FLASH_BIT_BP4 - FLASH_BIT_BP0; i++)
		value |= (unsigned int)flash_bit(chip, FLASH_BIT_BP0 + i) << i;
	return value;
}

static unsigned int
bp_maximum(const struct flash *chip)
{
	unsigned int bits = 0;

	for (enum flash_bit bit = FLASH_BIT_BP0; bit <= FLASH_BIT_BP4; bit++)
		bits += chip->bit[bit].mask != 0;
	return (1u << bits) - 1;
}

static uint64_t
unit_of(const struct doubling *rule, uint64_t size, unsigned int maximum)
{
	unsigned int steps = maximum - rule->offset;

	if (rule->unit_fixed || steps > 63)
		return rule->unit_min;
	return MAX(rule->unit_min, size >> steps);
}

static uint64_t
doubled_length(const struct flash *chip, const struct doubling *rule)
{
	uint64_t size = chip->part->size;
	unsigned int maximum = bp_maximum(chip);
	unsigned int bp = bp_value(chip);
	unsigned int shift;
	uint64_t unit;

	if (rule->cmp_inverts_bp && flash_bit(chip, FLASH_BIT_CMP))
		bp = maximum - bp;
	if (bp < rule->first)
		return 0;
	if (bp == maximum)
		return size;
	shift = bp - rule->offset;
	unit = unit_of(rule, size, maximum);
	if (rule->sectors && flash_bit(chip, FLASH_BIT_SEC) &&
		(bp != BP_ALL_UP_TO_16M || maximum != BP_THREE_BITS || unit < size >> shift))
		return MIN((uint64_t)SECTOR << MIN(shift, 3), MIN(SECTORS_MAX, size));
	return unit >= size >> shift ? size : unit << shift;
}

/* 1 to 6 double from a 64th of the chip to half of it; 9 to 14 are the complements of 6 to 1. */
static void
select_mirrored(const struct flash *chip, struct selection *selection)
{
	uint64_t size = chip->part->size;
	unsigned int bp = bp_value(chip);

	selection->from_top = bp < 8;
	if (bp == 0)
		selection->length = 0;
	else if (bp == 7 || bp == 8 || bp == 15)
		selection->length = size;
	else
		selection->length = bp < 8 ? size >> (7 - bp) : size - (size >> (bp - 8));
}

static void
select_listed(const struct flash *chip, struct selection *selection)
{
	const struct flash_part *part = chip->part;
	const struct flash_bp_range *range = &part->bp_ranges[bp_value(chip)];
	uint64_t length = range->denominator ? part->size / range->denominator * range->numerator
					     : range->bytes;

	if (bp_value(chip) >= part->n_bp_ranges)
		return;
	selection->length = MIN(length, part->size);
	selection->from_top = !range->other_end;
	selection->stops_chip_erase = range->stops_chip_erase;
}

static struct selection
select_by_bits(const struct flash *chip)
{
	struct selection selection = {.from_top = true};
	enum flash_range_rule rule = chip->part->range_rule;

	switch (rule) {
	case FLASH_RANGE_NONE:
	case FLASH_RANGE_AT2X_SECTORS:
	case FLASH_RANGE_SST26:
		break;
	case FLASH_RANGE_POW2:
	case FLASH_RANGE_POW2_CMP_INVERTS_BP:
	case FLASH_RANGE_POW2_FIXED64K:
	case FLASH_RANGE_POW2_DOUBLE:
	case FLASH_RANGE_FROM3_SIXTEENTH:
	case FLASH_RANGE_QUARTERS:
		selection.length = doubled_length(chip, &doublings[rule]);
		break;
	case FLASH_RANGE_POW2_MIRRORED:
		select_mirrored(chip, &selection);
		break;
	case FLASH_RANGE_LIST:
		select_listed(chip, &selection);
		break;
	}
	return selection;
}

void
flash_protect_update(struct flash *chip)
{
	uint64_t size = chip->part->size;
	struct selection selection = select_by_bits(chip);

	if (flash_bit(chip, FLASH_BIT_TB))
		selection.from_top = !selection.from_top;
	if (flash_bit(chip, FLASH_BIT_CMP)) {
		selection.length = size - selection.length;
		selection.from_top = !selection.from_top;
	}
	chip->protected_start = selection.from_top ? size - selection.length : 0;
	chip->protected_end = chip->protected_start + selection.length;
	chip->chip_erase_protected = selection.stops_chip_erase;
}

static bool
overlaps(uint64_t address, uint64_t length, uint64_t start, uint64_t end)
{
	return address < end && address + length > start;
}

/* Macronix: in place of SRWD once WPSEL is set; with QE set the pin is IO2. */
static bool
pin_protects_all(const struct flash *chip)
{
	return chip->locks->pin_protects && flash_bit(chip, FLASH_BIT_WPS) &&
		!flash_bit(chip, FLASH_BIT_QE);
}

/* Protected by something else than individual locks: BP bits, or a WP# pin like that of M45PE. */
static bool
in_range(const struct flash *chip, uint64_t address, uint64_t length)
{
	if (!chip->pin_level[FLASH_PIN_WP] &&
		(pin_protects_all(chip) || overlaps(address, length, 0, chip->part->wp_protects)))
		return true;
	return !flash_bit(chip, FLASH_BIT_WPS) &&
		overlaps(address, length, chip->protected_start, chip->protected_end);
}

bool
flash_is_protected(const struct flash *chip, uint64_t address, uint64_t length)
{
	if (chip->dataflash)
		return flash_dataflash_is_protected(chip, address, length);
	return in_range(chip, address, length) ||
		(flash_locks_count(chip) && flash_is_locked(chip, address, length));
}

bool
flash_all_is_protected(const struct flash *chip)
{
	uint64_t size = chip->part->size;

	if (chip->chip_erase_protected && !flash_bit(chip, FLASH_BIT_WPS))
		return true;
	return in_range(chip, 0, size) ||
		(flash_locks_count(chip) && !chip->locks->skipped &&
			flash_is_locked(chip, 0, size));
}

/* The end of the span from address on that is either all protected or all unprotected. */
static uint64_t
same_until(const struct flash *chip, uint64_t address)
{
	const uint64_t edges[] = {
		chip->part->wp_protects, chip->protected_start, chip->protected_end};
	uint64_t until = chip->part->size;
	uint64_t start;

	if (chip->dataflash)
		return flash_dataflash_sector_end(chip, address);
	if (flash_locks_count(chip))
		flash_lock_at(chip, address, &start, &until);
	for (size_t i = 0; i < G_N_ELEMENTS(edges); i++) {
		if (edges[i] > address)
			until = MIN(until, edges[i]);
	}
	return until;
}

bool
flash_next_protected(const struct flash *chip, uint64_t from, uint64_t *start, uint64_t *length)
{
	uint64_t size = chip->part->size;
	uint64_t end;

	while (from < size && !flash_is_protected(chip, from, 1))
		from = same_until(chip, from);
	for (end = from; end < size && flash_is_protected(chip, end, 1);)
		end = same_until(chip, end);
	*start = from;
	*length = end - from;
	return end > from;
}

/* Parts with failure flags set them (MX25L6436F, security register). */
bool
flash_fail(struct flash *chip, bool erase)
{
	flash_bit_set(chip, erase ? FLASH_BIT_E_FAIL : FLASH_BIT_P_FAIL, true);
	flash_bit_set(chip, FLASH_BIT_EPFAIL, true);
	if (chip->part->busy_after_failure)
		flash_stay_busy(chip);
	return chip->part->busy_after_failure;
}

/* A chip erase sets no flag on parts with CLSR (see asp.c for S25FL128S; assumed for its
 * relatives). */
void
flash_refuse_protected(struct flash *chip)
{
	const struct flash_command *command = chip->frame.command;
	bool erase = command->finish && !command->in;
	bool whole_chip = erase && command->address_bytes == 0;

	chip->frame.outcome = FLASH_PROTECTED;
	flash_flag_status_protected(chip, erase);
	if (!(whole_chip && chip->failures_stay) && flash_fail(chip, erase))
		return;
	if (!chip->part->wel_kept_on_reject)
		flash_bit_set(chip, FLASH_BIT_WEL, false);
}
