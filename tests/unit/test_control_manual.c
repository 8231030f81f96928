/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares spinor-control(7) with the code: methods, their parameters and results, kinds of events.
 */
#include "control/events.h"
#include "control/methods.h"
#include "control/schema.h"
#include "suites.h"
#include "trace/stats.h"

#include <check.h>
#include <string.h>

static char *manual;

static char *
read_file(const char *folder, const char *name)
{
	const char *top = g_getenv("TOP_SRCDIR");
	g_autofree char *path = g_build_filename(top ? top : ".", folder, name, NULL);
	char *text;

	ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "cannot read %s", path);
	return text;
}

static void
setup(void)
{
	manual = read_file("man", "spinor-control.7");
}

static void
teardown(void)
{
	g_clear_pointer(&manual, g_free);
}

/* The text from the heading to the next heading of the same level. */
static char *
section(const char *heading)
{
	g_autofree char *begin = g_strdup_printf("\n.Sh %s\n", heading);
	const char *from = strstr(manual, begin);
	const char *to = from ? strstr(from + strlen(begin), "\n.Sh ") : NULL;

	ck_assert_msg(to != NULL, "no section %s", heading);
	return g_strndup(from, (gsize)(to - from));
}

/* Names in lines that begin with macro, separated by " , ": each with the text up to the next such
 * line. */
static GHashTable *
entries(const char *text, const char *macro)
{
	GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autofree char *split = g_strdup_printf("\n%s ", macro);
	g_auto(GStrv) parts = g_strsplit(text, split, -1);

	for (char **part = parts + 1; *part; part++) {
		g_autofree char *line = g_strndup(*part, strcspn(*part, "\n"));
		g_auto(GStrv) names = g_strsplit(line, " , ", -1);

		for (char **name = names; *name; name++)
			ck_assert_msg(g_hash_table_insert(found, g_strdup(*name), g_strdup(*part)),
				"%s is there twice", *name);
	}
	return found;
}

static bool
matches(const char *text, const char *before, const char *word)
{
	g_autofree char *pattern = g_strdup_printf("(?m)%s%s(?![\\w])", before, word);

	return g_regex_match_simple(pattern, text, 0, 0);
}

static bool
has_word(const char *text, const char *word)
{
	return matches(text, "(?<![\\w.])", word);
}

/* As an entry of a list, or marked as literal; not just somewhere in a sentence. */
static bool
has_entry(const char *text, const char *word)
{
	return matches(text, "^\\.(?:It|Ql)\\b.* \"?", word);
}

static GHashTable *
methods_described(void)
{
	g_autofree char *text = section("METHODS");

	return entries(text, ".Ss");
}

START_TEST(the_manual_has_every_method)
{
	g_autoptr(GHashTable) described = methods_described();
	const struct control_method *method;

	for (size_t i = 0; (method = control_method_at(i)); i++)
		ck_assert_msg(g_hash_table_contains(described, method->name),
			"man/spinor-control.7: no method %s", method->name);
}
END_TEST

START_TEST(every_method_of_the_manual_exists)
{
	g_autoptr(GHashTable) described = methods_described();
	GHashTableIter iter;
	void *name;

	ck_assert_uint_gt(g_hash_table_size(described), 20);
	g_hash_table_iter_init(&iter, described);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		ck_assert_msg(control_method_find(name) != NULL, "%s is no method", (char *)name);
}
END_TEST

/* The manual describes the parameters adapter and cs once, for all methods. */
static bool
is_common(const char *param)
{
	return strcmp(param, "adapter") == 0 || strcmp(param, "cs") == 0;
}

START_TEST(the_manual_has_every_parameter_and_result)
{
	g_autoptr(GHashTable) described = methods_described();
	const struct control_method *method;

	for (size_t i = 0; (method = control_method_at(i)); i++) {
		const char *text = g_hash_table_lookup(described, method->name);
		g_auto(GStrv) fields = g_strsplit(method->result, " ", -1);

		ck_assert_msg(text != NULL, "man/spinor-control.7: no method %s", method->name);
		for (const struct control_param *param = method->params; param->name; param++)
			ck_assert_msg(is_common(param->name) || has_entry(text, param->name),
				"%s: no parameter %s", method->name, param->name);
		for (char **field = fields + 1; fields[0] && *field; field++) {
			g_autofree char *name = g_strndup(*field, strcspn(*field, ":"));

			ck_assert_msg(
				has_entry(text, name), "%s: no result %s", method->name, name);
		}
	}
}
END_TEST

/* Lines ".It NAME" after a method, up to "Result:", are its parameters. */
START_TEST(every_parameter_of_the_manual_exists)
{
	g_autoptr(GHashTable) described = methods_described();
	const struct control_method *method;

	for (size_t i = 0; (method = control_method_at(i)); i++) {
		const char *text = g_hash_table_lookup(described, method->name);
		const char *end = text ? strstr(text, "\nResult:") : NULL;
		g_autofree char *first =
			text ? g_strndup(text, end ? (gsize)(end - text) : 0) : NULL;
		g_autoptr(GHashTable) items = entries(first ? first : "", ".It");
		GHashTableIter iter;
		void *name;

		g_hash_table_iter_init(&iter, items);
		while (g_hash_table_iter_next(&iter, &name, NULL)) {
			const struct control_param *param = method->params;

			while (param->name && strcmp(param->name, name) != 0)
				param++;
			ck_assert_msg(param->name != NULL, "%s: %s is no parameter of it",
				method->name, (char *)name);
		}
	}
}
END_TEST

START_TEST(the_manual_has_every_kind_of_event)
{
	g_autofree char *text = section("EVENTS");
	g_autoptr(GHashTable) described = entries(text, ".It");

	for (const char *const *kind = control_event_kinds; *kind; kind++)
		ck_assert_msg(g_hash_table_contains(described, *kind), "no kind %s", *kind);
}
END_TEST

START_TEST(every_kind_of_the_manual_exists)
{
	g_autofree char *text = section("EVENTS");
	g_autoptr(GHashTable) described = entries(text, ".It");
	GHashTableIter iter;
	void *name;

	g_hash_table_iter_init(&iter, described);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		ck_assert_msg(
			g_strv_contains(control_event_kinds, name), "%s is no kind", (char *)name);
}
END_TEST

START_TEST(the_manual_of_the_tool_has_every_kind)
{
	static const char *const files[][2] = {{"man", "spinor.1"}};

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *text = read_file(files[i][0], files[i][1]);
		const char *list = strstr(text, "operation");

		/* Begins at a word that no other list contains. */
		while (list && !g_str_has_prefix(list, "operation ready") &&
			!g_str_has_prefix(list, "operation , ready"))
			list = strstr(list + 1, "operation");
		ck_assert_msg(list != NULL, "no kinds in %s", files[i][1]);
		g_autofree char *words = g_strndup(list, 160);

		for (const char *const *kind = control_event_kinds; *kind; kind++)
			ck_assert_msg(
				has_word(words, *kind), "no kind %s in %s", *kind, files[i][1]);
	}
}
END_TEST

/* spinor(1) describes each counter by the name that --assert takes. */
START_TEST(the_manual_of_the_tool_has_every_counter)
{
	g_autofree char *text = read_file("man", "spinor.1");
	char *from = strstr(text, "\n.Ss stats");
	char *end = from ? strstr(from + 1, "\n.Ss ") : NULL;

	ck_assert_ptr_nonnull(end);
	*end = '\0';
	for (enum trace_counter i = 0; i < TRACE_BY_OPCODE; i++) {
		g_autofree char *name = trace_counter_name(i);
		const char *point = name ? strchr(name, '.') : NULL;

		if (name)
			ck_assert_msg(matches(from, "^\\.(?:It|Ql)\\b.*", point ? point + 1 : name),
				"man/spinor.1: no counter %s", name);
	}
}
END_TEST

Suite *
suite_control_manual(void)
{
	Suite *suite = suite_create("control_manual");
	TCase *tcase = tcase_create("control-manual");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, the_manual_has_every_method);
	tcase_add_test(tcase, every_method_of_the_manual_exists);
	tcase_add_test(tcase, the_manual_has_every_parameter_and_result);
	tcase_add_test(tcase, every_parameter_of_the_manual_exists);
	tcase_add_test(tcase, the_manual_has_every_kind_of_event);
	tcase_add_test(tcase, every_kind_of_the_manual_exists);
	tcase_add_test(tcase, the_manual_of_the_tool_has_every_kind);
	tcase_add_test(tcase, the_manual_of_the_tool_has_every_counter);
	suite_add_tcase(suite, tcase);
	return suite;
}
