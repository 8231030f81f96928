/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SFDP, read by 5A: composed from the part's own data, so that the two agree. Follows JESD216B
 * (revision 1.6 layout of the header, 6.2 and 6.3; basic flash parameter table of 16 dwords, 6.4),
 * announced as revision 1.5 as on Winbond's parts, or as 1.6 if there are further tables. 256 bytes
 * that wrap (W25Q128JV rev. M, 8.2.28):
 *
 *   00 header   20 sector map   80 basic table   C0 4-byte address instructions
 *
 * A part may have a file instead, which is sent unchanged and wraps likewise. A part can replace
 * single bytes of either. Left out: vendor tables, 4-4-4 modes.
 */
#include "flash/commands/sfdp.h"

#include "flash/commands/families.h"
#include "flash/engine/device.h"
#include "flash/engine/dummy.h"
#include "flash/engine/family.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

enum {
	MAP = 0x20,
	TABLE = 0x80,
	FOUR_BYTE_TABLE = 0xc0,
	DWORDS = 16
};

static void
put_at(uint8_t *sfdp, unsigned int offset, const uint32_t *dwords, unsigned int n)
{
	for (unsigned int i = 0; i < n * 4; i++)
		sfdp[offset + i] = dwords[i / 4] >> 8 * (i % 4);
}

static void
put_dword(uint8_t *sfdp, unsigned int number, uint32_t value)
{
	put_at(sfdp, TABLE + (number - 1) * 4, &value, 1);
}

/* A fast read: opcode, wait states and mode clocks. Of M7-0 only M7-4 count as mode on two lanes,
 * as in the tables of Winbond's chips. */
static uint32_t
fast_read(const struct flash *chip, uint8_t opcode, const char *name, unsigned int mode_clocks)
{
	if (!flash_sfdp_has(chip, opcode, name))
		return 0;
	return (uint32_t)opcode << 8 | mode_clocks << 5 |
		(flash_dummy_clocks_delivered(chip, opcode) - mode_clocks);
}

static unsigned int
log2_of(uint64_t n)
{
	unsigned int bits = 0;

	while (n >>= 1)
		bits++;
	return bits;
}

/* Units of a coded time; the field is n_bits of count minus 1, and above it the unit. */
struct scale {
	unsigned int n_bits;
	unsigned int n_units;
	int64_t units_ns[4];
};

static int64_t
decode(const struct scale *scale, uint32_t code)
{
	return ((code & ((1u << scale->n_bits) - 1)) + 1) * scale->units_ns[code >> scale->n_bits];
}

/* The code of the shortest time that is not below ns, or the longest code. */
static uint32_t
time_code(const struct scale *scale, int64_t ns)
{
	uint32_t best = (scale->n_units << scale->n_bits) - 1;

	for (unsigned int unit = 0; unit < scale->n_units; unit++) {
		int64_t count = (ns + scale->units_ns[unit] - 1) / scale->units_ns[unit];
		uint32_t code = unit << scale->n_bits | (uint32_t)MAX(count - 1, 0);

		if (count <= 1 << scale->n_bits && decode(scale, code) <= decode(scale, best))
			best = code;
	}
	return best;
}

/* Maximum = 2 * (multiplier + 1) * typical, the typical time being what the table says (dwords 10
 * and 11). */
static uint32_t
multiplier(int64_t typ_ns, int64_t max_ns)
{
	int64_t twice = 2 * MAX(typ_ns, 1);

	return (uint32_t)CLAMP((max_ns + twice - 1) / twice - 1, 0, 15);
}

static const int64_t ms = 1000000;

/* Dwords 8 to 10: the erase types, smallest first. All share one multiplier. */
static void
put_erases(const struct flash *chip, uint8_t *sfdp)
{
	const struct scale scale = {5, 4, {ms, 16 * ms, 128 * ms, 1000 * ms}};
	struct flash_sfdp_type types[FLASH_SFDP_TYPES];
	unsigned int n = flash_sfdp_types(chip, types);
	uint32_t fields[FLASH_SFDP_TYPES] = {0};
	uint32_t times = 0;
	uint32_t most = 0;

	for (unsigned int i = 0; i < n; i++) {
		const struct flash_erase *erase = types[i].erase;
		uint32_t code = time_code(&scale, erase->time.typ_ns);

		fields[i] = (uint32_t)erase->opcode << 8 | log2_of(types[i].size);
		times |= code << (4 + 7 * i);
		most = MAX(most, multiplier(decode(&scale, code), erase->time.max_ns));
	}
	put_dword(sfdp, 8, fields[1] << 16 | fields[0]);
	put_dword(sfdp, 9, fields[3] << 16 | fields[2]);
	put_dword(sfdp, 10, times | most);
}

/* The chip erase, or an erase of 4 KiB blocks everywhere; NULL: none. */
static const struct flash_erase *
find_erase(const struct flash *chip, uint32_t size)
{
	for (unsigned int i = 0; i < chip->part->n_erases; i++) {
		const struct flash_erase *erase = &chip->part->erases[i];

		if (erase->size == size && !erase->n_regions && !erase->four_byte &&
			chip->commands[erase->opcode] == &chip->erase_rows[i])
			return erase;
	}
	return NULL;
}

/* A command that changes the address mode, with its bits in dword 16. */
struct mode_way {
	uint8_t opcode;
	const char *name;
	uint32_t bits;
};

static const struct mode_way mode_ways[] = {
	{0xb7, "EN4B", 1u << 24},
	{0xb7, "EN4B_WREN", 1u << 25},
	{0xc5, "WREAR", 1u << 26 | 1u << 16},
	{0x17, "BRWR", 1u << 27 | 1u << 17},
	{0xb1, "WRNVCR", 1u << 28 | 1u << 18},
	{0x13, "READ4", 1u << 29},
	{0xe9, "EX4B", 1u << 14},
	{0xe9, "EX4B_UPPER", 1u << 14},
	{0xe9, "EX4B_WREN", 1u << 15},
};

/* Bits 31:24 and 23:14 of dword 16; 0: the part has only 3-byte addresses. */
static uint32_t
address_ways(const struct flash *chip)
{
	uint32_t ways = 0;

	for (unsigned int i = 0; i < G_N_ELEMENTS(mode_ways); i++) {
		if (flash_sfdp_has(chip, mode_ways[i].opcode, mode_ways[i].name))
			ways |= mode_ways[i].bits;
	}
	/* The methods by registers only apply to parts of more than 16 MiB. */
	if (chip->part->size <= UINT64_C(1) << 24)
		ways &= ~(1u << 26 | 1u << 28 | 1u << 16 | 1u << 18);
	if (chip->part->address_bytes == 4)
		ways |= 1u << 30;
	else if (ways)
		ways |= 1u << 21 | (uint32_t)(flash_sfdp_has(chip, 0x99, "RST") != NULL) << 20;
	return ways;
}

/* Dword 1, bits 18:17. */
static uint32_t
address_bytes(const struct flash *chip)
{
	uint32_t ways = address_ways(chip);

	if (!ways)
		return 0;
	return chip->part->address_bytes == 4 && !(ways & 3u << 14) ? 2 : 1;
}

static void
put_density(const struct flash *chip, uint8_t *sfdp)
{
	const struct flash_erase *sector = find_erase(chip, 4096);
	uint64_t size = chip->part->sfdp_size ? chip->part->sfdp_size : chip->part->size;
	uint64_t bits = size * 8;
	uint32_t dword = 0xff800000;

	/* Fast read modes as present, write enable for status: 06. */
	dword |= 1 << 2;
	dword |= sector ? 1 | sector->opcode << 8 : 3 | 0xff00;
	dword |= 7 << 5;
	dword |= (uint32_t)(flash_sfdp_has(chip, 0x3b, "DREAD") != NULL) << 16;
	dword |= address_bytes(chip) << 17;
	dword |= (uint32_t)(flash_sfdp_has(chip, 0xbb, "2READ") != NULL) << 20;
	dword |= (uint32_t)(flash_sfdp_has(chip, 0xeb, "4READ") != NULL) << 21;
	dword |= (uint32_t)(flash_sfdp_has(chip, 0x6b, "QREAD") != NULL) << 22;
	put_dword(sfdp, 1, dword);
	/* Up to 2 Gbit the number of bits less one, above their logarithm. */
	put_dword(sfdp, 2,
		bits <= UINT64_C(1) << 31 ? (uint32_t)(bits - 1) : 0x80000000 | log2_of(bits));
}

/* Dword 11: chip erase, byte and page program times, page size. */
static void
put_program(const struct flash *chip, uint8_t *sfdp)
{
	const struct scale whole_scale = {5, 4, {16 * ms, 256 * ms, 4000 * ms, 64000 * ms}};
	const struct scale byte_scale = {4, 2, {1000, 8000}};
	const struct scale page_scale = {5, 2, {8000, 64000}};
	const struct flash_part *part = chip->part;
	const struct flash_erase *whole = find_erase(chip, 0);
	struct flash_time page = part->timing[FLASH_T_PP];
	uint32_t page_code = time_code(&page_scale, page.typ_ns);
	uint32_t dword = 0x80000000;

	if (whole)
		dword |= time_code(&whole_scale, whole->time.typ_ns) << 24;
	dword |= time_code(&byte_scale, part->timing[FLASH_T_BP2].typ_ns) << 19;
	dword |= time_code(&byte_scale, part->timing[FLASH_T_BP1].typ_ns) << 14;
	dword |= page_code << 8;
	dword |= log2_of(part->page_size) << 4;
	dword |= multiplier(decode(&page_scale, page_code), page.max_ns);
	put_dword(sfdp, 11, dword);
}

/* Of dwords 12 and 14. */
static const struct scale short_times = {5, 4, {128, 1000, 8000, 64000}};

/* Dwords 12 and 13: what a suspend allows, its latency, its opcodes. */
static void
put_suspend(const struct flash *chip, uint8_t *sfdp)
{
	uint32_t latency = time_code(&short_times, chip->part->timing[FLASH_T_SUS].max_ns);

	uint32_t suspend = flash_sfdp_has(chip, 0x75, "SUSPEND") ? 0x75 : 0xb0;
	uint32_t resume = flash_sfdp_has(chip, 0x7a, "RESUME") ? 0x7a : 0x30;

	if (!flash_sfdp_has(chip, suspend, "SUSPEND") || !flash_sfdp_has(chip, resume, "RESUME")) {
		put_dword(sfdp, 12, 0x80000000);
		return;
	}
	/* Prohibited in erase suspend: E, in program suspend: 9 (6.4.15), as on Winbond parts.
	 * Resume to suspend: 0, the shortest interval there is. */
	put_dword(sfdp, 12, latency << 24 | latency << 13 | 1 << 8 | 0xe9 | 1 << 3);
	put_dword(sfdp, 13, suspend << 24 | resume << 16 | suspend << 8 | resume);
}

/* Dwords 14 to 16: power-down, quad enable, resets, status register write. */
static void
put_modes(const struct flash *chip, uint8_t *sfdp)
{
	uint32_t release = time_code(&short_times, chip->part->timing[FLASH_T_RES1].max_ns);
	struct flash_bit_position qe = chip->bit[FLASH_BIT_QE];
	uint32_t quad = 0;
	uint32_t ways = address_ways(chip);
	/* reserved bits are 1, as is all of the exit field, which has no meaning */
	uint32_t dword16 = ways ? 0x80c000e0 | ways : 0x80f800e0;

	/* busy is polled by 05, bit 0 */
	if (flash_sfdp_has(chip, 0xb9, "DP") && chip->commands[0xab])
		put_dword(sfdp, 14, 0xb9u << 23 | 0xabu << 15 | release << 8 | 0xf3 | 1 << 2);
	else
		put_dword(sfdp, 14, 0x800000f7);
	/* 1: SR2 bit 1 and a one-byte 01 clears it, 4: the same but kept, 2: SR1 bit 6 */
	if (qe.mask == 0x40 && qe.reg == 0)
		quad = 2;
	else if (qe.mask == 0x02)
		quad = chip->part->wrsr_short_clears ? 1 : 4;
	put_dword(sfdp, 15, 0xff000000 | quad << 20);
	/* 66 99 resets, or F0; non-volatile by 06, volatile by 50 where there is one */
	if (flash_sfdp_has(chip, 0x99, "RST"))
		dword16 |= 1 << 12;
	if (flash_sfdp_has(chip, 0xf0, "RST_F0"))
		dword16 |= 1 << 11;
	dword16 |= flash_sfdp_has(chip, 0x50, "VWREN") ? 1 << 3 | 1 : 1;
	put_dword(sfdp, 16, dword16);
}

static void
put_basic_table(const struct flash *chip, uint8_t *sfdp)
{
	memset(sfdp + TABLE, 0, DWORDS * 4);
	put_density(chip, sfdp);
	put_dword(sfdp, 3,
		fast_read(chip, 0x6b, "QREAD", 0) << 16 | fast_read(chip, 0xeb, "4READ", 2));
	put_dword(sfdp, 4,
		fast_read(chip, 0xbb, "2READ", 2) << 16 | fast_read(chip, 0x3b, "DREAD", 0));
	put_dword(sfdp, 5, 0xffffffee);
	put_dword(sfdp, 6, 0x0000ffff);
	put_dword(sfdp, 7, 0x0000ffff);
	put_erases(chip, sfdp);
	put_program(chip, sfdp);
	put_suspend(chip, sfdp);
	put_modes(chip, sfdp);
}

/* Adds a table and its header. */
static void
add_table(uint8_t *sfdp, uint8_t id, unsigned int offset, const uint32_t *dwords, unsigned int n)
{
	unsigned int number;

	if (n == 0)
		return;
	number = ++sfdp[6]; /* number of headers minus 1 */
	memcpy(sfdp + 8 + number * 8,
		(uint8_t[]){id, 0x00, 0x01, (uint8_t)n, (uint8_t)offset, 0x00, 0x00, 0xff}, 8);
	put_at(sfdp, offset, dwords, n);
}

static void
compose(struct flash *chip)
{
	static const uint8_t header[] = {'S', 'F', 'D', 'P', 0x05, 0x01, 0x00, 0xff, 0x00, 0x05,
		0x01, DWORDS, TABLE, 0x00, 0x00, 0xff};
	uint32_t four_byte[FLASH_SFDP_FOUR_BYTE_DWORDS];
	uint32_t map[FLASH_SFDP_MAP_DWORDS];
	uint8_t *sfdp = chip->sfdp;

	memset(sfdp, 0xff, FLASH_SFDP_GENERATED_LENGTH);
	memcpy(sfdp, header, sizeof(header));
	put_basic_table(chip, sfdp);
	add_table(sfdp, 0x84, FOUR_BYTE_TABLE, four_byte,
		flash_sfdp_four_byte_table(chip, four_byte));
	add_table(sfdp, 0x81, MAP, map, flash_sfdp_sector_map(chip, map));
	if (sfdp[6] > 0)
		sfdp[4] = sfdp[9] = 0x06;
}

uint32_t
flash_sfdp_length(const struct flash_part *part)
{
	return part->sfdp == FLASH_SFDP_FILE ? part->sfdp_length : FLASH_SFDP_GENERATED_LENGTH;
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
	if (part->sfdp == FLASH_SFDP_FILE)
		memcpy(chip->sfdp, part->sfdp_data, length);
	else
		compose(chip);
	for (unsigned int i = 0; i < part->n_sfdp_bytes; i++)
		chip->sfdp[part->sfdp_bytes[i].offset % length] = part->sfdp_bytes[i].value;
}

static void
rdsfdp_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint32_t length = flash_sfdp_length(chip->part);
	uint64_t cursor = chip->frame.cursor;

	for (size_t i = 0; i < n; i++, cursor++)
		out[i] = chip->sfdp[cursor % length];
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
