/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * [fault NAME]: what is wrong, on which adapter or chip, and the settings of fault.c as keys.
 */
#include "bench/faultfile.h"

#include "bench/error.h"
#include "bench/fault.h"
#include "bench/setup.h"

#include <string.h>

static bool
refuse(const struct bench_group *group, const char *text, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s: [%s]: %s", group->path,
		group->group, text);
	return false;
}

/* All keys but those that say where it is. */
static bool
read_settings(const struct bench_group *group, struct bench_fault *fault, GError **error)
{
	static const char *const places[] = {"what", "adapter", "chip", NULL};
	g_auto(GStrv) names = g_key_file_get_keys(group->file, group->group, NULL, NULL);
	g_autoptr(GError) why = NULL;

	for (char **name = names; *name; name++) {
		g_autofree char *value =
			g_key_file_get_value(group->file, group->group, *name, NULL);

		if (g_strv_contains(places, *name) ||
			bench_fault_set(fault, *name, g_strstrip(value), &why))
			continue;
		return refuse(group, why->message, error);
	}
	return true;
}

static char *
name_of(const struct bench_group *group, const char *key)
{
	char *name = g_key_file_get_value(group->file, group->group, key, NULL);

	return name != NULL ? g_strstrip(name) : NULL;
}

bool
bench_faultfile_read(const struct bench_group *group, struct bench_setup *setup, GError **error)
{
	struct bench_setup_fault *entry = bench_setup_add_fault(setup);
	g_autofree char *what = g_key_file_get_value(group->file, group->group, "what", NULL);
	g_autoptr(GError) why = NULL;

	entry->where = g_strdup_printf("%s: [%s]", group->path, group->group);
	entry->adapter = name_of(group, "adapter");
	entry->chip = name_of(group, "chip");
	if (what == NULL)
		return refuse(group, "no what; what = FAULT is wanted", error);
	entry->fault = bench_fault_new(g_strstrip(what), &why);
	if (entry->fault == NULL)
		return refuse(group, why->message, error);
	entry->fault->name = g_strdup(group->name);
	return read_settings(group, entry->fault, error);
}
