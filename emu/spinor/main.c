/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command-line tool's main(): finds the verb, runs it, and reports an error as one line on
 * standard error and an exit status. spinor(1) lists the statuses.
 */
#include "config.h"

#include "base/error.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/optionlist.h"
#include "spinor/benches.h"
#include "spinor/command.h"
#include "spinor/complete.h"
#include "spinor/exitstatus.h"
#include "spinor/output.h"
#include "spinor/verbs.h"
#include "spinor/words.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VERB_COLUMN 36 /* of the summaries of verbs */

/* If descriptor 0, 1 or 2 is closed at the start, a socket must not get its number. */
static void
fill_standard_descriptors(void)
{
	int fd = 0;

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/dev/null", O_RDWR);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* The numbers to choose from, below an error. */
static void
print_benches(void)
{
	g_autoptr(GPtrArray) benches = spinor_benches_find(NULL);

	if (benches != NULL)
		spinor_benches_print(benches, stderr);
}

/* Replaces the number or name of a bench by its socket. */
static bool
choose_bench(struct spinor_command *command, GError **error)
{
	if (command->which == NULL)
		return true;
	if (command->control != NULL) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"--bench %s: with --control %s; one of them is allowed", command->which,
			command->control);
		return false;
	}
	command->control = spinor_benches_resolve(command->which, error);
	return command->control != NULL;
}

/* Prints an error on one line, even if a file name or a bench's answer contains line breaks. */
static int
report(const GError *error)
{
	g_autofree char *line = base_shorten(error->message, BASE_LOG_MAX);
	g_autofree char *text = NULL;

	text = g_strconcat("spinor: error: ", g_strdelimit(line, "\n\r\033", ' '), "\n", NULL);
	base_log_lines(text);
	if (g_error_matches(error, SPINOR_ERROR, SPINOR_ERROR_SEVERAL))
		print_benches();
	return spinor_error_status(error);
}

/* A line of help for a verb, or for a heading. */
static void
print_verb(const struct spinor_verb *verb)
{
	g_autofree char *usage = g_strjoin(" ", verb->name, verb->args, NULL);
	g_autofree char *term = g_strconcat("  ", usage, NULL);
	g_autoptr(GString) line = g_string_new(NULL);

	if (*verb->name == '\0') {
		printf("\n%s:\n", verb->summary);
	} else if (!verb->hidden) {
		base_list_append(line, term, verb->summary, VERB_COLUMN);
		printf("%s%s%s%s", spinor_colour(SPINOR_BOLD), term, spinor_colour(SPINOR_PLAIN),
			line->str + strlen(term));
	}
}

static void
print_topic(const struct spinor_topic *topic)
{
	g_autofree char *text = spinor_words_text(topic);

	fputs(text, stdout);
}

/* Prints the verbs of two words that begin with word; false: there are none. */
static bool
print_group(const char *word)
{
	g_autofree char *begin = g_strconcat(word, " ", NULL);
	bool found = false;

	for (const struct spinor_verb *verb = spinor_verbs(); verb->name != NULL; verb++) {
		if (!g_str_has_prefix(verb->name, begin))
			continue;
		if (!found)
			printf("Usage: spinor %s VERB [ARGUMENT...] [OPTION...]\n\nVerbs:\n", word);
		found = true;
		print_verb(verb);
	}
	if (found && spinor_topic_find(word) != NULL)
		print_topic(spinor_topic_find(word));
	if (found)
		printf("\nspinor help %s VERB lists a verb's options.\n", word);
	return found;
}

static bool
asks_for_group(int argc, char **argv)
{
	return argc == 3 && (strcmp(argv[2], "-h") == 0 || strcmp(argv[2], "--help") == 0) &&
		print_group(argv[1]);
}

static void
print_all(void)
{
	printf("Usage: spinor VERB [ARGUMENT...] [OPTION...]\n\n"
	       "Control a running spinord, or run a command against a private one.\n");
	for (const struct spinor_verb *verb = spinor_verbs(); verb->name != NULL; verb++)
		print_verb(verb);
	puts("\nHelp on words that options and arguments take (spinor help TOPIC):");
	for (const struct spinor_topic *topic = spinor_topics(); topic->name != NULL; topic++) {
		g_autoptr(GString) line = g_string_new(NULL);
		g_autofree char *term = g_strconcat("  ", topic->name, NULL);
		g_autofree char *text = topic->option != NULL
			? g_strdup_printf("%s, of %s", topic->title, topic->option)
			: g_strdup(topic->title);

		base_list_append(line, term, text, VERB_COLUMN);
		fputs(line->str, stdout);
	}
	puts("\nVerbs for a running bench take --bench BENCH, --adapter NAME, --cs N, --timeout\n"
	     "TIME and --json; spinor help VERB lists all options of a verb. See also\nspinor(1).");
}

/* Suggests a topic if no verb is near. Returns -1. */
static int
refuse_topic(char **words, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const char *guess;
	unsigned int n;

	for (const struct spinor_topic *topic = spinor_topics(); topic->name != NULL; topic++)
		g_ptr_array_add(known, (gpointer)topic->name);
	g_ptr_array_add(known, NULL);
	guess = base_nearest(words[0], (const char *const *)known->pdata);
	if (guess != NULL)
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s: no such verb or topic: did you mean %s?; spinor help lists them",
			words[0], guess);
	else
		spinor_verb_find(words, &n, error);
	return -1;
}

int
spinor_help(struct spinor_command *command, GError **error)
{
	const struct spinor_topic *topic;
	const struct spinor_verb *verb;
	g_autofree char *text = NULL;
	unsigned int n;

	if (command->n_args == 0) {
		print_all();
		return EXIT_SUCCESS;
	}
	if (command->n_args == 1 && print_group(command->args[0]))
		return EXIT_SUCCESS;
	topic = command->n_args == 1 ? spinor_topic_find(command->args[0]) : NULL;
	verb = spinor_verb_find(command->args, &n, NULL);
	if (verb == NULL && topic != NULL) {
		print_topic(topic);
		return EXIT_SUCCESS;
	}
	if (verb == NULL)
		return refuse_topic(command->args, error);
	text = spinor_command_help(verb);
	fputs(text, stdout);
	return EXIT_SUCCESS;
}

/* Without a verb: prints the help if --help is given, else sets an error. */
static int
without_verb(const struct spinor_command *command, GError **error)
{
	if (command->help) {
		print_all();
		return EXIT_SUCCESS;
	}
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"no verb is given; spinor help lists them");
	return -1;
}

static int
execute(struct spinor_command *command, GError **error)
{
	g_autofree char *help = NULL;
	int status;

	/* A reader that needs only the first lines is no error. The command of run inherits the
	 * signal, which that verb ignores later. */
	if (command->verb == NULL || !(command->verb->options & SPINOR_OPTION_RUN))
		signal(SIGPIPE, SIG_IGN);
	if (command->verb == NULL)
		return without_verb(command, error);
	if (command->help) {
		help = spinor_command_help(command->verb);
		fputs(help, stdout);
		return EXIT_SUCCESS;
	}
	status = choose_bench(command, error) ? command->verb->function(command, error) : -1;
	if (status < 0)
		g_prefix_error(error, "%s: ", command->verb->name);
	return status;
}

/* True: the verb prints all it has to say at its end. */
static bool
is_fitted(const struct spinor_command *command)
{
	return spinor_terminal_is_one() && !command->json && command->verb != NULL &&
		!command->verb->hidden &&
		!(command->verb->options & (SPINOR_OPTION_RUN | SPINOR_OPTION_WATCH));
}

/* Executes the command, and breaks its output to the width of the terminal. */
static int
execute_fitted(struct spinor_command *command, GError **error)
{
	FILE *terminal = stdout;
	char *text = NULL;
	size_t n = 0;
	int status;

	if (!is_fitted(command))
		return execute(command, error);
	stdout = open_memstream(&text, &n);
	if (stdout == NULL) {
		stdout = terminal;
		return execute(command, error);
	}
	status = execute(command, error);
	fclose(stdout);
	stdout = terminal;
	spinor_terminal_print(text);
	free(text);
	return status;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) unprinted = NULL;
	struct spinor_command *command;
	int status = -1;

	fill_standard_descriptors();
	g_set_prgname("spinor");
	base_log_init("spinor", G_LOG_LEVEL_WARNING);
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts(PACKAGE_NAME " " PACKAGE_VERSION);
		status = EXIT_SUCCESS;
	} else if (argc > 2 && strcmp(argv[1], "complete") == 0) {
		spinor_complete(argv + 2);
		status = EXIT_SUCCESS;
	} else if (asks_for_group(argc, argv)) {
		status = EXIT_SUCCESS;
	} else {
		command = spinor_command_parse(argv, &error);
		if (command != NULL)
			status = execute_fitted(command, &error);
		spinor_command_free(command);
	}
	spinor_output_finish(&unprinted);
	if (error != NULL)
		status = report(error);
	else if (unprinted != NULL)
		status = report(unprinted);
	base_log_finish();
	return status;
}
