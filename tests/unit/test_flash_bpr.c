/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The block-protection register of an SST26VF016B: the tables of the register and of the lock-down
 * states in its data sheet, quoted from memory. Parts of 32 and 64 Mbit have the same with more
 * bits.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define REPORT(bit)                                \
	{                                          \
		.function = bit, .read_only = true \
	}
#define NONE                               \
	{                                  \
		.function = FLASH_BIT_NONE \
	}

static void
part_init(struct flash_part *part, uint64_t size)
{
	static const struct flash_register_bit sr1[8] = {REPORT(FLASH_BIT_BUSY), NONE, NONE,
		REPORT(FLASH_BIT_WPLD), REPORT(FLASH_BIT_PSB), REPORT(FLASH_BIT_ESB),
		REPORT(FLASH_BIT_WEL), REPORT(FLASH_BIT_BUSY)};
	static const struct flash_register_bit sr2[8] = {{.function = FLASH_BIT_SRP}, NONE, NONE,
		NONE, REPORT(FLASH_BIT_BPNV), NONE, {.function = FLASH_BIT_QE}, NONE};
	static const struct flash_register_bit none[8];

	fixture_part_init(part);
	part->size = size;
	part->range_rule = FLASH_RANGE_SST26;
	part->wel_kept_on_reject = false;
	memset(part->status_default, 0, sizeof(part->status_default));
	fixture_set_register(part, 1, sr1);
	fixture_set_register(part, 2, sr2);
	fixture_set_register(part, 3, none);
	fixture_set_commands(part,
		"WREN WRDI RDSR1 RDCR:35 WRSR READ FAST_READ 4READ PP RSTEN RST "
		"RBPR WBPR LBPR ULBPR NVWLDR SUSPEND:B0 RESUME:30");
}

#define OPEN "06; 98; "

static const struct fixture_row rows[] = {
	{"as delivered", "", "72 00 00 00 00 00 00", "55 55 FF FF FF FF", "00 08 FF", FLASH_DONE},
	{"72 repeats", "", "72 00 00 00 00 00 00 00 00", "55 55 FF FF FF FF 55 55", NULL,
		FLASH_DONE},
	{"98", "06; 98", "72 00 00 00 00 00 00", "00 00 00 00 00 00", "00 08 FF", FLASH_DONE},
	{"98 without WEL", "", "98", NULL, "00 08 FF", FLASH_WEL_CLEAR},
	{"42", "06; 42 55 00 80 00 00 01", "72 00 00 00 00 00 00", "55 00 80 00 00 01", "00 08 FF",
		FLASH_DONE},
	{"42 without WEL", "", "42 00 00 00 00 00 00", NULL, "00 08 FF", FLASH_WEL_CLEAR},
	{"42 of five bytes", "06", "42 00 00 00 00 00", NULL, "02 08 FF", FLASH_SHORT_FRAME},
	{"42 of seven bytes", "06", "42 00 00 00 00 00 00 00", NULL, "02 08 FF", FLASH_LONG_FRAME},
	{"42 too long changes nothing", "06; 42 00 00 00 00 00 00 00", "72 00", "55", NULL,
		FLASH_DONE},
	{"42 in a suspended program", OPEN "06; 02 00 00 00 A5 5A; B0; T20000; 06",
		"42 00 00 00 00 00 00", NULL, "0A 08 FF", FLASH_SUSPENDED},
	{"42 does not change the data of the suspended program",
		OPEN "06; 02 00 00 00 A5 5A; B0; T20000; 06; 42 00 00 00 00 00 00; 30; W",
		"03 00 00 00 00 00 00", "A5 5A FF", NULL, FLASH_DONE},
	{"power-up locks", OPEN "P", "72 00 00 00 00 00 00", "55 55 FF FF FF FF", NULL, FLASH_DONE},

	{"BUSY is shown twice", OPEN "06", "02 00 00 00 00", NULL, "83 08 FF", FLASH_DONE},
	{"a program is refused", "06", "02 00 00 00 00", NULL, "00 08 FF", FLASH_PROTECTED},
	{"a chip erase is refused", "06; 42 00 00 00 00 00 01; 06", "C7", NULL, "00 08 FF",
		FLASH_PROTECTED},
	{"an erase beside a lock is executed", "06; 42 00 00 00 00 00 01; 06", "20 02 00 00", NULL,
		"83 08 FF", FLASH_DONE},
	{"chip erase", OPEN "06", "C7", NULL, "83 08 FF", FLASH_DONE},

	{"8D shows WPLD", "06; 8D", "", NULL, "10 08 FF", FLASH_DONE},
	{"8D without WEL", "", "8D", NULL, "00 08 FF", FLASH_WEL_CLEAR},
	{"8D refuses 98", "06; 8D; 06", "98", NULL, "10 08 FF", FLASH_PROTECTION_LOCKED},
	{"8D refuses 42", "06; 8D; 06", "42 00 00 00 00 00 00", NULL, "10 08 FF",
		FLASH_PROTECTION_LOCKED},
	{"8D refuses E8", "06; 8D; 06", "E8 00 00 00 00 00 01", NULL, "10 08 FF",
		FLASH_PROTECTION_LOCKED},
	{"a reset keeps 8D", "06; 8D; 66; 99; T30000; 06", "98", NULL, "10 08 FF",
		FLASH_PROTECTION_LOCKED},
	{"power loss ends 8D", "06; 8D; P; 06; 98", "72 00", "00", "00 08 FF", FLASH_DONE},
	{"8D leaves the configuration register", "06; 8D; 06; 01 00 02; W", "", NULL, "10 0A FF",
		FLASH_DONE},

	{"WPEN, WP# low: 98", "06; 01 00 80; W; L; 06", "98", NULL, "00 88 FF",
		FLASH_PROTECTION_LOCKED},
	{"WPEN, WP# low: 42", "06; 01 00 80; W; L; 06", "42 00 00 00 00 00 00", NULL, "00 88 FF",
		FLASH_PROTECTION_LOCKED},
	{"WPEN, WP# low: configuration register", "06; 01 00 80; W; L; 06", "01 00 00", NULL,
		"00 88 FF", FLASH_STATUS_PROTECTED},
	{"WPEN, WP# high", "06; 01 00 80; W; 06; 98", "72 00", "00", NULL, FLASH_DONE},
	{"WPEN, IOC: WP# has no effect", "06; 01 00 82; W; L; 06; 98", "72 00", "00", NULL,
		FLASH_DONE},
	{"WP# low without WPEN", "L; 06; 98", "72 00", "00", NULL, FLASH_DONE},
	{"01 with one byte leaves the configuration register", "06; 01 00 02; W; 06; 01 FF; W", "",
		NULL, "00 0A FF", FLASH_DONE},

	{"E8 clears BPNV", "06; E8 00 00 00 00 00 01; W", "", NULL, "00 00 FF", FLASH_DONE},
	{"E8 of zeros changes nothing", "06; E8 00 00 00 00 00 00; W", "", NULL, "00 08 FF",
		FLASH_DONE},
	{"E8 does not act on read locks", "06; E8 AA AA 00 00 00 00; W", "", NULL, "00 08 FF",
		FLASH_DONE},
	{"E8 is permanent: 98", "06; E8 01 00 00 00 00 01; W; 06; 98", "72 00 00 00 00 00 00",
		"01 00 00 00 00 01", NULL, FLASH_DONE},
	{"E8 is permanent: 42", "06; E8 01 00 00 00 00 01; W; 06; 42 00 00 00 00 00 00",
		"72 00 00 00 00 00 00", "01 00 00 00 00 01", NULL, FLASH_DONE},
	{"E8 is permanent: power loss", "06; E8 01 00 00 00 00 01; W; P; 06; 98",
		"72 00 00 00 00 00 00", "01 00 00 00 00 01", "00 00 FF", FLASH_DONE},
	{"E8 adds bits", "06; E8 01 00 00 00 00 00; W; 06; E8 00 00 00 00 00 01; W; 06; 98",
		"72 00 00 00 00 00 00", "01 00 00 00 00 01", NULL, FLASH_DONE},
	{"E8 sets BUSY", "06", "E8 00 00 00 00 00 01", NULL, "83 08 FF", FLASH_DONE},

	{"read lock: 00", OPEN "06; 42 00 02 00 00 00 00", "03 00 1F FE 00 00 00 00", "00 00 FF FF",
		NULL, FLASH_DONE},
	{"read lock of the last block", OPEN "06; 42 80 00 00 00 00 00", "03 1F DF FE 00 00 00 00",
		"FF FF 00 00", NULL, FLASH_DONE},
	{"fast read", OPEN "06; 42 00 02 00 00 00 00", "0B 00 00 00 00 00", "00", NULL, FLASH_DONE},
	{"a read lock does not write-lock", OPEN "06; 42 00 02 00 00 00 00; 06", "20 00 00 00",
		NULL, "83 08 FF", FLASH_DONE},
	{"power loss ends read locks", OPEN "06; 42 00 02 00 00 00 00; P", "03 00 00 00 00", "FF",
		NULL, FLASH_DONE},
	{"42 ends read locks", OPEN "06; 42 00 02 00 00 00 00; 06; 42 00 00 00 00 00 00",
		"03 00 00 00 00", "FF", NULL, FLASH_DONE},
};

START_TEST(the_register_protects_its_blocks)
{
	struct flash_part part;

	part_init(&part, 2 << 20);
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

/* The table of the 16 Mbit part, bit 47 first; the higher bit of each pair is a read lock. */
static const struct {
	unsigned int bit;
	uint32_t start;
	uint32_t length;
} table[] = {
	{46, 0x1fe000, 8192},
	{44, 0x1fc000, 8192},
	{42, 0x1fa000, 8192},
	{40, 0x1f8000, 8192},
	{38, 0x006000, 8192},
	{36, 0x004000, 8192},
	{34, 0x002000, 8192},
	{32, 0x000000, 8192},
	{31, 0x1f0000, 32768},
	{30, 0x008000, 32768},
	{29, 0x1e0000, 65536},
	{28, 0x1d0000, 65536},
	{15, 0x100000, 65536},
	{1, 0x020000, 65536},
	{0, 0x010000, 65536},
};

START_TEST(each_bit_protects_its_block)
{
	struct flash_part part;
	struct fixture *f;

	part_init(&part, 2 << 20);
	f = fixture_new_part(&part);
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		uint8_t frame[7] = {0x42};
		uint64_t start;
		uint64_t length;

		frame[6 - table[i].bit / 8] = 1 << table[i].bit % 8;
		fixture_run(f, "06");
		ck_assert_int_eq(fixture_frame(f, frame, sizeof(frame), 0), FLASH_DONE);
		ck_assert(flash_next_protected(f->chip, 0, &start, &length));
		ck_assert_uint_eq(start, table[i].start);
		ck_assert_uint_eq(length, table[i].length);
		ck_assert(!flash_next_protected(f->chip, start + length, &start, &length));
	}
	fixture_destroy(f);
}
END_TEST

START_TEST(larger_parts_have_longer_registers)
{
	static const struct {
		uint64_t size;
		const char *send;
		const char *reply;
	} cases[] = {
		{4 << 20, "72 00 00 00 00 00 00 00 00 00 00 00",
			"55 55 FF FF FF FF FF FF FF FF 55"},
		{8 << 20, "72 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
			"55 55 FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF 55"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct flash_part part;
		struct fixture *f;
		uint64_t start;
		uint64_t length;

		part_init(&part, cases[i].size);
		f = fixture_new_part(&part);
		fixture_run(f, cases[i].send);
		fixture_assert_miso(f, cases[i].reply, "as delivered");
		ck_assert(flash_next_protected(f->chip, 0, &start, &length));
		ck_assert_uint_eq(length, cases[i].size);
		fixture_destroy(f);
	}
}
END_TEST

/* All reads return 00 for read-locked blocks, and a read that wraps continues after them. */
START_TEST(a_read_across_the_end_hides_read_locked_blocks)
{
	struct flash_part part;
	struct fixture *f;
	static const uint8_t read[4] = {0x03, 0x1f, 0xdf, 0xff};
	uint8_t in[4 + 8192 + 8192 + 2];

	part_init(&part, 2 << 20);
	f = fixture_new_part(&part);
	/* The last and the first block of 8 KiB. */
	fixture_run(f, "06; 42 80 02 00 00 00 00");
	flash_select(f->chip);
	flash_shift(f->chip, read, NULL, sizeof(read));
	flash_shift(f->chip, NULL, in, sizeof(in) - sizeof(read));
	flash_deselect(f->chip, 0);
	ck_assert_uint_eq(in[0], 0xff);
	for (size_t i = 1; i < 1 + 2 * 8192; i++) {
		if (in[i] != 0x00)
			ck_abort_msg("byte %zu is %02X", i, in[i]);
	}
	ck_assert_uint_eq(in[1 + 2 * 8192], 0xff);
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_bpr(void)
{
	Suite *suite = suite_create("flash_bpr");
	TCase *tcase = tcase_create("bpr");

	fixture_prepare();
	tcase_add_test(tcase, the_register_protects_its_blocks);
	tcase_add_test(tcase, each_bit_protects_its_block);
	tcase_add_test(tcase, larger_parts_have_longer_registers);
	tcase_add_test(tcase, a_read_across_the_end_hides_read_locked_blocks);
	suite_add_tcase(suite, tcase);
	return suite;
}
