/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shared command line: the fields that each option sets, and the exact text of errors. */
#include "setup/options.h"

#include "base/error.h"
#include "base/optionlist.h"
#include "suites.h"

#include <check.h>

/* Words of the command line after the program's name, separated by |, so that words can be
 * empty. */
static struct setup_options *
parse(const char *line, GError **error)
{
	g_autofree char *whole =
		*line != '\0' ? g_strconcat("spinord|", line, NULL) : g_strdup("spinord");
	g_auto(GStrv) words = g_strsplit(whole, "|", -1);
	/* GOption reorders the words of the array. */
	g_autofree char **argv = g_memdup2(words, (g_strv_length(words) + 1) * sizeof *words);
	int argc = g_strv_length(words);

	return setup_options_parse(&argc, &argv, error);
}

static struct setup_options *
must_parse(const char *line)
{
	g_autoptr(GError) error = NULL;
	struct setup_options *options = parse(line, &error);

	ck_assert_msg(options != NULL, "%s: %s", line, error != NULL ? error->message : "");
	return options;
}

START_TEST(without_options_the_defaults_apply)
{
	struct setup_options *options = must_parse("");

	ck_assert_ptr_null(options->chip);
	ck_assert_ptr_null(options->image);
	ck_assert_ptr_null(options->link);
	ck_assert_ptr_null(options->profile);
	ck_assert_ptr_null(options->chipdb);
	ck_assert_ptr_null(options->trace);
	ck_assert_ptr_null(options->tcp);
	ck_assert_ptr_null(options->control);
	ck_assert_ptr_null(options->file);
	ck_assert_uint_eq(options->count, 0);
	ck_assert(!options->check);
	ck_assert(!options->no_control);
	ck_assert(!options->timing_given);
	ck_assert_uint_eq(options->time_scale, 0);
	ck_assert_uint_eq(options->condition.given, 0);
	ck_assert(!options->seed_given);
	ck_assert_int_eq(options->timing, BASE_CLOCK_VIRTUAL);
	ck_assert_uint_eq(options->seed, 1);
	ck_assert(!options->verbose);
	ck_assert(!options->version);
	ck_assert(!options->list_chips);
	ck_assert_ptr_null(options->list_pattern);
	ck_assert_ptr_null(options->help);
	setup_options_free(options);
}
END_TEST

START_TEST(options_of_whole_benches_set_their_fields)
{
	struct setup_options *options =
		must_parse("a.bench|--count|12|--tcp|[::1]:4321|--control|/tmp/c");

	ck_assert_str_eq(options->file, "a.bench");
	ck_assert_uint_eq(options->count, 12);
	ck_assert_str_eq(options->tcp, "[::1]:4321");
	ck_assert_str_eq(options->control, "/tmp/c");
	ck_assert(!options->check);
	setup_options_free(options);
	options = must_parse("--check|b.bench|--no-control");
	ck_assert_str_eq(options->file, "b.bench");
	ck_assert(options->check);
	ck_assert(options->no_control);
	setup_options_free(options);
}
END_TEST

START_TEST(each_option_sets_its_field)
{
	struct setup_options *options = must_parse(
		"--chip|MX25L6436F|--image=board.bin|--link|/tmp/tty|--profile|spinor|--chipdb|db|"
		"--trace|-|--timing|real|--seed|42|--verbose");

	ck_assert_str_eq(options->chip, "MX25L6436F");
	ck_assert_str_eq(options->image, "board.bin");
	ck_assert_str_eq(options->link, "/tmp/tty");
	ck_assert_str_eq(options->profile, "spinor");
	ck_assert_str_eq(options->chipdb, "db");
	ck_assert_str_eq(options->trace, "-");
	ck_assert_int_eq(options->timing, BASE_CLOCK_REAL);
	ck_assert(options->timing_given);
	ck_assert_uint_eq(options->seed, 42);
	ck_assert(options->seed_given);
	ck_assert(options->verbose);
	setup_options_free(options);
}
END_TEST

static const struct {
	const char *line;
	uint64_t seed;
} seeds[] = {
	{"--seed|0", 0},
	{"--seed=18446744073709551615", UINT64_MAX},
	{"--seed|0xff", 255},
	{"--seed|0Xffffffffffffffff", UINT64_MAX},
	{"--seed|010", 10},
	{"--seed|1|--seed|2", 2},
};

START_TEST(seeds_are_decimal_or_hexadecimal)
{
	struct setup_options *options = must_parse(seeds[_i].line);

	ck_assert_uint_eq(options->seed, seeds[_i].seed);
	setup_options_free(options);
}
END_TEST

static const struct {
	const char *line;
	const char *pattern;
} listings[] = {
	{"--list-chips", NULL},
	{"--list-chips=w25q", "w25q"},
	{"--list-chips|w25q", "w25q"},
	{"w25q|--list-chips", "w25q"},
	{"--list-chips|--chipdb|db", NULL},
	{"--list-chips|--chipdb|db|w25q", "w25q"},
	{"--list-chips|--|-w", "-w"},
};

START_TEST(list_takes_a_pattern_or_none)
{
	struct setup_options *options = must_parse(listings[_i].line);

	ck_assert(options->list_chips);
	ck_assert_pstr_eq(options->list_pattern, listings[_i].pattern);
	setup_options_free(options);
}
END_TEST

START_TEST(options_of_a_chip_set_its_condition)
{
	struct setup_options *options = must_parse(
		"--time-scale|10|--supply|off|--mode=4-byte,ear:1|--status|1C 02|--wp=low|"
		"--reset|float|--cycles|5|--cut-at|17");

	ck_assert_uint_eq(options->time_scale, 10000);
	ck_assert_str_eq(options->condition_option, "supply");
	ck_assert_str_eq(options->condition_value, "off");
	ck_assert(setup_condition_has(&options->condition, SETUP_KEY_SUPPLY));
	ck_assert_int_eq(options->condition.millivolts, 0);
	ck_assert_uint_eq(options->condition.modes, 1u << SETUP_MODE_4_BYTE | 1u << SETUP_MODE_EAR);
	ck_assert_uint_eq(options->condition.n_status, 2);
	ck_assert_uint_eq(options->condition.cut_at, 17);
	ck_assert(!setup_condition_has(&options->condition, SETUP_KEY_HOLD));
	setup_options_free(options);
}
END_TEST

START_TEST(names_outside_the_locale_are_accepted)
{
	struct setup_options *options = must_parse("--image|b\xc3\xb6rd\xff.bin");

	ck_assert_str_eq(options->image, "b\xc3\xb6rd\xff.bin");
	setup_options_free(options);
}
END_TEST

#define SFDP_BYTES_ALLOWED                                                                        \
	"allowed: an offset and bytes in hexadecimal, such as 0x9D 21; more of them after ; and " \
	"64 bytes in all"
#define STATUS_ALLOWED                                                                       \
	"one to three bytes in hexadecimal, such as 1C 02 60, or bits by their names, such " \
	"as SRP=1 BP=7"
#define SEED_ALLOWED "allowed are whole numbers from 0 to 18446744073709551615"

#define SCALES "no such scale; allowed are numbers from 0.1 to 1000"
#define COUNT_ALLOWED "allowed are whole numbers from 1 to 4096"
#define ONE_FILE "only one bench file is allowed; --help lists the options"
#define ONE_PATTERN "only one pattern is allowed; --help lists the options"

static const struct {
	const char *line;
	const char *message;
} refused[] = {
	{"--frobnicate", "--frobnicate: there is no such option; --help lists all"},
	{"-x", "-x: there is no such option; --help lists all"},
	{"--chop=W25Q80DV",
		"--chop: there is no such option: did you mean --chip? --help lists all"},
	{"--verbose=3", "--verbose takes no value; allowed is --verbose alone"},
	{"--chip", "--chip: the value is missing; allowed is --chip PART"},
	{"--seed", "--seed: the value is missing; allowed is --seed N"},
	{"--wp|hgih", "--wp hgih: did you mean high?; allowed: low, high and float"},
	{"--corner|tpy", "--corner tpy: did you mean typ?; allowed: typ and max"},
	{"--chip|", "--chip '': the value is empty; PART is wanted"},
	{"--image=", "--image '': the value is empty; FILE is wanted"},
	{"--trace|", "--trace '': the value is empty; FILE|- is wanted"},
	{"--timing|fast", "--timing fast: no such timing; allowed are instant, virtual and real"},
	{"--timing|", "--timing '': the value is empty; instant|virtual|real is wanted"},
	{"--timing|Real",
		"--timing Real: no such timing: did you mean real?; allowed are instant, virtual "
		"and real"},
	{"--time-scale|0.09", "--time-scale 0.09: " SCALES},
	{"--time-scale|1001", "--time-scale 1001: " SCALES},
	{"--time-scale|x", "--time-scale x: " SCALES},
	{"--wp|", "--wp '': the value is empty; low|high|float is wanted"},
	{"--corner|typical", "--corner typical: allowed: typ and max"},
	{"--cut-at|0", "--cut-at 0: allowed: a whole number from 1 on"},
	{"--sfdp-bytes|0x9D", "--sfdp-bytes 0x9D: " SFDP_BYTES_ALLOWED},
	{"--sfdp-bytes|0x9D 21;", "--sfdp-bytes 0x9D 21;: " SFDP_BYTES_ALLOWED},
	{"--sfdp-bytes|0x9D 211", "--sfdp-bytes 0x9D 211: " SFDP_BYTES_ALLOWED},
	{"--sfdp-bytes|x 21", "--sfdp-bytes x 21: " SFDP_BYTES_ALLOWED},
	{"--beyond|nothing", "--beyond nothing: allowed: wraps and ones"},
	{"--real-size|3M", "--real-size 3M: allowed: a power of two, such as 512K"},
	{"--status|1C,2,3,4", "--status 1C,2,3,4: allowed: " STATUS_ALLOWED},
	{"--status|SRP=", "--status SRP=: did you mean SRP=1?; allowed: " STATUS_ALLOWED},
	{"--status|BP 7", "--status BP 7: did you mean BP=7?; allowed: " STATUS_ALLOWED},
	{"--seed|abc", "--seed abc: not a seed; " SEED_ALLOWED},
	{"--seed|", "--seed '': the value is empty; N is wanted"},
	{"--seed|-1", "--seed -1: not a seed; " SEED_ALLOWED},
	{"--seed|0x", "--seed 0x: not a seed; " SEED_ALLOWED},
	{"--seed|12x", "--seed 12x: not a seed; " SEED_ALLOWED},
	{"--seed|1.5", "--seed 1.5: not a seed; " SEED_ALLOWED},
	{"--seed|18446744073709551616", "--seed 18446744073709551616: not a seed; " SEED_ALLOWED},
	{"a.bench|b.bench", "b.bench: unexpected argument; " ONE_FILE},
	{"--chip|W25Q128JV|x|--|y", "y: unexpected argument; " ONE_FILE},
	{"--check|a.bench|b.bench", "b.bench: unexpected argument; " ONE_FILE},
	{"--check|", "--check '': the value is empty; FILE is wanted"},
	{"--list-chips=w25q|mx", "mx: unexpected argument; " ONE_PATTERN},
	{"--list-chips|w25q|mx", "mx: unexpected argument; " ONE_PATTERN},
	{"--count|0", "--count 0: not a number of adapters; " COUNT_ALLOWED},
	{"--count|4097", "--count 4097: not a number of adapters; " COUNT_ALLOWED},
	{"--tcp|80|--link|x",
		"--tcp 80: with --link x, and only a terminal has a link; one of them is allowed"},
	{"--control|x|--no-control", "--control x: with --no-control; one of them is allowed"},
};

START_TEST(errors_name_the_rejected_option)
{
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(parse(refused[_i].line, &error));
	ck_assert_str_eq(error->message, refused[_i].message);
	ck_assert(g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE));
}
END_TEST

START_TEST(the_error_argument_may_be_null)
{
	ck_assert_ptr_null(parse("--frobnicate", NULL));
	ck_assert_ptr_null(parse("--seed|abc", NULL));
	ck_assert_ptr_null(parse("x|y", NULL));
}
END_TEST

START_TEST(help_lists_every_option)
{
	static const char *const names[] = {"--chip=PART", "--image=FILE", "--link=PATH",
		"--timing=instant|virtual|real", "--seed=N", "--chipdb=DIR", "--profile=ADAPTER",
		"--trace=FILE|-", "--tcp=[HOST:]PORT", "--count=N", "--control=PATH",
		"--no-control", "--check=FILE", "--list-chips[=PATTERN]", "-v, --verbose",
		"--version", "-h, --help", "--time-scale=N", "--wp=low|high|float",
		"--hold=low|high|float", "--reset=low|high|float", "--supply=VOLTAGE",
		"--corner=typ|max", "--wear=on|off", "--cycles=N", "--status=BYTES", "--mode=MODE",
		"--cut-at=N", "--id=BYTES", "--sfdp=none|SIZE|FILE|HEX",
		"--sfdp-bytes=OFFSET BYTES", "--real-size=SIZE", "--beyond=wraps|ones",
		"--wp-with-qe=yes|no"};
	struct setup_options *options = must_parse("--help");

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		ck_assert_msg(strstr(options->help, names[i]) != NULL, "%s is not in:\n%s",
			names[i], options->help);
	setup_options_free(options);
}
END_TEST

START_TEST(an_option_list_is_grouped_aligned_and_folded)
{
	static const GOptionEntry entries[] = {
		{BASE_OPTION_HEADING, 0, 0, 0, NULL, "Chip", NULL},
		{"chip", 0, 0, G_OPTION_ARG_FILENAME, NULL, "Part", "PART"},
		{"sfdp", 0, 0, G_OPTION_ARG_FILENAME, NULL, "Table", "none|SIZE|FILE|HEX"},
		{"timing", 0, 0, G_OPTION_ARG_FILENAME, NULL, "How", "instant|virtual|real"},
		{BASE_OPTION_HEADING, 0, 0, 0, NULL, "Log", NULL},
		{"verbose", 'v', 0, G_OPTION_ARG_NONE, NULL,
			"12345678 12345678 12345678 12345678 12345678 12345 more", NULL},
		{G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, "", NULL},
		{NULL, 0, 0, 0, NULL, NULL, NULL},
	};
	g_autofree char *list = base_option_list(entries);

	ck_assert_str_eq(list,
		"\nChip:\n"
		"  --chip=PART                 Part\n"
		"  --sfdp=none|SIZE|FILE|HEX   Table\n"
		"  --timing=instant|virtual|real\n"
		"                              How\n"
		"\nLog:\n"
		"  -v, --verbose               12345678 12345678 12345678 12345678 12345678 12345\n"
		"                              more\n");
}
END_TEST

static bool
contains(const GOptionEntry *entries, const char *name)
{
	while (entries->long_name && strcmp(entries->long_name, name) != 0)
		entries++;
	return entries->long_name != NULL;
}

START_TEST(the_help_names_each_option_once_and_fits_80_columns)
{
	struct setup_options *options = must_parse("--help");
	g_autofree GOptionEntry *entries = setup_options_entries(false);
	g_auto(GStrv) lines = g_strsplit(options->help, "\n", -1);

	ck_assert(
		contains(entries, "chip") && contains(entries, "wp") && contains(entries, "help"));
	for (const GOptionEntry *entry = entries; entry->long_name; entry++) {
		const char *name = entry->long_name;
		unsigned int n = 0;

		for (char **line = lines; *line; line++) {
			const char *at = strstr(*line, "--");
			size_t length = strlen(name);

			n += g_str_has_prefix(*line, "  ") && at && at <= *line + 6 &&
				strncmp(at + 2, name, length) == 0 &&
				strchr("=[ ", at[2 + length]) != NULL;
		}
		ck_assert_msg(n == 1, "--%s is %u times in the help", name, n);
	}
	for (char **line = lines; *line; line++)
		ck_assert_msg(strlen(*line) <= 80, "%zu columns: %s", strlen(*line), *line);
	setup_options_free(options);
}
END_TEST

START_TEST(options_of_the_daemon_alone_are_not_shared)
{
	static const char *const own[] = {
		"control", "no-control", "check", "list-chips", "version", "help"};
	g_autofree GOptionEntry *shared = setup_options_entries(true);
	g_autofree GOptionEntry *all = setup_options_entries(false);
	g_autofree char *list = setup_options_list(true);

	ck_assert(contains(shared, "chip") && contains(shared, "beyond"));
	for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
		g_autofree char *option = g_strconcat("--", own[i], NULL);

		ck_assert(contains(all, own[i]) && !contains(shared, own[i]));
		ck_assert_ptr_null(strstr(list, option));
	}
}
END_TEST

Suite *
suite_options(void)
{
	Suite *suite = suite_create("options");
	TCase *taken = tcase_create("taken");
	TCase *not_taken = tcase_create("refused");

	tcase_add_test(taken, without_options_the_defaults_apply);
	tcase_add_test(taken, each_option_sets_its_field);
	tcase_add_test(taken, options_of_whole_benches_set_their_fields);
	tcase_add_loop_test(taken, seeds_are_decimal_or_hexadecimal, 0, G_N_ELEMENTS(seeds));
	tcase_add_loop_test(taken, list_takes_a_pattern_or_none, 0, G_N_ELEMENTS(listings));
	tcase_add_test(taken, options_of_a_chip_set_its_condition);
	tcase_add_test(taken, names_outside_the_locale_are_accepted);
	tcase_add_test(taken, help_lists_every_option);
	tcase_add_test(taken, an_option_list_is_grouped_aligned_and_folded);
	tcase_add_test(taken, the_help_names_each_option_once_and_fits_80_columns);
	tcase_add_test(taken, options_of_the_daemon_alone_are_not_shared);
	suite_add_tcase(suite, taken);
	tcase_add_loop_test(not_taken, errors_name_the_rejected_option, 0, G_N_ELEMENTS(refused));
	tcase_add_test(not_taken, the_error_argument_may_be_null);
	suite_add_tcase(suite, not_taken);
	return suite;
}
