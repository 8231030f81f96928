/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wear of a chip's cells, in memory and as a group of its state file. */
#ifndef SPINOR_BENCH_CELLS_H
#define SPINOR_BENCH_CELLS_H

#include <glib.h>
#include <stdbool.h>

#define BENCH_CELLS_GROUP "cells"

struct flash;
struct bench_cells;

struct bench_cells *bench_cells_read(const struct flash *chip);

/* The chip's cells are then as those, and all others as delivered. */
void bench_cells_write(const struct bench_cells *cells, struct flash *chip);

void bench_cells_free(struct bench_cells *cells);

/* Puts the group into keys; nothing when all cells are as delivered. */
void bench_cells_to_keys(const struct bench_cells *cells, GKeyFile *keys);

/* What the group says for a chip like this; without the group all cells are as delivered. NULL: the
 * group says something else, why (to be freed) says what. */
struct bench_cells *bench_cells_from_keys(GKeyFile *keys, const struct flash *chip, char **why);

#endif
