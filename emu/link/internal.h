/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of a line with faults: what link.c and linkact.c share. */
#ifndef SPINOR_LINK_INTERNAL_H
#define SPINOR_LINK_INTERNAL_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/endpoint.h"
#include "link/link.h"
#include "link/when.h"

#define LINK_FOR_EVER INT64_MAX

struct link_line {
	struct base_endpoint behind;
	struct link_listener listener;
	GPtrArray *traps;
	unsigned int last_id;
	const struct link_trap *crash; /* of the command that the adapter has just begun */

	bool opened;
	int64_t opened_us;
	uint64_t bytes[LINK_DIRECTIONS];
	bool asked; /* the host has sent something since it last got something */
	bool pause; /* a piece has ended */

	GByteArray *lanes[LINK_DIRECTIONS];

	/* Monotonic; 0: not so. */
	int64_t stalled_us[LINK_DIRECTIONS]; /* until then nothing goes there */
	int64_t late_us;                     /* until then a reply waits */
	int64_t boot_us;                     /* until then the adapter boots */
	unsigned int boot_id;                /* of the fault that made it do so */
	unsigned int deaf_id;                /* of the fault for which it hears nothing; 0: none */
	bool unplugged;
};

static inline struct link_trap *
link_trap_at(const struct link_line *line, size_t i)
{
	return g_ptr_array_index(line->traps, i);
}

/* Commands of the adapter that have begun since the host opened the line. */
static inline uint64_t
link_commands(const struct link_line *line)
{
	return line->behind.ops->commands(line->behind.self);
}

static inline int64_t
link_after_ms(uint32_t ms)
{
	return g_get_monotonic_time() + (int64_t)ms * 1000;
}

/* No host is heard by the adapter now. */
static inline bool
link_is_broken(const struct link_line *line)
{
	return line->unplugged || line->boot_us != 0 || line->deaf_id != 0;
}

static inline bool
link_is_blocked(const struct link_line *line)
{
	return link_is_broken(line) || line->stalled_us[LINK_TO_HOST] != 0 || line->late_us != 0;
}

/* The fault acts: tells the listener. */
void link_report(struct link_line *line, const struct link_trap *trap);

/* What does more than change a byte. False when the line is no more what it was. */
bool link_strike(struct link_line *line, const struct link_trap *trap);

/* The adapter starts anew and hears nothing for the fault's ms. */
void link_boot(struct link_line *line, const struct link_trap *trap);

void link_add_text(
	struct link_line *line, enum link_direction direction, const struct link_fault *fault);
void link_clear_lanes(struct link_line *line);

/* The fault's command and time have come and it has not acted as often as it may. */
bool link_is_due(const struct link_line *line, const struct link_trap *trap);

/* The fault for which the two ends do not understand each other now, and the host's speed; NULL:
 * they do. */
struct link_trap *link_find_garbler(const struct link_line *line, uint32_t *host);

/* How many bytes of that direction nothing happens to. */
size_t link_find_gap(struct link_line *line, enum link_direction direction);

/* n bytes of a gap have gone through. */
void link_pass(struct link_line *line, enum link_direction direction, size_t n);

/* A byte that something may happen to goes into its lane, unless it is lost. */
void link_pass_byte(struct link_line *line, enum link_direction direction, uint8_t byte);

/* What times are over, and what is due at a time. */
void link_settle(struct link_line *line);

/* base_command_filter: the adapter asks about the command that it begins. */
enum base_command_verdict link_filter(void *data, const struct base_command *command);

#endif
