/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SFDP, read by 5A: the one of a real chip, or one that is composed from the part's own data in the
 * layout of its vendor and generation (JESD216, 6.2 and 6.3, in its revisions 1.0 to D). A part can
 * replace single bytes and the density of either.
 *
 * Behind the tables are FF, up to the end of the 24-bit address; or the whole begins again after
 * some bytes (W25Q128JV rev. M, 8.2.28: 256). Left out: the tables of SFDP for octal and DTR modes,
 * unless a real chip's are served; writing of those SFDP that are a security register (Winbond's
 * register 0, which stays open until it is locked).
 */
#include "flash/commands/sfdp.h"

#include "flash/commands/families.h"
#include "flash/commands/sfdplayout.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

#define ADDRESS_MASK 0xffffff

static void
put_at(uint8_t *sfdp, unsigned int offset, const uint32_t *dwords, unsigned int n)
{
	for (unsigned int i = 0; i < n * 4; i++)
		sfdp[offset + i] = dwords[i / 4] >> 8 * (i % 4);
}

/* A table and its header. */
struct table {
	uint8_t id;
	uint8_t id_high;
	uint8_t minor;
	uint16_t offset;
	unsigned int dwords;
	const uint32_t *words;
	unsigned int n_words; /* of them; the rest stays as it is */
};

/* Adds a table, if it has any dwords. sfdp[6] counts the headers, less one. */
static void
add_table(uint8_t *sfdp, const struct table *table)
{
	uint8_t header[8] = {table->id, table->minor, 0x01, (uint8_t)table->dwords,
		(uint8_t)table->offset, (uint8_t)(table->offset >> 8), 0x00, table->id_high};

	if (table->dwords == 0)
		return;
	sfdp[6]++;
	memcpy(sfdp + 8 + 8 * (size_t)sfdp[6], header, sizeof(header));
	put_at(sfdp, table->offset, table->words, table->n_words);
}

static void
add_four_byte(const struct flash *chip, const struct flash_sfdp_layout *layout, uint8_t *sfdp)
{
	uint32_t words[FLASH_SFDP_FOUR_BYTE_DWORDS];
	struct table table = {.id = 0x84, .id_high = 0xff, .offset = layout->four_byte};

	if (layout->four_byte == 0)
		return;
	table.words = words;
	table.dwords = flash_sfdp_four_byte_table(chip, layout, words);
	if (layout->four_byte_always)
		table.dwords = FLASH_SFDP_FOUR_BYTE_DWORDS;
	table.n_words = table.dwords;
	add_table(sfdp, &table);
}

static void
add_map(const struct flash *chip, const struct flash_sfdp_layout *layout, uint8_t *sfdp)
{
	uint32_t words[FLASH_SFDP_MAP_DWORDS];
	struct table table = {.id = 0x81, .id_high = 0xff, .offset = layout->map, .words = words};

	if (layout->map == 0)
		return;
	table.n_words = table.dwords = flash_sfdp_sector_map(chip, layout, words);
	/* A longer one than the layout has room for comes behind the next table. */
	if (layout->map < layout->four_byte && layout->map + table.dwords * 4 > layout->four_byte)
		table.offset = layout->four_byte + FLASH_SFDP_FOUR_BYTE_DWORDS * 4;
	add_table(sfdp, &table);
}

static void
add_vendor(const struct flash *chip, const struct flash_sfdp_layout *layout, uint8_t *sfdp)
{
	const struct flash_sfdp_vendor *vendor = &layout->vendor;
	uint32_t words[FLASH_SFDP_VENDOR_DWORDS];
	struct table table = {.id = vendor->id ? vendor->id : chip->part->id[0],
		.id_high = vendor->id_high ? vendor->id_high : 0xff,
		.minor = vendor->minor,
		.offset = vendor->offset,
		.dwords = vendor->dwords,
		.words = words};

	table.n_words = flash_sfdp_vendor_table(chip, layout, words);
	add_table(sfdp, &table);
}

/* The basic table, with a header; or with those of its earlier revisions before it. */
static void
put_basic(const struct flash *chip, const struct flash_sfdp_layout *layout, uint8_t *sfdp)
{
	uint32_t basic[FLASH_SFDP_BASIC_DWORDS];
	struct table table = {.id_high = 0xff, .offset = layout->basic, .words = basic};

	flash_sfdp_basic_table(chip, layout, basic);
	if (layout->all_revisions) {
		table.dwords = 9;
		add_table(sfdp, &table);
		table.dwords = 16;
		table.minor = 5;
		add_table(sfdp, &table);
	}
	table.n_words = table.dwords = layout->dwords;
	table.minor = layout->basic_minor;
	add_table(sfdp, &table);
}

void
flash_sfdp_compose(const struct flash *chip, const struct flash_sfdp_layout *layout, uint8_t *sfdp)
{
	const struct flash_sfdp_constant *constant = layout->constant;
	/* the first table makes the count 0 */
	uint8_t header[] = {'S', 'F', 'D', 'P', layout->minor, 0x01, 0xff, 0xff};

	memset(sfdp, 0xff, flash_sfdp_layout_length(layout));
	memcpy(sfdp, header, sizeof(header));
	put_basic(chip, layout, sfdp);
	if (!layout->four_byte_last && !layout->map_always)
		add_four_byte(chip, layout, sfdp);
	add_map(chip, layout, sfdp);
	if (!layout->four_byte_last && layout->map_always)
		add_four_byte(chip, layout, sfdp);
	/* These tables exist since revision B. */
	if (sfdp[6] > 0 && sfdp[4] < 6)
		sfdp[4] = sfdp[9] = 6;
	add_vendor(chip, layout, sfdp);
	if (constant)
		add_table(sfdp,
			&(struct table){constant->id, 0xff, 0, constant->offset, constant->dwords,
				constant->table, constant->dwords});
	if (layout->four_byte_last)
		add_four_byte(chip, layout, sfdp);
}

uint32_t
flash_sfdp_tables_length(const struct flash_part *part)
{
	return part->sfdp == FLASH_SFDP_FILE
		? part->sfdp_length
		: flash_sfdp_layout_length(flash_sfdp_layout_of(part->sfdp_layout));
}

uint32_t
flash_sfdp_length(const struct flash_part *part)
{
	return part->sfdp_wrap ? part->sfdp_wrap : (flash_sfdp_tables_length(part) + 0xff) & ~0xffu;
}

/* Replaces the density in the first basic table that a real SFDP has. */
static void
change_density(uint8_t *sfdp, uint32_t length, uint64_t size)
{
	uint32_t density = flash_sfdp_density(size);

	for (uint32_t at = 8; at + 8 <= length && at / 8 <= sfdp[6] + 1u; at += 8) {
		const uint8_t *header = sfdp + at;
		uint32_t table = header[4] | header[5] << 8 | (uint32_t)header[6] << 16;

		if (header[0] == 0x00 && header[7] == 0xff && table + 8 <= length) {
			put_at(sfdp, table + 4, &density, 1);
			return;
		}
	}
}

/* Composed anew each time: the erases in force may have changed. */
static void
rdsfdp_start(struct flash *chip)
{
	const struct flash_part *part = chip->part;
	uint32_t length = flash_sfdp_length(part);

	chip->frame.cursor = chip->frame.address;
	if (!chip->sfdp)
		chip->sfdp = g_malloc(length);
	memset(chip->sfdp, 0xff, length);
	if (part->sfdp != FLASH_SFDP_FILE)
		flash_sfdp_compose(chip, flash_sfdp_layout_of(part->sfdp_layout), chip->sfdp);
	else
		memcpy(chip->sfdp, part->sfdp_data, part->sfdp_length);
	if (part->sfdp == FLASH_SFDP_FILE && part->sfdp_size)
		change_density(chip->sfdp, length, part->sfdp_size);
	for (unsigned int i = 0; i < part->n_sfdp_bytes; i++)
		chip->sfdp[part->sfdp_bytes[i].offset % length] = part->sfdp_bytes[i].value;
}

static void
rdsfdp_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint32_t length = flash_sfdp_length(chip->part);
	bool wraps = chip->part->sfdp_wrap > 0;
	uint64_t cursor = chip->frame.cursor;

	for (size_t i = 0; i < n; i++, cursor++) {
		uint64_t address = wraps ? cursor % length : cursor & ADDRESS_MASK;

		out[i] = address < length ? chip->sfdp[address] : 0xff;
	}
	chip->frame.cursor = cursor;
}

static void
destroy(struct flash *chip)
{
	g_free(chip->sfdp);
}

static const struct flash_command commands[] = {
	{"RDSFDP", 0x5a, .address_bytes = 3, .dummy_clocks = 8, .data_max = DATA_ANY,
		.start = rdsfdp_start, .out = rdsfdp_out},
	{0},
};

const struct flash_family flash_sfdp_family = {
	.commands = commands,
	.destroy = destroy,
};
