/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of a serial link with faults. */
#ifndef SPINOR_LINK_INTERNAL_H
#define SPINOR_LINK_INTERNAL_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/endpoint.h"
#include "link/link.h"
#include "link/occasion.h"

#define LINK_FOR_EVER INT64_MAX

/* A reset, a deaf time, a banner: a deaf firmware sends no banner. */
#define LINK_OPENING_TURNS 3

struct link {
	struct base_endpoint behind;
	struct link_listener listener;
	struct base_fault_list faults;   /* of struct link_active_fault */
	struct link_active_fault *crash; /* of the command that the adapter has just begun */

	bool opened;
	int64_t opened_us;
	uint64_t bytes[LINK_DIRECTIONS];
	bool asked;    /* the host has sent something since it last got something */
	bool pause;    /* a piece has ended */
	bool swallows; /* give() has stopped in the middle of what faults drop */

	GByteArray *lanes[LINK_DIRECTIONS];

	/* Monotonic; 0: not so. */
	int64_t stalled_us[LINK_DIRECTIONS]; /* until then nothing goes there */
	int64_t late_us;                     /* until then a reply waits */
	int64_t boot_us;                     /* until then the adapter boots */
	unsigned int boot_id;                /* of the fault that made it do so */
	unsigned int deaf_id;                /* of the fault for which it hears nothing; 0: none */
	bool unplugged;
};

static inline struct link_active_fault *
link_active(const struct link *link, guint i)
{
	return base_fault_list_get(&link->faults, i);
}

/* Commands of the adapter that have begun since the host opened the line. */
static inline uint64_t
link_commands(const struct link *link)
{
	return link->behind.ops->commands(link->behind.self);
}

static inline int64_t
link_after_ms(uint32_t ms)
{
	return base_wall_us() + (int64_t)ms * 1000;
}

/* The adapter hears no host now. */
static inline bool
link_is_broken(const struct link *link)
{
	return link->unplugged || link->boot_us != 0 || link->deaf_id != 0;
}

static inline bool
link_is_blocked(const struct link *link)
{
	return link_is_broken(link) || link->stalled_us[LINK_TO_HOST] != 0 || link->late_us != 0;
}

/* Tells the listener that the fault acts. */
void link_report(struct link *link, const struct link_active_fault *fault);

/* A byte on its way, as the faults change it. */
struct link_byte {
	uint8_t sent; /* by the sender */
	uint8_t value;
	unsigned int copies;
};

/* All that a fault is: its name, its usual values and its effect. The table is in linkfault.c. */
struct link_fault_row {
	const char *name;
	/* At bytes, unless they name no byte: those that may act at a command that is waited for,
	 * or else once at a time when nothing is waited for or left to chance. */
	enum link_occasion occasion;
	bool may_act_at_command;
	bool may_act_at_time;
	unsigned int opening; /* AT_OPENING: its turn, from 1 on */
	bool needs_select;    /* commands that select a chip only */
	bool needs_speed;     /* of the host's side of the link */
	bool has_direction;
	enum link_direction direction; /* the usual one, or the only one */
	uint64_t count;
	uint32_t ms;
	size_t size;
	const char *text;
	uint32_t baud;

	/* NULL when fault can act, else a few words on what is allowed. NULL: always. */
	const char *(*check)(const struct link_fault *fault);
	/* Changes a byte. NULL: the effect function is called instead. */
	void (*change)(struct link *link, struct link_active_fault *fault, struct link_byte *byte);
	/* Does more than that. False when the link is no more what it was. */
	bool (*effect)(struct link *link, struct link_active_fault *fault);
	/* At a command. After BASE_COMMAND_HANG the effect comes as soon as the adapter has
	 * returned, unless the verdict is all that it does. */
	enum base_command_verdict verdict;
	bool verdict_is_all;
	/* Ends what is left of it when it is removed; NULL: nothing is. */
	void (*end)(struct link *link, const struct link_active_fault *fault);
};

const struct link_fault_row *link_fault_row(enum link_fault_what what);

/* act.c: effects of the rows */
bool link_effect_text(struct link *link, struct link_active_fault *fault);
bool link_effect_stall(struct link *link, struct link_active_fault *fault);
bool link_effect_hang(struct link *link, struct link_active_fault *fault);
/* The adapter starts anew and hears nothing for the fault's ms. */
bool link_effect_boot(struct link *link, struct link_active_fault *fault);
bool link_effect_unplug(struct link *link, struct link_active_fault *fault);
bool link_effect_deaf(struct link *link, struct link_active_fault *fault);
void link_change_drop(struct link *, struct link_active_fault *, struct link_byte *);
void link_change_duplicate(struct link *, struct link_active_fault *, struct link_byte *);
void link_change_corrupt(struct link *, struct link_active_fault *, struct link_byte *);
void link_change_echo(struct link *, struct link_active_fault *, struct link_byte *);
void link_end_stall(struct link *link, const struct link_active_fault *fault);

void link_add_text(
	struct link *link, enum link_direction direction, const struct link_fault *fault);
void link_clear_lanes(struct link *link);

/* The fault's command and time have come, and its count is not used up. */
bool link_is_due(const struct link *link, const struct link_active_fault *fault);

/* The fault that makes the speeds of the two ends differ now, and the host's speed; NULL: none
 * does. */
struct link_active_fault *link_find_garbler(const struct link *link, uint32_t *host);

/* The number of bytes of that direction up to the next act. */
size_t link_find_gap(struct link *link, enum link_direction direction);

/* n bytes of a gap have gone through. */
void link_pass(struct link *link, enum link_direction direction, size_t n);

/* A byte at which faults may act; the result goes into its lane. */
void link_pass_byte(struct link *link, enum link_direction direction, uint8_t byte);

/* Ends times that are over, and lets faults act that are due at a time. */
void link_settle(struct link *link);

/* A base_command_filter: the adapter asks about the command that it begins. */
enum base_command_verdict link_filter(void *data, const struct base_command *command);

#endif
