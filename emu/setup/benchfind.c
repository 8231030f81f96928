/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bench files by name. The comment at the head of an example describes it; its first paragraph says
 * in a sentence what the bench shows.
 *
 * The folder of the installed examples is found relative to the program, so that an installation
 * works at another place, such as below DESTDIR, too.
 */
#include "setup/benchfind.h"

#include "base/error.h"

#include <stdbool.h>
#include <string.h>

#define SUFFIX ".bench"
#define SIMILAR_MAX 5

/* Returns the folder of the running program; NULL: not known. */
static char *
program_folder(void)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);

	return program != NULL ? g_path_get_dirname(program) : NULL;
}

/* Returns the examples of the source tree above folder; NULL: it is not in one. */
static char *
in_source_tree(const char *folder)
{
	static const char *const up[] = {".", "..", "../..", "../../.."};

	for (size_t i = 0; i < G_N_ELEMENTS(up); i++) {
		g_autofree char *list =
			g_build_filename(folder, up[i], "examples", "local.mk", NULL);
		g_autofree char *configure = g_build_filename(folder, up[i], "configure.ac", NULL);
		g_autofree char *found = g_build_filename(folder, up[i], "examples", NULL);

		if (g_file_test(list, G_FILE_TEST_EXISTS) &&
			g_file_test(configure, G_FILE_TEST_EXISTS))
			return g_canonicalize_filename(found, NULL);
	}
	return NULL;
}

/* Returns EXAMPLES_DIR, moved as the program was moved from BINDIR to folder. */
static char *
relocated(const char *folder)
{
	g_auto(GStrv) from = g_strsplit(BINDIR, "/", -1);
	g_auto(GStrv) to = g_strsplit(EXAMPLES_DIR, "/", -1);
	g_autoptr(GString) path = g_string_new(folder);
	guint same = 0;

	while (from[same] != NULL && g_strcmp0(from[same], to[same]) == 0)
		same++;
	for (guint i = same; from[i] != NULL; i++)
		g_string_append(path, "/..");
	for (guint i = same; to[i] != NULL; i++)
		g_string_append_printf(path, "/%s", to[i]);
	return g_canonicalize_filename(path->str, NULL);
}

char *
setup_bench_folder(void)
{
	const char *chosen = g_getenv("SPINOR_EXAMPLES");
	g_autofree char *folder = program_folder();
	g_autofree char *moved = NULL;
	char *found;

	if (chosen != NULL && *chosen != '\0')
		return g_strdup(chosen);
	found = folder != NULL ? in_source_tree(folder) : NULL;
	if (found != NULL)
		return found;
	moved = folder != NULL ? relocated(folder) : NULL;
	if (moved != NULL && g_file_test(moved, G_FILE_TEST_IS_DIR))
		return g_steal_pointer(&moved);
	return g_strdup(EXAMPLES_DIR);
}

static bool
is_file(const char *path)
{
	return g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_DIR);
}

/* Adds the paths that name can mean, in the order in which they are tried. */
static GPtrArray *
candidates(const char *name)
{
	g_autofree char *folder = setup_bench_folder();
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	bool suffixed = g_str_has_suffix(name, SUFFIX);

	g_ptr_array_add(paths, g_strdup(name));
	if (!suffixed)
		g_ptr_array_add(paths, g_strconcat(name, SUFFIX, NULL));
	if (strchr(name, '/') != NULL)
		return paths;
	g_ptr_array_add(paths, g_strconcat(folder, "/", name, suffixed ? "" : SUFFIX, NULL));
	return paths;
}

/* Returns "A, B or C". */
static char *
alternatives(const GPtrArray *names)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(text, "%s%s",
			i == 0                       ? ""
				: i + 1 < names->len ? ", "
						     : " or ",
			(const char *)names->pdata[i]);
	return g_string_free(text, FALSE);
}

/* Returns ": did you mean A or B?" with the examples that contain the name, or the nearest one. */
static char *
similar(const char *name)
{
	g_autoptr(GPtrArray) list = setup_bench_list(NULL);
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autoptr(GPtrArray) guesses = g_ptr_array_new();
	g_autofree char *base = g_path_get_basename(name);
	g_autofree char *lower = NULL;
	g_autofree char *text = NULL;

	if (g_str_has_suffix(base, SUFFIX))
		base[strlen(base) - strlen(SUFFIX)] = '\0';
	lower = g_ascii_strdown(base, -1);
	for (guint i = 0; list != NULL && i < list->len; i++) {
		const struct setup_bench_entry *entry = list->pdata[i];

		g_ptr_array_add(known, entry->name);
		if (*lower != '\0' && strstr(entry->name, lower) != NULL &&
			guesses->len < SIMILAR_MAX)
			g_ptr_array_add(guesses, entry->name);
	}
	g_ptr_array_add(known, NULL);
	if (guesses->len == 0)
		return base_suggest(lower, (const char *const *)known->pdata);
	text = alternatives(guesses);
	return base_suggestion(text);
}

char *
setup_bench_find(const char *name, GError **error)
{
	g_autoptr(GPtrArray) paths = candidates(name);
	g_autofree char *hint = NULL;
	g_autofree char *list = NULL;
	g_autofree char *tried = NULL;

	for (guint i = 0; i < paths->len; i++)
		if (is_file(paths->pdata[i]))
			return g_strdup(paths->pdata[i]);
	/* A folder, or a name that cannot be looked up: opening it says why. */
	if (g_file_test(name, G_FILE_TEST_EXISTS))
		return g_strdup(name);
	hint = similar(name);
	g_ptr_array_add(paths, NULL);
	list = g_strjoinv(", ", (char **)paths->pdata);
	tried = paths->len > 2 ? g_strconcat("; tried ", list, NULL) : g_strdup("");
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: no such bench file%s%s; spinor examples lists those that come with spinor",
		name, hint, tried);
	return NULL;
}

static void
free_entry(void *data)
{
	struct setup_bench_entry *entry = data;

	g_free(entry->name);
	g_free(entry->path);
	g_free(entry->summary);
	g_free(entry->comment);
	g_free(entry);
}

/* Splits the head of the file at the end of its first paragraph. */
static void
read_comment(struct setup_bench_entry *entry, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) summary = g_string_new(NULL);
	g_autoptr(GString) comment = g_string_new(NULL);
	bool first = true;

	for (char **at = lines; *at != NULL && (*at)[0] == '#'; at++) {
		char *line = g_strstrip(*at + 1);

		if (g_str_has_prefix(line, "SPDX-"))
			continue;
		if (*line == '\0' && summary->len > 0)
			first = false;
		if (*line == '\0')
			continue;
		g_string_append_printf(comment, "%s%s", comment->len > 0 ? " " : "", line);
		if (first)
			g_string_append_printf(summary, "%s%s", summary->len > 0 ? " " : "", line);
	}
	entry->summary = g_string_free(g_steal_pointer(&summary), FALSE);
	entry->comment = g_string_free(g_steal_pointer(&comment), FALSE);
}

static struct setup_bench_entry *
new_entry(const char *folder, const char *file)
{
	struct setup_bench_entry *entry = g_new0(struct setup_bench_entry, 1);
	g_autofree char *text = NULL;

	entry->name = g_strndup(file, strlen(file) - strlen(SUFFIX));
	entry->path = g_build_filename(folder, file, NULL);
	if (!g_file_get_contents(entry->path, &text, NULL, NULL) ||
		!g_utf8_validate(text, -1, NULL))
		g_clear_pointer(&text, g_free);
	read_comment(entry, text != NULL ? text : "");
	return entry;
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
	const struct setup_bench_entry *const *first = a, *const *second = b;

	return strcmp((*first)->name, (*second)->name);
}

GPtrArray *
setup_bench_list(GError **error)
{
	g_autofree char *folder = setup_bench_folder();
	g_autoptr(GError) why = NULL;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &why);
	GPtrArray *list;
	const char *file;

	if (dir == NULL) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: %s; SPINOR_EXAMPLES names another folder of benches", folder,
			why->message);
		return NULL;
	}
	list = g_ptr_array_new_with_free_func(free_entry);
	while ((file = g_dir_read_name(dir)) != NULL) {
		if (g_str_has_suffix(file, SUFFIX) && g_utf8_validate(file, -1, NULL))
			g_ptr_array_add(list, new_entry(folder, file));
	}
	g_ptr_array_sort(list, by_name);
	return list;
}
