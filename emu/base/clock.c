/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Simulated time: the wall clock (CLOCK_MONOTONIC), the skipped time, or their sum. Leaves out
 * waiting: in REAL mode the clock only reports how far the wall lags behind, and the owner of a
 * main loop waits.
 *
 * A thread can hold the wall: a record of a session has one time for each call of the port, and the
 * model then sees the same time when the session is replayed.
 */
#include "base/clock.h"

#include <string.h>
#include <time.h>

/* Sums stop here, so that the wall can still be added: 146 years. */
#define LATEST_NS (INT64_MAX / 2)

/* The wall as this thread sees it. */
static __thread unsigned int holds;
static __thread int64_t held_ns;

static int64_t
monotonic_ns(void)
{
	struct timespec ts;

	if (holds > 0)
		return held_ns;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t
base_wall_ns(void)
{
	return monotonic_ns();
}

int64_t
base_wall_us(void)
{
	return monotonic_ns() / 1000;
}

int64_t
base_wall_hold(void)
{
	int64_t now_ns = monotonic_ns();

	base_wall_hold_at(now_ns);
	return held_ns;
}

void
base_wall_hold_at(int64_t ns)
{
	if (holds++ == 0)
		held_ns = ns;
}

void
base_wall_release(void)
{
	holds--;
}

/* In simulated ns. A thousand years on the fastest clock would be too long; it stops before. */
static int64_t
wall_ns(const struct base_clock *clock)
{
	int64_t ns = monotonic_ns() - clock->origin_ns;
	int64_t scaled;

	if (clock->scale == BASE_CLOCK_SCALE_ONE)
		return ns;
	if (__builtin_mul_overflow(ns / 1000, (int64_t)clock->scale, &scaled))
		return LATEST_NS;
	scaled += ns % 1000 * clock->scale / 1000;
	return scaled < LATEST_NS ? scaled : LATEST_NS;
}

static int64_t
add_ns(int64_t a, int64_t b)
{
	return b > LATEST_NS - a ? LATEST_NS : a + b;
}

void
base_clock_init(struct base_clock *clock, enum base_clock_mode mode)
{
	*clock = (struct base_clock){
		.mode = mode, .origin_ns = monotonic_ns(), .scale = BASE_CLOCK_SCALE_ONE};
}

int64_t
base_clock_now(const struct base_clock *clock)
{
	switch (clock->mode) {
	case BASE_CLOCK_INSTANT:
		return clock->skipped_ns;
	case BASE_CLOCK_REAL: {
		int64_t wall = wall_ns(clock);

		return wall > clock->due_ns ? wall : clock->due_ns;
	}
	case BASE_CLOCK_VIRTUAL:
		break;
	}
	return wall_ns(clock) + clock->skipped_ns;
}

void
base_clock_skip(struct base_clock *clock, int64_t ns)
{
	if (ns <= 0)
		return;
	if (clock->mode == BASE_CLOCK_REAL)
		clock->due_ns = add_ns(base_clock_now(clock), ns);
	clock->skipped_ns = add_ns(clock->skipped_ns, ns);
}

int64_t
base_clock_skipped(const struct base_clock *clock)
{
	return clock->skipped_ns;
}

int64_t
base_clock_debt(const struct base_clock *clock)
{
	int64_t debt;

	if (clock->mode != BASE_CLOCK_REAL || clock->due_ns == 0)
		return 0;
	debt = clock->due_ns - wall_ns(clock);
	if (debt <= 0)
		return 0;
	if (clock->scale == BASE_CLOCK_SCALE_ONE)
		return debt;
	/* Rounded up, so that no debt is left after a wait of that length. */
	return debt / clock->scale * BASE_CLOCK_SCALE_ONE +
		(debt % clock->scale * BASE_CLOCK_SCALE_ONE + clock->scale - 1) / clock->scale;
}

void
base_clock_set_scale(struct base_clock *clock, unsigned int scale)
{
	clock->scale = scale;
}

bool
base_clock_scale_from_string(const char *text, unsigned int *scale)
{
	unsigned int thousandths = 0;
	unsigned int unit = BASE_CLOCK_SCALE_ONE;
	size_t whole = strspn(text, "0123456789");

	if (whole == 0 || whole > 4)
		return false;
	for (; whole > 0; whole--, text++)
		thousandths = thousandths * 10 + (unsigned int)(*text - '0') * BASE_CLOCK_SCALE_ONE;
	if (*text == '.' && text[1] != '\0')
		text++;
	for (; *text >= '0' && *text <= '9' && unit > 1; text++) {
		unit /= 10;
		thousandths += (unsigned int)(*text - '0') * unit;
	}
	if (*text != '\0' || thousandths < 100 || thousandths > 1000 * BASE_CLOCK_SCALE_ONE)
		return false;
	*scale = thousandths;
	return true;
}

bool
base_clock_mode_from_string(const char *text, enum base_clock_mode *mode)
{
	static const char *const names[] = {
		[BASE_CLOCK_VIRTUAL] = "virtual",
		[BASE_CLOCK_INSTANT] = "instant",
		[BASE_CLOCK_REAL] = "real",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) == 0) {
			*mode = (enum base_clock_mode)i;
			return true;
		}
	}
	return false;
}
