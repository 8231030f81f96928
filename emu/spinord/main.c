/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's main(): builds the bench that the command line describes, reports when it is ready,
 * and waits for SIGTERM or SIGINT. It stays in the foreground; a shell or a service manager can run
 * it in the background. Exit status: 0, 1 for a run-time failure, 2 for a usage error.
 */
#include "config.h"

#include "base/error.h"
#include "base/log.h"
#include "bench/bench.h"
#include "chipdb/chiptable.h"
#include "control/control.h"
#include "setup/options.h"
#include "spinord/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXIT_USAGE 2

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
	if (fputs(text, stdout) == EOF || fflush(stdout) == EOF) {
		log_error("standard output: %s", g_strerror(errno));
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

static gboolean
quit(void *data)
{
	g_main_loop_quit(data);
	return G_SOURCE_CONTINUE;
}

static int
failed(const GError *error)
{
	log_error("%s", error->message);
	return g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE) ? EXIT_USAGE : EXIT_FAILURE;
}

/* Installs the signal handlers before it builds the bench, so that an early signal ends the daemon
 * in order, too. */
static int
serve(const struct setup_options *options)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	g_autoptr(GError) error = NULL;
	g_autofree char *ready = NULL;
	struct control_server *control = NULL;
	struct bench *bench;
	int status = EXIT_SUCCESS;

	g_unix_signal_add(SIGTERM, quit, loop);
	g_unix_signal_add(SIGINT, quit, loop);
	bench = bench_new(options, NULL, &error);
	if (bench == NULL)
		return failed(error);
	if (!bench_start(bench, &error)) {
		status = failed(error);
		goto out;
	}
	control = control_server_new(bench, bench_control_path(bench), &error);
	if (control == NULL) {
		status = failed(error);
		goto out;
	}
	ready = bench_ready_lines(bench);
	print(ready);
	spinord_notify("READY=1");
	g_main_loop_run(loop);
	spinord_notify("STOPPING=1");
out:
	control_server_destroy(control);
	/* The log says why the record is not complete. */
	if (!bench_destroy(bench) && status == EXIT_SUCCESS)
		status = EXIT_FAILURE;
	return status;
}

static int
check(const struct setup_options *options)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *line = NULL;
	unsigned int n_adapters;
	unsigned int n_chips;

	if (!bench_check(options, &n_adapters, &n_chips, &error))
		return failed(error);
	line = g_strdup_printf("%s: ok, %u adapter%s, %u chip%s\n", options->file, n_adapters,
		n_adapters == 1 ? "" : "s", n_chips, n_chips == 1 ? "" : "s");
	return print(line);
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
	g_set_prgname("spinord");
	options = setup_options_parse(&argc, &argv, &error);
	base_log_init("spinord",
		options != NULL && options->verbose ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_WARNING);
	if (options == NULL)
		return failed(error);
	if (options->help != NULL) {
		status = print(options->help);
	} else if (options->version) {
		status = print(PACKAGE_NAME "d " PACKAGE_VERSION "\n");
	} else if (options->list_chips) {
		table = chipdb_table(options->chipdb, options->list_pattern, &error);
		status = table != NULL ? print(table) : failed(error);
	} else if (options->check) {
		status = check(options);
	} else {
		status = serve(options);
	}
	setup_options_free(options);
	return status;
}
