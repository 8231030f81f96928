/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line between host and adapter with its faults: an endpoint in front of the adapter's own.
 *
 * What is between two acts of a fault goes straight through, in pieces as large as they come; where
 * a fault acts, one byte is looked at alone and what becomes of it, also nothing or more, waits in
 * a lane of its direction until it can go on:
 *
 *	host ──► take() ─────────────────────────────► adapter
 *	           └─ a byte with a fault ─► lane ──────▲
 *	host ◄── give() ◄─────────────────────────────── adapter
 *	           ▲────── lane ◄─ a byte with a fault ─┘
 *	                    ▲───── banner, garbage, echo
 *
 * Bytes are counted as the sender sent them: what a fault adds is not counted, what it drops is.
 * What is lost while the adapter boots is not counted either.
 *
 * Times are the wall's, whatever the clock of the chip is: they are for a host that has a watch.
 * Nothing sleeps here; the port is told by deadline_ns() when to look again.
 *
 * While a fault waits for a command of the adapter, or for what the host gets, bytes go in one by
 * one, and only when the replies to earlier ones are out: so "the first byte after the 12th
 * command" is just that one, and an act belongs to the command that has begun last.
 *
 * Leaves out: parity, modem lines, and how long bytes take at the line's speed.
 */
#include "link/link.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

#include "link/internal.h"
#include "link/when.h"

/* Echoed bytes that a host does not fetch stop it from sending more. */
#define LANE_FULL 4096

/* Offers bytes to the adapter. */
static size_t
offer(struct link_line *line, const uint8_t *in, size_t n)
{
	size_t taken = line->behind.ops->take(line->behind.self, in, n);
	const struct link_trap *crash = line->crash;

	line->crash = NULL;
	/* Not from in there: the adapter was in the midst of it. */
	if (crash && crash->fault.what != LINK_HANG)
		link_strike(line, crash);
	return taken;
}

/* True when the adapter has taken something out of its lane. */
static bool
empty_lane(struct link_line *line)
{
	GByteArray *lane = line->lanes[LINK_TO_ADAPTER];
	size_t n;

	if (lane->len == 0 || line->stalled_us[LINK_TO_ADAPTER] != 0 || link_is_broken(line))
		return false;
	n = offer(line, lane->data, lane->len);
	g_byte_array_remove_range(lane, 0, (guint)MIN(n, lane->len));
	return n > 0;
}

/* A fault waits for a command, or acts on the reply to one: what was said before is to get out. */
static bool
is_exact(const struct link_line *line)
{
	for (size_t i = 0; i < line->traps->len; i++) {
		const struct link_trap *trap = link_trap_at(line, i);
		bool waits = !trap->armed && link_fault_operation(&trap->fault) > 0;

		if (!link_trap_is_live(trap))
			continue;
		switch (trap->kind) {
		case LINK_AT_BYTE:
			if (waits || trap->fault.direction == LINK_TO_HOST)
				return true;
			break;
		case LINK_AT_REPLY:
		case LINK_AT_PIECE:
			return true;
		case LINK_AT_COMMAND:
			if (trap->fault.what != LINK_NAK && trap->fault.what != LINK_CS_STUCK)
				return true;
			break;
		default:
			break;
		}
	}
	return false;
}

static size_t
take_span(struct link_line *line, const uint8_t *in, size_t n)
{
	size_t gap = link_find_gap(line, LINK_TO_ADAPTER);

	if (gap > 0) {
		n = offer(line, in, MIN(n, gap));
		link_pass(line, LINK_TO_ADAPTER, n);
		return n;
	}
	if (line->lanes[LINK_TO_HOST]->len >= LANE_FULL)
		return 0;
	link_pass_byte(line, LINK_TO_ADAPTER, in[0]);
	empty_lane(line);
	return 1;
}

static bool
takes_nothing(const struct link_line *line)
{
	return line->lanes[LINK_TO_ADAPTER]->len > 0 || line->stalled_us[LINK_TO_ADAPTER] != 0 ||
		link_is_broken(line) || (is_exact(line) && link_is_blocked(line));
}

/* One gap or one byte at a time: the port fetches the replies meanwhile. */
static size_t
take(void *self, const uint8_t *in, size_t n)
{
	struct link_line *line = self;
	size_t taken = 0;

	link_settle(line);
	empty_lane(line);
	if (!takes_nothing(line))
		taken = take_span(line, in, is_exact(line) ? 1 : n);
	line->asked = line->asked || taken > 0;
	/* What comes while it boots, or does not listen, is lost. */
	return line->boot_us != 0 || line->deaf_id != 0 ? n : taken;
}

/* A reply begins now. */
static void
delay_reply(struct link_line *line)
{
	uint32_t ms = 0;

	for (size_t i = 0; i < line->traps->len; i++) {
		struct link_trap *trap = link_trap_at(line, i);

		if (trap->kind != LINK_AT_REPLY || !link_is_due(line, trap) || !link_trap_try(trap))
			continue;
		link_report(line, trap);
		ms += trap->fault.ms;
	}
	line->late_us = ms > 0 ? link_after_ms(ms) : 0;
}

static bool
has_latency(const struct link_line *line)
{
	for (size_t i = 0; i < line->traps->len; i++)
		if (link_trap_at(line, i)->kind == LINK_AT_REPLY)
			return true;
	return false;
}

/* Fetches from the adapter, into out (adds to given) or the lane. False when there was nothing. */
static bool
fetch(struct link_line *line, uint8_t *out, size_t room, size_t *given)
{
	const struct base_endpoint *behind = &line->behind;
	size_t gap = link_find_gap(line, LINK_TO_HOST);
	bool begins = line->asked && has_latency(line);
	size_t n;
	uint8_t byte;

	if (gap > 0 && !begins) {
		n = behind->ops->give(behind->self, out, MIN(room, gap));
		link_pass(line, LINK_TO_HOST, n);
		*given += n;
		line->asked = line->asked && n == 0;
		return n > 0;
	}
	if (behind->ops->give(behind->self, &byte, 1) == 0)
		return false;
	line->asked = false;
	link_pass_byte(line, LINK_TO_HOST, byte);
	if (begins)
		delay_reply(line);
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

/* The most that the next piece may have. */
static size_t
find_piece(struct link_line *line)
{
	size_t most = SIZE_MAX;

	for (size_t i = 0; i < line->traps->len; i++) {
		struct link_trap *trap = link_trap_at(line, i);

		if (trap->kind != LINK_AT_PIECE || !link_is_due(line, trap))
			continue;
		if (!trap->armed)
			link_trap_arm(trap, 0);
		if (trap->skip == 0)
			most = MIN(most, trap->fault.size);
	}
	return most;
}

/* n bytes go out together. */
static void
end_piece(struct link_line *line, size_t n)
{
	for (size_t i = 0; i < line->traps->len; i++) {
		struct link_trap *trap = link_trap_at(line, i);

		if (trap->kind != LINK_AT_PIECE || !trap->armed || !link_trap_is_live(trap))
			continue;
		if (trap->skip > 0) {
			trap->skip--;
		} else if (trap->fault.size == n) {
			link_trap_spring(trap);
			link_report(line, trap);
			line->pause = true;
		}
	}
}

static size_t
give(void *self, uint8_t *out, size_t room)
{
	struct link_line *line = self;
	GByteArray *lane = line->lanes[LINK_TO_HOST];
	size_t given = 0;

	link_settle(line);
	/* The port writes what it has when there is nothing more. */
	if (line->pause || link_is_blocked(line)) {
		line->pause = false;
		return 0;
	}
	room = MIN(room, find_piece(line));
	for (;;) {
		given += take_out(lane, out + given, room - given);
		if (given == room ||
			(!fetch(line, out + given, room - given, &given) && !empty_lane(line)) ||
			link_is_blocked(line))
			break;
	}
	if (given > 0)
		end_piece(line, given);
	return given;
}

static int64_t
wait_ns(void *self)
{
	struct link_line *line = self;

	return line->behind.ops->wait_ns(line->behind.self);
}

/* When link_settle() has something to do, monotonic; LINK_FOR_EVER: never. */
static int64_t
next_us(const struct link_line *line)
{
	const int64_t ends[] = {line->stalled_us[LINK_TO_ADAPTER], line->stalled_us[LINK_TO_HOST],
		line->late_us, line->boot_us};
	int64_t next = LINK_FOR_EVER;

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		if (ends[i] != 0)
			next = MIN(next, ends[i]);
	for (size_t i = 0; i < line->traps->len && line->opened && !link_is_broken(line); i++) {
		const struct link_trap *trap = link_trap_at(line, i);

		if (trap->kind == LINK_AT_TIME && !trap->armed && link_trap_is_live(trap))
			next = MIN(next, line->opened_us + (int64_t)trap->fault.after_ms * 1000);
	}
	return next;
}

static int64_t
behind_deadline_ns(const struct link_line *line)
{
	const struct base_endpoint *behind = &line->behind;

	return behind->ops->deadline_ns ? behind->ops->deadline_ns(behind->self) : -1;
}

static int64_t
deadline_ns(void *self)
{
	struct link_line *line = self;
	int64_t behind_ns = behind_deadline_ns(line), us = next_us(line), ns;

	if (us == LINK_FOR_EVER)
		return behind_ns;
	ns = MAX(us - g_get_monotonic_time(), 0) * 1000;
	return behind_ns >= 0 ? MIN(ns, behind_ns) : ns;
}

static void
timed_out(void *self)
{
	struct link_line *line = self;

	link_settle(line);
	if (behind_deadline_ns(line) == 0)
		line->behind.ops->timed_out(line->behind.self);
}

static bool
idle(void *self)
{
	struct link_line *line = self;

	return line->lanes[LINK_TO_ADAPTER]->len == 0 && line->lanes[LINK_TO_HOST]->len == 0 &&
		line->behind.ops->idle(line->behind.self);
}

/* What acts when the line is opened. */
static void
greet(struct link_line *line, enum link_fault_what what)
{
	for (size_t i = 0; i < line->traps->len; i++) {
		struct link_trap *trap = link_trap_at(line, i);

		if (trap->fault.what != what || !link_trap_is_live(trap) || !link_trap_try(trap))
			continue;
		link_report(line, trap);
		if (what == LINK_RESET_ON_OPEN)
			link_boot(line, trap);
		else if (what == LINK_DEAF)
			line->deaf_id = trap->id;
		else
			link_add_text(line, LINK_TO_HOST, &trap->fault);
	}
}

static void
host_opened(void *self)
{
	struct link_line *line = self;

	line->opened = true;
	line->opened_us = g_get_monotonic_time();
	for (size_t i = 0; i < LINK_DIRECTIONS; i++)
		line->bytes[i] = 0;
	for (size_t i = 0; i < line->traps->len; i++) {
		struct link_trap *trap = link_trap_at(line, i);

		trap->commands = 0;
		if (trap->kind != LINK_AT_OPENING)
			trap->armed = false;
	}
	line->asked = line->pause = false;
	line->behind.ops->host_opened(line->behind.self);
	if (line->unplugged)
		return;
	greet(line, LINK_RESET_ON_OPEN);
	greet(line, LINK_DEAF);
	if (line->deaf_id == 0)
		greet(line, LINK_BANNER);
}

static size_t
count_stale(void *self, const uint8_t *in, size_t n)
{
	struct link_line *line = self;
	const struct base_endpoint *behind = &line->behind;

	return behind->ops->count_stale ? behind->ops->count_stale(behind->self, in, n) : n;
}

static void
host_closed(void *self)
{
	struct link_line *line = self;

	line->opened = false;
	line->deaf_id = 0;
	link_clear_lanes(line);
	line->behind.ops->host_closed(line->behind.self);
}

struct base_endpoint
link_line_endpoint(struct link_line *line)
{
	static const struct base_endpoint_ops ops = {
		.host_opened = host_opened,
		.take = take,
		.give = give,
		.wait_ns = wait_ns,
		.deadline_ns = deadline_ns,
		.timed_out = timed_out,
		.idle = idle,
		.count_stale = count_stale,
		.host_closed = host_closed,
	};

	return (struct base_endpoint){.ops = &ops, .self = line};
}

struct link_line *
link_line_new(struct base_endpoint firmware, const struct link_listener *listener)
{
	struct link_line *line = g_new0(struct link_line, 1);

	line->behind = firmware;
	if (listener)
		line->listener = *listener;
	line->traps = g_ptr_array_new_with_free_func((GDestroyNotify)link_trap_free);
	for (size_t i = 0; i < LINK_DIRECTIONS; i++)
		line->lanes[i] = g_byte_array_new();
	line->opened_us = g_get_monotonic_time();
	return line;
}

void
link_line_join(struct link_line *line, int64_t since_us, uint64_t taken, uint64_t given)
{
	line->opened = true;
	line->opened_us = since_us;
	line->bytes[LINK_TO_ADAPTER] = taken;
	line->bytes[LINK_TO_HOST] = given;
}

void
link_line_destroy(struct link_line *line)
{
	if (!line)
		return;
	line->behind.ops->set_filter(line->behind.self, NULL, NULL);
	g_ptr_array_unref(line->traps);
	for (size_t i = 0; i < LINK_DIRECTIONS; i++)
		g_byte_array_unref(line->lanes[i]);
	g_free(line);
}

/* The adapter asks about its commands only when somebody wants to know. */
static void
set_filter(struct link_line *line)
{
	bool wanted = false;

	for (size_t i = 0; i < line->traps->len; i++)
		wanted = wanted || link_trap_at(line, i)->kind == LINK_AT_COMMAND ||
			link_trap_at(line, i)->fault.has_command;
	line->behind.ops->set_filter(line->behind.self, wanted ? link_filter : NULL, line);
}

int
link_line_add_fault(struct link_line *line, const struct link_fault *fault)
{
	struct link_fault usual, added = *fault;

	if (link_fault_check(fault))
		return -EINVAL;
	link_fault_init(&usual, fault->what);
	if (!link_fault_has_direction(fault->what))
		added.direction = usual.direction;
	g_ptr_array_add(line->traps, link_trap_new(&added, ++line->last_id));
	set_filter(line);
	return (int)line->last_id;
}

bool
link_line_remove_fault(struct link_line *line, unsigned int id)
{
	for (guint i = 0; i < line->traps->len; i++) {
		const struct link_fault *fault = &link_trap_at(line, i)->fault;

		if (link_trap_at(line, i)->id != id)
			continue;
		if (fault->what == LINK_STALL)
			line->stalled_us[fault->direction] = 0;
		if (line->boot_id == id)
			line->boot_us = 0;
		if (line->deaf_id == id)
			line->deaf_id = 0;
		g_ptr_array_remove_index(line->traps, i);
		set_filter(line);
		return true;
	}
	return false;
}

void
link_line_clear_faults(struct link_line *line)
{
	while (line->traps->len > 0)
		link_line_remove_fault(line, link_trap_at(line, line->traps->len - 1)->id);
}

bool
link_line_fault_at(const struct link_line *line, size_t i, struct link_fault_status *status)
{
	const struct link_trap *trap;

	if (i >= line->traps->len)
		return false;
	trap = link_trap_at(line, i);
	*status = (struct link_fault_status){
		.id = trap->id, .fault = &trap->fault, .acted = trap->acts};
	return true;
}

bool
link_line_is_needed(const struct link_line *line)
{
	return line->traps->len > 0 || link_is_blocked(line) ||
		line->stalled_us[LINK_TO_ADAPTER] != 0 || line->lanes[LINK_TO_ADAPTER]->len > 0 ||
		line->lanes[LINK_TO_HOST]->len > 0;
}

void
link_line_plugged(struct link_line *line)
{
	line->behind.ops->reset(line->behind.self);
	link_clear_lanes(line);
	line->unplugged = false;
	line->boot_us = 0;
	line->deaf_id = 0;
	for (size_t i = 0; i < LINK_DIRECTIONS; i++)
		line->stalled_us[i] = 0;
}
