/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sector protection registers of Atmel's kind: 36 protects a sector, 39 unprotects it, 3C reads FF
 * or 00, repeated, and a write of SR1 protects or unprotects all of them if its bits 5 to 2 are all
 * 1 or all 0. All sectors are protected after power-up. SPRL prevents changes of the registers;
 * with WP# low it can't be cleared. SWP and WPP report sectors and pin. Follows AT25DF081A 8715C,
 * page 22 (global functions), AT25DF081 3674E, 10.1 (SPRL, WPP, EPE, SWP) and AT25DF041A, 9.6 (3C).
 *
 * SPRL has to be 0 before a write of SR1 for the global functions: a write that clears SPRL has no
 * other effect. Every one of these commands clears WEL, refused or not (unconfirmed for refused
 * ones).
 *
 * Left out: sector lockdown (33, 34, 35), and RSTE with the reset F0 D0.
 */
#include "flash/commands/sector.h"

#include "flash/commands/families.h"
#include "flash/commands/lock.h"
#include "flash/commands/statusregister.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

enum {
	GLOBAL_MASK = 0x3c /* bits 5 to 2 of SR1 */
};

/* Argument 1 protects, 0 unprotects. */
static void
sector_finish(struct flash *chip)
{
	if (flash_bit(chip, FLASH_BIT_SPRL)) {
		flash_refuse(chip, FLASH_PROTECTION_LOCKED);
		return;
	}
	if (chip->locks->count)
		flash_lock_set(chip->locks->write, flash_lock_addressed(chip),
			chip->frame.command->argument);
	flash_bit_set(chip, FLASH_BIT_WEL, false);
	flash_status_report(chip);
}

static void
rdsector_out(struct flash *chip, uint8_t *out, size_t n)
{
	bool locked = chip->locks->count &&
		flash_lock_get(chip->locks->write, flash_lock_addressed(chip));

	memset(out, locked ? 0xff : 0x00, n);
}

void
flash_sectors_status_written(struct flash *chip, uint8_t value)
{
	uint8_t global = value & GLOBAL_MASK;

	if (chip->part->range_rule != FLASH_RANGE_AT2X_SECTORS || flash_bit(chip, FLASH_BIT_SPRL))
		return;
	if (chip->locks->count && (global == 0 || global == GLOBAL_MASK))
		flash_lock_set_all(chip, chip->locks->write, global != 0);
}

static const struct flash_command commands[] = {
	{"PROTECT_SECTOR", 0x36, .address_bytes = ADDRESS, .gates = GATE_WEL, .argument = 1,
		.finish = sector_finish},
	{"UNPROTECT_SECTOR", 0x39, .address_bytes = ADDRESS, .gates = GATE_WEL, .argument = 0,
		.finish = sector_finish},
	{"RDSECTOR", 0x3c, .address_bytes = ADDRESS, .data_max = DATA_ANY, .out = rdsector_out},
	{0},
};

const struct flash_family flash_sector_family = {
	.commands = commands,
};
