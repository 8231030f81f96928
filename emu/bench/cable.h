/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial link from host to adapter and its USB cable. In the adapter's thread. */
#ifndef SPINOR_BENCH_CABLE_H
#define SPINOR_BENCH_CABLE_H

#include "base/endpoint.h"
#include "record/tap.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct link_meter;
struct link_fault_report;
struct link;
struct port_pty;
struct port_tcp;
struct record_writer;
struct serprog;

/* The lower part is 0 at first: no faults. */
struct bench_cable {
	const char *owner; /* in the log */
	GMainContext *context;
	struct serprog *serprog;
	struct link_meter *meter; /* in front of the filter or the firmware */
	struct port_pty *pty;     /* NULL: TCP */
	struct port_tcp *tcp;     /* NULL: pseudo-terminal */
	uint64_t seed;            /* of what faults leave to chance */
	void (*acted)(void *data, const struct link_fault_report *report); /* may be NULL */
	void *data;
	struct record_tap tap;    /* of the session's record; its writer is NULL: none */
	const unsigned int *baud; /* the speed as recorded; NULL: ask the port */

	struct link *faults; /* NULL: none */
	GSource *timer;      /* waits to pull it or put it in; NULL: neither */
	uint32_t out_ms;     /* the cable stays out; 0: for ever */
};

/* Connects the meter directly to the firmware: no fault filter. */
void bench_cable_begin(struct bench_cable *cable);

/* Records the session: the endpoint for the port is then before the meter. */
void bench_cable_record(struct bench_cable *cable, struct record_writer *writer);
struct base_endpoint bench_cable_endpoint(struct bench_cable *cable);

/* To be called before the port and the adapter are destroyed. */
void bench_cable_end(struct bench_cable *cable);

/* The filter for faults; created, and put before the adapter, when it is first asked for. */
struct link *bench_cable_faults(struct bench_cable *cable);

/* After a change of faults: wakes the port, and removes a filter that is not needed any more. */
void bench_cable_changed(struct bench_cable *cable);

/* No effect if it is already in that state. */
void bench_cable_unplug(struct bench_cable *cable);
bool bench_cable_plug(struct bench_cable *cable, GError **error);
bool bench_cable_is_plugged(const struct bench_cable *cable);

#endif
