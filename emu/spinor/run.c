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
 */
#include "spinor/verbs.h"

#include "base/log.h"
#include "bench/bench.h"
#include "control/control.h"
#include "setup/options.h"
#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/expect.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"
#include "spinor/runreport.h"
#include "spinor/supervise.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

struct run {
	const struct spinor_command *command;
	GPtrArray *expectations; /* struct expect */
	struct supervise *supervise;
	struct setup_options *options;
	struct bench *bench;
	struct control_server *server;
	JsonNode *status; /* bench.status when the command started */
	struct spinor_supervise_outcome outcome;
	struct spinor_report report;
	int64_t took_us;
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
	const char *path = control_server_path(query->run->server);
	struct spinor_client *client = spinor_client_open(path, &query->error);

	if (client != NULL)
		query->good = query->function(query->run, client, &query->error);
	spinor_client_close(client);
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
	run->status = spinor_client_call(client, "bench.status", NULL, SPINOR_SHORT_MS, error);
	return spinor_as_object(run->status, "bench.status", error) != NULL;
}

static bool
collect(struct run *run, struct spinor_client *client, GError **error)
{
	return spinor_report_collect(&run->report, client, run->command, error);
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

	run->options = setup_options_parse(&argc, &argv, error);
	if (run->options == NULL)
		return false;
	if (run->options->list_chips || run->options->version || run->options->check ||
		run->options->no_control) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"--list-chips, --check, --version and --no-control are for spinord; "
			"allowed here are spinor chips and spinor --version");
		return false;
	}
	choose_port(run);
	return true;
}

static bool
build(struct run *run, GError **error)
{
	g_autofree char *control = run->command->control != NULL
		? g_strdup(run->command->control)
		: g_build_filename(
			  spinor_supervise_directory(run->supervise), "control.sock", NULL);

	base_log_init("spinor", run->options->verbose ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_WARNING);
	run->bench = bench_new(run->options, NULL, error);
	if (run->bench == NULL || !bench_start(run->bench, error))
		return false;
	run->server = control_server_new(run->bench, control, error);
	return run->server != NULL && run_query(run, ask_status, error);
}

/* Returns the adapter of that name (NULL: the first); NULL: there is none. */
static JsonObject *
adapter_of(struct run *run, const char *name)
{
	JsonArray *adapters = spinor_array(json_node_get_object(run->status), "adapters");

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

static void G_GNUC_PRINTF(1, 2) print_message(const char *format, ...)
{
	va_list arguments;

	fputs("spinor: run: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

/* A chip that does not answer can be why the command has failed. */
static void
print_silence(struct run *run)
{
	g_autofree char *silence = spinor_report_silence(&run->report);

	if (silence != NULL)
		print_message("%s", silence);
}

/* Prints the expectations that do not hold; true: all hold. */
static bool
check_expectations(struct run *run)
{
	JsonObject *compare = run->report.compare;
	bool good = true;

	if (compare != NULL && !spinor_flag(compare, "equal")) {
		print_message("--expect-image %s: the chip's content differs: %" PRId64
			      " bytes, the first at 0x%06" PRIX64,
			run->command->expect_image, spinor_number(compare, "differing_bytes", 0),
			(uint64_t)spinor_number(compare, "first", 0));
		good = false;
	}
	for (guint i = 0; i < run->expectations->len; i++) {
		g_autofree char *failure =
			spinor_expect_failure(run->expectations->pdata[i], run->report.stats);

		if (failure == NULL)
			continue;
		print_message("%s", failure);
		good = false;
	}
	return good;
}

static JsonNode *
report_node(struct run *run, int status)
{
	JsonNode *root = json_node_new(JSON_NODE_OBJECT);
	JsonObject *object = json_object_new();
	JsonArray *words = json_array_new();
	JsonArray *asserts = json_array_new();

	json_node_take_object(root, object);
	for (char **word = run->command->program; *word != NULL; word++) {
		g_autofree char *text = g_utf8_make_valid(*word, -1);

		json_array_add_string_element(words, text);
	}
	json_object_set_array_member(object, "command", words);
	json_object_set_int_member(object, "exit_status", status);
	json_object_set_boolean_member(object, "timed_out", run->outcome.timed_out);
	if (WIFSIGNALED(run->outcome.status))
		json_object_set_int_member(object, "signal", WTERMSIG(run->outcome.status));
	json_object_set_double_member(object, "duration_s", (double)run->took_us / 1e6);
	json_object_set_member(object, "bench", json_node_copy(run->status));
	json_object_set_array_member(object, "chips", json_array_ref(run->report.chips));
	json_object_set_object_member(object, "stats", json_object_ref(run->report.stats));
	if (run->report.compare != NULL)
		json_object_set_object_member(
			object, "expect_image", json_object_ref(run->report.compare));
	for (guint i = 0; i < run->expectations->len; i++)
		json_array_add_object_element(asserts,
			spinor_expect_report(run->expectations->pdata[i], run->report.stats));
	json_object_set_array_member(object, "assertions", asserts);
	return root;
}

/* --report and --json. */
static bool
write_report(struct run *run, int status, GError **error)
{
	const char *path = run->command->report;
	g_autoptr(JsonNode) root = report_node(run, status);
	g_autofree char *text = json_to_string(root, TRUE);
	g_autofree char *lines = g_strconcat(text, "\n", NULL);
	g_autoptr(GError) why = NULL;

	if (run->command->json)
		spinor_print_json(root);
	if (path == NULL || g_file_set_contents(path, lines, -1, &why))
		return true;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
		"--report %s: %s; its directory has to exist and be writable", path, why->message);
	return false;
}

/* Runs the command on the bench. Returns the exit status, or -1 and an error. */
static int
run_command(struct run *run, GError **error)
{
	int64_t start_us = g_get_monotonic_time();
	g_autoptr(GError) failed = NULL;
	bool held;
	int status;

	if (!start(run, error) ||
		!spinor_supervise_wait(
			run->supervise, run->command->timeout_ns, &run->outcome, error))
		return -1;
	run->took_us = g_get_monotonic_time() - start_us;
	status = exit_status(&run->outcome);
	if (run->outcome.timed_out)
		print_message(
			"%s: still running after %.6g s; ended it and all processes that it had "
			"started",
			run->command->program[0], (double)run->command->timeout_ns / 1e9);
	if (run->outcome.survivors)
		print_message("a process that the command has started cannot be ended");
	held = run_query(run, collect, &failed);
	if (held) {
		if (status != EXIT_SUCCESS)
			print_silence(run);
		held = check_expectations(run);
		if (!held && status == EXIT_SUCCESS)
			status = EXIT_FAILURE;
		write_report(run, status, &failed);
	}
	if (failed != NULL && status == EXIT_SUCCESS) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return -1;
	}
	if (failed != NULL)
		print_message("%s", failed->message);
	return status;
}

/* False: the record of the session is not complete. */
static bool
clear(struct run *run)
{
	bool recorded;

	spinor_report_clear(&run->report);
	g_clear_pointer(&run->status, json_node_unref);
	g_clear_pointer(&run->server, control_server_destroy);
	recorded = bench_destroy(g_steal_pointer(&run->bench));
	g_clear_pointer(&run->options, setup_options_free);
	g_clear_pointer(&run->supervise, spinor_supervise_destroy);
	g_clear_pointer(&run->expectations, g_ptr_array_unref);
	return recorded;
}

int
spinor_run(struct spinor_command *command, GError **error)
{
	struct run run = {.command = command};
	int status = -1;

	if (command->program == NULL || *command->program == NULL) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"the command is missing; allowed is: spinor run [OPTION...] -- COMMAND...");
		return -1;
	}
	run.expectations = spinor_expect_parse(command->asserts, error);
	if (run.expectations != NULL) {
		/* A host that closes its connection must not end this process. The command keeps
		 * the default, since the reaper is forked before. */
		run.supervise = spinor_supervise_new(error);
		signal(SIGPIPE, SIG_IGN);
	}
	if (run.supervise != NULL && read_options(&run, error) && build(&run, error))
		status = run_command(&run, error);
	if (!clear(&run) && status == EXIT_SUCCESS)
		status = EXIT_FAILURE;
	if (status > 128 && WIFSIGNALED(run.outcome.status) && !run.outcome.timed_out) {
		fflush(stdout);
		spinor_supervise_die(WTERMSIG(run.outcome.status));
	}
	return status;
}
