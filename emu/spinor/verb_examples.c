/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verb examples: the benches that spinord finds by name. */
#include "spinor/verbs.h"

#include "setup/benchfind.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS 80

/* True: the name or the comment contains the pattern, without regard to case. */
static bool
matches(const struct setup_bench_entry *entry, const char *pattern)
{
	g_autofree char *all = g_strjoin("\n", entry->name, entry->comment, NULL);
	g_autofree char *text = g_utf8_casefold(all, -1);
	g_autofree char *wanted = NULL;

	if (pattern == NULL)
		return true;
	if (!g_utf8_validate(pattern, -1, NULL))
		return false;
	wanted = g_utf8_casefold(pattern, -1);
	return strstr(text, wanted) != NULL;
}

/* Prints text after a name of that width; on a terminal in columns up to COLUMNS, else on one line
 * for grep and other programs. */
static void
print_wrapped(const char *text, size_t width)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	bool wraps = isatty(STDOUT_FILENO);
	size_t at = width;

	for (char **word = words; *word != NULL; word++) {
		size_t n = (size_t)g_utf8_strlen(*word, -1);

		if (wraps && at > width && at + 1 + n > COLUMNS) {
			printf("\n%*s", (int)width, "");
			at = width;
		} else if (at > width) {
			putchar(' ');
			at++;
		}
		fputs(*word, stdout);
		at += n;
	}
	putchar('\n');
}

static void
print_text(const GPtrArray *list)
{
	size_t width = 0;

	for (guint i = 0; i < list->len; i++) {
		const struct setup_bench_entry *entry = list->pdata[i];

		width = MAX(width, (size_t)g_utf8_strlen(entry->name, -1) + 2);
	}
	width = MIN(width, COLUMNS / 2);
	for (guint i = 0; i < list->len; i++) {
		const struct setup_bench_entry *entry = list->pdata[i];

		printf("%s%-*s%s", spinor_colour(SPINOR_BOLD), (int)width, entry->name,
			spinor_colour(SPINOR_PLAIN));
		print_wrapped(entry->summary, width);
	}
}

static void
print_json(const GPtrArray *list)
{
	g_autoptr(JsonNode) root = json_node_new(JSON_NODE_ARRAY);
	JsonArray *rows = json_array_new();

	for (guint i = 0; i < list->len; i++) {
		const struct setup_bench_entry *entry = list->pdata[i];
		JsonObject *row = json_object_new();

		json_object_set_string_member(row, "name", entry->name);
		json_object_set_string_member(row, "file", entry->path);
		json_object_set_string_member(row, "summary", entry->summary);
		json_array_add_object_element(rows, row);
	}
	json_node_take_array(root, rows);
	spinor_print_json(root);
}

int
spinor_examples(struct spinor_command *command, GError **error)
{
	const char *pattern = command->args[0];
	g_autoptr(GPtrArray) list = setup_bench_list(error);

	if (list == NULL)
		return -1;
	for (guint i = list->len; i > 0; i--)
		if (!matches(list->pdata[i - 1], pattern))
			g_ptr_array_remove_index(list, i - 1);
	if (list->len == 0 && pattern != NULL) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
			"%s: no bench has that in its name or description; spinor examples lists "
			"all",
			pattern);
		return -1;
	}
	if (command->json)
		print_json(list);
	else
		print_text(list);
	return EXIT_SUCCESS;
}
