/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Durations from the data sheet, and time that passes on the wire. */
#ifndef SPINOR_FLASH_ENGINE_TIMING_H
#define SPINOR_FLASH_ENGINE_TIMING_H

#include "flash/partdata.h"

#include <stddef.h>
#include <stdint.h>

struct flash;

/* The column of an AC table that the chip's corner selects, ns. */
int64_t flash_pick(const struct flash *chip, struct flash_time time);
int64_t flash_duration(const struct flash *chip, enum flash_timing timing);

/* Lets the time of n bytes, or of one bit, on the wire pass. */
void flash_pass(struct flash *chip, size_t n);
void flash_pass_bit(struct flash *chip);

#endif
