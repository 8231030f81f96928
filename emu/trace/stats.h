/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of a chip's operations. */
#ifndef SPINOR_TRACE_STATS_H
#define SPINOR_TRACE_STATS_H

#include "flash/flash.h"

#include <glib.h>
#include <stdint.h>

/* All since the start or the last reset. */
struct trace_chip_stats {
	uint64_t operations; /* frames with an opcode, with or without effect */
	uint64_t reads; /* of the array; this and the next four count only frames with effect */
	uint64_t programs;
	uint64_t erases;
	uint64_t status_reads;
	uint64_t status_writes;
	uint64_t ignored;     /* frames that the chip ignored for a reason: by_reason */
	uint64_t unknown;     /* frames with an opcode that the part does not have */
	uint64_t failed;      /* operations that ended and left cells not erased or programmed */
	uint64_t interrupted; /* operations that a reset or a loss of supply ended */
	uint64_t bytes_read;
	uint64_t bytes_programmed;          /* data bytes of these frames */
	uint64_t bytes_erased;              /* by completed erases */
	uint64_t busy_ns;                   /* of completed and interrupted operations */
	uint64_t by_reason[FLASH_OUTCOMES]; /* of ignored and failed */
	uint64_t by_opcode[256];
};

/* The counters: those of the struct, those by reason and those by opcode. */
enum trace_counter {
	TRACE_OPERATIONS,
	TRACE_READS,
	TRACE_PROGRAMS,
	TRACE_ERASES,
	TRACE_STATUS_READS,
	TRACE_STATUS_WRITES,
	TRACE_IGNORED,
	TRACE_UNKNOWN,
	TRACE_FAILED,
	TRACE_INTERRUPTED,
	TRACE_BYTES_READ,
	TRACE_BYTES_PROGRAMMED,
	TRACE_BYTES_ERASED,
	TRACE_BUSY_NS,
	TRACE_BY_REASON,
	TRACE_BY_OPCODE = TRACE_BY_REASON + FLASH_OUTCOMES,
	TRACE_COUNTERS = TRACE_BY_OPCODE + 256,
};

/* Their name: "erases", "by_reason.wel", "by_opcode.20". NULL for a by_reason counter that counts
 * nothing. Free with g_free(). */
char *trace_counter_name(enum trace_counter counter);

/* The meaning of the counter, in a few words. NULL: a by_opcode counter. */
const char *trace_counter_text(enum trace_counter counter);

/* The counter of that name; the digits of an opcode may be of either case. TRACE_COUNTERS: there is
 * none. */
enum trace_counter trace_counter_find(const char *name);

/* The name of a reason that by_reason counts; NULL: it does not count this outcome. */
const char *trace_reason_name(enum flash_outcome outcome);

uint64_t trace_chip_stats_value(const struct trace_chip_stats *stats, enum trace_counter counter);

/* The most counters that one event adds 1 to. */
#define TRACE_COUNTERS_OF_EVENT 4

/* The counters that an event adds 1 to. Returns their number. */
unsigned int trace_counters_of(
	const struct flash_event *event, enum trace_counter counters[TRACE_COUNTERS_OF_EVENT]);

/* Adds one event of the chip to stats. */
void trace_chip_stats_count(struct trace_chip_stats *stats, const struct flash_event *event);

#endif
