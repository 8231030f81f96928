/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of one chip, incremented by its events. The purpose of a command comes from the engine's
 * command rows, and the reasons are the outcomes of flash/flash.h; this file knows no opcodes. An
 * opcode that the part does not have is counted apart from what a chip ignores for a reason: hosts
 * probe with opcodes of many vendors. Leaves out activity on the wires outside of frames, and reads
 * and programs of security registers, which count as operations only.
 */
#include "trace/stats.h"

#include "flash/describe.h"

#include <string.h>

static const char by_reason[] = "by_reason.", by_opcode[] = "by_opcode.";

#define COUNTER(id, member, text) \
	[TRACE_##id] = {G_STRINGIFY(member), text, offsetof(struct trace_chip_stats, member)}

static const struct {
	const char *name;
	const char *text;
	size_t offset;
} counters[TRACE_BY_REASON] = {
	COUNTER(OPERATIONS, operations, "frames with an opcode, with or without effect"),
	COUNTER(READS, reads, "reads of the array"),
	COUNTER(PROGRAMS, programs, "programs of the array"),
	COUNTER(ERASES, erases, "erases"),
	COUNTER(STATUS_READS, status_reads, "reads of status registers"),
	COUNTER(STATUS_WRITES, status_writes, "writes of status registers"),
	COUNTER(IGNORED, ignored, "frames that the chip ignored for a reason"),
	COUNTER(UNKNOWN, unknown, "frames with an opcode that the part does not have"),
	COUNTER(FAILED, failed, "programs and erases that left cells in the wrong state"),
	COUNTER(INTERRUPTED, interrupted, "operations that a reset or loss of supply ended"),
	COUNTER(BYTES_READ, bytes_read, "data bytes of reads"),
	COUNTER(BYTES_PROGRAMMED, bytes_programmed, "data bytes of programs"),
	COUNTER(BYTES_ERASED, bytes_erased, "bytes of completed erases"),
	COUNTER(BUSY_NS, busy_ns, "how long the chip was busy, ns"),
};

const char *
trace_reason_name(enum flash_outcome outcome)
{
	if (outcome == FLASH_DONE || outcome == FLASH_UNKNOWN_OPCODE)
		return NULL;
	return flash_outcome_name(outcome);
}

char *
trace_counter_name(enum trace_counter counter)
{
	const char *reason;

	if (counter >= TRACE_BY_OPCODE)
		return g_strdup_printf("%s%02X", by_opcode, counter - TRACE_BY_OPCODE);
	if (counter < TRACE_BY_REASON)
		return g_strdup(counters[counter].name);
	reason = trace_reason_name((enum flash_outcome)(counter - TRACE_BY_REASON));
	return reason != NULL ? g_strconcat(by_reason, reason, NULL) : NULL;
}

const char *
trace_counter_text(enum trace_counter counter)
{
	if (counter >= TRACE_BY_OPCODE)
		return NULL;
	if (counter >= TRACE_BY_REASON)
		return flash_outcome_string((enum flash_outcome)(counter - TRACE_BY_REASON));
	return counters[counter].text;
}

static enum trace_counter
find_opcode(const char *digits)
{
	if (strlen(digits) != 2 || !g_ascii_isxdigit(digits[0]) || !g_ascii_isxdigit(digits[1]))
		return TRACE_COUNTERS;
	return TRACE_BY_OPCODE +
		(enum trace_counter)(
			g_ascii_xdigit_value(digits[0]) * 16 + g_ascii_xdigit_value(digits[1]));
}

enum trace_counter
trace_counter_find(const char *name)
{
	if (g_str_has_prefix(name, by_opcode))
		return find_opcode(name + strlen(by_opcode));
	for (enum trace_counter i = 0; i < TRACE_BY_OPCODE; i++) {
		g_autofree char *known = trace_counter_name(i);

		if (known != NULL && strcmp(known, name) == 0)
			return i;
	}
	return TRACE_COUNTERS;
}

static uint64_t *
counter_of(struct trace_chip_stats *stats, enum trace_counter counter)
{
	if (counter >= TRACE_BY_OPCODE)
		return &stats->by_opcode[counter - TRACE_BY_OPCODE];
	if (counter >= TRACE_BY_REASON)
		return &stats->by_reason[counter - TRACE_BY_REASON];
	return (uint64_t *)(void *)((char *)stats + counters[counter].offset);
}

uint64_t
trace_chip_stats_value(const struct trace_chip_stats *stats, enum trace_counter counter)
{
	return *counter_of((struct trace_chip_stats *)stats, counter);
}

static enum trace_counter
counter_of_effect(enum flash_purpose purpose)
{
	switch (purpose) {
	case FLASH_FOR_READ:
		return TRACE_READS;
	case FLASH_FOR_PROGRAM:
		return TRACE_PROGRAMS;
	case FLASH_FOR_ERASE:
		return TRACE_ERASES;
	case FLASH_FOR_STATUS_READ:
		return TRACE_STATUS_READS;
	case FLASH_FOR_STATUS_WRITE:
		return TRACE_STATUS_WRITES;
	case FLASH_FOR_OTHER:
		break;
	}
	return TRACE_COUNTERS;
}

static unsigned int
counters_of_command(const struct flash_event *event, enum trace_counter *to)
{
	unsigned int n = 0;

	if (event->opcode >= 0) {
		to[n++] = TRACE_OPERATIONS;
		to[n++] = TRACE_BY_OPCODE + (enum trace_counter)(event->opcode & 0xff);
	}
	if (event->outcome == FLASH_UNKNOWN_OPCODE) {
		to[n++] = TRACE_UNKNOWN;
	} else if (event->outcome != FLASH_DONE) {
		to[n++] = TRACE_IGNORED;
		to[n++] = TRACE_BY_REASON + (enum trace_counter)event->outcome;
	} else if (counter_of_effect(event->purpose) != TRACE_COUNTERS) {
		to[n++] = counter_of_effect(event->purpose);
	}
	return n;
}

unsigned int
trace_counters_of(const struct flash_event *event, enum trace_counter to[TRACE_COUNTERS_OF_EVENT])
{
	unsigned int n = 0;

	switch (event->kind) {
	case FLASH_EVENT_COMMAND:
		return counters_of_command(event, to);
	case FLASH_EVENT_READY:
		if (event->outcome == FLASH_DONE)
			break;
		to[n++] = TRACE_FAILED;
		to[n++] = TRACE_BY_REASON + (enum trace_counter)event->outcome;
		break;
	case FLASH_EVENT_INTERRUPTED:
		to[n++] = TRACE_INTERRUPTED;
		break;
	case FLASH_EVENT_NONVOLATILE:
	case FLASH_EVENT_POWER:
		break;
	}
	return n;
}

static void
count_bytes(struct trace_chip_stats *stats, const struct flash_event *event)
{
	if (event->kind == FLASH_EVENT_READY && event->purpose == FLASH_FOR_ERASE)
		stats->bytes_erased += event->length;
	if (event->kind != FLASH_EVENT_COMMAND || event->outcome != FLASH_DONE)
		return;
	if (event->purpose == FLASH_FOR_READ)
		stats->bytes_read += event->length;
	else if (event->purpose == FLASH_FOR_PROGRAM)
		stats->bytes_programmed += event->length;
}

void
trace_chip_stats_count(struct trace_chip_stats *stats, const struct flash_event *event)
{
	enum trace_counter changed[TRACE_COUNTERS_OF_EVENT];
	unsigned int n = trace_counters_of(event, changed);

	for (unsigned int i = 0; i < n; i++)
		(*counter_of(stats, changed[i]))++;
	count_bytes(stats, event);
	if (event->kind == FLASH_EVENT_READY || event->kind == FLASH_EVENT_INTERRUPTED)
		stats->busy_ns += (uint64_t)event->busy_ns;
}
