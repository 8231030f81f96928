/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds and resolves escapes. Leaves out octal ones, bell, backspace, form feed, vertical tab. */
#include "base/escape.h"

#include "base/value.h"

#include <string.h>

char *
base_escape(const char *text)
{
	GString *line = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		if (!g_ascii_iscntrl(*text))
			g_string_append_c(line, *text);
		else if (*text == '\n' || *text == '\r' || *text == '\t')
			g_string_append_printf(line, "\\%c",
				*text == '\n'           ? 'n'
					: *text == '\r' ? 'r'
							: 't');
		else
			g_string_append_printf(line, "\\x%02X", (unsigned int)*text);
	}
	return g_string_free(line, FALSE);
}

/* The last place at or before at where a character of UTF-8 begins. */
static size_t
character_at(const char *text, size_t at)
{
	while (at > 0 && ((uint8_t)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

char *
base_shorten(const char *text, size_t max)
{
	size_t length = strlen(text);
	size_t head, tail;

	if (length <= max)
		return g_strdup(text);
	head = character_at(text, max / 2);
	tail = character_at(text, length - max / 2);
	return g_strdup_printf(
		"%.*s... (%zu bytes) ...%s", (int)head, text, tail - head, text + tail);
}

/* Resolves the escape after a backslash at *at, and moves *at past it. */
static bool
take_escape(const char **at, char *byte)
{
	static const char names[] = "nrt\\\"", bytes[] = "\n\r\t\\\"";
	const char *name = **at != '\0' ? strchr(names, **at) : NULL;
	uint8_t value;

	if (name != NULL) {
		*byte = bytes[name - names];
		*at += 1;
		return true;
	}
	if (**at != 'x' || !base_value_hex_digits(*at + 1, &value))
		return false;
	*byte = (char)value;
	*at += 3;
	return true;
}

bool
base_unescape(const char *text, GString *bytes)
{
	while (*text != '\0') {
		char byte = *text++;

		if (byte == '\\' && !take_escape(&text, &byte))
			return false;
		g_string_append_c(bytes, byte);
	}
	return true;
}
