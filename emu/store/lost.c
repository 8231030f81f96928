/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images that other programs truncate, delete or replace while a chip uses them.
 *
 *	its name leads to   at the end
 *	the image           nothing: the file has all changes
 *	nothing             the content is written to a new file of that name
 *	another file        that file is not touched; the content is written to IMAGE.lost
 *
 * A new file, and no new link to the old one: Linux gives no name to a file that has none (link(2):
 * ENOENT), and a file that was renamed is the property of its new name.
 *
 * The name is the one that the path had at the start, without symbolic links. A folder that was
 * renamed takes the name with it: then there is no place to write to, which is an error.
 *
 * Leaves out how a mapping survives the loss of its pages (guard.c).
 */
#include "store/lost.h"

#include "base/error.h"
#include "store/filesize.h"
#include "store/image.h"
#include "store/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)65536)
#define NS_PER_S INT64_C(1000000000)

enum store_loss
store_image_loss(const struct store_image *image)
{
	return store_guard_loss(image->guard);
}

bool
store_image_is_short(const struct store_image *image)
{
	return store_guard_is_short(image->guard);
}

enum store_loss
store_image_check(struct store_image *image)
{
	return store_guard_check(image->guard);
}

/* 0 or errno. A file that is shorter is ENODATA. */
static int
read_piece(int fd, uint8_t *bytes, size_t n, uint64_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = pread(fd, bytes + done, n - done, (off_t)(at + done));

		if (got == 0)
			return ENODATA;
		if (got < 0 && errno != EINTR)
			return errno;
		if (got > 0)
			done += (size_t)got;
	}
	return 0;
}

static int
write_piece(int fd, const uint8_t *bytes, size_t n, uint64_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t put = pwrite(fd, bytes + done, n - done, (off_t)(at + done));

		if (put < 0 && errno != EINTR)
			return errno;
		if (put > 0)
			done += (size_t)put;
	}
	return 0;
}

/* Writes the pieces that differ. */
static int
write_changes(const struct store_image *image)
{
	g_autofree uint8_t *old = g_malloc(PIECE_BYTES);
	g_autofree uint8_t *new = g_malloc(PIECE_BYTES);

	for (uint64_t at = 0; at < image->size; at += PIECE_BYTES) {
		size_t n = (size_t)MIN(image->size - at, PIECE_BYTES);
		int code = read_piece(image->fd, old, n, at);

		memcpy(new, image->array + at, n);
		if (code == 0 && memcmp(old, new, n) != 0)
			code = write_piece(image->fd, new, n, at);
		if (code != 0)
			return code;
	}
	return fdatasync(image->fd) == 0 ? 0 : errno;
}

bool
store_image_write_back(struct store_image *image, GError **error)
{
	int code;

	if (store_image_loss(image) == STORE_LOSS_NONE)
		return true;
	code = store_image_check(image) == STORE_LOSS_CONTENT ? ENODATA : write_changes(image);
	/* The check comes after the reads: a file that is truncated meanwhile has changed them. */
	if (code == 0 && store_image_check(image) == STORE_LOSS_CONTENT)
		code = ENODATA;
	if (code == 0 && !store_guard_restore(image->guard))
		code = errno;
	if (code == 0)
		return true;
	g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
		"cannot write image \"%s\": %s", image->source, g_strerror(code));
	return false;
}

/* The file system may report other numbers for a name than for its open file (overlayfs); then the
 * name cannot be observed. */
void
store_image_note_name(struct store_image *image)
{
	char *real = realpath(image->source, NULL);
	struct stat by_name, by_file;

	if (real == NULL)
		return;
	image->real = g_strdup(real);
	free(real);
	image->named = lstat(image->real, &by_name) == 0 && fstat(image->fd, &by_file) == 0 &&
		by_name.st_dev == by_file.st_dev && by_name.st_ino == by_file.st_ino;
}

enum store_name
store_image_name(const struct store_image *image)
{
	struct stat by_name, by_file;

	if (!image->named || fstat(image->fd, &by_file) < 0)
		return STORE_NAME_KEPT;
	if (lstat(image->real, &by_name) < 0)
		return errno == ENOENT || errno == ENOTDIR ? STORE_NAME_FREE : STORE_NAME_KEPT;
	return by_name.st_dev == by_file.st_dev && by_name.st_ino == by_file.st_ino
		? STORE_NAME_KEPT
		: STORE_NAME_FOREIGN;
}

const char *
store_image_source(const struct store_image *image)
{
	return image->source;
}

const char *
store_image_real_path(const struct store_image *image)
{
	return image->real;
}

char *
store_image_descriptor_path(const struct store_image *image)
{
	return image->fd >= 0 ? g_strdup_printf("/proc/self/fd/%d", image->fd) : NULL;
}

/* Creates the file, to which the image moves: its time goes into the state. The mapping remains
 * that of the old file, since the chip ends. Returns 0 or errno. */
static int
move_to(struct store_image *image, const char *path)
{
	int fd = store_image_create(image, path);

	if (fd < 0)
		return errno;
	store_guard_set_fd(image->guard, fd);
	close(image->fd);
	image->fd = fd;
	return 0;
}

static bool
fail_to_write(const struct store_image *image, const char *path, int code, GError **error)
{
	g_autofree char *bytes = store_format_size(image->size);

	g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
		"cannot write \"%s\": %s; it takes a folder that exists and is writable, and %s of "
		"space",
		path, g_strerror(code), bytes);
	return false;
}

bool
store_image_put_back(struct store_image *image, GError **error)
{
	int code = move_to(image, image->real);

	return code == 0 || fail_to_write(image, image->real, code, error);
}

static bool
is_free(const char *path)
{
	struct stat info;

	return lstat(path, &info) < 0 && errno == ENOENT;
}

char *
store_image_lost_name(const struct store_image *image)
{
	char *name = g_strconcat(image->real, ".lost", NULL);

	for (unsigned int n = 2;; n++) {
		g_autofree char *state = g_strconcat(name, ".state", NULL);

		/* A limit for a folder that cannot be searched; to write there will fail. */
		if ((is_free(name) && is_free(state)) || n > 1000)
			return name;
		g_free(name);
		name = g_strdup_printf("%s.lost.%u", image->real, n);
	}
}

bool
store_image_keep(struct store_image *image, const char *name, GError **error)
{
	int code = move_to(image, name);

	return code == 0 || fail_to_write(image, name, code, error);
}

void
store_file_mark(const char *path, struct store_file_mark *mark)
{
	struct stat info;

	*mark = (struct store_file_mark){0};
	if (lstat(path, &info) < 0)
		return;
	mark->exists = true;
	mark->device = info.st_dev;
	mark->inode = info.st_ino;
	mark->size = info.st_size;
	mark->mtime_ns = info.st_mtim.tv_sec * NS_PER_S + info.st_mtim.tv_nsec;
}

bool
store_file_mark_equal(const struct store_file_mark *a, const struct store_file_mark *b)
{
	if (!a->exists || !b->exists)
		return a->exists == b->exists;
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
		a->mtime_ns == b->mtime_ns;
}
