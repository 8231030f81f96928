/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of actions share. Private to them. */
#ifndef SPINOR_ACTION_INTERNAL_H
#define SPINOR_ACTION_INTERNAL_H

#include "action/action.h"

#include "action/event.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct bench_chip;
struct flash;

struct action_context {
	struct bench *bench;
	int64_t start_us; /* g_get_monotonic_time() */
	void (*observe)(void *data, const struct action_event *event);
	void *data;
};

/* An action under way, in the adapter's thread. */
struct action_work {
	const struct action_target *target;
	struct bench_chip *chip; /* NULL: the adapter alone */
	struct flash *flash;
	bool (*act)(struct action_work *work, GError **error);
	void *in;
	void *out;
	GError *error;
	bool done;
};

/* Runs act in the target's thread; what has ended by then has ended for the chip, too. */
bool action_work_run(const struct action_target *target,
	bool (*act)(struct action_work *work, GError **error), void *in, void *out, GError **error);

/* The rest is for act. Sets the error and is always false. */
bool action_work_fail(const struct action_work *work, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* False while a host's frame is open; one that is open by a fault of the wires is ended. */
bool action_work_between_frames(const struct action_work *work, GError **error);
/* The firmware has left CS# low; *fault is the number of what made it do so, 0: that is gone. */
bool action_work_left_selected(const struct action_work *work, unsigned int *fault);
void action_work_tell(const struct action_work *work, enum action_event_kind kind, const char *what,
	const char *text);

/* The board behind the target's chip starts, unless something holds it; NULL: there is none. */
struct action_boot_outcome *action_work_boot(const struct action_work *work);

/* Acts of the adapter's faults become events; in its thread, or before it runs. */
void action_faults_observe(struct action_context *actions, struct bench_adapter *adapter);

#endif
