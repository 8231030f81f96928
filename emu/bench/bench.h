/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bench: adapters, their chips and ports. */
#ifndef SPINOR_BENCH_BENCH_H
#define SPINOR_BENCH_BENCH_H

#include "bench/adapter.h"
#include "trace/stats.h"

#include <glib.h>
#include <stdbool.h>

struct bench;
struct record_writer;
struct setup_bench;
struct setup_options;
struct trace_example_list;
struct trace_text;

/*
 * Reads the description of a bench and checks all names in it. Opens no image and no port: until
 * bench_build() only the paths of control socket and trace are there. BASE_ERROR_USAGE: a mistake
 * in the options or the bench file.
 */
struct bench *bench_describe(const struct setup_options *options, GError **error);

/*
 * Creates everything that is described; chips are powered and ports exist, but no thread serves
 * them yet. options: those of bench_describe(). context: the main thread's, for the resources that
 * all adapters share. On an error the bench can only be destroyed.
 */
bool bench_build(struct bench *bench, const struct setup_options *options, GMainContext *context,
	GError **error);

/* Asks the installed flashrom for the names of the chips, if they depend on its version: a process
 * in the sandbox cannot start it. */
void bench_ask_flashrom(const struct bench *bench);

/* Both, and bench_accept(). */
struct bench *bench_new(const struct setup_options *options, GMainContext *context, GError **error);

/* As bench_describe(), of a description that the bench takes over. */
struct bench *bench_describe_from(struct setup_bench *setup, GError **error);

/* Checks the options and their bench file without opening images or ports: names and keys only.
 * files: receives the lines of setup_files_text(). */
bool bench_check(const struct setup_options *options, unsigned int *n_adapters,
	unsigned int *n_chips, char **files, GError **error);

/* Starts a thread per adapter. False: the system has no more threads; the bench can then only be
 * destroyed. */
bool bench_start(struct bench *bench, GError **error);

/* The start has succeeded: trace and record replace the old content of their files. Until then
 * their lines are held. bench_new() does the same. */
void bench_accept(struct bench *bench);

/* The start is refused for a reason outside: bench_destroy() removes all files that it has created.
 * bench_build() and bench_start() do the same on an error. */
void bench_refuse(struct bench *bench);

/* Ends the threads, saves the state, removes the links and frees the bench, which may be NULL.
 * False: something could not be saved, or was lost, as the log says. */
bool bench_destroy(struct bench *bench);
/* The same. Returns a text (char *) for each thing that is not saved. Free with
 * g_ptr_array_unref(). */
GPtrArray *bench_end(struct bench *bench);

/* Returns a line per adapter with its command: "ready: NAME PART SIZE flashrom -p …". Free
 * with g_free(). */
char *bench_ready_lines(const struct bench *bench);

/* The adapters, numbered from 0 in the order of the description. */
unsigned int bench_n_adapters(const struct bench *bench);
struct bench_adapter *bench_adapter_at(const struct bench *bench, unsigned int i);

/* Runs function in the thread of each adapter, in all at the same time, and waits until all have
 * run it. rows has an element of row_bytes for each adapter, in their order; each is handed its
 * own. To be called in the main thread. */
void bench_call_all(struct bench *bench, void (*function)(void *row), void *rows, size_t row_bytes);
/* name NULL: the only one. BASE_ERROR_USAGE: none of that name, or none or several without a
 * name. */
struct bench_adapter *bench_find_adapter(
	const struct bench *bench, const char *name, GError **error);

/* The description. */
const struct setup_bench *bench_setup(const struct bench *bench);
enum base_clock_mode bench_timing(const struct bench *bench);
uint64_t bench_seed(const struct bench *bench);
/* The path of the control socket in options or bench file; NULL: the default. */
const char *bench_control_path(const struct bench *bench);
/* Paths of files that the bench has created, without images and states. */
GPtrArray *bench_new_files(const struct bench *bench);

/* The file of the trace; "-": standard output, NULL: none. */
const char *bench_trace_path(const struct bench *bench);

/* The writers of trace and record; each may be NULL. */
void bench_writers(
	const struct bench *bench, struct trace_text **trace, struct record_writer **record);

/* Completes an error about a file whose size differs from the chip's by the names of chips of its
 * size; no effect on other errors. To be called from the main thread. */
void bench_explain_size(
	const struct bench *bench, const struct bench_chip *chip, const char *file, GError **error);

/* Sets the observer, which is called for every event of every chip from then on, in the thread of
 * the chip's adapter. NULL removes it; no call is in progress when this returns. To be called from
 * the main thread. */
void bench_set_observer(struct bench *bench, bench_chip_observer *observe, void *data);
/* The same for hosts that open and close the port. */
void bench_set_host_observer(struct bench *bench, bench_host_observer *observe, void *data);
/* The same for things that cannot be saved. */
void bench_set_saving_observer(struct bench *bench, bench_saving_observer *observe, void *data);

/* Reads counters, including all operations that are over by now. False: there is no chip on chip
 * select cs. To be called from the main thread. */
bool bench_get_chip_stats(
	struct bench_adapter *adapter, unsigned int cs, struct trace_chip_stats *stats);
/* Reads examples of the operations that a counter has counted. */
bool bench_get_chip_examples(struct bench_adapter *adapter, unsigned int cs,
	enum trace_counter counter, struct trace_example_list *examples);
void bench_get_host_stats(struct bench_adapter *adapter, struct link_host_stats *stats);
/* Resets all counters of the adapter and its chips. */
void bench_reset_stats(struct bench_adapter *adapter);

#endif
