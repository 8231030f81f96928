/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The opcode table of a chip, built once from the rows of all command families, and the gates that
 * a command has to pass. Vendors differ in rows and opcodes, not in code paths.
 */
#include "flash/engine/opcodes.h"

#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/dummy.h"
#include "flash/engine/family.h"
#include "flash/engine/supply.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

static const struct flash_command *
find(const struct flash *chip, const char *name)
{
	for (size_t i = 0; chip->families[i]; i++) {
		const struct flash_command *row = chip->families[i]->commands;

		for (; row && row->name; row++) {
			if (strcmp(row->name, name) == 0)
				return row;
		}
	}
	return NULL;
}

bool
flash_has_command(const struct flash_part *part, const char *name)
{
	for (unsigned int i = 0; i < part->n_commands; i++) {
		if (strcmp(part->commands[i].name, name) == 0)
			return true;
	}
	return false;
}

const struct flash_command *
flash_command_named(const struct flash *chip, const char *name)
{
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		const struct flash_command *command = chip->commands[opcode];

		if (command && strcmp(command->name, name) == 0)
			return command;
	}
	return NULL;
}

struct flash_command *
flash_command_own(struct flash *chip, uint8_t opcode)
{
	struct flash_command *row;

	if (!chip->own_rows)
		chip->own_rows = g_new0(struct flash_command, 256);
	row = &chip->own_rows[opcode];
	if (chip->commands[opcode] != row)
		*row = *chip->commands[opcode];
	chip->commands[opcode] = row;
	return row;
}

static uint8_t
refused_when(const struct flash_part *part, const struct flash_command *command)
{
	bool erase = command->purpose == FLASH_FOR_ERASE;
	uint8_t when = 0;

	for (unsigned int i = 0; i < part->n_refused; i++) {
		if (strcmp(part->refused[i].command, erase ? "ERASE" : command->name) == 0)
			when |= part->refused[i].when;
	}
	return when;
}

static void
build_suspend_refuses(struct flash *chip)
{
	for (unsigned int opcode = 0; opcode < 256 && chip->part->n_refused; opcode++) {
		if (chip->commands[opcode])
			chip->suspend_refuses[opcode] =
				refused_when(chip->part, chip->commands[opcode]);
	}
}

void
flash_commands_build(struct flash *chip)
{
	const struct flash_part *part = chip->part;

	for (unsigned int i = 0; i < part->n_commands; i++) {
		const struct flash_part_command *command = &part->commands[i];
		const struct flash_command *row = find(chip, command->name);

		if (row)
			chip->commands[command->opcode < 0 ? row->opcode : command->opcode] = row;
	}
	flash_families_adapt_rows(chip);
	flash_dummies_build(chip);
	build_suspend_refuses(chip);
}

static bool
changes_cells(const struct flash_command *command)
{
	return command->purpose == FLASH_FOR_PROGRAM || command->purpose == FLASH_FOR_ERASE ||
		command->purpose == FLASH_FOR_STATUS_WRITE;
}

enum flash_outcome
flash_gate(const struct flash *chip, const struct flash_command *command)
{
	unsigned int gates = command->gates;

	if (chip->powered_down && (!(gates & GATE_POWERED_DOWN) || chip->ultra_powered_down))
		return FLASH_POWERED_DOWN;
	if (chip->operation.kind && !(gates & GATE_WHILE_BUSY))
		return FLASH_BUSY;
	if (gates & GATE_INHIBIT && chip->now_ns < chip->inhibit_until_ns)
		return FLASH_POWERING_UP;
	if (chip->writes_fail && changes_cells(command))
		return flash_supply_gate(chip);
	if (chip->aai_bytes && !(gates & GATE_IN_AAI))
		return FLASH_IN_AAI;
	if (chip->suspended.kind) {
		bool program = chip->suspended.kind->purpose == FLASH_FOR_PROGRAM;

		unsigned int refuses = chip->suspend_refuses[chip->frame.opcode];

		if (gates & (program ? GATE_NOT_IN_PROGRAM_SUSPEND : GATE_NOT_IN_ERASE_SUSPEND) ||
			refuses & (program ? FLASH_REFUSED_IN_PROGRAM : FLASH_REFUSED_IN_ERASE))
			return FLASH_SUSPENDED;
	}
	if (gates & GATE_QUAD && chip->bit[FLASH_BIT_QE].mask && !flash_bit(chip, FLASH_BIT_QE))
		return FLASH_QUAD_DISABLED;
	if (gates & GATE_WEL && !flash_bit(chip, FLASH_BIT_WEL))
		return FLASH_WEL_CLEAR;
	if (gates & GATE_STATUS_WRITE && !flash_bit(chip, FLASH_BIT_WEL) &&
		!chip->volatile_write_enabled && !chip->status_write_enabled)
		return FLASH_WEL_CLEAR;
	if (gates & GATE_EWSR && !chip->status_write_enabled)
		return FLASH_WEL_CLEAR;
	return FLASH_DONE;
}
