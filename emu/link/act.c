/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the faults of a line do when they act: to a byte, to a command of the adapter, at a time.
 * Which event each stands for is said in linkfault.h; how bytes go through is link.c's.
 */
#include "link/internal.h"

#include <glib.h>

#include "link/uart.h"

void
link_report(struct link_line *line, const struct link_trap *trap)
{
	if (!line->listener.acted)
		return;
	line->listener.acted(line->listener.data,
		&(struct link_fault_report){
			.id = trap->id,
			.fault = &trap->fault,
			.byte = trap->kind == LINK_AT_COMMAND
				? 0
				: line->bytes[trap->fault.direction] + 1,
			.operation = link_commands(line),
			.time_ns = line->behind.ops->now_ns(line->behind.self),
		});
}

struct link_trap *
link_find_garbler(const struct link_line *line, uint32_t *host)
{
	unsigned int baud = 0;

	for (size_t i = 0; i < line->traps->len; i++) {
		struct link_trap *trap = link_trap_at(line, i);

		if (trap->kind != LINK_AT_SPEED)
			continue;
		if (baud == 0 && line->listener.baud)
			baud = line->listener.baud(line->listener.data);
		if (baud == 0 || baud == trap->fault.baud)
			continue;
		*host = baud;
		return trap;
	}
	return NULL;
}

/* Once in a session. */
static void
tell_garbled(struct link_line *line, struct link_trap *garbler)
{
	if (garbler->armed)
		return;
	garbler->armed = true;
	garbler->acts++;
	link_report(line, garbler);
}

/* Bytes that are sent, as the other end hears them. */
static void
send(struct link_line *line, enum link_direction direction, const uint8_t *bytes, size_t n)
{
	uint32_t host = 0, adapter;
	struct link_trap *garbler = link_find_garbler(line, &host);
	GByteArray *lane = line->lanes[direction];

	if (!garbler) {
		g_byte_array_append(lane, bytes, (guint)n);
		return;
	}
	adapter = garbler->fault.baud;
	for (size_t i = 0; i < n; i++) {
		guint before = lane->len;

		link_uart_hear(bytes[i], direction == LINK_TO_ADAPTER ? host : adapter,
			direction == LINK_TO_ADAPTER ? adapter : host, lane);
		if (lane->len != before + 1 || lane->data[before] != bytes[i])
			tell_garbled(line, garbler);
	}
}

void
link_add_text(struct link_line *line, enum link_direction direction, const struct link_fault *fault)
{
	send(line, direction, fault->text, fault->text_bytes);
}

void
link_clear_lanes(struct link_line *line)
{
	for (size_t i = 0; i < LINK_DIRECTIONS; i++)
		g_byte_array_set_size(line->lanes[i], 0);
	line->late_us = 0;
}

void
link_boot(struct link_line *line, const struct link_trap *trap)
{
	line->behind.ops->reset(line->behind.self);
	link_clear_lanes(line);
	line->boot_us = trap->fault.ms > 0 ? link_after_ms(trap->fault.ms) : 0;
	line->boot_id = trap->id;
	link_add_text(line, LINK_TO_HOST, &trap->fault);
}

static void
pull_cable(struct link_line *line, const struct link_fault *fault)
{
	line->unplugged = true;
	link_clear_lanes(line);
	if (line->listener.unplug)
		line->listener.unplug(line->listener.data, fault->ms);
}

bool
link_strike(struct link_line *line, const struct link_trap *trap)
{
	const struct link_fault *fault = &trap->fault;

	switch (fault->what) {
	case LINK_GARBAGE:
		link_add_text(line, fault->direction, fault);
		return true;
	case LINK_STALL:
		line->stalled_us[fault->direction] =
			fault->ms > 0 ? link_after_ms(fault->ms) : LINK_FOR_EVER;
		return true;
	case LINK_HANG:
		line->behind.ops->hang(line->behind.self);
		return false;
	case LINK_REBOOT:
		link_boot(line, trap);
		return false;
	case LINK_UNPLUG:
		pull_cable(line, fault);
		return false;
	default:
		g_assert_not_reached();
	}
}

bool
link_is_due(const struct link_line *line, const struct link_trap *trap)
{
	const struct link_fault *fault = &trap->fault;

	uint64_t begun = fault->has_command ? trap->commands : link_commands(line);

	if (!link_trap_is_live(trap) || begun < link_fault_operation(fault))
		return false;
	return fault->after_ms == 0 ||
		g_get_monotonic_time() >= line->opened_us + (int64_t)fault->after_ms * 1000;
}

/* How many chances still pass before the byte that the fault begins with. */
static uint64_t
bytes_before(const struct link_line *line, const struct link_fault *fault)
{
	uint64_t first = MAX(fault->byte, 1) - 1;
	uint64_t gone = link_fault_operation(fault) > 0 ? 0 : line->bytes[fault->direction];

	return first > gone ? first - gone : 0;
}

/* True when the trap can act on bytes of that direction. */
static bool
watches(struct link_line *line, struct link_trap *trap, enum link_direction direction)
{
	if (trap->kind != LINK_AT_BYTE || trap->fault.direction != direction)
		return false;
	if (!trap->armed && link_is_due(line, trap))
		link_trap_arm(trap, bytes_before(line, &trap->fault));
	return trap->armed && link_trap_is_live(trap);
}

size_t
link_find_gap(struct link_line *line, enum link_direction direction)
{
	uint32_t baud;
	uint64_t gap = link_find_garbler(line, &baud) ? 0 : SIZE_MAX;

	for (size_t i = 0; i < line->traps->len; i++)
		if (watches(line, link_trap_at(line, i), direction))
			gap = MIN(gap, link_trap_at(line, i)->skip);
	return (size_t)gap;
}

void
link_pass(struct link_line *line, enum link_direction direction, size_t n)
{
	for (size_t i = 0; i < line->traps->len; i++) {
		struct link_trap *trap = link_trap_at(line, i);

		/* One whose command has just begun comes later. */
		if (trap->kind == LINK_AT_BYTE && trap->fault.direction == direction && trap->armed)
			trap->skip -= MIN(n, trap->skip);
	}
	line->bytes[direction] += n;
}

void
link_pass_byte(struct link_line *line, enum link_direction direction, uint8_t byte)
{
	unsigned int copies = 1;
	bool goes_on = true;
	uint8_t sent = byte;

	for (size_t i = 0; i < line->traps->len && goes_on; i++) {
		struct link_trap *trap = link_trap_at(line, i);

		if (!watches(line, trap, direction))
			continue;
		if (trap->skip > 0) {
			trap->skip--;
			continue;
		}
		link_trap_spring(trap);
		link_report(line, trap);
		switch (trap->fault.what) {
		case LINK_DROP:
			copies = 0;
			break;
		case LINK_DUPLICATE:
			copies *= 2;
			break;
		case LINK_CORRUPT:
			byte ^= link_trap_flips(trap);
			break;
		case LINK_ECHO:
			g_byte_array_append(line->lanes[LINK_TO_HOST], &sent, 1);
			break;
		default:
			goes_on = link_strike(line, trap);
			break;
		}
	}
	for (; goes_on && copies > 0; copies--)
		send(line, direction, &byte, 1);
	line->bytes[direction]++;
}

void
link_settle(struct link_line *line)
{
	int64_t now_us = g_get_monotonic_time();
	int64_t *const ends[] = {&line->stalled_us[LINK_TO_ADAPTER],
		&line->stalled_us[LINK_TO_HOST], &line->late_us, &line->boot_us};

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		if (now_us >= *ends[i])
			*ends[i] = 0;
	for (size_t i = 0; i < line->traps->len && line->opened && !link_is_broken(line); i++) {
		struct link_trap *trap = link_trap_at(line, i);

		if (trap->kind != LINK_AT_TIME || trap->armed || !link_is_due(line, trap))
			continue;
		link_trap_try(trap);
		link_report(line, trap);
		link_strike(line, trap);
	}
}

enum base_command_verdict
link_filter(void *data, const struct base_command *command)
{
	struct link_line *line = data;
	enum base_command_verdict verdict = BASE_COMMAND_RUN;

	for (size_t i = 0; i < line->traps->len; i++) {
		struct link_trap *trap = link_trap_at(line, i);

		if (trap->fault.has_command && trap->fault.command != command->opcode)
			continue;
		trap->commands++;
		if (trap->kind != LINK_AT_COMMAND || !link_is_due(line, trap) ||
			(trap->fault.what == LINK_CS_STUCK && !command->selects) ||
			!link_trap_try(trap))
			continue;
		link_report(line, trap);
		switch (trap->fault.what) {
		case LINK_NAK:
			verdict = BASE_COMMAND_REFUSE;
			break;
		case LINK_CS_STUCK:
			verdict = BASE_COMMAND_KEEP_SELECTED;
			break;
		default:
			line->crash = trap;
			return BASE_COMMAND_HANG;
		}
	}
	return verdict;
}
