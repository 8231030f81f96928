/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where faults and boards are: on adapters and chips that the same description names. What is not
 * named is meant when there is just one of it; a chip in the group of its adapter goes by the
 * adapter's name.
 */
#include "setup/setup.h"

#include "base/error.h"
#include "setup/faultwords.h"

#include <string.h>

static const char *
name_of(const struct setup_adapter *adapter, const struct setup_chip *chip)
{
	return chip->name != NULL ? chip->name : adapter->name;
}

static void
add_chip_names(GPtrArray *names, const struct setup_adapter *adapter)
{
	for (guint i = 0; i < adapter->chips->len; i++)
		g_ptr_array_add(names, (gpointer)name_of(adapter, adapter->chips->pdata[i]));
}

/* key is "adapter" or "chip", value NULL when it was left out; always false. */
static bool
refuse(const char *where, const char *key, const char *value, GPtrArray *names, GError **error)
{
	g_autofree char *unknown = NULL;
	g_autofree char *list = NULL;
	const char *wanted = strcmp(key, "adapter") == 0 ? "an [adapter NAME]" : "a chip";
	bool any = names->len > 0;

	g_ptr_array_add(names, NULL);
	list = g_strjoinv(", ", (char **)names->pdata);
	if (!any)
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: there is no %s for it; %s is wanted", where, key, wanted);
	else if (value == NULL)
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: no %s = NAME, and there is not just one; allowed are %s", where, key,
			list);
	if (!any || value == NULL)
		return false;
	unknown = base_unknown(value, (const char *const *)names->pdata);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s: no %s %s", where, key, unknown);
	return false;
}

struct setup_adapter *
setup_find_adapter(
	const struct setup_bench *setup, const char *name, const char *where, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = 0; i < setup->adapters->len; i++) {
		struct setup_adapter *adapter = setup->adapters->pdata[i];

		if (name == NULL ? setup->adapters->len == 1 : strcmp(adapter->name, name) == 0)
			return adapter;
		g_ptr_array_add(names, adapter->name);
	}
	refuse(where, "adapter", name, names, error);
	return NULL;
}

static struct setup_chip *
chip_named(const struct setup_adapter *adapter, const char *name)
{
	for (guint i = 0; i < adapter->chips->len; i++) {
		struct setup_chip *chip = adapter->chips->pdata[i];

		if (strcmp(name_of(adapter, chip), name) == 0)
			return chip;
	}
	return NULL;
}

/* The chip of that name, on that adapter or, when it is NULL, on any. */
static bool
find_chip(const struct setup_bench *setup, const char *name, const char *where,
	struct setup_adapter **adapter, struct setup_chip **chip, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = 0; i < setup->adapters->len; i++) {
		struct setup_adapter *candidate = setup->adapters->pdata[i];

		if (*adapter != NULL && *adapter != candidate)
			continue;
		*chip = chip_named(candidate, name);
		if (*chip != NULL) {
			*adapter = candidate;
			return true;
		}
		add_chip_names(names, candidate);
	}
	return refuse(where, "chip", name, names, error);
}

bool
setup_find(const struct setup_bench *setup, const char *adapter, const char *chip,
	const char *where, struct setup_adapter **found_adapter, struct setup_chip **found,
	GError **error)
{
	*found = NULL;
	*found_adapter = NULL;
	if (adapter != NULL || chip == NULL) {
		*found_adapter = setup_find_adapter(setup, adapter, where, error);
		if (*found_adapter == NULL)
			return false;
	}
	if (chip != NULL)
		return find_chip(setup, chip, where, found_adapter, found, error);
	if ((*found_adapter)->chips->len == 1)
		*found = (*found_adapter)->chips->pdata[0];
	return true;
}

/* Of a fault that is not a chip's. */
static bool
refuse_chip(const struct setup_fault_entry *entry, GError **error)
{
	const char *why = entry->fault->model == SETUP_FAULT_OF_LINK
		? "the fault is one of the line to the host; allowed: adapter = NAME"
		: "the fault is one of the wires, which all chips of an adapter share; allowed: "
		  "adapter = NAME, and select = N for one chip's frames";

	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s: chip = \"%s\" is refused: %s",
		entry->where, entry->chip, why);
	return false;
}

static bool
check_fault(const struct setup_bench *setup, const struct setup_fault_entry *entry, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	struct setup_adapter *adapter;
	struct setup_chip *chip;

	if (entry->chip != NULL && entry->fault->model != SETUP_FAULT_OF_CHIP)
		return refuse_chip(entry, error);
	if (!setup_find(setup, entry->adapter, entry->chip, entry->where, &adapter, &chip, error))
		return false;
	if (chip != NULL || entry->fault->model != SETUP_FAULT_OF_CHIP)
		return true;
	add_chip_names(names, adapter);
	return refuse(entry->where, "chip", NULL, names, error);
}

/* No more than an adapter can have, and no name twice. */
static bool
check_crowd(const struct setup_bench *setup, const struct setup_fault_entry *entry,
	GHashTable *counts, GHashTable *names, GError **error)
{
	struct setup_adapter *adapter;
	struct setup_chip *chip;
	unsigned int count;

	if (!setup_find(setup, entry->adapter, entry->chip, entry->where, &adapter, &chip, error))
		return false;
	count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, adapter)) + 1;
	g_hash_table_insert(counts, adapter, GUINT_TO_POINTER(count));
	if (count > SETUP_FAULTS_MAX)
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: that is fault %u of %s; allowed are %d", entry->where, count,
			adapter->name, SETUP_FAULTS_MAX);
	else if (entry->fault->name != NULL && !g_hash_table_add(names, entry->fault->name))
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: there is a fault \"%s\" already; allowed is a name that is free",
			entry->where, entry->fault->name);
	else
		return true;
	return false;
}

static bool
check_faults(const struct setup_bench *setup, GError **error)
{
	g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < setup->faults->len; i++) {
		const struct setup_fault_entry *entry = setup->faults->pdata[i];

		if (!check_fault(setup, entry, error) ||
			!check_crowd(setup, entry, counts, names, error))
			return false;
	}
	return true;
}

/* All boards of an adapter are in one state. */
static bool
check_state(const struct setup_bench *setup, const struct setup_board *entry,
	const struct setup_adapter *adapter, GError **error)
{
	for (guint i = 0; entry->has_state && i < setup->boards->len; i++) {
		const struct setup_board *other = setup->boards->pdata[i];
		struct setup_adapter *others;
		struct setup_chip *chip;

		if (!other->has_state || other->state == entry->state ||
			!setup_find(setup, other->adapter, other->chip, other->where, &others,
				&chip, NULL) ||
			others != adapter)
			continue;
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: board %s on the same adapter has another state; allowed is one for "
			"all of them",
			entry->where, other->name);
		return false;
	}
	return true;
}

static bool
check_board(const struct setup_bench *setup, guint n, GError **error)
{
	const struct setup_board *entry = setup->boards->pdata[n];
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	struct setup_adapter *adapter;
	struct setup_chip *chip;

	if (!setup_find(setup, entry->adapter, entry->chip, entry->where, &adapter, &chip, error))
		return false;
	if (chip == NULL) {
		add_chip_names(names, adapter);
		return refuse(entry->where, "chip", NULL, names, error);
	}
	if (!check_state(setup, entry, adapter, error))
		return false;
	for (guint i = 0; i < n; i++) {
		const struct setup_board *other = setup->boards->pdata[i];
		struct setup_chip *others;

		if (setup_find(setup, other->adapter, other->chip, other->where, &adapter, &others,
			    NULL) &&
			others == chip) {
			g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
				"%s: board %s is behind the same chip; allowed is one for each",
				entry->where, other->name);
			return false;
		}
	}
	return true;
}

bool
setup_check_targets(const struct setup_bench *setup, GError **error)
{
	if (!check_faults(setup, error))
		return false;
	for (guint i = 0; i < setup->boards->len; i++)
		if (!check_board(setup, i, error))
			return false;
	return true;
}
