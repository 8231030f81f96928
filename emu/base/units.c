/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes, numbers, times and voltages in text. The arithmetic is in whole numbers: "0.4 ms" is
 * exactly 400000 ns, and a value finer than the smallest unit is refused. Independent of the
 * locale.
 */
#include "base/units.h"

#include <glib.h>
#include <limits.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t scale;
};

/* Moves *text past the digits of base; false when there is none or the number overflows. */
static bool
parse_digits(const char **text, unsigned base, uint64_t *value)
{
	const char *start = *text;

	*value = 0;
	for (; g_ascii_isxdigit(**text); (*text)++) {
		unsigned digit = (unsigned)g_ascii_xdigit_value(**text);

		if (digit >= base)
			break;
		if (__builtin_mul_overflow(*value, base, value) ||
			__builtin_add_overflow(*value, digit, value))
			return false;
	}
	return *text != start;
}

static const char *
skip_blank(const char *text)
{
	return *text == ' ' ? text + 1 : text;
}

/* "2.7 V" with V = 1000: 2700. units ends with a NULL name. */
static bool
parse_scaled(const char *text, const struct unit *units, uint64_t *result)
{
	const char *fraction = NULL, *fraction_end = NULL;
	uint64_t value, scale;

	if (!parse_digits(&text, 10, &value))
		return false;
	if (*text == '.') {
		fraction = ++text;
		while (g_ascii_isdigit(*text))
			text++;
		fraction_end = text;
		if (fraction == fraction_end)
			return false;
	}
	text = skip_blank(text);
	while (units->name && strcmp(units->name, text) != 0)
		units++;
	if (!units->name)
		return false;
	scale = units->scale;
	if (__builtin_mul_overflow(value, scale, &value))
		return false;
	for (; fraction < fraction_end; fraction++) {
		uint64_t digit = (uint64_t)(*fraction - '0');

		scale /= 10;
		if (scale == 0 && digit != 0)
			return false; /* finer than the smallest unit */
		if (__builtin_add_overflow(value, digit * scale, &value))
			return false;
	}
	*result = value;
	return true;
}

bool
base_parse_size(const char *text, uint64_t *bytes)
{
	static const struct unit units[] = {
		{"", 1},
		{"B", 1},
		{"K", UINT64_C(1) << 10},
		{"KB", UINT64_C(1) << 10},
		{"KiB", UINT64_C(1) << 10},
		{"M", UINT64_C(1) << 20},
		{"MB", UINT64_C(1) << 20},
		{"MiB", UINT64_C(1) << 20},
		{"G", UINT64_C(1) << 30},
		{"GB", UINT64_C(1) << 30},
		{"GiB", UINT64_C(1) << 30},
	};
	unsigned base = 10;
	uint64_t value;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (!parse_digits(&text, base, &value))
		return false;
	if (text[0] == ' ' && text[1] != '\0')
		text++;
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		if (strcmp(units[i].name, text) == 0)
			return !__builtin_mul_overflow(value, units[i].scale, bytes);
	}
	return false;
}

bool
base_parse_range(const char *text, bool single, uint64_t *from, uint64_t *to)
{
	g_auto(GStrv) ends = g_strsplit(text, "-", 2);
	uint64_t first, last;

	if (ends[0] == NULL || !base_parse_whole(ends[0], 0, UINT64_MAX - 1, &first) ||
		(ends[1] == NULL && !single))
		return false;
	last = first;
	if (ends[1] != NULL && !base_parse_whole(ends[1], first, UINT64_MAX - 1, &last))
		return false;
	*from = first;
	*to = last + 1;
	return true;
}

bool
base_parse_time(const char *text, int64_t *ns)
{
	static const struct unit units[] = {
		{"ns", 1},
		{"us", 1000},
		{"ms", 1000000},
		{"s", 1000000000},
		{NULL, 0},
	};
	uint64_t value;

	if (!parse_scaled(text, units, &value) || value > INT64_MAX)
		return false;
	*ns = (int64_t)value;
	return true;
}

bool
base_parse_voltage(const char *text, int *millivolts)
{
	static const struct unit units[] = {
		{"mV", 1},
		{"V", 1000},
		{NULL, 0},
	};
	uint64_t value;

	if (!parse_scaled(text, units, &value) || value > INT_MAX)
		return false;
	*millivolts = (int)value;
	return true;
}

char *
base_format_size(uint64_t bytes)
{
	static const char *const names[] = {"B", "KiB", "MiB", "GiB"};
	size_t unit = 0;

	while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < G_N_ELEMENTS(names)) {
		bytes /= 1024;
		unit++;
	}
	return g_strdup_printf("%" G_GUINT64_FORMAT " %s", (guint64)bytes, names[unit]);
}

static bool
parse_number(const char *text, unsigned int base, uint64_t min, uint64_t max, uint64_t *number)
{
	guint64 taken;

	/* GLib refuses blanks and signs before the number, but not \v. */
	if (!g_ascii_isxdigit(text[0]) ||
		!g_ascii_string_to_unsigned(text, base, min, max, &taken, NULL))
		return false;
	*number = taken;
	return true;
}

bool
base_parse_whole(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	bool hex = g_ascii_strncasecmp(text, "0x", 2) == 0;

	return parse_number(hex ? text + 2 : text, hex ? 16 : 10, min, max, number);
}

bool
base_parse_decimal(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	return parse_number(text, 10, min, max, number);
}
