/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folders that chips are read from, and their precedence. */
#include "chipdb/chipdb.h"
#include "flash/partdata.h"
#include "suites.h"

#include <glib/gstdio.h>
#include <string.h>

static char *top;

/* Writes a part with that vendor; family: the family that it inherits. */
#define FAMILY(name, vendor)                                                             \
	"[family " name "]\nvendor = " vendor "\npage = 256\nvoltage = 2.7 V - 3.6 V\n"  \
	"size = 1M\nsr1 = - - - BP2 BP1 BP0 WEL BUSY\ncommands = READ PP\nfR = 50 MHz\n" \
	"FR = 104 MHz\ntPP = 1 ms, 3 ms\ntW = 5 ms\n"
#define PART(name, family) "[" name "]\ninherits = " family "\n"

static char *
folder(const char *name)
{
	char *path = g_build_filename(top, name, NULL);

	ck_assert_int_eq(g_mkdir_with_parents(path, 0700), 0);
	return path;
}

static void
write_chips(const char *dir, const char *text)
{
	g_autofree char *path = folder(dir);
	g_autofree char *file = g_build_filename(path, "a.chips", NULL);

	ck_assert(g_file_set_contents(file, text, -1, NULL));
}

static void
setup(void)
{
	g_autofree char *home = NULL;
	g_autofree char *system = NULL;

	top = g_dir_make_tmp("spinor-folders-XXXXXX", NULL);
	home = folder("home");
	system = folder("system");
	g_setenv("XDG_DATA_HOME", home, TRUE);
	g_setenv("XDG_DATA_DIRS", system, TRUE);
	g_unsetenv("SPINOR_CHIPDB");
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
	const char *name;

	while (entries && (name = g_dir_read_name(entries))) {
		g_autofree char *entry = g_build_filename(path, name, NULL);

		remove_tree(entry);
	}
	g_remove(path);
}

static void
teardown(void)
{
	remove_tree(top);
	g_clear_pointer(&top, g_free);
}

/* The vendor of the part with that name, "" if none; free with g_free(). */
static char *
vendor_of(const char *dir, const char *name)
{
	g_autofree char *path = dir ? folder(dir) : NULL;
	struct chipdb *db = chipdb_open(path, NULL);
	const struct flash_part *part;
	char *vendor;

	ck_assert_ptr_nonnull(db);
	part = chipdb_find(db, name, NULL);
	vendor = g_strdup(part ? part->vendor : "");
	chipdb_close(db);
	return vendor;
}

static void
assert_vendor(const char *dir, const char *name, const char *wanted)
{
	g_autofree char *vendor = vendor_of(dir, name);

	ck_assert_str_eq(vendor, wanted);
}

START_TEST(files_of_the_user_override_and_add_parts)
{
	write_chips("system/spinor/chipdb",
		FAMILY("F", "system") PART("P1", "F") PART("P2", "F") PART("P3", "F"));
	write_chips("home/spinor/chipdb", FAMILY("G", "home") PART("P2", "G") PART("P3", "G"));
	write_chips("mine", FAMILY("H", "mine") PART("p3", "H") PART("P4", "F"));
	assert_vendor(NULL, "P1", "system");
	assert_vendor(NULL, "P2", "home");
	assert_vendor(NULL, "P3", "home");
	assert_vendor(NULL, "P4", "");
	assert_vendor("mine", "P1", "system");
	assert_vendor("mine", "P2", "home");
	assert_vendor("mine", "P3", "mine");
	assert_vendor("mine", "P4", "system");
}
END_TEST

START_TEST(the_environment_replaces_all_other_folders)
{
	g_autofree char *path = folder("instead");

	write_chips("system/spinor/chipdb", FAMILY("F", "system") PART("P1", "F"));
	write_chips("home/spinor/chipdb", FAMILY("F", "home") PART("P2", "F"));
	write_chips("instead", FAMILY("F", "instead") PART("P3", "F"));
	write_chips("mine", FAMILY("F", "mine") PART("P4", "F"));
	g_setenv("SPINOR_CHIPDB", path, TRUE);
	assert_vendor("mine", "P1", "");
	assert_vendor("mine", "P2", "");
	assert_vendor("mine", "P3", "instead");
	assert_vendor("mine", "P4", "mine");
	g_setenv("SPINOR_CHIPDB", "", TRUE);
	assert_vendor("mine", "P3", "");
	assert_vendor("mine", "P4", "mine");
}
END_TEST

/* A family overrides that of lower folders for parts of its own folder and of higher ones only. */
START_TEST(families_do_not_change_parts_of_lower_folders)
{
	write_chips("system/spinor/chipdb", FAMILY("F", "system") PART("P1", "F"));
	write_chips(
		"home/spinor/chipdb", "[family F]\ninherits = F\nvendor = home\n" PART("P2", "F"));
	write_chips("mine", PART("P3", "F"));
	assert_vendor("mine", "P1", "system");
	assert_vendor("mine", "P2", "home");
	assert_vendor("mine", "P3", "home");
}
END_TEST

START_TEST(overridden_parts_are_listed_once)
{
	g_autofree char *mine = folder("mine");
	g_autoptr(GPtrArray) parts = NULL;
	const struct flash_part *part;
	struct chipdb *db;

	write_chips("system/spinor/chipdb", FAMILY("F", "system") PART("P1", "F") PART("P2", "F"));
	write_chips("mine", FAMILY("F", "mine") PART("P1", "F"));
	db = chipdb_open(mine, NULL);
	parts = chipdb_list(db, "p");
	ck_assert_uint_eq(parts->len, 2);
	part = g_ptr_array_index(parts, 0);
	ck_assert_str_eq(part->name, "P1");
	ck_assert_str_eq(part->vendor, "mine");
	part = g_ptr_array_index(parts, 1);
	ck_assert_str_eq(part->name, "P2");
	chipdb_close(db);
}
END_TEST

START_TEST(a_flashrom_name_finds_the_part_of_the_highest_folder)
{
	write_chips("system/spinor/chipdb",
		FAMILY("F", "system") PART("P1", "F") "flashrom = X; OLD X\n" PART(
			"P2", "F") "flashrom = OLD X\n");
	write_chips("mine", FAMILY("F", "mine") PART("P3", "F") "flashrom = NEW; old x\n");
	assert_vendor(NULL, "X", "system");
	assert_vendor(NULL, "OLD X", ""); /* two of them */
	assert_vendor("mine", "OLD X", "mine");
	assert_vendor("mine", "NEW", "mine");
}
END_TEST

/* Families in line, and whether the part at the end of them can be read. */
static const struct {
	unsigned int families;
	bool good;
} lines[] = {{1, true}, {32, true}, {33, false}, {100000, false}};

/* _i: the line, in the order that needs no recursion, or in the other one. */
START_TEST(a_line_of_families_has_a_limit)
{
	unsigned int n = lines[_i / 2].families;
	GString *text = g_string_new(FAMILY("F0", "first"));
	g_autoptr(GError) error = NULL;
	g_autofree char *path = folder("mine");
	const struct flash_part *part;
	struct chipdb *db;

	for (unsigned int i = 1; i < n; i++) {
		unsigned int k = _i % 2 == 0 ? i : n - i;

		g_string_append_printf(
			text, "[family F%u]\ninherits = F%u\nvendor = at%u\n", k, k - 1, k);
	}
	g_string_append_printf(text, "[P]\ninherits = F%u\nflashrom = P\nid = 01 02 03\n", n - 1);
	write_chips("mine", text->str);
	g_string_free(text, TRUE);
	db = chipdb_open(path, &error);
	ck_assert_msg(db != NULL, "%s", error ? error->message : "");
	part = chipdb_find(db, "P", &error);
	ck_assert_msg(
		(part != NULL) == lines[_i / 2].good, "%u: %s", n, error ? error->message : "");
	if (!part)
		ck_assert_ptr_nonnull(strstr(
			error->message, "the line of families is too long; allowed: up to 32"));
	chipdb_close(db);
}
END_TEST

Suite *
suite_chipdb_folders(void)
{
	Suite *suite = suite_create("chipdb_folders");
	TCase *tcase = tcase_create("folders");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, files_of_the_user_override_and_add_parts);
	tcase_add_test(tcase, the_environment_replaces_all_other_folders);
	tcase_add_test(tcase, families_do_not_change_parts_of_lower_folders);
	tcase_add_test(tcase, overridden_parts_are_listed_once);
	tcase_add_test(tcase, a_flashrom_name_finds_the_part_of_the_highest_folder);
	tcase_add_loop_test(tcase, a_line_of_families_has_a_limit, 0, 2 * (int)G_N_ELEMENTS(lines));
	suite_add_tcase(suite, tcase);
	return suite;
}
