/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Status registers by the names of their bits, as a user writes them: "SRP=1 BP=111". The names are
 * those that spinor status prints. Leaves out configuration registers that only WRAR reaches.
 */
#include "bench/statusbits.h"

#include "base/error.h"
#include "base/units.h"
#include "board/boot.h"
#include "flash/describe.h"
#include "flash/partdata.h"
#include "setup/setup.h"

#include <glib.h>
#include <string.h>

#define SEPARATORS " \t,"

static bool
is_writable(const struct flash_part *part, unsigned int reg, const struct flash_field *field)
{
	for (unsigned int i = 0; i < field->n_bits; i++) {
		if (part->status[reg][field->place[i]].read_only)
			return false;
	}
	return true;
}

/* The register and field of that name that can be written; adds the names of all to names. False:
 * there is none. */
static bool
find(const struct flash_part *part, const char *name, unsigned int *reg, struct flash_field *field,
	GPtrArray *names)
{
	for (unsigned int i = 0; i < FLASH_STATUS_REGISTERS; i++) {
		struct flash_register described;

		flash_status_fields(part, i, 0, &described);
		for (unsigned int j = 0; j < described.n_fields; j++) {
			if (!is_writable(part, i, &described.fields[j]))
				continue;
			*reg = i;
			*field = described.fields[j];
			if (g_ascii_strcasecmp(field->name, name) == 0)
				return true;
			g_ptr_array_add(names, g_strdup(field->name));
		}
	}
	return false;
}

/* "7", or "111" of a field with three bits. */
static bool
parse(const char *text, const struct flash_field *field, uint32_t *number)
{
	uint64_t decimal;

	if (field->n_bits > 1 && strlen(text) == field->n_bits &&
		strspn(text, "01") == field->n_bits) {
		*number = (uint32_t)g_ascii_strtoull(text, NULL, 2);
		return true;
	}
	if (!base_parse_decimal(text, 0, (UINT64_C(1) << field->n_bits) - 1, &decimal))
		return false;
	*number = (uint32_t)decimal;
	return true;
}

/* One word, "BP=7", which is changed. */
static bool
set(char *word, const struct flash_part *part, uint8_t *values, char **why)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *unknown = NULL;
	char *text = strchr(word, '=');
	struct flash_field field;
	uint32_t number, value;
	unsigned int reg;

	*text++ = '\0';
	if (!find(part, word, &reg, &field, names)) {
		if (names->len == 0) {
			*why = g_strdup("has no status bit that can be written");
			return false;
		}
		g_ptr_array_add(names, NULL);
		unknown = base_unknown(word, (const char *const *)names->pdata);
		*why = g_strdup_printf("has no bit to write with the name %s", unknown);
		return false;
	}
	if (!parse(text, &field, &number)) {
		*why = g_strdup_printf("has no %s=%s; allowed: 0 to %u", field.name, text,
			(1u << field.n_bits) - 1);
		return false;
	}
	value = values[reg];
	flash_field_set(&field, number, &value);
	values[reg] = (uint8_t)value;
	return true;
}

bool
bench_status_bits(const char *words, const struct flash_part *part,
	uint8_t values[FLASH_STATUS_REGISTERS], char **why)
{
	g_auto(GStrv) list = g_strsplit_set(words, SEPARATORS, -1);

	for (char **word = list; *word != NULL; word++) {
		if (**word != '\0' && !set(*word, part, values, why))
			return false;
	}
	return true;
}

bool
bench_status_check_board(
	const struct setup_board *entry, const struct flash_part *part, GError **error)
{
	unsigned int has = board_boot_registers(part);
	unsigned int missing = entry->registers & ~has;
	g_autoptr(GString) allowed = g_string_new(NULL);

	if (missing == 0)
		return true;
	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++)
		if (has & 1u << reg)
			g_string_append_printf(
				allowed, "%ssr%u", allowed->len > 0 ? ", " : "", reg + 1);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s: sr%d: a %s has no such register; allowed: %s", entry->where,
		g_bit_nth_lsf(missing, -1) + 1, part->name,
		allowed->len > 0 ? allowed->str : "no registers");
	return false;
}
