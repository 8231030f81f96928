/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a bench, and the limit of the paths in a bench file. */
#include "setup/files.h"

#include "setup/benchfile.h"
#include "setup/faultfile.h"
#include "setup/options.h"
#include "setup/setup.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *top, *own, *file;

static void
make_folders(void)
{
	top = g_dir_make_tmp("spinor-files.XXXXXX", NULL);
	own = g_build_filename(top, "own", NULL);
	file = g_build_filename(own, "a.bench", NULL);
	ck_assert_int_eq(g_mkdir(own, 0755), 0);
}

static void
remove_all(const char *folder)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		g_remove(path);
	}
	g_dir_close(dir);
	ck_assert_int_eq(g_rmdir(folder), 0);
}

static void
remove_folders(void)
{
	remove_all(own);
	remove_all(top);
	g_free(top);
	g_free(own);
	g_free(file);
}

static void
write_file(const char *path, const char *text)
{
	ck_assert(g_file_set_contents(path, text, -1, NULL));
}

static struct setup_bench *
read_bench(const char *option, GError **error)
{
	char *words[] = {(char *)"spinord", file, (char *)option, NULL};
	char **argv = words;
	int argc = option != NULL ? 3 : 2;
	struct setup_options *options = setup_options_parse(&argc, &argv, error);
	struct setup_bench *setup = options != NULL ? setup_new(options, error) : NULL;

	setup_options_free(options);
	return setup;
}

/* A bench file with a line more in one of its groups. */
static void
write_bench(const char *kind, const char *line)
{
	static const char *const groups[][2] = {
		{"bench", "[bench]\n"},
		{"adapter", "[adapter a]\n"},
		{"chip", "[chip b]\n"},
		{"board", "[board r]\n"},
	};
	static const char *const rest[] = {
		"", "", "part = W25Q80DV\n", "magic = 0x0 55\nchip = b\n"};
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
		bool here = strcmp(groups[i][0], kind) == 0;
		g_auto(GStrv) lines = g_strsplit(rest[i], "\n", -1);

		g_string_append(text, groups[i][1]);
		for (char **at = lines; *at != NULL; at++) {
			size_t key = strcspn(line, "=");

			/* The line replaces one of the same key. */
			if (**at != '\0' && !(here && strncmp(*at, line, key) == 0))
				g_string_append_printf(text, "%s\n", *at);
		}
		if (here)
			g_string_append_printf(text, "%s\n", line);
	}
	write_file(file, text->str);
}

/* Keys that take any text. A path outside is refused in all others: as a path, or as no value. */
static const char *const names[] = {"profile", "program-name", "chip", "part", NULL};

static void
check_key(const char *kind, const char *key)
{
	g_autofree char *line = g_strdup_printf("%s = ../outside", key);
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) why = NULL;
	struct setup_bench *setup;

	write_bench(kind, line);
	setup = read_bench("--no-restrict", &why);
	if (setup == NULL || (g_strv_contains(names, key) && strcmp(kind, "board") != 0)) {
		setup_free(setup);
		return;
	}
	setup_free(setup);
	setup = read_bench("--restrict", &error);
	ck_assert_msg(setup == NULL, "[%s] %s = ../outside is allowed", kind, key);
	ck_assert_msg(strstr(error->message, "/../outside: outside of ") != NULL, "[%s] %s: %s",
		kind, key, error->message);
	ck_assert_int_eq(error->code, 0);
}

START_TEST(no_key_leads_out_of_the_folder)
{
	static const char *const kinds[] = {"bench", "adapter", "chip", "board"};
	g_autofree char *outside = g_build_filename(top, "outside", NULL);
	unsigned int n = 0;

	write_file(outside, "x");
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree const char **keys = strcmp(kinds[i], "board") == 0
			? setup_board_keys()
			: setup_file_keys(kinds[i]);

		for (const char **key = keys; *key != NULL; key++, n++)
			check_key(kinds[i], *key);
	}
	ck_assert_uint_gt(n, 30);
}
END_TEST

static const struct {
	const char *image;
	bool allowed;
} paths[] = {
	{"inside", true},
	{"./inside", true},
	{"new", true},
	{"missing/new", true}, /* opening it fails */
	{"../own/new", true},
	{"../outside", false},
	{"../new", false},
	{"missing/../../new", false},
	{"link/outside", false},
	{"link/new", false},
	{"link/../new", false},
	{"link/own/new", true},
	{"dangling", false},
	{"/etc/passwd", false},
	{"/", false},
};

START_TEST(links_and_dots_are_resolved)
{
	g_autofree char *inside = g_build_filename(own, "inside", NULL);
	g_autofree char *link = g_build_filename(own, "link", NULL);
	g_autofree char *dangling = g_build_filename(own, "dangling", NULL);
	g_autofree char *line = g_strdup_printf("image = %s", paths[_i].image);
	g_autofree char *outside = g_build_filename(top, "outside", NULL);
	g_autoptr(GError) error = NULL;
	struct setup_bench *setup;

	write_file(inside, "x");
	write_file(outside, "x");
	ck_assert_int_eq(symlink("..", link), 0);
	ck_assert_int_eq(symlink("../nothing", dangling), 0);
	write_bench("chip", line);
	setup = read_bench("--restrict", &error);
	ck_assert_msg((setup != NULL) == paths[_i].allowed, "%s: %s", paths[_i].image,
		error != NULL ? error->message : "allowed");
	setup_free(setup);
}
END_TEST

START_TEST(a_link_to_a_terminal_is_replaced_not_followed)
{
	g_autofree char *dangling = g_build_filename(own, "dangling", NULL);
	g_autoptr(GError) error = NULL;
	struct setup_bench *setup;

	ck_assert_int_eq(symlink("/dev/pts/999", dangling), 0);
	write_bench("adapter", "link = dangling");
	setup = read_bench("--restrict", &error);
	ck_assert_msg(setup != NULL, "%s", error != NULL ? error->message : "");
	setup_free(setup);
}
END_TEST

START_TEST(an_option_may_name_any_path)
{
	g_autoptr(GError) error = NULL;
	struct setup_bench *setup;
	char *words[] = {(char *)"spinord", file, (char *)"--restrict", (char *)"--image",
		(char *)"/tmp/x", (char *)"--trace", (char *)"/tmp/y", NULL};
	char **argv = words;
	int argc = (int)G_N_ELEMENTS(words) - 1;
	struct setup_options *options = setup_options_parse(&argc, &argv, NULL);

	write_bench("chip", "image = ../outside");
	setup = setup_new(options, &error);
	ck_assert_msg(setup != NULL, "%s", error != NULL ? error->message : "");
	setup_free(setup);
	setup_options_free(options);
}
END_TEST

START_TEST(the_list_has_the_files_beside_the_named_ones)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	g_auto(GStrv) parts = NULL;
	g_autofree char *got = NULL;
	struct setup_bench *setup;

	write_bench("chip", "image = new");
	setup = read_bench(NULL, &error);
	ck_assert_ptr_nonnull(setup);
	text = setup_files_text(setup->files, setup->file, true);
	parts = g_strsplit(text, own, -1);
	got = g_strjoinv("OWN", parts);
	ck_assert_str_eq(got,
		"reads    OWN/a.bench        bench file\n"
		"creates  OWN/new            image                       a.bench:5\n"
		"creates  OWN/new.state      registers of the image\n"
		"creates  OWN/new.state.old  registers of another image\n");
	setup_free(setup);
}
END_TEST

/* Whether the bench file with that line more names a file by that key. */
static bool
names_file(const char *kind, const char *key, const char *line)
{
	g_autofree char *adapter = g_strdup_printf("[adapter a]\nchip = W25Q80DV\n%s\n", line);
	struct setup_bench *setup;
	bool found = false;

	if (strcmp(kind, "adapter") == 0)
		write_file(file, adapter);
	else
		write_bench(kind, line);
	setup = read_bench("--no-restrict", NULL);
	for (guint i = 0; setup != NULL && i < setup->files->len; i++) {
		const struct setup_file *row = setup->files->pdata[i];

		found = found || (row->by_bench && g_strcmp0(row->key, key) == 0);
	}
	setup_free(setup);
	return found;
}

/* Adds the groups with all their keys that name a file, each another one. Returns how many. */
static unsigned int
add_groups(GString *text, unsigned int number)
{
	static const struct {
		const char *kind, *begin;
	} groups[] = {
		{"bench", "[bench]\n"},
		{"adapter", "[adapter a%u]\n"},
		{"chip", "[chip c%u]\nadapter = a%u\ncs = 1\npart = W25Q80DV\n"},
		{"board", "[board b%u]\nmagic = 0x0 55\nadapter = a%u\nchip = c%u\n"},
	};
	unsigned int n = 0;

	for (size_t i = number > 0; i < G_N_ELEMENTS(groups); i++) {
		const char *kind = groups[i].kind;
		g_autofree const char **keys =
			strcmp(kind, "board") == 0 ? setup_board_keys() : setup_file_keys(kind);
		g_auto(GStrv) parts = g_strsplit(groups[i].begin, "%u", -1);
		g_autofree char *digits = g_strdup_printf("%u", number);
		g_autofree char *begin = g_strjoinv(digits, parts);
		bool of_adapter = strcmp(kind, "adapter") == 0;

		g_string_append(text, begin);
		if (of_adapter)
			g_string_append(text, "chip = W25Q80DV\n");
		for (const char **key = keys; *key != NULL; key++) {
			g_autofree char *name =
				g_strdup_printf("file.%s.%s.%u", kind, *key, number);
			g_autofree char *line = g_strdup_printf("%s = ./%s", *key, name);
			g_autofree char *path = g_build_filename(own, name, NULL);

			/* The content of a board has to exist. */
			write_file(path, "x");
			if (!names_file(kind, *key, line))
				continue;
			g_string_append_printf(text, "%s\n", line);
			n++;
		}
	}
	return n;
}

/* The options that name a file and that no key of the bench file is for. */
static struct setup_bench *
read_with_options(GError **error)
{
	char *words[] = {(char *)"spinord", file, (char *)"--log", (char *)"file.log",
		(char *)"--pid", (char *)"file.pid", NULL};
	char **argv = words;
	int argc = (int)G_N_ELEMENTS(words) - 1;
	struct setup_options *options = setup_options_parse(&argc, &argv, error);
	struct setup_bench *setup = options != NULL ? setup_new(options, error) : NULL;

	setup_options_free(options);
	return setup;
}

/* Files that one file can be, besides two that are only read. */
static const char *const shared[][2] = {
	{"content", "image"},
	{"content of the board", "image"},
};

static bool
may_share(const struct setup_file *a, const struct setup_file *b)
{
	bool may = a->access == SETUP_FILE_READ && b->access == SETUP_FILE_READ;

	for (size_t i = 0; i < G_N_ELEMENTS(shared); i++)
		may = may ||
			(strcmp(a->purpose, shared[i][0]) == 0 &&
				strcmp(b->purpose, shared[i][1]) == 0) ||
			(strcmp(b->purpose, shared[i][0]) == 0 &&
				strcmp(a->purpose, shared[i][1]) == 0);
	return may;
}

/* Gives one file the name of the other. */
static void
check_pair(const GPtrArray *files, struct setup_file *renamed, const struct setup_file *other)
{
	char *named = renamed->named;
	g_autoptr(GError) error = NULL;
	bool good;

	renamed->named = other->named;
	good = setup_files_are_distinct(files, &error);
	renamed->named = named;
	ck_assert_msg(good == may_share(renamed, other), "%s and %s: %s", renamed->purpose,
		other->purpose, good ? "allowed" : error->message);
	if (good)
		return;
	ck_assert_int_eq(error->code, 0);
	ck_assert_msg(strstr(error->message, other->named) != NULL &&
			(strstr(error->message, renamed->purpose) != NULL ||
				strstr(error->message, other->purpose) != NULL),
		"%s", error->message);
}

/* Two of each group, with all their keys that name a file: a new key is in here by itself. */
START_TEST(no_two_entries_of_the_list_may_be_one_file)
{
	g_autoptr(GString) text = g_string_new(NULL);
	unsigned int n = add_groups(text, 0) + add_groups(text, 1);
	g_autoptr(GError) error = NULL;
	struct setup_bench *setup;
	unsigned int refused = 0;

	write_file(file, text->str);
	setup = read_with_options(&error);
	ck_assert_msg(setup != NULL, "%s\n%s", error != NULL ? error->message : "", text->str);
	/* The bench file, log, PID file, and the files beside four images. */
	ck_assert_uint_ge(n, 18);
	ck_assert_uint_eq(setup->files->len, n + 3 + 2 * 4);
	for (guint i = 0; i < setup->files->len; i++) {
		for (guint j = 0; j < setup->files->len; j++) {
			if (i == j)
				continue;
			check_pair(setup->files, setup->files->pdata[i], setup->files->pdata[j]);
			refused += !may_share(setup->files->pdata[i], setup->files->pdata[j]);
		}
	}
	ck_assert_uint_gt(refused, 500);
	setup_free(setup);
}
END_TEST

/* Two keys of a bench, in its folder "own" with "link" to "..", "inside", which is a file, and
 * "dangling", which leads to "../nothing". */
static const struct {
	const char *keys, *one, *other;
	bool refused;
} spellings[] = {
	{"trace image", "new", "new", true},
	{"trace image", "new", "./new", true},
	{"trace image", "new", "new/", true},
	{"trace image", "new", "../own/new", true},
	{"trace image", "new", "link/own/new", true},
	{"trace image", "link/new", "../new", true},
	{"trace image", "new", "link/new", false},
	{"trace image", "new", "link/../new", false},
	{"trace image", "missing/new", "./missing/new", true},
	{"trace image", "missing/new", "new", false},
	{"trace image", "inside", "hard", true},
	{"trace image", "inside", "soft", true},
	{"trace image", "dangling", "../nothing", true},
	{"trace image", "dangling", "nothing", false},
	{"trace image", "loop", "loop", true},
	{"trace record", "/dev/null", "/dev/null", false},
	{"trace record", "new", "./new", true},
	/* A link replaces another one, and does not follow it. */
	{"link image", "soft", "inside", false},
	{"link image", "soft", "./soft", true},
	{"link trace", "dangling", "dangling", true},
	{"link trace", "dangling", "../nothing", false},
	{"control link", "new", "link/own/new", true},
	{"control image", "new.state", "new", true},
	{"record image", "new.state.old", "new", true},
	{"content image", "new", "./new", false},
	{"sfdp image", "./inside", "inside", true},
};

START_TEST(a_file_is_recognised_in_any_spelling)
{
	g_auto(GStrv) keys = g_strsplit(spellings[_i].keys, " ", -1);
	const char *values[] = {spellings[_i].one, spellings[_i].other};
	g_autoptr(GString) bench = g_string_new("[bench]\n");
	g_autoptr(GString) rest = g_string_new("[adapter a]\n");
	g_autofree char *inside = g_build_filename(own, "inside", NULL);
	g_autofree char *hard = g_build_filename(own, "hard", NULL);
	g_autoptr(GError) error = NULL;
	struct setup_bench *setup;

	write_file(inside, "x");
	ck_assert_int_eq(link(inside, hard), 0);
	for (const char *const *row = (const char *const[]){"..", "link", "inside", "soft",
		     "../nothing", "dangling", "loop", "loop", NULL};
		*row != NULL; row += 2) {
		g_autofree char *path = g_build_filename(own, row[1], NULL);

		ck_assert_int_eq(symlink(row[0], path), 0);
	}
	for (size_t i = 0; i < 2; i++)
		if (strcmp(keys[i], "link") == 0)
			g_string_append_printf(rest, "link = %s\n", values[i]);
	g_string_append(rest, "[chip c]\npart = W25Q80DV\n");
	for (size_t i = 0; i < 2; i++)
		if (strcmp(keys[i], "link") != 0)
			g_string_append_printf(
				strstr("image content sfdp", keys[i]) != NULL ? rest : bench,
				"%s = %s\n", keys[i], values[i]);
	g_string_append(bench, rest->str);
	write_file(file, bench->str);
	setup = read_bench("--no-restrict", &error);
	ck_assert_msg((setup == NULL) == spellings[_i].refused, "%s %s %s: %s", spellings[_i].keys,
		values[0], values[1], error != NULL ? error->message : "allowed");
	if (error != NULL)
		ck_assert_msg(strstr(error->message, "each needs a file of its own") != NULL, "%s",
			error->message);
	setup_free(setup);
}
END_TEST

Suite *
suite_files(void)
{
	Suite *suite = suite_create("files");
	TCase *tcase = tcase_create("files");

	tcase_add_checked_fixture(tcase, make_folders, remove_folders);
	tcase_add_test(tcase, no_key_leads_out_of_the_folder);
	tcase_add_loop_test(tcase, links_and_dots_are_resolved, 0, G_N_ELEMENTS(paths));
	tcase_add_test(tcase, a_link_to_a_terminal_is_replaced_not_followed);
	tcase_add_test(tcase, an_option_may_name_any_path);
	tcase_add_test(tcase, the_list_has_the_files_beside_the_named_ones);
	tcase_add_test(tcase, no_two_entries_of_the_list_may_be_one_file);
	tcase_add_loop_test(
		tcase, a_file_is_recognised_in_any_spelling, 0, (int)G_N_ELEMENTS(spellings));
	suite_add_tcase(suite, tcase);
	return suite;
}
