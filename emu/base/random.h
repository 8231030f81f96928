/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seeded random numbers for what a model leaves to chance; equal on every machine. */
#ifndef SPINOR_BASE_RANDOM_H
#define SPINOR_BASE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct base_random {
	uint64_t state;
};

/* Any two of seed and stream give a sequence of their own. */
void base_random_init(struct base_random *random, uint64_t seed, uint64_t stream);

/* 64 random bits. */
uint64_t base_random_next(struct base_random *random);

/* From 0 up to, but not including, 1. */
double base_random_unit(struct base_random *random);

/* True with that probability (0..1). */
bool base_random_chance(struct base_random *random, double probability);

/* How many trials fail before the first that succeeds, each with that probability: 0 from 1
 * upwards, UINT64_MAX (never) at 0. One call instead of one per trial. */
uint64_t base_random_skip(struct base_random *random, double probability);

/* How long something lasts that ends at any moment with the same probability: mean (>= 0) on
 * average, in the unit of mean, below 45 times mean. */
double base_random_duration(struct base_random *random, double mean);

#endif
