/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a host tool sleep in its busy waits. flashrom waits by reading the clock in a loop, also in
 * the first second of each run; a few such processes take all processors. Preloaded, this library
 * returns the same clock. If the process does nothing but read the clock, each call sleeps for a
 * sixteenth of the time waited so far, at most a few ms: what looks like one wait may be many short
 * ones, and none must become much longer.
 */
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	PATIENCE_NS = 200000, /* shorter waits are polls of a busy chip */
	NAP_NS = 5000000,
	PAUSE_NS = 20000 /* between two calls: the process did other work */
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
