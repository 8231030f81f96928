/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AT45 DataFlash: reads, buffers, programs, erases and page sizes, on an AT45DB011D as delivered
 * (264-byte pages), with pages of 256 bytes, and as an E series part. Addresses of the first are
 * page << 9, of the second page << 8.
 */
#include "flash/commands/erase.h"
#include "flash_dataflash_parts.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define FF8 "FF FF FF FF FF FF FF FF"

static const struct fixture_row binary_rows[] = {
	{"D7", "", "D7 00 00 00", "8D 8D 8D", NULL, FLASH_DONE},
	{"57", "", "57 00", "8D", NULL, FLASH_DONE},
	{"9F", "", "9F 00 00 00 00", "1F 22 00 00", NULL, FLASH_DONE},
	{"05 is unknown", "", "05 00", "FF", NULL, FLASH_UNKNOWN_OPCODE},
	{"06 is unknown", "", "06", NULL, NULL, FLASH_UNKNOWN_OPCODE},
	{"84 and D4", "84 00 00 10 12 34", "D4 00 00 0F 00 00 00 00 00", "FF 12 34 FF", NULL,
		FLASH_DONE},
	{"84 and D1", "84 00 00 10 12 34", "D1 00 00 10 00 00", "12 34", NULL, FLASH_DONE},
	{"84 does not write buffer 2", "84 00 00 10 12 34", "D6 00 00 10 00 00 00", "FF FF", NULL,
		FLASH_DONE},
	{"87 and D6", "87 00 00 10 12 34", "D6 00 00 10 00 00 00", "12 34", NULL, FLASH_DONE},
	{"87 and D3", "87 00 00 10 12 34", "D3 00 00 10 00 00", "12 34", NULL, FLASH_DONE},
	{"84 wraps in the buffer", "84 00 00 FF 12 34", "D4 00 00 FF 00 00 00 00", "12 34 FF", NULL,
		FLASH_DONE},
	{"84 ignores the page bits of the address", "84 01 FF 10 12", "D4 FE 00 10 00 00", "12",
		NULL, FLASH_DONE},
	{"84 takes whole bytes of a cut frame", "84 00 00 10 12 +3", "D4 00 00 10 00 00 00",
		"12 FF", NULL, FLASH_DONE},
	{"88 programs the whole buffer", "84 00 00 10 12 34; 88 00 02 00; W",
		"03 00 02 0F 00 00 00 00", "FF 12 34 FF", NULL, FLASH_DONE},
	{"88 shows busy", "88 00 02 00", "D7 00", "0D", NULL, FLASH_DONE},
	{"88 clears bits only", "84 00 00 00 F0; 88 00 02 00; W; 84 00 00 00 3C; 88 00 02 00; W",
		"03 00 02 00 00", "30", NULL, FLASH_DONE},
	{"83 erases first", "84 00 00 00 F0; 88 00 02 00; W; 84 00 00 00 3C; 83 00 02 00; W",
		"03 00 02 00 00", "3C", NULL, FLASH_DONE},
	{"89 and 86 use buffer 2", "87 00 00 00 F0; 89 00 02 00; W; 87 00 00 00 3C; 86 00 02 00; W",
		"03 00 02 00 00", "3C", NULL, FLASH_DONE},
	{"82 goes through buffer 1", "82 00 02 04 12 34; W", "03 00 02 03 00 00 00 00",
		"FF 12 34 FF", NULL, FLASH_DONE},
	{"82 leaves its data in buffer 1", "82 00 02 04 12 34; W", "D4 00 00 04 00 00 00", "12 34",
		NULL, FLASH_DONE},
	{"82 programs the earlier content of the buffer too", "84 00 00 00 55; 82 00 02 04 12; W",
		"03 00 02 00 00 00 00 00 00", "55 FF FF FF 12", NULL, FLASH_DONE},
	{"85 goes through buffer 2", "85 00 02 04 12; W", "D6 00 00 04 00 00", "12", NULL,
		FLASH_DONE},
	{"53", "82 00 02 04 12; W; 84 00 00 00 00 00 00 00 00; 53 00 02 00; W",
		"D4 00 00 00 00 00 00 00 00 00", "FF FF FF FF 12", NULL, FLASH_DONE},
	{"55", "82 00 02 04 12; W; 55 00 02 00; W", "D6 00 00 04 00 00", "12", NULL, FLASH_DONE},
	{"60 compares equal", "84 00 00 00 12; 83 00 02 00; W; 60 00 02 00; W", "D7 00", "8D", NULL,
		FLASH_DONE},
	{"60 compares different", "84 00 00 00 12; 83 00 02 00; W; 84 00 00 FF 00; 60 00 02 00; W",
		"D7 00", "CD", NULL, FLASH_DONE},
	{"61 uses buffer 2", "84 00 00 00 12; 61 00 02 00; W", "D7 00", "8D", NULL, FLASH_DONE},
	{"58 rewrites a page and leaves it in the buffer",
		"82 00 02 04 12; W; 84 00 00 04 00; 58 00 02 00 77 88; W",
		"03 00 02 00 00 00 00 00 00", "FF FF FF FF 12", NULL, FLASH_DONE},
	{"59 uses buffer 2", "82 00 02 04 12; W; 59 00 02 00; W", "D6 00 00 04 00 00", "12", NULL,
		FLASH_DONE},
	{"03 continues at the next page", "82 00 02 FF 12; W; 84 00 00 FF FF; 82 00 03 00 34; W",
		"03 00 02 FE 00 00 00 00", "FF 12 34 FF", NULL, FLASH_DONE},
	{"D2 continues at the start of the page",
		"82 00 02 FF 12; W; 84 00 00 FF FF; 82 00 02 00 34; W",
		"D2 00 02 FE 00 00 00 00 00 00 00", "FF FF 34", NULL, FLASH_DONE},
	{"03 wraps at the end of the array", "82 00 00 00 12; W", "03 01 FF FF 00 00 00",
		"FF 12 FF", NULL, FLASH_DONE},
	{"0B has a dummy byte", "82 00 00 00 12; W", "0B 00 00 00 00 00 00", "12 FF", NULL,
		FLASH_DONE},
	{"E8 has four dummy bytes", "82 00 00 00 12; W", "E8 00 00 00 00 00 00 00 00 00", "12 FF",
		NULL, FLASH_DONE},
	{"81", "82 00 02 04 12; W; 81 00 02 AA; W", "03 00 02 04 00", "FF", NULL, FLASH_DONE},
	{"C7 without its other bytes", "", "C7", NULL, NULL, FLASH_SHORT_FRAME},
	{"C7 and other bytes", "", "C7 94 80 9B", NULL, NULL, FLASH_UNKNOWN_OPCODE},
	{"03 while busy", "81 00 02 00", "03 00 00 00 00", "FF", NULL, FLASH_BUSY},
	{"81 while busy", "81 00 02 00", "81 00 03 00", NULL, NULL, FLASH_BUSY},
	{"84 while erasing", "81 00 02 00; 84 00 00 00 12", "D4 00 00 00 00 00", "12", NULL,
		FLASH_DONE},
	{"84 while buffer 1 is programmed", "88 00 02 00", "84 00 00 00 12", NULL, NULL,
		FLASH_BUSY},
	{"D4 while buffer 1 is programmed", "88 00 02 00", "D4 00 00 00 00 00", "FF", NULL,
		FLASH_BUSY},
	{"87 while buffer 1 is programmed", "88 00 02 00; 87 00 00 00 12", "D6 00 00 00 00 00",
		"12", NULL, FLASH_DONE},
	{"84 during 53", "53 00 02 00", "84 00 00 00 12", NULL, NULL, FLASH_BUSY},
	{"87 during 53", "53 00 02 00", "87 00 00 00 12", NULL, NULL, FLASH_DONE},
	{"B9", "B9; T3000", "D7 00", "FF", NULL, FLASH_POWERED_DOWN},
	{"AB", "B9; T3000; AB; T3000", "D7 00", "8D", NULL, FLASH_DONE},
	{"power loss empties the buffers", "84 00 00 00 12; P", "D4 00 00 00 00 00", "FF", NULL,
		FLASH_DONE},
};

START_TEST(commands_act_on_256_byte_pages)
{
	struct flash_part part;

	dataflash_part_init(&part, DATAFLASH_BINARY);
	fixture_check_rows_of(&part, binary_rows, G_N_ELEMENTS(binary_rows));
}
END_TEST

/* Page << 9; bytes 256 to 263 exist too. */
static const struct fixture_row standard_rows[] = {
	{"D7: pages are not a power of two", "", "D7 00", "8C", NULL, FLASH_DONE},
	{"84 wraps after 264", "84 00 01 07 12 34", "D4 00 01 07 00 00 00 00", "12 34 FF", NULL,
		FLASH_DONE},
	{"82 and 03", "82 00 05 04 12; W", "03 00 05 04 00 00", "12 FF", NULL, FLASH_DONE},
	{"03 goes from byte 263 to the next page",
		"82 00 05 07 12; W; 84 00 01 07 FF; 82 00 06 00 34; W", "03 00 05 06 00 00 00 00",
		"FF 12 34 FF", NULL, FLASH_DONE},
	{"03 wraps after the last page", "82 00 00 00 12; W", "03 03 FF 07 00 00 00", "FF 12 FF",
		NULL, FLASH_DONE},
	{"D2 wraps after byte 263", "82 00 04 00 12; W", "D2 00 05 07 00 00 00 00 00 00", "FF 12",
		NULL, FLASH_DONE},
	{"address bits above the pages are ignored", "82 FC 04 00 12; W", "03 00 04 00 00", "12",
		NULL, FLASH_DONE},
};

START_TEST(commands_act_on_264_byte_pages)
{
	struct flash_part part;
	struct fixture *f;

	dataflash_part_init(&part, DATAFLASH_STANDARD);
	fixture_check_rows_of(&part, standard_rows, G_N_ELEMENTS(standard_rows));
	/* In the image, pages follow each other without gaps. */
	f = fixture_new_part(&part);
	fixture_run(f, "82 00 05 04 12; W");
	fixture_assert_filled(f, 0, 2 * 264 + 0x104, 0xff, "below");
	ck_assert_uint_eq(f->array[2 * 264 + 0x104], 0x12);
	fixture_destroy(f);
}
END_TEST

static const struct fixture_row e_rows[] = {
	{"D7 has two bytes", "", "D7 00 00 00 00", "8C 88 8C 88", NULL, FLASH_DONE},
	{"D7: BUSY in both bytes", "81 00 00 00", "D7 00 00", "0C 08", NULL, FLASH_DONE},
	{"02 programs only the bytes that are sent", "82 00 02 00 F0 F0 F0; W; 02 00 02 01 3C; W",
		"03 00 02 00 00 00 00", "F0 30 F0", NULL, FLASH_DONE},
	{"02 uses buffer 1", "02 00 02 01 3C; W", "D4 00 00 01 00 00", "3C", NULL, FLASH_DONE},
	{"02 without data", "", "02 00 02 01", NULL, NULL, FLASH_SHORT_FRAME},
	{"58 changes only the bytes that are sent",
		"82 00 02 00 F0 F0 F0; W; 84 00 00 00 00; 58 00 02 01 3C; W",
		"03 00 02 00 00 00 00", "F0 3C F0", NULL, FLASH_DONE},
	{"01 has no dummy byte", "82 00 00 00 12; W", "01 00 00 00 00", "12", NULL, FLASH_DONE},
	{"1B has two dummy bytes", "82 00 00 00 12; W", "1B 00 00 00 00 00 00", "12", NULL,
		FLASH_DONE},
	{"B0: erase suspended", "81 00 02 00; T1000000; B0; W", "D7 00 00", "8C 89", NULL,
		FLASH_DONE},
	{"B0: program of buffer 1", "83 00 02 00; T1000000; B0; W", "D7 00 00", "8C 8A", NULL,
		FLASH_DONE},
	{"B0: program of buffer 2", "86 00 02 00; T1000000; B0; W", "D7 00 00", "8C 8C", NULL,
		FLASH_DONE},
	{"B0: buffer 1 is not written", "83 00 02 00; T1000000; B0; W", "84 00 00 00 12", NULL,
		NULL, FLASH_SUSPENDED},
	{"B0: buffer 2 is written", "83 00 02 00; T1000000; B0; W", "87 00 00 00 12", NULL, NULL,
		FLASH_DONE},
	{"B0: a second program is refused", "83 00 02 00; T1000000; B0; W", "89 00 04 00", NULL,
		NULL, FLASH_SUSPENDED},
	{"B0: an erase is refused", "83 00 02 00; T1000000; B0; W", "81 00 04 00", NULL, NULL,
		FLASH_SUSPENDED},
	{"B0: a program during a suspended erase", "81 00 02 00; T1000000; B0; W", "88 00 04 00",
		NULL, NULL, FLASH_DONE},
	{"D0: the operation continues", "82 00 02 00 00; W; 81 00 02 00; T1000000; B0; W; D0; W",
		"03 00 02 00 00", "FF", NULL, FLASH_DONE},
	{"D0: status bits are cleared", "86 00 02 00; T1000000; B0; W; D0; W", "D7 00 00", "8C 88",
		NULL, FLASH_DONE},
	{"B0: a chip erase is not suspended", "C7 94 80 9A; T1000000", "B0", NULL, NULL,
		FLASH_NOT_SUSPENDABLE},
	{"79: commands are ignored", "79; T3000", "D7 00", "FF", NULL, FLASH_POWERED_DOWN},
	{"79: AB is ignored", "79; T3000", "AB", NULL, NULL, FLASH_POWERED_DOWN},
	{"79: a CS# pulse ends it", "79; T3000; AB; T70000", "D7 00", "8C", NULL, FLASH_DONE},
	{"79: it ends after a delay", "79; T3000; AB; T69999", "D7 00", "FF", NULL, FLASH_BUSY},
	{"79: buffers are lost", "84 00 00 00 12; 79; T3000; AB; T70000", "D4 00 00 00 00 00", "FF",
		NULL, FLASH_DONE},
	{"F0 ends an operation", "C7 94 80 9A; F0 00 00 00; T30000", "D7 00", "8C", NULL,
		FLASH_DONE},
	{"F0 and other bytes", "", "F0 00 00 01", NULL, NULL, FLASH_UNKNOWN_OPCODE},
};

START_TEST(commands_of_the_e_series_act_as_in_the_data_sheet)
{
	struct flash_part part;

	dataflash_part_init(&part, DATAFLASH_E);
	fixture_check_rows_of(&part, e_rows, G_N_ELEMENTS(e_rows));
}
END_TEST

/* Each erase clears exactly its block, in both forms of the image. */
START_TEST(each_erase_clears_only_its_block)
{
	for (int form = DATAFLASH_BINARY; form <= DATAFLASH_STANDARD; form++) {
		struct flash_part part;

		dataflash_part_init(&part, form);
		for (unsigned int i = 0; i < part.n_erases; i++) {
			const struct flash_erase *erase = &part.erases[i];
			unsigned int bits = form == DATAFLASH_BINARY ? 8 : 9;
			uint64_t start = 0;
			uint32_t size;

			for (uint64_t at = 0; at < part.size; at = start + size) {
				struct fixture *f = fixture_new_part(&part);
				uint32_t page = (uint32_t)(at / part.page_size);
				uint8_t in[] = {erase->opcode, (uint8_t)(page << bits >> 16),
					(uint8_t)(page << bits >> 8), 0x55};
				bool chip = !erase->size && !erase->n_regions;

				if (chip)
					memcpy(in + 1, "\x94\x80\x9a", 3);
				size = chip ? (uint32_t)part.size
					    : flash_erase_block(erase, at, &start);
				memset(f->array, 0x00, part.size);
				ck_assert_int_eq(fixture_frame(f, in, 4, 0), FLASH_DONE);
				ck_assert_int_eq(
					flash_busy_until(f->chip) - f->now_ns, erase->time.typ_ns);
				fixture_wait(f);
				fixture_assert_filled(f, 0, start, 0x00, "below");
				fixture_assert_filled(f, start, size, 0xff, "block");
				fixture_assert_filled(
					f, start + size, part.size - start - size, 0x00, "above");
				fixture_destroy(f);
			}
		}
	}
}
END_TEST

/* tP, tEP, tXFR and tCOMP. */
START_TEST(operations_take_their_times)
{
	static const struct {
		const char *frame;
		enum flash_timing timing;
	} cases[] = {
		{"83 00 00 00", FLASH_T_EP},
		{"86 00 00 00", FLASH_T_EP},
		{"88 00 00 00", FLASH_T_PP},
		{"89 00 00 00", FLASH_T_PP},
		{"82 00 00 00 12", FLASH_T_EP},
		{"85 00 00 00 12", FLASH_T_EP},
		{"58 00 00 00", FLASH_T_EP},
		{"59 00 00 00", FLASH_T_EP},
		{"53 00 00 00", FLASH_T_XFR},
		{"55 00 00 00", FLASH_T_XFR},
		{"60 00 00 00", FLASH_T_COMP},
		{"61 00 00 00", FLASH_T_COMP},
		{"02 00 00 00 12 34", FLASH_TIMINGS},
	};
	struct flash_part part;

	dataflash_part_init(&part, DATAFLASH_E);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct fixture *f = fixture_new_part(&part);
		/* Two bytes of 8 us. */
		int64_t wanted = cases[i].timing == FLASH_TIMINGS
			? 16000
			: part.timing[cases[i].timing].typ_ns;

		fixture_run(f, cases[i].frame);
		ck_assert_msg(flash_busy_until(f->chip) == wanted, "%s", cases[i].frame);
		fixture_destroy(f);
	}
}
END_TEST

/* A page of an image with 264 bytes, read as 256 after 3D 2A 80 A6: immediately on the E series,
 * from the next power-up on the D series; reversible on the E series only. */
START_TEST(the_page_size_can_be_changed)
{
	struct flash_part part;
	struct fixture *f;

	dataflash_part_init(&part, DATAFLASH_STANDARD);
	f = fixture_new_part(&part);
	fixture_run(f, "82 00 02 00 12; W; 84 00 01 07 34; 83 00 02 00; W; 3D 2A 80 A6; W; D7 00");
	fixture_assert_miso(f, "8C", "D: not yet");
	fixture_run(f, "P; D7 00");
	fixture_assert_miso(f, "8D", "D: now");
	fixture_run(f, "03 00 01 00 00");
	fixture_assert_miso(f, "12", "D: page 1");
	fixture_run(f, "03 00 01 FF 00 00");
	fixture_assert_miso(f, "FF FF", "D: byte 263 is out of reach");
	ck_assert_uint_eq(f->array[264 + 263], 0x34);
	ck_assert_int_eq(fixture_run(f, "3D 2A 80 A7"), FLASH_UNKNOWN_OPCODE);
	fixture_run(f, "83 00 01 00; W");
	ck_assert_uint_eq(f->array[264 + 263], 0xff);
	fixture_destroy(f);

	dataflash_part_init(&part, DATAFLASH_E);
	f = fixture_new_part(&part);
	fixture_run(f, "3D 2A 80 A6; W; D7 00");
	fixture_assert_miso(f, "8D", "E: at once");
	fixture_run(f, "3D 2A 80 A7; W; D7 00");
	fixture_assert_miso(f, "8C", "E: and back");
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_NONVOLATILE), 2);
	fixture_destroy(f);
}
END_TEST

/* An image of 256-byte pages does not contain bytes 256 to 263. */
START_TEST(bytes_beyond_the_image_read_as_ff)
{
	struct flash_part part;
	struct fixture *f;

	dataflash_part_init(&part, DATAFLASH_E);
	dataflash_part_resize(&part, 256);
	f = fixture_new_part(&part);
	fixture_run(f, "3D 2A 80 A7; W; 84 00 00 FF 12 34; 83 00 02 00; W");
	fixture_run(f, "03 00 02 FF 00 00 00 00 00 00 00 00 00 00");
	fixture_assert_miso(f, "12 " FF8 " FF", "the buffer's byte 256 is forgotten");
	ck_assert_uint_eq(f->array[256 + 255], 0x12);
	fixture_assert_filled(f, 512, part.size - 512, 0xff, "next pages");
	fixture_run(f, "D4 00 01 00 00 00");
	fixture_assert_miso(f, "34", "the buffer has it");
	fixture_destroy(f);
}
END_TEST

/* The whole array, in both forms, in pieces that do not match pages. */
START_TEST(a_continuous_read_returns_the_whole_array)
{
	for (int form = DATAFLASH_BINARY; form <= DATAFLASH_STANDARD; form++) {
		struct flash_part part;
		struct fixture *f;
		g_autofree uint8_t *out = NULL;
		static const uint8_t header[] = {0x03, 0, 0, 0};

		dataflash_part_init(&part, form);
		f = fixture_new_part(&part);
		out = g_malloc(part.size);
		for (size_t i = 0; i < part.size; i++)
			f->array[i] = (uint8_t)(i * 31 >> 3);
		flash_select(f->chip);
		flash_shift(f->chip, header, NULL, 4);
		for (size_t at = 0; at < part.size; at += 1000)
			flash_shift(f->chip, NULL, out + at, MIN(1000, part.size - at));
		flash_deselect(f->chip, 0);
		ck_assert_mem_eq(out, f->array, part.size);
		fixture_destroy(f);
	}
}
END_TEST

/* Interrupted half way: half of the page is new. */
START_TEST(power_loss_leaves_half_of_a_page_programmed)
{
	struct flash_part part;
	struct fixture *f;

	dataflash_part_init(&part, DATAFLASH_BINARY);
	f = fixture_new_part(&part);
	memset(f->array, 0x0f, part.size);
	fixture_run(f, "83 00 02 00");
	fixture_pass(f, part.timing[FLASH_T_EP].typ_ns / 2);
	fixture_run(f, "P");
	fixture_assert_filled(f, 0, 512, 0x0f, "pages before");
	fixture_assert_filled(f, 768, 512, 0x0f, "pages behind");
	ck_assert_mem_ne(f->array + 512, f->array, 256);
	fixture_destroy(f);
}
END_TEST

/* Frames of any kind and length, with power loss and time in between: the engine accesses nothing
 * outside the array (unmapped pages in the fixture) and the buffers, and the chip still replies. */
START_TEST(random_frames_leave_a_working_chip)
{
	static const uint8_t sequences[][4] = {{0x3d, 0x2a, 0x7f, 0xa9}, {0x3d, 0x2a, 0x7f, 0x9a},
		{0x3d, 0x2a, 0x7f, 0xcf}, {0x3d, 0x2a, 0x7f, 0xfc}, {0x3d, 0x2a, 0x80, 0xa6},
		{0x3d, 0x2a, 0x80, 0xa7}, {0xc7, 0x94, 0x80, 0x9a}, {0xf0, 0x00, 0x00, 0x00}};

	for (int form = DATAFLASH_BINARY; form <= DATAFLASH_E; form++) {
		struct flash_part part;
		struct fixture *f;
		GRand *random = g_rand_new_with_seed(45);

		dataflash_part_init(&part, form);
		f = fixture_new_part(&part);
		for (unsigned int i = 0; i < 30000; i++) {
			uint8_t in[700];
			size_t n = (size_t)g_rand_int_range(random, 1, i % 8 ? 20 : 700);

			for (size_t k = 0; k < n; k++)
				in[k] = (uint8_t)g_rand_int(random);
			if (i % 4 == 0 && n >= 4)
				memcpy(in, sequences[g_rand_int_range(random, 0, 8)], 4);
			fixture_frame(f, in, n, i % 16 ? 0 : 3);
			if (i % 3 == 0)
				fixture_wait(f);
			if (i % 501 == 0)
				fixture_run(f, "P");
			fixture_pass(f, 100000);
			g_array_set_size(f->events, 0);
		}
		fixture_run(f, "P; D7 00");
		ck_assert_uint_eq(f->miso[1] & 0xbe, 0x8c);
		g_rand_free(random);
		fixture_destroy(f);
	}
}
END_TEST

Suite *
suite_flash_dataflash(void)
{
	Suite *suite = suite_create("flash_dataflash");
	TCase *tcase = tcase_create("dataflash");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, commands_act_on_256_byte_pages);
	tcase_add_test(tcase, commands_act_on_264_byte_pages);
	tcase_add_test(tcase, commands_of_the_e_series_act_as_in_the_data_sheet);
	tcase_add_test(tcase, each_erase_clears_only_its_block);
	tcase_add_test(tcase, operations_take_their_times);
	tcase_add_test(tcase, the_page_size_can_be_changed);
	tcase_add_test(tcase, bytes_beyond_the_image_read_as_ff);
	tcase_add_test(tcase, a_continuous_read_returns_the_whole_array);
	tcase_add_test(tcase, power_loss_leaves_half_of_a_page_programmed);
	tcase_add_test(tcase, random_frames_leave_a_working_chip);
	suite_add_tcase(suite, tcase);
	return suite;
}
