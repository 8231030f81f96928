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
 * An array is also saved to a file, loaded from one or compared with one. Saving replaces an
 * existing file by a new one, so that file must not be the image of a chip: the chip would continue
 * to write to the old one.
 */
#define _GNU_SOURCE /* renameat2(), fallocate() */

#include "store/image.h"

#include "base/error.h"
#include "base/units.h"
#include "base/wholefile.h"
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
#define PAGE_BYTES ((size_t)4096)

struct store_image {
	uint8_t *array;
	uint64_t size;
	int fd; /* -1: on the wafer */
};

/* "16 MiB (16777216 bytes)" */
static char *
describe_size(uint64_t bytes)
{
	g_autofree char *short_form = base_format_size(bytes);

	if (bytes == 0 || g_str_has_suffix(short_form, " B"))
		return g_strdup_printf("%" G_GUINT64_FORMAT " bytes", bytes);
	return g_strdup_printf("%s (%" G_GUINT64_FORMAT " bytes)", short_form, bytes);
}

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
	bytes = describe_size(size);
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
	found = describe_size((uint64_t)info.st_size);
	wanted = describe_size(size);
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

/*
 * Checks that path is free or leads to a regular file that is no chip's image. Sets target to its
 * name without symbolic links and mode to its permissions. Returns a descriptor that holds the lock
 * on it until the new file has its name, -1 when there is no file yet, -2 on error.
 */
static int
hold_target(const char *path, char **target, int *mode, GError **error)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int reason = errno;
	char *real;

	*mode = 0666;
	if (fd < 0 && reason == ENOENT && lstat(path, &info) < 0) {
		*target = g_strdup(path);
		return -1;
	}
	if (fd < 0 && reason != ENOENT && reason != ENXIO) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot save image \"%s\": %s; name a file that can be read and written, "
			"or a name that is free",
			path, g_strerror(reason));
		return -2;
	}
	if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot save image \"%s\": not a regular file; name one, or a name that is "
			"free",
			path);
	} else if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot save image \"%s\": it is in use by a chip; name another file",
			path);
	} else {
		real = realpath(path, NULL);
		*target = g_strdup(real ? real : path);
		free(real);
		*mode = info.st_mode & 0777;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -2;
}

bool
store_image_save(const uint8_t *array, uint64_t size, const char *path, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autofree char *target = NULL;
	g_autofree char *bytes = NULL;
	int mode;
	int held = hold_target(path, &target, &mode, error);
	bool good;

	if (held == -2)
		return false;
	good = g_file_set_contents_full(target, (const char *)array, (gssize)size,
		G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode, &cause);
	if (held >= 0)
		close(held);
	if (good)
		return true;
	bytes = describe_size(size);
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot save image \"%s\": %s; it takes a folder that exists and is writable, and "
		"%s of space",
		path, base_file_reason(cause), bytes);
	return false;
}

static bool
check_source(int fd, const char *path, uint64_t size, GError **error)
{
	g_autofree char *found = NULL;
	g_autofree char *wanted = NULL;
	struct stat info;

	if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot read image \"%s\": not a regular file; name one", path);
		return false;
	}
	if ((uint64_t)info.st_size == size)
		return true;
	found = describe_size((uint64_t)info.st_size);
	wanted = describe_size(size);
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot read image \"%s\": it has %s, the chip has %s; name an image of that size",
		path, found, wanted);
	return false;
}

/* 0 or errno; reports a file that has become shorter as an error too. */
static int
read_all(int fd, uint8_t *data, uint64_t size)
{
	for (uint64_t done = 0; done < size;) {
		ssize_t n = read(fd, data + done, size - done);

		if (n == 0)
			return ENODATA;
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0)
			done += (uint64_t)n;
	}
	return 0;
}

uint8_t *
store_image_read(const char *path, uint64_t size, GError **error)
{
	g_autofree uint8_t *data = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int reason = fd < 0 ? errno : 0;

	if (fd >= 0) {
		if (!check_source(fd, path, size, error)) {
			close(fd);
			return NULL;
		}
		data = g_try_malloc(size);
		reason = data ? read_all(fd, data, size) : ENOMEM;
		close(fd);
	}
	if (reason == 0)
		return g_steal_pointer(&data);
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot read image \"%s\": %s; it has to be a file that can be read", path,
		g_strerror(reason));
	return NULL;
}

size_t
store_image_put(uint8_t *array, const uint8_t *from, size_t n)
{
	size_t written = 0;

	for (size_t at = 0; at < n; at += PAGE_BYTES) {
		size_t span = MIN(n - at, PAGE_BYTES);

		if (memcmp(array + at, from + at, span) == 0)
			continue;
		memcpy(array + at, from + at, span);
		written += span;
	}
	return written;
}

bool
store_image_load_into(const char *path, uint8_t *array, uint64_t size, GError **error)
{
	g_autofree uint8_t *data = store_image_read(path, size, error);

	if (!data)
		return false;
	store_image_put(array, data, size);
	return true;
}

static void
compare_page(struct store_difference *difference, const uint8_t *a, const uint8_t *b, uint64_t at,
	size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (a[i] == b[i])
			continue;
		if (difference->bytes++ == 0)
			difference->first = at + i;
		difference->last = at + i;
	}
}

bool
store_image_compare(const char *path, const uint8_t *array, uint64_t size,
	struct store_difference *difference, GError **error)
{
	g_autofree uint8_t *data = store_image_read(path, size, error);

	if (!data)
		return false;
	*difference = (struct store_difference){0};
	for (uint64_t at = 0; at < size; at += PAGE_BYTES) {
		size_t span = MIN(size - at, PAGE_BYTES);

		if (memcmp(array + at, data + at, span) != 0)
			compare_page(difference, array + at, data + at, at, span);
	}
	return true;
}
