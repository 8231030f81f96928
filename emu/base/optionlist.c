/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of options in a help text. GOption composes a whole text only, with a usage line that
 * does not fit verbs and a heading for each group, and the lists of several programs cannot be put
 * into one text.
 *
 * Leaves out translation, hidden entries and line breaks.
 */
#include "base/optionlist.h"

#include <string.h>

#define GAP 4 /* between the longest option and its description */

/* "  -h, --help", "  --chip=PART" */
static char *
option_text(const GOptionEntry *entry)
{
	const char *place = entry->arg_description;
	char letter[] = {'-', entry->short_name, ',', ' ', '\0'};

	return g_strdup_printf("  %s--%s%s%s", entry->short_name != '\0' ? letter : "",
		entry->long_name, place != NULL ? "=" : "", place != NULL ? place : "");
}

char *
base_option_list(const GOptionEntry *entries)
{
	GString *list = g_string_new(NULL);
	gsize column = 0;

	for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++) {
		g_autofree char *text = option_text(entry);

		column = MAX(column, strlen(text) + GAP);
	}
	for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++) {
		g_autofree char *text = option_text(entry);

		if (*entry->long_name != '\0')
			g_string_append_printf(
				list, "%-*s%s\n", (int)column, text, entry->description);
	}
	return g_string_free(list, FALSE);
}
