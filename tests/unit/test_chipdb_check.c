/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The check of a file of chips: all mistakes at once, each in one line with its place. */
#include "chipdb/chipcheck.h"
#include "chipdb/chipdb.h"
#include "chipdb/chipflat.h"
#include "chipdb/partkey.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

static const char family[] =
	"[family F]\nvendor = V\npage = 256\nvoltage = 2.7 V - 3.6 V\n"
	"sr1 = - - - - - - WEL BUSY\nsr1-default = 00 (unconfirmed)\n"
	"commands = READ PP WREN\nfR = 50 MHz\nFR = 104 MHz\ntPP = 1 ms\ntVSL = 10 us\n"
	"tPUW = 5 ms\nerase-20 = 4K, 45 ms\n";

static char *dir;
static char *path;

static void
setup(void)
{
	g_autofree char *base = NULL;

	dir = g_dir_make_tmp("spinor-check-XXXXXX", NULL);
	base = g_build_filename(dir, "base.chips", NULL);
	path = g_build_filename(dir, "mine", NULL);
	ck_assert(g_file_set_contents(base, family, -1, NULL));
	g_setenv("SPINOR_CHIPDB", dir, TRUE);
}

static void
teardown(void)
{
	g_autofree char *base = g_build_filename(dir, "base.chips", NULL);

	g_unlink(base);
	g_unlink(path);
	g_rmdir(dir);
	g_clear_pointer(&path, g_free);
	g_clear_pointer(&dir, g_free);
}

static struct chipdb_check *
check_text(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct chipdb_check *check;

	ck_assert(g_file_set_contents(path, text, -1, NULL));
	check = chipdb_check(NULL, path, &error);
	ck_assert_msg(check != NULL, "%s", error ? error->message : "");
	return check;
}

/* In wanted, FILE is the path. */
static void
assert_lines(const char *lines, const char *wanted)
{
	g_autoptr(GString) text = g_string_new(lines);

	g_string_replace(text, path, "FILE", 0);
	ck_assert_str_eq(text->str, wanted);
}

START_TEST(all_mistakes_are_reported_by_line)
{
	struct chipdb_check *check = check_text(
		"[family G]\ninherits = F\nsr1 = - - - - - - WELL BUSY\ncommands += RSDR1\n"
		"[P1]\ninherits = G\nsize = 9M\nflashromm = X\npage\nid = EF 40 14\nid = EF\n"
		"[two words]\nx = 1\n"
		"[P2]\ninherits = FF\nsize = 1M\nid-tail = repat\ncommands -= PPP\n"
		"[P1]\nsize = 1M\n"
		"[P3]\nsize = 1M\n"
		"[P4]\ninherits = F\nsize = 1M\nflashrom = none\n");

	ck_assert_uint_eq(check->n_mistakes, 12);
	assert_lines(check->mistakes,
		"FILE:3: [family G]: sr1 = \"- - - - - - WELL BUSY\" is refused: unknown bit "
		"\"WELL\": did you mean WEL?; allowed: 8 bits, bit 7 first, each one - or a name "
		"of "
		"spinor-chipdb(5), with /otp, /ro or /v where it applies\n"
		"FILE:4: [family G]: commands+ = \"RSDR1\" is refused: unknown command "
		"\"RSDR1\": did "
		"you mean RDSR1?; allowed: mnemonics of spinor-chipdb(5), each with :OPCODE in hex "
		"where it differs\n"
		"FILE:7: [P1]: size = \"9M\" is refused; allowed: a power of two up to 4G, such as "
		"16M; of a DataFlash also 33/32 of one\n"
		"FILE:8: [P1]: unknown key \"flashromm\": did you mean flashrom?; spinor-chipdb(5) "
		"lists all\n"
		"FILE:9: \"page\" is refused; allowed: groups, KEY = VALUE and # comments\n"
		"FILE:11: [P1]: key \"id\" is there twice; allowed is once\n"
		"FILE:12: [two words] is no group; allowed: [PART] and [family NAME], names "
		"without "
		"blanks\n"
		"FILE:15: [P2]: inherits = \"FF\" is refused: no such family: did you mean F?; "
		"allowed: the NAME of a [family NAME]\n"
		"FILE:17: [P2]: id-tail = \"repat\" is refused: did you mean repeat?; allowed: "
		"repeat, float or zero\n"
		"FILE:18: [P2]: commands- = \"PPP\" is refused: no command \"PPP\" is inherited: "
		"did "
		"you mean PP?; allowed: commands of the family\n"
		"FILE:19: [P1]: the name \"P1\" is taken by [P1] in FILE; allowed: a name that no "
		"other part has\n"
		"FILE:21: [P3]: keys vendor, voltage, commands, fR, FR are missing, here and in "
		"its "
		"families\n");
	ck_assert_str_eq(check->good, "P4: ok, 14 keys\n");
	chipdb_check_free(check);
}
END_TEST

/* "@" is no value of any key but of those that take a text. */
START_TEST(every_key_reports_its_own_line)
{
	static const char *const texts[] = {"inherits", "vendor", "flashrom", "flashprog",
		"flashrom-1.3", "aliases", "sfdp", NULL};
	unsigned int n = 0;

	for (const struct base_key *key = chipdb_partkeys; key->name; key++) {
		bool sign = g_str_has_suffix(key->name, "+") || g_str_has_suffix(key->name, "-");
		size_t length = strlen(key->name) - sign;
		g_autofree char *text =
			g_strdup_printf("[family G]\ninherits = F\n# here:\n%.*s %s= @\nx = 1\n",
				(int)length, key->name, key->name + length);
		g_autofree char *wanted =
			g_strdup_printf("FILE:4: [family G]: %s = \"@\" is refused", key->name);
		g_autoptr(GString) found = NULL;
		struct chipdb_check *check;

		if (g_strv_contains(texts, key->name))
			continue;
		check = check_text(text);
		found = g_string_new(check->mistakes);
		g_string_replace(found, path, "FILE", 0);
		ck_assert_msg(
			g_str_has_prefix(found->str, wanted), "%s: %s", key->name, found->str);
		ck_assert_msg(strstr(found->str, "\nFILE:5: [family G]: unknown key \"x\"") != NULL,
			"%s: %s", key->name, found->str);
		ck_assert_uint_eq(check->n_mistakes, 2);
		chipdb_check_free(check);
		n++;
	}
	ck_assert_uint_gt(n, 80);
}
END_TEST

START_TEST(mistakes_of_several_keys_together_are_all_reported)
{
	struct chipdb_check *check =
		check_text("[P]\ninherits = F\nsize = 1M\nflashrom = none\ncommands += REMS RDSR2 "
			   "WRSR\nsr1-default = 80 (unconfirmed)\n");

	ck_assert_uint_eq(check->n_mistakes, 4);
	assert_lines(check->mistakes,
		"FILE:1: [P]: command REMS needs the key rems, which is missing\n"
		"FILE:1: [P]: command RDSR2 needs the key sr2, which is missing\n"
		"FILE:1: [P]: command WRSR needs the key tW, which is missing\n"
		"FILE:6: [P]: sr1-default sets bit 7, which is reserved (-) in sr1\n");
	chipdb_check_free(check);
}
END_TEST

START_TEST(no_more_than_twenty_are_printed)
{
	g_autoptr(GString) text = g_string_new("[family G]\n");
	struct chipdb_check *check;

	for (int i = 0; i < 30; i++)
		g_string_append_printf(text, "nokey%d = 1\n", i);
	check = check_text(text->str);
	ck_assert_uint_eq(check->n_mistakes, 30);
	ck_assert(g_str_has_suffix(check->mistakes, "\nand 10 more\n"));
	ck_assert(strstr(check->mistakes, "nokey19") && !strstr(check->mistakes, "nokey20"));
	chipdb_check_free(check);
}
END_TEST

START_TEST(missing_facts_are_warnings)
{
	struct chipdb_check *check =
		check_text("[P]\ninherits = F\nsize = 1M\naliases = PA\ncommands += DP RST RSTEN "
			   "RDSFDP\nsfdp = generated\nsr1-default = 00\n");

	ck_assert_uint_eq(check->n_mistakes, 0);
	ck_assert_str_eq(check->good, "P: ok, 16 keys\n");
	assert_lines(check->warnings,
		"FILE:1: warning: [P]: key flashrom is missing: the name that flashrom has for the "
		"chip, or none\n"
		"FILE:1: warning: [P]: times of the data sheet are missing: tDP, tRST\n"
		"FILE:4: warning: [P]: alias PA has no reason in parentheses\n"
		"FILE:6: warning: [P]: sfdp-layout is missing: the first layout is assumed\n"
		"FILE:7: warning: [P]: sr1-default has no source in parentheses\n");
	chipdb_check_free(check);
}
END_TEST

START_TEST(a_file_without_a_group_is_a_mistake)
{
	struct chipdb_check *check = check_text("# nothing\n");

	assert_lines(check->mistakes, "FILE: no group; allowed: [PART] and [family NAME]\n");
	chipdb_check_free(check);
}
END_TEST

/* All files that come with spinor. */
START_TEST(the_installed_files_have_no_mistake)
{
	const char *folder = g_getenv("CHIPDB_DIR");
	g_autoptr(GDir) files = NULL;
	const char *name;

	g_setenv("SPINOR_CHIPDB", folder ? folder : "chipdb", TRUE);
	files = g_dir_open(g_getenv("SPINOR_CHIPDB"), 0, NULL);
	ck_assert_ptr_nonnull(files);
	while ((name = g_dir_read_name(files))) {
		g_autofree char *file = g_build_filename(g_getenv("SPINOR_CHIPDB"), name, NULL);
		struct chipdb_check *check;

		if (!g_str_has_suffix(name, ".chips"))
			continue;
		check = chipdb_check(NULL, file, NULL);
		ck_assert_ptr_nonnull(check);
		ck_assert_str_eq(check->mistakes, "");
		chipdb_check_free(check);
	}
}
END_TEST

static char *
describe(const struct chipdb_flat_key *key)
{
	g_autofree char *file = g_path_get_basename(key->file);

	return g_strdup_printf(
		"%s:%u [%s] %s = %s", file, key->line, key->group, key->key, key->value);
}

START_TEST(the_source_of_a_part_has_the_place_of_each_key)
{
	static const char *const wanted[] = {"base.chips:2 [family F] vendor = V",
		"base.chips:3 [family F] page = 256",
		"base.chips:4 [family F] voltage = 2.7 V - 3.6 V",
		"base.chips:5 [family F] sr1 = - - - - - - WEL BUSY",
		"base.chips:6 [family F] sr1-default = 00 (unconfirmed)",
		"base.chips:7 [family F] commands = READ PP WREN",
		"base.chips:8 [family F] fR = 50 MHz", "base.chips:9 [family F] FR = 104 MHz",
		"base.chips:11 [family F] tVSL = 10 us", "base.chips:12 [family F] tPUW = 5 ms",
		"mine:3 [P] size = 1M", "mine:5 [P] commands+ = WRDI", "mine:6 [P] tPP = 2 ms",
		"mine:7 [P] erase4-20 = 64K, 1 s"};
	g_autoptr(GPtrArray) keys = NULL;
	struct chipdb *db;

	ck_assert(g_file_set_contents(path,
		"[P]\ninherits = F\nsize = 1M\n# why\ncommands += WRDI\ntPP = 2 ms\n"
		"erase4-20 = 64K, 1 s\n",
		-1, NULL));
	db = chipdb_open(path, NULL);
	ck_assert_ptr_nonnull(db);
	keys = chipdb_flat(db, "p", NULL);
	ck_assert_ptr_nonnull(keys);
	ck_assert_uint_eq(keys->len, G_N_ELEMENTS(wanted));
	for (guint i = 0; i < keys->len; i++) {
		g_autofree char *text = describe(keys->pdata[i]);

		ck_assert_str_eq(text, wanted[i]);
	}
	chipdb_close(db);
}
END_TEST

START_TEST(families_are_a_tree_with_the_number_of_parts)
{
	g_autofree char *tree = NULL;
	struct chipdb *db;

	ck_assert(g_file_set_contents(path,
		"[family G]\ninherits = F\n[P1]\ninherits = G\nsize = 1M\n[P2]\ninherits = "
		"F\nsize = "
		"1M\n[family H]\nvendor = V\n",
		-1, NULL));
	db = chipdb_open(path, NULL);
	tree = chipdb_families(db);
	ck_assert_str_eq(tree,
		"F                              2 parts base.chips:1\n"
		"  G                            1 part  mine:1\n"
		"H                              0 parts mine:9\n");
	chipdb_close(db);
}
END_TEST

Suite *
suite_chipdb_check(void)
{
	Suite *suite = suite_create("chipdb_check");
	TCase *tcase = tcase_create("check");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, all_mistakes_are_reported_by_line);
	tcase_add_test(tcase, every_key_reports_its_own_line);
	tcase_add_test(tcase, mistakes_of_several_keys_together_are_all_reported);
	tcase_add_test(tcase, no_more_than_twenty_are_printed);
	tcase_add_test(tcase, missing_facts_are_warnings);
	tcase_add_test(tcase, a_file_without_a_group_is_a_mistake);
	tcase_add_test(tcase, the_installed_files_have_no_mistake);
	tcase_add_test(tcase, the_source_of_a_part_has_the_place_of_each_key);
	tcase_add_test(tcase, families_are_a_tree_with_the_number_of_parts);
	suite_add_tcase(suite, tcase);
	return suite;
}
