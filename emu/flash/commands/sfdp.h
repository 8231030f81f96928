/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the tables of SFDP. Private to the flash room. */
#ifndef SPINOR_FLASH_COMMANDS_SFDP_H
#define SPINOR_FLASH_COMMANDS_SFDP_H

#include <stdint.h>

struct flash;
struct flash_command;
struct flash_erase;

#define FLASH_SFDP_TYPES 4
#define FLASH_SFDP_MAP_DWORDS 24
#define FLASH_SFDP_FOUR_BYTE_DWORDS 2

/* An erase type: opcode and size, which blocks of a map share. */
struct flash_sfdp_type {
	const struct flash_erase *erase;
	uint32_t size;
};

/* The command that the part has at that opcode, if it is the one of that mnemonic; or NULL. */
const struct flash_command *flash_sfdp_has(
	const struct flash *chip, uint8_t opcode, const char *name);

/* The erases in force, smallest first; how many. Maps with more sizes than fit are left out. */
unsigned int flash_sfdp_types(
	const struct flash *chip, struct flash_sfdp_type types[FLASH_SFDP_TYPES]);

/* The 4-byte address instruction table; how many dwords, 0 when it would be empty. */
unsigned int flash_sfdp_four_byte_table(
	const struct flash *chip, uint32_t table[FLASH_SFDP_FOUR_BYTE_DWORDS]);

/* The sector map; how many dwords, 0 when all types are usable everywhere. */
unsigned int flash_sfdp_sector_map(const struct flash *chip, uint32_t table[FLASH_SFDP_MAP_DWORDS]);

#endif
