/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Erase maps: uniform, boot sectors at the bottom, at the top and at both ends, opcodes for a part
 * of the array only, and the second set of hybrid parts. Every block of every map is erased by its
 * first and by its last address; exactly that block changes.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define KIB 1024
#define MIB (1024 * 1024)

static const struct map {
	const char *what;
	uint64_t size;
	struct flash_erase erase;
} maps[] = {
	{"uniform", MIB, {.opcode = 0xd8, .size = 64 * KIB}},
	{"pages of 256 bytes", 64 * KIB, {.opcode = 0xdb, .size = 256}},
	{"one size, as a map", MIB,
		{.opcode = 0xd8, .n_regions = 1, .regions = {{32, 32 * KIB, false}}}},
	{"EN25B16, bottom", 2 * MIB,
		{.opcode = 0xd8,
			.n_regions = 5,
			.regions = {{2, 4 * KIB, false}, {1, 8 * KIB, false}, {1, 16 * KIB, false},
				{1, 32 * KIB, false}, {31, 64 * KIB, false}}}},
	{"EN25B16T, top", 2 * MIB,
		{.opcode = 0xd8,
			.n_regions = 5,
			.regions = {{31, 64 * KIB, false}, {1, 32 * KIB, false},
				{1, 16 * KIB, false}, {1, 8 * KIB, false}, {2, 4 * KIB, false}}}},
	{"SST26VF016B, both ends", 2 * MIB,
		{.opcode = 0xd8,
			.n_regions = 5,
			.regions = {{4, 8 * KIB, false}, {1, 32 * KIB, false},
				{30, 64 * KIB, false}, {1, 32 * KIB, false}, {4, 8 * KIB, false}}}},
	{"S25FL128P, parameter sectors", 2 * MIB,
		{.opcode = 0x20,
			.n_regions = 2,
			.regions = {{32, 4 * KIB, false}, {30, 64 * KIB, true}}}},
	{"parameter sectors at the top", 2 * MIB,
		{.opcode = 0x20,
			.n_regions = 2,
			.regions = {{30, 64 * KIB, true}, {32, 4 * KIB, false}}}},
};

static struct fixture *
new_part(const struct map *map)
{
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	part.size = map->size;
	part.n_erases = 1;
	part.erases[0] = map->erase;
	part.erases[0].time = (struct flash_time){1000, 1000};
	f = fixture_new_part(&part);
	memset(f->array, 0x5a, map->size);
	return f;
}

static enum flash_outcome
erase_at(struct fixture *f, uint8_t opcode, uint64_t address)
{
	const uint8_t wren = 0x06;
	uint8_t frame[] = {
		opcode, (uint8_t)(address >> 16), (uint8_t)(address >> 8), (uint8_t)address};
	enum flash_outcome outcome;

	fixture_frame(f, &wren, 1, 0);
	outcome = fixture_frame(f, frame, sizeof(frame), 0);
	fixture_wait(f);
	return outcome;
}

/* Fails unless exactly the block is FF; then restores it. */
static void
check_block(struct fixture *f, const struct map *map, uint64_t start, uint64_t length)
{
	fixture_assert_filled(f, 0, start, 0x5a, map->what);
	fixture_assert_filled(f, start, length, 0xff, map->what);
	fixture_assert_filled(f, start + length, map->size - start - length, 0x5a, map->what);
	memset(f->array + start, 0x5a, length);
}

static void
check_region(
	struct fixture *f, const struct map *map, const struct flash_region *region, uint64_t start)
{
	for (unsigned int i = 0; i < region->n_blocks; i++, start += region->block_size) {
		uint64_t last = start + region->block_size - 1;

		if (region->gap) {
			ck_assert_int_eq(erase_at(f, map->erase.opcode, start), FLASH_BAD_ADDRESS);
			ck_assert_int_eq(erase_at(f, map->erase.opcode, last), FLASH_BAD_ADDRESS);
			fixture_assert_filled(f, 0, map->size, 0x5a, map->what);
			continue;
		}
		ck_assert_int_eq(erase_at(f, map->erase.opcode, start), FLASH_DONE);
		check_block(f, map, start, region->block_size);
		ck_assert_int_eq(erase_at(f, map->erase.opcode, last), FLASH_DONE);
		check_block(f, map, start, region->block_size);
	}
}

START_TEST(an_erase_clears_only_its_block)
{
	const struct map *map = &maps[_i];
	struct fixture *f = new_part(map);
	uint64_t start = 0;

	if (map->erase.n_regions == 0) {
		struct flash_region all = {
			(uint32_t)(map->size / map->erase.size), map->erase.size, false};

		check_region(f, map, &all, 0);
	}
	for (unsigned int i = 0; i < map->erase.n_regions; i++) {
		const struct flash_region *region = &map->erase.regions[i];

		check_region(f, map, region, start);
		start += (uint64_t)region->n_blocks * region->block_size;
	}
	fixture_destroy(f);
}
END_TEST

/* Interrupted at half its time: the block is partly erased, and can be erased again. */
START_TEST(a_reset_interrupts_the_erase_of_a_mapped_block)
{
	struct fixture *f = new_part(&maps[3]);

	fixture_run(f, "06; D8 00 5F FF; T500; 66; 99");
	fixture_assert_filled(f, 0, 16 * KIB, 0x5a, "before");
	fixture_assert_filled(f, 32 * KIB, 2 * MIB - 32 * KIB, 0x5a, "behind");
	ck_assert_mem_ne(f->array + 16 * KIB, f->array, 16 * KIB);
	ck_assert_mem_ne(f->array + 16 * KIB, f->array + 24 * KIB, 8 * KIB);
	fixture_pass(f, 1000000);
	fixture_run(f, "06; D8 00 5F FF; W");
	fixture_assert_filled(f, 16 * KIB, 16 * KIB, 0xff, "erased again");
	fixture_destroy(f);
}
END_TEST

/* An erase at an address without a block sets no flag: S25FL128S, Spansion's model. */
START_TEST(an_erase_in_a_gap_sets_no_failure_flag)
{
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	part.size = 2 * MIB;
	part.n_erases = 1;
	part.erases[0] = maps[6].erase;
	fixture_set_bit(&part, 2, 6, FLASH_BIT_E_FAIL);
	part.status_default[2] = 0;
	f = fixture_new_part(&part);
	fixture_run(f, "06; 20 10 00 00");
	fixture_assert_status(f, "02 02 00", "ignored");
	fixture_run(f, "20 00 00 00; W");
	fixture_assert_status(f, "00 02 00", "a good one");
	fixture_destroy(f);
}
END_TEST

/* S25FS128S: 4 KiB sectors at the bottom, until CR3 bit 3 makes all of them 64 KiB. */
static void
hybrid_part(struct flash_part *part)
{
	static const struct flash_time quick = {1000, 1000};

	fixture_part_init(part);
	part->size = 2 * MIB;
	fixture_add_commands(part, "RDAR WRAR");
	fixture_set_bit(part, 4, 3, FLASH_BIT_UNIFORM);
	part->n_erases = 3;
	part->erases[0] = (struct flash_erase){.opcode = 0xd8, .size = 64 * KIB, .time = quick};
	part->erases[1] = (struct flash_erase){.opcode = 0x20,
		.hybrid = true,
		.n_regions = 2,
		.regions = {{8, 4 * KIB, false}, {63, 32 * KIB, true}},
		.time = quick};
	part->erases[2] = (struct flash_erase){.opcode = 0xd8,
		.hybrid = true,
		.n_regions = 3,
		.regions = {{8, 4 * KIB, true}, {1, 32 * KIB, false}, {31, 64 * KIB, false}},
		.time = quick};
}

START_TEST(hybrid_sectors_are_enabled_and_disabled)
{
	static const struct fixture_row steps[] = {
		{"20 at the bottom", "06", "20 00 70 00", NULL, NULL, FLASH_DONE},
		{"20 above the parameter sectors", "06", "20 00 80 00", NULL, NULL,
			FLASH_BAD_ADDRESS},
		{"D8 over 4 KiB sectors", "06", "D8 00 00 00", NULL, NULL, FLASH_BAD_ADDRESS},
		{"D8 beside the 4 KiB sectors", "06", "D8 00 80 00", NULL, NULL, FLASH_DONE},
		{"uniform: 20 is ignored", "06; 71 80 00 04 08; 06", "20 00 70 00", NULL, NULL,
			FLASH_UNKNOWN_OPCODE},
		{"uniform: D8 at 0", "06; 71 80 00 04 08; 06", "D8 00 00 00", NULL, NULL,
			FLASH_DONE},
		{"a reset restores the sectors", "06; 71 80 00 04 08; 66; 99; T30000; 06",
			"20 00 70 00", NULL, NULL, FLASH_DONE},
		{"stored: no effect before a reset", "06; 71 00 00 04 08; W; 06", "20 00 70 00",
			NULL, NULL, FLASH_DONE},
		{"stored: effect after a reset", "06; 71 00 00 04 08; W; 66; 99; T30000; 06",
			"20 00 70 00", NULL, NULL, FLASH_UNKNOWN_OPCODE},
		{"stored: effect after power loss", "06; 71 00 00 04 08; W; P; 06", "20 00 70 00",
			NULL, NULL, FLASH_UNKNOWN_OPCODE},
	};
	struct flash_part part;
	struct fixture *f;

	hybrid_part(&part);
	fixture_check_rows_of(&part, steps, G_N_ELEMENTS(steps));
	f = fixture_new_part(&part);
	memset(f->array, 0, 2 * MIB);
	fixture_run(f, "06; D8 00 80 00; W");
	fixture_assert_filled(f, 0, 32 * KIB, 0x00, "hybrid");
	fixture_assert_filled(f, 32 * KIB, 32 * KIB, 0xff, "hybrid");
	fixture_assert_filled(f, 64 * KIB, 2 * MIB - 64 * KIB, 0x00, "hybrid");
	fixture_run(f, "06; 71 80 00 04 08; 06; D8 00 80 00; W");
	fixture_assert_filled(f, 0, 64 * KIB, 0xff, "uniform");
	fixture_assert_filled(f, 64 * KIB, 2 * MIB - 64 * KIB, 0x00, "uniform");
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_erase(void)
{
	Suite *suite = suite_create("flash_erase");
	TCase *tcase = tcase_create("flash_erase");

	fixture_prepare();
	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(tcase, an_erase_clears_only_its_block, 0, G_N_ELEMENTS(maps));
	tcase_add_test(tcase, a_reset_interrupts_the_erase_of_a_mapped_block);
	tcase_add_test(tcase, an_erase_in_a_gap_sets_no_failure_flag);
	tcase_add_test(tcase, hybrid_sectors_are_enabled_and_disabled);
	suite_add_tcase(suite, tcase);
	return suite;
}
