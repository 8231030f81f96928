/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A private bench, built from the head of a record, as the device of a replay. */
#ifndef SPINOR_REPLAY_PRIVATE_H
#define SPINOR_REPLAY_PRIVATE_H

#include "replay/replay.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct record_head;
struct replay_private;

struct replay_private_plan {
	const struct record_head *head;
	char *const *words; /* more options of the bench, which replace those of the record; NULL */
	char *const *images; /* copies of the start contents, in the order of the head; NULL */
	const char *chipdb;  /* folder; NULL: the default */
	bool confined;       /* the process enters the sandbox of a bench, for good */
};

/* NULL and an error: the bench cannot be built, or its content is not that of the record. */
struct replay_private *replay_private_new(const struct replay_private_plan *plan, GError **error);
void replay_private_free(struct replay_private *bench);

struct replay_target replay_private_target(struct replay_private *bench);

/* The commands that its first adapter's firmware does not answer. */
uint32_t replay_private_unacknowledged(const struct replay_private *bench);

#endif
