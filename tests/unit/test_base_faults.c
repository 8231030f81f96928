/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conditions and the list of faults, shared by the faults of all models: which matches make a fault
 * act.
 */
#include <check.h>

#include "base/faultlist.h"
#include "suites.h"

struct sample {
	struct base_fault base;
	struct base_fault_when when;
};

static struct base_fault_list list;

static void
setup(void)
{
	base_fault_list_init(&list, 7, g_free);
}

static void
teardown(void)
{
	base_fault_list_free(&list);
}

static struct base_fault *
add(struct base_fault_when when)
{
	struct sample *sample = g_new0(struct sample, 1);

	sample->when = when;
	sample->base.when = &sample->when;
	sample->base.fault = sample;
	base_fault_list_add(&list, &sample->base);
	return &sample->base;
}

/* "x" for each of n matches in which the fault acts, "." for the others. */
static char *
play(struct base_fault *fault, unsigned int n)
{
	GString *text = g_string_new(NULL);

	while (n-- > 0) {
		bool acts = base_fault_match(fault) && !base_fault_is_spent(fault);

		if (acts)
			base_fault_acted(fault, 1);
		g_string_append_c(text, acts ? 'x' : '.');
	}
	return g_string_free(text, FALSE);
}

static const struct {
	struct base_fault_when when;
	const char *acts;
} rows[] = {
	{{0}, "xxxxxx"},
	{{.nth = 3}, "..x..."},
	{{.from_nth = 3}, "..xxxx"},
	{{.count = 2}, "xx...."},
	{{.from_nth = 2, .count = 2}, ".xx..."},
	{{.per_frame = 1}, "x....."},
	{{.probability = 1}, "xxxxxx"},
};

START_TEST(each_condition_selects_its_matches)
{
	struct base_fault *fault = add(rows[_i].when);
	g_autofree char *acts = play(fault, 6);

	ck_assert_str_eq(acts, rows[_i].acts);
	ck_assert_uint_eq(fault->matched, 6);
}
END_TEST

START_TEST(the_limit_per_frame_restarts_with_each_frame)
{
	struct base_fault *fault = add((struct base_fault_when){.per_frame = 2, .count = 3});

	ck_assert_uint_eq(base_fault_acts_left(fault), 2);
	base_fault_acted(fault, 2);
	ck_assert(base_fault_is_spent(fault));
	base_fault_begin_frame(fault);
	ck_assert_uint_eq(base_fault_acts_left(fault), 1);
	base_fault_acted(fault, 1);
	base_fault_begin_frame(fault);
	ck_assert_uint_eq(base_fault_acts_left(fault), 0);
	ck_assert(base_fault_is_spent(fault));
}
END_TEST

START_TEST(a_frame_counts_as_one_match)
{
	struct base_fault *fault = add((struct base_fault_when){.nth = 2});

	ck_assert(!base_fault_match_once(fault));
	ck_assert(!base_fault_match_once(fault));
	base_fault_begin_frame(fault);
	ck_assert(base_fault_match_once(fault));
	ck_assert(base_fault_match_once(fault));
	ck_assert_uint_eq(fault->matched, 2);
}
END_TEST

/* 400 matches at 0.5: 200, with a margin of 6 standard deviations of 10. */
START_TEST(each_fault_has_its_own_random_numbers)
{
	const struct base_fault_when half = {.probability = 0.5};
	g_autofree char *alone = play(add(half), 400);
	g_autofree char *first = NULL, *second = NULL;
	struct base_fault *before, *after;

	teardown();
	setup();
	before = add(half);
	after = add(half);
	second = play(after, 400);
	first = play(before, 400);
	ck_assert_str_eq(first, alone);
	ck_assert_str_ne(second, alone);
	ck_assert_uint_ge(before->acted, 140);
	ck_assert_uint_le(before->acted, 260);
	base_fault_list_set_seed(&list, 7);
	g_free(second);
	second = play(before, 400);
	ck_assert_str_eq(second, alone);
}
END_TEST

START_TEST(ids_are_unique_and_never_reused)
{
	const struct base_fault *first = add((struct base_fault_when){0});
	const struct base_fault *second = add((struct base_fault_when){.count = 1});
	struct base_fault_status status;

	ck_assert_uint_eq(first->id, 1);
	ck_assert_ptr_eq(base_fault_list_find(&list, 2), second);
	ck_assert(base_fault_list_remove(&list, 1));
	ck_assert(!base_fault_list_remove(&list, 1));
	ck_assert(base_fault_list_at(&list, 0, &status));
	ck_assert_uint_eq(status.id, 2);
	ck_assert_ptr_eq(status.fault, second);
	ck_assert(!base_fault_list_at(&list, 1, &status));
	base_fault_list_clear(&list);
	ck_assert_uint_eq(base_fault_list_length(&list), 0);
	ck_assert_uint_eq(add((struct base_fault_when){0})->id, 3);
}
END_TEST

START_TEST(impossible_conditions_are_rejected)
{
	static const struct {
		struct base_fault_when when;
		const char *why;
	} bad[] = {
		{{.probability = 1.01}, "the probability has to be from 0 to 1"},
		{{.probability = -0.1}, "the probability has to be from 0 to 1"},
		{{.address_from = 2, .address_to = 2},
			"the end of the address range has to be above its begin"},
		{{.byte_from = 2, .byte_to = 1},
			"the end of the byte range has to be above its begin"},
		{{.from_ns = -1}, "times have to be 0 or more"},
		{{.from_ns = 5, .to_ns = 5},
			"the end of the time window has to be above its begin"},
	};
	const struct base_fault_when good = {.address_from = 2, .address_to = 3};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		ck_assert_str_eq(base_fault_when_check(&bad[i].when), bad[i].why);
	ck_assert_ptr_null(base_fault_when_check(&good));
	ck_assert(base_fault_when_has_address(&good, 2, 3));
	ck_assert(base_fault_when_has_address(&good, 0, 9));
	ck_assert(!base_fault_when_has_address(&good, 0, 2));
	ck_assert(!base_fault_when_has_address(&good, 3, 9));
}
END_TEST

Suite *
suite_base_faults(void)
{
	Suite *suite = suite_create("base_faults");
	TCase *tcase = tcase_create("list");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, each_condition_selects_its_matches, 0, G_N_ELEMENTS(rows));
	tcase_add_test(tcase, the_limit_per_frame_restarts_with_each_frame);
	tcase_add_test(tcase, a_frame_counts_as_one_match);
	tcase_add_test(tcase, each_fault_has_its_own_random_numbers);
	tcase_add_test(tcase, ids_are_unique_and_never_reused);
	tcase_add_test(tcase, impossible_conditions_are_rejected);
	suite_add_tcase(suite, tcase);
	return suite;
}
