/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files for readers that take a path: in a folder of this process in memory, removed at the end. */
#ifndef SPINOR_TESTS_FUZZ_ONEFILE_H
#define SPINOR_TESTS_FUZZ_ONEFILE_H

#include <stddef.h>

/* The path of a file of that name in the folder; free with g_free(). */
char *onefile_path(const char *name);

/* Replaces the content of the file. */
void onefile_write(const char *path, const void *data, size_t n);

#endif
