/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads that continue in the next frame, without an opcode. */
#ifndef SPINOR_FLASH_ENGINE_CONTINUOUS_H
#define SPINOR_FLASH_ENGINE_CONTINUOUS_H

#include <stdbool.h>

struct flash;

/* One clock of the mode bits, which has n_lanes of them. last: they are complete, and decide. */
void flash_continuous_take(struct flash *chip, unsigned int n_lanes, unsigned int bits, bool last);

/* CS# has fallen: if the last read continues, begins its frame after the opcode. */
void flash_continuous_begin(struct flash *chip);

#endif
