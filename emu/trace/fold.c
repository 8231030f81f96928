/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folds the events of an adapter's chips into groups:
 *
 *   WREN PP RDSR RDSR WREN PP RDSR  ->  program 000000-0001FF, 2 x 256 bytes, 3 polls
 *   READ READ READ                  ->  read 000000-002FFF, 3 x 4 KiB
 *
 * Groups of several purposes are open at the same time, so that a host that erases, programs and
 * verifies block by block gives a line for each purpose and not for each block. A frame continues
 * an open group if it has the same opcode and a higher address, or none and the same length.
 * Otherwise all open groups are complete, in the order of their first events. A frame that the chip
 * ignored is a group of its own; only identical ones in a row are counted in one.
 *
 * Leaves out data bytes, and FLASH_EVENT_NONVOLATILE. Words are in foldtext.c. Runs for each frame
 * of a host: no memory is allocated and no text formatted here.
 */
#include "trace/fold.h"

#include <glib.h>
#include <string.h>

static void
complete(struct trace_fold *fold, struct trace_group *group)
{
	fold->complete(fold->data, group);
}

static void
flush_enable(struct trace_fold *fold)
{
	if (fold->enable.count == 0)
		return;
	complete(fold, &fold->enable);
	fold->enable.count = 0;
}

/* Completes the first n open groups. */
static void
complete_first(struct trace_fold *fold, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		complete(fold, &fold->open[i]);
	fold->n_open -= n;
	memmove(fold->open, fold->open + n, fold->n_open * sizeof fold->open[0]);
	fold->last = fold->last > n ? fold->last - n : 0;
}

void
trace_fold_flush(struct trace_fold *fold)
{
	complete_first(fold, fold->n_open);
	flush_enable(fold);
}

/* Opens a group, and returns it. */
static struct trace_group *
open_group(struct trace_fold *fold, const struct trace_group *group)
{
	if (fold->n_open == TRACE_FOLD_OPEN_MAX)
		complete_first(fold, 1);
	fold->open[fold->n_open] = *group;
	return &fold->open[fold->n_open++];
}

static void
fill(struct trace_group *group, int cs, const struct flash_event *event)
{
	group->kind = TRACE_GROUP_OPERATION;
	group->cs = cs;
	group->time_ns = group->end_ns = event->time_ns;
	group->purpose = event->purpose;
	group->opcode = event->opcode;
	group->name = event->name;
	group->outcome = event->outcome;
	group->note = event->note;
	group->count = 1;
	group->has_address = event->has_address;
	group->from = event->has_address ? event->address : 0;
	group->bytes = group->each = event->length;
	group->to = group->from + event->length;
	group->polls = group->enables = 0;
	group->busy_ns = 0;
	group->failures = 0;
	group->failure = FLASH_DONE;
	group->id = 0;
	group->on = false;
	group->what[0] = group->text[0] = '\0';
}

/* True: the event is the same frame as the group's last one, or the next in its order. */
static bool
continues(const struct trace_group *group, int cs, const struct flash_event *event)
{
	if (group->kind != TRACE_GROUP_OPERATION || group->cs != cs ||
		group->opcode != event->opcode || group->outcome != event->outcome ||
		group->has_address != event->has_address || group->note != event->note)
		return false;
	if (event->outcome != FLASH_DONE)
		return group->each == event->length && group->from == event->address;
	if (!event->has_address)
		return group->each == event->length && event->purpose != FLASH_FOR_ERASE;
	if (event->purpose == FLASH_FOR_OTHER || event->purpose == FLASH_FOR_STATUS_READ)
		return event->address == group->to && event->length > 0;
	return event->address >= group->to;
}

static void
extend(struct trace_group *group, const struct flash_event *event)
{
	group->count++;
	group->end_ns = event->time_ns;
	if (event->outcome != FLASH_DONE)
		return;
	if (event->length != group->each && event->purpose != FLASH_FOR_ERASE)
		group->each = 0;
	group->bytes += event->length;
	if (event->has_address)
		group->to = event->address + event->length;
}

/* True: the command only permits the next one. */
static bool
is_enable(const struct flash_event *event)
{
	return event->purpose == FLASH_FOR_OTHER && event->outcome == FLASH_DONE &&
		event->name != NULL && strcmp(event->name, "WREN") == 0;
}

static bool
changes(enum flash_purpose purpose)
{
	return purpose == FLASH_FOR_PROGRAM || purpose == FLASH_FOR_ERASE ||
		purpose == FLASH_FOR_STATUS_WRITE;
}

static void
add_enable(struct trace_fold *fold, int cs, const struct flash_event *event)
{
	if (fold->enable.count > 0 && fold->enable.cs == cs) {
		fold->enable.count++;
		fold->enable.end_ns = event->time_ns;
		return;
	}
	flush_enable(fold);
	fill(&fold->enable, cs, event);
}

/* Adds the write enables before this frame to its group. */
static void
take_enables(struct trace_fold *fold, struct trace_group *group, enum flash_purpose purpose)
{
	if (fold->enable.count == 0 || fold->enable.cs != group->cs || !changes(purpose))
		return;
	group->enables += fold->enable.count;
	group->time_ns = MIN(group->time_ns, fold->enable.time_ns);
	fold->enable.count = 0;
}

static unsigned int
find(const struct trace_fold *fold, int cs, const struct flash_event *event)
{
	for (unsigned int i = fold->n_open; i-- > 0;)
		if (continues(&fold->open[i], cs, event))
			return i;
	return fold->n_open;
}

/* True: groups can stay open beside each other. */
static bool
is_parallel(const struct flash_event *event)
{
	return event->outcome == FLASH_DONE &&
		(event->purpose == FLASH_FOR_READ || event->purpose == FLASH_FOR_PROGRAM ||
			event->purpose == FLASH_FOR_ERASE);
}

/* True: the group can stay open beside another one. */
static bool
is_parallel_group(const struct trace_group *group)
{
	return group->kind == TRACE_GROUP_FAULT ||
		(group->outcome == FLASH_DONE &&
			(group->purpose == FLASH_FOR_READ || group->purpose == FLASH_FOR_PROGRAM ||
				group->purpose == FLASH_FOR_ERASE));
}

/* Returns how many of the open groups, from the first on, end with a frame that continues none:
 * all if one of them or the frame is not parallel, else those up to one with the same opcode. */
static unsigned int
count_ended(const struct trace_fold *fold, int cs, const struct flash_event *event)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < fold->n_open; i++) {
		const struct trace_group *group = &fold->open[i];

		if (!is_parallel(event) || !is_parallel_group(group))
			return fold->n_open;
		if (group->kind == TRACE_GROUP_OPERATION && group->cs == cs &&
			group->opcode == event->opcode)
			n = i + 1;
	}
	return n;
}

static void
add_command(struct trace_fold *fold, int cs, const struct flash_event *event)
{
	struct trace_group group, *target;
	unsigned int i;

	if (is_enable(event)) {
		add_enable(fold, cs, event);
		return;
	}
	if (event->purpose == FLASH_FOR_STATUS_READ && event->outcome == FLASH_DONE &&
		fold->last > 0 && fold->open[fold->last - 1].cs == cs) {
		fold->open[fold->last - 1].polls++;
		fold->open[fold->last - 1].end_ns = event->time_ns;
		return;
	}
	i = find(fold, cs, event);
	if (i < fold->n_open) {
		target = &fold->open[i];
		extend(target, event);
	} else {
		if (!changes(event->purpose) && event->purpose != FLASH_FOR_STATUS_READ &&
			fold->enable.count > 0)
			trace_fold_flush(fold);
		/* Write enables belong to the frame, not to the operation before it. */
		complete_first(fold, count_ended(fold, cs, event));
		fill(&group, cs, event);
		target = open_group(fold, &group);
	}
	take_enables(fold, target, event->purpose);
	/* Polls after an ignored program or erase belong to it, too. */
	if (changes(event->purpose))
		fold->last = (unsigned int)(target - fold->open) + 1;
}

/* The block that an erase was for is known when it ends. */
static void
add_end(struct trace_fold *fold, int cs, const struct flash_event *event)
{
	for (unsigned int i = fold->n_open; i-- > 0;) {
		struct trace_group *group = &fold->open[i];

		if (group->kind != TRACE_GROUP_OPERATION || group->cs != cs ||
			group->purpose != event->purpose || group->outcome != FLASH_DONE)
			continue;
		group->busy_ns += event->busy_ns;
		group->end_ns = MAX(group->end_ns, event->time_ns);
		if (event->outcome != FLASH_DONE) {
			group->failures++;
			group->failure = event->outcome;
		}
		if (event->purpose != FLASH_FOR_ERASE || event->length == 0)
			return;
		if (group->count == 1) {
			group->from -= group->from % event->length;
			group->to = group->from;
			group->each = event->length;
			group->bytes = 0;
		} else if (group->each != event->length) {
			group->each = 0;
		}
		group->bytes += event->length;
		group->to = group->has_address && event->has_address
			? event->address - event->address % event->length + event->length
			: group->to + event->length;
		return;
	}
}

static void
add_interruption(struct trace_fold *fold, int cs, const struct flash_event *event)
{
	struct trace_group group;

	fill(&group, cs, event);
	group.kind = TRACE_GROUP_INTERRUPTED;
	group.busy_ns = event->busy_ns;
	trace_fold_flush(fold);
	complete(fold, &group);
}

static void
add_power(struct trace_fold *fold, int cs, const struct flash_event *event)
{
	struct trace_group group = {.kind = TRACE_GROUP_POWER,
		.cs = cs,
		.time_ns = event->time_ns,
		.end_ns = event->time_ns,
		.opcode = -1,
		.count = 1,
		.on = event->length != 0};

	trace_fold_flush(fold);
	complete(fold, &group);
}

void
trace_fold_event(struct trace_fold *fold, int cs, const struct flash_event *event)
{
	fold->events++;
	switch (event->kind) {
	case FLASH_EVENT_COMMAND:
		add_command(fold, cs, event);
		break;
	case FLASH_EVENT_READY:
		add_end(fold, cs, event);
		break;
	case FLASH_EVENT_INTERRUPTED:
		add_interruption(fold, cs, event);
		break;
	case FLASH_EVENT_POWER:
		add_power(fold, cs, event);
		break;
	case FLASH_EVENT_NONVOLATILE:
		break;
	}
}

/* Acts of one fault are one group while operations go on. */
static void
add_act(struct trace_fold *fold, const struct trace_group *act)
{
	for (unsigned int i = 0; i < fold->n_open; i++) {
		struct trace_group *group = &fold->open[i];

		if (group->kind != TRACE_GROUP_FAULT || group->id != act->id)
			continue;
		group->count++;
		group->end_ns = act->time_ns;
		g_strlcpy(group->text, act->text, sizeof group->text);
		if (!act->has_address)
			return;
		group->from = group->has_address ? MIN(group->from, act->from) : act->from;
		group->to = group->has_address ? MAX(group->to, act->to) : act->to;
		group->has_address = true;
		return;
	}
	open_group(fold, act);
}

void
trace_fold_add(struct trace_fold *fold, const struct trace_group *group)
{
	struct trace_group copy;

	fold->events++;
	if (group->kind == TRACE_GROUP_FAULT) {
		add_act(fold, group);
		return;
	}
	trace_fold_flush(fold);
	copy = *group;
	complete(fold, &copy);
}
