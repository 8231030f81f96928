/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of keys: values read, and the text of error messages. */
#include "base/keyfile.h"
#include "base/keytable.h"
#include "base/units.h"
#include "base/value.h"
#include "suites.h"

#include <check.h>
#include <string.h>

/* The target. */
struct record {
	uint64_t number;
	int word;
	GString *seen; /* "KEY=VALUE " of each call of take_text() */
	unsigned int given;
};

static bool
take_number(struct base_key_reading *r, const char *value)
{
	uint64_t *number = (void *)((char *)r->target + r->key->field);

	return base_parse_whole(value, 1, 9, number);
}

static bool
take_word(struct base_key_reading *r, const char *value)
{
	struct record *record = r->target;

	return base_value_word(r->key->words, value, &record->word);
}

static bool
take_text(struct base_key_reading *r, const char *value)
{
	struct record *record = r->target;

	if (strcmp(value, "bad") == 0)
		r->why = g_strdup("it is bad");
	g_string_append_printf(record->seen, "%s=%s ", r->name, value);
	return r->why == NULL;
}

static bool
is_numbered(const char *name)
{
	return g_str_has_prefix(name, "text-") && name[5] != '\0';
}

static void
mark_given(void *target, size_t row)
{
	((struct record *)target)->given |= 1u << row;
}

static const struct base_value_word words[] = {{"one", 1}, {"two", 2}, {NULL, 0}};

static const struct base_key first[] = {
	BASE_KEY("number", "1 to 9", take_number, .field = offsetof(struct record, number)),
	BASE_KEY("word", "one and two", take_word, .words = words),
	BASE_KEY("list+", "a text", take_text),
	BASE_KEY("ignored", "a text", NULL),
	BASE_KEY_END,
};

static const struct base_key second[] = {
	BASE_KEY("text-1", "a text", take_text, .matches = is_numbered),
	BASE_KEY("own", NULL, take_text),
	BASE_KEY_END,
};

static bool
read_text(const char *text, const char *manual, struct record *record, GError **error)
{
	const struct base_keytext whole = {"FILE", text, strlen(text), 1, BASE_ERROR_FILE, NULL};
	g_autoptr(GKeyFile) file = base_keyfile_parse(&whole, error);
	const struct base_keygroup group = {.path = "FILE",
		.name = "g",
		.file = file,
		.code = BASE_ERROR_FILE,
		.unknown = manual ? "it has no" : NULL,
		.manual = manual};
	const struct base_keytable tables[] = {
		{first, record, mark_given}, {second, record, NULL}, {NULL, NULL, NULL}};

	return file != NULL && base_keytable_read(&group, tables, error);
}

START_TEST(each_key_goes_to_its_row)
{
	g_autoptr(GString) seen = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	struct record record = {.seen = seen};

	ck_assert_msg(
		read_text("# comment\n[g]\nnumber = 0x7 \nword=two\n\ntext-12= a b\nlist += c\n"
			  "own=\nignored=x\n",
			NULL, &record, &error),
		"%s", error ? error->message : "");
	ck_assert_uint_eq(record.number, 7);
	ck_assert_int_eq(record.word, 2);
	ck_assert_str_eq(seen->str, "text-12=a b list+=c own= ");
	ck_assert_uint_eq(record.given, 1u << 0 | 1u << 1 | 1u << 2 | 1u << 3);
}
END_TEST

#define LINES "; allowed: groups, KEY = VALUE and # comments"
#define KEYS "number, word, list+, ignored, text-1, own"

static const struct {
	const char *text, *manual, *message;
} refused[] = {
	{"[g]\nnubmer=1\n", NULL,
		"FILE: [g]: unknown key \"nubmer\": did you mean number?; allowed are " KEYS},
	{"[g]\nelephant=1\n", NULL, "FILE: [g]: unknown key \"elephant\"; allowed are " KEYS},
	{"[g]\nnubmer=1\n", "the manual",
		"FILE: [g]: it has no \"nubmer\": did you mean number?; the manual lists all"},
	{"[g]\nelephant=1\n", "the manual",
		"FILE: [g]: it has no \"elephant\"; the manual lists all"},
	{"[g]\nnumber=0\n", NULL, "FILE: [g]: number = \"0\" is refused; allowed: 1 to 9"},
	{"[g]\nignored=\n", NULL, "FILE: [g]: ignored = \"\" is refused; allowed: a text"},
	{"[g]\ntext-3=bad\n", NULL,
		"FILE: [g]: text-3 = \"bad\" is refused: it is bad; allowed: a text"},
	{"[g]\nown=bad\n", NULL, "FILE: [g]: it is bad"},
	{"[g]\nword=one\n\n word = two\n", NULL,
		"FILE: line 4: [g]: key \"word\" is there twice; allowed is once"},
	{"[g]\nword=one\n[h]\nword=one\n[g]\n", NULL,
		"FILE: line 5: [g]: the group is there twice; allowed is once"},
	{"[g]\nword\n", NULL, "FILE: line 2: \"word\" is refused" LINES},
	{"[g]\n= one\n", NULL, "FILE: line 2: \"= one\" is refused" LINES},
};

START_TEST(errors_name_the_file_and_line)
{
	g_autoptr(GString) seen = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	struct record record = {.seen = seen};

	ck_assert(!read_text(refused[_i].text, refused[_i].manual, &record, &error));
	ck_assert_str_eq(error->message, refused[_i].message);
	ck_assert(g_error_matches(error, BASE_ERROR, BASE_ERROR_FILE));
	ck_assert_uint_eq(record.given & ~(1u << 1), 0);
}
END_TEST

START_TEST(a_value_without_a_file_is_read_the_same_way)
{
	g_autoptr(GString) seen = g_string_new(NULL);
	struct record record = {.seen = seen};
	g_autofree char *why = NULL;

	ck_assert_int_eq(base_key_find(first, "word"), 1);
	ck_assert_int_eq(base_key_find(first, "wo"), -1);
	ck_assert_int_eq(base_key_find(second, "text-9"), 0);
	ck_assert(base_key_take(&first[1], &record, "two", &why));
	ck_assert_int_eq(record.word, 2);
	ck_assert(!base_key_take(&first[3], &record, "", &why));
	ck_assert_ptr_null(why);
	ck_assert(!base_key_take(&second[1], &record, "bad", NULL));
	ck_assert(!base_key_take(&second[1], &record, "bad", &why));
	ck_assert_str_eq(why, "it is bad");
}
END_TEST

Suite *
suite_keytable(void)
{
	Suite *suite = suite_create("keytable");
	TCase *tcase = tcase_create("keytable");

	tcase_add_test(tcase, each_key_goes_to_its_row);
	tcase_add_loop_test(tcase, errors_name_the_file_and_line, 0, (int)G_N_ELEMENTS(refused));
	tcase_add_test(tcase, a_value_without_a_file_is_read_the_same_way);
	suite_add_tcase(suite, tcase);
	return suite;
}
