/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Block protection, and commands that it refuses. */
#ifndef SPINOR_FLASH_COMMANDS_PROTECT_H
#define SPINOR_FLASH_COMMANDS_PROTECT_H

#include <stdbool.h>

struct flash;

/* Computes the protected range from the status registers. */
void flash_protect_update(struct flash *chip);

/* Whether a chip erase is refused. */
bool flash_all_is_protected(const struct flash *chip);

/* Sets the failure flag of a program or erase; true if the chip stays busy. */
bool flash_fail(struct flash *chip, bool erase);

/* Ends a command that protection refuses. */
void flash_refuse_protected(struct flash *chip);

#endif
