/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sections [fault NAME] and [board NAME]: their settings, their targets, and the error
 * messages.
 */
#include "base/error.h"
#include "bench/bench.h"
#include "setup/benchfile.h"
#include "setup/faultwords.h"
#include "setup/options.h"
#include "setup/setup.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;
static char *path; /* of the bench file */
static char *content;
static char *empty;

/* Creates a pipe without a writer, a file larger than any chip, and one a byte larger than the
 * chip; sparse. */
static void
make_odd_files(void)
{
	g_autofree char *fifo = g_build_filename(dir, "fifo", NULL);
	g_autofree char *huge = g_build_filename(dir, "huge.bin", NULL);
	g_autofree char *too_long = g_build_filename(dir, "long.bin", NULL);

	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert(g_file_set_contents(huge, "a", 1, NULL));
	ck_assert_int_eq(truncate(huge, INT64_C(1) << 36), 0);
	ck_assert(g_file_set_contents(too_long, "a", 1, NULL));
	ck_assert_int_eq(truncate(too_long, (1 << 20) + 1), 0);
}

static void
remove_odd_files(void)
{
	static const char *const names[] = {"fifo", "huge.bin", "long.bin"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *odd = g_build_filename(dir, names[i], NULL);

		g_unlink(odd);
	}
}

static void
setup(void)
{
	dir = g_dir_make_tmp("spinor-faults-XXXXXX", NULL);
	ck_assert_ptr_nonnull(dir);
	path = g_build_filename(dir, "x.bench", NULL);
	content = g_build_filename(dir, "boot.bin", NULL);
	empty = g_build_filename(dir, "empty.bin", NULL);
	ck_assert(g_file_set_contents(content, "abc", 3, NULL));
	ck_assert(g_file_set_contents(empty, "", 0, NULL));
	make_odd_files();
}

static void
teardown(void)
{
	g_unlink(path);
	g_unlink(content);
	g_unlink(empty);
	remove_odd_files();
	g_rmdir(dir);
	g_clear_pointer(&path, g_free);
	g_clear_pointer(&content, g_free);
	g_clear_pointer(&empty, g_free);
	g_clear_pointer(&dir, g_free);
}

static struct setup_bench *
read_file(const char *text, GError **error)
{
	ck_assert(g_file_set_contents(path, text, -1, NULL));
	return setup_file_read(path, error);
}

/* Checks the file like spinord --check. */
static bool
check(const char *text, GError **error)
{
	char *words[] = {(char *)"spinord", path, NULL};
	char **argv = words;
	int argc = 2;
	struct setup_options *options;
	g_autofree char *files = NULL;
	unsigned int adapters, chips;
	bool good;

	ck_assert(g_file_set_contents(path, text, -1, NULL));
	options = setup_options_parse(&argc, &argv, NULL);
	ck_assert_ptr_nonnull(options);
	good = bench_check(options, &adapters, &chips, &files, error);
	setup_options_free(options);
	return good;
}

#define A "[adapter a]\n"
#define CHIP "[adapter a]\nchip=W25Q80DV\n"
#define DATA "[chip data]\ncs=1\npart=W25Q80DV\n"
#define TWO "[adapter main]\nchip=W25Q80DV\n[adapter b]\nchip=W25Q80DV\n"

START_TEST(fault_sections_create_faults)
{
	g_autoptr(GError) error = NULL;
	struct setup_bench *read = read_file(
		"[fault cell]\nwhat = weak-cell \nadapter = a \nchip = data\nrate = 0.25\n"
		"every=256\noffset=6\n" CHIP DATA
		"[fault wire]\nline=mosi\nwhat=bit-error\nrate=1e-3\n",
		&error);
	const struct setup_fault_entry *entry;
	g_autofree char *where = g_strdup_printf("%s: [fault wire]", path);

	ck_assert_msg(read != NULL, "%s", error ? error->message : "");
	ck_assert_uint_eq(read->faults->len, 2);
	entry = read->faults->pdata[0];
	ck_assert_str_eq(entry->adapter, "a");
	ck_assert_str_eq(entry->chip, "data");
	ck_assert_str_eq(entry->fault->name, "cell");
	ck_assert_int_eq(entry->fault->model, SETUP_FAULT_OF_CHIP);
	ck_assert_str_eq(entry->fault->text, "weak-cell rate=0.25 every=256 offset=6");
	entry = read->faults->pdata[1];
	ck_assert_ptr_null(entry->adapter);
	ck_assert_ptr_null(entry->chip);
	ck_assert_str_eq(entry->where, where);
	ck_assert_int_eq(entry->fault->wires.line, CLIP_MOSI);
	ck_assert_str_eq(entry->fault->text, "bit-error line=mosi rate=1e-3");
	setup_free(read);
}
END_TEST

START_TEST(board_sections_create_boards)
{
	g_autoptr(GError) error = NULL;
	struct setup_bench *read =
		read_file(CHIP "[board router]\nadapter = a \nchip=a\naddress=4\ncontent=boot.bin\n"
			       "magic = 0x10  5A a5 ; 32 00\n"
			       "sha256=0x0-0xF "
			       "374708fff7719dd5979ec875d56cd2286f6d3cf7ec317a3b25632aab28ec37bb\n"
			       "unchanged=0x100-0x1FF; 4096-8191\nregisters=sr1 1C 00; SR2 02 02\n",
			&error);
	const struct setup_board *entry;

	ck_assert_msg(read != NULL, "%s", error ? error->message : "");
	ck_assert_uint_eq(read->boards->len, 1);
	entry = read->boards->pdata[0];
	ck_assert_str_eq(entry->name, "router");
	ck_assert_str_eq(entry->adapter, "a");
	ck_assert_str_eq(entry->chip, "a");
	ck_assert_uint_eq(entry->end, 8192);
	ck_assert_ptr_nonnull(entry->board);
	setup_free(read);
}
END_TEST

/* The adapter and its line: "ADAPTER CS", or "ADAPTER" if there is no chip. */
static char *
place_of(const char *text, const char *adapter, const char *chip, GError **error)
{
	struct setup_bench *read = read_file(text, NULL);
	struct setup_adapter *found_adapter;
	struct setup_chip *found;
	char *place = NULL;

	ck_assert_ptr_nonnull(read);
	if (setup_find(read, adapter, chip, "HERE", &found_adapter, &found, error))
		place = found ? g_strdup_printf("%s %u", found_adapter->name, found->cs)
			      : g_strdup(found_adapter->name);
	setup_free(read);
	return place;
}

static const struct {
	const char *file, *adapter, *chip, *place, *message;
} places[] = {
	{CHIP, NULL, NULL, "a 0", NULL},
	{A, NULL, NULL, "a", NULL},
	{CHIP DATA, NULL, NULL, "a", NULL},
	{CHIP DATA, "a", "data", "a 1", NULL},
	{CHIP DATA, NULL, "a", "a 0", NULL},
	{TWO, "b", NULL, "b 0", NULL},
	{TWO, NULL, "b", "b 0", NULL},
	{TWO "[chip data]\nadapter=b\npart=X\ncs=3\n", NULL, "data", "b 3", NULL},
	{TWO, NULL, NULL, NULL,
		"HERE: no adapter = NAME, and there is not just one; allowed are main, b"},
	{TWO, "mian", NULL, NULL,
		"HERE: no adapter \"mian\": did you mean main?; allowed are main, b"},
	{TWO, "mian", "b", NULL,
		"HERE: no adapter \"mian\": did you mean main?; allowed are main, b"},
	{TWO, "main", "b", NULL, "HERE: no chip \"b\"; allowed are main"},
	{CHIP DATA, NULL, "dta", NULL,
		"HERE: no chip \"dta\": did you mean data?; allowed are a, data"},
	{A, NULL, "data", NULL, "HERE: there is no chip for it; a chip is wanted"},
};

START_TEST(targets_are_found_by_adapter_and_chip_name)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *place =
		place_of(places[_i].file, places[_i].adapter, places[_i].chip, &error);

	ck_assert_pstr_eq(place, places[_i].place);
	ck_assert_pstr_eq(error ? error->message : NULL, places[_i].message);
	ck_assert(error == NULL || g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE));
}
END_TEST

#define MORE "; more of them after ;"

/* The text after "FILE: "; … at the end: any continuation. */
static const struct {
	const char *file, *message;
} refused[] = {
	{CHIP "[fault]\nwhat=open\n",
		"[fault]: \"\" is no name for a fault; allowed are A-Z a-z 0-9 . _ -"},
	{CHIP "[fault 12]\nwhat=open\n", "[fault 12]: \"12\" is no name for a fault; allowed are…"},
	{"[adapter a]\ntcp=0\nchip=W25Q80DV\n[fault x]\nwhat=wrong-baud\nbaud=9600\n",
		"[fault x]: wrong-baud baud=9600: TCP has no speed; allowed is an adapter on a "
		"terminal"},
	{CHIP "[fault x]\nline=miso\n", "[fault x]: no what; what = FAULT is wanted"},
	{CHIP "[fault x]\nwhat=opne\n",
		"[fault x]: unknown fault \"opne\": did you mean open?; spinor help fault lists "
		"them"},
	{CHIP "[fault x]\nwhat=open\nlien=miso\n",
		"[fault x]: fault open has no \"lien\": did you mean line?; allowed are what, "
		"adapter, chip, line, during, …"},
	{CHIP "[fault x]\nwhat=open\nline=sck\n",
		"[fault x]: line=sck is refused; allowed: cs, clk, mosi, miso, wp, hold, vcc, "
		"gnd"},
	{CHIP "[fault x]\nwhat=open\nline=cs\nside=host\n",
		"[fault x]: fault open has no \"side\"…"},
	{CHIP "[fault x]\nwhat=open\nline=cs\nline=clk\n",
		"line 6: [fault x]: key \"line\" is there twice; allowed is once"},
	{CHIP "[fault x]\nwhat=bit-error\nrate=2\n",
		"[fault x]: rate=2 is refused; allowed: a probability from 0 to 1, such as 1e-6"},
	{CHIP "[fault x]\nwhat=slow\nduring=read\n",
		"[fault x]: during=read is refused; allowed: some of program,erase,status-write"},
	{CHIP "[fault x]\nwhat=bit-error\nline=clk\n",
		"[fault x]: bit-error line=clk: lines with single wrong bits are mosi, miso"},
	{CHIP "[fault x]\nwhat=weak-cell\naddress=0xFFFFF-0x100000\n",
		"[fault x]: weak-cell address=0xFFFFF-0x100000: that is beyond a W25Q80DV; "
		"allowed are addresses up to 0xFFFFF"},
	{CHIP "[fault x]\nwhat=board-writes\naddress=0xFF000-0x100FFF\n",
		"[fault x]: board-writes address=0xFF000-0x100FFF: that is beyond a W25Q80DV; "
		"allowed are addresses up to 0xFFFFF"},
	{CHIP DATA "[fault x]\nwhat=open\nchip=data\n",
		"[fault x]: chip = \"data\" is refused: the fault is one of the wires, which all "
		"chips of an adapter share; allowed: adapter = NAME, and select = N for one "
		"chip's frames"},
	{CHIP "[fault x]\nwhat=drop\nchip=a\n",
		"[fault x]: chip = \"a\" is refused: the fault is one of the line to the host; "
		"allowed: adapter = NAME"},
	{CHIP "[fault x]\nwhat=latency\ntime=0ms\n",
		"[fault x]: latency time=0ms: allowed: a latency of 1 ms to 10 s"},
	{CHIP DATA "[fault x]\nwhat=slow\n",
		"[fault x]: no chip = NAME, and there is not just one; allowed are a, data"},
	{A "[fault x]\nwhat=slow\n", "[fault x]: there is no chip for it; a chip is wanted"},
	{CHIP "count=2\n[fault x]\nwhat=slow\nadapter=a\n",
		"[fault x]: no adapter \"a\": did you mean a0?; allowed are a0, a1"},
	{TWO "[fault x]\nwhat=slow\nadapter=main\n[fault  x]\nwhat=open\nadapter=b\n",
		"[fault  x]: there is a fault \"x\" already; allowed is a name that is free"},
	{CHIP "[board]\n", "[board]: \"\" is no name for a board; …"},
	{CHIP "[fault x]\nwhat=bit-error\naddress=0x200000\n",
		"[fault x]: bit-error address=0x200000: that is beyond a W25Q80DV; allowed are "
		"addresses up to 0xFFFFF"},
	{CHIP DATA "[fault x]\nwhat=open\nselect=3\n",
		"[fault x]: open select=3: there is no chip on that select line; allowed: "
		"select=0, 1"},
	{A "[fault x]\nwhat=open\nselect=0\n",
		"[fault x]: open select=0: there is no chip on that select line, nor on another; "
		"allowed: no select"},
	{CHIP "[fault x]\nwaht=open\n",
		"[fault x]: no what, but waht: did you mean what?; what = FAULT is wanted"},
	{CHIP "[fault x]\nWhat=open\n",
		"[fault x]: no what, but What: did you mean what?; what = FAULT is wanted"},
	{CHIP "[fault x]\nwhat=open\nadaptor=a\n",
		"[fault x]: fault open has no \"adaptor\": did you mean adapter?; …"},
	{CHIP "[board x]\nmagci=0 5A\n",
		"[board x]: unknown key \"magci\": did you mean magic?; allowed are adapter, chip, "
		"state, address, content, magic, sha256, unchanged, registers"},
	{CHIP "[board x]\nmagic=0x10 5A;\n",
		"[board x]: magic = \"0x10 5A;\" is refused; allowed: an address and bytes in hex, "
		"such as 0x10 5A A5 F0 0F" MORE},
	{CHIP "[board x]\nmagic=0x10 5\n", "[board x]: magic = \"0x10 5\" is refused; …"},
	{CHIP "[board x]\nmagic=\n", "[board x]: magic = \"\" is refused; …"},
	{CHIP "[board x]\ncontent=none.bin\n", "[board x]: content = \"none.bin\" is refused: …"},
	{CHIP "[board x]\ncontent=empty.bin\n",
		"[board x]: content = \"empty.bin\" is refused; allowed: a regular file that is "
		"not empty and no longer than the chip"},
	{CHIP "[board x]\ncontent=/dev/zero\n",
		"[board x]: content = \"/dev/zero\" is refused: \"/dev/zero\" is not a regular "
		"file; …"},
	{CHIP "[board x]\ncontent=fifo\n", "[board x]: content = \"fifo\" is refused: …"},
	{CHIP "[board x]\ncontent=huge.bin\n", "[board x]: content = \"huge.bin\" is refused: …"},
	{CHIP "[board x]\ncontent=long.bin\n",
		"[board x]: it needs bytes up to 100000; allowed are addresses of a W25Q80DV, "
		"000000 to 0FFFFF"},
	{CHIP "[board x]\nsha256=0-3 abc\n",
		"[board x]: sha256 = \"0-3 abc\" is refused; allowed: FIRST-LAST and 64 hex "
		"digits" MORE},
	{CHIP "[board x]\nunchanged=0x1000\n",
		"[board x]: unchanged = \"0x1000\" is refused; allowed: FIRST-LAST, such as "
		"0x1000-0x1FFF" MORE},
	{CHIP "[board x]\nunchanged=9-3\n", "[board x]: unchanged = \"9-3\" is refused; …"},
	{CHIP "[board x]\nregisters=sr4 02 02\n",
		"[board x]: registers = \"sr4 02 02\" is refused; allowed: sr1, sr2 or sr3, a mask "
		"from 01 to FF and a value of these bits in hex, such as sr2 02 02" MORE},
	{CHIP "[board x]\nregisters=sr1 02 FD\n",
		"[board x]: registers = \"sr1 02 FD\" is refused; …"},
	{CHIP "[board x]\nregisters=sr1 00 00\n",
		"[board x]: registers = \"sr1 00 00\" is refused; …"},
	{CHIP "[board x]\nregisters=sr1 1C 00; sr3 01 01\n",
		"[board x]: sr3: a W25Q80DV has no such register; allowed: sr1, sr2"},
	{CHIP "[board x]\nstate=on\n",
		"[board x]: state = \"on\" is refused; allowed: run, reset or off"},
	{CHIP DATA "[board x]\nchip=a\nstate=run\n[board y]\nchip=data\nstate=off\n",
		"[board x]: board y on the same adapter has another state; allowed is one for all "
		"of them"},
	{CHIP "[board x]\naddress=5\n",
		"[board x]: address = \"5\" is refused; allowed: 3 or 4 (bytes)"},
	{CHIP "[board x]\nmagic=0xFFFFF 5A 5A\n",
		"[board x]: it needs bytes up to 100000; allowed are addresses of a W25Q80DV, "
		"000000 to 0FFFFF"},
	{CHIP "[board x]\n[board y]\nchip=a\n",
		"[board y]: board x is behind the same chip; allowed is one for each"},
	{CHIP DATA "[board x]\n",
		"[board x]: no chip = NAME, and there is not just one; allowed are a, data"},
	{A "[board x]\n", "[board x]: there is no chip for it; a chip is wanted"},
};

START_TEST(errors_give_the_reason)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *begin =
		g_strndup(refused[_i].message, strcspn(refused[_i].message, "\xE2")); /* … */
	g_autofree char *wanted = g_strdup_printf("%s: %s", path, begin);
	bool whole = strlen(begin) == strlen(refused[_i].message);

	ck_assert(!check(refused[_i].file, &error));
	ck_assert(g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE));
	if (whole)
		ck_assert_str_eq(error->message, wanted);
	else
		ck_assert_msg(g_str_has_prefix(error->message, wanted), "%s", error->message);
}
END_TEST

START_TEST(more_than_1024_faults_on_an_adapter_are_rejected)
{
	g_autoptr(GString) text = g_string_new(TWO);
	g_autofree char *wanted = g_strdup_printf(
		"%s: [fault b1024]: that is fault 1025 of b; allowed are 1024", path);
	g_autoptr(GError) error = NULL;

	for (unsigned int i = 0; i < 1024; i++)
		g_string_append_printf(text,
			"[fault m%u]\nwhat=late\nadapter=main\n[fault b%u]\nwhat=slow\nadapter=b\n",
			i, i);
	ck_assert_msg(check(text->str, &error), "%s", error ? error->message : "");
	g_string_append(text, "[fault b1024]\nwhat=late\nadapter=b\n");
	ck_assert(!check(text->str, &error));
	ck_assert_str_eq(error->message, wanted);
}
END_TEST

static const char *const good[] = {
	CHIP "[fault x]\nwhat=slow\n[fault y]\nwhat=open\n[board z]\n",
	CHIP DATA "[fault x]\nwhat=slow\nchip=data\n[board y]\nchip=a\n[board z]\nchip=data\n",
	CHIP "count=2\n[fault x]\nwhat=slow\nadapter=a1\n",
	CHIP "[fault x]\nwhat=contact\nper-us=0.01\n",
	A "[fault x]\nwhat=rotated\n",
	A "[fault x]\nwhat=drop\n",
};

START_TEST(valid_files_pass_the_check)
{
	g_autoptr(GError) error = NULL;

	ck_assert_msg(check(good[_i], &error), "%s", error ? error->message : "");
}
END_TEST

Suite *
suite_fault_file(void)
{
	Suite *suite = suite_create("fault_file");
	TCase *tcase = tcase_create("fault-file");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, fault_sections_create_faults);
	tcase_add_test(tcase, board_sections_create_boards);
	tcase_add_loop_test(
		tcase, targets_are_found_by_adapter_and_chip_name, 0, G_N_ELEMENTS(places));
	tcase_add_loop_test(tcase, errors_give_the_reason, 0, G_N_ELEMENTS(refused));
	tcase_add_test(tcase, more_than_1024_faults_on_an_adapter_are_rejected);
	tcase_add_loop_test(tcase, valid_files_pass_the_check, 0, G_N_ELEMENTS(good));
	suite_add_tcase(suite, tcase);
	return suite;
}
