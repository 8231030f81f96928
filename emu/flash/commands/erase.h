/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Erase operations, and the erases in force. */
#ifndef SPINOR_FLASH_COMMANDS_ERASE_H
#define SPINOR_FLASH_COMMANDS_ERASE_H

#include "flash/engine/operation.h"

#include <stdint.h>

struct flash;
struct flash_erase;

/* Erase of the block that begins at the operation's address. */
extern const struct flash_operation_kind flash_erase_kind;

/* Size of the block at address, and where it starts; 0 beyond a non-uniform map, and in a gap. */
uint32_t flash_erase_block(const struct flash_erase *erase, uint64_t address, uint64_t *start);

/* Puts the erases in force that FLASH_BIT_UNIFORM selects. */
void flash_erase_rows_select(struct flash *chip);

#endif
