/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * [fault NAME]: what is wrong, on which adapter or chip, and the settings of fault.c as keys.
 */
#include "setup/faultfile.h"

#include "base/error.h"
#include "setup/faultwords.h"
#include "setup/setup.h"

#include <string.h>

static bool
refuse(const struct setup_group *group, const char *text, GError **error)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s: [%s]: %s", group->path, group->group,
		text);
	return false;
}

/* What a fault's place is said with. */
static const char *const places[] = {"what", "adapter", "chip", NULL};

/* why, unless the key was meant for one of places. */
static bool
refuse_setting(const struct setup_group *group, const char *name, const char *why, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *text = NULL;
	const char *nearest;

	for (const char *const *place = places; *place != NULL; place++)
		g_ptr_array_add(known, (gpointer)*place);
	nearest = strstr(why, " has no \"") != NULL && strstr(why, "did you mean") == NULL
		? base_nearest(name, known)
		: NULL;
	if (nearest != NULL)
		text = g_strdup_printf(
			"unknown key \"%s\": did you mean %s?; %s", name, nearest, why);
	return refuse(group, text != NULL ? text : why, error);
}

/* All keys but those that say where it is. */
static bool
read_settings(const struct setup_group *group, struct setup_fault *fault, GError **error)
{
	g_auto(GStrv) names = g_key_file_get_keys(group->file, group->group, NULL, NULL);
	g_autoptr(GError) why = NULL;

	for (char **name = names; *name; name++) {
		g_autofree char *value =
			g_key_file_get_value(group->file, group->group, *name, NULL);

		if (g_strv_contains(places, *name) ||
			setup_fault_set(fault, *name, g_strstrip(value), &why))
			continue;
		return refuse_setting(group, *name, why->message, error);
	}
	return true;
}

/* A key may be meant for it. */
static bool
refuse_without_what(const struct setup_group *group, GError **error)
{
	g_auto(GStrv) names = g_key_file_get_keys(group->file, group->group, NULL, NULL);
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *text = NULL;

	g_ptr_array_add(known, (gpointer) "what");
	for (char **name = names; *name != NULL && text == NULL; name++)
		if (base_nearest(*name, known) != NULL)
			text = g_strdup_printf("no what, but %s: did you mean what?; what = FAULT "
					       "is wanted",
				*name);
	return refuse(group, text != NULL ? text : "no what; what = FAULT is wanted", error);
}

static char *
name_of(const struct setup_group *group, const char *key)
{
	char *name = g_key_file_get_value(group->file, group->group, key, NULL);

	return name != NULL ? g_strstrip(name) : NULL;
}

bool
setup_faultfile_read(const struct setup_group *group, struct setup_bench *setup, GError **error)
{
	struct setup_fault_entry *entry = setup_add_fault(setup);
	g_autofree char *what = g_key_file_get_value(group->file, group->group, "what", NULL);
	g_autoptr(GError) why = NULL;

	entry->where = g_strdup_printf("%s: [%s]", group->path, group->group);
	entry->adapter = name_of(group, "adapter");
	entry->chip = name_of(group, "chip");
	if (what == NULL)
		return refuse_without_what(group, error);
	entry->fault = setup_fault_new(g_strstrip(what), &why);
	if (entry->fault == NULL)
		return refuse(group, why->message, error);
	if (!setup_fault_set_name(entry->fault, group->name, &why))
		return refuse(group, why->message, error);
	return read_settings(group, entry->fault, error);
}
