/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The open image, for image.c and lost.c. */
#ifndef SPINOR_STORE_INTERNAL_H
#define SPINOR_STORE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store_guard;

struct store_image {
	uint8_t *array;
	uint64_t size;
	int fd; /* -1: in memory */
	bool created;
	bool shared;  /* the array is the file: all writes are in it */
	bool named;   /* real led to the file at the start, and can be compared with it */
	char *path;   /* NULL: nothing is written to the file, if there is one */
	char *source; /* of the file, in messages; NULL: in memory */
	char *real;   /* the same, absolute and without symbolic links; NULL: not known */
	struct store_guard *guard; /* NULL: in memory */
};

/*
 * Writes the array of an image to a new file, which is complete and locked when it appears under
 * its name. Returns its descriptor; -1 and errno on error, EEXIST if the name is not free.
 */
int store_image_create(const struct store_image *from, const char *path);

/* Remembers the name of the file, for store_image_name(). */
void store_image_note_name(struct store_image *image);

#endif
