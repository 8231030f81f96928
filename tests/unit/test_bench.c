/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Benches: creation from files and options, threads, counters, observers.
 *
 * long: a row for each mistake in a bench file.
 */
#include "bench/bench.h"
#include "link/meter.h"

#include "base/error.h"
#include "bench/chip.h"
#include "clip/clip.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "setup/options.h"
#include "setup/setup.h"
#include "suites.h"
#include "wall.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *dir;
static char *path; /* of the bench file */

static void
setup_dir(void)
{
	dir = g_dir_make_tmp("spinor-bench-XXXXXX", NULL);
	ck_assert_ptr_nonnull(dir);
	path = g_build_filename(dir, "x.bench", NULL);
}

static void
teardown_dir(void)
{
	g_unlink(path);
	g_rmdir(dir);
	g_clear_pointer(&path, g_free);
	g_clear_pointer(&dir, g_free);
}

/* Words of the command line, separated by |; FILE stands for a bench file with that text. */
static struct setup_options *
options_of(const char *line, const char *text)
{
	g_autofree char *whole = g_strdup_printf(
		"spinord%s%s%s%s", text ? "|" : "", text ? path : "", *line ? "|" : "", line);
	g_auto(GStrv) words = g_strsplit(whole, "|", -1);
	g_autofree char **argv = g_memdup2(words, (g_strv_length(words) + 1) * sizeof *words);
	int argc = (int)g_strv_length(words);
	g_autoptr(GError) error = NULL;
	struct setup_options *options;

	if (text)
		ck_assert(g_file_set_contents(path, text, -1, NULL));
	options = setup_options_parse(&argc, &argv, &error);
	ck_assert_msg(options != NULL, "%s", error ? error->message : "");
	return options;
}

static struct setup_bench *
setup_of(const char *line, const char *text, GError **error)
{
	struct setup_options *options = options_of(line, text);
	struct setup_bench *setup = setup_new(options, error);

	setup_options_free(options);
	return setup;
}

/* One word per adapter and chip: NAME(PROFILE,LINK,TCP)[CHIP cs PART IMAGE]… */
static char *
describe(const struct setup_bench *setup)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < setup->adapters->len; i++) {
		const struct setup_adapter *a = setup->adapters->pdata[i];

		g_string_append_printf(text, "%s(%s,%s,%s)", a->name, a->profile ? a->profile : "",
			a->link ? a->link : "", a->tcp ? a->tcp : "");
		for (guint j = 0; j < a->chips->len; j++) {
			const struct setup_chip *c = a->chips->pdata[j];

			g_string_append_printf(text, "[%s %u %s %s]", c->name ? c->name : "", c->cs,
				c->part, c->image ? c->image : "");
		}
		g_string_append_c(text, ' ');
	}
	g_string_replace(text, dir, "DIR", 0);
	return g_string_free(text, FALSE);
}

static const struct {
	const char *line, *file, *wanted;
} taken[] = {
	{"", NULL, "adapter0(,,)[ 0 W25Q128JV ] "},
	{"--chip|X|--image|i|--link|l|--profile|p", NULL, "adapter0(p,l,)[ 0 X i] "},
	{"--tcp|1", NULL, "adapter0(,,1)[ 0 W25Q128JV ] "},
	{"--count|2|--link|/t{n}|--image|{n}/{n}", NULL,
		"adapter0(,/t0,)[ 0 W25Q128JV 0/0] adapter1(,/t1,)[ 0 W25Q128JV 1/1] "},
	{"--count|2|--tcp|0", NULL, "adapter0(,,0)[ 0 W25Q128JV ] adapter1(,,0)[ 0 W25Q128JV ] "},
	{"--count|2|--tcp|[::1]:0", NULL,
		"adapter0(,,[::1]:0)[ 0 W25Q128JV ] adapter1(,,[::1]:0)[ 0 W25Q128JV ] "},
	{"", "[adapter a]\n", "a(,,) "},
	{"", "[adapter a]\nchip=X\nimage = i \nlink=/l{n}\nprofile=p", "a(p,/l{n},)[ 0 X DIR/i] "},
	{"", "[chip c]\npart=X\ncs=0x2\n[adapter a]\nchip=Y\n", "a(,,)[ 0 Y ][c 2 X ] "},
	{"", "[adapter a]\n[adapter b]\n[chip c]\nadapter=b\npart=X\n", "a(,,) b(,,)[c 0 X ] "},
	{"", "[adapter a]\ncount=2\nlink={n}\n[chip c]\npart=X\nimage=/{n}\n",
		"a0(,DIR/0,)[c0 0 X /0] a1(,DIR/1,)[c1 0 X /1] "},
	{"--chip|Z|--image|j|--tcp|5", "[adapter a]\nchip=X\nlink=l\n", "a(,,5)[ 0 Z j] "},
	{"--link|m|--count|1", "[adapter a]\nchip=X\ntcp=5\n", "a0(,m,)[ 0 X ] "},
};

START_TEST(descriptions_create_adapters_and_chips)
{
	g_autoptr(GError) error = NULL;
	struct setup_bench *setup = setup_of(taken[_i].line, taken[_i].file, &error);
	g_autofree char *got = NULL;

	ck_assert_msg(setup != NULL, "%s", error ? error->message : "");
	got = describe(setup);
	ck_assert_str_eq(got, taken[_i].wanted);
	setup_free(setup);
}
END_TEST

START_TEST(each_chip_has_its_condition)
{
	g_autoptr(GError) error = NULL;
	struct setup_bench *setup = setup_of("--wp|high|--timing|real|--time-scale|2.5",
		"[bench]\ntime-scale=10\n[adapter a]\ncount=2\n[chip c]\npart=X\nwp=low\n"
		"hold=float\nsupply=1800 mV\ncorner=max\nwear=on\ncycles=7\nstatus=1C 02\n"
		"mode=ear:1, locked\ncut-at=9\nid=C8 40\nsfdp=none\n"
		"sfdp-bytes=0x10 01 02; 0x20 FF\nreal-size=1M\nbeyond=ones\n"
		"wp-with-qe=yes\n",
		&error);

	ck_assert_msg(setup != NULL, "%s", error ? error->message : "");
	ck_assert_uint_eq(setup->time_scale, 2500);
	for (guint i = 0; i < 2; i++) {
		const struct setup_adapter *adapter = setup->adapters->pdata[i];
		const struct setup_chip *chip = adapter->chips->pdata[0];
		const struct setup_condition *c = &chip->condition;

		ck_assert_int_eq(c->levels[0], 1);
		ck_assert_int_eq(c->levels[1], 2);
		ck_assert_int_eq(c->millivolts, 1800);
		ck_assert_int_eq(c->corner, FLASH_CORNER_MAXIMUM);
		ck_assert(c->wear);
		ck_assert_uint_eq(c->cycles, 7);
		ck_assert_uint_eq(c->n_status, 2);
		ck_assert_uint_eq(c->status[0], 0x1c);
		ck_assert_uint_eq(c->modes, 1u << SETUP_MODE_EAR | 1u << SETUP_MODE_LOCKED);
		ck_assert_uint_eq(c->ear, 1);
		ck_assert_uint_eq(c->n_id, 2);
		ck_assert_uint_eq(c->id[0], 0xc8);
		ck_assert_uint_eq(c->sfdp_size, 0);
		ck_assert_uint_eq(c->n_sfdp_bytes, 3);
		ck_assert_uint_eq(c->sfdp_bytes[1].offset, 0x11);
		ck_assert_uint_eq(c->sfdp_bytes[1].value, 0x02);
		ck_assert_uint_eq(c->sfdp_bytes[2].offset, 0x20);
		ck_assert_uint_eq(c->real_size, 1 << 20);
		ck_assert_int_eq(c->beyond, FLASH_ONES);
		ck_assert(c->wp_with_qe);
		ck_assert_uint_eq(c->cut_at, 9);
		ck_assert(!setup_condition_has(c, SETUP_KEY_RESET));
		ck_assert_uint_eq(c->by_option, 1u << SETUP_KEY_WP);
	}
	setup_free(setup);
}
END_TEST

START_TEST(file_sets_the_options_of_all_adapters)
{
	const char *text = "[bench]\ntiming=real\nseed=0x10\nchipdb=db\ntrace=-\ncontrol=c\n"
			   "[adapter a]\n";
	g_autofree char *chipdb = g_build_filename(dir, "db", NULL);
	g_autofree char *control = g_build_filename(dir, "c", NULL);
	struct setup_bench *setup = setup_of("", text, NULL);

	ck_assert_int_eq(setup->timing, BASE_CLOCK_REAL);
	ck_assert_uint_eq(setup->seed, 16);
	ck_assert_str_eq(setup->chipdb, chipdb);
	ck_assert_str_eq(setup->trace, "-");
	ck_assert_str_eq(setup->control, control);
	setup_free(setup);
	setup = setup_of("--timing|virtual|--seed|1|--trace|t|--control|d|--chipdb|e", text, NULL);
	ck_assert_int_eq(setup->timing, BASE_CLOCK_VIRTUAL);
	ck_assert_uint_eq(setup->seed, 1);
	ck_assert_str_eq(setup->chipdb, "e");
	ck_assert_str_eq(setup->trace, "t");
	ck_assert_str_eq(setup->control, "d");
	setup_free(setup);
}
END_TEST

#define A "[adapter a]\n"
#define NOT_REAL "with a timing that does not take real time; it goes with timing real"
#define OWN "; each needs a file of its own"
#define TWICE ": it is there twice; each one needs its own"
#define GROUPS "allowed are [bench], [adapter NAME], [chip NAME], [fault NAME] and [board NAME]"
#define TEXT "; allowed: groups, KEY = VALUE and # comments"
#define NAMES "allowed are A-Z a-z 0-9 . _ -"
#define PARTS "allowed: a part number, spinord --list-chips lists all"
#define ONE_OF_TWO "the bench file has 2 chips, and this option is for one; set it in the file"

static const struct {
	const char *line, *file, *message; /* after "FILE: " */
} refused[] = {
	{"", "", "no [adapter NAME]; at least one is wanted"},
	{"", "[bench]\ntimming=real\n" A,
		"[bench]: unknown key \"timming\": did you mean timing?; allowed are timing, "
		"time-scale, seed, snapshot, snapshots-max, "
		"snapshots-bytes, chipdb, trace, record, control"},
	{"", "[bench]\ntiming=fast\n" A,
		"[bench]: timing = \"fast\" is refused; allowed: instant, virtual and real"},
	{"", "[bench]\nseed=-1\n" A,
		"[bench]: seed = \"-1\" is refused; allowed: a whole number from 0 to "
		"18446744073709551615"},
	{"", "[bench]\nsnapshots-max=65537\n" A,
		"[bench]: snapshots-max = \"65537\" is refused; allowed: a whole number from 0 to "
		"65536"},
	{"", "[bench]\nsnapshots-bytes=1025G\n" A,
		"[bench]: snapshots-bytes = \"1025G\" is refused; allowed: a size up to 1024G, "
		"such as 64M"},
	{"", "[bnch]\n" A, "[bnch]: unknown group: did you mean bench?; " GROUPS},
	{"", "[x y]\n" A, "[x y]: unknown group; " GROUPS},
	{"", "[adapter]\n", "[adapter]: \"\" is no name for an adapter; " NAMES},
	{"", "[adapter a b]\n", "[adapter a b]: \"a b\" is no name for an adapter; " NAMES},
	{"", A "[chip /]\npart=X\n", "[chip /]: \"/\" is no name for a chip; " NAMES},
	{"", A A, "line 2: [adapter a]: the group is there twice; allowed is once"},
	{"", A "chip=X\nchip = Y\n",
		"line 3: [adapter a]: key \"chip\" is there twice; allowed is once"},
	{"", A "chip=\n", "[adapter a]: chip = \"\" is refused; " PARTS},
	{"", A "image=i\n", "[adapter a]: an image, but no chip; chip = PART is wanted"},
	{"", A "link=l\ntcp=0\n", "[adapter a]: link and tcp; an adapter has one of them"},
	{"", A "count=0\n",
		"[adapter a]: count = \"0\" is refused; allowed: a whole number from 1 to 4096"},
	{"", A "tcp=65536\n",
		"[adapter a]: tcp 65536: no such address; allowed is [HOST:]PORT with a port of 0 "
		"(any free one) to 65535"},
	{"", A "count=2\nlink=/l\n",
		"[adapter a]: link /l: 2 adapters can't share it; {n} in it stands for the number "
		"of each, 0 to 1"},
	{"", A "[chip c]\ncs=1\n", "[chip c]: no part; part = PART is wanted"},
	{"", A "[chip c]\npart=X\ncs=8\n",
		"[chip c]: cs = \"8\" is refused; allowed: a chip select line, 0 to 7"},
	{"", A "chip=X\n[chip c]\npart=X\n",
		"[chip c]: cs = 0: adapter a has a chip there already; each needs a line of its "
		"own, 0 to 7"},
	{"", A "[adapter main]\n[chip c]\npart=X\nadapter=mian\n",
		"[chip c]: no adapter \"mian\": did you mean main?; allowed are a, main"},
	{"", A "[adapter b]\n[chip c]\npart=X\n",
		"[chip c]: no adapter = NAME, and there is not just one; allowed are a, b"},
	{"", "[chip c]\npart=X\n",
		"[chip c]: there is no adapter for it; an [adapter NAME] is wanted"},
	{"", A "chip=X\nlink=/l\n[adapter b]\nlink=/./l\n",
		"[adapter b]: link /./l: that is the link of FILE: [adapter a]: link /l too" OWN},
	{"", A "tcp=5000\n[adapter b]\ntcp=LOCALHOST:05000\n",
		"[adapter b]: tcp LOCALHOST:05000: adapter a listens there too; each one needs an "
		"address of its own"},
	{"", A "tcp=[::1]:5000\n[adapter b]\ntcp=[::1]:5000\n",
		"[adapter b]: tcp [::1]:5000: adapter a listens there too; each one needs an "
		"address of its own"},
	{"", A "count=2\n[adapter a1]\n", "[adapter a1]: adapter a1" TWICE},
	{"", A "chip=X\nimage=/i\n[chip c]\ncs=1\npart=X\nimage=/i\n",
		"[chip c]: image /i: that is the image of FILE: [adapter a]: image /i too" OWN},
	{"", A "chip=X\nimage=/i\n[chip c]\ncs=1\npart=X\nimage=/i.state\n",
		"[chip c]: image /i.state: that is the registers of the image of FILE: [adapter a] "
		"/i.state too" OWN},
	{"", "[bench]\ntrace=/i\n" A "chip=X\nimage=/i\n",
		"[adapter a]: image /i: that is the trace of FILE: [bench]: trace /i too" OWN},
	{"", "a=b\n", "line 1: \"a=b\" is refused: it comes before the first [GROUP]" TEXT},
	{"--image|i", A "chip=X\n[chip c]\ncs=1\npart=X\n", "--image i: " ONE_OF_TWO},
	{"--chip|Z", A "chip=X\n[chip c]\ncs=1\npart=X\n", "--chip Z: " ONE_OF_TWO},
	{"--hold|low|--wp|low", A "chip=X\n[chip c]\ncs=1\npart=X\n", "--hold low: " ONE_OF_TWO},
	{"", A "[chip c]\npart=X\nwp=hgih\n",
		"[chip c]: wp = \"hgih\" is refused: did you mean high?; allowed: low, high and "
		"float"},
	{"", A "[chip c]\npart=X\nmode=4-byte,lokced\n",
		"[chip c]: mode = \"4-byte,lokced\" is refused: did you mean locked?; allowed: "
		"deep-power-down, 4-byte, 3-byte, ear:N, qpi, suspended, program-suspended, "
		"erasing, programming, writing-status, aai, otp, reset-enabled, write-enabled, "
		"continuous-read, locked, locked:FIRST-LAST, unlocked, power-up-4-byte and "
		"otp-locked, or several of them with commas, but not those that exclude each "
		"other (spinor-bench(5), mode)"},
	{"", A "[chip c]\npart=X\nwp=up\n",
		"[chip c]: wp = \"up\" is refused; allowed: low, high and float"},
	{"", A "[chip c]\npart=X\nsupply=3300\n",
		"[chip c]: supply = \"3300\" is refused; allowed: off, parasitic, and voltages "
		"up to 6000 mV with V or mV"},
	{"", A "[chip c]\npart=X\nmdoe=qpi\n",
		"[chip c]: unknown key \"mdoe\": did you mean mode?; allowed are adapter, cs, "
		"part, image, content, wp, hold, reset, supply, corner, wear, cycles, status, "
		"mode, "
		"cut-at, id, sfdp, sfdp-bytes, real-size, beyond, wp-with-qe"},
	{"", A "chip=X\nwp=low\n",
		"[adapter a]: unknown key \"wp\"; allowed are profile, "
		"link, tcp, tcp-idle, chip, image, content, count, serial-buffer, "
		"operation-buffer, write-max, read-max, write-limit, read-limit, over, without, "
		"refusal, clock, clock-needed, program-name"},
	{"", A "write-max=0\n",
		"[adapter a]: write-max = \"0\" is refused; allowed: a number of bytes from 1 to "
		"16777216"},
	{"", A "without=Q_OPBUF Q_SERBUF\n",
		"[adapter a]: without = \"Q_OPBUF Q_SERBUF\" is refused; allowed: commands by "
		"name or in hex, such as Q_SERBUF, 11, with commas between them"},
	{"", A "withut=11\n",
		"[adapter a]: unknown key \"withut\": did you mean without?; allowed are profile, "
		"link, tcp, tcp-idle, chip, image, content, count, serial-buffer, "
		"operation-buffer, write-max, read-max, write-limit, read-limit, over, without, "
		"refusal, clock, clock-needed, program-name"},
	{"", "[bench]\ntime-scale=2\n" A, "[bench]: time-scale 2: " NOT_REAL},
	{"--time-scale|2", "[bench]\ntime-scale=3\n" A, "--time-scale 2: " NOT_REAL},
	{"", "[bench]\ntime-scale=0\n" A,
		"[bench]: time-scale = \"0\" is refused; allowed: a number from 0.1 to 1000"},
};

START_TEST(errors_name_the_rejected_value)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *prefix = g_strconcat(path, ": ", NULL);
	g_autofree char *other = g_strconcat(" ", path, ":", NULL);
	g_autoptr(GString) wanted = g_string_new(refused[_i].message);
	const char *message;

	ck_assert_ptr_null(setup_of(refused[_i].line, refused[_i].file, &error));
	message = error->message;
	if (g_str_has_prefix(message, prefix))
		message += strlen(prefix);
	g_string_replace(wanted, " FILE:", other, 1);
	ck_assert_str_eq(message, wanted->str);
	ck_assert(g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE));
}
END_TEST

static struct bench *
bench_of(const char *line, const char *text)
{
	struct setup_options *options = options_of(line, text);
	g_autoptr(GError) error = NULL;
	struct bench *bench = bench_new(options, NULL, &error);

	ck_assert_msg(bench != NULL, "%s", error ? error->message : "");
	setup_options_free(options);
	return bench;
}

#define TWO_CHIPS "[adapter a]\nchip=W25Q80DV\n[chip b]\ncs=3\npart=W25Q80DV\n"

START_TEST(adapters_are_found_by_name)
{
	struct bench *bench = bench_of("--count|2|--chip|W25Q80DV", NULL);
	g_autoptr(GError) error = NULL;

	ck_assert_uint_eq(bench_n_adapters(bench), 2);
	ck_assert_ptr_eq(bench_find_adapter(bench, "adapter1", NULL), bench_adapter_at(bench, 1));
	ck_assert_ptr_null(bench_find_adapter(bench, "x", &error));
	ck_assert_str_eq(error->message, "no adapter \"x\"; allowed are adapter0, adapter1");
	g_clear_error(&error);
	ck_assert_ptr_null(bench_find_adapter(bench, NULL, &error));
	ck_assert_str_eq(error->message,
		"there are 2 adapters and none is named (--adapter NAME); allowed are "
		"adapter0, adapter1");
	bench_destroy(bench);
	bench = bench_of("--chip|W25Q80DV", NULL);
	ck_assert_ptr_eq(bench_find_adapter(bench, NULL, NULL), bench_adapter_at(bench, 0));
	bench_destroy(bench);
}
END_TEST

START_TEST(chips_are_on_their_lines_with_different_seeds)
{
	struct bench *bench = bench_of("", TWO_CHIPS);
	struct bench_adapter *adapter = bench_adapter_at(bench, 0);
	const struct flash_nonvolatile *left, *right;
	size_t n;

	ck_assert_uint_eq(bench_adapter_n_chips(adapter), 2);
	ck_assert_ptr_null(bench_adapter_chip(adapter, 1));
	ck_assert_ptr_null(bench_adapter_chip(adapter, 8));
	ck_assert_str_eq(bench_chip_part(bench_adapter_chip(adapter, 3))->name, "W25Q80DV");
	ck_assert_str_eq(bench_chip_label(bench_adapter_chip(adapter, 0)), "a");
	ck_assert_str_eq(bench_chip_label(bench_adapter_chip(adapter, 3)), "b");
	left = flash_nonvolatile(bench_chip_flash(bench_adapter_chip(adapter, 0)), &n);
	right = flash_nonvolatile(bench_chip_flash(bench_adapter_chip(adapter, 3)), &n);
	ck_assert_str_eq(left[2].name, "unique-id");
	ck_assert_mem_ne(left[2].data, right[2].data, left[2].size);
	bench_destroy(bench);
}
END_TEST

static void
note_thread(void *data)
{
	*(GThread **)data = g_thread_self();
}

START_TEST(calls_wait_until_the_adapter_thread_has_run_them)
{
	struct bench *bench = bench_of("--chip|W25Q80DV", NULL);
	struct bench_adapter *adapter = bench_adapter_at(bench, 0);
	GThread *before = NULL, *first = NULL, *second = NULL, *after = NULL;

	bench_adapter_call(adapter, note_thread, &before);
	ck_assert_ptr_eq(before, g_thread_self());
	ck_assert(bench_start(bench, NULL));
	bench_adapter_call(adapter, note_thread, &first);
	bench_adapter_call(adapter, note_thread, &second);
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_ne(first, g_thread_self());
	ck_assert_ptr_eq(first, second);
	bench_adapter_stop(adapter);
	bench_adapter_call(adapter, note_thread, &after);
	ck_assert_ptr_eq(after, g_thread_self());
	bench_destroy(bench);
}
END_TEST

static void
frame(struct clip *clip, const uint8_t *bytes, size_t n)
{
	clip_select(clip, 3);
	clip_shift(clip, bytes, NULL, n);
	clip_deselect(clip);
}

/* Sends a program without write enable, one with it, an erase, and reads, like a host's adapter. */
static void
use_chip(void *data)
{
	struct clip *clip = bench_adapter_clip(data);
	static const uint8_t write_enable[] = {0x06}, read_status[] = {0x05, 0};
	static const uint8_t program[] = {0x02, 0, 0, 0, 1, 2, 3}, erase[] = {0x20, 0, 0, 0};
	static const uint8_t read[] = {0x03, 0, 0, 0, 0, 0}, write_status[] = {0x01, 0};
	static const uint8_t unknown[] = {0xee};

	frame(clip, program, sizeof program);
	frame(clip, write_enable, sizeof write_enable);
	frame(clip, program, sizeof program);
	frame(clip, read_status, sizeof read_status);
	clip_wait(clip, 1000000000);
	frame(clip, write_enable, sizeof write_enable);
	frame(clip, erase, sizeof erase);
	clip_wait(clip, 1000000000);
	frame(clip, write_enable, sizeof write_enable);
	frame(clip, write_status, sizeof write_status);
	clip_wait(clip, 1000000000);
	frame(clip, read, sizeof read);
	frame(clip, unknown, sizeof unknown);
}

START_TEST(chip_commands_of_hosts_are_counted)
{
	struct bench *bench = bench_of("", TWO_CHIPS);
	struct bench_adapter *adapter = bench_adapter_at(bench, 0);
	struct trace_chip_stats stats, none = {0};
	const struct flash_part *part = bench_chip_part(bench_adapter_chip(adapter, 3));
	uint64_t busy_ns = (uint64_t)(part->timing[FLASH_T_W].typ_ns);

	ck_assert(bench_start(bench, NULL));
	bench_adapter_call(adapter, use_chip, adapter);
	ck_assert(bench_get_chip_stats(adapter, 3, &stats));
	ck_assert_uint_eq(stats.operations, 10);
	ck_assert_uint_eq(stats.reads, 1);
	ck_assert_uint_eq(stats.bytes_read, 2);
	ck_assert_uint_eq(stats.programs, 1);
	ck_assert_uint_eq(stats.bytes_programmed, 3);
	ck_assert_uint_eq(stats.erases, 1);
	ck_assert_uint_eq(stats.bytes_erased, 4096);
	ck_assert_uint_eq(stats.status_reads, 1);
	ck_assert_uint_eq(stats.status_writes, 1);
	ck_assert_uint_eq(stats.ignored, 1);
	ck_assert_uint_eq(stats.by_reason[FLASH_WEL_CLEAR], 1);
	ck_assert_uint_eq(stats.unknown, 1);
	ck_assert_uint_eq(stats.by_opcode[0x02], 2);
	ck_assert_uint_eq(stats.by_opcode[0x06], 3);
	ck_assert_uint_eq(stats.by_opcode[0xee], 1);
	ck_assert_uint_gt(stats.busy_ns, busy_ns);
	ck_assert(bench_get_chip_stats(adapter, 0, &stats));
	ck_assert_mem_eq(&stats, &none, sizeof stats);
	ck_assert(!bench_get_chip_stats(adapter, 1, &stats));
	bench_reset_stats(adapter);
	ck_assert(bench_get_chip_stats(adapter, 3, &stats));
	ck_assert_mem_eq(&stats, &none, sizeof stats);
	ck_assert(bench_chip_is_changed(bench_adapter_chip(adapter, 3)));
	ck_assert(!bench_chip_is_changed(bench_adapter_chip(adapter, 0)));
	bench_destroy(bench);
}
END_TEST

struct seen {
	GThread *thread;
	unsigned int cs;
	unsigned int n;
	int opened, closed;
};

static void
see_chip(
	void *data, struct bench_adapter *adapter, unsigned int cs, const struct flash_event *event)
{
	struct seen *seen = data;

	(void)adapter;
	seen->thread = g_thread_self();
	seen->cs = cs;
	seen->n += event->kind == FLASH_EVENT_COMMAND;
}

START_TEST(observers_receive_every_event)
{
	struct bench *bench = bench_of("", TWO_CHIPS);
	struct bench_adapter *adapter = bench_adapter_at(bench, 0);
	struct seen seen = {0};
	GThread *thread;

	ck_assert(bench_start(bench, NULL));
	bench_adapter_call(adapter, note_thread, &thread);
	bench_set_observer(bench, see_chip, &seen);
	bench_adapter_call(adapter, use_chip, adapter);
	ck_assert_uint_eq(seen.n, 10);
	ck_assert_uint_eq(seen.cs, 3);
	ck_assert_ptr_eq(seen.thread, thread);
	bench_set_observer(bench, NULL, NULL);
	bench_adapter_call(adapter, use_chip, adapter);
	ck_assert_uint_eq(seen.n, 10);
	bench_destroy(bench);
}
END_TEST

static void
see_host(void *data, struct bench_adapter *adapter, bool opened)
{
	struct seen *seen = data;

	(void)adapter;
	g_atomic_int_inc(opened ? &seen->opened : &seen->closed);
}

static void
note_path(void *data)
{
	struct bench_adapter **adapter = data;

	ck_assert(!bench_adapter_has_host(*adapter));
	*(char **)data = g_strdup(bench_adapter_path(*adapter));
}

START_TEST(hosts_and_their_bytes_are_counted)
{
	struct bench *bench = bench_of("--chip|W25Q80DV", NULL);
	struct bench_adapter *adapter = bench_adapter_at(bench, 0);
	union {
		struct bench_adapter *adapter;
		char *path;
	} tty = {.adapter = adapter};
	struct link_host_stats stats = {0};
	struct seen seen = {0};
	int64_t limit_us;
	uint8_t reply;
	FILE *host;

	ck_assert(bench_start(bench, NULL));
	bench_set_host_observer(bench, see_host, &seen);
	bench_adapter_call(adapter, note_path, &tty);
	host = fopen(tty.path, "r+be");
	ck_assert_ptr_nonnull(host);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(write(fileno(host), "\0", 1), 1);
		ck_assert_int_eq(read(fileno(host), &reply, 1), 1);
		ck_assert_int_eq(reply, 0x06);
	}
	bench_get_host_stats(adapter, &stats);
	ck_assert_uint_eq(stats.sessions, 1);
	ck_assert_uint_eq(stats.bytes_in, 3);
	ck_assert_uint_eq(stats.bytes_out, 3);
	fclose(host);
	/* The main thread notices the close first and passes it to the adapter's thread. */
	limit_us = g_get_monotonic_time() + WALL_LIMIT_MS * INT64_C(1000);
	while (g_atomic_int_get(&seen.closed) == 0 && g_get_monotonic_time() < limit_us) {
		g_main_context_iteration(NULL, FALSE);
		g_usleep(5000);
	}
	bench_set_host_observer(bench, NULL, NULL);
	ck_assert_int_eq(seen.opened, 1);
	ck_assert_int_eq(seen.closed, 1);
	g_free(tty.path);
	bench_destroy(bench);
}
END_TEST

Suite *
suite_bench(void)
{
	Suite *suite = suite_create("bench");
	TCase *described = tcase_create("described");
	TCase *built = tcase_create("built");

	tcase_add_checked_fixture(described, setup_dir, teardown_dir);
	tcase_add_loop_test(
		described, descriptions_create_adapters_and_chips, 0, G_N_ELEMENTS(taken));
	tcase_add_test(described, each_chip_has_its_condition);
	tcase_add_test(described, file_sets_the_options_of_all_adapters);
	tcase_add_loop_test(described, errors_name_the_rejected_value, 0, G_N_ELEMENTS(refused));
	suite_add_tcase(suite, described);
	tcase_add_checked_fixture(built, setup_dir, teardown_dir);
	tcase_add_test(built, adapters_are_found_by_name);
	tcase_add_test(built, chips_are_on_their_lines_with_different_seeds);
	tcase_add_test(built, calls_wait_until_the_adapter_thread_has_run_them);
	tcase_add_test(built, chip_commands_of_hosts_are_counted);
	tcase_add_test(built, observers_receive_every_event);
	tcase_add_test(built, hosts_and_their_bytes_are_counted);
	suite_add_tcase(suite, built);
	return suite;
}
