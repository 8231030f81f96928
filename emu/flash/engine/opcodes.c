/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The opcode table of a chip, built once out of the rows of all command families, and the gates
 * that decide whether a command is let through. Vendors differ in rows and opcodes, not in code
 * paths.
 */
#include "flash/engine/internal.h"

#include <glib.h>
#include <string.h>

static const struct flash_command *const families[] = {
	flash_identify_commands,
	flash_address_commands,
	flash_read_commands,
	flash_program_commands,
	flash_aai_commands,
	flash_eeprom_commands,
	flash_dataflash_commands,
	flash_dataflash_program_commands,
	flash_dataflash_protect_commands,
	flash_status_commands,
	flash_lock_commands,
	flash_sector_commands,
	flash_bpr_commands,
	flash_asp_commands,
	flash_otp_commands,
	flash_power_commands,
	flash_suspend_commands,
	flash_sfdp_commands,
	flash_lane_commands,
	flash_micron_commands,
	flash_die_commands,
	flash_any_register_commands,
	flash_otp_area_commands,
	flash_otp_mode_commands,
};

static const struct flash_command *
find(const char *name)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		for (const struct flash_command *row = families[i]; row->name; row++) {
			if (strcmp(row->name, name) == 0)
				return row;
		}
	}
	return NULL;
}

bool
flash_command_known(const char *name)
{
	return find(name) != NULL;
}

int
flash_opcode(const struct flash_part *part, const char *name)
{
	const struct flash_command *row = find(name);

	for (unsigned int i = 0; row && i < part->n_commands; i++) {
		const struct flash_part_command *command = &part->commands[i];

		if (strcmp(command->name, name) == 0)
			return command->opcode < 0 ? row->opcode : command->opcode;
	}
	return -1;
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

static void
build_otp_read(struct flash *chip)
{
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		const struct flash_command *row = chip->commands[opcode];

		if (row && strcmp(row->name, "RDOTP") == 0)
			flash_command_own(chip, opcode)->dummy_clocks = chip->part->otp_read_dummy;
	}
}

void
flash_commands_build(struct flash *chip)
{
	const struct flash_part *part = chip->part;

	for (unsigned int i = 0; i < part->n_commands; i++) {
		const struct flash_part_command *command = &part->commands[i];
		const struct flash_command *row = find(command->name);

		if (row)
			chip->commands[command->opcode < 0 ? row->opcode : command->opcode] = row;
	}
	flash_erase_rows_build(chip);
	if (part->otp_read_dummy)
		build_otp_read(chip);
	if (part->dies > 1)
		flash_dies_build(chip);
	chip->failures_stay = flash_has_command(part, "CLSR");
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
	if (chip->operation.kind != OPERATION_NONE && !(gates & GATE_WHILE_BUSY))
		return FLASH_BUSY;
	if (gates & GATE_INHIBIT && chip->now_ns < chip->inhibit_until_ns)
		return FLASH_POWERING_UP;
	if (chip->writes_fail && changes_cells(command))
		return flash_supply_gate(chip);
	if (chip->aai_bytes && !(gates & GATE_IN_AAI))
		return FLASH_IN_AAI;
	if (chip->suspended.kind != OPERATION_NONE) {
		bool program = chip->suspended.kind == OPERATION_PROGRAM;

		if (gates & (program ? GATE_NOT_IN_PROGRAM_SUSPEND : GATE_NOT_IN_ERASE_SUSPEND))
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
