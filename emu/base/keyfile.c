/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a bench file. GKeyFile would merge groups of one name and keep the last of equal
 * keys; both are mistakes here, and are found before it gets the text.
 */
#include "base/keyfile.h"

#include "base/error.h"
#include "base/wholefile.h"

#include <stdbool.h>
#include <string.h>

/* The text between the brackets of a line that begins a group, or its key; NULL: neither. */
static char *
line_subject(const char *line, bool *is_group)
{
	g_autofree char *text = g_strstrip(g_strdup(line));
	char *end = strchr(text, *text == '[' ? ']' : '=');

	*is_group = *text == '[';
	if (*text == '#' || end == NULL)
		return NULL;
	*end = '\0';
	return g_strdup(g_strstrip(text + *is_group));
}

static bool
refuse_repeats(const char *path, const char *text, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *group = g_strdup("");
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		bool is_group;
		g_autofree char *subject = line_subject(*line, &is_group);

		if (subject == NULL)
			continue;
		if (is_group) {
			g_free(group);
			group = g_strdup(subject);
		}
		if (g_hash_table_add(seen,
			    is_group ? g_strconcat("[", subject, NULL)
				     : g_strconcat(group, "\n", subject, NULL)))
			continue;
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: [%s]: %s%s%s is there twice; allowed is once", path, group,
			is_group ? "the group" : "key \"", is_group ? "" : subject,
			is_group ? "" : "\"");
		return false;
	}
	return true;
}

GKeyFile *
base_keyfile_load(const char *path, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = NULL;
	gsize length;

	if (!base_whole_file(path, BASE_TEXT_MAX, &text, &length, &cause)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot read the bench: %s; it takes a file as spinor-bench(5) tells",
			cause->message);
		return NULL;
	}
	if (!g_utf8_validate(text, (gssize)length, NULL)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"cannot read the bench: \"%s\" is not a text; spinor-bench(5) tells "
			"what is allowed",
			path);
		return NULL;
	}
	if (!refuse_repeats(path, text, error))
		return NULL;
	if (g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &cause))
		return g_steal_pointer(&file);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s: %s; allowed: groups, KEY = VALUE and # comments", path, cause->message);
	return NULL;
}
