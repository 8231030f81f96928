/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a fault of the serial link acts: its occasions and its random numbers. */
#ifndef SPINOR_LINK_OCCASION_H
#define SPINOR_LINK_OCCASION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/faultlist.h"
#include "link/linkfault.h"

/* The occasions on which a fault can act. */
enum link_occasion {
	LINK_AT_BYTE,
	LINK_AT_COMMAND,
	LINK_AT_TIME,
	LINK_AT_OPENING,
	LINK_AT_REPLY,
	LINK_AT_PIECE,
	LINK_AT_SPEED,
};

/* A fault on a link. */
struct link_active_fault {
	struct base_fault base; /* first: the list knows it */
	struct link_fault as;
	const struct link_fault_row *row;
	enum link_occasion occasion;
	uint64_t commands; /* of its opcode, since the opening or since the fault was added */
	bool armed;        /* in this session its time has come */
	uint64_t skip;     /* armed: so many chances pass before it acts */
};

/* A copy of the fault, for base_fault_list_add(). Free with g_free(). */
struct link_active_fault *link_active_fault_new(const struct link_fault *fault);

/* Its time has come; before chances pass first, and then as many as its probability makes. */
void link_arm(struct link_active_fault *fault, uint64_t before);

/* It acts now: counts that and draws how many chances pass before the next time. */
void link_count_act(struct link_active_fault *fault);

/* A chance to act: true when it does. Arms it when it is not yet. */
bool link_take_chance(struct link_active_fault *fault);

/* Bits of a byte that flip when it acts. */
uint8_t link_draw_flips(struct link_active_fault *fault);

#endif
