/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes of files in messages. */
#ifndef SPINOR_STORE_FILESIZE_H
#define SPINOR_STORE_FILESIZE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* "16 MiB (16777216 bytes)"; free with g_free(). */
char *store_format_size(uint64_t bytes);

/* True if the open file is regular and has size bytes. Otherwise an error, BASE_ERROR_SIZE for the
 * size, that begins with the text trouble, such as "cannot read image: ", and ends with the allowed
 * files. */
bool store_check_size(int fd, uint64_t size, const char *trouble, const char *not_regular,
	const char *other_size, GError **error);

#endif
