/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults that a model has been given: ids, counters, random numbers, and whether a fault acts
 * in a match. A model's own struct of a fault begins with struct base_fault.
 */
#ifndef SPINOR_BASE_FAULTLIST_H
#define SPINOR_BASE_FAULTLIST_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/faultwhen.h"
#include "base/random.h"

struct base_fault {
	unsigned int id;
	const void *fault; /* the model's description; lives as long as this */
	const struct base_fault_when *when;
	struct base_random random;
	uint64_t acted;   /* times */
	uint64_t matched; /* times its conditions held, whether or not it acted */
	uint64_t most;    /* times that it may act, in all and in a frame; UINT64_MAX: no limit */
	uint64_t most_here;

	/* In this frame: */
	bool met;    /* it has been a match */
	bool chosen; /* nth and probability let it act */
	uint64_t acted_here;
};

struct base_fault_list {
	GPtrArray *faults;
	uint64_t seed;
	unsigned int last_id;
};

/* An empty list. seed: of all random numbers; each fault has numbers of its own. free_fault frees
 * the model's struct. */
void base_fault_list_init(struct base_fault_list *list, uint64_t seed, GDestroyNotify free_fault);

/* Frees all faults; the list is empty then, and its ids go on. */
void base_fault_list_clear(struct base_fault_list *list);

/* Frees the list with all faults. */
void base_fault_list_free(struct base_fault_list *list);

/* Takes fault, whose description and conditions are set. Its id, > 0, is never used again. */
unsigned int base_fault_list_add(struct base_fault_list *list, struct base_fault *fault);

/* Frees the fault of that id; false when there is none. */
bool base_fault_list_remove(struct base_fault_list *list, unsigned int id);

/* The model's struct of that id; NULL when there is none. */
void *base_fault_list_find(const struct base_fault_list *list, unsigned int id);

/* The state of the i-th fault, oldest first; false when there are no more. */
bool base_fault_list_at(
	const struct base_fault_list *list, size_t i, struct base_fault_status *status);

/* Starts the random numbers of all faults anew. */
void base_fault_list_set_seed(struct base_fault_list *list, uint64_t seed);

/* Resets the counters of a frame. */
static inline void
base_fault_begin_frame(struct base_fault *fault)
{
	fault->met = false;
	fault->chosen = true;
	fault->acted_here = 0;
}

static inline guint
base_fault_list_length(const struct base_fault_list *list)
{
	return list->faults->len;
}

/* The i-th of them, as the model's struct. */
static inline void *
base_fault_list_get(const struct base_fault_list *list, guint i)
{
	return g_ptr_array_index(list->faults, i);
}

/* How often it may still act, in all and in this frame. */
uint64_t base_fault_acts_left(const struct base_fault *fault);

static inline bool
base_fault_is_spent(const struct base_fault *fault)
{
	return fault->acted >= fault->most || fault->acted_here >= fault->most_here;
}

/* Counts a match; true when nth, from_nth and probability let it act. */
bool base_fault_match(struct base_fault *fault);

/* As base_fault_match() for the first time in a frame; the same answer for the rest of it. */
static inline bool
base_fault_match_once(struct base_fault *fault)
{
	if (!fault->met) {
		fault->met = true;
		fault->chosen = base_fault_match(fault);
	}
	return fault->chosen;
}

/* How many chances pass before the next one at which it acts, by its probability. */
uint64_t base_fault_skip(struct base_fault *fault);

/* Counts n acts. */
static inline void
base_fault_acted(struct base_fault *fault, uint64_t n)
{
	fault->acted += n;
	fault->acted_here += n;
}

#endif
