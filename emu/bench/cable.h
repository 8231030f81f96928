/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line from host to adapter and its USB cable: faults of both. In the adapter's thread. */
#ifndef SPINOR_BENCH_CABLE_H
#define SPINOR_BENCH_CABLE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct link_meter;
struct link_fault_report;
struct link_line;
struct port_pty;
struct port_tcp;
struct serprog;

/* All 0 but for the upper part: a perfect line. */
struct bench_cable {
	const char *owner; /* in the log */
	GMainContext *context;
	struct serprog *serprog;
	struct link_meter *meter; /* stands before what is chosen here */
	struct port_pty *pty;     /* NULL: TCP */
	struct port_tcp *tcp;     /* NULL: pseudo-terminal */
	uint64_t seed;            /* of what faults leave to chance */
	void (*acted)(void *data, const struct link_fault_report *report); /* may be NULL */
	void *data;

	struct link_line *faults; /* NULL: none */
	GSource *cable;           /* waits to pull it or put it in; NULL: neither */
	uint32_t out_ms;          /* the cable stays out; 0: for ever */
};

/* Chooses the adapter without faults before it. */
void bench_cable_begin(struct bench_cable *line);

/* Before the port and the adapter end. */
void bench_cable_end(struct bench_cable *line);

/* The filter for faults; made, and put before the adapter, when it is first asked for. */
struct link_line *bench_cable_faults(struct bench_cable *line);

/* After a change of faults: the port looks again, and a filter without any is taken away. */
void bench_cable_changed(struct bench_cable *line);

/* Both do nothing when that is how it is. */
void bench_cable_unplug(struct bench_cable *line);
bool bench_cable_plug(struct bench_cable *line, GError **error);
bool bench_cable_is_plugged(const struct bench_cable *line);

#endif
