/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of a part in flashrom and flashprog. flashrom renames and splits its definitions, and
 * -c accepts a name only as that release has it. A key says the names up to a release, so that a
 * part has one for each change only:
 *
 *     flashrom = W25Q80BV/W25Q80DV
 *     flashrom-1.6 = W25Q80.V
 */
#include "chipdb/partdefinition.h"

#include <string.h>

#define SFDP_DEFINITION \
	"SFDP-capable chip" /* in all releases, but not in the list of flashrom -L */

static const char *const keys[FLASH_DEFINITION_LISTS] = {
	[FLASH_FLASHROM] = "flashrom",
	[FLASH_FLASHROM_1_7] = "flashrom-1.7",
	[FLASH_FLASHROM_1_6] = "flashrom-1.6",
	[FLASH_FLASHROM_1_5] = "flashrom-1.5",
	[FLASH_FLASHROM_1_4] = "flashrom-1.4",
	[FLASH_FLASHROM_1_3] = "flashrom-1.3",
	[FLASH_FLASHPROG] = "flashprog",
};

int
chipdb_part_definition_list(const char *key)
{
	for (int i = 0; i < FLASH_DEFINITION_LISTS; i++) {
		if (strcmp(keys[i], key) == 0)
			return i;
	}
	return -1;
}

bool
chipdb_part_is_release_key(const char *key)
{
	return strchr(key, '-') && chipdb_part_definition_list(key) >= 0;
}

const char *const *
chipdb_part_definitions(const struct flash_part *part, enum flash_definition_list list)
{
	if (list == FLASH_FLASHPROG && !part->definitions[list])
		list = FLASH_FLASHROM;
	while (list > FLASH_FLASHROM && list < FLASH_FLASHPROG && !part->definitions[list])
		list--;
	return part->definitions[list];
}

/* The minor number of the release of a list: 6 for FLASH_FLASHROM_1_6. */
static int
minor_of(int list)
{
	return 3 + FLASH_FLASHROM_1_3 - list;
}

/* The next older list that the part has; FLASH_FLASHPROG: none. */
static int
older_list(const struct flash_part *part, int list)
{
	do
		list++;
	while (list < FLASH_FLASHPROG && !part->definitions[list]);
	return list;
}

static void
append_range(GString *text, const struct flash_part *part, int list)
{
	const char *name = part->definitions[list][0];
	int older = older_list(part, list);
	int first = minor_of(older) + 1;

	g_string_append_printf(text, "%s%s", text->len ? ", " : "", name ? name : "none");
	if (older == FLASH_FLASHPROG && list > FLASH_FLASHROM)
		g_string_append_printf(text, " (up to 1.%d)", minor_of(list));
	else if (older < FLASH_FLASHPROG && list == FLASH_FLASHROM)
		g_string_append_printf(text, " (1.%d and later)", first);
	else if (older < FLASH_FLASHPROG && first == minor_of(list))
		g_string_append_printf(text, " (1.%d)", first);
	else if (older < FLASH_FLASHPROG)
		g_string_append_printf(text, " (1.%d to 1.%d)", first, minor_of(list));
}

char *
chipdb_part_definition_text(const struct flash_part *part)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (!part->definitions[FLASH_FLASHROM])
		return NULL;
	for (int list = FLASH_FLASHROM; list < FLASH_FLASHPROG; list = older_list(part, list))
		append_range(text, part, list);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

const char *
chipdb_part_definition_in(const struct flash_part *part, GHashTable *installed)
{
	if (!installed)
		return part->flashrom_name;
	for (int list = FLASH_FLASHROM; list < FLASH_FLASHPROG; list++) {
		for (const char *const *name = part->definitions[list]; name && *name; name++) {
			if (strcmp(*name, SFDP_DEFINITION) == 0 ||
				g_hash_table_contains(installed, *name))
				return *name;
		}
	}
	return NULL;
}

/* Quotes a word for a shell if it has characters other than letters, digits, . - _ and those. */
static char *
quote(const char *word, const char *also)
{
	g_autofree char *plain =
		g_strconcat(G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".-_", also, NULL);

	return strspn(word, plain) == strlen(word) ? g_strdup(word) : g_shell_quote(word);
}

char *
chipdb_flashrom_command(const char *programmer, const char *definition)
{
	g_autofree char *what = quote(programmer, "/:=+@%{}"); /* {tty} */
	g_autofree char *which = definition != NULL ? quote(definition, "") : NULL;

	return g_strconcat("flashrom -p ", what, which != NULL ? " -c " : NULL, which, NULL);
}
