/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A time that comes again and again: from phase_ns on, the first share duty of each period.
 *
 *	______|==|_____|==|_____|==|___
 *	0     phase    |  |     |
 *	               '--' duty * period
 *	               '--------' period
 */
#ifndef SPINOR_BASE_PERIOD_H
#define SPINOR_BASE_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

struct base_period {
	int64_t period_ns; /* 0: always on */
	int64_t phase_ns;
	double duty; /* 0..1 */
};

/* True when it is on at now_ns; *until_ns (may be NULL): until when it stays so, INT64_MAX: for
 * ever. */
bool base_period_is_on(const struct base_period *period, int64_t now_ns, int64_t *until_ns);

/* How long it is on in [from_ns, to_ns). */
int64_t base_period_on_ns(const struct base_period *period, int64_t from_ns, int64_t to_ns);

/* When it has been on for on_ns (>= 0) since from_ns; INT64_MAX: never. */
int64_t base_period_after(const struct base_period *period, int64_t from_ns, int64_t on_ns);

/* The last time that it goes on in [from_ns, to_ns) and off by to_ns. False: there is none. */
bool base_period_last(const struct base_period *period, int64_t from_ns, int64_t to_ns,
	int64_t *on_ns, int64_t *off_ns);

#endif
