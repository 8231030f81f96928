/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames on the wire. A frame runs from CS# low to CS# high through these phases:
 *
 *   CS#  ‾\_____________________________________________________/‾
 *   MOSI   | opcode |  address  |  dummy  |  data in            |
 *   MISO   |            floats            |  data out           |
 *   phase   OPCODE    ADDRESS     DUMMY      DATA                 -> finish() acts
 *
 * Gates are checked when the opcode is complete. A refused frame still goes through its phases, so
 * that reports have its address, but reads as a floating line and has no effect. Commands that
 * change something act in finish(), when CS# rises on a byte boundary (W25Q128JV rev. M, 8.1 and
 * 8.2).
 *
 * Hosts send whole bytes, and the frame is processed span by span. If an edge of the clock is
 * missing or doubled the clocks come bit by bit, and from then on all bytes are shifted, until CS#
 * rises. While HOLD# is low (pins.c) clocks have no effect: nothing is sampled, MISO floats, time
 * passes.
 */
#include "flash/engine/frame.h"

#include "flash/engine/continuous.h"
#include "flash/engine/device.h"
#include "flash/engine/dummy.h"
#include "flash/engine/family.h"
#include "flash/engine/lanes.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/pins.h"
#include "flash/engine/supply.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"

#include <glib.h>
#include <string.h>

static void enter_dummy(struct flash *chip);

/* CS# has fallen: begins the command that needs no opcode. */
static void
begin_boot(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;

	frame->command = chip->boot;
	frame->opcode = frame->command->opcode;
	frame->address = 0;
	frame->address_bytes = 0;
	frame->dummy_clocks = frame->command->dummy_clocks;
	frame->left = 0;
	chip->boot = NULL;
	if (chip->now_ns < chip->unready_until_ns)
		frame->outcome = FLASH_BUSY;
	if (flash_needs_lanes(frame))
		frame->phase = PHASE_LANES;
	else
		enter_dummy(chip);
}

void
flash_select(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;

	if (chip->selected)
		return;
	if (chip->pins_matter)
		flash_pins_settle(chip);
	flash_supply_add_damage(chip);
	if (chip->frames_watched)
		flash_families_frame_edge(chip);
	chip->selected = true;
	frame->command = NULL;
	frame->outcome = !chip->powered ? FLASH_NO_POWER
		: chip->in_reset        ? FLASH_IN_RESET
					: FLASH_DONE;
	frame->phase = frame->outcome != FLASH_DONE ? PHASE_IGNORED
		: chip->lanes > 1                   ? PHASE_LANES
						    : PHASE_OPCODE;
	frame->note = NULL;
	frame->opcode = -1;
	frame->has_address = false;
	frame->position = 0;
	frame->clocks = 0;
	frame->pending = 0;
	frame->bits = 0;
	frame->begun = false;
	frame->held = false;
	frame->continued = false;
	if (frame->outcome != FLASH_DONE)
		return;
	if (chip->boot)
		begin_boot(chip);
	else
		flash_continuous_begin(chip);
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

	frame->left = frame->dummy_clocks / 8;
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
	if (!command || chip->ignores_frame) {
		frame->outcome = command ? FLASH_EMPTY_FRAME : FLASH_UNKNOWN_OPCODE;
		frame->phase = PHASE_IGNORED;
		return;
	}
	if (chip->now_ns < chip->unready_until_ns)
		frame->outcome = FLASH_BUSY;
	else
		frame->outcome = flash_gate(chip, command);

	frame->address = 0;
	frame->address_bytes =
		command->address_bytes == ADDRESS ? chip->address_bytes : command->address_bytes;
	frame->dummy_clocks = (uint8_t)flash_dummy_clocks(chip, opcode);
	frame->left = frame->address_bytes;
	if (chip->lanes > 1 || flash_needs_lanes(frame))
		frame->phase = PHASE_LANES;
	else if (frame->left)
		frame->phase = PHASE_ADDRESS;
	else
		enter_dummy(chip);
}

enum {
	EXTENDED_ADDRESS = 0x7f, /* bits of the register */
};

void
flash_address_extend(struct flash *chip)
{
	if (chip->frame.address_bytes == 3 && chip->frame.command->address_bytes == ADDRESS)
		chip->frame.address |= (uint32_t)(chip->extended_address & EXTENDED_ADDRESS) << 24;
}

uint64_t
flash_array_address(const struct flash *chip)
{
	return chip->frame.address & (chip->decoded - 1);
}

static void
take_address(struct flash *chip, uint8_t byte)
{
	struct flash_frame *frame = &chip->frame;

	frame->address = frame->address << 8 | byte;
	if (--frame->left == 0) {
		frame->has_address = !(frame->command->gates & GATE_DUMMY_ADDRESS);
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

/* The chip drives MISO, and increments its address, also if MISO is not sampled. */
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

	if (!chip->operation.kind || chip->byte_ps == 0)
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

static void
shift_spans(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n)
{
	size_t done = shift_header(chip, in, n);

	if (out)
		memset(out, 0xff, done);
	flash_pass(chip, done);
	while (done < n) {
		size_t span = bytes_until_ready(chip, n - done);

		shift_span(chip, in ? in + done : NULL, out ? out + done : NULL, span);
		done += span;
	}
}

/* A byte of the frame begins: fetches the byte that the chip will drive. */
static void
begin_byte(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;

	frame->bits_in = 0;
	frame->bits_out = 0xff;
	if (frame->phase == PHASE_DATA && frame->command->out)
		frame->command->out(chip, &frame->bits_out, 1);
}

static void
end_byte(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;

	frame->bits = 0;
	if (shift_header(chip, &frame->bits_in, 1))
		return;
	if (frame->phase == PHASE_DATA && frame->command->in)
		frame->command->in(chip, &frame->bits_in, 1);
	frame->position++;
}

static bool
clock_bit(struct flash *chip, bool mosi)
{
	struct flash_frame *frame = &chip->frame;
	bool miso;

	if (frame->phase == PHASE_LANES)
		return flash_lanes_clock(chip, mosi);
	if (frame->bits == 0 && !frame->begun)
		begin_byte(chip);
	frame->begun = false;
	miso = frame->bits_out >> (7 - frame->bits) & 1;
	frame->bits_in = (uint8_t)(frame->bits_in << 1 | mosi);
	if (++frame->bits == 8)
		end_byte(chip);
	return miso;
}

void
flash_shift_bits(struct flash *chip, unsigned int n_bits, uint8_t in, uint8_t *out)
{
	uint8_t miso = 0;

	for (unsigned int bit = n_bits; bit-- > 0;) {
		bool heard = true;

		if (chip->selected && chip->held)
			chip->frame.held = true;
		else if (chip->selected)
			heard = clock_bit(chip, in >> bit & 1);
		miso = (uint8_t)(miso << 1 | heard);
		flash_pass_bit(chip);
	}
	if (out)
		*out = miso;
}

/* Whether a span that begins within a byte has the same effect in whole bytes: time stands still
 * (as for a second master's clocks), and nobody samples MISO. */
static bool
goes_by_bytes(const struct flash *chip, const uint8_t *out)
{
	const struct flash_frame *frame = &chip->frame;

	if (out || frame->bits == 0 || chip->byte_ps != 0)
		return false;
	return frame->phase == PHASE_IGNORED ||
		(frame->phase == PHASE_DATA && !(frame->command->in && frame->command->out));
}

/* n > 0 bytes that begin within a byte of the frame. */
static void
shift_across(struct flash *chip, const uint8_t *in, size_t n)
{
	static const uint8_t idle[2] = {0xff, 0xff};
	const unsigned int bits = chip->frame.bits;
	const uint8_t *last = in ? &in[n - 1] : idle;
	uint8_t bytes[1024];

	flash_shift_bits(chip, 8 - bits, (in ? in[0] : 0xff) >> bits, NULL);
	for (size_t done = 0; done < n - 1;) {
		size_t span = MIN(n - 1 - done, sizeof(bytes));

		for (size_t i = 0; i < span; i++) {
			const uint8_t *pair = in ? in + done + i : idle;

			bytes[i] = (uint8_t)(pair[0] << (8 - bits) | pair[1] >> bits);
		}
		shift_spans(chip, bytes, NULL, span);
		done += span;
	}
	flash_shift_bits(chip, bits, *last, NULL);
}

void
flash_shift(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n)
{
	if (!chip->selected || chip->held) {
		if (out)
			memset(out, 0xff, n);
		chip->frame.held |= chip->held && n > 0;
		flash_pass(chip, n);
	} else if (chip->frame.bits || chip->frame.begun) {
		for (size_t i = 0; i < n; i++) {
			if (goes_by_bytes(chip, out)) {
				shift_across(chip, in ? in + i : NULL, n - i);
				break;
			}
			flash_shift_bits(chip, 8, in ? in[i] : 0xff, out ? &out[i] : NULL);
		}
	} else {
		shift_spans(chip, in, out, n);
	}
	if (chip->noise_bytes && out && chip->selected)
		flash_supply_noise(chip, out, n);
}

static bool
drives_lane(const struct flash *chip)
{
	const struct flash_frame *frame = &chip->frame;

	return frame->opcode >= 0 && frame->outcome == FLASH_DONE && frame->command->out &&
		flash_lanes_ended(chip);
}

/* Bytes for which the frame is known to stay in its phase. */
static size_t
bytes_of_phase(const struct flash *chip)
{
	const struct flash_frame *frame = &chip->frame;

	if (!chip->selected || chip->held || frame->phase == PHASE_DATA ||
		frame->phase == PHASE_IGNORED)
		return SIZE_MAX;
	if (frame->phase == PHASE_LANES)
		return drives_lane(chip) ? SIZE_MAX : 0;
	if (frame->bits)
		return 0;
	return frame->phase == PHASE_OPCODE ? 1 : frame->left;
}

bool
flash_drives_miso(const struct flash *chip, size_t *n_bytes)
{
	const struct flash_frame *frame = &chip->frame;

	if (n_bytes)
		*n_bytes = bytes_of_phase(chip);
	if (!chip->selected || chip->held)
		return false;
	if (frame->phase == PHASE_LANES)
		return drives_lane(chip);
	return frame->phase == PHASE_DATA && frame->command->out;
}

bool
flash_next_miso(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;

	if (!flash_drives_miso(chip, NULL))
		return true;
	if (frame->phase == PHASE_LANES)
		return flash_lanes_next(chip);
	if (frame->bits == 0 && !frame->begun) {
		begin_byte(chip);
		frame->begun = true;
	}
	return frame->bits_out >> (7 - frame->bits) & 1;
}

/* Bits beyond the last whole byte. */
static unsigned int
odd_bits(const struct flash *chip)
{
	return chip->frame.phase == PHASE_LANES ? chip->frame.pending : chip->frame.bits;
}

/* The reason why the frame, as it ended, has no effect, or FLASH_DONE. */
static enum flash_outcome
check_end(const struct flash *chip)
{
	const struct flash_frame *frame = &chip->frame;
	const struct flash_command *command = frame->command;

	if (command->gates & GATE_ANY_END)
		return FLASH_DONE;
	if (frame->phase == PHASE_LANES ? !flash_lanes_ended(chip) : frame->phase != PHASE_DATA)
		return FLASH_SHORT_FRAME;
	if (odd_bits(chip) && command->finish)
		return FLASH_BYTE_BOUNDARY;
	if (frame->position < command->data_min)
		return FLASH_SHORT_FRAME;
	if (command->data_max != DATA_ANY && frame->position > command->data_max)
		return FLASH_LONG_FRAME;
	return FLASH_DONE;
}

/* CS# rose in ultra-deep power-down. */
static void
wake(struct flash *chip)
{
	chip->powered_down = false;
	chip->ultra_powered_down = false;
	chip->unready_until_ns = chip->now_ns + flash_duration(chip, FLASH_T_UDPD);
	flash_families_woke(chip);
}

static void
finish(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;

	/* 99 has to follow 66 directly: any other frame cancels 66. */
	frame->reset_enabled = chip->reset_enabled;
	chip->reset_enabled = false;
	chip->status_write_enabled = false;
	if (frame->outcome == FLASH_DONE)
		frame->outcome = check_end(chip);
	if (frame->outcome == FLASH_DONE && frame->command->finish)
		frame->command->finish(chip);
}

/* CS# fell and rose without a clock. */
static bool
is_empty(const struct flash *chip)
{
	return chip->frame.outcome == FLASH_NO_COMMAND && odd_bits(chip) == 0;
}

void
flash_deselect(struct flash *chip, unsigned int extra_bits)
{
	struct flash_frame *frame = &chip->frame;
	bool waking = chip->ultra_powered_down;

	if (!chip->selected)
		return;
	if (extra_bits)
		flash_shift_bits(chip, extra_bits, 0xff, NULL);
	chip->selected = false;
	if (chip->frames_watched)
		flash_families_frame_edge(chip);
	if (waking)
		wake(chip);
	if (frame->opcode >= 0)
		finish(chip);
	else if (frame->outcome == FLASH_DONE)
		frame->outcome = frame->held ? FLASH_HELD : FLASH_NO_COMMAND;
	chip->ignores_frame = chip->part->empty_frame_blocks && is_empty(chip);
	flash_tell_command(chip);
	/* Operations without duration have ended by now; the frame is reported first. */
	flash_advance(chip);
	if (chip->cut.skips)
		flash_tick(chip, chip->cut.at_ns);
}
