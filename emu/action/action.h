/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be done to a running bench from outside: by the control socket, and in the main thread.
 * Each call runs in the adapter's thread and waits for it. Errors are BASE_ERROR_USAGE when the
 * caller named something that does not exist, others when the action failed.
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

/* One for a bench, after bench_start() and until bench_destroy(): it knows what hands have done. */
struct action_context *action_context_new(struct bench *bench);
void action_context_destroy(struct action_context *actions);

/* observe is called for all that happens from now on, in the thread where it does. NULL ends it,
 * and no call is under way when this returns. */
void action_observe(struct action_context *actions,
	void (*observe)(void *data, const struct action_event *event), void *data);

/* A chip, or with wires NULL an adapter alone. */
struct action_target {
	struct action_context *actions;
	struct bench_adapter *adapter;
	unsigned int cs;
	struct bench_levels *wires; /* of the chip */
};

/* adapter NULL: the only one. */
bool action_target_adapter(struct action_context *actions, const char *adapter,
	struct action_target *target, GError **error);
/* cs -1: the only chip, or else the one on line 0. */
bool action_target_chip(struct action_context *actions, const char *adapter, int cs,
	struct action_target *target, GError **error);

/* Pins stay as set until they are set again. */
bool action_pin(const struct action_target *target, enum flash_pin pin, enum flash_level level,
	struct bench_pins *pins, GError **error);

enum action_power {
	ACTION_POWER_OFF,
	ACTION_POWER_ON,
	ACTION_POWER_CYCLE,
};

/* A board that has started, or was to. */
struct action_boot_outcome {
	unsigned int cs;
	char *name;
	bool boots;
	char *why_not; /* NULL: it boots */
};
void action_boot_outcome_free(struct action_boot_outcome *boot);

/* What to do with the supply, and afterwards how it is. */
struct action_power_request {
	enum action_power power;
	int millivolts;   /* for on and cycle; 0: the one that it had the last time */
	uint64_t cut_in;  /* for off: at the end of that many frames; 0: now */
	int64_t after_ns; /* and so much later, or BENCH_HALF_OF_BUSY */
	char *warning;    /* what will become of the chip; NULL: nothing. Free with g_free() */
	struct action_boot_outcome
		*boot; /* on and cycle: what the board behind the chip does then; NULL:
				  * there is none. Free with action_boot_outcome_free() */
};

bool action_power(
	const struct action_target *target, struct action_power_request *request, GError **error);

struct action_fault_request {
	const char *text; /* see bench/fault.h */
	const char *name; /* NULL: none; no two of a bench have the same */
	bool has_chip;    /* somebody has named the target's chip, which only a chip's fault has */
	unsigned int id;  /* afterwards: its number on the adapter */
};

/* Puts a fault on the target's wires or chip. */
bool action_fault_add(
	const struct action_target *target, struct action_fault_request *request, GError **error);
bool action_fault_remove(const struct action_target *target, unsigned int id, GError **error);
void action_fault_clear(const struct action_target *target);
/* Where the fault of that name is, on that adapter (NULL: on any), and its number. */
bool action_fault_find(struct action_context *actions, const char *adapter, const char *name,
	struct action_target *target, unsigned int *id, GError **error);
/* struct bench_fault_info of the adapter. Free with g_ptr_array_unref(). */
GPtrArray *action_fault_list(const struct action_target *target);

/* struct action_boot_outcome of those that start by that, a run after something else. Free with
 * g_ptr_array_unref(). NULL on error. */
GPtrArray *action_board(const struct action_target *target, enum board_state state, GError **error);

/* How a line of the adapter stands: "high", "low" or "floating" at its ends. */
struct action_line {
	const char *name;
	const char *host;
	const char *chip;
	unsigned int fault; /* the first that is in force on it, or else the first; 0: none */
};
#define ACTION_LINES 8
void action_wiring(const struct action_target *target, struct action_line lines[ACTION_LINES]);

/* Counters of the target's chip and of its adapter's hosts. Operations that have ended by now are
 * counted. */
void action_stats_get(const struct action_target *target, struct trace_chip_stats *chip,
	struct link_host_stats *host);
/* The target's chip counts from 0 again; without a chip the adapter and all its chips do. */
void action_stats_reset(const struct action_target *target);

/* The software reset, 66 99, as by a host. */
bool action_reset(const struct action_target *target, GError **error);

/* Whether hosts reach the adapter by TCP, else by a pseudo-terminal. */
bool action_is_tcp(const struct action_target *target);

/* The adapter's cable is pulled: a terminal, or whoever is on its TCP port, goes away. And put in
 * again. place: the device node or HOST:PORT that has gone, NULL when it had before, or that is
 * there now; free with g_free(). */
bool action_unplug(const struct action_target *target, char **place, GError **error);
bool action_plug(const struct action_target *target, char **place, GError **error);

struct action_image_info {
	char *path; /* NULL: none. Free with g_free() */
	uint64_t size;
	char *sha256;        /* free with g_free() */
	uint64_t used_bytes; /* that are not FF */
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

/* file NULL: kept in memory under name. */
bool action_snapshot_take(const struct action_target *target, const char *name, const char *file,
	uint64_t *bytes_copied, GError **error);
/* One of name and file. */
bool action_snapshot_restore(const struct action_target *target, const char *name, const char *file,
	uint64_t *bytes_copied, GError **error);
/* Of struct store_snapshot_info, oldest first; free with g_ptr_array_unref(). */
GPtrArray *action_snapshot_list(const struct action_target *target, GError **error);
bool action_snapshot_drop(const struct action_target *target, const char *name, GError **error);

#endif
