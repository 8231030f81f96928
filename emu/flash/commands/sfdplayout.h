/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layout of a generated SFDP. Private to the flash room. */
#ifndef SPINOR_FLASH_COMMANDS_SFDPLAYOUT_H
#define SPINOR_FLASH_COMMANDS_SFDPLAYOUT_H

#include <stdbool.h>
#include <stdint.h>

/* The contents of a vendor's table. */
enum flash_sfdp_vendor_form {
	FLASH_SFDP_VENDOR_NONE,
	FLASH_SFDP_VENDOR_FEATURES, /* supply, pins, reset, suspend, wrap, locks: most vendors */
	FLASH_SFDP_VENDOR_SUPPLY,   /* supply only */
	FLASH_SFDP_VENDOR_SST26,
	FLASH_SFDP_VENDOR_CFI, /* ID and CFI; of the latter nothing */
};

struct flash_sfdp_vendor {
	enum flash_sfdp_vendor_form form;
	uint8_t id; /* in the header; 0: the first byte of the part's ID */
	uint8_t id_high;
	uint8_t minor;
	uint8_t dwords;
	uint16_t offset;
	uint16_t no_locks; /* the third dword of a part without block locks */
};

/* A table of which nothing follows from the part. */
struct flash_sfdp_constant {
	uint8_t id;
	uint8_t dwords;
	uint16_t offset;
	const uint32_t *table;
};

/* Fast reads: mode clocks among the dummy clocks. */
struct flash_sfdp_modes {
	uint8_t dual; /* 1-2-2 */
	uint8_t quad; /* 1-4-4 */
	uint8_t qpi;  /* 4-4-4: mode clocks << 5 | wait states */
	uint8_t qpi_opcode;
};

struct flash_sfdp_layout {
	const char *name;
	uint8_t minor;           /* of the SFDP revision, 1.x */
	uint8_t basic_minor;     /* of the basic table */
	uint8_t dwords;          /* of the basic table: 9, 16, 20 or 23 */
	uint16_t basic;          /* address of the basic table */
	uint16_t four_byte;      /* of the 4-byte address instructions; 0: none */
	bool four_byte_always;   /* also on parts that have none of them */
	bool four_byte_last;     /* its header comes after the vendor's */
	bool large_before_32k;   /* erase types: 4 KiB, 64 KiB, 32 KiB */
	bool all_revisions;      /* a header each for the basic table of 1.0, 1.5 and 1.6 */
	bool map_always;         /* a map of one region on parts with blocks of one size */
	uint16_t map;            /* of the sector map; 0: none */
	uint32_t four_byte_ones; /* reserved bits of its first dword */
	bool mode_only;          /* dword 16 does not announce these instructions */
	bool suspend_by_b0;      /* B0 and 30, where 75 and 7A are commands as well */
	uint16_t none;           /* opcode and clocks of a read or erase that the part lacks */
	struct flash_sfdp_modes modes;
	struct flash_sfdp_vendor vendor;
	const struct flash_sfdp_constant *constant; /* may be NULL */
};

/* The layout of a part, or the usual one. */
const struct flash_sfdp_layout *flash_sfdp_layout_of(const struct flash_sfdp_layout *layout);

/* Bytes up to the end of the last table, in whole blocks of 256. */
uint32_t flash_sfdp_layout_length(const struct flash_sfdp_layout *layout);

#endif
