/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One adapter on the bench: a thread with its own time, firmware, port, wires and chips. */
#ifndef SPINOR_BENCH_ADAPTER_H
#define SPINOR_BENCH_ADAPTER_H

#include "base/clock.h"
#include "setup/firmware.h"
#include "trace/stats.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct bench_adapter;
struct bench_chip;
struct bench_cable;
struct bench_faults;
struct board;
struct clip;
struct flash_event;
struct port_watch;
struct serprog_profile;

/* cs: the line of the chip that something happened to. */
typedef void bench_chip_observer(void *data, struct bench_adapter *adapter, unsigned int cs,
	const struct flash_event *event);
/* The first host has come (opened) or the last one gone. */
typedef void bench_host_observer(void *data, struct bench_adapter *adapter, bool opened);

/* What to build. Strings are copied, everything else outlives the adapter. */
struct bench_adapter_plan {
	const char *name; /* in ready lines and the log */
	const struct serprog_profile *profile;
	struct setup_firmware firmware; /* on top of it */
	const char *link;               /* may be NULL */
	const char *tcp;                /* [HOST:]PORT instead of a pseudo-terminal; may be NULL */
	enum base_clock_mode timing;
	unsigned int time_scale; /* of REAL, in thousandths; 0: as on the wall */
	struct port_watch *watch;
	uint64_t seed; /* of what faults leave to chance */
};

/* Builds the adapter, without chips; its port exists. On error nothing is left behind. */
struct bench_adapter *bench_adapter_new(const struct bench_adapter_plan *plan, GError **error);

/* Clips chip, which is the adapter's from now on, to a free chip select line; before
 * bench_adapter_start(). */
void bench_adapter_clip_on(struct bench_adapter *adapter, unsigned int cs, struct bench_chip *chip);

/* Starts the thread, which owns all of the adapter until bench_adapter_stop(). */
bool bench_adapter_start(struct bench_adapter *adapter, GError **error);

/* Asks the thread to end, without waiting for it. */
void bench_adapter_stop(struct bench_adapter *adapter);

/* Waits for the thread, takes the chips' supply away, saves their state and frees the adapter. */
void bench_adapter_destroy(struct bench_adapter *adapter);

/*
 * Runs function in the adapter's thread, between two rounds of its main loop, and waits for it. For
 * the main thread, or the adapter's own, which runs it at once; so does the main thread when the
 * adapter's is not running.
 */
void bench_adapter_call(struct bench_adapter *adapter, void (*function)(void *data), void *data);

/* Fixed for the adapter's life. */
const char *bench_adapter_name(const struct bench_adapter *adapter);
const char *bench_adapter_profile(const struct bench_adapter *adapter);
const char *bench_adapter_link(const struct bench_adapter *adapter); /* absolute; NULL: none */
const char *bench_adapter_tcp(const struct bench_adapter *adapter);  /* HOST:PORT; NULL: none */
/* The chip on line cs, NULL when there is none. Any cs may be asked for. */
struct bench_chip *bench_adapter_chip(const struct bench_adapter *adapter, unsigned int cs);
unsigned int bench_adapter_n_chips(const struct bench_adapter *adapter);

/* All below: in the adapter's thread, or before it serves its first host. */

/* "ready: NAME PART SIZE flashrom -p …", without a newline. Free with g_free(). */
char *bench_adapter_ready_line(const struct bench_adapter *adapter);
/* The device node; NULL while unplugged, and with TCP. */
const char *bench_adapter_path(const struct bench_adapter *adapter);
bool bench_adapter_has_host(const struct bench_adapter *adapter);
struct base_clock *bench_adapter_clock(struct bench_adapter *adapter);
struct clip *bench_adapter_clip(struct bench_adapter *adapter);

/* Its faults; made when they are first asked for. */
struct bench_faults *bench_adapter_faults(struct bench_adapter *adapter);
/* NULL: there have never been any. */
struct bench_faults *bench_adapter_has_faults(const struct bench_adapter *adapter);

/* The board behind the chip of line cs, which the adapter frees. */
void bench_adapter_set_board(
	struct bench_adapter *adapter, unsigned int cs, const char *name, struct board *board);
/* NULL: there is none. name may be NULL. */
struct board *bench_adapter_board(
	const struct bench_adapter *adapter, unsigned int cs, const char **name);

/* What became of the board when it last started. */
enum bench_boot {
	BENCH_BOOT_NEVER, /* that has not been */
	BENCH_BOOT_DONE,
	BENCH_BOOT_FAILED,
};
void bench_adapter_set_boot(struct bench_adapter *adapter, unsigned int cs, enum bench_boot boot);
enum bench_boot bench_adapter_boot(const struct bench_adapter *adapter, unsigned int cs);

/* The line to the host, for its faults. */
struct bench_cable *bench_adapter_cable(struct bench_adapter *adapter);

/* One of each; NULL ends it. */
void bench_adapter_set_chip_observer(
	struct bench_adapter *adapter, bench_chip_observer *observe, void *data);
void bench_adapter_set_host_observer(
	struct bench_adapter *adapter, bench_host_observer *observe, void *data);
struct link_host_stats *bench_adapter_host_stats(struct bench_adapter *adapter);

#endif
