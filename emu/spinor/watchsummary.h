/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verb watch --summary: totals, rates and the last lines of activity on one screen. */
#ifndef SPINOR_SPINOR_WATCHSUMMARY_H
#define SPINOR_SPINOR_WATCHSUMMARY_H

#include <glib.h>
#include <json-glib/json-glib.h>

struct spinor_client;
struct spinor_command;

/* Shows the summary until the bench ends, a signal comes, or after --count lines of activity: on a
 * terminal all the time, otherwise once at the end. line: words an event; free with g_free().
 * Returns the exit status, or -1 and an error. */
int spinor_watch_summary(struct spinor_client *client, const struct spinor_command *command,
	char *(*line)(JsonObject *event, void *data), void *data, GError **error);

#endif
