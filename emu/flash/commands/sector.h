/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sector protection registers of Atmel's kind. */
#ifndef SPINOR_FLASH_COMMANDS_SECTOR_H
#define SPINOR_FLASH_COMMANDS_SECTOR_H

#include <stdint.h>

struct flash;

/* SR1 is being written with value; its old value is still in force. */
void flash_sectors_status_written(struct flash *chip, uint8_t value);

#endif
