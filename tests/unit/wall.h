/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wall clock of a test program. A test that stops it decides itself how much time passes: its
 * result does not depend on the speed of the machine.
 */
#ifndef SPINOR_TESTS_UNIT_WALL_H
#define SPINOR_TESTS_UNIT_WALL_H

#include <stdint.h>

/* Stops CLOCK_MONOTONIC, also for GLib and all threads, until the test ends. Not for tests that
 * wait in a main loop: its timers do not expire then. */
void wall_stop(void);

/* Advances the stopped clock by ns. */
void wall_advance(int64_t ns);

/* The factor of all time limits, 1 or more: TEST_TIME_FACTOR of the environment, see
 * tests/time-factor. */
unsigned int wall_factor(void);

/* Multiplies the time limits of Check by it. */
void wall_scale_check(void);

#define WALL_LIMIT_MS (60000 * wall_factor()) /* for hangs */

#endif
