/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verb run: a private bench in this process, a command that uses it, and the check of its
 * results.
 *
 *   main thread        serves the control socket, waits for the command's end (supervise.c)
 *   adapters' threads  serve the hosts
 *   query thread       short-lived, a client of the control socket: reads the names for the
 *                      command's arguments, and at the end counters and images
 *   reaper             a process of its own, parent of the command (reaper.c)
 *
 * long: the steps of one verb in their order.
 */
#include "spinor/verbs.h"

#include "base/log.h"
#include "bench/bench.h"
#include "bench/chip.h"
#include "control/control.h"
#include "sandbox/sandbox.h"
#include "setup/options.h"
#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/expect.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"
#include "spinor/placeholder.h"
#include "spinor/reportfile.h"
#include "spinor/runsandbox.h"
#include "spinor/supervise.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define NS_PER_S INT64_C(1000000000)
#define CHIP_SELECTS 8

struct run {
	const struct spinor_command *command;
	GPtrArray *expectations; /* struct expect */
	struct supervise *supervise;
	struct setup_options *options;
	struct bench *bench;
	struct sandbox *sandbox;
	struct control_server *server;
	struct spinor_client *client; /* connected before the sandbox is entered */
	struct spinor_run_result result;
};

/* A function for the query thread, which runs while the main thread serves the control socket. */
struct query {
	bool (*function)(struct run *run, struct spinor_client *client, GError **error);
	struct run *run;
	GMainLoop *loop;
	GError *error;
	bool good;
};

static gboolean
quit(gpointer data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

static gpointer
query_main(gpointer data)
{
	struct query *query = data;

	query->good = query->function(query->run, query->run->client, &query->error);
	g_idle_add(quit, query->loop);
	return NULL;
}

static bool
run_query(struct run *run,
	bool (*function)(struct run *run, struct spinor_client *client, GError **error),
	GError **error)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	struct query query = {.function = function, .run = run, .loop = loop};
	GThread *thread = g_thread_try_new("query", query_main, &query, error);

	if (thread == NULL)
		return false;
	g_main_loop_run(loop);
	g_thread_join(thread);
	if (query.error != NULL)
		g_propagate_error(error, query.error);
	return query.good;
}

static bool
ask_status(struct run *run, struct spinor_client *client, GError **error)
{
	run->result.bench =
		spinor_client_call(client, "bench.status", NULL, SPINOR_SHORT_MS, error);
	return spinor_as_object(run->result.bench, "bench.status", error) != NULL;
}

static bool
collect(struct run *run, struct spinor_client *client, GError **error)
{
	return spinor_report_collect(
		&run->result.report, client, run->command, run->expectations, error);
}

static bool
mentions(char *const *words, const char *what)
{
	for (; *words != NULL; words++) {
		if (strstr(*words, what) != NULL)
			return true;
	}
	return false;
}

/* Chooses the port for the command, unless the options or a bench file do. */
static void
choose_port(struct run *run)
{
	struct setup_options *options = run->options;

	if (options->file != NULL || options->link != NULL || options->tcp != NULL)
		return;
	if (mentions(run->command->program, "{tcp}"))
		options->tcp = g_strdup("127.0.0.1:0");
	else
		options->link = g_build_filename(spinor_supervise_directory(run->supervise),
			options->count > 1 ? "tty{n}" : "tty", NULL);
}

static bool
read_options(struct run *run, GError **error)
{
	g_autofree char **words = g_memdup2(
		run->command->bench, (g_strv_length(run->command->bench) + 1) * sizeof *words);
	char **argv = words;
	int argc = (int)g_strv_length(words);
	const char *only;

	run->options = setup_options_parse(&argc, &argv, error);
	if (run->options == NULL)
		return false;
	only = setup_options_daemon_only(run->options);
	if (only != NULL) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s: that option is for spinord alone; see also spinor chips, spinor "
			"start and spinor --version",
			only);
		return false;
	}
	choose_port(run);
	return true;
}

/* Calls visit for each chip of the bench that has an image. */
static bool
each_image(struct run *run, bool (*visit)(struct run *run, struct bench_chip *chip, GError **error),
	GError **error)
{
	for (unsigned int i = 0; i < bench_n_adapters(run->bench); i++) {
		const struct bench_adapter *adapter = bench_adapter_at(run->bench, i);

		for (unsigned int cs = 0; cs < CHIP_SELECTS; cs++) {
			struct bench_chip *chip = bench_adapter_chip(adapter, cs);

			if (chip != NULL && bench_chip_image_path(chip) != NULL &&
				!visit(run, chip, error))
				return false;
		}
	}
	return true;
}

/* A user may not expect that a command of a test changes the file. */
static bool
warn_of_change(struct run *run, struct bench_chip *chip, GError **error)
{
	(void)run;
	(void)error;
	if (!bench_chip_is_snapshot(chip) && !bench_chip_image_is_created(chip))
		log_notice("%s: the command can change this file; --snapshot keeps it as it is",
			bench_chip_image_path(chip));
	return true;
}

static bool
same_file(const char *path, const char *other)
{
	struct stat a, b;

	return other != NULL && stat(path, &a) == 0 && stat(other, &b) == 0 &&
		a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static bool
refuse_report(struct run *run, const char *what, GError **error)
{
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"--report %s: that is %s too, which the report would replace; another file is "
		"wanted",
		run->command->report, what);
	return false;
}

static bool
check_report_image(struct run *run, struct bench_chip *chip, GError **error)
{
	return !same_file(run->command->report, bench_chip_image_path(chip)) ||
		refuse_report(run, "the image of a chip", error);
}

/* The report replaces its file, which must not be one that the bench uses. */
static bool
check_report(struct run *run, GError **error)
{
	const char *report = run->command->report;

	if (report == NULL)
		return true;
	if (same_file(report, run->options->file))
		return refuse_report(run, "the bench file", error);
	if (same_file(report, run->options->content))
		return refuse_report(run, "the content of the chip", error);
	if (same_file(report, run->command->expect_image))
		return refuse_report(run, "the expected image", error);
	return each_image(run, check_report_image, error);
}

static bool
begin_report(struct run *run, GError **error)
{
	run->result.begun = true;
	run->result.unwritable = !spinor_reportfile_begin(run->command, error);
	return !run->result.unwritable;
}

/* Creates the control socket and the only client of this process, and starts the adapters. */
static bool
begin(struct run *run, const char *control, GError **error)
{
	run->server = control_server_new(run->bench, control, error);
	if (run->server != NULL)
		run->client = spinor_client_open(control_server_path(run->server), error);
	if (run->client == NULL)
		return false;
	sandbox_enter_calls(run->sandbox);
	return bench_start(run->bench, error);
}

static bool
build(struct run *run, GError **error)
{
	g_autofree char *control = run->command->control != NULL
		? g_strdup(run->command->control)
		: g_build_filename(
			  spinor_supervise_directory(run->supervise), "control.sock", NULL);

	base_log_init("spinor", run->options->verbose ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_MESSAGE);
	run->bench = bench_describe(run->options, error);
	if (run->bench == NULL)
		return false;
	if (g_strcmp0(bench_trace_path(run->bench), "-") == 0) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"--trace -: the command's output is on standard output; a FILE is wanted");
		return false;
	}
	run->sandbox = spinor_run_sandbox_enter(
		run->bench, run->options, run->command, run->supervise, control);
	base_log_start(); /* its thread is in the sandbox */
	if (!bench_build(run->bench, run->options, NULL, error) || !check_report(run, error) ||
		!begin_report(run, error) || !begin(run, control, error))
		return false;
	bench_accept(run->bench);
	each_image(run, warn_of_change, NULL);
	return run_query(run, ask_status, error);
}

/* Returns the adapter of that name (NULL: the first); NULL: there is none. */
static JsonObject *
adapter_of(struct run *run, const char *name)
{
	JsonArray *adapters = spinor_array(json_node_get_object(run->result.bench), "adapters");

	for (guint i = 0; adapters != NULL && i < json_array_get_length(adapters); i++) {
		JsonObject *adapter = spinor_item(adapters, i);

		if (name == NULL || strcmp(name, spinor_text(adapter, "name", "")) == 0)
			return adapter;
	}
	return NULL;
}

/* Returns the value of the placeholder "{tty}" or "{tty:NAME}" at the beginning of text. length:
 * receives its length, or 0 if the adapter has no such value, when its name is returned. NULL: no
 * placeholder. */
static const char *
placeholder_value(struct run *run, const char *text, size_t *length)
{
	static const char *const names[] = {"tty", "tcp", "link", NULL};

	for (const char *const *name = names; *name != NULL; name++) {
		size_t n = strlen(*name) + 1;
		const char *end = strchr(text, '}');
		g_autofree char *adapter = NULL;
		const char *value;

		if (strncmp(text + 1, *name, n - 1) != 0 || end == NULL ||
			(text[n] != '}' && text[n] != ':'))
			continue;
		if (text[n] == ':')
			adapter = g_strndup(text + n + 1, (size_t)(end - text) - n - 1);
		value = spinor_text(adapter_of(run, adapter), *name, NULL);
		*length = value != NULL ? (size_t)(end - text) + 1 : 0;
		return value != NULL ? value : *name;
	}
	return NULL;
}

static char *
expand(struct run *run, const char *word, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	while (*word != '\0') {
		size_t length = 1;
		const char *value = *word == '{' ? placeholder_value(run, word, &length) : NULL;

		if (value != NULL && length == 0) {
			g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
				"%.*s: there is no such adapter, or it has no %s; an adapter has "
				"tty and link without --tcp, tcp with it",
				(int)strcspn(word, "}") + 1, word, value);
			return NULL;
		}
		if (value != NULL && !spinor_placeholder_check(word, value, error))
			return NULL;
		if (value != NULL)
			g_string_append(text, value);
		else
			g_string_append_c(text, *word);
		word += length;
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* value NULL: the variable is not set. */
static void
add_variable(GPtrArray *environment, const char *name, const char *value)
{
	if (value != NULL)
		g_ptr_array_add(environment, g_strconcat(name, "=", value, NULL));
}

static bool
start(struct run *run, GError **error)
{
	JsonObject *adapter = adapter_of(run, NULL);
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) environment = g_ptr_array_new_with_free_func(g_free);

	for (char **word = run->command->program; *word != NULL; word++) {
		char *text = expand(run, *word, error);

		if (text == NULL)
			return false;
		g_ptr_array_add(argv, text);
	}
	g_ptr_array_add(argv, NULL);
	add_variable(environment, "SPINOR_TTY", spinor_text(adapter, "tty", NULL));
	add_variable(environment, "SPINOR_LINK", spinor_text(adapter, "link", NULL));
	add_variable(environment, "SPINOR_TCP", spinor_text(adapter, "tcp", NULL));
	add_variable(environment, "SPINOR_CONTROL", control_server_path(run->server));
	g_ptr_array_add(environment, NULL);
	return spinor_supervise_start(
		run->supervise, (char **)argv->pdata, (char **)environment->pdata, error);
}

static int
exit_status(const struct spinor_supervise_outcome *outcome)
{
	if (outcome->timed_out)
		return SPINOR_ERROR_TIMEOUT;
	if (WIFSIGNALED(outcome->status))
		return 128 + WTERMSIG(outcome->status);
	return WEXITSTATUS(outcome->status);
}

/* Messages go the way of the log: the end of run waits for their reader only for a limited time. */
static void G_GNUC_PRINTF(1, 2) print_message(const char *format, ...)
{
	g_autoptr(GString) line = g_string_new("spinor: run: ");
	va_list arguments;

	va_start(arguments, format);
	g_string_append_vprintf(line, format, arguments);
	va_end(arguments);
	g_string_append_c(line, '\n');
	base_log_lines(line->str);
}

/* Adds an operation that broke an expectation, with the columns of the trace. */
static void
append_operation(GString *lines, JsonObject *operation, bool several_chips)
{
	int64_t time_ns = spinor_number(operation, "time_ns", 0);
	int64_t opcode = spinor_number(operation, "opcode", -1);
	int64_t address = spinor_number(operation, "address", -1);
	const char *outcome = spinor_text(operation, "outcome", "");

	g_string_append_printf(
		lines, "    %" PRId64 ".%09" PRId64, time_ns / NS_PER_S, time_ns % NS_PER_S);
	if (several_chips)
		g_string_append_printf(lines, " %s/%" PRId64,
			spinor_text(operation, "adapter", "?"), spinor_number(operation, "cs", 0));
	if (opcode >= 0)
		g_string_append_printf(lines, " %02" PRIX64, (uint64_t)opcode);
	else
		g_string_append(lines, " --");
	g_string_append_printf(lines, " %s ", spinor_text(operation, "name", "?"));
	if (address >= 0)
		g_string_append_printf(lines, "%06" PRIX64, (uint64_t)address);
	else
		g_string_append_c(lines, '-');
	g_string_append_printf(lines, " %" PRId64 "%s%s\n", spinor_number(operation, "length", 0),
		strcmp(outcome, "done") != 0 ? ": " : "",
		strcmp(outcome, "done") != 0 ? outcome : "");
}

static void
print_failure(struct run *run, JsonObject *row)
{
	bool several = json_array_get_length(run->result.report.chips) > 1;
	JsonArray *operations = spinor_array(row, "operations");
	guint n = operations != NULL ? json_array_get_length(operations) : 0;
	int64_t more = spinor_number(row, "more", 0);
	int64_t last = n > 0 ? spinor_number(spinor_item(operations, n - 1), "number", 0) : 0;
	g_autoptr(GString) lines = g_string_new(NULL);

	print_message("%s", spinor_text(row, "failure", "?"));
	if (n > 0)
		g_string_append_printf(
			lines, "    TIME %sOPCODE NAME ADDRESS LENGTH\n", several ? "CHIP " : "");
	for (guint i = 0; i < n; i++)
		append_operation(lines, spinor_item(operations, i), several);
	if (n > 0 && more > 0)
		g_string_append_printf(lines, "    and %" PRId64 " more%s\n", more,
			last == spinor_number(row, "value", 0) ? " before these" : "");
	base_log_lines(lines->str);
}

/* A chip that does not answer can be why the command has failed. */
static void
print_silence(struct run *run)
{
	g_autofree char *silence = spinor_report_silence(&run->result.report);

	if (silence != NULL)
		print_message("%s", silence);
}

/* Prints the expectations that do not hold; true: all hold. */
static bool
check_expectations(struct run *run)
{
	JsonObject *compare = run->result.report.compare;
	JsonArray *assertions = run->result.report.assertions;
	bool good = true;

	if (compare != NULL && !spinor_flag(compare, "equal")) {
		print_message("--expect-image %s: the chip's content differs: %" PRId64
			      " bytes, the first at 0x%06" PRIX64,
			run->command->expect_image, spinor_number(compare, "differing_bytes", 0),
			(uint64_t)spinor_number(compare, "first", 0));
		good = false;
	}
	for (guint i = 0; assertions != NULL && i < json_array_get_length(assertions); i++) {
		JsonObject *row = spinor_item(assertions, i);

		if (spinor_flag(row, "holds"))
			continue;
		print_failure(run, row);
		good = false;
	}
	return good;
}

/* Runs the command on the bench. Returns the exit status, or -1 and an error. */
static int
run_command(struct run *run, GError **error)
{
	struct spinor_supervise_outcome *outcome = &run->result.outcome;
	int64_t start_us = g_get_monotonic_time();
	g_autoptr(GError) failed = NULL;
	int status;

	if (!start(run, error) ||
		!spinor_supervise_wait(run->supervise, run->command->timeout_ns, outcome, error))
		return -1;
	run->result.ended = true;
	run->result.took_us = g_get_monotonic_time() - start_us;
	status = exit_status(outcome);
	if (outcome->timed_out)
		print_message(
			"%s: still running after %.6g s; ended it and all processes that it had "
			"started",
			run->command->program[0], (double)run->command->timeout_ns / 1e9);
	if (outcome->survivors)
		print_message("a process that the command has started cannot be ended");
	if (run_query(run, collect, &failed) && status != EXIT_SUCCESS)
		print_silence(run);
	if (!check_expectations(run) && status == EXIT_SUCCESS)
		status = EXIT_FAILURE;
	if (failed != NULL && status == EXIT_SUCCESS) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return -1;
	}
	if (failed != NULL) {
		print_message("%s", failed->message);
		run->result.error = g_strdup(failed->message);
	}
	return status;
}

/* The same from the options on. */
static int
run_bench(struct run *run, GError **error)
{
	run->expectations = spinor_expect_parse(run->command->asserts, error);
	if (run->expectations == NULL)
		return -1;
	/* A host that closes its connection must not end this process. The command keeps the
	 * default, since the reaper is forked before. */
	run->supervise = spinor_supervise_new(error);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (run->supervise == NULL || !read_options(run, error))
		return -1;
	if (!build(run, error)) {
		bench_refuse(run->bench);
		return -1;
	}
	return run_command(run, error);
}

/* Completes the report. Returns the exit status, or -1 and an error. */
static int
report(struct run *run, int status, GError **error)
{
	g_autoptr(GError) failed = NULL;

	run->result.exit_status = status;
	if (status < 0) {
		run->result.exit_status = spinor_error_status(*error);
		run->result.error = g_strdup((*error)->message);
	}
	if (spinor_reportfile_write(run->command, &run->result, &failed))
		return status;
	if (status == EXIT_SUCCESS) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return -1;
	}
	print_message("%s", failed->message);
	return status;
}

/* Ends the bench, so that the report can name what is not saved. Returns the exit status. */
static int
end_bench(struct run *run, int status)
{
	g_clear_pointer(&run->client, spinor_client_close);
	g_clear_pointer(&run->server, control_server_destroy);
	run->result.unsaved = bench_end(g_steal_pointer(&run->bench));
	return run->result.unsaved->len > 0 && status == EXIT_SUCCESS ? EXIT_FAILURE : status;
}

static void
clear(struct run *run)
{
	spinor_report_clear(&run->result.report);
	g_clear_pointer(&run->result.error, g_free);
	g_clear_pointer(&run->result.bench, json_node_unref);
	g_clear_pointer(&run->result.unsaved, g_ptr_array_unref);
	g_clear_pointer(&run->sandbox, sandbox_free);
	g_clear_pointer(&run->options, setup_options_free);
	g_clear_pointer(&run->supervise, spinor_supervise_destroy);
	g_clear_pointer(&run->expectations, g_ptr_array_unref);
}

int
spinor_run(struct spinor_command *command, GError **error)
{
	struct run run = {.command = command};
	g_autoptr(GError) why = NULL;
	int status = -1;

	if (command->program == NULL || *command->program == NULL) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"the command is missing; allowed is: spinor run [OPTION...] -- COMMAND...");
		return -1;
	}
	status = run_bench(&run, &why);
	status = end_bench(&run, status);
	status = report(&run, status, &why);
	clear(&run);
	if (why != NULL)
		g_propagate_error(error, g_steal_pointer(&why));
	if (status > 128 && WIFSIGNALED(run.result.outcome.status) &&
		!run.result.outcome.timed_out) {
		fflush(stdout);
		base_log_finish();
		spinor_supervise_die(WTERMSIG(run.result.outcome.status));
	}
	return status;
}
