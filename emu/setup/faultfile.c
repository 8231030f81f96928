/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * [fault NAME]: the fault, the adapter or chip that it is on, and its settings. The settings are
 * the same as on the command line, and so are their messages: faultwords.c.
 */
#include "setup/faultfile.h"

#include "base/error.h"
#include "setup/faultwords.h"
#include "setup/setup.h"

#include <string.h>

/* The message of setup_fault_set() is complete: the row has no allowed. */
static bool
take_setting(struct base_key_reading *r, const char *value)
{
	g_autoptr(GError) why = NULL;

	if (setup_fault_set(r->target, r->name, value, &why))
		return true;
	r->why = g_strdup(why->message);
	return false;
}

/* A table of the settings of this kind of fault. Free with g_free(). */
static struct base_key *
setting_keys(const struct setup_fault *fault)
{
	g_autofree const char **names = setup_fault_settings(fault);
	struct base_key *keys = g_new0(struct base_key, g_strv_length((char **)names) + 1);

	for (size_t i = 0; names[i] != NULL; i++)
		keys[i] = (struct base_key){.name = names[i], .take = take_setting};
	return keys;
}

static bool
take_adapter(struct base_key_reading *r, const char *value)
{
	((struct setup_fault_entry *)r->target)->adapter = g_strdup(value);
	return true;
}

static bool
take_chip(struct base_key_reading *r, const char *value)
{
	((struct setup_fault_entry *)r->target)->chip = g_strdup(value);
	return true;
}

static const struct base_key place_keys[] = {
	BASE_KEY("what", "the name of a fault", NULL), /* setup_faultfile_read() has read it */
	BASE_KEY("adapter", "the name of an [adapter NAME]", take_adapter),
	BASE_KEY("chip", "the name of a [chip NAME]", take_chip),
	BASE_KEY_END,
};

static bool
read_keys(const struct setup_group *group, struct setup_fault_entry *entry, GError **error)
{
	g_autofree struct base_key *settings = setting_keys(entry->fault);
	const struct base_keytable tables[] = {
		{place_keys, entry, NULL}, {settings, entry->fault, NULL}, {NULL, NULL, NULL}};
	g_autofree char *unknown = g_strdup_printf("fault %s has no", entry->fault->text);
	struct base_keygroup keys = group->keys;

	keys.unknown = unknown;
	return base_keytable_read(&keys, tables, error);
}

/* Suggests what for a misspelt key. */
static bool
refuse_without_what(const struct setup_group *group, GError **error)
{
	const struct base_keygroup *keys = &group->keys;
	g_auto(GStrv) names = g_key_file_get_keys(keys->file, keys->name, NULL, NULL);

	for (char **name = names; *name != NULL; name++) {
		g_autofree char *hint = base_suggest(*name, (const char *[]){"what", NULL});

		if (*hint != '\0')
			return base_keygroup_refuse(keys, error,
				"no what, but %s%s; what = FAULT is wanted", *name, hint);
	}
	return base_keygroup_refuse(keys, error, "no what; what = FAULT is wanted");
}

bool
setup_faultfile_read(const struct setup_group *group, struct setup_bench *setup, GError **error)
{
	const struct base_keygroup *keys = &group->keys;
	struct setup_fault_entry *entry = setup_add_fault(setup);
	g_autofree char *what = g_key_file_get_value(keys->file, keys->name, "what", NULL);
	g_autoptr(GError) why = NULL;

	entry->where = base_keygroup_where(keys, NULL);
	if (what == NULL)
		return refuse_without_what(group, error);
	entry->fault = setup_fault_new(g_strstrip(what), &why);
	if (entry->fault == NULL || !setup_fault_set_name(entry->fault, group->name, &why))
		return base_keygroup_refuse(keys, error, "%s", why->message);
	return read_keys(group, entry, error);
}
