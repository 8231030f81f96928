/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of a chip's operations. */
#ifndef SPINOR_TRACE_STATS_H
#define SPINOR_TRACE_STATS_H

#include <stdint.h>

struct flash_event;

/* All since the start or the last reset. */
struct trace_chip_stats {
	uint64_t operations; /* frames with an opcode, with or without effect */
	uint64_t reads; /* of the array; this and the next four count only frames with effect */
	uint64_t programs;
	uint64_t erases;
	uint64_t status_reads;
	uint64_t status_writes;
	uint64_t ignored; /* frames that the chip ignored */
	uint64_t bytes_read;
	uint64_t bytes_programmed; /* data bytes of these frames */
	uint64_t bytes_erased;     /* by completed erases */
	uint64_t busy_ns;          /* of completed and interrupted operations */
	uint64_t by_opcode[256];
};

/* Adds one event of the chip to stats. */
void trace_chip_stats_count(struct trace_chip_stats *stats, const struct flash_event *event);

#endif
