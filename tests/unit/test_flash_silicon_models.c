/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of the chip files against their vendors' own simulation models and data sheets: frames, and
 * what the real part answers. Each row names its source. A row stands for all parts of its list, so
 * that the same property of a relative fails here as well.
 */
#include "chips_fixture.h"
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static struct fixture *
new_chip(const char *name)
{
	return fixture_new_part(chips_find(name));
}

/* parts: names with blanks between them. The last frame of script is answered by reply, whose bytes
 * are its last ones. */
struct row {
	const char *parts;
	const char *script;
	const char *reply;
	const char *source;
};

static void
check_rows(const struct row *rows, size_t n)
{
	for (const struct row *row = rows; row < rows + n; row++) {
		g_auto(GStrv) names = g_strsplit(row->parts, " ", -1);

		for (char **name = names; *name; name++) {
			struct fixture *f = new_chip(*name);
			g_autofree char *what =
				g_strdup_printf("%s: %s (%s)", *name, row->script, row->source);

			fixture_run(f, row->script);
			fixture_assert_miso(f, row->reply, what);
			fixture_destroy(f);
		}
	}
}

#define FLS                                                                                       \
	"S25FL127S-64K S25FL128S-64K S25FL127S-256K S25FL128S-256K S25FL256S-64K S25FL256S-256K " \
	"S25FL512S"
#define M25P "M25P40 M25P80 M25P16 M25P32 M25P64"
#define M25PE "M25PE10 M25PE20 M25PE40 M25PE80 M25PE16"
#define M45PE "M45PE10 M45PE20 M45PE40 M45PE80 M45PE16"
#define N25Q                                                                                   \
	"N25Q016A11E N25Q032A13E N25Q064A13E N25Q128A11E N25Q128A13E N25Q256A13E N25Q512A13G " \
	"N25Q00AA13G"
#define MT25Q "MT25QL128ABA MT25QU128ABA MT25QL256ABA MT25QL512ABB MT25QL01GBBB MT25QU256ABA"
#define SST26_B "SST26VF016B SST26VF032B SST26VF064B SST26VF080A"
#define SST26 "SST26VF016 SST26VF032 " SST26_B

/* --- WEL --- */

/* The chip is protected as a whole, and a program, an erase and a chip erase are refused. */
START_TEST(a_refusal_leaves_wel_set)
{
	static const struct row rows[] = {
		{M25P, "06; 01 1C; W; 06; 02 FF 00 00 11; 05 00", "1E",
			"ST's models of M25P16/40/64"},
		{M25P, "06; 01 1C; W; 06; D8 FF 00 00; 05 00", "1E", "ST's models of M25P16/40/64"},
		{M25P, "06; 01 1C; W; 06; C7; 05 00", "1E", "ST's models of M25P16/40/64"},
		{"M25PE40 M25PE80 M25PE16 M25PX80 M25PX16 M25PX32 M25PX64 M25P128",
			"06; 01 1C; W; 06; 02 00 00 00 11; 05 00", "1E", "relatives, unconfirmed"},
		{M45PE, "06; L; 02 00 00 00 11; 05 00", "02", "ST's model of the M45PE80"},
		{"S25FL004A S25FL008A S25FL016A S25FL032A S25FL064A",
			"06; 01 1C; W; 06; 02 00 00 00 11; 05 00", "1E",
			"Spansion's model of the S25FL004A"},
		{"N25Q016A11E N25Q032A13E", "06; 01 1C; W; 06; 02 00 00 00 11; 05 00", "1E",
			"N25Q256A rev. W"},
		{"N25Q064A13E N25Q128A13E N25Q256A13E N25Q512A13G",
			"06; 01 5C; W; 06; 02 00 00 00 11; 05 00", "5E",
			"N25Q256A rev. W; Micron's model of the N25Q128A"},
		{MT25Q, "06; 01 5C; W; 06; 02 00 00 00 11; 05 00", "5E",
			"Micron's model of the MT25QL128"},
		{N25Q " " MT25Q, "06; 01 5C; W; 06; 02 00 00 00 11; 70 00", "92",
			"flag status: ready, program error, protection"},
		{SST26, "06; 02 00 00 00 11; 05 00", "02", "Microchip's model of the SST26VF064B"},
		{"GD25Q128B", "06; 01 1C 00; W; 06; 02 00 00 00 11; 05 00", "1E",
			"GigaDevice's model of the GD25Q128B"},
	};

	check_rows(rows, G_N_ELEMENTS(rows));
}
END_TEST

/* --- identification --- */

START_TEST(rdid_goes_on_as_the_part_does)
{
	static const struct row rows[] = {
		{"S25FL128S-64K", "9F 00 00 00 00 00 00", "01 20 18 4D 01 80",
			"001-98283 rev. I, table 10.2"},
		/* 06-0F, 10-1A, 1B-26, 27-3F, 40-50, and beyond. */
		{"S25FL128S-64K",
			"9F 00 00 00 00 00 00  00 00 00 00 00 00 00 00 00 00"
			"00 00 00 00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00 00 00 00 00"
			"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
			"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
			"51 52 59 02 00 40 00 53 46 51 00 27 36 00 00 06 08 08 0F 02 02 03 03 "
			"18 02 01 08 00 02 1F 00 10 00 FD 00 00 01 FF FF FF FF FF FF FF FF FF FF "
			"FF "
			"50 52 49 31 33 21 02 01 00 08 00 01 00 00 00 07 01",
			"Spansion's model of the S25FL128S"},
		{"S25FL128S-256K",
			"9F 00 00 00 00 00 00  00 00 00 00 00 00 00 00 00 00"
			"00 00 00 00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00 00 00 00 00"
			"00 00 00 00 00 00 00 00 00 00 00 00 00 00",
			"27 36 00 00 06 09 09 0F 02 02 03 03 18 02 01 09 00 01 3F 00 00 04 FF FF "
			"FF FF",
			"Spansion's model of the S25FL128S"},
		{"S25FL064P",
			"9F 00 00 00 00 00 00  00 00 00 00 00 00 00 00 00 00"
			"00 00 00 00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00 00 00 00 00"
			"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
			"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
			"51 52 59 02 00 40 00 00 00 00 00 27 36 00 00 0B 0B 09 10 01 01 02 01 "
			"17 05 05 08 00 02 1F 00 10 00 7D 00 00 01 00 00 00 00 00 00 00 00 FF FF "
			"FF "
			"50 52 49 31 33 15 00 02 00 05 00 01 03 85 95 07 00",
			"Spansion's model of the S25FL064P"},
		{"N25Q128A13E", "9F 00 00 00 00 00 00", "20 BA 18 10 00 00",
			"N25Q256A rev. W, table 21: standard BP, XIP by register, HOLD#, uniform"},
		{"MT25QL128ABA", "9F 00 00 00 00 00 00", "20 BA 18 10 44 00",
			"Micron's models; Linux tells MT25Q from N25Q by it"},
		{"M25P64", "9F 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
			"20 20 17 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
			"M25P64, 6.3: CFD delivered as zeros"},
		{"M25P80 M25PX80 M25PX16 M25PX32 M25PX64", "9F 00 00 00 00 00", "10 00",
			"M25P80, table 5; M25PX32, table 6"},
	};

	check_rows(rows, G_N_ELEMENTS(rows));
}
END_TEST

/* Micron's 20 bytes of RDID: the last 14 differ in each chip, and zeros follow. 9E is the same. */
START_TEST(rdid_of_micron_ends_after_its_unique_id)
{
	g_auto(GStrv) names = g_strsplit(N25Q " " MT25Q, " ", -1);
	uint8_t frame[1 + 24] = {0x9f};
	uint8_t first[24];

	for (char **name = names; *name; name++) {
		struct fixture *f = new_chip(*name);
		struct fixture *other = fixture_new_seed(&f->part, 2);

		frame[0] = 0x9f;
		fixture_frame(f, frame, sizeof(frame), 0);
		fixture_frame(other, frame, sizeof(frame), 0);
		memcpy(first, f->miso + 1, 24);
		ck_assert_mem_eq(first, other->miso + 1, 6);
		ck_assert_mem_ne(first + 6, other->miso + 7, 14);
		ck_assert_mem_eq(first + 20, "\0\0\0", 4);
		frame[0] = 0x9e;
		fixture_frame(f, frame, sizeof(frame), 0);
		ck_assert_mem_eq(first, f->miso + 1, 24);
		fixture_destroy(f);
		fixture_destroy(other);
	}
}
END_TEST

/* Every part with AB: nothing drives MISO until its answer begins, and on a part that has none at
 * all. The vendors' models have high impedance there. */
START_TEST(res_drives_nothing_in_its_dummy_bytes)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);
	unsigned int with_answer = 0;

	for (unsigned int i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);
		struct fixture *f;
		const uint8_t zeros[4] = {0};
		bool answers = flash_opcode(part, "RES") == 0xab;

		if (!answers && flash_opcode(part, "RDP") != 0xab)
			continue;
		f = fixture_new_part(part);
		flash_select(f->chip);
		flash_shift(f->chip, (const uint8_t[]){0xab}, NULL, 1);
		for (unsigned int n = 0; n < 4; n++) {
			ck_assert_msg(flash_drives_miso(f->chip, NULL) == (answers && n == 3),
				"%s: AB, after %u bytes", part->name, n);
			flash_shift(f->chip, zeros, NULL, 1);
		}
		flash_deselect(f->chip, 0);
		with_answer += answers;
		fixture_destroy(f);
	}
	ck_assert_uint_gt(with_answer, 100);
}
END_TEST

/* --- registers and locks --- */

#define AUTOBOOT "06; 15 09 02 00 00; W; 06; 02 00 02 00 A5 5A; W; P; "
#define PASSWORD_MODE "06; E8 01 02 03 04 05 06 07 08; W; 06; 2F FB FF; W; P; "
#define MICRON_PASSWORD_MODE "06; 28 01 02 03 04 05 06 07 08; W; 06; 2C FB FF; W; P; "

START_TEST(registers_act_as_in_the_models)
{
	static const struct row rows[] = {
		/* Micron */
		{N25Q, "06; 61 FC; 65 00", "DC", "Micron's model of the N25Q128A: bit 5 is 0"},
		{N25Q, "65 00", "DF", "the same"},
		{MT25Q, "06; 61 F4; 65 00", "FC", "Micron's model of the MT25Q: bit 3 is 1"},
		{N25Q " " MT25Q, "06; 81 FF; 85 00", "FB", "N25Q256A rev. W: bit 2 is 0"},
		{N25Q " " MT25Q, "B5 00 00 00 00", "FF FF 00 00", "Micron's model of the MT25Q"},
		{MT25Q, "2D 00 00 00", "FF FF 00", "Micron's model of the MT25Q"},
		{MT25Q, "27 00 00 00 00 00 00 00 00 00", "FF FF FF FF FF FF FF FF 00",
			"Micron's model of the MT25Q"},
		{MT25Q, "A7 00", "01", "Micron's model of the MT25Q"},
		{MT25Q, "E2 00 00 00 00 00", "FF", "Micron's model of the MT25Q"},
		{MT25Q, "06; E3 00 00 00 00; W; E2 00 00 00 00 00", "00", "MT25QL01G, table 15"},
		{MT25Q, "06; E3 00 00 00 00; W; 06; E4; W; E2 00 00 00 00 00", "FF",
			"MT25QL01G, table 15"},
		{MT25Q, MICRON_PASSWORD_MODE "A7 00", "00", "MT25QL01G, table 13, note 2"},
		{MT25Q, MICRON_PASSWORD_MODE "27 00", "FF", "Micron's model of the MT25Q"},
		{MT25Q, MICRON_PASSWORD_MODE "06; 29 01 02 03 04 05 06 07 08; W; A7 00", "01",
			"MT25QL01G, table 13, note 2"},
		{MT25Q, MICRON_PASSWORD_MODE "06; 29 01 02 03 04 05 06 07 09; W; A7 00", "00",
			"MT25QL01G, table 13, note 2"},
		{MT25Q, "06; 2C FD FF; W; 06; 2C FB FF; W; 2D 00", "FD",
			"MT25QL01G, table 13: only one of the two"},

		/* Spansion */
		{FLS, "2B 00 00 00", "7F FE 7F", "Spansion's model of the S25FL128S"},
		{FLS, "A7 00", "01", "001-98283, 8.4"},
		{FLS, PASSWORD_MODE "A7 00", "00", "001-98283, 8.4"},
		{FLS, PASSWORD_MODE "2B 00", "7B", "001-98283, 8.4"},
		{FLS, PASSWORD_MODE "06; E9 01 02 03 04 05 06 07 08; W; A7 00", "01",
			"001-98283, 8.4"},
		{FLS, PASSWORD_MODE "06; E9 00 02 03 04 05 06 07 08; 05 00", "43",
			"001-98283, 8.4: P_ERR, and busy until 30"},
		{FLS, "14 00 00 00 00", "00 00 00 00", "001-98283, 7.5.6"},
		{FLS, "06; 15 09 02 00 00; W; 14 00 00 00 00", "09 02 00 00", "001-98283, 7.5.6"},
		{FLS, "16 00", "00", "Spansion's model of the S25FL128S"},
		{FLS, "17 80; 16 00", "80", "Spansion's model of the S25FL128S"},
		{FLS, "17 80; 06; 02 00 00 00 10 5A; W; 03 00 00 00 10 00", "5A",
			"Spansion's model of the S25FL128S: 4 address bytes"},
		{FLS, "06; 12 00 00 00 10 5A; W; 13 00 00 00 10 00", "5A",
			"Spansion's model of the S25FL128S"},
		{FLS, "06; 12 00 00 00 10 5A; W; 0C 00 00 00 10 00 00", "5A",
			"Spansion's model of the S25FL128S"},
		{FLS, "06; 12 00 FF 00 10 5A; W; 06; DC 00 FF 00 10; W; 13 00 FF 00 10 00", "FF",
			"Spansion's model of the S25FL128S"},
		{"S25FL127S-64K S25FL128S-64K S25FL256S-64K",
			"06; 12 00 00 00 10 5A; W; 06; 21 00 00 00 10; W; 13 00 00 00 10 00", "FF",
			"Spansion's model of the S25FL128S"},
		{"S25FL127S-64K S25FL128S-64K S25FL256S-64K", "06; 20 80 00 00; 05 00", "02",
			"Spansion's model of the S25FL128S: no E_ERR beyond the 4 KiB sectors"},

		/* SST26 */
		{"SST26VF016 SST26VF032", "06; A5 10 5A; W; 88 10 00 00", "5A",
			"SST's driver for the SST26VF016"},
		{"SST26VF016 SST26VF032", "98; 01; 35 00", "FF", "the same: no such commands"},
		{"SST26VF016", "06; 42 00 00 00 00 00 00; 66; 99; T200000; 72 00 00", "00 00",
			"the same, and SST26VF064B"},
		{SST26_B, "06; A5 00 10 5A; W; 88 00 10 00 00", "5A", "DS20005218E, 5.26"},
		{SST26, "06; 85; W; 05 00", "20", "SST26VF064B, list of commands: SEC"},
		{SST26_B, "06; 85; W; 06; A5 00 10 5A; W; 88 00 10 00 00", "FF",
			"SST26VF064B, list of commands"},
		{SST26, "06; 85; W; P; 05 00", "20", "SST26VF064B, list of commands: once"},
		{SST26_B, "06; 01 02; 05 00", "02", "Microchip's model of the SST26VF064B"},
		{SST26_B, "06; 01 00 80; W; 35 00", "88", "Microchip's model of the SST26VF064B"},
		{SST26_B, "06; 98; 66; 99; T200000; 06; 02 00 00 00 5A; W; 03 00 00 00 00", "5A",
			"SST26VF064B: a reset leaves the block-protection register"},
		{SST26_B, "06; 98; P; 06; 02 00 00 00 5A; W; 03 00 00 00 00", "FF",
			"SST26VF064B: power-up locks all blocks"},

		/* AT25SF */
		{"AT25SF041 AT25SF081 AT25SF161 AT25SF321",
			"06; 42 00 01 10 5A; W; 48 00 01 10 00 00", "5A",
			"Adesto's model of the AT25SF081"},
		{"AT25SF041 AT25SF081 AT25SF161 AT25SF321",
			"06; 42 00 03 10 5A; W; 48 00 03 10 00 00", "5A",
			"Adesto's model of the AT25SF081"},
		{"AT25SF041 AT25SF081 AT25SF161 AT25SF321",
			"06; 42 00 10 10 5A; W; 48 00 10 10 00 00", "FF",
			"Adesto's model of the AT25SF081"},
		{"AT25SF041 AT25SF081 AT25SF161",
			"06; 01 58 00; W; 06; 02 00 00 00 5A; W; 03 00 00 00 00", "FF",
			"Adesto's model of the AT25SF081: SEC = 1, BP = 110"},
		{"AT25SF041 AT25SF081 AT25SF161",
			"06; 01 5C 00; W; 06; 02 00 00 00 5A; W; 03 00 00 00 00", "FF",
			"Adesto's model of the AT25SF081: SEC = 1, BP = 111"},

		/* commands of the part, not of its family */
		{"S25FL032P S25FL064P S25FL129P-64K", "06; 60; 05 00", "03", "S25FL-P: 60 or C7"},
		{"S25FL128L S25FL256L", "06; 12 00 00 00 10 5A; W; 13 00 00 00 10 00", "5A",
			"S25FL128L/S25FL256L, features: 24- or 32-bit addresses"},
		{"S25FL128L S25FL256L", "B7; 15 00", "01", "the same: ADS"},
		{"N25Q016A11E N25Q032A11E N25Q064A11E N25Q128A11E", "B9; T3000; 05 00", "FF",
			"N25Q, 1.8 V: deep power-down"},
		{"N25Q128A13E", "B9; T3000; 05 00", "00", "N25Q, 3 V: none"},
		{"M25PE10 M25PE20", "06; 01 FF; W; 05 00", "8C", "M25PE20/10 rev. C: BP0 and BP1"},
		{N25Q " " MT25Q, "06; A2 00 00 00 00 00 00 00; 05 00", "03",
			"N25Q032A, table 13: dual input fast program"},

		/* GD25Q128B */
		{"GD25Q128B", "06; 01 00 04; W; 35 00", "04",
			"GigaDevice's model of the GD25Q128B"},
		{"GD25Q128B", "06; 42 00 00 00 5A; W; 48 00 00 00 00 00", "5A",
			"GigaDevice's model of the GD25Q128B"},
		{"GD25Q128B", "06; 01 00 04; W; 06; 42 00 00 00 5A; W; 48 00 00 00 00 00", "FF",
			"GigaDevice's model of the GD25Q128B"},
	};

	check_rows(rows, G_N_ELEMENTS(rows));
}
END_TEST

/* --- page write --- */

START_TEST(page_write_acts_as_in_the_data_sheet)
{
	static const struct row rows[] = {
		{M25PE " " M45PE, "06; 0A 00 01 10 00; W; 06; 0A 00 01 10 A5; W; 03 00 01 10 00",
			"A5", "M45PE80 rev. 11: no erase is needed"},
		{M25PE " " M45PE, "06; 02 00 01 10 3C; W; 06; 0A 00 01 11 A5; W; 03 00 01 10 00 00",
			"3C A5", "M45PE80 rev. 11: other bytes stay"},
		{M25PE " " M45PE, "06; 0A 00 01 FF A5 5A; W; 03 00 01 00 00", "5A",
			"M45PE80 rev. 11: it wraps in the page"},
		{M25PE " " M45PE, "06; 0A 00 01 FF A5; 05 00", "03", "M45PE80 rev. 11: tPW"},
		{M25PE " " M45PE, "0A 00 01 10 00; W; 03 00 01 10 00", "FF",
			"M45PE80 rev. 11: needs WEL"},
		{M25PE, "06; 01 1C; W; 06; 0A 00 01 10 00; W; 03 00 01 10 00", "FF",
			"M25PE80: protected"},
		{M45PE, "06; L; 0A 00 01 10 00; W; 03 00 01 10 00", "FF",
			"M45PE80 rev. 11: W# protects the lowest sector"},
	};

	check_rows(rows, G_N_ELEMENTS(rows));
}
END_TEST

/* A page write that is cut off leaves a page that is not as before, and the others alone. */
START_TEST(a_cut_off_page_write_leaves_an_undefined_page)
{
	struct fixture *f = new_chip("M45PE80");
	struct fixture *late = new_chip("M45PE80");

	memset(f->array, 0x00, 768);
	fixture_run(f, "06; 0A 00 01 10 A5; T5000000; P");
	fixture_assert_filled(f, 0, 256, 0x00, "page before");
	fixture_assert_filled(f, 512, 256, 0x00, "page behind");
	ck_assert_mem_ne(f->array + 256, f->array, 256);
	/* The erase takes 10 of 11 ms. */
	memset(late->array, 0x00, 768);
	fixture_run(late, "06; 0A 00 01 10 A5; T10000000; P");
	fixture_assert_filled(late, 256, 256, 0xff, "erased, and nothing programmed");
	fixture_destroy(late);
	fixture_destroy(f);
}
END_TEST

/* --- suspend --- */

/* 75 and 7A are for erases, 85 and 8A for programs. */
START_TEST(s25fl_s_has_a_suspend_for_each_operation)
{
	static const struct row rows[] = {
		{FLS, "06; D8 00 00 00; 75; W; 07 00", "02", "Spansion's model of the S25FL128S"},
		{FLS, "06; D8 00 00 00; 85; T100000; 07 00", "00",
			"Spansion's model of the S25FL128S"},
		{FLS, "06; 02 00 00 00 5A; 85; W; 07 00", "01",
			"Spansion's model of the S25FL128S"},
		{FLS, "06; 02 00 00 00 5A; 75; T60000; 07 00", "00",
			"Spansion's model of the S25FL128S"},
		{FLS, "06; D8 00 00 00; 75; W; 8A; 07 00", "02",
			"Spansion's model of the S25FL128S"},
		{FLS, "06; D8 00 00 00; 75; W; 7A; 07 00", "00",
			"Spansion's model of the S25FL128S"},
		{"S25FS128S-64K S25FS512S", "06; D8 00 80 00; B0; W; 07 00", "02",
			"S25FS-S: one suspend for both"},
		{"S25FS128S-64K S25FS512S", "06; 02 00 00 00 5A; 75; W; 07 00", "01",
			"S25FS-S: one suspend for both"},
	};

	check_rows(rows, G_N_ELEMENTS(rows));
}
END_TEST

/* --- AutoBoot --- */

/* The register 00000209: address 200, 4 clocks of delay, enabled. Data begins in the middle of the
 * first byte that the host clocks. */
START_TEST(autoboot_outputs_data_without_an_opcode)
{
	g_auto(GStrv) names = g_strsplit(FLS, " ", -1);

	for (char **name = names; *name; name++) {
		struct fixture *f = new_chip(*name);

		fixture_run(f, AUTOBOOT "00 00 00");
		fixture_assert_miso(f, "FA 55 AF", *name);
		ck_assert_uint_eq(f->last.address, 0x200);
		/* The second frame has an opcode again. */
		fixture_run(f, "05 00");
		fixture_assert_miso(f, "00", *name);
		/* So does the first one after a reset, which boots again. */
		fixture_run(f, "F0; T100000; 9F 00 00");
		fixture_assert_miso(f, "FA 55 AF", *name);
		/* Disabled. */
		fixture_run(f, "06; 15 00 00 00 00; W; P; 9F 00");
		fixture_assert_miso(f, "01", *name);
		fixture_destroy(f);
	}
}
END_TEST

/* A delay of whole bytes, and of none. */
START_TEST(autoboot_delays_by_its_register)
{
	struct fixture *f = new_chip("S25FL128S-64K");

	fixture_run(f, "06; 02 00 00 00 A5; W; 06; 15 21 00 00 00; W; P; 00 00 00 00");
	fixture_assert_miso(f, "FF FF A5 FF", "16 clocks");
	fixture_run(f, "06; 15 01 00 00 00; W; P; 00 00");
	fixture_assert_miso(f, "A5 FF", "none");
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_silicon_models(void)
{
	Suite *suite = suite_create("flash_silicon_models");
	TCase *tcase = tcase_create("silicon_models");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, chips_setup, chips_teardown);
	tcase_add_test(tcase, a_refusal_leaves_wel_set);
	tcase_add_test(tcase, rdid_goes_on_as_the_part_does);
	tcase_add_test(tcase, rdid_of_micron_ends_after_its_unique_id);
	tcase_add_test(tcase, res_drives_nothing_in_its_dummy_bytes);
	tcase_add_test(tcase, registers_act_as_in_the_models);
	tcase_add_test(tcase, page_write_acts_as_in_the_data_sheet);
	tcase_add_test(tcase, a_cut_off_page_write_leaves_an_undefined_page);
	tcase_add_test(tcase, s25fl_s_has_a_suspend_for_each_operation);
	tcase_add_test(tcase, autoboot_outputs_data_without_an_opcode);
	tcase_add_test(tcase, autoboot_delays_by_its_register);
	suite_add_tcase(suite, tcase);
	return suite;
}
