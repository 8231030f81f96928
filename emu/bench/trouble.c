/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hands that break things: faults on wires and chips, come and gone; and a look at the wires. */
#include "bench/adapter.h"
#include "bench/bench.h"
#include "bench/error.h"
#include "bench/fault.h"
#include "bench/faults.h"
#include "bench/hand.h"
#include "bench/line.h"
#include "clip/clip.h"
#include "clip/line.h"
#include "serprog/serprog.h"

/* An act of a fault, in the adapter's thread. */
struct listener {
	struct bench_actions *actions;
	struct bench_adapter *adapter;
};

static void
acted(void *data, const struct bench_fault_act *act)
{
	const struct listener *listener = data;
	struct bench_event event = {
		.kind = BENCH_EVENT_FAULT,
		.adapter = bench_adapter_name(listener->adapter),
		.cs = act->cs,
		.time_ns = act->time_ns,
		.opcode = -1,
		.length = act->acted,
		.outcome = "",
		.what = "acted",
	};

	if (listener->actions->observe == NULL)
		return;
	g_snprintf(event.text, sizeof(event.text), "%u, %s: %s", act->id, act->place, act->text);
	listener->actions->observe(listener->actions->data, &event);
}

void
bench_troubles_observe(struct bench_actions *actions, struct bench_adapter *adapter)
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

struct request {
	struct bench_fault *fault;
	unsigned int id;
	GPtrArray *list;
	struct bench_wire *lines;
};

static bool
add(struct bench_work *work, GError **error)
{
	struct request *request = work->in;
	struct bench_adapter *adapter = work->target->adapter;

	request->id = bench_faults_add(
		bench_adapter_faults(adapter), request->fault, work->target->cs, error);
	bench_troubles_observe(work->target->actions, adapter);
	return request->id > 0;
}

bool
bench_action_fault_add(
	const struct bench_target *target, const char *text, unsigned int *id, GError **error)
{
	struct request request = {.fault = bench_fault_parse(text, error)};
	bool good;

	if (request.fault == NULL)
		return false;
	good = bench_work_run(target, add, &request, NULL, error);
	*id = request.id;
	bench_fault_free(request.fault);
	return good;
}

static bool
take_away(struct bench_work *work, GError **error)
{
	struct request *request = work->in;
	struct bench_faults *faults = bench_adapter_has_faults(work->target->adapter);

	if (faults != NULL && request->id == 0)
		bench_faults_clear(faults);
	if (request->id == 0 || (faults != NULL && bench_faults_remove(faults, request->id)))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		"%s has no fault %u; allowed are the numbers in spinor fault list",
		bench_adapter_name(work->target->adapter), request->id);
	return false;
}

bool
bench_action_fault_remove(const struct bench_target *target, unsigned int id, GError **error)
{
	struct request request = {.id = id};

	return bench_work_run(target, take_away, &request, NULL, error);
}

G_STATIC_ASSERT((int)BENCH_BOARD_RUN == (int)BENCH_BOARD_RUNS &&
	(int)BENCH_BOARD_RESET == (int)BENCH_BOARD_IN_RESET &&
	(int)BENCH_BOARD_NO_SUPPLY == (int)BENCH_BOARD_OFF);

static bool
set_board(struct bench_work *work, GError **error)
{
	const enum bench_board *state = work->in;

	(void)error;
	bench_faults_set_board(
		bench_adapter_faults(work->target->adapter), (enum bench_board_state) * state);
	return true;
}

bool
bench_action_board(const struct bench_target *target, enum bench_board state, GError **error)
{
	return bench_work_run(target, set_board, &state, NULL, error);
}

static bool
list(struct bench_work *work, GError **error)
{
	struct request *request = work->in;
	struct bench_faults *faults = bench_adapter_has_faults(work->target->adapter);

	(void)error;
	request->list = faults != NULL ? bench_faults_list(faults) : g_ptr_array_new();
	return true;
}

GPtrArray *
bench_action_fault_list(const struct bench_target *target)
{
	struct request request = {0};

	bench_work_run(target, list, &request, NULL, NULL);
	return request.list;
}

static const char *const levels[] = {
	[CLIP_LOW] = "low", [CLIP_HIGH] = "high", [CLIP_FLOATING] = "floating"};

G_STATIC_ASSERT(BENCH_LINES == CLIP_LINES);

static bool
look(struct bench_work *work, GError **error)
{
	struct request *request = work->in;
	const struct clip *clip = bench_adapter_clip(work->target->adapter);
	const struct bench_faults *faults = bench_adapter_has_faults(work->target->adapter);

	(void)error;
	for (unsigned int i = 0; i < CLIP_LINES; i++) {
		struct clip_line_state state;

		clip_line_state(clip, work->target->cs, (enum clip_line)i, &state);
		request->lines[i] = (struct bench_wire){
			.name = clip_line_string((enum clip_line)i),
			.host = levels[state.host],
			.chip = levels[state.chip],
			.fault = faults ? bench_faults_of_wires(faults, state.fault_id) : 0,
		};
	}
	if (request->lines[CLIP_CS].fault == 0 && faults != NULL &&
		serprog_left_selected(bench_adapter_line(work->target->adapter)->serprog))
		request->lines[CLIP_CS].fault = bench_faults_of_cs(faults);
	return true;
}

void
bench_action_wiring(const struct bench_target *target, struct bench_wire lines[BENCH_LINES])
{
	struct request request = {.lines = lines};

	bench_work_run(target, look, &request, NULL, NULL);
}
