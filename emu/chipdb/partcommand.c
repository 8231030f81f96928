/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands and erases of a part, as spinor-chipdb(5) describes them: lists that a part inherits
 * from its family and changes.
 */
#include "chipdb/partcommand.h"
#include "chipdb/times.h"

#include "base/error.h"
#include "base/units.h"
#include "base/value.h"
#include "flash/flash.h"

#include <string.h>

char *
chipdb_part_unknown_command(const char *name)
{
	g_autofree const char **known = flash_command_names();
	g_autofree char *suggestion = base_suggest(name, known);

	return g_strdup_printf("unknown command \"%s\"%s", name, suggestion);
}

/* "RDSR1", or "SUSPEND:B0" for an opcode other than the one of the engine's row. A part can have a
 * command with several opcodes. */
static bool
add_command(const struct chipdb_partcommand *target, char *text)
{
	struct flash_part *part = &target->part->part;
	struct flash_part_command command = {.opcode = -1};
	char *colon = strchr(text, ':');
	uint8_t opcode;

	if (colon) {
		*colon = '\0';
		if (!base_value_hex_byte(colon + 1, &opcode)) {
			*target->why = g_strdup_printf("bad opcode \"%s\"", colon + 1);
			return false;
		}
		command.opcode = opcode;
	}
	for (unsigned int i = 0; i < part->n_commands; i++) {
		if (strcmp(part->commands[i].name, text) != 0 ||
			part->commands[i].opcode != command.opcode)
			continue;
		*target->why = g_strdup_printf("command %s is there twice", text);
		return false;
	}
	if (!flash_command_known(text))
		*target->why = chipdb_part_unknown_command(text);
	else if (part->n_commands == FLASH_COMMANDS_MAX)
		*target->why = g_strdup_printf("more than %d commands", FLASH_COMMANDS_MAX);
	if (*target->why)
		return false;
	command.name = g_string_chunk_insert_const(target->strings, text);
	part->commands[part->n_commands++] = command;
	return true;
}

/* Free with g_free(). */
static char *
refuse_inherited(const struct flash_part *part, const char *text)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *suggestion = NULL;

	for (unsigned int i = 0; i < part->n_commands; i++)
		g_ptr_array_add(names, (gpointer)part->commands[i].name);
	g_ptr_array_add(names, NULL);
	suggestion = base_suggest(text, (const char *const *)names->pdata);
	return g_strdup_printf("no command \"%s\" is inherited%s", text, suggestion);
}

/* Removes the command with all its opcodes. */
static bool
remove_command(const struct chipdb_partcommand *target, const char *text)
{
	struct flash_part *part = &target->part->part;
	unsigned int kept = 0;

	for (unsigned int i = 0; i < part->n_commands; i++) {
		if (strcmp(part->commands[i].name, text) != 0)
			part->commands[kept++] = part->commands[i];
	}
	if (kept == part->n_commands) {
		*target->why = refuse_inherited(part, text);
		return false;
	}
	part->n_commands = kept;
	return true;
}

bool
chipdb_part_change_commands(const struct chipdb_partcommand *target, const char *value,
	enum chipdb_partcommand_change change)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);

	if (change == CHIPDB_PARTCOMMAND_REPLACE)
		target->part->part.n_commands = 0;
	for (char **word = words; *word; word++) {
		if (**word == '\0')
			continue;
		if (change == CHIPDB_PARTCOMMAND_REMOVE ? !remove_command(target, *word)
							: !add_command(target, *word))
			return false;
	}
	return true;
}

/* "64Kx31" or "64K"; "-64K" for a region that the opcode does not erase. */
static bool
parse_region(char *text, struct flash_region *region)
{
	bool gap = *text == '-';
	char *times;
	uint64_t size;
	uint64_t count = 1;

	text += gap;
	times = strchr(text, 'x');
	if (times) {
		*times = '\0';
		if (!base_parse_decimal(times + 1, 1, 65536, &count))
			return false;
	}
	if (!base_parse_size(text, &size) || size == 0 || size > UINT32_MAX)
		return false;
	*region = (struct flash_region){(uint32_t)count, (uint32_t)size, gap};
	return true;
}

/* "4Kx2 + 8K + 64Kx31", or one size for all blocks. */
static bool
parse_blocks(char *text, struct flash_erase *erase)
{
	g_auto(GStrv) texts = g_strsplit(text, "+", -1);
	unsigned int n = g_strv_length(texts);

	if (n > FLASH_REGIONS_MAX)
		return false;
	for (unsigned int i = 0; i < n; i++) {
		if (!parse_region(g_strstrip(texts[i]), &erase->regions[i]))
			return false;
	}
	if (n == 1 && erase->regions[0].n_blocks == 1 && !erase->regions[0].gap) {
		erase->size = erase->regions[0].block_size;
		return true;
	}
	erase->n_regions = n;
	return true;
}

bool
chipdb_part_set_lock_map(const struct chipdb_partcommand *target, const char *value)
{
	g_autofree char *text = g_strdup(value);
	struct flash_part *part = &target->part->part;
	struct flash_erase map = {0};

	if (!parse_blocks(text, &map))
		return false;
	if (map.n_regions == 0) {
		map.regions[0] = (struct flash_region){.n_blocks = 1, .block_size = map.size};
		map.n_regions = 1;
	}
	memcpy(part->lock_regions, map.regions, sizeof(part->lock_regions));
	part->n_lock_regions = map.n_regions;
	return true;
}

static void
drop_erase(struct chipdb_part *chipdb_part, const struct flash_erase *key)
{
	struct flash_part *part = &chipdb_part->part;
	unsigned int kept = 0;

	for (unsigned int i = 0; i < part->n_erases; i++) {
		if (part->erases[i].opcode != key->opcode || part->erases[i].hybrid != key->hybrid)
			part->erases[kept++] = part->erases[i];
	}
	part->n_erases = kept;
	kept = 0;
	for (unsigned int i = 0; i < chipdb_part->n_erases_as; i++) {
		const struct chipdb_erase_as *as = &chipdb_part->erases_as[i];

		if (as->opcode != key->opcode || as->hybrid != key->hybrid)
			chipdb_part->erases_as[kept++] = chipdb_part->erases_as[i];
	}
	chipdb_part->n_erases_as = kept;
}

static bool
has_room(const struct chipdb_partcommand *target)
{
	if (target->part->part.n_erases + target->part->n_erases_as < FLASH_ERASES_MAX)
		return true;
	*target->why = g_strdup_printf("more than %d erase opcodes", FLASH_ERASES_MAX);
	return false;
}

static bool
add_erase_as(
	const struct chipdb_partcommand *target, const struct flash_erase *key, const char *other)
{
	struct chipdb_erase_as as = {key->opcode, 0, key->four_byte, key->hybrid};

	if (!base_value_hex_byte(other, &as.as) || as.as == as.opcode)
		return false;
	drop_erase(target->part, key);
	if (!has_room(target))
		return false;
	target->part->erases_as[target->part->n_erases_as++] = as;
	return true;
}

bool
chipdb_part_parse_erase(const char *name, struct flash_erase *erase)
{
	const char *dash = strchr(name, '-');

	memset(erase, 0, sizeof(*erase));
	erase->hybrid = g_str_has_prefix(name, "hybrid");
	erase->four_byte = dash && dash > name && dash[-1] == '4';
	if (!dash || (!erase->hybrid && !g_str_has_prefix(name, "erase")) ||
		dash - name != (erase->hybrid ? 6 : 5) + erase->four_byte)
		return false;
	return base_value_hex_byte(dash + 1, &erase->opcode);
}

bool
chipdb_part_is_erase_key(const char *name)
{
	struct flash_erase erase;

	return chipdb_part_parse_erase(name, &erase);
}

bool
chipdb_part_set_erase(
	const struct chipdb_partcommand *target, const struct flash_erase *key, const char *value)
{
	g_auto(GStrv) texts = g_strsplit(value, ",", -1);
	struct flash_part *part = &target->part->part;
	struct flash_erase erase = *key;

	if (strcmp(value, "none") == 0) {
		drop_erase(target->part, key);
		return true;
	}
	if (g_str_has_prefix(value, "as "))
		return add_erase_as(target, key, value + strlen("as "));
	if (g_strv_length(texts) < 2 || !chipdb_times(texts + 1, &erase.time, target->why))
		return false;
	if (strcmp(g_strstrip(texts[0]), "chip") != 0 && !parse_blocks(texts[0], &erase))
		return false;
	drop_erase(target->part, key);
	if (!has_room(target))
		return false;
	part->erases[part->n_erases++] = erase;
	return true;
}

/* Searches the first n erases. */
static const struct flash_erase *
find_erase(const struct flash_part *part, unsigned int n, uint8_t opcode, bool hybrid)
{
	for (unsigned int i = 0; i < n; i++) {
		if (part->erases[i].opcode == opcode && part->erases[i].hybrid == hybrid)
			return &part->erases[i];
	}
	return NULL;
}

bool
chipdb_part_copy_erases(struct chipdb_part *chipdb_part, uint8_t *missing)
{
	struct flash_part *part = &chipdb_part->part;
	unsigned int n = part->n_erases;

	for (unsigned int i = 0; i < chipdb_part->n_erases_as; i++) {
		const struct chipdb_erase_as *as = &chipdb_part->erases_as[i];
		const struct flash_erase *like = find_erase(part, n, as->as, as->hybrid);
		struct flash_erase *erase = &part->erases[part->n_erases];

		if (!like) {
			*missing = as->as;
			return false;
		}
		*erase = *like;
		erase->opcode = as->opcode;
		erase->four_byte = as->four_byte;
		part->n_erases++;
	}
	chipdb_part->n_erases_as = 0;
	return true;
}
