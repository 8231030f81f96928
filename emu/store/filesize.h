/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes of files in messages. */
#ifndef SPINOR_STORE_FILESIZE_H
#define SPINOR_STORE_FILESIZE_H

#include <glib.h>
#include <stdint.h>

/* "16 MiB (16777216 bytes)"; free with g_free(). */
char *store_format_size(uint64_t bytes);

#endif
