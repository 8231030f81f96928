/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes the place of the C library's clock_gettime(), which GLib calls too. */
#include "wall.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static bool stopped;
static struct timespec stopped_at;

int
clock_gettime(clockid_t id, struct timespec *now)
{
	if (stopped && id == CLOCK_MONOTONIC) {
		*now = stopped_at;
		return 0;
	}
	return (int)syscall(SYS_clock_gettime, id, now);
}

void
wall_stop(void)
{
	clock_gettime(CLOCK_MONOTONIC, &stopped_at);
	stopped = true;
}

void
wall_advance(int64_t ns)
{
	ns += stopped_at.tv_nsec;
	stopped_at.tv_sec += ns / 1000000000;
	stopped_at.tv_nsec = ns % 1000000000;
}

unsigned int
wall_factor(void)
{
	const char *factor = getenv("TEST_TIME_FACTOR");
	unsigned long number = factor ? strtoul(factor, NULL, 10) : 1;

	return number >= 1 && number < 10000 ? (unsigned int)number : 1;
}

void
wall_scale_check(void)
{
	char factor[16];

	snprintf(factor, sizeof factor, "%u", wall_factor());
	setenv("CK_TIMEOUT_MULTIPLIER", factor, 0);
}
