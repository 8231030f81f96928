/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock's three modes, and sizes, times and voltages in text. */
#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/units.h"
#include "wall.h"

#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

Suite *suite_base(void);

#define SECOND INT64_C(1000000000)

START_TEST(instant_clock_advances_only_by_skips)
{
	struct base_clock clock;

	base_clock_init(&clock, BASE_CLOCK_INSTANT);
	ck_assert_int_eq(base_clock_now(&clock), 0);
	base_clock_skip(&clock, 1234);
	base_clock_skip(&clock, 0);
	base_clock_skip(&clock, 40 * SECOND);
	ck_assert_int_eq(base_clock_now(&clock), 40 * SECOND + 1234);
	ck_assert_int_eq(base_clock_debt(&clock), 0);
}
END_TEST

START_TEST(virtual_clock_adds_wall_time)
{
	struct base_clock clock;
	int64_t first, second;

	base_clock_init(&clock, BASE_CLOCK_VIRTUAL);
	/* As if the clock had been initialised 5 s ago. */
	clock.origin_ns -= 5 * SECOND;
	first = base_clock_now(&clock);
	ck_assert_int_ge(first, 5 * SECOND);
	base_clock_skip(&clock, 3600 * SECOND);
	second = base_clock_now(&clock);
	ck_assert_int_ge(second, first + 3600 * SECOND);
	ck_assert_int_lt(second, first + 3660 * SECOND);
	ck_assert_int_eq(base_clock_debt(&clock), 0);
}
END_TEST

START_TEST(real_clock_owes_skipped_time)
{
	struct base_clock clock;
	int64_t now;

	base_clock_init(&clock, BASE_CLOCK_REAL);
	ck_assert_int_eq(base_clock_debt(&clock), 0);
	base_clock_skip(&clock, 3600 * SECOND);
	now = base_clock_now(&clock);
	ck_assert_int_ge(now, 3600 * SECOND);
	ck_assert_int_gt(base_clock_debt(&clock), 3500 * SECOND);
	ck_assert_int_le(base_clock_debt(&clock), 3600 * SECOND);
	/* While the clock has a debt, it does not advance. */
	ck_assert_int_eq(base_clock_now(&clock), now);
	/* Let wall time catch up. */
	clock.origin_ns -= 3601 * SECOND;
	ck_assert_int_eq(base_clock_debt(&clock), 0);
	ck_assert_int_gt(base_clock_now(&clock), now);
	/* Idle time does not reduce a later debt. */
	base_clock_skip(&clock, 100 * SECOND);
	ck_assert_int_gt(base_clock_debt(&clock), 50 * SECOND);
}
END_TEST

START_TEST(a_scaled_clock_runs_faster_than_wall_time)
{
	struct base_clock clock;

	wall_stop();
	base_clock_init(&clock, BASE_CLOCK_REAL);
	base_clock_set_scale(&clock, 1000 * BASE_CLOCK_SCALE_ONE);
	wall_advance(2000000);
	ck_assert_int_eq(base_clock_now(&clock), 2 * SECOND);
	base_clock_skip(&clock, 3600 * SECOND);
	ck_assert_int_eq(base_clock_debt(&clock), 3600 * SECOND / 1000);
	/* A clock beyond its range stops. */
	clock.origin_ns -= INT64_MAX / 2;
	ck_assert_int_eq(base_clock_now(&clock), INT64_MAX / 2);
}
END_TEST

static const struct {
	const char *text;
	unsigned int scale;
} scales[] = {{"1", 1000}, {"10", 10000}, {"0.1", 100}, {"2.5", 2500}, {"0.125", 125},
	{"1000", 1000000}, {"1000.0", 1000000}, {"0.09", 0}, {"1000.001", 0}, {"", 0}, {".5", 0},
	{"1.", 0}, {"1.2345", 0}, {"-1", 0}, {"1e3", 0}, {"99999", 0}, {" 1", 0}};

START_TEST(scales_are_numbers_from_a_tenth_to_a_thousand)
{
	unsigned int scale = 0;

	ck_assert(base_clock_scale_from_string(scales[_i].text, &scale) == (scales[_i].scale > 0));
	ck_assert_uint_eq(scale, scales[_i].scale);
}
END_TEST

START_TEST(clock_never_goes_back)
{
	for (int mode = BASE_CLOCK_VIRTUAL; mode <= BASE_CLOCK_REAL; mode++) {
		struct base_clock clock;
		int64_t before;

		base_clock_init(&clock, (enum base_clock_mode)mode);
		before = base_clock_now(&clock);
		for (int i = 0; i < 1000; i++) {
			int64_t now = base_clock_now(&clock);

			ck_assert_int_ge(now, before);
			before = now;
			base_clock_skip(&clock, i);
		}
		base_clock_skip(&clock, -SECOND);
		base_clock_skip(&clock, INT64_MAX);
		base_clock_skip(&clock, INT64_MAX);
		ck_assert_int_gt(base_clock_now(&clock), before);
	}
}
END_TEST

START_TEST(clock_modes_have_names)
{
	enum base_clock_mode mode = BASE_CLOCK_INSTANT;

	ck_assert(base_clock_mode_from_string("virtual", &mode));
	ck_assert_int_eq(mode, BASE_CLOCK_VIRTUAL);
	ck_assert(base_clock_mode_from_string("instant", &mode));
	ck_assert_int_eq(mode, BASE_CLOCK_INSTANT);
	ck_assert(base_clock_mode_from_string("real", &mode));
	ck_assert_int_eq(mode, BASE_CLOCK_REAL);
	ck_assert(!base_clock_mode_from_string("Real", &mode));
	ck_assert(!base_clock_mode_from_string("", &mode));
	ck_assert_int_eq(mode, BASE_CLOCK_REAL);
}
END_TEST

static const struct {
	const char *text;
	bool valid;
	uint64_t bytes;
} sizes[] = {
	{"0", true, 0},
	{"256", true, 256},
	{"010", true, 10},
	{"0x100", true, 256},
	{"0X1F", true, 31},
	{"0x10B", true, 0x10b},
	{"264B", true, 264},
	{"264 B", true, 264},
	{"4K", true, 4096},
	{"4KB", true, 4096},
	{"4KiB", true, 4096},
	{"16M", true, 16777216},
	{"16 MiB", true, 16777216},
	{"0x10M", true, 16777216},
	{"2G", true, UINT64_C(2147483648)},
	{"17179869183G", true, UINT64_C(17179869183) << 30},
	{"18446744073709551615", true, UINT64_MAX},
	{"0xffffffffffffffff", true, UINT64_MAX},
	{"18446744073709551616", false, 0},
	{"0x10000000000000000", false, 0},
	{"17179869184G", false, 0},
	{"", false, 0},
	{"K", false, 0},
	{"0x", false, 0},
	{"-1", false, 0},
	{"+1", false, 0},
	{" 1", false, 0},
	{"1 ", false, 0},
	{"1  K", false, 0},
	{"1.5K", false, 0},
	{"1iB", false, 0},
	{"1Ki", false, 0},
	{"1k", false, 0},
	{"1KiBs", false, 0},
	{"12,3", false, 0},
};

START_TEST(sizes_are_read_exactly)
{
	uint64_t bytes = 77;
	bool valid = base_parse_size(sizes[_i].text, &bytes);

	ck_assert_msg(valid == sizes[_i].valid, "\"%s\"", sizes[_i].text);
	if (valid)
		ck_assert_uint_eq(bytes, sizes[_i].bytes);
}
END_TEST

static const struct {
	const char *text;
	bool valid;
	int64_t ns;
} times[] = {
	{"0.4 ms", true, 400000},
	{"0.4ms", true, 400000},
	{"0.7 ms", true, 700000},
	{"40 s", true, 40 * SECOND},
	{"40.000000001 s", true, 40 * SECOND + 1},
	{"1.10 s", true, 1100000000},
	{"3 us", true, 3000},
	{"0.001 us", true, 1},
	{"0.0010000 us", true, 1},
	{"50 ns", true, 50},
	{"0 ns", true, 0},
	{"9223372036854775807 ns", true, INT64_MAX},
	{"9223372036.854775807 s", true, INT64_MAX},
	{"9223372036.854775808 s", false, 0},
	{"9223372037 s", false, 0},
	{"99999999999999999999 s", false, 0},
	{"0.5 ns", false, 0},
	{"0.0001 us", false, 0},
	{"-1 ms", false, 0},
	{"1", false, 0},
	{"1.", false, 0},
	{"1. ms", false, 0},
	{".5 ms", false, 0},
	{"0,4 ms", false, 0},
	{"1e3 ms", false, 0},
	{"ms", false, 0},
	{"", false, 0},
	{"1 min", false, 0},
	{"1 ms ", false, 0},
	{"0x10 ms", false, 0},
};

START_TEST(times_are_read_exactly)
{
	int64_t ns = 77;
	bool valid = base_parse_time(times[_i].text, &ns);

	ck_assert_msg(valid == times[_i].valid, "\"%s\"", times[_i].text);
	if (valid)
		ck_assert_int_eq(ns, times[_i].ns);
}
END_TEST

static const struct {
	const char *text;
	bool valid;
	int millivolts;
} voltages[] = {
	{"2.7 V", true, 2700},
	{"3.3V", true, 3300},
	{"1.65 V", true, 1650},
	{"2700 mV", true, 2700},
	{"0 V", true, 0},
	{"2147483.647 V", true, INT_MAX},
	{"2147483.648 V", false, 0},
	{"2.70001 V", false, 0},
	{"0.5 mV", false, 0},
	{"-1 V", false, 0},
	{"2.7", false, 0},
	{"2.7 v", false, 0},
	{"", false, 0},
};

static const struct {
	const char *text;
	bool single, good;
	uint64_t from, to;
} ranges[] = {
	{"0x1000-0x1FFF", false, true, 0x1000, 0x2000},
	{"0-0", false, true, 0, 1},
	{"7", true, true, 7, 8},
	{"18446744073709551614", true, true, UINT64_MAX - 1, UINT64_MAX},
	{"7", false, false, 0, 0},
	{"18446744073709551615", true, false, 0, 0},
	{"9-3", true, false, 0, 0},
	{"-3", true, false, 0, 0},
	{"3-", true, false, 0, 0},
	{"1-2-3", true, false, 0, 0},
	{"", true, false, 0, 0},
};

START_TEST(ranges_are_read_exactly)
{
	uint64_t from = 1234, to = 5678;

	ck_assert_msg(
		base_parse_range(ranges[_i].text, ranges[_i].single, &from, &to) == ranges[_i].good,
		"%s", ranges[_i].text);
	ck_assert_uint_eq(from, ranges[_i].good ? ranges[_i].from : 1234);
	ck_assert_uint_eq(to, ranges[_i].good ? ranges[_i].to : 5678);
}
END_TEST

START_TEST(voltages_are_read_exactly)
{
	int millivolts = 77;
	bool valid = base_parse_voltage(voltages[_i].text, &millivolts);

	ck_assert_msg(valid == voltages[_i].valid, "\"%s\"", voltages[_i].text);
	if (valid)
		ck_assert_int_eq(millivolts, voltages[_i].millivolts);
}
END_TEST

static const struct {
	uint64_t bytes;
	const char *text;
} formats[] = {
	{0, "0 B"},
	{1, "1 B"},
	{264, "264 B"},
	{1023, "1023 B"},
	{1024, "1 KiB"},
	{4096, "4 KiB"},
	{1536, "1536 B"},
	{16777216, "16 MiB"},
	{UINT64_C(1) << 30, "1 GiB"},
	{UINT64_C(1) << 41, "2048 GiB"},
	{UINT64_MAX, "18446744073709551615 B"},
};

START_TEST(sizes_are_written_in_the_largest_exact_unit)
{
	char *text = base_format_size(formats[_i].bytes);
	uint64_t bytes;

	ck_assert_str_eq(text, formats[_i].text);
	/* and can be read again */
	ck_assert(base_parse_size(text, &bytes));
	ck_assert_uint_eq(bytes, formats[_i].bytes);
	g_free(text);
}
END_TEST

START_TEST(whole_numbers_begin_with_a_digit)
{
	static const char *const refused[] = {
		"", "0x", "+1", "-1", " 1", "\n1", "\v1", "0x\v06", "0x 6", "0x-6"};
	uint64_t number = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
		ck_assert_msg(!base_parse_whole(refused[i], 0, UINT64_MAX, &number), "\"%s\"",
			refused[i]);
	ck_assert(base_parse_whole("0xFf", 0, UINT64_MAX, &number));
	ck_assert_uint_eq(number, 255);
}
END_TEST

START_TEST(log_writes_one_line_per_message)
{
	char text[512] = "";
	int ends[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	ck_assert_int_eq(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	base_log_init("spinord", G_LOG_LEVEL_INFO);
	log_warning("chip %d\nof %s", 1, "two");
	log_debug("too much detail");
	log_info("ready");
	log_error("gone");
	g_log("GLib", G_LOG_LEVEL_WARNING, "theirs");
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[1]);
	n = read(ends[0], text, sizeof(text) - 1);
	close(ends[0]);
	ck_assert_int_gt(n, 0);
	ck_assert_str_eq(text,
		"spinord: warning: chip 1 of two\n"
		"spinord: info: ready\n"
		"spinord: error: gone\n"
		"spinord: warning: a mistake in this program, please report it: theirs\n");
}
END_TEST

/* Length of a text, its characters, and how much of it is shown. */
static const struct {
	size_t length;
	const char *character;
	size_t max;
} long_texts[] = {{100, "a", 100}, {101, "a", 100}, {15000000, "a", 2000},
	{15000000, "\u00e9", 2000}, {15000001, "\u20ac", 2000}};

START_TEST(a_long_text_loses_its_middle)
{
	GString *text = g_string_new(NULL);
	g_autofree char *shown = NULL;

	while (text->len + strlen(long_texts[_i].character) < long_texts[_i].length)
		g_string_append(text, long_texts[_i].character);
	while (text->len < long_texts[_i].length)
		g_string_append_c(text, 'z');
	shown = base_shorten(text->str, long_texts[_i].max);
	ck_assert(g_utf8_validate(shown, -1, NULL));
	ck_assert_uint_le(strlen(shown), long_texts[_i].max + 40);
	ck_assert(g_str_has_suffix(shown, "z"));
	ck_assert((strcmp(shown, text->str) == 0) == (text->len <= long_texts[_i].max));
	g_string_free(text, TRUE);
}
END_TEST

Suite *
suite_base(void)
{
	Suite *suite = suite_create("base");
	TCase *clock = tcase_create("clock");
	TCase *units = tcase_create("units");
	TCase *log = tcase_create("log");

	tcase_add_test(clock, instant_clock_advances_only_by_skips);
	tcase_add_test(clock, virtual_clock_adds_wall_time);
	tcase_add_test(clock, real_clock_owes_skipped_time);
	tcase_add_test(clock, a_scaled_clock_runs_faster_than_wall_time);
	tcase_add_loop_test(
		clock, scales_are_numbers_from_a_tenth_to_a_thousand, 0, G_N_ELEMENTS(scales));
	tcase_add_test(clock, clock_never_goes_back);
	tcase_add_test(clock, clock_modes_have_names);
	suite_add_tcase(suite, clock);
	tcase_add_loop_test(units, sizes_are_read_exactly, 0, (int)G_N_ELEMENTS(sizes));
	tcase_add_loop_test(units, times_are_read_exactly, 0, (int)G_N_ELEMENTS(times));
	tcase_add_loop_test(units, ranges_are_read_exactly, 0, G_N_ELEMENTS(ranges));
	tcase_add_loop_test(units, voltages_are_read_exactly, 0, (int)G_N_ELEMENTS(voltages));
	tcase_add_loop_test(
		units, sizes_are_written_in_the_largest_exact_unit, 0, (int)G_N_ELEMENTS(formats));
	tcase_add_test(units, whole_numbers_begin_with_a_digit);
	tcase_add_loop_test(units, a_long_text_loses_its_middle, 0, (int)G_N_ELEMENTS(long_texts));
	suite_add_tcase(suite, units);
	tcase_add_test(log, log_writes_one_line_per_message);
	suite_add_tcase(suite, log);
	return suite;
}
