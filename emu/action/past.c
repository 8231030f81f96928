/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The activity of adapters as groups (trace/fold.h): the past, and an observer of new ones. */
#include "action/action.h"

#include "action/internal.h"
#include "base/clock.h"
#include "bench/activity.h"
#include "bench/adapter.h"
#include "bench/bench.h"

/* One adapter for the observer, in its thread. */
struct action_watched {
	struct action_context *actions;
	struct bench_adapter *adapter;
	bool wanted;
};

static void
forward(void *data, const struct trace_group *group)
{
	const struct action_watched *watched = data;

	watched->actions->observe_group(
		watched->actions->group_data, bench_adapter_name(watched->adapter), group);
}

static void
set_observer(void *data)
{
	struct action_watched *watched = data;

	bench_activity_observe(bench_adapter_activity(watched->adapter),
		watched->wanted ? forward : NULL, watched);
}

void
action_observe_groups(struct action_context *actions, action_group_observer *observe, void *data)
{
	unsigned int n = bench_n_adapters(actions->bench);

	/* An adapter calls its observer until it has been told otherwise. */
	if (observe == NULL && actions->watched == NULL)
		return;
	if (actions->watched == NULL)
		actions->watched = g_new0(struct action_watched, n);
	if (observe != NULL) {
		actions->group_data = data;
		actions->observe_group = observe;
	}
	for (unsigned int i = 0; i < n; i++) {
		struct action_watched *watched = &actions->watched[i];

		watched->actions = actions;
		watched->wanted = observe != NULL;
		watched->adapter = bench_adapter_at(actions->bench, i);
	}
	bench_call_all(actions->bench, set_observer, actions->watched, sizeof actions->watched[0]);
	if (observe != NULL)
		return;
	actions->observe_group = NULL;
	g_clear_pointer(&actions->watched, g_free);
}

struct past {
	struct bench_adapter *adapter;
	int64_t age_ns;
	uint64_t dropped;
	GArray *groups;
};

static void
read_past(void *data)
{
	struct past *past = data;
	int64_t now_ns = base_clock_now(bench_adapter_clock(past->adapter));

	past->groups = bench_activity_since(bench_adapter_activity(past->adapter),
		now_ns > past->age_ns ? now_ns - past->age_ns : 0, &past->dropped);
}

GArray *
action_past(struct action_context *actions, unsigned int i, int64_t age_ns, uint64_t *dropped)
{
	struct past past = {.age_ns = age_ns};

	if (i >= bench_n_adapters(actions->bench))
		return NULL;
	past.adapter = bench_adapter_at(actions->bench, i);
	bench_adapter_call(past.adapter, read_past, &past);
	*dropped = past.dropped;
	return past.groups;
}

const char *
action_adapter_name(const struct action_context *actions, unsigned int i)
{
	return i < bench_n_adapters(actions->bench)
		? bench_adapter_name(bench_adapter_at(actions->bench, i))
		: NULL;
}
