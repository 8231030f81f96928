/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line. The verb is the first word that is neither an option nor the value of one; it
 * determines the allowed options, so that an error names those of the verb.
 *
 * "run" is special: options that are not in this table are passed to the bench's own parser, and
 * the words after "--" are the command, none of which is an option.
 */
#include "spinor/command.h"

#include "base/error.h"
#include "base/optioncheck.h"
#include "base/optionlist.h"
#include "base/units.h"
#include "setup/condition.h"
#include "setup/options.h"
#include "spinor/exitstatus.h"
#include "spinor/verbs.h"
#include "spinor/words.h"

#include <string.h>

/* Values that GOption sets, and that are no members of the command. */
struct parsing {
	struct spinor_command *command;
	char **rest;
	gboolean json, help, reset, source, all, summary, check, from_dump, families;
};

static bool
parse_number(const char *text, int64_t max, int64_t *value)
{
	uint64_t number;

	if (!base_parse_decimal(text, 0, (uint64_t)max, &number))
		return false;
	*value = (int64_t)number;
	return true;
}

static gboolean
take_number(const char *name, const char *value, void *data, GError **error)
{
	struct spinor_command *command = ((struct parsing *)data)->command;
	bool supply = strcmp(name, "--millivolts") == 0;
	bool cs = strcmp(name, "--cs") == 0;
	int64_t max = supply ? 6000 : cs ? 255 : G_MAXINT;
	int64_t number;

	if (!parse_number(value, max, &number) || (number == 0 && !cs)) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s %s: allowed are whole numbers from %d to %" G_GINT64_FORMAT, name,
			value, cs ? 0 : 1, max);
		return FALSE;
	}
	*(supply ? &command->millivolts : cs ? &command->cs : &command->count) = (int)number;
	return TRUE;
}

/* "30", "30s", "500 ms", "2m". */
static bool
parse_time(const char *text, int64_t *ns)
{
	g_autofree char *seconds = g_strconcat(text, " s", NULL);
	size_t n = strlen(text);
	int64_t minutes;

	if (base_parse_time(text, ns) || base_parse_time(seconds, ns))
		return *ns > 0;
	if (n < 2 || text[n - 1] != 'm')
		return false;
	g_free(seconds);
	seconds = g_strndup(text, n - 1);
	if (!parse_number(g_strchomp(seconds), G_MAXINT, &minutes))
		return false;
	*ns = minutes * 60 * INT64_C(1000000000);
	return *ns > 0;
}

static gboolean
take_timeout(const char *name, const char *value, void *data, GError **error)
{
	struct spinor_command *command = ((struct parsing *)data)->command;

	if (parse_time(value, &command->timeout_ns))
		return TRUE;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s %s: not a time; allowed are seconds, or a number with ms, s or m", name, value);
	return FALSE;
}

static gboolean
take_since(const char *name, const char *value, void *data, GError **error)
{
	struct spinor_command *command = ((struct parsing *)data)->command;

	if (strcmp(value, "all") == 0)
		command->since_ns = SPINOR_SINCE_ALL;
	if (strcmp(value, "all") == 0 ||
		(parse_time(value, &command->since_ns) && command->since_ns <= SPINOR_SINCE_ALL))
		return TRUE;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s %s: not a time; allowed are all, seconds, or a number with ms, s or m", name,
		value);
	return FALSE;
}

static gboolean
take_at(const char *name, const char *value, void *data, GError **error)
{
	struct spinor_command *command = ((struct parsing *)data)->command;

	if (parse_number(value, INT64_MAX, &command->at) && command->at > 0)
		return TRUE;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s %s: allowed are whole numbers from 1 up", name, value);
	return FALSE;
}

/* A time with a unit as in data sheets; 0 is allowed. */
static gboolean
take_after(const char *name, const char *value, void *data, GError **error)
{
	struct spinor_command *command = ((struct parsing *)data)->command;

	if (base_parse_time(value, &command->after_ns) &&
		command->after_ns <= SETUP_CUT_AFTER_MAX_NS)
		return TRUE;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s %s: not a time; allowed are numbers with ns, us, ms or s, up to 86400 s", name,
		value);
	return FALSE;
}

/* Bits of rows beside those of enum spinor_option: for all verbs but run; the same for options that
 * name a bench or a part of it. */
#define OPTION_NOT_RUN (1u << 31)
#define OPTION_OF_BENCH (1u << 30)
/* A heading of the help. */
#define OPTION_HEADING (1u << 29)

#define COMMAND(member) GSIZE_TO_POINTER(offsetof(struct spinor_command, member))
#define PARSING(member) GSIZE_TO_POINTER(offsetof(struct parsing, member))
#define BYTES G_OPTION_FLAG_FILENAME

/* arg_data is an offset, which fill_entries() makes an address: of flags and the remaining words in
 * struct parsing, of all else in the command. */
static const struct option {
	unsigned int verbs; /* 0: all; else those with one of these bits */
	GOptionEntry entry;
} rows[] = {
	{SPINOR_OPTION_RUN,
		{"control", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(control),
			"Put the control socket at PATH", "PATH"}},
	{SPINOR_OPTION_RUN,
		{"adapter", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(adapter),
			"Report and compare only the chips of this adapter", "NAME"}},
	{SPINOR_OPTION_RUN,
		{"cs", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_number,
			"Report and compare only the chip on this chip select", "N"}},
	{OPTION_NOT_RUN, {"json", 0, 0, G_OPTION_ARG_NONE, PARSING(json), "Print JSON", NULL}},
	{SPINOR_OPTION_RUN,
		{"json", 0, 0, G_OPTION_ARG_NONE, PARSING(json),
			"Print the report of the run, as JSON", NULL}},
	{SPINOR_OPTION_RUN,
		{"timeout", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_timeout,
			"End the command after TIME (30s, 500ms, 2m)", "TIME"}},
	{SPINOR_OPTION_POWER,
		{"millivolts", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_number,
			"Supply voltage in mV (default: the last one)", "N"}},
	{SPINOR_OPTION_POWER,
		{"at", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_at,
			"With off: at the end of operation N from now", "N"}},
	{SPINOR_OPTION_POWER,
		{"after", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_after,
			"With --at: delay after that operation (default: half its busy "
			"time)",
			"TIME"}},
	{SPINOR_OPTION_FILE,
		{"file", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(file),
			"File of the snapshot (default: kept in memory)", "FILE"}},
	{SPINOR_OPTION_RESET,
		{"reset", 0, 0, G_OPTION_ARG_NONE, PARSING(reset),
			"Reset all counters to 0 afterwards", NULL}},
	{SPINOR_OPTION_COUNT,
		{"count", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_number,
			"End after N events", "N"}},
	{SPINOR_OPTION_KIND,
		{"kind", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, COMMAND(kinds),
			"Only events of this kind; may be repeated; spinor help kind lists "
			"them",
			"KIND"}},
	{SPINOR_OPTION_WATCH,
		{"since", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_since,
			"Begin with the past TIME (30s, 2m), or all of it", "TIME|all"}},
	{SPINOR_OPTION_WATCH,
		{"all", 0, 0, G_OPTION_ARG_NONE, PARSING(all), "A line for each event", NULL}},
	{SPINOR_OPTION_WATCH,
		{"summary", 0, 0, G_OPTION_ARG_NONE, PARSING(summary),
			"Totals, rates and the last lines on one screen", NULL}},
	{SPINOR_OPTION_NAME,
		{"name", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(name),
			"Name of the fault, for fault list and fault remove", "NAME"}},
	{SPINOR_OPTION_CHIPDB,
		{"chipdb", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(chipdb),
			"Read the chips also from *.chips in DIR, or from FILE", "DIR|FILE"}},
	{SPINOR_OPTION_SOURCE,
		{"source", 0, 0, G_OPTION_ARG_NONE, PARSING(source),
			"The keys of the chip with file and line, and the documents", NULL}},
	{SPINOR_OPTION_SOURCE,
		{"check", 0, 0, G_OPTION_ARG_NONE, PARSING(check),
			"NAME is a file of chips: check it, and report all mistakes", NULL}},
	{SPINOR_OPTION_SOURCE,
		{"from-dump", 0, 0, G_OPTION_ARG_NONE, PARSING(from_dump),
			"NAME is the ID or output of a chip: write a definition to start from",
			NULL}},
	{SPINOR_OPTION_FAMILIES,
		{"families", 0, 0, G_OPTION_ARG_NONE, PARSING(families),
			"The families and their number of parts", NULL}},
	{SPINOR_OPTION_RUN,
		{"expect-image", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(expect_image),
			"Fail unless the content of the chip equals FILE", "FILE"}},
	{SPINOR_OPTION_RUN,
		{"assert", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, COMMAND(asserts),
			"Fail unless this is true, such as \"erases <= 256\"; spinor help "
			"assert lists the counters",
			"TEXT"}},
	{SPINOR_OPTION_RUN,
		{"report", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(report),
			"Write a report of the run to FILE, as JSON", "FILE"}},
	{SPINOR_OPTION_REPLAY,
		{"image", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, COMMAND(images),
			"Content of the chip when the session began; may be repeated", "FILE"}},
	{SPINOR_OPTION_REPLAY,
		{"dev", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(device),
			"Serial device of the adapter, instead of a private bench",
			"PATH|HOST:PORT"}},
	{SPINOR_OPTION_REPLAY,
		{"pace", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(pace),
			"real: send at the recorded times (default: fast)", "fast|real"}},
	{SPINOR_OPTION_REPLAY,
		{"differences", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_number,
			"Print the first N differences (default: 10)", "N"}},
	{0, {"help", 'h', 0, G_OPTION_ARG_NONE, PARSING(help), "Print this text", NULL}},
	{OPTION_OF_BENCH | OPTION_HEADING,
		{BASE_OPTION_HEADING, 0, 0, 0, NULL, "Choice of the bench and its parts", NULL}},
	{OPTION_OF_BENCH,
		{"bench", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(which),
			"Number or name of the bench, see spinor benches (default: the only one)",
			"BENCH"}},
	{OPTION_OF_BENCH,
		{"control", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(control),
			"Control socket of the bench, in place of --bench", "PATH"}},
	{OPTION_OF_BENCH,
		{"adapter", 0, 0, G_OPTION_ARG_FILENAME, COMMAND(adapter),
			"Name of the adapter (default: the only one)", "NAME"}},
	{OPTION_OF_BENCH,
		{"cs", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_number,
			"Chip select of the chip (default: the only one)", "N"}},
	{OPTION_OF_BENCH,
		{"timeout", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_timeout,
			"How long to wait for the bench (30s, 500ms, 2m)", "TIME"}},
	/* The remaining words of run are options of the bench. */
	{OPTION_NOT_RUN,
		{G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, PARSING(rest), "", NULL}},
};

#define ENTRIES_MAX (G_N_ELEMENTS(rows) + 1)

/* The bits of rows that a verb (NULL: none is known) takes. */
static unsigned int
taken_by(const struct spinor_verb *verb)
{
	unsigned int options = verb != NULL ? verb->options : 0;

	return options & SPINOR_OPTION_RUN ? options : options | OPTION_NOT_RUN | OPTION_OF_BENCH;
}

/* The bits of rows that the help of a verb lists: verbs without a bench take the options that name
 * one, so that an alias of spinor can have them, but these have no effect. */
static unsigned int
listed_for(const struct spinor_verb *verb)
{
	unsigned int options = taken_by(verb);

	return options & SPINOR_OPTION_LOCAL ? options & ~OPTION_OF_BENCH : options;
}

/* Copies the rows with one of these bits, and ends them with an empty one. */
static void
fill_entries(GOptionEntry *entries, struct parsing *parsing, unsigned int wanted)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const GOptionEntry *row = &rows[i].entry;
		size_t offset = GPOINTER_TO_SIZE(row->arg_data);

		if (rows[i].verbs != 0 && !(rows[i].verbs & ~OPTION_HEADING & wanted))
			continue;
		if (rows[i].verbs & OPTION_HEADING && !(wanted & OPTION_HEADING))
			continue;
		*entries = *row;
		if (row->arg == G_OPTION_ARG_NONE || *row->long_name == '\0')
			entries->arg_data = (char *)parsing + offset;
		else if (row->arg != G_OPTION_ARG_CALLBACK)
			entries->arg_data = (char *)parsing->command + offset;
		entries++;
	}
	*entries = (GOptionEntry){0};
}

static GOptionContext *
new_context(struct parsing *parsing, const struct spinor_verb *verb)
{
	GOptionEntry entries[ENTRIES_MAX];
	GOptionContext *context = g_option_context_new(NULL);
	GOptionGroup *group = g_option_group_new("spinor", "", "", parsing, NULL);

	fill_entries(entries, parsing, taken_by(verb));
	g_option_group_add_entries(group, entries);
	g_option_context_set_main_group(context, group);
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_set_ignore_unknown_options(
		context, verb != NULL && (verb->options & SPINOR_OPTION_RUN));
	return context;
}

/* True: the value of that option is the next word. */
static bool
takes_next(const char *word)
{
	static const char *const with_value[] = {
		"--bench", "--control", "--adapter", "--cs", "--timeout", "--chipdb", NULL};

	return g_strv_contains(with_value, word);
}

/* Returns the verb in words, or their end. */
static char **
find_verb(char **words)
{
	for (; *words != NULL && **words == '-' && strcmp(*words, "--") != 0; words++) {
		if (takes_next(*words) && words[1] != NULL)
			words++;
	}
	return words;
}

/* Moves the words after the first "--" to the program, and removes "--". */
static void
cut_program(struct spinor_command *command, char **words)
{
	while (*words != NULL && strcmp(*words, "--") != 0)
		words++;
	if (*words == NULL)
		return;
	command->program = g_strdupv(words + 1);
	for (; *words != NULL; words++)
		g_clear_pointer(words, g_free);
}

static void
remove_words(char **at, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		g_free(at[i]);
	do
		at[0] = at[n];
	while (*at++ != NULL);
}

static bool
check_args(struct spinor_command *command, GError **error)
{
	const struct spinor_verb *verb = command->verb;

	if (command->n_args < verb->min_args) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"an argument is missing; allowed is: spinor %s %s", verb->name, verb->args);
		return false;
	}
	if (!(verb->options & SPINOR_OPTION_RUN) && command->n_args > verb->max_args) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s: unexpected argument; allowed is: spinor %s%s%s",
			command->args[verb->max_args], verb->name, *verb->args ? " " : "",
			verb->args);
		return false;
	}
	for (unsigned int i = 0; i < command->n_args; i++) {
		if (*command->args[i] != '\0')
			continue;
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"'': the argument is empty; allowed is: spinor %s %s", verb->name,
			verb->args);
		return false;
	}
	return true;
}

/* Finds the mistakes that GOption would report in its own words. */
static bool
check_options(
	struct spinor_command *command, struct parsing *parsing, char *const *words, GError **error)
{
	const struct spinor_verb *verb = command->verb;
	bool run = verb != NULL && verb->options & SPINOR_OPTION_RUN;
	g_autofree char *help = g_strdup_printf(
		"spinor help%s%s", verb != NULL ? " " : "", verb != NULL ? verb->name : "");
	GOptionEntry entries[ENTRIES_MAX];

	fill_entries(entries, parsing, taken_by(verb));
	return *words == NULL || base_option_check(entries, words + 1, run, help, error);
}

/* The bench refuses unknown kinds, too, but cannot suggest one. */
static bool
check_kinds(char *const *kinds, GError **error)
{
	const struct spinor_topic *topic = spinor_topic_find("kind");

	for (; kinds != NULL && *kinds != NULL; kinds++) {
		g_autofree char *hint = NULL;

		if (spinor_words_contain(topic, *kinds, &hint))
			continue;
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"--kind %s: no such kind of event%s; spinor help kind lists them", *kinds,
			hint);
		return false;
	}
	return true;
}

static bool
parse_options(struct spinor_command *command, char ***words, GError **error)
{
	struct parsing parsing = {.command = command};
	g_autoptr(GOptionContext) context = new_context(&parsing, command->verb);
	g_autoptr(GError) found = NULL;

	if (!check_options(command, &parsing, *words, &found) ||
		!g_option_context_parse_strv(context, words, &found)) {
		g_strfreev(parsing.rest);
		if (found->domain == SPINOR_ERROR || found->domain == BASE_ERROR)
			g_propagate_error(error, g_steal_pointer(&found));
		else
			g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
				"%s; spinor help lists what is allowed", found->message);
		return false;
	}
	command->json = parsing.json;
	command->help = parsing.help;
	command->reset = parsing.reset;
	command->source = parsing.source;
	command->all = parsing.all;
	command->summary = parsing.summary;
	command->check = parsing.check;
	command->from_dump = parsing.from_dump;
	command->families = parsing.families;
	command->args = parsing.rest != NULL ? parsing.rest : g_new0(char *, 1);
	command->n_args = g_strv_length(command->args);
	return true;
}

/* start: all words but a request for help are for spinord. */
static struct spinor_command *
pass_words(struct spinor_command *command, char ***words)
{
	const char *first = (*words)[1];

	command->help = first != NULL && (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0);
	command->args = g_new0(char *, 1);
	command->bench = g_steal_pointer(words);
	return command;
}

struct spinor_command *
spinor_command_parse(char **argv, GError **error)
{
	struct spinor_command *command = g_new0(struct spinor_command, 1);
	g_auto(GStrv) words = g_strdupv(argv);
	char **verb = find_verb(words[0] != NULL ? words + 1 : words);
	unsigned int n = 0;

	command->cs = -1;
	command->after_ns = -1;
	command->since_ns = -1;
	if (*verb != NULL && strcmp(*verb, "--") != 0) {
		command->verb = spinor_verb_find(verb, &n, error);
		if (command->verb == NULL)
			goto fail;
		remove_words(verb, n);
	}
	if (command->verb != NULL && command->verb->options & SPINOR_OPTION_START)
		return pass_words(command, &words);
	if (command->verb != NULL &&
		command->verb->options & (SPINOR_OPTION_RUN | SPINOR_OPTION_REPLAY))
		cut_program(command, words);
	if (!parse_options(command, &words, error))
		goto fail;
	if (command->verb == NULL || command->help)
		return command;
	command->bench = g_steal_pointer(&words);
	if (check_args(command, error) && check_kinds(command->kinds, error))
		return command;
fail:
	if (command->verb != NULL)
		g_prefix_error(error, "%s: ", command->verb->name);
	spinor_command_free(command);
	return NULL;
}

void
spinor_command_free(struct spinor_command *command)
{
	if (command == NULL)
		return;
	g_strfreev(command->args);
	g_free(command->control);
	g_free(command->which);
	g_free(command->adapter);
	g_free(command->chipdb);
	g_free(command->file);
	g_free(command->name);
	g_strfreev(command->kinds);
	g_strfreev(command->program);
	g_strfreev(command->bench);
	g_free(command->expect_image);
	g_free(command->report);
	g_strfreev(command->images);
	g_free(command->device);
	g_free(command->pace);
	g_strfreev(command->asserts);
	g_free(command);
}

char *
spinor_command_help(const struct spinor_verb *verb)
{
	struct spinor_command unused = {0};
	struct parsing parsing = {.command = &unused};
	GOptionEntry entries[ENTRIES_MAX];
	g_autofree char *list = NULL;
	g_autofree char *bench = NULL;
	GString *text;

	fill_entries(entries, &parsing, listed_for(verb) | OPTION_HEADING);
	list = verb->options & SPINOR_OPTION_START ? setup_options_list(false)
						   : base_option_list(entries);
	if (verb->options & SPINOR_OPTION_RUN)
		bench = setup_options_list(true);
	text = g_string_new(NULL);
	g_string_append_printf(text, "Usage: spinor %s%s%s\n\n%c%s.\n%s%s%s", verb->name,
		*verb->args ? " " : "", verb->args, g_ascii_toupper(*verb->summary),
		verb->summary + 1, verb->options & SPINOR_OPTION_START ? "" : "\nOptions:\n", list,
		bench != NULL ? bench : "");
	for (const struct spinor_topic *topic = spinor_topics(); topic->name != NULL; topic++) {
		g_autofree char *words = NULL;

		if (g_strcmp0(topic->verb, verb->name) != 0)
			continue;
		words = spinor_words_text(topic);
		g_string_append(text, words);
	}
	return g_string_free(text, FALSE);
}

GOptionEntry *
spinor_command_entries(const struct spinor_verb *verb)
{
	struct spinor_command unused = {0};
	struct parsing parsing = {.command = &unused};
	GOptionEntry entries[ENTRIES_MAX];
	GArray *all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
	bool of_bench_only = verb != NULL && verb->options & SPINOR_OPTION_START;

	fill_entries(entries, &parsing, listed_for(verb));
	for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++)
		if (*entry->long_name != '\0' && !of_bench_only)
			g_array_append_val(all, *entry);
	if (of_bench_only || (verb != NULL && verb->options & SPINOR_OPTION_RUN)) {
		g_autofree GOptionEntry *bench = setup_options_entries(!of_bench_only);

		for (const GOptionEntry *entry = bench; entry->long_name != NULL; entry++)
			g_array_append_val(all, *entry);
	}
	return (void *)g_array_free(all, FALSE);
}
