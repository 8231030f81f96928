/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what host tools print about a chip: an ID, an SFDP, or the output of flashrom 1.3 to 1.8
 * with -VV, which has the ID and decoded fields, or -VVV, which has the bytes of the SFDP too.
 * Unknown lines are skipped.
 */
#include "chipdb/dump.h"

#include "base/error.h"
#include "base/value.h"
#include "chipdb/sfdpfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SFDP_MAX (1 << 16)

struct chipdb_dump *
chipdb_dump_new(void)
{
	struct chipdb_dump *dump = g_new0(struct chipdb_dump, 1);

	dump->status = -1;
	dump->sfdp = g_byte_array_new();
	return dump;
}

void
chipdb_dump_free(struct chipdb_dump *dump)
{
	if (!dump)
		return;
	g_byte_array_unref(dump->sfdp);
	g_free(dump->flashrom);
	g_free(dump->vendor);
	g_free(dump->sfdp_file);
	g_free(dump);
}

bool
chipdb_dump_take_id(struct chipdb_dump *dump, const char *text)
{
	uint8_t id[FLASH_ID_MAX];
	unsigned int n = 0;

	if (g_ascii_strncasecmp(text, "0x", 2) == 0)
		text += 2;
	while (*text) {
		if (*text == ' ') {
			text++;
			continue;
		}
		if (n == FLASH_ID_MAX || !base_value_hex_digits(text, &id[n]))
			return false;
		n++;
		text += 2;
	}
	if (n < 2)
		return false;
	memcpy(dump->id, id, n);
	dump->id_length = n;
	return true;
}

/* The output of flashrom while it is read. */
struct reading {
	struct chipdb_dump *dump;
	GHashTable *ids; /* "id1 0xef, id2 0x4018" to how often it was read */
	long address;    /* of the SFDP bytes in the next line; -1: none */
	bool known;      /* a line was understood */
};

/* "addr=0x80, len=2, data:" of -VVV; the bytes are in a line of their own. */
static void
take_chunk(struct reading *r, const char *line)
{
	const char *at = strstr(line, "sfdp_read_sfdp_chunk: addr=");

	if (at)
		r->address = strtol(at + strlen("sfdp_read_sfdp_chunk: addr="), NULL, 0);
}

/* " 0x53 0x46" */
static bool
take_chunk_bytes(struct reading *r, const char *line)
{
	GByteArray *sfdp = r->dump->sfdp;
	uint8_t bytes[16];
	unsigned int n = base_value_hex_bytes(line, bytes, sizeof(bytes));
	guint known = sfdp->len;

	if (r->address < 0 || n == 0 || r->address > SFDP_MAX - (long)n)
		return false;
	if (known < (guint)r->address + n) {
		g_byte_array_set_size(sfdp, (guint)r->address + n);
		memset(sfdp->data + known, 0xff, sfdp->len - known);
	}
	memcpy(sfdp->data + r->address, bytes, n);
	r->address = -1;
	return true;
}

/* "compare_id: id1 0xef, id2 0x4018" */
/* NOLINTBEGIN(cert-err34-c): a number that does not fit is none of a chip. */

static void
take_id(struct reading *r, const char *line)
{
	const char *at = strstr(line, "id1 0x");
	unsigned int one;
	unsigned int two;
	char *key;

	if (!at || sscanf(at, "id1 0x%x, id2 0x%x", &one, &two) != 2)
		return;
	if (strstr(line, "REMS")) {
		r->dump->has_rems = one < 0xff && one > 0 && two <= 0xff;
		r->dump->rems[0] = (uint8_t)one;
		r->dump->rems[1] = (uint8_t)two;
		return;
	}
	if (one == 0 || (one & 0xff) == 0xff || two == 0xffff || one > 0xffff || two > 0xffff)
		return;
	key = g_strdup_printf("%X %04X", one, two);
	g_hash_table_insert(r->ids, key,
		GINT_TO_POINTER(GPOINTER_TO_INT(g_hash_table_lookup(r->ids, key)) + 1));
}

/* Found Winbond flash chip "W25Q128.V" (16384 kB, SPI) */
static bool
take_found(struct reading *r, const char *line)
{
	const char *middle = strstr(line, " flash chip \"");
	const char *name;
	const char *end;

	/* The vendor can be missing: "Found flash chip". */
	if (!g_str_has_prefix(line, "Found ") || !middle || middle < line + strlen("Found "))
		return false;
	name = middle + strlen(" flash chip \"");
	end = strchr(name, '"');
	if (!end || end == name)
		return false;
	r->dump->size = g_ascii_strtoull(end + strcspn(end, "0123456789"), NULL, 10) * 1024;
	g_free(r->dump->flashrom);
	g_free(r->dump->vendor);
	r->dump->flashrom = g_strndup(name, (gsize)(end - name));
	line += strlen("Found ");
	r->dump->vendor = g_strndup(line, (gsize)(middle - line));
	return true;
}

static bool
take_eraser(struct reading *r, const char *line)
{
	struct chipdb_dump *dump = r->dump;
	unsigned int number, count, size, opcode;

	if (sscanf(line, " Block eraser %u: %u x %u B with opcode 0x%x", &number, &count, &size,
		    &opcode) != 4)
		return false;
	if (dump->n_erases < FLASH_ERASES_MAX && opcode <= 0xff && base_value_is_power_of_two(size))
		dump->erases[dump->n_erases++] = (struct chipdb_dump_erase){(uint8_t)opcode, size};
	return true;
}

static bool
take_field(struct reading *r, const char *line)
{
	unsigned int number;

	if (sscanf(line, " Flash chip size is %u kB", &number) == 1)
		r->dump->size = (uint64_t)number * 1024;
	else if (strstr(line, "Chip status register is 0x") &&
		sscanf(strstr(line, "is 0x"), "is 0x%x", &number) == 1)
		r->dump->status = (int)(number & 0xff);
	else if (strstr(line, "4-Byte only addressing"))
		r->dump->four_byte_only = true;
	else
		return take_found(r, line) || take_eraser(r, line);
	return true;
}

/* NOLINTEND(cert-err34-c) */

static void
take_line(struct reading *r, char *line)
{
	g_strchomp(line);
	if (take_chunk_bytes(r, line)) {
		r->known = true;
		return;
	}
	take_chunk(r, line);
	take_id(r, line);
	r->known = take_field(r, line) || r->known;
}

/* The ID that most probes read: some definitions read other bytes. */
static void
choose_id(struct reading *r)
{
	GHashTableIter iter;
	gpointer key;
	gpointer count;
	int most = 0;

	g_hash_table_iter_init(&iter, r->ids);
	while (g_hash_table_iter_next(&iter, &key, &count)) {
		g_autofree char *digits = NULL;

		if (GPOINTER_TO_INT(count) <= most)
			continue;
		most = GPOINTER_TO_INT(count);
		digits = g_strdup_printf("%s%s", strcspn(key, " ") % 2 ? "0" : "", (char *)key);
		chipdb_dump_take_id(r->dump, digits);
	}
	r->known = r->known || most > 0;
}

static bool
take_output(struct chipdb_dump *dump, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct reading r = {dump, ids, -1, false};

	for (char **line = lines; *line; line++)
		take_line(&r, *line);
	choose_id(&r);
	return r.known;
}

static void
take_sfdp(struct chipdb_dump *dump, const char *name, const struct chipdb_sfdp *sfdp)
{
	g_byte_array_set_size(dump->sfdp, 0);
	g_byte_array_append(dump->sfdp, sfdp->data, MIN(sfdp->length, SFDP_MAX));
	g_free(dump->sfdp_file);
	dump->sfdp_file = g_file_test(name, G_FILE_TEST_IS_REGULAR)
		? g_canonicalize_filename(name, NULL)
		: NULL;
}

bool
chipdb_dump_take_file(
	struct chipdb_dump *dump, const char *name, const char *text, gsize length, GError **error)
{
	g_autofree char *copy = g_strndup(text, length);
	g_autofree char *why = NULL;
	struct chipdb_sfdp *sfdp = chipdb_sfdp_parse(name, text, length, &why);

	if (sfdp) {
		take_sfdp(dump, name, sfdp);
		chipdb_sfdp_free(sfdp);
		return true;
	}
	if (strlen(copy) == length && take_output(dump, copy))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: no dump of a chip; allowed: the output of flashrom -VV or -VVV, an SFDP as "
		"bytes or "
		"hex, JSON",
		name);
	return false;
}
