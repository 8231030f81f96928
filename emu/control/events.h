/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subscriptions of clients to events of the bench. Private to the control room. */
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
 * number, or -1 if the client has too many. */
int64_t control_events_subscribe(struct control_events *events, struct control_connection *client,
	unsigned int kinds, const char *adapter, GError **error);
/* False: the client has no subscription of that number. */
bool control_events_unsubscribe(
	struct control_events *events, struct control_connection *client, int64_t number);

/* To be called when all output of the client is sent. */
void control_events_drained(struct control_events *events, struct control_connection *client);
/* Ends all subscriptions of a client. */
void control_events_remove_client(struct control_events *events, struct control_connection *client);

#endif
