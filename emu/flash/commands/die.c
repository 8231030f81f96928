/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of several dies with one CS# and one address range: C2 and a number select the die whose
 * status registers are read. Each die is busy on its own; a chip erase runs on all of them. Follows
 * the behaviour of hosts with Winbond's W77Q12NW: chip erase, then C2 and 05 for each die.
 *
 * An operation at an address selects the die of that address, since those hosts poll 05 after it
 * without C2 (unconfirmed). Left out: commands for an idle die while another is busy; they are
 * refused.
 */
#include "flash/commands/families.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

static uint64_t
die_size(const struct flash *chip)
{
	return chip->part->size / chip->part->dies;
}

static void
follow(struct flash *chip, struct flash_operation *operation)
{
	if (chip->part->dies > 1 && flash_operation_is_local(operation))
		chip->die = (uint8_t)(operation->address / die_size(chip));
}

static bool
selected_is_busy(const struct flash *chip)
{
	const struct flash_operation *operation = &chip->operation;

	if (flash_operation_is_local(operation))
		return operation->address / die_size(chip) == chip->die;
	return operation->kind;
}

static void
status_out(struct flash *chip, uint8_t *out, size_t n)
{
	unsigned int reg = chip->frame.command->argument;
	struct flash_bit_position busy = chip->bit[FLASH_BIT_BUSY];
	uint8_t status = chip->status[reg];

	if (reg == busy.reg && !selected_is_busy(chip))
		status &= ~busy.mask;
	memset(out, status, n);
}

static void
adapt_rows(struct flash *chip)
{
	if (chip->part->dies <= 1)
		return;
	chip->operations_watched = true;
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		const struct flash_command *row = chip->commands[opcode];

		if (row && row->purpose == FLASH_FOR_STATUS_READ &&
			strncmp(row->name, "RDSR", 4) == 0)
			flash_command_own(chip, opcode)->out = status_out;
	}
}

static void
select_in(struct flash *chip, const uint8_t *in, size_t n)
{
	chip->frame.cursor = in[n - 1];
}

static void
select_finish(struct flash *chip)
{
	if (chip->frame.cursor < chip->part->dies)
		chip->die = (uint8_t)chip->frame.cursor;
	else
		chip->frame.outcome = FLASH_BAD_ADDRESS;
}

static void
reset(struct flash *chip, bool lost_power)
{
	(void)lost_power;
	chip->die = 0;
}

static const struct flash_command commands[] = {
	{"DIE_SELECT", 0xc2, .gates = GATE_WHILE_BUSY, .data_min = 1, .data_max = 1,
		.in = select_in, .finish = select_finish},
	{0},
};

const struct flash_family flash_die_family = {
	.commands = commands,
	.adapt_rows = adapt_rows,
	.reset = reset,
	.operation_began = follow,
};
