/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Access to a running bench from the main thread: finding adapters, setting observers, reading
 * counters. Data that belongs to an adapter's thread is read and changed there, so that no locks
 * are needed.
 */
#include "bench/bench.h"

#include "base/error.h"
#include "bench/adapter.h"
#include "bench/chip.h"
#include "clip/clip.h"
#include "flash/flash.h"
#include "link/meter.h"
#include "record/reader.h"
#include "trace/examples.h"

struct bench_adapter *
bench_find_adapter(const struct bench *bench, const char *name, GError **error)
{
	unsigned int n = bench_n_adapters(bench);
	g_autoptr(GString) names = g_string_new(NULL);

	if (name == NULL && n == 1)
		return bench_adapter_at(bench, 0);
	for (unsigned int i = 0; i < n; i++) {
		struct bench_adapter *adapter = bench_adapter_at(bench, i);

		if (g_strcmp0(name, bench_adapter_name(adapter)) == 0)
			return adapter;
		/* Keeps the message short for a bench of a thousand adapters. */
		if (i < 16)
			g_string_append_printf(
				names, "%s%s", i > 0 ? ", " : "", bench_adapter_name(adapter));
	}
	if (name != NULL)
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"no adapter \"%s\"; allowed are %s%s", name, n > 0 ? names->str : "none",
			n > 16 ? ", …" : "");
	else
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"there are %u adapters and none is named (--adapter NAME); allowed are "
			"%s%s",
			n, n > 0 ? names->str : "none", n > 16 ? ", …" : "");
	return NULL;
}

struct observe_call {
	struct bench_adapter *adapter;
	bench_chip_observer *chip;
	bench_host_observer *host;
	bench_saving_observer *saving;
	void *data;
};

static void
set_chip_observer(void *data)
{
	struct observe_call *call = data;

	bench_adapter_set_chip_observer(call->adapter, call->chip, call->data);
}

static void
set_host_observer(void *data)
{
	struct observe_call *call = data;

	bench_adapter_set_host_observer(call->adapter, call->host, call->data);
}

static void
set_observers(struct bench *bench, void (*set)(void *call), struct observe_call wanted)
{
	unsigned int n = bench_n_adapters(bench);
	g_autofree struct observe_call *calls = g_new(struct observe_call, n);

	for (unsigned int i = 0; i < n; i++) {
		calls[i] = wanted;
		calls[i].adapter = bench_adapter_at(bench, i);
	}
	bench_call_all(bench, set, calls, sizeof calls[0]);
}

void
bench_set_observer(struct bench *bench, bench_chip_observer *observe, void *data)
{
	set_observers(
		bench, set_chip_observer, (struct observe_call){.chip = observe, .data = data});
}

void
bench_set_host_observer(struct bench *bench, bench_host_observer *observe, void *data)
{
	set_observers(
		bench, set_host_observer, (struct observe_call){.host = observe, .data = data});
}

static void
set_saving_observer(void *data)
{
	struct observe_call *call = data;

	bench_adapter_set_saving_observer(call->adapter, call->saving, call->data);
}

void
bench_set_saving_observer(struct bench *bench, bench_saving_observer *observe, void *data)
{
	struct observe_call call = {.saving = observe, .data = data};

	for (unsigned int i = 0; i < bench_n_adapters(bench); i++) {
		call.adapter = bench_adapter_at(bench, i);
		bench_adapter_call(call.adapter, set_saving_observer, &call);
	}
}

void
bench_adapter_advance(struct bench_adapter *adapter, int cs)
{
	struct bench_chip *chip = cs >= 0 ? bench_adapter_chip(adapter, (unsigned int)cs) : NULL;
	struct clip *clip = bench_adapter_clip(adapter);

	bench_adapter_note(adapter, RECORD_ADVANCE "%d", cs);
	if (!clip_is_selected(clip))
		clip_wait(clip, 0);
	if (chip != NULL)
		flash_tick(bench_chip_flash(chip), base_clock_now(bench_adapter_clock(adapter)));
}

struct stats_call {
	struct bench_adapter *adapter;
	unsigned int cs;
	struct trace_chip_stats *chip; /* NULL: not requested */
	struct link_host_stats *host;  /* NULL: not requested */
	enum trace_counter counter;
	struct trace_example_list *examples; /* of the counter; NULL: not requested */
	bool found;
};

/* A chip completes an operation only when its clock advances: advance it before reading the
 * counters. */
static struct trace_chip_stats *
chip_stats_now(struct bench_adapter *adapter, unsigned int cs)
{
	struct bench_chip *chip = bench_adapter_chip(adapter, cs);

	if (chip == NULL)
		return NULL;
	bench_adapter_advance(adapter, (int)cs);
	return bench_chip_stats(chip);
}

static void
get_stats(void *data)
{
	struct stats_call *call = data;

	if (call->chip != NULL) {
		const struct trace_chip_stats *stats = chip_stats_now(call->adapter, call->cs);

		call->found = stats != NULL;
		if (stats != NULL)
			*call->chip = *stats;
	}
	if (call->examples != NULL) {
		call->found = chip_stats_now(call->adapter, call->cs) != NULL;
		if (call->found)
			trace_examples_get(
				bench_chip_examples(bench_adapter_chip(call->adapter, call->cs)),
				call->counter, call->examples);
	}
	if (call->host != NULL)
		*call->host = *bench_adapter_host_stats(call->adapter);
}

bool
bench_get_chip_stats(struct bench_adapter *adapter, unsigned int cs, struct trace_chip_stats *stats)
{
	struct stats_call call = {.adapter = adapter, .cs = cs, .chip = stats};

	bench_adapter_call(adapter, get_stats, &call);
	return call.found;
}

bool
bench_get_chip_examples(struct bench_adapter *adapter, unsigned int cs, enum trace_counter counter,
	struct trace_example_list *examples)
{
	struct stats_call call = {
		.adapter = adapter, .cs = cs, .counter = counter, .examples = examples};

	bench_adapter_call(adapter, get_stats, &call);
	return call.found;
}

void
bench_get_host_stats(struct bench_adapter *adapter, struct link_host_stats *stats)
{
	struct stats_call call = {.adapter = adapter, .host = stats};

	bench_adapter_call(adapter, get_stats, &call);
}

static void
reset_stats(void *data)
{
	struct bench_adapter *adapter = data;

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
		if (chip_stats_now(adapter, cs) != NULL)
			bench_chip_reset_stats(bench_adapter_chip(adapter, cs));
	}
	*bench_adapter_host_stats(adapter) = (struct link_host_stats){0};
}

void
bench_reset_stats(struct bench_adapter *adapter)
{
	bench_adapter_call(adapter, reset_stats, adapter);
}
