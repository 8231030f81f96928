/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a fault can be where it is to be: its values among each other, and what they mean for the
 * chips that are there. What the rooms that play it say of their values comes last.
 */
#include "bench/faults.h"

#include "base/error.h"
#include "setup/faultwords.h"
#include "flash/partdata.h"

#include <inttypes.h>
#include <string.h>

static char *
beyond(const struct flash_part *part)
{
	return g_strdup_printf("that is beyond a %s; allowed are addresses up to 0x%" PRIX64,
		part->name, part->size - 1);
}

/* Lines with a chip, as bits. */
static unsigned int
lines_of(const struct bench_fault_scene *scene)
{
	unsigned int lines = 0;

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		lines |= scene->parts[cs] != NULL ? 1u << cs : 0;
	return lines;
}

/* Of the chips on these lines the largest, or the first: a board writes to that. NULL: none. */
static const struct flash_part *
aimed_at(const struct bench_fault_scene *scene, unsigned int lines, bool first)
{
	const struct flash_part *found = NULL;

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
		const struct flash_part *part = lines & 1u << cs ? scene->parts[cs] : NULL;

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
		return g_string_free(text, TRUE),
		       g_strdup("there is no chip on that select line, nor on another; allowed: no "
				"select");
	g_string_truncate(text, text->len - 2);
	return g_string_free(text, FALSE);
}

static char *
what_is_wrong_with_wires(const struct clip_fault *fault, const struct bench_fault_scene *scene)
{
	unsigned int there = lines_of(scene);
	unsigned int selects = fault->when.selects;
	bool board_writes = fault->what == CLIP_BOARD_WRITES;
	const struct flash_part *part =
		aimed_at(scene, selects != 0 ? selects : there, board_writes);

	if (selects != 0 && (selects & there) == 0)
		return no_chip_there(there);
	if (part != NULL && fault->when.address_to > part->size)
		return beyond(part);
	if ((fault->what == CLIP_MASTER && fault->master.phase_ns >= fault->master.period_ns) ||
		(board_writes && fault->writes.phase_ns >= fault->writes.period_ns))
		return g_strdup("the phase has to be below the period");
	return g_strdup(clip_fault_check(fault));
}

/* NULL, or what is wrong with it. */
static char *
what_is_wrong(const struct setup_fault *fault, const struct bench_fault_scene *scene)
{
	const struct flash_part *part = scene->parts[scene->cs];
	const char *allowed;

	switch (fault->place) {
	case SETUP_FAULT_OF_WIRES:
		return what_is_wrong_with_wires(&fault->wires, scene);
	case SETUP_FAULT_OF_LINK:
		if (fault->link.what == LINK_WRONG_BAUD && !scene->is_terminal)
			return g_strdup("TCP has no speed; allowed is an adapter on a terminal");
		allowed = link_fault_check(&fault->link);
		return allowed != NULL ? g_strconcat("allowed: ", allowed, NULL) : NULL;
	case SETUP_FAULT_OF_CHIP:
		break;
	}
	if (part == NULL)
		return g_strdup("it is a chip's, and there is none; allowed are other faults");
	if (fault->chip.address_to > part->size)
		return beyond(part);
	if (fault->chip.every == 0 && strstr(fault->text, " offset=") != NULL)
		return g_strdup("the offset goes with every only");
	return g_strdup(flash_fault_check(part, &fault->chip));
}

bool
bench_faults_check(
	const struct setup_fault *fault, const struct bench_fault_scene *scene, GError **error)
{
	g_autofree char *wrong = what_is_wrong(fault, scene);

	if (wrong != NULL)
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s: %s", fault->text, wrong);
	return wrong == NULL;
}
