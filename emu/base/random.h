/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seeded random numbers, equal on every machine. */
#ifndef SPINOR_BASE_RANDOM_H
#define SPINOR_BASE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct base_random {
	uint64_t state;
};

/* Each pair of seed and stream gives a different sequence. */
void base_random_init(struct base_random *random, uint64_t seed, uint64_t stream);

/* 64 random bits. */
uint64_t base_random_next(struct base_random *random);

/* The same as n calls of base_random_next(). */
void base_random_pass(struct base_random *random, uint64_t n);

/* From 0 up to, but not including, 1. */
double base_random_unit(struct base_random *random);

/* True with that probability (0..1). */
bool base_random_chance(struct base_random *random, double probability);

/* The number of trials that fail before the first success, each with that probability: 0 for 1 and
 * more, UINT64_MAX (never) for 0. One call instead of one per trial. */
uint64_t base_random_skip(struct base_random *random, double probability);

/* An exponentially distributed duration: mean (>= 0) on average, in the unit of mean, below 45
 * times mean. */
double base_random_duration(struct base_random *random, double mean);

#endif
