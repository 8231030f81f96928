/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the running bench: its socket is PID.sock in a directory of the user. A bench is running if
 * connect() succeeds. A socket that refuses the connection is removed only if its process has
 * ended, since a daemon that is about to listen refuses as well.
 *
 * A daemon that was started a moment ago may not have its socket yet: inotify tells when it does.
 */
#include "spinor/find.h"

#include "base/units.h"
#include "control/control.h"
#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOCKET_SUFFIX ".sock"
#define LOG_SUFFIX ".log"

/* Verbs wait that long for a daemon that has just been started. */
#define START_LIMIT_MS 1000

/* Refuses a directory that others can write to, since sockets in it are trusted. */
static bool
check_directory(const char *directory, GError **error)
{
	struct stat info;

	if (lstat(directory, &info) < 0)
		return errno == ENOENT;
	if (S_ISDIR(info.st_mode) && info.st_uid == geteuid() && (info.st_mode & 022) == 0)
		return true;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_NO_BENCH,
		"the directory of control sockets, %s, is refused: it is not yours, or others "
		"can write to it; name the bench with --control PATH",
		directory);
	return false;
}

static bool
process_has_ended(const char *name)
{
	g_autofree char *digits = g_strndup(name, strlen(name) - strlen(SOCKET_SUFFIX));
	uint64_t pid;

	return base_parse_decimal(digits, 1, G_MAXINT, &pid) && kill((pid_t)pid, 0) < 0 &&
		errno == ESRCH;
}

/* Removes the files of a killed daemon: its socket, and its log if that is empty. */
static void
remove_stale(const char *path)
{
	g_autofree char *base = g_strndup(path, strlen(path) - strlen(SOCKET_SUFFIX));
	g_autofree char *log = g_strconcat(base, LOG_SUFFIX, NULL);
	struct stat info;

	unlink(path);
	if (lstat(log, &info) == 0 && S_ISREG(info.st_mode) && info.st_size == 0)
		unlink(log);
}

static void
add_if_running(GPtrArray *found, const char *directory, const char *name)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);
	g_autoptr(GError) why = NULL;
	struct spinor_client *client = spinor_client_open(path, &why);

	if (client != NULL)
		g_ptr_array_add(found, g_steal_pointer(&path));
	else if (g_error_matches(why, SPINOR_ERROR, SPINOR_ERROR_NO_BENCH) &&
		process_has_ended(name))
		remove_stale(path);
	spinor_client_close(client);
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *
spinor_find_all(GError **error)
{
	g_autofree char *directory = control_directory();
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = NULL;
	const char *name;

	if (!check_directory(directory, error))
		return NULL;
	dir = g_dir_open(directory, 0, NULL);
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		if (g_str_has_suffix(name, SOCKET_SUFFIX))
			add_if_running(found, directory, name);
	}
	g_ptr_array_sort(found, by_name);
	return g_steal_pointer(&found);
}

static void
refuse_several(const GPtrArray *found, GError **error)
{
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_SEVERAL,
		"%u benches are running; choose one with --bench N:", found->len);
}

/* Returns the socket that options or environment name; NULL: none. */
static const char *
named_socket(const struct spinor_command *command)
{
	const char *named = command->control;

	if (named == NULL)
		named = g_getenv("SPINOR_CONTROL");
	return named != NULL && *named != '\0' ? named : NULL;
}

/* absent: receives true if there is no bench, and one may come. */
static struct spinor_client *
find_named(const char *path, bool *absent, GError **error)
{
	g_autoptr(GError) why = NULL;
	struct spinor_client *client = spinor_client_open(path, &why);
	struct stat info;

	*absent = g_error_matches(why, SPINOR_ERROR, SPINOR_ERROR_NO_BENCH) &&
		(stat(path, &info) < 0 || S_ISSOCK(info.st_mode));
	if (client == NULL)
		g_propagate_error(error, g_steal_pointer(&why));
	return client;
}

static struct spinor_client *
find_once(const struct spinor_command *command, bool *absent, GError **error)
{
	const char *named = named_socket(command);
	g_autoptr(GPtrArray) found = NULL;
	g_autofree char *directory = NULL;

	*absent = false;
	if (named != NULL)
		return find_named(named, absent, error);
	found = spinor_find_all(error);
	if (found == NULL)
		return NULL;
	if (found->len == 1)
		return spinor_client_open(found->pdata[0], error);
	if (found->len > 1) {
		refuse_several(found, error);
		return NULL;
	}
	*absent = true;
	directory = control_directory();
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_NO_BENCH,
		"no running bench found in %s; start one with: spinord, or name its socket with "
		"--control PATH",
		directory);
	return NULL;
}

bool
spinor_find_is_absent(const struct spinor_command *command)
{
	bool absent;

	spinor_client_close(find_once(command, &absent, NULL));
	return absent;
}

/* The folder in which a socket is awaited; itself may not exist yet. */
struct arrival {
	int fd; /* inotify; -1: nothing can be awaited */
	char *directory;
	char *name; /* of the socket; NULL: any */
};

static void
arrival_init(struct arrival *arrival, const struct spinor_command *command)
{
	const char *named = named_socket(command);

	arrival->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	arrival->directory = named != NULL ? g_path_get_dirname(named) : control_directory();
	arrival->name = named != NULL ? g_path_get_basename(named) : NULL;
}

static void
arrival_clear(struct arrival *arrival)
{
	if (arrival->fd >= 0)
		close(arrival->fd);
	g_free(arrival->directory);
	g_free(arrival->name);
}

/* Watches the folder, or its parent until it exists; false: neither exists. To be called before the
 * socket is looked for. A new socket refuses connections until its mode is set (IN_ATTRIB). */
static bool
arrival_watch(const struct arrival *arrival)
{
	const uint32_t events = IN_CREATE | IN_ATTRIB | IN_MOVED_TO | IN_ONLYDIR;
	g_autofree char *parent = g_path_get_dirname(arrival->directory);

	return inotify_add_watch(arrival->fd, arrival->directory, events) >= 0 ||
		(arrival->name == NULL && inotify_add_watch(arrival->fd, parent, events) >= 0 &&
			(inotify_add_watch(arrival->fd, arrival->directory, events) >= 0 ||
				errno == ENOENT));
}

/* True: the event concerns the socket or its folder. */
static bool
arrival_matches(const struct arrival *arrival, const char *name)
{
	g_autofree char *folder = g_path_get_basename(arrival->directory);

	return strcmp(name, folder) == 0 ||
		(arrival->name != NULL ? strcmp(name, arrival->name) == 0
				       : g_str_has_suffix(name, SOCKET_SUFFIX));
}

/* Reads all pending events; true: one of them concerns the socket. */
static bool
arrival_read(const struct arrival *arrival)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool matches = false;
	ssize_t n;

	while ((n = read(arrival->fd, buffer, sizeof buffer)) > 0) {
		for (char *at = buffer; at < buffer + n;) {
			struct inotify_event event;

			memcpy(&event, at, sizeof event);
			matches = matches ||
				(event.len > 0 && arrival_matches(arrival, at + sizeof event));
			at += sizeof event + event.len;
		}
	}
	return matches;
}

/* Waits for such an event until the time end_us. */
static bool
arrival_wait(const struct arrival *arrival, int64_t end_us)
{
	for (;;) {
		struct pollfd poller = {.fd = arrival->fd, .events = POLLIN};
		int64_t left_ms = (end_us - g_get_monotonic_time() + 999) / 1000;

		if (left_ms <= 0)
			return false;
		if (poll(&poller, 1, (int)MIN(left_ms, G_MAXINT)) > 0 && arrival_read(arrival))
			return true;
	}
}

struct spinor_client *
spinor_find_within(const struct spinor_command *command, int64_t limit_ms, GError **error)
{
	int64_t end_us = g_get_monotonic_time() + limit_ms * 1000;
	struct arrival arrival;
	struct spinor_client *client = NULL;
	g_autoptr(GError) why = NULL;
	bool absent = true;

	arrival_init(&arrival, command);
	while (client == NULL && absent) {
		bool watched = limit_ms > 0 && arrival.fd >= 0 && arrival_watch(&arrival);

		g_clear_error(&why);
		client = find_once(command, &absent, &why);
		if (client == NULL && absent && (!watched || !arrival_wait(&arrival, end_us)))
			break;
	}
	arrival_clear(&arrival);
	if (client == NULL)
		g_propagate_error(error, g_steal_pointer(&why));
	return client;
}

struct spinor_client *
spinor_find(const struct spinor_command *command, GError **error)
{
	int64_t limit_ms =
		command->timeout_ns > 0 ? MAX(command->timeout_ns / 1000000, 1) : START_LIMIT_MS;

	return spinor_find_within(command, limit_ms, error);
}
