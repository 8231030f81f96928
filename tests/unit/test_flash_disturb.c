/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read disturb: the reads that count, the bits that flip, and the operations that reset the count.
 */
#include "flash/fault.h"
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define BLOCK 0x1000

static struct fixture *f;

static void
begin(uint64_t seed)
{
	struct flash_part part;

	fixture_part_init(&part);
	f = fixture_new_seed(&part, seed);
	fixture_count_acts(f);
}

static void
setup(void)
{
	begin(1);
}

static void
teardown(void)
{
	fixture_destroy(f);
}

static unsigned int
add(uint64_t after, double rate, struct flash_fault with)
{
	unsigned int id;

	with.what = FLASH_FAULT_READ_DISTURB;
	with.after = after;
	with.rate = rate;
	id = flash_fault_add(f->chip, &with);
	ck_assert_uint_gt(id, 0);
	return id;
}

/* One read operation, in pieces. */
static void
read_pieces(uint32_t address, uint8_t *out, size_t n, size_t piece)
{
	const uint8_t frame[] = {
		0x03, (uint8_t)(address >> 16), (uint8_t)(address >> 8), (uint8_t)address};

	flash_select(f->chip);
	flash_shift(f->chip, frame, NULL, sizeof(frame));
	for (size_t done = 0; done < n; done += piece)
		flash_shift(f->chip, NULL, out ? out + done : NULL, MIN(piece, n - done));
	flash_deselect(f->chip, 0);
}

static void
read_times(unsigned int times, uint32_t address, size_t n)
{
	while (times-- > 0)
		read_pieces(address, NULL, n, n);
}

static unsigned int
zeros(size_t address, size_t n)
{
	unsigned int count = 0;

	for (size_t i = 0; i < n; i++)
		count += 8 - (unsigned int)__builtin_popcount(f->array[address + i]);
	return count;
}

static void
assert_counters(uint64_t acted, uint64_t matched)
{
	struct base_fault_status status;

	ck_assert(flash_fault_at(f->chip, 0, &status));
	ck_assert_uint_eq(status.acted, acted);
	ck_assert_uint_eq(status.matched, matched);
}

/* With a rate of 1 all bits of the block flip at once. */
START_TEST(only_reads_above_the_limit_flip_bits)
{
	uint8_t out[2];

	add(5, 1, (struct flash_fault){0});
	read_times(5, 2 * BLOCK + 7, 1);
	fixture_assert_filled(f, 0, FIXTURE_SIZE, 0xff, "at the limit");
	ck_assert_uint_eq(f->n_acts, 0);
	/* The read itself still returns the right bytes. */
	read_pieces(2 * BLOCK + 7, out, 2, 1);
	ck_assert_mem_eq(out, "\xff\xff", 2);
	fixture_assert_filled(f, 0, 2 * BLOCK, 0xff, "below");
	fixture_assert_filled(f, 2 * BLOCK, BLOCK, 0x00, "the block");
	fixture_assert_filled(f, 3 * BLOCK, FIXTURE_SIZE - 3 * BLOCK, 0xff, "above");
	ck_assert_uint_eq(f->n_acts, 1);
	ck_assert_uint_eq(f->act.address, 2 * BLOCK);
	assert_counters(1, 6);
	read_pieces(2 * BLOCK + 7, out, 2, 1);
	ck_assert_mem_eq(out, "\x00\x00", 2);
}
END_TEST

/* One read regardless of length and pieces. A read across a border counts for both blocks. */
START_TEST(an_operation_counts_once_for_each_block)
{
	add(3, 1, (struct flash_fault){0});
	read_pieces(BLOCK, NULL, BLOCK, 1);
	read_times(2, BLOCK - 1, 2);
	assert_counters(0, 5);
	/* Across the end of the array, and further. */
	read_pieces(0, NULL, FIXTURE_SIZE + 16, 65536);
	assert_counters(1, 5 + FIXTURE_SIZE / BLOCK);
	fixture_assert_filled(f, 0, BLOCK, 0xff, "read three times");
	fixture_assert_filled(f, BLOCK, BLOCK, 0x00, "read four times");
	fixture_assert_filled(f, 2 * BLOCK, FIXTURE_SIZE - 2 * BLOCK, 0xff, "read once");
}
END_TEST

/* _i: the limit of acts, 0: none. */
START_TEST(each_block_has_its_own_count)
{
	add(0, 1, (struct flash_fault){.when.count = (uint64_t)_i});
	read_times(1, 0, 3 * BLOCK);
	assert_counters(_i ? (uint64_t)_i : 3, 3);
	fixture_assert_filled(f, 0, _i ? (size_t)_i * BLOCK : 3 * BLOCK, 0x00, "turned");
	fixture_assert_filled(f, 3 * BLOCK, BLOCK, 0xff, "not read");
	ck_assert_uint_eq(f->n_acts, 1);
	ck_assert_uint_eq(f->act.address, 0);
}
END_TEST

/* Operations that are not reads of the array. */
START_TEST(other_operations_do_not_count)
{
	add(0, 1, (struct flash_fault){0});
	fixture_run(f,
		"9F 00 00 00; 05 00; 5A 00 00 00 00 00; 48 00 10 00 00 00; 06; "
		"02 00 00 00 55; W; 06; 20 00 10 00; W; 03 00 00 00");
	assert_counters(0, 0);
	ck_assert_uint_eq(f->array[0], 0x55);
	fixture_assert_filled(f, 1, FIXTURE_SIZE - 1, 0xff, "the rest");
}
END_TEST

/* 32768 bits at 1/1000 per read: 33 at the first read, 40 % of all after 500 reads. */
START_TEST(the_rate_is_per_bit_and_read)
{
	unsigned int before;

	add(0, 0.001, (struct flash_fault){0});
	read_times(1, 0, 16);
	before = zeros(0, BLOCK);
	ck_assert_uint_ge(before, 10);
	ck_assert_uint_le(before, 60);
	read_times(499, 0, 16);
	ck_assert_uint_ge(zeros(0, BLOCK), 12893 - 500);
	ck_assert_uint_le(zeros(0, BLOCK), 12893 + 500);
	ck_assert_uint_eq(f->n_acts, 500);
	ck_assert_uint_eq(zeros(BLOCK, FIXTURE_SIZE - BLOCK), 0);
}
END_TEST

START_TEST(only_ones_flip_by_default)
{
	memset(f->array, 0x00, 16);
	add(0, 1, (struct flash_fault){0});
	read_times(1, 0, 1);
	fixture_assert_filled(f, 0, BLOCK, 0x00, "electrons creep in");
	flash_fault_clear(f->chip);
	add(0, 1, (struct flash_fault){.level = true});
	read_times(1, 0, 1);
	fixture_assert_filled(f, 0, BLOCK, 0xff, "and leak out");
}
END_TEST

/* Reads of the block count if they include these addresses; others do not. */
START_TEST(addresses_limit_the_fault)
{
	add(1, 1, (struct flash_fault){.when.address_from = 0x1100, .when.address_to = 0x2010});
	read_times(9, 0x1000, 0x100);
	assert_counters(0, 0);
	read_times(2, 0x10f0, 0x20);
	read_times(1, 0x2000, 1);
	assert_counters(1, 3);
	ck_assert_uint_eq(f->act.address, 0x1100);
	fixture_assert_filled(f, 0x1000, 0x100, 0xff, "below");
	fixture_assert_filled(f, 0x1100, 0xf00, 0x00, "of the block");
	fixture_assert_filled(f, 0x2000, FIXTURE_SIZE - 0x2000, 0xff, "read once");
}
END_TEST

START_TEST(count_limits_the_acts)
{
	add(0, 1, (struct flash_fault){.when.count = 2});
	read_times(1, 0, 1);
	read_times(1, BLOCK, 1);
	read_times(3, 2 * BLOCK, 1);
	fixture_assert_filled(f, 0, 2 * BLOCK, 0x00, "twice");
	fixture_assert_filled(f, 2 * BLOCK, BLOCK, 0xff, "not a third time");
	assert_counters(2, 5);
}
END_TEST

/* Erasing restores the bits and resets the count of the erased blocks only. */
START_TEST(an_erase_resets_the_count)
{
	add(3, 1, (struct flash_fault){0});
	read_times(4, 0, 1);
	read_times(3, BLOCK, 1);
	fixture_run(f, "06; 20 00 00 00; W");
	fixture_assert_filled(f, 0, 2 * BLOCK, 0xff, "erased");
	read_times(3, 0, 1);
	fixture_assert_filled(f, 0, BLOCK, 0xff, "three reads since");
	read_times(1, BLOCK, 1);
	fixture_assert_filled(f, BLOCK, BLOCK, 0x00, "the other block");
	read_times(1, 0, 1);
	fixture_assert_filled(f, 0, BLOCK, 0x00, "a fourth");
	fixture_run(f, "06; C7; W");
	read_times(3, 0, 1);
	fixture_assert_filled(f, 0, FIXTURE_SIZE, 0xff, "after a chip erase");
}
END_TEST

START_TEST(an_erase_without_effect_does_not_reset_the_count)
{
	struct flash_fault fault = {FLASH_FAULT_NO_EFFECT, .when.count = 1};

	add(3, 1, (struct flash_fault){0});
	ck_assert_uint_gt(flash_fault_add(f->chip, &fault), 0);
	read_times(3, 0, 1);
	fixture_run(f, "06; 20 00 00 00; W");
	read_times(1, 0, 1);
	fixture_assert_filled(f, 0, BLOCK, 0x00, "the fourth read");
}
END_TEST

START_TEST(flipped_bits_remain_without_the_fault)
{
	unsigned int id = add(0, 1, (struct flash_fault){0});
	uint8_t map[FIXTURE_SIZE / FLASH_WATCH_BLOCK / 8] = {0};
	uint8_t out;

	flash_watch_array(f->chip, map);
	read_times(1, 0x30000, 1);
	ck_assert_uint_eq(map[0], 1 << 3);
	ck_assert(flash_fault_remove(f->chip, id));
	fixture_run(f, "P");
	read_pieces(0x30000, &out, 1, 1);
	ck_assert_uint_eq(out, 0x00);
	read_times(9, 0, 1);
	fixture_assert_filled(f, 0, BLOCK, 0xff, "no more");
	/* A new fault counts from 0. */
	add(1, 1, (struct flash_fault){0});
	read_times(1, 0, 1);
	fixture_assert_filled(f, 0, BLOCK, 0xff, "its first read");
}
END_TEST

/* A seed flips the same bits, regardless of the pieces of a read. */
START_TEST(a_seed_reproduces_the_flipped_bits)
{
	static uint8_t one[16 * BLOCK], other[16 * BLOCK];
	static const size_t pieces[] = {BLOCK, 100};

	for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
		fixture_destroy(f);
		begin(7);
		add(2, 0.0001, (struct flash_fault){0});
		for (int j = 0; j < 5; j++)
			read_pieces(0, i ? other : one, 16 * BLOCK, pieces[i]);
	}
	ck_assert_uint_gt(zeros(0, 16 * BLOCK), 0);
	ck_assert_mem_eq(one, other, sizeof(one));
	fixture_destroy(f);
	begin(8);
	add(2, 0.0001, (struct flash_fault){0});
	for (int j = 0; j < 5; j++)
		read_pieces(0, other, 16 * BLOCK, BLOCK);
	ck_assert_mem_ne(one, other, sizeof(one));
}
END_TEST

/* Each fault has its own count. */
START_TEST(two_faults_count_separately)
{
	add(1, 1, (struct flash_fault){.when.address_from = 0, .when.address_to = 16});
	add(2, 1, (struct flash_fault){.when.address_from = 16, .when.address_to = 32});
	read_times(2, 0, 64);
	fixture_assert_filled(f, 0, 16, 0x00, "of the first");
	fixture_assert_filled(f, 16, 16, 0xff, "not yet of the second");
	read_times(1, 0, 64);
	fixture_assert_filled(f, 0, 32, 0x00, "of both");
	fixture_assert_filled(f, 32, BLOCK, 0xff, "of neither");
}
END_TEST

START_TEST(parts_without_block_erase_are_rejected)
{
	struct flash_fault fault = {FLASH_FAULT_READ_DISTURB, .rate = 0.5};
	struct flash_part part;

	fixture_part_init(&part);
	part.n_erases = 0;
	ck_assert_str_eq(flash_fault_check(&part, &fault),
		"the part is not erased by blocks, whose reads could be counted");
	fixture_part_init(&part);
	ck_assert_ptr_null(flash_fault_check(&part, &fault));
	fault.after = UINT64_C(1000000001);
	ck_assert_ptr_nonnull(flash_fault_check(&part, &fault));
	fault.after = 0;
	fault.rate = 0;
	ck_assert_ptr_nonnull(flash_fault_check(&part, &fault));
}
END_TEST

Suite *
suite_flash_disturb(void)
{
	Suite *suite = suite_create("flash_disturb");
	TCase *tcase = tcase_create("disturb");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, only_reads_above_the_limit_flip_bits);
	tcase_add_test(tcase, an_operation_counts_once_for_each_block);
	tcase_add_loop_test(tcase, each_block_has_its_own_count, 0, 3);
	tcase_add_test(tcase, other_operations_do_not_count);
	tcase_add_test(tcase, the_rate_is_per_bit_and_read);
	tcase_add_test(tcase, only_ones_flip_by_default);
	tcase_add_test(tcase, addresses_limit_the_fault);
	tcase_add_test(tcase, count_limits_the_acts);
	tcase_add_test(tcase, an_erase_resets_the_count);
	tcase_add_test(tcase, an_erase_without_effect_does_not_reset_the_count);
	tcase_add_test(tcase, flipped_bits_remain_without_the_fault);
	tcase_add_test(tcase, a_seed_reproduces_the_flipped_bits);
	tcase_add_test(tcase, two_faults_count_separately);
	tcase_add_test(tcase, parts_without_block_erase_are_rejected);
	suite_add_tcase(suite, tcase);
	return suite;
}
