/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PID file, for scripts and service managers that know a daemon by such a file. It exists while
 * the daemon is ready. A file that a killed daemon has left is replaced; any other one, such as
 * that of another running program, is left unchanged.
 */
#include "spinord/pidfile.h"

#include "base/error.h"
#include "base/newfile.h"
#include "base/openfile.h"
#include "base/pathlock.h"
#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct spinord_pidfile {
	char *path; /* absolute */
	struct base_pathlock *lock;
	bool written;
};

static bool
fail(const char *path, const char *why, GError **error)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "--pid %s: %s", path, why);
	return false;
}

/* Reads the number in the file; -errno, or 0 if it is not a PID file. */
static pid_t
read_pid(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat info;
	uint64_t pid;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? read(fd, text, sizeof text - 1) : 0;
	close(fd);
	text[MAX(n, 0)] = '\0';
	return base_parse_decimal(g_strchomp(text), 1, G_MAXINT, &pid) ? (pid_t)pid : 0;
}

static bool
check(const char *path, GError **error)
{
	pid_t pid = read_pid(path);
	g_autofree char *why = NULL;

	if (pid == -ENOENT)
		return true;
	if (pid < 0 && pid != -ELOOP)
		return fail(path, g_strerror(-pid), error);
	if (pid <= 0)
		return fail(path,
			"another file is there; allowed is a new path or the PID file of an ended "
			"process",
			error);
	if (pid == getpid() || (kill(pid, 0) < 0 && errno == ESRCH))
		return true;
	why = g_strdup_printf("process %ld, which the file names, is running; stop it, or remove "
			      "the file if it is another program",
		(long)pid);
	return fail(path, why, error);
}

struct spinord_pidfile *
spinord_pidfile_new(const char *path, GError **error)
{
	g_autofree char *reason = NULL;
	int code;
	char *canonical = base_path_canonical(path, &reason, &code);
	struct spinord_pidfile *file;

	if (canonical == NULL) {
		fail(path, reason, error);
		return NULL;
	}
	file = g_new0(struct spinord_pidfile, 1);
	file->path = canonical;
	file->lock = base_pathlock_new("pid", canonical, &code);
	if (file->lock == NULL)
		fail(canonical,
			code == EADDRINUSE ? "in use by another spinord; choose another path"
					   : g_strerror(code),
			error);
	else if (check(canonical, error)) {
		base_newfile_clean(canonical);
		return file;
	}
	spinord_pidfile_destroy(file);
	return NULL;
}

bool
spinord_pidfile_write(struct spinord_pidfile *file, GError **error)
{
	g_autofree char *text = g_strdup_printf("%ld\n", (long)getpid());
	int code = base_file_replace(file->path, text, strlen(text), 0666, false);

	file->written = code == 0;
	return file->written || fail(file->path, base_open_reason(-code), error);
}

void
spinord_pidfile_destroy(struct spinord_pidfile *file)
{
	if (file == NULL)
		return;
	if (file->written && read_pid(file->path) == getpid())
		unlink(file->path);
	base_pathlock_destroy(file->lock);
	g_free(file->path);
	g_free(file);
}
