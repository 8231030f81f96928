/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A group of a *.chips file, as spinor-chipdb(5) describes it, read into a part.
 *
 * A group sets only the keys that it has, on top of a copy of its family; chipdb.c finds the
 * family. The keys are the rows of partkey.c. Checks of several keys together come last, when
 * families and part are merged: partcheck.c.
 */
#include "chipdb/partfile.h"

#include "base/error.h"
#include "base/keyfile.h"
#include "base/keytable.h"
#include "base/mistake.h"
#include "chipdb/partcheck.h"
#include "chipdb/partcommand.h"
#include "chipdb/partkey.h"

#include <string.h>

bool
chipdb_part_is_given(const struct chipdb_part *part, const char *name)
{
	int i = base_key_find(chipdb_partkeys, name);

	g_return_val_if_fail(i >= 0, false);
	return part->given[i];
}

struct chipdb_part *
chipdb_part_new(const struct chipdb_part *family)
{
	struct chipdb_part *part = g_new0(struct chipdb_part, 1);

	if (family) {
		*part = *family;
		return part;
	}
	part->part.address_bytes = 3;
	part->part.security_register_first = 1;
	part->part.evcr_default = 0xdf;
	memset(part->part.asp_default, 0xff, sizeof(part->part.asp_default));
	part->part.dies = 1;
	part->part.unique_id_tail = FLASH_ID_FLOAT;
	memcpy(part->part.any_registers, (uint8_t[FLASH_REGISTERS]){1, 3, 2, 4, 5, 6},
		FLASH_REGISTERS);
	return part;
}

void
chipdb_part_free(struct chipdb_part *part)
{
	if (!part)
		return;
	g_free(part->aliases);
	g_free(part->alias_reasons);
	g_free(part->flashrom_names);
	for (unsigned int i = 0; i < FLASH_DEFINITION_LISTS; i++)
		g_free(part->definitions[i]);
	g_free(part);
}

static void
mark_given(void *target, size_t row)
{
	((struct chipdb_partkey_reading *)target)->part->given[row] = true;
}

bool
chipdb_part_ignore(const struct chipdb_part_group *group, const char *key, GError **error)
{
	return group->text &&
		base_mistakes_take(group->text->mistakes, group->file,
			base_keytext_line(group->text, group->name, key), error);
}

/* The number of mistakes that are collected. */
static unsigned int
count_mistakes(const struct chipdb_part_group *group)
{
	return group->text && group->text->mistakes ? base_mistakes_count(group->text->mistakes)
						    : 0;
}

bool
chipdb_part_read(struct chipdb_part *part, const struct chipdb_part_group *group,
	GStringChunk *strings, GError **error)
{
	struct chipdb_partkey_reading reading = {part, group, strings};
	const struct base_keytable tables[] = {
		{chipdb_partkeys, &reading, mark_given}, {NULL, NULL, NULL}};
	const struct base_keygroup keys = {
		.path = group->file,
		.name = group->name,
		.file = group->keys,
		.code = BASE_ERROR_FILE,
		.manual = "spinor-chipdb(5)",
		.text = group->text,
	};
	unsigned int known = count_mistakes(group);

	if (!group->family)
		part->part.name = g_string_chunk_insert_const(strings, group->name);
	if (!base_keytable_read(&keys, tables, error))
		return false;
	part->flawed = part->flawed || count_mistakes(group) > known;
	if (!chipdb_part_is_given(part, "wrsr-bytes"))
		part->part.wrsr_bytes = chipdb_part_is_given(part, "sr2") ? 2 : 1;
	return true;
}

static bool
refuse_missing(const struct chipdb_part_group *group, const struct base_key *key, GError **error)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: [%s]: key %s is missing, here and in its families; allowed: %s", group->file,
		group->name, key->name, key->allowed);
	return false;
}

/* Collected mistakes name all missing keys in one. */
static bool
check_mandatory(struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	g_autoptr(GString) missing = g_string_new(NULL);
	const struct base_key *first = NULL;
	unsigned int n = 0;

	for (const struct base_key *key = chipdb_partkeys; key->name; key++) {
		if (!key->mandatory || part->given[key - chipdb_partkeys])
			continue;
		first = first ? first : key;
		g_string_append_printf(missing, "%s%s", n++ ? ", " : "", key->name);
	}
	if (!first)
		return true;
	part->flawed = true;
	if (n == 1 || !group->text)
		return refuse_missing(group, first, error) ||
			chipdb_part_ignore(group, NULL, error);
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: [%s]: keys %s are missing, here and in its families", group->file, group->name,
		missing->str);
	return chipdb_part_ignore(group, NULL, error);
}

static bool
copy_erases(struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	uint8_t missing;

	if (chipdb_part_copy_erases(part, &missing))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: [%s]: an erase is \"as %02X\", but erase-%02X is missing, here and in its "
		"families",
		group->file, group->name, missing, missing);
	part->flawed = true;
	return chipdb_part_ignore(group, NULL, error);
}

/* Joins the lists of definitions, each name once. */
static void
join_definitions(struct chipdb_part *part)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (unsigned int i = 0; i < FLASH_DEFINITION_LISTS; i++) {
		for (const char **name = part->definitions[i]; name && *name; name++) {
			if (!g_ptr_array_find_with_equal_func(names, *name, g_str_equal, NULL))
				g_ptr_array_add(names, (gpointer)*name);
		}
	}
	if (names->len == 0)
		return;
	g_ptr_array_add(names, NULL);
	g_free(part->flashrom_names);
	part->flashrom_names = (const char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
	part->part.flashrom_names = part->flashrom_names;
}

bool
chipdb_part_finish(struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	join_definitions(part);
	if (!copy_erases(part, group, error) || !check_mandatory(part, group, error))
		return false;
	/* A missing or refused key would be reported again. */
	return part->flawed || chipdb_part_check(part, group, error);
}
