/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sector protection registers of an AT25DF081A: data sheet 8715C, page 22 (the table of the global
 * functions), and 3674E of the AT25DF081, 10.1 (SPRL, WPP, EPE, SWP). Also the sector map of an
 * AT26DF081A.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define REPORT(bit)                                \
	{                                          \
		.function = bit, .read_only = true \
	}

static void
part_init(struct flash_part *part)
{
	static const struct flash_register_bit sr1[8] = {
		{.function = FLASH_BIT_SPRL, .is_volatile = true}, {.function = FLASH_BIT_NONE},
		REPORT(FLASH_BIT_EPE), REPORT(FLASH_BIT_WPP), REPORT(FLASH_BIT_SWP1),
		REPORT(FLASH_BIT_SWP0), REPORT(FLASH_BIT_WEL), REPORT(FLASH_BIT_BUSY)};
	static const struct flash_register_bit none[8];

	fixture_part_init(part);
	part->size = 1 << 20;
	part->range_rule = FLASH_RANGE_AT2X_SECTORS;
	part->wel_kept_on_reject = false;
	part->wrsr_bytes = 1;
	part->timing[FLASH_T_W] = (struct flash_time){200, 200};
	memset(part->status_default, 0, sizeof(part->status_default));
	fixture_set_register(part, 1, sr1);
	fixture_set_register(part, 2, none);
	fixture_set_register(part, 3, none);
	fixture_set_commands(
		part, "WREN WRDI RDSR1 WRSR READ PP PROTECT_SECTOR UNPROTECT_SECTOR RDSECTOR");
}

/* The part lacks 35 and 15: MISO floats. */
static const struct fixture_row rows[] = {
	{"as delivered: all protected", "", "05 00", "1C", "1C FF FF", FLASH_DONE},
	{"WPP follows the pin", "L", "05 00", "0C", "0C FF FF", FLASH_DONE},
	{"WPP follows the pin to high", "L; H", "05 00", "1C", NULL, FLASH_DONE},

	{"01 00: none", "06; 01 00; W", "", NULL, "10 FF FF", FLASH_DONE},
	{"01 takes tW", "06", "01 00", NULL, "1F FF FF", FLASH_DONE},
	{"01 43: only bits 5 to 2 count", "06; 01 43; W", "", NULL, "10 FF FF", FLASH_DONE},
	{"01 7F: all, SPRL stays 0", "06; 01 00; W; 06; 01 7F; W", "", NULL, "1C FF FF",
		FLASH_DONE},
	{"01 3C: all", "06; 01 00; W; 06; 01 3C; W", "", NULL, "1C FF FF", FLASH_DONE},
	{"01 FF: all, and locked", "06; 01 00; W; 06; 01 FF; W", "", NULL, "9C FF FF", FLASH_DONE},
	{"01 80: none, and locked", "06; 01 80; W", "", NULL, "90 FF FF", FLASH_DONE},
	{"01 0F: protection stays, all", "06; 01 0F; W", "", NULL, "1C FF FF", FLASH_DONE},
	{"01 0F: protection stays, none", "06; 01 00; W; 06; 01 0F; W", "", NULL, "10 FF FF",
		FLASH_DONE},
	{"01 F0: protection stays, locked", "06; 01 00; W; 06; 01 F0; W", "", NULL, "90 FF FF",
		FLASH_DONE},
	{"01 04: protection stays", "06; 01 04; W", "", NULL, "1C FF FF", FLASH_DONE},
	{"01 38: protection stays", "06; 01 00; W; 06; 01 38; W", "", NULL, "10 FF FF", FLASH_DONE},
	{"01 without WEL", "", "01 00", NULL, "1C FF FF", FLASH_WEL_CLEAR},
	{"01, two bytes", "06", "01 00 00", NULL, "1E FF FF", FLASH_LONG_FRAME},

	{"locked: 01 00 clears SPRL only", "06; 01 FF; W; 06; 01 00; W", "", NULL, "1C FF FF",
		FLASH_DONE},
	{"locked: the second 01 00 unprotects", "06; 01 FF; W; 06; 01 00; W; 06; 01 00; W", "",
		NULL, "10 FF FF", FLASH_DONE},
	{"locked: 01 FF changes nothing", "06; 01 80; W; 06; 01 FF; W", "", NULL, "90 FF FF",
		FLASH_DONE},
	{"locked, WP# low: 01 is refused", "06; 01 FF; W; L; 06", "01 00", NULL, "8C FF FF",
		FLASH_STATUS_PROTECTED},
	{"unlocked, WP# low: 01 is executed", "L; 06; 01 00; W", "", NULL, "00 FF FF", FLASH_DONE},
	{"unlocked, WP# low: SPRL can be set", "L; 06; 01 F0; W", "", NULL, "8C FF FF", FLASH_DONE},
	{"power-up unlocks, and protects all", "06; 01 80; W; P", "", NULL, "1C FF FF", FLASH_DONE},

	{"3C: protected", "", "3C 01 00 00 00 00", "FF FF", NULL, FLASH_DONE},
	{"39 unprotects", "06; 39 01 23 45", "3C 01 FF FF 00 00", "00 00", "14 FF FF", FLASH_DONE},
	{"39 does not unprotect the sector below", "06; 39 01 23 45", "3C 00 FF FF 00", "FF", NULL,
		FLASH_DONE},
	{"39 does not unprotect the sector above", "06; 39 01 23 45", "3C 02 00 00 00", "FF", NULL,
		FLASH_DONE},
	{"36 protects", "06; 01 00; W; 06; 36 0F FF FF", "3C 0F 00 00 00", "FF", "14 FF FF",
		FLASH_DONE},
	{"36 without WEL", "06; 01 00; W", "36 00 00 00", NULL, "10 FF FF", FLASH_WEL_CLEAR},
	{"39 without WEL", "", "39 00 00 00", NULL, "1C FF FF", FLASH_WEL_CLEAR},
	{"39 clears WEL", "06", "39 00 00 00", NULL, "14 FF FF", FLASH_DONE},
	{"39 while locked", "06; 01 FF; W; 06", "39 00 00 00", NULL, "9C FF FF",
		FLASH_PROTECTION_LOCKED},
	{"36 while locked", "06; 01 80; W; 06", "36 00 00 00", NULL, "90 FF FF",
		FLASH_PROTECTION_LOCKED},
	{"3C while locked", "06; 01 80; W", "3C 00 00 00 00", "00", NULL, FLASH_DONE},
	{"36 with a short address", "06; 01 00; W; 06", "36 00 00", NULL, "12 FF FF",
		FLASH_SHORT_FRAME},
	{"address bits beyond the chip are ignored", "06; 01 00; W; 06; 36 F1 00 00",
		"3C 01 00 00 00", "FF", NULL, FLASH_DONE},

	{"program in a protected sector: WEL falls, EPE does not rise", "06", "02 00 00 00 00",
		NULL, "1C FF FF", FLASH_PROTECTED},
	{"program in an unprotected sector", "06; 39 00 00 00; 06", "02 00 FF 00 00", NULL,
		"17 FF FF", FLASH_DONE},
	{"erase of 4 KiB in a protected sector", "06; 39 01 00 00; 06", "20 00 FF FF", NULL,
		"14 FF FF", FLASH_PROTECTED},
	{"erase of 4 KiB in an unprotected sector", "06; 39 01 00 00; 06", "20 01 FF FF", NULL,
		"17 FF FF", FLASH_DONE},
	{"erase of 64 KiB in a protected sector", "06; 39 01 00 00; 06", "D8 02 00 00", NULL,
		"14 FF FF", FLASH_PROTECTED},
	{"chip erase, one sector protected", "06; 01 00; W; 06; 36 07 00 00; 06", "C7", NULL,
		"14 FF FF", FLASH_PROTECTED},
	{"chip erase", "06; 01 00; W; 06", "C7", NULL, "13 FF FF", FLASH_DONE},
};

START_TEST(sector_registers_protect_their_sectors)
{
	struct flash_part part;

	part_init(&part);
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

static void
assert_only(struct fixture *f, uint64_t start, uint64_t length)
{
	uint64_t found_start;
	uint64_t found_length;

	ck_assert(flash_next_protected(f->chip, 0, &found_start, &found_length));
	ck_assert_uint_eq(found_start, start);
	ck_assert_uint_eq(found_length, length);
	ck_assert(!flash_next_protected(f->chip, start + length, &found_start, &found_length));
}

/* Each register protects its sector only, also if sectors differ in size. */
START_TEST(each_register_protects_only_its_sector)
{
	static const struct flash_region at26df081a[] = {
		{15, 65536, false}, {1, 32768, false}, {2, 8192, false}, {1, 16384, false}};
	struct flash_part part;

	for (unsigned int own_map = 0; own_map < 2; own_map++) {
		uint64_t start = 0;
		struct fixture *f;

		part_init(&part);
		if (own_map) {
			memcpy(part.lock_regions, at26df081a, sizeof(at26df081a));
			part.n_lock_regions = G_N_ELEMENTS(at26df081a);
		}
		f = fixture_new_part(&part);
		while (start < part.size) {
			uint64_t length = !own_map || start < 0xf0000 ? 65536
				: start == 0xf0000                    ? 32768
				: start < 0xfc000                     ? 8192
								      : 16384;
			uint64_t address = start + length / 2 + 77;
			uint8_t frame[] = {0x36, address >> 16, address >> 8, address};

			fixture_run(f, "06; 01 00; W; 06");
			fixture_frame(f, frame, sizeof(frame), 0);
			assert_only(f, start, length);
			start += length;
		}
		fixture_destroy(f);
	}
}
END_TEST

/* Newer parts read SR1 and SR2 in turn, and write SR2 with 31. */
START_TEST(two_registers_are_read_in_turn)
{
	static const struct flash_register_bit sr2[8] = {{.function = FLASH_BIT_NONE},
		{.function = FLASH_BIT_NONE}, {.function = FLASH_BIT_NONE},
		{.function = FLASH_BIT_USER}, {.function = FLASH_BIT_USER},
		{.function = FLASH_BIT_NONE}, {.function = FLASH_BIT_NONE},
		{.function = FLASH_BIT_NONE}};
	static const struct fixture_row two[] = {
		{"05", "", "05 00 00 00", "1C 00 1C", NULL, FLASH_DONE},
		{"31", "06; 31 FF; W", "05 00 00 00 00", "1C 18 1C 18", NULL, FLASH_DONE},
		{"31 does not change the sectors", "06; 31 00; W", "3C 00 00 00 00", "FF", NULL,
			FLASH_DONE},
		{"31 while locked", "06; 01 FF; W; L; 06", "31 10", NULL, NULL,
			FLASH_STATUS_PROTECTED},
	};
	struct flash_part part;

	part_init(&part);
	fixture_set_register(&part, 2, sr2);
	fixture_set_commands(&part, "WREN WRDI RDSR_ALL WRSR WRSR2 RDSECTOR");
	fixture_check_rows_of(&part, two, G_N_ELEMENTS(two));
}
END_TEST

Suite *
suite_flash_sector(void)
{
	Suite *suite = suite_create("flash_sector");
	TCase *tcase = tcase_create("sector");

	fixture_prepare();
	tcase_add_test(tcase, sector_registers_protect_their_sectors);
	tcase_add_test(tcase, each_register_protects_only_its_sector);
	tcase_add_test(tcase, two_registers_are_read_in_turn);
	suite_add_tcase(suite, tcase);
	return suite;
}
