/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dummy clocks of a part, as spinor-chipdb(5) describes them: which bits have the code, and the
 * clocks of each command by code. Whether both fit together, flash/validate.c checks.
 */
#include "chipdb/partdummy.h"

#include "base/units.h"
#include "base/value.h"
#include "chipdb/partcommand.h"
#include "chipdb/partkey.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

#define PREFIX "dummy-"
#define QPI_PREFIX "qpi-dummy-"
#define CLOCKS_MAX 32

static const struct base_value_word registers[] = {{"sr1", FLASH_DUMMY_STATUS_1},
	{"sr2", FLASH_DUMMY_STATUS_1 + 1}, {"sr3", FLASH_DUMMY_STATUS_1 + 2},
	{"cr2", FLASH_DUMMY_STATUS_1 + 3}, {"cr3", FLASH_DUMMY_STATUS_1 + 4},
	{"cr4", FLASH_DUMMY_STATUS_1 + 5}, {"vcr", FLASH_DUMMY_VCR},
	{"read-parameters", FLASH_DUMMY_READ_PARAMETERS}, {NULL, 0}};

static const struct chipdb_partkey_reading *
target_of(const struct base_key_reading *r)
{
	return r->target;
}

bool
chipdb_part_is_dummy_key(const char *name)
{
	return g_str_has_prefix(name, PREFIX) || g_str_has_prefix(name, QPI_PREFIX);
}

/* "sr2 C0": the register and the mask of the bits. */
bool
chipdb_part_take_dummy_code(struct base_key_reading *r, const char *value)
{
	struct flash_part *part = &target_of(r)->part->part;
	g_auto(GStrv) words = g_strsplit(value, " ", -1);
	int reg;

	part->dummy_register = FLASH_DUMMY_FIXED;
	part->dummy_mask = 0;
	if (strcmp(value, "none") == 0)
		return true;
	if (g_strv_length(words) != 2 || !base_value_word(registers, words[0], &reg) ||
		!base_value_hex_byte(words[1], &part->dummy_mask) || !part->dummy_mask)
		return false;
	part->dummy_register = (enum flash_dummy_register)reg;
	return true;
}

static unsigned int
find(const struct flash_part *part, const char *command)
{
	for (unsigned int i = 0; i < part->n_dummies; i++) {
		if (strcmp(part->dummies[i].command, command) == 0)
			return i;
	}
	return part->n_dummies;
}

static bool
parse_clocks(const char *value, uint8_t *clocks, uint8_t *n)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
	uint64_t number;

	*n = 0;
	for (char **word = words; *word; word++) {
		if (**word == '\0')
			continue;
		if (*n == FLASH_DUMMY_CODES_MAX ||
			!base_parse_decimal(*word, 0, CLOCKS_MAX, &number))
			return false;
		clocks[(*n)++] = (uint8_t)number;
	}
	return *n > 0;
}

/* An entry for the command, an empty one if there is none. NULL: no room for it. */
static struct flash_dummy *
entry_of(struct base_key_reading *r, const char *command)
{
	struct flash_part *part = &target_of(r)->part->part;
	unsigned int i = find(part, command);

	if (i < part->n_dummies)
		return &part->dummies[i];
	if (i == FLASH_DUMMIES_MAX) {
		r->why = g_strdup_printf("more than %d commands", FLASH_DUMMIES_MAX);
		return NULL;
	}
	part->dummies[i] = (struct flash_dummy){
		.command = g_string_chunk_insert_const(target_of(r)->strings, command)};
	part->n_dummies++;
	return &part->dummies[i];
}

/* "none" removes what the family has. */
static void
drop(struct flash_part *part, const char *command)
{
	unsigned int i = find(part, command);

	if (i == part->n_dummies)
		return;
	part->n_dummies--;
	memmove(&part->dummies[i], &part->dummies[i + 1],
		(part->n_dummies - i) * sizeof(part->dummies[0]));
}

bool
chipdb_part_take_dummy(struct base_key_reading *r, const char *value)
{
	bool qpi = g_str_has_prefix(r->name, QPI_PREFIX);
	const char *command = r->name + strlen(qpi ? QPI_PREFIX : PREFIX);
	struct flash_dummy *dummy;

	if (!flash_command_known(command)) {
		r->why = chipdb_part_unknown_command(command);
		return false;
	}
	if (strcmp(value, "none") == 0 && !qpi) {
		drop(&target_of(r)->part->part, command);
		return true;
	}
	dummy = entry_of(r, command);
	if (!dummy)
		return false;
	return qpi ? parse_clocks(value, dummy->qpi_clocks, &dummy->n_qpi_clocks)
		   : parse_clocks(value, dummy->clocks, &dummy->n_clocks);
}
