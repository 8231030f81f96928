/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial link between host and adapter with its faults. */
#ifndef SPINOR_LINK_LINK_H
#define SPINOR_LINK_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/endpoint.h"
#include "base/faultlist.h"
#include "link/linkfault.h"

struct link;

/* A fault has acted. */
struct link_fault_report {
	unsigned int id; /* of the fault */
	const struct link_fault *fault;
	uint64_t byte;      /* the one, of the fault's direction, or the next; 0: a command */
	uint64_t operation; /* the last command that has begun, from 1 on */
	int64_t time_ns;    /* the adapter's clock */
};

/* Told of acts and their effects. Functions may be NULL, and must not change the faults. */
struct link_listener {
	void (*acted)(void *data, const struct link_fault_report *report);
	/* Asks for the cable to be unplugged and, after ms, plugged in again; 0: never. Only after
	 * the call: the port does not expect it within. Until then nothing moves. */
	void (*unplug)(void *data, uint32_t ms);
	/* The speed that the host has set, in baud; 0: the host has none. NULL: the same. */
	unsigned int (*baud)(void *data);
	void *data;
};

/* A link without faults in front of the firmware, which outlives it and serves it alone. */
struct link *link_new(struct base_endpoint firmware, const struct link_listener *listener);
void link_destroy(struct link *link);

/* The seed of all random numbers of faults, 0 at first; starts those of present faults anew. */
void link_set_seed(struct link *link, uint64_t seed);

/* Puts the link before an adapter that has had a host since since_us (monotonic), which has sent
 * taken and received given bytes. Instead of host_opened(): faults of an opening do not act. */
void link_join(struct link *link, int64_t since_us, uint64_t taken, uint64_t given);

/* For the port, instead of the adapter's own endpoint. Without faults it does the same. */
struct base_endpoint link_endpoint(struct link *link);

/* Adds a copy; returns its id, > 0, or -EINVAL: see link_fault_check(). During a session it counts
 * bytes and commands from the beginning of the session, those of one opcode from now on. */
int link_fault_add(struct link *link, const struct link_fault *fault);

/* False when there is none of that id. Ends its stall, boot or deaf spell; a hung adapter stays
 * hung. */
bool link_fault_remove(struct link *link, unsigned int id);
void link_fault_clear(struct link *link);

/* The i-th fault, oldest first; false when there is none. */
bool link_fault_at(const struct link *link, size_t i, struct base_fault_status *status);

/* True while there are faults, or effects of earlier ones: bytes that wait, a stall, a boot. */
bool link_is_needed(const struct link *link);

/* The cable has been plugged in again: the adapter starts anew, even a hung one. */
void link_plugged(struct link *link);

#endif
