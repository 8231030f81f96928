/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "latency.h"

#include <glib.h>
#include <stdio.h>

static unsigned int
bucket_of(int64_t us)
{
	unsigned int bucket = 0;

	for (; us >= 2 * LATENCY_STEPS; us >>= 1)
		bucket += LATENCY_STEPS;
	return MIN(bucket + (unsigned int)us, LATENCY_BUCKETS - 1);
}

static int64_t
bucket_us(unsigned int bucket)
{
	unsigned int halvings = bucket < 2 * LATENCY_STEPS ? 0 : bucket / LATENCY_STEPS - 1;

	return (int64_t)(bucket - halvings * LATENCY_STEPS) << halvings;
}

void
latency_note(struct latency *latency, int64_t us)
{
	latency->count[bucket_of(us)]++;
	latency->max_us = MAX(latency->max_us, us);
}

void
latency_add(struct latency *sum, const struct latency *one)
{
	for (unsigned int i = 0; i < LATENCY_BUCKETS; i++)
		sum->count[i] += one->count[i];
	sum->max_us = MAX(sum->max_us, one->max_us);
}

void
latency_print(const struct latency *latency, const char *name)
{
	static const struct {
		const char *name;
		double share;
	} rows[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}};
	uint64_t all = 0;

	for (unsigned int i = 0; i < LATENCY_BUCKETS; i++)
		all += latency->count[i];
	for (size_t row = 0; row < G_N_ELEMENTS(rows); row++) {
		uint64_t rank = (uint64_t)((double)all * rows[row].share), below = 0;
		unsigned int bucket = 0;

		while (bucket < LATENCY_BUCKETS - 1 && below + latency->count[bucket] <= rank)
			below += latency->count[bucket++];
		printf("%s_%s_us %" G_GINT64_FORMAT "\n", name, rows[row].name, bucket_us(bucket));
	}
	printf("%s_max_us %" G_GINT64_FORMAT "\n", name, latency->max_us);
}
