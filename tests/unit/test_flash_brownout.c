/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A supply that drops during an operation and returns at once. */
#include "flash/fault.h"
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define MS INT64_C(1000000)

static struct fixture *f;

static void
setup(void)
{
	f = fixture_new();
	fixture_count_acts(f);
}

static void
teardown(void)
{
	fixture_destroy(f);
}

static void
add(struct flash_fault fault)
{
	ck_assert_uint_gt(flash_fault_add(f->chip, &fault), 0);
}

static unsigned int
ones_in(const uint8_t *bytes, size_t n)
{
	unsigned int ones = 0;

	for (size_t i = 0; i < n; i++)
		ones += (unsigned int)__builtin_popcount(bytes[i]);
	return ones;
}

/* _i: with operation times, or in the instant corner. Volatile bits of SR3 are reset. */
START_TEST(a_brown_out_interrupts_an_erase_and_resets_the_chip)
{
	unsigned int ones;

	if (_i)
		flash_set_corner(f->chip, FLASH_CORNER_INSTANT);
	memset(f->array, 0, 0x3000);
	add((struct flash_fault){.what = FLASH_FAULT_BROWN_OUT,
		.when.purposes = 1 << FLASH_FOR_ERASE,
		.when.address_from = 0x1000,
		.when.address_to = 0x2000,
		.when.count = 1});
	fixture_run(f, "50; 11 40; 06; 20 00 20 00; W; 06; 20 00 10 00");
	ck_assert_uint_eq(f->n_acts, 1);
	ck_assert_uint_eq(f->act.address, 0x1000);
	ck_assert_uint_eq(fixture_status(f, 3), 0x40);
	fixture_pass(f, 1000 * MS);
	ck_assert_uint_eq(fixture_status(f, 1), 0x00);
	ck_assert_uint_eq(fixture_status(f, 3), 0x60);
	ones = ones_in(f->array + 0x1000, 0x1000);
	ck_assert_uint_gt(ones, 0);
	ck_assert_uint_lt(ones, 0x8000);
	ck_assert_uint_eq(ones_in(f->array, 0x1000), 0);
	ck_assert_uint_eq(ones_in(f->array + 0x2000, 0x1000), 0x8000);
	/* The fault acts once; a later erase is not affected. */
	fixture_run(f, "06; 20 00 10 00");
	fixture_pass(f, 1000 * MS);
	ck_assert_uint_eq(ones_in(f->array + 0x1000, 0x1000), 0x8000);
	ck_assert_uint_eq(f->n_acts, 1);
}
END_TEST

/* Above the inhibit voltage the chip loses the operation only. */
START_TEST(a_dip_interrupts_a_program_only)
{
	memset(f->array, 0xff, 0x1000);
	add((struct flash_fault){.what = FLASH_FAULT_BROWN_OUT,
		.millivolts = 2600,
		.when.purposes = 1 << FLASH_FOR_PROGRAM});
	fixture_run(
		f, "50; 11 40; 06; 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
	fixture_pass(f, 10 * MS);
	ck_assert_uint_eq(fixture_status(f, 1), 0x00);
	ck_assert_uint_eq(fixture_status(f, 3), 0x40);
	ck_assert_uint_gt(ones_in(f->array, 16), 0);
	ck_assert_uint_eq(f->n_acts, 1);
}
END_TEST

/* The interrupted register is old, new, or all ones. */
START_TEST(a_brown_out_corrupts_a_register_write)
{
	unsigned int old = 0, new = 0, ones = 0;

	for (uint64_t seed = 0; seed < 60; seed++) {
		struct fixture *one = fixture_new_seed(&f->part, seed);
		struct flash_fault fault = {.what = FLASH_FAULT_BROWN_OUT,
			.when.purposes = 1 << FLASH_FOR_STATUS_WRITE};
		uint8_t status;

		ck_assert_uint_gt(flash_fault_add(one->chip, &fault), 0);
		fixture_run(one, "06; 01 1C");
		fixture_pass(one, 100 * MS);
		status = fixture_status(one, 1);
		old += status == 0x00;
		new += status == 0x1c;
		ones += status == 0xfc;
		fixture_destroy(one);
	}
	ck_assert_uint_eq(old + new + ones, 60);
	ck_assert_uint_gt(old, 10);
	ck_assert_uint_gt(new, 5);
	ck_assert_uint_gt(ones, 5);
}
END_TEST

/* A reset before the brown-out cancels it. */
START_TEST(a_reset_cancels_a_brown_out)
{
	add((struct flash_fault){.what = FLASH_FAULT_BROWN_OUT, .when.count = 1});
	fixture_run(f, "50; 11 40; 06; C7; T1; 66; 99");
	fixture_pass(f, 1000 * MS);
	fixture_run(f, "50; 11 40");
	fixture_pass(f, 100000 * MS);
	ck_assert_uint_eq(fixture_status(f, 3), 0x40);
}
END_TEST

START_TEST(the_voltage_must_be_below_the_supply_range)
{
	struct flash_fault fault = {.what = FLASH_FAULT_BROWN_OUT, .millivolts = 2699};

	ck_assert_ptr_null(flash_fault_check(&f->part, &fault));
	fault.millivolts = 2700;
	ck_assert_ptr_nonnull(flash_fault_check(&f->part, &fault));
	fault.millivolts = -1;
	ck_assert_ptr_nonnull(flash_fault_check(&f->part, &fault));
}
END_TEST

static const struct flash_event *
first_event(enum flash_event_kind kind)
{
	for (guint i = 0; i < f->events->len; i++) {
		const struct flash_event *event = &g_array_index(f->events, struct flash_event, i);

		if (event->kind == kind)
			return event;
	}
	ck_abort_msg("no event of kind %d", kind);
	return NULL;
}

/* A tick carries out the cut at its own time, however late the tick is. */
START_TEST(a_cut_comes_at_its_time)
{
	int64_t at_ns;

	memset(f->array, 0, 0x2000);
	fixture_run(f, "06; 20 00 10 00");
	at_ns = flash_busy_until(f->chip) - 10 * MS;
	flash_cut_supply(f->chip, at_ns, 0);
	flash_tick(f->chip, at_ns - 1);
	ck_assert(flash_is_powered(f->chip));
	flash_tick(f->chip, at_ns + 1000 * MS);
	ck_assert(!flash_is_powered(f->chip));
	ck_assert_int_eq(flash_millivolts(f->chip), 0);
	ck_assert_int_eq(first_event(FLASH_EVENT_INTERRUPTED)->time_ns, at_ns);
	ck_assert_int_eq(first_event(FLASH_EVENT_POWER)->time_ns, at_ns);
	flash_supply(f->chip, 3300);
	flash_tick(f->chip, at_ns + 2000 * MS);
	ck_assert(flash_is_powered(f->chip));
}
END_TEST

/* The dip caused by the operation comes first and interrupts only the operation. */
START_TEST(a_cut_comes_after_a_dip)
{
	int64_t at_ns;

	memset(f->array, 0, 0x2000);
	add((struct flash_fault){.what = FLASH_FAULT_BROWN_OUT, .millivolts = 2600});
	fixture_run(f, "06; 20 00 10 00");
	at_ns = f->now_ns + 500 * MS;
	flash_cut_supply(f->chip, at_ns, 0);
	flash_tick(f->chip, at_ns);
	ck_assert_int_lt(first_event(FLASH_EVENT_INTERRUPTED)->time_ns, f->now_ns + 45 * MS);
	ck_assert_int_eq(first_event(FLASH_EVENT_POWER)->time_ns, at_ns);
	ck_assert(!flash_is_powered(f->chip));
}
END_TEST

Suite *
suite_flash_brownout(void)
{
	Suite *suite = suite_create("flash_brownout");
	TCase *tcase = tcase_create("brownout");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_brown_out_interrupts_an_erase_and_resets_the_chip, 0, 2);
	tcase_add_test(tcase, a_dip_interrupts_a_program_only);
	tcase_add_test(tcase, a_brown_out_corrupts_a_register_write);
	tcase_add_test(tcase, a_reset_cancels_a_brown_out);
	tcase_add_test(tcase, the_voltage_must_be_below_the_supply_range);
	tcase_add_test(tcase, a_cut_comes_at_its_time);
	tcase_add_test(tcase, a_cut_comes_after_a_dip);
	suite_add_tcase(suite, tcase);
	return suite;
}
