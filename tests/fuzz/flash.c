/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine alone: a chip of any part, of which an input makes a life. Its first bytes choose the
 * part and its settings, then each step is a byte and its arguments: frames as hosts send them and
 * as no host would, time, pins, supply and its cuts, faults of the chip, snapshots, saved
 * registers, changes from outside. shadow.c has the invariants; this file checks that operations
 * end and that reads give what is there.
 *
 * Leaves out files: the snapshots are those in memory.
 */
#include "fuzz.h"
#include "shadow.h"

#include "flash/fault.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "store/registers.h"
#include "store/snapshot.h"

#include <stdio.h>
#include <string.h>

#define STEPS_MAX 400
#define FRAME_MAX 600
#define SNAPSHOTS 3
#define FAULTS_MAX 8

struct life {
	struct fuzz_input input;
	const struct flash_part *part;
	struct flash *chip;
	uint8_t *array;
	struct shadow shadow;
	struct store_snapshots *snapshots;
	struct store_registers *registers; /* saved; NULL: none */
	int64_t now_ns;
	unsigned int n_faults;
	bool ones; /* addresses beyond the die read FF */
	struct flash_event last;
	bool has_last;
	uint8_t out[FRAME_MAX];
};

static void
see(void *data, const struct flash_event *event)
{
	struct life *life = data;

	if (event->kind == FLASH_EVENT_COMMAND) {
		life->last = *event;
		life->has_last = true;
	}
	fuzz_check(event->time_ns >= 0, "an event before the beginning");
	life->now_ns = MAX(life->now_ns, event->time_ns);
	shadow_event(&life->shadow, event);
}

static bool
is_sound(const struct life *life)
{
	int mv = flash_millivolts(life->chip);

	return mv >= life->part->vcc_min_mv && mv <= life->part->vcc_max_mv &&
		flash_damage(life->chip) == 0 && life->n_faults == 0;
}

static void
pass(struct life *life, int64_t ns)
{
	life->now_ns += ns;
	flash_tick(life->chip, life->now_ns);
}

/* One whole frame. */
static void
send_frame(struct life *life, const uint8_t *bytes, size_t n, unsigned int extra)
{
	bool sound = is_sound(life);

	flash_deselect(life->chip, 0);
	life->has_last = false;
	flash_select(life->chip);
	flash_shift(life->chip, bytes, life->out, n);
	flash_deselect(life->chip, extra);
	if (life->has_last && life->last.outcome == FLASH_DONE && life->last.name != NULL &&
		strcmp(life->last.name, "READ") == 0 && n > 0 && bytes[0] == life->last.opcode &&
		life->last.length < n && sound && is_sound(life) && !life->ones &&
		!flash_part_is_dataflash(life->part))
		shadow_check_read(&life->shadow, &life->last, life->out + n - life->last.length,
			(size_t)life->last.length);
}

static void
raw_frame(struct life *life)
{
	unsigned int form = fuzz_byte(&life->input);
	size_t n = form & 63;
	const uint8_t *bytes = fuzz_take(&life->input, &n);

	send_frame(life, bytes, n, (form >> 6) * 2);
}

/* Write enable, opcode, address and data. */
static void
command(struct life *life, bool enable)
{
	uint8_t frame[FRAME_MAX];
	unsigned int form = fuzz_byte(&life->input);
	unsigned int n_address = (form & 3) == 0 ? life->part->address_bytes : (form & 3) + 1;
	uint32_t address;
	size_t n = 1;

	frame[0] = fuzz_byte(&life->input);
	if ((form & 3) == 1)
		n_address = 0;
	address = n_address > 0 ? fuzz_number(&life->input, 2) : 0;
	if (form & 4)
		address |= (uint32_t)fuzz_byte(&life->input) << 16;
	for (unsigned int i = n_address; i-- > 0;)
		frame[n++] = (uint8_t)(i < 4 ? address >> 8 * i : 0);
	if (form & 8) {
		size_t n_data = fuzz_byte(&life->input) * (form & 16 ? 2 : 1);
		uint8_t seed = fuzz_byte(&life->input);

		for (size_t i = 0; i < n_data && n < FRAME_MAX; i++)
			frame[n++] = (uint8_t)(seed + (form & 32 ? i * 7 : 0));
	}
	if (enable)
		send_frame(life, (const uint8_t *)"\x06", 1, 0);
	send_frame(life, frame, n, form & 64 ? 3 : 0);
}

static void
wait_some(struct life *life)
{
	unsigned int time = fuzz_byte(&life->input);

	pass(life, (int64_t)(1 + (time >> 5)) << (time & 31));
}

/* An operation that has an end ends then. */
static void
wait_ready(struct life *life)
{
	int64_t until_ns = flash_busy_until(life->chip);

	if (!flash_is_busy(life->chip) || until_ns == INT64_MAX)
		return;
	if (until_ns > life->now_ns)
		pass(life, until_ns - life->now_ns);
	else
		flash_tick(life->chip, life->now_ns);
	fuzz_check(!flash_is_busy(life->chip) || flash_busy_until(life->chip) > until_ns,
		"%s: busy after the end of the operation", life->part->name);
}

static void
set_pin(struct life *life)
{
	unsigned int form = fuzz_byte(&life->input);

	flash_pin(life->chip, form % FLASH_PINS, form / FLASH_PINS % 3);
}

static void
supply(struct life *life)
{
	flash_supply(life->chip, 20 * fuzz_byte(&life->input));
}

static void
cut(struct life *life)
{
	int64_t after_ns = INT64_C(1) << fuzz_byte(&life->input) % 34;

	/* The end of the frame is an event, with the time of the chip: a cut is not in the past. */
	flash_deselect(life->chip, 0);
	flash_cut_supply(life->chip, life->now_ns + after_ns, 20 * fuzz_byte(&life->input));
}

static void
power_cycle(struct life *life)
{
	flash_supply(life->chip, 0);
	fuzz_check(!flash_is_busy(life->chip), "%s: busy without supply", life->part->name);
	pass(life, 1000000);
	flash_supply(life->chip, life->part->vcc_max_mv);
	pass(life, INT64_C(1000000000));
}

static void
add_fault(struct life *life)
{
	struct flash_fault fault;

	if (!fuzz_chip_fault(&life->input, life->part, life->shadow.size, &fault) ||
		life->n_faults == FAULTS_MAX)
		return;
	/* Changes that these make are not those of commands. */
	life->shadow.relaxed = true;
	if (flash_fault_add(life->chip, &fault) > 0)
		life->n_faults++;
}

static void
remove_faults(struct life *life)
{
	flash_fault_clear(life->chip);
	life->n_faults = 0;
}

/* Between frames. The chip of a snapshot is another one. */
static void
snapshot(struct life *life)
{
	static const char *const names[SNAPSHOTS] = {"a", "b", "c"};
	unsigned int form = fuzz_byte(&life->input);
	const char *name = names[form / 3 % SNAPSHOTS];
	g_autoptr(GError) error = NULL;
	bool good;

	flash_deselect(life->chip, 0);
	if (life->snapshots == NULL)
		life->snapshots =
			store_snapshots_new(life->chip, life->array, life->shadow.size, false);
	if (form % 3 == 0)
		good = store_snapshots_take(life->snapshots, name, NULL, &error);
	else if (form % 3 == 1)
		good = store_snapshots_restore(life->snapshots, name, NULL, &error);
	else
		good = store_snapshots_drop(life->snapshots, name, &error);
	if (!good)
		fuzz_check_error(error, name);
	if (good && form % 3 == 1) {
		shadow_take_all(&life->shadow);
		shadow_clear(&life->shadow);
	}
}

/* As a state file does it: the chip then powers up. */
static void
registers(struct life *life)
{
	unsigned int form = fuzz_byte(&life->input);

	flash_deselect(life->chip, 0);
	if (form % 2 == 0 || life->registers == NULL) {
		g_clear_pointer(&life->registers, store_registers_free);
		life->registers = store_registers_read(life->chip);
		return;
	}
	power_cycle(life);
	store_registers_write(life->registers, life->chip);
	flash_power_up(life->chip);
}

static void
preset(struct life *life)
{
	unsigned int form = fuzz_byte(&life->input);
	struct flash_block block = {0};

	switch (form % 4) {
	case 0:
		flash_status_preset(
			life->chip, form / 4 % FLASH_STATUS_REGISTERS, fuzz_byte(&life->input));
		break;
	case 1:
		flash_set_cycles(life->chip, fuzz_number(&life->input, 3));
		break;
	case 2:
		flash_set_wear(life->chip, form & 4);
		life->shadow.relaxed |= form & 4;
		break;
	default:
		block.number = fuzz_byte(&life->input);
		block.cycles = fuzz_number(&life->input, 3);
		block.unstable = form & 4;
		life->shadow.unstable |= block.unstable;
		flash_put_block(life->chip, &block);
	}
}

/* Another tool writes to the array. */
static void
content(struct life *life)
{
	uint32_t at = fuzz_number(&life->input, 2) % life->shadow.size;
	uint32_t wanted = fuzz_byte(&life->input) * 16u;
	uint32_t n = MIN(wanted, life->shadow.size - at);
	bool busy = flash_is_busy(life->chip);

	if (busy || life->shadow.n_pending > 0)
		return;
	memset(life->array + at, fuzz_byte(&life->input), n);
	flash_array_changed(life->chip, at, n);
	flash_array_replaced(life->chip);
	shadow_take_all(&life->shadow);
}

/* A piece of a frame; other steps can come between two of them. */
static void
piece(struct life *life)
{
	unsigned int form = fuzz_byte(&life->input);
	size_t n = form >> 3;
	uint8_t bits;
	size_t valid;

	flash_select(life->chip);
	switch (form & 7) {
	case 0:
	case 1:
		flash_shift(
			life->chip, fuzz_take(&life->input, &n), form & 1 ? life->out : NULL, n);
		break;
	case 2:
		flash_shift(life->chip, NULL, life->out, n * 16);
		break;
	case 3:
		flash_shift_bits(life->chip, 1 + n % 8, fuzz_byte(&life->input), &bits);
		break;
	case 4:
		flash_shift_lanes(
			life->chip, n & 1 ? 2 : 4, life->input.at, MIN(n, life->input.left));
		n = MIN(n, life->input.left);
		fuzz_take(&life->input, &n);
		break;
	case 5:
		flash_drives_miso(life->chip, &valid);
		flash_next_miso(life->chip);
		break;
	default:
		flash_deselect(life->chip, n % 8);
	}
}

static void
step(struct life *life)
{
	switch (fuzz_byte(&life->input) & 15) {
	case 0:
		raw_frame(life);
		break;
	case 1:
		command(life, false);
		break;
	case 2:
	case 3:
		command(life, true);
		break;
	case 4:
		wait_some(life);
		break;
	case 5:
		wait_ready(life);
		break;
	case 6:
		set_pin(life);
		break;
	case 7:
		supply(life);
		break;
	case 8:
		cut(life);
		break;
	case 9:
		power_cycle(life);
		break;
	case 10:
		add_fault(life);
		break;
	case 11:
		remove_faults(life);
		break;
	case 12:
		snapshot(life);
		break;
	case 13:
		registers(life);
		break;
	case 14:
		fuzz_byte(&life->input) & 1 ? preset(life) : content(life);
		break;
	default:
		piece(life);
	}
}

/* Without faults, each operation has an end; without supply, at once. */
static void
end(struct life *life)
{
	flash_deselect(life->chip, 0);
	wait_ready(life);
	wait_ready(life);
	remove_faults(life);
	power_cycle(life);
	power_cycle(life);
	for (int i = 0; i < 4; i++)
		wait_ready(life);
	fuzz_check(!flash_is_busy(life->chip), "%s: busy after power-up", life->part->name);
	shadow_check_all(&life->shadow);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct life life = {.input = {data, size}};
	uint16_t place = (uint16_t)fuzz_number(&life.input, 2);
	unsigned int form = fuzz_byte(&life.input);
	uint32_t bytes;
	static uint8_t *copy;
	uint8_t *array;

	fuzz_quiet();
	life.part = fuzz_part(place, &bytes);
	if (copy == NULL)
		copy = g_malloc(FUZZ_PATTERN_MAX);
	/* Of exactly the size, so that the sanitizer knows its end. */
	array = g_memdup2(fuzz_pattern(), bytes);
	life.array = array;
	life.chip = flash_new(life.part, array, form);
	life.ones = form & 1;
	flash_set_real_size(life.chip, bytes, life.ones ? FLASH_ONES : FLASH_WRAPS);
	flash_set_corner(life.chip, form / 2 % 3);
	flash_set_clock(life.chip, form & 32 ? 10000000 : 0);
	shadow_init(&life.shadow, life.chip, array, copy, bytes);
	flash_set_listener(life.chip, &(struct flash_listener){see, &life});
	flash_supply(life.chip, life.part->vcc_max_mv);
	pass(&life, INT64_C(1000000000));
	for (unsigned int i = 0; i < STEPS_MAX && life.input.left > 0; i++)
		step(&life);
	end(&life);
	store_snapshots_destroy(life.snapshots);
	g_clear_pointer(&life.registers, store_registers_free);
	flash_destroy(life.chip);
	shadow_clear(&life.shadow);
	g_free(array);
	return 0;
}
