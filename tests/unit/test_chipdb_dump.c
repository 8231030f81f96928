/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Definitions from dumps. Round trip: the SFDP and ID of each part that comes with spinor, as a
 * host reads them, give a definition with the ID, size, page, address bytes and erases of the part.
 */
#include "chipdb/chipdb.h"
#include "chipdb/dump.h"
#include "chips_fixture.h"
#include "flash/flash.h"
#include "flash/sfdpcompare.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define AREA 8192

static void
read_sfdp(const struct flash_part *part, uint8_t *out)
{
	static const uint8_t header[5] = {0x5a};
	struct flash *chip = flash_new(part, NULL, 1);

	flash_tick(chip, INT64_C(10000000000));
	flash_select(chip);
	flash_shift(chip, header, NULL, sizeof(header));
	flash_shift(chip, NULL, out, AREA);
	flash_deselect(chip, 0);
	flash_destroy(chip);
}

/* The definition from the ID and the SFDP. The caller frees the dump's text and closes the db. */
static const struct flash_part *
rebuild(const struct flash_part *part, struct chipdb **db, char **text)
{
	struct chipdb_dump *dump = chipdb_dump_new();
	g_autoptr(GError) error = NULL;
	uint8_t table[AREA];
	const struct flash_part *found;

	read_sfdp(part, table);
	ck_assert(chipdb_dump_take_file(dump, "dump", (const char *)table, AREA, &error));
	memcpy(dump->id, part->id, part->id_length);
	dump->id_length = part->id_length;
	*text = chipdb_dump_group(dump, NULL, &error);
	ck_assert_msg(*text != NULL, "%s: %s", part->name, error ? error->message : "");
	chipdb_dump_free(dump);
	*db = chipdb_open_text(*text, &error);
	ck_assert_msg(*db != NULL, "%s: %s", part->name, error ? error->message : "");
	found = NULL;
	for (char *at = strchr(*text, '['); at && !found; at = NULL) {
		g_autofree char *name = g_strndup(at + 1, strcspn(at + 1, "]"));

		found = chipdb_find(*db, name, &error);
	}
	ck_assert_msg(found != NULL, "%s: %s\n%s", part->name, error ? error->message : "", *text);
	return found;
}

static const struct flash_erase *
erase_of(const struct flash_part *part, uint8_t opcode)
{
	for (unsigned int i = 0; i < part->n_erases; i++) {
		if (part->erases[i].opcode == opcode)
			return &part->erases[i];
	}
	return NULL;
}

/* Each erase of the definition is one of the part. The SFDP does not have opcodes of the whole chip
 * and maps of several sizes. */
static bool
same_erases(const struct flash_part *part, const struct flash_part *found, bool four_byte)
{
	bool same = true;

	for (unsigned int i = 0; i < found->n_erases; i++) {
		const struct flash_erase *erase = &found->erases[i];
		const struct flash_erase *own = erase_of(part, erase->opcode);

		if (erase->four_byte != four_byte || erase->size == 0 ||
			erase->size == part->size || (own && own->n_regions > 0))
			continue;
		same = same && own && own->size == erase->size;
	}
	return same;
}

/* The number of erases that the part has and its SFDP does not: a second opcode for a size, a die,
 * pages. */
static unsigned int
count_unlisted(const struct flash_part *part, const struct flash_part *found)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < part->n_erases; i++) {
		const struct flash_erase *own = &part->erases[i];

		if (own->size != 0 && own->size != part->size && own->n_regions == 0 &&
			!own->four_byte && !own->hybrid)
			n += erase_of(found, own->opcode) == NULL;
	}
	return n;
}

/* Counts a difference unless the file of the real SFDP lists it. */
static void
compare(const struct flash_part *part, const char *field, bool same, unsigned int *quirks,
	unsigned int *wrong)
{
	g_autofree char *quirk = flash_sfdp_quirk(part, field);

	if (same)
		return;
	if (quirk) {
		(*quirks)++;
		return;
	}
	(*wrong)++;
	g_printerr("# %s: %s\n", part->name, field);
}

START_TEST(every_part_with_sfdp_comes_back_from_its_dump)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);
	unsigned int n = 0;
	unsigned int quirks = 0;
	unsigned int wrong = 0;
	unsigned int unlisted = 0;

	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);
		const struct flash_part *found;
		g_autofree char *text = NULL;
		struct chipdb *db;

		if (part->sfdp == FLASH_SFDP_NONE || flash_opcode(part, "RDSFDP") < 0)
			continue;
		found = rebuild(part, &db, &text);
		n++;
		ck_assert_uint_eq(found->id_length, part->id_length);
		ck_assert_mem_eq(found->id, part->id, part->id_length);
		compare(part, "density", found->size == part->size, &quirks, &wrong);
		if (strstr(text, "# SFDP: dword 11\npage"))
			compare(part, "page-size", found->page_size == part->page_size, &quirks,
				&wrong);
		unlisted += count_unlisted(part, found);
		compare(part, "address-mode", found->address_bytes == part->address_bytes, &quirks,
			&wrong);
		compare(part, "erase-types", same_erases(part, found, false), &quirks, &wrong);
		compare(part, "four-byte-table", same_erases(part, found, true), &quirks, &wrong);
		chipdb_close(db);
	}
	g_printerr("# %u parts, %u fields differ as their files list, %u otherwise; %u erases "
		   "are not "
		   "in the SFDP\n",
		n, quirks, wrong, unlisted);
	ck_assert_uint_ge(n, 300);
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

static char *
group_of(const char *text, gsize length, char **why)
{
	struct chipdb_dump *dump = chipdb_dump_new();
	g_autoptr(GError) error = NULL;
	char *group = NULL;

	if (chipdb_dump_take_file(dump, "FILE", text, length, &error))
		group = chipdb_dump_group(dump, NULL, &error);
	chipdb_dump_free(dump);
	*why = error ? g_strdup(error->message) : NULL;
	return group;
}

static void
assert_has(const char *group, const char *line)
{
	g_autofree char *whole = g_strdup_printf("\n%s\n", line);

	ck_assert_msg(strstr(group, whole) != NULL, "no line %s in:\n%s", line, group);
}

/* As flashrom 1.3.0 prints it with -VV for a chip that it knows by SFDP alone. */
static const char output[] =
	"Probing for AMIC A25L010, 128 kB: compare_id: id1 0x52, id2 0x2218\n"
	"Probing for Eon EN25B05, 64 kB: compare_id: id1 0x52, id2 0x2218\n"
	"Probing for Atmel AT25F512, 64 kB: compare_id: id1 0xff, id2 0xffff\n"
	"Probing for Unknown SFDP-capable chip, 0 kB: SFDP revision = 1.0\n"
	"  3-Byte only addressing.\n"
	"  Flash chip size is 16384 kB.\n"
	"  Block eraser 0: 4096 x 4096 B with opcode 0x20\n"
	"  Block eraser 1: 512 x 32768 B with opcode 0x52\n"
	"  Block eraser 2: 256 x 65536 B with opcode 0xd8\n"
	"Found Unknown flash chip \"SFDP-capable chip\" (16384 kB, SPI) on serprog.\n"
	"Probing for Generic unknown SPI chip (REMS), 0 kB: compare_id: id1 0x52, id2 0x17\n"
	"Chip status register is 0x02.\n";

START_TEST(the_output_of_flashrom_is_a_dump)
{
	g_autofree char *why = NULL;
	g_autofree char *group = group_of(output, strlen(output), &why);

	ck_assert_msg(group != NULL, "%s", why);
	assert_has(group, "[CHIP-522218]");
	assert_has(group, "id = 52 22 18");
	assert_has(group, "rems = 52 17");
	assert_has(group, "size = 16M");
	assert_has(group, "# flashrom read 02 from it");
	assert_has(group,
		"# flashrom: block eraser; times: see data sheet\nerase-20 = 4K, 50 "
		"ms, 400 ms");
	assert_has(group, "erase-52 = 32K, 200 ms, 2 s");
	assert_has(group, "erase-D8 = 64K, 200 ms, 2 s");
}
END_TEST

/* W25Q128JV: dwords 10 and 11 of its SFDP are 04 D8 48 and 85 C4 45 6B as data: typical 45 ms for
 * 4 KiB would be 3 units of 16 ms. */
START_TEST(times_are_those_of_dwords_10_and_11)
{
	const struct flash_part *part = chips_find("W25Q128JV");
	struct chipdb *db;
	g_autofree char *text = NULL;
	const struct flash_part *found = rebuild(part, &db, &text);

	ck_assert_int_eq(erase_of(found, 0x20)->time.typ_ns, 64000000);
	ck_assert_int_eq(erase_of(found, 0xd8)->time.typ_ns, 160000000);
	ck_assert_int_eq(found->timing[FLASH_T_PP].typ_ns, 704000);
	ck_assert_int_eq(erase_of(found, 0xc7)->size, 0);
	chipdb_close(db);
}
END_TEST

START_TEST(an_id_alone_says_the_size)
{
	static const struct {
		const char *text, *id;
	} rows[] = {{"0xEF4018", "id = EF 40 18"}, {"ef4018", "id = EF 40 18"},
		{"EF 40 18", "id = EF 40 18"}, {"0x7F9D1316", NULL}};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct chipdb_dump *dump = chipdb_dump_new();
		g_autoptr(GError) error = NULL;
		g_autofree char *group = NULL;

		ck_assert(chipdb_dump_take_id(dump, rows[i].text));
		group = chipdb_dump_group(dump, chips, &error);
		if (rows[i].id) {
			assert_has(group, rows[i].id);
			assert_has(group, "size = 16M");
			ck_assert(strstr(group, "W25Q128JV") != NULL);
		}
		chipdb_dump_free(dump);
	}
	for (const char *const *bad = (const char *const[]){"", "E", "EF", "EF4", "0x", "XY4018",
		     "EF40180102030405060708", NULL};
		*bad; bad++) {
		struct chipdb_dump *dump = chipdb_dump_new();

		ck_assert_msg(!chipdb_dump_take_id(dump, *bad), "%s", *bad);
		chipdb_dump_free(dump);
	}
}
END_TEST

/* Each malformed dump gives one line or a definition that can be read. */
static void
assert_survives(const char *text, gsize length)
{
	g_autofree char *why = NULL;
	g_autofree char *group = group_of(text, length, &why);
	g_autoptr(GError) error = NULL;
	struct chipdb *db;

	ck_assert(!group == (why != NULL));
	if (!group) {
		ck_assert_ptr_null(strchr(why, '\n'));
		return;
	}
	db = chipdb_open_text(group, &error);
	ck_assert_msg(db != NULL, "%s\n%s", error ? error->message : "", group);
	for (char *at = strchr(group, '['); at; at = NULL) {
		g_autofree char *name = g_strndup(at + 1, strcspn(at + 1, "]"));

		ck_assert_msg(chipdb_find(db, name, &error) != NULL, "%s\n%s",
			error ? error->message : "", group);
	}
	chipdb_close(db);
}

/* flashrom's line without a vendor, and addresses of a table beyond any. */
START_TEST(odd_lines_of_flashrom_are_survived)
{
	static const char *const texts[] = {"Found flash chip \"W25Q128.V\" (16384 kB, SPI)\n",
		"Found  flash chip \"W25Q128.V\" (16384 kB, SPI)\n",
		"sfdp_read_sfdp_chunk: addr=0x7fffffffffffffff, len=1, data:\n 0x53\n",
		"sfdp_read_sfdp_chunk: addr=-9223372036854775808, len=1, data:\n 0x53\n"};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		assert_survives(texts[i], strlen(texts[i]));
}
END_TEST

START_TEST(malformed_dumps_give_one_line_or_a_good_definition)
{
	static const char *const parts[] = {
		"W25Q128JV", "MX25L25645G", "SST26VF064B", "MT25QU512ABB", "S25FL256L"};
	GRand *random = g_rand_new_with_seed(7);
	uint8_t table[AREA];

	for (int round = 0; round < 1500; round++) {
		int length = round % 3 == 0 ? g_rand_int_range(random, 0, 512) : AREA;

		read_sfdp(chips_find(parts[round % G_N_ELEMENTS(parts)]), table);
		for (int i = g_rand_int_range(random, 0, 12); i > 0; i--)
			table[g_rand_int_range(random, 4, 256)] = (uint8_t)g_rand_int(random);
		assert_survives((const char *)table, (gsize)length);
	}
	for (int round = 0; round < 1500; round++) {
		g_autofree char *text = g_strdup(output);
		gsize length = strlen(text);

		for (int i = g_rand_int_range(random, 1, 20); i > 0; i--)
			text[g_rand_int_range(random, 0, (gint32)length)] =
				(char)g_rand_int_range(random, 1, 256);
		assert_survives(text, length);
	}
	g_rand_free(random);
}
END_TEST

Suite *
suite_chipdb_dump(void)
{
	Suite *suite = suite_create("chipdb_dump");
	TCase *tcase = tcase_create("dump");

	tcase_add_checked_fixture(tcase, chips_setup, chips_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, every_part_with_sfdp_comes_back_from_its_dump);
	tcase_add_test(tcase, the_output_of_flashrom_is_a_dump);
	tcase_add_test(tcase, times_are_those_of_dwords_10_and_11);
	tcase_add_test(tcase, an_id_alone_says_the_size);
	tcase_add_test(tcase, odd_lines_of_flashrom_are_survived);
	tcase_add_test(tcase, malformed_dumps_give_one_line_or_a_good_definition);
	suite_add_tcase(suite, tcase);
	return suite;
}
