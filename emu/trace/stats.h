/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hosts made the chips do, counted. */
#ifndef SPINOR_TRACE_STATS_H
#define SPINOR_TRACE_STATS_H

#include <stdint.h>

struct flash_event;

/* Since the start, or the last reset. */
struct trace_chip_stats {
	uint64_t operations; /* frames with an opcode, whatever became of them */
	uint64_t reads;      /* of the array; these five: that had an effect */
	uint64_t programs;
	uint64_t erases;
	uint64_t status_reads;
	uint64_t status_writes;
	uint64_t ignored; /* frames that the chip left without effect */
	uint64_t bytes_read;
	uint64_t bytes_programmed;
	uint64_t bytes_erased; /* by erases that have finished */
	uint64_t busy_ns;      /* of operations that have ended */
	uint64_t by_opcode[256];
};

void trace_chip_stats_count(struct trace_chip_stats *stats, const struct flash_event *event);

#endif
