/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The past of an adapter: the last groups of events (trace/fold.h), and an observer of new ones.
 * All functions are to be called in the adapter's thread, or before it runs.
 */
#ifndef SPINOR_BENCH_ACTIVITY_H
#define SPINOR_BENCH_ACTIVITY_H

#include "trace/fold.h"

#include <glib.h>
#include <stdint.h>

/* The most groups of an adapter that are kept. */
#define BENCH_ACTIVITY_GROUPS_MAX 1024

struct bench_activity;
struct bench_fault_act;

/* context: the one of the adapter's thread. */
struct bench_activity *bench_activity_new(GMainContext *context);
void bench_activity_destroy(struct bench_activity *activity);

/* An event of the chip on chip select cs. */
void bench_activity_event(struct bench_activity *activity, int cs, const struct flash_event *event);

/* Something else that happened. what, text: NULL is "". */
void bench_activity_note(struct bench_activity *activity, struct trace_group group,
	const char *what, const char *text);

/* A fault has acted. */
void bench_activity_acted(struct bench_activity *activity, const struct bench_fault_act *act);

/* Calls observe for each new group; while there is an observer a group is complete at the latest
 * some seconds after its first event. NULL ends that. */
void bench_activity_observe(struct bench_activity *activity,
	void (*observe)(void *data, const struct trace_group *group), void *data);

/* Completes the open groups and returns a copy of those that ended at since_ns or later, as struct
 * trace_group, oldest first. *dropped: how many older ones were not kept. Free with
 * g_array_unref(). */
GArray *bench_activity_since(struct bench_activity *activity, int64_t since_ns, uint64_t *dropped);

#endif
