/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions of faults: names and values, and that faults act on matching frames only. */
#include "clip_fixture.h"

#include <check.h>
#include <string.h>

Suite *suite_clip_faults_when(void);

static struct clip_fixture *f;
static struct clip_fault fault;

static void
setup(void)
{
	f = clip_fixture_new();
	/* Bytes from MISO are 00 while the fault acts. */
	clip_fault_init(&fault, CLIP_STUCK_0);
	memset(f->array, 0x5a, CLIP_ARRAY_SIZE);
}

static void
teardown(void)
{
	clip_fixture_destroy(f);
}

/* Reads n bytes from address: those in from..to must be changed, and no others. */
static void
assert_spoiled(uint32_t address, size_t n, size_t from, size_t to)
{
	clip_fixture_read(f, address, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_uint_eq(f->read[i], i >= from && i < to ? 0x00 : 0x5a);
}

static bool
id_is_spoiled(void)
{
	uint8_t id[3];

	clip_fixture_transfer(f, "\x9f", 1, id, 3);
	ck_assert(id[2] == 0x14 || id[2] == 0x00);
	return id[2] == 0x00;
}

START_TEST(a_matching_opcode_is_changed_from_its_first_bit)
{
	fault.what = CLIP_OPEN;
	fault.line = CLIP_MOSI;
	fault.when.has_opcode = true;
	fault.when.opcode = 0x06;
	clip_fixture_put(f, &fault);
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0xff);
	ck_assert_int_eq(clip_fixture_report(f, 0)->opcode, 0x06);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->operation, 1);
	ck_assert(!id_is_spoiled());
	ck_assert_uint_eq(clip_fixture_status(f), 0);
	ck_assert_uint_eq(f->reports->len, 1);
}
END_TEST

START_TEST(a_purpose_matches_its_opcodes_only)
{
	fault.when.purposes = 1 << FLASH_FOR_STATUS_READ | 1 << FLASH_FOR_READ;
	clip_fixture_put(f, &fault);
	ck_assert(!id_is_spoiled());
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	ck_assert_uint_eq(f->reports->len, 0);
	ck_assert_uint_eq(clip_fixture_status(f), 0x00);
	ck_assert_uint_eq(f->reports->len, 1);
	assert_spoiled(0, 100, 0, 100);
	ck_assert_uint_eq(f->reports->len, 2);
	clip_fault_clear(f->clip);
	ck_assert_uint_eq(clip_fixture_status(f), 0x02);
}
END_TEST

START_TEST(a_read_is_changed_in_the_address_range_only)
{
	fault.when.address_from = 0x8000;
	fault.when.address_to = 0x8010;
	clip_fixture_put(f, &fault);
	assert_spoiled(0x7f00, 0x400, 0x100, 0x110);
	assert_spoiled(0x8008, 0x100, 0, 8);
	ck_assert_uint_eq(f->reports->len, 2);
	assert_spoiled(0x9000, 0x400, 0, 0);
	assert_spoiled(0, 0x8000, 0, 0);
	ck_assert_uint_eq(f->reports->len, 2);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->byte, 0x104);
	/* The address wraps at the end of the array. */
	clip_fixture_read(f, CLIP_ARRAY_SIZE - 0x10, 0x8100);
	for (size_t i = 0; i < 0x8100; i++)
		ck_assert_uint_eq(f->read[i], i >= 0x8010 && i < 0x8020 ? 0x00 : 0x5a);
	clip_fault_clear(f->clip);
	fault.when.address_from = 0;
	fault.when.address_to = 8;
	clip_fixture_put(f, &fault);
	assert_spoiled(CLIP_ARRAY_SIZE - 0x10, 0x100, 0x10, 0x18);
	clip_fault_clear(f->clip);
	fault.when.address_from = 0x8000;
	fault.when.address_to = 0x8010;
	clip_fixture_put(f, &fault);
	/* An opcode with a dummy byte. */
	clip_fixture_transfer(f, "\x0b\x00\x7f\xf0\x00", 5, f->read, 0x40);
	for (size_t i = 0; i < 0x40; i++)
		ck_assert_uint_eq(f->read[i], i >= 0x10 && i < 0x20 ? 0x00 : 0x5a);
}
END_TEST

/* The address is known before the last clocks of the command. */
START_TEST(an_erase_is_matched_by_its_address)
{
	clip_fault_init(&fault, CLIP_SLIP);
	fault.rate = 1;
	fault.slip = CLIP_SLIP_DROPPED;
	fault.when.per_frame = 1;
	fault.when.purposes = 1 << FLASH_FOR_ERASE;
	fault.when.address_from = 0x2000;
	fault.when.address_to = 0x3000;
	clip_fixture_put(f, &fault);
	for (uint8_t sector = 1; sector <= 3; sector++) {
		const uint8_t erase[] = {0x20, 0, (uint8_t)(sector << 4), 0};

		clip_fixture_transfer(f, "\x06", 1, NULL, 0);
		clip_fixture_transfer(f, erase, 4, NULL, 0);
	}
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->byte, 3);
	ck_assert_uint_eq(f->array[0x1000], 0xff);
	ck_assert_uint_eq(f->array[0x2000], 0x5a);
	ck_assert_uint_eq(f->array[0x3000], 0xff);
}
END_TEST

START_TEST(the_address_mode_sets_the_address_width)
{
	const uint8_t read4[] = {0x03, 0x00, 0x00, 0x80, 0x00};

	fault.when.address_from = 0x8000;
	fault.when.address_to = 0x8010;
	clip_fixture_put(f, &fault);
	clip_fixture_transfer(f, "\xb7", 1, NULL, 0);
	clip_fixture_transfer(f, read4, 5, f->read, 16);
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->byte, 4);
	clip_fixture_transfer(f, "\xe9", 1, NULL, 0);
	assert_spoiled(0x8000, 0x20, 0, 0x10);
	ck_assert_uint_eq(f->reports->len, 2);
	/* 13 has four address bytes in every mode. */
	clip_fixture_transfer(f, "\x13\x00\x00\x80\x00", 5, NULL, 1);
	ck_assert_uint_eq(f->reports->len, 3);
	clip_fixture_transfer(f, "\x13\x00\x80\x00\x00", 5, NULL, 1);
	ck_assert_uint_eq(f->reports->len, 3);
}
END_TEST

START_TEST(a_byte_range_limits_the_fault)
{
	fault.when.byte_from = 10;
	fault.when.byte_to = 5010;
	clip_fixture_put(f, &fault);
	assert_spoiled(0, 20000, 6, 5006);
	assert_spoiled(0, 6, 0, 0);
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->byte, 10);
}
END_TEST

START_TEST(nth_selects_one_match)
{
	struct base_fault_status status;

	fault.when.has_opcode = true;
	fault.when.opcode = 0x9f;
	fault.when.nth = 3;
	clip_fixture_put(f, &fault);
	for (unsigned int i = 1; i <= 6; i++) {
		clip_fixture_status(f);
		ck_assert_int_eq(id_is_spoiled(), i == 3);
	}
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->operation, 6);
	ck_assert(clip_fault_at(f->clip, 0, &status));
	ck_assert_uint_eq(status.matched, 6);
	ck_assert_uint_eq(status.acted, 1);
	ck_assert_uint_eq(status.id, 1);
	ck_assert_uint_eq(((const struct clip_fault *)status.fault)->what, CLIP_STUCK_0);
	ck_assert(!clip_fault_at(f->clip, 1, &status));
}
END_TEST

START_TEST(count_limits_the_acts)
{
	fault.when.count = 3;
	clip_fixture_put(f, &fault);
	for (unsigned int i = 1; i <= 6; i++)
		ck_assert_int_eq(id_is_spoiled(), i <= 3);
	ck_assert_uint_eq(f->reports->len, 3);
	/* A fault at single bits: a limit in all, and one for each frame. */
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	clip_fault_init(&fault, CLIP_BIT_ERROR);
	fault.rate = 0.1;
	fault.when.count = 7;
	fault.when.per_frame = 3;
	clip_fixture_put(f, &fault);
	for (unsigned int i = 0; i < 6; i++) {
		clip_fixture_read(f, 0, 1000);
		ck_assert_uint_eq(f->reports->len, MIN(3 * (i + 1), 7));
		ck_assert_uint_eq(clip_fixture_wrong_bits(f, 0, 1000), i < 2 ? 3 : i == 2);
	}
}
END_TEST

START_TEST(a_probability_applies_once_per_frame)
{
	unsigned int spoiled = 0;

	fault.when.probability = 0.2;
	clip_fixture_put(f, &fault);
	for (unsigned int i = 0; i < 2000; i++)
		spoiled += id_is_spoiled();
	ck_assert_uint_gt(spoiled, 310);
	ck_assert_uint_lt(spoiled, 490);
	ck_assert_uint_eq(f->reports->len, spoiled);
	/* The whole frame or none of it. */
	for (unsigned int i = 0; i < 20; i++) {
		clip_fixture_read(f, 0, 10000);
		for (size_t k = 1; k < 10000; k++)
			ck_assert_uint_eq(f->read[k], f->read[0]);
	}
}
END_TEST

START_TEST(a_time_window_limits_the_fault)
{
	int64_t now = base_clock_now(&f->clock);

	fault.when.from_ns = now + 1000 * CLIP_BYTE_NS;
	fault.when.to_ns = now + 2000 * CLIP_BYTE_NS;
	clip_fixture_put(f, &fault);
	clip_fixture_read(f, 0, 3000);
	/* Exact to a byte. */
	for (size_t i = 0; i < 3000; i++)
		if (i < 995 || i > 1998)
			ck_assert_uint_eq(f->read[i], 0x5a);
		else if (i > 998 && i < 1995)
			ck_assert_uint_eq(f->read[i], 0x00);
	ck_assert(!id_is_spoiled());
	ck_assert_uint_eq(f->reports->len, 1);
}
END_TEST

START_TEST(a_supply_fault_begins_and_ends_without_a_frame)
{
	int64_t now = base_clock_now(&f->clock);

	fault.what = CLIP_OPEN;
	fault.line = CLIP_VCC;
	fault.when.from_ns = now + 1000000;
	fault.when.to_ns = now + 2000000;
	clip_fixture_put(f, &fault);
	ck_assert(flash_is_powered(f->chip));
	clip_wait(f->clip, 1500000);
	ck_assert(!flash_is_powered(f->chip));
	clip_wait(f->clip, 1500000);
	ck_assert(flash_is_powered(f->chip));
	ck_assert(!id_is_spoiled());
}
END_TEST

START_TEST(a_chip_select_limits_the_fault)
{
	uint8_t id[3];

	clip_attach(f->clip, 0, NULL);
	clip_attach(f->clip, 5, f->chip);
	fault.when.selects = 1 << 0;
	clip_fixture_put(f, &fault);
	clip_select(f->clip, 5);
	clip_shift(f->clip, (const uint8_t *)"\x9f", NULL, 1);
	clip_shift(f->clip, NULL, id, 3);
	clip_deselect(f->clip);
	ck_assert_mem_eq(id, "\xef\x40\x14", 3);
	ck_assert_uint_eq(f->reports->len, 0);
	clip_fixture_transfer(f, "\x9f", 1, id, 3);
	ck_assert_mem_eq(id, "\x00\x00\x00", 3);
	ck_assert_uint_eq(f->reports->len, 1);
}
END_TEST

START_TEST(attaching_a_chip_applies_faults_in_force)
{
	fault.what = CLIP_OPEN;
	fault.line = CLIP_VCC;
	clip_attach(f->clip, 0, NULL);
	clip_fixture_put(f, &fault);
	ck_assert(flash_is_powered(f->chip));
	clip_attach(f->clip, 0, f->chip);
	ck_assert(!flash_is_powered(f->chip));
	clip_fault_clear(f->clip);
	ck_assert(flash_is_powered(f->chip));
}
END_TEST

START_TEST(detaching_a_chip_restores_its_levels_and_supply)
{
	clip_attach(f->clip, 0, NULL);
	flash_supply(f->chip, 3123);
	flash_pin(f->chip, FLASH_PIN_WP, FLASH_LOW);
	clip_attach(f->clip, 0, f->chip);
	ck_assert_int_eq(clip_supply(f->clip, 0), 3123);
	ck_assert_int_eq(clip_level(f->clip, 0, CLIP_WP), FLASH_LOW);
	clip_fixture_add(f, CLIP_OPEN, CLIP_VCC);
	clip_fixture_add(f, CLIP_STUCK_1, CLIP_WP);
	ck_assert_int_eq(flash_millivolts(f->chip), 0);
	ck_assert_int_eq(flash_pin_level(f->chip, FLASH_PIN_WP), FLASH_HIGH);
	clip_set_supply(f->clip, 0, 3210);
	ck_assert_int_eq(flash_millivolts(f->chip), 0);
	clip_attach(f->clip, 0, NULL);
	ck_assert_int_eq(flash_millivolts(f->chip), 3210);
	ck_assert_int_eq(flash_pin_level(f->chip, FLASH_PIN_WP), FLASH_LOW);
}
END_TEST

START_TEST(faults_are_removed_by_their_ids)
{
	struct base_fault_status status;
	unsigned int first = clip_fixture_put(f, &fault);
	unsigned int second = clip_fixture_add(f, CLIP_LATE, CLIP_MISO);
	unsigned int third = clip_fixture_add(f, CLIP_EARLY, CLIP_MISO);

	ck_assert(clip_fault_remove(f->clip, first));
	ck_assert(!clip_fault_remove(f->clip, first));
	ck_assert(clip_fault_at(f->clip, 0, &status));
	ck_assert_uint_eq(status.id, second);
	ck_assert_uint_eq(((const struct clip_fault *)status.fault)->what, CLIP_LATE);
	ck_assert(clip_fault_at(f->clip, 1, &status));
	ck_assert_uint_eq(status.id, third);
	clip_fault_clear(f->clip);
	ck_assert(!clip_fault_at(f->clip, 0, &status));
	ck_assert_uint_gt(clip_fixture_put(f, &fault), third);
}
END_TEST

START_TEST(names_convert_in_both_directions)
{
	enum clip_fault_what what;
	enum clip_line line;
	enum clip_side side;
	enum clip_polarity polarity;
	enum clip_slip slip;
	enum clip_rule rule;

	for (unsigned int i = 0; i < CLIP_FAULT_WHATS; i++) {
		const char *name = clip_fault_what_string((enum clip_fault_what)i);

		ck_assert_msg(name != NULL, "fault %u has no row in emu/clip/faulttable.c", i);
		ck_assert(clip_fault_what_from_string(name, &what));
		ck_assert_msg(what == i, "%s names fault %u and fault %u", name, what, i);
		clip_fault_init(&fault, what);
		ck_assert_pstr_eq(clip_fault_check(&fault), NULL);
	}
	ck_assert(clip_fault_what_from_string("stuck-1", &what));
	ck_assert_uint_eq(what, CLIP_STUCK_1);
	ck_assert(!clip_fault_what_from_string("opens", &what));
	ck_assert_ptr_null(clip_fault_what_string(CLIP_FAULT_WHATS));
	for (line = CLIP_CS; line < CLIP_LINES; line++) {
		enum clip_line again;

		ck_assert(clip_line_from_string(clip_line_string(line), &again));
		ck_assert_uint_eq(again, line);
	}
	ck_assert(clip_side_from_string("chip", &side));
	ck_assert_uint_eq(side, CLIP_CHIP);
	ck_assert(clip_polarity_from_string("1-to-0", &polarity));
	ck_assert_uint_eq(polarity, CLIP_1_TO_0);
	ck_assert(clip_slip_from_string("doubled", &slip));
	ck_assert_uint_eq(slip, CLIP_SLIP_DOUBLED);
	ck_assert(clip_rule_from_string("or", &rule));
	ck_assert_uint_eq(rule, CLIP_WIRED_OR);
}
END_TEST

START_TEST(values_out_of_range_are_rejected)
{
	static const struct {
		enum clip_fault_what what;
		enum clip_line line, line2;
		double rate, probability;
		const char *wrong;
	} rows[] = {
		{CLIP_OPEN, CLIP_LINES, 0, 0, 0, "there is no such line or side"},
		{CLIP_FAULT_WHATS, 0, 0, 0, 0, "there is no such fault"},
		{CLIP_SHORT, CLIP_CS, CLIP_CS, 0, 0, "a short takes two different lines"},
		{CLIP_BIT_ERROR, CLIP_CS, 0, 0, 0, "lines with single wrong bits are mosi, miso"},
		{CLIP_BIT_ERROR, CLIP_MISO, 0, 1.1, 0, "the rate has to be 0 to 1"},
		{CLIP_OPEN, CLIP_MISO, 0, 0, -0.1, "the probability has to be from 0 to 1"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		clip_fault_init(&fault, rows[i].what);
		fault.line = rows[i].line;
		fault.line2 = rows[i].line2;
		fault.rate = rows[i].rate;
		fault.when.probability = rows[i].probability;
		ck_assert_pstr_eq(clip_fault_check(&fault), rows[i].wrong);
		ck_assert_uint_eq(clip_fault_add(f->clip, &fault), 0);
	}
	ck_assert(!clip_fault_remove(f->clip, 1));
}
END_TEST

Suite *
suite_clip_faults_when(void)
{
	Suite *suite = suite_create("clip_faults_when");
	TCase *when = tcase_create("when");

	tcase_set_timeout(when, 60);
	tcase_add_checked_fixture(when, setup, teardown);
	tcase_add_test(when, a_matching_opcode_is_changed_from_its_first_bit);
	tcase_add_test(when, a_purpose_matches_its_opcodes_only);
	tcase_add_test(when, a_read_is_changed_in_the_address_range_only);
	tcase_add_test(when, an_erase_is_matched_by_its_address);
	tcase_add_test(when, the_address_mode_sets_the_address_width);
	tcase_add_test(when, a_byte_range_limits_the_fault);
	tcase_add_test(when, nth_selects_one_match);
	tcase_add_test(when, count_limits_the_acts);
	tcase_add_test(when, a_probability_applies_once_per_frame);
	tcase_add_test(when, a_time_window_limits_the_fault);
	tcase_add_test(when, a_supply_fault_begins_and_ends_without_a_frame);
	tcase_add_test(when, a_chip_select_limits_the_fault);
	tcase_add_test(when, attaching_a_chip_applies_faults_in_force);
	tcase_add_test(when, detaching_a_chip_restores_its_levels_and_supply);
	tcase_add_test(when, faults_are_removed_by_their_ids);
	tcase_add_test(when, names_convert_in_both_directions);
	tcase_add_test(when, values_out_of_range_are_rejected);
	suite_add_tcase(suite, when);
	return suite;
}
