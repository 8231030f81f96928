/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares spinor-chipdb(5) with the code: every key and every command is documented. */
#include "chipdb/chipdb.h"
#include "chipdb/partkey.h"
#include "flash/partdata.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static GHashTable *heads; /* the words of all .It lines */

static void
setup(void)
{
	const char *top = g_getenv("TOP_SRCDIR");
	g_autofree char *path = g_build_filename(top ? top : ".", "man", "spinor-chipdb.5", NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "cannot read %s", path);
	heads = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		g_auto(GStrv) words = g_strsplit(*line, " ", -1);

		for (char **word = words; g_str_has_prefix(*line, ".It ") && *word; word++)
			g_hash_table_add(heads, g_strdup(*word));
	}
}

static void
teardown(void)
{
	g_clear_pointer(&heads, g_hash_table_destroy);
}

START_TEST(the_manual_has_every_key)
{
	for (const struct base_key *key = chipdb_partkeys; key->name; key++) {
		/* commands+ and commands- are documented at commands, with += and -=. */
		g_autofree char *name = g_strndup(key->name, strcspn(key->name, "+"));

		if (key->matches) /* "erase-20" stands for all opcodes */
			name[strcspn(name, "-") + 1] = '\0';
		else if (g_str_has_suffix(name, "-"))
			name[strlen(name) - 1] = '\0';
		ck_assert_msg(g_hash_table_contains(heads, name), "no key %s", name);
	}
}
END_TEST

START_TEST(the_manual_has_every_command_of_a_chip)
{
	g_autoptr(GError) error = NULL;
	struct chipdb *db = chipdb_open(NULL, &error);
	g_autoptr(GPtrArray) parts = NULL;

	ck_assert_msg(db != NULL, "%s", error ? error->message : "");
	parts = chipdb_list(db, NULL);
	ck_assert_uint_gt(parts->len, 0);
	for (guint n = 0; n < parts->len; n++) {
		const struct flash_part *part = parts->pdata[n];

		for (unsigned int i = 0; i < part->n_commands; i++)
			ck_assert_msg(g_hash_table_contains(heads, part->commands[i].name),
				"%s: no command %s", part->name, part->commands[i].name);
	}
	chipdb_close(db);
}
END_TEST

Suite *
suite_chipdb_manual(void)
{
	Suite *suite = suite_create("chipdb_manual");
	TCase *tcase = tcase_create("chipdb-manual");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 20);
	tcase_add_test(tcase, the_manual_has_every_key);
	tcase_add_test(tcase, the_manual_has_every_command_of_a_chip);
	suite_add_tcase(suite, tcase);
	return suite;
}
