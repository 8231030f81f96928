/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine of a serial NOR flash: frames on the wire, the operation in progress, time and supply.
 *
 * A frame runs from CS# low to CS# high through these phases:
 *
 *   CS#  ‾\_____________________________________________________/‾
 *   MOSI   | opcode |  address  |  dummy  |  data in            |
 *   MISO   |            floats            |  data out           |
 *   phase   OPCODE    ADDRESS     DUMMY      DATA                 -> finish() acts
 *
 * Gates are checked when the opcode is complete; a refused frame still walks through its phases, so
 * that reports know its address, but reads as a floating line and does nothing. Commands that
 * change something act in finish(), when CS# rises on a byte boundary (W25Q128JV rev. M, 8.1 and
 * 8.2).
 *
 * One operation can be in progress (BUSY) and one more suspended. An operation changes array or
 * registers when it ends; cut off earlier by reset or power loss it is done in part.
 *
 * Left out here: what each command does (one file per family), how a chip comes to be (life.c),
 * HOLD#, write inhibit while VCC rises.
 */
#include "flash/chip.h"

#include <glib.h>
#include <string.h>

int64_t
flash_pick(const struct flash *chip, struct flash_time time)
{
	switch (chip->corner) {
	case FLASH_CORNER_TYPICAL:
		return time.typ_ns;
	case FLASH_CORNER_MAXIMUM:
		return time.max_ns;
	case FLASH_CORNER_INSTANT:
		break;
	}
	return 0;
}

int64_t
flash_duration(const struct flash *chip, enum flash_timing timing)
{
	return flash_pick(chip, chip->part->timing[timing]);
}

static void
complete_by_kind(struct flash *chip, const struct flash_operation *operation)
{
	switch (operation->kind) {
	case OPERATION_PROGRAM:
		flash_program_complete(chip, operation);
		break;
	case OPERATION_ERASE:
	case OPERATION_ERASE_CHIP:
		flash_erase_complete(chip, operation);
		break;
	case OPERATION_STATUS:
		flash_status_complete(chip);
		break;
	case OPERATION_SECURITY_PROGRAM:
	case OPERATION_SECURITY_ERASE:
		flash_otp_complete(chip, operation);
		break;
	case OPERATION_NONE:
	case OPERATION_BUFFER:
	case OPERATION_SUSPEND:
	case OPERATION_FAILED:
	case OPERATION_FAMILY:
		break;
	}
}

static void
operation_complete(struct flash *chip)
{
	struct flash_operation operation = chip->operation;

	if (operation.action)
		operation.action->complete(chip, &operation);
	else
		complete_by_kind(chip, &operation);
	chip->operation.kind = OPERATION_NONE;
	flash_bit_set(chip, FLASH_BIT_BUSY, false);
	if (!chip->aai_bytes)
		flash_bit_set(chip, FLASH_BIT_WEL, false);
	flash_tell_end(chip, FLASH_EVENT_READY, &operation, operation.end_ns - operation.begin_ns);
}

void
flash_operation_begin(struct flash *chip, enum flash_operation_kind kind, uint32_t address,
	uint32_t length, int64_t duration_ns)
{
	chip->operation = (struct flash_operation){
		.kind = kind,
		.address = address,
		.length = length,
		.begin_ns = chip->now_ns,
		.end_ns = chip->now_ns + duration_ns,
	};
	flash_bit_set(chip, FLASH_BIT_BUSY, true);
	if (chip->part->dies > 1)
		flash_die_follow(chip);
	if (chip->failures_stay)
		return;
	if (kind == OPERATION_PROGRAM)
		flash_bit_set(chip, FLASH_BIT_P_FAIL, false);
	else if (kind == OPERATION_ERASE || kind == OPERATION_ERASE_CHIP)
		flash_bit_set(chip, FLASH_BIT_E_FAIL, false);
	flash_bit_set(chip, FLASH_BIT_EPFAIL, false);
}

static void
interrupt(struct flash *chip, const struct flash_operation *operation)
{
	if (operation->kind == OPERATION_NONE)
		return;
	if (operation->action) {
		if (operation->action->interrupt)
			operation->action->interrupt(chip, operation);
	} else if (operation->kind == OPERATION_PROGRAM)
		flash_program_interrupt(chip, operation);
	else if (operation->kind == OPERATION_ERASE || operation->kind == OPERATION_ERASE_CHIP)
		flash_erase_interrupt(chip, operation);
}

void
flash_lose_operation(struct flash *chip)
{
	struct flash_operation operation = chip->operation;
	struct flash_operation suspended = chip->suspended;
	const struct flash_operation *lost =
		operation.kind != OPERATION_NONE ? &operation : &suspended;

	/* Its times are relative to the suspend; the time since then did nothing. */
	suspended.begin_ns += chip->now_ns;
	suspended.end_ns += chip->now_ns;
	interrupt(chip, &operation);
	interrupt(chip, &suspended);
	chip->operation.kind = OPERATION_NONE;
	chip->suspended.kind = OPERATION_NONE;
	flash_aai_end(chip);
	flash_bit_set(chip, FLASH_BIT_BUSY, false);
	flash_bit_set(chip, FLASH_BIT_WEL, false);
	flash_bit_set(chip, FLASH_BIT_SUS, false);
	flash_bit_set(chip, FLASH_BIT_PSB, false);
	flash_bit_set(chip, FLASH_BIT_PS2, false);
	flash_bit_set(chip, FLASH_BIT_ESB, false);
	if (lost->kind != OPERATION_NONE)
		flash_tell_end(chip, FLASH_EVENT_INTERRUPTED, lost, chip->now_ns - lost->begin_ns);
}

static void
advance(struct flash *chip)
{
	int64_t now_ns = chip->now_ns;

	if (chip->operation.kind == OPERATION_NONE || now_ns < chip->operation.end_ns)
		return;
	/* That is when it ended, however late the tick; events say so. */
	chip->now_ns = chip->operation.end_ns;
	operation_complete(chip);
	chip->now_ns = now_ns;
}

void
flash_tick(struct flash *chip, int64_t now_ns)
{
	if (now_ns > chip->now_ns)
		chip->now_ns = now_ns;
	advance(chip);
}

void
flash_pass(struct flash *chip, size_t n)
{
	uint64_t ps = (uint64_t)n * chip->byte_ps + chip->rest_ps;

	chip->now_ns += ps / 1000;
	chip->rest_ps = ps % 1000;
	advance(chip);
}

bool
flash_is_busy(const struct flash *chip)
{
	return chip->operation.kind != OPERATION_NONE;
}

bool
flash_is_powered(const struct flash *chip)
{
	return chip->powered;
}

int64_t
flash_busy_until(const struct flash *chip)
{
	return chip->operation.end_ns;
}

void
flash_watch_array(struct flash *chip, uint8_t *map)
{
	chip->changed = map;
}

void
flash_array_changed(struct flash *chip, uint64_t address, uint64_t length)
{
	if (!chip->changed || length == 0)
		return;
	for (uint64_t block = address / FLASH_WATCH_BLOCK;
		block <= (address + length - 1) / FLASH_WATCH_BLOCK; block++)
		chip->changed[block / 8] |= (uint8_t)(1 << block % 8);
}

bool
flash_is_selected(const struct flash *chip)
{
	return chip->selected;
}

uint8_t
flash_status_register(const struct flash *chip, unsigned int reg)
{
	return chip->dataflash ? flash_dataflash_status(chip, reg) : chip->status[reg];
}

void
flash_select(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;

	if (chip->selected)
		return;
	chip->selected = true;
	frame->command = NULL;
	frame->phase = !chip->powered ? PHASE_IGNORED
		: chip->lanes > 1     ? PHASE_LANES
				      : PHASE_OPCODE;
	frame->outcome = chip->powered ? FLASH_DONE : FLASH_NO_POWER;
	frame->opcode = -1;
	frame->has_address = false;
	frame->position = 0;
	frame->clocks = 0;
	frame->pending = 0;
}

static void
enter_data(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;

	frame->phase = PHASE_DATA;
	if (frame->outcome == FLASH_DONE && frame->command->start)
		frame->command->start(chip);
	if (frame->outcome != FLASH_DONE)
		frame->phase = PHASE_IGNORED;
}

static void
enter_dummy(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;

	frame->left = frame->command->dummy_clocks / 8;
	frame->phase = PHASE_DUMMY;
	if (frame->left == 0)
		enter_data(chip);
}

void
flash_take_opcode(struct flash *chip, uint8_t opcode)
{
	struct flash_frame *frame = &chip->frame;
	const struct flash_command *command = chip->commands[opcode];

	frame->opcode = opcode;
	frame->command = command;
	if (!command) {
		frame->outcome = FLASH_UNKNOWN_OPCODE;
		frame->phase = PHASE_IGNORED;
		return;
	}
	if (chip->now_ns < chip->deaf_until_ns)
		frame->outcome = FLASH_BUSY;
	else
		frame->outcome = flash_gate(chip, command);

	frame->address = 0;
	frame->address_bytes =
		command->address_bytes == ADDRESS ? chip->address_bytes : command->address_bytes;
	frame->left = frame->address_bytes;
	if (chip->lanes > 1 || flash_needs_lanes(command))
		frame->phase = PHASE_LANES;
	else if (frame->left)
		frame->phase = PHASE_ADDRESS;
	else
		enter_dummy(chip);
}

static void
take_address(struct flash *chip, uint8_t byte)
{
	struct flash_frame *frame = &chip->frame;

	frame->address = frame->address << 8 | byte;
	if (--frame->left == 0) {
		frame->has_address = true;
		flash_address_extend(chip);
		enter_dummy(chip);
	}
}

/* The phases up to the data; returns the bytes used. The line floats meanwhile. */
static size_t
shift_header(struct flash *chip, const uint8_t *in, size_t n)
{
	struct flash_frame *frame = &chip->frame;
	size_t used = 0;

	while (used < n) {
		uint8_t byte = in ? in[used] : 0xff;

		if (frame->phase == PHASE_OPCODE)
			flash_take_opcode(chip, byte);
		else if (frame->phase == PHASE_ADDRESS)
			take_address(chip, byte);
		else if (frame->phase == PHASE_DUMMY && --frame->left == 0)
			enter_data(chip);
		else if (frame->phase != PHASE_DUMMY)
			break;
		used++;
	}
	return used;
}

static void
data_in(struct flash *chip, const uint8_t *in, size_t n)
{
	static const uint8_t idle = 0xff;

	if (in) {
		chip->frame.command->in(chip, in, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		chip->frame.command->in(chip, &idle, 1);
}

/* The chip drives MISO, and counts its address up, whether anybody listens or not. */
static void
data_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint8_t unheard[4096];

	if (out) {
		chip->frame.command->out(chip, out, n);
		return;
	}
	while (n) {
		size_t span = MIN(n, sizeof(unheard));

		chip->frame.command->out(chip, unheard, span);
		n -= span;
	}
}

static void
shift_data(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n)
{
	const struct flash_command *command = chip->frame.command;

	if (command->in)
		data_in(chip, in, n);
	if (command->out)
		data_out(chip, out, n);
	else if (out)
		memset(out, 0xff, n);
	chip->frame.position += n;
}

/* How many of n bytes are clocked before the operation in progress ends; at least one. A status
 * register read sees BUSY fall between two bytes. */
static size_t
bytes_until_ready(const struct flash *chip, size_t n)
{
	int64_t left_ns = chip->operation.end_ns - chip->now_ns;
	uint64_t bytes;

	if (chip->operation.kind == OPERATION_NONE || chip->byte_ps == 0)
		return n;
	if (left_ns <= 0)
		return 1;
	if (left_ns > INT64_MAX / 1000)
		return n;
	bytes = ((uint64_t)left_ns * 1000 - chip->rest_ps + chip->byte_ps - 1) / chip->byte_ps;
	return MIN(bytes, n);
}

static void
shift_span(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n)
{
	if (chip->frame.phase == PHASE_DATA) {
		shift_data(chip, in, out, n);
	} else if (chip->frame.phase == PHASE_LANES) {
		flash_lanes_shift(chip, in, out, n);
	} else {
		if (out)
			memset(out, 0xff, n);
		chip->frame.position += n;
	}
	flash_pass(chip, n);
}

void
flash_shift(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n)
{
	size_t done;

	if (!chip->selected) {
		if (out)
			memset(out, 0xff, n);
		flash_pass(chip, n);
		return;
	}
	done = shift_header(chip, in, n);
	if (out)
		memset(out, 0xff, done);
	flash_pass(chip, done);
	while (done < n) {
		size_t span = bytes_until_ready(chip, n - done);

		shift_span(chip, in ? in + done : NULL, out ? out + done : NULL, span);
		done += span;
	}
}

/* What speaks against acting on the frame as it ended. */
static enum flash_outcome
check_end(const struct flash *chip, unsigned int extra_bits)
{
	const struct flash_frame *frame = &chip->frame;
	const struct flash_command *command = frame->command;

	if (frame->phase == PHASE_LANES ? !flash_lanes_ended(chip) : frame->phase != PHASE_DATA)
		return FLASH_SHORT_FRAME;
	if (command->gates & GATE_ANY_END)
		return FLASH_DONE;
	if (extra_bits && command->finish)
		return FLASH_BYTE_BOUNDARY;
	if (frame->position < command->data_min)
		return FLASH_SHORT_FRAME;
	if (command->data_max != DATA_ANY && frame->position > command->data_max)
		return FLASH_LONG_FRAME;
	return FLASH_DONE;
}

void
flash_deselect(struct flash *chip, unsigned int extra_bits)
{
	struct flash_frame *frame = &chip->frame;
	bool waking = chip->ultra_powered_down;

	if (!chip->selected)
		return;
	chip->selected = false;
	if (chip->lanes > 1 && frame->phase == PHASE_LANES)
		extra_bits = flash_lanes_extra(chip, extra_bits);
	if (waking)
		flash_power_wake(chip);
	if (frame->opcode < 0) {
		if (frame->outcome == FLASH_DONE)
			frame->outcome = FLASH_NO_COMMAND;
		flash_tell_command(chip);
		return;
	}
	/* 99 has to follow 66 directly: whatever this frame is, it uses 66 up. */
	frame->reset_enabled = chip->reset_enabled;
	chip->reset_enabled = false;
	chip->status_write_enabled = false;
	if (frame->outcome == FLASH_DONE)
		frame->outcome = check_end(chip, extra_bits);
	if (frame->outcome == FLASH_DONE && frame->command->finish)
		frame->command->finish(chip);
	flash_tell_command(chip);
	/* Operations without duration have ended by now; the frame is reported first. */
	advance(chip);
}

void
flash_pin(struct flash *chip, enum flash_pin pin, bool level)
{
	chip->pin_level[pin] = level;
	flash_status_report(chip);
}

static void
power_off(struct flash *chip)
{
	chip->selected = false;
	flash_lose_operation(chip);
	chip->powered = false;
	flash_tell(chip, FLASH_EVENT_POWER, 0);
}

void
flash_supply(struct flash *chip, int millivolts)
{
	bool enough = millivolts >= chip->part->vcc_min_mv;

	if (chip->powered && !enough) {
		power_off(chip);
	} else if (!chip->powered && enough) {
		flash_power_up(chip);
		chip->deaf_until_ns = chip->now_ns + flash_duration(chip, FLASH_T_VSL);
		flash_tell(chip, FLASH_EVENT_POWER, 1);
	}
}

void
flash_power_up(struct flash *chip)
{
	chip->powered = true;
	chip->selected = false;
	chip->powered_down = false;
	chip->ultra_powered_down = false;
	chip->reset_enabled = false;
	chip->volatile_write_enabled = false;
	chip->status_write_enabled = false;
	chip->aai_bytes = 0;
	chip->wrap_bytes = 0;
	chip->operation.kind = OPERATION_NONE;
	chip->suspended.kind = OPERATION_NONE;
	chip->deaf_until_ns = chip->now_ns;
	chip->resumed_ns = INT64_MIN / 2;
	flash_locks_power_up(chip, true);
	flash_status_power_up(chip, true);
	flash_modes_reset(chip);
	flash_dataflash_power_up(chip);
}

void
flash_set_listener(struct flash *chip, const struct flash_listener *listener)
{
	chip->listener = NULL;
	if (listener) {
		chip->listener_copy = *listener;
		chip->listener = &chip->listener_copy;
	}
}

void
flash_set_corner(struct flash *chip, enum flash_corner corner)
{
	chip->corner = corner;
}

void
flash_set_clock(struct flash *chip, unsigned int hz)
{
	chip->byte_ps = hz ? (uint32_t)MIN(UINT64_C(8000000000000) / hz, UINT32_MAX) : 0;
}
