/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images that other programs truncate, delete or replace while a chip uses them. */
#ifndef SPINOR_STORE_LOST_H
#define SPINOR_STORE_LOST_H

#include "store/guard.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct store_image;

/* What has become of the array; one read of memory. */
enum store_loss store_image_loss(const struct store_image *image);

/* True: the file has become shorter than the array, which has not lost its content yet. It does so
 * when a page is missed, or with store_image_check(). */
bool store_image_is_short(const struct store_image *image);
enum store_loss store_image_check(struct store_image *image);

/* STORE_LOSS_WRITES: writes all changes to the file, durably, which then is the array again. False:
 * not possible yet, nothing is lost. */
bool store_image_write_back(struct store_image *image, GError **error);

/* What the name of the image leads to. */
enum store_name {
	STORE_NAME_KEPT,    /* the file of the image; also: it is not known */
	STORE_NAME_FREE,    /* nothing */
	STORE_NAME_FOREIGN, /* another file */
};

/* Of an image that is changed by the chip; KEPT for others. */
enum store_name store_image_name(const struct store_image *image);

/* The file of the image, for messages; NULL: in memory. */
const char *store_image_source(const struct store_image *image);

/* The same without symbolic links, as at the start; NULL: it is not known. */
const char *store_image_real_path(const struct store_image *image);

/* The path by which the file of the image can be opened, also without a name: /proc/self/fd/5.
 * Free with g_free(). NULL: in memory. */
char *store_image_descriptor_path(const struct store_image *image);

/* Writes the array to a new file with the name of the image, which is the image from then on.
 * False: not possible; G_FILE_ERROR_EXIST: the name is not free. */
bool store_image_put_back(struct store_image *image, GError **error);

/* The first of IMAGE.lost, IMAGE.lost.2 and so on that is free, and whose state is. Free with
 * g_free(). */
char *store_image_lost_name(const struct store_image *image);

/* Writes the array to a new file of that name, which is the image from then on. */
bool store_image_keep(struct store_image *image, const char *name, GError **error);

/* A file as it was at one time. */
struct store_file_mark {
	bool exists;
	dev_t device;
	ino_t inode;
	int64_t size;
	int64_t mtime_ns;
};

/* The file path as it is now. */
void store_file_mark(const char *path, struct store_file_mark *mark);
bool store_file_mark_equal(const struct store_file_mark *a, const struct store_file_mark *b);

#endif
