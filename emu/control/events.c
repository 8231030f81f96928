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
 * A folded subscription gets groups of events (trace/fold.h) instead, which have a queue of their
 * own, and those events that concern no adapter. It can begin with past groups; their numbers tell
 * which of those in the queue it has had.
 *
 * Leaves out an exact count per subscription: events that do not fit into the queue are counted per
 * kind, for all adapters together.
 */
#include "control/events.h"

#include "action/action.h"
#include "action/event.h"
#include "control/connection.h"
#include "control/control.h"
#include "control/eventjson.h"
#include "control/internal.h"
#include "control/rpc.h"

#include <string.h>

#define QUEUE_EVENTS 4096
#define QUEUE_GROUPS 4096
#define SUBSCRIPTIONS_MAX 16 /* of one client */

/* With more unsent bytes than this, a client loses events. */
#define BACKLOG_MAX ((size_t)262144)

/* The same while past events are sent, all at once. */
#define PAST_BACKLOG_MAX ((size_t)16777216)

/* Events that one dispatch delivers before other sources of the context. */
#define EVENTS_PER_TURN 256

#define KINDS (G_N_ELEMENTS(control_event_kinds) - 1)

struct subscription {
	int64_t number;
	struct control_connection *client;
	unsigned int kinds;
	char *adapter; /* NULL: all */
	bool folded;
	unsigned int columns;
	GHashTable *sent; /* name of an adapter -> number of its last past group; NULL: none sent */
	uint64_t lost;
};

/* A group in the queue. */
struct queued_group {
	const char *adapter;
	struct trace_group group;
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

	gint wanted;        /* atomic: kinds with a subscription that is not folded */
	gint groups_wanted; /* atomic: kinds with a folded one */
	bool watches_groups;
	GMutex lock; /* guards the rest */
	struct action_event *queue;
	unsigned int first;
	unsigned int used;
	uint64_t lost[ACTION_EVENT_KINDS];
	GQueue groups; /* struct queued_group */
	uint64_t lost_groups[ACTION_EVENT_KINDS];
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
	[ACTION_EVENT_BOARD] = "board",
	[ACTION_EVENT_CABLE] = "cable",
	[ACTION_EVENT_SNAPSHOT] = "snapshot",
	[ACTION_EVENT_IMAGE] = "image",
	[ACTION_EVENT_OUTPUT] = "output",
	[ACTION_EVENT_STORAGE] = "storage",
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
	[ACTION_EVENT_BOARD] = "the boards were started, held in reset or switched off",
	[ACTION_EVENT_CABLE] = "the adapter's cable was plugged in or unplugged",
	[ACTION_EVENT_SNAPSHOT] = "a snapshot was taken or restored",
	[ACTION_EVENT_IMAGE] = "the content was loaded or saved",
	[ACTION_EVENT_OUTPUT] = "lines of the trace are lost, or it goes on",
	[ACTION_EVENT_STORAGE] = "a file of the chip is lost or cannot be saved, or is again",
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
observe_group(void *data, const char *adapter, const struct trace_group *group)
{
	struct control_events *events = data;
	enum action_event_kind kind = control_group_kind(group->kind);
	struct queued_group *queued;

	if (((unsigned int)g_atomic_int_get(&events->groups_wanted) & 1u << kind) == 0)
		return;
	g_mutex_lock(&events->lock);
	if (events->groups.length < QUEUE_GROUPS) {
		queued = g_new(struct queued_group, 1);
		queued->adapter = adapter;
		queued->group = *group;
		g_queue_push_tail(&events->groups, queued);
	} else {
		events->lost_groups[kind]++;
	}
	g_mutex_unlock(&events->lock);
	g_source_set_ready_time(events->source, 0);
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

static bool
wants(const struct subscription *subscription, enum action_event_kind kind, const char *adapter)
{
	return (subscription->kinds & 1u << kind) != 0 &&
		(subscription->adapter == NULL || adapter == NULL ||
			strcmp(subscription->adapter, adapter) == 0);
}

static void
send_group(const struct subscription *subscription, const char *adapter,
	const struct trace_group *group)
{
	JsonObject *params =
		begin(subscription, control_event_kinds[control_group_kind(group->kind)]);

	control_group_describe(params, adapter, group, subscription->columns);
	send(subscription, params);
}

static void
deliver_group(struct control_events *events, const char *adapter, const struct trace_group *group)
{
	for (guint i = 0; i < events->subscriptions->len; i++) {
		struct subscription *subscription = events->subscriptions->pdata[i];

		if (!subscription->folded ||
			!wants(subscription, control_group_kind(group->kind), adapter))
			continue;
		if (subscription->sent != NULL &&
			group->number <=
				GPOINTER_TO_SIZE(g_hash_table_lookup(subscription->sent, adapter)))
			continue;
		send_lost_count(subscription);
		if (subscription->lost > 0 ||
			control_connection_backlog(subscription->client) > BACKLOG_MAX)
			subscription->lost++;
		else
			send_group(subscription, adapter, group);
	}
}

/* Tells how many groups are no longer kept. */
static void
send_dropped(const struct subscription *subscription, const char *adapter, uint64_t dropped)
{
	JsonObject *params = begin(subscription, "lost");

	control_set_text(params, "adapter", adapter);
	json_object_set_int_member(params, "count", (int64_t)dropped);
	json_object_set_boolean_member(params, "past", TRUE);
	send(subscription, params);
}

static void
send_past_of(struct control_events *events, struct subscription *subscription, unsigned int i,
	int64_t age_ns)
{
	const char *adapter = action_adapter_name(events->actions, i);
	g_autoptr(GArray) past = NULL;
	uint64_t dropped;

	if (subscription->adapter != NULL && strcmp(subscription->adapter, adapter) != 0)
		return;
	past = action_past(events->actions, i, age_ns, &dropped);
	for (guint j = 0; j < past->len; j++) {
		const struct trace_group *group = &g_array_index(past, struct trace_group, j);

		if (j == 0 && dropped > 0 && group->number == dropped + 1)
			send_dropped(subscription, adapter, dropped);
		g_hash_table_insert(
			subscription->sent, (void *)adapter, GSIZE_TO_POINTER(group->number));
		if (!wants(subscription, control_group_kind(group->kind), adapter))
			continue;
		if (control_connection_backlog(subscription->client) > PAST_BACKLOG_MAX)
			subscription->lost++;
		else
			send_group(subscription, adapter, group);
	}
}

static void
send_past(struct control_events *events, struct subscription *subscription, int64_t age_ns)
{
	subscription->sent = g_hash_table_new(g_str_hash, g_str_equal);
	for (unsigned int i = 0; action_adapter_name(events->actions, i) != NULL; i++)
		send_past_of(events, subscription, i, age_ns);
}

static void
deliver(struct control_events *events, const struct action_event *event)
{
	for (guint i = 0; i < events->subscriptions->len; i++) {
		struct subscription *subscription = events->subscriptions->pdata[i];
		JsonObject *params;

		if ((subscription->folded && event->kind != ACTION_EVENT_OUTPUT) ||
			!wants(subscription, event->kind, event->adapter))
			continue;
		send_lost_count(subscription);
		if (subscription->lost > 0 ||
			control_connection_backlog(subscription->client) > BACKLOG_MAX) {
			subscription->lost++;
			continue;
		}
		params = begin(subscription, control_event_kinds[event->kind]);
		control_event_describe(params, event, subscription->columns);
		send(subscription, params);
	}
}

/* Events that the queue had no room for are later than those in it. */
static void
count_lost(struct control_events *events, const uint64_t *lost, bool folded)
{
	for (guint i = 0; i < events->subscriptions->len; i++) {
		struct subscription *subscription = events->subscriptions->pdata[i];

		for (unsigned int kind = 0; kind < ACTION_EVENT_KINDS; kind++)
			if (subscription->folded == folded &&
				(subscription->kinds & 1u << kind) != 0)
				subscription->lost += lost[kind];
		send_lost_count(subscription);
	}
}

/* Moves the counters of lost events, unless more events are queued: these are from before. */
static void
take_lost(bool more, uint64_t *counters, uint64_t *lost)
{
	memset(lost, 0, ACTION_EVENT_KINDS * sizeof *lost);
	if (more)
		return;
	memcpy(lost, counters, ACTION_EVENT_KINDS * sizeof *lost);
	memset(counters, 0, ACTION_EVENT_KINDS * sizeof *counters);
}

static void
deliver_groups(struct control_events *events)
{
	uint64_t lost[ACTION_EVENT_KINDS];

	for (unsigned int i = 0; i < EVENTS_PER_TURN; i++) {
		g_autofree struct queued_group *queued = NULL;

		g_mutex_lock(&events->lock);
		queued = g_queue_pop_head(&events->groups);
		g_mutex_unlock(&events->lock);
		if (queued == NULL)
			break;
		deliver_group(events, queued->adapter, &queued->group);
	}
	g_mutex_lock(&events->lock);
	take_lost(events->groups.length > 0, events->lost_groups, lost);
	if (events->groups.length > 0)
		g_source_set_ready_time(events->source, 0);
	g_mutex_unlock(&events->lock);
	count_lost(events, lost, true);
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, void *data)
{
	struct control_events *events = ((struct events_source *)source)->events;
	struct action_event taken[EVENTS_PER_TURN];
	uint64_t lost[ACTION_EVENT_KINDS];
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
	take_lost(events->used > 0, events->lost, lost);
	if (events->used > 0)
		g_source_set_ready_time(source, 0);
	g_mutex_unlock(&events->lock);

	for (unsigned int i = 0; i < n; i++)
		deliver(events, &taken[i]);
	count_lost(events, lost, false);
	deliver_groups(events);
	return G_SOURCE_CONTINUE;
}

static void
free_subscription(void *data)
{
	struct subscription *subscription = data;

	if (subscription->sent != NULL)
		g_hash_table_unref(subscription->sent);
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
	g_queue_init(&events->groups);
	events->source = g_source_new(&functions, sizeof(struct events_source));
	g_source_set_name(events->source, "control events");
	((struct events_source *)events->source)->events = events;
	g_source_attach(events->source, context);
	return events;
}

static void
update_groups(struct control_events *events, bool wanted)
{
	if (wanted == events->watches_groups)
		return;
	events->watches_groups = wanted;
	action_observe_groups(events->actions, wanted ? observe_group : NULL, events);
	if (wanted)
		return;
	g_queue_clear_full(&events->groups, g_free);
	memset(events->lost_groups, 0, sizeof events->lost_groups);
}

/* Observes the adapters, and keeps the queues, only while there are subscriptions. */
static void
update(struct control_events *events)
{
	unsigned int wanted = 0, groups_wanted = 0;

	for (guint i = 0; i < events->subscriptions->len; i++) {
		const struct subscription *subscription = events->subscriptions->pdata[i];

		*(subscription->folded ? &groups_wanted : &wanted) |= subscription->kinds;
		wanted |= subscription->kinds & 1u << ACTION_EVENT_OUTPUT;
	}
	g_atomic_int_set(&events->wanted, (gint)wanted);
	g_atomic_int_set(&events->groups_wanted, (gint)groups_wanted);
	update_groups(events, groups_wanted != 0);
	if (wanted != 0 && events->queue == NULL) {
		events->queue = g_new(struct action_event, QUEUE_EVENTS);
		action_observe(events->actions, observe, events);
	} else if (wanted == 0 && events->queue != NULL) {
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
	const struct control_events_wish *wish, GError **error)
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
	subscription->kinds = wish->kinds;
	subscription->adapter = g_strdup(wish->adapter);
	subscription->folded = wish->folded;
	subscription->columns = wish->columns;
	g_ptr_array_add(events->subscriptions, subscription);
	update(events);
	if (wish->age_ns >= 0)
		send_past(events, subscription, wish->age_ns);
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
