/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames on more than one lane, bit by bit. */
#ifndef SPINOR_FLASH_ENGINE_LANES_H
#define SPINOR_FLASH_ENGINE_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flash;
struct flash_frame;

/* Whether the frame, whose opcode is complete, uses further lanes, or dummy clocks that are no
 * whole bytes. */
bool flash_needs_lanes(const struct flash_frame *frame);

/* True once address and dummy clocks are complete. */
bool flash_lanes_ended(const struct flash *chip);

/* n bytes of clocks. */
void flash_lanes_shift(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n);

/* One clock; returns the level of IO1. */
bool flash_lanes_clock(struct flash *chip, bool mosi);

/* The level of IO1 at the next clock of data, without that clock. */
bool flash_lanes_next(struct flash *chip);

/* From the next frame on opcodes come on n_lanes: 1, 2 or 4 (QPI). */
void flash_lanes_set(struct flash *chip, unsigned int n_lanes);

#endif
