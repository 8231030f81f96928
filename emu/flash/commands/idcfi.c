/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Common Flash Interface table of Spansion's S25FL-P, S25FL-S and S25FS-S, which RDID shifts
 * out after the ID (S25FL128S/S25FL256S 001-98283 rev. I, 10.2):
 *
 *   00-05  manufacturer, device, length, sectors, family: the part's id
 *   06-0F  ordering model, reserved: depends on the ordering code, here FF
 *   10-1A  "QRY", command sets        1B-26  supply, times
 *   27-3F  size, page, erase regions  40-50  "PRI"
 *
 * Supply, size, page and erase regions follow from the part; the times are rounded in ways that
 * differ from part to part, so that the part has these bytes. The other values are those of
 * Spansion's simulation models of the S25FL064P and the S25FL128S.
 *
 * Left out: the alternate table from 51 on, parameters that the length byte of these parts does not
 * include.
 */
#include "flash/commands/idcfi.h"

#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>

enum {
	MODEL = 0x06,
	QUERY = 0x10,
	VCC_MIN = 0x1b,
	VCC_MAX = 0x1c,
	VPP = 0x1d, /* min, max: none */
	TIMES = 0x1f,
	SIZE = 0x27,
	INTERFACE = 0x28,
	PAGE = 0x2a, /* and its high byte */
	REGIONS = 0x2c,
	REGION_1 = 0x2d,
	REGION_BYTES = 4,
	PRIMARY = 0x40,
	PRIMARY_PAGE = 0x4c,
	GRAIN = 256, /* bytes: unit of block sizes */
};

struct generation {
	uint8_t query[VCC_MIN - QUERY];
	uint8_t interface[2]; /* SPI with 3 address bytes; multi I/O with 3 or 4 */
	uint8_t regions_end;  /* up to here unused regions are 00, further bytes FF */
	uint8_t primary[FLASH_ID_CFI_LENGTH - PRIMARY];
};

static const struct generation generations[] = {
	[FLASH_ID_CFI_FL_P] = {{'Q', 'R', 'Y', 0x02, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00},
		{0x05, 0x05}, 0x3d,
		{'P', 'R', 'I', '1', '3', 0x15, 0x00, 0x02, 0x00, 0x05, 0x00, 0x01, 0x03, 0x85,
			0x95, 0x07, 0x00}},
	[FLASH_ID_CFI_FL_S] = {{'Q', 'R', 'Y', 0x02, 0x00, 0x40, 0x00, 'S', 'F', 0x51, 0x00},
		{0x02, 0x01}, REGION_1,
		{'P', 'R', 'I', '1', '3', 0x21, 0x02, 0x01, 0x00, 0x08, 0x00, 0x01, 0x00, 0x00,
			0x00, 0x07, 0x01}},
};

/* 2.7 V is 27. */
static uint8_t
voltage(int millivolts)
{
	return (uint8_t)(millivolts / 1000 << 4 | millivolts % 1000 / 100);
}

static uint8_t
exponent(uint64_t size)
{
	return (uint8_t)g_bit_nth_lsf(size, -1);
}

static const struct flash_erase *
find_erase(const struct flash_part *part, uint8_t opcode)
{
	for (unsigned int i = 0; i < part->n_erases; i++) {
		if (part->erases[i].opcode == opcode)
			return &part->erases[i];
	}
	return NULL;
}

/* The regions from address 0 up, as the smallest erase has them; in its gaps, D8. */
static unsigned int
find_regions(const struct flash_part *part, struct flash_region *regions)
{
	const struct flash_erase *block = find_erase(part, 0xd8);
	const struct flash_erase *sector = find_erase(part, 0x20);
	unsigned int n = 0;

	if (!sector || sector->n_regions == 0)
		sector = block;
	for (unsigned int i = 0; i < sector->n_regions; i++)
		regions[n++] = sector->regions[i];
	if (sector->n_regions == 0)
		regions[n++] = (struct flash_region){
			(uint32_t)(part->size / sector->size), sector->size, false};
	return n;
}

static uint8_t
region_byte(const struct flash_region *region, unsigned int i)
{
	unsigned int value = i < 2 ? region->n_blocks - 1 : region->block_size / GRAIN;

	return (uint8_t)(value >> (i % 2 * 8));
}

static uint8_t
geometry_byte(const struct flash_part *part, unsigned int position)
{
	const struct generation *generation = &generations[part->id_cfi];
	struct flash_region regions[FLASH_REGIONS_MAX];
	unsigned int n = find_regions(part, regions);
	unsigned int at = position - REGION_1;

	if (position == SIZE)
		return exponent(part->size);
	if (position < PAGE)
		return generation->interface[position - INTERFACE];
	if (position < REGIONS)
		return position == PAGE ? exponent(part->page_size) : 0;
	if (position == REGIONS)
		return (uint8_t)n;
	if (at < n * REGION_BYTES)
		return region_byte(&regions[at / REGION_BYTES], at % REGION_BYTES);
	return position < generation->regions_end ? 0x00 : 0xff;
}

uint8_t
flash_id_cfi_byte(const struct flash_part *part, unsigned int position)
{
	const struct generation *generation = &generations[part->id_cfi];

	if (position < QUERY)
		return 0xff;
	if (position < VCC_MIN)
		return generation->query[position - QUERY];
	if (position < VPP)
		return voltage(position == VCC_MIN ? part->vcc_min_mv : part->vcc_max_mv);
	if (position < TIMES)
		return 0x00;
	if (position < SIZE)
		return part->id_cfi_times[position - TIMES];
	if (position < PRIMARY)
		return geometry_byte(part, position);
	return generation->primary[position - PRIMARY];
}
