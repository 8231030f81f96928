/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Seeded random numbers: SplitMix64, and the geometric and the exponential distribution.
 *
 * The logarithm is computed here: the C library's differs in the last bit from release to release,
 * and a seed has to give the same faults everywhere.
 *
 * Documents: G. Steele, D. Lea, C. Flood, Fast Splittable Pseudorandom Number Generators, 2014;
 * L. Devroye, Non-Uniform Random Variate Generation, 1986, X.2 (geometric distribution).
 */
#include "base/random.h"

#define GAMMA UINT64_C(0x9e3779b97f4a7c15)
#define LN_2 0.69314718055994530942

static uint64_t
mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void
base_random_init(struct base_random *random, uint64_t seed, uint64_t stream)
{
	random->state = mix(mix(seed + GAMMA) ^ mix(stream * GAMMA + 1));
}

uint64_t
base_random_next(struct base_random *random)
{
	return mix(random->state += GAMMA);
}

void
base_random_pass(struct base_random *random, uint64_t n)
{
	random->state += n * GAMMA;
}

double
base_random_unit(struct base_random *random)
{
	return (double)(base_random_next(random) >> 11) * 0x1p-53;
}

bool
base_random_chance(struct base_random *random, double probability)
{
	return base_random_unit(random) < probability;
}

/* ln x = ln m + e ln 2 with m near 1, and ln m = 2 (s + s^3/3 + s^5/5 + ...), s = (m-1)/(m+1). */
static double
logarithm(double x)
{
	int exponent = 0;
	double s, square, sum = 0;

	while (x < 0x1p-32) {
		x *= 0x1p32;
		exponent -= 32;
	}
	while (x < 0.75) {
		x *= 2;
		exponent--;
	}
	s = (x - 1) / (x + 1);
	square = s * s;
	for (int n = 23; n >= 1; n -= 2)
		sum = sum * square + 1.0 / n;
	return 2 * s * sum + exponent * LN_2;
}

/* -ln of a number from just above 0 up to 1. */
static double
exponential(struct base_random *random)
{
	return -logarithm(1 - base_random_unit(random));
}

uint64_t
base_random_skip(struct base_random *random, double probability)
{
	double per_trial, trials;

	if (probability <= 0)
		return UINT64_MAX;
	if (probability >= 1)
		return 0;
	/* 1 - p is not exact for a small p; the series is. */
	per_trial = probability < 1e-5 ? probability + probability * probability / 2
				       : -logarithm(1 - probability);
	trials = exponential(random) / per_trial;
	return trials < 0x1p63 ? (uint64_t)trials : UINT64_MAX;
}

double
base_random_duration(struct base_random *random, double mean)
{
	return mean * exponential(random);
}
