/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that stands on the bench: adapters, their chips and ports. */
#ifndef SPINOR_BENCH_BENCH_H
#define SPINOR_BENCH_BENCH_H

#include "bench/adapter.h"

#include <glib.h>
#include <stdbool.h>

struct bench;
struct setup_options;

/*
 * Builds the bench that the options describe; chips are powered and ports exist, but nobody serves
 * them yet. context: the main thread's, for what is shared by all adapters. Errors are
 * BASE_ERROR_USAGE when the command line is to blame, anything else otherwise.
 */
struct bench *bench_new(const struct setup_options *options, GMainContext *context, GError **error);

/* Says whether the options and their bench file describe a bench, as far as that can be told
 * without touching anything: names and keys, but no images or ports. */
bool bench_check(const struct setup_options *options, unsigned int *n_adapters,
	unsigned int *n_chips, GError **error);

/* One thread per adapter begins to serve. False when the system has no more threads to give; the
 * bench is then only good for bench_destroy(). */
bool bench_start(struct bench *bench, GError **error);

/* Ends the threads, saves state, removes links, frees everything. */
void bench_destroy(struct bench *bench);

/* The lines that tell a user how to reach each adapter: "ready: NAME PART SIZE flashrom -p …". Free
 * with g_free(). */
char *bench_ready_lines(const struct bench *bench);

/* The adapters, numbered from 0 in the order in which they were described. */
unsigned int bench_n_adapters(const struct bench *bench);
struct bench_adapter *bench_adapter_at(const struct bench *bench, unsigned int i);
/* name NULL: the only one. BASE_ERROR_USAGE when there is none, or several. */
struct bench_adapter *bench_find_adapter(
	const struct bench *bench, const char *name, GError **error);

enum base_clock_mode bench_timing(const struct bench *bench);
uint64_t bench_seed(const struct bench *bench);
/* Where options or bench file want the control socket; NULL: the usual place. */
const char *bench_control_path(const struct bench *bench);

/* From the main thread: observe is called for every event of every chip from now on, in the thread
 * of the adapter that it is clipped to. One observer; NULL ends it, and no call is under way when
 * this returns. */
void bench_set_observer(struct bench *bench, bench_chip_observer *observe, void *data);
/* The same for hosts that come (opened) and go. */
void bench_set_host_observer(struct bench *bench, bench_host_observer *observe, void *data);

/* From the main thread. Operations that have ended by now are counted. False when there is no chip
 * on line cs. */
bool bench_get_chip_stats(
	struct bench_adapter *adapter, unsigned int cs, struct trace_chip_stats *stats);
void bench_get_host_stats(struct bench_adapter *adapter, struct link_host_stats *stats);
/* All counters of the adapter and its chips start at 0 again. */
void bench_reset_stats(struct bench_adapter *adapter);

#endif
