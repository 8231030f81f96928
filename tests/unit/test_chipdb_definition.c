/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names that releases of flashrom have for a part, and the command with one of them. */
#include "chipdb/chipdb.h"
#include "chipdb/installed.h"
#include "chipdb/partdefinition.h"
#include "chips_fixture.h"
#include "suites.h"

#include <check.h>

#define PART                                                                                     \
	"[P]\nvendor = V\nsize = 1M\npage = 256\nvoltage = 2.7 V - 3.6 V\nid = EF 40 14\n"       \
	"sr1 = - - - BP2 BP1 BP0 WEL BUSY\ncommands = READ RDID PP\nfR = 50 MHz\nFR = 104 MHz\n" \
	"tPP = 1 ms, 3 ms\ntW = 5 ms\nerase-20 = 4K, 45 ms, 400 ms\n"

static struct chipdb *db;

static const struct flash_part *
part_with(const char *keys)
{
	g_autofree char *text = g_strconcat(PART, keys, NULL);
	g_autoptr(GError) error = NULL;
	const struct flash_part *part;

	db = chipdb_open_text(text, &error);
	part = db ? chipdb_find(db, "P", &error) : NULL;
	ck_assert_msg(part != NULL, "%s", error ? error->message : "");
	return part;
}

static void
assert_text(const char *keys, const char *wanted)
{
	g_autofree char *text = chipdb_part_definition_text(part_with(keys));

	ck_assert_str_eq(text, wanted);
	g_clear_pointer(&db, chipdb_close);
}

START_TEST(a_name_holds_from_the_release_after_the_older_name)
{
	assert_text("flashrom = A\n", "A");
	assert_text("flashrom = A\nflashrom-1.6 = B\n", "A (1.7 and later), B (up to 1.6)");
	assert_text("flashrom-1.3 = C\nflashrom-1.4 = B\nflashrom = A\n",
		"A (1.5 and later), B (1.4), C (up to 1.3)");
	assert_text("flashrom-1.3 = none\nflashrom-1.6 = B/C\nflashrom = none\n",
		"none (1.7 and later), B/C (1.4 to 1.6), none (up to 1.3)");
}
END_TEST

static void
assert_list(const struct flash_part *part, enum flash_definition_list list, const char *first)
{
	const char *const *names = chipdb_part_definitions(part, list);

	ck_assert_ptr_nonnull(names);
	ck_assert_str_eq(names[0] ? names[0] : "none", first);
}

START_TEST(a_release_without_a_key_has_the_names_of_the_next_newer_one)
{
	const struct flash_part *part = part_with(
		"flashrom = A; A2\nflashrom-1.5 = B\nflashrom-1.3 = none\nflashprog = D\n");

	assert_list(part, FLASH_FLASHROM, "A");
	assert_list(part, FLASH_FLASHROM_1_7, "A");
	assert_list(part, FLASH_FLASHROM_1_6, "A");
	assert_list(part, FLASH_FLASHROM_1_5, "B");
	assert_list(part, FLASH_FLASHROM_1_4, "B");
	assert_list(part, FLASH_FLASHROM_1_3, "none");
	assert_list(part, FLASH_FLASHPROG, "D");
	ck_assert_str_eq(part->flashrom_name, "A");
	ck_assert_str_eq(part->flashrom_names[1], "A2");
	ck_assert_str_eq(part->flashrom_names[3], "D");
	ck_assert_ptr_null(part->flashrom_names[4]);
	g_clear_pointer(&db, chipdb_close);
	assert_list(part_with("flashrom = A\nflashrom-1.5 = B\n"), FLASH_FLASHPROG, "A");
	g_clear_pointer(&db, chipdb_close);
}
END_TEST

/* As flashrom 1.3.0 prints it. */
static const char table[] =
	"flashrom unknown on Linux\n\nSupported flash chips (total: 576):\n\n"
	"Vendor                       Device                               Test  Known   Size\n"
	"                                                                  OK    Broken  [kB]\n\n"
	"(P = PROBE, R = READ, E = ERASE, W = WRITE, - = N/A)\n\n"
	"Macronix                     MX25L6436E/                          PREW           8192\n"
	"                             MX25L6445E/\n"
	"                             MX25L6473F\n"
	"Winbond                      W25Q80.V                             PREW           1024\n"
	"Spansion                     S25FL256S Large Sectors                            32768\n\n"
	"Supported chipsets (total: 1):\n\n"
	"Vendor                       Chipset                  PCI IDs    Status\n\n"
	"ALi                          M1533                    10b9:1533  OK\n";

START_TEST(the_list_of_flashrom_has_long_names_on_several_lines)
{
	g_autoptr(GHashTable) names = chipdb_installed_parse(table);

	ck_assert_uint_eq(g_hash_table_size(names), 3);
	ck_assert(g_hash_table_contains(names, "MX25L6436E/MX25L6445E/MX25L6473F"));
	ck_assert(g_hash_table_contains(names, "W25Q80.V"));
	ck_assert(g_hash_table_contains(names, "S25FL256S Large Sectors"));
}
END_TEST

START_TEST(the_installed_release_decides_on_the_name)
{
	g_autoptr(GHashTable) names = chipdb_installed_parse(table);
	const struct flash_part *part =
		part_with("flashrom = W25Q80BV/W25Q80DV\nflashrom-1.6 = W25Q80.V\n");

	ck_assert_str_eq(chipdb_part_definition_in(part, names), "W25Q80.V");
	ck_assert_str_eq(chipdb_part_definition_in(part, NULL), "W25Q80BV/W25Q80DV");
	g_clear_pointer(&db, chipdb_close);
	ck_assert_ptr_null(chipdb_part_definition_in(part_with("flashrom = NEW\n"), names));
	g_clear_pointer(&db, chipdb_close);
	part = part_with("flashrom = SFDP-capable chip\n");
	ck_assert_str_eq(chipdb_part_definition_in(part, names), "SFDP-capable chip");
	g_clear_pointer(&db, chipdb_close);
}
END_TEST

START_TEST(the_command_quotes_a_name_for_the_shell)
{
	static const char *const rows[][2] = {{"W25Q80.V", "flashrom -p P -c W25Q80.V"},
		{"S25FL256S......0", "flashrom -p P -c S25FL256S......0"},
		{"EN25Q32(A/B)", "flashrom -p P -c 'EN25Q32(A/B)'"},
		{"S25FL256S Large Sectors", "flashrom -p P -c 'S25FL256S Large Sectors'"},
		{"A'B", "flashrom -p P -c 'A'\\''B'"}, {NULL, "flashrom -p P"}};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *command = chipdb_flashrom_command("P", rows[i][0]);

		ck_assert_str_eq(command, rows[i][1]);
	}
}
END_TEST

/* Source: flashrom reports "Multiple flash chip definitions match the detected chip(s)" for EF 40
 * 14 (W25Q80BV/W25Q80DV, W25Q80RV) and C2 20 17, and one for EF 40 18. */
START_TEST(an_id_with_several_definitions_needs_one_on_the_command_line)
{
	chips_setup();
	ck_assert(chips_find("W25Q80DV")->flashrom_several);
	ck_assert(chips_find("MX25L6436F")->flashrom_several);
	ck_assert(!chips_find("W25Q128JV")->flashrom_several);
	ck_assert(!chips_find("25LC1024")->flashrom_several);
	chips_teardown();
}
END_TEST

Suite *
suite_chipdb_definition(void)
{
	Suite *suite = suite_create("chipdb_definition");
	TCase *tcase = tcase_create("definition");

	tcase_add_test(tcase, a_name_holds_from_the_release_after_the_older_name);
	tcase_add_test(tcase, a_release_without_a_key_has_the_names_of_the_next_newer_one);
	tcase_add_test(tcase, the_list_of_flashrom_has_long_names_on_several_lines);
	tcase_add_test(tcase, the_installed_release_decides_on_the_name);
	tcase_add_test(tcase, the_command_quotes_a_name_for_the_shell);
	tcase_add_test(tcase, an_id_with_several_definitions_needs_one_on_the_command_line);
	suite_add_tcase(suite, tcase);
	return suite;
}
