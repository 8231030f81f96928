/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults on a clip: adds, checks and removes them. The kinds of faults are in faulttable.c.
 *
 * Without faults a clip has no clip_wires and takes the short way. The first fault creates one; the
 * last one removes it, after all lines have the levels that they have without faults.
 */
#include "clip/internal.h"

#include <string.h>

#include "base/clock.h"
#include "flash/flash.h"
#include "flash/partdata.h"

void
clip_fault_init(struct clip_fault *fault, enum clip_fault_what what)
{
	const struct clip_fault_row *row;

	*fault = (struct clip_fault){
		.what = what,
		.line2 = CLIP_MOSI,
		.clocks = 1,
		.slip = CLIP_SLIP_EITHER,
		.slope = 1e-3,
		.cycle.duty = CLIP_DUTY_USUAL,
	};
	/* A kind that there is not is for clip_fault_check() to refuse. */
	if ((size_t)what >= CLIP_FAULT_WHATS)
		return;
	row = clip_fault_row(what);
	fault->line = row->line;
	if (row->init)
		row->init(fault);
}

static const char *
check_aim(const struct clip_fault *fault, const struct clip_fault_row *row)
{
	const struct base_period *cycle = &fault->cycle;

	if (fault->has_bit && (!row->of_bits || fault->bit > 7))
		return "the bit is 7 to 0, of faults at single bits";
	if (cycle->period_ns < 0 || cycle->phase_ns < 0)
		return CLIP_PERIOD_ALLOWED;
	if (!(cycle->duty >= 0 && cycle->duty <= 1))
		return "the duty has to be 0 to 1";
	if (!row->own_cycle && cycle->duty <= 0 && cycle->period_ns > 0)
		return "the duty has to be above 0";
	return NULL;
}

const char *
clip_fault_check(const struct clip_fault *fault)
{
	const struct clip_fault_row *row;
	const char *wrong = NULL;

	if ((size_t)fault->what >= CLIP_FAULT_WHATS)
		return "there is no such fault";
	if ((size_t)fault->line >= CLIP_LINES || (size_t)fault->side >= CLIP_SIDES)
		return "there is no such line or side";
	if ((size_t)fault->only > CLIP_1_TO_0 || (size_t)fault->slip > CLIP_SLIP_EITHER)
		return "there is no such polarity or slip";
	if (!(fault->rate >= 0 && fault->rate <= 1))
		return "the rate has to be 0 to 1";
	row = clip_fault_row(fault->what);
	wrong = check_aim(fault, row);
	if (!wrong && row->check)
		wrong = row->check(fault);
	return wrong ? wrong : base_fault_when_check(&fault->when);
}

static void
begin(struct clip *clip)
{
	struct clip_wires *wires = g_new0(struct clip_wires, 1);

	base_random_init(&wires->noise, clip->faults.seed, 0);
	wires->powered = wires->supplied = true;
	clip->faulty = wires;
	wires->cs = clip_wires_cs(clip);
	wires->frame.opcode = -1;
	/* In the middle of a frame: what it is for stays unknown. */
	wires->frame.open = clip->selected >= 0;
	wires->frame.operation = clip->operations;
	wires->looked_ns = base_clock_now(clip->clock);
	wires->low = clip->open ? 1u << wires->cs : 0;
	wires->drives = clip_wires_drive(clip, NULL);
	clip_lines_derive(clip);
}

/* The lines are well again. */
static void
end(struct clip *clip)
{
	struct clip_wires *wires = clip->faulty;

	clip_wires_update(clip);
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		if (cs != wires->cs)
			clip_wires_raise(clip, cs, base_clock_now(clip->clock));
	clip->faulty = NULL;
	g_free(wires);
	clip_show(clip);
}

unsigned int
clip_fault_add(struct clip *clip, const struct clip_fault *fault)
{
	struct clip_active_fault *added;

	if (clip_fault_check(fault))
		return 0;
	if (!clip->faulty)
		begin(clip);
	added = g_new0(struct clip_active_fault, 1);
	added->as = *fault;
	added->row = clip_fault_row(fault->what);
	added->base.fault = &added->as;
	added->base.when = &added->as.when;
	added->rate = RATE_UNKNOWN;
	added->change_ns = base_clock_now(clip->clock);
	if (added->row->one_line)
		added->as.line = added->row->line;
	if (added->row->start)
		added->row->start(added, base_clock_now(clip->clock));
	base_fault_list_add(&clip->faults, &added->base);
	clip_wires_update(clip);
	return added->base.id;
}

bool
clip_fault_remove(struct clip *clip, unsigned int id)
{
	struct clip_active_fault *fault = base_fault_list_find(&clip->faults, id);

	if (!fault)
		return false;
	if (clip->faulty->master == fault)
		clip->faulty->master = NULL;
	base_fault_list_remove(&clip->faults, id);
	clip_lines_derive(clip);
	if (clip_n_faults(clip) == 0)
		end(clip);
	else
		clip_wires_update(clip);
	return true;
}

void
clip_fault_clear(struct clip *clip)
{
	while (clip_n_faults(clip) > 0)
		clip_fault_remove(clip, clip_active(clip, 0)->base.id);
}

bool
clip_fault_at(const struct clip *clip, size_t i, struct base_fault_status *status)
{
	return base_fault_list_at(&clip->faults, i, status);
}

void
clip_set_fault_listener(struct clip *clip, const struct clip_fault_listener *listener)
{
	clip->listener = listener ? *listener : (struct clip_fault_listener){0};
}

void
clip_set_seed(struct clip *clip, uint64_t value)
{
	base_fault_list_set_seed(&clip->faults, value);
	if (!clip->faulty)
		return;
	base_random_init(&clip->faulty->noise, value, 0);
	for (guint i = 0; i < clip_n_faults(clip); i++)
		clip_active(clip, i)->rate = RATE_UNKNOWN;
}
