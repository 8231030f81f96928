/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The storage of a chip's array: the wafer, or a file. The file is a plain raw image at any
 * time: it is mapped shared, so it contains all that was written even when the daemon is killed.
 *
 * A file is never padded, truncated or overwritten: a file of another size than the chip is
 * refused. A new one appears under its name complete and locked, or not at all. The lock is
 * advisory (flock): it excludes other chips of spinor, not editors; truncating a mapped file kills
 * the daemon.
 *
 * Leaves out copies of an array in other files (imagefile.c).
 */
#define _GNU_SOURCE /* renameat2(), fallocate() */

#include "store/image.h"

#include "base/error.h"
#include "store/filesize.h"
#include "store/wafer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILL_PIECE ((size_t)1 << 20)

struct store_image {
	uint8_t *array;
	uint64_t size;
	int fd; /* -1: on the wafer */
};

static bool
lock(int fd, const char *path, GError **error)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno == EWOULDBLOCK)
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"image \"%s\" is in use by another chip; end that one or name a copy",
			path);
	else
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot lock image \"%s\": %s; it has to be on a file system that can lock "
			"files",
			path, g_strerror(errno));
	return false;
}

static bool
fill_blank(int fd, uint64_t size)
{
	g_autofree uint8_t *ff = g_malloc(FILL_PIECE);

	memset(ff, 0xFF, FILL_PIECE);
	for (uint64_t done = 0; done < size;) {
		ssize_t n = write(fd, ff, MIN(size - done, FILL_PIECE));

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			done += (uint64_t)n;
	}
	return fsync(fd) == 0;
}

/* Gives a file its name; EEXIST when the name is taken. */
static bool
publish(const char *temporary, const char *path)
{
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	/* A file system without that flag, such as NFS. */
	if (link(temporary, path) < 0)
		return false;
	g_unlink(temporary);
	return true;
}

/*
 * Creates a blank file, locked before it has a name. -1 on error; errno is EEXIST and error is not
 * set when another process has created the name first.
 */
static int
create(const char *path, uint64_t size, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *temporary = g_build_filename(folder, ".spinor-XXXXXX", NULL);
	g_autofree char *bytes = NULL;
	int fd = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0666);
	int reason = errno;

	if (fd >= 0) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fill_blank(fd, size) &&
			publish(temporary, path))
			return fd;
		reason = errno;
		g_unlink(temporary);
		close(fd);
	}
	errno = reason;
	if (reason == EEXIST)
		return -1;
	bytes = store_format_size(size);
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot create image \"%s\": %s; it takes a folder that exists and is writable, "
		"and %s of space",
		path, g_strerror(reason), bytes);
	return -1;
}

static int
open_existing(const char *path)
{
	/* Without O_NONBLOCK opening some devices blocks before they can be refused. */
	return open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* Opens or creates the file, locked in either case. -1 on error. */
static int
open_locked(const char *path, uint64_t size, GError **error)
{
	int fd = open_existing(path);

	if (fd < 0 && errno == ENOENT) {
		fd = create(path, size, error);
		if (fd >= 0 || errno != EEXIST)
			return fd;
		fd = open_existing(path);
	}
	if (fd < 0) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot open image \"%s\": %s; it has to be a file that can be read and "
			"written, or a name that is free",
			path, g_strerror(errno));
		return -1;
	}
	if (!lock(fd, path, error)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool
check_file(int fd, const char *path, uint64_t size, GError **error)
{
	g_autofree char *found = NULL;
	g_autofree char *wanted = NULL;
	struct stat info;

	if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"image \"%s\" is refused: not a regular file; name one, or a name that is "
			"free",
			path);
		return false;
	}
	if ((uint64_t)info.st_size == size)
		return true;
	found = store_format_size((uint64_t)info.st_size);
	wanted = store_format_size(size);
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"image \"%s\" is refused: it has %s, the chip has %s; name an image of that size, "
		"a name that is free, or another chip",
		path, found, wanted);
	return false;
}

static bool
map_file(struct store_image *image, const char *path, GError **error)
{
	int reason;

	/* A hole is filled on the first write; a full disk would kill the daemon then. */
	if (fallocate(image->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)image->size) < 0 &&
		errno == ENOSPC) {
		reason = errno;
	} else {
		image->array =
			mmap(NULL, image->size, PROT_READ | PROT_WRITE, MAP_SHARED, image->fd, 0);
		if (image->array != MAP_FAILED)
			return true;
		reason = errno;
	}
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot map image \"%s\": %s; it takes space on disk and address space for all of "
		"it",
		path, g_strerror(reason));
	return false;
}

struct store_image *
store_image_open(const char *path, uint64_t size, struct store_wafer *wafer, GError **error)
{
	struct store_image image = {.size = size, .fd = -1};

	if (!path) {
		image.array = store_wafer_map(wafer, size, error);
		return image.array ? g_memdup2(&image, sizeof(image)) : NULL;
	}
	image.fd = open_locked(path, size, error);
	if (image.fd < 0)
		return NULL;
	if (!check_file(image.fd, path, size, error) || !map_file(&image, path, error)) {
		close(image.fd);
		return NULL;
	}
	return g_memdup2(&image, sizeof(image));
}

void
store_image_close(struct store_image *image)
{
	if (!image)
		return;
	store_wafer_unmap(image->array, image->size);
	if (image->fd >= 0)
		close(image->fd);
	g_free(image);
}

uint8_t *
store_image_array(struct store_image *image)
{
	return image->array;
}
