/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CFI table behind the ID of RDID. */
#ifndef SPINOR_FLASH_COMMANDS_IDCFI_H
#define SPINOR_FLASH_COMMANDS_IDCFI_H

#include "flash/partdata.h"

#include <stdint.h>

/* Bytes of ID and table: up to 03 + 4D, where 4D is the ID's own byte 3. */
#define FLASH_ID_CFI_LENGTH 0x51

/* The byte of RDID at position, which is less than FLASH_ID_CFI_LENGTH; those of the ID itself are
 * not here. The part has a table. */
uint8_t flash_id_cfi_byte(const struct flash_part *part, unsigned int position);

#endif
