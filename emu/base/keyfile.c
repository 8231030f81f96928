/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts of groups and keys. GKeyFile reads them, but it merges groups of one name and takes the
 * last of equal keys; both are mistakes here, and are refused before GKeyFile gets the text. So are
 * lines that are no key, since GKeyFile does not report the line number.
 */
#include "base/keyfile.h"

#include "base/mistake.h"
#include "base/wholefile.h"

#include <string.h>

bool
base_keyfile_line(const char **text, const char *end, struct base_keyline *line)
{
	const char *stop;

	if (*text == end)
		return false;
	stop = memchr(*text, '\n', (size_t)(end - *text));
	if (stop == NULL)
		stop = end;
	line->text = *text;
	line->length = (size_t)(stop - *text);
	*text = stop == end ? end : stop + 1;
	while (line->length > 0 && g_ascii_isspace(line->text[0])) {
		line->text++;
		line->length--;
	}
	while (line->length > 0 && g_ascii_isspace(line->text[line->length - 1]))
		line->length--;
	return true;
}

/* The lines of a text while they are checked. */
struct lines {
	const struct base_keytext *text;
	unsigned int number;
	GHashTable *seen; /* "[GROUP", and "GROUP\nKEY" */
	char *group;      /* NULL: no group has begun */
};

static bool
refuse_repeat(const struct lines *lines, const char *key, GError **error)
{
	g_set_error(error, BASE_ERROR, (gint)lines->text->code,
		"%s: line %u: [%s]: %s%s%s is there twice; allowed is once", lines->text->path,
		lines->number, lines->group, key != NULL ? "key \"" : "the group",
		key != NULL ? key : "", key != NULL ? "\"" : "");
	return false;
}

static bool
refuse_line(const struct lines *lines, const char *line, const char *why, GError **error)
{
	g_set_error(error, BASE_ERROR, (gint)lines->text->code,
		"%s: line %u: \"%s\" is refused%s%s; allowed: groups, KEY = VALUE and # comments",
		lines->text->path, lines->number, line, *why != '\0' ? ": " : "", why);
	return false;
}

static bool
check_group(struct lines *lines, const char *line, GError **error)
{
	size_t n = strcspn(line + 1, "[]");

	if (n == 0 || strcmp(line + 1 + n, "]") != 0)
		return refuse_line(lines, line, "a group is [NAME], alone on its line", error);
	g_free(lines->group);
	lines->group = g_strndup(line + 1, strcspn(line + 1, "]"));
	return g_hash_table_add(lines->seen, g_strconcat("[", lines->group, NULL)) ||
		refuse_repeat(lines, NULL, error);
}

static bool
check_key(struct lines *lines, char *line, GError **error)
{
	char *equals = strchr(line, '=');

	if (equals == NULL || equals == line)
		return refuse_line(lines, line, "", error);
	if (lines->group == NULL)
		return refuse_line(lines, line, "it comes before the first [GROUP]", error);
	if (memchr(line, '[', (size_t)(equals - line)) != NULL)
		return refuse_line(lines, line, "a key has no [ in its name", error);
	*equals = '\0';
	g_strchomp(line);
	return g_hash_table_add(lines->seen, g_strconcat(lines->group, "\n", line, NULL)) ||
		refuse_repeat(lines, line, error);
}

/* The line is wrong, *error says why. True if the reader can go on: blanks replace the line. */
static bool
ignore_line(const struct lines *lines, const struct base_keyline *line, char *copy, GError **error)
{
	const struct base_keytext *text = lines->text;

	if (!base_mistakes_take(text->mistakes, text->path, lines->number, error))
		return false;
	memset(copy + (line->text - text->text), ' ', line->length);
	return true;
}

/* blanked: a copy of the text. */
static bool
check_lines(const struct base_keytext *text, char *blanked, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct lines lines = {.text = text, .number = text->line, .seen = seen};
	const char *at = text->text;
	struct base_keyline line;
	bool good = true;

	for (; good && base_keyfile_line(&at, text->text + text->length, &line); lines.number++) {
		g_autofree char *copy = g_strndup(line.text, line.length);

		if (*copy == '[')
			good = check_group(&lines, copy, error);
		else if (*copy != '\0' && *copy != '#')
			good = check_key(&lines, copy, error);
		if (!good)
			good = ignore_line(&lines, &line, blanked, error);
	}
	g_free(lines.group);
	return good;
}

GKeyFile *
base_keyfile_parse(const struct base_keytext *text, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *blanked = g_strndup(text->text, text->length);
	g_autoptr(GError) cause = NULL;

	if (!check_lines(text, blanked, error))
		return NULL;
	if (g_key_file_load_from_data(file, blanked, text->length, G_KEY_FILE_NONE, &cause))
		return g_steal_pointer(&file);
	g_set_error(error, BASE_ERROR, (gint)text->code,
		"%s: it cannot be read; allowed: groups, KEY = VALUE and # comments, in UTF-8",
		text->path);
	return NULL;
}

/* Whether the line has that key. */
static bool
is_key(const struct base_keyline *line, const char *key)
{
	g_autofree char *text = g_strndup(line->text, line->length);
	char *equals = strchr(text, '=');
	size_t n;

	if (equals == NULL || *text == '#')
		return false;
	*equals = '\0';
	g_strchomp(text);
	n = strlen(text);
	if (n > 2 && text[n - 2] == ' ') { /* "KEY +" */
		text[n - 2] = text[n - 1];
		text[n - 1] = '\0';
	}
	return strcmp(text, key) == 0;
}

unsigned int
base_keytext_line(const struct base_keytext *text, const char *group, const char *key)
{
	g_autofree char *header = g_strconcat("[", group, "]", NULL);
	const char *at = text->text;
	struct base_keyline line;
	unsigned int found = 0;
	unsigned int number = text->line;
	bool inside = false;

	for (; base_keyfile_line(&at, text->text + text->length, &line); number++) {
		if (line.length > 0 && line.text[0] == '[') {
			inside = line.length == strlen(header) &&
				memcmp(line.text, header, line.length) == 0;
			found = inside && found == 0 ? number : found;
		} else if (inside && key != NULL && is_key(&line, key)) {
			return number;
		}
	}
	return found;
}

GKeyFile *
base_keyfile_load(const char *path, GError **error)
{
	struct base_keytext whole = {.path = path, .line = 1, .code = BASE_ERROR_USAGE};
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = NULL;

	if (!base_whole_file(path, BASE_TEXT_MAX, &text, &whole.length, &cause)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot read the bench: %s; a file as in spinor-bench(5) is wanted",
			cause->message);
		return NULL;
	}
	if (!g_utf8_validate(text, (gssize)whole.length, NULL)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"cannot read the bench: \"%s\" is not a text; a file as in spinor-bench(5) "
			"is wanted",
			path);
		return NULL;
	}
	whole.text = text;
	return base_keyfile_parse(&whole, error);
}
