/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a chip comes to be, as delivered, and how it goes; and the list of what survives power loss,
 * for whoever keeps it. Families make what they need themselves.
 */
#include "flash/engine/internal.h"

#include <glib.h>
#include <string.h>

/* AAI has words also where a page is a byte. */
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

/* A serial number that differs from seed to seed. */
static void
make_unique_id(struct flash *chip)
{
	for (size_t i = 0; i < sizeof(chip->unique_id); i += 8) {
		uint64_t x = flash_random(chip);

		for (size_t j = 0; j < 8; j++)
			chip->unique_id[i + j] = (uint8_t)(x >> (j * 8));
	}
}

/* Registers that only parts with the command for them have. */
static void
keep_registers(struct flash *chip)
{
	if (flash_command_named(chip, "WRAR"))
		flash_keep(chip, "configuration", chip->stored_status + FLASH_STATUS_REGISTERS,
			FLASH_REGISTERS - FLASH_STATUS_REGISTERS);
	if (flash_command_named(chip, "WRNVCR"))
		flash_keep(chip, "nvcr", chip->nvcr, sizeof(chip->nvcr));
}

/* The largest of what goes through the program buffer: a page (programs of security registers and
 * writes of the identification page have no more), a DataFlash's page of either size, the
 * block-protection register. */
static size_t
page_buffer_size(const struct flash *chip)
{
	size_t size = MAX(chip->part->page_size, PAGE_BUFFER_MIN);

	size = MAX(size, flash_dataflash_buffer_size(chip));
	return MAX(size, flash_bpr_size(chip));
}

struct flash *
flash_new(const struct flash_part *part, uint8_t *array, uint64_t seed)
{
	size_t security = (size_t)part->security_registers * part->security_register_size;
	struct flash *chip;

	if (!flash_part_check(part, NULL))
		return NULL;
	chip = g_new0(struct flash, 1);
	chip->part = part;
	chip->array = array;
	for (enum flash_pin pin = FLASH_PIN_WP; pin < FLASH_PINS; pin++) {
		chip->pin_set[pin] = FLASH_HIGH;
		chip->pin_level[pin] = true;
	}
	base_random_init(&chip->random, seed, 0);
	chip->seed = seed;
	chip->block_size = flash_block_size(part);
	chip->die_size = part->size;
	chip->decoded = part->size;
	chip->security = g_malloc(security + 1);
	memset(chip->security, 0xff, security);
	make_unique_id(chip);
	memcpy(chip->stored_status, part->status_default, sizeof(chip->stored_status));
	memset(chip->nvcr, 0xff, sizeof(chip->nvcr));
	flash_keep(chip, "status", chip->stored_status, FLASH_STATUS_REGISTERS);
	flash_keep(chip, "security", chip->security, security);
	flash_keep(chip, "unique-id", chip->unique_id, MIN(part->unique_id_length, 16));
	flash_otp_area_new(chip);
	flash_eeprom_new(chip);
	flash_dataflash_new(chip);

	flash_bits_build(chip);
	flash_commands_build(chip);
	keep_registers(chip);
	flash_locks_new(chip);
	chip->page = g_malloc0(page_buffer_size(chip));
	flash_power_up(chip);
	return chip;
}

void
flash_destroy(struct flash *chip)
{
	if (!chip)
		return;
	g_free(chip->page);
	g_free(chip->security);
	g_free(chip->id_page);
	flash_dataflash_destroy(chip);
	flash_locks_free(chip);
	g_free(chip->erase_rows);
	g_free(chip->own_rows);
	g_free(chip->otp_mode);
	g_free(chip->otp);
	g_free(chip->otp_new);
	g_free(chip->sfdp);
	g_free(chip->cells);
	flash_faults_free(chip);
	g_free(chip);
}
