/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a fault acts: the conditions of all faults, of wires, chips and serial links alike. Each
 * model says in its own header which of them it knows, and what a match and a byte are to it. Needs
 * nothing but the C library, for those who embed a model.
 */
#ifndef SPINOR_BASE_FAULTWHEN_H
#define SPINOR_BASE_FAULTWHEN_H

#include <stdbool.h>
#include <stdint.h>

/* All conditions that are set have to hold; a zeroed struct always holds. */
struct base_fault_when {
	unsigned int purposes; /* of the operation: bits 1 << purpose, as the model numbers them;
				* 0: any */
	bool has_opcode;
	uint8_t opcode;
	uint64_t address_from, address_to; /* [from, to); to 0: any */
	unsigned int selects;              /* bits 1 << chip select; 0: any */
	int64_t from_ns, to_ns;            /* [from, to); to 0: no end */
	uint64_t nth;                      /* only in the nth match, from 1; 0: in all */
	uint64_t from_nth;                 /* from the nth match on, from 1; 0: from the first */
	double probability;                /* of acting in a match, 0..1; 0: always */
	uint64_t byte_from, byte_to;       /* bytes of the frame, [from, to); to 0: no end */
	uint64_t per_frame;                /* acts at most so often in a frame; 0: no limit */
	uint64_t count;                    /* acts at most so often; 0: no limit */
};

/* The state of a fault. fault is the model's, until the fault is removed. */
struct base_fault_status {
	unsigned int id;
	const void *fault;
	uint64_t acted;
	uint64_t matched;
};

/* NULL, or the reason why no fault can have these conditions and the values allowed. */
const char *base_fault_when_check(const struct base_fault_when *when);

/* The probability of acting in a match, above 0 and up to 1. */
static inline double
base_fault_when_probability(const struct base_fault_when *when)
{
	return when->probability > 0 ? when->probability : 1;
}

static inline bool
base_fault_when_is_in_time(const struct base_fault_when *when, int64_t now_ns)
{
	return now_ns >= when->from_ns && (when->to_ns == 0 || now_ns < when->to_ns);
}

static inline bool
base_fault_when_has_purpose(const struct base_fault_when *when, unsigned int purpose)
{
	return when->purposes == 0 || (when->purposes & 1u << purpose);
}

/* True when one of the addresses from..to - 1 is among those of the condition. */
static inline bool
base_fault_when_has_address(const struct base_fault_when *when, uint64_t from, uint64_t to)
{
	return when->address_to == 0 || (from < when->address_to && to > when->address_from);
}

#endif
