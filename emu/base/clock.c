/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Simulated time: the wall clock (CLOCK_MONOTONIC), what was skipped, or both. Leaves out: waiting.
 * In REAL mode the clock only says how far the wall lags behind; whoever owns a main loop waits.
 */
#include "base/clock.h"

#include <string.h>
#include <time.h>

/* Sums stop here, so that the wall can still be added: 146 years. */
#define LATEST_NS (INT64_MAX / 2)

static int64_t
monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int64_t
wall_ns(const struct sim_clock *clock)
{
	return monotonic_ns() - clock->origin_ns;
}

static int64_t
add_ns(int64_t a, int64_t b)
{
	return b > LATEST_NS - a ? LATEST_NS : a + b;
}

void
sim_clock_init(struct sim_clock *clock, enum sim_clock_mode mode)
{
	*clock = (struct sim_clock){.mode = mode, .origin_ns = monotonic_ns()};
}

int64_t
sim_clock_now(const struct sim_clock *clock)
{
	switch (clock->mode) {
	case SIM_CLOCK_INSTANT:
		return clock->skipped_ns;
	case SIM_CLOCK_REAL: {
		int64_t wall = wall_ns(clock);

		return wall > clock->due_ns ? wall : clock->due_ns;
	}
	case SIM_CLOCK_VIRTUAL:
		break;
	}
	return wall_ns(clock) + clock->skipped_ns;
}

void
sim_clock_skip(struct sim_clock *clock, int64_t ns)
{
	if (ns <= 0)
		return;
	if (clock->mode == SIM_CLOCK_REAL)
		clock->due_ns = add_ns(sim_clock_now(clock), ns);
	else
		clock->skipped_ns = add_ns(clock->skipped_ns, ns);
}

int64_t
sim_clock_debt(const struct sim_clock *clock)
{
	int64_t debt;

	if (clock->mode != SIM_CLOCK_REAL || clock->due_ns == 0)
		return 0;
	debt = clock->due_ns - wall_ns(clock);
	return debt > 0 ? debt : 0;
}

bool
sim_clock_mode_from_string(const char *text, enum sim_clock_mode *mode)
{
	static const char *const names[] = {
		[SIM_CLOCK_VIRTUAL] = "virtual",
		[SIM_CLOCK_INSTANT] = "instant",
		[SIM_CLOCK_REAL] = "real",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) == 0) {
			*mode = (enum sim_clock_mode)i;
			return true;
		}
	}
	return false;
}
