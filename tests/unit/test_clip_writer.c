/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board that writes to the chip: its commands, addresses and times, and the effect on the host.
 */
#include "clip_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define MS INT64_C(1000000)
#define FROM 0x1000u
#define TO 0x3000u

static struct clip_fixture *f;
static struct clip_fault fault;
static uint8_t *before;

static void
setup(void)
{
	f = clip_fixture_new();
	before = g_memdup2(f->array, CLIP_ARRAY_SIZE);
	clip_fault_init(&fault, CLIP_BOARD_WRITES);
	fault.when.address_from = FROM;
	fault.when.address_to = TO;
	fault.cycle.period_ns = MS;
}

static void
teardown(void)
{
	clip_fixture_destroy(f);
	g_clear_pointer(&before, g_free);
}

/* Compares the events with "05 06 20 05 06 02"; failed ones have their outcome appended. */
static void
assert_events(const char *wanted)
{
	g_autoptr(GString) got = g_string_new(NULL);

	for (guint i = 0; i < f->events->len; i++) {
		const struct flash_event *event = clip_fixture_event(f, i);

		g_string_append_printf(got, "%s%02x", i ? " " : "", (unsigned int)event->opcode);
		if (event->outcome != FLASH_DONE)
			g_string_append_printf(got, ":%s", flash_outcome_string(event->outcome));
	}
	ck_assert_str_eq(got->str, wanted);
}

static bool
is_blank(size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (f->array[i] != 0xff)
			return false;
	return true;
}

/* Random bytes include FF, but never 16 in a row. */
static void
assert_records_up_to(size_t from, size_t end, size_t to)
{
	for (size_t i = from; i < end; i += 16)
		ck_assert_msg(!is_blank(i, i + 16), "nothing at %zx", i);
	ck_assert(is_blank(end, to));
}

static void
assert_untouched(size_t from, size_t to)
{
	ck_assert_mem_eq(f->array + from, before + from, to - from);
}

START_TEST(it_appends_records_to_its_region)
{
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, MS - 1);
	assert_events("");
	clip_wait(f->clip, 1);
	assert_events("05 06 20 05 06 02");
	ck_assert_uint_eq(clip_fixture_event(f, 2)->address, FROM);
	ck_assert_uint_eq(clip_fixture_event(f, 5)->address, FROM);
	ck_assert_uint_eq(clip_fixture_event(f, 5)->length, 64);
	clip_fixture_forget(f);
	clip_wait(f->clip, 2 * MS);
	assert_events("05 06 02 05 06 02");
	ck_assert_uint_eq(clip_fixture_event(f, 2)->address, FROM + 64);
	ck_assert_int_eq(clip_fixture_event(f, 2)->time_ns, 2 * MS);
	ck_assert_int_eq(clip_fixture_event(f, 5)->time_ns, 3 * MS);
	ck_assert_uint_eq(f->reports->len, 2);
	ck_assert_uint_eq(clip_fixture_report(f, 1)->address, FROM + 128);
	ck_assert_uint_eq(clip_fixture_report(f, 1)->length, 64);
	ck_assert_int_eq(clip_fixture_report(f, 1)->time_ns, 3 * MS);
	assert_records_up_to(FROM, FROM + 192, FROM + 4096);
	assert_untouched(0, FROM);
	assert_untouched(FROM + 4096, CLIP_ARRAY_SIZE);
}
END_TEST

START_TEST(it_starts_over_at_the_end_of_its_region)
{
	fault.writes.bytes = 100;
	clip_fixture_put(f, &fault);
	/* 81 records of 100 fill 8100 bytes, the next one exceeds the region by 8. */
	clip_wait(f->clip, 81 * MS);
	assert_records_up_to(FROM, FROM + 8096, FROM + 8096);
	ck_assert(is_blank(FROM + 8100, TO));
	clip_wait(f->clip, MS);
	assert_records_up_to(FROM, FROM, FROM);
	ck_assert(!is_blank(FROM, FROM + 8));
	ck_assert(is_blank(FROM + 8, FROM + 4096));
	assert_records_up_to(FROM + 4096, TO, TO);
	assert_untouched(0, FROM);
	assert_untouched(TO, CLIP_ARRAY_SIZE);
	ck_assert_uint_eq(f->reports->len, 82);
}
END_TEST

START_TEST(by_default_its_region_is_the_end_of_the_chip)
{
	clip_fault_init(&fault, CLIP_BOARD_WRITES);
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 1000 * MS);
	assert_events("05 06 20 05 06 02");
	ck_assert_uint_eq(clip_fixture_event(f, 2)->address, CLIP_ARRAY_SIZE - 65536);
	assert_untouched(0, CLIP_ARRAY_SIZE - 65536);
}
END_TEST

START_TEST(it_waits_while_the_host_uses_the_bus)
{
	clip_fixture_put(f, &fault);
	/* Five periods in one frame: the host reads unchanged data. */
	clip_fixture_read(f, 0, 6250);
	ck_assert_mem_eq(f->read, before, 6250);
	ck_assert_int_gt(base_clock_now(&f->clock), 5 * MS);
	assert_events("03 05 06 20 05 06 02");
	ck_assert_uint_eq(f->reports->len, 1);
	/* A pause in the middle of a frame also belongs to the host. */
	clip_select(f->clip, 0);
	clip_shift(f->clip, (const uint8_t *)"\x05", NULL, 1);
	clip_fixture_forget(f);
	clip_wait(f->clip, 3 * MS);
	assert_events("");
	clip_deselect(f->clip);
	assert_events("05 05 06 02");
}
END_TEST

START_TEST(it_waits_until_the_chip_is_ready)
{
	flash_set_corner(f->chip, FLASH_CORNER_TYPICAL);
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 3 * MS);
	ck_assert(flash_is_busy(f->chip));
	assert_events("05 06 20 05");
	ck_assert_int_eq(clip_fixture_event(f, 2)->time_ns, MS);
	/* The host finds the chip busy with an operation of the board. */
	ck_assert_uint_eq(clip_fixture_status(f) & 1, 1);
	clip_fixture_forget(f);
	clip_fixture_read(f, 0, 4);
	ck_assert_uint_ne(clip_fixture_event(f, 0)->outcome, FLASH_DONE);
	clip_wait(f->clip, 42 * MS);
	ck_assert(flash_is_busy(f->chip));
	assert_records_up_to(FROM, FROM, FROM);
	clip_fixture_forget(f);
	clip_wait(f->clip, MS);
	/* The status is read once more, and again at 46 ms, when the erase has ended. */
	assert_events("05 05 06 02");
	ck_assert_int_eq(clip_fixture_event(f, 3)->time_ns, 46 * MS);
	clip_wait(f->clip, MS);
	assert_records_up_to(FROM, FROM + 64, FROM + 4096);
}
END_TEST

/* The board's command uses up the host's 06, so that its 02 has no effect. */
START_TEST(a_write_enable_of_the_host_is_lost)
{
	static const uint8_t program[] = {0x02, 0, 0x80, 0, 0x00};
	uint8_t nothing;

	memset(f->array + 0x8000, 0xff, 16);
	clip_fixture_put(f, &fault);
	clip_fixture_transfer(f, "\x06", 1, &nothing, 0);
	clip_fixture_transfer(f, program, sizeof program, &nothing, 0);
	ck_assert_uint_eq(f->array[0x8000], 0x00);
	clip_fixture_transfer(f, "\x06", 1, &nothing, 0);
	clip_wait(f->clip, MS);
	clip_fixture_forget(f);
	f->array[0x8000] = 0xff;
	clip_fixture_transfer(f, program, sizeof program, &nothing, 0);
	ck_assert_uint_ne(clip_fixture_event(f, 0)->outcome, FLASH_DONE);
	ck_assert_uint_eq(f->array[0x8000], 0xff);
}
END_TEST

START_TEST(it_obeys_its_time_window_and_count)
{
	fault.when.from_ns = 5 * MS;
	fault.when.to_ns = 8 * MS;
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 5 * MS - 1);
	assert_events("");
	clip_wait(f->clip, 100 * MS);
	ck_assert_uint_eq(f->reports->len, 3);
	assert_records_up_to(FROM, FROM + 192, FROM + 4096);
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	fault.when.from_ns = fault.when.to_ns = 0;
	fault.when.count = 2;
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 100 * MS);
	ck_assert_uint_eq(f->reports->len, 2);
	assert_events("05 06 20 05 06 02 05 06 02");
}
END_TEST

START_TEST(the_phase_sets_its_first_write)
{
	fault.cycle.phase_ns = 5 * MS + 500;
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 8 * MS);
	ck_assert_uint_eq(f->reports->len, 3);
	ck_assert_int_eq(clip_fixture_report(f, 0)->time_ns, 5 * MS + 500);
	ck_assert_int_eq(clip_fixture_report(f, 1)->time_ns, 6 * MS + 500);
}
END_TEST

START_TEST(the_seed_determines_its_data)
{
	uint8_t first[192];

	clip_set_seed(f->clip, 7);
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 3 * MS);
	memcpy(first, f->array + FROM, sizeof first);
	clip_fixture_destroy(f);
	f = clip_fixture_new();
	clip_set_seed(f->clip, 7);
	clip_fixture_put(f, &fault);
	/* In small steps of time. */
	for (int i = 0; i < 30; i++)
		clip_wait(f->clip, MS / 10);
	ck_assert_mem_eq(f->array + FROM, first, sizeof first);
	clip_fixture_destroy(f);
	f = clip_fixture_new();
	clip_set_seed(f->clip, 8);
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 3 * MS);
	ck_assert_mem_ne(f->array + FROM, first, sizeof first);
}
END_TEST

START_TEST(it_writes_to_its_chip_only)
{
	fault.when.selects = 1 << 1;
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 10 * MS);
	assert_events("");
	assert_untouched(0, CLIP_ARRAY_SIZE);
	clip_attach(f->clip, 0, NULL);
	clip_attach(f->clip, 1, f->chip);
	clip_wait(f->clip, MS);
	ck_assert_uint_eq(f->reports->len, 1);
	clip_attach(f->clip, 1, NULL);
	clip_wait(f->clip, 10 * MS);
	ck_assert_uint_eq(f->reports->len, 1);
	clip_attach(f->clip, 0, f->chip);
}
END_TEST

START_TEST(it_writes_nothing_without_supply)
{
	unsigned int vcc = clip_fixture_add(f, CLIP_OPEN, CLIP_VCC);

	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 10 * MS);
	ck_assert_uint_eq(f->reports->len, 0);
	assert_untouched(0, CLIP_ARRAY_SIZE);
	clip_fault_remove(f->clip, vcc);
	clip_wait(f->clip, 10 * MS);
	ck_assert_uint_gt(f->reports->len, 5);
	assert_untouched(TO, CLIP_ARRAY_SIZE);
}
END_TEST

START_TEST(a_long_idle_time_is_not_simulated_in_full)
{
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, INT64_C(1000000) * 1000 * MS);
	ck_assert_uint_gt(f->reports->len, 5000);
	ck_assert_uint_lt(f->reports->len, 30000);
	clip_fixture_forget(f);
	clip_wait(f->clip, 5 * MS);
	ck_assert_uint_eq(f->reports->len, 5);
}
END_TEST

START_TEST(invalid_settings_are_rejected)
{
	static const char whole[] =
		"a board writes to whole sectors of 4096 bytes, such as 0xFE000-0xFFFFF";

	ck_assert_pstr_eq(clip_fault_check(&fault), NULL);
	fault.when.address_to = TO + 1;
	ck_assert_pstr_eq(clip_fault_check(&fault), whole);
	fault.when.address_to = TO;
	fault.when.address_from = FROM + 256;
	ck_assert_pstr_eq(clip_fault_check(&fault), whole);
	fault.when.address_from = FROM;
	fault.writes.bytes = 257;
	ck_assert_pstr_eq(clip_fault_check(&fault), "a board writes 1 to 256 bytes at a time");
	fault.writes.bytes = 0;
	ck_assert_pstr_eq(clip_fault_check(&fault), "a board writes 1 to 256 bytes at a time");
	fault.writes.bytes = 256;
	fault.cycle.period_ns = 0;
	ck_assert_pstr_eq(clip_fault_check(&fault), "period has to be above 0, phase 0 or more");
}
END_TEST

Suite *
suite_clip_writer(void)
{
	Suite *suite = suite_create("clip_writer");
	TCase *tcase = tcase_create("writer");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, it_appends_records_to_its_region);
	tcase_add_test(tcase, it_starts_over_at_the_end_of_its_region);
	tcase_add_test(tcase, by_default_its_region_is_the_end_of_the_chip);
	tcase_add_test(tcase, it_waits_while_the_host_uses_the_bus);
	tcase_add_test(tcase, it_waits_until_the_chip_is_ready);
	tcase_add_test(tcase, a_write_enable_of_the_host_is_lost);
	tcase_add_test(tcase, it_obeys_its_time_window_and_count);
	tcase_add_test(tcase, the_phase_sets_its_first_write);
	tcase_add_test(tcase, the_seed_determines_its_data);
	tcase_add_test(tcase, it_writes_to_its_chip_only);
	tcase_add_test(tcase, it_writes_nothing_without_supply);
	tcase_add_test(tcase, a_long_idle_time_is_not_simulated_in_full);
	tcase_add_test(tcase, invalid_settings_are_rejected);
	suite_add_tcase(suite, tcase);
	return suite;
}
