/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults as text: their names, the usual values of each, and "WHAT NAME=VALUE ...". The settings
 * are in faultkeys.c.
 */
#include "setup/faultwords.h"

#include "base/error.h"
#include "base/escape.h"
#include "setup/faultkeys.h"

#include <string.h>

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

const char **
setup_fault_names(void)
{
	const char **names =
		g_new0(const char *, CLIP_FAULT_WHATS + FLASH_FAULT_WHATS + LINK_WHATS + 1);
	size_t n = 0;

	for (int i = 0; i < CLIP_FAULT_WHATS; i++)
		names[n++] = clip_fault_what_string((enum clip_fault_what)i);
	for (int i = 0; i < FLASH_FAULT_WHATS; i++)
		names[n++] = flash_fault_what_string((enum flash_fault_what)i);
	for (int i = 0; i < LINK_WHATS; i++)
		names[n++] = link_fault_what_to_string((enum link_fault_what)i);
	return names;
}

const char **
setup_fault_settings(const struct setup_fault *fault)
{
	GPtrArray *names = g_ptr_array_new();

	for (const struct setup_faultset *row = setup_faultset_rows; row->name; row++)
		if (setup_faultset_is_for(row, fault))
			g_ptr_array_add(names, (gpointer)row->name);
	g_ptr_array_add(names, NULL);
	return (const char **)g_ptr_array_free(names, FALSE);
}

static void
refuse_word(const char *which, const char *word, const char **known, GError **error)
{
	g_autofree char *unknown = base_unknown(word, known);

	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s %s", which, unknown);
}

struct setup_fault *
setup_fault_new(const char *what, GError **error)
{
	struct setup_fault *fault = g_new0(struct setup_fault, 1);
	g_autofree const char **known = NULL;
	g_autofree char *hint = NULL;

	fault->text = g_strdup(what);
	if (clip_fault_what_from_string(what, &fault->wires.what)) {
		fault->model = SETUP_FAULT_OF_WIRES;
		clip_fault_init(&fault->wires, fault->wires.what);
		return fault;
	}
	if (flash_fault_what_from_string(what, &fault->chip.what)) {
		fault->model = SETUP_FAULT_OF_CHIP;
		flash_fault_init(&fault->chip, fault->chip.what);
		return fault;
	}
	if (link_fault_what_from_string(what, &fault->link.what)) {
		fault->model = SETUP_FAULT_OF_LINK;
		link_fault_init(&fault->link, fault->link.what);
		return fault;
	}
	known = setup_fault_names();
	hint = base_suggest(what, known);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"unknown fault \"%s\"%s; spinor help fault lists them", what, hint);
	setup_fault_free(fault);
	return NULL;
}

void
setup_fault_free(struct setup_fault *fault)
{
	if (fault == NULL)
		return;
	g_free(fault->name);
	g_free(fault->text);
	g_free(fault);
}

bool
setup_fault_set_name(struct setup_fault *fault, const char *name, GError **error)
{
	size_t length = strlen(name);

	if (length == 0 || length > SETUP_FAULT_NAME_MAX || name[strspn(name, NAME_CHARACTERS)] ||
		strspn(name, "0123456789") == length) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"\"%s\" is no name for a fault; allowed are 1 to %d of A-Z a-z 0-9 . _ -, "
			"not digits alone",
			name, SETUP_FAULT_NAME_MAX);
		return false;
	}
	g_free(fault->name);
	fault->name = g_strdup(name);
	return true;
}

struct attempt {
	const struct setup_fault *fault;
	const struct setup_faultset *setting;
};

/* Whether the setting takes the word. */
static bool
accepts(const char *word, void *data)
{
	const struct attempt *attempt = data;
	struct setup_fault fault = *attempt->fault;

	return attempt->setting->take(&fault, word);
}

static void
refuse_value(const struct setup_fault *fault, const struct setup_faultset *setting,
	const char *value, GError **error)
{
	struct attempt attempt = {fault, setting};
	g_autofree char *hint = base_suggest_value(value, setting->allowed, accepts, &attempt);

	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s=%s is refused%s; allowed: %s",
		setting->name, value, hint, setting->allowed);
}

bool
setup_fault_set(struct setup_fault *fault, const char *name, const char *value, GError **error)
{
	g_autofree const char **known = NULL;
	g_autofree char *which = NULL;
	g_autofree char *shown = NULL;
	char *text;

	for (const struct setup_faultset *setting = setup_faultset_rows; setting->name; setting++) {
		uint64_t bit = UINT64_C(1) << (setting - setup_faultset_rows);

		if (strcmp(setting->name, name) != 0 || !setup_faultset_is_for(setting, fault))
			continue;
		if (fault->given & bit) {
			g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
				"%s=%s is refused: %s is there twice; allowed is once", name, value,
				name);
			return false;
		}
		if (!setting->take(fault, value)) {
			refuse_value(fault, setting, value, error);
			return false;
		}
		shown = base_escape(value);
		text = g_strdup_printf("%s %s=%s", fault->text, name, shown);
		g_free(fault->text);
		fault->text = text;
		fault->given |= bit;
		return true;
	}
	which = g_strdup_printf("fault %.*s has no", (int)strcspn(fault->text, " "), fault->text);
	known = setup_fault_settings(fault);
	refuse_word(which, name, known, error);
	return false;
}

struct base_fault_when *
setup_fault_when(struct setup_fault *fault)
{
	switch (fault->model) {
	case SETUP_FAULT_OF_WIRES:
		return &fault->wires.when;
	case SETUP_FAULT_OF_CHIP:
		return &fault->chip.when;
	case SETUP_FAULT_OF_LINK:
		return &fault->link.when;
	}
	g_assert_not_reached();
}

bool
setup_fault_is_given(const struct setup_fault *fault, const char *name)
{
	for (const struct setup_faultset *row = setup_faultset_rows; row->name; row++)
		if (fault->given >> (row - setup_faultset_rows) & 1 && strcmp(row->name, name) == 0)
			return true;
	return false;
}

static bool
set_word(struct setup_fault *fault, const char *word, GError **error)
{
	const char *equals = strchr(word, '=');
	g_autofree char *name = NULL;

	if (equals == NULL) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"\"%s\" is no setting; allowed is NAME=VALUE", word);
		return false;
	}
	name = g_strndup(word, (gsize)(equals - word));
	return setup_fault_set(fault, name, equals + 1, error);
}

struct setup_fault *
setup_fault_parse(const char *text, GError **error)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
	struct setup_fault *fault = NULL;

	for (char **word = words; *word; word++) {
		if (**word == '\0')
			continue;
		if (fault == NULL) {
			fault = setup_fault_new(*word, error);
			if (fault == NULL)
				return NULL;
		} else if (!set_word(fault, *word, error)) {
			setup_fault_free(fault);
			return NULL;
		}
	}
	if (fault == NULL)
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"no fault is named; spinor help fault lists them");
	return fault;
}
