/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads of the array, for other commands that read it. */
#ifndef SPINOR_FLASH_COMMANDS_READ_H
#define SPINOR_FLASH_COMMANDS_READ_H

#include <stddef.h>
#include <stdint.h>

struct flash;

/* The header of a frame is complete: its data comes from the frame's address. */
void flash_read_start(struct flash *chip);

/* The next n bytes, wrapping at the end of the array. */
void flash_read_out(struct flash *chip, uint8_t *out, size_t n);

#endif
