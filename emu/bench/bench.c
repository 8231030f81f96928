/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bench: the adapters, and the resources that they share.
 *
 * All names are looked up before the first file is opened, so that a mistake in the description
 * leaves no files behind. Leaves out access to the running bench (observe.c, action.h) and the
 * reader of its description (setup.c).
 *
 * long: the checks of all kinds of entries, and the order in which a bench is built.
 */
#include "bench/bench.h"

#include "base/clock.h"
#include "base/error.h"
#include "bench/chip.h"
#include "bench/created.h"
#include "bench/faults.h"
#include "bench/filenotes.h"
#include "bench/limits.h"
#include "bench/preset.h"
#include "bench/recording.h"
#include "bench/statusbits.h"
#include "bench/wrongsize.h"
#include "board/board.h"
#include "board/boot.h"
#include "chipdb/chipdb.h"
#include "chipdb/installed.h"
#include "flash/partdata.h"
#include "port/port.h"
#include "serprog/profile.h"
#include "setup/files.h"
#include "setup/options.h"
#include "setup/setup.h"
#include "store/image.h"
#include "trace/text.h"

struct bench {
	struct setup_bench *setup;
	struct chipdb *chipdb;
	struct store_wafer *wafer;
	struct port_watch *watch;
	struct trace_text *trace;          /* may be NULL */
	struct bench_recording *recording; /* may be NULL */
	GPtrArray *adapters;               /* struct bench_adapter */
	GPtrArray *new_files;              /* of trace and record, which did not exist before */
	unsigned int n_chips;              /* that have been created */
	GPtrArray *unsaved;                /* char *: at the end */
};

static const struct serprog_profile *
find_profile(const struct setup_adapter *adapter, GError **error)
{
	const struct serprog_profile *found = serprog_profile_find(adapter->profile);
	g_autoptr(GPtrArray) known = NULL;
	const struct serprog_profile *all;
	g_autofree char *list = NULL;
	g_autofree char *suggestion = NULL;
	size_t n;

	if (found != NULL)
		return found;
	all = serprog_profiles(&n);
	known = g_ptr_array_new();
	for (size_t i = 0; i < n; i++)
		g_ptr_array_add(known, (gpointer)all[i].name);
	g_ptr_array_add(known, NULL);
	suggestion = base_suggest(adapter->profile, (const char *const *)known->pdata);
	list = g_strjoinv(", ", (char **)known->pdata);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s %s: no such adapter%s; allowed are %s",
		adapter->profile_where != NULL ? adapter->profile_where : "--profile",
		adapter->profile, suggestion, list);
	return NULL;
}

static const struct flash_part *
find_part(struct chipdb *chipdb, const struct setup_chip *chip, GError **error)
{
	GError *why = NULL;
	const struct flash_part *part = chipdb_find(chipdb, chip->part, &why);

	if (part != NULL)
		return part;
	if (chip->part_where != NULL)
		g_propagate_prefixed_error(error, why, "%s: ", chip->part_where);
	else
		g_propagate_error(error, why);
	return NULL;
}

/* Refuses unknown names, and chip selects that the adapter's firmware does not have. */
static bool
check_adapter(struct chipdb *chipdb, const struct setup_adapter *adapter, GError **error)
{
	const struct serprog_profile *profile = find_profile(adapter, error);

	if (profile == NULL)
		return false;
	for (guint i = 0; i < adapter->chips->len; i++) {
		const struct setup_chip *chip = adapter->chips->pdata[i];
		const struct flash_part *part = find_part(chipdb, chip, error);

		if (part == NULL || !bench_preset_check(&chip->condition, part, chip->where, error))
			return false;
		if (profile->chip_selects == 0 || chip->cs < profile->chip_selects)
			continue;
		bench_limits_refuse_select(adapter, chip, profile, error);
		return false;
	}
	return true;
}

static bool
check_board(struct bench *bench, const struct setup_board *entry, GError **error)
{
	struct setup_adapter *adapter;
	struct setup_chip *chip;
	const struct flash_part *part;

	if (!setup_find(bench->setup, entry->adapter, entry->chip, entry->where, &adapter, &chip,
		    error))
		return false;
	part = find_part(bench->chipdb, chip, error);
	if (part != NULL && entry->end > part->size)
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: it needs bytes up to %06" G_GINT64_MODIFIER
			"X; allowed are addresses of a %s, 000000 to %06" G_GINT64_MODIFIER "X",
			entry->where, entry->end - 1, part->name, part->size - 1);
	return part != NULL && entry->end <= part->size &&
		bench_status_check_board(entry, part, error);
}

static bool
check_fault(struct bench *bench, const struct setup_fault_entry *entry, GError **error)
{
	struct bench_fault_target target = {0};
	struct setup_adapter *adapter;
	struct setup_chip *chip;
	GError *why = NULL;

	if (!setup_find(bench->setup, entry->adapter, entry->chip, entry->where, &adapter, &chip,
		    error))
		return false;
	target.cs = chip != NULL ? chip->cs : 0;
	target.is_terminal = adapter->tcp == NULL;
	for (guint i = 0; i < adapter->chips->len; i++) {
		const struct setup_chip *there = adapter->chips->pdata[i];

		target.parts[there->cs] = find_part(bench->chipdb, there, error);
		if (target.parts[there->cs] == NULL)
			return false;
	}
	if (bench_faults_check(entry->fault, &target, &why))
		return true;
	g_propagate_prefixed_error(error, why, "%s: ", entry->where);
	return false;
}

/* Checks boards and faults against their chips. */
static bool
check_boards_and_faults(struct bench *bench, GError **error)
{
	bool good = true;

	for (guint i = 0; good && i < bench->setup->boards->len; i++)
		good = check_board(bench, bench->setup->boards->pdata[i], error);
	for (guint i = 0; good && i < bench->setup->faults->len; i++)
		good = check_fault(bench, bench->setup->faults->pdata[i], error);
	return good;
}

/* Checks all names of the description. */
static bool
prepare(struct bench *bench, GError **error)
{
	if (bench->setup == NULL)
		return false;
	bench->chipdb = chipdb_open(bench->setup->chipdb, error);
	if (bench->chipdb == NULL)
		return false;
	for (guint i = 0; i < bench->setup->adapters->len; i++)
		if (!check_adapter(bench->chipdb, bench->setup->adapters->pdata[i], error))
			return false;
	return check_boards_and_faults(bench, error);
}

/* The chip's name in the trace: the part of the only chip; with several, the chip's or adapter's
 * name. */
static const char *
label(const struct bench *bench, const struct setup_adapter *adapter, const struct setup_chip *chip,
	const struct flash_part *part)
{
	if (setup_n_chips(bench->setup) == 1)
		return part->name;
	return chip->name != NULL ? chip->name : adapter->name;
}

static const enum store_content_kind content_kinds[] = {
	[SETUP_CONTENT_BLANK] = STORE_CONTENT_BLANK,
	[SETUP_CONTENT_RANDOM] = STORE_CONTENT_RANDOM,
	[SETUP_CONTENT_PATTERN] = STORE_CONTENT_PATTERN,
	[SETUP_CONTENT_FILE] = STORE_CONTENT_FILE,
};

static bool
add_chip(struct bench *bench, const struct setup_adapter *from, const struct setup_chip *chip_from,
	GError **error)
{
	struct bench_adapter *adapter = bench->adapters->pdata[bench->adapters->len - 1];
	g_autofree char *owner = g_strdup_printf("%s cs %u", from->name, chip_from->cs);
	const struct flash_part *part = find_part(bench->chipdb, chip_from, error);
	uint64_t seed = bench->setup->seed + bench->n_chips;
	const struct bench_chip_plan plan = {
		.label = label(bench, from, chip_from, part),
		.owner = from->chips->len == 1 ? from->name : owner,
		.part = part,
		.image = chip_from->image,
		.content = {content_kinds[chip_from->content], seed, chip_from->content_file},
		.content_by_option = chip_from->content_by_option,
		.snapshot = bench->setup->snapshot,
		.snapshots_max = bench->setup->snapshots_max,
		.snapshots_bytes = bench->setup->snapshots_bytes,
		.condition = &chip_from->condition,
		.where = chip_from->where,
		.instant = bench->setup->timing == BASE_CLOCK_INSTANT,
		.seed = seed,
		.wafer = bench->wafer,
		.clock = bench_adapter_clock(adapter),
		.trace = bench->trace,
		.context = bench_adapter_context(adapter),
		.watch = bench->watch,
		.unsaved = bench->unsaved,
	};
	struct bench_chip *chip;

	bench_recording_keep_state(bench->recording, from->name, chip_from->cs, chip_from->image);
	chip = bench_chip_new(&plan, error);
	if (chip == NULL) {
		bench_wrongsize_explain(
			bench->chipdb, part, chip_from->image, chip_from->content_file, error);
		return false;
	}
	bench_adapter_clip_on(adapter, chip_from->cs, chip);
	bench->n_chips++;
	return true;
}

static bool
add_adapter(struct bench *bench, const struct setup_adapter *from, GError **error)
{
	const struct bench_adapter_plan plan = {
		.name = from->name,
		.profile = find_profile(from, error),
		.firmware = from->firmware,
		.link = from->link,
		.tcp = from->tcp,
		.tcp_idle_s = from->tcp_idle_s,
		.listener = from->listener,
		.timing = bench->setup->timing,
		.time_scale = bench->setup->time_scale,
		.watch = bench->watch,
		.record = bench_recording_writer(bench->recording),
		.seed = bench->setup->seed + bench->adapters->len,
	};
	struct bench_adapter *adapter = bench_adapter_new(&plan, error);

	if (adapter == NULL)
		return false;
	g_ptr_array_add(bench->adapters, adapter);
	for (guint i = 0; i < from->chips->len; i++)
		if (!add_chip(bench, from, from->chips->pdata[i], error))
			return false;
	return true;
}

/* Returns the adapter that was created from that description. */
static struct bench_adapter *
created_from(const struct bench *bench, const struct setup_adapter *from)
{
	guint i = 0;

	g_ptr_array_find(bench->setup->adapters, from, &i);
	return bench->adapters->pdata[i];
}

static bool
add_board(struct bench *bench, struct setup_board *entry, GError **error)
{
	struct setup_adapter *from;
	struct setup_chip *chip_from;
	struct bench_adapter *adapter;
	struct bench_chip *chip;

	if (!setup_find(bench->setup, entry->adapter, entry->chip, entry->where, &from, &chip_from,
		    error))
		return false;
	adapter = created_from(bench, from);
	chip = bench_adapter_chip(adapter, chip_from->cs);
	board_boot_expect(entry->board, bench_chip_part(chip), entry->address_bytes);
	board_begin(entry->board, store_image_array(bench_chip_image(chip)),
		bench_chip_part(chip)->size);
	if (entry->has_state)
		bench_faults_set_board(bench_adapter_faults(adapter), entry->state);
	bench_adapter_set_board(
		adapter, chip_from->cs, entry->name, g_steal_pointer(&entry->board));
	return true;
}

static bool
add_fault(struct bench *bench, const struct setup_fault_entry *entry, GError **error)
{
	struct setup_adapter *from;
	struct setup_chip *chip;
	GError *why = NULL;

	if (!setup_find(
		    bench->setup, entry->adapter, entry->chip, entry->where, &from, &chip, error))
		return false;
	if (bench_faults_add(bench_adapter_faults(created_from(bench, from)), entry->fault,
		    chip != NULL ? chip->cs : 0, &why) > 0)
		return true;
	g_propagate_prefixed_error(error, why, "%s: ", entry->where);
	return false;
}

static bool
add_boards_and_faults(struct bench *bench, GError **error)
{
	bool good = true;

	for (guint i = 0; good && i < bench->setup->boards->len; i++)
		good = add_board(bench, bench->setup->boards->pdata[i], error);
	for (guint i = 0; good && i < bench->setup->faults->len; i++)
		good = add_fault(bench, bench->setup->faults->pdata[i], error);
	return good;
}

/* Creates the resources that the adapters share. */
static bool
create_shared(struct bench *bench, GMainContext *context, GError **error)
{
	const struct setup_bench *setup = bench->setup;
	bool is_new;

	if (!bench_limits_raise(setup->adapters->len, setup_n_chips(setup), error))
		return false;
	bench->wafer = store_wafer_new(error);
	if (bench->wafer == NULL)
		return false;
	bench->watch = port_watch_new(context, error);
	if (bench->watch == NULL)
		return false;
	is_new = bench_is_new_file(setup->trace);
	if (setup->trace != NULL)
		bench->trace = trace_text_new(setup->trace, error);
	if (setup->trace != NULL && bench->trace == NULL)
		return false;
	if (is_new)
		g_ptr_array_add(bench->new_files, g_strdup(setup->trace));
	is_new = bench_is_new_file(setup->record);
	if (setup->record != NULL)
		bench->recording = bench_recording_new(setup->record, error);
	if (is_new && bench->recording != NULL)
		g_ptr_array_add(bench->new_files, g_strdup(setup->record));
	return setup->record == NULL || bench->recording != NULL;
}

/* No file but new images is created or changed before everything else has succeeded. */
static bool
build(struct bench *bench, GMainContext *context, GError **error)
{
	bool good = create_shared(bench, context, error);

	for (guint i = 0; good && i < bench->setup->adapters->len; i++)
		good = add_adapter(bench, bench->setup->adapters->pdata[i], error);
	good = good && add_boards_and_faults(bench, error) && bench_begin(bench, error);
	if (!good)
		bench_refuse(bench);
	return good;
}

/* A description with the names in it checked. Takes the setup, which may be NULL. */
static struct bench *
describe(struct setup_bench *setup, GError **error)
{
	struct bench *bench = g_new0(struct bench, 1);

	bench->setup = setup;
	bench->unsaved = g_ptr_array_new_with_free_func(g_free);
	bench->adapters = g_ptr_array_new_with_free_func((GDestroyNotify)bench_adapter_destroy);
	bench->new_files = g_ptr_array_new_with_free_func(g_free);
	if (prepare(bench, error))
		return bench;
	bench_destroy(bench);
	return NULL;
}

struct bench *
bench_describe(const struct setup_options *options, GError **error)
{
	return describe(setup_new(options, error), error);
}

struct bench *
bench_describe_from(struct setup_bench *setup, GError **error)
{
	return describe(setup, error);
}

bool
bench_build(struct bench *bench, const struct setup_options *options, GMainContext *context,
	GError **error)
{
	bool recorded = bench->setup->record != NULL;
	bool good;

	/* All clocks of a bench that is recorded begin at the same time, as they do in a replay. */
	if (recorded)
		base_wall_hold();
	good = build(bench, context, error);
	if (good)
		bench_recording_begin(bench->recording, options, bench);
	if (recorded)
		base_wall_release();
	if (good)
		bench_filenotes_log(bench->setup);
	return good;
}

void
bench_ask_flashrom(const struct bench *bench)
{
	for (guint i = 0; i < bench->setup->adapters->len; i++) {
		const struct setup_adapter *adapter = bench->setup->adapters->pdata[i];

		for (guint j = 0; j < adapter->chips->len; j++)
			chipdb_part_choice(
				find_part(bench->chipdb, adapter->chips->pdata[j], NULL));
	}
}

struct bench *
bench_new(const struct setup_options *options, GMainContext *context, GError **error)
{
	struct bench *bench = bench_describe(options, error);

	if (bench == NULL)
		return NULL;
	if (bench_build(bench, options, context, error)) {
		bench_accept(bench);
		return bench;
	}
	bench_destroy(bench);
	return NULL;
}

bool
bench_check(const struct setup_options *options, unsigned int *n_adapters, unsigned int *n_chips,
	char **files, GError **error)
{
	struct bench *bench = bench_describe(options, error);

	if (bench == NULL)
		return false;
	*n_adapters = bench->setup->adapters->len;
	*n_chips = setup_n_chips(bench->setup);
	*files = setup_files_text(bench->setup->files, bench->setup->file, options->verbose);
	bench_destroy(bench);
	return true;
}

bool
bench_start(struct bench *bench, GError **error)
{
	for (guint i = 0; i < bench->adapters->len; i++) {
		if (!bench_adapter_start(bench->adapters->pdata[i], error)) {
			bench_refuse(bench);
			return false;
		}
	}
	return true;
}

bool
bench_destroy(struct bench *bench)
{
	g_autoptr(GPtrArray) unsaved = bench_end(bench);

	return unsaved->len == 0;
}

GPtrArray *
bench_end(struct bench *bench)
{
	GPtrArray *unsaved;

	if (bench == NULL)
		return g_ptr_array_new();
	/* All threads end in parallel before the first join. */
	for (guint i = 0; i < bench->adapters->len; i++)
		bench_adapter_stop(bench->adapters->pdata[i]);
	g_ptr_array_unref(bench->adapters);
	unsaved = bench->unsaved;
	if (!bench_recording_end(bench->recording))
		g_ptr_array_add(unsaved,
			g_strdup_printf("record \"%s\": it is not complete", bench->setup->record));
	g_clear_pointer(&bench->trace, trace_text_destroy);
	g_clear_pointer(&bench->watch, port_watch_destroy);
	g_clear_pointer(&bench->wafer, store_wafer_destroy);
	g_clear_pointer(&bench->chipdb, chipdb_close);
	g_clear_pointer(&bench->setup, setup_free);
	g_ptr_array_unref(bench->new_files);
	g_free(bench);
	return unsaved;
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

GPtrArray *
bench_new_files(const struct bench *bench)
{
	return bench->new_files;
}

unsigned int
bench_n_adapters(const struct bench *bench)
{
	return bench->adapters->len;
}

struct bench_adapter *
bench_adapter_at(const struct bench *bench, unsigned int i)
{
	return bench->adapters->pdata[i];
}

const struct setup_bench *
bench_setup(const struct bench *bench)
{
	return bench->setup;
}

void
bench_call_all(struct bench *bench, void (*function)(void *row), void *rows, size_t row_bytes)
{
	unsigned int n = bench_n_adapters(bench);
	g_autofree struct bench_call *calls = g_new(struct bench_call, n);

	for (unsigned int i = 0; i < n; i++)
		bench_call_begin(&calls[i], bench_adapter_at(bench, i), function,
			(char *)rows + i * row_bytes);
	for (unsigned int i = 0; i < n; i++)
		bench_call_end(&calls[i]);
}

enum base_clock_mode
bench_timing(const struct bench *bench)
{
	return bench->setup->timing;
}

uint64_t
bench_seed(const struct bench *bench)
{
	return bench->setup->seed;
}

const char *
bench_control_path(const struct bench *bench)
{
	return bench->setup->control;
}

const char *
bench_trace_path(const struct bench *bench)
{
	return bench->setup->trace;
}

void
bench_writers(const struct bench *bench, struct trace_text **trace, struct record_writer **record)
{
	*trace = bench->trace;
	*record = bench_recording_writer(bench->recording);
}

void
bench_explain_size(
	const struct bench *bench, const struct bench_chip *chip, const char *file, GError **error)
{
	bench_wrongsize_explain(bench->chipdb, bench_chip_part(chip), file, NULL, error);
}
