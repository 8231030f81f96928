/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that have no name until they are complete (O_TMPFILE), so that the kernel removes them when
 * the process is killed. A name cannot be given to such a file and taken from another one in one
 * step, so a file that replaces another one has the name PATH.spinor-new between two system calls,
 * and on a file system without O_TMPFILE (NFS, some overlays) from its creation.
 *
 *	                 O_TMPFILE             without
 *	write            no name               PATH.spinor-new
 *	name is free     linkat PATH           renameat2 PATH, without replacing
 *	replace          linkat PATH.spinor-new, rename
 *
 * There is one such name for each path, so that the next process finds it: it is removed when the
 * path is written again, and by base_newfile_clean(). Its writer keeps a lock (flock) on the file,
 * so a name in use is not taken for one that was left. A file that is not regular or belongs to
 * another user stays, and a random name is used instead.
 *
 * Leaves out file systems that can't lock: two processes that write one path at the same moment can
 * remove each other's temporary name there, and one of them reports the error.
 */
#define _GNU_SOURCE /* O_TMPFILE */

#include "base/newfile.h"

#include "base/openfile.h"
#include "base/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROC_LENGTH 40
#define NAMES_MAX 100

static bool always_named;

/* The usual name, and after it, for a folder where another user has taken that one, names that
 * cannot be guessed. */
static char *
temporary_name(const char *path, int tries)
{
	return tries == 0 ? g_strconcat(path, BASE_NEWFILE_SUFFIX, NULL)
			  : g_strdup_printf("%s%s.%08x", path, BASE_NEWFILE_SUFFIX, g_random_int());
}

/* True if the process that holds fd is the only one; also where locks don't work. */
static bool
lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

static bool
is_file_of(int fd, const char *path)
{
	struct stat here, there;

	return fstat(fd, &here) == 0 && lstat(path, &there) == 0 && here.st_dev == there.st_dev &&
		here.st_ino == there.st_ino;
}

/* Removes a file that a killed process has left. 0, or -errno: -EEXIST if it is another file, and
 * -EBUSY if it is in use. */
static int
remove_left(const char *temporary)
{
	int fd = open(temporary, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	int code = -EEXIST;
	struct stat info;

	if (fd < 0)
		return errno == ENOENT ? 0 : -EEXIST;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid())
		code = lock(fd) && is_file_of(fd, temporary) ? 0 : -EBUSY;
	if (code == 0 && unlink(temporary) < 0)
		code = -errno;
	close(fd);
	return code;
}

/* Opens a file without a name; -1: the file system has none, or they can't get a name. */
static int
open_unnamed(const char *path, int mode)
{
	g_autofree char *folder = g_path_get_dirname(path);
	int fd = always_named ? -1 : open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
	char name[PROC_LENGTH];

	if (fd < 0)
		return -1;
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	if (faccessat(AT_FDCWD, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
open_named(const char *temporary, int mode)
{
	const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	int fd = open(temporary, flags, mode);
	int code;

	if (fd < 0 && errno == EEXIST) {
		code = remove_left(temporary);
		if (code < 0)
			return code;
		fd = open(temporary, flags, mode);
	}
	if (fd < 0)
		return -errno;
	/* Before it was locked, another process may have taken it for one that was left. */
	if (lock(fd) && is_file_of(fd, temporary))
		return fd;
	close(fd);
	return -EBUSY;
}

int
base_newfile_open(struct base_newfile *file, const char *path, int mode)
{
	int refused = base_check_path(path);

	file->temporary = NULL;
	file->fd = -1;
	if (refused != 0)
		return -refused;
	file->fd = open_unnamed(path, mode);
	if (file->fd >= 0) {
		lock(file->fd);
		return 0;
	}
	for (int tries = 0; tries < NAMES_MAX; tries++) {
		file->temporary = temporary_name(path, tries);
		file->fd = open_named(file->temporary, mode);
		if (file->fd >= 0)
			return 0;
		g_clear_pointer(&file->temporary, g_free);
		if (file->fd != -EEXIST)
			break;
	}
	return file->fd;
}

/* 0 or -errno. */
static int
link_unnamed(int fd, const char *path)
{
	char name[PROC_LENGTH];

	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0 ? -errno : 0;
}

int
base_newfile_link(struct base_newfile *file, const char *path)
{
	if (file->temporary == NULL)
		return link_unnamed(file->fd, path);
	if (!base_publish(file->temporary, path))
		return -errno;
	g_clear_pointer(&file->temporary, g_free);
	return 0;
}

/* Gives a file without a name a temporary one. */
static int
link_temporary(struct base_newfile *file, const char *path)
{
	int code = -EEXIST;

	for (int tries = 0; tries < NAMES_MAX && code == -EEXIST; tries++) {
		g_autofree char *temporary = temporary_name(path, tries);

		code = link_unnamed(file->fd, temporary);
		if (code == -EEXIST) {
			code = remove_left(temporary);
			if (code == 0)
				code = link_unnamed(file->fd, temporary);
		}
		if (code == 0)
			file->temporary = g_steal_pointer(&temporary);
	}
	return code;
}

int
base_newfile_replace(struct base_newfile *file, const char *path)
{
	int code = base_newfile_link(file, path);

	if (code != -EEXIST)
		return code;
	code = file->temporary == NULL ? link_temporary(file, path) : 0;
	if (code < 0)
		return code;
	if (rename(file->temporary, path) < 0)
		return -errno;
	g_clear_pointer(&file->temporary, g_free);
	return 0;
}

void
base_newfile_discard(struct base_newfile *file)
{
	if (file->fd < 0)
		return;
	if (file->temporary != NULL)
		unlink(file->temporary);
	g_clear_pointer(&file->temporary, g_free);
	close(file->fd);
	file->fd = -1;
}

int
base_write_all(int fd, const void *bytes, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t written = write(fd, (const char *)bytes + done, n - done);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0)
			done += (size_t)written;
	}
	return 0;
}

void
base_sync_folder(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

int
base_file_replace(const char *path, const void *bytes, size_t n, int mode, bool durable)
{
	struct base_newfile file;
	int code = base_newfile_open(&file, path, mode);

	if (code < 0)
		return code;
	code = base_write_all(file.fd, bytes, n);
	if (code == 0 && durable && fsync(file.fd) < 0)
		code = -errno;
	if (code == 0)
		code = base_newfile_replace(&file, path);
	base_newfile_discard(&file);
	if (code == 0 && durable)
		base_sync_folder(path);
	return code;
}

void
base_newfile_clean(const char *path)
{
	g_autofree char *temporary = temporary_name(path, 0);

	if (g_file_test(temporary, G_FILE_TEST_EXISTS))
		remove_left(temporary);
}

void
base_newfile_force_names(bool force)
{
	always_named = force;
}
