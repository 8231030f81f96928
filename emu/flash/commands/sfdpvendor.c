/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vendor's table of an SFDP. Macronix' form (MX25L25635F rev. 1.3, 9-10, "Parameter Table (1):
 * Macronix Flash Parameter Tables") is the one of many vendors, with three or four dwords: supply
 * voltages, pins, reset, suspend and wrap, locks. SST26's lists times and the opcodes of the
 * family: the same on SST26VF032B, SST26VF064B and SST26WF080B except ID and size, as far as the
 * parts here agree with them. Spansion's is ID and CFI, of which only the ID is composed here.
 */
#include "flash/commands/sfdp.h"
#include "flash/commands/sfdplayout.h"
#include "flash/engine/device.h"
#include "flash/engine/opcodes.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

/* Second dword. */
enum {
	RESET_PIN = 1 << 0,
	HOLD_PIN = 1 << 1,
	POWER_DOWN = 1 << 2,
	SOFT_RESET = 1 << 3,
	RESET_OPCODE = 4, /* shift */
	PROGRAM_SUSPEND = 1 << 12,
	ERASE_SUSPEND = 1 << 13,
	RESERVED = 1 << 14,
	WRAP = 1 << 15,
	WRAP_OPCODE = 16,
	/* third dword */
	LOCKS = 1 << 0,
	LOCK_OPCODE = 2,
	LOCKS_START_OPEN = 1 << 10,
	OTP = 1 << 11,
	LOCK_RESERVED = 3 << 14,
};

/* "3600" for 3.6 V. */
static uint32_t
decimal(int millivolts)
{
	uint32_t digits = 0;

	for (unsigned int shift = 0; shift < 16; shift += 4, millivolts /= 10)
		digits |= (uint32_t)(millivolts % 10) << shift;
	return digits;
}

/* The opcode that sets the length of wrapped reads; 0: none. */
static uint8_t
wrap_opcode(const struct flash *chip)
{
	if (flash_sfdp_has(chip, 0x77, "BURST_WRAP") || flash_sfdp_has(chip, 0x77, "SBL"))
		return 0x77;
	return flash_sfdp_has(chip, 0xc0, "SBL") ? 0xc0 : 0;
}

static uint32_t
features(const struct flash *chip)
{
	const struct flash_part *part = chip->part;
	uint8_t wrap = wrap_opcode(chip);
	bool reset = part->reset_pin || part->pin7 == FLASH_PIN7_RESET;
	bool suspend = flash_command_named(chip, "SUSPEND") != NULL;
	uint32_t dword = RESERVED | 0xff << RESET_OPCODE | 0xffffu << WRAP_OPCODE;

	dword |= reset ? RESET_PIN : 0;
	dword |= part->pin7 == FLASH_PIN7_HOLD ? HOLD_PIN : 0;
	dword |= flash_sfdp_has(chip, 0xb9, "DP") ? POWER_DOWN : 0;
	dword |= suspend ? PROGRAM_SUSPEND | ERASE_SUSPEND : 0;
	if (flash_sfdp_has(chip, 0x99, "RST"))
		dword = (dword & ~(0xffu << RESET_OPCODE)) | 0x99 << RESET_OPCODE | SOFT_RESET;
	if (wrap)
		dword = (dword & 0xffff) | WRAP | (uint32_t)wrap << WRAP_OPCODE | 0x64000000;
	return dword;
}

/* The opcode that locks a block; 0: none. */
static uint32_t
lock_opcode(const struct flash *chip)
{
	if (flash_sfdp_has(chip, 0x36, "BLOCK_LOCK"))
		return 0x36;
	if (flash_sfdp_has(chip, 0xe1, "WRDPB") || flash_sfdp_has(chip, 0xe1, "WRDYB"))
		return 0xe1;
	return 0;
}

static uint32_t
locks(const struct flash *chip, const struct flash_sfdp_vendor *vendor)
{
	const struct flash_part *part = chip->part;
	uint32_t opcode = lock_opcode(chip);
	uint32_t dword = 0xffff0000 | LOCK_RESERVED;

	if (opcode == 0)
		dword |= vendor->no_locks & ~(unsigned int)OTP;
	else
		dword |= LOCKS | opcode << LOCK_OPCODE |
			(part->lock_start == FLASH_LOCKS_OPEN ? LOCKS_START_OPEN : 0);
	if (part->otp_size || part->security_registers)
		dword |= OTP;
	return dword;
}

static unsigned int
log2_of(uint64_t n)
{
	unsigned int log2 = 0;

	for (; n > 1; n /= 2)
		log2++;
	return log2;
}

/* Dword 1 has the ID, dword 22 the size in blocks of 64 KiB. */
static void
put_sst26(const struct flash *chip, uint32_t *table)
{
	static const uint32_t usual[] = {0xff0000bf, 0xfffd5fb9, 0xf360f230, 0x120aff32, 0x0fff4623,
		0x190f3219, 0xffffff19, 0xffffffff, 0x38996600, 0x350105ff, 0x32020406, 0x427230b0,
		0x8898e88d, 0x9fc085a5, 0xffff5aaf, 0x0c06ec06, 0x0b080300, 0xffffffff, 0xffff07ff,
		0x06ff0202, 0xfdfd0003, 0xfc000004, 0xfefe0003, 0x0e070202};
	const struct flash_part *part = chip->part;

	G_STATIC_ASSERT(G_N_ELEMENTS(usual) == FLASH_SFDP_VENDOR_DWORDS);
	memcpy(table, usual, sizeof(usual));
	table[0] |= (uint32_t)part->id[1] << 8 | (uint32_t)part->id[2] << 16;
	table[21] |= log2_of(part->size / (64 * 1024)) << 8;
}

unsigned int
flash_sfdp_vendor_table(const struct flash *chip, const struct flash_sfdp_layout *layout,
	uint32_t table[FLASH_SFDP_VENDOR_DWORDS])
{
	const struct flash_sfdp_vendor *vendor = &layout->vendor;
	uint32_t lowest = decimal(chip->part->vcc_min_mv);
	uint32_t highest = decimal(chip->part->vcc_max_mv);

	memset(table, 0xff, FLASH_SFDP_VENDOR_DWORDS * sizeof(table[0]));
	switch (vendor->form) {
	case FLASH_SFDP_VENDOR_NONE:
		return 0;
	case FLASH_SFDP_VENDOR_FEATURES:
		table[0] = lowest << 16 | highest;
		table[1] = features(chip);
		table[2] = locks(chip, vendor);
		break;
	case FLASH_SFDP_VENDOR_SUPPLY:
		table[0] = highest << 16 | lowest;
		table[1] = 0xffff0000;
		break;
	case FLASH_SFDP_VENDOR_SST26:
		put_sst26(chip, table);
		break;
	case FLASH_SFDP_VENDOR_CFI:
		for (unsigned int i = 0; i < chip->part->id_length; i++)
			table[i / 4] &=
				~(0xffu << i % 4 * 8) | (uint32_t)chip->part->id[i] << i % 4 * 8;
		return FLASH_ID_MAX / 4;
	}
	return vendor->dwords;
}
