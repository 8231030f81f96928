/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guide to faults: complete, and the same as spinor-bench(5), examples/ and the parsers. */
#include "setup/faultguide.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static char *
read_file(const char *folder, const char *name)
{
	const char *top = g_getenv("TOP_SRCDIR");
	g_autofree char *path = g_build_filename(top ? top : ".", folder, name, NULL);
	char *text = NULL;

	ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "cannot read %s", path);
	return text;
}

typedef void each_kind(const struct setup_fault *fault, const struct setup_fault_guide *guide);

static void
for_each_kind(each_kind *function)
{
	g_autofree const char **names = setup_fault_names();

	ck_assert_uint_gt(g_strv_length((char **)names), 40);
	for (const char **name = names; *name; name++) {
		struct setup_fault *fault = setup_fault_new(*name, NULL);

		function(fault, setup_fault_guide(fault));
		setup_fault_free(fault);
	}
}

static void
check_complete(const struct setup_fault *fault, const struct setup_fault_guide *guide)
{
	const char *const texts[] = {guide->event, guide->seen, guide->find, guide->fix};
	struct setup_fault *example;
	g_autofree char *begin = g_strconcat(fault->text, " ", NULL);

	ck_assert_msg(guide->symptom != SETUP_SYMPTOM_NONE, "%s has no guide", fault->text);
	ck_assert_ptr_nonnull(setup_symptom_title(guide->symptom));
	ck_assert_msg(guide->summary && strlen(guide->summary) <= 60, "%s: summary", fault->text);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		ck_assert_msg(texts[i] &&
				(g_str_has_suffix(texts[i], ".") ||
					g_str_has_suffix(texts[i], ".\"")),
			"%s: text %zu", fault->text, i);
	ck_assert_ptr_nonnull(guide->example);
	ck_assert_msg(
		g_str_has_prefix(guide->example, begin) || strcmp(guide->example, fault->text) == 0,
		"%s: the example is for another kind: %s", fault->text, guide->example);
	ck_assert_msg(strlen(guide->example) <= 47, "%s: the example does not fit", fault->text);
	example = setup_fault_parse(guide->example, NULL);
	ck_assert_msg(
		example != NULL, "%s: the example is refused: %s", fault->text, guide->example);
	setup_fault_free(example);
}

START_TEST(every_kind_of_fault_has_a_guide)
{
	for_each_kind(check_complete);
}
END_TEST

static bool
is_same(const struct setup_fault *a, const struct setup_fault *b)
{
	if (a->model == SETUP_FAULT_OF_WIRES)
		return memcmp(&a->wires, &b->wires, sizeof a->wires) == 0;
	if (a->model == SETUP_FAULT_OF_CHIP)
		return memcmp(&a->chip, &b->chip, sizeof a->chip) == 0;
	return memcmp(&a->link, &b->link, sizeof a->link) == 0;
}

/* To give a setting its usual value changes nothing. */
static void
check_usual(const struct setup_fault *fault, const struct setup_fault_guide *guide)
{
	struct setup_fault_setting *settings = setup_fault_settings_explained(fault);

	(void)guide;
	for (struct setup_fault_setting *setting = settings; setting->name; setting++) {
		struct setup_fault *other = setup_fault_new(fault->text, NULL);

		ck_assert(setting->about && setting->allowed && setting->usual);
		if (*setting->usual != '(')
			ck_assert_msg(setup_fault_set(other, setting->name, setting->usual, NULL) &&
					is_same(fault, other),
				"%s: %s is not %s without the setting", fault->text, setting->name,
				setting->usual);
		else if (strcmp(setting->name, "count") == 0)
			ck_assert_msg(setup_fault_when(other)->count == 0, "%s: count has a limit",
				fault->text);
		setup_fault_free(other);
	}
	setup_fault_settings_free(settings);
}

START_TEST(the_usual_values_are_those_of_the_parsers)
{
	for_each_kind(check_usual);
}
END_TEST

/* The first sentence below the item of the kind, without macros. */
static char *
first_sentence(const char *manual, const char *kind)
{
	g_autofree char *head = g_strdup_printf("\n.It Cm %s", kind);
	const char *at = strstr(manual, "\n.Ss Faults of the wires");
	g_autoptr(GString) text = g_string_new(NULL);

	for (at = strstr(at, head); at; at = strstr(at + 1, head))
		if (at[strlen(head)] == '\n' || g_str_has_prefix(at + strlen(head), " Pq"))
			break;
	ck_assert_msg(at != NULL, "no item %s", kind);
	for (at = strchr(at + 1, '\n') + 1; !g_str_has_prefix(at, ".It");
		at = strchr(at, '\n') + 1) {
		size_t n = strcspn(at, "\n");

		g_string_append_len(text, at, (gssize)n);
		if (n > 0 && at[n - 1] == '.')
			break;
		g_string_append_c(text, ' ');
	}
	return g_strdup(g_strchomp(text->str));
}

static char *bench_manual;

static void
check_manual(const struct setup_fault *fault, const struct setup_fault_guide *guide)
{
	g_autofree char *sentence = first_sentence(bench_manual, fault->text);

	ck_assert_str_eq(guide->event, sentence);
}

START_TEST(the_event_is_the_first_sentence_of_the_manual)
{
	bench_manual = read_file("man", "spinor-bench.5");
	for_each_kind(check_manual);
	g_clear_pointer(&bench_manual, g_free);
}
END_TEST

static char *readme;

/* The columns of the bench's row. */
static char **
row_of(const char *bench)
{
	g_autofree char *begin = g_strdup_printf("\n| [%s](%s.bench) | ", bench, bench);
	const char *at = strstr(readme, begin);
	g_autofree char *row = NULL;

	ck_assert_msg(at != NULL, "examples/README.md has no row %s", bench);
	row = g_strndup(at + strlen(begin), strcspn(at + strlen(begin), "\n"));
	return g_strsplit(row, " | ", -1);
}

static void
check_bench(const struct setup_fault *fault, const struct setup_fault_guide *guide)
{
	g_autofree char *what = g_strdup_printf("\nwhat = %s\n", fault->text);
	g_autofree char *name = g_strdup_printf("%s.bench", guide->bench);
	g_autofree char *text = NULL;
	g_auto(GStrv) row = NULL;

	if (guide->bench == NULL)
		return;
	text = read_file("examples", name);
	ck_assert_msg(strstr(text, what) != NULL, "%s is not in %s", fault->text, name);
	row = row_of(guide->bench);
	ck_assert_uint_eq(g_strv_length(row), 3);
	g_strchomp(g_strdelimit(row[2], "|", ' '));
	ck_assert_msg(g_str_has_prefix(guide->seen, row[0]), "%s: seen does not begin with: %s",
		fault->text, row[0]);
	ck_assert_msg(g_str_has_prefix(guide->fix, row[2]), "%s: fix does not begin with: %s",
		fault->text, row[2]);
}

START_TEST(symptom_and_remedy_are_those_of_the_example)
{
	readme = read_file("examples", "README.md");
	for_each_kind(check_bench);
	g_clear_pointer(&readme, g_free);
}
END_TEST

static void
check_no_bench(const struct setup_fault *fault, const struct setup_fault_guide *guide)
{
	g_autofree char *what = g_strdup_printf("\nwhat = %s\n", fault->text);
	const char *top = g_getenv("TOP_SRCDIR");
	g_autofree char *folder = g_build_filename(top ? top : ".", "examples", NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	ck_assert_ptr_nonnull(dir);
	while (guide->bench == NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *text = NULL;

		if (!g_str_has_suffix(name, ".bench"))
			continue;
		text = read_file("examples", name);
		ck_assert_msg(
			strstr(text, what) == NULL, "%s: %s is an example", fault->text, name);
	}
}

START_TEST(a_kind_with_an_example_names_it)
{
	for_each_kind(check_no_bench);
}
END_TEST

Suite *
suite_fault_guide(void)
{
	Suite *suite = suite_create("fault_guide");
	TCase *tcase = tcase_create("fault-guide");

	tcase_add_test(tcase, every_kind_of_fault_has_a_guide);
	tcase_add_test(tcase, the_usual_values_are_those_of_the_parsers);
	tcase_add_test(tcase, the_event_is_the_first_sentence_of_the_manual);
	tcase_add_test(tcase, symptom_and_remedy_are_those_of_the_example);
	tcase_add_test(tcase, a_kind_with_an_example_names_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
