/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks the words of a command line as GOption does, to find the mistakes that GOption would report
 * in its own words, without a list of what is allowed. Values are checked by those who take them.
 */
#include "base/optioncheck.h"

#include "base/error.h"

#include <string.h>

static bool
takes_value(const GOptionEntry *entry)
{
	return entry->arg != G_OPTION_ARG_NONE && !(entry->flags & G_OPTION_FLAG_NO_ARG);
}

static bool
needs_value(const GOptionEntry *entry)
{
	return takes_value(entry) && !(entry->flags & G_OPTION_FLAG_OPTIONAL_ARG);
}

/* name need not end after n bytes. */
static const GOptionEntry *
find_long(const GOptionEntry *entries, const char *name, size_t n)
{
	for (; entries->long_name != NULL; entries++) {
		if (*entries->long_name != '\0' && strlen(entries->long_name) == n &&
			memcmp(entries->long_name, name, n) == 0)
			return entries;
	}
	return NULL;
}

static const GOptionEntry *
find_short(const GOptionEntry *entries, char letter)
{
	for (; entries->long_name != NULL; entries++) {
		if (entries->short_name == letter)
			return entries;
	}
	return NULL;
}

static bool
refuse_unknown(const GOptionEntry *entries, const char *word, const char *help, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *option = g_strndup(word, strcspn(word, "="));
	g_autofree char *suggestion = NULL;

	for (; entries->long_name != NULL; entries++) {
		if (*entries->long_name != '\0')
			g_ptr_array_add(names, g_strconcat("--", entries->long_name, NULL));
	}
	g_ptr_array_add(names, NULL);
	suggestion = base_suggest(option, (const char *const *)names->pdata);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s: there is no such option%s%s %s lists "
		"all",
		option, suggestion, *suggestion != '\0' ? "" : ";", help);
	return false;
}

static bool
refuse_missing(const GOptionEntry *entry, GError **error)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"--%s: the value is missing; allowed is --%s %s", entry->long_name,
		entry->long_name,
		entry->arg_description != NULL ? entry->arg_description : "VALUE");
	return false;
}

/* Such as an unset variable of a shell. */
static bool
refuse_empty(const GOptionEntry *entry, GError **error)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"--%s '': the value is empty; %s is wanted", entry->long_name,
		entry->arg_description != NULL ? entry->arg_description : "VALUE");
	return false;
}

/* "--NAME" or "--NAME=VALUE". *skip: the next word is its value. */
static bool
check_long(const GOptionEntry *entries, char *const *word, bool others, const char *help,
	bool *skip, GError **error)
{
	const char *name = *word + 2;
	size_t n = strcspn(name, "=");
	const GOptionEntry *entry = find_long(entries, name, n);

	if (entry == NULL)
		return others || refuse_unknown(entries, *word, help, error);
	if (name[n] == '=' && !takes_value(entry)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"--%s takes no value; allowed is --%s alone", entry->long_name,
			entry->long_name);
		return false;
	}
	if (!takes_value(entry))
		return true;
	if (name[n] != '=' && word[1] == NULL && needs_value(entry))
		return refuse_missing(entry, error);
	if (needs_value(entry) && *(name[n] == '=' ? name + n + 1 : word[1]) == '\0')
		return refuse_empty(entry, error);
	if (name[n] == '=')
		return true;
	*skip = word[1] != NULL && (needs_value(entry) || *word[1] != '-');
	return true;
}

/* "-vh": flags only, as no option with a value has a letter. */
static bool
check_short(const GOptionEntry *entries, const char *word, bool others, const char *help,
	GError **error)
{
	for (const char *letter = word + 1; *letter != '\0'; letter++) {
		if (find_short(entries, *letter) == NULL)
			return others || refuse_unknown(entries, word, help, error);
	}
	return true;
}

bool
base_option_check(const GOptionEntry *entries, char *const *words, bool others, const char *help,
	GError **error)
{
	for (; *words != NULL && strcmp(*words, "--") != 0; words++) {
		bool skip = false;

		if (g_str_has_prefix(*words, "--")) {
			if (!check_long(entries, words, others, help, &skip, error))
				return false;
		} else if ((*words)[0] == '-' && (*words)[1] != '\0') {
			if (!check_short(entries, *words, others, help, error))
				return false;
		}
		words += skip;
	}
	return true;
}
