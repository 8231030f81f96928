/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one list of the files of a bench. A row says what happens to a file, what it is for, and
 * which option or which line of the bench file named it; files beside a named one, such as the
 * state of an image, have rows of their own. --check prints the list, the log names what a bench
 * file creates or changes, restrict.c limits it, and the sandbox allows what is in it.
 *
 * Leaves out files that are named later, over the control socket, and those that are known only
 * below: the folders of chip data, and the control socket without a name.
 */
#include "setup/files.h"

#include "base/error.h"
#include "base/keyfile.h"
#include "base/log.h"
#include "base/wholefile.h"
#include "setup/options.h"
#include "setup/setup.h"

#include <string.h>
#include <sys/stat.h>

#define LOGGED_MAX 8

/* The list while it is made. */
struct listing {
	GPtrArray *files;
	const struct setup_options *options;
};

static void
free_file(void *data)
{
	struct setup_file *file = data;

	g_free(file->path);
	g_free(file->named);
	g_free(file->where);
	g_free(file);
}

/* A path with . and .. in it differs from the one without when there are symbolic links. */
static char *
absolute(const char *path)
{
	g_autofree char *here = g_get_current_dir();

	return g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(here, path, NULL);
}

/* Adds a file that key names. where NULL: the key is an option. path NULL: nothing to add. */
static struct setup_file *
add(struct listing *list, const char *path, const char *purpose, const char *key, const char *where,
	enum setup_file_access access)
{
	struct setup_file *file;
	struct stat info;

	if (path == NULL)
		return NULL;
	file = g_new0(struct setup_file, 1);
	file->path = g_canonicalize_filename(path, NULL);
	file->named = absolute(path);
	file->access = access;
	if (access == SETUP_FILE_CHANGE && lstat(file->named, &info) < 0)
		file->access = SETUP_FILE_CREATE;
	file->purpose = purpose;
	file->key = key;
	file->where = g_strdup(where);
	file->by_bench = where != NULL;
	g_ptr_array_add(list->files, file);
	return file;
}

/* Adds the file with that suffix beside another one. */
static struct setup_file *
add_beside(struct listing *list, const struct setup_file *named, const char *suffix,
	const char *purpose, enum setup_file_access access)
{
	g_autofree char *path = g_strconcat(named->named, suffix, NULL);

	return add(list, path, purpose, NULL, named->where, access);
}

static void
add_image(struct listing *list, const struct setup_bench *setup, const struct setup_chip *chip)
{
	enum setup_file_access access = setup->snapshot ? SETUP_FILE_READ : SETUP_FILE_CHANGE;
	const char *where = list->options->image != NULL ? NULL : chip->where;
	const struct setup_file *image = add(list, chip->image, "image", "image", where, access);

	if (image == NULL)
		return;
	add_beside(list, image, ".state", "registers of the image", access);
	if (!setup->snapshot)
		add_beside(list, image, ".state.old", "registers of another image", access)
			->seldom = true;
}

static void
add_chip(struct listing *list, const struct setup_bench *setup, const struct setup_chip *chip)
{
	const struct setup_condition *condition = &chip->condition;

	add_image(list, setup, chip);
	if (chip->content == SETUP_CONTENT_FILE)
		add(list, chip->content_file, "content", "content",
			chip->content_by_option ? NULL : chip->where, SETUP_FILE_READ);
	if (condition->sfdp_text != NULL && !setup_condition_is_hex(condition->sfdp_text))
		add(list, condition->sfdp_text, "SFDP", "sfdp",
			condition->by_option >> SETUP_KEY_SFDP & 1 ? NULL : chip->where,
			SETUP_FILE_READ);
}

static void
add_adapter(
	struct listing *list, const struct setup_bench *setup, const struct setup_adapter *adapter)
{
	add(list, adapter->link, "link", "link",
		list->options->link != NULL ? NULL : adapter->where, SETUP_FILE_LINK);
	for (guint i = 0; i < adapter->chips->len; i++)
		add_chip(list, setup, adapter->chips->pdata[i]);
}

/* The files of the group [bench], which options replace. */
static void
add_shared(struct listing *list, const struct setup_bench *setup)
{
	const struct setup_options *options = list->options;
	const char *where = setup->where;
	bool to_file = g_strcmp0(setup->trace, "-") != 0;

	add(list, setup->chipdb, "chip data", "chipdb", options->chipdb != NULL ? NULL : where,
		SETUP_FILE_READ);
	add(list, to_file ? setup->trace : NULL, "trace", "trace",
		options->trace != NULL ? NULL : where, SETUP_FILE_CHANGE);
	add(list, setup->record, "record", "record", options->record != NULL ? NULL : where,
		SETUP_FILE_CHANGE);
	if (!options->no_control)
		add(list, setup->control, "control socket", "control",
			options->control != NULL ? NULL : where, SETUP_FILE_SOCKET);
}

GPtrArray *
setup_files_new(const struct setup_bench *setup, const struct setup_options *options)
{
	struct listing list = {g_ptr_array_new_with_free_func(free_file), options};

	add(&list, setup->file, "bench file", NULL, NULL, SETUP_FILE_READ);
	add_shared(&list, setup);
	for (guint i = 0; i < setup->adapters->len; i++)
		add_adapter(&list, setup, setup->adapters->pdata[i]);
	for (guint i = 0; i < setup->boards->len; i++) {
		const struct setup_board *board = setup->boards->pdata[i];

		add(&list, board->content, "content of the board", "content",
			board->by_option ? NULL : board->where, SETUP_FILE_READ);
	}
	add(&list, options->log, "log", "log", NULL, SETUP_FILE_CHANGE);
	add(&list, options->pid, "process ID", "pid", NULL, SETUP_FILE_CHANGE);
	return list.files;
}

/* The line of the file's key in the bench file; 0: not known. where is "PATH: [GROUP]". */
static unsigned int
line_of(const struct setup_file *file, const char *text)
{
	const struct base_keytext whole = {
		.path = "", .text = text, .length = text != NULL ? strlen(text) : 0, .line = 1};
	const char *bracket = strrchr(file->where, '[');
	g_autofree char *group = NULL;

	if (text == NULL || bracket == NULL || !g_str_has_suffix(bracket, "]"))
		return 0;
	group = g_strndup(bracket + 1, strlen(bracket) - 2);
	return base_keytext_line(&whole, group, file->key);
}

char *
setup_file_named_by(const struct setup_file *file, const char *text)
{
	const char *end = file->where != NULL ? strstr(file->where, ": [") : NULL;
	unsigned int line;

	if (file->where == NULL)
		return g_strconcat(file->key != NULL ? "--" : "", file->key, NULL);
	line = end != NULL ? line_of(file, text) : 0;
	if (line == 0)
		return g_strconcat(file->where, file->key != NULL ? ": " : "", file->key, NULL);
	return g_strdup_printf("%.*s:%u%s%s%s", (int)(end - file->where), file->where, line, end,
		file->key != NULL ? ": " : "", file->key != NULL ? file->key : "");
}

/* The text of the bench file; NULL: none, or it cannot be read. */
static char *
text_of(const char *file)
{
	char *text = NULL;
	gsize length;

	if (file == NULL || !base_whole_file(file, BASE_TEXT_MAX, &text, &length, NULL))
		return NULL;
	return text;
}

/* "two.bench:12" */
static char *
place(const struct setup_file *file, const char *text)
{
	const char *end = file->where != NULL ? strstr(file->where, ": [") : NULL;
	unsigned int line = end != NULL && file->key != NULL ? line_of(file, text) : 0;
	g_autofree char *path = NULL;
	g_autofree char *name = NULL;

	if (file->key == NULL)
		return g_strdup("");
	if (line == 0)
		return setup_file_named_by(file, NULL);
	path = g_strndup(file->where, (gsize)(end - file->where));
	name = g_path_get_basename(path);
	return g_strdup_printf("%s:%u", name, line);
}

static const char *const verbs[] = {
	[SETUP_FILE_READ] = "reads",
	[SETUP_FILE_CREATE] = "creates",
	[SETUP_FILE_CHANGE] = "changes",
	[SETUP_FILE_LINK] = "links",
	[SETUP_FILE_SOCKET] = "listens",
};

char *
setup_files_text(const GPtrArray *files, const char *file, bool all)
{
	g_autofree char *text = text_of(file);
	GString *lines = g_string_new(NULL);
	size_t wide = 0, purpose = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (guint i = 0; i < files->len; i++) {
			const struct setup_file *row = files->pdata[i];
			g_autofree char *named_by = NULL;

			if (!all && (row->seldom || row->access == SETUP_FILE_READ))
				continue;
			wide = MAX(wide, strlen(row->path));
			purpose = MAX(purpose, strlen(row->purpose));
			if (pass == 0)
				continue;
			named_by = place(row, text);
			g_string_append_printf(lines, "%-7s  %-*s  %-*s  %s", verbs[row->access],
				(int)wide, row->path, (int)purpose, row->purpose, named_by);
			while (g_str_has_suffix(lines->str, " "))
				g_string_truncate(lines, lines->len - 1);
			g_string_append_c(lines, '\n');
		}
	}
	return g_string_free(lines, FALSE);
}

void
setup_files_log(const GPtrArray *files, const char *file)
{
	g_autofree char *text = NULL;
	unsigned int n = 0;

	for (guint i = 0; i < files->len; i++) {
		const struct setup_file *row = files->pdata[i];
		g_autofree char *named_by = NULL;

		if (!row->by_bench || row->key == NULL || row->access == SETUP_FILE_READ ||
			++n > LOGGED_MAX)
			continue;
		if (text == NULL)
			text = text_of(file);
		named_by = place(row, text);
		log_notice("%s: the bench file %s %s", named_by, verbs[row->access], row->path);
	}
	if (n > LOGGED_MAX)
		log_notice("the bench file creates or changes %u more files; spinord --check lists "
			   "them",
			n - LOGGED_MAX);
}
