/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A symbolic link that keeps its name while the pts number changes.
 *
 * An existing link is replaced only if it is stale. Its target cannot show that: the kernel reuses
 * terminal numbers, so after a SIGKILL the old link may point to a terminal of another process.
 * Each spinord therefore binds an abstract Unix socket named after the link, as a lock; the kernel
 * unbinds it however the process ends, and no lock file remains. While this process holds the lock,
 * no other spinord serves the link, so an existing symbolic link to /dev/pts/N is stale. Any other
 * existing file is left unchanged.
 *
 * Leaves out: daemons in other network namespaces, which have abstract names (and mostly terminals)
 * of their own.
 */
#include "port/symlink.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PTS_DIR "/dev/pts/"

struct port_symlink {
	char *path;   /* absolute: independent of the working directory */
	char *target; /* NULL: the link does not exist */
	int lock;     /* the bound socket */
};

static gboolean
fail(GError **error, const char *path, const char *target, int code, const char *reason)
{
	g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(code),
		"cannot link %s to %s: %s", path, target, reason);
	return FALSE;
}

/* Resolves symbolic links in the directory, not the file name itself. */
static char *
canonical_path(const char *path, const char *target, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	char *real = realpath(dir, NULL);
	g_autofree char *reason = NULL;
	char *result;

	if (!real) {
		int code = errno;

		reason = g_strdup_printf("directory %s: %s", dir, g_strerror(code));
		fail(error, path, target, code, reason);
		return NULL;
	}
	if (*path == '\0' || g_str_has_suffix(path, "/") || strcmp(name, ".") == 0 ||
		strcmp(name, "..") == 0) {
		free(real);
		fail(error, path, target, EINVAL, "names no file; allowed is a path to a new one");
		return NULL;
	}
	result = g_build_filename(real, name, NULL);
	free(real);
	return result;
}

/* Returns the bound lock socket, or -1. */
static int
lock_path(struct port_symlink *link, GError **error)
{
	/* A digest, since paths may be longer than sun_path. */
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, link->path, -1);
	g_autofree char *name = g_strconcat("spinor-link:", digest, NULL);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int code;

	if (fd < 0) {
		fail(error, link->path, link->target, errno, g_strerror(errno));
		return -1;
	}
	/* A NUL as the first byte makes the name abstract. */
	memcpy(address.sun_path + 1, name, strlen(name));
	if (bind(fd, (const struct sockaddr *)&address, length) == 0)
		return fd;
	code = errno;
	close(fd);
	fail(error, link->path, link->target, code,
		code == EADDRINUSE ? "in use by another spinord; choose another path"
				   : g_strerror(code));
	return -1;
}

/* True: path is a symbolic link to /dev/pts/N. */
static bool
is_stale(const char *path)
{
	g_autofree char *target = g_file_read_link(path, NULL);
	const char *number;

	if (!target || !g_str_has_prefix(target, PTS_DIR))
		return false;
	number = target + strlen(PTS_DIR);
	return *number != '\0' && strspn(number, "0123456789") == strlen(number);
}

/* Atomically, for hosts that poll for the name. */
static int
replace_link(const struct port_symlink *link)
{
	g_autofree char *temporary = g_strdup_printf("%s.%d", link->path, (int)getpid());

	if (symlink(link->target, temporary) < 0)
		return -errno;
	if (rename(temporary, link->path) < 0) {
		int code = errno;

		unlink(temporary);
		return -code;
	}
	return 0;
}

static gboolean
make_link(const struct port_symlink *link, GError **error)
{
	int code;

	if (symlink(link->target, link->path) == 0)
		return TRUE;
	code = errno;
	if (code == EEXIST) {
		if (!is_stale(link->path))
			return fail(error, link->path, link->target, EEXIST,
				"another file is there; allowed is a new path "
				"or the link of an ended spinord");
		code = -replace_link(link);
	}
	return code == 0 || fail(error, link->path, link->target, code, g_strerror(code));
}

struct port_symlink *
port_symlink_new(const char *path, const char *target, GError **error)
{
	struct port_symlink *link;
	char *canonical = canonical_path(path, target, error);

	if (!canonical)
		return NULL;
	link = g_new0(struct port_symlink, 1);
	link->path = canonical;
	link->target = g_strdup(target);
	link->lock = lock_path(link, error);
	if (link->lock >= 0 && make_link(link, error))
		return link;
	if (link->lock >= 0)
		close(link->lock);
	g_free(link->path);
	g_free(link->target);
	g_free(link);
	return NULL;
}

static void
remove_link(struct port_symlink *link)
{
	g_autofree char *is = g_file_read_link(link->path, NULL);

	if (is && g_strcmp0(is, link->target) == 0)
		unlink(link->path);
	g_clear_pointer(&link->target, g_free);
}

gboolean
port_symlink_point(struct port_symlink *link, const char *target, GError **error)
{
	remove_link(link);
	if (!target)
		return TRUE;
	link->target = g_strdup(target);
	if (make_link(link, error))
		return TRUE;
	g_clear_pointer(&link->target, g_free);
	return FALSE;
}

void
port_symlink_destroy(struct port_symlink *link)
{
	if (!link)
		return;
	remove_link(link);
	close(link->lock);
	g_free(link->path);
	g_free(link);
}
