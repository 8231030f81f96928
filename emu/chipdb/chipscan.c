/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Splits the text of *.chips files into groups, and reads nothing but their names: the files are
 * scanned at every start, a group is read at the first look-up of its part.
 */
#include "chipdb/chipscan.h"

#include "base/keyfile.h"
#include "base/value.h"
#include "chipdb/partdefinition.h"

#include <string.h>

void
chipdb_scan_group_free(struct chipdb_scan_group *group)
{
	chipdb_part_free(group->part);
	g_ptr_array_unref(group->aliases);
	g_ptr_array_unref(group->flashrom);
	g_ptr_array_unref(group->newest);
	g_free(group);
}

/* The value, if the line has that key, or NULL. Free with g_free(). */
static char *
value_of(const struct base_keyline *line, const char *key)
{
	size_t n = strlen(key);
	g_autofree char *rest = NULL;

	if (line->length <= n || memcmp(line->text, key, n) != 0)
		return NULL;
	rest = g_strstrip(g_strndup(line->text + n, line->length - n));
	return rest[0] == '=' ? g_strdup(g_strchug(rest + 1)) : NULL;
}

/* Adds names that are separated by ; without the texts that begin with end. */
static void
add_names(GPtrArray *names, GStringChunk *strings, const char *value, const char *end)
{
	g_auto(GStrv) words = g_strsplit(value, ";", -1);

	for (char **word = words; *word; word++) {
		(*word)[strcspn(*word, end)] = '\0';
		if (*g_strstrip(*word) != '\0')
			g_ptr_array_add(names, g_string_chunk_insert(strings, *word));
	}
}

/* A new group from its line "[NAME]". NULL on error. */
static struct chipdb_scan_group *
begin_group(GStringChunk *strings, const char *file, unsigned int number,
	const struct base_keyline *line, GError **error)
{
	g_autofree char *header = g_strndup(line->text, line->length);
	struct chipdb_scan_group *group;
	char *name = header + 1;
	bool family = g_str_has_prefix(name, CHIPDB_SCAN_FAMILY_PREFIX);
	const char *bare = family ? name + strlen(CHIPDB_SCAN_FAMILY_PREFIX) : name;

	if (line->length < 3 || strcspn(bare, " \t[]") != strlen(bare) - 1 ||
		!g_str_has_suffix(bare, "]")) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: line %u: %s is no group; allowed: [PART] and [family NAME], names "
			"without blanks",
			file, number, header);
		return NULL;
	}
	header[line->length - 1] = '\0';
	group = g_new0(struct chipdb_scan_group, 1);
	group->aliases = g_ptr_array_new();
	group->flashrom = g_ptr_array_new();
	group->newest = g_ptr_array_new();
	group->at.file = file;
	group->at.family = family;
	group->at.name = g_string_chunk_insert(strings, name);
	group->text = line->text;
	group->line = number;
	return group;
}

/* The definitions of a key flashrom, flashrom-1.3 or flashprog. */
static void
take_definitions(
	struct chipdb_scan_group *group, GStringChunk *strings, const struct base_keyline *line)
{
	g_autofree char *key = g_strndup(line->text, strcspn(line->text, " \t=\n"));
	int list = chipdb_part_definition_list(key);
	g_autofree char *names = list >= 0 ? value_of(line, key) : NULL;

	if (!names || strcmp(names, "none") == 0)
		return;
	add_names(group->flashrom, strings, names, "");
	if (list == FLASH_FLASHROM)
		add_names(group->newest, strings, names, "");
}

static void
take_names(struct chipdb_scan_group *group, GStringChunk *strings, const struct base_keyline *line)
{
	g_autofree char *aliases = value_of(line, "aliases");
	g_autofree char *id = value_of(line, "id");

	if (line->text[0] == 'f')
		take_definitions(group, strings, line);
	if (aliases)
		add_names(group->aliases, strings, aliases, "(");
	if (id)
		base_value_hex_bytes(id, group->id, sizeof(group->id));
}

bool
chipdb_scan_text(GPtrArray *groups, GStringChunk *strings, const char *file, const char *text,
	size_t length, unsigned int layer, GError **error)
{
	const char *end = text + length;
	struct chipdb_scan_group *group = NULL;
	struct base_keyline line;
	const char *head = text;
	const char *comment = NULL;

	for (unsigned int number = 1; base_keyfile_line(&text, end, &line); number++) {
		if (line.length == 0 || line.text[0] == '#') {
			comment = line.length == 0 ? NULL : comment ? comment : line.text;
			continue;
		}
		if (line.text[0] == '[') {
			group = begin_group(strings, file, number, &line, error);
			if (!group)
				return false;
			group->layer = layer;
			group->head = head;
			group->comment = comment ? comment : line.text;
			g_ptr_array_add(groups, group);
		}
		if (!group) {
			g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
				"%s: line %u: text before the first group; allowed: # comments",
				file, number);
			return false;
		}
		comment = NULL;
		group->length = (size_t)(line.text + line.length - group->text);
		if (!group->at.family)
			take_names(group, strings, &line);
	}
	return true;
}

/* The comment at the top of a file without the licence: up to a line that is none. */
static void
append_head(GString *out, const struct chipdb_scan_group *group)
{
	const char *head = group->head;
	const char *end;

	if (g_str_has_prefix(head, "# SPDX"))
		head += strcspn(head, "\n") + 1;
	if (g_str_has_prefix(head, "#\n"))
		head += 2;
	for (end = head; end[0] == '#' && end < group->text; end++)
		end += strcspn(end, "\n");
	if (end > head)
		g_string_append_printf(out, "\n%s:\n%.*s", group->at.file, (int)(end - head), head);
}

void
chipdb_scan_source(GString *out, const struct chipdb_scan_group *group)
{
	for (const struct chipdb_scan_group *each = group; each; each = each->family)
		g_string_append_printf(out, "%s%s, line %u:\n%.*s\n", each == group ? "" : "\n",
			each->at.file, each->line, (int)(each->text + each->length - each->comment),
			each->comment);
	for (const struct chipdb_scan_group *each = group; each; each = each->family) {
		if (!each->family || each->family->head != each->head)
			append_head(out, each);
	}
}
