/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In a sticky folder that all can write to, such as /tmp, another user can create a symbolic link
 * with the name of a file that a daemon is about to write, and so make it write elsewhere. Linux
 * can refuse to follow such links (Documentation/admin-guide/sysctl/fs.rst: protected_symlinks,
 * protected_hardlinks, protected_fifos, protected_regular), but that is a setting of the machine.
 * This file has the same rules as a walk: each component is opened relative to the last one without
 * following links, checked by its descriptor, and only then followed.
 *
 *	/tmp/a/b   /tmp -> descriptor; a -> a link of our own: its target takes its place;
 *	           b -> checked, opened with O_NOFOLLOW, checked again
 *
 * The kernel follows links of /proc itself, as their text is no path (/dev/stdin, /dev/fd/63).
 *
 * Leaves out a folder that belongs to another user: its owner decides what is below it.
 */
#define _GNU_SOURCE /* O_PATH */
#include "base/openfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/* As the kernel's MAXSYMLINKS. */
#define LINKS_MAX 40

#define FOREIGN_FILE                                                                          \
	"a file of another user, in a folder that all can write to; name one in a folder of " \
	"yours"

#define AGAIN (-EAGAIN) /* nothing is opened yet */

struct walk {
	int folder;    /* as far as it has come */
	GString *rest; /* path from there */
	unsigned int links;
	int flags;
	mode_t mode;
};

static __thread const char *refusal;

static bool
is_shared(const struct stat *folder)
{
	const mode_t shared = S_ISVTX | S_IWOTH;

	return (folder->st_mode & shared) == shared;
}

bool
base_may_follow(const struct stat *folder, const struct stat *link, uid_t user)
{
	return !is_shared(folder) || link->st_uid == user || link->st_uid == folder->st_uid;
}

bool
base_may_write(const struct stat *folder, const struct stat *file, uid_t user)
{
	if (!is_shared(folder) || S_ISDIR(file->st_mode))
		return true;
	return (file->st_uid == user || file->st_uid == folder->st_uid) &&
		(!S_ISREG(file->st_mode) || file->st_nlink <= 1);
}

const char *
base_open_reason(int code)
{
	return code == EACCES && refusal != NULL ? refusal : g_strerror(code);
}

static int
refuse(const char *why)
{
	refusal = why;
	return -EACCES;
}

static bool
writes(const struct walk *walk)
{
	return (walk->flags & O_ACCMODE) != O_RDONLY || (walk->flags & (O_CREAT | O_TRUNC)) != 0;
}

/* Takes the next component from the path; last: no other follows. A slash at the end counts as the
 * component ".", which is a folder. */
static char *
take_name(struct walk *walk, bool *last)
{
	const char *begin = walk->rest->str + strspn(walk->rest->str, "/");
	size_t n = strcspn(begin, "/");
	char *name = n > 0 ? g_strndup(begin, n) : g_strdup(".");

	*last = begin[n] == '\0';
	g_string_erase(walk->rest, 0, begin + n - walk->rest->str);
	return name;
}

static void
enter(struct walk *walk, int folder)
{
	close(walk->folder);
	walk->folder = folder;
}

/* Walks from the start again with the same last component, which another process has changed. */
static int
again(struct walk *walk, const char *name)
{
	g_string_assign(walk->rest, name);
	return ++walk->links > LINKS_MAX ? -ELOOP : AGAIN;
}

static int
check_write(const struct walk *walk, const struct stat *file)
{
	struct stat folder;

	if (!writes(walk))
		return 0;
	if (fstat(walk->folder, &folder) < 0)
		return -errno;
	if (base_may_write(&folder, file, geteuid()))
		return 0;
	if (file->st_uid == geteuid() || file->st_uid == folder.st_uid)
		return refuse("a file with other names, in a folder that all can write to; name "
			      "one in a folder of yours");
	return refuse(FOREIGN_FILE);
}

/* Opens the last component, which was not a link, and was that file. */
static int
open_last(struct walk *walk, const char *name, const struct stat *before)
{
	int flags = (walk->flags & ~(O_CREAT | O_TRUNC)) | O_NOFOLLOW | O_CLOEXEC;
	int code = check_write(walk, before);
	struct stat info;
	int fd;

	if (code < 0)
		return code;
	fd = openat(walk->folder, name, flags);
	if (fd < 0)
		return errno == ELOOP || (errno == ENOENT && walk->flags & O_CREAT)
			? again(walk, name)
			: -errno;
	code = fstat(fd, &info) < 0 ? -errno : check_write(walk, &info);
	if (code == 0 && (walk->flags & O_TRUNC) && S_ISREG(info.st_mode) && ftruncate(fd, 0) < 0)
		code = -errno;
	if (code == 0)
		return fd;
	close(fd);
	return code;
}

static int
create_last(struct walk *walk, const char *name)
{
	int fd = openat(
		walk->folder, name, walk->flags | O_EXCL | O_NOFOLLOW | O_CLOEXEC, walk->mode);

	if (fd >= 0)
		return fd;
	return errno == EEXIST && !(walk->flags & O_EXCL) ? again(walk, name) : -errno;
}

/* Follows a link of the kernel. */
static int
follow_kernel(struct walk *walk, const char *name, bool last)
{
	int flags = last ? walk->flags : O_PATH;
	int fd = openat(walk->folder, name, flags | O_CLOEXEC, walk->mode);

	if (fd < 0)
		return -errno;
	if (last)
		return fd;
	enter(walk, fd);
	return AGAIN;
}

/* Puts the target of a link in its place in the path. */
static int
follow(struct walk *walk, const char *name, int link, bool last)
{
	struct stat folder, info;
	struct statfs system;
	char target[PATH_MAX];
	ssize_t n;

	if (++walk->links > LINKS_MAX || (last && walk->flags & O_NOFOLLOW))
		return -ELOOP;
	if (fstat(walk->folder, &folder) < 0 || fstat(link, &info) < 0)
		return -errno;
	if (!base_may_follow(&folder, &info, geteuid()))
		return refuse("a symbolic link of another user, in a folder that all can write to; "
			      "name a path without it");
	if (fstatfs(link, &system) == 0 && system.f_type == PROC_SUPER_MAGIC)
		return follow_kernel(walk, name, last);
	n = readlinkat(link, "", target, sizeof target);
	if (n <= 0 || n == sizeof target)
		return n < 0 ? -errno : n == 0 ? -ENOENT : -ENAMETOOLONG;
	g_string_prepend_len(walk->rest, target, n);
	if (target[0] == '/') {
		int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (root < 0)
			return -errno;
		enter(walk, root);
	}
	return AGAIN;
}

/* Walks one component. Returns the descriptor of the last one, AGAIN, or negative errno. */
static int
step(struct walk *walk)
{
	bool last;
	g_autofree char *name = take_name(walk, &last);
	int found = openat(walk->folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat info;
	int code;

	if (found < 0)
		return errno == ENOENT && last && walk->flags & O_CREAT ? create_last(walk, name)
									: -errno;
	if (fstat(found, &info) < 0) {
		code = -errno;
	} else if (last && (walk->flags & O_CREAT) && (walk->flags & O_EXCL)) {
		code = -EEXIST;
	} else if (S_ISLNK(info.st_mode)) {
		code = follow(walk, name, found, last);
	} else if (last) {
		code = open_last(walk, name, &info);
	} else {
		enter(walk, found);
		return AGAIN;
	}
	close(found);
	return code;
}

int
base_open(const char *path, int flags, mode_t mode)
{
	struct walk walk = {.flags = flags, .mode = mode};
	int result = AGAIN;

	refusal = NULL;
	if (*path == '\0') {
		errno = ENOENT;
		return -1;
	}
	walk.folder = open(*path == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (walk.folder < 0)
		return -1;
	walk.rest = g_string_new(path);
	while (result == AGAIN)
		result = step(&walk);
	g_string_free(walk.rest, TRUE);
	close(walk.folder);
	if (result >= 0)
		return result;
	errno = -result;
	return -1;
}

int
base_check_path(const char *path)
{
	g_autofree char *directory = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	int folder = base_open(directory, O_PATH | O_DIRECTORY, 0);
	struct stat info, file;
	int code = 0;

	if (folder < 0)
		return errno;
	if (fstat(folder, &info) < 0)
		code = errno;
	else if (fstatat(folder, name, &file, AT_SYMLINK_NOFOLLOW) == 0 &&
		!base_may_follow(&info, &file, geteuid()))
		code = -refuse(FOREIGN_FILE);
	close(folder);
	return code;
}
