/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the tables of SFDP. Private to the flash room. */
#ifndef SPINOR_FLASH_COMMANDS_SFDP_H
#define SPINOR_FLASH_COMMANDS_SFDP_H

#include <stdint.h>

struct flash;
struct flash_command;
struct flash_erase;
struct flash_part;
struct flash_sfdp_layout;

#define FLASH_SFDP_TYPES 4
#define FLASH_SFDP_BASIC_DWORDS 23
#define FLASH_SFDP_MAP_DWORDS 24
#define FLASH_SFDP_FOUR_BYTE_DWORDS 2
#define FLASH_SFDP_VENDOR_DWORDS 24

/* An erase type: opcode and size, which blocks of a map share. */
struct flash_sfdp_type {
	const struct flash_erase *erase;
	uint32_t size;
};

/* The command that the part has at that opcode, if it is the one of that mnemonic; or NULL. */
const struct flash_command *flash_sfdp_has(
	const struct flash *chip, uint8_t opcode, const char *name);

/* The erases in force, in the order of the layout; how many. Maps with more sizes than fit are left
 * out. */
unsigned int flash_sfdp_types(const struct flash *chip, const struct flash_sfdp_layout *layout,
	struct flash_sfdp_type types[FLASH_SFDP_TYPES]);

/* Dword 2 of the basic table: up to 2 Gbit the number of bits less one, above their logarithm. */
uint32_t flash_sfdp_density(uint64_t size);

/* The basic table, all dwords. */
void flash_sfdp_basic_table(const struct flash *chip, const struct flash_sfdp_layout *layout,
	uint32_t table[FLASH_SFDP_BASIC_DWORDS]);

/* The 4-byte address instruction table; how many dwords, 0 when the part has none of them. */
unsigned int flash_sfdp_four_byte_table(const struct flash *chip,
	const struct flash_sfdp_layout *layout, uint32_t table[FLASH_SFDP_FOUR_BYTE_DWORDS]);

/* The sector map; how many dwords, 0 when all types are usable everywhere. */
unsigned int flash_sfdp_sector_map(const struct flash *chip, const struct flash_sfdp_layout *layout,
	uint32_t table[FLASH_SFDP_MAP_DWORDS]);

/* The vendor's table; how many dwords, 0 if the layout has none. */
unsigned int flash_sfdp_vendor_table(const struct flash *chip,
	const struct flash_sfdp_layout *layout, uint32_t table[FLASH_SFDP_VENDOR_DWORDS]);

/* Bytes up to the end of the last table of the part's SFDP. */
uint32_t flash_sfdp_tables_length(const struct flash_part *part);

/* Composes the whole SFDP of a chip: flash_sfdp_layout_length() bytes. */
void flash_sfdp_compose(
	const struct flash *chip, const struct flash_sfdp_layout *layout, uint8_t *sfdp);

#endif
