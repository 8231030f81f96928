/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The result of an interrupted operation on cells beside the array, or on single bytes of it. Bytes
 * are programmed in order, an erase sets bits one by one, a register is erased before it is
 * written, and a single cell has changed or not. Data sheets only say that contents "cannot be
 * guaranteed" (AT45DB161D 3500O, sector protection, lockdown and security registers); how the
 * probabilities depend on the time is an assumption. If nothing is done yet, nothing changes.
 */
#include "flash/cells/cutoff.h"

#include "base/random.h"
#include "flash/engine/device.h"
#include "flash/engine/life.h"
#include "flash/flash.h"

#include <string.h>

/* Some bits of the current byte are programmed. */
static uint8_t
half_programmed(struct flash *chip, uint8_t old, uint8_t new)
{
	return old & (new | (uint8_t)flash_random(chip));
}

void
flash_program_part(
	struct flash *chip, uint8_t *target, const uint8_t *data, uint32_t n, double share)
{
	uint32_t todo = 0;
	uint32_t i;

	for (i = 0; i < n; i++)
		todo += data[i] != 0xff;
	todo = (uint32_t)(todo * share);
	for (i = 0; i < n && todo > 0; i++) {
		todo -= data[i] != 0xff;
		target[i] &= data[i];
	}
	while (i < n && data[i] == 0xff)
		i++;
	if (i < n && share > 0)
		target[i] = half_programmed(chip, target[i], data[i]);
}

bool
flash_cell_part(struct flash *chip, double share)
{
	return base_random_chance(&chip->random, share);
}

void
flash_erase_part(struct flash *chip, uint8_t *target, uint32_t n, double share)
{
	for (uint32_t i = 0; i < n; i++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			if (flash_cell_part(chip, share))
				target[i] |= (uint8_t)(1u << bit);
		}
	}
}

void
flash_register_part(
	struct flash *chip, uint8_t *stored, const uint8_t *meant, size_t n, double share)
{
	if (!flash_cell_part(chip, share))
		return;
	if (flash_random(chip) & 1)
		memcpy(stored, meant, n);
	else
		memset(stored, 0xff, n);
}
