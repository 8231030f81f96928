/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks one file of chips as an addition to all others: every mistake with its line, and the facts
 * that a part lacks although it can be played without them.
 */
#include "chipdb/chipcheck.h"

#include "base/keyfile.h"
#include "base/mistake.h"
#include "chipdb/chipflat.h"
#include "chipdb/internal.h"
#include "chipdb/partstatus.h"
#include "flash/flash.h"

#include <string.h>

#define MOST 20 /* lines */

static void
warn(struct base_mistakes *warnings, const struct chipdb_scan_group *group, const char *key,
	const char *message)
{
	const struct base_keytext text = {
		.text = group->text, .length = group->length, .line = group->line};
	g_autofree char *whole = g_strdup_printf("warning: [%s]: %s", group->at.name, message);

	base_mistakes_add(
		warnings, group->at.file, base_keytext_line(&text, group->at.name, key), whole);
}

/* The times of commands that the part has, and of power-up. */
static void
warn_of_times(struct base_mistakes *warnings, const struct chipdb_scan_group *group)
{
	static const struct {
		const char *command; /* NULL: all parts */
		const char *key;
	} times[] = {{"DP", "tDP"}, {"RES", "tRES1"}, {"RST", "tRST"}, {"SUSPEND", "tSUS"},
		{NULL, "tVSL"}, {NULL, "tPUW"}};
	g_autoptr(GString) missing = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
		if ((times[i].command && flash_opcode(&group->part->part, times[i].command) < 0) ||
			chipdb_part_is_given(group->part, times[i].key))
			continue;
		g_string_append_printf(missing, "%s%s", missing->len ? ", " : "", times[i].key);
	}
	if (missing->len == 0)
		return;
	g_string_prepend(missing, "times of the data sheet are missing: ");
	warn(warnings, group, NULL, missing->str);
}

static void
warn_of_sources(struct base_mistakes *warnings, const struct chipdb_scan_group *group)
{
	const struct flash_part *part = &group->part->part;

	for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++) {
		const char *name = chipdb_part_register_name(reg);
		g_autofree char *key = g_strconcat(name, "-default", NULL);
		g_autofree char *message = NULL;

		if (!chipdb_part_is_given(group->part, name) || part->status_source[reg])
			continue;
		message = chipdb_part_is_given(group->part, key)
			? g_strdup_printf("%s has no source in parentheses", key)
			: g_strdup_printf("%s is missing, 00 is assumed", key);
		warn(warnings, group, key, message);
	}
	for (unsigned int i = 0; part->aliases && part->aliases[i]; i++) {
		g_autofree char *message =
			g_strdup_printf("alias %s has no reason in parentheses", part->aliases[i]);

		if (part->alias_reasons[i][0] == '\0')
			warn(warnings, group, "aliases", message);
	}
}

static void
warn_of_part(struct base_mistakes *warnings, const struct chipdb_scan_group *group)
{
	if (!chipdb_part_is_given(group->part, "flashrom"))
		warn(warnings, group, NULL,
			"key flashrom is missing: the name that flashrom has for the chip, or "
			"none");
	if (group->part->part.sfdp == FLASH_SFDP_GENERATED &&
		!chipdb_part_is_given(group->part, "sfdp-layout"))
		warn(warnings, group, "sfdp",
			"sfdp-layout is missing: the first layout is assumed");
	warn_of_sources(warnings, group);
	warn_of_times(warnings, group);
}

/* Reads the groups of the file; a line for each part without a mistake. */
static char *
check_groups(struct chipdb *db, struct base_mistakes *mistakes, struct base_mistakes *warnings)
{
	GString *good = g_string_new(NULL);

	for (guint i = 0; i < db->groups->len; i++) {
		struct chipdb_scan_group *group = g_ptr_array_index(db->groups, i);
		unsigned int known = base_mistakes_count(mistakes);
		g_autoptr(GPtrArray) keys = NULL;
		g_autoptr(GError) error = NULL;

		if (group->refused || strcmp(group->at.file, db->checked) != 0)
			continue;
		if (!chipdb_resolve(db, group, &error))
			base_mistakes_take(mistakes, group->at.file, group->line, &error);
		if (group->at.family || base_mistakes_count(mistakes) > known || !group->part ||
			group->part->flawed)
			continue;
		keys = chipdb_flat_group(group);
		warn_of_part(warnings, group);
		g_string_append_printf(good, "%s: ok, %u keys\n", group->at.name, keys->len);
	}
	return g_string_free(good, FALSE);
}

static bool
has_groups(const struct chipdb *db)
{
	for (guint i = 0; i < db->groups->len; i++) {
		const struct chipdb_scan_group *group = g_ptr_array_index(db->groups, i);

		if (strcmp(group->at.file, db->checked) == 0)
			return true;
	}
	return false;
}

struct chipdb_check *
chipdb_check(const char *dir, const char *file, GError **error)
{
	struct base_mistakes *mistakes = base_mistakes_new();
	struct base_mistakes *warnings = base_mistakes_new();
	struct chipdb *db = chipdb_open_checked(dir, file, mistakes, error);
	struct chipdb_check *check = NULL;

	if (db) {
		check = g_new0(struct chipdb_check, 1);
		check->good = check_groups(db, mistakes, warnings);
		if (check->good[0] == '\0' && base_mistakes_count(mistakes) == 0 && !has_groups(db))
			base_mistakes_add(
				mistakes, file, 0, "no group; allowed: [PART] and [family NAME]");
		check->n_mistakes = base_mistakes_count(mistakes);
		check->mistakes = base_mistakes_text(mistakes, MOST);
		check->warnings = base_mistakes_text(warnings, MOST);
		chipdb_close(db);
	}
	base_mistakes_free(warnings);
	base_mistakes_free(mistakes);
	return check;
}

void
chipdb_check_free(struct chipdb_check *check)
{
	if (!check)
		return;
	g_free(check->mistakes);
	g_free(check->warnings);
	g_free(check->good);
	g_free(check);
}
