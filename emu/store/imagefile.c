/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies of an array in files: it is saved to a file, loaded from one or compared with one. Saving
 * replaces an existing file by a new one, so that file must not be the image of a chip: the chip
 * would continue to write to the old one.
 */
#include "base/error.h"
#include "base/given.h"
#include "base/newfile.h"
#include "base/openfile.h"
#include "store/filesize.h"
#include "store/image.h"
#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_BYTES ((size_t)4096)

/*
 * Checks that path is free or leads to a regular file that is no chip's image. Sets target to its
 * name without symbolic links and mode to its permissions. Returns a descriptor that holds the lock
 * on it until the new file has its name, -1 when there is no file yet, -2 on error.
 */
static int
hold_target(const char *path, char **target, int *mode, GError **error)
{
	struct stat info;
	int fd = base_open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
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
			path, base_open_reason(reason));
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

/* A system call reports a page that the array's file has lost as EFAULT; a read replaces it by FF
 * (guard.c). */
static void
touch(const uint8_t *array, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += PAGE_BYTES)
		*(const volatile uint8_t *)(array + at);
}

/* Writes to the file that a client has opened. */
static bool
save_given(const uint8_t *array, uint64_t size, const char *path, GError **error)
{
	if (base_given_write(path, array, (size_t)size))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "cannot save image \"%s\": %s", path,
		g_strerror(errno));
	return false;
}

/* 0 or -errno. */
static int
replace(const char *target, const uint8_t *array, uint64_t size, int mode, const char *state)
{
	struct base_newfile file;
	int code = base_newfile_open(&file, target, mode);

	if (code < 0)
		return code;
	code = base_write_all(file.fd, array, size);
	if (code == 0 && fsync(file.fd) < 0)
		code = -errno;
	if (code == 0 && state != NULL && unlink(state) < 0 && errno != ENOENT)
		code = -errno;
	if (code == 0)
		code = base_newfile_replace(&file, target);
	base_newfile_discard(&file);
	if (code == 0)
		base_sync_folder(target);
	return code;
}

bool
store_image_save(const uint8_t *array, uint64_t size, const char *path, GError **error)
{
	return store_image_save_without(array, size, path, NULL, error);
}

bool
store_image_save_without(
	const uint8_t *array, uint64_t size, const char *path, const char *state, GError **error)
{
	g_autofree char *target = NULL;
	g_autofree char *bytes = NULL;
	int mode, held, code;

	if (base_given_has(path))
		return save_given(array, size, path, error);
	held = hold_target(path, &target, &mode, error);
	if (held == -2)
		return false;
	touch(array, size);
	code = replace(target, array, size, mode, state);
	if (held >= 0)
		close(held);
	if (code == 0)
		return true;
	bytes = store_format_size(size);
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot save image \"%s\": %s; it takes a folder that exists and is writable, and "
		"%s of space",
		path, base_open_reason(-code), bytes);
	return false;
}

static bool
check_source(int fd, const char *path, uint64_t size, GError **error)
{
	g_autofree char *trouble = g_strdup_printf("cannot read image \"%s\": ", path);

	return store_check_size(fd, size, trouble, "name one", "name an image of that size", error);
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
	int fd = base_given_or_read(path);
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
		base_open_reason(reason));
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
store_image_load(struct store_image *image, const char *path, GError **error)
{
	g_autofree uint8_t *data = store_image_read(path, store_image_size(image), error);
	const struct store_journal_content content = {
		.page = store_journal_page_of_bytes, .data = data};

	return data != NULL && store_journal_replace(image, &content, NULL, error);
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
