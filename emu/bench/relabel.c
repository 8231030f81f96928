/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Relabelled and counterfeit chips: copies the part and changes its identification in the copy, and
 * the other property that a key can change, wp-with-qe. The
 * real size of the die is set in the chip, see flash_set_real_size().
 *
 * Leaves out the answers to REMS and RES, which remain those of the part: relabelling changes only
 * the marking, so a host that compares the answers can detect it.
 */
#include "bench/relabel.h"

#include "base/error.h"
#include "base/units.h"
#include "chipdb/sfdpfile.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "setup/condition.h"

#include <string.h>

#define RDSFDP "RDSFDP"

static bool
refuse(const struct setup_condition *condition, enum setup_condition_key key, const char *where,
	const char *text, GError **error)
{
	bool option = where == NULL || condition->by_option >> key & 1;

	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s%s%s: a %s", option ? "--" : where,
		option ? "" : ": ", setup_condition_rows[key].name, text);
	return false;
}

static bool
check_size(const struct setup_condition *condition, const struct flash_part *part,
	const char *where, GError **error)
{
	g_autofree char *size = base_format_size(part->size);
	g_autofree char *text = NULL;

	if (!setup_condition_has(condition, SETUP_KEY_REAL_SIZE))
		return true;
	if (flash_part_is_dataflash(part))
		text = g_strdup_printf("%s is a DataFlash; allowed is any other part", part->name);
	else if (condition->real_size > part->size)
		text = g_strdup_printf("%s is not that large; allowed: up to %s", part->name, size);
	else if (condition->real_size < part->page_size)
		text = g_strdup_printf("%s has pages of %" G_GUINT32_FORMAT
				       " bytes; allowed: from that up to %s",
			part->name, (guint32)part->page_size, size);
	return text == NULL || refuse(condition, SETUP_KEY_REAL_SIZE, where, text, error);
}

static bool
check_beyond(const struct setup_condition *condition, const struct flash_part *part,
	const char *where, GError **error)
{
	g_autofree char *text = NULL;

	if (!setup_condition_has(condition, SETUP_KEY_BEYOND) ||
		setup_condition_has(condition, SETUP_KEY_REAL_SIZE))
		return true;
	text = g_strdup_printf("%s has nothing beyond its size; allowed together with %s",
		part->name, setup_condition_rows[SETUP_KEY_REAL_SIZE].name);
	return refuse(condition, SETUP_KEY_BEYOND, where, text, error);
}

/* The table of the condition's sfdp_text. */
static struct chipdb_sfdp *
read_sfdp(const struct setup_condition *condition, char **why)
{
	const char *text = condition->sfdp_text;

	if (setup_condition_is_hex(text))
		return chipdb_sfdp_parse("the value", text, strlen(text), why);
	return chipdb_sfdp_read(text, why);
}

static bool
check_sfdp(const struct setup_condition *condition, const struct flash_part *part,
	const char *where, GError **error)
{
	bool changes = condition->sfdp_size > 0 || condition->sfdp_text;
	g_autofree char *why = NULL;
	g_autofree char *text = NULL;
	struct chipdb_sfdp *sfdp;

	if (!setup_condition_has(condition, SETUP_KEY_SFDP) || !changes)
		return true;
	if (flash_opcode(part, RDSFDP) < 0) {
		text = g_strdup_printf("%s has no table to change; allowed: none", part->name);
		return refuse(condition, SETUP_KEY_SFDP, where, text, error);
	}
	if (!condition->sfdp_text)
		return true;
	sfdp = read_sfdp(condition, &why);
	if (!sfdp)
		text = g_strdup_printf("%s cannot have it: %s", part->name, why);
	chipdb_sfdp_free(sfdp);
	return text == NULL || refuse(condition, SETUP_KEY_SFDP, where, text, error);
}

/* The length of the table that the chip will have. */
static uint32_t
sfdp_length(const struct setup_condition *condition, const struct flash_part *part)
{
	g_autofree struct flash_part *copy = bench_relabel_part(condition, part);

	return flash_sfdp_length(copy ? copy : part);
}

/* Returns the offset after the last byte to replace. */
static uint32_t
end_of_bytes(const struct setup_condition *condition)
{
	uint32_t end = 0;

	for (unsigned int i = 0; i < condition->n_sfdp_bytes; i++)
		end = MAX(end, condition->sfdp_bytes[i].offset + 1);
	return end;
}

static bool
check_sfdp_bytes(const struct setup_condition *condition, const struct flash_part *part,
	const char *where, GError **error)
{
	bool given = setup_condition_has(condition, SETUP_KEY_SFDP);
	uint32_t length;
	g_autofree char *text = NULL;

	if (!setup_condition_has(condition, SETUP_KEY_SFDP_BYTES))
		return true;
	length = sfdp_length(condition, part);
	if (flash_opcode(part, RDSFDP) < 0)
		text = g_strdup_printf(
			"%s has no SFDP table to change; allowed is a part that has", part->name);
	else if (given && condition->sfdp_size == 0 && !condition->sfdp_text)
		text = g_strdup_printf(
			"%s without SFDP table has no bytes of it; allowed: without sfdp = none",
			part->name);
	else if (end_of_bytes(condition) > length)
		text = g_strdup_printf("%s has an SFDP table of %u bytes; allowed: up to 0x%X",
			part->name, length, length - 1);
	return text == NULL || refuse(condition, SETUP_KEY_SFDP_BYTES, where, text, error);
}

static bool
check_wp(const struct setup_condition *condition, const struct flash_part *part, const char *where,
	GError **error)
{
	g_autofree char *text = NULL;

	if (!setup_condition_has(condition, SETUP_KEY_WP_WITH_QE))
		return true;
	for (unsigned int i = 0; i < FLASH_REGISTERS * 8; i++)
		if (part->status[i / 8][i % 8].function == FLASH_BIT_QE)
			return true;
	text = g_strdup_printf("%s has no QE bit; allowed is a part that has", part->name);
	return refuse(condition, SETUP_KEY_WP_WITH_QE, where, text, error);
}

static bool
check_id(const struct setup_condition *condition, const struct flash_part *part, const char *where,
	GError **error)
{
	g_autofree char *text = NULL;

	if (!setup_condition_has(condition, SETUP_KEY_ID) || part->id_length > 0)
		return true;
	text = g_strdup_printf("%s has no RDID; allowed is a part that has", part->name);
	return refuse(condition, SETUP_KEY_ID, where, text, error);
}

bool
bench_relabel_check(const struct setup_condition *condition, const struct flash_part *part,
	const char *where, GError **error)
{
	return check_size(condition, part, where, error) &&
		check_beyond(condition, part, where, error) &&
		check_sfdp(condition, part, where, error) &&
		check_sfdp_bytes(condition, part, where, error) &&
		check_wp(condition, part, where, error) && check_id(condition, part, where, error);
}

static void
drop_sfdp(struct flash_part *part)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < part->n_commands; i++)
		if (strcmp(part->commands[i].name, RDSFDP) != 0)
			part->commands[n++] = part->commands[i];
	part->n_commands = n;
}

/* Gives part the table sfdp; its bytes are at data. */
static void
set_sfdp(struct flash_part *part, const struct chipdb_sfdp *sfdp, uint8_t *data)
{
	memcpy(data, sfdp->data, sfdp->length);
	part->sfdp = FLASH_SFDP_FILE;
	part->sfdp_data = data;
	part->sfdp_length = sfdp->length;
	part->sfdp_source = part->sfdp_quirks = NULL;
	/* Reads of a longer table than the part's go on to its end. */
	if (part->sfdp_wrap < sfdp->length)
		part->sfdp_wrap = 0;
}

struct flash_part *
bench_relabel_part(const struct setup_condition *condition, const struct flash_part *part)
{
	size_t n_bytes = condition->n_sfdp_bytes * sizeof(condition->sfdp_bytes[0]);
	g_autofree char *why = NULL;
	struct chipdb_sfdp *sfdp = NULL;
	struct flash_part *copy;

	if (!setup_condition_has(condition, SETUP_KEY_ID) &&
		!setup_condition_has(condition, SETUP_KEY_SFDP) &&
		!setup_condition_has(condition, SETUP_KEY_SFDP_BYTES) &&
		!setup_condition_has(condition, SETUP_KEY_WP_WITH_QE))
		return NULL;
	if (condition->sfdp_text)
		sfdp = read_sfdp(condition, &why);
	/* One allocation for the part and the bytes after it. */
	copy = g_malloc(sizeof(*part) + n_bytes + (sfdp ? sfdp->length : 0));
	*copy = *part;
	memcpy(copy + 1, condition->sfdp_bytes, n_bytes);
	copy->sfdp_bytes = (const struct flash_sfdp_byte *)(copy + 1);
	copy->n_sfdp_bytes = condition->n_sfdp_bytes;
	if (setup_condition_has(condition, SETUP_KEY_ID)) {
		memcpy(copy->id, condition->id, sizeof(copy->id));
		copy->id_length = condition->n_id;
	}
	copy->sfdp_size = condition->sfdp_size;
	if (sfdp)
		set_sfdp(copy, sfdp, (uint8_t *)(copy + 1) + n_bytes);
	else if (setup_condition_has(condition, SETUP_KEY_SFDP) && condition->sfdp_size == 0)
		drop_sfdp(copy);
	chipdb_sfdp_free(sfdp);
	if (setup_condition_has(condition, SETUP_KEY_WP_WITH_QE))
		copy->wp_with_qe = condition->wp_with_qe;
	return copy;
}
