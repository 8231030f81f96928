/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A distribution of times in microseconds. */
#ifndef SPINOR_TESTS_SYSTEM_LATENCY_H
#define SPINOR_TESTS_SYSTEM_LATENCY_H

#include <stdint.h>

enum {
	/* Sixteen steps for each doubling of the time: a figure is right to 6 %. */
	LATENCY_STEPS = 16,
	LATENCY_BUCKETS = 40 * LATENCY_STEPS
};

struct latency {
	uint64_t count[LATENCY_BUCKETS];
	int64_t max_us;
};

void latency_note(struct latency *latency, int64_t us);
void latency_add(struct latency *sum, const struct latency *one);

/* Prints the times below which 50, 90, 99 and 99.9 % are, and the longest, a line each:
 * NAME_p50_us VALUE and so on. */
void latency_print(const struct latency *latency, const char *name);

#endif
