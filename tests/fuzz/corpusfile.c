/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "corpusfile.h"

#include "base/escape.h"

#include <string.h>

static bool
from_hex(const char *text, GString *input)
{
	for (; text[0] != '\0'; text += 2) {
		if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]))
			return false;
		g_string_append_c(input,
			(char)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1])));
	}
	return true;
}

bool
corpusfile_each(const char *path, void (*each)(void *data, const GString *input), void *data,
	GError **error)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, error))
		return false;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++) {
		g_autoptr(GString) input = g_string_new(NULL);
		const char *line = lines[i];
		bool good = true;

		if ((line[0] != 't' && line[0] != 'h') || line[1] != ' ')
			continue;
		good = line[0] == 't' ? base_unescape(line + 2, input) : from_hex(line + 2, input);
		if (!good) {
			g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
				"%s: line %u: wrong escape or hex digit", path, i + 1);
			return false;
		}
		each(data, input);
	}
	return true;
}

void
corpusfile_append(GString *text, const guint8 *input, gsize n)
{
	gsize start = text->len;

	g_string_append(text, "t ");
	for (gsize i = 0; i < n; i++) {
		char byte = (char)input[i];

		if (byte == '\n')
			g_string_append(text, "\\n");
		else if (byte == '\t')
			g_string_append(text, "\\t");
		else if (byte == '\\' || byte == '"')
			g_string_append_printf(text, "\\%c", byte);
		else if (g_ascii_isprint(byte))
			g_string_append_c(text, byte);
		else
			g_string_append_printf(text, "\\x%02X", input[i]);
	}
	if (text->len - start > 2 + 2 * n) {
		g_string_truncate(text, start);
		g_string_append(text, "h ");
		for (gsize i = 0; i < n; i++)
			g_string_append_printf(text, "%02x", input[i]);
	}
	g_string_append_c(text, '\n');
}
