/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that stands on the bench: adapters, their chips and ports. */
#ifndef SPINOR_BENCH_BENCH_H
#define SPINOR_BENCH_BENCH_H

#include <glib.h>
#include <stdbool.h>

struct bench;
struct bench_options;

/*
 * Builds the bench that the options describe; chips are powered and ports exist, but nobody serves
 * them yet. context: the main thread's, for what is shared by all adapters. Errors are
 * BENCH_ERROR_USAGE when the command line is to blame, anything else otherwise.
 */
struct bench *bench_new(const struct bench_options *options, GMainContext *context, GError **error);

/* One thread per adapter begins to serve. False when the system has no more threads to give; the
 * bench is then only good for bench_destroy(). */
bool bench_start(struct bench *bench, GError **error);

/* Ends the threads, saves state, removes links, frees everything. */
void bench_destroy(struct bench *bench);

/* The lines that tell a user how to reach each adapter: "ready: NAME PART SIZE flashrom -p …". Free
 * with g_free(). */
char *bench_ready_lines(const struct bench *bench);

/* The chips that can be emulated as a table for people, one line each below a heading. pattern as
 * for bench_chipdb_list(). Free with g_free(); no match is BENCH_ERROR_USAGE. */
char *bench_chip_table(const char *chipdb, const char *pattern, GError **error);

#endif
