/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time of chips and adapters: nanoseconds since the clock was created. */
#ifndef SPINOR_BASE_CLOCK_H
#define SPINOR_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How simulated time relates to the wall:
 * VIRTUAL  the wall clock plus all skipped time; skipping takes no real time
 * INSTANT  only the skipped time: independent of the wall, so equal input gives equal times
 * REAL     the wall clock, or a multiple of it; the owner has to wait for skipped time (see
 *          base_clock_debt())
 */
enum base_clock_mode {
	BASE_CLOCK_VIRTUAL,
	BASE_CLOCK_INSTANT,
	BASE_CLOCK_REAL,
};

struct base_clock {
	enum base_clock_mode mode;
	int64_t origin_ns; /* CLOCK_MONOTONIC when the clock was created */
	int64_t skipped_ns;
	int64_t due_ns;     /* REAL: simulated time reached so far; the wall may lag behind it */
	unsigned int scale; /* REAL: thousandths of simulated time for each of the wall's */
};

/* Starts the clock at 0. */
void base_clock_init(struct base_clock *clock, enum base_clock_mode mode);

#define BASE_CLOCK_SCALE_ONE 1000 /* as on the wall */

/* REAL: time passes scale / 1000 times as fast as on the wall, 100 to 1000000. For a new clock. */
void base_clock_set_scale(struct base_clock *clock, unsigned int scale);

/* "10" or "0.5" to such a scale; false unless it is a number from 0.1 to 1000 with at most three
 * decimals. */
bool base_clock_scale_from_string(const char *text, unsigned int *scale);

/* Simulated time in ns; never goes back. */
int64_t base_clock_now(const struct base_clock *clock);

/* Lets ns (>= 0) of simulated time pass at once. */
void base_clock_skip(struct base_clock *clock, int64_t ns);

/* The sum of all skipped time, without the time of the wall, in any mode. */
int64_t base_clock_skipped(const struct base_clock *clock);

/* REAL: the wall time in ns until the wall has caught up with the skipped time. 0 in the other
 * modes. */
int64_t base_clock_debt(const struct base_clock *clock);

/* CLOCK_MONOTONIC, or the time at which this thread holds it. */
int64_t base_wall_ns(void);
int64_t base_wall_us(void);

/*
 * Stops the wall for this thread, now or at that time, until base_wall_release(); returns the time.
 * Calls nest: only the first one sets the time.
 */
int64_t base_wall_hold(void);
void base_wall_hold_at(int64_t ns);
void base_wall_release(void);

/* "virtual", "instant" or "real" to a mode; false when it is none of them. */
bool base_clock_mode_from_string(const char *text, enum base_clock_mode *mode);

#endif
