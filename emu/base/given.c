/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A daemon in its sandbox opens only the files of its bench. For any other one a client opens the
 * file, with the client's own rights, and passes the descriptor together with the request that
 * names the path. Functions that take a path look here first, so that one function serves both.
 *
 * Leaves out two clients that give one path at the same time: both have opened it, and either
 * descriptor serves both.
 */
#include "base/given.h"

#include "base/openfile.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static GMutex lock;
static GHashTable *given; /* path -> descriptor + 1 */

static void
close_given(void *value)
{
	close(GPOINTER_TO_INT(value) - 1);
}

void
base_given_add(const char *path, int fd)
{
	g_mutex_lock(&lock);
	if (given == NULL)
		given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, close_given);
	g_hash_table_replace(given, g_strdup(path), GINT_TO_POINTER(fd + 1));
	g_mutex_unlock(&lock);
}

void
base_given_remove(const char *path)
{
	g_mutex_lock(&lock);
	if (given != NULL)
		g_hash_table_remove(given, path);
	if (given != NULL && g_hash_table_size(given) == 0)
		g_clear_pointer(&given, g_hash_table_unref);
	g_mutex_unlock(&lock);
}

bool
base_given_has(const char *path)
{
	bool has;

	g_mutex_lock(&lock);
	has = given != NULL && g_hash_table_contains(given, path);
	g_mutex_unlock(&lock);
	return has;
}

int
base_given_open(const char *path)
{
	int fd;

	g_mutex_lock(&lock);
	fd = given != NULL ? GPOINTER_TO_INT(g_hash_table_lookup(given, path)) - 1 : -1;
	if (fd >= 0)
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	g_mutex_unlock(&lock);
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

int
base_given_or_read(const char *path)
{
	int fd = base_given_open(path);

	return fd >= 0 ? fd : base_open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
}

bool
base_given_write(const char *path, const void *data, size_t n)
{
	int fd = base_given_open(path);
	const char *at = data;
	int code = fd < 0 ? ENOENT : ftruncate(fd, 0) < 0 ? errno : 0;

	while (code == 0 && n > 0) {
		ssize_t written = write(fd, at, n);

		if (written > 0) {
			at += written;
			n -= (size_t)written;
		} else if (written < 0 && errno != EINTR) {
			code = errno;
		}
	}
	if (code == 0 && fsync(fd) < 0)
		code = errno;
	if (fd >= 0)
		close(fd);
	errno = code;
	return code == 0;
}
