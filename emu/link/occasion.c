/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a fault of the serial link acts. A random number is drawn once per act, for how many chances
 * pass until the next one (a geometric distribution), and not for every byte: so long stretches
 * pass at full speed, and it does not matter in what pieces they come.
 */
#include "link/occasion.h"

#include "link/internal.h"

static enum link_occasion
occasion_of(const struct link_fault *fault, const struct link_fault_row *row)
{
	bool waits = link_fault_operation(fault) > 0;

	if (fault->at_byte)
		return row->occasion;
	if (row->may_act_at_command && waits)
		return LINK_AT_COMMAND;
	if (row->may_act_at_time && !waits && base_fault_when_probability(&fault->when) >= 1)
		return LINK_AT_TIME;
	return row->occasion;
}

struct link_active_fault *
link_active_fault_new(const struct link_fault *fault)
{
	struct link_active_fault *active = g_new0(struct link_active_fault, 1);

	active->as = *fault;
	active->row = link_fault_row(fault->what);
	active->occasion = occasion_of(fault, active->row);
	active->base.fault = &active->as;
	active->base.when = &active->as.when;
	return active;
}

void
link_arm(struct link_active_fault *fault, uint64_t before)
{
	uint64_t skip = base_fault_skip(&fault->base);

	fault->armed = true;
	fault->skip = skip < UINT64_MAX - before ? before + skip : UINT64_MAX;
}

void
link_count_act(struct link_active_fault *fault)
{
	/* Chances that pass without an act are not looked at one by one. */
	fault->base.matched++;
	base_fault_acted(&fault->base, 1);
	fault->skip = base_fault_skip(&fault->base);
}

bool
link_take_chance(struct link_active_fault *fault)
{
	if (!fault->armed)
		link_arm(fault, 0);
	if (fault->skip > 0) {
		fault->skip--;
		return false;
	}
	link_count_act(fault);
	return true;
}

uint8_t
link_draw_flips(struct link_active_fault *fault)
{
	if (fault->as.mask)
		return fault->as.mask;
	return (uint8_t)(1u << base_random_next(&fault->base.random) % 8);
}
