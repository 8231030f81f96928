/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults that act at single bits: rate and position, and that a seed reproduces them. */
#include "base/random.h"
#include "clip_fixture.h"

#include <check.h>
#include <string.h>

Suite *suite_clip_faults_bits(void);

#define BITS (8.0 * CLIP_ARRAY_SIZE)

static struct clip_fixture *f;
static struct clip_fault fault;

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

/* Fails unless got is within five standard deviations of a mean of n acts. */
static void
assert_about(double got, double n)
{
	double margin = 25 * n;

	ck_assert_msg((got - n) * (got - n) <= margin, "%.0f instead of about %.0f", got, n);
}

static void
read_all(void)
{
	clip_fixture_forget(f);
	clip_fixture_read(f, 0, CLIP_ARRAY_SIZE);
}

START_TEST(random_numbers_have_their_means)
{
	struct base_random random, again, other;
	double sum = 0;
	const int n = 100000;

	base_random_init(&random, 1, 2);
	base_random_init(&again, 1, 2);
	base_random_init(&other, 1, 3);
	ck_assert_uint_eq(base_random_next(&random), base_random_next(&again));
	ck_assert_uint_ne(base_random_next(&random), base_random_next(&other));
	ck_assert_uint_eq(base_random_skip(&random, 0), UINT64_MAX);
	ck_assert_uint_eq(base_random_skip(&random, 1), 0);
	/* Mean (1 - p) / p, deviation about as large. */
	for (int i = 0; i < n; i++)
		sum += (double)base_random_skip(&random, 0.25);
	ck_assert_double_eq_tol(sum / n, 3, 0.05);
	sum = 0;
	for (int i = 0; i < n; i++)
		sum += (double)base_random_skip(&random, 1e-6);
	ck_assert_double_eq_tol(sum / n, 1e6, 1.5e4);
	sum = 0;
	for (int i = 0; i < n; i++)
		sum += base_random_duration(&random, 7);
	ck_assert_double_eq_tol(sum / n, 7, 0.1);
	sum = 0;
	for (int i = 0; i < n; i++)
		sum += base_random_chance(&random, 0.1);
	ck_assert_double_eq_tol(sum / n, 0.1, 0.005);
}
END_TEST

START_TEST(miso_errors_have_their_rate_and_are_all_reported)
{
	clip_fault_init(&fault, CLIP_BIT_ERROR);
	fault.rate = 1e-4;
	clip_fixture_put(f, &fault);
	read_all();
	assert_about(f->reports->len, BITS * 1e-4);
	ck_assert_uint_eq(clip_fixture_wrong_bits(f, 0, CLIP_ARRAY_SIZE), f->reports->len);
	/* Each report contains the bit, its changed level and the time. */
	for (size_t i = 0; i < f->reports->len; i++) {
		const struct clip_fault_report *report = clip_fixture_report(f, i);
		size_t at = report->byte - 4;
		uint8_t mask = (uint8_t)(0x80 >> report->bit);

		ck_assert(f->read[at] & mask ? !(f->array[at] & mask) : f->array[at] & mask);
		ck_assert_uint_eq(report->level, f->read[at] & mask ? FLASH_HIGH : FLASH_LOW);
		ck_assert_int_eq(report->time_ns,
			(int64_t)report->byte * CLIP_BYTE_NS + report->bit * CLIP_BYTE_NS / 8);
		ck_assert_int_eq(report->opcode, 0x03);
		ck_assert_uint_eq(report->operation, 1);
		ck_assert_uint_eq(report->line, CLIP_MISO);
	}
	/* The chip received one correct frame. */
	ck_assert_uint_eq(f->events->len, 1);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->length, CLIP_ARRAY_SIZE);
}
END_TEST

/* Number of bits of mask that differ from value in all bytes read. */
static size_t
other_bits(uint8_t mask, uint8_t value)
{
	size_t n = 0;

	for (size_t i = 0; i < CLIP_ARRAY_SIZE; i++)
		n += (size_t)__builtin_popcount((f->read[i] ^ value) & mask);
	return n;
}

START_TEST(errors_have_their_polarity)
{
	memset(f->array, 0x0f, CLIP_ARRAY_SIZE);
	clip_fault_init(&fault, CLIP_BIT_ERROR);
	fault.rate = 1e-3;
	fault.only = CLIP_0_TO_1;
	clip_fixture_put(f, &fault);
	read_all();
	assert_about(f->reports->len, BITS / 2 * 1e-3);
	ck_assert_uint_eq(other_bits(0x0f, 0x0f), 0);
	ck_assert_uint_eq(other_bits(0xf0, 0x00), f->reports->len);
	clip_fault_clear(f->clip);
	fault.only = CLIP_1_TO_0;
	clip_fixture_put(f, &fault);
	read_all();
	assert_about(f->reports->len, BITS / 2 * 1e-3);
	ck_assert_uint_eq(other_bits(0xf0, 0x00), 0);
	ck_assert_uint_eq(other_bits(0x0f, 0x0f), f->reports->len);
}
END_TEST

START_TEST(mosi_errors_end_in_the_array)
{
	uint8_t page[4 + 256] = {0x02};
	size_t wrong = 0;

	memset(f->array, 0xff, CLIP_ARRAY_SIZE);
	memset(page + 4, 0x55, 256);
	clip_fault_init(&fault, CLIP_BIT_ERROR);
	fault.line = CLIP_MOSI;
	fault.rate = 1e-3;
	fault.when.has_opcode = true;
	fault.when.opcode = 0x02;
	fault.when.byte_from = 4;
	clip_fixture_put(f, &fault);
	for (unsigned int i = 0; i < 1024; i++) {
		page[1] = (uint8_t)(i >> 8);
		page[2] = (uint8_t)i;
		clip_fixture_transfer(f, "\x06", 1, NULL, 0);
		clip_fixture_transfer(f, page, sizeof page, NULL, 0);
	}
	for (size_t i = 0; i < 1024 * 256; i++)
		wrong += (size_t)__builtin_popcount(f->array[i] ^ 0x55);
	assert_about((double)wrong, 1024 * 256 * 8 * 1e-3);
	ck_assert_uint_eq(wrong, f->reports->len);
	/* Reads are not affected. */
	read_all();
	ck_assert_uint_eq(f->reports->len, 0);
	ck_assert_uint_eq(clip_fixture_wrong_bits(f, 0, CLIP_ARRAY_SIZE), 0);
}
END_TEST

static bool
bit_of(const uint8_t *bytes, size_t bit)
{
	return bytes[bit / 8] >> (7 - bit % 8) & 1;
}

/* Number of bits from..to of f->read that differ from those of the array, lag bits before. */
static size_t
differ(size_t from, size_t to, int lag)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += bit_of(f->read, i) != bit_of(f->array, i - (size_t)lag);
	return n;
}

START_TEST(a_slip_shifts_all_that_follows_until_cs_rises)
{
	clip_fault_init(&fault, CLIP_SLIP);
	fault.rate = 1;
	fault.slip = CLIP_SLIP_DROPPED;
	fault.when.byte_from = 1004;
	fault.when.count = 1;
	clip_fixture_put(f, &fault);
	read_all();
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->byte, 1004);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->line, CLIP_CLK);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->level, FLASH_LOW);
	ck_assert_mem_eq(f->read, f->array, 1000);
	ck_assert_uint_eq(differ(8001, 8 * CLIP_ARRAY_SIZE, 1), 0);
	read_all();
	ck_assert_uint_eq(clip_fixture_wrong_bits(f, 0, CLIP_ARRAY_SIZE), 0);
	/* Doubled clocks shift the other way. */
	clip_fault_clear(f->clip);
	fault.slip = CLIP_SLIP_DOUBLED;
	clip_fixture_put(f, &fault);
	read_all();
	ck_assert_uint_eq(clip_fixture_report(f, 0)->level, FLASH_HIGH);
	ck_assert_mem_eq(f->read, f->array, 1000);
	ck_assert_uint_eq(differ(8001, 8 * CLIP_ARRAY_SIZE - 8, -1), 0);
}
END_TEST

START_TEST(a_slip_in_a_command_makes_it_invalid)
{
	clip_fault_init(&fault, CLIP_SLIP);
	fault.rate = 1;
	fault.slip = CLIP_SLIP_DROPPED;
	fault.when.has_opcode = true;
	fault.when.opcode = 0x06;
	fault.when.per_frame = 1;
	clip_fixture_put(f, &fault);
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->outcome, FLASH_NO_COMMAND);
	ck_assert_uint_eq(clip_fixture_status(f), 0);
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	ck_assert_uint_eq(f->reports->len, 2);
	fault.slip = CLIP_SLIP_DOUBLED;
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	clip_fixture_put(f, &fault);
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0x03);
}
END_TEST

START_TEST(slips_have_their_rate)
{
	clip_fault_init(&fault, CLIP_SLIP);
	fault.rate = 1e-4;
	clip_fixture_put(f, &fault);
	read_all();
	assert_about(f->reports->len, (BITS + 32) * 1e-4);
}
END_TEST

START_TEST(a_bounce_of_cs_ends_the_frame_and_begins_another)
{
	clip_fault_init(&fault, CLIP_BOUNCE);
	fault.rate = 1;
	fault.when.byte_from = 104;
	fault.when.per_frame = 1;
	fault.when.purposes = 1 << FLASH_FOR_READ;
	clip_fixture_put(f, &fault);
	clip_fixture_read(f, 0, 1000);
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->line, CLIP_CS);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->byte, 104);
	ck_assert_uint_eq(f->events->len, 2);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->length, 100);
	ck_assert_int_eq(clip_fixture_event(f, 1)->opcode, 0x00);
	ck_assert_mem_eq(f->read, f->array, 100);
	for (size_t i = 100; i < 1000; i++)
		ck_assert_uint_eq(f->read[i], 0xff);
	/* Other commands are not affected. */
	clip_fixture_forget(f);
	clip_fixture_transfer(f, "\x9f", 1, f->read, 200);
	ck_assert_uint_eq(f->reports->len, 0);
	ck_assert_uint_eq(f->events->len, 1);
}
END_TEST

/* If CS# bounces during the data, only the bytes before are programmed. */
START_TEST(a_bounce_in_a_program_programs_only_the_bytes_before)
{
	uint8_t page[4 + 64] = {0x02};

	memset(f->array, 0xff, 256);
	clip_fault_init(&fault, CLIP_BOUNCE);
	fault.rate = 1;
	fault.when.byte_from = 36;
	fault.when.per_frame = 1;
	clip_fixture_put(f, &fault);
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	clip_fixture_transfer(f, page, sizeof page, NULL, 0);
	for (size_t i = 0; i < 64; i++)
		ck_assert_uint_eq(f->array[i], i < 32 ? 0x00 : 0xff);
}
END_TEST

START_TEST(bounces_have_their_rate)
{
	clip_fault_init(&fault, CLIP_BOUNCE);
	fault.rate = 1e-4;
	clip_fixture_put(f, &fault);
	read_all();
	assert_about(f->reports->len, (BITS + 32) * 1e-4);
	ck_assert_uint_eq(f->events->len, f->reports->len + 1);
}
END_TEST

/* Number of level changes between neighbouring bits of the array. */
static double
changes(void)
{
	double n = 0;

	for (size_t i = 1; i < 8 * CLIP_ARRAY_SIZE; i++)
		n += bit_of(f->array, i) != bit_of(f->array, i - 1);
	return n;
}

START_TEST(errors_begin_above_the_frequency_limit)
{
	clip_fault_init(&fault, CLIP_TOO_FAST);
	fault.limit_hz = 8000000;
	fault.slope = 1e-3;
	clip_fixture_put(f, &fault);
	clip_set_frequency(f->clip, 8000000);
	read_all();
	ck_assert_uint_eq(f->reports->len, 0);
	ck_assert_uint_eq(clip_fixture_wrong_bits(f, 0, CLIP_ARRAY_SIZE), 0);
	clip_set_frequency(f->clip, 12000000);
	read_all();
	assert_about(f->reports->len, changes() * 0.5e-3);
	ck_assert_uint_eq(clip_fixture_wrong_bits(f, 0, CLIP_ARRAY_SIZE), f->reports->len);
	clip_set_frequency(f->clip, 32000000);
	read_all();
	assert_about(f->reports->len, changes() * 3e-3);
	/* Every wrong bit has the level of the bit before. */
	for (size_t i = 0; i < f->reports->len; i++) {
		const struct clip_fault_report *report = clip_fixture_report(f, i);
		size_t bit = (report->byte - 4) * 8 + report->bit;

		ck_assert_uint_ne(bit_of(f->array, bit), bit_of(f->array, bit - 1));
	}
}
END_TEST

START_TEST(opcode_03_has_its_own_limit)
{
	clip_fault_init(&fault, CLIP_TOO_FAST);
	fault.limit_hz = 20000000;
	fault.limit_read_hz = 5000000;
	fault.slope = 1e-2;
	clip_fixture_put(f, &fault);
	clip_fixture_read(f, 0, 100000);
	ck_assert_uint_gt(clip_fixture_wrong_bits(f, 0, 100000), 1000);
	clip_fixture_forget(f);
	clip_fixture_transfer(f, "\x0b\x00\x00\x00\x00", 5, f->read, 100000);
	ck_assert_uint_eq(f->reports->len, 0);
	ck_assert_mem_eq(f->read, f->array, 100000);
}
END_TEST

START_TEST(long_bursts_fail_where_short_ones_do_not)
{
	clip_fault_init(&fault, CLIP_BURST_ERROR);
	fault.rate = 1e-3;
	fault.after_bytes = 256;
	clip_fixture_put(f, &fault);
	for (uint32_t i = 0; i < 1000; i++) {
		clip_fixture_read(f, i * 1000, 252);
		ck_assert_mem_eq(f->read, f->array + i * 1000, 252);
	}
	ck_assert_uint_eq(f->reports->len, 0);
	read_all();
	assert_about(f->reports->len, (BITS - 252 * 8) * 1e-3);
	ck_assert_mem_eq(f->read, f->array, 252);
	for (size_t i = 0; i < f->reports->len; i++)
		ck_assert_uint_ge(clip_fixture_report(f, i)->byte, 256);
}
END_TEST

START_TEST(a_weak_ground_errs_more_when_lines_switch)
{
	double quiet;

	clip_fault_init(&fault, CLIP_WEAK_GROUND);
	fault.rate = 1e-4;
	clip_fixture_put(f, &fault);
	memset(f->array, 0x00, CLIP_ARRAY_SIZE);
	read_all();
	quiet = f->reports->len;
	assert_about(quiet, BITS * 1e-4);
	/* CLK and MISO switch: four times as many. */
	memset(f->array, 0x55, CLIP_ARRAY_SIZE);
	read_all();
	assert_about(f->reports->len, BITS * 4e-4);
	ck_assert_uint_eq(clip_fixture_wrong_bits(f, 0, CLIP_ARRAY_SIZE), f->reports->len);
}
END_TEST

#define PLAYED ((size_t)20000)

/* Runs all kinds of faults at once, in whole frames and in pieces. */
static GString *
play(uint64_t seed, size_t piece)
{
	static const enum clip_fault_what whats[] = {CLIP_CONTACT, CLIP_BIT_ERROR, CLIP_SLIP,
		CLIP_BOUNCE, CLIP_TOO_FAST, CLIP_BURST_ERROR, CLIP_WEAK_GROUND, CLIP_MASTER};
	GString *all = g_string_new(NULL);

	teardown();
	setup();
	clip_set_seed(f->clip, seed);
	for (size_t i = 0; i < G_N_ELEMENTS(whats); i++) {
		clip_fault_init(&fault, whats[i]);
		if (fault.rate > 0)
			fault.rate = 1e-4;
		clip_fixture_put(f, &fault);
	}
	for (unsigned int i = 0; i < 4; i++) {
		clip_select(f->clip, 0);
		clip_shift(f->clip, (const uint8_t *)"\x03\x00\x00\x00", NULL, 4);
		for (size_t at = 0; at < PLAYED; at += piece)
			clip_shift(f->clip, NULL, f->read + at, MIN(piece, PLAYED - at));
		clip_deselect(f->clip);
		g_string_append_len(all, (const char *)f->read, PLAYED);
	}
	for (size_t i = 0; i < f->reports->len; i++) {
		const struct clip_fault_report *report = clip_fixture_report(f, i);

		g_string_append_printf(all,
			"%u %d %" G_GUINT64_FORMAT " %d %" G_GUINT64_FORMAT " %u %" G_GINT64_FORMAT
			" %d\n",
			report->id, report->line, report->operation, report->opcode, report->byte,
			report->bit, report->time_ns, report->level);
	}
	return all;
}

/* Adds or removes a random fault, or continues a random frame. */
static void
confuse(struct base_random *random)
{
	static const uint8_t opcodes[] = {0x03, 0x9f, 0x05, 0x06, 0x02, 0x20, 0x0b, 0xb7, 0xe9};
	uint8_t bytes[64];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)base_random_next(random);
	bytes[0] = opcodes[base_random_next(random) % sizeof opcodes];
	switch (base_random_next(random) % 8) {
	case 0:
		clip_fault_init(&fault, base_random_next(random) % CLIP_FAULT_WHATS);
		fault.line = base_random_next(random) % CLIP_LINES;
		fault.line2 = base_random_next(random) % CLIP_LINES;
		fault.side = base_random_next(random) % CLIP_SIDES;
		fault.dominates = base_random_next(random) & 1;
		fault.rate = fault.rate > 0 ? 0.01 : 0;
		fault.master.rule = base_random_next(random) % 3;
		fault.when.byte_from = base_random_next(random) % 4;
		clip_fault_add(f->clip, &fault);
		break;
	case 1:
		clip_fault_remove(f->clip, 1 + (unsigned int)(base_random_next(random) % 500));
		break;
	case 2:
		clip_select(f->clip, base_random_next(random) % 2);
		break;
	case 3:
		clip_deselect(f->clip);
		break;
	case 4:
		clip_set_drivers(f->clip, base_random_next(random) % 4 > 0);
		break;
	case 5:
		clip_wait(f->clip, (int64_t)(base_random_next(random) % 1000000));
		break;
	case 6:
		clip_shift(f->clip, bytes, NULL, base_random_next(random) % sizeof bytes);
		break;
	default:
		clip_shift(f->clip, NULL, f->read, base_random_next(random) % 5000);
	}
}

START_TEST(removing_random_faults_leaves_sound_wires)
{
	struct base_random random;

	base_random_init(&random, 1, 1);
	for (unsigned int round = 0; round < 20; round++) {
		uint8_t id[3];

		for (unsigned int i = 0; i < 100; i++)
			confuse(&random);
		clip_deselect(f->clip);
		clip_fault_clear(f->clip);
		clip_set_drivers(f->clip, true);
		ck_assert(flash_is_powered(f->chip));
		ck_assert(!flash_is_selected(f->chip));
		clip_fixture_forget(f);
		clip_fixture_transfer(f, "\x9f", 1, id, 3);
		ck_assert_mem_eq(id, "\xef\x40\x14", 3);
		ck_assert_uint_eq(f->reports->len, 0);
		ck_assert_uint_eq(f->events->len, 1);
	}
}
END_TEST

START_TEST(a_seed_reproduces_the_errors)
{
	GString *first = play(7, PLAYED);
	GString *second = play(7, PLAYED);
	GString *pieces = play(7, 977);
	GString *other = play(8, PLAYED);

	ck_assert_uint_gt(f->reports->len, 100);
	ck_assert(g_string_equal(first, second));
	ck_assert(g_string_equal(first, pieces));
	ck_assert(!g_string_equal(first, other));
	g_string_free(first, TRUE);
	g_string_free(second, TRUE);
	g_string_free(pieces, TRUE);
	g_string_free(other, TRUE);
}
END_TEST

/* A fault acts at the same bits when another one is added. */
START_TEST(each_fault_has_its_own_random_numbers)
{
	GArray *alone;

	clip_fault_init(&fault, CLIP_BIT_ERROR);
	fault.rate = 1e-5;
	clip_fixture_put(f, &fault);
	read_all();
	alone = g_array_copy(f->reports);
	teardown();
	setup();
	clip_fixture_put(f, &fault);
	fault.what = CLIP_BIT_ERROR;
	fault.line = CLIP_MOSI;
	clip_fixture_put(f, &fault);
	read_all();
	ck_assert_uint_gt(alone->len, 50);
	for (size_t i = 0; i < alone->len; i++)
		ck_assert_uint_eq(g_array_index(alone, struct clip_fault_report, i).byte,
			clip_fixture_report(f, i)->byte);
	g_array_free(alone, TRUE);
}
END_TEST

/* Two equal faults do not act at the same bits. */
START_TEST(equal_faults_act_at_different_bits)
{
	clip_fault_init(&fault, CLIP_BIT_ERROR);
	fault.rate = 1e-5;
	clip_fixture_put(f, &fault);
	clip_fixture_put(f, &fault);
	read_all();
	assert_about(f->reports->len, 2 * BITS * 1e-5);
	ck_assert_uint_ge(clip_fixture_wrong_bits(f, 0, CLIP_ARRAY_SIZE), f->reports->len - 2);
}
END_TEST

Suite *
suite_clip_faults_bits(void)
{
	Suite *suite = suite_create("clip_faults_bits");
	TCase *bits = tcase_create("bits");

	/* Each bit of a MiB is checked, also on a loaded machine. */
	tcase_set_timeout(bits, 60);
	tcase_add_checked_fixture(bits, setup, teardown);
	tcase_add_test(bits, random_numbers_have_their_means);
	tcase_add_test(bits, miso_errors_have_their_rate_and_are_all_reported);
	tcase_add_test(bits, errors_have_their_polarity);
	tcase_add_test(bits, mosi_errors_end_in_the_array);
	tcase_add_test(bits, a_slip_shifts_all_that_follows_until_cs_rises);
	tcase_add_test(bits, a_slip_in_a_command_makes_it_invalid);
	tcase_add_test(bits, slips_have_their_rate);
	tcase_add_test(bits, a_bounce_of_cs_ends_the_frame_and_begins_another);
	tcase_add_test(bits, a_bounce_in_a_program_programs_only_the_bytes_before);
	tcase_add_test(bits, bounces_have_their_rate);
	tcase_add_test(bits, errors_begin_above_the_frequency_limit);
	tcase_add_test(bits, opcode_03_has_its_own_limit);
	tcase_add_test(bits, long_bursts_fail_where_short_ones_do_not);
	tcase_add_test(bits, a_weak_ground_errs_more_when_lines_switch);
	tcase_add_test(bits, removing_random_faults_leaves_sound_wires);
	tcase_add_test(bits, a_seed_reproduces_the_errors);
	tcase_add_test(bits, each_fault_has_its_own_random_numbers);
	tcase_add_test(bits, equal_faults_act_at_different_bits);
	suite_add_tcase(suite, bits);
	return suite;
}
