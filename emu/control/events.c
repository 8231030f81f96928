/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events: from an adapter's thread, in which they occur, to the clients that have subscribed.
 *
 *   adapter's thread            main context                 client
 *   observe() -> queue -------> deliver() -> subscriptions -> its buffer -> socket
 *             full: counted               backlog: counted
 *
 * Queue and buffer are bounded and neither side waits for the other: an event that does not fit is
 * counted, and the count is sent as soon as there is room again. Without subscriptions the adapters
 * have no observer, and only kinds with a subscription enter the queue.
 *
 * Leaves out an exact count per subscription: events that do not fit into the queue are counted per
 * kind, for all adapters together.
 */
#include "control/events.h"

#include "action/action.h"
#include "action/event.h"
#include "control/connection.h"
#include "control/control.h"
#include "control/internal.h"
#include "control/rpc.h"

#include <string.h>

#define QUEUE_EVENTS 4096
#define SUBSCRIPTIONS_MAX 16 /* of one client */

/* With more unsent bytes than this, a client loses events. */
#define BACKLOG_MAX ((size_t)262144)

/* Events that one dispatch delivers before other sources of the context. */
#define EVENTS_PER_TURN 256

#define KINDS (G_N_ELEMENTS(control_event_kinds) - 1)

struct subscription {
	int64_t number;
	struct control_connection *client;
	unsigned int kinds;
	char *adapter; /* NULL: all */
	uint64_t lost;
};

struct events_source {
	GSource base;
	struct control_events *events;
};

struct control_events {
	struct action_context *actions;
	GSource *source;
	GPtrArray *subscriptions;
	int64_t last_number;

	gint wanted; /* atomic: kinds with a subscription */
	GMutex lock; /* guards the rest */
	struct action_event *queue;
	unsigned int first;
	unsigned int used;
	uint64_t lost[ACTION_EVENT_KINDS];
};

const char *const control_event_kinds[] = {
	[ACTION_EVENT_OPERATION] = "operation",
	[ACTION_EVENT_READY] = "ready",
	[ACTION_EVENT_INTERRUPTED] = "interrupted",
	[ACTION_EVENT_POWER] = "power",
	[ACTION_EVENT_PIN] = "pin",
	[ACTION_EVENT_HOST] = "host",
	[ACTION_EVENT_FAULT] = "fault",
	[ACTION_EVENT_BOOT] = "boot",
	[ACTION_EVENT_SNAPSHOT] = "snapshot",
	[ACTION_EVENT_IMAGE] = "image",
	NULL,
};

static const char *const texts[] = {
	[ACTION_EVENT_OPERATION] = "the chip executed a command, or ignored it",
	[ACTION_EVENT_READY] = "a program, an erase or a register write ended",
	[ACTION_EVENT_INTERRUPTED] = "a reset or the supply ended it early",
	[ACTION_EVENT_POWER] = "the chip's supply was switched, or failed",
	[ACTION_EVENT_PIN] = "the level of a pin was set",
	[ACTION_EVENT_HOST] = "a host opened or closed the port",
	[ACTION_EVENT_FAULT] = "a fault acted",
	[ACTION_EVENT_BOOT] = "a board started, or could not",
	[ACTION_EVENT_SNAPSHOT] = "a snapshot was taken or restored",
	[ACTION_EVENT_IMAGE] = "the content was loaded or saved",
};
G_STATIC_ASSERT(G_N_ELEMENTS(texts) == KINDS);

const char *
control_event_kind(unsigned int i, const char **text)
{
	*text = i < KINDS ? texts[i] : NULL;
	return i < KINDS ? control_event_kinds[i] : NULL;
}

/* Runs in an adapter's thread. */
static void
observe(void *data, const struct action_event *event)
{
	struct control_events *events = data;
	bool wake;

	if (((unsigned int)g_atomic_int_get(&events->wanted) & 1u << event->kind) == 0)
		return;
	g_mutex_lock(&events->lock);
	wake = events->used == 0;
	if (events->used < QUEUE_EVENTS)
		events->queue[(events->first + events->used++) % QUEUE_EVENTS] = *event;
	else
		events->lost[event->kind]++;
	g_mutex_unlock(&events->lock);
	if (wake)
		g_source_set_ready_time(events->source, 0);
}

static JsonObject *
begin(const struct subscription *subscription, const char *kind)
{
	JsonObject *object = json_object_new();

	json_object_set_int_member(object, "subscription", subscription->number);
	json_object_set_string_member(object, "kind", kind);
	return object;
}

static void
send(const struct subscription *subscription, JsonObject *params)
{
	control_connection_send(
		subscription->client, control_notification("event", control_take_object(params)));
}

/* Sends the number of lost events as soon as there is room for it. */
static void
send_lost_count(struct subscription *subscription)
{
	JsonObject *params;

	if (subscription->lost == 0 ||
		control_connection_backlog(subscription->client) > BACKLOG_MAX)
		return;
	params = begin(subscription, "lost");
	json_object_set_int_member(params, "count", (int64_t)subscription->lost);
	subscription->lost = 0;
	send(subscription, params);
}

static void
describe_operation(JsonObject *params, const struct action_event *event)
{
	if (event->opcode >= 0)
		json_object_set_int_member(params, "opcode", event->opcode);
	else
		json_object_set_null_member(params, "opcode");
	control_set_text(params, "name", event->name);
	if (event->has_address)
		json_object_set_int_member(params, "address", event->address);
	else
		json_object_set_null_member(params, "address");
	json_object_set_int_member(params, "length", (int64_t)event->length);
	json_object_set_string_member(
		params, "outcome", *event->outcome != '\0' ? event->outcome : "done");
}

/* Adds where a fault has acted. */
static void
describe_location(JsonObject *params, const struct action_event *event)
{
	json_object_set_int_member(params, "operation", (int64_t)event->operation);
	if (event->has_address)
		json_object_set_int_member(params, "address", event->address);
	else
		json_object_set_null_member(params, "address");
	if (event->byte >= 0)
		json_object_set_int_member(params, "byte", event->byte);
	else
		json_object_set_null_member(params, "byte");
}

static void
describe_fault(JsonObject *params, const struct action_event *event)
{
	control_set_text(params, "action", event->what);
	control_set_text(params, "name", event->text);
	json_object_set_int_member(params, "id", event->id);
	control_set_text(params, "fault_name", *event->label != '\0' ? event->label : NULL);
	describe_location(params, event);
}

/* Adds the members that depend on the kind. */
static void
describe_kind(JsonObject *params, const struct action_event *event)
{
	switch (event->kind) {
	case ACTION_EVENT_OPERATION:
		describe_operation(params, event);
		break;
	case ACTION_EVENT_READY:
	case ACTION_EVENT_INTERRUPTED:
		json_object_set_int_member(params, "length", (int64_t)event->length);
		json_object_set_int_member(params, "busy_ns", event->busy_ns);
		break;
	case ACTION_EVENT_POWER:
		json_object_set_boolean_member(params, "on", event->on);
		break;
	case ACTION_EVENT_HOST:
		json_object_set_boolean_member(params, "opened", event->on);
		break;
	case ACTION_EVENT_BOOT:
		json_object_set_boolean_member(params, "boots", event->on);
		control_set_text(params, "why", event->on ? NULL : event->text);
		break;
	case ACTION_EVENT_PIN:
		control_set_text(params, "pin", event->what);
		control_set_text(params, "level", event->text);
		break;
	case ACTION_EVENT_FAULT:
		describe_fault(params, event);
		break;
	case ACTION_EVENT_SNAPSHOT:
	case ACTION_EVENT_IMAGE:
		control_set_text(params, "action", event->what);
		control_set_text(params, "name", event->text);
		break;
	case ACTION_EVENT_KINDS:
		break;
	}
}

static void
describe(JsonObject *params, const struct action_event *event)
{
	control_set_text(params, "adapter", event->adapter);
	if (event->cs >= 0)
		json_object_set_int_member(params, "cs", event->cs);
	else
		json_object_set_null_member(params, "cs");
	json_object_set_int_member(params, "time_ns", event->time_ns);
	describe_kind(params, event);
}

static bool
wants(const struct subscription *subscription, const struct action_event *event)
{
	return (subscription->kinds & 1u << event->kind) != 0 &&
		(subscription->adapter == NULL ||
			strcmp(subscription->adapter, event->adapter) == 0);
}

static void
deliver(struct control_events *events, const struct action_event *event)
{
	for (guint i = 0; i < events->subscriptions->len; i++) {
		struct subscription *subscription = events->subscriptions->pdata[i];
		JsonObject *params;

		if (!wants(subscription, event))
			continue;
		send_lost_count(subscription);
		if (subscription->lost > 0 ||
			control_connection_backlog(subscription->client) > BACKLOG_MAX) {
			subscription->lost++;
			continue;
		}
		params = begin(subscription, control_event_kinds[event->kind]);
		describe(params, event);
		send(subscription, params);
	}
}

/* Events that the queue had no room for are later than those in it. */
static void
count_lost(struct control_events *events, const uint64_t *lost)
{
	for (guint i = 0; i < events->subscriptions->len; i++) {
		struct subscription *subscription = events->subscriptions->pdata[i];

		for (unsigned int kind = 0; kind < ACTION_EVENT_KINDS; kind++)
			if ((subscription->kinds & 1u << kind) != 0)
				subscription->lost += lost[kind];
		send_lost_count(subscription);
	}
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, void *data)
{
	struct control_events *events = ((struct events_source *)source)->events;
	struct action_event taken[EVENTS_PER_TURN];
	uint64_t lost[ACTION_EVENT_KINDS] = {0};
	unsigned int n;

	(void)callback;
	(void)data;
	/* Reset first, so that an event after the queue is read wakes us again. */
	g_source_set_ready_time(source, -1);
	g_mutex_lock(&events->lock);
	n = MIN(events->used, EVENTS_PER_TURN);
	for (unsigned int i = 0; i < n; i++)
		taken[i] = events->queue[(events->first + i) % QUEUE_EVENTS];
	events->first = (events->first + n) % QUEUE_EVENTS;
	events->used -= n;
	if (events->used == 0) {
		memcpy(lost, events->lost, sizeof lost);
		memset(events->lost, 0, sizeof events->lost);
	} else {
		g_source_set_ready_time(source, 0);
	}
	g_mutex_unlock(&events->lock);

	for (unsigned int i = 0; i < n; i++)
		deliver(events, &taken[i]);
	count_lost(events, lost);
	return G_SOURCE_CONTINUE;
}

static void
free_subscription(void *data)
{
	struct subscription *subscription = data;

	g_free(subscription->adapter);
	g_free(subscription);
}

struct control_events *
control_events_new(struct action_context *actions, GMainContext *context)
{
	static GSourceFuncs functions = {.dispatch = dispatch};
	struct control_events *events = g_new0(struct control_events, 1);

	events->actions = actions;
	events->subscriptions = g_ptr_array_new_with_free_func(free_subscription);
	g_mutex_init(&events->lock);
	events->source = g_source_new(&functions, sizeof(struct events_source));
	g_source_set_name(events->source, "control events");
	((struct events_source *)events->source)->events = events;
	g_source_attach(events->source, context);
	return events;
}

/* Observes the adapters, and keeps the queue, only while there are subscriptions. */
static void
update(struct control_events *events)
{
	unsigned int wanted = 0;

	for (guint i = 0; i < events->subscriptions->len; i++)
		wanted |= ((struct subscription *)events->subscriptions->pdata[i])->kinds;
	g_atomic_int_set(&events->wanted, (gint)wanted);
	if (events->subscriptions->len > 0 && events->queue == NULL) {
		events->queue = g_new(struct action_event, QUEUE_EVENTS);
		action_observe(events->actions, observe, events);
	} else if (events->subscriptions->len == 0 && events->queue != NULL) {
		action_observe(events->actions, NULL, NULL);
		g_clear_pointer(&events->queue, g_free);
		events->used = 0;
		memset(events->lost, 0, sizeof events->lost);
	}
}

void
control_events_destroy(struct control_events *events)
{
	g_ptr_array_set_size(events->subscriptions, 0);
	update(events);
	g_ptr_array_unref(events->subscriptions);
	g_source_destroy(events->source);
	g_source_unref(events->source);
	g_mutex_clear(&events->lock);
	g_free(events);
}

int64_t
control_events_subscribe(struct control_events *events, struct control_connection *client,
	unsigned int kinds, const char *adapter, GError **error)
{
	struct subscription *subscription;
	unsigned int has = 0;

	for (guint i = 0; i < events->subscriptions->len; i++) {
		subscription = events->subscriptions->pdata[i];
		has += subscription->client == client;
	}
	if (has >= SUBSCRIPTIONS_MAX) {
		g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_ACTION,
			"events.subscribe: this client has %d subscriptions, and no more are "
			"allowed; end one of them",
			SUBSCRIPTIONS_MAX);
		return -1;
	}
	subscription = g_new0(struct subscription, 1);
	subscription->number = ++events->last_number;
	subscription->client = client;
	subscription->kinds = kinds;
	subscription->adapter = g_strdup(adapter);
	g_ptr_array_add(events->subscriptions, subscription);
	update(events);
	return subscription->number;
}

bool
control_events_unsubscribe(
	struct control_events *events, struct control_connection *client, int64_t number)
{
	for (guint i = 0; i < events->subscriptions->len; i++) {
		const struct subscription *subscription = events->subscriptions->pdata[i];

		if (subscription->client != client || subscription->number != number)
			continue;
		g_ptr_array_remove_index(events->subscriptions, i);
		update(events);
		return true;
	}
	return false;
}

void
control_events_drained(struct control_events *events, struct control_connection *client)
{
	for (guint i = 0; i < events->subscriptions->len; i++) {
		struct subscription *subscription = events->subscriptions->pdata[i];

		if (subscription->client == client)
			send_lost_count(subscription);
	}
}

void
control_events_remove_client(struct control_events *events, struct control_connection *client)
{
	for (guint i = events->subscriptions->len; i-- > 0;) {
		const struct subscription *subscription = events->subscriptions->pdata[i];

		if (subscription->client == client)
			g_ptr_array_remove_index(events->subscriptions, i);
	}
	update(events);
}
