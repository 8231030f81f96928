/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults of one adapter: numbers, counters, reports of acts; and the boot results of a board.
 */
#include "bench/faults.h"

#include "base/error.h"
#include "board/board.h"
#include "board/boot.h"
#include "clip_fixture.h"
#include "flash/fault.h"
#include "flash/partdata.h"
#include "setup/faultwords.h"
#include "suites.h"

#include <check.h>
#include <gio/gio.h>
#include <string.h>

struct told {
	unsigned int id;
	char *name;
	char *text;
	char *place;
	int cs;
	int64_t address, byte;
	uint64_t operation;
	uint64_t acted;
};

static struct clip_fixture *f;
static struct bench_faults *faults;
static GPtrArray *acts; /* struct told */
static GString *warnings;

static void
free_told(void *data)
{
	struct told *told = data;

	g_free(told->name);
	g_free(told->text);
	g_free(told->place);
	g_free(told);
}

static void
acted(void *data, const struct bench_fault_act *act)
{
	struct told *told = g_new0(struct told, 1);

	ck_assert_ptr_eq(data, acts);
	told->id = act->id;
	told->name = g_strdup(act->name);
	told->text = g_strdup(act->text);
	told->place = g_strdup(act->position);
	told->cs = act->cs;
	told->address = act->address;
	told->byte = act->byte;
	told->operation = act->operation;
	told->acted = act->acted;
	g_ptr_array_add(acts, told);
}

static void
logged(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
	(void)domain;
	(void)data;
	if (level & G_LOG_LEVEL_MESSAGE)
		g_string_append_printf(warnings, "%s\n", text);
}

static void
setup(void)
{
	f = clip_fixture_new();
	acts = g_ptr_array_new_with_free_func(free_told);
	warnings = g_string_new(NULL);
	g_log_set_handler("spinor", G_LOG_LEVEL_MASK, logged, NULL);
	faults = bench_faults_new(f->clip, "left");
}

static void
teardown(void)
{
	bench_faults_destroy(faults);
	clip_fixture_destroy(f);
	g_ptr_array_unref(acts);
	g_string_free(warnings, TRUE);
}

/* name NULL: none. */
static unsigned int
add_named(const char *text, const char *name)
{
	struct setup_fault *fault = setup_fault_parse(text, NULL);
	g_autoptr(GError) error = NULL;
	unsigned int id;

	ck_assert_ptr_nonnull(fault);
	ck_assert(name == NULL || setup_fault_set_name(fault, name, NULL));
	id = bench_faults_add(faults, fault, 0, &error);
	ck_assert_msg(id > 0, "%s", error ? error->message : "");
	setup_fault_free(fault);
	return id;
}

static unsigned int
add(const char *text)
{
	return add_named(text, NULL);
}

static void
assert_not_added(const char *text, const char *name, GQuark domain, const char *message)
{
	struct setup_fault *fault = setup_fault_parse(text, NULL);
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_nonnull(fault);
	ck_assert(name == NULL || setup_fault_set_name(fault, name, NULL));
	ck_assert_uint_eq(bench_faults_add(faults, fault, 0, &error), 0);
	ck_assert_str_eq(error->message, message);
	ck_assert(error->domain == domain);
	setup_fault_free(fault);
}

static void
observe(void)
{
	ck_assert(!bench_faults_is_observed(faults));
	bench_faults_observe(faults, acted, acts, NULL);
	ck_assert(bench_faults_is_observed(faults));
}

/* Compares the list: "ID CS ACTED/MATCHED TEXT" for each fault, with " (NAME)" if it has one, and
 * ;. */
static void
assert_listed(const char *wanted)
{
	g_autoptr(GPtrArray) list = bench_faults_list(faults);
	g_autoptr(GString) got = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++) {
		const struct bench_fault_info *info = list->pdata[i];

		g_string_append_printf(got, "%u %d %u/%u %s", info->id, info->cs,
			(unsigned int)info->acted, (unsigned int)info->matched, info->text);
		if (info->name != NULL)
			g_string_append_printf(got, " (%s)", info->name);
		g_string_append_c(got, ';');
	}
	ck_assert_str_eq(got->str, wanted);
}

START_TEST(numbers_are_never_reused)
{
	assert_listed("");
	ck_assert_uint_eq(add("open line=wp"), 1);
	ck_assert_uint_eq(add("slow"), 2);
	ck_assert_uint_eq(add("late"), 3);
	assert_listed("1 -1 0/0 open line=wp;2 0 0/0 slow;3 -1 0/0 late;");
	ck_assert(bench_faults_remove(faults, 1));
	ck_assert(!bench_faults_remove(faults, 1));
	ck_assert(!bench_faults_remove(faults, 9));
	ck_assert_uint_eq(add("open line=hold"), 4);
	assert_listed("2 0 0/0 slow;3 -1 0/0 late;4 -1 0/0 open line=hold;");
	bench_faults_clear(faults);
	assert_listed("");
	ck_assert_uint_eq(add("early"), 5);
}
END_TEST

START_TEST(faults_act_and_count_in_wires_and_chip)
{
	struct base_fault_status wires;
	struct base_fault_status chip;

	add("stuck-1 line=miso opcode=03");
	add("weak-cell rate=1 address=0x100-0x1FF bits=80");
	ck_assert(clip_fault_at(f->clip, 0, &wires));
	ck_assert(flash_fault_at(f->chip, 0, &chip));
	clip_fixture_status(f);
	assert_listed("1 -1 0/0 stuck-1 line=miso opcode=03;"
		      "2 0 0/0 weak-cell rate=1 address=0x100-0x1FF bits=80;");
	clip_fixture_read(f, 0, 4);
	ck_assert_mem_eq(f->read, "\xff\xff\xff\xff", 4);
	clip_fixture_read(f, 0x100, 4);
	assert_listed("1 -1 2/2 stuck-1 line=miso opcode=03;"
		      "2 0 4/4 weak-cell rate=1 address=0x100-0x1FF bits=80;");
	bench_faults_clear(faults);
	ck_assert(!clip_fault_at(f->clip, 0, &wires));
	ck_assert(!flash_fault_at(f->chip, 0, &chip));
	clip_fixture_read(f, 0x100, 4);
	ck_assert_uint_eq(clip_fixture_wrong_bits(f, 0x100, 4), 0);
}
END_TEST

START_TEST(acts_on_the_wires_are_reported_with_line_and_byte)
{
	const struct told *told;

	observe();
	add("late");
	bench_faults_clear(faults);
	add("bit-error rate=1 bytes=6 per-frame=2 opcode=03");
	clip_fixture_status(f);
	ck_assert_uint_eq(acts->len, 0);
	clip_fixture_read(f, 0, 8);
	ck_assert_uint_eq(acts->len, 2);
	told = acts->pdata[0];
	ck_assert_uint_eq(told->id, 2);
	ck_assert_str_eq(told->text, "bit-error rate=1 bytes=6 per-frame=2 opcode=03");
	ck_assert_str_eq(told->place, "miso, byte 6, bit 7, opcode 03");
	ck_assert_int_eq(told->address, 2);
	ck_assert_int_eq(told->byte, 6);
	ck_assert_int_eq(told->cs, -1);
	ck_assert_uint_eq(told->operation, 2);
	ck_assert_uint_eq(told->acted, 1);
	told = acts->pdata[1];
	ck_assert_str_eq(told->place, "miso, byte 6, bit 6, opcode 03");
	ck_assert_uint_eq(told->acted, 2);
}
END_TEST

START_TEST(acts_in_a_chip_are_reported_with_their_address)
{
	const struct told *told;

	observe();
	add("weak-cell rate=1 address=0x102");
	clip_fixture_read(f, 0x100, 2);
	ck_assert_uint_eq(acts->len, 0);
	clip_fixture_read(f, 0x100, 3);
	ck_assert_uint_eq(acts->len, 1);
	told = acts->pdata[0];
	ck_assert_str_eq(told->place, "address 000102");
	ck_assert_int_eq(told->address, 0x102);
	ck_assert_int_eq(told->byte, -1);
	ck_assert_uint_eq(told->operation, 2);
	ck_assert_int_eq(told->cs, 0);
	ck_assert_uint_eq(told->acted, 1);
}
END_TEST

/* A reset of the board does not restart the count. */
START_TEST(a_count_continues_after_a_reset_of_the_board)
{
	add("board-writes count=2 period=1ms");
	clip_wait(f->clip, 1500000);
	bench_faults_set_board(faults, BOARD_IN_RESET);
	bench_faults_set_board(faults, BOARD_RUNS);
	clip_wait(f->clip, 5000000);
	assert_listed("1 -1 2/2 board-writes count=2 period=1ms;");
	bench_faults_set_board(faults, BOARD_OFF);
	bench_faults_set_board(faults, BOARD_RUNS);
	clip_wait(f->clip, 5000000);
	assert_listed("1 -1 2/2 board-writes count=2 period=1ms;");
}
END_TEST

START_TEST(numbers_of_the_clip_map_to_those_of_the_adapter)
{
	struct clip_line_state state;

	add("slow");
	add("open line=wp");
	clip_line_state(f->clip, 0, CLIP_WP, &state);
	ck_assert_uint_eq(state.fault_id, 1);
	ck_assert_uint_eq(bench_faults_of_wires(faults, state.fault_id), 2);
	clip_line_state(f->clip, 0, CLIP_CS, &state);
	ck_assert_uint_eq(bench_faults_of_wires(faults, state.fault_id), 0);
	ck_assert_uint_eq(bench_faults_of_wires(faults, 77), 0);
}
END_TEST

START_TEST(removing_a_fault_logs_its_counters)
{
	bench_faults_clear(faults);
	ck_assert_str_eq(warnings->str, "");
	add("stuck-1 line=miso opcode=03");
	add("no-effect");
	clip_fixture_read(f, 0, 4);
	ck_assert(bench_faults_remove(faults, 1));
	ck_assert_str_eq(warnings->str,
		"left: fault 1, stuck-1 line=miso opcode=03: acted 1 time on 1 occasion\n");
	g_string_truncate(warnings, 0);
	add("late");
	bench_faults_destroy(faults);
	ck_assert_str_eq(warnings->str,
		"left: fault 2, no-effect: acted 0 times on 0 occasions\n"
		"left: fault 3, late: acted 0 times on 0 occasions\n");
	faults = bench_faults_new(f->clip, "left");
}
END_TEST

START_TEST(a_named_fault_is_found_and_reported_by_name)
{
	observe();
	ck_assert_uint_eq(add_named("stuck-1 line=miso opcode=03", "splash"), 1);
	ck_assert_uint_eq(add("late opcode=05"), 2);
	ck_assert_uint_eq(add_named("slow", "old.chip_2-b"), 3);
	assert_listed("1 -1 0/0 stuck-1 line=miso opcode=03 (splash);2 -1 0/0 late opcode=05;"
		      "3 0 0/0 slow (old.chip_2-b);");
	ck_assert_uint_eq(bench_faults_named(faults, "old.chip_2-b"), 3);
	ck_assert_uint_eq(bench_faults_named(faults, "late"), 0);
	clip_fixture_read(f, 0, 4);
	clip_fixture_status(f);
	ck_assert_uint_eq(acts->len, 2);
	ck_assert_pstr_eq(((struct told *)acts->pdata[0])->name, "splash");
	ck_assert_pstr_eq(((struct told *)acts->pdata[1])->name, NULL);
	assert_not_added("open", "splash", BASE_ERROR,
		"open: there is a fault \"splash\" already; allowed is a name that is free");
	ck_assert(bench_faults_remove(faults, 1));
	ck_assert_uint_eq(bench_faults_named(faults, "splash"), 0);
	ck_assert_uint_eq(add_named("open", "splash"), 4);
	bench_faults_clear(faults);
	ck_assert_str_eq(warnings->str,
		"left: splash: fault 1, stuck-1 line=miso opcode=03: acted 1 time on 1 occasion\n"
		"left: fault 2, late opcode=05: acted 1 time on 1 occasion\n"
		"left: old.chip_2-b: fault 3, slow: acted 0 times on 0 occasions\n"
		"left: splash: fault 4, open: acted 0 times on 0 occasions\n");
}
END_TEST

/* Starts at the end of the first period, unless the board is held in reset. */
START_TEST(a_board_writes_while_it_runs)
{
	const struct told *told;

	observe();
	add("board-writes address=0xFE000-0xFFFFF period=1ms writes=16");
	clip_wait(f->clip, 2500000);
	ck_assert_uint_eq(acts->len, 2);
	told = acts->pdata[1];
	ck_assert_str_eq(told->place, "address 0FE010, 16 bytes");
	ck_assert_uint_eq(told->acted, 2);
	bench_faults_set_board(faults, BOARD_IN_RESET);
	clip_wait(f->clip, 5000000);
	assert_listed("1 -1 2/2 board-writes address=0xFE000-0xFFFFF period=1ms writes=16;");
	bench_faults_set_board(faults, BOARD_OFF);
	clip_wait(f->clip, 5000000);
	ck_assert_uint_eq(acts->len, 2);
	/* The board starts over at the start of its region. */
	bench_faults_set_board(faults, BOARD_RUNS);
	clip_wait(f->clip, 1000000);
	ck_assert_uint_eq(acts->len, 3);
	ck_assert_str_eq(((struct told *)acts->pdata[2])->place, "address 0FE000, 16 bytes");
	assert_listed("1 -1 3/3 board-writes address=0xFE000-0xFFFFF period=1ms writes=16;");
}
END_TEST

START_TEST(the_1025th_fault_is_rejected)
{
	for (unsigned int i = 0; i < SETUP_FAULTS_MAX; i++)
		add(i % 2 ? "slow" : "late count=1");
	assert_not_added("open line=cs", NULL, G_IO_ERROR,
		"open line=cs: left has 1024 faults, and no more are allowed; remove some of them "
		"first");
	ck_assert(bench_faults_remove(faults, 77));
	ck_assert_uint_eq(add("open line=wp"), SETUP_FAULTS_MAX + 1);
	bench_faults_clear(faults);
	clip_fixture_assert_sound(f);
}
END_TEST

static const struct {
	const char *text, *message;
	unsigned int cs;
} refused[] = {
	{"short with=miso", "short with=miso: a short takes two different lines", 0},
	{"contact rate=0.1 per-us=0.1",
		"contact rate=0.1 per-us=0.1: a contact takes a rate per bit or per us, 0 to 1", 0},
	{"open from=2ms to=1ms",
		"open from=2ms to=1ms: the end of the time window has to be above its begin", 0},
	{"open address=0x200000",
		"open address=0x200000: that is beyond a TEST-PART; allowed are addresses up to "
		"0xFFFFF",
		0},
	{"open select=3", "open select=3: there is no chip on that select line; allowed: select=0",
		0},
	{"master period=10ms phase=10ms",
		"master period=10ms phase=10ms: the phase has to be below the period", 0},
	{"board-writes period=10ms phase=11ms",
		"board-writes period=10ms phase=11ms: the phase has to be below the period", 0},
	{"open period=10ms phase=10ms",
		"open period=10ms phase=10ms: the phase has to be below the period", 0},
	{"open duty=0.2", "open duty=0.2: duty and phase go with a period only", 0},
	{"late phase=1ms", "late phase=1ms: duty and phase go with a period only", 0},
	{"late period=1ms duty=0", "late period=1ms duty=0: the duty has to be above 0", 0},
	{"stuck-cell offset=3", "stuck-cell offset=3: the offset goes with every only", 0},
	{"weak-cell offset=4 every=4",
		"weak-cell offset=4 every=4: the offset has to be below the distance", 0},
	{"stuck-cell address=0x100000",
		"stuck-cell address=0x100000: that is beyond a TEST-PART; allowed are addresses up "
		"to 0xFFFFF",
		0},
	{"board-writes address=0xFF000-0x100FFF",
		"board-writes address=0xFF000-0x100FFF: that is beyond a TEST-PART; allowed are "
		"addresses up to 0xFFFFF",
		0},
	{"board-writes address=0xFF000-0xFF0FF",
		"board-writes address=0xFF000-0xFF0FF: a board writes to whole sectors of 4096 "
		"bytes, such as 0xFE000-0xFFFFF",
		0},
	{"stuck-cell bits=00",
		"stuck-cell bits=00: no bit is named; allowed is a mask from 01 to FF", 0},
	{"slow", "slow: it is a chip's, and there is none; allowed are other faults", 1},
};

START_TEST(invalid_values_are_rejected)
{
	struct setup_fault *fault = setup_fault_parse(refused[_i].text, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) message = NULL;

	ck_assert_ptr_nonnull(fault);
	ck_assert_uint_eq(bench_faults_add(faults, fault, refused[_i].cs, &error), 0);
	ck_assert(g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE));
	message = g_string_new(refused[_i].message);
	g_string_replace(message, "TEST-PART", flash_part(f->chip)->name, 0);
	ck_assert_str_eq(error->message, message->str);
	assert_listed("");
	setup_fault_free(fault);
}
END_TEST

static const struct {
	const char *sentence;
	struct board_verdict verdict;
} verdicts[] = {
	{"it boots", {.result = BOARD_BOOTS}},
	{"no chip answers: 9F reads FF FF FE",
		{.result = BOARD_NO_CHIP, .opcode = 0x9f, .id = {0xff, 0xff, 0xfe}, .n_id = 3}},
	{"000010-000013 is not what it wants: 1 byte differs, from 000012",
		{.result = BOARD_OTHER_CONTENT,
			.start = 0x10,
			.length = 4,
			.first = 0x12,
			.n_bytes = 1}},
	{"1000000-10000FF is not what it wants: 256 bytes differ, from 1000000",
		{.result = BOARD_OTHER_CONTENT,
			.start = 0x1000000,
			.length = 256,
			.first = 0x1000000,
			.n_bytes = 256}},
	{"000000-000FFF has another SHA-256",
		{.result = BOARD_OTHER_DIGEST, .start = 0, .length = 4096}},
	{"001000-001FFF is no longer the board's own: 2 bytes differ, from 001FFE",
		{.result = BOARD_CHANGED,
			.start = 4096,
			.length = 4096,
			.first = 0x1ffe,
			.n_bytes = 2}},
	{"SR2 is 40; of its bits 02 it wants 02",
		{.result = BOARD_REGISTER, .reg = 1, .mask = 2, .wanted = 2, .found = 0x40}},
};

START_TEST(a_board_reports_why_it_does_not_boot)
{
	g_autofree char *sentence = board_boot_reason(&verdicts[_i].verdict);

	ck_assert_str_eq(sentence, verdicts[_i].sentence);
}
END_TEST

Suite *
suite_faults(void)
{
	Suite *suite = suite_create("faults");
	TCase *tcase = tcase_create("faults");
	TCase *boards = tcase_create("boots");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, numbers_are_never_reused);
	tcase_add_test(tcase, faults_act_and_count_in_wires_and_chip);
	tcase_add_test(tcase, acts_on_the_wires_are_reported_with_line_and_byte);
	tcase_add_test(tcase, acts_in_a_chip_are_reported_with_their_address);
	tcase_add_test(tcase, a_count_continues_after_a_reset_of_the_board);
	tcase_add_test(tcase, numbers_of_the_clip_map_to_those_of_the_adapter);
	tcase_add_test(tcase, removing_a_fault_logs_its_counters);
	tcase_add_test(tcase, a_named_fault_is_found_and_reported_by_name);
	tcase_add_test(tcase, a_board_writes_while_it_runs);
	tcase_add_test(tcase, the_1025th_fault_is_rejected);
	tcase_add_loop_test(tcase, invalid_values_are_rejected, 0, G_N_ELEMENTS(refused));
	suite_add_tcase(suite, tcase);
	tcase_add_loop_test(
		boards, a_board_reports_why_it_does_not_boot, 0, G_N_ELEMENTS(verdicts));
	suite_add_tcase(suite, boards);
	return suite;
}
