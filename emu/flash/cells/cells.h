/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wear of the cells, and cells that are unstable after an interrupted erase. */
#ifndef SPINOR_FLASH_CELLS_CELLS_H
#define SPINOR_FLASH_CELLS_CELLS_H

#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/partdata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern const struct flash_family flash_cells_family;

/* How long an erase of the span takes, ns: longer for worn cells. */
int64_t flash_erase_time(
	const struct flash *chip, struct flash_time time, uint64_t start, uint64_t length);

/* Whole blocks have been erased. */
void flash_cells_erased(struct flash *chip, uint64_t start, uint64_t length);

/* An erase of whole blocks was interrupted when that share (0 to 1) of it was done. */
void flash_cells_cut_off(struct flash *chip, uint64_t start, uint64_t length, double share);

/* Bytes that a chip erase erases at a time. */
uint64_t flash_cells_piece(const struct flash *chip);

/* Adds errors to n bytes that were read from address; needed only while flash_cells_err(). */
void flash_cells_read(struct flash *chip, uint64_t address, uint8_t *out, size_t n);

/* True while some block is unstable or some fault affects reads. */
static inline bool
flash_cells_err(const struct flash *chip)
{
	return chip->n_unstable || chip->faulty_reads;
}

#endif
