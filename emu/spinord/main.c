/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's main(): builds the bench that the command line describes, reports when it is ready,
 * and waits for SIGTERM or SIGINT. It stays in the foreground, or continues in the background
 * (detach.c). Clients can connect to the control socket before the bench is ready, and get their
 * answers then. Exit status: 0, 1 for a run-time failure, 2 for a usage error.
 */
#include "config.h"

#include "base/error.h"
#include "base/log.h"
#include "base/outlet.h"
#include "bench/bench.h"
#include "bench/confine.h"
#include "bench/outputs.h"
#include "chipdb/chiptable.h"
#include "control/control.h"
#include "control/socket.h"
#include "sandbox/sandbox.h"
#include "setup/benchfile.h"
#include "setup/options.h"
#include "spinord/detach.h"
#include "spinord/inherit.h"
#include "spinord/notify.h"
#include "spinord/pidfile.h"
#include "spinord/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 2

/* For a program that reads the ready lines of a daemon in the background. */
#define READER_US (3 * (int64_t)G_USEC_PER_SEC)

/* If descriptor 0, 1 or 2 is closed at the start, a later open() must not use its number for the
 * terminal of a host. */
static void
fill_standard_descriptors(void)
{
	int fd = 0;

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (fd > STDERR_FILENO)
		close(fd);
}

static int
print(const char *text)
{
	if ((fputs(text, stdout) == EOF || fflush(stdout) == EOF) && errno != EPIPE) {
		log_error("standard output: %s", g_strerror(errno));
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

static int
failed(const GError *error)
{
	log_error("%s", error->message);
	return g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE) ? EXIT_USAGE : EXIT_FAILURE;
}

/* The parts of a running daemon, in the order of their creation; all may be NULL. */
struct daemon {
	const struct setup_options *options;
	int inherited; /* control socket from a service manager; -1: none */
	int report;    /* to the process that started this one in the background; -1: none */
	struct spinord_pidfile *pid;
	struct spinord_log *log;
	struct base_outlet *out; /* standard output, if no trace goes there */
	struct bench *bench;
	struct sandbox *sandbox;
	struct control_server *control;
};

/* Creates the control socket, where clients can wait from then on. NULL without error: none is
 * wanted. */
static struct control_socket *
announce(const struct daemon *daemon, GError **error)
{
	if (daemon->inherited >= 0)
		return control_socket_adopt(daemon->inherited, error);
	if (daemon->options->no_control)
		return NULL;
	return control_socket_new(bench_control_path(daemon->bench), error);
}

/* Limits the process before it opens the files of the bench, and before it has threads. */
static void
enter_sandbox(struct daemon *daemon, const struct control_socket *socket)
{
	bench_ask_flashrom(daemon->bench);
	daemon->sandbox = bench_sandbox_new(daemon->bench, daemon->options, false);
	/* Numbers of the bench are links beside its socket. */
	if (socket != NULL)
		sandbox_allow_folder_of(daemon->sandbox, control_socket_path(socket),
			SANDBOX_LIST | SANDBOX_REMOVE);
	if (daemon->log != NULL)
		sandbox_allow_folder_of(
			daemon->sandbox, spinord_log_path(daemon->log), SANDBOX_REMOVE);
	spinord_notify_open();
	sandbox_enter_files(daemon->sandbox);
	base_log_start(); /* its thread is in the sandbox */
}

static bool
start_bench(struct daemon *daemon, GError **error)
{
	g_autoptr(GError) why = NULL;
	struct control_socket *socket;

	daemon->bench = bench_describe(daemon->options, error);
	if (daemon->bench == NULL)
		return false;
	if (daemon->report >= 0 && g_strcmp0(bench_trace_path(daemon->bench), "-") == 0) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"--trace -: with --detach, and a process in the background has no "
			"standard output; a FILE is wanted");
		return false;
	}
	socket = announce(daemon, &why);
	if (why != NULL) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	enter_sandbox(daemon, socket);
	if (!bench_build(daemon->bench, daemon->options, NULL, error)) {
		control_socket_destroy(socket);
		return false;
	}
	sandbox_enter_calls(daemon->sandbox);
	if (!bench_start(daemon->bench, error)) {
		control_socket_destroy(socket);
		return false;
	}
	if (socket != NULL)
		daemon->control = control_server_new_at(daemon->bench, socket);
	return true;
}

static bool
start(struct daemon *daemon, GError **error)
{
	const struct setup_options *options = daemon->options;

	if (options->pid != NULL) {
		daemon->pid = spinord_pidfile_new(options->pid, error);
		if (daemon->pid == NULL)
			return false;
	}
	if (options->log != NULL || daemon->report >= 0) {
		daemon->log = spinord_log_new(options->log, error);
		if (daemon->log == NULL)
			return false;
	}
	return start_bench(daemon, error) &&
		(daemon->pid == NULL || spinord_pidfile_write(daemon->pid, error));
}

/* Called from any thread. */
static void
log_output_news(void *data, enum base_outlet_news news, uint64_t dropped, int code)
{
	(void)data;
	(void)dropped;
	if (news == BASE_OUTLET_FAILED || news == BASE_OUTLET_OVER)
		log_error("standard output: %s", g_strerror(code));
}

/* Nobody need read the lines for the daemon to work, and to end. */
static void
print_ready(struct daemon *daemon, const char *lines)
{
	size_t n = strlen(lines);
	const struct base_outlet_plan plan = {
		.fd = STDOUT_FILENO, .shared = true, .capacity = n + 1, .news = log_output_news};
	struct base_outlet *out = bench_outputs_stdout(daemon->bench);

	if (out == NULL)
		out = daemon->out = base_outlet_new(&plan);
	base_outlet_put(out, lines, n);
}

/* Leaves the standard streams of the process that started this one. */
static void
enter_background(struct daemon *daemon)
{
	struct base_outlet_state state;

	base_outlet_flush(daemon->out, READER_US, READER_US);
	base_outlet_finish(g_steal_pointer(&daemon->out), &state);
	if (state.dropped > 0 && !state.over)
		log_warning("standard output: not read: %" PRIu64 " ready lines are lost",
			state.dropped);
	spinord_log_begin(daemon->log);
	spinord_detach_ready(daemon->report);
}

/* The ready lines are on standard output, before a trace there. If these go to a file or a pipe, a
 * person at the terminal gets the ready lines on standard error. */
static void
tell_ready(struct daemon *daemon)
{
	g_autofree char *lines = bench_ready_lines(daemon->bench);
	g_autofree char *state = daemon->report >= 0
		? g_strdup_printf("READY=1\nMAINPID=%ld", (long)getpid())
		: g_strdup("READY=1");

	print_ready(daemon, lines);
	if (g_strcmp0(bench_trace_path(daemon->bench), "-") == 0 && !isatty(STDOUT_FILENO) &&
		isatty(STDERR_FILENO))
		base_log_lines(lines);
	if (daemon->report >= 0)
		enter_background(daemon);
	else
		spinord_log_begin(daemon->log);
	spinord_notify(state);
}

/* A client that waits for the end sees it last, after links, state and PID file. False: the record
 * of the session is not complete. */
static bool
stop(struct daemon *daemon)
{
	bool recorded;

	control_server_stop(daemon->control);
	recorded = bench_destroy(daemon->bench);
	base_outlet_finish(daemon->out, NULL);
	spinord_pidfile_destroy(daemon->pid);
	spinord_log_destroy(daemon->log);
	sandbox_free(daemon->sandbox);
	control_server_destroy(daemon->control);
	return recorded;
}

/* Takes the signals before it builds the bench, so that an early signal ends the daemon
 * in order, too. */
static int
serve(struct daemon *daemon)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	g_autoptr(GError) error = NULL;
	int status = EXIT_SUCCESS;

	spinord_signals_quit(loop);
	if (start(daemon, &error)) {
		bench_accept(daemon->bench);
		tell_ready(daemon);
		g_main_loop_run(loop);
		spinord_notify("STOPPING=1");
	} else {
		status = failed(error);
		bench_refuse(daemon->bench);
	}
	/* The log says why the record is not complete. */
	if (!stop(daemon) && status == EXIT_SUCCESS)
		status = EXIT_FAILURE;
	return status;
}

/* In the background if --detach is given. */
static int
serve_here_or_there(struct setup_options *options)
{
	struct daemon daemon = {.options = options, .report = -1};
	g_autoptr(GError) error = NULL;
	int n_inherited, status;

	if (!spinord_inherit(options, &daemon.inherited, &n_inherited, &error))
		return failed(error);
	if (options->detach &&
		!spinord_detach(STDERR_FILENO + 1 + n_inherited, &daemon.report, &status))
		return status;
	status = serve(&daemon);
	base_log_finish();
	return status;
}

static int
check(const struct setup_options *options)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *line = NULL;
	g_autofree char *all = NULL;
	g_autofree char *files = NULL;
	unsigned int n_adapters;
	unsigned int n_chips;

	if (!bench_check(options, &n_adapters, &n_chips, &files, &error)) {
		all = setup_file_mistakes(options->file);
		if (all == NULL)
			return failed(error);
		fputs(all, stderr);
		return EXIT_USAGE;
	}
	line = g_strdup_printf("%s: ok, %u adapter%s, %u chip%s\n%s", options->file, n_adapters,
		n_adapters == 1 ? "" : "s", n_chips, n_chips == 1 ? "" : "s", files);
	return print(line);
}

static int
print_version(void)
{
	return print(sandbox_has_filter() ? PACKAGE_NAME "d " PACKAGE_VERSION "\n"
					  : PACKAGE_NAME
			"d " PACKAGE_VERSION
			"\nbuilt without libseccomp: the sandbox limits files, "
			"but no system calls\n");
}

/* Notices, such as how often a fault has acted, are for a person at the terminal, or for a log that
 * the user asked for. */
static GLogLevelFlags
log_level(const struct setup_options *options)
{
	if (options != NULL && options->verbose)
		return G_LOG_LEVEL_DEBUG;
	return options != NULL && options->detach && options->log == NULL ? G_LOG_LEVEL_WARNING
									  : G_LOG_LEVEL_MESSAGE;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *table = NULL;
	struct setup_options *options;
	int status;

	fill_standard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* ulimit -f: a write fails then, which is told */
	g_set_prgname("spinord");
	base_log_init("spinord", G_LOG_LEVEL_MESSAGE);
	options = setup_options_parse(&argc, &argv, &error);
	base_log_init("spinord", log_level(options));
	if (options == NULL)
		return failed(error);
	if (options->help != NULL) {
		status = print(options->help);
	} else if (options->version) {
		status = print_version();
	} else if (options->list_chips) {
		table = chipdb_table(options->chipdb, options->list_pattern, &error);
		status = table != NULL ? print(table) : failed(error);
	} else if (options->check) {
		status = check(options);
	} else {
		status = serve_here_or_there(options);
	}
	setup_options_free(options);
	return status;
}
