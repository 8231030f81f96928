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
 * are replayed at the next evaluation: the first PLAYED_MAX one by one, each at its time. Later
 * ones have no further effect: only their number and the last one are drawn, by their distribution
 * after such a time. Contacts of other lines matter only in a frame: only their state is kept.
 */
#include "clip/internal.h"

#include "base/clock.h"

/* Changes that are replayed to the chips one by one. */
#define PLAYED_MAX 64

/* Changes between two evaluations that are followed one by one; the others have no effect. */
#define PASS_MAX 1000

double
clip_contact_rate(const struct clip *clip, const struct clip_active_fault *fault)
{
	if (fault->as.per_us > 0)
		return MIN(1, fault->as.per_us * 1e6 / clip->hz);
	return fault->as.rate;
}

uint64_t
clip_contact_left(const struct clip *clip, const struct clip_active_fault *fault, int64_t now_ns)
{
	if (fault->change_ns <= now_ns)
		return 0;
	return (uint64_t)((double)(fault->change_ns - now_ns) * clip->hz / NS_PER_S);
}

static int64_t
lasts_ns(struct clip_active_fault *fault)
{
	return 1 + (int64_t)base_random_duration(&fault->random, (double)fault->as.open_ns);
}

/* The average time for which it stays closed; 0: it opens with clocks only. */
static double
closed_ns(const struct clip_active_fault *fault)
{
	return fault->as.per_us > 0 ? 1000 / fault->as.per_us : 0;
}

static bool
is_played(const struct clip *clip, const struct clip_active_fault *fault)
{
	enum clip_line line = fault->as.line;

	if (fault->as.what != CLIP_CONTACT ||
		(line != CLIP_VCC && line != CLIP_GND && line != CLIP_HOLD))
		return false;
	if (!clip_wires_meet(clip, fault))
		return false;
	return clip->faulty->frame.open ? fault->in_force : !clip_trigger_needs_frame(fault);
}

/* How many times a closed contact may still open. */
static uint64_t
chances(const struct clip_active_fault *fault)
{
	const struct clip_fault_when *when = &fault->as.when;
	uint64_t n = UINT64_MAX;

	if (when->count)
		n = when->count - MIN(fault->acted, when->count);
	if (when->per_frame)
		n = MIN(n, when->per_frame - MIN(fault->acted_here, when->per_frame));
	return n;
}

/* The time in which it can open since its last evaluation: [*from, *to). */
static void
window(const struct clip_active_fault *fault, int64_t now_ns, int64_t *from, int64_t *to)
{
	const struct clip_fault_when *when = &fault->as.when;

	*from = MAX(fault->change_ns, when->from_ns);
	*to = when->to_ns ? MIN(now_ns, when->to_ns) : now_ns;
}

/* The time of its next change; INT64_MAX: none up to now. */
static int64_t
next_change(struct clip_active_fault *fault, int64_t now_ns)
{
	double closed = closed_ns(fault);
	int64_t from, to;

	if (fault->open)
		return fault->change_ns <= now_ns ? fault->change_ns : INT64_MAX;
	window(fault, now_ns, &from, &to);
	if (closed <= 0 || from >= to || chances(fault) == 0)
		return INT64_MAX;
	closed = base_random_duration(&fault->random, closed);
	return closed < (double)(to - from) ? from + (int64_t)closed : INT64_MAX;
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
	fault->matched++;
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
	uint64_t left = chances(fault), n;
	int64_t from, to, closes;

	if (fault->open || closed <= 0 || left == 0)
		return;
	window(fault, now_ns, &from, &to);
	if (from >= to)
		return;
	n = (uint64_t)((double)(to - from) / cycle + base_random_unit(&fault->random));
	if (n == 0)
		return;
	n = MIN(n, left);
	fault->acted += n - 1;
	fault->acted_here += n - 1;
	fault->matched += n - 1;
	if (n < left && to == now_ns &&
		base_random_chance(&fault->random, (double)fault->as.open_ns / cycle)) {
		open_at(clip, fault, now_ns);
		return;
	}
	closes = from +
		(n < left ? MAX(0,
				    to - from -
					    (int64_t)base_random_duration(&fault->random, closed))
			  : MIN(to - from - 1, (int64_t)((double)n * cycle)));
	open_at(clip, fault, MAX(from, closes - lasts_ns(fault)));
	show(clip, fault, false, closes);
}

/* Plays one change, of the contact that changes first. False: none does up to now. */
static bool
step(struct clip *clip, int64_t now_ns)
{
	GPtrArray *faults = clip->faulty->faults;
	struct clip_active_fault *first = NULL;
	int64_t first_ns = INT64_MAX;

	for (guint i = 0; i < faults->len; i++) {
		struct clip_active_fault *fault = g_ptr_array_index(faults, i);
		int64_t next_ns = is_played(clip, fault) ? next_change(fault, now_ns) : INT64_MAX;

		if (next_ns >= first_ns)
			continue;
		first = fault;
		first_ns = next_ns;
	}
	/* The others have kept their state until then, or until now. */
	for (guint i = 0; i < faults->len; i++) {
		struct clip_active_fault *fault = g_ptr_array_index(faults, i);

		if (is_played(clip, fault) && fault != first && !fault->open)
			fault->change_ns = MAX(fault->change_ns, MIN(first_ns, now_ns));
	}
	if (first && first->open)
		show(clip, first, false, first_ns);
	else if (first)
		open_at(clip, first, first_ns);
	return first;
}

void
clip_contact_play(struct clip *clip)
{
	GPtrArray *faults = clip->faulty->faults;
	int64_t now_ns;
	bool any = false;

	for (guint i = 0; i < faults->len; i++)
		any |= is_played(clip, g_ptr_array_index(faults, i));
	if (!any)
		return;
	now_ns = base_clock_now(clip->clock);
	for (int i = 0; i < PLAYED_MAX; i++)
		if (!step(clip, now_ns))
			return;
	for (guint i = 0; i < faults->len; i++) {
		struct clip_active_fault *fault = g_ptr_array_index(faults, i);

		if (!is_played(clip, fault))
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
				? base_random_duration(&fault->random, mean_ns)
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
	GPtrArray *faults = clip->faulty->faults;

	for (guint i = 0; i < faults->len; i++) {
		struct clip_active_fault *fault = g_ptr_array_index(faults, i);

		if (fault->as.what == CLIP_CONTACT && !fault->open)
			fault->change_ns = base_clock_now(clip->clock);
	}
}

void
clip_contact_toggle(
	struct clip *clip, struct clip_active_fault *fault, unsigned int bit, int64_t now_ns)
{
	fault->open = !fault->open;
	if (!fault->open) {
		fault->change_ns = now_ns;
		fault->left = base_random_skip(&fault->random, fault->rate);
		return;
	}
	fault->change_ns = now_ns + lasts_ns(fault);
	fault->left = clip_contact_left(clip, fault, now_ns);
	fault->told = true;
	/* The level of the line without the contact. */
	clip_lines_derive(clip);
	clip_trigger_acted(clip, fault, bit, fault->as.line,
		clip_lines_level(clip,
			NODE(fault->as.line == CLIP_MISO ? CLIP_HOST : CLIP_CHIP, fault->as.line),
			1 << CLIP_MISO));
}
