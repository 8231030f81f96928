/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as spinor-chipdb(5) and spinor-bench(5) describe them. */
#include "base/value.h"

#include "base/error.h"
#include "base/units.h"

#include <glib.h>
#include <string.h>

bool
base_value_word(const struct base_value_word *words, const char *text, int *value)
{
	for (; words->name; words++) {
		if (strcmp(words->name, text) == 0) {
			*value = words->value;
			return true;
		}
	}
	return false;
}

char *
base_value_suggest(const struct base_value_word *words, const char *text)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (; words->name; words++)
		g_ptr_array_add(names, (gpointer)words->name);
	g_ptr_array_add(names, NULL);
	return base_suggest(text, (const char *const *)names->pdata);
}

bool
base_value_is_power_of_two(uint64_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

bool
base_value_is_size(uint64_t n)
{
	return base_value_is_power_of_two(n) ||
		(n % 33 == 0 && base_value_is_power_of_two(n / 33 * 32));
}

bool
base_value_hex_digits(const char *text, uint8_t *byte)
{
	if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]))
		return false;
	*byte = (uint8_t)(g_ascii_xdigit_value(text[0]) * 16 + g_ascii_xdigit_value(text[1]));
	return true;
}

bool
base_value_hex_byte(const char *text, uint8_t *byte)
{
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	return base_value_hex_digits(text, byte) && text[2] == '\0';
}

unsigned int
base_value_hex_bytes(const char *text, uint8_t *bytes, unsigned int room)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	unsigned int n = 0;

	for (char **word = words; *word; word++) {
		if (**word == '\0')
			continue;
		if (n == room || !base_value_hex_byte(*word, &bytes[n]))
			return 0;
		n++;
	}
	return n;
}

bool
base_value_range(const char *text, uint32_t *start, uint32_t *end)
{
	g_auto(GStrv) words = g_strsplit(text, "-", -1);
	uint64_t first;
	uint64_t last;

	if (g_strv_length(words) != 2 ||
		!base_parse_decimal(g_strstrip(words[0]), 0, UINT16_MAX, &first) ||
		!base_parse_decimal(g_strstrip(words[1]), first, UINT16_MAX, &last))
		return false;
	*start = (uint32_t)first;
	*end = (uint32_t)last + 1;
	return true;
}

bool
base_value_frequency(const char *text, unsigned int *hz)
{
	char *end;
	double value = g_ascii_strtod(text, &end);

	if (end == text || !g_ascii_isdigit(text[0]))
		return false;
	while (*end == ' ')
		end++;
	if (strcmp(end, "MHz") == 0)
		value *= 1e6;
	else if (strcmp(end, "kHz") == 0)
		value *= 1e3;
	else if (strcmp(end, "Hz") != 0)
		return false;
	if (!(value >= 1 && value <= 4e9))
		return false;
	*hz = (unsigned int)(value + 0.5);
	return true;
}
