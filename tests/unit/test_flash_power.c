/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A W25Q128JV and time: suspend and resume (data sheet revision M, 8.2.19, 8.2.20), power-down
 * (8.2.21, 8.2.22), reset (after 8.2.36), supply (9.3) and the AC table (9.6). In Winbond's model
 * of the W25Q32JV a completed suspend clears WEL and a resume sets it; so here.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define US INT64_C(1000)
#define MS (1000 * US)
#define SECOND (1000 * MS)

#define ERASING "06; 20 08 00 00; T10000000; "
#define PROGRAMMING "06; 02 08 00 00 A5 5A; T10000; "

static const struct fixture_row suspend_rows[] = {
	{"SUS at once, BUSY until tSUS", ERASING, "75", NULL, "03 82 60", FLASH_DONE},
	{"SUS at once, BUSY until 1 ns before tSUS", ERASING "75; T19999", "", NULL, "03 82 60",
		FLASH_DONE},
	{"SUS at once, BUSY 0 at tSUS", ERASING "75; T20000", "", NULL, "00 82 60", FLASH_DONE},
	{"a program is suspended", PROGRAMMING "75; T20000", "", NULL, "00 82 60", FLASH_DONE},
	{"a suspended erase is not suspended again", ERASING "75; W", "75", NULL, "00 82 60",
		FLASH_NOT_SUSPENDABLE},
	{"75 is ignored within tSUS", ERASING "75", "75", NULL, "03 82 60", FLASH_NOT_SUSPENDABLE},
	{"a chip erase is not suspended", "06; C7", "75", NULL, "03 02 60", FLASH_NOT_SUSPENDABLE},
	{"a status write is not suspended", "06; 01 00", "75", NULL, "03 02 60",
		FLASH_NOT_SUSPENDABLE},
	{"42", "06; 42 00 10 00 00", "75", NULL, "03 02 60", FLASH_NOT_SUSPENDABLE},
	{"44", "06; 44 00 10 00", "75", NULL, "03 02 60", FLASH_NOT_SUSPENDABLE},
	{"32", "06; 32 08 00 00 00", "75", NULL, "03 82 60", FLASH_DONE},
	{"52", "06; 52 08 00 00", "75", NULL, "03 82 60", FLASH_DONE},
	{"D8", "06; D8 08 00 00", "75", NULL, "03 82 60", FLASH_DONE},
	{"resume within tSUS", ERASING "75; T19999", "7A", NULL, "03 82 60", FLASH_BUSY},
	{"resume sets BUSY and clears SUS", ERASING "75; W", "7A", NULL, "03 02 60", FLASH_DONE},
	{"resumed erase ends", ERASING "75; W; 7A; W", "03 08 0F FF 00", "FF", "00 02 60",
		FLASH_DONE},
	{"a second resume is ignored", ERASING "75; W; 7A; W", "7A", NULL, "00 02 60",
		FLASH_NOT_SUSPENDED},
	{"75 within tSUS of 7A", ERASING "75; W; 7A; T19999", "75", NULL, "03 02 60",
		FLASH_NOT_SUSPENDABLE},
	{"75 after the shortest time from resume", ERASING "75; W; 7A; T20000", "75", NULL,
		"03 82 60", FLASH_DONE},

	{"erase suspended: read elsewhere", ERASING "75; W", "03 00 00 00 00", "FF", "00 82 60",
		FLASH_DONE},
	{"erase suspended: program elsewhere", ERASING "75; W; 06", "02 08 10 00 12", NULL,
		"03 82 60", FLASH_DONE},
	{"erase suspended: the program is done", ERASING "75; W; 06; 02 08 10 00 12; W",
		"03 08 10 00 00", "12", "00 82 60", FLASH_DONE},
	{"erase suspended: the erase continues", ERASING "75; W; 06; 02 08 10 00 12; W; 7A; W",
		"03 08 10 00 00", "12", "00 02 60", FLASH_DONE},
	{"erase suspended: the program is not suspended", ERASING "75; W; 06; 02 08 10 00 12", "75",
		NULL, "03 82 60", FLASH_NOT_SUSPENDABLE},
	{"erase suspended: no resume during the program", ERASING "75; W; 06; 02 08 10 00 12", "7A",
		NULL, "03 82 60", FLASH_BUSY},
	{"erase suspended: a program of its sector", ERASING "75; W; 06", "02 08 0F FF 12", NULL,
		"02 82 60", FLASH_SUSPENDED},
	{"program suspended: erase elsewhere", PROGRAMMING "75; W; 06", "20 08 10 00", NULL,
		"03 82 60", FLASH_DONE},
	{"program suspended: an erase of its sector", PROGRAMMING "75; W; 06", "20 08 00 00", NULL,
		"02 82 60", FLASH_SUSPENDED},
	{"program suspended, erase, resume", PROGRAMMING "75; W; 06; 20 08 10 00; W; 7A; W",
		"03 08 00 00 00 00 00", "A5 5A FF", "00 02 60", FLASH_DONE},
	{"power loss ends a suspended operation", ERASING "75; W; P", "7A", NULL, "00 02 60",
		FLASH_NOT_SUSPENDED},
	{"a reset ends a suspended operation", ERASING "75; W; 66; 99; T30000", "7A", NULL,
		"00 02 60", FLASH_NOT_SUSPENDED},
};

static const struct fixture_row power_rows[] = {
	{"power-down: 05 too is ignored", "B9; T3000", "05 00", "FF FF", NULL, FLASH_POWERED_DOWN},
	{"power-down within tDP", "B9; T2999", "AB", NULL, NULL, FLASH_BUSY},
	{"AB", "B9; T3000; AB; T3000", "9F 00 00 00", "EF 40 18", "00 02 60", FLASH_DONE},
	{"within tRES1", "B9; T3000; AB; T2999", "9F 00 00 00", "FF FF FF", NULL, FLASH_BUSY},
	{"within tRES2", "B9; T3000; AB 00 00 00 00; T1799", "9F 00", "FF", NULL, FLASH_BUSY},
	{"after tRES2", "B9; T3000; AB 00 00 00 00; T1800", "9F 00", "EF", "00 02 60", FLASH_DONE},
	{"WEL through power-down", "06; B9; T3000; AB; T3000", "", NULL, "02 02 60", FLASH_DONE},
	{"66 and 99 in power-down", "B9; T3000; 66", "99", NULL, "FF FF FF", FLASH_POWERED_DOWN},
	{"power loss ends power-down", "B9; T3000; P", "9F 00", "EF", "00 02 60", FLASH_DONE},
	{"AB outside power-down changes nothing", "AB", "9F 00", "EF", "00 02 60", FLASH_DONE},

	{"reset clears WEL", "06; 66; 99; T30000", "", NULL, "00 02 60", FLASH_DONE},
	{"commands are ignored within tRST", "66; 99; T29999", "05 00", "FF FF", "FF FF FF",
		FLASH_BUSY},
	{"99 alone", "06", "99", NULL, "02 02 60", FLASH_RESET_NOT_ENABLED},
	{"05 between 66 and 99", "06; 66; 05 00", "99", NULL, "02 02 60", FLASH_RESET_NOT_ENABLED},
	{"an unknown opcode between 66 and 99", "06; 66; FF", "99", NULL, "02 02 60",
		FLASH_RESET_NOT_ENABLED},
	{"an ignored frame between 66 and 99", ERASING "66; 06", "99", NULL, "03 02 60",
		FLASH_RESET_NOT_ENABLED},
	{"66 twice, 99 right after the second", "06; 66; 66; 99; T30000", "", NULL, "00 02 60",
		FLASH_DONE},
	{"66 with a further byte", "06; 66 00", "99", NULL, "02 02 60", FLASH_RESET_NOT_ENABLED},
	{"99 with a further byte", "06; 66", "99 00", NULL, "02 02 60", FLASH_LONG_FRAME},
	{"99 with a further byte ends 66", "06; 66; 99 00", "99", NULL, "02 02 60",
		FLASH_RESET_NOT_ENABLED},
	{"99 twice", "66; 99; T30000", "99", NULL, "00 02 60", FLASH_RESET_NOT_ENABLED},
	{"reset while busy", ERASING "66; 99; T30000", "", NULL, "00 02 60", FLASH_DONE},
	/* The registers are then random: see the tests of cells. */
	{"reset while writing status", "06; 01 1C; 66; 99; T30000", "9F 00", "EF", NULL,
		FLASH_DONE},
	{"reset ends 50", "50; 66; 99; T30000", "01 1C", NULL, "00 02 60", FLASH_WEL_CLEAR},
};

START_TEST(suspend_and_resume_act_as_in_the_data_sheet)
{
	fixture_check_rows(suspend_rows, G_N_ELEMENTS(suspend_rows));
}
END_TEST

START_TEST(power_down_and_reset_act_as_in_the_data_sheet)
{
	fixture_check_rows(power_rows, G_N_ELEMENTS(power_rows));
}
END_TEST

/* After the resume an operation takes its remaining time. */
START_TEST(a_resumed_operation_takes_its_remaining_time)
{
	struct fixture *f = fixture_new();

	memset(f->array, 0x00, 65536);
	fixture_run(f, "06; 20 00 00 00; T10000000; 75; W");
	fixture_pass(f, 5 * SECOND);
	fixture_assert_filled(f, 0, 65536, 0x00, "suspended");
	fixture_run(f, "7A");
	ck_assert_int_eq(flash_busy_until(f->chip), f->now_ns + 35 * MS);
	fixture_pass(f, 35 * MS - 1);
	ck_assert(flash_is_busy(f->chip));
	fixture_pass(f, 1);
	ck_assert(!flash_is_busy(f->chip));
	fixture_assert_filled(f, 0, 4096, 0xff, "resumed");
	fixture_assert_filled(f, 4096, 65536 - 4096, 0x00, "resumed");
	fixture_destroy(f);
}
END_TEST

/* An interrupted operation may be partly done, but only within its block. */
START_TEST(an_interrupted_operation_changes_only_its_block)
{
	static const char *const beginnings[] = {
		"", "75; W", "75; W; 06; 02 00 20 00 55", "75; W; T900000000"};
	static const char *const ends[] = {"66; 99", "P"};
	static const struct {
		const char *frame;
		size_t start;
		size_t size;
	} cases[] = {
		{"20 FF F0 00", 0xfff000, 4096},
		{"52 80 00 00", 0x800000, 32768},
		{"D8 FF 00 00", 0xff0000, 65536},
		{"02 FF FF 00 00 00 00 00 00 00 00 00", 0xffff00, 256},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases) * 8; i++) {
		struct fixture *f = fixture_new();
		const char *frame = cases[i / 8].frame;
		bool program = frame[1] == '2' && frame[0] == '0';
		uint8_t filled = program ? 0xff : 0x00;

		if (program && i % 4 == 2) {
			fixture_destroy(f);
			continue;
		}
		memset(f->array, filled, FIXTURE_SIZE);
		fixture_pass(f, 3 * SECOND);
		fixture_run(f, "06");
		ck_assert_int_eq(fixture_run(f, frame), FLASH_DONE);
		fixture_pass(f, program ? 10 * US : 10 * MS);
		fixture_run(f, beginnings[i % 4]);
		fixture_run(f, ends[i / 4 % 2]);
		ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_INTERRUPTED), 1);
		ck_assert(!flash_is_busy(f->chip));
		if (i % 4 == 2)
			memset(f->array + 0x2000, 0x00, 256);
		fixture_assert_filled(f, 0, cases[i / 8].start, filled, frame);
		fixture_assert_filled(f, cases[i / 8].start + cases[i / 8].size,
			FIXTURE_SIZE - cases[i / 8].start - cases[i / 8].size, filled, frame);
		if (program)
			fixture_assert_filled(
				f, cases[i / 8].start + 8, cases[i / 8].size - 8, filled, frame);
		fixture_destroy(f);
	}
}
END_TEST

START_TEST(switching_the_supply_resets_the_chip)
{
	struct fixture *f = fixture_new();

	fixture_run(f, "06; 20 00 00 00");
	flash_supply(f->chip, 2024);
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_POWER), 1);
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_INTERRUPTED), 1);
	ck_assert(!flash_is_busy(f->chip));
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_NO_POWER);
	fixture_assert_miso(f, "FF FF FF FF", "off");
	flash_supply(f->chip, 2700);
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_POWER), 2);
	fixture_pass(f, 20 * US - 1);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_BUSY);
	fixture_pass(f, 1);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_DONE);
	fixture_assert_miso(f, "EF 40 18", "after tVSL");
	fixture_assert_status(f, "00 02 60", "power-up");
	/* Power is lost inside a frame. */
	flash_select(f->chip);
	flash_supply(f->chip, 0);
	flash_supply(f->chip, 3300);
	flash_deselect(f->chip, 0);
	flash_supply(f->chip, 3300);
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_POWER), 4);
	fixture_destroy(f);
}
END_TEST

/* --- AC table --- */

/* typ, max; 0 bytes: the frame as it is, else followed by that many data bytes. */
static const struct {
	const char *frame;
	size_t bytes;
	int64_t time_ns[2];
} durations[] = {
	{"02 00 00 00", 256, {400 * US, 3 * MS}},
	{"02 00 00 00", 300, {400 * US, 3 * MS}},
	{"02 00 00 00", 1, {30 * US, 50 * US}},
	{"02 00 00 00", 2, {32500, 62 * US}},
	{"02 00 00 00", 255, {400 * US, 3 * MS}},
	{"42 00 10 00", 256, {400 * US, 3 * MS}},
	{"44 00 10 00", 0, {45 * MS, 400 * MS}},
	{"20 00 00 00", 0, {45 * MS, 400 * MS}},
	{"52 00 00 00", 0, {120 * MS, 1600 * MS}},
	{"D8 00 00 00", 0, {150 * MS, 2 * SECOND}},
	{"C7", 0, {40 * SECOND, 200 * SECOND}},
	{"60", 0, {40 * SECOND, 200 * SECOND}},
	{"01 04", 0, {10 * MS, 15 * MS}},
	{"01 04 02", 0, {10 * MS, 15 * MS}},
	{"31 40", 0, {10 * MS, 15 * MS}},
	{"11 20", 0, {10 * MS, 15 * MS}},
};

START_TEST(busy_ends_on_time)
{
	for (size_t i = 0; i < G_N_ELEMENTS(durations) * 2; i++) {
		struct fixture *f = fixture_new();
		uint8_t bytes[FIXTURE_FRAME_MAX] = {0};
		size_t n = fixture_parse(durations[i / 2].frame, bytes) + durations[i / 2].bytes;
		int64_t time_ns = durations[i / 2].time_ns[i % 2];

		flash_set_corner(f->chip, i % 2 ? FLASH_CORNER_MAXIMUM : FLASH_CORNER_TYPICAL);
		fixture_pass(f, 12345);
		fixture_run(f, "06");
		ck_assert_int_eq(fixture_frame(f, bytes, n, 0), FLASH_DONE);
		ck_assert_int_eq(flash_busy_until(f->chip) - f->now_ns, time_ns);
		fixture_pass(f, time_ns - 1);
		ck_assert(flash_is_busy(f->chip));
		ck_assert_uint_eq(fixture_status(f, 1) & 3, 3);
		fixture_pass(f, 1);
		ck_assert(!flash_is_busy(f->chip));
		ck_assert_uint_eq(fixture_status(f, 1) & 3, 0);
		ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_READY), 1);
		fixture_destroy(f);
	}
}
END_TEST

START_TEST(the_instant_corner_is_never_busy)
{
	struct fixture *f = fixture_new();
	uint8_t bytes[FIXTURE_FRAME_MAX] = {0};

	flash_set_corner(f->chip, FLASH_CORNER_INSTANT);
	for (size_t i = 0; i < G_N_ELEMENTS(durations); i++) {
		size_t n = fixture_parse(durations[i].frame, bytes) + durations[i].bytes;

		fixture_run(f, "06");
		ck_assert_int_eq(fixture_frame(f, bytes, n, 0), FLASH_DONE);
		ck_assert(!flash_is_busy(f->chip));
		ck_assert_uint_eq(fixture_status(f, 1) & 3, 0);
	}
	fixture_run(f, "06; 01 00; B9; AB; 66; 99");
	fixture_assert_status(f, "00 42 20", "at once");
	flash_supply(f->chip, 0);
	flash_supply(f->chip, 3300);
	fixture_assert_status(f, "00 42 20", "at once");
	fixture_destroy(f);
}
END_TEST

/* 1 MHz: a byte takes 8 us. The opcode is clocked 50 us before the end; the six status bytes that
 * begin 8 to 48 us later read busy, the next one does not. */
START_TEST(a_status_read_shows_the_end_of_busy)
{
	struct fixture *f = fixture_new();
	uint8_t opcode = 0x05;
	uint8_t out[20];

	fixture_run(f, "06; 20 00 00 00");
	fixture_pass(f, 45 * MS - 50 * US);
	flash_set_clock(f->chip, 1000000);
	flash_select(f->chip);
	flash_shift(f->chip, &opcode, NULL, 1);
	flash_shift(f->chip, NULL, out, sizeof(out));
	flash_deselect(f->chip, 0);
	for (size_t i = 0; i < sizeof(out); i++)
		ck_assert_msg(out[i] == (i < 6 ? 0x03 : 0x00), "byte %zu is %02X", i, out[i]);
	ck_assert_int_eq(f->last.time_ns, 45 * MS - 50 * US + 21 * 8 * US);
	fixture_destroy(f);
}
END_TEST

START_TEST(clocks_advance_the_time_of_the_chip)
{
	static const struct {
		unsigned int hz;
		int64_t expected_ns;
	} cases[] = {{1000000, 8000000}, {50000000, 160000}, {33000000, 242424}};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct fixture *f = fixture_new();

		flash_set_clock(f->chip, cases[i].hz);
		flash_select(f->chip);
		for (int k = 0; k < 10; k++)
			flash_shift(f->chip, NULL, NULL, 100);
		flash_deselect(f->chip, 0);
		ck_assert_int_eq(f->last.time_ns, cases[i].expected_ns);
		/* Time never goes back. */
		flash_tick(f->chip, 1);
		fixture_frame(f, NULL, 0, 0);
		ck_assert_int_eq(f->last.time_ns, cases[i].expected_ns);
		fixture_destroy(f);
	}
}
END_TEST

Suite *
suite_flash_power(void)
{
	Suite *suite = suite_create("flash_power");
	TCase *tcase = tcase_create("power");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, suspend_and_resume_act_as_in_the_data_sheet);
	tcase_add_test(tcase, power_down_and_reset_act_as_in_the_data_sheet);
	tcase_add_test(tcase, a_resumed_operation_takes_its_remaining_time);
	tcase_add_test(tcase, an_interrupted_operation_changes_only_its_block);
	tcase_add_test(tcase, switching_the_supply_resets_the_chip);
	tcase_add_test(tcase, busy_ends_on_time);
	tcase_add_test(tcase, the_instant_corner_is_never_busy);
	tcase_add_test(tcase, a_status_read_shows_the_end_of_busy);
	tcase_add_test(tcase, clocks_advance_the_time_of_the_chip);
	suite_add_tcase(suite, tcase);
	return suite;
}
