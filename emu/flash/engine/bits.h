/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Status register bits by their function. */
#ifndef SPINOR_FLASH_ENGINE_BITS_H
#define SPINOR_FLASH_ENGINE_BITS_H

#include "flash/engine/device.h"
#include "flash/partdata.h"

#include <stdbool.h>
#include <stdint.h>

/* Finds the place of each bit in the part's registers. */
void flash_bits_build(struct flash *chip);

/* Registers of the part, up to the last that has a bit with a function; at least 1. */
unsigned int flash_register_count(const struct flash_part *part);

/* Masks of a register's bits. Reserved and read-only bits, and bits of registers that the part
 * lacks, are 0 in the first. */
uint8_t flash_writable_mask(const struct flash_part *part, unsigned int reg);
uint8_t flash_otp_mask(const struct flash_part *part, unsigned int reg);
uint8_t flash_volatile_mask(const struct flash_part *part, unsigned int reg);

/* The bit as it is in force; false if the part has no such bit. */
static inline bool
flash_bit(const struct flash *chip, enum flash_bit bit)
{
	return chip->status[chip->bit[bit].reg] & chip->bit[bit].mask;
}

/* Sets the bit in force; no effect if the part has no such bit. */
static inline void
flash_bit_set(struct flash *chip, enum flash_bit bit, bool on)
{
	uint8_t *reg = &chip->status[chip->bit[bit].reg];
	uint8_t mask = chip->bit[bit].mask;

	*reg = on ? *reg | mask : *reg & ~mask;
}

#endif
