/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of actions share. Private to them. */
#ifndef SPINOR_BENCH_HAND_H
#define SPINOR_BENCH_HAND_H

#include "bench/action.h"

#include "bench/event.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct bench_chip;
struct flash;

struct bench_actions {
	struct bench *bench;
	int64_t start_us; /* g_get_monotonic_time() */
	void (*observe)(void *data, const struct bench_event *event);
	void *data;
};

/* An action under way, in the adapter's thread. */
struct bench_work {
	const struct bench_target *target;
	struct bench_chip *chip; /* NULL: the adapter alone */
	struct flash *flash;
	bool (*act)(struct bench_work *work, GError **error);
	void *in;
	void *out;
	GError *error;
	bool done;
};

/* Runs act in the target's thread; what has ended by then has ended for the chip, too. */
bool bench_work_run(const struct bench_target *target,
	bool (*act)(struct bench_work *work, GError **error), void *in, void *out, GError **error);

/* The rest is for act. Sets the error and is always false. */
bool bench_work_fail(const struct bench_work *work, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* False while a host's frame is open; one that is open by a fault of the wires is ended. */
bool bench_work_between_frames(const struct bench_work *work, GError **error);
/* The firmware has left CS# low; *fault is the number of what made it do so, 0: that is gone. */
bool bench_work_left_selected(const struct bench_work *work, unsigned int *fault);
void bench_work_tell(const struct bench_work *work, enum bench_event_kind kind, const char *what,
	const char *text);

/* The board behind the target's chip starts, unless something holds it; NULL: there is none. */
struct bench_started *bench_work_boot(const struct bench_work *work);

/* Acts of the adapter's faults become events; in its thread, or before it runs. */
void bench_troubles_observe(struct bench_actions *actions, struct bench_adapter *adapter);

#endif
