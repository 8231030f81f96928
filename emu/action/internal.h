/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Declarations that the files of this room share. Private to it. */
#ifndef SPINOR_ACTION_INTERNAL_H
#define SPINOR_ACTION_INTERNAL_H

#include "action/action.h"
#include "action/event.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct action_watched;
struct bench_chip;
struct flash;

struct action_context {
	struct bench *bench;
	int64_t start_us;    /* g_get_monotonic_time() */
	const char *request; /* for the record of a session; NULL: changes nothing */
	GMutex mutex;        /* observe and data: adapters send events at any time */
	gint observed;       /* atomic: observe is not NULL */
	void (*observe)(void *data, const struct action_event *event);
	void *data;
	action_group_observer *observe_group;
	void *group_data;
	struct action_watched *watched; /* the adapters of observe_group; NULL: none */
};

/* An action in progress, in the adapter's thread. */
struct action_work {
	const struct action_target *target;
	struct bench_chip *chip; /* NULL: the target is an adapter alone */
	struct flash *flash;
	bool (*act)(struct action_work *work, GError **error);
	void *in;
	void *out;
	GError *error;
	bool looks; /* changes nothing, whatever the request does */
	bool done;
};

/* Runs act in the target's thread, after it has advanced the chip's clock. */
bool action_work_run(const struct action_target *target,
	bool (*act)(struct action_work *work, GError **error), void *in, void *out, GError **error);

/* The same for one step of a request that changes nothing by itself. */
bool action_work_look(const struct action_target *target,
	bool (*act)(struct action_work *work, GError **error), void *in, GError **error);

/* The functions below are for act. */

/* Sets the error and returns false. */
bool action_work_fail(const struct action_work *work, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* False and an error: a host's frame is in progress. Ends a frame that only a fault of the wires
 * keeps open. */
bool action_work_between_frames(const struct action_work *work, GError **error);
/* True: the firmware has left CS# low. *fault: number of the fault that caused it, 0: it has been
 * removed. */
bool action_work_left_selected(const struct action_work *work, unsigned int *fault);
/* Sends an event about the target to the observer. */
void action_work_notify(const struct action_work *work, enum action_event_kind kind,
	const char *what, const char *text);

/* Starts the board of the target's chip, unless something blocks it; NULL: there is none. */
struct action_boot_outcome *action_work_boot(const struct action_work *work);

/* The present function of a pin: "HOLD#", "RESET#", "IO3", "NC". */
const char *action_pin_name(const struct flash *flash, unsigned int signal);

/* Sends an event to the observer, if there is one. Any thread. */
void action_send(struct action_context *actions, const struct action_event *event);

/* Begin and end to send acts of the adapter's faults as events. To be called in its thread, or
 * before it runs. */
void action_faults_observe(struct action_context *actions, struct bench_adapter *adapter);
void action_faults_ignore(struct bench_adapter *adapter);

#endif
