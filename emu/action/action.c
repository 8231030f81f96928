/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Actions of a user on the bench: setting a pin, switching the supply, unplugging a cable, reading
 * counters; and the functions that run each action.
 *
 * An action is a function that runs in the adapter's thread, which owns the chips, the wires and
 * the clock, while the caller waits. The chip's clock is advanced first, so that operations which
 * are over are complete. Actions that would disturb a host's frame, or be disturbed by it, fail
 * while a frame is in progress.
 */
#include "action/action.h"

#include "action/event.h"
#include "action/internal.h"
#include "base/clock.h"
#include "base/error.h"
#include "bench/activity.h"
#include "bench/adapter.h"
#include "bench/bench.h"
#include "bench/cable.h"
#include "bench/chip.h"
#include "bench/levels.h"
#include "bench/outputs.h"
#include "board/send.h"
#include "clip/clip.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "record/reader.h"
#include "store/image.h"
#include "store/snapshot.h"

#include <gio/gio.h>
#include <stdarg.h>
#include <string.h>

static void
run_work(void *data)
{
	struct action_work *work = data;
	struct bench_adapter *adapter = work->target->adapter;
	const char *request = work->looks ? NULL : work->target->actions->request;

	bench_adapter_advance(adapter, work->chip != NULL ? (int)work->target->cs : -1);
	if (request != NULL)
		bench_adapter_note(adapter, RECORD_ACTION "%s", request);
	work->done = work->act(work, &work->error);
	if (request != NULL && !work->done)
		bench_adapter_note(adapter, RECORD_FAILED);
}

static bool
run(struct action_work *work, GError **error)
{
	const struct action_target *target = work->target;

	if (target->levels != NULL) {
		work->chip = bench_adapter_chip(target->adapter, target->cs);
		work->flash = bench_chip_flash(work->chip);
	}
	bench_adapter_call(target->adapter, run_work, work);
	if (work->error != NULL)
		g_propagate_error(error, work->error);
	return work->done;
}

bool
action_work_run(const struct action_target *target,
	bool (*act)(struct action_work *work, GError **error), void *in, void *out, GError **error)
{
	struct action_work work = {.target = target, .act = act, .in = in, .out = out};

	return run(&work, error);
}

bool
action_work_look(const struct action_target *target,
	bool (*act)(struct action_work *work, GError **error), void *in, GError **error)
{
	struct action_work work = {.target = target, .act = act, .in = in, .looks = true};

	return run(&work, error);
}

void
action_set_request(struct action_context *actions, const char *request)
{
	actions->request = request;
}

void
action_send(struct action_context *actions, const struct action_event *event)
{
	g_mutex_lock(&actions->mutex);
	if (actions->observe != NULL)
		actions->observe(actions->data, event);
	g_mutex_unlock(&actions->mutex);
}

/* Returns an event about the target, which the caller completes. */
static struct action_event
new_event(const struct action_target *target, enum action_event_kind kind)
{
	return (struct action_event){
		.kind = kind,
		.adapter = bench_adapter_name(target->adapter),
		.cs = target->levels != NULL ? (int)target->cs : -1,
		.time_ns = base_clock_now(bench_adapter_clock(target->adapter)),
		.opcode = -1,
		.outcome = "",
	};
}

/* The kind of group for an event of a user's action. */
static enum trace_group_kind
group_kind_of(enum action_event_kind kind)
{
	switch (kind) {
	case ACTION_EVENT_PIN:
		return TRACE_GROUP_PIN;
	case ACTION_EVENT_BOOT:
		return TRACE_GROUP_BOOT;
	case ACTION_EVENT_BOARD:
		return TRACE_GROUP_BOARD;
	case ACTION_EVENT_CABLE:
		return TRACE_GROUP_CABLE;
	case ACTION_EVENT_SNAPSHOT:
		return TRACE_GROUP_SNAPSHOT;
	default:
		return TRACE_GROUP_IMAGE;
	}
}

void
action_work_notify(const struct action_work *work, enum action_event_kind kind, const char *what,
	const char *text)
{
	struct action_context *actions = work->target->actions;
	struct action_event event = new_event(work->target, kind);
	struct trace_group group = {.kind = group_kind_of(kind),
		.cs = event.cs,
		.time_ns = event.time_ns,
		.on = kind == ACTION_EVENT_CABLE ? strcmp(what, "plugged") == 0
						 : kind == ACTION_EVENT_BOOT && *text == '\0'};

	bench_activity_note(bench_adapter_activity(work->target->adapter), group, what, text);
	if (!g_atomic_int_get(&actions->observed))
		return;
	event.what = what;
	event.on = group.on;
	g_strlcpy(event.text, text, sizeof event.text);
	action_send(actions, &event);
}

bool
action_work_fail(const struct action_work *work, GError **error, const char *format, ...)
{
	g_autofree char *reason = NULL;
	va_list arguments;

	va_start(arguments, format);
	reason = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", bench_chip_label(work->chip),
		reason);
	return false;
}

/* A host's frame is transferred in pieces, and CS# stays low between them. If only a fault of the
 * wires keeps CS# low at the chip, the frame would never end by itself. */
bool
action_work_between_frames(const struct action_work *work, GError **error)
{
	struct clip *clip = bench_adapter_clip(work->target->adapter);
	unsigned int id;

	if (!clip_selects(clip, work->target->cs)) {
		clip_end_frame(clip);
		return true;
	}
	if (!action_work_left_selected(work, &id))
		return action_work_fail(
			work, error, "a host is in the middle of an operation; try again");
	if (id > 0)
		return action_work_fail(work, error,
			"fault %u, cs-stuck, has left CS# low; remove it, and let a host do one "
			"more operation",
			id);
	return action_work_fail(work, error,
		"a fault that is gone has left CS# low; let a host do one more operation");
}

static enum action_event_kind
kind_of(const struct flash_event *event)
{
	switch (event->kind) {
	case FLASH_EVENT_COMMAND:
		return ACTION_EVENT_OPERATION;
	case FLASH_EVENT_READY:
		return ACTION_EVENT_READY;
	case FLASH_EVENT_INTERRUPTED:
		return ACTION_EVENT_INTERRUPTED;
	case FLASH_EVENT_POWER:
		return ACTION_EVENT_POWER;
	case FLASH_EVENT_NONVOLATILE:
		break;
	}
	return ACTION_EVENT_KINDS;
}

static void
chip_event(void *data, struct bench_adapter *adapter, unsigned int cs,
	const struct flash_event *source)
{
	struct action_context *actions = data;
	struct action_event event = {
		.kind = kind_of(source),
		.adapter = bench_adapter_name(adapter),
		.cs = (int)cs,
		.time_ns = source->time_ns,
		.opcode = source->opcode,
		.name = source->name,
		.has_address = source->has_address,
		.address = source->address,
		.length = source->length,
		.outcome = flash_outcome_string(source->outcome),
		.note = source->note,
		.result = source->outcome,
		.purpose = source->purpose,
		.busy_ns = source->busy_ns,
		.on = source->length != 0,
	};

	if (event.kind != ACTION_EVENT_KINDS)
		action_send(actions, &event);
}

static void
host_event(void *data, struct bench_adapter *adapter, bool opened)
{
	struct action_context *actions = data;
	struct action_target target = {.actions = actions, .adapter = adapter};
	struct action_event event = new_event(&target, ACTION_EVENT_HOST);

	event.on = opened;
	action_send(actions, &event);
}

/* Called from any thread, which has no adapter's clock. */
static void
output_event(void *data, const char *message)
{
	struct action_context *actions = data;
	struct action_event event = {
		.kind = ACTION_EVENT_OUTPUT,
		.cs = -1,
		.time_ns = -1,
		.opcode = -1,
		.outcome = "",
		.what = "trace",
	};

	g_strlcpy(event.text, message, sizeof event.text);
	action_send(actions, &event);
}

static void
saving_event(void *data, struct bench_adapter *adapter, unsigned int cs, const char *what,
	const char *text)
{
	struct action_context *actions = data;
	struct action_target target = {.actions = actions, .adapter = adapter};
	struct action_event event = new_event(&target, ACTION_EVENT_STORAGE);

	event.cs = (int)cs;
	event.what = what;
	g_strlcpy(event.text, text, sizeof event.text);
	action_send(actions, &event);
}

void
action_observe(struct action_context *actions,
	void (*observe)(void *data, const struct action_event *event), void *data)
{
	if (observe == NULL) {
		bench_set_observer(actions->bench, NULL, NULL);
		bench_set_host_observer(actions->bench, NULL, NULL);
		bench_outputs_observe(actions->bench, NULL, NULL);
		bench_set_saving_observer(actions->bench, NULL, NULL);
	}
	g_mutex_lock(&actions->mutex);
	actions->observe = observe;
	actions->data = data;
	g_mutex_unlock(&actions->mutex);
	g_atomic_int_set(&actions->observed, observe != NULL);
	if (observe != NULL) {
		bench_set_observer(actions->bench, chip_event, actions);
		bench_set_host_observer(actions->bench, host_event, actions);
		bench_outputs_observe(actions->bench, output_event, actions);
		bench_set_saving_observer(actions->bench, saving_event, actions);
	}
}

struct action_context *
action_context_new(struct bench *bench)
{
	struct action_context *actions = g_new0(struct action_context, 1);

	g_mutex_init(&actions->mutex);
	actions->bench = bench;
	actions->start_us = g_get_monotonic_time();
	for (unsigned int i = 0; i < bench_n_adapters(bench); i++)
		action_faults_observe(actions, bench_adapter_at(bench, i));
	return actions;
}

static void
ignore_faults(void *data)
{
	action_faults_ignore(*(struct bench_adapter **)data);
}

static void
ignore_all_faults(struct bench *bench)
{
	unsigned int n = bench_n_adapters(bench);
	g_autofree struct bench_adapter **adapters = g_new(struct bench_adapter *, n);

	for (unsigned int i = 0; i < n; i++)
		adapters[i] = bench_adapter_at(bench, i);
	bench_call_all(bench, ignore_faults, adapters, sizeof adapters[0]);
}

void
action_context_destroy(struct action_context *actions)
{
	if (actions == NULL)
		return;
	ignore_all_faults(actions->bench);
	if (actions->observe != NULL)
		action_observe(actions, NULL, NULL);
	if (actions->observe_group != NULL)
		action_observe_groups(actions, NULL, NULL);
	g_mutex_clear(&actions->mutex);
	g_free(actions);
}

bool
action_target_adapter(struct action_context *actions, const char *adapter,
	struct action_target *target, GError **error)
{
	*target = (struct action_target){.actions = actions};
	target->adapter = bench_find_adapter(actions->bench, adapter, error);
	return target->adapter != NULL;
}

static void
list_chips(GString *selects, const struct bench_adapter *adapter)
{
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		if (bench_adapter_chip(adapter, cs) != NULL)
			g_string_append_printf(selects, "%s%u", selects->len > 0 ? ", " : "", cs);
}

bool
action_target_chip(struct action_context *actions, const char *adapter, int cs,
	struct action_target *target, GError **error)
{
	g_autoptr(GString) selects = g_string_new(NULL);
	struct bench_chip *chip;

	if (!action_target_adapter(actions, adapter, target, error))
		return false;
	target->cs = cs > 0 ? (unsigned int)cs : 0;
	if (cs < 0 && bench_adapter_n_chips(target->adapter) == 1)
		while (bench_adapter_chip(target->adapter, target->cs) == NULL)
			target->cs++;
	chip = bench_adapter_chip(target->adapter, target->cs);
	if (chip != NULL) {
		target->levels = bench_chip_levels(chip);
		return true;
	}
	list_chips(selects, target->adapter);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s has no chip on chip select %u; allowed %s%s",
		bench_adapter_name(target->adapter), target->cs, selects->len > 0 ? "are " : "is ",
		selects->len > 0 ? selects->str : "none");
	return false;
}

struct pin_request {
	enum flash_pin pin;
	enum flash_level level;
};

static bool
set_pin(struct action_work *work, GError **error)
{
	static const char *const level_names[] = {"low", "high", "float"};
	static const char *const names[] = {"wp", "hold", "reset"};
	static const char *const labels[] = {"WP#", "HOLD#", "RESET#"};
	const struct pin_request *request = work->in;
	struct bench_levels *levels = work->target->levels;

	if (!bench_levels_set_pin(levels, request->pin, request->level))
		return action_work_fail(work, error, "a %s has no %s pin; allowed: %s",
			bench_chip_part(work->chip)->name, labels[request->pin],
			bench_levels_pin_names(levels));
	*(struct bench_pins *)work->out = bench_levels_pins(levels);
	action_work_notify(
		work, ACTION_EVENT_PIN, names[request->pin], level_names[request->level]);
	return true;
}

bool
action_pin(const struct action_target *target, enum flash_pin pin, enum flash_level level,
	struct bench_pins *pins, GError **error)
{
	struct pin_request request = {.pin = pin, .level = level};

	return action_work_run(target, set_pin, &request, pins, error);
}

/* Returns a warning about the effect of the supply on the chip, NULL: none. Free with g_free(). */
static char *
supply_warning(const struct action_work *work)
{
	const struct flash_part *part = bench_chip_part(work->chip);
	int millivolts = bench_levels_millivolts(work->target->levels);

	if (millivolts == 0)
		return NULL;
	if (millivolts > part->vcc_max_mv)
		return g_strdup_printf(
			"%d mV is more than the maximum of %d mV for a %s; far above "
			"it, the chip is permanently damaged, more each second",
			millivolts, part->vcc_max_mv, part->name);
	if (millivolts >= part->vcc_min_mv)
		return NULL;
	return g_strdup_printf("%d mV is less than the %d mV that a %s needs: %s", millivolts,
		part->vcc_min_mv, part->name,
		flash_is_powered(work->flash)
			? "reads can return wrong data, and nothing is programmed or erased"
			: "it is off");
}

static bool
set_power(struct action_work *work, GError **error)
{
	struct action_power_request *request = work->in;
	struct bench_levels *levels = work->target->levels;

	(void)error;
	if (request->power == ACTION_POWER_OFF && request->cut_in > 0) {
		bench_levels_cut_in(levels, request->cut_in, request->after_ns);
	} else {
		if (request->power == ACTION_POWER_OFF)
			request->millivolts = 0;
		else if (request->millivolts == 0)
			request->millivolts = levels->given_mv;
		if (request->power != ACTION_POWER_ON)
			bench_levels_supply(levels, 0);
		bench_levels_supply(levels, request->millivolts);
	}
	request->millivolts = bench_levels_millivolts(levels);
	request->cut_in = levels->cut_in;
	request->warning = supply_warning(work);
	if (request->power != ACTION_POWER_OFF)
		request->boot = action_work_boot(work);
	return true;
}

bool
action_power(
	const struct action_target *target, struct action_power_request *request, GError **error)
{
	request->warning = NULL;
	request->boot = NULL;
	return action_work_run(target, set_power, request, NULL, error);
}

static bool
reset(struct action_work *work, GError **error)
{
	const struct flash_part *part = bench_chip_part(work->chip);

	if (flash_opcode(part, "RSTEN") < 0 || flash_opcode(part, "RST") < 0)
		return action_work_fail(work, error,
			"a %s has no software reset; switch its supply off and on instead",
			part->name);
	if (!flash_is_powered(work->flash))
		return action_work_fail(work, error, "no reset without power");
	if (!action_work_between_frames(work, error))
		return false;
	board_send(work->flash, "RSTEN", NULL, 0);
	board_send(work->flash, "RST", NULL, 0);
	return true;
}

bool
action_reset(const struct action_target *target, GError **error)
{
	return action_work_run(target, reset, NULL, NULL, error);
}

/* Returns the address under which a host reaches the adapter. Free with g_free(). */
static char *
address_of(const struct bench_adapter *adapter)
{
	const char *tcp = bench_adapter_tcp(adapter);

	return g_strdup(tcp != NULL ? tcp : bench_adapter_path(adapter));
}

static bool
unplug(struct action_work *work, GError **error)
{
	struct bench_cable *cable = bench_adapter_cable(work->target->adapter);
	bool was_plugged = bench_cable_is_plugged(cable);

	(void)error;
	*(char **)work->out = was_plugged ? address_of(work->target->adapter) : NULL;
	bench_cable_unplug(cable);
	if (was_plugged)
		action_work_notify(work, ACTION_EVENT_CABLE, "unplugged", "");
	return true;
}

bool
action_unplug(const struct action_target *target, char **address, GError **error)
{
	return action_work_run(target, unplug, NULL, address, error);
}

static bool
plug(struct action_work *work, GError **error)
{
	struct bench_cable *cable = bench_adapter_cable(work->target->adapter);
	bool was_plugged = bench_cable_is_plugged(cable);

	if (!bench_cable_plug(cable, error))
		return false;
	if (!was_plugged)
		action_work_notify(work, ACTION_EVENT_CABLE, "plugged", "");
	*(char **)work->out = address_of(work->target->adapter);
	return true;
}

bool
action_plug(const struct action_target *target, char **address, GError **error)
{
	return action_work_run(target, plug, NULL, address, error);
}

static bool
reset_stats(struct action_work *work, GError **error)
{
	(void)error;
	bench_chip_reset_stats(work->chip);
	return true;
}

void
action_stats_get(const struct action_target *target, struct trace_chip_stats *chip,
	struct link_host_stats *host)
{
	bench_get_chip_stats(target->adapter, target->cs, chip);
	bench_get_host_stats(target->adapter, host);
}

void
action_stats_examples(const struct action_target *target, enum trace_counter counter,
	struct trace_example_list *examples)
{
	bench_get_chip_examples(target->adapter, target->cs, counter, examples);
}

void
action_stats_reset(const struct action_target *target)
{
	if (target->levels == NULL)
		bench_reset_stats(target->adapter);
	else
		action_work_run(target, reset_stats, NULL, NULL, NULL);
}

bool
action_is_tcp(const struct action_target *target)
{
	return bench_adapter_tcp(target->adapter) != NULL;
}
