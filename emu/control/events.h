/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who wants to hear of what happens on the bench. Private to the control room. */
#ifndef SPINOR_CONTROL_EVENTS_H
#define SPINOR_CONTROL_EVENTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct action_context;
struct control_connection;
struct control_events;

/* The names of all kinds, NULL-terminated. */
extern const char *const control_event_kinds[];

struct control_events *control_events_new(struct action_context *actions, GMainContext *context);
void control_events_destroy(struct control_events *events);

/* kinds: a bit for each of control_event_kinds. adapter NULL: all. Returns the subscription's
 * number, or -1 when the client has too many. */
int64_t control_events_subscribe(struct control_events *events, struct control_connection *client,
	unsigned int kinds, const char *adapter, GError **error);
/* Only the client's own. */
bool control_events_unsubscribe(
	struct control_events *events, struct control_connection *client, int64_t number);

/* The client has taken all that was sent. */
void control_events_drained(struct control_events *events, struct control_connection *client);
/* The client is gone. */
void control_events_forget(struct control_events *events, struct control_connection *client);

#endif
