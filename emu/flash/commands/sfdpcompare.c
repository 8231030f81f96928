/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares the SFDP of a real chip with the table that is composed from the part's data
 * (sfdpbasic.c): fields a host acts on, in the words of JESD216D. Left out: times, which are
 * rounded and differ between revisions of a chip; modes that the engine does not have (0-4-4, DTR,
 * octal); vendors' tables; how QPI is entered.
 */
#include "flash/sfdpcompare.h"

#include "flash/commands/sfdp.h"
#include "flash/commands/sfdplayout.h"
#include "flash/engine/device.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define BASIC 0xff00
#define FOUR_BYTE 0xff84

/* The tables of one SFDP. */
struct view {
	uint32_t basic[FLASH_SFDP_BASIC_DWORDS];
	unsigned int n_basic; /* dwords */
	uint32_t four_byte[FLASH_SFDP_FOUR_BYTE_DWORDS];
	bool has_four_byte;
	bool cut; /* a table goes beyond the end */
};

struct comparison {
	const struct view *table, *own;
	flash_sfdp_difference *report;
	void *data;
};

static uint32_t
dword_at(const uint8_t *b)
{
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void
take_words(const struct flash_part *part, uint32_t offset, unsigned int n, uint32_t *words)
{
	for (unsigned int i = 0; i < n; i++)
		words[i] = dword_at(part->sfdp_data + offset + (size_t)i * 4);
}

/* A basic table replaces an earlier one: those of later revisions are longer. */
static void
take_header(const struct flash_part *part, uint32_t at, struct view *view)
{
	const uint8_t *h = part->sfdp_data + at;
	uint32_t offset = dword_at(h + 4) & 0xffffff;
	uint32_t id = (uint32_t)h[7] << 8 | h[0];

	if (offset + h[3] * 4u > part->sfdp_length) {
		view->cut = true;
	} else if (id == BASIC && h[3] >= view->n_basic) {
		view->n_basic = MIN(h[3], FLASH_SFDP_BASIC_DWORDS);
		take_words(part, offset, view->n_basic, view->basic);
	} else if (id == FOUR_BYTE && h[3] >= FLASH_SFDP_FOUR_BYTE_DWORDS) {
		view->has_four_byte = true;
		take_words(part, offset, FLASH_SFDP_FOUR_BYTE_DWORDS, view->four_byte);
	}
}

static void
read_table(const struct flash_part *part, struct view *view)
{
	memset(view, 0, sizeof(*view));
	for (uint32_t i = 0; part->sfdp_length > 8 && i <= part->sfdp_data[6]; i++) {
		if (16 + i * 8 <= part->sfdp_length)
			take_header(part, 8 + i * 8, view);
		else
			view->cut = true;
	}
}

/* What the part's own data says, in the longest form and the vendor's. */
static void
compose(const struct flash_part *part, struct view *view)
{
	struct flash *chip = flash_new(part, NULL, 0);
	const struct flash_sfdp_layout *layout = flash_sfdp_layout_of(part->sfdp_layout);

	view->n_basic = FLASH_SFDP_BASIC_DWORDS;
	flash_sfdp_basic_table(chip, layout, view->basic);
	view->has_four_byte = flash_sfdp_four_byte_table(chip, layout, view->four_byte) > 0;
	flash_destroy(chip);
}

static void
tell(const struct comparison *c, const char *field, const char *table, const char *own)
{
	g_autofree char *text = NULL;

	if (strcmp(table, own) == 0)
		return;
	text = g_strdup_printf("table %s, part %s", table, own);
	c->report(c->data, field, text);
}

/* --- values in words; all are allocated --- */

static char *
density_text(const struct view *view)
{
	uint32_t density = view->basic[1];
	uint64_t bits = density >> 31 ? UINT64_C(1) << MIN(density & 0x7fffffff, 63)
				      : density + UINT64_C(1);

	return g_strdup_printf("%g Mbit", (double)bits / (1 << 20));
}

static char *
sector_text(const struct view *view)
{
	uint32_t dword = view->basic[0];

	return (dword & 3) == 1 ? g_strdup_printf("%02X", dword >> 8 & 0xff) : g_strdup("none");
}

static int
compare_types(const void *a, const void *b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;
	uint32_t first = (*x & 0xff) << 8 | *x >> 8;
	uint32_t second = (*y & 0xff) << 8 | *y >> 8;

	return (first > second) - (first < second);
}

/* "20=4K D8=64K", by size. */
static char *
types_text(const struct view *view)
{
	GString *text = g_string_new(NULL);
	uint32_t types[FLASH_SFDP_TYPES];

	for (unsigned int i = 0; i < FLASH_SFDP_TYPES; i++)
		types[i] = view->basic[7 + i / 2] >> (i % 2 * 16) & 0xffff;
	qsort(types, FLASH_SFDP_TYPES, sizeof(types[0]), compare_types);
	for (unsigned int i = 0; i < FLASH_SFDP_TYPES; i++) {
		unsigned int size = types[i] & 0xff;

		if (size == 0)
			continue;
		g_string_append_printf(text, "%s%02X=", text->len ? " " : "", types[i] >> 8);
		if (size < 10)
			g_string_append_printf(text, "%u", 1u << size);
		else
			g_string_append_printf(text, "%uK", 1u << MIN(size - 10, 31));
	}
	return g_string_free(text, FALSE);
}

/* A fast read, which bit of dword or of dword 5 announces. */
struct read_field {
	const char *name;
	unsigned int flag_dword, flag_bit;
	unsigned int dword, shift;
	bool only_presence;
};

static const struct read_field reads[] = {
	{"read-1-1-2", 1, 16, 4, 0, false},
	{"read-1-2-2", 1, 20, 4, 16, false},
	{"read-1-4-4", 1, 21, 3, 0, false},
	{"read-1-1-4", 1, 22, 3, 16, false},
	{"read-2-2-2", 5, 0, 6, 16, true},
	{"read-4-4-4", 5, 4, 7, 16, true},
};

static char *
read_text(const struct view *view, const struct read_field *read)
{
	bool flag = view->basic[read->flag_dword - 1] >> read->flag_bit & 1;
	uint32_t row = view->basic[read->dword - 1] >> read->shift & 0xffff;
	unsigned int opcode = row >> 8;
	bool listed = opcode != 0x00 && opcode != 0xff;

	if (!flag && !listed)
		return g_strdup("none");
	if (flag != listed)
		return g_strdup_printf(
			flag ? "announced but not listed" : "%02X listed only", opcode);
	if (read->only_presence)
		return g_strdup("there");
	return g_strdup_printf("%02X after %u clocks", opcode, (row & 0x1f) + (row >> 5 & 7));
}

static char *
address_text(const struct view *view)
{
	static const char *const modes[] = {"3 bytes", "3 or 4 bytes", "4 bytes", "reserved"};

	return g_strdup(modes[view->basic[0] >> 17 & 3]);
}

static char *
page_text(const struct view *view)
{
	return g_strdup_printf("%u", 1u << (view->basic[10] >> 4 & 0xf));
}

/* Micron writes opcodes where others say with bit 31 of dword 12 that there is no suspend. */
static char *
suspend_text(const struct view *view)
{
	uint32_t opcodes = view->basic[12];

	if (view->basic[11] >> 31)
		return g_strdup("none");
	return g_strdup_printf("%02X and %02X", opcodes >> 24, opcodes >> 16 & 0xff);
}

static char *
power_down_text(const struct view *view)
{
	uint32_t dword = view->basic[13];

	if (dword >> 31)
		return g_strdup("none");
	return g_strdup_printf("%02X and %02X", dword >> 23 & 0xff, dword >> 15 & 0xff);
}

static char *
quad_enable_text(const struct view *view)
{
	static const char *const places[] = {"none", "SR2 bit 1", "SR1 bit 6", "SR2 bit 7",
		"SR2 bit 1", "SR2 bit 1", "SR2 bit 1", "none"};

	return g_strdup(places[view->basic[14] >> 20 & 7]);
}

static char *
reset_text(const struct view *view)
{
	uint32_t ways = view->basic[15] >> 8 & 0x3f;

	return g_strdup_printf("%s%s%s", ways & 0x10 ? "66 99" : "", ways & 0x08 ? " F0" : "",
		ways & 0x18 ? "" : "none");
}

/* The ways to the mode, if there are any addresses of 4 bytes at all. The commands that always have
 * 4 are in the other table; some vendors do not announce them here. */
static char *
four_byte_mode_text(const struct view *view)
{
	static const char *const ways[] = {" B7", " 06-B7", " C5", " 17", " B1", "", " always"};
	GString *text = g_string_new(NULL);

	for (unsigned int i = 0; i < G_N_ELEMENTS(ways); i++) {
		if ((view->basic[0] >> 17 & 3) && view->basic[15] >> (24 + i) & 1)
			g_string_append(text, ways[i]);
	}
	if (text->len == 0)
		g_string_append(text, " none");
	g_string_erase(text, 0, 1);
	return g_string_free(text, FALSE);
}

/* Opcodes of reads and programs, and of the erases by size. */
static char *
four_byte_table_text(const struct view *view)
{
	static const uint8_t opcodes[] = {0x13, 0x0c, 0x3c, 0xbc, 0x6c, 0xec, 0x12, 0x34, 0x3e};
	GString *text = g_string_new(NULL);

	for (unsigned int i = 0; view->has_four_byte && i < G_N_ELEMENTS(opcodes); i++) {
		if (view->four_byte[0] >> i & 1)
			g_string_append_printf(text, " %02X", opcodes[i]);
	}
	for (unsigned int size = 8; size < 32; size++) {
		for (unsigned int i = 0; view->has_four_byte && i < FLASH_SFDP_TYPES; i++) {
			uint32_t type = view->basic[7 + i / 2] >> (i % 2 * 16);

			if ((type & 0xff) == size && view->four_byte[0] >> (9 + i) & 1)
				g_string_append_printf(
					text, " %02X", view->four_byte[1] >> 8 * i & 0xff);
		}
	}
	if (text->len == 0)
		g_string_append(text, " none");
	g_string_erase(text, 0, 1);
	return g_string_free(text, FALSE);
}

/* A field, and how many dwords of the basic table it needs. */
static const struct {
	const char *name;
	char *(*text)(const struct view *view);
	unsigned int n_basic;
} fields[] = {
	{"density", density_text, 2},
	{"erase-4k", sector_text, 1},
	{"erase-types", types_text, 9},
	{"address-mode", address_text, 1},
	{"page-size", page_text, 11},
	{"suspend", suspend_text, 13},
	{"power-down", power_down_text, 14},
	{"quad-enable", quad_enable_text, 15},
	{"reset", reset_text, 16},
	{"four-byte-mode", four_byte_mode_text, 16},
	{"four-byte-table", four_byte_table_text, 16},
};

static void
compare_fields(const struct comparison *c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		g_autofree char *table = NULL;
		g_autofree char *own = NULL;

		if (c->table->n_basic < fields[i].n_basic)
			continue;
		table = fields[i].text(c->table);
		own = fields[i].text(c->own);
		tell(c, fields[i].name, table, own);
	}
	for (size_t i = 0; c->table->n_basic >= 7 && i < G_N_ELEMENTS(reads); i++) {
		g_autofree char *table = read_text(c->table, &reads[i]);
		g_autofree char *own = read_text(c->own, &reads[i]);

		tell(c, reads[i].name, table, own);
	}
}

void
flash_sfdp_compare(const struct flash_part *part, flash_sfdp_difference *report, void *data)
{
	struct view table;
	struct view own;
	struct comparison c = {&table, &own, report, data};

	if (part->sfdp != FLASH_SFDP_FILE || flash_opcode(part, "RDSFDP") < 0)
		return;
	read_table(part, &table);
	compose(part, &own);
	if (table.cut || table.n_basic == 0)
		report(data, "tables", "a table that a header counts is beyond the end");
	compare_fields(&c);
}

char *
flash_sfdp_quirk(const struct flash_part *part, const char *field)
{
	g_auto(GStrv) lines = g_strsplit(part->sfdp_quirks ? part->sfdp_quirks : "", "\n", -1);

	for (char **line = lines; *line; line++) {
		char *reason = strstr(*line, " = ");

		if (reason && strlen(field) == (size_t)(reason - *line) &&
			strncmp(*line, field, strlen(field)) == 0)
			return g_strdup(reason + strlen(" = "));
	}
	return NULL;
}
