/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serial link between host and adapter with its faults: an endpoint in front of the adapter's
 * own.
 *
 * Bytes between two acts of faults go straight through, in pieces as large as they come. Where a
 * fault acts, a byte is handled alone; the result, which can be no byte or several, waits in a lane
 * of its direction until it can go on:
 *
 *	host ──► take() ─────────────────────────────► adapter
 *	           └─ a byte with a fault ─► lane ──────▲
 *	host ◄── give() ◄─────────────────────────────── adapter
 *	           ▲────── lane ◄─ a byte with a fault ─┘
 *	                    ▲───── banner, garbage, echo
 *
 * Bytes are counted as the sender sent them: bytes that a fault drops are counted, bytes that it
 * adds are not. Bytes that are lost while the adapter boots are not counted either.
 *
 * Times are those of the wall, whatever the clock of the chip is: a host measures them. Nothing
 * sleeps here; deadline_ns() tells the port when to look again.
 *
 * While a fault waits for a command of the adapter, or acts on bytes to the host, bytes go in one
 * by one, and only when the replies to earlier ones are out: so "the first byte after the 12th
 * command" is exactly that byte, and an act belongs to the command that has begun last.
 *
 * Leaves out: parity, modem control lines, and the time that bytes take at the set speed.
 */
#include "link/link.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

#include "link/internal.h"
#include "link/occasion.h"

/* Echoed bytes that the host does not fetch keep it from sending more, from this many on. */
#define LANE_FULL 4096

/* Steps of one give(): bytes that a fault drops, or passes one by one. */
#define STEPS_MAX 4096

/* Offers bytes to the adapter. */
static size_t
offer(struct link *link, const uint8_t *in, size_t n)
{
	size_t taken = link->behind.ops->take(link->behind.self, in, n);
	struct link_active_fault *crash = link->crash;

	link->crash = NULL;
	/* Not from within take(): the adapter was in the midst of it. The verdict was the hang. */
	if (crash && !crash->row->verdict_is_all)
		crash->row->effect(link, crash);
	return taken;
}

/* True when the adapter has taken something out of its lane. */
static bool
empty_lane(struct link *link)
{
	GByteArray *lane = link->lanes[LINK_TO_ADAPTER];
	size_t n;

	if (lane->len == 0 || link->stalled_us[LINK_TO_ADAPTER] != 0 || link_is_broken(link))
		return false;
	n = offer(link, lane->data, lane->len);
	g_byte_array_remove_range(lane, 0, (guint)MIN(n, lane->len));
	return n > 0;
}

/* A fault waits for a command, or acts on the reply to one: earlier replies have to get out
 * first. */
static bool
is_exact(const struct link *link)
{
	for (guint i = 0; i < base_fault_list_length(&link->faults); i++) {
		const struct link_active_fault *fault = link_active(link, i);
		bool waits = !fault->armed && link_fault_operation(&fault->as) > 0;

		if (base_fault_is_spent(&fault->base))
			continue;
		switch (fault->occasion) {
		case LINK_AT_BYTE:
			if (waits || fault->as.direction == LINK_TO_HOST)
				return true;
			break;
		case LINK_AT_REPLY:
		case LINK_AT_PIECE:
			return true;
		case LINK_AT_COMMAND:
			if (fault->row->verdict == BASE_COMMAND_HANG)
				return true;
			break;
		default:
			break;
		}
	}
	return false;
}

static size_t
take_span(struct link *link, const uint8_t *in, size_t n)
{
	size_t gap = link_find_gap(link, LINK_TO_ADAPTER);

	if (gap > 0) {
		n = offer(link, in, MIN(n, gap));
		link_pass(link, LINK_TO_ADAPTER, n);
		return n;
	}
	if (link->lanes[LINK_TO_HOST]->len >= LANE_FULL)
		return 0;
	link_pass_byte(link, LINK_TO_ADAPTER, in[0]);
	empty_lane(link);
	return 1;
}

static bool
takes_nothing(const struct link *link)
{
	return link->lanes[LINK_TO_ADAPTER]->len > 0 || link->stalled_us[LINK_TO_ADAPTER] != 0 ||
		link_is_broken(link) || (is_exact(link) && link_is_blocked(link));
}

/* One gap or one byte at a time: the port fetches the replies meanwhile. */
static size_t
take(void *self, const uint8_t *in, size_t n)
{
	struct link *link = self;
	size_t taken = 0;

	link_settle(link);
	empty_lane(link);
	if (!takes_nothing(link))
		taken = take_span(link, in, is_exact(link) ? 1 : n);
	link->asked = link->asked || taken > 0;
	/* Bytes that come while it boots, or does not listen, are lost. */
	return link->boot_us != 0 || link->deaf_id != 0 ? n : taken;
}

/* A reply begins now. */
static void
delay_reply(struct link *link)
{
	uint32_t ms = 0;

	for (guint i = 0; i < base_fault_list_length(&link->faults); i++) {
		struct link_active_fault *fault = link_active(link, i);

		if (fault->occasion != LINK_AT_REPLY || !link_is_due(link, fault) ||
			!link_take_chance(fault))
			continue;
		link_report(link, fault);
		ms += fault->as.ms;
	}
	link->late_us = ms > 0 ? link_after_ms(ms) : 0;
}

static bool
has_latency(const struct link *link)
{
	for (guint i = 0; i < base_fault_list_length(&link->faults); i++)
		if (link_active(link, i)->occasion == LINK_AT_REPLY)
			return true;
	return false;
}

/* Fetches from the adapter, into out (adds to given) or the lane. False when there was nothing. */
static bool
fetch(struct link *link, uint8_t *out, size_t room, size_t *given)
{
	const struct base_endpoint *behind = &link->behind;
	size_t gap = link_find_gap(link, LINK_TO_HOST);
	bool begins = link->asked && has_latency(link);
	size_t n;
	uint8_t byte;

	if (gap > 0 && !begins) {
		n = behind->ops->give(behind->self, out, MIN(room, gap));
		link_pass(link, LINK_TO_HOST, n);
		*given += n;
		link->asked = link->asked && n == 0;
		return n > 0;
	}
	if (behind->ops->give(behind->self, &byte, 1) == 0)
		return false;
	link->asked = false;
	link_pass_byte(link, LINK_TO_HOST, byte);
	if (begins)
		delay_reply(link);
	return true;
}

static size_t
take_out(GByteArray *lane, uint8_t *out, size_t room)
{
	size_t n = MIN(room, lane->len);

	if (n == 0)
		return 0;
	memcpy(out, lane->data, n);
	g_byte_array_remove_range(lane, 0, (guint)n);
	return n;
}

/* The most bytes that the next piece may have. */
static size_t
find_piece(struct link *link)
{
	size_t most = SIZE_MAX;

	for (guint i = 0; i < base_fault_list_length(&link->faults); i++) {
		struct link_active_fault *fault = link_active(link, i);

		if (fault->occasion != LINK_AT_PIECE || !link_is_due(link, fault))
			continue;
		if (!fault->armed)
			link_arm(fault, 0);
		if (fault->skip == 0)
			most = MIN(most, fault->as.size);
	}
	return most;
}

/* n bytes go out together. */
static void
end_piece(struct link *link, size_t n)
{
	for (guint i = 0; i < base_fault_list_length(&link->faults); i++) {
		struct link_active_fault *fault = link_active(link, i);

		if (fault->occasion != LINK_AT_PIECE || !fault->armed ||
			base_fault_is_spent(&fault->base))
			continue;
		if (fault->skip > 0) {
			fault->skip--;
		} else if (fault->as.size == n) {
			link_count_act(fault);
			link_report(link, fault);
			link->pause = true;
		}
	}
}

static size_t
give(void *self, uint8_t *out, size_t room)
{
	struct link *link = self;
	GByteArray *lane = link->lanes[LINK_TO_HOST];
	size_t given = 0;

	unsigned int steps = 0;

	link->swallows = false;
	link_settle(link);
	/* The port writes the bytes it has when it gets no more. */
	if (link->pause || link_is_blocked(link)) {
		link->pause = false;
		return 0;
	}
	room = MIN(room, find_piece(link));
	for (;;) {
		given += take_out(lane, out + given, room - given);
		if (given == room ||
			(!fetch(link, out + given, room - given, &given) && !empty_lane(link)) ||
			link_is_blocked(link))
			break;
		/* A long reply that a fault drops: other work of the thread comes between. */
		if (++steps == STEPS_MAX) {
			link->swallows = given == 0;
			break;
		}
	}
	if (given > 0)
		end_piece(link, given);
	return given;
}

static bool
works(void *self)
{
	struct link *link = self;

	if (link_is_blocked(link))
		return false;
	return link->swallows || base_endpoint_works(&link->behind);
}

static int64_t
wait_ns(void *self)
{
	struct link *link = self;

	return link->behind.ops->wait_ns(link->behind.self);
}

/* When link_settle() has something to do, monotonic; LINK_FOR_EVER: never. */
static int64_t
next_us(const struct link *link)
{
	const int64_t ends[] = {link->stalled_us[LINK_TO_ADAPTER], link->stalled_us[LINK_TO_HOST],
		link->late_us, link->boot_us};
	int64_t next = LINK_FOR_EVER;

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		if (ends[i] != 0)
			next = MIN(next, ends[i]);
	for (guint i = 0;
		i < base_fault_list_length(&link->faults) && link->opened && !link_is_broken(link);
		i++) {
		const struct link_active_fault *fault = link_active(link, i);

		if (fault->occasion == LINK_AT_TIME && !fault->armed &&
			!base_fault_is_spent(&fault->base))
			next = MIN(next, link->opened_us + fault->as.when.from_ns / 1000);
	}
	return next;
}

static int64_t
behind_deadline_ns(const struct link *link)
{
	const struct base_endpoint *behind = &link->behind;

	return behind->ops->deadline_ns ? behind->ops->deadline_ns(behind->self) : -1;
}

static int64_t
deadline_ns(void *self)
{
	struct link *link = self;
	int64_t behind_ns = behind_deadline_ns(link), us = next_us(link), ns;

	if (us == LINK_FOR_EVER)
		return behind_ns;
	ns = MAX(us - base_wall_us(), 0) * 1000;
	return behind_ns >= 0 ? MIN(ns, behind_ns) : ns;
}

static void
timed_out(void *self)
{
	struct link *link = self;

	link_settle(link);
	if (behind_deadline_ns(link) == 0)
		link->behind.ops->timed_out(link->behind.self);
}

static bool
idle(void *self)
{
	struct link *link = self;

	return link->lanes[LINK_TO_ADAPTER]->len == 0 && link->lanes[LINK_TO_HOST]->len == 0 &&
		link->behind.ops->idle(link->behind.self);
}

/* The faults whose turn it is act. */
static void
act_at_opening(struct link *link, unsigned int turn)
{
	for (guint i = 0; i < base_fault_list_length(&link->faults); i++) {
		struct link_active_fault *fault = link_active(link, i);

		if (fault->row->opening != turn || base_fault_is_spent(&fault->base) ||
			!link_take_chance(fault))
			continue;
		link_report(link, fault);
		fault->row->effect(link, fault);
	}
}

static void
host_opened(void *self)
{
	struct link *link = self;

	link->opened = true;
	link->opened_us = base_wall_us();
	for (size_t i = 0; i < LINK_DIRECTIONS; i++)
		link->bytes[i] = 0;
	for (guint i = 0; i < base_fault_list_length(&link->faults); i++) {
		struct link_active_fault *fault = link_active(link, i);

		fault->commands = 0;
		if (fault->occasion != LINK_AT_OPENING)
			fault->armed = false;
	}
	link->asked = link->pause = false;
	link->behind.ops->host_opened(link->behind.self);
	if (link->unplugged)
		return;
	for (unsigned int turn = 1; turn <= LINK_OPENING_TURNS && link->deaf_id == 0; turn++)
		act_at_opening(link, turn);
}

static size_t
count_stale(void *self, const uint8_t *in, size_t n)
{
	struct link *link = self;
	const struct base_endpoint *behind = &link->behind;

	return behind->ops->count_stale ? behind->ops->count_stale(behind->self, in, n) : n;
}

static void
host_closed(void *self)
{
	struct link *link = self;

	link->opened = false;
	link->deaf_id = 0;
	link_clear_lanes(link);
	link->behind.ops->host_closed(link->behind.self);
}

struct base_endpoint
link_endpoint(struct link *link)
{
	static const struct base_endpoint_ops ops = {
		.host_opened = host_opened,
		.take = take,
		.give = give,
		.works = works,
		.wait_ns = wait_ns,
		.deadline_ns = deadline_ns,
		.timed_out = timed_out,
		.idle = idle,
		.count_stale = count_stale,
		.host_closed = host_closed,
	};

	return (struct base_endpoint){.ops = &ops, .self = link};
}

struct link *
link_new(struct base_endpoint firmware, const struct link_listener *listener)
{
	struct link *link = g_new0(struct link, 1);

	link->behind = firmware;
	if (listener)
		link->listener = *listener;
	base_fault_list_init(&link->faults, 0, g_free);
	for (size_t i = 0; i < LINK_DIRECTIONS; i++)
		link->lanes[i] = g_byte_array_new();
	link->opened_us = base_wall_us();
	return link;
}

void
link_join(struct link *link, int64_t since_us, uint64_t taken, uint64_t given)
{
	link->opened = true;
	link->opened_us = since_us;
	link->bytes[LINK_TO_ADAPTER] = taken;
	link->bytes[LINK_TO_HOST] = given;
}

void
link_destroy(struct link *link)
{
	if (!link)
		return;
	link->behind.ops->set_filter(link->behind.self, NULL, NULL);
	base_fault_list_free(&link->faults);
	for (size_t i = 0; i < LINK_DIRECTIONS; i++)
		g_byte_array_unref(link->lanes[i]);
	g_free(link);
}

/* The adapter asks about its commands only while a fault needs it. */
static void
set_filter(struct link *link)
{
	bool wanted = false;

	for (guint i = 0; i < base_fault_list_length(&link->faults); i++)
		wanted = wanted || link_active(link, i)->occasion == LINK_AT_COMMAND ||
			link_active(link, i)->as.when.has_opcode;
	link->behind.ops->set_filter(link->behind.self, wanted ? link_filter : NULL, link);
}

void
link_set_seed(struct link *link, uint64_t seed)
{
	base_fault_list_set_seed(&link->faults, seed);
}

int
link_fault_add(struct link *link, const struct link_fault *fault)
{
	struct link_fault added = *fault;
	unsigned int id;

	if (link_fault_check(fault))
		return -EINVAL;
	if (!link_fault_has_direction(fault->what))
		added.direction = link_fault_row(fault->what)->direction;
	id = base_fault_list_add(&link->faults, &link_active_fault_new(&added)->base);
	set_filter(link);
	return (int)id;
}

bool
link_fault_remove(struct link *link, unsigned int id)
{
	const struct link_active_fault *fault = base_fault_list_find(&link->faults, id);

	if (!fault)
		return false;
	if (fault->row->end)
		fault->row->end(link, fault);
	if (link->boot_id == id)
		link->boot_us = 0;
	if (link->deaf_id == id)
		link->deaf_id = 0;
	base_fault_list_remove(&link->faults, id);
	set_filter(link);
	return true;
}

void
link_fault_clear(struct link *link)
{
	while (base_fault_list_length(&link->faults) > 0)
		link_fault_remove(link,
			link_active(link, base_fault_list_length(&link->faults) - 1)->base.id);
}

bool
link_fault_at(const struct link *link, size_t i, struct base_fault_status *status)
{
	return base_fault_list_at(&link->faults, i, status);
}

bool
link_is_needed(const struct link *link)
{
	return base_fault_list_length(&link->faults) > 0 || link_is_blocked(link) ||
		link->stalled_us[LINK_TO_ADAPTER] != 0 || link->lanes[LINK_TO_ADAPTER]->len > 0 ||
		link->lanes[LINK_TO_HOST]->len > 0;
}

void
link_plugged(struct link *link)
{
	link->behind.ops->reset(link->behind.self);
	link_clear_lanes(link);
	link->unplugged = false;
	link->boot_us = 0;
	link->deaf_id = 0;
	for (size_t i = 0; i < LINK_DIRECTIONS; i++)
		link->stalled_us[i] = 0;
}
