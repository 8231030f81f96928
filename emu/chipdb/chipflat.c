/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of a part with those of its families, flattened, and the tree of the families: where a
 * value comes from. The texts of the files are read again, as they are written.
 */
#include "chipdb/chipflat.h"

#include "base/keyfile.h"
#include "base/log.h"
#include "chipdb/internal.h"

#include <string.h>

static void
free_key(gpointer data)
{
	struct chipdb_flat_key *key = data;

	g_free(key->key);
	g_free(key->value);
	g_free(key);
}

/* The key of a line; NULL: it has none. */
static struct chipdb_flat_key *
read_line(const struct base_keyline *line)
{
	g_autofree char *text = g_strndup(line->text, line->length);
	char *equals = strchr(text, '=');
	struct chipdb_flat_key *key;
	size_t n;

	if (!equals || *text == '#' || *text == '[')
		return NULL;
	*equals = '\0';
	g_strchomp(text);
	n = strlen(text);
	if (n > 2 && text[n - 2] == ' ') { /* "KEY +" */
		text[n - 2] = text[n - 1];
		text[n - 1] = '\0';
	}
	key = g_new0(struct chipdb_flat_key, 1);
	key->key = g_strdup(text);
	key->value = g_strdup(g_strchug(equals + 1));
	return key;
}

/* The name under which a later key replaces this one: erase-21 and erase4-21 are one, += and -=
 * change "commands". */
static char *
slot_of(const char *key)
{
	g_auto(GStrv) parts = g_strsplit(key, "4-", 2);

	if (g_str_has_prefix(key, "erase4-") || g_str_has_prefix(key, "hybrid4-"))
		return g_strjoinv("-", parts);
	return g_strndup(key, strcspn(key, "+") - (g_str_has_suffix(key, "-") ? 1 : 0));
}

static bool
is_change(const char *key)
{
	return g_str_has_suffix(key, "+") || g_str_has_suffix(key, "-");
}

static void
add(GPtrArray *keys, struct chipdb_flat_key *key)
{
	g_autofree char *slot = slot_of(key->key);

	for (guint i = keys->len; !is_change(key->key) && i-- > 0;) {
		const struct chipdb_flat_key *other = keys->pdata[i];
		g_autofree char *taken = slot_of(other->key);

		if (strcmp(taken, slot) == 0)
			g_ptr_array_remove_index(keys, i);
	}
	g_ptr_array_add(keys, key);
}

/* NOLINTBEGIN(misc-no-recursion): chipdb_resolve() limits how many families are in line. */

/* Families first. */
static void
add_group(GPtrArray *keys, const struct chipdb_scan_group *group)
{
	const char *at = group->text;
	const char *end = at + group->length;
	unsigned int number = group->line;
	struct base_keyline line;

	if (group->family)
		add_group(keys, group->family);
	for (; base_keyfile_line(&at, end, &line); number++) {
		struct chipdb_flat_key *key = read_line(&line);

		if (!key)
			continue;
		key->file = group->at.file;
		key->group = group->at.name;
		key->line = number;
		if (strcmp(key->key, "inherits") == 0)
			free_key(key);
		else
			add(keys, key);
	}
}

/* NOLINTEND(misc-no-recursion) */

GPtrArray *
chipdb_flat_group(const struct chipdb_scan_group *group)
{
	GPtrArray *keys = g_ptr_array_new_with_free_func(free_key);

	add_group(keys, group);
	return keys;
}

GPtrArray *
chipdb_flat(struct chipdb *db, const char *name, GError **error)
{
	const struct chipdb_scan_group *group = chipdb_find_group(db, name, error);

	return group ? chipdb_flat_group(group) : NULL;
}

/* --- families --- */

/* Reads all groups, which links them to their families. */
static void
resolve_all(struct chipdb *db)
{
	for (guint i = 0; i < db->groups->len; i++) {
		g_autoptr(GError) error = NULL;

		if (!chipdb_resolve(db, g_ptr_array_index(db->groups, i), &error))
			log_warning("%s", error->message);
	}
}

static unsigned int
count_parts(const struct chipdb *db, const struct chipdb_scan_group *family)
{
	unsigned int n = 0;

	for (guint i = 0; i < db->parts->len; i++) {
		const struct chipdb_scan_group *at = g_ptr_array_index(db->parts, i);

		while (at && at != family)
			at = at->family;
		n += at != NULL;
	}
	return n;
}

/* NOLINTBEGIN(misc-no-recursion): as above. */

static void
append_children(GString *text, const struct chipdb *db, const struct chipdb_scan_group *parent,
	unsigned int depth)
{
	for (guint i = 0; i < db->groups->len; i++) {
		const struct chipdb_scan_group *group = g_ptr_array_index(db->groups, i);
		g_autofree char *file = NULL;
		unsigned int n;

		if (!group->at.family || group->family != parent)
			continue;
		n = count_parts(db, group);
		file = g_path_get_basename(group->at.file);
		g_string_append_printf(text, "%*s%-*s %3u %-5s %s:%u\n", (int)depth * 2, "",
			(int)(28 - MIN(depth, 10) * 2),
			group->at.name + strlen(CHIPDB_SCAN_FAMILY_PREFIX), n,
			n == 1 ? "part" : "parts", file, group->line);
		append_children(text, db, group, depth + 1);
	}
}

/* NOLINTEND(misc-no-recursion) */

char *
chipdb_families(struct chipdb *db)
{
	GString *text = g_string_new(NULL);

	resolve_all(db);
	append_children(text, db, NULL, 0);
	return g_string_free(text, FALSE);
}
