/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Creates a chip as delivered, and destroys it; and the list of the state that survives power loss,
 * for programs that save it. Families create their own state.
 */
#include "flash/engine/life.h"

#include "base/random.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

/* AAI has words, also if a page is one byte. */
#define PAGE_BUFFER_MIN 16

const struct flash_part *
flash_part(const struct flash *chip)
{
	return chip->part;
}

const struct flash_nonvolatile *
flash_nonvolatile(struct flash *chip, size_t *n_items)
{
	*n_items = chip->n_stored;
	return chip->stored;
}

void
flash_keep(struct flash *chip, const char *name, uint8_t *data, size_t size)
{
	g_assert(chip->n_stored < NONVOLATILE_MAX);
	chip->stored[chip->n_stored++] = (struct flash_nonvolatile){name, data, size};
}

uint64_t
flash_random(struct flash *chip)
{
	return base_random_next(&chip->random);
}

/* A page, or more if a family needs more. */
static size_t
page_buffer_size(const struct flash *chip)
{
	size_t size = MAX(chip->part->page_size, PAGE_BUFFER_MIN);

	return MAX(size, flash_families_page_bytes(chip));
}

struct flash *
flash_engine_new(const struct flash_part *part, uint8_t *array, uint64_t seed,
	const struct flash_family *const *families)
{
	struct flash *chip;

	if (!flash_part_check(part, NULL))
		return NULL;
	chip = g_new0(struct flash, 1);
	chip->part = part;
	flash_families_init(chip, families);
	chip->array = array;
	for (enum flash_pin pin = FLASH_PIN_WP; pin < FLASH_PINS; pin++) {
		chip->pin_set[pin] = FLASH_HIGH;
		chip->pin_level[pin] = true;
	}
	base_random_init(&chip->random, seed, 0);
	chip->seed = seed;
	chip->die_size = part->size;
	chip->decoded = part->size;
	memcpy(chip->stored_status, part->status_default, sizeof(chip->stored_status));
	flash_bits_build(chip);
	flash_families_create(chip);
	flash_commands_build(chip);
	chip->page = g_malloc0(page_buffer_size(chip));
	flash_power_up(chip);
	return chip;
}

void
flash_destroy(struct flash *chip)
{
	if (!chip)
		return;
	flash_families_destroy(chip);
	g_free(chip->page);
	g_free(chip->own_rows);
	g_free(chip);
}
