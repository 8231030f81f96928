/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EEPROMs: a small one with two address bytes (25LC080-like, 1 KiB, 16-byte pages) and one with an
 * identification page (M95128-D-like, Doc ID 5798 rev. 16, 6.7-6.10).
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define MS INT64_C(1000000)

static const enum flash_bit sr1[] = {FLASH_BIT_SRP, FLASH_BIT_NONE, FLASH_BIT_NONE, FLASH_BIT_NONE,
	FLASH_BIT_BP1, FLASH_BIT_BP0, FLASH_BIT_WEL, FLASH_BIT_BUSY};
static const enum flash_bit unused[8] = {FLASH_BIT_NONE};

static void
make_part(struct flash_part *part)
{
	fixture_part_init(part);
	part->size = 1024;
	part->page_size = 16;
	part->address_bytes = 2;
	fixture_part_commands(part, "WREN WRDI RDSR1 RDSR2 RDSR3 WRSR READ WRITE");
	fixture_part_register(part, 0, sr1);
	fixture_part_register(part, 1, unused);
	fixture_part_register(part, 2, unused);
	memset(part->status_default, 0, sizeof(part->status_default));
	part->wrsr_bytes = 1;
	part->range_rule = FLASH_RANGE_POW2;
	part->n_erases = 0;
	memset(part->timing, 0, sizeof(part->timing));
	part->timing[FLASH_T_PP] = (struct flash_time){5 * MS, 5 * MS};
}

static void
make_m95(struct flash_part *part)
{
	make_part(part);
	part->size = 16384;
	part->page_size = 64;
	memcpy(part->id, "\x20\x00\x0e", 3);
	part->id_length = 3;
	fixture_part_commands(part, "WREN WRDI RDSR1 RDSR2 RDSR3 WRSR READ WRITE RDIDP WRIDP");
}

static const struct fixture_row rows[] = {
	{"02", "06; 02 00 10 12 34; W", "03 00 0F 00 00 00 00", "FF 12 34 FF", "00 00 00",
		FLASH_DONE},
	{"02 sets WIP, WEL stays until the end", "06", "02 00 10 12", NULL, "03 00 00", FLASH_DONE},
	{"02 needs WEL", "", "02 00 10 12", NULL, "00 00 00", FLASH_WEL_CLEAR},
	{"02 without data", "06", "02 00 10", NULL, "02 00 00", FLASH_SHORT_FRAME},
	{"02 inside a byte", "06", "02 00 10 12 +1", NULL, "02 00 00", FLASH_BYTE_BOUNDARY},
	{"bits go to 0 and to 1", "06; 02 00 10 00 0F; W; 06; 02 00 10 A5 F0; W", "03 00 10 00 00",
		"A5 F0", NULL, FLASH_DONE},
	{"bytes that are not sent keep their value", "06; 02 00 10 01 02 03; W; 06; 02 00 11 55; W",
		"03 00 10 00 00 00", "01 55 03", NULL, FLASH_DONE},
	{"02 wraps in its page", "06; 02 00 1E 01 02 03 04; W", "03 00 1D 00 00 00 00",
		"FF 01 02 FF", NULL, FLASH_DONE},
	{"02 continues at the start of the page", "06; 02 00 1E 01 02 03 04; W",
		"03 00 10 00 00 00", "03 04 FF", NULL, FLASH_DONE},
	{"02 of more than a page: the last bytes count",
		"06; 02 00 10 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F F0 F1; W",
		"03 00 10 00 00 00", "F0 F1 02", NULL, FLASH_DONE},
	{"address bits above the array are ignored", "06; 02 FC 10 12; W", "03 04 10 00", "12",
		NULL, FLASH_DONE},
	{"03 wraps at the end of the array", "06; 02 03 FF 12; W; 06; 02 00 00 34; W",
		"03 03 FE 00 00 00 00", "FF 12 34 FF", NULL, FLASH_DONE},
	{"02 of a protected address", "06; 01 0C; W; 06", "02 00 00 12", NULL, "0E 00 00",
		FLASH_PROTECTED},
	{"02 while busy", "06; 02 00 10 12", "02 00 20 12", NULL, "03 00 00", FLASH_BUSY},
	{"power loss after half of the time",
		"06; 02 00 10 01 02 03 04 05 06 07 08 09; T2500000; P",
		"03 00 10 00 00 00 00 00 00 00 00 00", "01 02 03 04 05 06 07 08 FF", "00 00 00",
		FLASH_DONE},
	{"83 is unknown", "", "83 00 00 00", "FF", NULL, FLASH_UNKNOWN_OPCODE},
	{"9F is unknown", "", "9F 00 00 00", "FF FF FF", NULL, FLASH_UNKNOWN_OPCODE},
};

static const struct fixture_row m95_rows[] = {
	{"83", "", "83 00 00 00 00 00 00", "20 00 0E FF", "00 00 00", FLASH_DONE},
	{"83 from the middle of the page", "", "83 00 02 00 00", "0E FF", NULL, FLASH_DONE},
	{"83 floats beyond the page", "06; 82 00 3F 12; W", "83 00 3F 00 00 00", "12 FF FF", NULL,
		FLASH_DONE},
	{"83 reads the lock", "", "83 04 00 00 00", "00 00", NULL, FLASH_DONE},
	{"83 while busy", "06; 02 00 00 00", "83 00 00 00", "FF", NULL, FLASH_BUSY},
	{"82", "06; 82 00 03 12 34; W", "83 00 02 00 00 00 00", "0E 12 34 FF", "00 00 00",
		FLASH_DONE},
	{"82 does not change the array", "06; 82 00 03 00 00; W", "03 00 03 00 00", "FF FF", NULL,
		FLASH_DONE},
	{"82 wraps in the page", "06; 82 00 3F 12 34; W", "83 00 00 00", "34", NULL, FLASH_DONE},
	{"82 needs WEL", "", "82 00 03 12", NULL, "00 00 00", FLASH_WEL_CLEAR},
	{"82 with all of the array protected", "06; 01 0C; W; 06", "82 00 03 12", NULL, "0E 00 00",
		FLASH_PROTECTED},
	{"82 with half of it protected", "06; 01 08; W; 06", "82 00 03 12; W; 83 00 03 00", "12",
		NULL, FLASH_DONE},
	{"82 locks the page", "06; 82 04 00 02; W", "83 04 00 00", "01", "00 00 00", FLASH_DONE},
	{"82 without the lock bit does not lock", "06", "82 04 00 FD", NULL, "02 00 00",
		FLASH_BAD_ADDRESS},
	{"82 of the lock needs WEL", "", "82 04 00 02", NULL, NULL, FLASH_WEL_CLEAR},
	{"82 on a locked page", "06; 82 04 00 02; W; 06", "82 00 03 12", NULL, "02 00 00",
		FLASH_OTP_LOCKED},
	{"the lock is permanent", "06; 82 04 00 02; W; P", "83 04 00 00", "01", NULL, FLASH_DONE},
};

START_TEST(eeprom_commands_act_as_in_the_data_sheet)
{
	struct flash_part part;

	make_part(&part);
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

START_TEST(the_identification_page_is_written_and_locked)
{
	struct flash_part part;

	make_m95(&part);
	fixture_check_rows_of(&part, m95_rows, G_N_ELEMENTS(m95_rows));
}
END_TEST

/* The page and its lock are non-volatile state; changes are reported. */
START_TEST(the_identification_page_is_part_of_the_state)
{
	struct flash_part part;
	struct fixture *f;
	const struct flash_nonvolatile *items;
	size_t n;

	make_m95(&part);
	f = fixture_new_part(&part);
	items = flash_nonvolatile(f->chip, &n);
	ck_assert_str_eq(items[n - 1].name, "identification-page");
	ck_assert_uint_eq(items[n - 1].size, 65);
	fixture_run(f, "06; 82 00 03 12; W; 06; 82 04 00 02; W");
	ck_assert_mem_eq(items[n - 1].data, "\x20\x00\x0e\x12\xff", 5);
	ck_assert_uint_eq(items[n - 1].data[64], 1);
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_NONVOLATILE), 2);
	fixture_destroy(f);
}
END_TEST

/* Every page of arrays of 1 to 64 KiB, with all page sizes from 16 to 256 bytes. */
START_TEST(writes_wrap_in_every_page)
{
	static const uint32_t sizes[] = {1024, 2048, 4096, 65536};
	static const uint32_t pages[] = {16, 32, 64, 128, 256};

	for (size_t i = 0; i < G_N_ELEMENTS(sizes) * G_N_ELEMENTS(pages); i++) {
		uint32_t size = sizes[i / G_N_ELEMENTS(pages)];
		uint32_t page = pages[i % G_N_ELEMENTS(pages)];
		struct flash_part part;
		struct fixture *f;

		make_part(&part);
		part.size = size;
		part.page_size = page;
		f = fixture_new_part(&part);
		for (uint32_t at = 0; at < size; at += page) {
			uint8_t in[3 + 256] = {0x02, (uint8_t)(at >> 8), (uint8_t)at};

			for (uint32_t k = 0; k < page; k++)
				in[3 + k] = (uint8_t)((at + k) * 7 >> 2);
			fixture_run(f, "06");
			ck_assert_int_eq(fixture_frame(f, in, 3 + page, 0), FLASH_DONE);
			fixture_wait(f);
		}
		for (uint32_t at = 0; at < size; at++) {
			if (f->array[at] != (uint8_t)(at * 7 >> 2))
				ck_abort_msg("%u bytes in pages of %u: %X", size, page, at);
		}
		fixture_destroy(f);
	}
}
END_TEST

/* The cut is due while the command is still on the wire. */
START_TEST(a_cut_before_the_write_begins_leaves_the_page)
{
	static const uint8_t command[] = {0x02, 0x00, 0x10, 0x12, 0x34};
	struct flash_part part;
	struct fixture *f;

	make_part(&part);
	f = fixture_new_part(&part);
	memset(f->array, 0xa5, part.size);
	flash_set_clock(f->chip, 1000);
	fixture_run(f, "06");
	flash_cut_supply(f->chip, f->now_ns + 20 * MS, 0);
	flash_select(f->chip);
	flash_shift(f->chip, command, NULL, sizeof command);
	flash_deselect(f->chip, 0);
	flash_tick(f->chip, f->now_ns + 100 * MS);
	ck_assert(!flash_is_powered(f->chip));
	fixture_assert_filled(f, 0, part.size, 0xa5, "written");
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_eeprom(void)
{
	Suite *suite = suite_create("flash_eeprom");
	TCase *tcase = tcase_create("eeprom");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, eeprom_commands_act_as_in_the_data_sheet);
	tcase_add_test(tcase, the_identification_page_is_written_and_locked);
	tcase_add_test(tcase, the_identification_page_is_part_of_the_state);
	tcase_add_test(tcase, writes_wrap_in_every_page);
	tcase_add_test(tcase, a_cut_before_the_write_begins_leaves_the_page);
	suite_add_tcase(suite, tcase);
	return suite;
}
