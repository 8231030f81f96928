/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block protection: the range that BP, TB, SEC and CMP select, and the refusal of commands that
 * touch it. A command that touches any protected byte is ignored as a whole (W25Q128JV rev. M,
 * 7.1.8 and its note 3; MX25L6436F, table 2). With WPS set the individual locks decide instead
 * (lock.c).
 *
 * SEC = 1 with BP = 110 is in no table of the W25Q128JV: taken as 32 KiB like 100 and 101.
 */
#include "flash/chip.h"

#include <glib.h>

static unsigned int
bp_value(const struct flash *chip)
{
	return flash_bit(chip, FLASH_BIT_BP0) | flash_bit(chip, FLASH_BIT_BP1) << 1 |
		flash_bit(chip, FLASH_BIT_BP2) << 2 | flash_bit(chip, FLASH_BIT_BP3) << 3;
}

static unsigned int
bp_maximum(const struct flash *chip)
{
	unsigned int bits = 0;

	for (enum flash_bit bit = FLASH_BIT_BP0; bit <= FLASH_BIT_BP3; bit++)
		bits += chip->bit[bit].mask != 0;
	return (1u << bits) - 1;
}

/* BP = 1 protects one unit, each further value twice as much; at MAX - 1 it is half the chip, but a
 * unit is never less than 64 KiB. SEC counts in 4 KiB sectors, up to 32 KiB. */
static uint64_t
pow2_length(const struct flash *chip)
{
	uint64_t size = chip->part->size;
	unsigned int bp = bp_value(chip);
	unsigned int maximum = bp_maximum(chip);

	if (bp == 0)
		return 0;
	if (bp == maximum)
		return size;
	if (flash_bit(chip, FLASH_BIT_SEC))
		return MIN(UINT64_C(4096) << (bp - 1), UINT64_C(32768));
	return MIN(MAX(UINT64_C(65536), size >> (maximum - 1)) << (bp - 1), size);
}

/* 1 to 6 double from a 64th of the chip to half of it, 9 to 14 are what 6 to 1 leave; sets from_top
 * for where the range begins with TB = 0. */
static uint64_t
mirrored_length(const struct flash *chip, bool *from_top)
{
	uint64_t size = chip->part->size;
	unsigned int bp = bp_value(chip);

	*from_top = bp < 8;
	if (bp == 0)
		return 0;
	if (bp == 7 || bp == 8 || bp == 15)
		return size;
	return bp < 8 ? size >> (7 - bp) : size - (size >> (bp - 8));
}

void
flash_protect_update(struct flash *chip)
{
	uint64_t size = chip->part->size;
	uint64_t length = 0;
	bool from_top = true;

	switch (chip->part->range_rule) {
	case FLASH_RANGE_NONE:
		break;
	case FLASH_RANGE_POW2:
		length = pow2_length(chip);
		break;
	case FLASH_RANGE_POW2_MIRRORED:
		length = mirrored_length(chip, &from_top);
		break;
	}
	if (flash_bit(chip, FLASH_BIT_TB))
		from_top = !from_top;
	if (flash_bit(chip, FLASH_BIT_CMP)) {
		length = size - length;
		from_top = !from_top;
	}
	chip->protected_start = from_top ? size - length : 0;
	chip->protected_end = chip->protected_start + length;
}

bool
flash_is_protected(const struct flash *chip, uint64_t address, uint64_t length)
{
	if (flash_bit(chip, FLASH_BIT_WPS))
		return flash_is_locked(chip, address, length);
	return address < chip->protected_end && address + length > chip->protected_start;
}

/* Parts with failure flags raise them (MX25L6436F, security register). */
void
flash_refuse_protected(struct flash *chip)
{
	bool erase = chip->frame.command->finish && !chip->frame.command->in;

	chip->frame.outcome = FLASH_PROTECTED;
	flash_bit_set(chip, erase ? FLASH_BIT_E_FAIL : FLASH_BIT_P_FAIL, true);
	flash_micron_flag(chip, erase);
	if (!chip->part->wel_kept_on_reject)
		flash_bit_set(chip, FLASH_BIT_WEL, false);
}
