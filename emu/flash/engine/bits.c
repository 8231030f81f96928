/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The place of each functional bit in the status registers of this part. The engine uses WEL or TB
 * and never a bit number; the part's chipdb entry draws its registers.
 */
#include "flash/engine/bits.h"

#include "flash/engine/device.h"
#include "flash/flash.h"
#include "flash/partdata.h"

void
flash_bits_build(struct flash *chip)
{
	for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++) {
		for (unsigned int i = 0; i < 8; i++) {
			enum flash_bit function = chip->part->status[reg][i].function;

			if (function == FLASH_BIT_NONE || function == FLASH_BIT_USER)
				continue;
			chip->bit[function].reg = reg;
			/* |=: SST26 shows BUSY twice. */
			chip->bit[function].mask |= 1 << i;
		}
	}
}

unsigned int
flash_register_count(const struct flash_part *part)
{
	unsigned int n = 1;

	for (unsigned int i = 0; i < FLASH_STATUS_REGISTERS * 8; i++) {
		if (part->status[i / 8][i % 8].function != FLASH_BIT_NONE)
			n = i / 8 + 1;
	}
	return n;
}

uint8_t
flash_writable_mask(const struct flash_part *part, unsigned int reg)
{
	uint8_t mask = 0;

	for (unsigned int i = 0; i < 8; i++) {
		const struct flash_register_bit *bit = &part->status[reg][i];

		if (bit->function != FLASH_BIT_NONE && !bit->read_only)
			mask |= 1 << i;
	}
	return mask;
}

uint8_t
flash_otp_mask(const struct flash_part *part, unsigned int reg)
{
	uint8_t mask = 0;

	for (unsigned int i = 0; i < 8; i++) {
		if (part->status[reg][i].otp)
			mask |= 1 << i;
	}
	return mask;
}

uint8_t
flash_volatile_mask(const struct flash_part *part, unsigned int reg)
{
	uint8_t mask = 0;

	for (unsigned int i = 0; i < 8; i++) {
		if (part->status[reg][i].is_volatile)
			mask |= 1 << i;
	}
	return mask;
}
