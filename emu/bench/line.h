/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line from host to adapter and its USB cable: faults of both. In the adapter's thread. */
#ifndef SPINOR_BENCH_LINE_H
#define SPINOR_BENCH_LINE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct bench_meter;
struct link_fault_report;
struct link_line;
struct port_pty;
struct port_tcp;
struct serprog;

/* All 0 but for the upper part: a perfect line. */
struct bench_line {
	const char *owner; /* in the log */
	GMainContext *context;
	struct serprog *serprog;
	struct bench_meter *meter; /* stands before what is chosen here */
	struct port_pty *pty;      /* NULL: TCP */
	struct port_tcp *tcp;      /* NULL: pseudo-terminal */
	uint64_t seed;             /* of what faults leave to chance */
	void (*acted)(void *data, const struct link_fault_report *report); /* may be NULL */
	void *data;

	struct link_line *faults; /* NULL: none */
	GSource *cable;           /* waits to pull it or put it in; NULL: neither */
	uint32_t out_ms;          /* the cable stays out; 0: for ever */
};

/* Chooses the adapter without faults before it. */
void bench_line_begin(struct bench_line *line);

/* Before the port and the adapter end. */
void bench_line_end(struct bench_line *line);

/* The filter for faults; made, and put before the adapter, when it is first asked for. */
struct link_line *bench_line_faults(struct bench_line *line);

/* After a change of faults: the port looks again, and a filter without any is taken away. */
void bench_line_changed(struct bench_line *line);

/* Both do nothing when that is how it is. */
void bench_line_unplug(struct bench_line *line);
bool bench_line_plug(struct bench_line *line, GError **error);
bool bench_line_is_plugged(const struct bench_line *line);

#endif
