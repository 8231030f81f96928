/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that a bench creates at its start. */
#ifndef SPINOR_BENCH_CREATED_H
#define SPINOR_BENCH_CREATED_H

#include <glib.h>
#include <stdbool.h>

struct bench;

/* True if there is no such file yet. path may be NULL, and "-" is no file. */
bool bench_is_new_file(const char *path);

/* The last step of building: chips save their registers from now on. */
bool bench_begin(struct bench *bench, GError **error);

#endif
