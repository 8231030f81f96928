/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small files that are read in one go. */
#ifndef SPINOR_BASE_WHOLEFILE_H
#define SPINOR_BASE_WHOLEFILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* No text that people write is larger. */
#define BASE_TEXT_MAX (UINT64_C(16) << 20)

/* As g_file_get_contents(), but only of a regular file of at most most bytes: a device or a pipe
 * might never end. Errors are G_FILE_ERROR. */
bool base_whole_file(const char *path, uint64_t most, char **text, gsize *length, GError **error);

/* Why a call of GLib for files has failed, without GLib's own sentence: "No such file or
 * directory". */
const char *base_file_reason(const GError *cause);

#endif
