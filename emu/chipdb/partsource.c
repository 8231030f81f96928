/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values that state their source, as spinor-chipdb(5) describes them: the other names of a part,
 * each with the reason why it is the same chip, and the delivered values of registers.
 *
 * Files of users can leave it out. Leaves out what a source has to look like: a unit test checks
 * that for the files that come with spinor (suite chipdb_sources).
 */
#include "chipdb/partsource.h"

#include "base/value.h"

#include <string.h>

bool
chipdb_part_split_source(char *text, const char **source)
{
	char *begin = strchr(text, '(');
	char *end;

	*source = NULL;
	if (!begin) {
		g_strstrip(text);
		return strchr(text, ')') == NULL;
	}
	*begin++ = '\0';
	end = strchr(begin, ')');
	if (!end || strchr(begin, '(') || *g_strchug(end + 1) != '\0')
		return false;
	*end = '\0';
	*source = g_strstrip(begin);
	g_strstrip(text);
	return **source != '\0';
}

bool
chipdb_part_read_aliases(
	const char *value, GStringChunk *strings, const char ***names, const char ***reasons)
{
	g_auto(GStrv) words = g_strsplit(value, ";", -1);
	unsigned int n = 0;

	*names = g_new0(const char *, g_strv_length(words) + 1);
	*reasons = g_new0(const char *, g_strv_length(words) + 1);
	for (char **word = words; *word; word++) {
		const char *reason;

		if (*g_strstrip(*word) == '\0')
			continue;
		if (!chipdb_part_split_source(*word, &reason) || strpbrk(*word, " \t") ||
			**word == '\0')
			return false;
		(*names)[n] = g_string_chunk_insert_const(strings, *word);
		(*reasons)[n++] = g_string_chunk_insert_const(strings, reason ? reason : "");
	}
	return true;
}

bool
chipdb_part_read_delivered(
	const char *value, GStringChunk *strings, uint8_t *byte, const char **source)
{
	g_autofree char *copy = g_strdup(value);
	const char *text;

	if (!chipdb_part_split_source(copy, &text) || !base_value_hex_byte(copy, byte))
		return false;
	*source = text ? g_string_chunk_insert_const(strings, text) : NULL;
	return true;
}
