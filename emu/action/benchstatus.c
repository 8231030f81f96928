/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a bench for people and programs, read in each adapter's thread. Registers are read
 * from the model, not over the wires, so that reading the state changes neither the chip nor its
 * counters.
 */
#include "action/benchstatus.h"

#include "action/internal.h"
#include "base/clock.h"
#include "bench/adapter.h"
#include "bench/bench.h"
#include "bench/cable.h"
#include "bench/chip.h"
#include "bench/faults.h"
#include "clip/clip.h"
#include "clip/wirereason.h"
#include "flash/describe.h"
#include "flash/flash.h"
#include "flash/package.h"
#include "flash/partdata.h"

#include <string.h>

/* Counts up to the last register with a bit that has a function. */
static unsigned int
count_registers(const struct flash_part *part)
{
	unsigned int n = 0;

	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++)
		for (unsigned int bit = 0; bit < 8; bit++)
			if (part->status[reg][bit].function != FLASH_BIT_NONE)
				n = reg + 1;
	return n;
}

static GArray *
protected_ranges(const struct flash *flash)
{
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct action_range));
	struct action_range range = {0};

	while (flash_next_protected(flash, range.start + range.length, &range.start, &range.length))
		g_array_append_val(ranges, range);
	return ranges;
}

const char *
action_pin_name(const struct flash *flash, unsigned int signal)
{
	static const char *const names[] = {
		[FLASH_SIGNAL_NONE] = "NC",
		[FLASH_SIGNAL_CS] = "CS#",
		[FLASH_SIGNAL_DO] = "DO",
		[FLASH_SIGNAL_WP] = "WP#",
		[FLASH_SIGNAL_GND] = "GND",
		[FLASH_SIGNAL_DI] = "DI",
		[FLASH_SIGNAL_CLK] = "CLK",
		[FLASH_SIGNAL_HOLD] = "HOLD#",
		[FLASH_SIGNAL_VCC] = "VCC",
		[FLASH_SIGNAL_RESET] = "RESET#",
	};
	const struct flash_part *part = flash_part(flash);

	if (signal == FLASH_SIGNAL_WP && flash_pin_unused(flash, FLASH_PIN_WP) != NULL)
		return "IO2";
	if (signal == FLASH_SIGNAL_RESET && !flash_has_pin(part, FLASH_PIN_RESET))
		return "NC";
	if (signal != FLASH_SIGNAL_HOLD)
		return names[signal];
	if (flash_pin_unused(flash, FLASH_PIN_HOLD) != NULL)
		return "IO3";
	if (flash_pin7_is_reset(flash))
		return "RESET#";
	return part->pin7 == FLASH_PIN7_NONE ? "NC" : names[signal];
}

static void
add_wire_reasons(struct action_work *work, GArray *list)
{
	struct bench_adapter *adapter = work->target->adapter;
	const struct bench_faults *faults = bench_adapter_has_faults(adapter);
	struct clip_reason wires[CLIP_REASONS_MAX];
	unsigned int n = clip_reasons(bench_adapter_clip(adapter), work->target->cs, wires);

	for (unsigned int i = 0; i < n; i++) {
		struct action_reason reason = {.kind = wires[i].kind, .silent = true};

		if (faults != NULL && wires[i].fault_id > 0)
			reason.fault = bench_faults_of_wires(faults, wires[i].fault_id);
		if (reason.fault > 0)
			g_snprintf(reason.text, sizeof reason.text, "%s (fault %u)", wires[i].text,
				reason.fault);
		else
			g_strlcpy(reason.text, wires[i].text, sizeof reason.text);
		g_array_append_val(list, reason);
	}
}

/* The firmware has left CS# low. */
static void
add_selected_reason(struct action_work *work, GArray *list)
{
	struct action_reason reason = {
		.kind = "cs-low", .silent = true, .text = "the adapter has left CS# low"};

	if (!action_work_left_selected(work, &reason.fault))
		return;
	if (reason.fault > 0)
		g_snprintf(reason.text, sizeof reason.text,
			"the adapter has left CS# low (fault %u)", reason.fault);
	g_array_append_val(list, reason);
}

/* struct action_reason: those of the wires, then those of the chip. */
static GArray *
find_reasons(struct action_work *work)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct action_reason));
	struct flash_reason of_chip[FLASH_REASONS_MAX];
	unsigned int n = flash_reasons(work->flash, of_chip);

	add_wire_reasons(work, list);
	add_selected_reason(work, list);
	for (unsigned int i = 0; i < n; i++) {
		struct action_reason reason = {
			.kind = of_chip[i].kind, .silent = of_chip[i].silent};

		g_strlcpy(reason.text, of_chip[i].text, sizeof reason.text);
		g_array_append_val(list, reason);
	}
	return list;
}

static bool
describe_chip(struct action_work *work, GError **error)
{
	const struct flash_part *part = bench_chip_part(work->chip);
	const struct bench_adapter *adapter = work->target->adapter;
	const struct bench_faults *faults = bench_adapter_has_faults(adapter);
	struct action_chip_status *status = work->out;
	const struct flash_package *package;

	(void)error;
	bench_chip_look_at_files(work->chip);
	*status = (struct action_chip_status){
		.cs = work->target->cs,
		.part = part->name,
		.vendor = part->vendor,
		.flashrom = part->flashrom_name,
		.size = part->size,
		.image = bench_chip_image_path(work->chip),
		.is_snapshot = bench_chip_is_snapshot(work->chip),
		.unsaved = g_ptr_array_new_with_free_func(g_free),
		.millivolts = bench_levels_millivolts(work->target->levels),
		.vcc_millivolts = flash_millivolts(work->flash),
		.cut_in = work->target->levels->cut_in,
		.pins = bench_levels_pins(work->target->levels),
		.busy = flash_is_busy(work->flash),
		.n_status = count_registers(part),
		.reasons = find_reasons(work),
		.protected = protected_ranges(work->flash),
		.n_snapshots = bench_chip_n_snapshots(work->chip),
		.n_faults = faults != NULL ? bench_faults_count(faults, (int)work->target->cs) : 0,
		.boot = bench_adapter_boot(adapter, work->target->cs),
	};
	bench_chip_list_unsaved(work->chip, status->unsaved);
	package = flash_package_of(part);
	status->package = package->label;
	status->package_pins = package->n_pins;
	for (unsigned int i = 0; i < package->n_pins; i++)
		status->pin_names[i] = action_pin_name(work->flash, package->pins[i]);
	bench_adapter_board(adapter, work->target->cs, &status->board);
	status->n_registers = flash_registers(work->flash, status->registers);
	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++)
		status->status[reg] = flash_status_register(work->flash, reg);
	return true;
}

static bool
describe_adapter(struct action_work *work, GError **error)
{
	struct bench_adapter *adapter = work->target->adapter;
	const struct bench_faults *faults = bench_adapter_has_faults(adapter);
	struct action_adapter_status *status = work->out;

	(void)error;
	status->name = bench_adapter_name(adapter);
	status->profile = bench_adapter_profile(adapter);
	status->tty = g_strdup(bench_adapter_path(adapter));
	status->link = bench_adapter_link(adapter);
	status->tcp = bench_adapter_tcp(adapter);
	status->plugged = bench_cable_is_plugged(bench_adapter_cable(adapter));
	status->host = bench_adapter_has_host(adapter);
	status->drivers = clip_drivers(bench_adapter_clip(adapter));
	status->hz = clip_frequency(bench_adapter_clip(adapter));
	status->n_faults = faults != NULL ? bench_faults_count(faults, -1) : 0;
	status->board = faults != NULL ? bench_faults_board(faults) : BOARD_RUNS;
	status->ready_line = bench_adapter_ready_line(adapter);
	return true;
}

static void
free_chip_status(struct action_chip_status *status)
{
	g_array_unref(status->protected);
	g_array_unref(status->reasons);
	g_ptr_array_unref(status->unsaved);
}

static void
free_adapter_status(void *data)
{
	struct action_adapter_status *status = data;

	g_free(status->tty);
	g_free(status->ready_line);
	for (guint i = 0; i < status->chips->len; i++)
		free_chip_status(&g_array_index(status->chips, struct action_chip_status, i));
	g_array_unref(status->chips);
	g_free(status);
}

struct status_row {
	struct action_context *actions;
	struct bench_adapter *adapter;
	struct action_adapter_status *status;
};

/* In the adapter's thread, where action_work_run() does its work at once. */
static void
describe(void *data)
{
	struct status_row *row = data;
	struct action_adapter_status *status = g_new0(struct action_adapter_status, 1);
	struct action_target target = {.actions = row->actions, .adapter = row->adapter};

	row->status = status;
	status->chips = g_array_new(FALSE, FALSE, sizeof(struct action_chip_status));
	action_work_run(&target, describe_adapter, NULL, status, NULL);
	for (target.cs = 0; target.cs < CLIP_SELECTS; target.cs++) {
		struct bench_chip *chip = bench_adapter_chip(row->adapter, target.cs);
		struct action_chip_status chip_status;

		if (chip == NULL)
			continue;
		target.levels = bench_chip_levels(chip);
		action_work_run(&target, describe_chip, NULL, &chip_status, NULL);
		g_array_append_val(status->chips, chip_status);
	}
}

static GPtrArray *
describe_all(struct action_context *actions)
{
	unsigned int n = bench_n_adapters(actions->bench);
	g_autofree struct status_row *rows = g_new0(struct status_row, n);
	GPtrArray *all = g_ptr_array_new_with_free_func(free_adapter_status);

	for (unsigned int i = 0; i < n; i++)
		rows[i] = (struct status_row){
			.actions = actions, .adapter = bench_adapter_at(actions->bench, i)};
	bench_call_all(actions->bench, describe, rows, sizeof rows[0]);
	for (unsigned int i = 0; i < n; i++)
		g_ptr_array_add(all, rows[i].status);
	return all;
}

static const char *
timing_name(enum base_clock_mode mode)
{
	switch (mode) {
	case BASE_CLOCK_INSTANT:
		return "instant";
	case BASE_CLOCK_REAL:
		return "real";
	case BASE_CLOCK_VIRTUAL:
		break;
	}
	return "virtual";
}

struct action_status *
action_status_new(struct action_context *actions)
{
	struct action_status *status = g_new0(struct action_status, 1);
	int64_t now_us = g_get_monotonic_time();

	status->timing = timing_name(bench_timing(actions->bench));
	status->seed = bench_seed(actions->bench);
	status->uptime_s = (double)(now_us - actions->start_us) / G_USEC_PER_SEC;
	status->adapters = describe_all(actions);
	status->n_outputs = bench_outputs(actions->bench, status->outputs);
	return status;
}

void
action_status_free(struct action_status *status)
{
	if (status == NULL)
		return;
	g_ptr_array_unref(status->adapters);
	g_free(status);
}
