/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of a chip by their names, and examples of the events that they count. */
#include "trace/stats.h"

#include "suites.h"
#include "trace/examples.h"

#include <check.h>
#include <string.h>

/* Every outcome except the two that are no reason has a counter, so that a new one appears by
 * itself in stats.get, --assert and the reports. */
START_TEST(every_reason_has_a_counter)
{
	enum flash_outcome outcome = (enum flash_outcome)_i;
	const char *name = trace_reason_name(outcome);
	g_autofree char *counter = trace_counter_name(TRACE_BY_REASON + (enum trace_counter)_i);

	ck_assert_int_eq(name == NULL, outcome == FLASH_DONE || outcome == FLASH_UNKNOWN_OPCODE);
	if (name == NULL)
		return;
	ck_assert_msg(*name != '\0' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz_")] == '\0',
		"%s", name);
	ck_assert_int_eq(trace_counter_find(counter), TRACE_BY_REASON + _i);
	for (int other = 0; other < _i; other++)
		ck_assert_str_ne(name,
			trace_reason_name((enum flash_outcome)other)
				? trace_reason_name((enum flash_outcome)other)
				: "");
}
END_TEST

START_TEST(every_counter_is_found_by_its_name)
{
	g_autofree char *name = trace_counter_name((enum trace_counter)_i);

	if (name != NULL)
		ck_assert_int_eq(trace_counter_find(name), _i);
}
END_TEST

START_TEST(other_names_are_no_counters)
{
	static const char *const names[] = {"", "erase", "by_opcode", "by_opcode.", "by_opcode.2",
		"by_opcode.200", "by_opcode.XX", "by_opcode.-1", "by_reason", "by_reason.",
		"by_reason.done", "by_reason.unknown", "by_reason.WEL", "ignored.wel", "bytes_in"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		ck_assert_msg(trace_counter_find(names[i]) == TRACE_COUNTERS, "%s", names[i]);
	ck_assert_int_eq(trace_counter_find("by_opcode.d8"), TRACE_BY_OPCODE + 0xd8);
}
END_TEST

/* The counters of one event, as names. */
static char *
counted(const struct flash_event *event)
{
	enum trace_counter counters[TRACE_COUNTERS_OF_EVENT];
	unsigned int n = trace_counters_of(event, counters);
	GString *names = g_string_new(NULL);

	ck_assert_uint_le(n, TRACE_COUNTERS_OF_EVENT);
	for (unsigned int i = 0; i < n; i++) {
		g_autofree char *name = trace_counter_name(counters[i]);

		g_string_append_printf(names, "%s%s", i > 0 ? " " : "", name);
	}
	return g_string_free(names, FALSE);
}

static const struct {
	struct flash_event event;
	const char *counters;
} events[] = {
	{{.opcode = 0x03, .purpose = FLASH_FOR_READ}, "operations by_opcode.03 reads"},
	{{.opcode = 0x02, .purpose = FLASH_FOR_PROGRAM}, "operations by_opcode.02 programs"},
	{{.opcode = 0x20, .purpose = FLASH_FOR_ERASE}, "operations by_opcode.20 erases"},
	{{.opcode = 0x05, .purpose = FLASH_FOR_STATUS_READ},
		"operations by_opcode.05 status_reads"},
	{{.opcode = 0x01, .purpose = FLASH_FOR_STATUS_WRITE},
		"operations by_opcode.01 status_writes"},
	{{.opcode = 0x06}, "operations by_opcode.06"},
	{{.opcode = 0x15, .outcome = FLASH_UNKNOWN_OPCODE}, "operations by_opcode.15 unknown"},
	{{.opcode = 0x02, .purpose = FLASH_FOR_PROGRAM, .outcome = FLASH_WEL_CLEAR},
		"operations by_opcode.02 ignored by_reason.wel"},
	{{.opcode = -1, .outcome = FLASH_NO_COMMAND}, "ignored by_reason.no_opcode"},
	{{.kind = FLASH_EVENT_READY, .purpose = FLASH_FOR_ERASE, .opcode = -1}, ""},
	{{.kind = FLASH_EVENT_READY, .outcome = FLASH_NOT_ERASED, .opcode = -1},
		"failed by_reason.not_erased"},
	{{.kind = FLASH_EVENT_INTERRUPTED, .opcode = -1}, "interrupted"},
	{{.kind = FLASH_EVENT_POWER, .opcode = -1}, ""},
	{{.kind = FLASH_EVENT_NONVOLATILE, .opcode = -1}, ""},
};

START_TEST(each_event_has_its_counters)
{
	g_autofree char *names = counted(&events[_i].event);
	struct trace_chip_stats stats = {0};
	g_auto(GStrv) words = g_strsplit(names, " ", -1);

	ck_assert_str_eq(names, events[_i].counters);
	trace_chip_stats_count(&stats, &events[_i].event);
	for (enum trace_counter counter = 0; counter < TRACE_COUNTERS; counter++) {
		g_autofree char *name = trace_counter_name(counter);
		bool wanted = name != NULL && g_strv_contains((const char *const *)words, name);

		ck_assert_msg(trace_chip_stats_value(&stats, counter) == wanted, "%s", name);
	}
}
END_TEST

static void
add_programs(struct trace_examples *examples, uint32_t from, uint32_t n)
{
	for (uint32_t i = from; i < from + n; i++) {
		const struct flash_event event = {.opcode = 0x02,
			.name = "PP",
			.purpose = FLASH_FOR_PROGRAM,
			.has_address = true,
			.address = i,
			.time_ns = i};

		trace_examples_add(examples, &event);
	}
}

/* The first and the last ones, whatever their number: never one twice. */
START_TEST(examples_are_the_first_and_the_latest)
{
	struct trace_examples *examples = trace_examples_new();
	struct trace_example_list list;

	trace_examples_get(NULL, TRACE_PROGRAMS, &list);
	ck_assert_uint_eq(list.n_first + list.n_last, 0);
	for (uint32_t n = 1; n < 40; n++) {
		unsigned int last =
			n > TRACE_EXAMPLES ? MIN(n - TRACE_EXAMPLES, TRACE_EXAMPLES) : 0;

		add_programs(examples, n, 1);
		trace_examples_get(examples, TRACE_BYTES_PROGRAMMED, &list);
		ck_assert_uint_eq(list.n_first, MIN(n, TRACE_EXAMPLES));
		ck_assert_uint_eq(list.n_last, last);
		for (unsigned int i = 0; i < list.n_first; i++) {
			ck_assert_uint_eq(list.first[i].number, i + 1);
			ck_assert_uint_eq(list.first[i].address, i + 1);
		}
		for (unsigned int i = 0; i < last; i++) {
			ck_assert_uint_eq(list.last[i].number, n - last + 1 + i);
			ck_assert_uint_eq(list.last[i].address, n - last + 1 + i);
		}
	}
	trace_examples_get(examples, TRACE_IGNORED, &list);
	ck_assert_uint_eq(list.n_first, 0);
	trace_examples_free(examples);
}
END_TEST

/* The end of an operation has no opcode of its own. */
START_TEST(a_failure_names_the_command_that_started_it)
{
	const struct flash_event ready = {.kind = FLASH_EVENT_READY,
		.outcome = FLASH_NOT_PROGRAMMED,
		.opcode = -1,
		.purpose = FLASH_FOR_PROGRAM,
		.time_ns = 99};
	const struct flash_event status = {.opcode = 0x05, .purpose = FLASH_FOR_STATUS_READ};
	struct trace_examples *examples = trace_examples_new();
	struct trace_example_list list;

	add_programs(examples, 0x1234, 1);
	trace_examples_add(examples, &status);
	trace_examples_add(examples, &ready);
	trace_examples_get(examples, TRACE_FAILED, &list);
	ck_assert_uint_eq(list.n_first, 1);
	ck_assert_int_eq(list.first[0].opcode, 0x02);
	ck_assert_str_eq(list.first[0].name, "PP");
	ck_assert_uint_eq(list.first[0].address, 0x1234);
	ck_assert_int_eq(list.first[0].time_ns, 99);
	ck_assert_int_eq(list.first[0].outcome, FLASH_NOT_PROGRAMMED);
	trace_examples_free(examples);
}
END_TEST

Suite *
suite_stats(void)
{
	Suite *suite = suite_create("stats");
	TCase *tcase = tcase_create("stats");

	tcase_add_loop_test(tcase, every_reason_has_a_counter, 0, FLASH_OUTCOMES);
	tcase_add_loop_test(tcase, every_counter_is_found_by_its_name, 0, TRACE_COUNTERS);
	tcase_add_test(tcase, other_names_are_no_counters);
	tcase_add_loop_test(tcase, each_event_has_its_counters, 0, G_N_ELEMENTS(events));
	tcase_add_test(tcase, examples_are_the_first_and_the_latest);
	tcase_add_test(tcase, a_failure_names_the_command_that_started_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
