/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of the chip itself: each acts only where aimed, and as often as set. */
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

static unsigned int
add(struct flash_fault fault)
{
	unsigned int id = flash_fault_add(f->chip, &fault);

	ck_assert_uint_gt(id, 0);
	return id;
}

static void
read_array(uint32_t address, uint8_t *out, size_t n)
{
	const uint8_t frame[] = {
		0x03, (uint8_t)(address >> 16), (uint8_t)(address >> 8), (uint8_t)address};

	flash_select(f->chip);
	flash_shift(f->chip, frame, NULL, sizeof(frame));
	flash_shift(f->chip, NULL, out, n);
	flash_deselect(f->chip, 0);
}

START_TEST(stuck_cells_keep_their_level)
{
	add((struct flash_fault){.what = FLASH_FAULT_STUCK_CELL,
		.when.address_from = 0x1234,
		.when.address_to = 0x1235,
		.mask = 0x01});
	add((struct flash_fault){.what = FLASH_FAULT_STUCK_CELL,
		.when.address_from = 0x2000,
		.when.address_to = 0x2002,
		.mask = 0xf0,
		.level = true});
	ck_assert_uint_eq(f->array[0x1234], 0xfe);
	ck_assert_uint_eq(f->n_acts, 1);
	ck_assert_uint_eq(f->act.address, 0x1234);
	fixture_run(f, "06; 20 00 10 00; W; 06; 02 00 20 00 00 00 00; W");
	ck_assert_uint_eq(f->array[0x1234], 0xfe);
	ck_assert_uint_eq(f->array[0x2000], 0xf0);
	ck_assert_uint_eq(f->array[0x2001], 0xf0);
	ck_assert_uint_eq(f->array[0x2002], 0x00);
	ck_assert_uint_eq(f->n_acts, 3);
	fixture_run(f, "06; C7; W");
	ck_assert_uint_eq(f->array[0x1234], 0xfe);
	fixture_assert_filled(f, 0, 0x1234, 0xff, "below");
	fixture_assert_filled(f, 0x1235, FIXTURE_SIZE - 0x1235, 0xff, "above");
}
END_TEST

/* A column: the same bit of one byte in every 256 bytes. */
START_TEST(weak_columns_read_as_random)
{
	static uint8_t out[0x40000];
	struct base_fault_status status;
	unsigned int wrong = 0;

	add((struct flash_fault){.what = FLASH_FAULT_WEAK_CELL,
		.when.address_from = 0x10000,
		.when.address_to = 0x30000,
		.every = 256,
		.offset = 6,
		.mask = 0x80,
		.rate = 0.25});
	for (int i = 0; i < 20; i++) {
		read_array(0, out, sizeof(out));
		for (size_t j = 0; j < sizeof(out); j++) {
			if (out[j] == 0xff)
				continue;
			ck_assert_uint_eq(out[j], 0x7f);
			ck_assert_uint_eq(j % 256, 6);
			ck_assert(j >= 0x10000 && j < 0x30000);
			wrong++;
		}
	}
	/* 20 reads of 512 cells, a quarter of them wrong: 2560, standard deviation 44. */
	ck_assert_uint_ge(wrong, 2560 - 200);
	ck_assert_uint_le(wrong, 2560 + 200);
	ck_assert_uint_eq(f->n_acts, 20);
	ck_assert(flash_fault_at(f->chip, 0, &status));
	ck_assert_uint_eq(status.matched, 20 * 512);
	ck_assert_uint_eq(status.acted, wrong);
	fixture_assert_filled(f, 0, FIXTURE_SIZE, 0xff, "the array itself");
	read_array(0x10007, out, 255);
	for (size_t j = 0; j < 255; j++)
		ck_assert_uint_eq(out[j], 0xff);
}
END_TEST

/* A cell is a bit: each of the eight weak bits of a byte is read and counted separately. */
START_TEST(weak_bits_are_counted_separately)
{
	static uint8_t out[0x10000];
	struct base_fault_status status;
	uint64_t wrong = 0;

	add((struct flash_fault){.what = FLASH_FAULT_WEAK_CELL, .mask = 0xff, .rate = 0.3});
	read_array(0, out, sizeof(out));
	for (size_t j = 0; j < sizeof(out); j++)
		wrong += 8 - (uint64_t)__builtin_popcount(out[j]);
	ck_assert(flash_fault_at(f->chip, 0, &status));
	ck_assert_uint_eq(status.matched, 8 * sizeof(out));
	ck_assert_uint_eq(status.acted, wrong);
	/* 157286, standard deviation 332. */
	ck_assert_uint_ge(wrong, 157286 - 1500);
	ck_assert_uint_le(wrong, 157286 + 1500);
	ck_assert_uint_eq(f->n_acts, 1);
}
END_TEST

START_TEST(count_limits_the_acts_of_weak_cells)
{
	static uint8_t out[0x1000];
	unsigned int wrong = 0;

	add((struct flash_fault){
		.what = FLASH_FAULT_WEAK_CELL, .mask = 0x0f, .rate = 1, .when.count = 10});
	read_array(0, out, sizeof(out));
	for (size_t j = 0; j < sizeof(out); j++)
		wrong += 8 - (unsigned int)__builtin_popcount(out[j]);
	ck_assert_uint_eq(wrong, 10);
	ck_assert_uint_eq(f->n_acts, 1);
	read_array(0, out, sizeof(out));
	ck_assert_uint_eq(out[0], 0xff);
}
END_TEST

START_TEST(no_effect_skips_the_operation)
{
	add((struct flash_fault){.what = FLASH_FAULT_NO_EFFECT,
		.when.purposes = 1 << FLASH_FOR_ERASE,
		.when.address_from = 0x1000,
		.when.address_to = 0x3000});
	memset(f->array, 0, 0x8000);
	fixture_run(f, "06; 20 00 00 00; W; 06; 20 00 10 00");
	ck_assert(flash_is_busy(f->chip));
	fixture_run(f, "W; 06; 20 00 20 00; W; 06; 20 00 30 00; W; 06; 02 00 00 00 12; W");
	fixture_assert_filled(f, 1, 0xfff, 0xff, "erased");
	fixture_assert_filled(f, 0x1000, 0x2000, 0x00, "no effect");
	fixture_assert_filled(f, 0x3000, 0x1000, 0xff, "erased");
	ck_assert_uint_eq(f->array[0], 0x12);
	ck_assert_uint_eq(f->n_acts, 2);
	ck_assert_uint_eq(f->act.address, 0x2000);
}
END_TEST

/* --- failure flags of the chip --- */

/* As in the security register of Macronix, and in the flag status register of Micron. */
static void
use_part_with_flags(bool clsr)
{
	struct flash_part part;

	fixture_destroy(f);
	fixture_part_init(&part);
	fixture_add_commands(&part, clsr ? "RDFSR CLFSR CLSR" : "RDFSR CLFSR");
	fixture_set_bit(&part, 2, 6, FLASH_BIT_E_FAIL);
	fixture_set_bit(&part, 2, 5, FLASH_BIT_P_FAIL);
	part.status_default[2] = 0;
	part.endurance = 1000;
	part.busy_after_failure = clsr;
	f = fixture_new_part(&part);
	fixture_count_acts(f);
	add((struct flash_fault){.what = FLASH_FAULT_STUCK_CELL,
		.when.address_from = 0x1234,
		.when.address_to = 0x1235,
		.mask = 0x01});
	add((struct flash_fault){.what = FLASH_FAULT_STUCK_CELL,
		.when.address_from = 0x2000,
		.when.address_to = 0x2001,
		.mask = 0xf0,
		.level = true});
}

static const struct {
	const char *what;
	const char *script;
	uint8_t sr3;
	uint8_t flags;
	enum flash_outcome outcome;
} flag_rows[] = {
	{"erase over a cell that stays 0", "06; 20 00 10 00; W", 0x40, 0xa0, FLASH_NOT_ERASED},
	{"chip erase over a cell that stays 0", "06; C7; W", 0x40, 0xa0, FLASH_NOT_ERASED},
	{"erase elsewhere", "06; 20 00 00 00; W", 0x00, 0x80, FLASH_DONE},
	{"erase over a cell that stays 1", "06; 20 00 20 00; W", 0x00, 0x80, FLASH_DONE},
	{"program of a cell that stays 1", "06; 02 00 20 00 0F; W", 0x20, 0x90,
		FLASH_NOT_PROGRAMMED},
	{"program of a bit that stays 1", "06; 02 00 20 00 7F; W", 0x20, 0x90,
		FLASH_NOT_PROGRAMMED},
	{"program of the byte's other bits", "06; 02 00 20 00 F0; W", 0x00, 0x80, FLASH_DONE},
	{"program of the next byte", "06; 02 00 20 01 00; W", 0x00, 0x80, FLASH_DONE},
	{"program of a cell that stays 0", "06; 02 00 12 34 FF; W", 0x00, 0x80, FLASH_DONE},
	{"the next erase clears one", "06; 20 00 10 00; W; 50; 06; 20 00 00 00; W", 0x00, 0x80,
		FLASH_DONE},
	{"the next program clears the other one",
		"06; 02 00 20 00 0F; W; 50; 06; 02 00 00 00 00; W", 0x00, 0x80, FLASH_DONE},
	{"a reset during an operation sets no error bit",
		"06; 20 00 10 00; 66; 99; T999999; 06; 20 00 00 00; W", 0x00, 0x80, FLASH_DONE},
};

static enum flash_outcome
last_ready(void)
{
	enum flash_outcome outcome = FLASH_OUTCOMES;

	for (guint i = 0; i < f->events->len; i++) {
		const struct flash_event *event = &g_array_index(f->events, struct flash_event, i);

		if (event->kind == FLASH_EVENT_READY)
			outcome = event->outcome;
	}
	return outcome;
}

START_TEST(stuck_cells_raise_failure_flags)
{
	use_part_with_flags(false);
	fixture_run(f, flag_rows[_i].script);
	ck_assert_int_eq(last_ready(), flag_rows[_i].outcome);
	fixture_run(f, "70 00");
	ck_assert_msg(f->miso[1] == flag_rows[_i].flags, "%s: flags %02X", flag_rows[_i].what,
		f->miso[1]);
	ck_assert_msg(fixture_status(f, 3) == flag_rows[_i].sr3, "%s: SR3 %02X", flag_rows[_i].what,
		fixture_status(f, 3));
}
END_TEST

/* Replacing the contents of the array is not an operation, and does not make the next one fail. */
START_TEST(replacing_the_array_applies_stuck_cells)
{
	use_part_with_flags(false);
	f->array[0x1234] = 0xff;
	f->array[0x2000] = 0x00;
	flash_array_replaced(f->chip);
	ck_assert_uint_eq(f->array[0x1234], 0xfe);
	ck_assert_uint_eq(f->array[0x2000], 0xf0);
	ck_assert_uint_eq(f->n_acts, 3);
	fixture_run(f, "06; 02 00 12 30 00; W; 06; 02 00 20 01 00; W; 70 00");
	ck_assert_uint_eq(f->miso[1], 0x80);
	ck_assert_int_eq(last_ready(), FLASH_DONE);
	ck_assert_uint_eq(f->n_acts, 3);
	flash_array_replaced(f->chip);
	ck_assert_uint_eq(f->n_acts, 3);
}
END_TEST

/* The chip does not notice the failure. */
START_TEST(no_effect_raises_no_flag)
{
	use_part_with_flags(false);
	add((struct flash_fault){.what = FLASH_FAULT_NO_EFFECT});
	memset(f->array, 0, 0x1000);
	fixture_run(f, "06; 20 00 00 00; W; 06; 20 00 10 00; W; 06; 02 00 20 00 00; W; 70 00");
	ck_assert_uint_eq(f->array[0], 0x00);
	ck_assert_uint_eq(f->array[0x2000], 0xff);
	ck_assert_uint_eq(f->miso[1], 0x80);
	ck_assert_uint_eq(fixture_status(f, 3), 0x00);
	ck_assert_int_eq(last_ready(), FLASH_DONE);
}
END_TEST

START_TEST(worn_blocks_raise_the_flag)
{
	use_part_with_flags(false);
	flash_set_wear(f->chip, true);
	flash_put_block(f->chip, &(struct flash_block){.number = 8, .cycles = 4000});
	fixture_run(f, "06; 20 00 70 00; W; 70 00");
	ck_assert_uint_eq(f->miso[1], 0x80);
	fixture_run(f, "06; 20 00 80 00; W; 70 00");
	ck_assert_uint_eq(f->miso[1], 0xa0);
	ck_assert_uint_eq(fixture_status(f, 3), 0x40);
}
END_TEST

/* BUSY, WEL and the flag stay set until CLSR. */
START_TEST(failures_keep_busy_until_clsr)
{
	use_part_with_flags(true);
	fixture_run(f, "06; 20 00 10 00; T999999999999");
	ck_assert_int_eq(last_ready(), FLASH_NOT_ERASED);
	fixture_assert_status(f, "03 02 40", "erase");
	ck_assert_int_eq(fixture_run(f, "03 00 00 00 00"), FLASH_BUSY);
	fixture_run(f, "30");
	fixture_assert_status(f, "00 02 00", "CLSR");
	fixture_run(f, "06; 02 00 20 00 0F; T999999999999");
	fixture_assert_status(f, "03 02 20", "program");
	fixture_run(f, "30; 06; 20 00 00 00; W");
	ck_assert_int_eq(last_ready(), FLASH_DONE);
	fixture_assert_status(f, "00 02 00", "a good erase");
}
END_TEST

/* The third program only. */
START_TEST(nth_selects_one_operation)
{
	unsigned int id = add((struct flash_fault){
		FLASH_FAULT_NO_EFFECT, .when.purposes = 1 << FLASH_FOR_PROGRAM, .when.nth = 3});
	struct base_fault_status status;

	for (unsigned int i = 0; i < 5; i++) {
		const uint8_t frame[] = {0x02, 0x00, (uint8_t)i, 0x00, 0x55};

		fixture_run(f, "06");
		fixture_frame(f, frame, sizeof(frame), 0);
		fixture_wait(f);
		ck_assert_uint_eq(f->array[i * 256], i == 2 ? 0xff : 0x55);
	}
	ck_assert(flash_fault_at(f->chip, 0, &status));
	ck_assert_uint_eq(status.id, id);
	ck_assert_uint_eq(status.matched, 5);
	ck_assert_uint_eq(status.acted, 1);
	ck_assert(!flash_fault_at(f->chip, 1, &status));
}
END_TEST

START_TEST(probability_and_count_limit_the_acts)
{
	struct base_fault_status status;
	unsigned int n = 0;

	add((struct flash_fault){
		.what = FLASH_FAULT_NO_EFFECT, .when.probability = 0.3, .when.count = 200});
	for (unsigned int i = 0; i < 500; i++) {
		const uint8_t frame[] = {0x02, (uint8_t)(i >> 8), (uint8_t)i, 0x00, 0x55};

		fixture_run(f, "06");
		fixture_frame(f, frame, sizeof(frame), 0);
		fixture_wait(f);
		n += f->array[i * 256] == 0xff;
	}
	ck_assert_uint_ge(n, 110);
	ck_assert_uint_le(n, 190);
	ck_assert(flash_fault_at(f->chip, 0, &status));
	ck_assert_uint_eq(status.acted, n);
	for (unsigned int i = 500; i < 2000; i++) {
		const uint8_t frame[] = {0x02, (uint8_t)(i >> 8), (uint8_t)i, 0x00, 0x55};

		fixture_run(f, "06");
		fixture_frame(f, frame, sizeof(frame), 0);
		fixture_wait(f);
		n += f->array[i * 256] == 0xff;
	}
	ck_assert_uint_eq(n, 200);
}
END_TEST

START_TEST(an_endless_operation_ends_at_power_loss)
{
	add((struct flash_fault){.what = FLASH_FAULT_ENDLESS, .when.count = 1});
	fixture_run(f, "06; 20 00 00 00");
	fixture_pass(f, 3600 * 1000 * MS);
	ck_assert_uint_eq(fixture_status(f, 1), 0x03);
	fixture_run(f, "P");
	ck_assert_uint_eq(fixture_status(f, 1), 0x00);
	fixture_run(f, "06; 20 00 00 00");
	fixture_pass(f, 45 * MS);
	ck_assert_uint_eq(fixture_status(f, 1), 0x00);
}
END_TEST

/* Suspend and resume, however late, do not end it. */
START_TEST(an_endless_operation_does_not_end_after_a_resume)
{
	add((struct flash_fault){.what = FLASH_FAULT_ENDLESS, .when.count = 1});
	fixture_run(f, "06; 20 00 00 00; T1000000; 75; T20000");
	fixture_pass(f, 3600 * 1000 * MS);
	fixture_run(f, "7A");
	ck_assert_uint_eq(fixture_status(f, 1), 0x03);
	fixture_pass(f, 3600 * 1000 * MS);
	ck_assert_uint_eq(fixture_status(f, 1), 0x03);
	fixture_run(f, "P");
	ck_assert_uint_eq(fixture_status(f, 1), 0x00);
}
END_TEST

/* The time remains finite even with several of these faults. */
START_TEST(several_slow_faults_multiply_up_to_a_limit)
{
	for (int i = 0; i < 4; i++)
		add((struct flash_fault){.what = FLASH_FAULT_SLOW,
			.when.purposes = 1 << FLASH_FOR_ERASE,
			.factor = 1e6});
	fixture_run(f, "06; 20 00 00 00");
	ck_assert_int_eq(flash_busy_until(f->chip) - f->now_ns, INT64_C(1000000000000000000));
}
END_TEST

START_TEST(slow_does_not_act_on_an_endless_operation)
{
	add((struct flash_fault){.what = FLASH_FAULT_ENDLESS});
	add((struct flash_fault){.what = FLASH_FAULT_SLOW, .factor = 5});
	fixture_run(f, "06; 20 00 00 00");
	ck_assert_uint_eq(f->n_acts, 1);
	ck_assert_int_eq(f->act.fault->what, FLASH_FAULT_ENDLESS);
}
END_TEST

/* An offset and a distance whose sum is more than 4 Gi. */
START_TEST(columns_beyond_the_chip_change_nothing)
{
	add((struct flash_fault){.what = FLASH_FAULT_STUCK_CELL,
		.mask = 1,
		.every = 0xc0000000,
		.offset = 0x40000000});
	fixture_assert_filled(f, 0, FIXTURE_SIZE, 0xff, "beyond the chip");
}
END_TEST

START_TEST(slow_multiplies_the_time_by_its_factor)
{
	add((struct flash_fault){
		.what = FLASH_FAULT_SLOW, .when.purposes = 1 << FLASH_FOR_ERASE, .factor = 2.5});
	fixture_run(f, "06; 20 00 00 00");
	ck_assert_int_eq(flash_busy_until(f->chip) - f->now_ns, 225 * MS / 2);
	fixture_wait(f);
	fixture_run(f, "06; 01 04");
	ck_assert_int_eq(flash_busy_until(f->chip) - f->now_ns, 10 * MS);
}
END_TEST

START_TEST(addresses_beyond_the_real_size_repeat_the_array)
{
	uint8_t out[8];

	flash_set_real_size(f->chip, FIXTURE_SIZE / 4, FLASH_WRAPS);
	fixture_run(f, "06; 02 40 00 00 12 34; W");
	ck_assert_uint_eq(f->array[0], 0x12);
	read_array(0x800000, out, 2);
	ck_assert_mem_eq(out, "\x12\x34", 2);
	read_array(0x3ffffe, out, 4);
	ck_assert_mem_eq(out, "\xff\xff\x12\x34", 4);
	fixture_assert_filled(f, 0x400000, 0x400000, 0xff, "unused");
	fixture_run(f, "06; D8 C0 00 00; W");
	ck_assert_uint_eq(f->array[0], 0xff);
	memset(f->array, 0, FIXTURE_SIZE);
	fixture_run(f, "06; C7; W");
	fixture_assert_filled(f, 0, FIXTURE_SIZE / 4, 0xff, "erased");
	fixture_assert_filled(f, FIXTURE_SIZE / 4, 3 * FIXTURE_SIZE / 4, 0x00, "unused");
}
END_TEST

/* Beyond the real size nothing is programmed, and reads return FF; operations take their usual
 * time. */
START_TEST(addresses_beyond_the_real_size_read_ones)
{
	const size_t die = FIXTURE_SIZE / 4;
	uint8_t out[8];

	memset(f->array, 0x00, FIXTURE_SIZE);
	memset(f->array + 0x500000, 0xff, 256);
	flash_set_real_size(f->chip, die, FLASH_ONES);
	read_array(0x3ffffe, out, 4);
	ck_assert_mem_eq(out, "\x00\x00\xff\xff", 4);
	read_array(0xfffffe, out, 4);
	ck_assert_mem_eq(out, "\xff\xff\x00\x00", 4);
	fixture_run(f, "06; D8 40 00 00");
	ck_assert_int_eq(flash_busy_until(f->chip) - f->now_ns, 150 * MS);
	fixture_run(f, "W; 06; 02 50 00 00 12 34");
	ck_assert(flash_is_busy(f->chip));
	fixture_run(f,
		"W; 06; 02 50 00 00 12 34; T31000; 66; 99; T30000; 06; D8 40 00 00; "
		"T99999999; 66; 99");
	fixture_assert_filled(f, 0, 0x500000, 0x00, "not erased");
	fixture_assert_filled(f, 0x500000, 256, 0xff, "not programmed");
	read_array(0x400000, out, 2);
	ck_assert_mem_eq(out, "\xff\xff", 2);
	fixture_run(f, "T30000; 06; D8 3F 00 00; W; 06; 02 3F FF FF 12; W");
	fixture_assert_filled(f, 0, die - 65536, 0x00, "below");
	fixture_assert_filled(f, die - 65536, 65535, 0xff, "the last block");
	ck_assert_uint_eq(f->array[die - 1], 0x12);
	fixture_run(f, "06; C7; W");
	fixture_assert_filled(f, 0, die, 0xff, "erased");
	fixture_assert_filled(f, die, 0x500000 - die, 0x00, "unused");
}
END_TEST

/* Ids are never reused; a removed fault no longer acts. */
START_TEST(removed_faults_no_longer_act)
{
	unsigned int one = add((struct flash_fault){.what = FLASH_FAULT_NO_EFFECT});
	unsigned int two =
		add((struct flash_fault){.what = FLASH_FAULT_WEAK_CELL, .mask = 1, .rate = 1});
	uint8_t byte;

	read_array(0, &byte, 1);
	ck_assert_uint_eq(byte, 0xfe);
	ck_assert(flash_fault_remove(f->chip, two));
	ck_assert(!flash_fault_remove(f->chip, two));
	read_array(0, &byte, 1);
	ck_assert_uint_eq(byte, 0xff);
	flash_fault_clear(f->chip);
	ck_assert(!flash_fault_remove(f->chip, one));
	fixture_run(f, "06; 02 00 00 00 00; W");
	ck_assert_uint_eq(f->array[0], 0x00);
	ck_assert_uint_gt(add((struct flash_fault){.what = FLASH_FAULT_NO_EFFECT}), two);
}
END_TEST

static const struct flash_fault bad[] = {
	{.what = FLASH_FAULT_STUCK_CELL},
	{.what = FLASH_FAULT_WEAK_CELL, .mask = 1},
	{.what = FLASH_FAULT_WEAK_CELL, .mask = 1, .rate = 1.1},
	{.what = FLASH_FAULT_STUCK_CELL, .mask = 1, .when.address_from = 2, .when.address_to = 2},
	{.what = FLASH_FAULT_STUCK_CELL, .mask = 1, .when.address_to = FIXTURE_SIZE + 1},
	{.what = FLASH_FAULT_STUCK_CELL, .mask = 1, .every = 4, .offset = 4},
	{.what = FLASH_FAULT_SLOW, .factor = 0.5},
	{.what = FLASH_FAULT_NO_EFFECT, .when.probability = -1},
};

START_TEST(invalid_faults_are_rejected)
{
	ck_assert_ptr_nonnull(flash_fault_check(flash_part(f->chip), &bad[_i]));
	ck_assert_uint_eq(flash_fault_add(f->chip, &bad[_i]), 0);
}
END_TEST

START_TEST(names_convert_in_both_directions)
{
	enum flash_fault_what what;

	for (int i = 0; i < FLASH_FAULT_WHATS; i++) {
		ck_assert(flash_fault_what_from_string(
			flash_fault_what_string((enum flash_fault_what)i), &what));
		ck_assert_int_eq(what, i);
	}
	ck_assert(!flash_fault_what_from_string("rust", &what));
}
END_TEST

Suite *
suite_flash_fault(void)
{
	Suite *suite = suite_create("flash_fault");
	TCase *tcase = tcase_create("fault");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, stuck_cells_keep_their_level);
	tcase_add_test(tcase, weak_columns_read_as_random);
	tcase_add_test(tcase, weak_bits_are_counted_separately);
	tcase_add_test(tcase, count_limits_the_acts_of_weak_cells);
	tcase_add_test(tcase, no_effect_skips_the_operation);
	tcase_add_loop_test(tcase, stuck_cells_raise_failure_flags, 0, G_N_ELEMENTS(flag_rows));
	tcase_add_test(tcase, replacing_the_array_applies_stuck_cells);
	tcase_add_test(tcase, no_effect_raises_no_flag);
	tcase_add_test(tcase, worn_blocks_raise_the_flag);
	tcase_add_test(tcase, failures_keep_busy_until_clsr);
	tcase_add_test(tcase, nth_selects_one_operation);
	tcase_add_test(tcase, probability_and_count_limit_the_acts);
	tcase_add_test(tcase, an_endless_operation_ends_at_power_loss);
	tcase_add_test(tcase, an_endless_operation_does_not_end_after_a_resume);
	tcase_add_test(tcase, slow_multiplies_the_time_by_its_factor);
	tcase_add_test(tcase, slow_does_not_act_on_an_endless_operation);
	tcase_add_test(tcase, several_slow_faults_multiply_up_to_a_limit);
	tcase_add_test(tcase, columns_beyond_the_chip_change_nothing);
	tcase_add_test(tcase, addresses_beyond_the_real_size_repeat_the_array);
	tcase_add_test(tcase, addresses_beyond_the_real_size_read_ones);
	tcase_add_test(tcase, removed_faults_no_longer_act);
	tcase_add_loop_test(tcase, invalid_faults_are_rejected, 0, G_N_ELEMENTS(bad));
	tcase_add_test(tcase, names_convert_in_both_directions);
	suite_add_tcase(suite, tcase);
	return suite;
}
