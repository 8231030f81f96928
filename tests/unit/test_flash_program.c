/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads, page program and erase on the array of a W25Q128JV: data sheet revision M, 8.2.6-8.2.18.
 * Dual and quad commands are sent by a host with single wires: it reads IO1 only, and wires that it
 * does not drive read 1.
 */
#include "flash_fixture.h"
#include "suites.h"

#include "flash/fault.h"

#include <check.h>
#include <string.h>

#define MS INT64_C(1000000)

static const struct fixture_row read_rows[] = {
	{"03", "06; 02 00 00 00 9C 4B 00 F0; W", "03 00 00 00 00 00 00 00 00",
		"FF FF FF FF 9C 4B 00 F0 FF", "00 02 60", FLASH_DONE},
	{"03 cut inside a byte", "06; 02 00 00 00 9C; W", "03 00 00 00 00 +3", "9C", NULL,
		FLASH_DONE},
	{"03 wraps at the end of the array", "06; 02 00 00 00 12; W; 06; 02 FF FF FF 34; W",
		"03 FF FF FE 00 00 00 00", "FF 34 12 FF", NULL, FLASH_DONE},
	{"0B", "06; 02 00 00 01 9C; W", "0B 00 00 01 00 00 00", "FF FF FF FF FF 9C FF", NULL,
		FLASH_DONE},
	{"0B wraps at the end of the array", "06; 02 00 00 00 12; W", "0B FF FF FF 00 00 00",
		"FF 12", NULL, FLASH_DONE},
	{"3B: D7 D5 D3 D1 of each byte", "06; 02 00 00 00 9C 4B; W", "3B 00 00 00 00 00 00",
		"FF FF FF FF FF A3 FF", NULL, FLASH_DONE},
	{"6B: D5 D1 of each byte", "06; 02 00 00 00 9C 4B FF 00; W", "6B 00 00 00 00 00 00",
		"FF FF FF FF FF 1C FF", NULL, FLASH_DONE},
	{"BB: odd address bits are 1", "06; 02 AA AA AA 9C 4B; W", "BB 00 00 00 00",
		"FF FF FF A3 FF", NULL, FLASH_DONE},
	{"BB: even address bits are sent", "06; 02 FF FF FF 4B; W", "BB FF F0 00 00",
		"FF FF FF 3F FF", NULL, FLASH_DONE},
	{"EB: data after 20 clocks", "06; 02 EE EE EE 20 02; W", "EB 00 00 00", "FF FF F9 FF", NULL,
		FLASH_DONE},
	{"03 without its address", "", "03 00 00", "FF FF FF", NULL, FLASH_SHORT_FRAME},
};

START_TEST(reads_return_the_array)
{
	fixture_check_rows(read_rows, G_N_ELEMENTS(read_rows));
}
END_TEST

/* W4 = 0 is sent, W5 and W6 read 1 on single wires: 64 bytes; only EB wraps (8.2.12). */
START_TEST(burst_wrap_affects_quad_io_only)
{
	struct fixture *f = fixture_new();

	memset(f->array + 0xeeeec0, 0x00, 64);
	ck_assert_int_eq(fixture_run(f, "77 00"), FLASH_DONE);
	/* 18 bytes to the end of the 64, four in a byte of MISO, then from their start. */
	fixture_run(f, "EB 00 00 00 00 00 00 00 00 00 00");
	fixture_assert_miso(f, "FF FF F0 00 00 00 00 00 00 00 00", "wrapped");
	fixture_run(f, "03 EE EE FE 00 00 00");
	fixture_assert_miso(f, "00 00 FF", "03 goes on");
	fixture_run(f, "77 FF");
	fixture_run(f, "EB 00 00 00 00 00 00 00 00 00 00");
	fixture_assert_miso(f, "FF FF F0 00 00 00 00 FF FF FF FF", "off");
	fixture_run(f, "77 00; 66; 99; T30000");
	fixture_run(f, "EB 00 00 00 00 00 00 00 00 00 00");
	fixture_assert_miso(f, "FF FF F0 00 00 00 00 FF FF FF FF", "off by reset");
	fixture_destroy(f);
}
END_TEST

START_TEST(a_read_wraps_around_the_whole_array)
{
	struct fixture *f = fixture_new();
	uint8_t header[] = {0x03, 0x80, 0x00, 0x01};
	g_autofree uint8_t *out = g_malloc(FIXTURE_SIZE + 2);

	for (size_t i = 0; i < FIXTURE_SIZE; i += 4093)
		f->array[i] = (uint8_t)(i >> 8);
	flash_select(f->chip);
	flash_shift(f->chip, header, NULL, sizeof(header));
	flash_shift(f->chip, NULL, out, FIXTURE_SIZE + 2);
	flash_deselect(f->chip, 0);
	for (size_t i = 0; i < FIXTURE_SIZE + 2; i++) {
		if (out[i] != f->array[(0x800001 + i) % FIXTURE_SIZE])
			ck_abort_msg("byte %zu", i);
	}
	ck_assert_uint_eq(f->last.length, FIXTURE_SIZE + 2);
	fixture_destroy(f);
}
END_TEST

static const struct fixture_row program_rows[] = {
	{"program", "06; 02 00 10 00 12 34; W", "03 00 10 00 00 00 00", "12 34 FF", "00 02 60",
		FLASH_DONE},
	{"program sets BUSY, WEL stays until the end", "06", "02 00 10 00 12", NULL, "03 02 60",
		FLASH_DONE},
	{"bits only go to 0", "06; 02 00 10 00 F0; W; 06; 02 00 10 00 3C; W", "03 00 10 00 00",
		"30", NULL, FLASH_DONE},
	{"a program wraps in its page", "06; 02 00 10 FE 01 02 03 04; W", "03 00 10 FD 00 00 00 00",
		"FF 01 02 FF", NULL, FLASH_DONE},
	{"a program continues at the start of the page", "06; 02 00 10 FE 01 02 03 04; W",
		"03 00 10 00 00 00 00", "03 04 FF", NULL, FLASH_DONE},
	{"the last page wraps too", "06; 02 FF FF FF 01 02; W", "03 FF FF FF 00 00", "01 FF", NULL,
		FLASH_DONE},
	{"without WEL", "", "02 00 10 00 12", NULL, "00 02 60", FLASH_WEL_CLEAR},
	{"no data keeps WEL", "06", "02 00 10 00", NULL, "02 02 60", FLASH_SHORT_FRAME},
	{"half a byte keeps WEL", "06", "02 00 10 00 +4", NULL, "02 02 60", FLASH_BYTE_BOUNDARY},
	{"a byte and a bit", "06", "02 00 10 00 55 +1", NULL, "02 02 60", FLASH_BYTE_BOUNDARY},
	{"a byte and a bit program nothing", "06; 02 00 10 00 55 +1; W", "03 00 10 00 00", "FF",
		NULL, FLASH_DONE},
	{"32 on one wire: each nibble is 111x", "06; 32 00 10 00 0F; W", "03 00 10 00 00 00 00 00",
		"EE EE FF FF", "00 02 60", FLASH_DONE},
};

START_TEST(programs_act_as_in_the_data_sheet)
{
	fixture_check_rows(program_rows, G_N_ELEMENTS(program_rows));
}
END_TEST

/* Of more bytes than a page the last 256 are programmed, whatever the start (8.2.13). */
START_TEST(of_more_than_a_page_the_last_256_bytes_are_programmed)
{
	static const size_t lengths[] = {255, 256, 257, 300, 511, 512, 513, 900};
	static const uint8_t offsets[] = {0, 1, 128, 255};

	for (size_t i = 0; i < G_N_ELEMENTS(lengths) * G_N_ELEMENTS(offsets); i++) {
		size_t n = lengths[i / 4];
		struct fixture *f = fixture_new();
		uint8_t in[FIXTURE_FRAME_MAX] = {0x02, 0x12, 0x34, offsets[i % 4]};
		uint8_t page[256];

		memset(page, 0xff, sizeof(page));
		for (size_t k = 0; k < n; k++) {
			in[4 + k] = (uint8_t)(k * 7 + (k >> 8) * 31);
			page[(offsets[i % 4] + k) % 256] = in[4 + k];
		}
		fixture_run(f, "06");
		ck_assert_int_eq(fixture_frame(f, in, 4 + n, 0), FLASH_DONE);
		fixture_assert_filled(f, 0x123400, 256, 0xff, "before the end");
		fixture_wait(f);
		ck_assert_mem_eq(f->array + 0x123400, page, 256);
		fixture_assert_filled(f, 0x123300, 256, 0xff, "page below");
		fixture_assert_filled(f, 0x123500, 256, 0xff, "page above");
		fixture_destroy(f);
	}
}
END_TEST

/* Exactly the aligned block changes, at the end of the operation. */
START_TEST(each_erase_clears_only_its_block)
{
	static const struct {
		const char *frame;
		size_t start;
		size_t size;
	} cases[] = {
		{"20 12 34 56", 0x123000, 4096},
		{"52 12 B4 56", 0x128000, 32768},
		{"52 12 34 56", 0x120000, 32768},
		{"D8 12 B4 56", 0x120000, 65536},
		{"20 FF FF FF", 0xfff000, 4096},
		{"D8 FF FF FF", 0xff0000, 65536},
		{"20 00 00 00", 0x000000, 4096},
		{"C7", 0, FIXTURE_SIZE},
		{"60", 0, FIXTURE_SIZE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct fixture *f = fixture_new();
		size_t end = cases[i].start + cases[i].size;

		memset(f->array, 0x00, FIXTURE_SIZE);
		fixture_run(f, "06");
		ck_assert_int_eq(fixture_run(f, cases[i].frame), FLASH_DONE);
		fixture_assert_filled(f, cases[i].start, 4096, 0x00, "before the end");
		fixture_assert_status(f, "03 02 60", cases[i].frame);
		fixture_wait(f);
		fixture_assert_status(f, "00 02 60", cases[i].frame);
		fixture_assert_filled(f, 0, cases[i].start, 0x00, cases[i].frame);
		fixture_assert_filled(f, cases[i].start, cases[i].size, 0xff, cases[i].frame);
		fixture_assert_filled(f, end, FIXTURE_SIZE - end, 0x00, cases[i].frame);
		fixture_destroy(f);
	}
}
END_TEST

static const struct fixture_row quad_rows[] = {
	{"6B", "", "6B 00 00 00 00 00", "FF FF FF FF FF FF", NULL, FLASH_QUAD_DISABLED},
	{"EB", "", "EB 00 00 00 00", "FF FF FF FF FF", NULL, FLASH_QUAD_DISABLED},
	{"94", "", "94 00 00 00 00", "FF FF FF FF FF", NULL, FLASH_QUAD_DISABLED},
	{"77", "", "77 00", NULL, NULL, FLASH_QUAD_DISABLED},
	{"32 keeps WEL", "06", "32 00 00 00 0F", NULL, NULL, FLASH_QUAD_DISABLED},
	{"3B needs no QE", "", "3B 00 00 00 00 00", "FF", NULL, FLASH_DONE},
};

/* A part like the IM ordering code, with QE = 0 (7.1.4). */
START_TEST(quad_needs_qe)
{
	struct flash_part part;

	fixture_part_init(&part);
	part.status_default[1] = 0x00;
	for (size_t i = 0; i < G_N_ELEMENTS(quad_rows); i++) {
		struct fixture *f = fixture_new_part(&part);

		memset(f->array, 0x00, 256);
		fixture_run(f, quad_rows[i].before);
		ck_assert_int_eq(fixture_run(f, quad_rows[i].send), quad_rows[i].outcome);
		if (quad_rows[i].outcome != FLASH_DONE)
			fixture_assert_miso(f, "FF", quad_rows[i].what);
		ck_assert(!flash_is_busy(f->chip));
		fixture_destroy(f);
	}
}
END_TEST

/* PW reads the page first, and erases it. */
START_TEST(a_page_write_beyond_the_real_size_has_no_effect)
{
	struct flash_part part;
	struct fixture *g;

	fixture_part_init(&part);
	fixture_part_commands(&part, "WREN WRDI RDSR1 RDSR2 RDSR3 WRSR READ PW RSTEN RST");
	part.timing[FLASH_T_PW] = (struct flash_time){11 * MS, 25 * MS};
	g = fixture_new_part(&part);
	memset(g->array, 0x00, FIXTURE_SIZE);
	flash_set_real_size(g->chip, FIXTURE_SIZE / 4, FLASH_ONES);
	fixture_run(g, "06; 0A 50 00 00 12 34; W");
	fixture_run(g, "06; 0A 50 00 00 12 34; T5000000; 66; 99");
	fixture_assert_filled(g, 0, FIXTURE_SIZE, 0x00, "unused");
	fixture_run(g, "T30000000; 06; 0A 00 00 00 12 34; W");
	ck_assert_mem_eq(g->array, "\x12\x34\x00", 3);
	fixture_destroy(g);
}
END_TEST

Suite *
suite_flash_program(void)
{
	Suite *suite = suite_create("flash_program");
	TCase *tcase = tcase_create("program");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, reads_return_the_array);
	tcase_add_test(tcase, burst_wrap_affects_quad_io_only);
	tcase_add_test(tcase, a_read_wraps_around_the_whole_array);
	tcase_add_test(tcase, programs_act_as_in_the_data_sheet);
	tcase_add_test(tcase, of_more_than_a_page_the_last_256_bytes_are_programmed);
	tcase_add_test(tcase, each_erase_clears_only_its_block);
	tcase_add_test(tcase, quad_needs_qe);
	tcase_add_test(tcase, a_page_write_beyond_the_real_size_has_no_effect);
	suite_add_tcase(suite, tcase);
	return suite;
}
