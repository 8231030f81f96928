/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of an AT45 DataFlash: shared by its three files only. */
#ifndef SPINOR_FLASH_COMMANDS_DATAFLASH_H
#define SPINOR_FLASH_COMMANDS_DATAFLASH_H

#include "flash/engine/opcodes.h"
#include "flash/partdata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATAFLASH_SECURITY_BYTES 128

/* Bits of flash_dataflash.settings. */
enum {
	SETTING_BINARY = 1 << 0,   /* pages of a power of two */
	SETTING_SECURITY = 1 << 1, /* the user's half of the security register is programmed */
	SETTING_FROZEN = 1 << 2,   /* no more sectors can be locked down */
};

struct flash_dataflash {
	uint32_t stride;        /* bytes of a page in the array */
	uint32_t binary;        /* bytes of a page that are a power of two */
	uint32_t page;          /* bytes of a page as configured at present */
	unsigned int byte_bits; /* of the address, below those of the page */
	uint32_t n_pages;
	unsigned int n_status; /* bytes of D7 */
	uint8_t *buffers[2];
	bool differs;       /* COMP: the last comparison found a difference */
	bool protection_on; /* by command; WP# does it as well */

	const struct flash_erase *sectors; /* 7C: 0a, 0b, 1, 2, ...; NULL: the part has none */
	unsigned int n_sectors;            /* 0a and 0b are one */

	/* survives power loss */
	uint8_t settings;
	uint8_t *protection; /* a byte per sector */
	uint8_t *lockdown;
	uint8_t security[DATAFLASH_SECURITY_BYTES];
};

/* --- dataflash.c --- */
/* Status byte reg as D7 sends it. */
uint8_t flash_dataflash_status(const struct flash *chip, unsigned int reg);
/* Page and byte that the frame's address names. */
uint32_t flash_dataflash_page(const struct flash *chip);
uint32_t flash_dataflash_byte(const struct flash *chip);
/* The page size that the settings ask for comes into force. */
void flash_dataflash_apply_page(struct flash *chip);
/* The bytes of a page as a host reads them; bytes outside the array are FF. to: df->page bytes. */
void flash_dataflash_get_page(struct flash *chip, uint32_t page, uint8_t *to);
/* n bytes into a ring of df->page bytes from the frame's cursor on. */
void flash_dataflash_fill(struct flash *chip, uint8_t *ring, const uint8_t *in, size_t n);
/* Whether buffer (0 or 1) can be written now; sets the outcome when not. */
bool flash_dataflash_buffer_free(struct flash *chip, unsigned int buffer);

/* --- dataflash_protect.c --- */
bool flash_dataflash_protection_on(const struct flash *chip);
/* Where the sector at address ends; without sectors the array. */
uint64_t flash_dataflash_sector_end(const struct flash *chip, uint64_t address);
/* Whether a sector that the span touches is protected or locked down. */
bool flash_dataflash_is_protected(const struct flash *chip, uint64_t address, uint64_t length);

/* --- dataflash_program.c --- */
/* The row of the part's erase number index. */
struct flash_command flash_dataflash_erase_row(const struct flash *chip, unsigned int index);

#endif
