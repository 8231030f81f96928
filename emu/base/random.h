/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seeded random numbers for what a model leaves to chance; equal on every machine. */
#ifndef SPINOR_BASE_RANDOM_H
#define SPINOR_BASE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct sim_random {
	uint64_t state;
};

/* Any two of seed and stream give a sequence of their own. */
void sim_random_init(struct sim_random *random, uint64_t seed, uint64_t stream);

/* 64 random bits. */
uint64_t sim_random_next(struct sim_random *random);

/* From 0 up to, but not including, 1. */
double sim_random_unit(struct sim_random *random);

/* True with that probability (0..1). */
bool sim_random_chance(struct sim_random *random, double probability);

/* How many trials fail before the first that succeeds, each with that probability: 0 from 1
 * upwards, UINT64_MAX (never) at 0. One call instead of one per trial. */
uint64_t sim_random_skip(struct sim_random *random, double probability);

/* How long something lasts that ends at any moment with the same probability: mean (>= 0) on
 * average, in the unit of mean, below 45 times mean. */
double sim_random_duration(struct sim_random *random, double mean);

#endif
