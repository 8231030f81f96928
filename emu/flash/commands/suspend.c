/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Erase and program suspend 75 and resume 7A. Follows W25Q128JV rev. M, 8.2.19 and 8.2.20.
 *
 *            75          tSUS over             7A                 end
 *   BUSY  ____/‾‾‾‾‾‾‾‾‾‾‾\______________________/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\___
 *   SUS   ____/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\____________________
 *
 * On parts with suspend-flags = when-suspended, SUS, PSB and ESB rise when tSUS is over (Macronix:
 * ESB and PSB tell that the suspend is complete). Which commands run meanwhile is in the rows
 * (gates) and in the part (suspend-refuses).
 *
 * WEL is cleared with BUSY when the suspend is complete, and set again by the resume (from the
 * vendors' own models; their data sheets do not mention it). Reads of the suspended block are
 * undefined by the data sheet; here they return the content before the operation. A suspend within
 * tRS of the last resume is ignored, as in Spansion's models of S25FS256S and S25FL064L. Winbond
 * asks the host for tSUS between them (8.2.20), and does not say what happens otherwise. Macronix
 * accepts it nearly at once, and the operation makes no progress then (tPRS and tERS in its AC
 * tables have a minimum and a typical value; as remembered, unconfirmed).
 *
 * S25FL128S has commands of its own for each of the two, 75 and 7A for erases, 85 and 8A for
 * programs, which have no effect on the other.
 */
#include "flash/commands/suspend.h"

#include "flash/commands/families.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/supply.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"

/* Argument of rows for both kinds of operations. */
#define ANY 0

/* The row is for that kind of operation, or for both. */
static bool
is_for(const struct flash *chip, const struct flash_operation *operation)
{
	unsigned int purpose = chip->frame.command->argument;

	return purpose == ANY || flash_operation_is_for(operation, (enum flash_purpose)purpose);
}

static void
set_suspended(struct flash *chip, bool on)
{
	enum flash_bit bit = !flash_operation_is_for(&chip->suspended, FLASH_FOR_PROGRAM)
		? FLASH_BIT_ESB
		: chip->suspended.buffer == 2 ? FLASH_BIT_PS2
					      : FLASH_BIT_PSB;

	flash_bit_set(chip, FLASH_BIT_SUS, on);
	flash_bit_set(chip, bit, on);
}

static void
suspend_complete(struct flash *chip, const struct flash_operation *operation)
{
	(void)operation;
	set_suspended(chip, true);
}

/* tSUS: the suspend itself. */
static const struct flash_operation_kind suspend_kind = {
	.without_pump = true,
	.complete = suspend_complete,
};

static bool
can_suspend(const struct flash *chip)
{
	bool own = chip->part->timing[FLASH_T_RS].max_ns > 0;
	int64_t pause_ns = flash_duration(chip, own ? FLASH_T_RS : FLASH_T_SUS);

	return is_for(chip, &chip->operation) && flash_operation_is_local(&chip->operation) &&
		!chip->suspended.kind && chip->now_ns - chip->resumed_ns >= pause_ns;
}

static void
suspend_finish(struct flash *chip)
{
	if (!can_suspend(chip)) {
		chip->frame.outcome = FLASH_NOT_SUSPENDABLE;
		return;
	}
	chip->suspended = chip->operation;
	/* From here on the times are relative to now. */
	chip->suspended.begin_ns -= chip->now_ns;
	chip->suspended.end_ns -= chip->now_ns;
	if (!chip->part->suspend_flags_late)
		set_suspended(chip, true);
	flash_operation_begin(chip, &suspend_kind, 0, 0, flash_duration(chip, FLASH_T_SUS));
}

static void
resume_finish(struct flash *chip)
{
	if (!chip->suspended.kind || !is_for(chip, &chip->suspended)) {
		chip->frame.outcome = FLASH_NOT_SUSPENDED;
		return;
	}
	if (chip->writes_fail) {
		chip->frame.outcome = flash_supply_gate(chip);
		return;
	}
	set_suspended(chip, false);
	chip->operation = chip->suspended;
	flash_operation_put_back(chip, &chip->operation);
	chip->suspended.kind = NULL;
	chip->resumed_ns = chip->now_ns;
	flash_bit_set(chip, FLASH_BIT_BUSY, true);
	flash_bit_set(chip, FLASH_BIT_WEL, true);
}

bool
flash_in_suspended(const struct flash *chip, uint64_t address, uint64_t length)
{
	const struct flash_operation *operation = &chip->suspended;

	return operation->kind && address < (uint64_t)operation->address + operation->length &&
		address + length > operation->address;
}

static const struct flash_command commands[] = {
	{"SUSPEND", 0x75, .gates = GATE_WHILE_BUSY, .finish = suspend_finish},
	{"RESUME", 0x7a, .finish = resume_finish},
	{"ERSP", 0x75, .gates = GATE_WHILE_BUSY, .argument = FLASH_FOR_ERASE,
		.finish = suspend_finish},
	{"ERRS", 0x7a, .argument = FLASH_FOR_ERASE, .finish = resume_finish},
	{"PGSP", 0x85, .gates = GATE_WHILE_BUSY, .argument = FLASH_FOR_PROGRAM,
		.finish = suspend_finish},
	{"PGRS", 0x8a, .argument = FLASH_FOR_PROGRAM, .finish = resume_finish},
	{0},
};

const struct flash_family flash_suspend_family = {
	.commands = commands,
};
