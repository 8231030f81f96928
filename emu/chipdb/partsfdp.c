/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An SFDP table read out of a real chip, in a file beside the chip data: binary, which begins with
 * "SFDP", or a text with two hex digits for each byte and # comments.
 */
#include "base/value.h"
#include "base/wholefile.h"
#include "chipdb/partsfdp.h"

#include <string.h>

/* The largest known tables have some hundred bytes. */
enum {
	LENGTH_MAX = 64 * 1024
};

static const char signature[] = "SFDP";

static bool
has_signature(const uint8_t *data, gsize length)
{
	return length > strlen(signature) && memcmp(data, signature, strlen(signature)) == 0;
}

/* Converts hex text to bytes in place. Returns their number, or 0 on anything else. */
static gsize
decode(char *text)
{
	uint8_t *bytes = (uint8_t *)text;
	uint8_t byte;
	gsize n = 0;

	while (*text) {
		if (*text == '#') {
			text += strcspn(text, "\n");
		} else if (g_ascii_isspace(*text)) {
			text++;
		} else if (base_value_hex_digits(text, &byte)) {
			bytes[n++] = byte;
			text += 2;
		} else {
			return 0;
		}
	}
	return n;
}

bool
chipdb_part_read_sfdp(const char *chips, const char *name, GStringChunk *strings,
	const uint8_t **data, uint32_t *length, char **why)
{
	g_autofree char *folder = g_path_get_dirname(chips);
	g_autofree char *path =
		g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(folder, name, NULL);
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = NULL;
	gsize n;

	if (!base_whole_file(path, BASE_TEXT_MAX, &text, &n, &cause)) {
		*why = g_strdup(cause->message);
		return false;
	}
	if (!has_signature((uint8_t *)text, n))
		n = decode(text);
	if (n > LENGTH_MAX || !has_signature((uint8_t *)text, n)) {
		*why = g_strdup_printf(
			"%s is no SFDP: neither bytes nor hex that begin with 53 46 44 50", path);
		return false;
	}
	*data = (const uint8_t *)g_string_chunk_insert_len(strings, text, (gssize)n);
	*length = (uint32_t)n;
	return true;
}
