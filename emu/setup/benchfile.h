/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bench files, spinor-bench(5). */
#ifndef SPINOR_SETUP_BENCHFILE_H
#define SPINOR_SETUP_BENCHFILE_H

#include <glib.h>

struct setup_bench;

/* Reads a bench file. Relative paths in it begin at its folder. Errors name file, group and key:
 * BASE_ERROR_FILE when it can't be read, BASE_ERROR_USAGE when it is wrong. Free with
 * setup_free(). */
struct setup_bench *setup_file_read(const char *path, GError **error);

/* Reads a text as if it were the bench file of that path. */
struct setup_bench *setup_text_read(const char *path, const char *text, GError **error);

/* All mistakes of a bench file that single groups have, as lines "FILE:LINE: ...", at most 20; NULL
 * if there are less than two, or it can't be read. Free with g_free(). */
char *setup_file_mistakes(const char *path);

/* The keys of a group "bench", "adapter" or "chip"; NULL-terminated. Free the list with
 * g_free(). */
const char **setup_file_keys(const char *kind);

#endif
