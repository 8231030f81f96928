/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line. The verb is the first word that is no option and no option's value; it decides
 * which options are taken, so that each error names what that verb allows.
 *
 * "run" is special: all that this table does not know is left for the bench's own parser, and the
 * command begins after "--", with nothing of it read as an option.
 */
#include "spinor/command.h"

#include "base/units.h"
#include "setup/options.h"
#include "setup/condition.h"
#include "spinor/exitstatus.h"
#include "spinor/verbs.h"

#include <string.h>

#define ENTRIES_MAX 28

/* What the parser fills in besides the command. */
struct reading {
	struct spinor_command *command;
	char **rest;
	gboolean json, help, reset;
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
	struct spinor_command *command = ((struct reading *)data)->command;
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
	struct spinor_command *command = ((struct reading *)data)->command;

	if (parse_time(value, &command->timeout_ns))
		return TRUE;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s %s: not a time; allowed are seconds, or a number with ms, s or m", name, value);
	return FALSE;
}

static gboolean
take_at(const char *name, const char *value, void *data, GError **error)
{
	struct spinor_command *command = ((struct reading *)data)->command;

	if (parse_number(value, INT64_MAX, &command->at) && command->at > 0)
		return TRUE;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s %s: allowed are whole numbers from 1 on", name, value);
	return FALSE;
}

/* As data sheets give times, and 0 is one of them. */
static gboolean
take_after(const char *name, const char *value, void *data, GError **error)
{
	struct spinor_command *command = ((struct reading *)data)->command;

	if (base_parse_time(value, &command->after_ns) &&
		command->after_ns <= SETUP_CUT_AFTER_MAX_NS)
		return TRUE;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s %s: not a time; allowed are numbers with ns, us, ms or s, up to 86400 s", name,
		value);
	return FALSE;
}

struct option {
	unsigned int verbs; /* 0: all; else those with one of these bits */
	GOptionEntry entry;
};

/* Copies the entries for verb; returns the end. */
static void
choose(GOptionEntry *entries, const struct option *options, size_t n, unsigned int wanted)
{
	for (size_t i = 0; i < n; i++) {
		if (options[i].verbs == 0 || options[i].verbs & wanted)
			*entries++ = options[i].entry;
	}
	*entries = (GOptionEntry){0};
}

static void
fill(GOptionEntry *entries, struct reading *reading, unsigned int wanted)
{
	struct spinor_command *command = reading->command;
	const int bytes = G_OPTION_FLAG_FILENAME;
	const GOptionArg name = G_OPTION_ARG_FILENAME;
	const GOptionArg names = G_OPTION_ARG_FILENAME_ARRAY;
	const GOptionArg call = G_OPTION_ARG_CALLBACK;
	const char *timeout = wanted & SPINOR_OPTION_RUN
		? "End the command after TIME (30s, 500ms, 2m)"
		: "How long to wait for the bench (30s, 500ms, 2m)";
	const struct option options[] = {
		{0,
			{"control", 0, 0, name, &command->control,
				"Socket of the bench (default: the only one that runs)", "PATH"}},
		{0,
			{"adapter", 0, 0, name, &command->adapter,
				"Adapter by its name (default: the only one)", "NAME"}},
		{0,
			{"cs", 0, bytes, call, (void *)take_number,
				"Chip by its select line (default: the only one)", "N"}},
		{0, {"json", 0, 0, G_OPTION_ARG_NONE, &reading->json, "Print JSON", NULL}},
		{0, {"timeout", 0, bytes, call, (void *)take_timeout, timeout, "TIME"}},
		{SPINOR_OPTION_POWER,
			{"millivolts", 0, bytes, call, (void *)take_number,
				"The supply (default: the last that it had)", "N"}},
		{SPINOR_OPTION_POWER,
			{"at", 0, bytes, call, (void *)take_at,
				"off: not now, but at the end of operation N from now on", "N"}},
		{SPINOR_OPTION_POWER,
			{"after", 0, bytes, call, (void *)take_after,
				"--at: and so much later (default: half of the time that it takes)",
				"TIME"}},
		{SPINOR_OPTION_FILE,
			{"file", 0, 0, name, &command->file, "Keep the snapshot in a file",
				"FILE"}},
		{SPINOR_OPTION_RESET,
			{"reset", 0, 0, G_OPTION_ARG_NONE, &reading->reset,
				"Start all counters at 0 again", NULL}},
		{SPINOR_OPTION_COUNT,
			{"count", 0, bytes, call, (void *)take_number, "End after N events", "N"}},
		{SPINOR_OPTION_KIND,
			{"kind", 0, 0, names, &command->kinds,
				"Only events of this kind; may be given more than once", "KIND"}},
		{SPINOR_OPTION_NAME,
			{"name", 0, 0, name, &command->name,
				"What to call it, for fault list and fault remove", "NAME"}},
		{SPINOR_OPTION_CHIPDB,
			{"chipdb", 0, 0, name, &command->chipdb,
				"Read the chips from *.chips in DIR", "DIR"}},
		{SPINOR_OPTION_RUN,
			{"expect-image", 0, 0, name, &command->expect_image,
				"Fail unless the chip holds what FILE does", "FILE"}},
		{SPINOR_OPTION_RUN,
			{"assert", 0, 0, names, &command->asserts,
				"Fail unless this holds of the counters, such as \"erases <= 256\"",
				"TEXT"}},
		{SPINOR_OPTION_RUN,
			{"report", 0, 0, name, &command->report,
				"Write what happened to FILE, as JSON", "FILE"}},
		{0, {"help", 'h', 0, G_OPTION_ARG_NONE, &reading->help, "Print this text", NULL}},
		{0, {G_OPTION_REMAINING, 0, 0, names, &reading->rest, "", NULL}},
	};

	G_STATIC_ASSERT(G_N_ELEMENTS(options) < ENTRIES_MAX);
	/* What remains of run's options is the bench's. */
	choose(entries, options, G_N_ELEMENTS(options) - (wanted & SPINOR_OPTION_RUN ? 1 : 0),
		wanted);
}

static GOptionContext *
new_context(struct reading *reading, const struct spinor_verb *verb)
{
	GOptionEntry entries[ENTRIES_MAX];
	GOptionContext *context = g_option_context_new(NULL);
	GOptionGroup *group = g_option_group_new("spinor", "", "", reading, NULL);

	fill(entries, reading, verb != NULL ? verb->options : 0);
	g_option_group_add_entries(group, entries);
	g_option_context_set_main_group(context, group);
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_set_ignore_unknown_options(
		context, verb != NULL && (verb->options & SPINOR_OPTION_RUN));
	return context;
}

/* Whether an option's value is the next word. */
static bool
takes_next(const char *word)
{
	static const char *const with_value[] = {
		"--control", "--adapter", "--cs", "--timeout", "--chipdb", NULL};

	return g_strv_contains(with_value, word);
}

/* Where the verb is among words, or their end. */
static char **
find_verb(char **words)
{
	for (; *words != NULL && **words == '-' && strcmp(*words, "--") != 0; words++) {
		if (takes_next(*words) && words[1] != NULL)
			words++;
	}
	return words;
}

/* What follows the first "--" becomes the program; the words end before it. */
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
			"something is missing; allowed is: spinor %s %s", verb->name, verb->args);
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

static bool
parse_options(struct spinor_command *command, char ***words, GError **error)
{
	struct reading reading = {.command = command};
	g_autoptr(GOptionContext) context = new_context(&reading, command->verb);
	g_autoptr(GError) found = NULL;

	if (!g_option_context_parse_strv(context, words, &found)) {
		g_strfreev(reading.rest);
		if (found->domain == SPINOR_ERROR)
			g_propagate_error(error, g_steal_pointer(&found));
		else
			g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
				"%s; spinor help %s lists what is allowed", found->message,
				command->verb != NULL ? command->verb->name : "");
		return false;
	}
	command->json = reading.json;
	command->help = reading.help;
	command->reset = reading.reset;
	command->args = reading.rest != NULL ? reading.rest : g_new0(char *, 1);
	command->n_args = g_strv_length(command->args);
	return true;
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
	if (*verb != NULL && strcmp(*verb, "--") != 0) {
		command->verb = spinor_verb_find(verb, &n, error);
		if (command->verb == NULL)
			goto fail;
		remove_words(verb, n);
	}
	if (command->verb != NULL && command->verb->options & SPINOR_OPTION_RUN)
		cut_program(command, words);
	if (!parse_options(command, &words, error))
		goto fail;
	if (command->verb == NULL || command->help)
		return command;
	command->bench = g_steal_pointer(&words);
	if (check_args(command, error))
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
	g_free(command->adapter);
	g_free(command->chipdb);
	g_free(command->file);
	g_free(command->name);
	g_strfreev(command->kinds);
	g_strfreev(command->program);
	g_strfreev(command->bench);
	g_free(command->expect_image);
	g_free(command->report);
	g_strfreev(command->asserts);
	g_free(command);
}

/* The bench's own options as its --help tells them, from the first line with an option. */
static char *
bench_help(void)
{
	static const char *const words[] = {"spinord", "--help", NULL};
	g_autofree char **arguments = g_memdup2(words, sizeof(words));
	char **argv = arguments;
	int argc = 2;
	struct setup_options *options = setup_options_parse(&argc, &argv, NULL);
	const char *text = options != NULL && options->help != NULL ? options->help : "";
	const char *list = strstr(text, "\n  -");
	char *result = g_strdup(list != NULL ? list + 1 : "");

	setup_options_free(options);
	return result;
}

char *
spinor_command_help(const struct spinor_verb *verb)
{
	struct spinor_command unused = {0};
	struct reading reading = {.command = &unused};
	g_autoptr(GOptionContext) context = new_context(&reading, verb);
	g_autofree char *all = g_option_context_get_help(context, TRUE, NULL);
	g_autofree char *bench = verb->options & SPINOR_OPTION_RUN ? bench_help() : NULL;
	const char *list = strstr(all, "\n  -");

	return g_strdup_printf("Usage: spinor %s%s%s\n\n%c%s.\n\nOptions:\n%s%s%s", verb->name,
		*verb->args ? " " : "", verb->args, g_ascii_toupper(*verb->summary),
		verb->summary + 1, list != NULL ? list + 1 : "",
		bench != NULL ? "Options of the bench, as of spinord:\n" : "",
		bench != NULL ? bench : "");
}

char **
spinor_command_options(const struct spinor_verb *verb)
{
	g_autofree char *help = spinor_command_help(verb);
	g_autoptr(GPtrArray) found = g_ptr_array_new();
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (const char *at = help; (at = strstr(at, " --")) != NULL;) {
		g_autofree char *word = NULL;

		at++;
		word = g_strndup(at, strspn(at, "-abcdefghijklmnopqrstuvwxyz"));
		if (strlen(word) > 2 && g_hash_table_add(seen, word))
			g_ptr_array_add(found, g_steal_pointer(&word));
	}
	g_ptr_array_add(found, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&found), FALSE);
}
