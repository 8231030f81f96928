/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers, and the wear of cells, of one chip in memory: for snapshots, which give them back.
 */
#include "bench/kept.h"

#include "bench/cells.h"
#include "flash/flash.h"

#include <string.h>

struct bench_kept {
	uint8_t *registers; /* the items of flash_nonvolatile(), one after the other */
	struct bench_cells *cells;
};

struct bench_kept *
bench_kept_read(struct flash *chip)
{
	struct bench_kept *kept = g_new0(struct bench_kept, 1);
	size_t n, size = 0;
	const struct flash_nonvolatile *items = flash_nonvolatile(chip, &n);
	uint8_t *out;

	for (size_t i = 0; i < n; i++)
		size += items[i].size;
	kept->registers = out = g_malloc(size + 1);
	for (size_t i = 0; i < n; out += items[i++].size)
		memcpy(out, items[i].data, items[i].size);
	kept->cells = bench_cells_read(chip);
	return kept;
}

void
bench_kept_write(const struct bench_kept *kept, struct flash *chip)
{
	const uint8_t *in = kept->registers;
	size_t n;
	const struct flash_nonvolatile *items = flash_nonvolatile(chip, &n);

	for (size_t i = 0; i < n; in += items[i++].size)
		memcpy(items[i].data, in, items[i].size);
	bench_cells_write(kept->cells, chip);
}

void
bench_kept_free(struct bench_kept *kept)
{
	if (kept == NULL)
		return;
	bench_cells_free(kept->cells);
	g_free(kept->registers);
	g_free(kept);
}
