/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list of mistakes. A reader of a file usually ends at the first one, with a GError; if it has
 * such a list, it adds that error and goes on, so that a user sees all mistakes at once.
 */
#include "base/mistake.h"

#include <stdlib.h>
#include <string.h>

struct mistake {
	char *path;
	char *text;
	unsigned int line;
	unsigned int number; /* order of addition */
};

struct base_mistakes {
	GPtrArray *list; /* struct mistake */
};

static void
free_mistake(gpointer data)
{
	struct mistake *mistake = data;

	g_free(mistake->path);
	g_free(mistake->text);
	g_free(mistake);
}

struct base_mistakes *
base_mistakes_new(void)
{
	struct base_mistakes *mistakes = g_new0(struct base_mistakes, 1);

	mistakes->list = g_ptr_array_new_with_free_func(free_mistake);
	return mistakes;
}

void
base_mistakes_free(struct base_mistakes *mistakes)
{
	if (!mistakes)
		return;
	g_ptr_array_unref(mistakes->list);
	g_free(mistakes);
}

void
base_mistakes_add(
	struct base_mistakes *mistakes, const char *path, unsigned int line, const char *message)
{
	struct mistake *mistake = g_new0(struct mistake, 1);
	size_t n = strlen(path);
	char *end;

	if (strncmp(message, path, n) == 0 && strncmp(message + n, ": ", 2) == 0)
		message += n + 2;
	if (strncmp(message, "line ", 5) == 0) {
		line = (unsigned int)strtoul(message + 5, &end, 10);
		message = strncmp(end, ": ", 2) == 0 ? end + 2 : message;
	}
	mistake->path = g_strdup(path);
	mistake->text = g_strdup(message);
	mistake->line = line;
	mistake->number = mistakes->list->len;
	g_ptr_array_add(mistakes->list, mistake);
}

bool
base_mistakes_take(
	struct base_mistakes *mistakes, const char *path, unsigned int line, GError **error)
{
	if (!mistakes)
		return false;
	base_mistakes_add(mistakes, path, line, (*error)->message);
	g_clear_error(error);
	return true;
}

unsigned int
base_mistakes_count(const struct base_mistakes *mistakes)
{
	return mistakes->list->len;
}

static gint
compare(gconstpointer a, gconstpointer b)
{
	const struct mistake *const *x = a;
	const struct mistake *const *y = b;

	if ((*x)->line != (*y)->line)
		return (*x)->line < (*y)->line ? -1 : 1;
	return (*x)->number < (*y)->number ? -1 : 1;
}

char *
base_mistakes_text(const struct base_mistakes *mistakes, unsigned int most)
{
	GString *text = g_string_new(NULL);
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();

	for (guint i = 0; i < mistakes->list->len; i++)
		g_ptr_array_add(sorted, mistakes->list->pdata[i]);
	g_ptr_array_sort(sorted, compare);
	for (guint i = 0; i < sorted->len && i < most; i++) {
		const struct mistake *mistake = sorted->pdata[i];

		g_string_append_printf(text, "%s:", mistake->path);
		if (mistake->line > 0)
			g_string_append_printf(text, "%u:", mistake->line);
		g_string_append_printf(text, " %s\n", mistake->text);
	}
	if (sorted->len > most)
		g_string_append_printf(text, "and %u more\n", sorted->len - most);
	return g_string_free(text, FALSE);
}
