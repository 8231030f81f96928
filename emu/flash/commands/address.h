/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 3-byte and 4-byte address mode. */
#ifndef SPINOR_FLASH_COMMANDS_ADDRESS_H
#define SPINOR_FLASH_COMMANDS_ADDRESS_H

#include <stdbool.h>

struct flash;

/* Sets the mode and the bits that show it. */
void flash_address_set_mode(struct flash *chip, bool four_byte);

#endif
