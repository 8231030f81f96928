/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bench files, spinor-bench(5). */
#ifndef SPINOR_BENCH_FILE_H
#define SPINOR_BENCH_FILE_H

#include <glib.h>

struct bench_setup;

/* Reads a bench file. Paths in it are made relative to its folder. Errors name file, group and key:
 * BENCH_ERROR_FILE when it can't be read, BENCH_ERROR_USAGE when it is wrong. Free with
 * bench_setup_free(). */
struct bench_setup *bench_file_read(const char *path, GError **error);

#endif
