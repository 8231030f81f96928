/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports what a real chip does silently: each frame and each end of an operation is an event for
 * the listener. The model formats no text, except the names of outcomes.
 */
#include "flash/engine/tell.h"

#include "flash/engine/device.h"
#include "flash/engine/frame.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/flash.h"

static const char *const outcomes[] = {
	[FLASH_DONE] = "",
	[FLASH_UNKNOWN_OPCODE] = "no such command",
	[FLASH_NO_COMMAND] = "CS# rose before an opcode was complete",
	[FLASH_WEL_CLEAR] = "WEL=0",
	[FLASH_BUSY] = "busy",
	[FLASH_POWERED_DOWN] = "in deep power-down",
	[FLASH_SUSPENDED] = "not allowed while suspended",
	[FLASH_NOT_SUSPENDED] = "nothing is suspended",
	[FLASH_NOT_SUSPENDABLE] = "nothing that can be suspended",
	[FLASH_PROTECTED] = "protected",
	[FLASH_STATUS_PROTECTED] = "status registers are locked",
	[FLASH_PROTECTION_LOCKED] = "locks can't be changed",
	[FLASH_OTP_LOCKED] = "locked permanently",
	[FLASH_SHORT_FRAME] = "CS# rose too early",
	[FLASH_LONG_FRAME] = "CS# rose too late",
	[FLASH_BYTE_BOUNDARY] = "CS# rose inside a byte",
	[FLASH_RESET_NOT_ENABLED] = "no reset enable right before",
	[FLASH_QUAD_DISABLED] = "QE=0",
	[FLASH_BAD_ADDRESS] = "no register at this address",
	[FLASH_IN_AAI] = "in auto address increment",
	[FLASH_IN_OTP] = "not allowed in OTP mode",
	[FLASH_NO_POWER] = "no power",
	[FLASH_HELD] = "HOLD# is low",
	[FLASH_IN_RESET] = "RESET# is low",
	[FLASH_POWERING_UP] = "just powered up",
	[FLASH_LOW_SUPPLY] = "supply too low",
	[FLASH_DAMAGED] = "damaged by too high a supply",
	[FLASH_NOT_ERASED] = "some cells are not erased",
	[FLASH_NOT_PROGRAMMED] = "some cells are not programmed",
	[FLASH_EMPTY_FRAME] = "after a frame without clocks",
};

const char *
flash_outcome_string(enum flash_outcome outcome)
{
	return outcomes[outcome];
}

void
flash_tell(struct flash *chip, enum flash_event_kind kind, uint64_t length)
{
	struct flash_event event = {
		.kind = kind,
		.time_ns = chip->now_ns,
		.opcode = -1,
		.length = length,
	};

	if (chip->listener)
		chip->listener->event(chip->listener->data, &event);
}

void
flash_tell_end(struct flash *chip, enum flash_event_kind kind,
	const struct flash_operation *operation, int64_t busy_ns)
{
	enum flash_purpose purpose = operation->kind->purpose;
	bool array = purpose == FLASH_FOR_PROGRAM || purpose == FLASH_FOR_ERASE;
	struct flash_event event = {
		.kind = kind,
		.purpose = purpose,
		.time_ns = chip->now_ns,
		.opcode = -1,
		.length = array ? operation->length : 0,
		.outcome = chip->verified,
		.busy_ns = busy_ns,
	};

	if (chip->listener)
		chip->listener->event(chip->listener->data, &event);
}

void
flash_tell_command(struct flash *chip)
{
	const struct flash_frame *frame = &chip->frame;
	struct flash_event event;

	if (!chip->listener)
		return;
	event = (struct flash_event){
		.kind = FLASH_EVENT_COMMAND,
		.purpose = frame->command ? frame->command->purpose : FLASH_FOR_OTHER,
		.time_ns = chip->now_ns,
		.outcome = frame->outcome,
		.opcode = frame->opcode,
		.name = frame->command ? frame->command->name : NULL,
		.has_address = frame->has_address,
		.address = frame->address,
		.length = frame->position,
		.note = frame->note,
	};
	chip->listener->event(chip->listener->data, &event);
}
