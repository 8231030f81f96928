/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A symbolic link that keeps its name while the pts number changes.
 *
 * An existing link is replaced only if it is stale. Its target cannot show that: the kernel reuses
 * terminal numbers, so after a SIGKILL the old link may point to a terminal of another process.
 * Each spinord therefore claims the path of the link. While this process holds the claim, no other
 * spinord of the user serves the link, so an existing symbolic link to /dev/pts/N that belongs to
 * the user is stale. Any other existing file is left unchanged, and so is a link of another user,
 * whose claims are not known here: in a folder that several users can write to, the first one has
 * the name until he removes the link.
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
#include <sys/stat.h>
#include <unistd.h>

#define PTS_DIR "/dev/pts/"
#define NAMES_MAX 100

struct port_symlink {
	char *path;   /* absolute: independent of the working directory */
	char *target; /* NULL: the link does not exist */
	struct base_pathlock *lock;
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
	int code;

	link->lock = base_pathlock_new("link", link->path, &code);
	if (link->lock != NULL)
		return true;
	return fail(error, link->path, link->target, code,
		code == EADDRINUSE ? "in use by another spinord; choose another path"
				   : g_strerror(code));
}

/* True: path is a symbolic link to /dev/pts/N. */
static bool
is_link_to_terminal(const char *path)
{
	g_autofree char *target = g_file_read_link(path, NULL);
	const char *number;

	if (!target || !g_str_has_prefix(target, PTS_DIR))
		return false;
	number = target + strlen(PTS_DIR);
	return *number != '\0' && strspn(number, "0123456789") == strlen(number);
}

/* Returns why an existing file is not replaced; NULL: it is the link of an ended spinord. */
static const char *
why_kept(const char *path)
{
	struct stat info;

	if (!is_link_to_terminal(path))
		return "another file is there; allowed is a new path or the link of an ended "
		       "spinord";
	if (lstat(path, &info) < 0 || info.st_uid != geteuid())
		return "the link of another user is there; choose another path, or one in a folder "
		       "of yours";
	return NULL;
}

/* Removes the temporary link of a spinord that was killed while it replaced one. */
static void
remove_temporary(const char *path)
{
	g_autofree char *temporary = g_strconcat(path, BASE_NEWFILE_SUFFIX, NULL);

	if (why_kept(temporary) == NULL)
		unlink(temporary);
}

/* Atomically, for hosts that poll for the name. If another user has taken the usual temporary name,
 * the next one cannot be guessed. */
static int
replace_link(const struct port_symlink *link)
{
	g_autofree char *temporary = g_strconcat(link->path, BASE_NEWFILE_SUFFIX, NULL);
	int tries = 0;

	while (symlink(link->target, temporary) < 0) {
		if (errno != EEXIST || ++tries == NAMES_MAX)
			return -errno;
		g_free(temporary);
		temporary = g_strdup_printf(
			"%s%s.%08x", link->path, BASE_NEWFILE_SUFFIX, g_random_int());
	}
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
	const char *why;
	int code;

	if (symlink(link->target, link->path) == 0)
		return TRUE;
	code = errno;
	if (code == EEXIST) {
		why = why_kept(link->path);
		if (why != NULL)
			return fail(error, link->path, link->target, EEXIST, why);
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
	base_pathlock_destroy(link->lock);
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
	base_pathlock_destroy(link->lock);
	g_free(link->path);
	g_free(link);
}
