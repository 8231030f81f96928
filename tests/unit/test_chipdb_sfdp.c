/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SFDP of the chips that come with spinor. Those of real chips are answered byte for byte, and
 * decode to what the part can do, except for the quirks that their files list. Generated ones have
 * the layout of their vendor: that of a part with a real one has the headers of the chip.
 */
#include "chipdb/sfdpfile.h"
#include "chips_fixture.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "flash/sfdpcompare.h"
#include "suites.h"

#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define AREA 8192

/* Reads n bytes of the SFDP from address on. */
static void
read_sfdp(const struct flash_part *part, uint32_t address, uint8_t *out, size_t n)
{
	uint8_t header[5] = {
		0x5a, (uint8_t)(address >> 16), (uint8_t)(address >> 8), (uint8_t)address, 0};
	struct flash *chip = flash_new(part, NULL, 1);

	flash_tick(chip, INT64_C(10000000000));
	flash_select(chip);
	flash_shift(chip, header, NULL, sizeof(header));
	flash_shift(chip, NULL, out, n);
	flash_deselect(chip, 0);
	flash_destroy(chip);
}

static uint32_t
pointer_of(const uint8_t *header)
{
	return header[4] | (uint32_t)header[5] << 8 | (uint32_t)header[6] << 16;
}

/* The parts of an origin. Free with g_ptr_array_unref(). */
static GPtrArray *
parts_with(enum flash_sfdp origin)
{
	g_autoptr(GPtrArray) all = chipdb_list(chips, NULL);
	GPtrArray *list = g_ptr_array_new();

	for (guint i = 0; i < all->len; i++) {
		const struct flash_part *part = g_ptr_array_index(all, i);

		if (part->sfdp == origin && flash_opcode(part, "RDSFDP") >= 0)
			g_ptr_array_add(list, (gpointer)part);
	}
	return list;
}

START_TEST(a_real_sfdp_is_answered_byte_for_byte)
{
	g_autoptr(GPtrArray) parts = parts_with(FLASH_SFDP_FILE);

	ck_assert_uint_ge(parts->len, 42);
	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);
		uint32_t end = part->sfdp_wrap ? part->sfdp_wrap : AREA;
		uint8_t found[AREA];

		read_sfdp(part, 0, found, end);
		ck_assert_uint_le(part->sfdp_length, end);
		for (uint32_t at = 0; at < end; at++) {
			uint8_t wanted = at < part->sfdp_length ? part->sfdp_data[at] : 0xff;

			ck_assert_msg(found[at] == wanted, "%s: byte %X is %02X, not %02X",
				part->name, at, found[at], wanted);
		}
		ck_assert_msg(
			part->sfdp_source, "%s: no source in %s", part->name, part->sfdp_file);
	}
}
END_TEST

/* Answers of chips that hosts tell apart by them. */
static const struct {
	const char *part;
	uint32_t address;
	const char *bytes;
} answers[] = {
	/* 1.0, one header, nine dwords */
	{"W25Q128FV", 0, "53 46 44 50 00 01 00 FF 00 00 01 09 80 00 00 FF"},
	/* 1.0, the vendor's table at 60 */
	{"MX25L1606E", 0,
		"53 46 44 50 00 01 01 FF 00 00 01 09 30 00 00 FF C2 00 01 04 60 00 00 FF"},
	/* no dword 10: FF, which a host must not read */
	{"MX25L3233F", 0x54, "FF FF FF FF"},
	/* bit 4: 4-4-4, by which this is no MX25L25635E */
	{"MX25L25635F", 0x40, "FE"},
	/* the same ID, with three headers */
	{"MX25L25645G", 4, "06 01 02 FF"},
	{"MX66L1G45G", 0x1e0, "C2 F5 08 00 0C 04 08 08 01 00 19 0F 01 01 06 FF"},
	/* 3-byte addresses only, of 32 MiB */
	{"IS25WP256", 0x30, "E5 20 F9 FF FF FF FF 0F"},
	/* a header beyond the counted ones */
	{"W25Q01JV", 6, "01"},
	{"W25Q01JV", 0x18, "03 00 01 02 F0 00 00 FF"},
	/* begins again after 256 bytes */
	{"W25Q128JV", 0xfe, "FF FF 53 46"},
	{"MX25L25635F", 0xfe, "FF FF FF FF"},
};

START_TEST(hosts_can_tell_chips_apart_by_their_tables)
{
	g_autoptr(GError) error = NULL;
	const struct flash_part *part = chipdb_find(chips, answers[_i].part, &error);
	uint8_t wanted[32];
	uint8_t found[32];
	gsize n = 0;

	ck_assert_ptr_nonnull(part);
	for (const char *text = answers[_i].bytes; *text; text += text[2] ? 3 : 2)
		wanted[n++] = (uint8_t)g_ascii_strtoull((char[]){text[0], text[1], 0}, NULL, 16);
	read_sfdp(part, answers[_i].address, found, n);
	ck_assert_mem_eq(found, wanted, n);
}
END_TEST

/* --- dumps and parts agree --- */

struct outcome {
	const struct flash_part *part;
	GString *unlisted; /* differences without a reason */
	GString *fields;   /* all differences, each with blanks around it */
};

static void
note(void *data, const char *field, const char *text)
{
	struct outcome *outcome = data;
	g_autofree char *reason = flash_sfdp_quirk(outcome->part, field);

	g_string_append_printf(outcome->fields, " %s ", field);
	if (!reason)
		g_string_append_printf(
			outcome->unlisted, "\n%s: %s: %s", outcome->part->name, field, text);
}

/* Appends the quirks of the part's file that do not occur. */
static void
find_unused_quirks(const struct outcome *outcome, GString *unused)
{
	const char *text = outcome->part->sfdp_quirks ? outcome->part->sfdp_quirks : "";
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		g_autofree char *field = NULL;

		(*line)[strcspn(*line, "=")] = '\0';
		g_strchomp(*line);
		field = g_strdup_printf(" %s ", *line);
		if (!strstr(outcome->fields->str, field))
			g_string_append_printf(unused, "\n%s: %s", outcome->part->sfdp_file, *line);
	}
}

/* A difference is a mistake of the part, of the file, or a quirk that the file lists. */
START_TEST(a_real_sfdp_agrees_with_its_part_or_says_why)
{
	g_autoptr(GPtrArray) parts = parts_with(FLASH_SFDP_FILE);
	g_autoptr(GString) unlisted = g_string_new(NULL);
	g_autoptr(GString) unused = g_string_new(NULL);

	for (guint i = 0; i < parts->len; i++) {
		struct outcome outcome = {g_ptr_array_index(parts, i), unlisted, g_string_new("")};

		flash_sfdp_compare(outcome.part, note, &outcome);
		find_unused_quirks(&outcome, unused);
		g_string_free(outcome.fields, TRUE);
	}
	ck_assert_msg(unlisted->len == 0, "not as in the part, and no quirk:%s", unlisted->str);
	ck_assert_msg(unused->len == 0, "listed as a quirk, but as in the part:%s", unused->str);
}
END_TEST

/* Each field is compared: a part that differs in one is found. */
static const struct {
	const char *field;
	uint32_t offset; /* of a MX25L25645G's, and the byte there */
	uint8_t value;
	const char *text;
} changes[] = {
	{"tables", 0x0b, 0xff, "a table that a header counts is beyond the end"},
	{"density", 0x37, 0x07, "table 128 Mbit, part 256 Mbit"},
	{"erase-4k", 0x31, 0x21, "table 21, part 20"},
	{"erase-types", 0x4e, 0x10, "table 20=4K 52=64K D8=64K, part 20=4K 52=32K D8=64K"},
	{"address-mode", 0x32, 0xf9, "table 3 bytes, part 3 or 4 bytes"},
	{"read-1-1-2", 0x3c, 0x04, "table 3B after 4 clocks, part 3B after 8 clocks"},
	{"read-1-2-2", 0x3e, 0x44, "table BB after 6 clocks, part BB after 4 clocks"},
	{"read-1-4-4", 0x38, 0x48, "table EB after 10 clocks, part EB after 6 clocks"},
	{"read-1-1-4", 0x3b, 0x00, "table announced but not listed, part 6B after 8 clocks"},
	{"read-4-4-4", 0x40, 0xee, "table EB listed only, part there"},
	{"read-2-2-2", 0x40, 0xff, "table announced but not listed, part none"},
	{"page-size", 0x58, 0x92, "table 512, part 256"},
	{"suspend", 0x63, 0x75, "table 75 and 30, part B0 and 30"},
	{"power-down", 0x67, 0xdc, "table none, part B9 and AB"},
	{"quad-enable", 0x6a, 0x49, "table SR2 bit 1, part SR1 bit 6"},
	{"reset", 0x6d, 0x40, "table none, part 66 99"},
	{"four-byte-mode", 0x6f, 0x84, "table C5, part B7 C5"},
	{"four-byte-table", 0xc0, 0x7e,
		"table 0C 3C BC 6C EC 12 3E 21 5C DC, part 13 0C 3C BC 6C EC 12 3E 21 5C DC"},
};

static void
keep_text(void *data, const char *field, const char *text)
{
	GString *found = data;

	g_string_append_printf(found, "%s%s: %s", found->len ? "; " : "", field, text);
}

START_TEST(each_field_of_a_table_is_compared)
{
	struct flash_part part = *chipdb_find(chips, "MX25L25645G", NULL);
	g_autofree uint8_t *data = g_memdup2(part.sfdp_data, part.sfdp_length);
	g_autoptr(GString) found = g_string_new(NULL);
	g_autofree char *wanted = g_strdup_printf("%s: %s", changes[_i].field, changes[_i].text);

	data[changes[_i].offset] = changes[_i].value;
	part.sfdp_data = data;
	flash_sfdp_compare(&part, keep_text, found);
	ck_assert_msg(strstr(found->str, wanted), "%s, not %s", found->str, wanted);
}
END_TEST

START_TEST(a_quirk_has_its_reason)
{
	const struct flash_part part = {.sfdp_quirks = "density = one\nread-1-1-2 = two = 2"};
	g_autofree char *first = flash_sfdp_quirk(&part, "density");
	g_autofree char *second = flash_sfdp_quirk(&part, "read-1-1-2");

	ck_assert_str_eq(first, "one");
	ck_assert_str_eq(second, "two = 2");
	ck_assert_ptr_null(flash_sfdp_quirk(&part, "read-1-1"));
	ck_assert_ptr_null(flash_sfdp_quirk(&part, "reset"));
}
END_TEST

/* --- layouts --- */

/* Octal parts, whose tables spinor does not compose. */
static bool
is_octal(const struct flash_part *part)
{
	return strcmp(part->name, "MX25LM51245G") == 0;
}

/* The evidence for the rows of layouts. */
START_TEST(a_layout_has_the_headers_of_the_real_chips)
{
	g_autoptr(GPtrArray) parts = parts_with(FLASH_SFDP_FILE);

	for (guint i = 0; i < parts->len; i++) {
		struct flash_part part = *(const struct flash_part *)g_ptr_array_index(parts, i);
		size_t n = 8 + 8 * (part.sfdp_data[6] + (size_t)1);
		uint8_t found[8 + 8 * 8];

		if (is_octal(&part))
			continue;
		ck_assert_uint_le(n, sizeof(found));
		part.sfdp = FLASH_SFDP_GENERATED;
		read_sfdp(&part, 0, found, n);
		for (size_t at = 0; at < n; at++)
			ck_assert_msg(found[at] == part.sfdp_data[at],
				"%s, layout %s: byte %zX is %02X, not %02X", part.name,
				flash_sfdp_layout_name(part.sfdp_layout), at, found[at],
				part.sfdp_data[at]);
	}
}
END_TEST

/* These follow from the part in every bit. */
START_TEST(a_composed_sfdp_is_the_one_of_the_chip)
{
	static const char *const names[] = {"W25Q128FV", "W25Q256FV", "MX25L1606E", "GD25Q32C"};
	struct flash_part part = *chipdb_find(chips, names[_i], NULL);
	uint8_t found[256];

	part.sfdp = FLASH_SFDP_GENERATED;
	read_sfdp(&part, 0, found, part.sfdp_length);
	ck_assert_mem_eq(found, part.sfdp_data, part.sfdp_length);
}
END_TEST

static void
check_headers(const struct flash_part *part, const uint8_t *sfdp)
{
	unsigned int n = sfdp[6] + 1u;
	uint32_t headers_end = 8 + 8 * n;

	ck_assert_mem_eq(sfdp, "SFDP", 4);
	ck_assert_uint_eq(sfdp[5], 1);
	ck_assert_uint_eq(sfdp[8], 0);
	for (unsigned int i = 0; i < n; i++) {
		const uint8_t *header = sfdp + 8 + 8 * (size_t)i;
		uint32_t end = pointer_of(header) + header[3] * 4u;

		ck_assert_msg(header[3] > 0 && pointer_of(header) >= headers_end && end <= AREA,
			"%s: header %u", part->name, i);
		for (unsigned int j = 0; j < i; j++) {
			const uint8_t *other = sfdp + 8 + 8 * (size_t)j;

			/* A basic table can have several headers, a vendor's contain it. */
			if (pointer_of(other) == pointer_of(header) || header[7] != 0xff)
				continue;
			ck_assert_msg(end <= pointer_of(other) ||
					pointer_of(header) >= pointer_of(other) + other[3] * 4u,
				"%s: tables %u and %u overlap", part->name, i, j);
		}
	}
}

START_TEST(a_generated_sfdp_has_a_layout_of_its_own)
{
	g_autoptr(GPtrArray) parts = parts_with(FLASH_SFDP_GENERATED);

	ck_assert_uint_gt(parts->len, 200);
	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);
		uint8_t sfdp[AREA];

		ck_assert_msg(part->sfdp_layout != NULL, "%s has no sfdp-layout", part->name);
		read_sfdp(part, 0, sfdp, sizeof(sfdp));
		check_headers(part, sfdp);
	}
}
END_TEST

/* --- files --- */

static const struct {
	const char *text;
	const char *bytes; /* NULL: refused */
	gsize n;
	const char *source, *quirks;
} files[] = {
	{"53 46 44 50 06", "SFDP\x06", 5, NULL, NULL},
	{"5346445006\n", "SFDP\x06", 5, NULL, NULL},
	{"000: 53 46 44 50\n006: 01  02 # end\n", "SFDP\xff\xff\x01\x02", 8, NULL, NULL},
	{"# x\nsource = a list\nsource = a wiki\n53 46 44 50 06", "SFDP\x06", 5, "a list; a wiki",
		NULL},
	{"quirk density = 1\n quirk reset=none\n53464450\n06", "SFDP\x06", 5, NULL,
		"density = 1\nreset = none"},
	{"SFDP\x06\x01", "SFDP\x06\x01", 6, NULL, NULL},
	{"006: 53 46 44 50 06", NULL, 0, NULL, NULL},
	{"53 46 44 50 06\n004: 01", NULL, 0, NULL, NULL},
	{"53 46 44 50 06\nx: 01", NULL, 0, NULL, NULL},
	{"53 46 44 50 06 0", NULL, 0, NULL, NULL},
	{"53 46 44 50 06\nquirk density =\n", NULL, 0, NULL, NULL},
	{"53 46 44 50 06\nauthor = x\n", NULL, 0, NULL, NULL},
	{"53 46 44 50", NULL, 0, NULL, NULL},
	{"1000001: 53 46 44 50 06", NULL, 0, NULL, NULL},
	{"", NULL, 0, NULL, NULL},
};

START_TEST(a_file_of_sfdp_is_read_or_refused)
{
	g_autofree char *why = NULL;
	struct chipdb_sfdp *sfdp =
		chipdb_sfdp_parse("x", files[_i].text, strlen(files[_i].text), &why);

	if (!files[_i].bytes) {
		ck_assert_ptr_null(sfdp);
		ck_assert_str_eq(
			why, "x is no SFDP: neither bytes nor hex that begin with 53 46 44 50");
		return;
	}
	ck_assert_ptr_nonnull(sfdp);
	ck_assert_uint_eq(sfdp->length, files[_i].n);
	ck_assert_mem_eq(sfdp->data, files[_i].bytes, files[_i].n);
	ck_assert_pstr_eq(sfdp->source, files[_i].source);
	ck_assert_pstr_eq(sfdp->quirks, files[_i].quirks);
	chipdb_sfdp_free(sfdp);
}
END_TEST

/* Also those that no part uses yet. */
START_TEST(every_file_in_the_folder_is_an_sfdp_with_a_source)
{
	g_autofree char *folder = g_build_filename(g_getenv("SPINOR_CHIPDB"), "sfdp", NULL);
	GDir *dir = g_dir_open(folder, 0, NULL);
	unsigned int n = 0;
	const char *name;

	ck_assert_ptr_nonnull(dir);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *why = NULL;
		struct chipdb_sfdp *sfdp = chipdb_sfdp_read(path, &why);

		ck_assert_msg(sfdp, "%s", why);
		ck_assert_msg(sfdp->source, "%s: no source", name);
		chipdb_sfdp_free(sfdp);
		n++;
	}
	g_dir_close(dir);
	ck_assert_uint_ge(n, 50);
}
END_TEST

Suite *
suite_chipdb_sfdp(void)
{
	Suite *suite = suite_create("chipdb_sfdp");
	TCase *tcase = tcase_create("chipdb_sfdp");

	tcase_add_checked_fixture(tcase, chips_setup, chips_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_real_sfdp_is_answered_byte_for_byte);
	tcase_add_loop_test(
		tcase, hosts_can_tell_chips_apart_by_their_tables, 0, G_N_ELEMENTS(answers));
	tcase_add_test(tcase, a_real_sfdp_agrees_with_its_part_or_says_why);
	tcase_add_loop_test(tcase, each_field_of_a_table_is_compared, 0, G_N_ELEMENTS(changes));
	tcase_add_test(tcase, a_quirk_has_its_reason);
	tcase_add_test(tcase, a_layout_has_the_headers_of_the_real_chips);
	tcase_add_loop_test(tcase, a_composed_sfdp_is_the_one_of_the_chip, 0, 4);
	tcase_add_test(tcase, a_generated_sfdp_has_a_layout_of_its_own);
	tcase_add_loop_test(tcase, a_file_of_sfdp_is_read_or_refused, 0, G_N_ELEMENTS(files));
	tcase_add_test(tcase, every_file_in_the_folder_is_an_sfdp_with_a_source);
	suite_add_tcase(suite, tcase);
	return suite;
}
