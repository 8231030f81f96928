/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time that chips and adapters live in: nanoseconds since the clock was made. */
#ifndef SPINOR_BASE_CLOCK_H
#define SPINOR_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How simulated time relates to the wall:
 * VIRTUAL  the wall clock plus everything that was skipped; skipping costs no real time
 * INSTANT  only what was skipped: the wall never enters, so equal input gives equal times
 * REAL     the wall clock, or a multiple of it; what is skipped has to be waited for (see
 *          sim_clock_debt())
 */
enum sim_clock_mode {
	SIM_CLOCK_VIRTUAL,
	SIM_CLOCK_INSTANT,
	SIM_CLOCK_REAL,
};

struct sim_clock {
	enum sim_clock_mode mode;
	int64_t origin_ns; /* CLOCK_MONOTONIC when the clock was made */
	int64_t skipped_ns;
	int64_t due_ns;     /* REAL: simulated time reached so far; the wall may lag behind it */
	unsigned int scale; /* REAL: thousandths of simulated time for each of the wall's */
};

/* Starts the clock at 0. */
void sim_clock_init(struct sim_clock *clock, enum sim_clock_mode mode);

#define SIM_CLOCK_SCALE_ONE 1000 /* as on the wall */

/* REAL: time passes scale / 1000 times as fast as on the wall, 100 to 1000000. For a new clock. */
void sim_clock_set_scale(struct sim_clock *clock, unsigned int scale);

/* "10" or "0.5" to such a scale; false unless it is a number from 0.1 to 1000 with at most three
 * decimals. */
bool sim_clock_scale_from_string(const char *text, unsigned int *scale);

/* Simulated time in ns; never goes back. */
int64_t sim_clock_now(const struct sim_clock *clock);

/* Lets ns (>= 0) of simulated time pass at once. */
void sim_clock_skip(struct sim_clock *clock, int64_t ns);

/* All that has been skipped: what has passed without what the wall has added, in any mode. */
int64_t sim_clock_skipped(const struct sim_clock *clock);

/* REAL: how many ns of wall time must pass until the wall has caught up with what was skipped.
 * 0 in the other modes. */
int64_t sim_clock_debt(const struct sim_clock *clock);

/* "virtual", "instant" or "real" to a mode; false when it is none of them. */
bool sim_clock_mode_from_string(const char *text, enum sim_clock_mode *mode);

#endif
