/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The protection of a part, as spinor-chipdb(5) describes it: its ranges, and their checks. */
#include "chipdb/partprotect.h"

#include "base/error.h"
#include "base/units.h"
#include "chipdb/partcommand.h"

#include <string.h>

static bool
parse_fraction(const char *text, struct flash_bp_range *range)
{
	g_auto(GStrv) parts = g_strsplit(text, "/", 2);
	uint64_t numerator;
	uint64_t denominator;

	if (g_strv_length(parts) != 2 || !base_parse_decimal(parts[0], 1, UINT16_MAX, &numerator) ||
		!base_parse_decimal(parts[1], numerator, UINT16_MAX, &denominator))
		return false;
	range->numerator = (uint16_t)numerator;
	range->denominator = (uint16_t)denominator;
	return true;
}

static bool
parse_range(const char *text, struct flash_bp_range *range)
{
	g_autofree char *length = g_strdup(text);
	char *at = strchr(length, '@');
	uint64_t bytes;

	*range = (struct flash_bp_range){0};
	if (strcmp(text, "none") == 0)
		return true;
	range->stops_chip_erase = true;
	if (strcmp(text, "chip-erase") == 0)
		return true;
	if (at) {
		*at++ = '\0';
		if (strcmp(at, "other") != 0)
			return false;
		range->other_end = true;
	}
	if (strcmp(length, "all") == 0)
		return parse_fraction("1/1", range);
	if (strchr(length, '/'))
		return parse_fraction(length, range);
	if (!base_parse_size(length, &bytes) || bytes == 0 || bytes > UINT32_MAX)
		return false;
	range->bytes = (uint32_t)bytes;
	return true;
}

bool
chipdb_part_set_bp_ranges(struct flash_part *part, const char *value)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
	unsigned int n = 0;

	for (char **word = words; *word; word++) {
		if (**word == '\0')
			continue;
		if (n == FLASH_RANGES_MAX || !parse_range(*word, &part->bp_ranges[n]))
			return false;
		n++;
	}
	part->n_bp_ranges = n;
	return n > 0;
}

/* The number of values of the BP bits. */
static unsigned int
count_bp_values(const struct flash_part *part)
{
	unsigned int n = 1;

	for (unsigned int i = 0; i < FLASH_REGISTERS * 8; i++) {
		enum flash_bit function = part->status[i / 8][i % 8].function;

		if (function >= FLASH_BIT_BP0 && function <= FLASH_BIT_BP4)
			n *= 2;
	}
	return n;
}

/* A map of one region with one block gives the size of all blocks. */
static bool
lock_map_fits(const struct flash_part *part)
{
	uint64_t size = 0;

	if (part->n_lock_regions == 0)
		return true;
	if (part->n_lock_regions == 1 && part->lock_regions[0].n_blocks == 1)
		return part->size % part->lock_regions[0].block_size == 0;
	for (unsigned int i = 0; i < part->n_lock_regions; i++)
		size += (uint64_t)part->lock_regions[i].n_blocks * part->lock_regions[i].block_size;
	return size == part->size;
}

bool
chipdb_part_check_protection(
	const struct flash_part *part, const struct chipdb_part_group *group, GError **error)
{
	unsigned int n = count_bp_values(part);

	if (part->range_rule == FLASH_RANGE_LIST && part->n_bp_ranges != n) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: protection-list has %u ranges, its BP bits have %u values",
			group->file, group->name, part->n_bp_ranges, n);
		return false;
	}
	if (part->busy_after_failure && !chipdb_part_has_command(part, "CLSR")) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: after-failure = busy needs the command CLSR, which is missing",
			group->file, group->name);
		return false;
	}
	if (!lock_map_fits(part)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: the blocks of lock-map are not as large as size", group->file,
			group->name);
		return false;
	}
	return true;
}
