/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dummy clocks: how many clocks pass between the address of a frame and its data. The row of a
 * command has the usual number; a part can have other numbers, and a register whose code selects
 * among them:
 *
 *   code    00   01   10   11        DC1 DC0 of the MX25L12833F
 *   0B       8    6    8   10
 *   EB       6    4    8   10
 *
 * The code is read when the opcode is complete, so that a write to its register counts from the
 * next frame on. RDSFDP (5A) has 8 dummy clocks in all parts and states (JESD216, 4.3). A command
 * and its form with 4 address bytes (0B and 0C) have the same numbers.
 */
#include "flash/engine/dummy.h"

#include "flash/engine/device.h"
#include "flash/engine/opcodes.h"
#include "flash/partdata.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

/* The value of the bits of mask, moved together. */
static unsigned int
code_in(uint8_t value, uint8_t mask)
{
	unsigned int code = 0;

	for (int bit = 7; bit >= 0; bit--) {
		if (mask >> bit & 1)
			code = code << 1 | (value >> bit & 1);
	}
	return code;
}

/* Without numbers the command has those of its row. */
static unsigned int
pick(const struct flash *chip, uint8_t opcode, const struct flash_dummy *dummy, unsigned int code)
{
	if (dummy->n_clocks == 0)
		return chip->commands[opcode]->dummy_clocks;
	return dummy->clocks[dummy->n_clocks > 1 ? code : 0];
}

unsigned int
flash_dummy_clocks(const struct flash *chip, uint8_t opcode)
{
	const struct flash_part *part = chip->part;
	const struct flash_dummy *dummy;
	unsigned int code;

	if (!chip->dummy_rule[opcode])
		return chip->commands[opcode]->dummy_clocks;
	dummy = &part->dummies[chip->dummy_rule[opcode] - 1];
	code = chip->dummy_register ? code_in(*chip->dummy_register, part->dummy_mask) : 0;
	if (chip->lanes == 4 && dummy->n_qpi_clocks)
		return dummy->qpi_clocks[dummy->n_qpi_clocks > 1 ? code : 0];
	return pick(chip, opcode, dummy, code);
}

/* The status or configuration register with the code, or -1. */
static int
status_register(const struct flash_part *part)
{
	unsigned int reg = part->dummy_register - FLASH_DUMMY_STATUS_1;

	return part->dummy_register != FLASH_DUMMY_FIXED && reg < FLASH_REGISTERS ? (int)reg : -1;
}

unsigned int
flash_dummy_clocks_delivered(const struct flash *chip, uint8_t opcode)
{
	const struct flash_part *part = chip->part;
	int reg = status_register(part);
	const struct flash_dummy *dummy;

	if (!chip->dummy_rule[opcode])
		return chip->commands[opcode]->dummy_clocks;
	dummy = &part->dummies[chip->dummy_rule[opcode] - 1];
	return pick(chip, opcode, dummy,
		reg >= 0 ? code_in(part->status_default[reg], part->dummy_mask) : 0);
}

/* Whether name is that command, or its form with 4 address bytes. */
static bool
is_of(const char *name, const char *command)
{
	size_t length = strlen(command);

	return strncmp(name, command, length) == 0 && strcmp(name + length, "4") == 0;
}

static uint8_t
find_rule(const struct flash_part *part, const char *name)
{
	uint8_t rule = 0;

	for (unsigned int i = 0; i < part->n_dummies; i++) {
		if (strcmp(part->dummies[i].command, name) == 0)
			return (uint8_t)(i + 1);
		if (is_of(name, part->dummies[i].command))
			rule = (uint8_t)(i + 1);
	}
	return rule;
}

void
flash_dummies_build(struct flash *chip)
{
	int reg = status_register(chip->part);

	if (reg >= 0)
		chip->dummy_register = &chip->status[reg];
	for (unsigned int opcode = 0; opcode < 256 && chip->part->n_dummies; opcode++) {
		if (chip->commands[opcode])
			chip->dummy_rule[opcode] =
				find_rule(chip->part, chip->commands[opcode]->name);
	}
}
