/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clocks between the address of a frame and its data. */
#ifndef SPINOR_FLASH_ENGINE_DUMMY_H
#define SPINOR_FLASH_ENGINE_DUMMY_H

#include <stdint.h>

struct flash;

/* The dummy clocks, mode bits included, of a frame with this opcode, which the chip has, in the
 * chip's present state. */
unsigned int flash_dummy_clocks(const struct flash *chip, uint8_t opcode);

/* The same as delivered and on one lane, which is what the chip's SFDP table says. */
unsigned int flash_dummy_clocks_delivered(const struct flash *chip, uint8_t opcode);

/* Assigns the part's numbers of clocks to the opcodes of the table, which is complete. */
void flash_dummies_build(struct flash *chip);

#endif
