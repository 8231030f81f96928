/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times that come again and again: which of them are before, at or after a given one. */
#include "base/period.h"

#include <glib.h>

/* The part of a period in which it is on. */
static int64_t
on_part(const struct base_period *period)
{
	return (int64_t)(period->duty * (double)period->period_ns);
}

bool
base_period_is_on(const struct base_period *period, int64_t now_ns, int64_t *until_ns)
{
	const int64_t part = on_part(period), since = now_ns - period->phase_ns;
	int64_t until = INT64_MAX;
	bool on = period->period_ns == 0 || part == period->period_ns;

	if (period->period_ns > 0 && since < 0) {
		until = part > 0 ? period->phase_ns : INT64_MAX;
		on = false;
	} else if (!on && part > 0) {
		int64_t at = since % period->period_ns;

		on = at < part;
		until = now_ns - at + (on ? part : period->period_ns);
	}
	if (until_ns)
		*until_ns = until;
	return on;
}

/* The same from 0 to now_ns after the phase. */
static int64_t
on_since_phase(const struct base_period *period, int64_t since_ns)
{
	const int64_t part = on_part(period);

	if (since_ns <= 0)
		return 0;
	return since_ns / period->period_ns * part + MIN(since_ns % period->period_ns, part);
}

int64_t
base_period_on_ns(const struct base_period *period, int64_t from_ns, int64_t to_ns)
{
	if (to_ns <= from_ns)
		return 0;
	if (period->period_ns == 0)
		return to_ns - from_ns;
	return on_since_phase(period, to_ns - period->phase_ns) -
		on_since_phase(period, from_ns - period->phase_ns);
}

int64_t
base_period_after(const struct base_period *period, int64_t from_ns, int64_t on_ns)
{
	const int64_t part = on_part(period);
	int64_t on;

	if (period->period_ns == 0)
		return from_ns + on_ns;
	if (part == 0)
		return INT64_MAX;
	on = on_since_phase(period, from_ns - period->phase_ns) + on_ns;
	return period->phase_ns + on / part * period->period_ns + on % part;
}

bool
base_period_last(const struct base_period *period, int64_t from_ns, int64_t to_ns, int64_t *on_ns,
	int64_t *off_ns)
{
	const int64_t part = on_part(period);
	int64_t since = to_ns - period->phase_ns - part;

	if (period->period_ns == 0 || part == 0 || part == period->period_ns || since < 0)
		return false;
	*on_ns = period->phase_ns + since / period->period_ns * period->period_ns;
	*off_ns = *on_ns + part;
	return *on_ns >= from_ns && *on_ns < to_ns;
}
