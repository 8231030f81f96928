/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions on a running bench: faults, the supply and the board of a chip. */
#include "action/action.h"
#include "bench/adapter.h"
#include "bench/bench.h"
#include "setup/faultwords.h"
#include "bench/faults.h"
#include "action/internal.h"
#include "setup/options.h"
#include "clip/clip.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

#define MIB ((size_t)1 << 20)

static char *dir;
static char *path; /* of the bench file */
static struct bench *bench;
static struct action_context *actions;
static struct action_target target; /* the chip on line 0 of the first adapter */

static void
setup(void)
{
	dir = g_dir_make_tmp("spinor-hands-XXXXXX", NULL);
	ck_assert_ptr_nonnull(dir);
	path = g_build_filename(dir, "x.bench", NULL);
}

static void
stop(void)
{
	g_clear_pointer(&actions, action_context_destroy);
	g_clear_pointer(&bench, bench_destroy);
}

static void
teardown(void)
{
	stop();
	g_unlink(path);
	g_rmdir(dir);
	g_clear_pointer(&path, g_free);
	g_clear_pointer(&dir, g_free);
}

/* Starts a bench from a bench file with that text. */
static void
start(const char *text)
{
	char *words[] = {(char *)"spinord", path, NULL};
	char **argv = words;
	int argc = 2;
	struct setup_options *options;
	g_autoptr(GError) error = NULL;

	ck_assert(g_file_set_contents(path, text, -1, NULL));
	options = setup_options_parse(&argc, &argv, &error);
	ck_assert_msg(options != NULL, "%s", error ? error->message : "");
	bench = bench_new(options, NULL, &error);
	setup_options_free(options);
	ck_assert_msg(bench != NULL, "%s", error ? error->message : "");
	ck_assert(bench_start(bench, NULL));
	actions = action_context_new(bench);
	ck_assert(action_target_chip(
		actions, bench_adapter_name(bench_adapter_at(bench, 0)), 0, &target, NULL));
}

struct frame {
	const char *out;
	size_t n_out;
	uint8_t *in;
	size_t n_in;
};

static bool
play(struct action_work *work, GError **error)
{
	const struct frame *frame = work->in;
	struct clip *clip = bench_adapter_clip(work->target->adapter);

	(void)error;
	clip_select(clip, work->target->cs);
	clip_shift(clip, (const uint8_t *)frame->out, NULL, frame->n_out);
	clip_shift(clip, NULL, frame->in, frame->n_in);
	clip_deselect(clip);
	return true;
}

/* One frame of the host: sends n_out bytes of out, then reads n_in bytes. */
static void
frame(const char *out, size_t n_out, uint8_t *in, size_t n_in)
{
	struct frame request = {out, n_out, in, n_in};

	ck_assert(action_work_run(&target, play, &request, NULL, NULL));
}

/* Longer than the start-up time of a chip. */
static bool
wait_for_it(struct action_work *work, GError **error)
{
	(void)error;
	clip_wait(bench_adapter_clip(work->target->adapter), 20000000);
	return true;
}

START_TEST(loading_an_image_applies_stuck_cells)
{
	g_autofree char *image = g_build_filename(dir, "ones.bin", NULL);
	g_autofree char *ones = g_malloc(MIB);
	uint8_t byte;
	uint64_t n;

	memset(ones, 0xff, MIB);
	ck_assert(g_file_set_contents(image, ones, MIB, NULL));
	start("[adapter a]\nchip=W25Q80DV\n[fault f]\nwhat=stuck-cell\naddress=5\nbits=01\n");
	frame("\x03\0\0\5", 4, &byte, 1);
	ck_assert_uint_eq(byte, 0xfe);
	ck_assert(action_image_load(&target, image, &n, NULL));
	ck_assert_uint_eq(n, MIB);
	frame("\x03\0\0\5", 4, &byte, 1);
	ck_assert_uint_eq(byte, 0xfe);
	g_unlink(image);
}
END_TEST

static bool
add(struct action_work *work, GError **error)
{
	struct setup_fault *fault = setup_fault_parse(work->in, error);

	ck_assert_ptr_nonnull(fault);
	ck_assert_uint_gt(bench_faults_add(bench_adapter_faults(work->target->adapter), fault,
				  work->target->cs, error),
		0);
	setup_fault_free(fault);
	return true;
}

/* _i: 0: in memory, 1: in a file. */
START_TEST(restoring_a_snapshot_applies_stuck_cells)
{
	g_autofree char *file = _i == 1 ? g_build_filename(dir, "kept.bin", NULL) : NULL;
	g_autofree char *state = g_build_filename(dir, "kept.bin.state", NULL);
	const char *name = _i == 1 ? NULL : "blank";
	uint8_t bytes[3];
	uint64_t n;

	start("[adapter a]\nchip=W25Q80DV\n");
	ck_assert(action_snapshot_take(&target, name, file, &n, NULL));
	ck_assert(
		action_work_run(&target, add, (void *)"stuck-cell address=5 bits=01", NULL, NULL));
	ck_assert(action_snapshot_restore(&target, name, file, &n, NULL));
	frame("\x03\0\0\4", 4, bytes, 3);
	ck_assert_mem_eq(bytes, "\xff\xfe\xff", 3);
	if (file != NULL)
		g_unlink(file);
	g_unlink(state);
}
END_TEST

/* --- supply --- */

/* The supply after each action; 0 V: unchanged. */
static int
power(enum action_power action, int millivolts)
{
	struct action_power_request request = {.power = action, .millivolts = millivolts};
	g_autoptr(GError) error = NULL;

	ck_assert(action_power(&target, &request, &error));
	g_free(request.warning);
	action_boot_outcome_free(request.boot);
	return request.millivolts;
}

static const struct {
	const char *supply;
	int millivolts;
} supplies[] = {
	{"", 3300},
	{"supply = 2.5 V", 2500},
	{"supply = 5 V", 5000},
	{"supply = 1.0 V", 1000},
	{"supply = parasitic", 2532},
	{"supply = off", 3300},
};

START_TEST(power_on_restores_the_supply)
{
	int wanted = supplies[_i].millivolts;
	g_autofree char *text = g_strdup_printf(
		"[adapter a]\n[chip c]\npart = W25Q80DV\n%s\n", supplies[_i].supply);

	start(text);
	ck_assert_int_eq(power(ACTION_POWER_CYCLE, 0), wanted);
	ck_assert_int_eq(power(ACTION_POWER_OFF, 0), 0);
	ck_assert_int_eq(power(ACTION_POWER_ON, 0), wanted);
	ck_assert_int_eq(power(ACTION_POWER_CYCLE, 3000), 3000);
	ck_assert_int_eq(power(ACTION_POWER_OFF, 0), 0);
	ck_assert_int_eq(power(ACTION_POWER_OFF, 0), 0);
	ck_assert_int_eq(power(ACTION_POWER_ON, 0), 3000);
	ck_assert_int_eq(power(ACTION_POWER_ON, 2900), 2900);
	ck_assert_int_eq(power(ACTION_POWER_CYCLE, 0), 2900);
}
END_TEST

static const struct {
	const char *part;
	size_t n; /* of 01 1C 00 */
	uint8_t ones;
} cut_writes[] = {
	{"W25Q80DV", 3, 0xfc},
	{"MX25L6406E", 2, 0xbc},
	{"M25P16", 2, 0x9c},
};

/* Returns SR1 after a write of 1C to it that was interrupted half way. */
static uint8_t
cut_write(const char *part, unsigned int seed, size_t n)
{
	g_autofree char *text = g_strdup_printf(
		"[bench]\nseed = %u\ntiming = virtual\n[adapter a]\nchip = %s\n", seed, part);
	struct action_power_request request = {
		.power = ACTION_POWER_OFF, .cut_in = 2, .after_ns = BENCH_HALF_OF_BUSY};
	uint8_t sr1;

	start(text);
	ck_assert(action_power(&target, &request, NULL));
	frame("\x06", 1, NULL, 0);
	frame("\x01\x1c\x00", n, NULL, 0);
	power(ACTION_POWER_ON, 0);
	ck_assert(action_work_run(&target, wait_for_it, NULL, NULL, NULL));
	frame("\x05", 1, &sr1, 1);
	stop();
	return sr1;
}

/* Depending on the seed the register is unchanged, erased (all ones), or written. */
START_TEST(an_interrupted_register_write_leaves_old_erased_or_new)
{
	const uint8_t left[] = {0x00, cut_writes[_i].ones, 0x1c};
	unsigned int counts[3] = {0};

	for (unsigned int seed = 1; seed <= 40; seed++) {
		uint8_t sr1 = cut_write(cut_writes[_i].part, seed, cut_writes[_i].n);
		size_t which = 0;

		while (which < 3 && left[which] != sr1)
			which++;
		ck_assert_msg(which < 3, "seed %u: %02X", seed, sr1);
		counts[which]++;
	}
	for (size_t which = 0; which < 3; which++)
		ck_assert_msg(counts[which] >= 4, "%02X: %u times", left[which], counts[which]);
}
END_TEST

/* --- boards --- */

/* Returns the result of a power cycle, or with to >= 0 of a change of state: "boots", the reason
 * why not, or NULL if no board started. */
static char *
started(int to)
{
	struct action_power_request request = {.power = ACTION_POWER_CYCLE};
	g_autoptr(GPtrArray) boards = NULL;
	const struct action_boot_outcome *first = NULL;
	char *text = NULL;

	if (to < 0) {
		ck_assert(action_power(&target, &request, NULL));
		first = request.boot;
	} else {
		boards = action_board(&target, to, NULL);
		ck_assert_ptr_nonnull(boards);
		ck_assert_uint_le(boards->len, 1);
		first = boards->len > 0 ? boards->pdata[0] : NULL;
	}
	if (first != NULL) {
		ck_assert_str_eq(first->name, "router");
		ck_assert_uint_eq(first->cs, 0);
		ck_assert_int_eq(first->boots, first->why_not == NULL);
		text = g_strdup(first->boots ? "boots" : first->why_not);
	}
	action_boot_outcome_free(request.boot);
	return text;
}

static const struct {
	const char *keys;
	const char *cycle, *run;
} boards[] = {
	{"", "boots", NULL},
	{"state = run", "boots", NULL},
	{"state = reset", "it is held in reset", "boots"},
	{"state = off", "it has no supply", "boots"},
	{"state = reset\nmagic = 0x10 5A", "it is held in reset",
		"000010-000010 is not what it wants: 1 byte differs, from 000010"},
};

START_TEST(boards_start_on_power_cycle_or_release_from_reset)
{
	g_autofree char *text = g_strdup_printf(
		"[adapter a]\nchip = W25Q80DV\n[board router]\n%s\n", boards[_i].keys);
	g_autofree char *cycle = NULL;
	g_autofree char *run = NULL;
	g_autofree char *again = NULL;
	g_autofree char *held = NULL;
	g_autofree char *later = NULL;

	start(text);
	cycle = started(-1);
	ck_assert_str_eq(cycle, boards[_i].cycle);
	run = started(BOARD_RUNS);
	ck_assert_pstr_eq(run, boards[_i].run);
	again = started(BOARD_RUNS);
	ck_assert_ptr_null(again);
	held = started(BOARD_IN_RESET);
	ck_assert_ptr_null(held);
	later = started(BOARD_RUNS);
	ck_assert_str_eq(later, boards[_i].run ? boards[_i].run : "boots");
}
END_TEST

Suite *
suite_action(void)
{
	Suite *suite = suite_create("action");
	TCase *tcase = tcase_create("action");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, loading_an_image_applies_stuck_cells);
	tcase_add_loop_test(tcase, restoring_a_snapshot_applies_stuck_cells, 0, 2);
	tcase_add_loop_test(tcase, power_on_restores_the_supply, 0, G_N_ELEMENTS(supplies));
	tcase_add_loop_test(tcase, an_interrupted_register_write_leaves_old_erased_or_new, 0,
		G_N_ELEMENTS(cut_writes));
	tcase_add_loop_test(
		tcase, boards_start_on_power_cycle_or_release_from_reset, 0, G_N_ELEMENTS(boards));
	suite_add_tcase(suite, tcase);
	return suite;
}
