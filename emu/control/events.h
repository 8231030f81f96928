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

/* The parameters of a subscription. */
struct control_events_wish {
	unsigned int kinds;  /* a bit for each of control_event_kinds */
	const char *adapter; /* NULL: all */
	bool folded;
	unsigned int columns; /* of the text of a folded event */
	int64_t age_ns;       /* past events up to that age first; -1: none */
};

/* Returns the subscription's number, or -1 if the client has too many. Past events are sent at
 * once. */
int64_t control_events_subscribe(struct control_events *events, struct control_connection *client,
	const struct control_events_wish *wish, GError **error);
/* False: the client has no subscription of that number. */
bool control_events_unsubscribe(
	struct control_events *events, struct control_connection *client, int64_t number);

/* To be called when all output of the client is sent. */
void control_events_drained(struct control_events *events, struct control_connection *client);
/* Ends all subscriptions of a client. */
void control_events_remove_client(struct control_events *events, struct control_connection *client);

#endif
