/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sources that chip files state: why an alias is the same chip as its part, and where the
 * delivered value of a register comes from. All files that come with spinor must state both.
 */
#include "chips_fixture.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "suites.h"

#include <check.h>
#include <glib.h>
#include <string.h>

#define GROUP(keys)                                                                     \
	"[P1]\nvendor = V\nsize = 1M\nvoltage = 2.7 V - 3.6 V\ncommands = READ RDSR1\n" \
	"fR = 50 MHz\nFR = 104 MHz\nsr1 = QE - - - - - - -\n" keys

/* A file's tags of documents, which its head lists as "# [TAG] title". */
static GHashTable *
tags_of_head(char **lines)
{
	GHashTable *tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (char **line = lines; *line && (**line == '#' || **line == '\0'); line++) {
		const char *end = g_str_has_prefix(*line, "# [") ? strchr(*line, ']') : NULL;

		if (end)
			g_hash_table_add(tags, g_strndup(*line + 3, (gsize)(end - *line - 3)));
	}
	return tags;
}

/* The line's "[TAG SECTION; TAG]" name documents of the head. */
static void
check_tags(GHashTable *tags, const char *file, const char *line)
{
	for (const char *at = strchr(line, '['); at; at = strchr(at + 1, '[')) {
		g_autofree char *inside = g_strndup(at + 1, strcspn(at + 1, "]"));
		g_auto(GStrv) documents = g_strsplit(inside, ";", -1);

		for (char **document = documents; *document; document++) {
			g_strstrip(*document);
			(*document)[strcspn(*document, " ")] = '\0';
			ck_assert_msg(g_hash_table_contains(tags, *document),
				"%s: \"%s\": no document [%s] in the head of the file", file, line,
				*document);
		}
	}
}

static void
check_file(const char *path)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GHashTable) tags = NULL;

	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	tags = tags_of_head(lines);
	for (char **line = lines; *line; line++) {
		g_auto(GStrv) words = g_strsplit(*line, " = ", 2);

		if (**line != '#' && words[0] && words[1] && strchr(words[1], '('))
			if (strcmp(words[0], "aliases") == 0 ||
				g_str_has_suffix(words[0], "-default"))
				check_tags(tags, path, words[1]);
	}
}

START_TEST(sources_name_documents_of_the_head)
{
	const char *folder = g_getenv("SPINOR_CHIPDB");
	g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(entries))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (g_str_has_suffix(name, ".chips"))
			check_file(path);
	}
}
END_TEST

/* Host tools join names: "X/Y", "X(A/B)" for X, XA and XB, and "." for any letter. */
static bool
lists(const char *definition, const char *alias)
{
	g_autoptr(GString) pattern = g_string_new("^(");

	for (const char *c = definition; *c; c++) {
		if (*c == ')')
			g_string_append(pattern, ")?");
		else
			g_string_append_c(pattern, *c == '/' ? '|' : *c);
	}
	g_string_append(pattern, ")$");
	return g_regex_match_simple(pattern->str, alias, 0, 0);
}

/* An ordering code contains the name of the part, without its suffix, and more letters. */
static bool
is_ordering_code(const struct flash_part *part, const char *alias)
{
	g_autofree char *bare = g_strndup(part->name, strcspn(part->name, "-"));

	return strstr(alias, bare) && strlen(alias) > strlen(bare) + 1;
}

static bool
is_source(const char *text)
{
	return g_str_has_prefix(text, "unconfirmed") || strchr(text, '[');
}

static bool
is_reason(const struct flash_part *part, const char *alias, const char *reason)
{
	if (g_str_has_prefix(reason, "ordering code"))
		return is_ordering_code(part, alias);
	if (!g_str_has_prefix(reason, "flashrom"))
		return is_source(reason);
	for (const char *const *name = part->flashrom_names; *name; name++) {
		if (lists(*name, alias))
			return true;
	}
	return false;
}

START_TEST(aliases_state_why_they_are_the_same_chip)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);

		for (unsigned int j = 0; part->aliases && part->aliases[j]; j++) {
			if (is_reason(part, part->aliases[j], part->alias_reasons[j]))
				continue;
			wrong++;
			g_printerr("# %s: alias %s: \"%s\" is no reason; allowed: ordering code, "
				   "flashrom if one of its definitions lists it, [DOCUMENT], "
				   "unconfirmed\n",
				part->name, part->aliases[j], part->alias_reasons[j]);
		}
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

static bool
has_register(const struct flash_part *part, unsigned int reg)
{
	for (unsigned int bit = 0; bit < 8; bit++) {
		if (part->status[reg][bit].function != FLASH_BIT_NONE)
			return true;
	}
	return false;
}

START_TEST(delivered_values_have_a_source)
{
	static const char *const names[] = {"sr1", "sr2", "sr3", "cr2", "cr3", "cr4"};
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);

		for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++) {
			const char *source = part->status_source[reg];

			if (!has_register(part, reg) || (source && is_source(source)))
				continue;
			wrong++;
			g_printerr("# %s: %s-default has no source; allowed: [DOCUMENT] or "
				   "unconfirmed, in parentheses after the byte\n",
				part->name, names[reg]);
		}
		if (flash_opcode(part, "RDEVCR") >= 0 &&
			!(part->evcr_source && is_source(part->evcr_source))) {
			wrong++;
			g_printerr("# %s: evcr-default has no source\n", part->name);
		}
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

static const struct flash_part *
part_of(const char *keys, struct chipdb **text_db)
{
	g_autofree char *text = g_strconcat(GROUP(""), keys, NULL);
	g_autoptr(GError) error = NULL;
	const struct flash_part *part;

	*text_db = chipdb_open_text(text, &error);
	ck_assert_msg(*text_db != NULL, "%s", error ? error->message : "");
	part = chipdb_find(*text_db, "P1", &error);
	ck_assert_msg(part != NULL, "%s", error ? error->message : "");
	return part;
}

START_TEST(a_source_follows_its_value_in_parentheses)
{
	g_autoptr(GError) error = NULL;
	struct chipdb *text_db;
	const struct flash_part *part = part_of("sr1-default = 80 ([JV 7.1; SFDP])\n"
						"aliases = A1 (ordering code); B2;C3(flashrom)\n",
		&text_db);

	ck_assert_uint_eq(part->status_default[0], 0x80);
	ck_assert_str_eq(part->status_source[0], "[JV 7.1; SFDP]");
	ck_assert_ptr_null(part->status_source[1]);
	ck_assert_str_eq(part->aliases[0], "A1");
	ck_assert_str_eq(part->alias_reasons[0], "ordering code");
	ck_assert_str_eq(part->alias_reasons[1], "");
	ck_assert_str_eq(part->aliases[2], "C3");
	ck_assert_str_eq(part->alias_reasons[2], "flashrom");
	ck_assert_ptr_null(part->alias_reasons[3]);
	ck_assert_ptr_eq(chipdb_find(text_db, "a1", &error), part);
	ck_assert_ptr_eq(chipdb_find(text_db, "C3", &error), part);
	chipdb_close(text_db);
}
END_TEST

static const char *const malformed[] = {"sr1-default = 80 ()\n", "sr1-default = 80 (a\n",
	"sr1-default = 80 a)\n", "sr1-default = 80 (a) b\n", "sr1-default = (a)\n",
	"aliases = A1 ()\n", "aliases = A1 (a\n", "aliases = A1 (a) b\n", "aliases = (a)\n",
	"aliases = A 1 (a)\n", "aliases = A1 ((a))\n"};

START_TEST(malformed_sources_are_refused)
{
	g_autofree char *text = g_strconcat(GROUP(""), malformed[_i], NULL);
	g_autoptr(GError) error = NULL;
	struct chipdb *text_db = chipdb_open_text(text, NULL);

	ck_assert_ptr_nonnull(text_db);
	ck_assert_ptr_null(chipdb_find(text_db, "P1", &error));
	ck_assert_msg(strstr(error->message, "in parentheses"), "%s", error->message);
	chipdb_close(text_db);
}
END_TEST

#define SOURCE_HEAD "# [A]   a data sheet\n"
#define SOURCE_FAMILY "# A family.\n[family F]\nsize = 1M\npage = 256\n"
#define SOURCE_PART "# [A 3] the ID.\n[P1]\ninherits = F\n# Not in [A].\nid = 01 02 03\n"
#define SOURCE_KEYS "vendor = V\nvoltage = 1 V - 2 V\nfR = 1 MHz\nFR = 1 MHz\ncommands = READ\n"

/* The part, then its families, then the documents; neither other parts nor the licence. */
START_TEST(a_source_is_the_text_of_the_files)
{
	struct chipdb *text_db =
		chipdb_open_text("# SPDX-License-Identifier: X\n#\n" SOURCE_HEAD
				 "\n# Another.\n[P0]\ninherits = F\n\n" SOURCE_FAMILY SOURCE_KEYS
				 "\n" SOURCE_PART "\n[P2]\ninherits = F\n",
			NULL);
	g_autofree char *source = NULL;
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_nonnull(text_db);
	source = chipdb_source(text_db, "p1", &error);
	ck_assert_msg(source != NULL, "%s", error ? error->message : "");
	ck_assert_str_eq(source,
		"text, line 20:\n" SOURCE_PART "\ntext, line 10:\n" SOURCE_FAMILY SOURCE_KEYS
		"\ntext:\n" SOURCE_HEAD);
	ck_assert_ptr_null(chipdb_source(text_db, "P3", &error));
	ck_assert_ptr_nonnull(error);
	chipdb_close(text_db);
}
END_TEST

Suite *
suite_chipdb_sources(void)
{
	Suite *suite = suite_create("chipdb_sources");
	TCase *tcase = tcase_create("chipdb-sources");

	tcase_add_checked_fixture(tcase, chips_setup, chips_teardown);
	tcase_add_test(tcase, sources_name_documents_of_the_head);
	tcase_add_test(tcase, aliases_state_why_they_are_the_same_chip);
	tcase_add_test(tcase, delivered_values_have_a_source);
	tcase_add_test(tcase, a_source_follows_its_value_in_parentheses);
	tcase_add_test(tcase, a_source_is_the_text_of_the_files);
	tcase_add_loop_test(tcase, malformed_sources_are_refused, 0, G_N_ELEMENTS(malformed));
	suite_add_tcase(suite, tcase);
	return suite;
}
