/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The content with which an array begins: FF as delivered, random bytes, or a pattern that makes a
 * wrong address visible in a hex dump:
 *
 *	00000100  00 00 01 00 a7 3c 51 e8  00 00 01 08 a7 3c 51 e8
 *
 * Each 8 bytes are their own address, most significant byte first, and a tag. The tag follows from
 * the seed, so that two chips of a bench differ, and no byte of it is 00 or FF.
 *
 * Leaves out the content that a file gives, which is mapped or copied (image.c).
 */
#include "store/initialcontent.h"

#include "base/random.h"

#include <glib.h>
#include <string.h>

/* Streams of random numbers that nothing else uses: a piece each, and the tag. */
#define STREAM_PIECES UINT64_C(0x636f6e7400000000)
#define STREAM_TAG UINT64_C(0x7461670000000000)

#define WORD sizeof(uint64_t)

static void
fill_random(uint64_t seed, uint64_t piece, uint8_t *bytes, size_t n)
{
	struct base_random random;

	base_random_init(&random, seed, STREAM_PIECES + piece);
	for (size_t at = 0; at < n; at += WORD) {
		uint64_t word = GUINT64_TO_LE(base_random_next(&random));

		memcpy(bytes + at, &word, MIN(WORD, n - at));
	}
}

static uint32_t
tag_of(uint64_t seed)
{
	struct base_random random;
	uint32_t tag = 0;

	base_random_init(&random, seed, STREAM_TAG);
	for (int i = 0; i < 4; i++)
		tag = tag << 8 | (uint32_t)(base_random_next(&random) % 0xfe + 1);
	return tag;
}

static void
fill_pattern(uint64_t seed, uint64_t offset, uint8_t *bytes, size_t n)
{
	uint32_t tag = tag_of(seed);

	for (size_t at = 0; at < n; at += WORD) {
		uint64_t word = GUINT64_TO_BE((offset + at) << 32 | tag);

		memcpy(bytes + at, &word, MIN(WORD, n - at));
	}
}

static void
fill_piece(const struct store_content *content, uint64_t offset, uint8_t *bytes, size_t n)
{
	switch (content->kind) {
	case STORE_CONTENT_RANDOM:
		fill_random(content->seed, offset / STORE_CONTENT_PIECE, bytes, n);
		break;
	case STORE_CONTENT_PATTERN:
		fill_pattern(content->seed, offset, bytes, n);
		break;
	case STORE_CONTENT_BLANK:
	case STORE_CONTENT_FILE:
		memset(bytes, 0xFF, n);
		break;
	}
}

void
store_content_fill(const struct store_content *content, uint64_t offset, uint8_t *bytes, size_t n)
{
	for (size_t at = 0; at < n; at += STORE_CONTENT_PIECE)
		fill_piece(content, offset + at, bytes + at, MIN(STORE_CONTENT_PIECE, n - at));
}
