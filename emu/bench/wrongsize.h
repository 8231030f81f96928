/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which chips a file of the wrong size would fit. */
#ifndef SPINOR_BENCH_WRONGSIZE_H
#define SPINOR_BENCH_WRONGSIZE_H

#include <glib.h>

struct chipdb;
struct flash_part;

/* Completes an error of the code BASE_ERROR_SIZE, which is about one of the files (each may be
 * NULL), by the names of chips of the file's size. No effect on other errors. */
void bench_wrongsize_explain(struct chipdb *chipdb, const struct flash_part *part, const char *file,
	const char *other_file, GError **error);

#endif
