/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of chips that --list-chips prints, as spinor-chipdb(5) describes it. Leaves out
 * protection, timing and commands, and the addresses of blocks of each size.
 */
#include "chipdb/chiptable.h"

#include "base/error.h"
#include "base/units.h"
#include "chipdb/chipdb.h"
#include "flash/partdata.h"

#include <string.h>

enum column {
	COLUMN_NAME,
	COLUMN_VENDOR,
	COLUMN_SIZE,
	COLUMN_SUPPLY,
	COLUMN_ID,
	COLUMN_ERASES,
	COLUMN_FLASHROM,
	COLUMNS,
};

static const char *const headings[COLUMNS] = {
	"NAME", "VENDOR", "SIZE", "SUPPLY", "ID", "ERASES", "FLASHROM NAME"};

/* The blocks that one opcode can erase. */
struct reach {
	uint32_t smallest; /* block, bytes; 0: the whole chip at once */
	uint32_t largest;
	bool partial; /* only a part of the chip */
};

static struct reach
reach_of(const struct flash_erase *erase)
{
	struct reach reach = {erase->size, erase->size, false};

	if (erase->n_regions == 0)
		return reach;
	reach.smallest = UINT32_MAX;
	for (unsigned int i = 0; i < erase->n_regions; i++) {
		const struct flash_region *region = &erase->regions[i];

		if (region->gap) {
			reach.partial = true;
			continue;
		}
		reach.smallest = MIN(reach.smallest, region->block_size);
		reach.largest = MAX(reach.largest, region->block_size);
	}
	return reach;
}

/* Sorts small blocks first, the whole chip last. */
static gint
compare_reach(gconstpointer a, gconstpointer b)
{
	const struct reach *one = a;
	const struct reach *two = b;

	if ((one->largest == 0) != (two->largest == 0))
		return one->largest == 0 ? 1 : -1;
	if (one->largest != two->largest)
		return one->largest < two->largest ? -1 : 1;
	if (one->smallest != two->smallest)
		return one->smallest < two->smallest ? -1 : 1;
	return one->partial - two->partial;
}

/* "4 KiB", "4-64 KiB", "512 B-4 KiB", "(4 KiB)", "chip". */
static char *
format_reach(const struct reach *reach)
{
	g_autofree char *largest = base_format_size(reach->largest);
	g_autofree char *smallest = base_format_size(reach->smallest);
	const char *open = reach->partial ? "(" : "";
	const char *close = reach->partial ? ")" : "";

	if (reach->largest == 0)
		return g_strdup("chip");
	if (reach->smallest == reach->largest)
		return g_strdup_printf("%s%s%s", open, largest, close);
	if (strcmp(strchr(smallest, ' '), strchr(largest, ' ')) == 0)
		*strchr(smallest, ' ') = '\0';
	return g_strdup_printf("%s%s-%s%s", open, smallest, largest, close);
}

/* Two opcodes may erase the same blocks, such as C7 and 60 the whole chip: these are listed
 * once. */
static char *
format_erases(const struct flash_part *part)
{
	g_autoptr(GArray) reaches = g_array_new(FALSE, FALSE, sizeof(struct reach));
	GString *text = g_string_new(NULL);

	for (unsigned int i = 0; i < part->n_erases; i++) {
		struct reach reach = reach_of(&part->erases[i]);

		g_array_append_val(reaches, reach);
	}
	g_array_sort(reaches, compare_reach);
	for (guint i = 0; i < reaches->len; i++) {
		const struct reach *reach = &g_array_index(reaches, struct reach, i);
		g_autofree char *one = format_reach(reach);

		if (i > 0 && compare_reach(reach - 1, reach) == 0)
			continue;
		g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", one);
	}
	return g_string_free(text, FALSE);
}

/* Two decimals, and a third one unless it is 0: "1.695". */
static char *
format_volts(int millivolts)
{
	if (millivolts % 10 != 0)
		return g_strdup_printf("%d.%03d", millivolts / 1000, millivolts % 1000);
	return g_strdup_printf("%d.%02d", millivolts / 1000, millivolts % 1000 / 10);
}

static char *
format_id(const struct flash_part *part)
{
	GString *id = g_string_new(NULL);

	for (unsigned int i = 0; i < part->id_length; i++)
		g_string_append_printf(id, "%02X", part->id[i]);
	return g_string_free(id, FALSE);
}

/* COLUMNS cells; an empty cell is "-". */
static char **
make_row(const struct flash_part *part)
{
	g_autofree char *lowest = format_volts(part->vcc_min_mv);
	g_autofree char *highest = format_volts(part->vcc_max_mv);
	char **row = g_new0(char *, COLUMNS + 1);

	row[COLUMN_NAME] = g_strdup(part->name);
	row[COLUMN_VENDOR] = g_strdup(part->vendor);
	row[COLUMN_SIZE] = base_format_size(part->size);
	row[COLUMN_SUPPLY] = g_strdup_printf("%s-%s V", lowest, highest);
	row[COLUMN_ID] = format_id(part);
	row[COLUMN_ERASES] = format_erases(part);
	row[COLUMN_FLASHROM] = g_strdup(part->flashrom_name ? part->flashrom_name : "");
	for (int i = 0; i < COLUMNS; i++) {
		if (row[i][0] != '\0')
			continue;
		g_free(row[i]);
		row[i] = g_strdup("-");
	}
	return row;
}

/* Pads each column but the last to its width. */
static void
add_line(GString *table, const char *const *cells, const glong *widths)
{
	for (int i = 0; i < COLUMNS - 1; i++) {
		g_string_append(table, cells[i]);
		for (glong at = g_utf8_strlen(cells[i], -1); at <= widths[i]; at++)
			g_string_append_c(table, ' ');
	}
	g_string_append_printf(table, "%s\n", cells[COLUMNS - 1]);
}

static char *
make_table(const GPtrArray *parts)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	glong widths[COLUMNS];
	GString *table = g_string_new(NULL);

	for (int i = 0; i < COLUMNS; i++)
		widths[i] = g_utf8_strlen(headings[i], -1);
	for (guint n = 0; n < parts->len; n++) {
		char **row = make_row(parts->pdata[n]);

		for (int i = 0; i < COLUMNS; i++)
			widths[i] = MAX(widths[i], g_utf8_strlen(row[i], -1));
		g_ptr_array_add(rows, row);
	}
	add_line(table, headings, widths);
	for (guint n = 0; n < rows->len; n++)
		add_line(table, rows->pdata[n], widths);
	return g_string_free(table, FALSE);
}

char *
chipdb_table(const char *chipdb, const char *pattern, GError **error)
{
	struct chipdb *db = chipdb_open(chipdb, error);
	g_autoptr(GPtrArray) parts = NULL;
	char *table = NULL;

	if (db == NULL)
		return NULL;
	parts = chipdb_list(db, pattern);
	if (parts->len == 0)
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"--list-chips %s: no chip has that in its name or vendor; --list-chips "
			"alone lists all",
			pattern != NULL ? pattern : "");
	else
		table = make_table(parts);
	chipdb_close(db);
	return table;
}
