/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verbs for the life of a daemon: start, wait and stop.
 *
 * A daemon that is about to end keeps its connections until links, state and files are done, so
 * their end is what stop waits for, and then for the end of the process. That needs a descriptor of
 * the process; there is none if the daemon runs in another PID namespace, or if a service manager
 * has opened the socket.
 */
#define _GNU_SOURCE /* struct ucred, SYS_pidfd_open */
#include "spinor/verbs.h"

#include "control/control.h"
#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/find.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Replaces this process. */
int
spinor_start(struct spinor_command *command, GError **error)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = self != NULL ? g_path_get_dirname(self) : NULL;
	g_autofree char *beside = g_build_filename(folder != NULL ? folder : "", "spinord", NULL);
	int code;

	g_ptr_array_add(argv, (gpointer) "spinord");
	g_ptr_array_add(argv, (gpointer) "--detach");
	for (char **word = command->bench + 1; *word != NULL; word++)
		g_ptr_array_add(argv, *word);
	g_ptr_array_add(argv, NULL);
	fflush(stdout);
	execv(beside, (char **)argv->pdata);
	execvp("spinord", (char **)argv->pdata);
	code = errno;
	g_set_error(error, SPINOR_ERROR,
		code == ENOENT ? SPINOR_ERROR_NOT_FOUND : SPINOR_ERROR_NOT_EXECUTABLE,
		"cannot start spinord: %s; allowed places are the folder of spinor and PATH",
		g_strerror(code));
	return -1;
}

static int64_t
left_ms(int64_t start_us, int64_t limit_ms)
{
	return MAX(limit_ms - (g_get_monotonic_time() - start_us) / 1000, 0);
}

static void
print_ready(JsonObject *status)
{
	JsonArray *adapters = spinor_array(status, "adapters");

	for (guint i = 0; adapters != NULL && i < json_array_get_length(adapters); i++)
		puts(spinor_text(spinor_item(adapters, i), "ready_line", ""));
}

/* Sets the error of wait, which fails with one status for all reasons but several benches. */
static void
refuse_wait(const GError *why, int64_t limit_ms, GError **error)
{
	bool none = g_error_matches(why, SPINOR_ERROR, SPINOR_ERROR_NO_BENCH);

	if (g_error_matches(why, SPINOR_ERROR, SPINOR_ERROR_TIMEOUT))
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
			"a bench has started, but is not ready after %.1f s; --timeout waits "
			"longer",
			(double)limit_ms / 1000);
	else if (g_error_matches(why, SPINOR_ERROR, SPINOR_ERROR_SEVERAL))
		g_propagate_error(error, g_error_copy(why));
	else if (none)
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
			"%s; waited %.1f s, --timeout waits longer", why->message,
			(double)limit_ms / 1000);
	else
		g_set_error_literal(error, SPINOR_ERROR, SPINOR_ERROR_FAILED, why->message);
}

/* A daemon creates its socket first, and answers when it is ready. */
int
spinor_wait(struct spinor_command *command, GError **error)
{
	int64_t limit_ms = spinor_limit_ms(command, SPINOR_SHORT_MS);
	int64_t start_us = g_get_monotonic_time();
	g_autoptr(GError) why = NULL;
	struct spinor_client *client = spinor_find_within(command, limit_ms, &why);
	g_autoptr(JsonNode) node = NULL;
	JsonObject *status = NULL;

	if (client != NULL)
		node = spinor_client_call(
			client, "bench.status", NULL, MAX(left_ms(start_us, limit_ms), 1), &why);
	spinor_client_close(client);
	if (node != NULL)
		status = spinor_as_object(node, "bench.status", &why);
	if (status == NULL) {
		refuse_wait(why, limit_ms, error);
		return -1;
	}
	if (command->json)
		spinor_print_json(node);
	else
		print_ready(status);
	return EXIT_SUCCESS;
}

/* Returns a descriptor for the process of the bench; -1: it cannot be watched. number: receives its
 * process ID; 0: not known. */
static int
watch_process(struct spinor_client *client, int64_t limit_ms, int64_t *number)
{
	g_autoptr(JsonNode) node = spinor_client_call(client, "bench.status", NULL, limit_ms, NULL);
	JsonObject *status = spinor_as_object(node, "bench.status", NULL);

	*number = spinor_number(status, "pid", spinor_client_peer(client));
	if (*number <= 0 || *number != spinor_client_peer(client))
		return -1;
	return (int)syscall(SYS_pidfd_open, (pid_t)*number, 0);
}

/* Waits for the end of a process; process -1: not at all. */
static bool
wait_for_process(int process, int64_t limit_ms)
{
	struct pollfd poller = {.fd = process, .events = POLLIN};
	int64_t start_us = g_get_monotonic_time();
	int n;

	if (process < 0)
		return true;
	do
		n = poll(&poller, 1, (int)MIN(left_ms(start_us, limit_ms), G_MAXINT));
	while (n < 0 && errno == EINTR);
	return n > 0;
}

static void
refuse_stop(const GError *why, int64_t number, int64_t limit_ms, GError **error)
{
	g_autofree char *process =
		number > 0 ? g_strdup_printf(", process %" PRId64 ",", number) : g_strdup("");

	if (why != NULL && !g_error_matches(why, SPINOR_ERROR, SPINOR_ERROR_TIMEOUT))
		g_propagate_error(error, g_error_copy(why));
	else
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_TIMEOUT,
			"the bench%s has not ended in %.1f s; --timeout waits longer", process,
			(double)limit_ms / 1000);
}

/* The error for a bench that does not run; several benches without a choice keep their own. */
static void
refuse_absent(const struct spinor_command *command, GError *why, GError **error)
{
	if (g_error_matches(why, SPINOR_ERROR, SPINOR_ERROR_NO_BENCH) &&
		spinor_find_is_absent(command))
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_NO_BENCH,
			"no bench is running%s%s, so there is nothing to stop",
			command->control != NULL ? " at " : "",
			command->control != NULL ? command->control : "");
	else
		g_propagate_error(error, g_error_copy(why));
}

/* Sends the request, and waits for the end. A bench that ends instead of answering was about to end
 * for another reason. */
static bool
stop(struct spinor_client *client, int64_t limit_ms, int64_t *number, GError **error)
{
	int64_t start_us = g_get_monotonic_time();
	int process = watch_process(client, limit_ms, number);
	g_autoptr(JsonNode) result = NULL;
	g_autoptr(GError) why = NULL;
	bool good;

	result = spinor_client_call(
		client, "bench.stop", NULL, MAX(left_ms(start_us, limit_ms), 1), &why);
	good = result != NULL || spinor_client_has_ended(client);
	good = good && spinor_client_wait_end(client, MAX(left_ms(start_us, limit_ms), 1), &why);
	good = good && wait_for_process(process, left_ms(start_us, limit_ms));
	if (process >= 0)
		close(process);
	if (!good)
		refuse_stop(why, *number, limit_ms, error);
	return good;
}

/* Returns the log of a daemon in the background that had something to say; NULL: there is none. */
static char *
left_log(int64_t number)
{
	g_autofree char *directory = control_directory();
	char *path = g_strdup_printf("%s/%" PRId64 ".log", directory, number);
	struct stat info;

	if (number > 0 && lstat(path, &info) == 0 && info.st_size > 0)
		return path;
	g_free(path);
	return NULL;
}

int
spinor_stop(struct spinor_command *command, GError **error)
{
	int64_t limit_ms = spinor_limit_ms(command, SPINOR_LONG_MS);
	g_autoptr(GError) why = NULL;
	struct spinor_client *client = spinor_find_within(command, 0, &why);
	g_autoptr(JsonNode) done = NULL;
	g_autofree char *log = NULL;
	int64_t number = 0;
	bool ended;

	if (client == NULL) {
		refuse_absent(command, why, error);
		return -1;
	}
	spinor_client_show_progress(client, "stop");
	ended = stop(client, limit_ms, &number, error);
	spinor_progress_done();
	spinor_client_close(client);
	if (!ended)
		return -1;
	if (command->json) {
		done = json_node_init_boolean(json_node_alloc(), TRUE);
		spinor_print_json(done);
		return EXIT_SUCCESS;
	}
	log = left_log(number);
	if (log != NULL)
		printf("stopped; its log is %s\n", log);
	else
		puts("stopped");
	return EXIT_SUCCESS;
}
