/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What identifies an image, so that registers are only restored beside the image they belong to. */
#ifndef SPINOR_STORE_IDENTITY_H
#define SPINOR_STORE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#define STORE_DIGEST_HEX 64

struct store_identity {
	uint64_t size;
	int64_t mtime_ns;                  /* since 1970 */
	char digest[STORE_DIGEST_HEX + 1]; /* SHA-256 of the first and last 64 KiB */
};

/* The identity of the file fd with that content. */
void store_identity_read(
	struct store_identity *identity, int fd, const uint8_t *array, uint64_t size);

/* The same of a file that has just been written or read; false: it can't be opened. */
bool store_identity_read_path(
	struct store_identity *identity, const char *path, const uint8_t *array, uint64_t size);

/* True if both may be the same image: its size, and its time or its digest. */
bool store_identity_fits(const struct store_identity *a, const struct store_identity *b);

#endif
