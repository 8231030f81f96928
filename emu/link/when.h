/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a fault of the line acts: its conditions and its dice. */
#ifndef SPINOR_LINK_WHEN_H
#define SPINOR_LINK_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"
#include "link/linkfault.h"

/* What is a chance for a fault to act. */
enum link_kind {
	LINK_AT_BYTE,
	LINK_AT_COMMAND,
	LINK_AT_TIME,
	LINK_AT_OPENING,
	LINK_AT_REPLY,
	LINK_AT_PIECE,
	LINK_AT_SPEED,
};

/* A fault on a line. */
struct link_trap {
	unsigned int id;
	struct link_fault fault;
	enum link_kind kind;
	uint64_t acts;
	uint64_t commands; /* of its opcode, since the opening or since it is there */
	struct base_random dice;
	bool armed;    /* in this session its time has come */
	uint64_t skip; /* armed: so many chances pass before it acts */
};

struct link_trap *link_trap_new(const struct link_fault *fault, unsigned int id);
void link_trap_free(struct link_trap *trap);

/* False when it has acted as often as it may. */
static inline bool
link_trap_is_live(const struct link_trap *trap)
{
	return trap->fault.count == 0 || trap->acts < trap->fault.count;
}

/* Its time has come; before chances pass first, and then as many as the dice say. */
void link_trap_arm(struct link_trap *trap, uint64_t before);

/* It acts now: counts that and throws the dice for the next time. */
void link_trap_spring(struct link_trap *trap);

/* A chance to act: true when it does. Arms it when it is not yet. */
bool link_trap_try(struct link_trap *trap);

/* Bits of a byte that flip when it acts. */
uint8_t link_trap_flips(struct link_trap *trap);

#endif
