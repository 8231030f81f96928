/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ISSI's read register: dummy clocks and burst length of reads. 61 reads it, C0 and 63 write it
 * until the next power cycle or reset, 65 writes the stored value as well. Follows "Read Register"
 * and "Set Read Parameters Operations" of the IS25LP128, as remembered (unconfirmed; so is that C0
 * and 63 need no write enable).
 *
 *   7 HOLD# or RESET#   6-3 dummy clocks: see the part's dummy-code   2-0 burst
 *
 * Left out: what the other bits do.
 */
#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/fields.h"
#include "flash/engine/life.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

static void
create(struct flash *chip)
{
	if (chip->part->dummy_register == FLASH_DUMMY_READ_PARAMETERS)
		chip->dummy_register = &chip->read_parameters;
	if (flash_has_command(chip->part, "SRPNV"))
		flash_keep(chip, "read-parameters", &chip->read_parameters_stored, 1);
}

static void
reset(struct flash *chip, bool lost_power)
{
	(void)lost_power;
	chip->read_parameters = chip->read_parameters_stored;
}

static void
rdrp_out(struct flash *chip, uint8_t *out, size_t n)
{
	memset(out, chip->read_parameters, n);
}

static void
srp_in(struct flash *chip, const uint8_t *in, size_t n)
{
	chip->frame.cursor = in[n - 1];
}

static void
srpv_finish(struct flash *chip)
{
	chip->read_parameters = (uint8_t)chip->frame.cursor;
}

/* operation->address is the new value. */
static void
srpnv_complete(struct flash *chip, const struct flash_operation *operation)
{
	chip->read_parameters_stored = (uint8_t)operation->address;
	chip->read_parameters = chip->read_parameters_stored;
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
srpnv_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	uint8_t new = (uint8_t)operation->address;

	flash_register_part(
		chip, &chip->read_parameters_stored, &new, 1, flash_share_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind srpnv_kind = {
	.complete = srpnv_complete,
	.interrupt = srpnv_interrupt,
};

static void
srpnv_finish(struct flash *chip)
{
	flash_operation_begin(chip, &srpnv_kind, (uint32_t)chip->frame.cursor, 0,
		flash_duration(chip, FLASH_T_W));
}

static void
registers(const struct flash *chip, struct flash_registers *list)
{
	if (flash_command_named(chip, "RDRP"))
		flash_registers_add(list, "RDP", "HOLD_RST P3 P2 P1 P0 WRAP_ON WRAP1 WRAP0",
			chip->read_parameters, false);
}

#define NOT_SUSPENDED GATE_NOT_IN_ERASE_SUSPEND | GATE_NOT_IN_PROGRAM_SUSPEND

static const struct flash_command commands[] = {
	{"RDRP", 0x61, .data_max = DATA_ANY, .out = rdrp_out},
	{"SRPV", 0xc0, .gates = NOT_SUSPENDED, .data_min = 1, .data_max = 1, .in = srp_in,
		.finish = srpv_finish},
	{"SRPNV", 0x65, .gates = GATE_WEL | NOT_SUSPENDED, .data_min = 1, .data_max = 1,
		.in = srp_in, .finish = srpnv_finish},
	{0},
};

const struct flash_family flash_read_parameters_family = {
	.commands = commands,
	.create = create,
	.reset = reset,
	.registers = registers,
};
