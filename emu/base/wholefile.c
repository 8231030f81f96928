/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a file that a user has named. Its type and size are checked before the first byte is read.
 * Leaves out a file that grows meanwhile: the bytes beyond its first size are ignored.
 */
#include "base/wholefile.h"

#include "base/given.h"
#include "base/openfile.h"
#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Checks type and size. False and an error when one of them is refused. */
static bool
check(int fd, const char *path, uint64_t most, struct stat *info, GError **error)
{
	g_autofree char *allowed = base_format_size(most);

	if (fstat(fd, info) < 0 || !S_ISREG(info->st_mode)) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "\"%s\" is not a regular file",
			path);
		return false;
	}
	if ((uint64_t)info->st_size <= most)
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
		"\"%s\" has %" G_GINT64_FORMAT " bytes, and up to %s are allowed", path,
		(gint64)info->st_size, allowed);
	return false;
}

/* 0 or errno. */
static int
read_up_to(int fd, char *text, size_t most, gsize *length)
{
	*length = 0;
	while (*length < most) {
		ssize_t n = read(fd, text + *length, most - *length);

		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0)
			*length += (gsize)n;
	}
	text[*length] = '\0';
	return 0;
}

bool
base_whole_file(const char *path, uint64_t most, char **text, gsize *length, GError **error)
{
	int fd = base_given_or_read(path);
	g_autofree char *data = NULL;
	int reason = ENOMEM;
	struct stat info;

	if (fd < 0) {
		reason = errno;
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(reason), "\"%s\": %s",
			path, base_open_reason(reason));
		return false;
	}
	if (!check(fd, path, most, &info, error)) {
		close(fd);
		return false;
	}
	data = g_try_malloc((gsize)info.st_size + 1);
	if (data != NULL)
		reason = read_up_to(fd, data, (size_t)info.st_size, length);
	close(fd);
	if (reason == 0) {
		*text = g_steal_pointer(&data);
		return true;
	}
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(reason), "cannot read \"%s\": %s",
		path, g_strerror(reason));
	return false;
}

const char *
base_file_reason(const GError *cause)
{
	static const int codes[] = {EACCES, EEXIST, EINVAL, EIO, EISDIR, ELOOP, EMFILE,
		ENAMETOOLONG, ENFILE, ENODEV, ENOENT, ENOMEM, ENOSPC, ENOTDIR, ENXIO, EPERM, EROFS,
		ETXTBSY};

	for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
		if (g_error_matches(cause, G_FILE_ERROR, g_file_error_from_errno(codes[i])))
			return g_strerror(codes[i]);
	}
	return "the system refuses it";
}
