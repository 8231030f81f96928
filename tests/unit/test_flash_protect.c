/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protection of a W25Q128JV: the two tables of its data sheet (revision M, 7.1.8 and 7.1.9), every
 * value of CMP, SEC, TB and BP against every 4 KiB sector, and the individual locks (7.1.10,
 * 8.2.32-8.2.36). SEC = 1 with BP = 110 is in neither table; it acts like 32 KiB.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define SECTORS 4096u /* of 4 KiB */

/* CMP = 0, first and last protected address of each row. */
static const struct {
	uint8_t sec_tb_bp; /* SEC TB BP2 BP1 BP0 */
	uint32_t first;
	uint32_t last;
} table[] = {
	{001, 0xfc0000, 0xffffff},
	{002, 0xf80000, 0xffffff},
	{003, 0xf00000, 0xffffff},
	{004, 0xe00000, 0xffffff},
	{005, 0xc00000, 0xffffff},
	{006, 0x800000, 0xffffff},
	{011, 0x000000, 0x03ffff},
	{012, 0x000000, 0x07ffff},
	{013, 0x000000, 0x0fffff},
	{014, 0x000000, 0x1fffff},
	{015, 0x000000, 0x3fffff},
	{016, 0x000000, 0x7fffff},
	{021, 0xfff000, 0xffffff},
	{022, 0xffe000, 0xffffff},
	{023, 0xffc000, 0xffffff},
	{024, 0xff8000, 0xffffff},
	{025, 0xff8000, 0xffffff},
	{026, 0xff8000, 0xffffff},
	{031, 0x000000, 0x000fff},
	{032, 0x000000, 0x001fff},
	{033, 0x000000, 0x003fff},
	{034, 0x000000, 0x007fff},
	{035, 0x000000, 0x007fff},
	{036, 0x000000, 0x007fff},
};

static bool
in_table(unsigned int sec_tb_bp, uint32_t address)
{
	if ((sec_tb_bp & 7) == 0)
		return false;
	if ((sec_tb_bp & 7) == 7)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		if (table[i].sec_tb_bp == sec_tb_bp)
			return address >= table[i].first && address <= table[i].last;
	}
	ck_abort_msg("not in the table: %o", sec_tb_bp);
}

/* Whether an erase or program at address is rejected. An accepted one is reset at once and changes
 * nothing. */
static bool
refused(struct fixture *f, uint8_t opcode, uint32_t address)
{
	uint8_t frame[] = {opcode, address >> 16, address >> 8, address, 0xff};
	size_t n = opcode == 0x02 ? 5 : opcode == 0xc7 ? 1 : 4;
	enum flash_outcome outcome;

	g_array_set_size(f->events, 0);
	fixture_frame(f, (const uint8_t[]){0x06}, 1, 0);
	outcome = fixture_frame(f, frame, n, 0);
	if (outcome == FLASH_PROTECTED) {
		if (flash_is_busy(f->chip) || !(fixture_status(f, 1) & 0x02))
			ck_abort_msg("%02X at %06X: refused, but busy or WEL=0", opcode, address);
		return true;
	}
	if (outcome != FLASH_DONE || flash_is_busy(f->chip) != true)
		ck_abort_msg(
			"%02X at %06X: \"%s\"", opcode, address, flash_outcome_string(outcome));
	/* A reset ends it at once. */
	fixture_frame(f, (const uint8_t[]){0x66}, 1, 0);
	fixture_frame(f, (const uint8_t[]){0x99}, 1, 0);
	fixture_pass(f, 30000);
	return false;
}

static void
set_protection(struct fixture *f, unsigned int sec_tb_bp, bool cmp)
{
	uint8_t frame[] = {0x01, sec_tb_bp << 2, cmp ? 0x42 : 0x02};

	fixture_run(f, "06");
	ck_assert_int_eq(fixture_frame(f, frame, sizeof(frame), 0), FLASH_DONE);
	fixture_wait(f);
}

START_TEST(block_protection_matches_the_table)
{
	struct fixture *f = fixture_new();
	unsigned int sec_tb_bp = _i & 31;
	bool cmp = _i >> 5;
	bool sector[SECTORS];
	bool any = false;

	set_protection(f, sec_tb_bp, cmp);
	for (unsigned int i = 0; i < SECTORS; i++) {
		sector[i] = in_table(sec_tb_bp, i * 4096) != cmp;
		any = any || sector[i];
		if (refused(f, 0x20, i * 4096 + 0x123) != sector[i])
			ck_abort_msg("20, %02o CMP=%d, sector %u", sec_tb_bp, cmp, i);
		if (refused(f, 0x02, i * 4096 + (i & 1 ? 0xfff : 0)) != sector[i])
			ck_abort_msg("02, %02o CMP=%d, sector %u", sec_tb_bp, cmp, i);
	}
	/* An erase of a block is rejected if any of its sectors is protected (note 3). */
	for (unsigned int block = 0; block < SECTORS; block += 8) {
		bool small = false;
		bool large = false;

		for (unsigned int i = 0; i < 8; i++)
			small = small || sector[block + i];
		for (unsigned int i = 0; i < 16; i++)
			large = large || sector[(block & ~15u) + i];
		if (refused(f, 0x52, block * 4096) != small)
			ck_abort_msg("52, %02o CMP=%d, sector %u", sec_tb_bp, cmp, block);
		if (refused(f, 0xd8, block * 4096) != large)
			ck_abort_msg("D8, %02o CMP=%d, sector %u", sec_tb_bp, cmp, block);
	}
	ck_assert_int_eq(refused(f, 0xc7, 0), any);
	fixture_destroy(f);
}
END_TEST

START_TEST(protected_bytes_do_not_change)
{
	static const struct fixture_row rows[] = {
		{"program", "06; 02 00 00 00 A5; W; 06; 01 3C; W; 06; 02 00 00 00 00; W",
			"03 00 00 00 00", "A5", "3E 02 60", FLASH_DONE},
		{"erase", "06; 02 00 00 00 A5; W; 06; 01 3C; W; 06; C7; W", "03 00 00 00 00", "A5",
			"3E 02 60", FLASH_DONE},
		{"volatile protection bits act", "50; 01 1C; 06", "02 00 00 00 00", NULL,
			"1E 02 60", FLASH_PROTECTED},
		{"the old bits act until tW is over", "06; 01 1C; W; 06; 01 00; T9999999",
			"20 00 00 00", NULL, "1F 02 60", FLASH_BUSY},
		{"the stored BP acts after power-up", "06; 01 1C; W; 50; 01 00; P; 06", "C7", NULL,
			"1E 02 60", FLASH_PROTECTED},
	};

	fixture_check_rows(rows, G_N_ELEMENTS(rows));
}
END_TEST

/* --- individual locks --- */

static const struct fixture_row lock_rows[] = {
	{"3D: all locked", "", "3D 00 00 00 00", "01", "00 02 60", FLASH_DONE},
	{"39 unlocks one", "06; 39 12 34 56", "3D 12 FF FF 00", "00", NULL, FLASH_DONE},
	{"39 does not unlock the next block", "06; 39 12 34 56", "3D 13 00 00 00", "01", NULL,
		FLASH_DONE},
	{"39 does not unlock the block below", "06; 39 12 34 56", "3D 11 FF FF 00", "01", NULL,
		FLASH_DONE},
	{"39 in block 0: a sector", "06; 39 00 10 00", "3D 00 1F FF 00", "00", NULL, FLASH_DONE},
	{"39 in block 0 does not unlock the next sector", "06; 39 00 10 00", "3D 00 20 00 00", "01",
		NULL, FLASH_DONE},
	{"39 in block 255: a sector", "06; 39 FF F0 00", "3D FF FF FF 00", "00", NULL, FLASH_DONE},
	{"39 in block 255 does not unlock the next sector", "06; 39 FF F0 00", "3D FF EF FF 00",
		"01", NULL, FLASH_DONE},
	{"36 locks again", "06; 98; 06; 36 12 34 56", "3D 12 00 00 00", "01", NULL, FLASH_DONE},
	{"36 locks one", "06; 98; 06; 36 12 34 56", "3D 13 00 00 00", "00", NULL, FLASH_DONE},
	{"7E locks all", "06; 98; 06; 7E", "3D 80 00 00 00", "01", NULL, FLASH_DONE},
	{"98 unlocks all", "06; 98", "3D FF F0 00 00", "00", NULL, FLASH_DONE},
	{"a reset locks all", "06; 98; 66; 99; T30000", "3D 80 00 00 00", "01", NULL, FLASH_DONE},
	{"power-up locks all", "06; 98; P", "3D 80 00 00 00", "01", NULL, FLASH_DONE},
	{"WEL is not in the list of 7.1.2", "06", "98", NULL, "02 02 60", FLASH_DONE},
	{"36 without WEL", "", "36 00 00 00", NULL, "00 02 60", FLASH_WEL_CLEAR},
	{"WPS=0: locks do not act", "06", "20 80 00 00", NULL, "03 02 60", FLASH_DONE},
	{"WPS=1: locks act", "06; 11 64; W; 06", "20 80 00 00", NULL, "02 02 64", FLASH_PROTECTED},
	{"WPS=1: program", "06; 11 64; W; 06", "02 80 00 00 00", NULL, "02 02 64", FLASH_PROTECTED},
	{"WPS=1: BP does not act", "06; 01 1C; W; 06; 11 64; W; 06; 98; 06", "C7", NULL, "1F 02 64",
		FLASH_DONE},
	{"WPS=1: one lock refuses C7", "06; 11 64; W; 06; 98; 06; 36 FF FF FF; 06", "C7", NULL,
		"02 02 64", FLASH_PROTECTED},
	{"WPS=1: one sector refuses D8 in block 0", "06; 11 64; W; 06; 98; 06; 36 00 F0 00; 06",
		"D8 00 00 00", NULL, "02 02 64", FLASH_PROTECTED},
	{"WPS=1: 52 of the other half is executed", "06; 11 64; W; 06; 98; 06; 36 00 F0 00; 06",
		"52 00 00 00", NULL, "03 02 64", FLASH_DONE},
	{"WPS=1, volatile", "50; 11 64; 06", "20 80 00 00", NULL, "02 02 64", FLASH_PROTECTED},
};

START_TEST(individual_locks_act_as_in_the_data_sheet)
{
	fixture_check_rows(lock_rows, G_N_ELEMENTS(lock_rows));
}
END_TEST

/* 32 sectors and 254 blocks: each lock protects its own addresses only. */
START_TEST(every_lock_protects_its_own_addresses)
{
	struct fixture *f = fixture_new();

	fixture_run(f, "50; 11 64");
	for (unsigned int lock = 0; lock < 286; lock++) {
		uint32_t first = lock < 16 ? lock << 12
			: lock < 270       ? (lock - 15) << 16
					   : 0xff0000 + ((lock - 270) << 12);
		uint32_t last = first + (lock < 16 || lock >= 270 ? 4096 : 65536) - 1;
		uint8_t frame[] = {0x36, first >> 16, first >> 8, 0x55};

		fixture_run(f, "50; 11 64; 06; 98; 06");
		fixture_frame(f, frame, sizeof(frame), 0);
		if (!refused(f, 0x20, first) || !refused(f, 0x02, last))
			ck_abort_msg("lock %u does not lock", lock);
		/* An accepted command ends in a reset, which sets all locks. */
		if (first > 0 && refused(f, 0x20, first - 1))
			ck_abort_msg("lock %u locks below", lock);
		fixture_run(f, "50; 11 64; 06; 98; 06");
		fixture_frame(f, frame, sizeof(frame), 0);
		if (last < 0xffffff && refused(f, 0x02, last + 1))
			ck_abort_msg("lock %u locks above", lock);
	}
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_protect(void)
{
	Suite *suite = suite_create("flash_protect");
	TCase *tcase = tcase_create("protect");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, block_protection_matches_the_table, 0, 64);
	tcase_add_test(tcase, protected_bytes_do_not_change);
	tcase_add_test(tcase, individual_locks_act_as_in_the_data_sheet);
	tcase_add_test(tcase, every_lock_protects_its_own_addresses);
	suite_add_tcase(suite, tcase);
	return suite;
}
