/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identification of a W25Q128JV: IDs (data sheet revision M, 8.2.22-8.2.27) and SFDP (8.2.28;
 * JESD216B, 6.4). The data sheet does not specify bytes after the third of 9F and the eighth of 4B.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static const struct fixture_row rows[] = {
	{"9F", "", "9F 00 00 00", "FF EF 40 18", "00 02 60", FLASH_DONE},
	{"9F, longer than the ID", "", "9F 00 00 00 00 00 00", "EF 40 18 00 00 00", NULL,
		FLASH_DONE},
	{"9F alone", "", "9F", "FF", NULL, FLASH_DONE},
	{"9F cut inside a byte", "", "9F 00 00 +5", "FF EF 40", NULL, FLASH_DONE},
	{"90, manufacturer first, alternating", "", "90 00 00 00 00 00 00 00 00",
		"FF FF FF FF EF 17 EF 17 EF", NULL, FLASH_DONE},
	{"90, device first", "", "90 00 00 01 00 00 00 00", "FF FF FF FF 17 EF 17 EF", NULL,
		FLASH_DONE},
	{"90, dummy bytes of any value", "", "90 AB CD 00 00 00", "EF 17", NULL, FLASH_DONE},
	{"AB repeats", "", "AB 00 00 00 00 00 00 00", "FF FF FF FF 17 17 17 17", "00 02 60",
		FLASH_DONE},
	{"AB alone", "", "AB", "FF", NULL, FLASH_DONE},
	{"AB leaves WEL", "06", "AB 00 00 00 00", "17", "02 02 60", FLASH_DONE},
	{"AB in power-down", "B9; T3000", "AB 00 00 00 00 00", "FF FF FF FF 17 17", NULL,
		FLASH_DONE},
	{"AB while busy", "06; 20 00 00 00", "AB 00 00 00 00", "FF FF FF FF FF", "03 02 60",
		FLASH_BUSY},
	{"9F while busy", "06; 20 00 00 00", "9F 00 00 00", "FF FF FF FF", "03 02 60", FLASH_BUSY},
	{"92 on one wire", "", "92 00 00 00 00", "FF FF FF F1 F1", NULL, FLASH_DONE},
	{"94 on one wire", "", "94 00 00 00 00", "FF FF FD DD DD", NULL, FLASH_DONE},
	{"4B floats in its dummy bytes", "", "4B 00 00 00 00", "FF FF FF FF FF", NULL, FLASH_DONE},
	{"4B with too few dummy bytes", "", "4B 00 00 00", "FF FF FF FF", NULL, FLASH_SHORT_FRAME},
};

START_TEST(ids_match_the_data_sheet)
{
	fixture_check_rows(rows, G_N_ELEMENTS(rows));
}
END_TEST

/* 64 bits, the same every time, and different for another chip. */
START_TEST(the_unique_id_is_unique)
{
	struct fixture *f = fixture_new();
	uint8_t id[3][8];
	struct flash *other = flash_new(&f->part, f->array, 2);
	uint8_t in[14] = {0x4b};

	for (int i = 0; i < 2; i++) {
		fixture_frame(f, in, sizeof(in), 0);
		memcpy(id[i], f->miso + 5, 8);
		/* The figure ends in high impedance. */
		ck_assert_uint_eq(f->miso[13], 0xff);
	}
	ck_assert_mem_eq(id[0], id[1], 8);
	flash_select(other);
	flash_shift(other, in, NULL, 5);
	flash_shift(other, NULL, id[2], 8);
	flash_deselect(other, 0);
	ck_assert_mem_ne(id[0], id[2], 8);
	flash_destroy(other);
	fixture_destroy(f);
}
END_TEST

/* Bytes of other parts after the ID of 9F. */
START_TEST(bytes_after_the_id_depend_on_the_part)
{
	static const struct {
		enum flash_id_tail tail;
		const char *reply;
	} tails[] = {
		{FLASH_ID_REPEAT, "FF EF 40 18 EF 40 18 EF"},
		{FLASH_ID_FLOAT, "FF EF 40 18 FF FF FF FF"},
		{FLASH_ID_ZERO, "FF EF 40 18 00 00 00 00"},
	};
	struct flash_part part;

	fixture_part_init(&part);
	for (size_t i = 0; i < G_N_ELEMENTS(tails); i++) {
		struct fixture *f;

		part.id_tail = tails[i].tail;
		f = fixture_new_part(&part);
		fixture_run(f, "9F 00 00 00 00 00 00 00");
		fixture_assert_miso(f, tails[i].reply, "9F");
		fixture_destroy(f);
	}
}
END_TEST

/* Boya's repeats, XMC's and GigaDevice's go on with FF: as read from BY25Q32ES, XM25QH32D and
 * GD25Q32C. */
START_TEST(bytes_after_the_unique_id_depend_on_the_part)
{
	static const enum flash_id_tail tails[] = {FLASH_ID_REPEAT, FLASH_ID_FLOAT, FLASH_ID_ZERO};
	static const uint8_t in[37] = {0x4b};
	struct flash_part part;

	fixture_part_init(&part);
	part.unique_id_length = 16;
	for (size_t i = 0; i < G_N_ELEMENTS(tails); i++) {
		struct fixture *f;
		const uint8_t *id;

		part.unique_id_tail = tails[i];
		f = fixture_new_part(&part);
		id = f->miso + 5;
		fixture_frame(f, in, sizeof(in), 0);
		for (unsigned int j = 16; j < 32; j++)
			ck_assert_uint_eq(id[j],
				tails[i] == FLASH_ID_REPEAT          ? id[j - 16]
					: tails[i] == FLASH_ID_FLOAT ? 0xff
								     : 0x00);
		fixture_destroy(f);
	}
}
END_TEST

/* As read from a BY25Q32ES: 48 at address 0 returns the unique ID, then FF. */
START_TEST(a_security_register_can_show_the_unique_id)
{
	static const uint8_t uid[21] = {0x4b};
	static const uint8_t reg[5 + 257] = {0x48};
	struct flash_part part;
	struct fixture *f;
	uint8_t id[16];

	fixture_part_init(&part);
	part.unique_id_length = 16;
	part.unique_id_register = 1;
	f = fixture_new_part(&part);
	fixture_frame(f, uid, sizeof(uid), 0);
	memcpy(id, f->miso + 5, 16);
	ck_assert_int_eq(fixture_frame(f, reg, sizeof(reg), 0), FLASH_DONE);
	ck_assert_mem_eq(f->miso + 5, id, 16);
	for (unsigned int i = 16; i < 256; i++)
		ck_assert_uint_eq(f->miso[5 + i], 0xff);
	ck_assert_uint_eq(f->miso[5 + 256], id[0]);
	/* It is no register: not programmed, not erased; the others are as usual. */
	ck_assert_int_eq(fixture_run(f, "06; 42 00 00 00 00"), FLASH_BAD_ADDRESS);
	ck_assert_int_eq(fixture_run(f, "44 00 00 00"), FLASH_BAD_ADDRESS);
	ck_assert_int_eq(fixture_run(f, "48 00 10 00 00 00"), FLASH_DONE);
	fixture_assert_miso(f, "FF", "register 1");
	fixture_destroy(f);
	f = fixture_new();
	ck_assert_int_eq(fixture_run(f, "48 00 00 00 00 00"), FLASH_BAD_ADDRESS);
	fixture_destroy(f);
}
END_TEST

/* --- SFDP --- */

/*
 * The published table of a chip of this family. It differs where this part is another ordering code
 * or a feature is not modelled: DTR (dword 1), QPI and 0-4-4 (5, 7, 15, 16), tSE of 45 and not 64
 * ms (10), tPP of 0.4 and not 0.7 ms (11), resume-to-suspend intervals (12, the shortest value).
 */
static const char sfdp_header[] = "53 46 44 50 05 01 00 FF 00 05 01 10 80 00 00 FF";
static const char *const sfdp_dwords[] = {
	"E5 20 F1 FF",                                              /* published: E5 20 F9 FF */
	"FF FF FF 07", "44 EB 08 6B", "08 3B 42 BB", "EE FF FF FF", /* FE FF FF FF */
	"FF FF 00 00", "FF FF 00 00",                               /* FF FF 40 EB */
	"0C 20 0F 52", "10 D8 00 00", "26 02 A6 00",                /* 36 02 A6 00 */
	"83 E6 14 C9",                                              /* 82 EA 14 C9 */
	"E9 61 06 33",                                              /* E9 63 76 33 */
	"7A 75 7A 75", "F7 A2 D5 5C", "00 00 40 FF",                /* 19 F7 4D FF */
	"E9 10 F8 80",                                              /* E9 30 F8 80 */
};

static void
read_sfdp(struct fixture *f, uint8_t address, uint8_t *out, size_t n)
{
	uint8_t header[] = {0x5a, 0x00, 0x00, address, 0x00};

	flash_select(f->chip);
	flash_shift(f->chip, header, NULL, sizeof(header));
	flash_shift(f->chip, NULL, out, n);
	flash_deselect(f->chip, 0);
	ck_assert_int_eq(f->last.outcome, FLASH_DONE);
}

START_TEST(sfdp_matches_the_published_table)
{
	struct fixture *f = fixture_new();
	uint8_t expected[256];
	uint8_t found[512];

	memset(expected, 0xff, sizeof(expected));
	fixture_parse(sfdp_header, expected);
	for (size_t i = 0; i < G_N_ELEMENTS(sfdp_dwords); i++)
		fixture_parse(sfdp_dwords[i], expected + 0x80 + 4 * i);
	read_sfdp(f, 0, found, sizeof(found));
	for (size_t i = 0; i < 256; i++)
		ck_assert_msg(found[i] == expected[i], "byte %02zX is %02X, expected %02X", i,
			found[i], expected[i]);
	ck_assert_mem_eq(found + 256, expected, 256);
	read_sfdp(f, 0x85, found, 200);
	ck_assert_mem_eq(found, expected + 0x85, 256 - 0x85);
	ck_assert_mem_eq(found + 256 - 0x85, expected, 200 - (256 - 0x85));
	fixture_destroy(f);
}
END_TEST

static uint32_t
dword(struct fixture *f, unsigned int number)
{
	uint8_t bytes[4];

	read_sfdp(f, (uint8_t)(0x80 + (number - 1) * 4), bytes, 4);
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static unsigned int
field(uint32_t value, unsigned int high, unsigned int low)
{
	return value >> low & ((1u << (high - low + 1)) - 1);
}

/* Times for hosts cover the chip's longest time, and are not below the typical one. */
START_TEST(sfdp_times_cover_those_of_the_part)
{
	static const unsigned int units_us[] = {1000, 16000, 128000, 1000000};
	static const unsigned int chip_units_ms[] = {16, 256, 4000, 64000};
	struct fixture *f = fixture_new();
	uint32_t erase = dword(f, 10);
	uint32_t program = dword(f, 11);
	unsigned int factor = 2 * (field(erase, 3, 0) + 1);

	for (unsigned int i = 0; i < 3; i++) {
		const struct flash_erase *own = &f->part.erases[i];
		unsigned int low = 4 + 7 * i;
		unsigned int typ_us =
			(field(erase, low + 4, low) + 1) * units_us[field(erase, low + 6, low + 5)];

		ck_assert_int_ge(typ_us, own->time.typ_ns / 1000);
		ck_assert_int_lt(typ_us, own->time.typ_ns / 1000 + 16000);
		ck_assert_int_ge((int64_t)typ_us * factor, own->time.max_ns / 1000);
	}
	ck_assert_uint_ge(
		(field(program, 28, 24) + 1) * chip_units_ms[field(program, 30, 29)], 40000);
	ck_assert_uint_ge(
		(field(program, 28, 24) + 1) * chip_units_ms[field(program, 30, 29)] * factor,
		200000);
	ck_assert_uint_ge((field(program, 12, 8) + 1) * (field(program, 13, 13) ? 64 : 8) * 2 *
			(field(program, 3, 0) + 1),
		3000);
	fixture_destroy(f);
}
END_TEST

/* Dwords 1, 3 and 4 list reads; the chip must support each, with that number of dummy clocks. */
START_TEST(sfdp_lists_reads_of_the_chip)
{
	struct fixture *f = fixture_new();
	uint32_t modes = dword(f, 1);

	ck_assert_uint_eq(field(modes, 22, 16), 0x71);
	/* Mode and wait clocks: EB 2 + 4, 6B 0 + 8, 3B 0 + 8, BB 4 in total (8.2.8-8.2.11). */
	ck_assert_uint_eq(field(dword(f, 3), 7, 0), 2 << 5 | 4);
	ck_assert_uint_eq(field(dword(f, 3), 23, 16), 8);
	ck_assert_uint_eq(field(dword(f, 4), 7, 0), 8);
	ck_assert_uint_eq(field(dword(f, 4), 20, 16) + field(dword(f, 4), 23, 21), 4);
	/* Quad enable: bit 1 of SR2, which a one-byte 01 does not change. */
	ck_assert_uint_eq(field(dword(f, 15), 22, 20), 4);
	fixture_destroy(f);
}
END_TEST

START_TEST(sfdp_depends_on_the_part)
{
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	part.wrsr_short_clears = true;
	part.size = 1 << 20;
	f = fixture_new_part(&part);
	ck_assert_uint_eq(dword(f, 2), 0x007fffff);
	ck_assert_uint_eq(field(dword(f, 15), 22, 20), 1);
	fixture_destroy(f);
}
END_TEST

START_TEST(sfdp_is_not_read_while_busy)
{
	static const struct fixture_row busy[] = {
		{"5A while busy", "06; 20 00 00 00", "5A 00 00 00 00 00 00", "FF FF FF FF FF FF FF",
			"03 02 60", FLASH_BUSY},
		{"5A without its dummy byte", "", "5A 00 00 00", "FF FF FF FF", NULL,
			FLASH_SHORT_FRAME},
		{"5A", "", "5A 00 00 00 AA 00 00", "FF FF FF FF FF 53 46", "00 02 60", FLASH_DONE},
	};

	fixture_check_rows(busy, G_N_ELEMENTS(busy));
}
END_TEST

Suite *
suite_flash_identify(void)
{
	Suite *suite = suite_create("flash_identify");
	TCase *tcase = tcase_create("identify");

	fixture_prepare();
	tcase_add_test(tcase, ids_match_the_data_sheet);
	tcase_add_test(tcase, the_unique_id_is_unique);
	tcase_add_test(tcase, bytes_after_the_id_depend_on_the_part);
	tcase_add_test(tcase, bytes_after_the_unique_id_depend_on_the_part);
	tcase_add_test(tcase, a_security_register_can_show_the_unique_id);
	tcase_add_test(tcase, sfdp_matches_the_published_table);
	tcase_add_test(tcase, sfdp_times_cover_those_of_the_part);
	tcase_add_test(tcase, sfdp_lists_reads_of_the_chip);
	tcase_add_test(tcase, sfdp_depends_on_the_part);
	tcase_add_test(tcase, sfdp_is_not_read_while_busy);
	suite_add_tcase(suite, tcase);
	return suite;
}
