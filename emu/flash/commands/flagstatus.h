/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Micron's flag status register. */
#ifndef SPINOR_FLASH_COMMANDS_FLAGSTATUS_H
#define SPINOR_FLASH_COMMANDS_FLAGSTATUS_H

#include <stdbool.h>

struct flash;

/* Sets the flags of a program or erase that was refused for protection. */
void flash_flag_status_protected(struct flash *chip, bool erase);

#endif
