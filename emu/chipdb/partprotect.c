/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The protection of a part, as spinor-chipdb(5) describes it: the ranges of its BP bits. */
#include "chipdb/partprotect.h"

#include "base/units.h"

#include <glib.h>
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
