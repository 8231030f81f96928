/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The common part of all faults, wherever they act. A model finds out by itself whether purpose,
 * opcode, address and time are right; that is a match. This file decides whether the fault acts:
 *
 *	match                1    2    3    4    5    6
 *	nth = 3                        x
 *	from_nth = 3                   x    x    x    x
 *	probability = 0.5    x         x         x         as the fault's own random numbers fall
 *	count = 2            x         x
 *
 * Each fault draws from a stream of its own, of the list's seed and its id: one fault more or less
 * does not change the acts of the others.
 */
#include "base/faultlist.h"

const char *
base_fault_when_check(const struct base_fault_when *when)
{
	if (!(when->probability >= 0 && when->probability <= 1))
		return "the probability has to be from 0 to 1";
	if (when->address_to && when->address_to <= when->address_from)
		return "the end of the address range has to be above its begin";
	if (when->byte_to && when->byte_to <= when->byte_from)
		return "the end of the byte range has to be above its begin";
	if (when->from_ns < 0 || when->to_ns < 0)
		return "times have to be 0 or more";
	if (when->to_ns && when->to_ns <= when->from_ns)
		return "the end of the time window has to be above its begin";
	return NULL;
}

void
base_fault_list_init(struct base_fault_list *list, uint64_t seed, GDestroyNotify free_fault)
{
	*list = (struct base_fault_list){
		.faults = g_ptr_array_new_with_free_func(free_fault), .seed = seed};
}

void
base_fault_list_clear(struct base_fault_list *list)
{
	g_ptr_array_set_size(list->faults, 0);
}

void
base_fault_list_free(struct base_fault_list *list)
{
	g_clear_pointer(&list->faults, g_ptr_array_unref);
}

static void
seed(const struct base_fault_list *list, struct base_fault *fault)
{
	base_random_init(&fault->random, list->seed, fault->id);
}

unsigned int
base_fault_list_add(struct base_fault_list *list, struct base_fault *fault)
{
	const struct base_fault_when *when = fault->when;

	fault->id = ++list->last_id;
	fault->most = when->count ? when->count : UINT64_MAX;
	fault->most_here = when->per_frame ? when->per_frame : UINT64_MAX;
	fault->chosen = true;
	seed(list, fault);
	g_ptr_array_add(list->faults, fault);
	return fault->id;
}

bool
base_fault_list_remove(struct base_fault_list *list, unsigned int id)
{
	struct base_fault *fault = base_fault_list_find(list, id);

	return fault && g_ptr_array_remove(list->faults, fault);
}

void *
base_fault_list_find(const struct base_fault_list *list, unsigned int id)
{
	for (guint i = 0; i < base_fault_list_length(list); i++) {
		struct base_fault *fault = base_fault_list_get(list, i);

		if (fault->id == id)
			return fault;
	}
	return NULL;
}

bool
base_fault_list_at(const struct base_fault_list *list, size_t i, struct base_fault_status *status)
{
	const struct base_fault *fault;

	if (i >= base_fault_list_length(list))
		return false;
	fault = base_fault_list_get(list, (guint)i);
	*status = (struct base_fault_status){
		.id = fault->id,
		.fault = fault->fault,
		.acted = fault->acted,
		.matched = fault->matched,
	};
	return true;
}

void
base_fault_list_set_seed(struct base_fault_list *list, uint64_t value)
{
	list->seed = value;
	for (guint i = 0; i < base_fault_list_length(list); i++)
		seed(list, base_fault_list_get(list, i));
}

uint64_t
base_fault_acts_left(const struct base_fault *fault)
{
	return base_fault_is_spent(fault)
		? 0
		: MIN(fault->most - fault->acted, fault->most_here - fault->acted_here);
}

bool
base_fault_match(struct base_fault *fault)
{
	const struct base_fault_when *when = fault->when;

	fault->matched++;
	if (fault->matched < when->from_nth || (when->nth && fault->matched != when->nth))
		return false;
	return when->probability <= 0 || base_random_chance(&fault->random, when->probability);
}

uint64_t
base_fault_skip(struct base_fault *fault)
{
	return base_random_skip(&fault->random, base_fault_when_probability(fault->when));
}
