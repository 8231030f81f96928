/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Examples of the operations that a counter has counted. */
#ifndef SPINOR_TRACE_EXAMPLES_H
#define SPINOR_TRACE_EXAMPLES_H

#include "flash/flash.h"
#include "trace/stats.h"

#include <stdint.h>

#define TRACE_EXAMPLES 4 /* of each end that are kept */

struct trace_example {
	enum flash_event_kind kind;
	enum flash_outcome outcome;
	int64_t time_ns;
	uint64_t number;  /* which operation of this counter, from 1 up */
	int opcode;       /* -1: none */
	const char *name; /* mnemonic, or NULL; belongs to the part */
	bool has_address;
	uint32_t address;
	uint64_t length; /* data bytes */
};

/* The first operations of a counter and the latest ones, each in the order of time. They do not
 * overlap. */
struct trace_example_list {
	unsigned int n_first, n_last;
	struct trace_example first[TRACE_EXAMPLES];
	struct trace_example last[TRACE_EXAMPLES];
};

struct trace_examples;

struct trace_examples *trace_examples_new(void);
void trace_examples_free(struct trace_examples *examples);

/* Adds an event of the chip. */
void trace_examples_add(struct trace_examples *examples, const struct flash_event *event);

/* The examples of a counter. Those of bytes are the operations that moved them. busy_ns has none.
 * examples may be NULL: none yet. */
void trace_examples_get(const struct trace_examples *examples, enum trace_counter counter,
	struct trace_example_list *list);

/* "done", "interrupted", or why the operation had no or not its whole effect: "WEL=0", ... */
const char *trace_example_outcome(const struct trace_example *example);

#endif
