/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A misplaced clip, and the pins without data: supply, WP# and HOLD#. */
#include "clip_fixture.h"

#include <check.h>
#include <string.h>

#include "flash/partdata.h"

Suite *suite_clip_pins(void);

static struct clip_fixture *f;

static void
setup(void)
{
	f = clip_fixture_new();
}

static void
teardown(void)
{
	clip_fixture_destroy(f);
}

START_TEST(a_misplaced_clip_supplies_no_chip)
{
	struct clip_fault fault;
	struct clip_line_state state;

	clip_fixture_add(f, CLIP_ROTATED, CLIP_MISO);
	ck_assert(!flash_is_powered(f->chip));
	clip_fixture_assert_id(f, "\xff\xff\xff");
	ck_assert_uint_eq(f->reports->len, 1);
	clip_line_state(f->clip, 0, CLIP_VCC, &state);
	ck_assert_uint_eq(state.host, FLASH_HIGH);
	ck_assert_uint_eq(state.chip, FLASH_LOW);
	clip_line_state(f->clip, 0, CLIP_GND, &state);
	ck_assert_uint_eq(state.chip, FLASH_HIGH);
	clip_fault_clear(f->clip);
	ck_assert(flash_is_powered(f->chip));
	clip_fixture_assert_sound(f);
	for (int pins = -1; pins <= 1; pins += 2) {
		clip_fixture_forget(f);
		clip_fault_init(&fault, CLIP_SHIFTED);
		fault.pins = pins;
		clip_fixture_put(f, &fault);
		ck_assert(!flash_is_powered(f->chip));
		clip_fixture_assert_id(f, "\xff\xff\xff");
		ck_assert_uint_eq(f->reports->len, 1);
		/* Shifted towards pin 1, the chip's ground is open; shifted the other way, its VCC
		 * is. */
		clip_line_state(f->clip, 0, CLIP_GND, &state);
		ck_assert_uint_eq(state.chip, pins < 0 ? FLASH_FLOATING : FLASH_HIGH);
		clip_line_state(f->clip, 0, CLIP_VCC, &state);
		ck_assert_uint_eq(state.chip, pins < 0 ? FLASH_HIGH : FLASH_FLOATING);
		clip_fault_clear(f->clip);
		clip_fixture_assert_sound(f);
	}
}
END_TEST

static enum flash_level
level_at(enum clip_line pin)
{
	struct clip_line_state state;

	clip_line_state(f->clip, 0, pin, &state);
	return state.chip;
}

START_TEST(two_placement_faults_combine)
{
	struct clip_fault shift;

	/* The second fault of the same kind cancels the first. */
	clip_fixture_add(f, CLIP_ROTATED, CLIP_MISO);
	clip_fixture_add(f, CLIP_ROTATED, CLIP_MISO);
	clip_fixture_assert_id(f, "\xef\x40\x14");
	clip_fault_clear(f->clip);
	clip_fixture_add(f, CLIP_SWAPPED, CLIP_MISO);
	clip_fixture_add(f, CLIP_SWAPPED, CLIP_MISO);
	clip_fixture_assert_id(f, "\xef\x40\x14");
	clip_fault_clear(f->clip);
	/* Shifted by two pins: VCC is on pin 6, pins 1 and 2 are open. */
	clip_fault_init(&shift, CLIP_SHIFTED);
	clip_fixture_put(f, &shift);
	ck_assert_uint_eq(level_at(CLIP_HOLD), FLASH_HIGH);
	ck_assert_uint_eq(level_at(CLIP_CLK), FLASH_HIGH);
	clip_fixture_put(f, &shift);
	clip_fixture_add(f, CLIP_STUCK_0, CLIP_HOLD);
	ck_assert_uint_eq(level_at(CLIP_MOSI), FLASH_LOW);
	ck_assert_uint_eq(level_at(CLIP_CLK), FLASH_HIGH);
	ck_assert_uint_eq(level_at(CLIP_HOLD), FLASH_FLOATING);
	clip_fault_clear(f->clip);
	/* Opposite shifts cancel each other. */
	clip_fixture_put(f, &shift);
	shift.pins = -1;
	clip_fixture_put(f, &shift);
	clip_fixture_assert_id(f, "\xef\x40\x14");
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
}
END_TEST

/* Contact n is on pin 9 - n: every line is on the pin of another. */
START_TEST(a_mirrored_cable_has_each_line_on_the_opposite_pin)
{
	/* From pin 1 on, the levels of the adapter at pins 8, 7, ... between operations: VCC,
	 * HOLD#, CLK, MOSI, ground, WP#, MISO (its pull-up), CS#. */
	static const enum flash_level wanted[CLIP_LINES] = {FLASH_HIGH, FLASH_HIGH, FLASH_LOW,
		FLASH_LOW, FLASH_LOW, FLASH_HIGH, FLASH_HIGH, FLASH_HIGH};
	struct clip_line_state state;
	unsigned int id = clip_fixture_add(f, CLIP_MIRRORED, CLIP_MISO);

	for (unsigned int line = 0; line < CLIP_LINES; line++) {
		clip_line_state(f->clip, 0, (enum clip_line)line, &state);
		ck_assert_uint_eq(state.fault_id, id);
		ck_assert_msg(state.chip == wanted[line], "pin %u is %d", line + 1, state.chip);
	}
	/* CS# is on its VCC pin, which is no supply. */
	ck_assert(!flash_is_powered(f->chip));
	clip_select(f->clip, 0);
	clip_shift(f->clip, (const uint8_t *)"\x9f", NULL, 1);
	clip_line_state(f->clip, 0, CLIP_VCC, &state);
	ck_assert_uint_eq(state.chip, FLASH_LOW);
	clip_deselect(f->clip);
	clip_fixture_forget(f);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	clip_fixture_assert_report(f, CLIP_MIRRORED, CLIP_MISO, FLASH_HIGH);
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
}
END_TEST

START_TEST(swapped_wires_and_rotation_combine_in_any_order)
{
	/* In both orders pin 1 is connected to MISO, pin 6 to MOSI. */
	for (int i = 0; i < 2; i++) {
		clip_fixture_add(f, i ? CLIP_SWAPPED : CLIP_ROTATED, CLIP_MISO);
		clip_fixture_add(f, i ? CLIP_ROTATED : CLIP_SWAPPED, CLIP_MISO);
		clip_fixture_add(f, CLIP_STUCK_1, CLIP_MISO);
		ck_assert_uint_eq(level_at(CLIP_CS), FLASH_HIGH);
		ck_assert_uint_eq(level_at(CLIP_CLK), FLASH_LOW);
		ck_assert_uint_eq(level_at(CLIP_MOSI), FLASH_HIGH);
		ck_assert_uint_eq(level_at(CLIP_MISO), FLASH_LOW);
		ck_assert_uint_eq(level_at(CLIP_GND), FLASH_HIGH);
		clip_fault_clear(f->clip);
	}
}
END_TEST

START_TEST(swapped_data_wires_hide_the_id)
{
	struct clip_line_state state;

	clip_fixture_add(f, CLIP_SWAPPED, CLIP_MISO);
	ck_assert(flash_is_powered(f->chip));
	clip_fixture_assert_id(f, "\xff\xff\xff");
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0xff);
	clip_line_state(f->clip, 0, CLIP_MISO, &state);
	ck_assert_uint_eq(state.chip, FLASH_LOW);
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
}
END_TEST

START_TEST(an_open_or_shorted_supply_powers_off_the_chip)
{
	static const enum clip_line lines[] = {CLIP_VCC, CLIP_GND};
	struct clip_fault fault;

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		unsigned int id = clip_fixture_add(f, CLIP_OPEN, lines[i]);

		ck_assert(!flash_is_powered(f->chip));
		clip_fixture_assert_id(f, "\xff\xff\xff");
		clip_fault_remove(f->clip, id);
		ck_assert(flash_is_powered(f->chip));
		clip_fixture_assert_sound(f);
	}
	clip_fault_init(&fault, CLIP_SHORT);
	fault.line = CLIP_VCC;
	fault.line2 = CLIP_GND;
	clip_fixture_put(f, &fault);
	ck_assert(!flash_is_powered(f->chip));
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
}
END_TEST

START_TEST(hold_stuck_low_stops_the_chip)
{
	clip_fixture_add(f, CLIP_STUCK_0, CLIP_HOLD);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	clip_fixture_assert_report(f, CLIP_STUCK_0, CLIP_HOLD, FLASH_LOW);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->outcome, FLASH_HELD);
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
	/* In the middle of a frame: clocks are lost meanwhile. */
	clip_select(f->clip, 0);
	clip_shift(f->clip, (const uint8_t *)"\x03\x00\x00\x00", NULL, 4);
	clip_shift(f->clip, NULL, f->read, 10);
	clip_fixture_add(f, CLIP_STUCK_0, CLIP_HOLD);
	clip_shift(f->clip, NULL, f->read + 10, 10);
	clip_fault_clear(f->clip);
	clip_shift(f->clip, NULL, f->read + 20, 10);
	clip_deselect(f->clip);
	ck_assert_mem_eq(f->read, f->array, 10);
	ck_assert_mem_eq(f->read + 20, f->array + 10, 10);
	for (size_t i = 10; i < 20; i++)
		ck_assert_uint_eq(f->read[i], 0xff);
}
END_TEST

START_TEST(wp_has_the_level_of_the_adapter_unless_open)
{
	struct clip_line_state state;

	clip_fixture_add(f, CLIP_OPEN, CLIP_WP);
	clip_line_state(f->clip, 0, CLIP_WP, &state);
	ck_assert_uint_eq(state.host, FLASH_HIGH);
	ck_assert_uint_eq(state.chip, FLASH_FLOATING);
	clip_fault_clear(f->clip);
	clip_set_level(f->clip, 0, CLIP_WP, FLASH_LOW);
	clip_line_state(f->clip, 0, CLIP_WP, &state);
	ck_assert_uint_eq(state.chip, FLASH_LOW);
	clip_fixture_add(f, CLIP_PULL_UP, CLIP_MISO);
	clip_line_state(f->clip, 0, CLIP_WP, &state);
	ck_assert_uint_eq(state.chip, FLASH_LOW);
	clip_fixture_add(f, CLIP_STUCK_1, CLIP_WP);
	clip_line_state(f->clip, 0, CLIP_WP, &state);
	ck_assert_uint_eq(state.chip, FLASH_HIGH);
	clip_fault_clear(f->clip);
	/* While faults exist, levels reach the chip: HOLD# stops it. */
	clip_fixture_add(f, CLIP_PULL_UP, CLIP_MISO);
	clip_set_level(f->clip, 0, CLIP_HOLD, FLASH_LOW);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	clip_set_level(f->clip, 0, CLIP_HOLD, FLASH_HIGH);
	clip_fixture_assert_id(f, "\xef\x40\x14");
}
END_TEST

START_TEST(removing_a_fault_restores_the_supply_as_set)
{
	clip_set_supply(f->clip, 0, 2000);
	clip_fixture_add(f, CLIP_OPEN, CLIP_VCC);
	clip_fault_clear(f->clip);
	ck_assert(!flash_is_powered(f->chip));
	clip_set_supply(f->clip, 0, 3000);
	clip_fixture_add(f, CLIP_OPEN, CLIP_VCC);
	clip_fault_clear(f->clip);
	ck_assert(flash_is_powered(f->chip));
	clip_fixture_assert_sound(f);
}
END_TEST

/* Compares the reply of the chip on line 1 to RDID. */
static void
assert_other_id(const char *id)
{
	uint8_t got[3];

	clip_select(f->clip, 1);
	clip_shift(f->clip, (const uint8_t *)"\x9f", NULL, 1);
	clip_shift(f->clip, NULL, got, 3);
	clip_deselect(f->clip);
	ck_assert_mem_eq(got, id, 3);
}

START_TEST(each_chip_has_its_own_levels)
{
	g_autofree uint8_t *array = g_malloc0(CLIP_ARRAY_SIZE);
	struct flash *other = flash_new(flash_part(f->chip), array, 1);
	struct clip_line_state state;

	clip_attach(f->clip, 1, other);
	clip_set_level(f->clip, 0, CLIP_HOLD, FLASH_LOW);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	assert_other_id("\xef\x40\x14");
	/* A fault on another line: unchanged. */
	clip_fixture_add(f, CLIP_PULL_UP, CLIP_MOSI);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	assert_other_id("\xef\x40\x14");
	/* A fault that acts on both chips. */
	clip_fixture_add(f, CLIP_STUCK_1, CLIP_HOLD);
	clip_fixture_assert_id(f, "\xef\x40\x14");
	assert_other_id("\xef\x40\x14");
	clip_fault_clear(f->clip);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	assert_other_id("\xef\x40\x14");
	/* A level that is set while faults exist. */
	clip_fixture_add(f, CLIP_PULL_UP, CLIP_MOSI);
	clip_set_level(f->clip, 1, CLIP_HOLD, FLASH_LOW);
	clip_set_level(f->clip, 0, CLIP_HOLD, FLASH_HIGH);
	clip_line_state(f->clip, 0, CLIP_HOLD, &state);
	ck_assert_uint_eq(state.chip, FLASH_HIGH);
	clip_line_state(f->clip, 1, CLIP_HOLD, &state);
	ck_assert_uint_eq(state.chip, FLASH_LOW);
	clip_fixture_assert_id(f, "\xef\x40\x14");
	assert_other_id("\xff\xff\xff");
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
	assert_other_id("\xff\xff\xff");
	clip_attach(f->clip, 1, NULL);
	flash_destroy(other);
}
END_TEST

START_TEST(removing_a_fault_restores_the_supply_of_each_chip)
{
	struct flash_part low = *flash_part(f->chip);
	g_autofree uint8_t *array = g_malloc0(CLIP_ARRAY_SIZE);
	struct flash *other;

	low.vcc_min_mv = 1650;
	low.vcc_max_mv = 1950;
	other = flash_new(&low, array, 1);
	clip_set_supply(f->clip, 0, 3300);
	clip_set_supply(f->clip, 1, 1800);
	clip_attach(f->clip, 1, other);
	clip_fixture_add(f, CLIP_OPEN, CLIP_VCC);
	ck_assert(!flash_is_powered(f->chip) && !flash_is_powered(other));
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
	clip_wait(f->clip, 1000000000);
	assert_other_id("\xef\x40\x14");
	/* 3.3 V would have damaged it. */
	ck_assert_uint_eq(flash_damage(other), 0);
	/* The supply of one chip is switched off. */
	clip_set_supply(f->clip, 0, 0);
	clip_fixture_add(f, CLIP_OPEN, CLIP_VCC);
	clip_fault_clear(f->clip);
	ck_assert(!flash_is_powered(f->chip) && flash_is_powered(other));
	clip_attach(f->clip, 1, NULL);
	flash_destroy(other);
}
END_TEST

START_TEST(vcc_is_low_below_the_minimum_of_the_chip)
{
	static const struct {
		int millivolts;
		enum flash_level level;
	} supplies[] = {{3300, FLASH_HIGH}, {2699, FLASH_LOW}, {0, FLASH_LOW}, {5000, FLASH_HIGH}};
	struct clip_line_state state;

	for (size_t i = 0; i < 2 * G_N_ELEMENTS(supplies); i++) {
		if (i == G_N_ELEMENTS(supplies))
			clip_fixture_add(f, CLIP_PULL_UP, CLIP_MOSI);
		clip_set_supply(f->clip, 0, supplies[i % G_N_ELEMENTS(supplies)].millivolts);
		ck_assert_uint_eq(level_at(CLIP_VCC), supplies[i % G_N_ELEMENTS(supplies)].level);
		clip_line_state(f->clip, 1, CLIP_VCC, &state);
		ck_assert_uint_eq(state.chip, FLASH_HIGH);
		clip_line_state(f->clip, 0, CLIP_GND, &state);
		ck_assert_uint_eq(state.chip, FLASH_LOW);
	}
	/* The levels at the chip while its supply is off. */
	clip_set_supply(f->clip, 0, 0);
	clip_fixture_add(f, CLIP_ROTATED, CLIP_MISO);
	ck_assert_uint_eq(level_at(CLIP_GND), FLASH_LOW);
	clip_fixture_add(f, CLIP_OPEN, CLIP_VCC);
	ck_assert_uint_eq(level_at(CLIP_GND), FLASH_FLOATING);
}
END_TEST

START_TEST(cs_is_low_at_the_selected_chip_only)
{
	struct clip_line_state state;

	for (int i = 0; i < 2; i++) {
		clip_select(f->clip, 0);
		ck_assert_uint_eq(level_at(CLIP_CS), FLASH_LOW);
		clip_line_state(f->clip, 1, CLIP_CS, &state);
		ck_assert_uint_eq(state.host, FLASH_HIGH);
		ck_assert_uint_eq(state.chip, FLASH_HIGH);
		clip_deselect(f->clip);
		clip_fixture_add(f, CLIP_PULL_UP, CLIP_MOSI);
	}
}
END_TEST

START_TEST(detaching_a_chip_releases_it)
{
	uint8_t id[3];

	clip_fixture_add(f, CLIP_STUCK_0, CLIP_CS);
	ck_assert(flash_is_selected(f->chip));
	clip_attach(f->clip, 0, NULL);
	ck_assert(!flash_is_selected(f->chip));
	clip_fixture_transfer(f, "\x9f", 1, id, 3);
	ck_assert_mem_eq(id, "\xff\xff\xff", 3);
	clip_fault_clear(f->clip);
	clip_attach(f->clip, 0, f->chip);
	clip_fixture_assert_sound(f);
}
END_TEST

Suite *
suite_clip_pins(void)
{
	Suite *suite = suite_create("clip_pins");
	TCase *pins = tcase_create("pins");

	tcase_set_timeout(pins, 60);
	tcase_add_checked_fixture(pins, setup, teardown);
	tcase_add_test(pins, a_misplaced_clip_supplies_no_chip);
	tcase_add_test(pins, two_placement_faults_combine);
	tcase_add_test(pins, swapped_wires_and_rotation_combine_in_any_order);
	tcase_add_test(pins, a_mirrored_cable_has_each_line_on_the_opposite_pin);
	tcase_add_test(pins, swapped_data_wires_hide_the_id);
	tcase_add_test(pins, an_open_or_shorted_supply_powers_off_the_chip);
	tcase_add_test(pins, hold_stuck_low_stops_the_chip);
	tcase_add_test(pins, wp_has_the_level_of_the_adapter_unless_open);
	tcase_add_test(pins, removing_a_fault_restores_the_supply_as_set);
	tcase_add_test(pins, each_chip_has_its_own_levels);
	tcase_add_test(pins, removing_a_fault_restores_the_supply_of_each_chip);
	tcase_add_test(pins, vcc_is_low_below_the_minimum_of_the_chip);
	tcase_add_test(pins, cs_is_low_at_the_selected_chip_only);
	tcase_add_test(pins, detaching_a_chip_releases_it);
	suite_add_tcase(suite, pins);
	return suite;
}
