/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of a name: its own, an alias, or a definition of flashrom that no other part has. For an
 * unknown name the error suggests the nearest.
 */
#include "base/error.h"
#include "chipdb/internal.h"

#include <string.h>

/* flashrom has one name for several parts. */
static void
refuse_ambiguous(const char *name, const GPtrArray *same, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (unsigned int i = 0; i < same->len; i++) {
		const struct chipdb_scan_group *group = g_ptr_array_index(same, i);

		g_string_append_printf(text, "%s%s", i ? ", " : "", group->at.name);
	}
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"chip \"%s\" can be any of %s: name one of these", name, text->str);
}

/* Up to four names that begin with the word ("S25FL128S"), joined by "or"; NULL: none. */
static char *
longer_names(const char *word, const GPtrArray *known)
{
	g_autoptr(GString) text = g_string_new(NULL);
	unsigned int n = 0;

	for (unsigned int i = 0; i < known->len && n < 4; i++) {
		const char *name = g_ptr_array_index(known, i);

		if (g_ascii_strncasecmp(name, word, strlen(word)) == 0)
			g_string_append_printf(text, "%s%s", n++ ? " or " : "", name);
	}
	return n ? g_strdup(text->str) : NULL;
}

/* The longest name that the word begins with: an ordering code adds package and grade to it. */
static char *
shorter_name(const char *word, const GPtrArray *known)
{
	const char *longest = NULL;

	for (unsigned int i = 0; i < known->len; i++) {
		const char *name = g_ptr_array_index(known, i);

		if (g_ascii_strncasecmp(name, word, strlen(name)) == 0 &&
			(!longest || strlen(name) > strlen(longest)))
			longest = name;
	}
	return g_strdup(longest);
}

static void
refuse_unknown(const struct chipdb *db, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *suggestion = NULL;
	g_autofree char *guess = NULL;

	for (unsigned int i = 0; i < db->parts->len; i++) {
		const struct chipdb_scan_group *group = g_ptr_array_index(db->parts, i);

		g_ptr_array_add(known, (gpointer)group->at.name);
		for (unsigned int j = 0; j < group->aliases->len; j++)
			g_ptr_array_add(known, g_ptr_array_index(group->aliases, j));
	}
	if (name[0] != '\0')
		guess = longer_names(name, known);
	if (!guess)
		guess = shorter_name(name, known);
	g_ptr_array_add(known, NULL);
	suggestion = guess ? base_suggestion(guess)
			   : base_suggest(name, (const char *const *)known->pdata);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"unknown chip \"%s\"%s (spinord --list-chips lists all)", name, suggestion);
}

/* Whether the newest flashrom has several definitions that match the group's ID. flashrom compares
 * three bytes of most IDs. */
static bool
has_rivals(const struct chipdb *db, const struct chipdb_scan_group *group)
{
	const char *first = NULL;

	if (group->id[0] == 0)
		return false;
	for (unsigned int i = 0; i < db->parts->len; i++) {
		const struct chipdb_scan_group *other = g_ptr_array_index(db->parts, i);

		if (memcmp(other->id, group->id, 3) != 0)
			continue;
		for (unsigned int j = 0; j < other->newest->len; j++) {
			const char *name = g_ptr_array_index(other->newest, j);

			if (first && strcmp(first, name) != 0)
				return true;
			first = name;
		}
	}
	return false;
}

struct chipdb_scan_group *
chipdb_find_group(struct chipdb *db, const char *name, GError **error)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	struct chipdb_scan_group *group = g_hash_table_lookup(db->names, lower);
	const GPtrArray *same = g_hash_table_lookup(db->flashrom, lower);

	if (!group && same && same->len > 1) {
		refuse_ambiguous(name, same, error);
		return NULL;
	}
	if (!group && same)
		group = g_ptr_array_index(same, 0);
	if (!group) {
		refuse_unknown(db, name, error);
		return NULL;
	}
	if (!chipdb_resolve(db, group, error))
		return NULL;
	group->part->part.flashrom_several = has_rivals(db, group);
	return group;
}
