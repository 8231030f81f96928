/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the running bench: its socket is PID.sock in a directory of the user. A bench is running if
 * connect() succeeds. A socket that refuses the connection is removed only if its process has
 * ended, since a daemon that is about to listen refuses as well.
 */
#include "spinor/find.h"

#include "base/units.h"
#include "control/control.h"
#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/output.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOCKET_SUFFIX ".sock"

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
		"the directory of control sockets, %s, is refused: others can write to it; name "
		"the bench with --control PATH",
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
		unlink(path);
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

struct spinor_client *
spinor_find(const struct spinor_command *command, GError **error)
{
	const char *named = command->control;
	g_autoptr(GPtrArray) found = NULL;
	g_autofree char *directory = NULL;

	if (named == NULL)
		named = g_getenv("SPINOR_CONTROL");
	if (named != NULL && *named != '\0')
		return spinor_client_open(named, error);
	found = spinor_find_all(error);
	if (found == NULL)
		return NULL;
	if (found->len == 1)
		return spinor_client_open(found->pdata[0], error);
	if (found->len > 1) {
		refuse_several(found, error);
		return NULL;
	}
	directory = control_directory();
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_NO_BENCH,
		"no running bench found in %s; start one with: spinord, or name its socket with "
		"--control PATH",
		directory);
	return NULL;
}
