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
remove_folders(void)
{
	static const char *const names[] = {
		"own/a.bench", "own/link", "own/inside", "outside", "own/dangling", "own", ""};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(top, names[i], NULL);

		g_remove(path);
	}
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
	suite_add_tcase(suite, tcase);
	return suite;
}
