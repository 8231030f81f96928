/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions that add, remove and list faults, and read the state of the wires. */
#include "action/action.h"

#include "action/internal.h"
#include "base/error.h"
#include "bench/adapter.h"
#include "bench/bench.h"
#include "bench/cable.h"
#include "bench/faults.h"
#include "clip/clip.h"
#include "clip/line.h"
#include "flash/package.h"
#include "serprog/serprog.h"
#include "setup/faultwords.h"

/* Receives the acts of an adapter's faults, in its thread. */
struct listener {
	struct action_context *actions;
	struct bench_adapter *adapter;
};

static void
acted(void *data, const struct bench_fault_act *act)
{
	const struct listener *listener = data;
	struct action_event event = {
		.kind = ACTION_EVENT_FAULT,
		.adapter = bench_adapter_name(listener->adapter),
		.cs = act->cs,
		.time_ns = act->time_ns,
		.opcode = -1,
		.operation = act->operation,
		.has_address = act->address >= 0,
		.address = act->address >= 0 ? (uint32_t)act->address : 0,
		.byte = act->byte,
		.length = act->acted,
		.outcome = "",
		.what = "acted",
		.id = act->id,
	};

	if (!g_atomic_int_get(&listener->actions->observed))
		return;
	g_snprintf(event.text, sizeof(event.text), "%u, %s: %s", act->id, act->position, act->text);
	g_strlcpy(event.label, act->name != NULL ? act->name : "", sizeof(event.label));
	action_send(listener->actions, &event);
}

void
action_faults_observe(struct action_context *actions, struct bench_adapter *adapter)
{
	struct bench_faults *faults = bench_adapter_has_faults(adapter);
	struct listener *listener;

	if (faults == NULL || bench_faults_is_observed(faults))
		return;
	listener = g_new0(struct listener, 1);
	listener->actions = actions;
	listener->adapter = adapter;
	bench_faults_observe(faults, acted, listener, g_free);
}

void
action_faults_ignore(struct bench_adapter *adapter)
{
	struct bench_faults *faults = bench_adapter_has_faults(adapter);

	if (faults != NULL)
		bench_faults_observe(faults, NULL, NULL, NULL);
}

struct request {
	const struct setup_fault *fault;
	const char *name;
	unsigned int id;
	GPtrArray *list;
	struct action_line *lines;
};

static bool
add(struct action_work *work, GError **error)
{
	struct request *request = work->in;
	struct bench_adapter *adapter = work->target->adapter;

	request->id = bench_faults_add(
		bench_adapter_faults(adapter), request->fault, work->target->cs, error);
	action_faults_observe(work->target->actions, adapter);
	return request->id > 0;
}

struct name_row {
	const struct bench_adapter *adapter;
	const char *name;
	unsigned int id; /* 0: the adapter has no fault of that name */
};

static void
find_name(void *data)
{
	struct name_row *row = data;
	const struct bench_faults *faults = bench_adapter_has_faults(row->adapter);

	row->id = faults != NULL ? bench_faults_named(faults, row->name) : 0;
}

bool
action_fault_find(struct action_context *actions, const char *adapter, const char *name,
	struct action_target *target, unsigned int *id, GError **error)
{
	unsigned int n = bench_n_adapters(actions->bench);
	g_autofree struct name_row *rows = NULL;

	if (adapter != NULL && !action_target_adapter(actions, adapter, target, error))
		return false;
	rows = g_new0(struct name_row, n);
	for (unsigned int i = 0; i < n; i++)
		rows[i] = (struct name_row){
			.adapter = bench_adapter_at(actions->bench, i), .name = name};
	bench_call_all(actions->bench, find_name, rows, sizeof rows[0]);
	for (unsigned int i = 0; i < n; i++) {
		struct bench_adapter *candidate = bench_adapter_at(actions->bench, i);

		if (rows[i].id == 0 || (adapter != NULL && candidate != target->adapter))
			continue;
		*target = (struct action_target){.actions = actions, .adapter = candidate};
		*id = rows[i].id;
		return true;
	}
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"there is no fault \"%s\"%s%s; allowed are the names and numbers in spinor fault "
		"list",
		name, adapter != NULL ? " on " : "", adapter != NULL ? adapter : "");
	return false;
}

/* Names are unique on the bench, numbers on each adapter. */
static bool
set_name(
	struct setup_fault *fault, struct action_context *actions, const char *name, GError **error)
{
	struct action_target holder;
	unsigned int id;

	if (!setup_fault_set_name(fault, name, error))
		return false;
	if (!action_fault_find(actions, NULL, name, &holder, &id, NULL))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s has a fault \"%s\" already; allowed is a name that is free",
		bench_adapter_name(holder.adapter), name);
	return false;
}

/* Only a chip's fault allows the user to name a chip. */
static bool
check_chip_given(const struct setup_fault *fault, const struct action_fault_request *request,
	unsigned int cs, GError **error)
{
	if (!request->has_chip || fault->model == SETUP_FAULT_OF_CHIP)
		return true;
	if (fault->model == SETUP_FAULT_OF_LINK)
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: cs %u is refused: the fault is one of the line to the host; allowed "
			"is no cs",
			fault->text, cs);
	else
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: cs %u is refused: the fault is one of the wires, which all chips of "
			"an adapter share; allowed is no cs, and select=%u for that chip's "
			"operations",
			fault->text, cs, cs);
	return false;
}

bool
action_fault_add(
	const struct action_target *target, struct action_fault_request *request, GError **error)
{
	struct setup_fault *fault = setup_fault_parse(request->text, error);
	struct request inner = {.fault = fault};
	bool good;

	if (fault == NULL)
		return false;
	good = check_chip_given(fault, request, target->cs, error) &&
		(request->name == NULL || set_name(fault, target->actions, request->name, error)) &&
		action_work_run(target, add, &inner, NULL, error);
	request->id = inner.id;
	setup_fault_free(fault);
	return good;
}

static bool
remove_fault(struct action_work *work, GError **error)
{
	struct request *request = work->in;
	struct bench_faults *faults = bench_adapter_has_faults(work->target->adapter);

	if (faults != NULL && bench_faults_remove(faults, request->id))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s has no fault %u; allowed are the numbers in spinor fault list",
		bench_adapter_name(work->target->adapter), request->id);
	return false;
}

bool
action_fault_remove(const struct action_target *target, unsigned int id, GError **error)
{
	struct request request = {.id = id};

	return action_work_run(target, remove_fault, &request, NULL, error);
}

static bool
clear(struct action_work *work, GError **error)
{
	struct bench_faults *faults = bench_adapter_has_faults(work->target->adapter);

	(void)error;
	if (faults != NULL)
		bench_faults_clear(faults);
	return true;
}

void
action_fault_clear(const struct action_target *target)
{
	action_work_run(target, clear, NULL, NULL, NULL);
}

static bool
list(struct action_work *work, GError **error)
{
	struct request *request = work->in;
	struct bench_faults *faults = bench_adapter_has_faults(work->target->adapter);

	(void)error;
	request->list = faults != NULL ? bench_faults_list(faults) : g_ptr_array_new();
	return true;
}

GPtrArray *
action_fault_list(const struct action_target *target)
{
	struct request request = {0};

	action_work_run(target, list, &request, NULL, NULL);
	return request.list;
}

bool
action_work_left_selected(const struct action_work *work, unsigned int *fault)
{
	struct bench_adapter *adapter = work->target->adapter;
	struct bench_faults *faults = bench_adapter_has_faults(adapter);
	g_autoptr(GPtrArray) list = faults != NULL ? bench_faults_list(faults) : g_ptr_array_new();

	*fault = 0;
	if (!serprog_left_selected(bench_adapter_cable(adapter)->serprog))
		return false;
	for (guint i = 0; i < list->len && *fault == 0; i++) {
		const struct bench_fault_info *info = list->pdata[i];

		if (info->keeps_selected)
			*fault = info->id;
	}
	return true;
}

static const char *const level_names[] = {
	[FLASH_LOW] = "low", [FLASH_HIGH] = "high", [FLASH_FLOATING] = "floating"};

G_STATIC_ASSERT(ACTION_LINES == CLIP_LINES);

static void
read_fault(struct bench_faults *faults, struct action_line *line)
{
	g_autoptr(GPtrArray) list = bench_faults_list(faults);

	for (guint i = 0; i < list->len; i++) {
		const struct bench_fault_info *info = list->pdata[i];

		if (info->id == line->fault)
			g_strlcpy(line->fault_text, info->text, sizeof line->fault_text);
	}
}

static bool
read_wiring(struct action_work *work, GError **error)
{
	struct request *request = work->in;
	const struct clip *clip = bench_adapter_clip(work->target->adapter);
	struct bench_faults *faults = bench_adapter_has_faults(work->target->adapter);

	(void)error;
	for (unsigned int i = 0; i < CLIP_LINES; i++) {
		struct clip_line_state state;
		struct action_line *line = &request->lines[i];

		clip_line_state(clip, work->target->cs, (enum clip_line)i, &state);
		*line = (struct action_line){
			.name = clip_line_string((enum clip_line)i),
			.host = level_names[state.host],
			.chip = level_names[state.chip],
			.fault = faults ? bench_faults_of_wires(faults, state.fault_id) : 0,
			.touches = state.contact >= 0 && !state.open,
		};
		if (state.contact >= 0) {
			line->contact = clip_line_string((enum clip_line)state.contact);
			line->contact_level = level_names[state.contact_level];
		}
		if (work->flash == NULL)
			continue;
		line->pin = state.pin;
		line->pin_name = action_pin_name(work->flash,
			flash_package_of(flash_part(work->flash))->pins[state.pin - 1]);
	}
	if (request->lines[CLIP_CS].fault == 0)
		action_work_left_selected(work, &request->lines[CLIP_CS].fault);
	for (unsigned int i = 0; i < CLIP_LINES; i++)
		if (request->lines[i].fault > 0)
			read_fault(faults, &request->lines[i]);
	return true;
}

void
action_wiring(const struct action_target *target, struct action_line lines[ACTION_LINES])
{
	struct request request = {.lines = lines};

	action_work_run(target, read_wiring, &request, NULL, NULL);
}
