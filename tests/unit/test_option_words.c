/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options whose value is a group of a bench file in words: --fault, --board, --firmware, --pin. */
#include "setup/optionwords.h"

#include "setup/benchfile.h"
#include "setup/faultfile.h"
#include "setup/faultwords.h"
#include "setup/options.h"
#include "setup/setup.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* The description by options, which | separates. */
static struct setup_bench *
describe(const char *line, GError **error)
{
	g_autofree char *whole = g_strconcat("spinord|", line, NULL);
	g_auto(GStrv) words = g_strsplit(whole, "|", -1);
	g_autofree char **argv = g_memdup2(words, (g_strv_length(words) + 1) * sizeof *words);
	int argc = (int)g_strv_length(words);
	struct setup_options *options = setup_options_parse(&argc, &argv, error);
	struct setup_bench *setup = options != NULL ? setup_new(options, error) : NULL;

	setup_options_free(options);
	return setup;
}

static struct setup_bench *
must_describe(const char *line)
{
	g_autoptr(GError) error = NULL;
	struct setup_bench *setup = describe(line, &error);

	ck_assert_msg(setup != NULL, "%s: %s", line, error != NULL ? error->message : "");
	return setup;
}

/* "FAULT@ADAPTER/CHIP=NAME" of each fault. */
static char *
faults_of(const struct setup_bench *setup)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < setup->faults->len; i++) {
		const struct setup_fault_entry *entry = setup->faults->pdata[i];

		g_string_append_printf(text, "%s%s@%s/%s=%s", i > 0 ? ", " : "", entry->fault->text,
			entry->adapter ? entry->adapter : "", entry->chip ? entry->chip : "",
			entry->fault->name ? entry->fault->name : "");
	}
	return g_string_free(text, FALSE);
}

static const struct {
	const char *line, *faults;
} places[] = {
	{"--fault|late", "late@/="},
	{"--fault=bit-error line=miso|--fault|slow name=s", "bit-error line=miso@/=, slow@/=s"},
	{"--fault|slow cs=0", "slow@/adapter0="},
	{"--fault|slow adapter=adapter0 during=erase", "slow during=erase@adapter0/="},
	{"--fault|slow chip=adapter0", "slow@/adapter0="},
	{"--count|2|--fault|late", "late@adapter0/=, late@adapter1/="},
	{"--count|2|--fault|late name=x", "late@adapter0/=x0, late@adapter1/=x1"},
	{"--count|2|--fault|late adapter=adapter1 name=x", "late@adapter1/=x"},
	{"--count|2|--fault|slow cs=0", "slow@adapter0/adapter0=, slow@adapter1/adapter1="},
	{"BENCH|--fault|late adapter=b", "late@b/="},
	{"BENCH|--fault|slow chip=two", "slow@/two="},
	{"BENCH|--fault|slow adapter=a cs=1", "slow@a/two="},
};

static char *bench_path;

static void
write_bench(void)
{
	static const char text[] = "[adapter a]\n[adapter b]\nchip = W25Q80DV\n"
				   "[chip one]\nadapter = a\npart = W25Q80DV\n"
				   "[chip two]\nadapter = a\ncs = 1\npart = W25Q80DV\n";
	int fd = g_file_open_tmp("spinor-words-XXXXXX", &bench_path, NULL);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert(g_file_set_contents(bench_path, text, -1, NULL));
}

static void
remove_bench(void)
{
	g_unlink(bench_path);
	g_clear_pointer(&bench_path, g_free);
}

/* The line with the path for BENCH. */
static char *
with_bench(const char *line)
{
	GString *text = g_string_new(line);

	g_string_replace(text, "BENCH", bench_path, 0);
	return g_string_free(text, FALSE);
}

START_TEST(a_fault_is_added_where_its_words_say)
{
	g_autofree char *line = with_bench(places[_i].line);
	struct setup_bench *setup = must_describe(line);
	g_autofree char *faults = faults_of(setup);

	ck_assert_str_eq(faults, places[_i].faults);
	setup_free(setup);
}
END_TEST

static const struct {
	const char *line, *message;
} refused[] = {
	{"--fault|", "--fault '': the value is empty; WHAT [NAME=VALUE ...] is wanted"},
	{"--fault|bit-eror",
		"--fault \"bit-eror\": unknown fault \"bit-eror\": did you mean "
		"bit-error?; "},
	{"--fault|late adaptr=x",
		"--fault \"late adaptr=x\": fault late has no \"adaptr\": did you "
		"mean adapter?; allowed are "},
	{"--fault|late x", "--fault \"late x\": \"x\" is no setting; allowed is NAME=VALUE"},
	{"--fault|late name=", "--fault \"late name=\": name= is refused; allowed: a name"},
	{"--fault|late name=7", "--fault \"late name=7\": \"7\" is no name for a fault; allowed"},
	{"--fault|late name=a name=b",
		"--fault \"late name=a name=b\": name=b is refused: name is there twice"},
	{"--fault|late adapter=x",
		"--fault \"late adapter=x\": no adapter \"x\"; allowed are adapter0"},
	{"--fault|slow cs=1",
		"--fault \"slow cs=1\": cs=1: adapter adapter0 has no chip there; allowed: "},
	{"--fault|slow cs=0 chip=a", "--fault \"slow cs=0 chip=a\": chip= and cs=; allowed is one"},
	{"--fault|late name=a|--fault|open name=a",
		"--fault \"open name=a\": there is a fault \"a\" already; allowed is a name"},
	{"BENCH|--fault|late",
		"--fault \"late\": no adapter = NAME, and there is not just one; allowed are a, b"},
	{"BENCH|--board|state=off",
		"--board \"state=off\": no adapter = NAME, and there is not just one; allowed are"},
	{"--board|", "--board '': the value is empty; KEY=VALUE ... is wanted"},
	{"--board|magi=0 FF",
		"--board \"magi=0 FF\": no key \"magi\": did you mean magic?; allowed"},
	{"--board|magic=0 FF stat=off",
		"--board \"magic=0 FF stat=off\": no key \"stat\": did you "
		"mean state?; allowed are "},
	{"--board|magic=x",
		"--board \"magic=x\": magic = \"x\" is refused; allowed: an address and bytes"},
	{"--board|state=off state=run",
		"--board \"state=off state=run\": state is there twice; allowed is once"},
	{"--board|content=/nonesuch",
		"--board \"content=/nonesuch\": content = \"/nonesuch\" is refused: "},
	{"--firmware|write-max=0",
		"--firmware \"write-max=0\": write-max = \"0\" is refused; allowed: a number"},
	{"--firmware|writemax=1",
		"--firmware \"writemax=1\": no key \"writemax\": did you mean "
		"write-max?; allowed are "},
	{"BENCH|--firmware|write-max=1",
		"--firmware write-max=1: the bench file has 2 adapters, and this option is "
		"for one"},
	{"--pin|", "--pin '': the value is empty; PIN=LEVEL is wanted"},
	{"--pin|wp", "--pin \"wp\" is refused; allowed: wp, hold or reset, and low, high or float"},
	{"--pin|cs=low", "--pin \"cs=low\" is refused; allowed: wp, hold or reset, and low, high"},
	{"--pin|wp=down",
		"--pin \"wp=down\" is refused; allowed: wp, hold or reset, and low, high"},
	{"--pin|supply=2V", "--pin \"supply=2V\" is refused; allowed: wp, hold or reset, and low"},
	{"BENCH|--pin|wp=low",
		"--pin wp=low: the bench file has 3 chips, and this option is for one; set it"},
};

START_TEST(a_mistake_is_quoted_with_what_is_allowed)
{
	g_autofree char *line = with_bench(refused[_i].line);
	g_autoptr(GError) error = NULL;
	struct setup_bench *setup = describe(line, &error);

	ck_assert_msg(setup == NULL, "%s", line);
	ck_assert_msg(g_str_has_prefix(error->message, refused[_i].message), "%s: %s", line,
		error->message);
	ck_assert_ptr_null(strchr(error->message, '\n'));
}
END_TEST

START_TEST(a_board_has_the_keys_of_the_bench_file)
{
	struct setup_bench *setup =
		must_describe("--board|magic=0x10 5A A5; 0x20 00 address=4 state=reset "
			      "registers=sr2 02 02");
	const struct setup_board *board = setup->boards->pdata[0];

	ck_assert_uint_eq(setup->boards->len, 1);
	ck_assert_str_eq(board->name, "board");
	ck_assert_uint_eq(board->end, 0x21);
	ck_assert_uint_eq(board->address_bytes, 4);
	ck_assert(board->has_state);
	ck_assert_int_eq(board->state, BOARD_IN_RESET);
	ck_assert_uint_eq(board->registers, 2);
	setup_free(setup);
	setup = must_describe("--count|3|--board|state=off");
	ck_assert_uint_eq(setup->boards->len, 3);
	ck_assert_str_eq(((struct setup_board *)setup->boards->pdata[2])->adapter, "adapter2");
	setup_free(setup);
}
END_TEST

START_TEST(firmware_has_the_keys_of_the_bench_file)
{
	struct setup_bench *setup =
		must_describe("--count|2|--firmware|write-max=64 over=nak|--firmware|read-max=9");

	for (guint i = 0; i < 2; i++) {
		const struct setup_adapter *adapter = setup->adapters->pdata[i];

		ck_assert_uint_eq(adapter->firmware.given,
			1u << SETUP_FIRMWARE_WRITE_MAX | 1u << SETUP_FIRMWARE_READ_MAX |
				1u << SETUP_FIRMWARE_OVER);
		ck_assert_uint_eq(adapter->firmware.values[SETUP_FIRMWARE_WRITE_MAX], 64);
		ck_assert_uint_eq(adapter->firmware.values[SETUP_FIRMWARE_READ_MAX], 9);
	}
	setup_free(setup);
}
END_TEST

START_TEST(pins_have_the_words_of_the_verb)
{
	struct setup_bench *setup = must_describe("--pin|wp low|--pin|hold=float reset=high");
	const struct setup_adapter *adapter = setup->adapters->pdata[0];
	const struct setup_chip *chip = adapter->chips->pdata[0];

	ck_assert_uint_eq(chip->condition.given,
		1u << SETUP_KEY_WP | 1u << SETUP_KEY_HOLD | 1u << SETUP_KEY_RESET);
	setup_free(setup);
}
END_TEST

static bool
has_option(const GOptionEntry *options, const char *name)
{
	for (; options->long_name; options++)
		if (strcmp(options->long_name, name) == 0)
			return true;
	return false;
}

/* Each key of a bench file is an option, a word of --firmware, or one of these, which only a bench
 * of several adapters or chips needs. */
START_TEST(a_bench_file_says_what_options_say)
{
	static const char *const groups[] = {"bench", "adapter", "chip"};
	static const char *const only[] = {"adapter", "cs", NULL};
	g_autofree GOptionEntry *options = setup_options_entries(false);

	for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
		g_autofree const char **keys = setup_file_keys(groups[i]);

		ck_assert_ptr_nonnull(keys[0]);
		for (const char **key = keys; *key; key++) {
			const char *name = strcmp(*key, "part") == 0 ? "chip" : *key;

			ck_assert_msg(has_option(options, name) || g_strv_contains(only, name) ||
					base_key_find(setup_firmware_rows, name) >= 0,
				"[%s]: %s is no option", groups[i], *key);
		}
	}
	ck_assert(has_option(options, "fault"));
	ck_assert(has_option(options, "board"));
	ck_assert(has_option(options, "firmware"));
}
END_TEST

Suite *
suite_option_words(void)
{
	Suite *suite = suite_create("option_words");
	TCase *tcase = tcase_create("option-words");

	tcase_add_checked_fixture(tcase, write_bench, remove_bench);
	tcase_add_loop_test(tcase, a_fault_is_added_where_its_words_say, 0, G_N_ELEMENTS(places));
	tcase_add_loop_test(
		tcase, a_mistake_is_quoted_with_what_is_allowed, 0, G_N_ELEMENTS(refused));
	tcase_add_test(tcase, a_board_has_the_keys_of_the_bench_file);
	tcase_add_test(tcase, firmware_has_the_keys_of_the_bench_file);
	tcase_add_test(tcase, pins_have_the_words_of_the_verb);
	tcase_add_test(tcase, a_bench_file_says_what_options_say);
	suite_add_tcase(suite, tcase);
	return suite;
}
