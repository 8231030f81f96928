/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a chip keeps without power, but for its array, as one piece in memory. */
#ifndef SPINOR_BENCH_KEPT_H
#define SPINOR_BENCH_KEPT_H

#include <glib.h>

struct flash;
typedef struct bench_kept bench_kept;

/* A copy of what the chip has. */
bench_kept *bench_kept_read(struct flash *chip);

/* Gives it to a chip of the same part, which takes it over at its next power-up. */
void bench_kept_write(const bench_kept *kept, struct flash *chip);

void bench_kept_free(bench_kept *kept);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(bench_kept, bench_kept_free)

#endif
