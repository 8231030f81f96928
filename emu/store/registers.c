/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A copy of a chip's registers and of the wear of its cells, in memory, for snapshots. */
#include "store/registers.h"

#include "flash/flash.h"
#include "store/wear.h"

#include <string.h>

struct store_registers {
	uint8_t *registers; /* the items of flash_nonvolatile(), one after the other */
	struct store_wear *cells;
};

struct store_registers *
store_registers_read(struct flash *chip)
{
	struct store_registers *copy = g_new0(struct store_registers, 1);
	size_t n, size = 0;
	const struct flash_nonvolatile *items = flash_nonvolatile(chip, &n);
	uint8_t *out;

	for (size_t i = 0; i < n; i++)
		size += items[i].size;
	copy->registers = out = g_malloc(size + 1);
	for (size_t i = 0; i < n; out += items[i++].size)
		memcpy(out, items[i].data, items[i].size);
	copy->cells = store_wear_read(chip);
	return copy;
}

void
store_registers_write(const struct store_registers *copy, struct flash *chip)
{
	const uint8_t *in = copy->registers;
	size_t n;
	const struct flash_nonvolatile *items = flash_nonvolatile(chip, &n);

	for (size_t i = 0; i < n; in += items[i++].size)
		memcpy(items[i].data, in, items[i].size);
	store_wear_write(copy->cells, chip);
}

void
store_registers_free(struct store_registers *copy)
{
	if (copy == NULL)
		return;
	store_wear_free(copy->cells);
	g_free(copy->registers);
	g_free(copy);
}
