/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands that a part ignores while it has suspended a program or an erase, as
 * spinor-chipdb(5) describes them. Each key replaces its own list and no other one.
 */
#include "chipdb/partsuspend.h"

#include "chipdb/partcommand.h"
#include "chipdb/partkey.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

static void
drop(struct flash_part *part, uint8_t when)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < part->n_refused; i++) {
		if (part->refused[i].when != when)
			part->refused[kept++] = part->refused[i];
	}
	part->n_refused = kept;
}

/* False: the mnemonic is unknown, or there is no room. */
static bool
add(struct base_key_reading *r, const char *word)
{
	const struct chipdb_partkey_reading *target = r->target;
	struct flash_part *part = &target->part->part;

	if (strcmp(word, "ERASE") != 0 && !flash_command_known(word))
		r->why = chipdb_part_unknown_command(word);
	else if (part->n_refused == FLASH_REFUSED_MAX)
		r->why = g_strdup_printf("more than %d commands", FLASH_REFUSED_MAX);
	if (r->why)
		return false;
	part->refused[part->n_refused++] = (struct flash_refused){
		g_string_chunk_insert_const(target->strings, word), (uint8_t)r->key->field};
	return true;
}

bool
chipdb_part_take_refused(struct base_key_reading *r, const char *value)
{
	const struct chipdb_partkey_reading *target = r->target;
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);

	drop(&target->part->part, (uint8_t)r->key->field);
	if (strcmp(value, "none") == 0)
		return true;
	for (char **word = words; *word; word++) {
		if (**word != '\0' && !add(r, *word))
			return false;
	}
	return true;
}
