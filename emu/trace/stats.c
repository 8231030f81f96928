/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of one chip, incremented by its events. The purpose of a command comes from the engine's
 * command rows; this file knows no opcodes. Leaves out activity on the wires outside of frames, and
 * reads and programs of security registers, which count as operations only.
 */
#include "trace/stats.h"

#include "flash/flash.h"

static void
count_effect(struct trace_chip_stats *stats, const struct flash_event *event)
{
	switch (event->purpose) {
	case FLASH_FOR_READ:
		stats->reads++;
		stats->bytes_read += event->length;
		break;
	case FLASH_FOR_PROGRAM:
		stats->programs++;
		stats->bytes_programmed += event->length;
		break;
	case FLASH_FOR_ERASE:
		stats->erases++;
		break;
	case FLASH_FOR_STATUS_READ:
		stats->status_reads++;
		break;
	case FLASH_FOR_STATUS_WRITE:
		stats->status_writes++;
		break;
	case FLASH_FOR_OTHER:
		break;
	}
}

static void
count_command(struct trace_chip_stats *stats, const struct flash_event *event)
{
	if (event->opcode >= 0) {
		stats->operations++;
		stats->by_opcode[event->opcode & 0xff]++;
	}
	if (event->outcome == FLASH_DONE)
		count_effect(stats, event);
	else
		stats->ignored++;
}

void
trace_chip_stats_count(struct trace_chip_stats *stats, const struct flash_event *event)
{
	switch (event->kind) {
	case FLASH_EVENT_COMMAND:
		count_command(stats, event);
		break;
	case FLASH_EVENT_READY:
		if (event->purpose == FLASH_FOR_ERASE)
			stats->bytes_erased += event->length;
		stats->busy_ns += (uint64_t)event->busy_ns;
		break;
	case FLASH_EVENT_INTERRUPTED:
		stats->busy_ns += (uint64_t)event->busy_ns;
		break;
	case FLASH_EVENT_NONVOLATILE:
	case FLASH_EVENT_POWER:
		break;
	}
}
