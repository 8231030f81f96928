/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A contact that opens now and then: closed and open, without memory of how long it has been so.
 *
 *            probability per bit, or per us
 *   closed  --------------------------------->  open
 *           <---------------------------------
 *              open_ns later, on average
 *
 * Per bit: it opens only while clocks go by. Per us: between frames as well, as one that vibrates.
 * While it is open the line is as with CLIP_OPEN: what that does to the chip follows from the nets.
 */
#include "clip/internal.h"

#include "base/clock.h"

/* Changes between two looks that are followed one by one; older ones leave no trace. */
#define PASS_MAX 1000

double
contact_rate(const struct clip *clip, const struct fault *fault)
{
	if (fault->as.per_us > 0)
		return MIN(1, fault->as.per_us * 1e6 / clip->hz);
	return fault->as.rate;
}

uint64_t
contact_left(const struct clip *clip, const struct fault *fault, int64_t now_ns)
{
	if (fault->change_ns <= now_ns)
		return 0;
	return (uint64_t)((double)(fault->change_ns - now_ns) * clip->hz / NS_PER_S);
}

static int64_t
lasts_ns(struct fault *fault)
{
	return 1 + (int64_t)sim_random_duration(&fault->random, (double)fault->as.open_ns);
}

bool
contact_pass(struct clip *clip, struct fault *fault)
{
	int64_t now = sim_clock_now(clip->clock);
	bool was_open = fault->open;
	const double closed_ns = fault->as.per_us > 0 ? 1000 / fault->as.per_us : 0;

	if (!fault->in_force) {
		fault->open = false;
		fault->change_ns = now;
		fault->rate = RATE_UNKNOWN;
		return was_open;
	}
	for (int i = 0; i < PASS_MAX; i++) {
		if (fault->open) {
			if (fault->change_ns > now)
				break;
			fault->open = false;
			fault->rate = RATE_UNKNOWN;
		} else {
			double closed = closed_ns > 0 && fault->change_ns < now
				? sim_random_duration(&fault->random, closed_ns)
				: (double)INT64_MAX;

			if (closed >= (double)(now - fault->change_ns))
				break;
			fault->change_ns += (int64_t)closed + lasts_ns(fault);
			fault->open = true;
		}
	}
	if (!fault->open)
		fault->change_ns = now;
	return fault->open != was_open;
}

void
contact_clocked(struct clip *clip)
{
	GPtrArray *faults = clip->faulty->faults;

	for (guint i = 0; i < faults->len; i++) {
		struct fault *fault = g_ptr_array_index(faults, i);

		if (fault->as.what == CLIP_CONTACT && !fault->open)
			fault->change_ns = sim_clock_now(clip->clock);
	}
}

void
contact_toggle(struct clip *clip, struct fault *fault, unsigned int bit, int64_t now_ns)
{
	fault->open = !fault->open;
	if (!fault->open) {
		fault->change_ns = now_ns;
		fault->left = sim_random_skip(&fault->random, fault->rate);
		return;
	}
	fault->change_ns = now_ns + lasts_ns(fault);
	fault->left = contact_left(clip, fault, now_ns);
	fault->told = true;
	/* What the line is without the contact. */
	lines_derive(clip);
	trigger_acted(clip, fault, bit, fault->as.line,
		lines_level(clip,
			NODE(fault->as.line == CLIP_MISO ? CLIP_HOST : CLIP_CHIP, fault->as.line),
			1 << CLIP_MISO));
}
