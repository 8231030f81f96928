/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An SFDP that was read out of a real chip, or made up by a user: binary, or a text with a line for
 * some bytes each, two hex digits for a byte, in front of them if needed their address and a colon.
 * Addresses go up; bytes between them are FF. Further lines: "source = TEXT", and "quirk FIELD =
 * REASON" for a field that is not as in the part (flash/sfdpcompare.h has the fields).
 */
#include "chipdb/sfdpfile.h"

#include "base/value.h"
#include "base/wholefile.h"

#include <string.h>

/* 5A has three address bytes. */
enum {
	LENGTH_MAX = 1 << 24
};

static const char signature[] = "SFDP";

/* The part of a file that has been read. */
struct reading {
	GByteArray *bytes;
	GString *source;
	GString *quirks;
};

static bool
has_signature(const uint8_t *data, gsize length)
{
	return length > strlen(signature) && memcmp(data, signature, strlen(signature)) == 0;
}

/* "030:" in front of bytes: fills up to there with FF. */
static bool
take_address(struct reading *reading, const char *text)
{
	char *end;
	guint64 address = g_ascii_strtoull(text, &end, 16);
	guint from = reading->bytes->len;

	if (!g_ascii_isxdigit(text[0]) || *end != '\0' || address < from || address > LENGTH_MAX)
		return false;
	g_byte_array_set_size(reading->bytes, (guint)address);
	if (address > from)
		memset(reading->bytes->data + from, 0xff, address - from);
	return true;
}

static bool
take_bytes(struct reading *reading, char *line)
{
	char *colon = strchr(line, ':');
	const char *text = colon ? colon + 1 : line;
	uint8_t byte;

	if (colon) {
		*colon = '\0';
		if (!take_address(reading, g_strstrip(line)))
			return false;
	}
	while (*text) {
		if (g_ascii_isspace(*text)) {
			text++;
		} else if (base_value_hex_digits(text, &byte)) {
			g_byte_array_append(reading->bytes, &byte, 1);
			text += 2;
		} else {
			return false;
		}
	}
	return true;
}

/* "source = ..." or "quirk FIELD = ..."; value is what follows =. */
static bool
take_key(struct reading *reading, char *key, char *value)
{
	g_strstrip(key);
	g_strstrip(value);
	if (strcmp(key, "source") == 0) {
		g_string_append_printf(
			reading->source, "%s%s", reading->source->len ? "; " : "", value);
		return true;
	}
	if (!g_str_has_prefix(key, "quirk "))
		return false;
	g_string_append_printf(reading->quirks, "%s%s = %s", reading->quirks->len ? "\n" : "",
		g_strchug(key + strlen("quirk ")), value);
	return value[0] != '\0';
}

static bool
take_line(struct reading *reading, char *line)
{
	char *equals;

	line[strcspn(line, "#")] = '\0';
	equals = strchr(line, '=');
	if (!equals)
		return take_bytes(reading, line);
	*equals = '\0';
	return take_key(reading, line, equals + 1);
}

static bool
read_text(struct reading *reading, const char *text, gsize n)
{
	g_autofree char *copy = g_strndup(text, n);
	g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);

	if (strlen(copy) != n)
		return false;
	for (char **line = lines; *line; line++) {
		if (!take_line(reading, *line))
			return false;
	}
	return true;
}

struct chipdb_sfdp *
chipdb_sfdp_parse(const char *name, const char *text, gsize n, char **why)
{
	struct reading reading = {g_byte_array_new(), g_string_new(NULL), g_string_new(NULL)};
	struct chipdb_sfdp *sfdp = g_new0(struct chipdb_sfdp, 1);
	bool good = true;

	if (has_signature((const uint8_t *)text, n))
		g_byte_array_append(reading.bytes, (const guint8 *)text, (guint)n);
	else
		good = read_text(&reading, text, n);
	sfdp->length = reading.bytes->len;
	sfdp->data = g_byte_array_free(reading.bytes, FALSE);
	sfdp->quirks = g_string_free(reading.quirks, reading.quirks->len == 0);
	sfdp->source = g_string_free(reading.source, reading.source->len == 0);
	if (good && sfdp->length <= LENGTH_MAX && has_signature(sfdp->data, sfdp->length))
		return sfdp;
	*why = g_strdup_printf(
		"%s is no SFDP: neither bytes nor hex that begin with 53 46 44 50", name);
	chipdb_sfdp_free(sfdp);
	return NULL;
}

struct chipdb_sfdp *
chipdb_sfdp_read(const char *path, char **why)
{
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = NULL;
	gsize n;

	if (!base_whole_file(path, BASE_TEXT_MAX, &text, &n, &cause)) {
		*why = g_strdup(cause->message);
		return NULL;
	}
	return chipdb_sfdp_parse(path, text, n, why);
}

void
chipdb_sfdp_free(struct chipdb_sfdp *sfdp)
{
	if (!sfdp)
		return;
	g_free(sfdp->quirks);
	g_free(sfdp->source);
	g_free(sfdp->data);
	g_free(sfdp);
}
