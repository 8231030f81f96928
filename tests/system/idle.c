/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a host tool sleep where it spins. flashrom waits by asking for the time over and over, the
 * first second of each run among it; a few of those at a time leave nothing of a machine for those
 * that work. Preloaded, this answers the same clock, but sleeps a sixteenth of what has passed
 * already once somebody asks for nothing else, so a wait is longer by no more than that, nor by
 * more than a few ms: what looks like one wait may be many short ones.
 */
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	PATIENCE_NS = 200000, /* shorter waits are polls of a busy chip */
	NAP_NS = 5000000,
	PAUSE_NS = 20000 /* between two questions: something else was done */
};

static int64_t
ask(clockid_t clock, struct timespec *now)
{
	if (syscall(SYS_clock_gettime, clock, now) != 0)
		return -1;
	return now->tv_sec * INT64_C(1000000000) + now->tv_nsec;
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	static int64_t begin, last;
	int64_t ns = ask(clock, now);

	if (ns < 0)
		return -1;
	if (ns - last > PAUSE_NS || ns < last)
		begin = ns;
	if (ns - begin > PATIENCE_NS) {
		int64_t nap_ns = (ns - begin) / 16;

		nanosleep(&(struct timespec){.tv_nsec = nap_ns < NAP_NS ? nap_ns : NAP_NS}, NULL);
		ns = ask(clock, now);
	}
	last = ns;
	return 0;
}
