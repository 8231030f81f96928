/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares spinor-bench(5) with the code: faults, their settings and keys of boards. */
#include "setup/faultfile.h"
#include "setup/faultwords.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static char *manual;

static void
setup(void)
{
	const char *top = g_getenv("TOP_SRCDIR");
	g_autofree char *path = g_build_filename(top ? top : ".", "man", "spinor-bench.5", NULL);

	ck_assert_msg(g_file_get_contents(path, &manual, NULL, NULL), "cannot read %s", path);
}

static void
teardown(void)
{
	g_clear_pointer(&manual, g_free);
}

static const char *
end_of(const char *section)
{
	const char *ss = strstr(section, "\n.Ss ");
	const char *sh = strstr(section, "\n.Sh ");

	return ss != NULL && ss < sh ? ss : sh;
}

/* The words of all .It lines of a section, or only of the one that begins with item. */
static GHashTable *
heads_of(const char *section, const char *item)
{
	g_autofree char *begin = g_strdup_printf("\n.Ss %s\n", section);
	g_autofree char *head = g_strdup_printf(".It Cm %s ", item ? item : "");
	GHashTable *heads = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const char *from = strstr(manual, begin);
	const char *to = from ? end_of(from + strlen(begin)) : NULL;
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	ck_assert_msg(to != NULL, "no section %s", section);
	text = g_strndup(from, (gsize)(to - from));
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		g_autofree char *whole = g_strconcat(*line, " ", NULL);
		g_auto(GStrv) words = g_strsplit(*line, " ", -1);

		if (!g_str_has_prefix(whole, item ? head : ".It "))
			continue;
		for (char **word = words; *word; word++)
			g_hash_table_add(heads, g_strdup(*word));
	}
	return heads;
}

static const char *
section_of(const struct setup_fault *fault)
{
	if (fault->model == SETUP_FAULT_OF_LINK)
		return "Faults of the line to the host";
	return fault->model == SETUP_FAULT_OF_CHIP ? "Faults of a chip" : "Faults of the wires";
}

static const char *
when_of(const struct setup_fault *fault)
{
	return fault->model == SETUP_FAULT_OF_LINK ? "When a fault of the line acts"
						   : "When a fault acts";
}

/* Settings that not all faults have are listed in the line of the fault. */
START_TEST(the_manual_has_every_fault_with_its_settings)
{
	g_autoptr(GHashTable) described = heads_of("Settings of faults", NULL);
	g_autofree const char **names = setup_fault_names();

	for (const char **name = names; *name; name++) {
		struct setup_fault *fault = setup_fault_new(*name, NULL);
		g_autofree const char **settings = setup_fault_settings(fault);
		g_autoptr(GHashTable) heads = heads_of(section_of(fault), *name);
		g_autoptr(GHashTable) common = heads_of(when_of(fault), NULL);

		ck_assert_msg(g_hash_table_contains(heads, *name),
			"man/spinor-bench.5, Faults: no fault %s", *name);
		for (const char **setting = settings; *setting; setting++) {
			ck_assert_msg(g_hash_table_contains(heads, *setting) ||
					g_hash_table_contains(common, *setting),
				"man/spinor-bench.5, Faults: %s has no setting %s", *name,
				*setting);
			ck_assert_msg(g_hash_table_contains(described, *setting) ||
					g_hash_table_contains(common, *setting),
				"man/spinor-bench.5, Settings of faults: %s is not described",
				*setting);
		}
		setup_fault_free(fault);
	}
}
END_TEST

/* Compares in the other direction. */
START_TEST(every_setting_of_the_manual_exists)
{
	static const char *const sections[] = {
		"Faults of the wires", "Faults of a chip", "Faults of the line to the host"};
	g_autofree const char **names = setup_fault_names();

	for (const char **name = names; *name; name++) {
		struct setup_fault *fault = setup_fault_new(*name, NULL);
		g_autofree const char **settings = setup_fault_settings(fault);
		g_autoptr(GHashTable) heads = heads_of(section_of(fault), *name);
		GHashTableIter iter;
		void *word;

		g_hash_table_iter_init(&iter, heads);
		while (g_hash_table_iter_next(&iter, &word, NULL)) {
			if (g_ascii_islower(*(char *)word) && strcmp(word, *name) != 0)
				ck_assert_msg(g_strv_contains((const char *const *)settings, word),
					"%s: %s is no setting of it", *name, (char *)word);
		}
		setup_fault_free(fault);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
		g_autoptr(GHashTable) heads = heads_of(sections[i], NULL);

		ck_assert_uint_gt(g_hash_table_size(heads), 5);
	}
}
END_TEST

START_TEST(the_manual_has_every_key_of_a_board)
{
	g_autoptr(GHashTable) heads = heads_of("Groups board NAME", NULL);
	g_autofree const char **keys = setup_board_keys();

	ck_assert_ptr_nonnull(keys[0]);
	for (const char **key = keys; *key; key++)
		ck_assert_msg(g_hash_table_contains(heads, *key), "no key %s", *key);
}
END_TEST

START_TEST(the_manual_describes_the_target_of_a_fault)
{
	static const char *const keys[] = {"what", "adapter", "chip"};
	g_autoptr(GHashTable) heads = heads_of("Groups fault NAME", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		ck_assert_msg(g_hash_table_contains(heads, keys[i]), "no key %s", keys[i]);
}
END_TEST

Suite *
suite_fault_manual(void)
{
	Suite *suite = suite_create("fault_manual");
	TCase *tcase = tcase_create("fault-manual");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, the_manual_has_every_fault_with_its_settings);
	tcase_add_test(tcase, every_setting_of_the_manual_exists);
	tcase_add_test(tcase, the_manual_has_every_key_of_a_board);
	tcase_add_test(tcase, the_manual_describes_the_target_of_a_fault);
	suite_add_tcase(suite, tcase);
	return suite;
}
