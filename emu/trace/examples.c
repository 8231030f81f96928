/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For each counter the first operations that it counted and the latest ones, in bounded memory: a
 * few for each counter that is not 0. The end of an operation (READY, INTERRUPTED) has no opcode
 * and address of its own; its example has those of the command that started it. Leaves out busy_ns,
 * which no single operation determines.
 */
#include "trace/examples.h"

#include <glib.h>

struct ring {
	uint64_t count;
	struct trace_example first[TRACE_EXAMPLES];
	struct trace_example last[TRACE_EXAMPLES]; /* number i is at i % TRACE_EXAMPLES */
};

struct trace_examples {
	struct flash_event started;         /* the command of the operation in progress */
	struct ring *rings[TRACE_COUNTERS]; /* NULL: nothing counted */
};

struct trace_examples *
trace_examples_new(void)
{
	struct trace_examples *examples = g_new0(struct trace_examples, 1);

	examples->started.opcode = -1;
	return examples;
}

void
trace_examples_free(struct trace_examples *examples)
{
	if (examples == NULL)
		return;
	for (unsigned int i = 0; i < TRACE_COUNTERS; i++)
		g_free(examples->rings[i]);
	g_free(examples);
}

static void
add(struct trace_examples *examples, enum trace_counter counter, const struct trace_example *from)
{
	struct ring *ring = examples->rings[counter];
	struct trace_example *to;

	if (ring == NULL)
		ring = examples->rings[counter] = g_new0(struct ring, 1);
	to = ring->count < TRACE_EXAMPLES ? &ring->first[ring->count]
					  : &ring->last[ring->count % TRACE_EXAMPLES];
	*to = *from;
	to->number = ++ring->count;
}

void
trace_examples_add(struct trace_examples *examples, const struct flash_event *event)
{
	bool ends = event->kind != FLASH_EVENT_COMMAND;
	const struct flash_event *command = ends ? &examples->started : event;
	const struct trace_example example = {
		.kind = event->kind,
		.outcome = event->outcome,
		.time_ns = event->time_ns,
		.opcode = command->opcode,
		.name = command->name,
		.has_address = command->has_address,
		.address = command->address,
		.length = event->length,
	};
	enum trace_counter counters[TRACE_COUNTERS_OF_EVENT];
	unsigned int n = trace_counters_of(event, counters);

	for (unsigned int i = 0; i < n; i++)
		add(examples, counters[i], &example);
	if (!ends && event->outcome == FLASH_DONE &&
		(event->purpose == FLASH_FOR_PROGRAM || event->purpose == FLASH_FOR_ERASE ||
			event->purpose == FLASH_FOR_STATUS_WRITE))
		examples->started = *event;
}

/* The counter whose operations change this one. */
static enum trace_counter
counter_of_operations(enum trace_counter counter)
{
	switch (counter) {
	case TRACE_BYTES_READ:
		return TRACE_READS;
	case TRACE_BYTES_PROGRAMMED:
		return TRACE_PROGRAMS;
	case TRACE_BYTES_ERASED:
		return TRACE_ERASES;
	default:
		return counter;
	}
}

void
trace_examples_get(const struct trace_examples *examples, enum trace_counter counter,
	struct trace_example_list *list)
{
	const struct ring *ring =
		examples != NULL ? examples->rings[counter_of_operations(counter)] : NULL;
	uint64_t from;

	*list = (struct trace_example_list){0};
	if (ring == NULL)
		return;
	list->n_first = (unsigned int)MIN(ring->count, TRACE_EXAMPLES);
	for (unsigned int i = 0; i < list->n_first; i++)
		list->first[i] = ring->first[i];
	from = MAX(ring->count, 2 * TRACE_EXAMPLES) - TRACE_EXAMPLES;
	for (uint64_t i = from; i < ring->count; i++)
		list->last[list->n_last++] = ring->last[i % TRACE_EXAMPLES];
}

const char *
trace_example_outcome(const struct trace_example *example)
{
	if (example->kind == FLASH_EVENT_INTERRUPTED)
		return "interrupted";
	return example->outcome == FLASH_DONE ? "done" : flash_outcome_string(example->outcome);
}
