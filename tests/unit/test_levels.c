/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pins and supply of a chip: the pins of each package, and a supply cut during an operation. */
#include "bench/levels.h"

#include "base/clock.h"
#include "clip/clip.h"
#include "clip/line.h"
#include "clip/wirefault.h"
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static struct fixture *f;
static struct bench_levels wires;
static struct base_clock sim_time;
static struct flash_event power; /* the last event */
static unsigned int interrupted;

static void
hear(void *data, const struct flash_event *event)
{
	(void)data;
	if (event->kind == FLASH_EVENT_POWER)
		power = *event;
	if (event->kind == FLASH_EVENT_INTERRUPTED)
		interrupted++;
	if (event->kind == FLASH_EVENT_COMMAND)
		f->last = *event;
	g_array_append_val(f->events, *event);
	bench_levels_event(&wires, event);
}

static void
start_part(const struct flash_part *part)
{
	const struct flash_listener listener = {.event = hear};

	f = part != NULL ? fixture_new_part(part) : fixture_new();
	base_clock_init(&sim_time, BASE_CLOCK_INSTANT);
	bench_levels_init(&wires, f->chip, &sim_time);
	flash_set_listener(f->chip, &listener);
	memset(f->array, 0x00, 4096);
	power = (struct flash_event){.time_ns = -1};
	interrupted = 0;
}

static void
start(void)
{
	start_part(NULL);
}

static void
finish(void)
{
	fixture_destroy(f);
}

/* --- pins --- */

START_TEST(a_new_chip_has_all_pins_high)
{
	struct bench_pins pins = bench_levels_pins(&wires);

	ck_assert_int_eq(pins.wp, FLASH_HIGH);
	ck_assert_int_eq(pins.hold, FLASH_HIGH);
	ck_assert_int_eq(pins.reset, FLASH_NO_PIN);
	ck_assert_int_eq(bench_levels_millivolts(&wires), 3300);
}
END_TEST

static const struct {
	int vcc_min_mv, vcc_max_mv, usual_mv;
} supplies[] = {{2700, 3600, 3300}, {3300, 3600, 3300}, {1650, 3300, 3300}, {1650, 1950, 1800},
	{4500, 5500, 5000}};

START_TEST(the_usual_supply_is_3300_mv_or_the_middle_of_the_range)
{
	struct flash_part part;

	fixture_part_init(&part);
	part.vcc_min_mv = supplies[_i].vcc_min_mv;
	part.vcc_max_mv = supplies[_i].vcc_max_mv;
	ck_assert_int_eq(bench_usual_millivolts(&part), supplies[_i].usual_mv);
}
END_TEST

static const struct {
	enum flash_pin7 pin7;
	bool reset_pin;
	const char *names;
	bool hold, reset;
} packages[] = {
	{FLASH_PIN7_HOLD, false, "wp and hold", true, false},
	{FLASH_PIN7_RESET, false, "wp and reset", false, true},
	{FLASH_PIN7_NONE, false, "wp", false, false},
	{FLASH_PIN7_HOLD, true, "wp, hold and reset", true, true},
};

START_TEST(pins_match_the_package)
{
	struct flash_part part;

	finish();
	fixture_part_init(&part);
	part.pin7 = packages[_i].pin7;
	part.reset_pin = packages[_i].reset_pin;
	start_part(&part);
	ck_assert_str_eq(bench_levels_pin_names(&wires), packages[_i].names);
	ck_assert_str_eq(bench_part_pin_names(&part), packages[_i].names);
	ck_assert(bench_levels_set_pin(&wires, FLASH_PIN_WP, FLASH_LOW));
	ck_assert_int_eq(
		bench_levels_set_pin(&wires, FLASH_PIN_HOLD, FLASH_FLOATING), packages[_i].hold);
	ck_assert_int_eq(
		bench_levels_set_pin(&wires, FLASH_PIN_RESET, FLASH_LOW), packages[_i].reset);
	ck_assert_int_eq(bench_levels_pins(&wires).wp, FLASH_LOW);
	ck_assert_int_eq(
		bench_levels_pins(&wires).hold, packages[_i].hold ? FLASH_FLOATING : FLASH_NO_PIN);
	ck_assert_int_eq(
		bench_levels_pins(&wires).reset, packages[_i].reset ? FLASH_LOW : FLASH_NO_PIN);
}
END_TEST

START_TEST(levels_reach_the_chip)
{
	struct flash_part part;

	finish();
	fixture_part_init(&part);
	part.status_default[1] = 0; /* QE */
	start_part(&part);
	bench_levels_set_pin(&wires, FLASH_PIN_HOLD, FLASH_LOW);
	ck_assert_int_eq(fixture_run(f, "06"), FLASH_HELD);
	bench_levels_set_pin(&wires, FLASH_PIN_HOLD, FLASH_HIGH);
	ck_assert_int_eq(fixture_run(f, "06"), FLASH_DONE);
}
END_TEST

/* --- cutting the supply --- */

/* frames: the last one triggers the cut, after_ns after its end; power_ns -1: no cut. */
static const struct {
	const char *what;
	uint64_t cut_in;
	int64_t after_ns;
	const char *frames;
	int64_t power_ns;
	unsigned int interrupted;
} cuts[] = {
	{"half of a sector erase of 45 ms", 2, BENCH_HALF_OF_BUSY, "06; 20 00 00 00", 22500000, 1},
	{"no operation starts: cut at once", 1, BENCH_HALF_OF_BUSY, "06", 0, 0},
	{"an operation in progress before", 3, BENCH_HALF_OF_BUSY, "06; 20 00 00 00; 05 00", 0, 1},
	{"after a given time", 2, 1000000, "06; 20 00 00 00", 1000000, 1},
	{"later than it takes", 2, 50000000, "06; 20 00 00 00", 50000000, 0},
	{"ignored frames count", 2, BENCH_HALF_OF_BUSY, "20 00 00 00; 20 00 00 00", 0, 0},
	{"a frame without an opcode counts", 1, 1000, "+3", 1000, 0},
	{"one frame too few", 3, BENCH_HALF_OF_BUSY, "06; 20 00 00 00", -1, 0},
	{"never", 0, BENCH_HALF_OF_BUSY, "06; 20 00 00 00", -1, 0},
};

START_TEST(a_cut_switches_the_supply_off_in_an_operation)
{
	const char *what = cuts[_i].what;
	bool cut = cuts[_i].power_ns >= 0;

	bench_levels_cut_in(&wires, cuts[_i].cut_in, cuts[_i].after_ns);
	fixture_run(f, cuts[_i].frames);
	ck_assert_msg(flash_is_powered(f->chip) == !cut, "%s", what);
	ck_assert_msg(bench_levels_millivolts(&wires) == (cut ? 0 : 3300), "%s", what);
	ck_assert_msg(interrupted == cuts[_i].interrupted, "%s: %u", what, interrupted);
	if (!cut)
		return;
	ck_assert_uint_eq(wires.cut_in, 0);
	ck_assert_msg(power.time_ns == f->last.time_ns + cuts[_i].power_ns,
		"%s: %" G_GINT64_FORMAT " after %" G_GINT64_FORMAT, what, power.time_ns,
		f->last.time_ns);
	ck_assert_int_eq(base_clock_now(&sim_time), power.time_ns);
	ck_assert_int_eq(fixture_run(f, "9F 00"), FLASH_NO_POWER);
}
END_TEST

START_TEST(a_cut_is_reproducible)
{
	g_autofree uint8_t *first = NULL;

	for (unsigned int run = 0; run < 2; run++) {
		bench_levels_cut_in(&wires, 2, BENCH_HALF_OF_BUSY);
		fixture_run(f, "06; 02 00 20 00 00 00 00 00 00 00 00 00");
		/* Part of the data is programmed. */
		ck_assert_ptr_nonnull(memchr(f->array + 0x2000, 0x00, 8));
		ck_assert_ptr_nonnull(memchr(f->array + 0x2000, 0xff, 8));
		if (run > 0)
			ck_assert_mem_eq(f->array + 0x2000, first, 8);
		else
			first = g_memdup2(f->array + 0x2000, 8);
		finish();
		start();
	}
}
END_TEST

START_TEST(switching_the_supply_cancels_a_pending_cut)
{
	bench_levels_cut_in(&wires, 1, 0);
	bench_levels_supply(&wires, 3000);
	fixture_run(f, "06");
	ck_assert(flash_is_powered(f->chip));
	ck_assert_int_eq(bench_levels_millivolts(&wires), 3000);
}
END_TEST

START_TEST(an_open_wire_overrides_the_supply)
{
	struct clip *clip = clip_new(&sim_time);
	struct clip_fault fault;
	unsigned int id;

	clip_attach(clip, 0, f->chip);
	bench_levels_clip_on(&wires, clip, 0);
	clip_fault_init(&fault, CLIP_OPEN);
	fault.line = CLIP_VCC;
	id = clip_fault_add(clip, &fault);
	ck_assert(id > 0 && !flash_is_powered(f->chip));
	bench_levels_supply(&wires, 3100);
	ck_assert(!flash_is_powered(f->chip));
	clip_fault_remove(clip, id);
	ck_assert(flash_is_powered(f->chip));
	ck_assert_int_eq(bench_levels_millivolts(&wires), 3100);
	clip_attach(clip, 0, NULL);
	clip_destroy(clip);
}
END_TEST

START_TEST(removing_an_open_wire_keeps_the_supply_off)
{
	struct clip *clip = clip_new(&sim_time);
	struct clip_fault fault;

	bench_levels_supply(&wires, 0);
	clip_attach(clip, 0, f->chip);
	bench_levels_clip_on(&wires, clip, 0);
	clip_fault_init(&fault, CLIP_OPEN);
	fault.line = CLIP_VCC;
	clip_fault_add(clip, &fault);
	ck_assert(!flash_is_powered(f->chip));
	clip_fault_clear(clip);
	ck_assert(!flash_is_powered(f->chip));
	/* The supply is switched off while the wire is open. */
	bench_levels_supply(&wires, 3300);
	ck_assert(flash_is_powered(f->chip));
	clip_fault_add(clip, &fault);
	bench_levels_supply(&wires, 0);
	clip_fault_clear(clip);
	ck_assert(!flash_is_powered(f->chip));
	ck_assert_int_eq(bench_levels_millivolts(&wires), 0);
	clip_attach(clip, 0, NULL);
	clip_destroy(clip);
}
END_TEST

START_TEST(removing_an_open_wire_keeps_a_cut_supply_off)
{
	struct clip *clip = clip_new(&sim_time);
	struct clip_fault fault;

	bench_levels_clip_on(&wires, clip, 0);
	clip_attach(clip, 0, f->chip);
	bench_levels_cut_in(&wires, 1, 0);
	fixture_run(f, "06");
	ck_assert(!flash_is_powered(f->chip));
	clip_fault_init(&fault, CLIP_OPEN);
	fault.line = CLIP_VCC;
	clip_fault_add(clip, &fault);
	clip_fault_clear(clip);
	ck_assert(!flash_is_powered(f->chip));
	bench_levels_supply(&wires, 3300);
	ck_assert(flash_is_powered(f->chip));
	clip_attach(clip, 0, NULL);
	clip_destroy(clip);
}
END_TEST

Suite *
suite_levels(void)
{
	Suite *suite = suite_create("levels");
	TCase *pins = tcase_create("pins");
	TCase *supply = tcase_create("supply");

	fixture_prepare();
	tcase_add_checked_fixture(pins, start, finish);
	tcase_add_test(pins, a_new_chip_has_all_pins_high);
	tcase_add_loop_test(pins, the_usual_supply_is_3300_mv_or_the_middle_of_the_range, 0,
		(int)G_N_ELEMENTS(supplies));
	tcase_add_loop_test(pins, pins_match_the_package, 0, G_N_ELEMENTS(packages));
	tcase_add_test(pins, levels_reach_the_chip);
	suite_add_tcase(suite, pins);
	tcase_add_checked_fixture(supply, start, finish);
	tcase_add_loop_test(
		supply, a_cut_switches_the_supply_off_in_an_operation, 0, G_N_ELEMENTS(cuts));
	tcase_add_test(supply, a_cut_is_reproducible);
	tcase_add_test(supply, an_open_wire_overrides_the_supply);
	tcase_add_test(supply, removing_an_open_wire_keeps_the_supply_off);
	tcase_add_test(supply, removing_an_open_wire_keeps_a_cut_supply_off);
	tcase_add_test(supply, switching_the_supply_cancels_a_pending_cut);
	suite_add_tcase(suite, supply);
	return suite;
}
