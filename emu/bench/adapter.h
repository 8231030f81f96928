/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One adapter on the bench: a thread with its own time, chip, wires, firmware and port. */
#ifndef SPINOR_BENCH_ADAPTER_H
#define SPINOR_BENCH_ADAPTER_H

#include "base/clock.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct bench_adapter;
struct bench_wafer;
struct flash_part;
struct port_watch;
struct serprog_profile;
struct trace_text;

/* What to build. Strings are copied, everything else outlives the adapter. */
struct bench_adapter_plan {
	const char *name; /* in ready lines and the log */
	const struct flash_part *part;
	const struct serprog_profile *profile;
	const char *image; /* may be NULL: blank and forgotten */
	const char *link;  /* may be NULL */
	enum sim_clock_mode timing;
	uint64_t seed;
	struct bench_wafer *wafer;
	struct port_watch *watch;
	struct trace_text *trace; /* may be NULL */
};

/* Builds the adapter; its chip has power and its port exists. On error nothing is left behind. */
struct bench_adapter *bench_adapter_new(const struct bench_adapter_plan *plan, GError **error);

/* Starts the thread, which owns all of the adapter until bench_adapter_stop(). */
bool bench_adapter_start(struct bench_adapter *adapter, GError **error);

/* Asks the thread to end, without waiting for it. */
void bench_adapter_stop(struct bench_adapter *adapter);

/* Waits for the thread, takes the chip's supply away, saves its state and frees the adapter. */
void bench_adapter_destroy(struct bench_adapter *adapter);

/* "ready: NAME PART SIZE flashrom -p …", without a newline. Free with g_free(). */
char *bench_adapter_ready_line(const struct bench_adapter *adapter);

#endif
