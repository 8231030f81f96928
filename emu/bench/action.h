/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be done to a running bench from outside: by the control socket, and in the main thread.
 * Each call runs in the adapter's thread and waits for it. Errors are BENCH_ERROR_USAGE when the
 * caller named something that does not exist, others when the action failed.
 */
#ifndef SPINOR_BENCH_ACTION_H
#define SPINOR_BENCH_ACTION_H

#include "bench/wires.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define BENCH_MILLIVOLTS_MAX 6000

struct bench;
struct bench_actions;
struct bench_adapter;
struct bench_difference;
struct bench_event;
struct bench_wires;

/* One for a bench, after bench_start() and until bench_destroy(): it knows what hands have done. */
struct bench_actions *bench_actions_new(struct bench *bench);
void bench_actions_destroy(struct bench_actions *actions);

/* observe is called for all that happens from now on, in the thread where it does. NULL ends it,
 * and no call is under way when this returns. */
void bench_actions_observe(struct bench_actions *actions,
	void (*observe)(void *data, const struct bench_event *event), void *data);

/* A chip, or with wires NULL an adapter alone. */
struct bench_target {
	struct bench_actions *actions;
	struct bench_adapter *adapter;
	unsigned int cs;
	struct bench_wires *wires; /* of the chip */
};

/* adapter NULL: the only one. */
bool bench_target_adapter(struct bench_actions *actions, const char *adapter,
	struct bench_target *target, GError **error);
/* cs -1: the only chip, or else the one on line 0. */
bool bench_target_chip(struct bench_actions *actions, const char *adapter, int cs,
	struct bench_target *target, GError **error);

/* Pins stay as set until they are set again. */
bool bench_action_pin(const struct bench_target *target, enum bench_pin pin, enum bench_level level,
	struct bench_pins *pins, GError **error);

enum bench_power {
	BENCH_POWER_OFF,
	BENCH_POWER_ON,
	BENCH_POWER_CYCLE,
};

/* A board that has started, or was to. */
struct bench_started {
	unsigned int cs;
	char *name;
	bool boots;
	char *why_not; /* NULL: it boots */
};
void bench_started_free(struct bench_started *boot);

/* What to do with the supply, and afterwards how it is. */
struct bench_power_request {
	enum bench_power power;
	int millivolts;   /* for on and cycle; 0: the one that it had the last time */
	uint64_t cut_in;  /* for off: at the end of that many frames; 0: now */
	int64_t after_ns; /* and so much later, or BENCH_HALF_OF_BUSY */
	char *warning;    /* what will become of the chip; NULL: nothing. Free with g_free() */
	struct bench_started *boot; /* on and cycle: what the board behind the chip does then; NULL:
				  * there is none. Free with bench_started_free() */
};

bool bench_action_power(
	const struct bench_target *target, struct bench_power_request *request, GError **error);

struct bench_fault_request {
	const char *text; /* see bench/fault.h */
	const char *name; /* NULL: none; no two of a bench have the same */
	bool has_chip;    /* somebody has named the target's chip, which only a chip's fault has */
	unsigned int id;  /* afterwards: its number on the adapter */
};

/* Puts a fault on the target's wires or chip. */
bool bench_action_fault_add(
	const struct bench_target *target, struct bench_fault_request *request, GError **error);
bool bench_action_fault_remove(const struct bench_target *target, unsigned int id, GError **error);
void bench_action_fault_clear(const struct bench_target *target);
/* Where the fault of that name is, on that adapter (NULL: on any), and its number. */
bool bench_action_fault_find(struct bench_actions *actions, const char *adapter, const char *name,
	struct bench_target *target, unsigned int *id, GError **error);
/* struct bench_fault_info of the adapter. Free with g_ptr_array_unref(). */
GPtrArray *bench_action_fault_list(const struct bench_target *target);

/* The boards behind the adapter's clip: run, are held in reset, have no supply. */
enum bench_board {
	BENCH_BOARD_RUN,
	BENCH_BOARD_RESET,
	BENCH_BOARD_NO_SUPPLY,
};
/* struct bench_started of those that start by that, a run after something else. Free with
 * g_ptr_array_unref(). NULL on error. */
GPtrArray *bench_action_board(
	const struct bench_target *target, enum bench_board state, GError **error);

/* How a line of the adapter stands: "high", "low" or "floating" at its ends. */
struct bench_wire {
	const char *name;
	const char *host;
	const char *chip;
	unsigned int fault; /* the first that is in force on it, or else the first; 0: none */
};
#define BENCH_LINES 8
void bench_action_wiring(const struct bench_target *target, struct bench_wire lines[BENCH_LINES]);

/* Of one chip; see bench_reset_stats(). */
void bench_action_stats_reset(const struct bench_target *target);

/* The software reset, 66 99, as by a host. */
bool bench_action_reset(const struct bench_target *target, GError **error);

/* The adapter's cable is pulled: a terminal, or whoever is on its TCP port, goes away. And put in
 * again. place: the device node or HOST:PORT that has gone, NULL when it had before, or that is
 * there now; free with g_free(). */
bool bench_action_unplug(const struct bench_target *target, char **place, GError **error);
bool bench_action_plug(const struct bench_target *target, char **place, GError **error);

struct bench_image_info {
	char *path; /* NULL: none. Free with g_free() */
	uint64_t size;
	char *sha256;        /* free with g_free() */
	uint64_t used_bytes; /* that are not FF */
	bool dirty;          /* changed since the start */
};

bool bench_action_image_info(
	const struct bench_target *target, struct bench_image_info *info, GError **error);
bool bench_action_image_save(
	const struct bench_target *target, const char *path, uint64_t *bytes, GError **error);
bool bench_action_image_load(
	const struct bench_target *target, const char *path, uint64_t *bytes, GError **error);

bool bench_action_image_compare(const struct bench_target *target, const char *path,
	struct bench_difference *difference, GError **error);

/* file NULL: kept in memory under name. */
bool bench_action_snapshot_take(const struct bench_target *target, const char *name,
	const char *file, uint64_t *bytes_copied, GError **error);
/* One of name and file. */
bool bench_action_snapshot_restore(const struct bench_target *target, const char *name,
	const char *file, uint64_t *bytes_copied, GError **error);
/* Of struct bench_snapshot_info, oldest first; free with g_ptr_array_unref(). */
GPtrArray *bench_action_snapshot_list(const struct bench_target *target, GError **error);
bool bench_action_snapshot_drop(
	const struct bench_target *target, const char *name, GError **error);

#endif
