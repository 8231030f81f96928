/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name of the control socket: creates its private directory, and replaces a stale socket.
 *
 * A socket file outlives a daemon that was killed. It is stale if connect() fails with
 * ECONNREFUSED. Between bind() and listen() a socket refuses connections as well, so two daemons
 * that start with the same name could each take the other's socket for stale; therefore each first
 * locks the name. A socket that a service manager has opened needs neither, and stays at the end.
 *
 * Leaves out: access control, which is the mode of the socket and of the default directory.
 */
#include "control/socket.h"

#include "base/ownfolder.h"
#include "base/pathlock.h"
#include "control/control.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SHARED "/tmp"
#define REMEDY "name another socket with --control PATH"

struct control_socket {
	char *path; /* absolute: independent of the working directory */
	int fd;
	struct base_pathlock *lock; /* NULL: an inherited socket */
	bool bound;
	dev_t device;
	ino_t inode;
};

static bool
fail(GError **error, const char *path, int code, const char *reason)
{
	g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(code), "control socket %s: %s",
		path, reason);
	return false;
}

char *
control_directory(void)
{
	const char *runtime = g_getenv("XDG_RUNTIME_DIR");

	if (runtime != NULL && g_path_is_absolute(runtime))
		return g_build_filename(runtime, "spinor", NULL);
	return base_own_folder(SHARED);
}

/* Creates the directory if it does not exist. Refuses one that belongs to another user or that
 * others can enter: they could replace the socket. */
static bool
check_directory(const char *directory, GError **error)
{
	struct stat info;

	if (mkdir(directory, 0700) < 0 && errno != EEXIST) {
		g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno),
			"cannot create the control socket's directory %s: %s; set XDG_RUNTIME_DIR "
			"to a directory of yours, or " REMEDY,
			directory, g_strerror(errno));
		return false;
	}
	if (lstat(directory, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid() &&
		(info.st_mode & 077) == 0)
		return true;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
		"the control socket's directory %s is refused: it has to be a directory that is "
		"yours, with mode 0700; remove it, or " REMEDY,
		directory);
	return false;
}

char *
control_own_file(const char *suffix, GError **error)
{
	const char *runtime = g_getenv("XDG_RUNTIME_DIR");
	/* In /tmp another user may have the name: then the folder gets another one. */
	g_autofree char *made = runtime != NULL && g_path_is_absolute(runtime)
		? NULL
		: base_own_folder_create(SHARED);
	g_autofree char *directory = control_directory();
	g_autofree char *name = g_strdup_printf("%ld%s", (long)getpid(), suffix);

	if (!check_directory(directory, error))
		return NULL;
	return g_build_filename(directory, name, NULL);
}

static int
new_unix_socket(const char *path, GError **error)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		fail(error, path, errno, g_strerror(errno));
	return fd;
}

static bool
lock_path(struct control_socket *control, GError **error)
{
	int code;

	control->lock = base_pathlock_new("control", control->path, &code);
	if (control->lock != NULL)
		return true;
	return fail(error, control->path, code,
		code == EADDRINUSE ? "in use by another spinord; " REMEDY : g_strerror(code));
}

/* Removes a stale socket; any other existing file is an error. */
static bool
remove_stale(
	const struct control_socket *control, const struct sockaddr_un *address, GError **error)
{
	struct stat info;
	int fd;
	int code;

	if (lstat(control->path, &info) < 0)
		return errno == ENOENT || fail(error, control->path, errno, g_strerror(errno));
	if (!S_ISSOCK(info.st_mode))
		return fail(error, control->path, EEXIST,
			"another file is there; allowed is a new path or the socket of an ended "
			"spinord");
	if (info.st_uid != geteuid())
		return fail(error, control->path, EEXIST,
			"the socket of another user is there; " REMEDY " in a folder of yours");
	fd = new_unix_socket(control->path, error);
	if (fd < 0)
		return false;
	code = connect(fd, (const struct sockaddr *)address, sizeof *address) < 0 ? errno : 0;
	close(fd);
	if (code == 0 || code == EAGAIN)
		return fail(error, control->path, EADDRINUSE, "in use by another program; " REMEDY);
	if (code == ECONNREFUSED && unlink(control->path) == 0)
		return true;
	code = code == ECONNREFUSED ? errno : code;
	return fail(error, control->path, code, g_strerror(code));
}

static bool
bind_path(struct control_socket *control, GError **error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat info;

	if (strlen(control->path) >= sizeof address.sun_path) {
		g_autofree char *reason = g_strdup_printf("%zu bytes are too long; allowed are %zu",
			strlen(control->path), sizeof address.sun_path - 1);

		return fail(error, control->path, ENAMETOOLONG, reason);
	}
	memcpy(address.sun_path, control->path, strlen(control->path));
	control->fd = new_unix_socket(control->path, error);
	if (control->fd < 0 || !remove_stale(control, &address, error))
		return false;
	/* Before bind(), which creates the name with this mode. */
	if (fchmod(control->fd, 0600) < 0 ||
		bind(control->fd, (const struct sockaddr *)&address, sizeof address) < 0)
		return fail(error, control->path, errno, g_strerror(errno));
	control->bound = true;
	if (lstat(control->path, &info) < 0 || listen(control->fd, SOMAXCONN) < 0)
		return fail(error, control->path, errno, g_strerror(errno));
	control->device = info.st_dev;
	control->inode = info.st_ino;
	/* Changes nothing: it tells a client that waits for the socket by inotify that connect()
	 * succeeds from now on. */
	chmod(control->path, 0600);
	return true;
}

struct control_socket *
control_socket_new(const char *path, GError **error)
{
	g_autofree char *chosen = path != NULL ? g_strdup(path) : control_own_file(".sock", error);
	g_autofree char *reason = NULL;
	struct control_socket *control;
	char *canonical;
	int code = 0;

	if (chosen == NULL)
		return NULL;
	canonical = base_path_canonical(chosen, &reason, &code);
	if (canonical == NULL) {
		g_autofree char *why =
			code == EINVAL ? g_strdup(reason) : g_strconcat(reason, "; " REMEDY, NULL);

		fail(error, chosen, code, why);
		return NULL;
	}
	control = g_new0(struct control_socket, 1);
	control->path = canonical;
	control->fd = -1;
	if (!lock_path(control, error) || !bind_path(control, error)) {
		control_socket_destroy(control);
		return NULL;
	}
	return control;
}

struct control_socket *
control_socket_adopt(int fd, GError **error)
{
	struct control_socket *control;
	struct sockaddr_un address = {0};
	socklen_t length = sizeof address - 1;

	if (getsockname(fd, (struct sockaddr *)&address, &length) < 0 ||
		address.sun_family != AF_UNIX) {
		fail(error, "(inherited)", EINVAL,
			"not a Unix socket; allowed is a listening stream socket");
		return NULL;
	}
	control = g_new0(struct control_socket, 1);
	control->path = address.sun_path[0] == '\0' ? g_strconcat("@", address.sun_path + 1, NULL)
						    : g_strdup(address.sun_path);
	control->fd = fd;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return control;
}

/* Removes the numbers of the bench: symbolic links to the socket, which spinor has created beside
 * it. */
static void
remove_numbers(const char *path)
{
	g_autofree char *directory = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	g_autofree char *usual = control_directory();
	char *real = realpath(usual, NULL);
	g_autoptr(GDir) dir = g_strcmp0(real, directory) == 0 ? g_dir_open(real, 0, NULL) : NULL;
	const char *entry;

	free(real);
	while (dir != NULL && (entry = g_dir_read_name(dir)) != NULL) {
		g_autofree char *link = g_build_filename(directory, entry, NULL);
		g_autofree char *target = g_file_read_link(link, NULL);

		if (g_strcmp0(target, name) == 0)
			unlink(link);
	}
}

void
control_socket_destroy(struct control_socket *control)
{
	struct stat info;

	if (control == NULL)
		return;
	if (control->bound && lstat(control->path, &info) == 0 && info.st_dev == control->device &&
		info.st_ino == control->inode) {
		unlink(control->path);
		remove_numbers(control->path);
	}
	if (control->fd >= 0)
		close(control->fd);
	base_pathlock_destroy(control->lock);
	g_free(control->path);
	g_free(control);
}

int
control_socket_fd(const struct control_socket *control)
{
	return control->fd;
}

const char *
control_socket_path(const struct control_socket *control)
{
	return control->path;
}
