/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupted operations beside the array. */
#ifndef SPINOR_FLASH_CELLS_CUTOFF_H
#define SPINOR_FLASH_CELLS_CUTOFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flash;

/* Programs data into the n bytes at target, but only that share of it, in order. */
void flash_program_part(
	struct flash *chip, uint8_t *target, const uint8_t *data, uint32_t n, double share);

/* Erases that share of the bits of n bytes, by chance. */
void flash_erase_part(struct flash *chip, uint8_t *target, uint32_t n, double share);

/* n bytes of a register that is erased, then written: leaves them as before, FF or as meant. */
void flash_register_part(
	struct flash *chip, uint8_t *stored, const uint8_t *meant, size_t n, double share);

/* Whether a single cell has changed: by chance, the likelier the larger the share. */
bool flash_cell_part(struct flash *chip, double share);

#endif
