/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boards of an adapter's chips. One state applies to all of them: they run, are held in reset
 * or have no supply. A board starts when its reset is released and when its chip gets its supply.
 *
 *   state    run ........ reset ............ run ...............
 *   supply   ____/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\__/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾
 *   starts       x                (held)       x
 *
 * Leaves out accesses of a board that are in progress when it is stopped.
 */
#include "action/action.h"

#include "action/internal.h"
#include "bench/adapter.h"
#include "bench/chip.h"
#include "bench/faults.h"
#include "board/board.h"
#include "board/boot.h"
#include "clip/clip.h"

void
action_boot_outcome_free(struct action_boot_outcome *boot)
{
	if (boot == NULL)
		return;
	g_free(boot->name);
	g_free(boot->why_not);
	g_free(boot);
}

/* Returns the reason for which the board cannot start, or NULL. */
static const char *
blocking_reason(const struct action_work *work)
{
	struct bench_adapter *adapter = work->target->adapter;
	const struct bench_faults *faults = bench_adapter_has_faults(adapter);
	unsigned int fault;

	if (faults != NULL && bench_faults_board(faults) != BOARD_RUNS)
		return bench_faults_board(faults) == BOARD_OFF ? "it has no supply"
							       : "it is held in reset";
	if (!clip_is_selected(bench_adapter_clip(adapter)))
		return NULL;
	return action_work_left_selected(work, &fault) ? "the adapter has left CS# low"
						       : "a host is using the bus";
}

struct action_boot_outcome *
action_work_boot(const struct action_work *work)
{
	struct bench_adapter *adapter = work->target->adapter;
	struct clip *clip = bench_adapter_clip(adapter);
	const char *name;
	struct board *board = bench_adapter_board(adapter, work->target->cs, &name);
	struct board_verdict verdict;
	struct action_boot_outcome *boot;

	if (board == NULL)
		return NULL;
	boot = g_new0(struct action_boot_outcome, 1);
	boot->cs = work->target->cs;
	boot->name = g_strdup(name);
	boot->why_not = g_strdup(blocking_reason(work));
	if (boot->why_not == NULL) {
		boot->boots = board_boot(board, clip, boot->cs, &verdict);
		if (!boot->boots)
			boot->why_not = board_boot_reason(&verdict);
	}
	bench_adapter_set_boot(
		adapter, boot->cs, boot->boots ? BENCH_BOOT_DONE : BENCH_BOOT_FAILED);
	action_work_notify(work, ACTION_EVENT_BOOT, boot->boots ? "boots" : "does not boot",
		boot->why_not != NULL ? boot->why_not : "");
	return boot;
}

/* Starts the boards of all chips on the adapter. */
static void
start_boards(const struct action_work *work, GPtrArray *started)
{
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
		struct action_target target = *work->target;
		struct action_work inner = *work;
		struct action_boot_outcome *boot;

		inner.chip = bench_adapter_chip(target.adapter, cs);
		if (inner.chip == NULL)
			continue;
		target.cs = cs;
		target.levels = bench_chip_levels(inner.chip);
		inner.target = &target;
		boot = action_work_boot(&inner);
		if (boot != NULL)
			g_ptr_array_add(started, boot);
	}
}

static bool
set_board(struct action_work *work, GError **error)
{
	static const char *const names[] = {
		[BOARD_RUNS] = "run", [BOARD_IN_RESET] = "reset", [BOARD_OFF] = "off"};
	struct bench_faults *faults = bench_adapter_faults(work->target->adapter);
	const enum board_state *state = work->in;
	bool starts = *state == BOARD_RUNS && bench_faults_board(faults) != BOARD_RUNS;
	bool changed;

	(void)error;
	changed = bench_faults_board(faults) != *state;
	bench_faults_set_board(faults, *state);
	if (changed)
		action_work_notify(work, ACTION_EVENT_BOARD, names[*state], "");
	if (starts)
		start_boards(work, work->out);
	return true;
}

GPtrArray *
action_board(const struct action_target *target, enum board_state state, GError **error)
{
	GPtrArray *started =
		g_ptr_array_new_with_free_func((GDestroyNotify)action_boot_outcome_free);

	if (action_work_run(target, set_board, &state, started, error))
		return started;
	g_ptr_array_unref(started);
	return NULL;
}
