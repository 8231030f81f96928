/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports what a real chip does silently: each frame and each end of an operation is an event for
 * the listener. The model formats no text, except the names of outcomes.
 */
#include "flash/engine/tell.h"

#include "flash/describe.h"
#include "flash/engine/device.h"
#include "flash/engine/frame.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/flash.h"

#include <glib.h>

static const struct {
	const char *name;
	const char *text;
} outcomes[FLASH_OUTCOMES] = {
	[FLASH_DONE] = {"done", ""},
	[FLASH_UNKNOWN_OPCODE] = {"unknown", "no such command"},
	[FLASH_NO_COMMAND] = {"no_opcode", "CS# rose before an opcode was complete"},
	[FLASH_WEL_CLEAR] = {"wel", "WEL=0"},
	[FLASH_BUSY] = {"busy", "busy"},
	[FLASH_POWERED_DOWN] = {"power_down", "in deep power-down"},
	[FLASH_SUSPENDED] = {"suspended", "not allowed while suspended"},
	[FLASH_NOT_SUSPENDED] = {"not_suspended", "nothing is suspended"},
	[FLASH_NOT_SUSPENDABLE] = {"not_suspendable", "nothing that can be suspended"},
	[FLASH_PROTECTED] = {"protected", "protected"},
	[FLASH_STATUS_PROTECTED] = {"status_locked", "status registers are locked"},
	[FLASH_PROTECTION_LOCKED] = {"locks_locked", "locks can't be changed"},
	[FLASH_OTP_LOCKED] = {"otp_locked", "locked permanently"},
	[FLASH_SHORT_FRAME] = {"short_frame", "CS# rose too early"},
	[FLASH_LONG_FRAME] = {"long_frame", "CS# rose too late"},
	[FLASH_BYTE_BOUNDARY] = {"byte_boundary", "CS# rose inside a byte"},
	[FLASH_RESET_NOT_ENABLED] = {"reset_enable", "no reset enable right before"},
	[FLASH_QUAD_DISABLED] = {"qe", "QE=0"},
	[FLASH_BAD_ADDRESS] = {"bad_address", "no register at this address"},
	[FLASH_IN_AAI] = {"aai", "in auto address increment"},
	[FLASH_IN_OTP] = {"otp_mode", "not allowed in OTP mode"},
	[FLASH_NO_POWER] = {"no_supply", "no power"},
	[FLASH_HELD] = {"hold", "HOLD# is low"},
	[FLASH_IN_RESET] = {"reset", "RESET# is low"},
	[FLASH_POWERING_UP] = {"power_up", "just powered up"},
	[FLASH_LOW_SUPPLY] = {"low_supply", "supply too low"},
	[FLASH_DAMAGED] = {"damaged", "damaged by too high a supply"},
	[FLASH_NOT_ERASED] = {"not_erased", "some cells are not erased"},
	[FLASH_NOT_PROGRAMMED] = {"not_programmed", "some cells are not programmed"},
	[FLASH_EMPTY_FRAME] = {"empty_frame", "after a frame without clocks"},
};

const char *
flash_outcome_string(enum flash_outcome outcome)
{
	return outcomes[outcome].text;
}

const char *
flash_outcome_name(enum flash_outcome outcome)
{
	return outcomes[outcome].name;
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

/* Excess bytes of a refused frame count, since they are why it was refused. */
static uint64_t
data_bytes(const struct flash_frame *frame)
{
	const struct flash_command *command = frame->command;

	if (command && !command->in && !command->out && frame->outcome == FLASH_DONE)
		return 0;
	return frame->position - MIN(frame->position, command ? command->before_data : 0);
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
		.length = data_bytes(frame),
		.note = frame->note,
	};
	chip->listener->event(chip->listener->data, &event);
}
