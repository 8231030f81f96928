/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One adapter on the bench: a thread with its own time, firmware, port, wires and chips. */
#ifndef SPINOR_BENCH_ADAPTER_H
#define SPINOR_BENCH_ADAPTER_H

#include "base/clock.h"
#include "base/endpoint.h"
#include "setup/firmware.h"
#include "trace/stats.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct bench_activity;
struct bench_adapter;
struct bench_chip;
struct bench_cable;
struct bench_faults;
struct board;
struct clip;
struct flash_event;
struct port_watch;
struct record_writer;
struct serprog_profile;

/* cs: the chip select of the chip that sends the event. */
typedef void bench_chip_observer(void *data, struct bench_adapter *adapter, unsigned int cs,
	const struct flash_event *event);
/* opened: the first host has opened the port, else the last one has closed it. */
typedef void bench_host_observer(void *data, struct bench_adapter *adapter, bool opened);
/* what: a word about what is not saved, or saved again; text: the same for people. */
typedef void bench_saving_observer(void *data, struct bench_adapter *adapter, unsigned int cs,
	const char *what, const char *text);

/* Arguments of bench_adapter_new(). Strings are copied, everything else outlives the adapter. */
struct bench_adapter_plan {
	const char *name; /* in ready lines and the log */
	const struct serprog_profile *profile;
	struct setup_firmware firmware; /* changes to the profile */
	const char *link;               /* may be NULL */
	const char *tcp;                /* [HOST:]PORT instead of a pseudo-terminal; may be NULL */
	unsigned int tcp_idle_s;        /* limit for a silent TCP host; 0: none */
	int listener;                   /* socket that listens there already; 0: none */
	enum base_clock_mode timing;
	unsigned int time_scale; /* of BASE_CLOCK_REAL, in thousandths; 0: as wall-clock time */
	struct port_watch *watch;
	struct record_writer *record; /* of the session; NULL: none */
	uint64_t seed;                /* of the random numbers of faults */
};

/* Creates the adapter, with its port and without chips. On error nothing remains. */
struct bench_adapter *bench_adapter_new(const struct bench_adapter_plan *plan, GError **error);

/* Connects chip, which the adapter owns from then on, to a free chip select. To be called before
 * bench_adapter_start(). */
void bench_adapter_clip_on(struct bench_adapter *adapter, unsigned int cs, struct bench_chip *chip);

/* Starts the thread, which owns the adapter until bench_adapter_stop(). */
bool bench_adapter_start(struct bench_adapter *adapter, GError **error);

/* Makes the thread end, without waiting for it. */
void bench_adapter_stop(struct bench_adapter *adapter);

/* Waits for the thread, switches the chips' supply off, saves their state and frees the adapter. */
void bench_adapter_destroy(struct bench_adapter *adapter);

/*
 * Runs function in the adapter's thread, between two iterations of its main loop, and waits for it.
 * To be called in the main thread, or in the adapter's own, which runs it directly; so does the
 * main thread if the adapter's is not running.
 */
void bench_adapter_call(struct bench_adapter *adapter, void (*function)(void *data), void *data);

/* bench_adapter_call() in two halves, so that several adapters work at the same time. The call and
 * data have to live until bench_call_end(), which waits for the function. */
struct bench_call {
	struct bench_adapter *adapter;
	void (*function)(void *data);
	void *data;
	bool waits;   /* the function runs in another thread */
	GMutex mutex; /* done */
	GCond cond;
	bool done;
};

void bench_call_begin(struct bench_call *call, struct bench_adapter *adapter,
	void (*function)(void *data), void *data);
void bench_call_end(struct bench_call *call);

/* Constant during the adapter's life. */
const char *bench_adapter_name(const struct bench_adapter *adapter);
const char *bench_adapter_profile(const struct bench_adapter *adapter);
const char *bench_adapter_link(const struct bench_adapter *adapter); /* absolute; NULL: none */
const char *bench_adapter_tcp(const struct bench_adapter *adapter);  /* HOST:PORT; NULL: none */
/* The chip on chip select cs, NULL: none. Any cs is valid. */
struct bench_chip *bench_adapter_chip(const struct bench_adapter *adapter, unsigned int cs);
unsigned int bench_adapter_n_chips(const struct bench_adapter *adapter);

/* The functions below are to be called in the adapter's thread, or before it runs. */

/* "ready: NAME PART SIZE flashrom -p …", without a newline. Free with g_free(). */
char *bench_adapter_ready_line(const struct bench_adapter *adapter);
/* The device node; NULL while unplugged, and with TCP. */
const char *bench_adapter_path(const struct bench_adapter *adapter);
bool bench_adapter_has_host(const struct bench_adapter *adapter);
struct base_clock *bench_adapter_clock(struct bench_adapter *adapter);
/* Of its thread. */
GMainContext *bench_adapter_context(struct bench_adapter *adapter);
struct clip *bench_adapter_clip(struct bench_adapter *adapter);

/* The line that the port serves, without the port; for a replay, in a thread that is not the
 * adapter's. */
struct base_endpoint bench_adapter_endpoint(struct bench_adapter *adapter);

/* Advances the wires, and the chip on chip select cs (-1: none), to the present. */
void bench_adapter_advance(struct bench_adapter *adapter, int cs);

/* Writes an event to the record of the session, if there is one. */
void bench_adapter_note(struct bench_adapter *adapter, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The adapter's faults; the first call creates the list. */
struct bench_faults *bench_adapter_faults(struct bench_adapter *adapter);
/* NULL: no fault was ever added. */
struct bench_faults *bench_adapter_has_faults(const struct bench_adapter *adapter);

/* Sets the board of the chip on chip select cs, which the adapter frees. */
void bench_adapter_set_board(
	struct bench_adapter *adapter, unsigned int cs, const char *name, struct board *board);
/* NULL: there is none. name: receives its name; may be NULL. */
struct board *bench_adapter_board(
	const struct bench_adapter *adapter, unsigned int cs, const char **name);

/* The outcome of the board's last attempt to boot. */
enum bench_boot {
	BENCH_BOOT_NEVER, /* no attempt yet */
	BENCH_BOOT_DONE,
	BENCH_BOOT_FAILED,
};
void bench_adapter_set_boot(struct bench_adapter *adapter, unsigned int cs, enum bench_boot boot);
enum bench_boot bench_adapter_boot(const struct bench_adapter *adapter, unsigned int cs);

/* The serial link and cable to the host. */
struct bench_cable *bench_adapter_cable(struct bench_adapter *adapter);

/* Sets the only observer of each kind; NULL removes it. */
void bench_adapter_set_chip_observer(
	struct bench_adapter *adapter, bench_chip_observer *observe, void *data);
void bench_adapter_set_host_observer(
	struct bench_adapter *adapter, bench_host_observer *observe, void *data);
void bench_adapter_set_saving_observer(
	struct bench_adapter *adapter, bench_saving_observer *observe, void *data);
struct link_host_stats *bench_adapter_host_stats(struct bench_adapter *adapter);

/* The past of the adapter. */
struct bench_activity *bench_adapter_activity(struct bench_adapter *adapter);

#endif
