/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A W25Q128JV and its pins: HOLD# and RESET# (data sheet revision M, 3.4, 3.6, 7.1.8), frames sent
 * bit by bit, and floating pins. WP# is in the status tests.
 */
#include "flash/describe.h"
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define US INT64_C(1000)
#define MS (1000 * US)

/* QE = 0 enables the function of pin 7; with_reset: the register selects RESET#. */
static struct fixture *
new_with_pins(bool with_reset)
{
	struct flash_part part;

	fixture_part_init(&part);
	part.status_default[1] = 0;
	if (with_reset) {
		fixture_set_bit(&part, 2, 7, FLASH_BIT_HRSW);
		part.status_default[2] |= 0x80;
	}
	return fixture_new_part(&part);
}

/* --- bit by bit --- */

/* Sends the frame in pieces of 1 to 8 bits and in spans of bytes; MISO is recorded as bytes. */
static void
frame_in_pieces(
	struct flash *chip, GRand *rand, const uint8_t *in, size_t n, uint8_t *out, bool only_bits)
{
	size_t bit = 0;

	memset(out, 0, n);
	flash_select(chip);
	while (bit < 8 * n) {
		unsigned int bits = (unsigned int)g_rand_int_range(rand, 1, 9);
		uint8_t mosi = 0;
		uint8_t miso = 0;

		if (!only_bits && bit % 8 == 0 && g_rand_boolean(rand)) {
			size_t span = (size_t)g_rand_int_range(rand, 1, (gint32)(n - bit / 8) + 1);

			flash_shift(chip, in + bit / 8, out + bit / 8, span);
			bit += 8 * span;
			continue;
		}
		bits = MIN(bits, (unsigned int)(8 * n - bit));
		for (unsigned int i = 0; i < bits; i++)
			mosi = (uint8_t)(mosi << 1 |
				(in[(bit + i) / 8] >> (7 - (bit + i) % 8) & 1));
		flash_shift_bits(chip, bits, mosi, &miso);
		for (unsigned int i = 0; i < bits; i++)
			out[(bit + i) / 8] |=
				(uint8_t)((miso >> (bits - 1 - i) & 1) << (7 - (bit + i) % 8));
		bit += bits;
	}
	flash_deselect(chip, 0);
}

START_TEST(frames_in_bits_act_like_frames_in_bytes)
{
	static const char *const frames[] = {"9F 00 00 00 00", "06", "05 00 00",
		"02 00 10 FE 12 34 56 78", "03 00 10 FC 00 00 00 00 00 00 00 00", "04", "06",
		"20 00 20 00", "05 00", "3B 00 10 00 00 00 00 00", "EB 00 10 00 00 00 00 00 00",
		"0B 00 10 FE 00 00 00 00", "AB 00 00 00 00", "4B 00 00 00 00 00 00 00 00", "FF FF",
		"90 00 00 00 00 00", "5A 00 00 00 00 00 00 00"};
	struct fixture *bytes = fixture_new();
	struct fixture *bits = fixture_new();
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);

	for (int i = 0; i < 3000; i++) {
		uint8_t in[64], out[64];
		const char *frame = frames[g_rand_int_range(rand, 0, G_N_ELEMENTS(frames))];
		size_t n = fixture_parse(frame, in);

		fixture_frame(bytes, in, n, 0);
		frame_in_pieces(bits->chip, rand, in, n, out, i % 2 == 0);
		if (memcmp(out, bytes->miso, n) != 0)
			ck_abort_msg("%s: MISO differs", frame);
		ck_assert_msg(bits->last.outcome == bytes->last.outcome, "%s", frame);
		ck_assert_msg(bits->last.length == bytes->last.length, "%s", frame);
		fixture_pass(bytes, 30 * MS);
		fixture_pass(bits, 30 * MS);
	}
	ck_assert_mem_eq(bytes->array, bits->array, 0x10000);
	fixture_destroy(bytes);
	fixture_destroy(bits);
}
END_TEST

/* With one additional clock all later bits are read one bit late. */
START_TEST(an_additional_clock_shifts_all_bits)
{
	struct fixture *f = fixture_new();
	const uint8_t opcode = 0x9f;
	uint8_t out[3];

	flash_select(f->chip);
	flash_shift(f->chip, &opcode, NULL, 1);
	flash_shift_bits(f->chip, 1, 0, NULL);
	flash_shift(f->chip, NULL, out, sizeof(out));
	flash_deselect(f->chip, 0);
	ck_assert_uint_eq(out[0], (uint8_t)(0xef << 1 | 0x40 >> 7));
	ck_assert_uint_eq(out[1], (uint8_t)(0x40 << 1 | 0x18 >> 7));
	/* A program that ends inside a byte is ignored. */
	fixture_run(f, "06");
	flash_select(f->chip);
	flash_shift(f->chip, (const uint8_t[]){0x02, 0, 0, 0, 0}, NULL, 5);
	flash_shift_bits(f->chip, 1, 0, NULL);
	flash_deselect(f->chip, 0);
	ck_assert_int_eq(f->last.outcome, FLASH_BYTE_BOUNDARY);
	/* A clock before the opcode changes it: 9F late by one bit is 4F. */
	flash_select(f->chip);
	flash_shift_bits(f->chip, 1, 0, NULL);
	flash_shift(f->chip, &opcode, NULL, 1);
	flash_deselect(f->chip, 0);
	ck_assert_int_eq(f->last.opcode, 0x4f);
	fixture_destroy(f);
}
END_TEST

/* --- HOLD# --- */

/* The clock can be stopped at any bit of the frame, for any number of clocks. */
START_TEST(hold_pauses_a_frame_at_any_clock)
{
	struct fixture *f = new_with_pins(false);
	const uint32_t mosi = 0x9f000000;
	const uint32_t wanted = 0xffef4018;

	for (unsigned int at = 0; at < 32; at++) {
		uint32_t miso = 0;
		uint8_t held[3];

		flash_select(f->chip);
		for (unsigned int i = 0; i < 32; i++) {
			uint8_t bit;

			if (i == at) {
				flash_pin(f->chip, FLASH_PIN_HOLD, FLASH_LOW);
				flash_shift_bits(f->chip, at % 8 + 1, 0x55, &held[0]);
				ck_assert_uint_eq(held[0], (1u << (at % 8 + 1)) - 1);
				flash_shift(f->chip, NULL, held, sizeof(held));
				ck_assert_uint_eq(held[0] & held[1] & held[2], 0xff);
				flash_pin(f->chip, FLASH_PIN_HOLD, FLASH_HIGH);
			}
			flash_shift_bits(f->chip, 1, mosi >> (31 - i) & 1, &bit);
			miso = miso << 1 | bit;
		}
		flash_deselect(f->chip, 0);
		ck_assert_uint_eq(miso, wanted);
		ck_assert_int_eq(f->last.outcome, FLASH_DONE);
	}
	fixture_destroy(f);
}
END_TEST

START_TEST(the_chip_ignores_frames_while_hold_is_low)
{
	struct fixture *f = new_with_pins(false);

	flash_pin(f->chip, FLASH_PIN_HOLD, FLASH_LOW);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_HELD);
	fixture_assert_miso(f, "FF FF FF FF", "held");
	fixture_run(f, "06");
	flash_pin(f->chip, FLASH_PIN_HOLD, FLASH_FLOATING);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_DONE);
	fixture_assert_miso(f, "EF 40 18", "pulled up");
	fixture_assert_status(f, "00 00 60", "06 was not heard");
	/* Time advances while the clock is stopped: an erase ends. */
	fixture_run(f, "06; 20 00 00 00");
	flash_pin(f->chip, FLASH_PIN_HOLD, FLASH_LOW);
	fixture_pass(f, 45 * MS);
	ck_assert(!flash_is_busy(f->chip));
	fixture_destroy(f);
}
END_TEST

START_TEST(with_qe_the_hold_pin_is_a_lane)
{
	struct fixture *f = fixture_new();

	ck_assert_uint_eq(fixture_status(f, 2), 0x02);
	flash_pin(f->chip, FLASH_PIN_HOLD, FLASH_LOW);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_DONE);
	fixture_assert_miso(f, "EF 40 18", "QE");
	fixture_destroy(f);
}
END_TEST

/* --- RESET# --- */

START_TEST(reset_interrupts_an_operation)
{
	struct fixture *f = new_with_pins(true);

	ck_assert(flash_pin7_is_reset(f->chip));
	memset(f->array, 0x00, 0x2000);
	fixture_run(f, "06; 20 00 00 00");
	fixture_pass(f, 20 * MS);
	flash_pin(f->chip, FLASH_PIN_HOLD, FLASH_LOW);
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_INTERRUPTED), 1);
	ck_assert(!flash_is_busy(f->chip));
	fixture_pass(f, 1 * MS);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_IN_RESET);
	flash_pin(f->chip, FLASH_PIN_HOLD, FLASH_HIGH);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_BUSY);
	fixture_pass(f, 30 * US);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_DONE);
	fixture_assert_filled(f, 0x1000, 0x1000, 0x00, "the next block");
	fixture_destroy(f);
}
END_TEST

/* RESET# clears volatile bits. */
START_TEST(reset_clears_volatile_bits)
{
	struct fixture *f = new_with_pins(true);

	fixture_run(f, "50; 01 04");
	fixture_assert_status(f, "04 00 E0", "volatile");
	flash_pin(f->chip, FLASH_PIN_HOLD, FLASH_LOW);
	flash_pin(f->chip, FLASH_PIN_HOLD, FLASH_HIGH);
	fixture_pass(f, 30 * US);
	fixture_assert_status(f, "00 00 E0", "reset");
	flash_status_preset(f->chip, 1, 0x00);
	flash_pin(f->chip, FLASH_PIN_HOLD, FLASH_LOW);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_IN_RESET);
	fixture_destroy(f);
}
END_TEST

/* A dedicated pin does not depend on QE; a part without it ignores it. */
START_TEST(a_dedicated_reset_pin_does_not_depend_on_qe)
{
	struct fixture *f = fixture_new();
	struct flash_part part;

	ck_assert(!flash_has_pin(&f->part, FLASH_PIN_RESET));
	flash_pin(f->chip, FLASH_PIN_RESET, FLASH_LOW);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_DONE);
	fixture_destroy(f);
	fixture_part_init(&part);
	part.reset_pin = true;
	f = fixture_new_part(&part);
	ck_assert(flash_has_pin(&f->part, FLASH_PIN_RESET));
	flash_pin(f->chip, FLASH_PIN_RESET, FLASH_LOW);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_IN_RESET);
	fixture_destroy(f);
}
END_TEST

/* Two reports say that a W25Q64JV is locked by SRP0 with WP# at ground in spite of QE = 1. */
START_TEST(wp_locks_in_spite_of_qe_where_the_part_says_so)
{
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	for (unsigned int with = 0; with <= 1; with++) {
		enum flash_outcome outcome = with ? FLASH_STATUS_PROTECTED : FLASH_DONE;

		part.wp_with_qe = with;
		f = fixture_new_part(&part);
		fixture_run(f, "06; 01 80; W");
		flash_pin(f->chip, FLASH_PIN_WP, FLASH_LOW);
		if (with)
			ck_assert_ptr_null(flash_pin_unused(f->chip, FLASH_PIN_WP));
		else
			ck_assert_str_eq(flash_pin_unused(f->chip, FLASH_PIN_WP), "QE=1");
		ck_assert_str_eq(flash_pin_unused(f->chip, FLASH_PIN_HOLD), "QE=1");
		ck_assert_int_eq(fixture_run(f, "06; 01 9C"), outcome);
		if (with)
			ck_assert_ptr_null(f->last.note);
		else
			ck_assert_str_eq(f->last.note, "WP# is low but has no effect: QE=1");
		fixture_destroy(f);
	}
}
END_TEST

/* No note where WP# would not lock anyway. */
START_TEST(a_status_write_has_a_note_only_if_wp_would_lock)
{
	struct flash_part part;
	struct fixture *f = fixture_new();

	fixture_run(f, "06; 01 80; W; 06; 01 80");
	ck_assert_ptr_null(f->last.note);
	fixture_run(f, "W; 06; 01 00; W; L; 06; 01 00");
	ck_assert_int_eq(f->last.outcome, FLASH_DONE);
	ck_assert_ptr_null(f->last.note);
	ck_assert_ptr_null(flash_pin_unused(f->chip, FLASH_PIN_RESET));
	fixture_destroy(f);
	fixture_part_init(&part);
	part.status_default[1] = 0;
	f = fixture_new_part(&part);
	ck_assert_ptr_null(flash_pin_unused(f->chip, FLASH_PIN_WP));
	ck_assert_ptr_null(flash_pin_unused(f->chip, FLASH_PIN_HOLD));
	fixture_destroy(f);
}
END_TEST

/* --- floating pins --- */

static unsigned int
count_answers(uint8_t no_pull_up, enum flash_level level, uint64_t seed)
{
	struct flash_part part;
	struct fixture *f;
	unsigned int n = 0;

	fixture_part_init(&part);
	part.status_default[1] = 0;
	part.no_pull_up = no_pull_up;
	f = fixture_new_part(&part);
	flash_destroy(f->chip);
	f->chip = flash_new(&f->part, f->array, seed);
	flash_pin(f->chip, FLASH_PIN_HOLD, level);
	for (int i = 0; i < 1000; i++) {
		uint8_t out[4];

		flash_select(f->chip);
		flash_shift(f->chip, (const uint8_t[]){0x9f, 0, 0, 0}, out, 4);
		flash_deselect(f->chip, 0);
		n += out[1] == 0xef;
	}
	fixture_destroy(f);
	return n;
}

START_TEST(a_floating_hold_is_mostly_low)
{
	const uint8_t hold = 1 << FLASH_PIN_HOLD;
	unsigned int n = count_answers(hold, FLASH_FLOATING, 3);

	ck_assert_uint_ge(n, 70);
	ck_assert_uint_le(n, 130);
	ck_assert_uint_eq(n, count_answers(hold, FLASH_FLOATING, 3));
	ck_assert_uint_eq(count_answers(0, FLASH_FLOATING, 3), 1000);
	ck_assert_uint_eq(count_answers(hold, FLASH_HIGH, 3), 1000);
	ck_assert_uint_eq(count_answers(hold, FLASH_LOW, 3), 0);
}
END_TEST

/* With SRP = 1 a floating WP# sometimes locks the registers. */
START_TEST(a_floating_wp_locks_by_chance)
{
	struct flash_part part;
	struct fixture *f;
	unsigned int n_locked = 0;

	fixture_part_init(&part);
	part.status_default[0] = 0x80;
	part.status_default[1] = 0;
	part.no_pull_up = 1 << FLASH_PIN_WP;
	f = fixture_new_part(&part);
	flash_pin(f->chip, FLASH_PIN_WP, FLASH_FLOATING);
	for (int i = 0; i < 200; i++) {
		fixture_run(f, "06");
		n_locked += fixture_run(f, "01 80") == FLASH_STATUS_PROTECTED;
		fixture_wait(f);
	}
	ck_assert_uint_ge(n_locked, 150);
	ck_assert_uint_le(n_locked, 199);
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_pins(void)
{
	Suite *suite = suite_create("flash_pins");
	TCase *tcase = tcase_create("pins");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, frames_in_bits_act_like_frames_in_bytes);
	tcase_add_test(tcase, an_additional_clock_shifts_all_bits);
	tcase_add_test(tcase, hold_pauses_a_frame_at_any_clock);
	tcase_add_test(tcase, the_chip_ignores_frames_while_hold_is_low);
	tcase_add_test(tcase, with_qe_the_hold_pin_is_a_lane);
	tcase_add_test(tcase, reset_interrupts_an_operation);
	tcase_add_test(tcase, reset_clears_volatile_bits);
	tcase_add_test(tcase, a_dedicated_reset_pin_does_not_depend_on_qe);
	tcase_add_test(tcase, wp_locks_in_spite_of_qe_where_the_part_says_so);
	tcase_add_test(tcase, a_status_write_has_a_note_only_if_wp_would_lock);
	tcase_add_test(tcase, a_floating_hold_is_mostly_low);
	tcase_add_test(tcase, a_floating_wp_locks_by_chance);
	suite_add_tcase(suite, tcase);
	return suite;
}
