/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A symbolic link that keeps its name while the pts number changes.
 *
 * An existing link is replaced only if it is stale. Its target cannot show that: the kernel reuses
 * terminal numbers, so after a SIGKILL the old link may point to a terminal of another process.
 * Each spinord therefore locks the path of the link. While this process holds the lock, no other
 * spinord serves the link, so an existing symbolic link to /dev/pts/N is stale. Any other existing
 * file is left unchanged.
 *
 * Leaves out: daemons in other network namespaces, which have abstract names (and mostly terminals)
 * of their own.
 */
#include "port/symlink.h"

#include "base/newfile.h"
#include "base/pathlock.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PTS_DIR "/dev/pts/"

struct port_symlink {
	char *path;   /* absolute: independent of the working directory */
	char *target; /* NULL: the link does not exist */
	int lock;     /* on the path */
};

static gboolean
fail(GError **error, const char *path, const char *target, int code, const char *reason)
{
	g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(code),
		"cannot link %s to %s: %s", path, target, reason);
	return FALSE;
}

/* Locks the path; false and an error: another spinord has the lock. */
static bool
lock_path(struct port_symlink *link, GError **error)
{
	link->lock = base_path_lock("link", link->path);
	if (link->lock >= 0)
		return true;
	return fail(error, link->path, link->target, -link->lock,
		link->lock == -EADDRINUSE ? "in use by another spinord; choose another path"
					  : g_strerror(-link->lock));
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

/* Removes the temporary link of a spinord that was killed while it replaced one. */
static void
remove_temporary(const char *path)
{
	g_autofree char *temporary = g_strconcat(path, BASE_NEWFILE_SUFFIX, NULL);

	if (is_stale(temporary))
		unlink(temporary);
}

/* Atomically, for hosts that poll for the name. */
static int
replace_link(const struct port_symlink *link)
{
	g_autofree char *temporary = g_strconcat(link->path, BASE_NEWFILE_SUFFIX, NULL);

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
	g_autofree char *reason = NULL;
	struct port_symlink *link;
	int code = 0;
	char *canonical = base_path_canonical(path, &reason, &code);

	if (!canonical) {
		fail(error, path, target, code, reason);
		return NULL;
	}
	link = g_new0(struct port_symlink, 1);
	link->path = canonical;
	link->target = g_strdup(target);
	if (lock_path(link, error)) {
		remove_temporary(link->path);
		if (make_link(link, error))
			return link;
	}
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
