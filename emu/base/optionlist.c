/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of options in a help text. GOption composes a whole text only, with a usage line that
 * does not fit verbs and a heading for each group, and the lists of several programs cannot be put
 * into one text. Lines are folded for a terminal of 80 columns.
 *
 * Leaves out translation and hidden entries.
 */
#include "base/optionlist.h"

#include "base/error.h"

#include <string.h>

#define COLUMN 30 /* of the descriptions */
#define GAP 2     /* between a term and its explanation */

/* "  -h, --help", "  --chip=PART", "  --list-chips[=PATTERN]" */
static char *
option_text(const GOptionEntry *entry)
{
	const char *place = entry->arg_description;
	char letter[] = {'-', entry->short_name, ',', ' ', '\0'};

	if (place != NULL && entry->flags & G_OPTION_FLAG_OPTIONAL_ARG)
		return g_strdup_printf("  %s--%s[=%s]", entry->short_name != '\0' ? letter : "",
			entry->long_name, place);
	return g_strdup_printf("  %s--%s%s%s", entry->short_name != '\0' ? letter : "",
		entry->long_name, place != NULL ? "=" : "", place != NULL ? place : "");
}

/* Appends the words of text from column on, which is reached. */
static void
append_folded(GString *list, const char *text, unsigned int column)
{
	size_t room = BASE_LIST_WIDTH - column;

	while (strlen(text) > room) {
		size_t n = room;

		while (n > 0 && text[n] != ' ')
			n--;
		if (n == 0)
			n = strcspn(text, " ");
		g_string_append_len(list, text, (gssize)n);
		text += n + strspn(text + n, " ");
		if (*text == '\0')
			break;
		g_string_append_printf(list, "\n%*s", (int)column, "");
	}
	g_string_append(list, text);
	g_string_append_c(list, '\n');
}

void
base_list_append(GString *list, const char *term, const char *text, unsigned int column)
{
	if (strlen(term) + GAP > column)
		g_string_append_printf(list, "%s\n%*s", term, (int)column, "");
	else
		g_string_append_printf(list, "%-*s", (int)column, term);
	append_folded(list, text, column);
}

char *
base_option_list(const GOptionEntry *entries)
{
	GString *list = g_string_new(NULL);

	for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++) {
		g_autofree char *text = option_text(entry);

		if (strcmp(entry->long_name, BASE_OPTION_HEADING) == 0)
			g_string_append_printf(list, "\n%s:\n", entry->description);
		else if (*entry->long_name != '\0')
			base_list_append(list, text, entry->description, COLUMN);
	}
	return g_string_free(list, FALSE);
}

char *
base_option_suggest(const char *message, const GOptionEntry *entries)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);
	const char *option = strstr(message, " --");
	g_autofree char *word = NULL;

	if (option == NULL)
		return g_strdup("");
	word = g_strndup(option + 1, strcspn(option + 1, "="));
	for (; entries->long_name != NULL; entries++)
		if (strlen(entries->long_name) > 1)
			g_ptr_array_add(known, g_strconcat("--", entries->long_name, NULL));
	g_ptr_array_add(known, NULL);
	/* The message is about an option that exists. */
	if (g_strv_contains((const char *const *)known->pdata, word))
		return g_strdup("");
	return base_suggest(word, (const char *const *)known->pdata);
}
