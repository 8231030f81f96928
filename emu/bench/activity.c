/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps the last groups of events of an adapter in a ring, so that a person who connects later can
 * see what a host did. An event is folded into an open group (trace/fold.c) in a few comparisons,
 * so that this costs a host nothing that it notices. Fold and ring are allocated at the first event
 * and the ring grows as it fills: an idle adapter has neither.
 *
 *   event -> fold -> complete group -> ring
 *                                   -> observer
 *
 * A group is complete when something else happens. With an observer a timer in addition completes
 * groups: after QUIET_MS without an event, and after TURNS_MAX times that in any case, so that a
 * person sees the progress of a long operation. Without an observer there is no timer.
 */
#include "bench/activity.h"

#include "bench/faults.h"

#include <string.h>

#define QUIET_MS 300
#define TURNS_MAX 10
#define FIRST_CAPACITY 16

struct bench_activity {
	GMainContext *context;
	struct trace_fold *fold;  /* NULL: no event yet */
	struct trace_group *ring; /* NULL: no group yet */
	guint capacity;
	uint64_t complete; /* groups so far */
	void (*observe)(void *data, const struct trace_group *group);
	void *data;
	GSource *timer; /* NULL: there was no observer yet */
	bool armed;
	uint64_t events; /* at the last turn of the timer */
	unsigned int turns;
};

/* Makes room for one more group: the ring doubles up to its limit, then the oldest one goes. */
static struct trace_group *
next_slot(struct bench_activity *activity)
{
	if (activity->complete == activity->capacity &&
		activity->capacity < BENCH_ACTIVITY_GROUPS_MAX) {
		activity->capacity = MAX(activity->capacity * 2, FIRST_CAPACITY);
		activity->ring = g_renew(struct trace_group, activity->ring, activity->capacity);
	}
	return &activity->ring[activity->complete % activity->capacity];
}

static void
complete(void *data, struct trace_group *group)
{
	struct bench_activity *activity = data;
	struct trace_group *slot = next_slot(activity);

	group->number = ++activity->complete;
	*slot = *group;
	if (activity->observe != NULL)
		activity->observe(activity->data, group);
}

struct bench_activity *
bench_activity_new(GMainContext *context)
{
	struct bench_activity *activity = g_new0(struct bench_activity, 1);

	activity->context = context;
	return activity;
}

static void
remove_timer(struct bench_activity *activity)
{
	if (activity->timer == NULL)
		return;
	g_source_destroy(activity->timer);
	g_clear_pointer(&activity->timer, g_source_unref);
	activity->armed = false;
}

void
bench_activity_destroy(struct bench_activity *activity)
{
	if (activity == NULL)
		return;
	remove_timer(activity);
	g_free(activity->fold);
	g_free(activity->ring);
	g_free(activity);
}

struct timer {
	GSource base;
	struct bench_activity *activity;
};

static void
arm(struct bench_activity *activity)
{
	g_source_set_ready_time(activity->timer, g_get_monotonic_time() + QUIET_MS * 1000);
	activity->armed = true;
}

static gboolean
turn(GSource *source, GSourceFunc callback, void *unused)
{
	struct bench_activity *activity = ((struct timer *)source)->activity;
	bool quiet = activity->fold->events == activity->events;

	(void)callback;
	(void)unused;
	g_source_set_ready_time(source, -1);
	activity->armed = false;
	if (quiet || ++activity->turns >= TURNS_MAX) {
		trace_fold_flush(activity->fold);
		return G_SOURCE_CONTINUE;
	}
	activity->events = activity->fold->events;
	arm(activity);
	return G_SOURCE_CONTINUE;
}

static struct trace_fold *
fold_of(struct bench_activity *activity)
{
	if (activity->fold == NULL) {
		activity->fold = g_new0(struct trace_fold, 1);
		activity->fold->complete = complete;
		activity->fold->data = activity;
	}
	return activity->fold;
}

static void
watch_open(struct bench_activity *activity)
{
	const struct trace_fold *fold = activity->fold;

	if (activity->observe == NULL || activity->armed ||
		(fold->n_open == 0 && fold->enable.count == 0))
		return;
	activity->turns = 0;
	activity->events = fold->events;
	arm(activity);
}

void
bench_activity_event(struct bench_activity *activity, int cs, const struct flash_event *event)
{
	trace_fold_event(fold_of(activity), cs, event);
	watch_open(activity);
}

void
bench_activity_note(struct bench_activity *activity, struct trace_group group, const char *what,
	const char *text)
{
	group.opcode = -1;
	group.count = 1;
	group.end_ns = group.time_ns;
	g_strlcpy(group.what, what != NULL ? what : "", sizeof group.what);
	g_strlcpy(group.text, text != NULL ? text : "", sizeof group.text);
	trace_fold_add(fold_of(activity), &group);
	watch_open(activity);
}

/* "contact", or "clip: contact" of a fault with a name. */
static char *
kind_of(const struct bench_fault_act *act)
{
	g_autofree char *kind = g_strndup(act->text, strcspn(act->text, " "));

	return act->name != NULL ? g_strdup_printf("%s (%s)", kind, act->name)
				 : g_steal_pointer(&kind);
}

void
bench_activity_acted(struct bench_activity *activity, const struct bench_fault_act *act)
{
	g_autofree char *kind = kind_of(act);
	struct trace_group group = {.kind = TRACE_GROUP_FAULT,
		.cs = act->cs,
		.time_ns = act->time_ns,
		.id = act->id,
		.has_address = act->address >= 0};

	if (group.has_address) {
		group.from = (uint64_t)act->address;
		group.to = group.from + 1;
	}
	/* The address is in the range already. */
	bench_activity_note(activity, group, kind,
		g_str_has_prefix(act->position, "address ") ? "" : act->position);
}

void
bench_activity_observe(struct bench_activity *activity,
	void (*observe)(void *data, const struct trace_group *group), void *data)
{
	static GSourceFuncs functions = {.dispatch = turn};

	if (observe != NULL && activity->timer == NULL) {
		activity->timer = g_source_new(&functions, sizeof(struct timer));
		g_source_set_name(activity->timer, "activity");
		((struct timer *)activity->timer)->activity = activity;
		g_source_attach(activity->timer, activity->context);
	} else if (observe == NULL) {
		remove_timer(activity);
	}
	/* Groups from before are the past. */
	if (observe != NULL && activity->observe == NULL && activity->fold != NULL)
		trace_fold_flush(activity->fold);
	activity->observe = observe;
	activity->data = data;
}

GArray *
bench_activity_since(struct bench_activity *activity, int64_t since_ns, uint64_t *dropped)
{
	GArray *groups = g_array_new(FALSE, FALSE, sizeof(struct trace_group));
	uint64_t first;

	if (activity->fold != NULL)
		trace_fold_flush(activity->fold);
	first = activity->complete > activity->capacity ? activity->complete - activity->capacity
							: 0;
	*dropped = first;
	for (uint64_t i = first; i < activity->complete; i++) {
		const struct trace_group *group = &activity->ring[i % activity->capacity];

		if (group->end_ns >= since_ns)
			g_array_append_val(groups, *group);
	}
	return groups;
}
