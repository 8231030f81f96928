/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line between host and adapter, when it is not a perfect one. */
#ifndef SPINOR_LINK_LINK_H
#define SPINOR_LINK_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/endpoint.h"
#include "link/linkfault.h"

struct link_line;

/* A fault has acted. */
struct link_fault_report {
	unsigned int id; /* of the fault */
	const struct link_fault *fault;
	uint64_t byte;      /* the one, of the fault's direction, or the next; 0: a command */
	uint64_t operation; /* the last command that has begun, from 1 on */
	int64_t time_ns;    /* the adapter's clock */
};

struct link_fault_status {
	unsigned int id;
	const struct link_fault *fault; /* until it is removed */
	uint64_t acted;
};

/* Who hears of it. Functions may be NULL, and must not change the faults. */
struct link_listener {
	void (*acted)(void *data, const struct link_fault_report *report);
	/* The cable is to be pulled and, after ms, put in again; 0: never. Not from in here: the
	 * port does not expect it. Until then nothing moves. */
	void (*unplug)(void *data, uint32_t ms);
	/* The speed that the host has set, in baud; 0: the line has none. NULL: the same. */
	unsigned int (*baud)(void *data);
	void *data;
};

/* A line without faults in front of the firmware, which outlives it and serves it alone. */
struct link_line *link_line_new(
	struct base_endpoint firmware, const struct link_listener *listener);
void link_line_destroy(struct link_line *line);

/* The line is put before an adapter that has had a host since then (monotonic), which has sent and
 * got so many bytes. Instead of host_opened(): nothing that acts at an opening does. */
void link_line_join(struct link_line *line, int64_t since_us, uint64_t taken, uint64_t given);

/* What the port gets instead of the adapter's own. While there are no faults that does the same. */
struct base_endpoint link_line_endpoint(struct link_line *line);

/* Adds a copy; its id, over 0, or -EINVAL: see link_fault_check(). In the midst of a session it
 * counts bytes and operations from the session's beginning, those of one command from now on. */
int link_line_add_fault(struct link_line *line, const struct link_fault *fault);

/* False when there is none of that id. A stall, a boot or a deaf spell of its ends; a hung adapter
 * hangs. */
bool link_line_remove_fault(struct link_line *line, unsigned int id);
void link_line_clear_faults(struct link_line *line);

/* The i-th fault, oldest first; false when there is none. */
bool link_line_fault_at(const struct link_line *line, size_t i, struct link_fault_status *status);

/* True while there are faults, or traces of one: bytes that wait, a stall, a boot. */
bool link_line_is_needed(const struct link_line *line);

/* The cable is in again: the adapter starts anew, also a hung one. */
void link_line_plugged(struct link_line *line);

#endif
