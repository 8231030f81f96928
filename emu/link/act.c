/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The effects of the faults of a serial link: on a byte, on a command of the adapter, at a time.
 * linkfault.h names the event that each fault stands for; link.c carries the bytes.
 */
#include "link/internal.h"

#include <glib.h>

#include "link/uart.h"

void
link_report(struct link *link, const struct link_active_fault *fault)
{
	if (!link->listener.acted)
		return;
	link->listener.acted(link->listener.data,
		&(struct link_fault_report){
			.id = fault->base.id,
			.fault = &fault->as,
			.byte = fault->occasion == LINK_AT_COMMAND
				? 0
				: link->bytes[fault->as.direction] + 1,
			.operation = link_commands(link),
			.time_ns = link->behind.ops->now_ns(link->behind.self),
		});
}

struct link_active_fault *
link_find_garbler(const struct link *link, uint32_t *host)
{
	unsigned int baud = 0;

	for (guint i = 0; i < base_fault_list_length(&link->faults); i++) {
		struct link_active_fault *fault = link_active(link, i);

		if (fault->occasion != LINK_AT_SPEED)
			continue;
		if (baud == 0 && link->listener.baud)
			baud = link->listener.baud(link->listener.data);
		if (baud == 0 || baud == fault->as.baud)
			continue;
		*host = baud;
		return fault;
	}
	return NULL;
}

/* Once in a session. */
static void
tell_garbled(struct link *link, struct link_active_fault *garbler)
{
	if (garbler->armed)
		return;
	garbler->armed = true;
	garbler->base.matched++;
	base_fault_acted(&garbler->base, 1);
	link_report(link, garbler);
}

/* Bytes that are sent, as the other end hears them. */
static void
send(struct link *link, enum link_direction direction, const uint8_t *bytes, size_t n)
{
	uint32_t host = 0, adapter;
	struct link_active_fault *garbler = link_find_garbler(link, &host);
	GByteArray *lane = link->lanes[direction];

	if (!garbler) {
		g_byte_array_append(lane, bytes, (guint)n);
		return;
	}
	adapter = garbler->as.baud;
	for (size_t i = 0; i < n; i++) {
		guint before = lane->len;

		link_uart_hear(bytes[i], direction == LINK_TO_ADAPTER ? host : adapter,
			direction == LINK_TO_ADAPTER ? adapter : host, lane);
		if (lane->len != before + 1 || lane->data[before] != bytes[i])
			tell_garbled(link, garbler);
	}
}

void
link_add_text(struct link *link, enum link_direction direction, const struct link_fault *fault)
{
	send(link, direction, fault->text, fault->text_bytes);
}

void
link_clear_lanes(struct link *link)
{
	for (size_t i = 0; i < LINK_DIRECTIONS; i++)
		g_byte_array_set_size(link->lanes[i], 0);
	link->late_us = 0;
}

bool
link_effect_text(struct link *link, struct link_active_fault *fault)
{
	link_add_text(link, fault->as.direction, &fault->as);
	return true;
}

bool
link_effect_stall(struct link *link, struct link_active_fault *fault)
{
	link->stalled_us[fault->as.direction] =
		fault->as.ms > 0 ? link_after_ms(fault->as.ms) : LINK_FOR_EVER;
	return true;
}

void
link_end_stall(struct link *link, const struct link_active_fault *fault)
{
	link->stalled_us[fault->as.direction] = 0;
}

bool
link_effect_hang(struct link *link, struct link_active_fault *fault)
{
	(void)fault;
	link->behind.ops->hang(link->behind.self);
	return false;
}

bool
link_effect_boot(struct link *link, struct link_active_fault *fault)
{
	link->behind.ops->reset(link->behind.self);
	link_clear_lanes(link);
	link->boot_us = fault->as.ms > 0 ? link_after_ms(fault->as.ms) : 0;
	link->boot_id = fault->base.id;
	link_add_text(link, LINK_TO_HOST, &fault->as);
	return false;
}

bool
link_effect_unplug(struct link *link, struct link_active_fault *fault)
{
	link->unplugged = true;
	link_clear_lanes(link);
	if (link->listener.unplug)
		link->listener.unplug(link->listener.data, fault->as.ms);
	return false;
}

bool
link_effect_deaf(struct link *link, struct link_active_fault *fault)
{
	link->deaf_id = fault->base.id;
	return false;
}

void
link_change_drop(struct link *link, struct link_active_fault *fault, struct link_byte *byte)
{
	(void)link;
	(void)fault;
	byte->copies = 0;
}

void
link_change_duplicate(struct link *link, struct link_active_fault *fault, struct link_byte *byte)
{
	(void)link;
	(void)fault;
	byte->copies *= 2;
}

void
link_change_corrupt(struct link *link, struct link_active_fault *fault, struct link_byte *byte)
{
	(void)link;
	byte->value ^= link_draw_flips(fault);
}

void
link_change_echo(struct link *link, struct link_active_fault *fault, struct link_byte *byte)
{
	(void)fault;
	g_byte_array_append(link->lanes[LINK_TO_HOST], &byte->sent, 1);
}

bool
link_is_due(const struct link *link, const struct link_active_fault *fault)
{
	const struct base_fault_when *when = &fault->as.when;
	uint64_t begun = when->has_opcode ? fault->commands : link_commands(link);

	if (base_fault_is_spent(&fault->base) || begun < link_fault_operation(&fault->as))
		return false;
	return when->from_ns == 0 || base_wall_us() >= link->opened_us + when->from_ns / 1000;
}

/* How many chances still pass before the byte that the fault begins with. */
static uint64_t
bytes_before(const struct link *link, const struct link_fault *fault)
{
	uint64_t first = fault->when.byte_from;
	uint64_t gone = link_fault_operation(fault) > 0 ? 0 : link->bytes[fault->direction];

	return first > gone ? first - gone : 0;
}

/* True when the fault can act on bytes of that direction. */
static bool
watches(struct link *link, struct link_active_fault *fault, enum link_direction direction)
{
	if (fault->occasion != LINK_AT_BYTE || fault->as.direction != direction)
		return false;
	if (!fault->armed && link_is_due(link, fault))
		link_arm(fault, bytes_before(link, &fault->as));
	return fault->armed && !base_fault_is_spent(&fault->base);
}

size_t
link_find_gap(struct link *link, enum link_direction direction)
{
	uint32_t baud;
	uint64_t gap = link_find_garbler(link, &baud) ? 0 : SIZE_MAX;

	for (guint i = 0; i < base_fault_list_length(&link->faults); i++)
		if (watches(link, link_active(link, i), direction))
			gap = MIN(gap, link_active(link, i)->skip);
	return (size_t)gap;
}

void
link_pass(struct link *link, enum link_direction direction, size_t n)
{
	for (guint i = 0; i < base_fault_list_length(&link->faults); i++) {
		struct link_active_fault *fault = link_active(link, i);

		/* One whose command has just begun comes later. */
		if (fault->occasion == LINK_AT_BYTE && fault->as.direction == direction &&
			fault->armed)
			fault->skip -= MIN(n, fault->skip);
	}
	link->bytes[direction] += n;
}

void
link_pass_byte(struct link *link, enum link_direction direction, uint8_t sent)
{
	struct link_byte byte = {.sent = sent, .value = sent, .copies = 1};
	bool goes_on = true;

	for (guint i = 0; i < base_fault_list_length(&link->faults) && goes_on; i++) {
		struct link_active_fault *fault = link_active(link, i);

		if (!watches(link, fault, direction))
			continue;
		if (fault->skip > 0) {
			fault->skip--;
			continue;
		}
		link_count_act(fault);
		link_report(link, fault);
		if (fault->row->change)
			fault->row->change(link, fault, &byte);
		else
			goes_on = fault->row->effect(link, fault);
	}
	for (; goes_on && byte.copies > 0; byte.copies--)
		send(link, direction, &byte.value, 1);
	link->bytes[direction]++;
}

void
link_settle(struct link *link)
{
	int64_t now_us = base_wall_us();
	int64_t *const ends[] = {&link->stalled_us[LINK_TO_ADAPTER],
		&link->stalled_us[LINK_TO_HOST], &link->late_us, &link->boot_us};

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		if (now_us >= *ends[i])
			*ends[i] = 0;
	for (guint i = 0;
		i < base_fault_list_length(&link->faults) && link->opened && !link_is_broken(link);
		i++) {
		struct link_active_fault *fault = link_active(link, i);

		if (fault->occasion != LINK_AT_TIME || fault->armed || !link_is_due(link, fault))
			continue;
		link_take_chance(fault);
		link_report(link, fault);
		fault->row->effect(link, fault);
	}
}

enum base_command_verdict
link_filter(void *data, const struct base_command *command)
{
	struct link *link = data;
	enum base_command_verdict verdict = BASE_COMMAND_RUN;

	for (guint i = 0; i < base_fault_list_length(&link->faults); i++) {
		struct link_active_fault *fault = link_active(link, i);

		if (fault->as.when.has_opcode && fault->as.when.opcode != command->opcode)
			continue;
		fault->commands++;
		if (fault->occasion != LINK_AT_COMMAND || !link_is_due(link, fault) ||
			(fault->row->needs_select && !command->selects) || !link_take_chance(fault))
			continue;
		link_report(link, fault);
		verdict = fault->row->verdict;
		if (verdict == BASE_COMMAND_HANG) {
			link->crash = fault;
			return verdict;
		}
	}
	return verdict;
}
