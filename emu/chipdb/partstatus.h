/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of a part, read from chip data. Private to the room. */
#ifndef SPINOR_CHIPDB_PARTSTATUS_H
#define SPINOR_CHIPDB_PARTSTATUS_H

#include "flash/partdata.h"

#include <stdbool.h>
#include <stdint.h>

/* "SRP - TB BP2 BP1 BP0 WEL BUSY", "LB1/otp": eight cells, bit 7 first, to bits[8], bit 0 first.
 * Sets *why (g_free()) to the reason when it is refused. */
bool chipdb_part_read_figure(const char *value, struct flash_register_bit *bits, char **why);

/* "sr1 sr3 sr2 cr2": which register lies at address 0, 1, ...; registers has FLASH_REGISTERS. */
bool chipdb_part_read_registers(const char *value, uint8_t *registers);

/* The key of the register with that index in struct flash_part: 0 is "sr1", 3 is "cr2". */
const char *chipdb_part_register_name(unsigned int reg);

#endif
