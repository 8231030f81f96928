/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An intermittent contact: closed or open, without memory of how long it has been so.
 *
 *            probability per bit, or per us
 *   closed  --------------------------------->  open
 *           <---------------------------------
 *              open_ns later, on average
 *
 * Per bit: it opens only while there are clocks. Per us: also between frames, as with vibration.
 * While it is open the line is as with CLIP_OPEN: the effect on the chip follows from the nets.
 *
 * A short loss of supply, or a RESET#, also affects an idle chip. So the changes of such contacts
 * are replayed at the next evaluation: the first FOLLOWED_MAX one by one, each at its time. Later
 * ones have no further effect: only their number and the last one are drawn, by their distribution
 * after such a time. Contacts of other lines matter only in a frame: only their state is kept.
 */
#include "clip/internal.h"

#include "base/clock.h"

/* Changes that the chips see one by one. */
#define FOLLOWED_MAX 64

/* Changes between two looks that are followed one by one; older ones have no effect. */
#define PASS_MAX 1000

void
clip_contact_init(struct clip_fault *fault)
{
	fault->rate = 1e-6;
	fault->open_ns = 100000;
}

const char *
clip_contact_check(const struct clip_fault *fault)
{
	if (!(fault->per_us >= 0 && fault->per_us <= 1) || (fault->rate > 0 && fault->per_us > 0))
		return "a contact takes a rate per bit or per us, 0 to 1";
	return fault->open_ns > 0 ? NULL : "a contact has to be open for more than 0 ns";
}

/* Bits until it closes. */
static uint64_t
bits_left(const struct clip *clip, const struct clip_active_fault *fault, int64_t now_ns)
{
	if (fault->change_ns <= now_ns)
		return 0;
	return (uint64_t)((double)(fault->change_ns - now_ns) * clip->hz / NS_PER_S);
}

void
clip_contact_hold(struct clip *clip, struct clip_active_fault *fault)
{
	if (fault->open)
		fault->left = bits_left(clip, fault, base_clock_now(clip->clock));
	else if (fault->as.per_us > 0)
		clip_wires_set_rate(fault, MIN(1, fault->as.per_us * 1e6 / clip->hz));
	else
		clip_wires_set_rate(fault, fault->as.rate);
}

bool
clip_contact_shows(const struct clip_active_fault *fault, bool reads)
{
	(void)reads;
	return fault->open;
}

static int64_t
lasts_ns(struct clip_active_fault *fault)
{
	return 1 + (int64_t)base_random_duration(&fault->base.random, (double)fault->as.open_ns);
}

/* The average time for which it stays closed; 0: it opens with clocks only. */
static double
closed_ns(const struct clip_active_fault *fault)
{
	return fault->as.per_us > 0 ? 1000 / fault->as.per_us : 0;
}

static bool
is_followed(const struct clip *clip, const struct clip_active_fault *fault)
{
	enum clip_line line = fault->as.line;

	if (!fault->row->opens || (line != CLIP_VCC && line != CLIP_GND && line != CLIP_HOLD))
		return false;
	if (!clip_wires_meet(clip, fault))
		return false;
	return clip->faulty->frame.open ? fault->in_force : !clip_trigger_needs_frame(fault);
}

/* The time in which it can open since its last evaluation: [*from, *to). */
static void
window(const struct clip_active_fault *fault, int64_t now_ns, int64_t *from, int64_t *to)
{
	const struct base_fault_when *when = &fault->as.when;

	*from = MAX(fault->change_ns, when->from_ns);
	*to = when->to_ns ? MIN(now_ns, when->to_ns) : now_ns;
}

/* The time of its next change; INT64_MAX: none up to now. */
static int64_t
next_change(struct clip_active_fault *fault, int64_t now_ns)
{
	double closed = closed_ns(fault);
	int64_t from, to, on;

	if (fault->open)
		return fault->change_ns <= now_ns ? fault->change_ns : INT64_MAX;
	window(fault, now_ns, &from, &to);
	on = base_period_on_ns(&fault->as.cycle, from, to);
	if (closed <= 0 || on <= 0 || base_fault_acts_left(&fault->base) == 0)
		return INT64_MAX;
	closed = base_random_duration(&fault->base.random, closed);
	return closed < (double)on ? base_period_after(&fault->as.cycle, from, (int64_t)closed)
				   : INT64_MAX;
}

static void
show(struct clip *clip, struct clip_active_fault *fault, bool open, int64_t at_ns)
{
	/* Also in a time window that began or ended since the last evaluation. */
	fault->in_force = true;
	fault->open = open;
	fault->change_ns = at_ns;
	fault->rate = RATE_UNKNOWN;
	clip_lines_derive(clip);
	clip_lines_show_at(clip, at_ns);
}

static void
report(struct clip *clip, struct clip_active_fault *fault, int64_t at_ns)
{
	fault->told = true;
	fault->base.matched++;
	clip_trigger_acted_at(clip, fault, at_ns,
		clip_lines_level(clip, NODE(CLIP_CHIP, fault->as.line), 1 << CLIP_MISO));
}

static void
open_at(struct clip *clip, struct clip_active_fault *fault, int64_t at_ns)
{
	show(clip, fault, true, at_ns);
	fault->change_ns = at_ns + lasts_ns(fault);
	report(clip, fault, at_ns);
}

/* The rest of a long time: draws how often it has opened, when it did last, and its state. */
static void
leap(struct clip *clip, struct clip_active_fault *fault, int64_t now_ns)
{
	const double closed = closed_ns(fault), cycle = closed + (double)fault->as.open_ns;
	uint64_t left = base_fault_acts_left(&fault->base), n;
	int64_t from, to, on, closes;

	if (fault->open || closed <= 0 || left == 0)
		return;
	window(fault, now_ns, &from, &to);
	on = base_period_on_ns(&fault->as.cycle, from, to);
	if (on <= 0)
		return;
	n = (uint64_t)((double)on / cycle + base_random_unit(&fault->base.random));
	if (n == 0)
		return;
	n = MIN(n, left);
	base_fault_acted(&fault->base, n - 1);
	fault->base.matched += n - 1;
	if (n < left && to == now_ns && base_period_is_on(&fault->as.cycle, now_ns, NULL) &&
		base_random_chance(&fault->base.random, (double)fault->as.open_ns / cycle)) {
		open_at(clip, fault, now_ns);
		return;
	}
	closes = n < left ? MAX(0, on - (int64_t)base_random_duration(&fault->base.random, closed))
			  : MIN(on - 1, (int64_t)((double)n * cycle));
	closes = base_period_after(&fault->as.cycle, from, closes);
	open_at(clip, fault, MAX(from, closes - lasts_ns(fault)));
	show(clip, fault, false, closes);
}

/* Plays one change, of the contact that changes first. False: none does up to now. */
static bool
step(struct clip *clip, int64_t now_ns)
{
	struct clip_active_fault *first = NULL;
	int64_t first_ns = INT64_MAX;

	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);
		int64_t next_ns = is_followed(clip, fault) ? next_change(fault, now_ns) : INT64_MAX;

		if (next_ns >= first_ns)
			continue;
		first = fault;
		first_ns = next_ns;
	}
	/* The others have stayed as they are up to then, or now. */
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);

		if (is_followed(clip, fault) && fault != first && !fault->open)
			fault->change_ns = MAX(fault->change_ns, MIN(first_ns, now_ns));
	}
	if (first && first->open)
		show(clip, first, false, first_ns);
	else if (first)
		open_at(clip, first, first_ns);
	return first;
}

void
clip_contact_catch_up(struct clip *clip)
{
	int64_t now_ns;
	bool any = false;

	for (guint i = 0; i < clip_n_faults(clip); i++)
		any |= is_followed(clip, clip_active(clip, i));
	if (!any)
		return;
	now_ns = base_clock_now(clip->clock);
	for (int i = 0; i < FOLLOWED_MAX; i++)
		if (!step(clip, now_ns))
			return;
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);

		if (!is_followed(clip, fault))
			continue;
		if (fault->open && fault->change_ns <= now_ns)
			show(clip, fault, false, fault->change_ns);
		leap(clip, fault, now_ns);
	}
}

bool
clip_contact_pass(struct clip *clip, struct clip_active_fault *fault)
{
	int64_t now = base_clock_now(clip->clock);
	bool was_open = fault->open;
	const double mean_ns = closed_ns(fault);

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
			double closed = mean_ns > 0 && fault->change_ns < now
				? base_random_duration(&fault->base.random, mean_ns)
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
clip_contact_clocked(struct clip *clip)
{
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);

		if (fault->row->opens && !fault->open)
			fault->change_ns = base_clock_now(clip->clock);
	}
}

void
clip_contact_act(struct clip *clip, struct clip_active_fault *fault, struct clip_bit *bit)
{
	enum clip_line line = fault->as.line;

	fault->open = !fault->open;
	if (fault->open) {
		fault->change_ns = bit->now_ns + lasts_ns(fault);
		fault->left = bits_left(clip, fault, bit->now_ns);
		fault->told = true;
		/* The level of the line without the contact. */
		clip_lines_derive(clip);
		clip_trigger_acted(clip, fault, bit->bit, line,
			clip_lines_level(clip,
				NODE(line == CLIP_MISO ? CLIP_HOST : CLIP_CHIP, line),
				1 << CLIP_MISO));
	} else {
		fault->change_ns = bit->now_ns;
		fault->left = base_random_skip(&fault->base.random, fault->rate);
	}
	clip_lines_derive(clip);
	clip_lines_show(clip);
}
