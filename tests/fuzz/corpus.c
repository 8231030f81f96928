/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saved corpora (corpusfile.h) and the folders of fuzzers:
 *
 *	corpus unpack CORPUS FOLDER    a file for each input, named by its number
 *	corpus pack FOLDER CORPUS      the files of the folder, the smallest first
 */
#include "corpusfile.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unpacking {
	const char *folder;
	char *prefix; /* of the names of files: of two corpora in one folder */
	unsigned int n;
	GError *error;
};

static void
write_input(void *data, const GString *input)
{
	struct unpacking *to = data;
	g_autofree char *name = g_strdup_printf("%s/%s-%05u", to->folder, to->prefix, to->n++);

	if (to->error == NULL)
		g_file_set_contents(name, input->str, (gssize)input->len, &to->error);
}

static bool
unpack(const char *path, const char *folder, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *prefix = g_path_get_basename(parent);
	struct unpacking to = {.folder = folder, .prefix = prefix};

	if (g_mkdir_with_parents(folder, 0777) < 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", folder,
			g_strerror(errno));
		return false;
	}
	if (!corpusfile_each(path, write_input, &to, error))
		return false;
	if (to.error != NULL)
		g_propagate_error(error, to.error);
	return to.error == NULL;
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
	const char *const *left = a;
	const char *const *right = b;
	size_t n = strlen(*left), m = strlen(*right);

	return n != m ? (n < m ? -1 : 1) : strcmp(*left, *right);
}

static bool
pack(const char *folder, const char *path, GError **error)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) text = g_string_new("# Inputs of a fuzzer; tests/fuzz/corpusfile.h has "
					       "the format, `make fuzz` the use.\n");
	g_autoptr(GDir) entries = g_dir_open(folder, 0, error);
	const char *name;

	if (entries == NULL)
		return false;
	while ((name = g_dir_read_name(entries)) != NULL) {
		g_autofree char *file = g_build_filename(folder, name, NULL);
		g_autofree char *input = NULL;
		GString *line = g_string_new(NULL);
		gsize n;

		if (!g_file_get_contents(file, &input, &n, error)) {
			g_string_free(line, TRUE);
			return false;
		}
		corpusfile_append(line, (const guint8 *)input, n);
		g_ptr_array_add(lines, g_string_free(line, FALSE));
	}
	g_ptr_array_sort(lines, compare_lines);
	for (guint i = 0; i < lines->len; i++)
		g_string_append(text, lines->pdata[i]);
	return g_file_set_contents(path, text->str, (gssize)text->len, error);
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	bool packs = argc == 4 && strcmp(argv[1], "pack") == 0;

	if (!packs && (argc != 4 || strcmp(argv[1], "unpack") != 0)) {
		fprintf(stderr,
			"usage: corpus unpack CORPUS FOLDER, or corpus pack FOLDER "
			"CORPUS\n");
		return 2;
	}
	if (packs ? pack(argv[2], argv[3], &error) : unpack(argv[2], argv[3], &error))
		return EXIT_SUCCESS;
	fprintf(stderr, "corpus: %s\n", error->message);
	return EXIT_FAILURE;
}
