/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of chips for people. Leaves out what only a host would notice; spinor-chipdb(5) tells
 * where all of it is written.
 */
#include "bench/bench.h"

#include "base/units.h"
#include "bench/chipdb.h"
#include "bench/error.h"
#include "flash/part.h"

/* Two opcodes may erase the same: C7 and 60 the whole chip. */
static bool
erase_seen(const struct flash_part *part, unsigned int index)
{
	for (unsigned int i = 0; i < index; i++)
		if (part->erases[i].size == part->erases[index].size)
			return true;
	return false;
}

static void
add_chip_row(GString *table, const struct flash_part *part)
{
	g_autofree char *size = units_format_size(part->size);
	g_autoptr(GString) id = g_string_new(NULL);
	g_autoptr(GString) erases = g_string_new(NULL);
	g_autofree char *volts = g_strdup_printf("%d.%02d-%d.%02d V", part->vcc_min_mv / 1000,
		part->vcc_min_mv % 1000 / 10, part->vcc_max_mv / 1000,
		part->vcc_max_mv % 1000 / 10);

	for (unsigned int i = 0; i < part->id_length; i++)
		g_string_append_printf(id, "%02X", part->id[i]);
	for (unsigned int i = 0; i < part->n_erases; i++) {
		uint32_t bytes = part->erases[i].size;
		g_autofree char *erase = bytes != 0 ? units_format_size(bytes) : g_strdup("chip");

		if (!erase_seen(part, i))
			g_string_append_printf(erases, "%s%s", i > 0 ? ", " : "", erase);
	}
	g_string_append_printf(table, "%-16s %-12s %-8s %-11s %-8s %-29s %s\n", part->name,
		part->vendor, size, volts, id->str, erases->str, part->flashrom_name);
}

char *
bench_chip_table(const char *chipdb, const char *pattern, GError **error)
{
	struct bench_chipdb *db = bench_chipdb_open(chipdb, error);
	g_autoptr(GPtrArray) parts = NULL;
	GString *table = NULL;

	if (db == NULL)
		return NULL;
	parts = bench_chipdb_list(db, pattern);
	if (parts->len == 0) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			"--list-chips %s: no chip has that in its name or vendor; --list-chips "
			"alone lists all",
			pattern != NULL ? pattern : "");
		goto out;
	}
	table = g_string_new(NULL);
	g_string_append_printf(table, "%-16s %-12s %-8s %-11s %-8s %-29s %s\n", "NAME", "VENDOR",
		"SIZE", "SUPPLY", "ID", "ERASES", "FLASHROM NAME");
	for (guint i = 0; i < parts->len; i++)
		add_chip_row(table, parts->pdata[i]);
out:
	bench_chipdb_close(db);
	return table != NULL ? g_string_free(table, FALSE) : NULL;
}
