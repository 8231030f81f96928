/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a fault of the line acts. The dice are thrown once per act, for how many chances pass until
 * the next one (a geometric distribution), and not for every byte: so long stretches pass at full
 * speed, and it does not matter in what pieces they come.
 */
#include "link/when.h"

#include <glib.h>

static enum link_kind
kind_of(const struct link_fault *fault)
{
	switch (fault->what) {
	case LINK_NAK:
	case LINK_CS_STUCK:
		return LINK_AT_COMMAND;
	case LINK_LATENCY:
		return LINK_AT_REPLY;
	case LINK_CHUNKS:
		return LINK_AT_PIECE;
	case LINK_BANNER:
	case LINK_RESET_ON_OPEN:
	case LINK_DEAF:
		return LINK_AT_OPENING;
	case LINK_WRONG_BAUD:
		return LINK_AT_SPEED;
	case LINK_HANG:
	case LINK_REBOOT:
	case LINK_UNPLUG:
		if (link_fault_operation(fault) > 0 && fault->byte == 0)
			return LINK_AT_COMMAND;
		break;
	case LINK_GARBAGE:
	case LINK_STALL:
		break;
	default:
		return LINK_AT_BYTE;
	}
	if (fault->byte == 0 && link_fault_operation(fault) == 0 && fault->chance >= 1)
		return LINK_AT_TIME;
	return LINK_AT_BYTE;
}

struct link_trap *
link_trap_new(const struct link_fault *fault, unsigned int id)
{
	struct link_trap *trap = g_new0(struct link_trap, 1);

	trap->id = id;
	trap->fault = *fault;
	trap->kind = kind_of(fault);
	/* Equal seeds, or none, don't make equal faults. */
	base_random_init(&trap->dice, fault->seed, id);
	return trap;
}

void
link_trap_free(struct link_trap *trap)
{
	g_free(trap);
}

void
link_trap_arm(struct link_trap *trap, uint64_t before)
{
	uint64_t skip = base_random_skip(&trap->dice, trap->fault.chance);

	trap->armed = true;
	trap->skip = skip < UINT64_MAX - before ? before + skip : UINT64_MAX;
}

void
link_trap_spring(struct link_trap *trap)
{
	trap->acts++;
	trap->skip = base_random_skip(&trap->dice, trap->fault.chance);
}

bool
link_trap_try(struct link_trap *trap)
{
	if (!trap->armed)
		link_trap_arm(trap, 0);
	if (trap->skip > 0) {
		trap->skip--;
		return false;
	}
	link_trap_spring(trap);
	return true;
}

uint8_t
link_trap_flips(struct link_trap *trap)
{
	if (trap->fault.mask)
		return trap->fault.mask;
	return (uint8_t)(1u << base_random_next(&trap->dice) % 8);
}
