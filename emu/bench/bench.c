/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bench: what all adapters share, and the adapters. Options describe a bench with one adapter;
 * nothing below bench_new() counts on there being only one.
 *
 * Things are built in the order in which they can fail without a trace: names are looked up first,
 * files are touched last.
 */
#include "bench/bench.h"

#include "base/units.h"
#include "bench/adapter.h"
#include "bench/chipdb.h"
#include "bench/error.h"
#include "bench/image.h"
#include "bench/options.h"
#include "flash/part.h"
#include "port/port.h"
#include "serprog/profile.h"
#include "trace/text.h"

struct bench {
	struct bench_chipdb *chipdb;
	struct bench_wafer *wafer;
	struct port_watch *watch;
	struct trace_text *trace; /* may be NULL */
	GPtrArray *adapters;      /* struct bench_adapter */
};

static const struct serprog_profile *
find_profile(const char *name, GError **error)
{
	const struct serprog_profile *found = serprog_profile_find(name);
	g_autoptr(GString) allowed = NULL;
	const struct serprog_profile *all;
	size_t n;

	if (found != NULL)
		return found;
	all = serprog_profiles(&n);
	allowed = g_string_new(NULL);
	for (size_t i = 0; i < n; i++)
		g_string_append_printf(allowed, "%s%s", i > 0 ? ", " : "", all[i].name);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		"--profile %s: no such adapter; allowed are %s", name, allowed->str);
	return NULL;
}

static bool
add_adapter(struct bench *bench, const struct bench_adapter_plan *plan, GError **error)
{
	struct bench_adapter *adapter = bench_adapter_new(plan, error);

	if (adapter == NULL)
		return false;
	g_ptr_array_add(bench->adapters, adapter);
	return true;
}

/* What the adapters share, as far as it can fail. */
static bool
build_shared(struct bench *bench, const struct bench_options *options, GMainContext *context,
	GError **error)
{
	bench->wafer = bench_wafer_new(error);
	if (bench->wafer == NULL)
		return false;
	bench->watch = port_watch_new(context, error);
	if (bench->watch == NULL)
		return false;
	if (options->trace != NULL)
		bench->trace = trace_text_new(options->trace, error);
	return options->trace == NULL || bench->trace != NULL;
}

struct bench *
bench_new(const struct bench_options *options, GMainContext *context, GError **error)
{
	struct bench *bench = g_new0(struct bench, 1);
	struct bench_adapter_plan plan = {
		.name = "adapter0",
		.image = options->image,
		.link = options->link,
		.timing = options->timing,
		.seed = options->seed,
	};

	bench->adapters = g_ptr_array_new_with_free_func((GDestroyNotify)bench_adapter_destroy);
	plan.profile = find_profile(options->profile, error);
	if (plan.profile == NULL)
		goto fail;
	bench->chipdb = bench_chipdb_open(options->chipdb, error);
	if (bench->chipdb == NULL)
		goto fail;
	plan.part = bench_chipdb_find(
		bench->chipdb, options->chip != NULL ? options->chip : BENCH_DEFAULT_CHIP, error);
	if (plan.part == NULL || !build_shared(bench, options, context, error))
		goto fail;
	plan.wafer = bench->wafer;
	plan.watch = bench->watch;
	plan.trace = bench->trace;
	if (!add_adapter(bench, &plan, error))
		goto fail;
	return bench;

fail:
	bench_destroy(bench);
	return NULL;
}

bool
bench_start(struct bench *bench, GError **error)
{
	for (guint i = 0; i < bench->adapters->len; i++) {
		if (!bench_adapter_start(bench->adapters->pdata[i], error))
			return false;
	}
	return true;
}

void
bench_destroy(struct bench *bench)
{
	if (bench == NULL)
		return;
	/* All threads end side by side before the first is waited for. */
	for (guint i = 0; i < bench->adapters->len; i++)
		bench_adapter_stop(bench->adapters->pdata[i]);
	g_ptr_array_unref(bench->adapters);
	g_clear_pointer(&bench->trace, trace_text_destroy);
	g_clear_pointer(&bench->watch, port_watch_destroy);
	g_clear_pointer(&bench->wafer, bench_wafer_destroy);
	g_clear_pointer(&bench->chipdb, bench_chipdb_close);
	g_free(bench);
}

char *
bench_ready_lines(const struct bench *bench)
{
	GString *lines = g_string_new(NULL);

	for (guint i = 0; i < bench->adapters->len; i++) {
		g_autofree char *line = bench_adapter_ready_line(bench->adapters->pdata[i]);

		g_string_append_printf(lines, "%s\n", line);
	}
	return g_string_free(lines, FALSE);
}

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
