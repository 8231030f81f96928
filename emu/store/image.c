/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The storage of a chip's array: memory, or a file. The file is a plain raw image at any time: it
 * is mapped shared, so it contains all that was written even when the daemon is killed.
 *
 *	path     snapshot   content         array
 *	none     -          blank           the wafer, copy-on-write
 *	none     -          random, pattern memory of its own
 *	none     -          file            that file, copy-on-write
 *	present  no         not used        the file
 *	absent   no         any             a new file with the content
 *	present  yes        not used        the file, copy-on-write: nothing is written to it
 *
 * A file is never padded, truncated or overwritten: a file of another size than the chip is
 * refused. A new one appears under its name complete and locked, or not at all. The lock is
 * advisory (flock): it excludes other chips of spinor, not editors, which can truncate a mapped
 * file (guard.c), delete it or replace it (lost.c).
 *
 * Leaves out copies of an array in other files (imagefile.c).
 */
#define _GNU_SOURCE /* fallocate() */

#include "store/image.h"

#include "base/error.h"
#include "base/newfile.h"
#include "base/openfile.h"
#include "store/filesize.h"
#include "store/guard.h"
#include "store/identity.h"
#include "store/internal.h"
#include "store/lost.h"
#include "store/wafer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that an array is mapped from, in messages. */
struct source {
	const char *noun; /* "image" */
	const char *path;
	const char *remedy; /* allowed files */
	bool shared;        /* several may use it, and nothing changes it */
};

static bool
lock(int fd, const struct source *source, GError **error)
{
	if (flock(fd, (source->shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0)
		return true;
	if (errno == EWOULDBLOCK)
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s \"%s\" is in use by another chip; end that one or name a copy",
			source->noun, source->path);
	else
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot lock %s \"%s\": %s; it has to be on a file system that can lock "
			"files",
			source->noun, source->path, g_strerror(errno));
	return false;
}

/* Writes the content to a new file: from an array with the content of its file, or as computed. The
 * array is copied first: a write of a page that its file has lost would fail with EFAULT. 0 or
 * -errno. */
static int
fill(int fd, const struct store_content *content, const struct store_image *from, uint64_t size)
{
	g_autofree uint8_t *piece = g_malloc(STORE_CONTENT_PIECE);

	for (uint64_t done = 0; done < size;) {
		size_t n = MIN(size - done, STORE_CONTENT_PIECE);
		int code;

		if (from->array == NULL)
			store_content_fill(content, done, piece, n);
		else
			memcpy(piece, from->array + done, n);
		code = base_write_all(fd, piece, n);
		if (code < 0)
			return code;
		done += n;
	}
	if (store_guard_check(from->guard) == STORE_LOSS_CONTENT)
		return -ENODATA;
	return fsync(fd) < 0 ? -errno : 0;
}

/* Creates the file, locked before it has a name. -1 and errno on error. */
static int
create_file(const char *path, const struct store_content *content, const struct store_image *from,
	uint64_t size)
{
	struct base_newfile file;
	int code = base_newfile_open(&file, path, 0666);

	if (code == 0) {
		if (flock(file.fd, LOCK_EX | LOCK_NB) < 0)
			code = -errno;
		if (code == 0)
			code = fill(file.fd, content, from, size);
		if (code == 0)
			code = base_newfile_link(&file, path);
		if (code == 0)
			return file.fd;
		base_newfile_discard(&file);
	}
	errno = -code;
	return -1;
}

int
store_image_create(const struct store_image *from, const char *path)
{
	return create_file(path, NULL, from, from->size);
}

/*
 * Creates the file. -1 on error; errno is EEXIST and error is not set when another process has
 * created the name first.
 */
static int
create(const struct store_image_plan *plan, const struct store_image *from, GError **error)
{
	g_autofree char *bytes = NULL;
	int fd = create_file(plan->path, &plan->content, from, plan->size);
	int reason = errno;

	if (fd >= 0 || reason == EEXIST)
		return fd;
	bytes = store_format_size(plan->size);
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot create image \"%s\": %s; it takes a folder that exists and is writable, "
		"and %s of space",
		plan->path, base_open_reason(reason), bytes);
	return -1;
}

static int
open_existing(const struct source *source)
{
	/* Without O_NONBLOCK opening some devices blocks before they can be refused. */
	return base_open(
		source->path, (source->shared ? O_RDONLY : O_RDWR) | O_NOCTTY | O_NONBLOCK, 0);
}

/* Locks the file and checks its size; closes it on error. */
static bool
claim(int fd, const struct source *source, uint64_t size, GError **error)
{
	g_autofree char *trouble =
		g_strdup_printf("%s \"%s\" is refused: ", source->noun, source->path);
	g_autofree char *regular = g_strconcat("name ",
		source->shared ? "one"
			       : "one, or a name "
				 "that is free",
		NULL);
	g_autofree char *other = g_strdup_printf("name %s of that size, %sor another chip",
		source->shared ? "one" : "an image", source->shared ? "" : "a name that is free, ");

	if (lock(fd, source, error) && store_check_size(fd, size, trouble, regular, other, error))
		return true;
	close(fd);
	return false;
}

/* Opens the file, locked. -1 on error; without an error set when the file does not exist and
 * missing_is_allowed. */
static int
open_locked(const struct source *source, uint64_t size, bool missing_is_allowed, GError **error)
{
	int fd = open_existing(source);

	if (fd >= 0)
		return claim(fd, source, size, error) ? fd : -1;
	if (errno != ENOENT || !missing_is_allowed)
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "cannot open %s \"%s\": %s; %s",
			source->noun, source->path, base_open_reason(errno), source->remedy);
	return -1;
}

/*
 * A hole of the file gets its blocks on the first write, and on a full disk that would be too late
 * to refuse it. Returns 0 or the errno of a disk or a quota that is full. A file system that cannot
 * reserve blocks is no error: what happens then is in guard.c.
 */
static int
reserve_blocks(int fd, uint64_t size)
{
	struct stat info;
	int result;

	/* st_blocks counts 512 bytes each, stat(2). */
	if (fstat(fd, &info) == 0 && (uint64_t)info.st_blocks * 512 >= size)
		return 0;
	do
		result = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size);
	while (result < 0 && errno == EINTR);
	return result < 0 && (errno == ENOSPC || errno == EDQUOT) ? errno : 0;
}

static bool
map_file(struct store_image *image, const struct store_image_plan *plan,
	const struct source *source, GError **error)
{
	int flags = source->shared ? MAP_PRIVATE | MAP_NORESERVE : MAP_SHARED;
	int reason = source->shared ? 0 : reserve_blocks(image->fd, image->size);
	uint64_t blank_bytes;
	int blank;

	if (reason == 0) {
		image->array = mmap(NULL, image->size, PROT_READ | PROT_WRITE, flags, image->fd, 0);
		if (image->array != MAP_FAILED) {
			blank = store_wafer_file(plan->wafer, &blank_bytes);
			image->shared = !source->shared;
			image->source = g_strdup(source->path);
			image->guard = store_guard_add(image->array, image->size, image->fd,
				image->shared, blank, blank_bytes);
			return true;
		}
		reason = errno;
	}
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot map %s \"%s\": %s; it takes space on disk and address space for all of it",
		source->noun, source->path, g_strerror(reason));
	return false;
}

/* Maps an existing file copy-on-write: nothing is written to it. */
static bool
map_private(struct store_image *image, const struct store_image_plan *plan, const char *noun,
	const char *path, GError **error)
{
	const struct source source = {
		.noun = noun,
		.path = path,
		.remedy = strcmp(noun, "image") == 0
			? "with snapshot it has to be a file that exists and can be read"
			: "it has to be a file that can be read",
		.shared = true,
	};

	image->fd = open_locked(&source, image->size, false, error);
	return image->fd >= 0 && map_file(image, plan, &source, error);
}

/* Removes the mapping and the file, which may be missing. */
static void
release(struct store_image *image)
{
	store_guard_remove(image->guard);
	if (image->array != NULL && image->array != MAP_FAILED)
		store_wafer_unmap(image->array, image->size);
	if (image->fd >= 0)
		close(image->fd);
	g_free(image->path);
	g_free(image->source);
	g_free(image->real);
}

/* Creates the file with its content. -1 and errno as create(). */
static int
create_with_content(const struct store_image_plan *plan, GError **error)
{
	struct store_image from = {.size = plan->size, .fd = -1};
	bool good = plan->content.kind != STORE_CONTENT_FILE ||
		map_private(&from, plan, "content", plan->content.file, error);
	int fd = good ? create(plan, &from, error) : -1;
	int reason = errno;

	release(&from);
	errno = good ? reason : EINVAL;
	return fd;
}

/* Maps the file, which is created when absent. */
static bool
map_kept(struct store_image *image, const struct store_image_plan *plan, GError **error)
{
	const struct source source = {
		.noun = "image",
		.path = plan->path,
		.remedy =
			"it has to be a file that can be read and written, or a name that is free",
	};
	GError *why = NULL;

	image->fd = open_locked(&source, plan->size, true, &why);
	if (image->fd < 0 && why == NULL) {
		image->fd = create_with_content(plan, &why);
		image->created = image->fd >= 0;
		/* Another process was faster, or the name is a link to nothing. */
		if (image->fd < 0 && why == NULL)
			image->fd = open_locked(&source, plan->size, false, &why);
	}
	if (why != NULL)
		g_propagate_error(error, why);
	if (image->fd < 0 || !map_file(image, plan, &source, error))
		return false;
	image->path = g_strdup(plan->path);
	store_image_note_name(image);
	return true;
}

/* Fills memory of the chip's own. */
static bool
map_memory(struct store_image *image, const struct store_image_plan *plan, GError **error)
{
	g_autofree char *bytes = NULL;

	if (plan->content.kind == STORE_CONTENT_BLANK) {
		image->array = store_wafer_map(plan->wafer, plan->size, error);
		return image->array != NULL;
	}
	image->array =
		mmap(NULL, image->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (image->array != MAP_FAILED) {
		/* Fewer page faults; no loss where the kernel does not support it. */
		madvise(image->array, image->size, MADV_HUGEPAGE);
		store_content_fill(&plan->content, 0, image->array, image->size);
		return true;
	}
	bytes = store_format_size(plan->size);
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot fill a chip: %s; it takes %s of memory; use fewer or smaller chips, or "
		"content blank",
		g_strerror(errno), bytes);
	return false;
}

void
store_image_withdraw(const struct store_image *image, const char *path)
{
	struct stat ours, there;

	if (image->created && fstat(image->fd, &ours) == 0 && lstat(path, &there) == 0 &&
		ours.st_dev == there.st_dev && ours.st_ino == there.st_ino)
		unlink(path);
}

struct store_image *
store_image_open(const struct store_image_plan *plan, GError **error)
{
	struct store_image image = {.size = plan->size, .fd = -1};
	bool good;

	if (plan->path != NULL && plan->snapshot)
		good = map_private(&image, plan, "image", plan->path, error);
	else if (plan->path != NULL)
		good = map_kept(&image, plan, error);
	else if (plan->content.kind == STORE_CONTENT_FILE)
		good = map_private(&image, plan, "content", plan->content.file, error);
	else
		good = map_memory(&image, plan, error);
	if (good)
		return g_memdup2(&image, sizeof(image));
	store_image_withdraw(&image, plan->path);
	release(&image);
	return NULL;
}

void
store_image_close(struct store_image *image)
{
	if (!image)
		return;
	release(image);
	g_free(image);
}

uint64_t
store_image_size(const struct store_image *image)
{
	return image->size;
}

const char *
store_image_path(const struct store_image *image)
{
	return image->path;
}

bool
store_image_is_written(const struct store_image *image)
{
	return image->path != NULL && store_image_loss(image) == STORE_LOSS_NONE;
}

int
store_image_descriptor(const struct store_image *image)
{
	return store_image_is_written(image) ? image->fd : -1;
}

uint8_t *
store_image_array(struct store_image *image)
{
	return image->array;
}

bool
store_image_is_created(const struct store_image *image)
{
	return image->created;
}

void
store_image_identity(const struct store_image *image, struct store_identity *identity)
{
	store_identity_read(identity, image->fd, image->array, image->size);
}
