/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of the chip, as the cells see them; see flash/fault.h. */
#ifndef SPINOR_FLASH_CELLS_CELLFAULT_H
#define SPINOR_FLASH_CELLS_CELLFAULT_H

#include "flash/engine/family.h"

#include <stddef.h>
#include <stdint.h>

extern const struct flash_family flash_faults_family;

/* Adds the errors of faults to n bytes that were read from address. */
void flash_faults_read(struct flash *chip, uint64_t address, uint8_t *out, size_t n);

/* Whole blocks have been erased. */
void flash_faults_erased(struct flash *chip, uint64_t start, uint64_t length);

#endif
