/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cells: the contents after an interrupted operation, and wear. A property for any interleaving of
 * operations and interruptions: bytes outside the interrupted block do not change, and completed
 * operations are kept.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define US INT64_C(1000)
#define MS (1000 * US)
#define SECOND (1000 * MS)

static void
read_array(struct fixture *f, uint32_t address, uint8_t *out, size_t n)
{
	const uint8_t frame[] = {
		0x03, (uint8_t)(address >> 16), (uint8_t)(address >> 8), (uint8_t)address};

	flash_select(f->chip);
	flash_shift(f->chip, frame, NULL, sizeof(frame));
	flash_shift(f->chip, NULL, out, n);
	flash_deselect(f->chip, 0);
}

static void
cut(struct fixture *f)
{
	flash_supply(f->chip, 0);
	flash_supply(f->chip, 3300);
	fixture_pass(f, 10 * MS);
}

static struct flash_block
block_at(const struct fixture *f, uint32_t number)
{
	struct flash_block block;

	if (flash_next_block(f->chip, number, &block) && block.number == number)
		return block;
	return (struct flash_block){.number = number};
}

/* --- interrupted --- */

START_TEST(an_interrupted_erase_leaves_unstable_cells)
{
	struct fixture *f = fixture_new();
	uint8_t one[4096], two[4096];

	memset(f->array, 0x5a, 0x4000);
	fixture_run(f, "06; 20 00 10 00");
	fixture_pass(f, 45 * MS * (_i + 1) / 10);
	cut(f);
	ck_assert(block_at(f, 1).unstable);
	ck_assert_uint_eq(block_at(f, 1).cycles, 0);
	ck_assert(!block_at(f, 0).unstable && !block_at(f, 2).unstable);
	fixture_assert_filled(f, 0, 0x1000, 0x5a, "before");
	fixture_assert_filled(f, 0x2000, 0x2000, 0x5a, "behind");
	read_array(f, 0x1000, one, sizeof(one));
	read_array(f, 0x1000, two, sizeof(two));
	ck_assert_mem_ne(one, two, sizeof(one));
	/* Another interrupted erase does not help, a complete one does. */
	fixture_run(f, "06; 20 00 10 00; T1000000");
	cut(f);
	ck_assert(block_at(f, 1).unstable);
	fixture_run(f, "06; 20 00 10 00; W");
	ck_assert(!block_at(f, 1).unstable);
	ck_assert_uint_eq(block_at(f, 1).cycles, 1);
	read_array(f, 0x1000, one, sizeof(one));
	fixture_assert_filled(f, 0x1000, 0x1000, 0xff, "erased");
	ck_assert_mem_eq(one, f->array + 0x1000, sizeof(one));
	fixture_destroy(f);
}
END_TEST

/* At first all cells are programmed, then the number of ones grows with time. */
START_TEST(a_longer_erase_leaves_more_ones)
{
	unsigned int before = 0;

	for (int64_t tenth = 3; tenth < 10; tenth++) {
		struct fixture *f = fixture_new();
		unsigned int ones = 0;

		memset(f->array, 0x00, 0x10000);
		fixture_run(f, "06; D8 00 00 00");
		fixture_pass(f, 150 * MS * tenth / 10);
		cut(f);
		for (size_t i = 0; i < 0x10000; i++)
			ones += (unsigned int)__builtin_popcount(f->array[i]);
		ck_assert_msg(ones > before, "%" G_GINT64_FORMAT " tenths: %u after %u", tenth,
			ones, before);
		before = ones;
		fixture_destroy(f);
	}
}
END_TEST

/* Zeros read reliably, even in an unstable block. */
START_TEST(only_ones_are_unstable)
{
	struct fixture *f = fixture_new();
	uint8_t out[4096];

	fixture_run(f, "06; 20 00 00 00; T40000000");
	cut(f);
	fixture_run(f, "06; 02 00 00 00 00 00 00 00; W");
	for (int i = 0; i < 50; i++) {
		read_array(f, 0, out, sizeof(out));
		ck_assert_mem_eq(out, "\0\0\0\0", 4);
		for (size_t j = 0; j < sizeof(out); j++)
			ck_assert_uint_eq(out[j] & ~f->array[j], 0);
	}
	fixture_destroy(f);
}
END_TEST

START_TEST(an_interrupted_chip_erase_leaves_one_unstable_block)
{
	struct fixture *f = fixture_new();
	const size_t half = FIXTURE_SIZE / 2;

	memset(f->array, 0x00, FIXTURE_SIZE);
	fixture_run(f, "06; C7");
	fixture_pass(f, 20 * SECOND + 40 * MS);
	cut(f);
	fixture_assert_filled(f, 0, half, 0xff, "done");
	ck_assert(block_at(f, half / 4096).unstable);
	ck_assert(!block_at(f, half / 4096 - 1).unstable);
	ck_assert_uint_eq(block_at(f, half / 4096 - 1).cycles, 1);
	ck_assert(!block_at(f, half / 4096 + 16).unstable);
	fixture_assert_filled(f, half + 0x10000, half - 0x10000, 0x00, "not begun");
	fixture_destroy(f);
}
END_TEST

/* Bytes are programmed in order: complete ones, a partial one, then unchanged ones. */
START_TEST(an_interrupted_program_has_written_the_first_bytes)
{
	for (int64_t percent = 1; percent < 100; percent += 7) {
		struct fixture *f = fixture_new();
		uint8_t frame[4 + 200] = {0x02, 0x00, 0x10, 0x20};
		size_t done = (size_t)(200 * percent / 100);

		memset(frame + 4, 0x21, 200);
		fixture_run(f, "06");
		fixture_frame(f, frame, sizeof(frame), 0);
		fixture_pass(f, (flash_busy_until(f->chip) - f->now_ns) * percent / 100);
		cut(f);
		fixture_assert_filled(f, 0x1000, 0x20, 0xff, "before");
		fixture_assert_filled(f, 0x1020, done - 1, 0x21, "done");
		ck_assert_uint_eq(f->array[0x1020 + done] & 0x21, 0x21);
		fixture_assert_filled(f, 0x1020 + done + 1, 0x1000, 0xff, "not begun");
		fixture_destroy(f);
	}
}
END_TEST

/* Old, erased or new, and each of them occurs. */
START_TEST(an_interrupted_register_write_leaves_old_erased_or_new)
{
	unsigned int n_old = 0, n_erased = 0, n_new = 0;

	for (uint64_t seed = 0; seed < 60; seed++) {
		struct fixture *f = fixture_new();
		uint8_t status;

		flash_destroy(f->chip);
		f->chip = flash_new(&f->part, f->array, seed);
		flash_set_listener(f->chip, NULL);
		flash_status_preset(f->chip, 0, 0x10);
		flash_select(f->chip);
		flash_shift(f->chip, (const uint8_t[]){0x06}, NULL, 1);
		flash_deselect(f->chip, 0);
		flash_select(f->chip);
		flash_shift(f->chip, (const uint8_t[]){0x01, 0x08}, NULL, 2);
		flash_deselect(f->chip, 0);
		flash_tick(f->chip, 5 * MS);
		flash_supply(f->chip, 0);
		flash_supply(f->chip, 3300);
		status = flash_status_register(f->chip, 0);
		n_old += status == 0x10;
		n_erased += status == 0xfc;
		n_new += status == 0x08;
		fixture_destroy(f);
	}
	ck_assert_uint_eq(n_old + n_erased + n_new, 60);
	ck_assert_uint_ge(n_old, 8);
	ck_assert_uint_ge(n_erased, 8);
	ck_assert_uint_ge(n_new, 8);
}
END_TEST

START_TEST(an_interrupted_otp_write_is_partly_done)
{
	struct fixture *f = fixture_new();
	size_t n;
	const struct flash_nonvolatile *items = flash_nonvolatile(f->chip, &n);
	const uint8_t *security = items[1].data;

	ck_assert_str_eq(items[1].name, "security");
	fixture_run(f, "06; 42 00 10 00 00 00 00 00 00 00 00 00");
	fixture_pass(f, (flash_busy_until(f->chip) - f->now_ns) / 2);
	cut(f);
	ck_assert_mem_eq(security, "\0\0\0\0", 4);
	ck_assert_mem_eq(security + 5, "\xff\xff\xff", 3);
	fixture_run(f, "06; 44 00 10 00; T20000000");
	cut(f);
	ck_assert_mem_ne(security, security + 128, 128);
	for (size_t i = 256; i < items[1].size; i++)
		ck_assert_uint_eq(security[i], 0xff);
	fixture_destroy(f);
}
END_TEST

/* --- any interleaving --- */

struct shadow {
	uint8_t *array;
	uint32_t start, length; /* of the operation in progress */
	uint8_t page[256];
	bool erases;
};

static void
shadow_complete(struct shadow *s)
{
	for (uint32_t i = 0; i < s->length; i++) {
		if (s->erases)
			s->array[s->start + i] = 0xff;
		else
			s->array[s->start + i] &= s->page[i];
	}
	s->length = 0;
}

#define TESTED_BYTES 0x20000u

static void
begin_something(struct fixture *f, struct shadow *s, GRand *rand)
{
	uint32_t address = (uint32_t)g_rand_int_range(rand, 0, TESTED_BYTES);
	uint8_t frame[4 + 256] = {0, 0, (uint8_t)(address >> 8), (uint8_t)address};
	size_t n = 4;

	frame[1] = (uint8_t)(address >> 16);
	fixture_run(f, "06");
	s->erases = g_rand_int_range(rand, 0, 3) == 0;
	if (s->erases) {
		bool large = g_rand_boolean(rand);

		frame[0] = large ? 0xd8 : 0x20;
		s->length = large ? 0x10000 : 0x1000;
		s->start = address / s->length * s->length;
	} else {
		frame[0] = 0x02;
		n += (size_t)g_rand_int_range(rand, 1, 257);
		s->length = 256;
		s->start = address & ~255u;
		memset(s->page, 0xff, sizeof(s->page));
		for (size_t i = 4; i < n; i++) {
			frame[i] = (uint8_t)g_rand_int(rand);
			s->page[(address + i - 4) & 255] = frame[i];
		}
	}
	ck_assert_int_eq(fixture_frame(f, frame, n, 0), FLASH_DONE);
}

/* An erase is suspended for a program of another page, which completes. */
static void
program_in_between(struct fixture *f, struct shadow *s, GRand *rand)
{
	uint32_t address = (s->start ^ 0x10000) | ((uint32_t)g_rand_int(rand) & 0xff00);
	const uint8_t frame[] = {0x02, (uint8_t)(address >> 16), (uint8_t)(address >> 8), 0x00,
		(uint8_t)g_rand_int(rand)};
	int64_t left = flash_busy_until(f->chip) - f->now_ns;

	fixture_pass(f, (int64_t)(g_rand_double(rand) * (double)left));
	if (!flash_is_busy(f->chip))
		return;
	fixture_run(f, "75; T20000; 06");
	ck_assert_int_eq(fixture_frame(f, frame, sizeof(frame), 0), FLASH_DONE);
	fixture_wait(f);
	s->array[address & ~255u] &= frame[4];
	fixture_run(f, "7A");
	ck_assert(flash_is_busy(f->chip));
}

static void
end_it(struct fixture *f, struct shadow *s, GRand *rand)
{
	int64_t left = flash_busy_until(f->chip) - f->now_ns;

	if (g_rand_int_range(rand, 0, 4) != 0) {
		fixture_wait(f);
		shadow_complete(s);
		return;
	}
	fixture_pass(f, (int64_t)(g_rand_double(rand) * (double)left));
	if (g_rand_boolean(rand)) {
		cut(f);
	} else {
		fixture_run(f, "66; 99");
		fixture_pass(f, 1 * MS);
	}
	/* The interrupted block may hold anything: nothing outside it has changed. */
	memcpy(s->array + s->start, f->array + s->start, s->length);
	s->length = 0;
}

START_TEST(operations_change_only_their_block)
{
	struct fixture *f = fixture_new();
	g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)_i);
	struct shadow shadow = {.array = g_malloc(TESTED_BYTES)};

	memset(shadow.array, 0xff, TESTED_BYTES);
	for (int i = 0; i < 400; i++) {
		begin_something(f, &shadow, rand);
		if (shadow.erases && g_rand_boolean(rand))
			program_in_between(f, &shadow, rand);
		end_it(f, &shadow, rand);
		if (memcmp(f->array, shadow.array, TESTED_BYTES) != 0)
			ck_abort_msg("seed %d, step %d", _i, i);
	}
	fixture_assert_filled(f, TESTED_BYTES, FIXTURE_SIZE - TESTED_BYTES, 0xff, "the rest");
	g_free(shadow.array);
	fixture_destroy(f);
}
END_TEST

/* --- wear --- */

START_TEST(each_erase_counts_as_a_cycle)
{
	struct fixture *f = fixture_new();
	struct flash_block block;

	ck_assert(!flash_next_block(f->chip, 0, &block));
	fixture_run(f, "06; 20 00 10 00; W; 06; 20 00 10 00; W; 06; D8 01 00 00; W");
	ck_assert_uint_eq(block_at(f, 1).cycles, 2);
	ck_assert_uint_eq(block_at(f, 0).cycles, 0);
	ck_assert_uint_eq(block_at(f, 16).cycles, 1);
	ck_assert_uint_eq(block_at(f, 31).cycles, 1);
	ck_assert_uint_eq(block_at(f, 32).cycles, 0);
	fixture_run(f, "06; C7; W");
	ck_assert_uint_eq(block_at(f, 1).cycles, 3);
	ck_assert_uint_eq(block_at(f, FIXTURE_SIZE / 4096 - 1).cycles, 1);
	/* Protected blocks are not erased. */
	fixture_run(f, "06; 01 1C; W; 06; 20 00 10 00");
	ck_assert_uint_eq(block_at(f, 1).cycles, 3);
	fixture_destroy(f);
}
END_TEST

static int64_t
erase_time(struct fixture *f)
{
	int64_t begin;

	fixture_run(f, "06; 20 00 00 00");
	begin = f->now_ns;
	fixture_wait(f);
	return f->now_ns - begin;
}

static struct fixture *
new_worn(uint32_t cycles, bool effects)
{
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	part.endurance = 1000;
	fixture_set_bit(&part, 2, 6, FLASH_BIT_E_FAIL);
	part.status_default[2] = 0;
	f = fixture_new_part(&part);
	flash_set_cycles(f->chip, cycles);
	flash_set_wear(f->chip, effects);
	return f;
}

/* Typical up to the endurance, maximum at one and a half times. */
START_TEST(worn_blocks_erase_slowly)
{
	static const struct {
		uint32_t cycles;
		int64_t time_ns;
	} cases[] = {{0, 45 * MS}, {1000, 45 * MS}, {1250, 222500 * US}, {1500, 400 * MS},
		{5000, 400 * MS}};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct fixture *f = new_worn(cases[i].cycles, true);

		ck_assert_int_eq(erase_time(f), cases[i].time_ns);
		fixture_destroy(f);
		f = new_worn(cases[i].cycles, false);
		ck_assert_int_eq(erase_time(f), 45 * MS);
		fixture_destroy(f);
	}
}
END_TEST

static unsigned int
zeros(const struct fixture *f, size_t n)
{
	unsigned int count = 0;

	for (size_t i = 0; i < n; i++)
		count += 8 - (unsigned int)__builtin_popcount(f->array[i]);
	return count;
}

/* At twice the endurance every block has stuck bits, the same ones each time. */
START_TEST(worn_blocks_have_stuck_bits)
{
	struct fixture *f = new_worn(2000, true);
	unsigned int before;

	fixture_run(f, "06; 20 00 00 00; W");
	before = zeros(f, 4096);
	ck_assert_uint_ge(before, 1);
	ck_assert_uint_lt(before, 20);
	ck_assert_uint_eq(fixture_status(f, 3) & 0x40, 0x40);
	ck_assert_int_eq(g_array_index(f->events, struct flash_event, f->events->len - 2).outcome,
		FLASH_NOT_ERASED);
	flash_set_cycles(f->chip, 4000);
	fixture_run(f, "06; 20 00 00 00; W");
	ck_assert_uint_gt(zeros(f, 4096), before);
	fixture_assert_filled(f, 4096, 65536, 0xff, "other blocks");
	fixture_destroy(f);
	f = new_worn(1400, true);
	fixture_run(f, "06; D8 00 00 00; W");
	ck_assert_uint_eq(zeros(f, 65536), 0);
	ck_assert_uint_eq(fixture_status(f, 3) & 0x40, 0);
	fixture_destroy(f);
	f = new_worn(4000, false);
	fixture_run(f, "06; D8 00 00 00; W");
	ck_assert_uint_eq(zeros(f, 65536), 0);
	ck_assert_uint_eq(block_at(f, 0).cycles, 4001);
	fixture_destroy(f);
}
END_TEST

/* An interrupted operation does not affect the result of the next one. */
START_TEST(an_interrupted_erase_does_not_affect_the_next_one)
{
	struct fixture *f = new_worn(4000, true);

	fixture_run(f, "06; C7; T20000000000; P");
	flash_set_cycles(f->chip, 0);
	fixture_run(f, "06; 20 00 00 00; W");
	ck_assert_int_eq(g_array_index(f->events, struct flash_event, f->events->len - 1).kind,
		FLASH_EVENT_READY);
	ck_assert_int_eq(g_array_index(f->events, struct flash_event, f->events->len - 1).outcome,
		FLASH_DONE);
	fixture_destroy(f);
}
END_TEST

/* EPE refers to the last operation. */
START_TEST(the_next_erase_clears_the_error)
{
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	part.endurance = 1000;
	fixture_set_bit(&part, 2, 6, FLASH_BIT_EPE);
	part.status_default[2] = 0;
	f = fixture_new_part(&part);
	flash_set_wear(f->chip, true);
	flash_put_block(f->chip, &(struct flash_block){.number = 0, .cycles = 4000});
	fixture_run(f, "06; 20 00 00 00; W");
	ck_assert_uint_eq(fixture_status(f, 3) & 0x40, 0x40);
	fixture_run(f, "06; 20 00 10 00; W");
	ck_assert_uint_eq(fixture_status(f, 3) & 0x40, 0);
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_cells(void)
{
	Suite *suite = suite_create("flash_cells");
	TCase *tcase = tcase_create("cells");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, an_interrupted_erase_leaves_unstable_cells, 0, 9);
	tcase_add_test(tcase, a_longer_erase_leaves_more_ones);
	tcase_add_test(tcase, only_ones_are_unstable);
	tcase_add_test(tcase, an_interrupted_chip_erase_leaves_one_unstable_block);
	tcase_add_test(tcase, an_interrupted_program_has_written_the_first_bytes);
	tcase_add_test(tcase, an_interrupted_register_write_leaves_old_erased_or_new);
	tcase_add_test(tcase, an_interrupted_otp_write_is_partly_done);
	tcase_add_loop_test(tcase, operations_change_only_their_block, 0, 20);
	tcase_add_test(tcase, each_erase_counts_as_a_cycle);
	tcase_add_test(tcase, worn_blocks_erase_slowly);
	tcase_add_test(tcase, worn_blocks_have_stuck_bits);
	tcase_add_test(tcase, an_interrupted_erase_does_not_affect_the_next_one);
	tcase_add_test(tcase, the_next_erase_clears_the_error);
	suite_add_tcase(suite, tcase);
	return suite;
}
