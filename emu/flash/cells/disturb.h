/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read disturb: counts of reads by blocks. */
#ifndef SPINOR_FLASH_CELLS_DISTURB_H
#define SPINOR_FLASH_CELLS_DISTURB_H

#include <stdint.h>

struct base_fault;
struct flash;
struct flash_disturb;

struct flash_disturb *flash_disturb_new(const struct flash *chip);
void flash_disturb_free(struct flash_disturb *disturb);

/* Counts a read of bytes in [from, to); returns how many of its blocks this operation had not read
 * before. */
uint64_t flash_disturb_read(struct flash_disturb *disturb, uint64_t from, uint64_t to);

/* Whole blocks have been erased: their counts begin again. */
void flash_disturb_erased(struct flash_disturb *disturb, uint64_t start, uint64_t length);

/* The operation is over: bits turn, in as many blocks as the fault may still act on. Returns the
 * number of blocks; *first is the first address that turned. */
uint64_t flash_disturb_end(struct flash *chip, struct flash_disturb *disturb,
	struct base_fault *fault, uint64_t *first);

#endif
