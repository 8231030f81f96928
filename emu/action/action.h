/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Actions on a running bench, for the control socket. To be called in the main thread: each call
 * runs in the adapter's thread and waits for it. Errors are BASE_ERROR_USAGE if the caller named
 * something that does not exist, others if the action failed.
 */
#ifndef SPINOR_ACTION_ACTION_H
#define SPINOR_ACTION_ACTION_H

#include "bench/faults.h"
#include "bench/levels.h"
#include "board/board.h"
#include "link/meter.h"
#include "store/image.h"
#include "store/snapshot.h"
#include "trace/stats.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct bench;
struct action_context;
struct bench_adapter;
struct store_difference;
struct action_event;
struct bench_levels;
struct trace_example_list;
struct trace_group;

/* The context of all actions on a bench. Lives between bench_start() and bench_destroy(). */
struct action_context *action_context_new(struct bench *bench);
void action_context_destroy(struct action_context *actions);

/* Calls observe for each event from now on, in the thread in which it occurs. NULL ends that; no
 * call is in progress when this returns. */
void action_observe(struct action_context *actions,
	void (*observe)(void *data, const struct action_event *event), void *data);

/* Calls observe for each new group of activity (trace/fold.h) of an adapter, in its thread. NULL
 * ends that; no call is in progress when this returns. */
typedef void action_group_observer(
	void *data, const char *adapter, const struct trace_group *group);
void action_observe_groups(
	struct action_context *actions, action_group_observer *observe, void *data);

/* Returns the past groups of an adapter that ended within age_ns before now, as struct trace_group,
 * oldest first; completes those that are open. *dropped: how many older ones were not kept. Free
 * with g_array_unref(). NULL: no such adapter. */
GArray *action_past(
	struct action_context *actions, unsigned int i, int64_t age_ns, uint64_t *dropped);

/* The name of adapter i, from 0 up; NULL: there are no more. */
const char *action_adapter_name(const struct action_context *actions, unsigned int i);

/* The request that the next actions belong to, "METHOD PARAMETERS", for the record of a session;
 * NULL: it changes nothing, or has ended. The text is not copied. */
void action_set_request(struct action_context *actions, const char *request);

/* A chip, or an adapter alone if levels is NULL. */
struct action_target {
	struct action_context *actions;
	struct bench_adapter *adapter;
	unsigned int cs;
	struct bench_levels *levels; /* of the chip */
};

/* adapter NULL: the only one. */
bool action_target_adapter(struct action_context *actions, const char *adapter,
	struct action_target *target, GError **error);
/* cs -1: the only chip; with several, the one on chip select 0. */
bool action_target_chip(struct action_context *actions, const char *adapter, int cs,
	struct action_target *target, GError **error);

/* Sets the level of a pin, which persists until it is set again. pins: receives all levels. */
bool action_pin(const struct action_target *target, enum flash_pin pin, enum flash_level level,
	struct bench_pins *pins, GError **error);

enum action_power {
	ACTION_POWER_OFF,
	ACTION_POWER_ON,
	ACTION_POWER_CYCLE,
};

/* The outcome of a board's attempt to boot. */
struct action_boot_outcome {
	unsigned int cs;
	char *name;
	bool boots;
	char *why_not; /* the reason for which it does not boot; NULL: it boots */
};
void action_boot_outcome_free(struct action_boot_outcome *boot);

/* A change of the supply, and its result. */
struct action_power_request {
	enum action_power power;
	int millivolts;   /* on and cycle: the new value, 0: the last one. Result: the value now */
	uint64_t cut_in;  /* off: after that many frames; 0: now. Result: the frames left */
	int64_t after_ns; /* delay after that frame, or BENCH_HALF_OF_BUSY */
	char *warning;    /* result: effect on the chip; NULL: none. Free with g_free() */
	/* Result of on and cycle: whether the board of the chip boots; NULL: there is none. Free
	 * with action_boot_outcome_free(). */
	struct action_boot_outcome *boot;
};

bool action_power(
	const struct action_target *target, struct action_power_request *request, GError **error);

struct action_fault_request {
	const char *text; /* see setup/faultwords.h */
	const char *name; /* NULL: none; unique on the bench */
	bool has_chip;    /* the user has named the target's chip, as only a chip's fault allows */
	unsigned int id;  /* result: its number on the adapter */
};

/* Adds a fault to the target's wires, chip or serial link. */
bool action_fault_add(
	const struct action_target *target, struct action_fault_request *request, GError **error);
bool action_fault_remove(const struct action_target *target, unsigned int id, GError **error);
void action_fault_clear(const struct action_target *target);
/* Finds the fault of that name on that adapter (NULL: on any). */
bool action_fault_find(struct action_context *actions, const char *adapter, const char *name,
	struct action_target *target, unsigned int *id, GError **error);
/* Returns the adapter's faults as struct bench_fault_info. Free with g_ptr_array_unref(). */
GPtrArray *action_fault_list(const struct action_target *target);

/* Sets the state of the adapter's boards. Returns a struct action_boot_outcome for each board that
 * starts, which is when state changes to BOARD_RUNS. Free with g_ptr_array_unref(). NULL on
 * error. */
GPtrArray *action_board(const struct action_target *target, enum board_state state, GError **error);

#define ACTION_LINE_TEXT_BYTES 96

/* The level of a line at its two ends: "high", "low" or "floating". */
struct action_line {
	const char *name;
	const char *host;
	const char *chip;
	unsigned int fault; /* the first active one on it, else the first; 0: none */
	char fault_text[ACTION_LINE_TEXT_BYTES]; /* as it was given, truncated */
	unsigned int pin;                        /* its pin of the package, from 1 up */
	const char *pin_name;                    /* the present function of that pin: "HOLD#" */
	const char *contact; /* the line whose contact of the clip is on that pin; NULL: none */
	const char *contact_level; /* of that line at the adapter; NULL: none */
	bool touches;              /* that contact touches the pin */
};
#define ACTION_LINES 8
void action_wiring(const struct action_target *target, struct action_line lines[ACTION_LINES]);

/* Reads the counters of the target's chip and of its adapter's hosts. Includes all operations that
 * are over by now. */
void action_stats_get(const struct action_target *target, struct trace_chip_stats *chip,
	struct link_host_stats *host);
/* Reads examples of the operations that one of the chip's counters has counted. */
void action_stats_examples(const struct action_target *target, enum trace_counter counter,
	struct trace_example_list *examples);
/* Resets the counters of the target's chip; without a chip those of the adapter and all its
 * chips. */
void action_stats_reset(const struct action_target *target);

/* Sends the software reset, 66 99, as a host does. */
bool action_reset(const struct action_target *target, GError **error);

/* True: hosts reach the adapter by TCP; false: by a pseudo-terminal. */
bool action_is_tcp(const struct action_target *target);

/* Unplugs the adapter's cable, which removes the terminal or disconnects the host on the TCP port,
 * and plugs it in again. address: receives the device node or HOST:PORT that was removed (NULL: it
 * was unplugged before) or that exists now; free with g_free(). */
bool action_unplug(const struct action_target *target, char **address, GError **error);
bool action_plug(const struct action_target *target, char **address, GError **error);

struct action_image_info {
	char *path; /* NULL: the chip has no image. Free with g_free() */
	uint64_t size;
	char *sha256;        /* free with g_free() */
	uint64_t used_bytes; /* number of bytes that are not FF */
	bool dirty;          /* changed since the start */
};

bool action_image_info(
	const struct action_target *target, struct action_image_info *info, GError **error);
bool action_image_save(
	const struct action_target *target, const char *path, uint64_t *bytes, GError **error);
bool action_image_load(
	const struct action_target *target, const char *path, uint64_t *bytes, GError **error);

bool action_image_compare(const struct action_target *target, const char *path,
	struct store_difference *difference, GError **error);

/* file NULL: takes the snapshot in memory, under name. */
bool action_snapshot_take(const struct action_target *target, const char *name, const char *file,
	uint64_t *bytes_copied, GError **error);
/* Exactly one of name and file is not NULL. */
bool action_snapshot_restore(const struct action_target *target, const char *name, const char *file,
	uint64_t *bytes_copied, GError **error);
/* Returns struct store_snapshot_info, oldest first. Free with g_ptr_array_unref(). */
GPtrArray *action_snapshot_list(const struct action_target *target, GError **error);
bool action_snapshot_usage(
	const struct action_target *target, struct store_snapshot_usage *usage, GError **error);
bool action_snapshot_drop(const struct action_target *target, const char *name, GError **error);

#endif
