/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one loop over the keys of a group: every file with "KEY = VALUE" lines is read by it, so that
 * a mistake gets the same message everywhere. It says what was found, where, and what is allowed:
 *
 *     FILE: [GROUP]: unknown key "chp": did you mean chip?; allowed are profile, chip, image
 *     FILE: [GROUP]: count = "0" is refused; allowed: a whole number from 1 to 4096
 *     FILE: [GROUP]: content = "x" is refused: no such file; allowed: a file
 *
 * Keys that are there twice are refused before, by keyfile.c. Values are for the rows; what takes
 * several keys together is for the owner of the tables.
 */
#include "base/keytable.h"

#include "base/value.h"

#include <string.h>

char *
base_keygroup_where(const struct base_keygroup *group, const char *key)
{
	return g_strdup_printf("%s: [%s]%s%s", group->path, group->name, key != NULL ? ": " : "",
		key != NULL ? key : "");
}

bool
base_keygroup_refuse(const struct base_keygroup *group, GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, BASE_ERROR, (gint)group->code, "%s: [%s]: %s", group->path, group->name,
		text);
	return false;
}

const char **
base_keytable_names(const struct base_keytable *tables)
{
	GPtrArray *names = g_ptr_array_new();

	for (; tables->keys != NULL; tables++)
		for (const struct base_key *key = tables->keys; key->name != NULL; key++)
			g_ptr_array_add(names, (gpointer)key->name);
	g_ptr_array_add(names, NULL);
	return (const char **)g_ptr_array_free(names, FALSE);
}

static bool
refuse_unknown(const struct base_keygroup *group, const struct base_keytable *tables,
	const char *name, GError **error)
{
	const char *unknown = group->unknown != NULL ? group->unknown : "unknown key";
	g_autofree const char **known = base_keytable_names(tables);
	g_autofree char *suggestion = NULL;
	g_autofree char *all = NULL;

	if (group->manual == NULL) {
		all = base_unknown(name, known);
		return base_keygroup_refuse(group, error, "%s %s", unknown, all);
	}
	suggestion = base_suggest(name, known);
	return base_keygroup_refuse(group, error, "%s \"%s\"%s; %s lists all", unknown, name,
		suggestion, group->manual);
}

static bool
is_key(const struct base_key *key, const char *name)
{
	return key->matches != NULL ? key->matches(name) : strcmp(key->name, name) == 0;
}

int
base_key_find(const struct base_key *keys, const char *name)
{
	for (int i = 0; keys[i].name != NULL; i++)
		if (is_key(&keys[i], name))
			return i;
	return -1;
}

bool
base_key_take(const struct base_key *key, void *target, const char *value, char **why)
{
	struct base_key_reading r = {.key = key, .name = key->name, .target = target};
	bool good = *value != '\0' && (key->take == NULL || key->take(&r, value));

	if (!good && why != NULL)
		*why = g_steal_pointer(&r.why);
	g_free(r.why);
	return good;
}

/* ": did you mean WORD?" for a key whose values are words. */
static char *
suggest_word(const struct base_key *key, const char *value)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();

	for (const struct base_value_word *word = key->words; word && word->name; word++)
		g_ptr_array_add(known, (gpointer)word->name);
	g_ptr_array_add(known, NULL);
	return base_suggest(value, (const char *const *)known->pdata);
}

static bool
refuse_value(const struct base_key_reading *r, const char *value, GError **error)
{
	const char *colon = r->why != NULL ? ": " : "";
	const char *why = r->why != NULL ? r->why : "";
	g_autofree char *hint = r->why == NULL ? suggest_word(r->key, value) : g_strdup("");

	if (r->key->allowed == NULL)
		return base_keygroup_refuse(r->group, error, "%s", why);
	return base_keygroup_refuse(r->group, error, "%s = \"%s\" is refused%s%s%s; allowed: %s",
		r->name, value, colon, why, hint, r->key->allowed);
}

static bool
take_key(const struct base_keygroup *group, const struct base_keytable *table, int row,
	const char *name, const char *value, GError **error)
{
	const struct base_key *key = &table->keys[row];
	struct base_key_reading r = {group, key, name, table->target, NULL};
	bool empty = *value == '\0' && key->allowed != NULL;
	bool good = !empty && (key->take == NULL || key->take(&r, value));

	if (!good)
		refuse_value(&r, value, error);
	else if (table->taken != NULL)
		table->taken(table->target, (size_t)row);
	g_free(r.why);
	return good;
}

static bool
read_key(const struct base_keygroup *group, const struct base_keytable *tables, const char *name,
	const char *value, GError **error)
{
	for (const struct base_keytable *table = tables; table->keys != NULL; table++) {
		int row = base_key_find(table->keys, name);

		if (row >= 0)
			return take_key(group, table, row, name, value, error);
	}
	return refuse_unknown(group, tables, name, error);
}

/* "KEY += VALUE" is the key "KEY +" to GKeyFile; here it is "KEY+". */
static void
join_sign(char *name)
{
	size_t length = strlen(name);

	if (length < 2 || name[length - 2] != ' ')
		return;
	name[length - 2] = name[length - 1];
	name[length - 1] = '\0';
}

bool
base_keytable_read(
	const struct base_keygroup *group, const struct base_keytable *tables, GError **error)
{
	g_auto(GStrv) names = g_key_file_get_keys(group->file, group->name, NULL, NULL);
	bool good = true;

	for (char **name = names; good && *name != NULL; name++) {
		g_autofree char *value =
			g_key_file_get_value(group->file, group->name, *name, NULL);

		join_sign(*name);
		good = read_key(group, tables, *name, g_strstrip(value), error);
	}
	return good;
}
