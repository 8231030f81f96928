/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers by address: 65 reads, 71 writes. Address bit 23 selects the value in force or the
 * stored value; the bits below are a number, and the part defines which register that is. Follows
 * the register chapter of the S25FS-S data sheets, as remembered (unconfirmed).
 *
 *   000000 SR1   000002 CR1   000003 CR2   000004 CR3   000005 CR4     stored, written in tW
 *   800000 SR1   800002 CR1   ...   800001 SR2                         in force, at once
 *
 * A stored register takes effect at the next power-up or reset, so that 66 99 brings it into force.
 * Left out: password, PPB and DLP registers; the refusal of writes while the status register is
 * locked; other numbers of dummy clocks than 8.
 */
#include "flash/cells/cutoff.h"
#include "flash/commands/address.h"
#include "flash/commands/erase.h"
#include "flash/commands/families.h"
#include "flash/commands/protect.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/lanes.h"
#include "flash/engine/life.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

enum {
	IN_FORCE = 0x800000
};

/* The register that the frame's address selects, or -1. */
static int
addressed(const struct flash *chip)
{
	uint32_t number = chip->frame.address & (IN_FORCE - 1);

	if (number >= FLASH_REGISTERS)
		return -1;
	return chip->part->any_registers[number] - 1;
}

static void
register_start(struct flash *chip)
{
	if (addressed(chip) < 0)
		chip->frame.outcome = FLASH_BAD_ADDRESS;
}

static void
rdar_out(struct flash *chip, uint8_t *out, size_t n)
{
	int reg = addressed(chip);
	bool in_force = chip->frame.address & IN_FORCE;

	memset(out, in_force ? chip->status[reg] : chip->stored_status[reg], n);
}

static void
wrar_in(struct flash *chip, const uint8_t *in, size_t n)
{
	chip->frame.cursor = in[n - 1];
}

/* Returns old with those bits of new that a host may change; one-time bits stay 1. */
static uint8_t
merge(const struct flash *chip, unsigned int reg, uint8_t old, uint8_t new)
{
	uint8_t writable = flash_writable_mask(chip->part, reg);

	return (old & ~writable) | (new &writable) | (old & flash_otp_mask(chip->part, reg));
}

static void
wrar_complete(struct flash *chip, const struct flash_operation *operation)
{
	unsigned int reg = operation->address;

	chip->stored_status[reg] =
		merge(chip, reg, chip->stored_status[reg], chip->status_new[reg]);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

/* One-time bits are never erased. */
static void
wrar_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	unsigned int reg = operation->address;
	uint8_t erased = flash_writable_mask(chip->part, reg) & ~flash_otp_mask(chip->part, reg);

	if (!flash_cell_part(chip, flash_share_done(chip, operation)))
		return;
	if (flash_random(chip) & 1)
		chip->stored_status[reg] |= erased;
	else
		wrar_complete(chip, operation);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind wrar_kind = {
	.complete = wrar_complete,
	.interrupt = wrar_interrupt,
};

static void
bring_in_force(struct flash *chip, unsigned int reg)
{
	struct flash_bit_position adp = chip->bit[FLASH_BIT_ADP];
	struct flash_bit_position qpi = chip->bit[FLASH_BIT_QPI];

	flash_protect_update(chip);
	flash_erase_rows_select(chip);
	if (adp.mask && adp.reg == reg && reg >= FLASH_STATUS_REGISTERS)
		flash_address_set_mode(chip, flash_bit(chip, FLASH_BIT_ADP));
	if (qpi.mask && qpi.reg == reg)
		flash_lanes_set(chip, flash_bit(chip, FLASH_BIT_QPI) ? 4 : 1);
}

static void
wrar_finish(struct flash *chip)
{
	unsigned int reg = addressed(chip);
	uint8_t new = (uint8_t)chip->frame.cursor;

	if (chip->frame.address & IN_FORCE) {
		chip->status[reg] = merge(chip, reg, chip->status[reg], new);
		flash_bit_set(chip, FLASH_BIT_WEL, false);
		bring_in_force(chip, reg);
		return;
	}
	chip->status_new[reg] = new;
	flash_operation_begin(chip, &wrar_kind, reg, 0, flash_duration(chip, FLASH_T_W));
}

/* The configuration registers: only parts with these commands have them. */
static void
create(struct flash *chip)
{
	if (flash_has_command(chip->part, "WRAR"))
		flash_keep(chip, "configuration", chip->stored_status + FLASH_STATUS_REGISTERS,
			FLASH_REGISTERS - FLASH_STATUS_REGISTERS);
}

static const struct flash_command commands[] = {
	{"RDAR", 0x65, ADDRESS, 8, .gates = GATE_WHILE_BUSY, .data_max = DATA_ANY,
		.start = register_start, .out = rdar_out},
	{"WRAR", 0x71, ADDRESS,
		.gates = GATE_WEL | GATE_NOT_IN_ERASE_SUSPEND | GATE_NOT_IN_PROGRAM_SUSPEND,
		.data_min = 1, .data_max = 1, .start = register_start, .in = wrar_in,
		.finish = wrar_finish},
	{0},
};

const struct flash_family flash_any_register_family = {
	.commands = commands,
	.create = create,
};
