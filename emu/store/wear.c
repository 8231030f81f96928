/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Erase cycles, unstable blocks and damage of a chip. In a state file:
 *
 *     [cells]
 *     block=4096
 *     0-15=1
 *     16=7 unstable
 *     damage=12
 *
 * "block" is the size of a block in bytes. A number or a range is a block, or a run of equal
 * blocks, counted from address 0; its value is the number of erases. Blocks without a key are as
 * delivered.
 */
#include "store/wear.h"

#include "base/units.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <stdio.h>
#include <string.h>

#define KEY_BLOCK "block"
#define KEY_DAMAGE "damage"
#define UNSTABLE " unstable"

struct store_wear {
	const struct flash_part *part;
	uint32_t block_size;
	uint8_t damage;
	GArray *runs;    /* struct run */
	uint8_t *listed; /* a bit for each block that the file has; NULL: not read from a file */
};

/* Adjacent blocks with equal wear. */
struct run {
	struct flash_block first;
	uint32_t n;
};

struct store_wear *
store_wear_new(const struct flash *chip)
{
	struct store_wear *cells = g_new0(struct store_wear, 1);

	cells->part = flash_part(chip);
	cells->block_size = flash_block_size(flash_part(chip));
	cells->runs = g_array_new(FALSE, FALSE, sizeof(struct run));
	return cells;
}

void
store_wear_free(struct store_wear *cells)
{
	if (cells == NULL)
		return;
	g_array_unref(cells->runs);
	g_free(cells->listed);
	g_free(cells);
}

static void
add_block(struct store_wear *cells, const struct flash_block *block)
{
	struct run run = {.first = *block, .n = 1};

	if (cells->runs->len > 0) {
		struct run *last = &g_array_index(cells->runs, struct run, cells->runs->len - 1);

		if (last->first.number + last->n == block->number &&
			last->first.cycles == block->cycles &&
			last->first.unstable == block->unstable) {
			last->n++;
			return;
		}
	}
	g_array_append_val(cells->runs, run);
}

struct store_wear *
store_wear_read(const struct flash *chip)
{
	struct store_wear *cells = store_wear_new(chip);
	struct flash_block block;

	cells->damage = flash_damage(chip);
	for (uint32_t i = 0; flash_next_block(chip, i, &block); i = block.number + 1)
		add_block(cells, &block);
	return cells;
}

void
store_wear_write(const struct store_wear *cells, struct flash *chip)
{
	flash_forget_blocks(chip);
	flash_set_damage(chip, cells->damage);
	for (guint i = 0; i < cells->runs->len; i++) {
		const struct run *run = &g_array_index(cells->runs, struct run, i);
		struct flash_block block = run->first;

		for (uint32_t j = 0; j < run->n; j++, block.number++)
			flash_put_block(chip, &block);
	}
}

void
store_wear_to_keys(const struct store_wear *cells, GKeyFile *keys)
{
	if (cells->damage)
		g_key_file_set_integer(keys, STORE_WEAR_GROUP, KEY_DAMAGE, cells->damage);
	if (cells->runs->len > 0)
		g_key_file_set_uint64(keys, STORE_WEAR_GROUP, KEY_BLOCK, cells->block_size);
	for (guint i = 0; i < cells->runs->len; i++) {
		const struct run *run = &g_array_index(cells->runs, struct run, i);
		char key[32];
		char value[32];

		if (run->n == 1)
			snprintf(key, sizeof(key), "%u", run->first.number);
		else
			snprintf(key, sizeof(key), "%u-%u", run->first.number,
				run->first.number + run->n - 1);
		snprintf(value, sizeof(value), "%u%s", run->first.cycles,
			run->first.unstable ? UNSTABLE : "");
		g_key_file_set_value(keys, STORE_WEAR_GROUP, key, value);
	}
}

/* "7" or "7-12" to the first block and the number of blocks. */
static bool
parse_blocks(const char *key, uint64_t n_blocks, struct run *run)
{
	g_auto(GStrv) ends = g_strsplit(key, "-", 2);
	uint64_t first;
	uint64_t last;

	if (!ends[0] || !base_parse_decimal(ends[0], 0, n_blocks - 1, &first))
		return false;
	last = first;
	if (ends[1] && !base_parse_decimal(ends[1], first, n_blocks - 1, &last))
		return false;
	run->first.number = (uint32_t)first;
	run->n = (uint32_t)(last - first + 1);
	return true;
}

/* "7" or "7 unstable" */
static bool
parse_cycles(const char *value, struct run *run)
{
	g_autofree char *number = g_strdup(value);
	uint64_t cycles;

	run->first.unstable = g_str_has_suffix(value, UNSTABLE);
	if (run->first.unstable)
		number[strlen(value) - strlen(UNSTABLE)] = '\0';
	if (!base_parse_decimal(number, 0, G_MAXINT32, &cycles))
		return false;
	run->first.cycles = (uint32_t)cycles;
	return true;
}

static bool
refuse(struct base_key_reading *r, const char *value)
{
	const struct store_wear *cells = r->target;

	r->why = g_strdup_printf("%s=%s does not fit a %s", r->name, value, cells->part->name);
	return false;
}

static bool
take_block(struct base_key_reading *r, const char *value)
{
	const struct store_wear *cells = r->target;
	uint64_t size;

	return base_parse_decimal(value, cells->block_size, cells->block_size, &size) ||
		refuse(r, value);
}

static bool
take_damage(struct base_key_reading *r, const char *value)
{
	struct store_wear *cells = r->target;
	uint64_t number;

	if (!base_parse_decimal(value, 0, G_MAXUINT8, &number))
		return refuse(r, value);
	cells->damage = (uint8_t)number;
	return true;
}

/* Marks the blocks of the run as listed. False if one of them is listed already. */
static bool
list_blocks(struct store_wear *cells, const struct run *run)
{
	if (cells->listed == NULL)
		cells->listed = g_malloc0(cells->part->size / cells->block_size / 8 + 1);
	for (uint32_t i = run->first.number; i < run->first.number + run->n; i++) {
		if (cells->listed[i / 8] >> i % 8 & 1)
			return false;
		cells->listed[i / 8] |= (uint8_t)(1 << i % 8);
	}
	return true;
}

static bool
take_run(struct base_key_reading *r, const char *value)
{
	struct store_wear *cells = r->target;
	struct run run = {0};

	if (!cells->block_size ||
		!parse_blocks(r->name, cells->part->size / cells->block_size, &run) ||
		!parse_cycles(value, &run))
		return refuse(r, value);
	if (!list_blocks(cells, &run)) {
		r->why = g_strdup_printf("a block of %s is there twice; allowed is once", r->name);
		return false;
	}
	g_array_append_val(cells->runs, run);
	return true;
}

static bool
is_run(const char *name)
{
	return strspn(name, "0123456789-") == strlen(name);
}

const struct base_key store_wear_keys[] = {
	BASE_KEY(KEY_BLOCK, NULL, take_block),
	BASE_KEY(KEY_DAMAGE, NULL, take_damage),
	BASE_KEY("FIRST-LAST", NULL, take_run, .matches = is_run),
	BASE_KEY_END,
};
