/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks a fault against the adapter it is added to: its select lines, its chips, its port. The
 * checks of the rooms that implement the fault come last.
 */
#include "bench/faults.h"

#include "base/error.h"
#include "flash/partdata.h"
#include "setup/faultwords.h"

#include <inttypes.h>

static char *
beyond(const struct flash_part *part)
{
	return g_strdup_printf("that is beyond a %s; allowed are addresses up to 0x%" PRIX64,
		part->name, part->size - 1);
}

/* Lines with a chip, as bits. */
static unsigned int
lines_of(const struct bench_fault_target *target)
{
	unsigned int lines = 0;

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		lines |= target->parts[cs] != NULL ? 1u << cs : 0;
	return lines;
}

/* Of the chips on these lines the largest, or the first: a board writes to that. NULL: none. */
static const struct flash_part *
aimed_at(const struct bench_fault_target *target, unsigned int lines, bool first)
{
	const struct flash_part *found = NULL;

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
		const struct flash_part *part = lines & 1u << cs ? target->parts[cs] : NULL;

		if (part != NULL && (found == NULL || (!first && part->size > found->size)))
			found = part;
	}
	return found;
}

static char *
no_chip_there(unsigned int lines)
{
	GString *text = g_string_new("there is no chip on that select line; allowed: select=");

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		if (lines & 1u << cs)
			g_string_append_printf(text, "%u, ", cs);
	if (lines == 0)
		g_string_assign(text,
			"there is no chip on that select line, nor on another; allowed: no select");
	else
		g_string_truncate(text, text->len - 2);
	return g_string_free(text, FALSE);
}

/* wrong: the reason of the clip, or NULL. */
static char *
refuse_cycle(const struct base_period *cycle, const struct setup_fault *given, const char *wrong)
{
	if (cycle->period_ns == 0 &&
		(setup_fault_is_given(given, "duty") || setup_fault_is_given(given, "phase")))
		return g_strdup("duty and phase go with a period only");
	if (cycle->period_ns > 0 && cycle->phase_ns >= cycle->period_ns)
		return g_strdup("the phase has to be below the period");
	return g_strdup(wrong);
}

static char *
refuse_wires(const struct setup_fault *given, const struct bench_fault_target *target)
{
	const struct clip_fault *fault = &given->wires;
	unsigned int there = lines_of(target);
	unsigned int selects = fault->when.selects;
	const struct flash_part *part =
		aimed_at(target, selects != 0 ? selects : there, clip_fault_writes(fault->what));

	if (selects != 0 && (selects & there) == 0)
		return no_chip_there(there);
	if (part != NULL && fault->when.address_to > part->size)
		return beyond(part);
	return refuse_cycle(&fault->cycle, given, clip_fault_check(fault));
}

/* NULL, or the reason why it is refused and what is allowed. Free with g_free(). */
static char *
find_error(const struct setup_fault *fault, const struct bench_fault_target *target)
{
	const struct flash_part *part = target->parts[target->cs];
	const char *allowed;

	switch (fault->model) {
	case SETUP_FAULT_OF_WIRES:
		return refuse_wires(fault, target);
	case SETUP_FAULT_OF_LINK:
		if (link_fault_needs_speed(fault->link.what) && !target->is_terminal)
			return g_strdup("TCP has no speed; allowed is an adapter on a terminal");
		allowed = link_fault_check(&fault->link);
		return allowed != NULL ? g_strconcat("allowed: ", allowed, NULL) : NULL;
	case SETUP_FAULT_OF_CHIP:
		break;
	}
	if (part == NULL)
		return g_strdup("it is a chip's, and there is none; allowed are other faults");
	if (fault->chip.when.address_to > part->size)
		return beyond(part);
	if (fault->chip.every == 0 && setup_fault_is_given(fault, "offset"))
		return g_strdup("the offset goes with every only");
	return g_strdup(flash_fault_check(part, &fault->chip));
}

bool
bench_faults_check(
	const struct setup_fault *fault, const struct bench_fault_target *target, GError **error)
{
	g_autofree char *wrong = find_error(fault, target);

	if (wrong != NULL)
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s: %s", fault->text, wrong);
	return wrong == NULL;
}
