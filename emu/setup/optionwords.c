/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options whose value is a group of a bench file in words:
 *
 *	--fault "bit-error line=miso rate=1e-5 adapter=main"   [fault NAME], as of spinor fault add
 *	--board "magic=0x10 5A A5; 0x20 00 state=reset"        [board NAME]
 *	--firmware "write-max=64 over=nak"                     keys of [adapter NAME]
 *
 * A value of a board or firmware may have several words: it ends where the next key begins. The
 * tables of the bench file read the keys. Relative paths begin at the current folder.
 */
#include "setup/optionwords.h"

#include "base/error.h"
#include "base/escape.h"
#include "base/units.h"
#include "clip/clip.h"
#include "setup/faultfile.h"
#include "setup/faultwords.h"
#include "setup/options.h"
#include "setup/setup.h"

#include <string.h>

#define GROUP "option"

/* The value as messages quote it: --fault "bit-error". */
static char *
quote(const char *option, const char *text)
{
	g_autofree char *shown = base_escape(text);

	return g_strdup_printf("--%s \"%s\"", option, shown);
}

/* The index of the key that the word begins with, or -1. */
static int
key_of(const char *word, const char *const *known)
{
	for (int i = 0; known[i] != NULL; i++) {
		size_t n = strlen(known[i]);

		if (strncmp(word, known[i], n) == 0 && word[n] == '=')
			return i;
	}
	return -1;
}

/* A word that is no key and cannot be a part of a value. */
static bool
refuse_word(
	const char *where, const char *word, bool first, const char *const *known, GError **error)
{
	g_autofree char *name = g_strndup(word, strcspn(word, "="));
	g_autofree char *unknown = base_unknown(name, known);

	if (!first && strchr(word, '=') == NULL)
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s: no key %s, each with =VALUE", where,
		unknown);
	return false;
}

static bool
end_key(GKeyFile *file, const char *where, const char *key, GString *value, GError **error)
{
	if (key == NULL)
		return true;
	if (g_key_file_has_key(file, GROUP, key, NULL)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: %s is there twice; allowed is once", where, key);
		return false;
	}
	g_key_file_set_value(file, GROUP, key, value->str);
	return true;
}

/* "KEY=VALUE ..." as a group; NULL on error. */
static GKeyFile *
read_words(const char *where, const char *text, const char *const *known, GError **error)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GString) value = g_string_new(NULL);
	const char *key = NULL;

	for (char **word = words; *word != NULL; word++) {
		int found = key_of(*word, known);

		if (**word == '\0')
			continue;
		if (found < 0) {
			if (!refuse_word(where, *word, key == NULL, known, error))
				return NULL;
			g_string_append_printf(value, " %s", *word);
			continue;
		}
		if (!end_key(file, where, key, value, error))
			return NULL;
		key = known[found];
		g_string_assign(value, *word + strlen(key) + 1);
	}
	if (!end_key(file, where, key, value, error))
		return NULL;
	if (key != NULL)
		return g_steal_pointer(&file);
	g_set_error(
		error, BASE_ERROR, BASE_ERROR_USAGE, "%s is empty; allowed: KEY=VALUE ...", where);
	return NULL;
}

static struct base_keygroup
group_of(const char *where, GKeyFile *file)
{
	return (struct base_keygroup){.path = where,
		.name = GROUP,
		.file = file,
		.code = BASE_ERROR_USAGE,
		.is_option = true};
}

bool
setup_optionwords_firmware(
	struct setup_adapter *adapter, const struct setup_options *options, GError **error)
{
	const struct base_keytable tables[] = {
		{setup_firmware_rows, &adapter->firmware, setup_firmware_taken},
		{NULL, NULL, NULL}};
	g_autofree const char **known = base_keytable_names(tables);

	for (guint i = 0; options->firmware != NULL && i < options->firmware->len; i++) {
		const char *text = options->firmware->pdata[i];
		g_autofree char *where = quote("firmware", text);
		g_autoptr(GKeyFile) file = read_words(where, text, known, error);
		const struct base_keygroup group = group_of(where, file);

		if (file == NULL || !base_keytable_read(&group, tables, error))
			return false;
	}
	return true;
}

static bool
add_board(struct setup_bench *setup, const char *text, const char *adapter, GError **error)
{
	g_autofree const char **known = setup_board_keys();
	g_autofree char *where = quote("board", text);
	g_autoptr(GKeyFile) file = read_words(where, text, known, error);
	const struct setup_group group = {
		.keys = group_of(where, file), .folder = ".", .name = "board"};
	struct setup_board *entry;

	if (file == NULL || !setup_boardfile_read(&group, setup, error))
		return false;
	entry = setup->boards->pdata[setup->boards->len - 1];
	if (adapter != NULL && entry->adapter == NULL && entry->chip == NULL)
		entry->adapter = g_strdup(adapter);
	return true;
}

/* The chip that cs= names, by its name; the fault is of the wires: nothing to do, as they are the
 * adapter's. */
static bool
find_chip_select(const struct setup_bench *setup, struct setup_fault_entry *entry, const char *text,
	GError **error)
{
	const struct setup_adapter *adapter =
		setup_find_adapter(setup, entry->adapter, entry->where, error);
	uint64_t cs;

	if (adapter == NULL)
		return false;
	if (base_parse_decimal(text, 0, CLIP_SELECTS - 1, &cs)) {
		for (guint i = 0; i < adapter->chips->len; i++) {
			const struct setup_chip *chip = adapter->chips->pdata[i];

			if (chip->cs != cs)
				continue;
			entry->chip = g_strdup(chip->name != NULL ? chip->name : adapter->name);
			return true;
		}
	}
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s: cs=%s: adapter %s has no chip there; allowed: the chip select of a chip",
		entry->where, text, adapter->name);
	return false;
}

/* Adds the number of the adapter to the name, since a name belongs to one fault. */
static bool
number_name(struct setup_fault *fault, unsigned int n, GError **error)
{
	g_autofree char *name = g_strdup_printf("%s%u", fault->name, n);

	return setup_fault_set_name(fault, name, error);
}

static bool
add_fault(struct setup_bench *setup, const char *text, const char *adapter, unsigned int n,
	GError **error)
{
	struct setup_fault_entry *entry = setup_add_fault(setup);
	struct setup_fault_place place;
	GError *why = NULL;
	bool good = true;

	entry->where = quote("fault", text);
	entry->fault = setup_fault_parse_placed(text, &place, &why);
	if (entry->fault == NULL) {
		g_propagate_prefixed_error(error, why, "%s: ", entry->where);
		return false;
	}
	if (adapter != NULL && place.adapter == NULL && place.chip == NULL) {
		place.adapter = g_strdup(adapter);
		good = place.name == NULL || number_name(entry->fault, n, error);
	}
	entry->adapter = g_steal_pointer(&place.adapter);
	entry->chip = g_steal_pointer(&place.chip);
	if (good && place.cs != NULL && entry->chip != NULL) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: chip= and cs=; allowed is one of them", entry->where);
		good = false;
	}
	good = good && (place.cs == NULL || find_chip_select(setup, entry, place.cs, error));
	setup_fault_place_clear(&place);
	return good;
}

/* True if the words name an adapter or a chip. */
static bool
names_place(const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);

	for (char **word = words; *word != NULL; word++)
		if (g_str_has_prefix(*word, "adapter=") || g_str_has_prefix(*word, "chip="))
			return true;
	return false;
}

/* Adds a fault or board once, or to each of equal adapters. */
static bool
add(struct setup_bench *setup, const char *text, bool fault, bool equal, GError **error)
{
	bool each = equal && setup->adapters->len > 1 && !names_place(text);
	guint n = each ? setup->adapters->len : 1;
	bool good = true;

	for (guint i = 0; good && i < n; i++) {
		const struct setup_adapter *adapter = setup->adapters->pdata[i];
		const char *name = each ? adapter->name : NULL;

		good = fault ? add_fault(setup, text, name, i, error)
			     : add_board(setup, text, name, error);
	}
	return good;
}

bool
setup_optionwords_add(
	struct setup_bench *setup, const struct setup_options *options, bool equal, GError **error)
{
	bool good = true;

	for (guint i = 0; good && options->boards != NULL && i < options->boards->len; i++)
		good = add(setup, options->boards->pdata[i], false, equal, error);
	for (guint i = 0; good && options->faults != NULL && i < options->faults->len; i++)
		good = add(setup, options->faults->pdata[i], true, equal, error);
	return good;
}
