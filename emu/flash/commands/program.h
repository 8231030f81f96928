/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page program. */
#ifndef SPINOR_FLASH_COMMANDS_PROGRAM_H
#define SPINOR_FLASH_COMMANDS_PROGRAM_H

#include "flash/engine/operation.h"

#include <stddef.h>
#include <stdint.h>

struct flash;

/* Program of the page at the operation's address from the program buffer. */
extern const struct flash_operation_kind flash_program_kind;
void flash_program_complete(struct flash *chip, const struct flash_operation *operation);
void flash_program_interrupt(struct flash *chip, const struct flash_operation *operation);

/* How long a program of n_bytes takes, ns. */
int64_t flash_program_time(const struct flash *chip, uint64_t n_bytes);

/* Fills the program buffer from the frame's cursor on, wrapping in page_size. */
void flash_page_fill(struct flash *chip, const uint8_t *in, size_t n, uint32_t page_size);

#endif
