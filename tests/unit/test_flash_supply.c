/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VCC (W25Q128JV rev. M, 9.1 to 9.3): the five ranges, tVSL and tPUW, brown-out, and the effect of
 * overvoltage. Rates are those of the model, not of a data sheet.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define US INT64_C(1000)
#define MS (1000 * US)
#define SECOND (1000 * MS)

static const struct {
	int millivolts;
	enum flash_outcome id;
	enum flash_outcome program;
	bool programmed;
} ranges[] = {
	{0, FLASH_NO_POWER, FLASH_NO_POWER, false},
	{1800, FLASH_NO_POWER, FLASH_NO_POWER, false},
	{2024, FLASH_NO_POWER, FLASH_NO_POWER, false},
	{2025, FLASH_DONE, FLASH_LOW_SUPPLY, false},
	{2699, FLASH_DONE, FLASH_LOW_SUPPLY, false},
	{2700, FLASH_DONE, FLASH_DONE, true},
	{3300, FLASH_DONE, FLASH_DONE, true},
	{3600, FLASH_DONE, FLASH_DONE, true},
	{4500, FLASH_DONE, FLASH_DONE, true},
	{5000, FLASH_DONE, FLASH_DONE, true},
};

START_TEST(each_supply_range_allows_its_commands)
{
	struct fixture *f = fixture_new();

	flash_supply(f->chip, 0);
	flash_supply(f->chip, ranges[_i].millivolts);
	fixture_pass(f, 5 * MS);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), ranges[_i].id);
	fixture_run(f, "06");
	ck_assert_int_eq(fixture_run(f, "02 00 00 00 00"), ranges[_i].program);
	fixture_wait(f);
	ck_assert_uint_eq(f->array[0], ranges[_i].programmed ? 0x00 : 0xff);
	fixture_run(f, "06; 20 00 00 00");
	fixture_wait(f);
	ck_assert_uint_eq(f->array[0], 0xff);
	fixture_destroy(f);
}
END_TEST

/* 9.3: the chip accepts CS# after tVSL, write enable after tPUW. */
START_TEST(write_inhibit_after_power_up)
{
	struct flash_part part;
	struct fixture *f;
	int64_t puw;

	fixture_part_init(&part);
	part.timing[FLASH_T_PUW] = (struct flash_time){5 * MS, 5 * MS};
	puw = part.timing[FLASH_T_PUW].typ_ns;
	f = fixture_new_part(&part);
	ck_assert_int_eq(fixture_run(f, "06"), FLASH_DONE);
	flash_supply(f->chip, 0);
	flash_supply(f->chip, 3300);
	fixture_pass(f, puw - 1);
	ck_assert_int_eq(fixture_run(f, "06"), FLASH_POWERING_UP);
	ck_assert_int_eq(fixture_run(f, "50"), FLASH_POWERING_UP);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_DONE);
	fixture_pass(f, 1);
	ck_assert_int_eq(fixture_run(f, "06"), FLASH_DONE);
	fixture_destroy(f);
}
END_TEST

START_TEST(a_brown_out_interrupts_an_operation)
{
	struct fixture *f = fixture_new();

	memset(f->array, 0, 0x2000);
	fixture_run(f, "06; 20 00 00 00");
	fixture_pass(f, 30 * MS);
	flash_supply(f->chip, 2500);
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_INTERRUPTED), 1);
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_POWER), 0);
	ck_assert_uint_eq(flash_status_register(f->chip, 0) & 3, 0);
	flash_supply(f->chip, 3300);
	ck_assert_int_eq(fixture_run(f, "06"), FLASH_DONE);
	fixture_assert_filled(f, 0x1000, 0x1000, 0, "the next block");
	fixture_destroy(f);
}
END_TEST

/* Number of wrong bytes in a read of n. */
static unsigned int
count_errors(struct fixture *f, size_t n)
{
	static uint8_t out[1 << 20];
	unsigned int errors = 0;

	flash_select(f->chip);
	flash_shift(f->chip, (const uint8_t[]){0x03, 0, 0, 0}, NULL, 4);
	flash_shift(f->chip, NULL, out, n);
	flash_deselect(f->chip, 0);
	for (size_t i = 0; i < n; i++)
		errors += out[i] != f->array[i];
	return errors;
}

START_TEST(a_lower_supply_causes_more_errors)
{
	static const struct {
		int millivolts;
		unsigned int least, most; /* of 2^20 bytes */
	} cases[] = {{2699, 4, 40}, {2600, 20, 120}, {2400, 400, 650}, {2025, 60000, 72000},
		{2700, 0, 0}, {3300, 0, 0}};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct fixture *f = fixture_new();
		struct fixture *g = fixture_new();
		unsigned int n;

		flash_supply(f->chip, cases[i].millivolts);
		flash_supply(g->chip, cases[i].millivolts);
		n = count_errors(f, 1 << 20);
		ck_assert_msg(n >= cases[i].least && n <= cases[i].most, "%d mV: %u errors",
			cases[i].millivolts, n);
		ck_assert_uint_eq(n, count_errors(g, 1 << 20));
		fixture_destroy(f);
		fixture_destroy(g);
	}
}
END_TEST

static struct fixture *
new_of_1v8(void)
{
	struct flash_part part;

	fixture_part_init(&part);
	part.vcc_min_mv = 1650;
	part.vcc_max_mv = 1950;
	return fixture_new_part(&part);
}

/* At first the chip works, then reads have errors, and in the end it no longer programs; the damage
 * is permanent. */
START_TEST(overvoltage_damages_the_chip)
{
	struct fixture *f = new_of_1v8();

	flash_supply(f->chip, 3300);
	fixture_pass(f, 5 * MS);
	fixture_run(f, "9F 00 00 00");
	fixture_assert_miso(f, "EF 40 18", "at first");
	fixture_run(f, "06; 02 00 00 00 12; W");
	ck_assert_uint_eq(f->array[0], 0x12);
	ck_assert_uint_eq(flash_damage(f->chip), 0);
	fixture_pass(f, 60 * SECOND);
	fixture_run(f, "9F 00 00 00");
	ck_assert_uint_eq(flash_damage(f->chip), 255);
	ck_assert_uint_gt(count_errors(f, 1 << 20), 10000);
	fixture_run(f, "06");
	ck_assert_int_eq(fixture_run(f, "02 00 00 00 00"), FLASH_DAMAGED);
	flash_supply(f->chip, 0);
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_NONVOLATILE), 1);
	flash_supply(f->chip, 1800);
	fixture_pass(f, 5 * MS);
	fixture_run(f, "06");
	ck_assert_int_eq(fixture_run(f, "20 00 00 00"), FLASH_DAMAGED);
	ck_assert_uint_gt(count_errors(f, 1 << 20), 10000);
	fixture_destroy(f);
}
END_TEST

START_TEST(up_to_the_limit_there_is_no_damage)
{
	struct fixture *f = new_of_1v8();

	flash_supply(f->chip, 1950 * 5 / 4);
	fixture_pass(f, 3600 * SECOND);
	fixture_run(f, "9F 00 00 00");
	ck_assert_uint_eq(flash_damage(f->chip), 0);
	ck_assert_uint_eq(count_errors(f, 1 << 20), 0);
	fixture_destroy(f);
}
END_TEST

/* Between ten and thirty seconds, depending on the seed. */
START_TEST(the_time_to_damage_depends_on_the_seed)
{
	int64_t least = INT64_MAX, most = 0;

	for (uint64_t seed = 0; seed < 1000; seed += 111) {
		struct fixture *f = new_of_1v8();
		int64_t now = 0;

		flash_destroy(f->chip);
		f->chip = flash_new(&f->part, f->array, seed);
		flash_supply(f->chip, 3300);
		while (flash_damage(f->chip) < 255) {
			now += SECOND;
			flash_tick(f->chip, now);
			flash_select(f->chip);
			flash_deselect(f->chip, 0);
		}
		least = MIN(least, now);
		most = MAX(most, now);
		fixture_destroy(f);
	}
	ck_assert_int_ge(least, 9 * SECOND);
	ck_assert_int_le(most, 31 * SECOND);
	ck_assert_int_lt(least, most);
}
END_TEST

Suite *
suite_flash_supply(void)
{
	Suite *suite = suite_create("flash_supply");
	TCase *tcase = tcase_create("supply");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, each_supply_range_allows_its_commands, 0, G_N_ELEMENTS(ranges));
	tcase_add_test(tcase, write_inhibit_after_power_up);
	tcase_add_test(tcase, a_brown_out_interrupts_an_operation);
	tcase_add_test(tcase, a_lower_supply_causes_more_errors);
	tcase_add_test(tcase, overvoltage_damages_the_chip);
	tcase_add_test(tcase, up_to_the_limit_there_is_no_damage);
	tcase_add_test(tcase, the_time_to_damage_depends_on_the_seed);
	suite_add_tcase(suite, tcase);
	return suite;
}
