/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of chips: every form of erase in its short notation. */
#include "chipdb/chiptable.h"

#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

/* A table of P1 alone, from these keys and defaults for all others. */
static char *
table_of(const char *keys)
{
	g_autofree char *dir = g_dir_make_tmp("spinor-chipdb-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "a.chips", NULL);
	g_autofree char *text = g_strdup_printf(
		"[P1]\nvendor = V\ncommands = READ\nfR = 50 MHz\nFR = 50 MHz\n%s\n", keys);
	g_autoptr(GError) error = NULL;
	char *table;

	ck_assert(g_file_set_contents(path, text, -1, NULL));
	g_setenv("SPINOR_CHIPDB", "", TRUE);
	table = chipdb_table(dir, NULL, &error);
	g_unlink(path);
	g_rmdir(dir);
	ck_assert_msg(table != NULL, "%s", error ? error->message : "");
	return table;
}

static const struct {
	const char *keys;
	const char *erases;
} erases[] = {
	{"erase-20 = 4K, 1 s\nerase-D8 = 64K, 1 s\nerase-C7 = chip, 1 s", "4 KiB, 64 KiB, chip"},
	{"erase-C7 = chip, 1 s\nerase-60 = as C7\nerase-D8 = 64K, 1 s\nerase-20 = 4K, 1 s",
		"4 KiB, 64 KiB, chip"},
	{"erase-20 = 4K, 1 s\nerase4-21 = as 20", "4 KiB"},
	/* Maps. */
	{"erase-D8 = 4Kx2 + 8K + 16K + 32K + 64Kx15, 1 s", "4-64 KiB"},
	{"erase-D8 = 64Kx15 + 32K + 16K + 8K + 4Kx2, 1 s\nerase-C7 = chip, 1 s", "4-64 KiB, chip"},
	{"erase-D8 = 64Kx16, 1 s\nerase-20 = 4K, 1 s", "4 KiB, 64 KiB"},
	{"erase-D7 = 512x2 + 1Kx3 + 4Kx255, 1 s", "512 B-4 KiB"},
	{"erase-D8 = 1M, 1 s\nerase-20 = 512Kx2, 1 s", "512 KiB, 1 MiB"},
	/* Maps with gaps. */
	{"erase-20 = 4Kx32 + -64Kx14, 1 s\nerase-D8 = 64K, 1 s", "(4 KiB), 64 KiB"},
	{"erase-40 = 4Kx8 + 8Kx12 + -64Kx14, 1 s", "(4-8 KiB)"},
	{"erase-20 = 4K, 1 s\nerase-D8 = 64K, 1 s\nhybrid-20 = 4Kx8 + -32K + -64Kx15, 1 s\n"
	 "hybrid-D8 = -32K + 32K + 64Kx15, 1 s",
		"4 KiB, (4 KiB), (32-64 KiB), 64 KiB"},
	{"", "-"},
};

START_TEST(erases_list_all_their_sizes)
{
	g_autofree char *keys = g_strdup_printf(
		"size = 1M\nvoltage = 2.7 V - 3.6 V\nid = EF 40 14\nflashrom = F1\n%s",
		erases[_i].keys);
	g_autofree char *table = table_of(keys);
	int width = MAX((int)strlen("ERASES"), (int)strlen(erases[_i].erases));
	g_autofree char *wanted =
		g_strdup_printf("NAME VENDOR SIZE  SUPPLY      ID     %-*s FLASHROM NAME\n"
				"P1   V      1 MiB 2.70-3.60 V EF4014 %-*s F1\n",
			width, "ERASES", width, erases[_i].erases);

	ck_assert_str_eq(table, wanted);
}
END_TEST

/* Every line has the same columns, and voltages have fixed decimals. */
START_TEST(empty_cells_are_dashes)
{
	g_autofree char *table = table_of("size = 64K\nvoltage = 1.695 V - 2 V");

	ck_assert_str_eq(table,
		"NAME VENDOR SIZE   SUPPLY       ID ERASES FLASHROM NAME\n"
		"P1   V      64 KiB 1.695-2.00 V -  -      -\n");
}
END_TEST

Suite *
suite_chipdb_table(void)
{
	Suite *suite = suite_create("chipdb_table");
	TCase *tcase = tcase_create("chipdb-table");

	tcase_add_loop_test(tcase, erases_list_all_their_sizes, 0, (int)G_N_ELEMENTS(erases));
	tcase_add_test(tcase, empty_cells_are_dashes);
	suite_add_tcase(suite, tcase);
	return suite;
}
