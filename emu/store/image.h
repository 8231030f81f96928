/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The storage of a chip's array: private memory, or a mapped file. */
#ifndef SPINOR_STORE_IMAGE_H
#define SPINOR_STORE_IMAGE_H

#include "store/initialcontent.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store_identity;
struct store_image;
struct store_wafer;

/* FF (memory shared by all blank chips of the process). */
struct store_wafer *store_wafer_new(GError **error);
void store_wafer_destroy(struct store_wafer *wafer);

/* Arguments of store_image_open(); all of it is used during the call only, except the wafer. */
struct store_image_plan {
	const char *path; /* NULL: in memory */
	uint64_t size;    /* bytes, the chip's */
	struct store_wafer *wafer;
	struct store_content content; /* in memory, and of a file that is created */
	bool snapshot;                /* nothing is written to the file, which has to exist */
};

/*
 * Maps the file of path, locked against other daemons; created when absent. With snapshot it is
 * mapped copy-on-write, and others may do the same. A file of another size is refused
 * (BASE_ERROR_SIZE). On error nothing on disk is changed.
 */
struct store_image *store_image_open(const struct store_image_plan *plan, GError **error);
void store_image_close(struct store_image *image);

/* Removes the file that store_image_open() has created for that path, for a start that is refused
 * later. No effect on a file that existed before. */
void store_image_withdraw(const struct store_image *image, const char *path);

uint8_t *store_image_array(struct store_image *image);
uint64_t store_image_size(const struct store_image *image);

/* Of an image whose changes are written to its file, otherwise NULL and -1. */
const char *store_image_path(const struct store_image *image);
/* True: all changes are in the file. */
bool store_image_is_written(const struct store_image *image);
/* -1 if they are not. */
int store_image_descriptor(const struct store_image *image);

/* Of an image with a file; describes its content of now. */
void store_image_identity(const struct store_image *image, struct store_identity *identity);

/* True: the file did not exist before. */
bool store_image_is_created(const struct store_image *image);

/* Writes a copy of size bytes to path, durably, and as a whole or not at all. Replaces an existing
 * file; refuses anything but a regular file, and the image of a running chip. */
bool store_image_save(const uint8_t *array, uint64_t size, const char *path, GError **error);

/* The same; removes the file state just before path has the new content, so that it is never beside
 * an image that it does not belong to. */
bool store_image_save_without(
	const uint8_t *array, uint64_t size, const char *path, const char *state, GError **error);

/* Fills the array from a file of exactly its size, as a whole or not at all; on error the array is
 * unchanged. The caller calls flash_array_changed() and flash_array_replaced(). */
bool store_image_load(struct store_image *image, const char *path, GError **error);

struct store_difference {
	uint64_t bytes;       /* number of different bytes */
	uint64_t first, last; /* offsets; meaningless when bytes is 0 */
};

/* Compares the array with a file of exactly its size. False when the file cannot be read. */
bool store_image_compare(const char *path, const uint8_t *array, uint64_t size,
	struct store_difference *difference, GError **error);

/* The bytes of a file of exactly that size; free with g_free(). NULL on error. */
uint8_t *store_image_read(const char *path, uint64_t size, GError **error);

/* Copies n bytes into an array, but writes only pages that differ, so that shared memory stays
 * shared and mapped files clean. Returns the number of bytes written. */
size_t store_image_put(uint8_t *array, const uint8_t *from, size_t n);

#endif
