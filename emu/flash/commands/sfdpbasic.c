/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The basic flash parameter table of SFDP, composed from the part's own data, so that the two
 * agree. Follows JESD216B, 6.4 (16 dwords); dwords 17 to 23 of JESD216C and D say that there are no
 * octal modes. Forms in which vendors differ come from the layout (sfdplayout.c).
 *
 * Left out: 0-4-4 modes and DTR.
 */
#include "flash/commands/sfdp.h"
#include "flash/commands/sfdplayout.h"
#include "flash/engine/device.h"
#include "flash/engine/dummy.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

static void
put_dword(uint32_t *table, unsigned int number, uint32_t value)
{
	table[number - 1] = value;
}

/* Two fields of 16 bits; of those that are 0 the layout says how. */
static uint32_t
pair(const struct flash_sfdp_layout *layout, uint32_t low, uint32_t high)
{
	return (high ? high : layout->none) << 16 | (low ? low : layout->none);
}

/* A fast read: opcode, wait states and mode clocks; 0: none. Of M7-0 on two lanes only M7-4 count
 * as mode in the tables of some vendors. */
static uint32_t
fast_read(const struct flash *chip, uint8_t opcode, const char *name, unsigned int mode_clocks)
{
	unsigned int clocks;

	if (!flash_sfdp_has(chip, opcode, name))
		return 0;
	clocks = flash_dummy_clocks_delivered(chip, opcode);
	mode_clocks = MIN(mode_clocks, clocks);
	return (uint32_t)opcode << 8 | mode_clocks << 5 | (clocks - mode_clocks);
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

uint32_t
flash_sfdp_density(uint64_t size)
{
	uint64_t bits = size * 8;

	return bits <= UINT64_C(1) << 31 ? (uint32_t)(bits - 1) : 0x80000000 | log2_of(bits);
}

/* Dwords 8 to 10: the erase types. All share one multiplier. */
static void
put_erases(const struct flash *chip, const struct flash_sfdp_layout *layout, uint32_t *table)
{
	const struct scale scale = {5, 4, {ms, 16 * ms, 128 * ms, 1000 * ms}};
	struct flash_sfdp_type types[FLASH_SFDP_TYPES];
	unsigned int n = flash_sfdp_types(chip, layout, types);
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
	put_dword(table, 8, pair(layout, fields[0], fields[1]));
	put_dword(table, 9, pair(layout, fields[2], fields[3]));
	put_dword(table, 10, times | most);
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
put_density(const struct flash *chip, uint32_t *table)
{
	const struct flash_erase *sector = find_erase(chip, 4096);
	uint64_t size = chip->part->sfdp_size ? chip->part->sfdp_size : chip->part->size;
	uint32_t dword = 0xff800000;

	/* Fast read modes as present, write enable for status: 06. */
	dword |= 1 << 2;
	dword |= sector ? 1 | sector->opcode << 8 : 3 | 0xff00;
	dword |= 7 << 5;
	/* block protection that is volatile and set with 06 */
	if (flash_command_named(chip, "WBPR"))
		dword |= 3 << 3;
	dword |= (uint32_t)(flash_sfdp_has(chip, 0x3b, "DREAD") != NULL) << 16;
	dword |= address_bytes(chip) << 17;
	dword |= (uint32_t)(flash_sfdp_has(chip, 0xbb, "2READ") != NULL) << 20;
	dword |= (uint32_t)(flash_sfdp_has(chip, 0xeb, "4READ") != NULL) << 21;
	dword |= (uint32_t)(flash_sfdp_has(chip, 0x6b, "QREAD") != NULL) << 22;
	put_dword(table, 1, dword);
	put_dword(table, 2, flash_sfdp_density(size));
}

/* Micron's dual and quad protocols, in its enhanced volatile configuration register. */
static bool
has_protocols(const struct flash *chip)
{
	return flash_sfdp_has(chip, 0x61, "WREVCR") != NULL;
}

/* The command that enters QPI; NULL: the part has none. */
static const struct flash_command *
quad_entry(const struct flash *chip)
{
	const struct flash_command *entry = flash_command_named(chip, "EQIO_QE");

	return entry ? entry : flash_command_named(chip, "EQIO");
}

/* Dwords 3 to 7: fast reads. */
static void
put_reads(const struct flash *chip, const struct flash_sfdp_layout *layout, uint32_t *table)
{
	const struct flash_sfdp_modes *modes = &layout->modes;
	bool two = has_protocols(chip);
	bool four = two || quad_entry(chip);
	uint32_t dual = fast_read(chip, 0xbb, "2READ", modes->dual);
	uint32_t quad = (uint32_t)modes->qpi_opcode << 8 | modes->qpi;

	put_dword(table, 3,
		pair(layout, fast_read(chip, 0xeb, "4READ", modes->quad),
			fast_read(chip, 0x6b, "QREAD", 0)));
	put_dword(table, 4, pair(layout, fast_read(chip, 0x3b, "DREAD", 0), dual));
	put_dword(table, 5, 0xffffffee | (uint32_t)four << 4 | two);
	put_dword(table, 6, pair(layout, 0xffff, two ? dual : 0));
	put_dword(table, 7, pair(layout, 0xffff, four ? quad : 0));
}

/* Dword 11: chip erase, byte and page program times, page size. */
static void
put_program(const struct flash *chip, uint32_t *table)
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
	put_dword(table, 11, dword);
}

/* Of dwords 12 and 14. */
static const struct scale short_times = {5, 4, {128, 1000, 8000, 64000}};

/* Dwords 12 and 13: what a suspend allows, its latency, its opcodes. */
static void
put_suspend(const struct flash *chip, const struct flash_sfdp_layout *layout, uint32_t *table)
{
	uint32_t latency = time_code(&short_times, chip->part->timing[FLASH_T_SUS].max_ns);

	bool b0 = flash_sfdp_has(chip, 0xb0, "SUSPEND") && flash_sfdp_has(chip, 0x30, "RESUME");
	bool other = flash_sfdp_has(chip, 0x75, "SUSPEND") && !layout->suspend_by_b0;
	uint32_t suspend = b0 && !other ? 0xb0 : 0x75;
	uint32_t resume = b0 && !other ? 0x30 : 0x7a;

	if (!flash_sfdp_has(chip, suspend, "SUSPEND") || !flash_sfdp_has(chip, resume, "RESUME")) {
		put_dword(table, 12, 0x80000000);
		return;
	}
	/* Prohibited in erase suspend: E, in program suspend: 9 (6.4.15), as on Winbond parts.
	 * Resume to suspend: 0, the shortest interval there is. */
	put_dword(table, 12, latency << 24 | latency << 13 | 1 << 8 | 0xe9 | 1 << 3);
	put_dword(table, 13, suspend << 24 | resume << 16 | suspend << 8 | resume);
}

/* Bits 8:0 of dword 15: how 4-4-4 is entered and left. */
static uint32_t
quad_ways(const struct flash *chip)
{
	const struct flash_command *entry = quad_entry(chip);
	uint32_t ways = 0;

	if (has_protocols(chip))
		ways |= 1 << 8;
	if (entry && chip->commands[0x38] == entry)
		ways |= strcmp(entry->name, "EQIO_QE") == 0 ? 1 << 4 : 1 << 5;
	if (entry && chip->commands[0x35] == entry)
		ways |= 1 << 6;
	if (ways == 0)
		return 0;
	if (flash_sfdp_has(chip, 0xff, "RSTQIO"))
		ways |= 1 << 0;
	if (flash_sfdp_has(chip, 0xf5, "RSTQIO"))
		ways |= 1 << 1;
	if (flash_sfdp_has(chip, 0x99, "RST"))
		ways |= 1 << 3;
	return ways;
}

/* The quad enable requirement: 1 is bit 1 of SR2 which a one-byte 01 clears, 4 the same but kept, 6
 * the same, written by 31; 2 is bit 6 of SR1, 3 bit 7 of SR2. */
static uint32_t
quad_enable(const struct flash *chip)
{
	struct flash_bit_position qe = chip->bit[FLASH_BIT_QE];

	if (qe.mask == 0x40 && qe.reg == 0)
		return 2;
	if (qe.mask == 0x80 && qe.reg == 1)
		return 3;
	if (qe.mask != 0x02)
		return 0;
	if (chip->part->wrsr_bytes == 1 && flash_sfdp_has(chip, 0x31, "WRSR2"))
		return 6;
	return chip->part->wrsr_short_clears ? 1 : 4;
}

/* Dwords 14 to 16: power-down, quad modes, resets, status register write. */
static void
put_modes(const struct flash *chip, const struct flash_sfdp_layout *layout, uint32_t *table)
{
	uint32_t release = time_code(&short_times, chip->part->timing[FLASH_T_RES1].max_ns);
	uint32_t ways = address_ways(chip);
	/* reserved bits are 1, as is all of the exit field, which has no meaning */
	uint32_t dword16 = ways ? 0x80c000e0 | ways : 0x80f800e0;

	if (layout->mode_only)
		dword16 &= ~(1u << 29);
	/* busy is polled by 05, bit 0; or by 70, bit 7 */
	if (flash_sfdp_has(chip, 0xb9, "DP") && chip->commands[0xab])
		put_dword(table, 14, 0xb9u << 23 | 0xabu << 15 | release << 8 | 0xf3 | 1 << 2);
	else
		put_dword(table, 14, 0x800000f7);
	if (flash_sfdp_has(chip, 0x70, "RDFSR"))
		table[13] = (table[13] & ~(1u << 2)) | 1 << 3;
	put_dword(table, 15, 0xff000000 | quad_enable(chip) << 20 | quad_ways(chip));
	/* 66 99 resets, or F0; non-volatile by 06, volatile by 50 where there is one */
	if (flash_sfdp_has(chip, 0x99, "RST"))
		dword16 |= 1 << 12;
	if (flash_sfdp_has(chip, 0xf0, "RST_F0"))
		dword16 |= 1 << 11;
	dword16 |= flash_sfdp_has(chip, 0x50, "VWREN") ? 1 << 3 | 1 : 1;
	put_dword(table, 16, dword16);
}

void
flash_sfdp_basic_table(const struct flash *chip, const struct flash_sfdp_layout *layout,
	uint32_t table[FLASH_SFDP_BASIC_DWORDS])
{
	memset(table, 0, FLASH_SFDP_BASIC_DWORDS * sizeof(table[0]));
	put_density(chip, table);
	put_reads(chip, layout, table);
	put_erases(chip, layout, table);
	put_program(chip, table);
	put_suspend(chip, layout, table);
	put_modes(chip, layout, table);
}
