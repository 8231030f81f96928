/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The content with which an array or a new image file begins. */
#ifndef SPINOR_STORE_INITIALCONTENT_H
#define SPINOR_STORE_INITIALCONTENT_H

#include <stddef.h>
#include <stdint.h>

enum store_content_kind {
	STORE_CONTENT_BLANK, /* FF */
	STORE_CONTENT_RANDOM,
	STORE_CONTENT_PATTERN, /* each 8 bytes contain their own address */
	STORE_CONTENT_FILE,
};

/* All zero: blank. */
struct store_content {
	enum store_content_kind kind;
	uint64_t seed;    /* of random and pattern */
	const char *file; /* STORE_CONTENT_FILE: a raw image of the array's size */
};

/* The n bytes of a blank, random or pattern content from offset on, a multiple of
 * STORE_CONTENT_PIECE. Every part of it can be computed without the ones before. */
#define STORE_CONTENT_PIECE ((size_t)1 << 20)
void store_content_fill(
	const struct store_content *content, uint64_t offset, uint8_t *bytes, size_t n);

#endif
