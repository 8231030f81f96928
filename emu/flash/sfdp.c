/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SFDP, read by 5A: composed from the part's own data, so that it can't disagree with it. Follows
 * JESD216B (revision 1.6 layout of the header, 6.2 and 6.3; basic flash parameter table of 16
 * dwords, 6.4), announced as revision 1.5 like Winbond's parts do. Header at 00, table at 80, 256
 * bytes that wrap (W25Q128JV rev. M, 8.2.28).
 *
 * Left out: 4-byte addressing (dword 16 says none), vendor tables, 4-4-4 modes.
 */
#include "flash/chip.h"

#include <glib.h>
#include <string.h>

enum {
	SFDP_SIZE = 256,
	TABLE = 0x80,
	DWORDS = 16
};

static void
put_dword(uint8_t *sfdp, unsigned int number, uint32_t value)
{
	uint8_t *at = sfdp + TABLE + (number - 1) * 4;

	for (unsigned int i = 0; i < 4; i++)
		at[i] = value >> 8 * i;
}

/* The command that the part has under that mnemonic, by its opcode; NULL when it has none. */
static const struct flash_command *
has(const struct flash *chip, uint8_t opcode, const char *name)
{
	const struct flash_command *command = chip->commands[opcode];

	return command && strcmp(command->name, name) == 0 ? command : NULL;
}

/* A fast read: opcode, wait states and mode clocks. Of M7-0 only M7-4 count as mode on two lanes,
 * as in the tables of Winbond's chips. */
static uint32_t
fast_read(const struct flash *chip, uint8_t opcode, const char *name, unsigned int mode_clocks)
{
	const struct flash_command *command = has(chip, opcode, name);

	if (!command)
		return 0;
	return (uint32_t)opcode << 8 | mode_clocks << 5 | (command->dummy_clocks - mode_clocks);
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

/* The code that comes nearest to the time from above, or the longest there is. */
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

/* Dwords 8 to 10: the erase types, smallest first. One multiplier has to do for all of them. */
static void
put_erases(const struct flash *chip, uint8_t *sfdp)
{
	const struct scale scale = {5, 4, {ms, 16 * ms, 128 * ms, 1000 * ms}};
	uint32_t types[4] = {0};
	uint32_t times = 0;
	uint32_t most = 0;
	unsigned int n = 0;

	for (uint64_t size = 256; size < chip->part->size && n < 4; size *= 2) {
		for (unsigned int i = 0; i < chip->part->n_erases; i++) {
			const struct flash_erase *erase = &chip->part->erases[i];
			uint32_t code = time_code(&scale, erase->time.typ_ns);

			if (erase->size != size || erase->n_regions || erase->four_byte)
				continue;
			types[n] = (uint32_t)erase->opcode << 8 | log2_of(size);
			times |= code << (4 + 7 * n);
			most = MAX(most, multiplier(decode(&scale, code), erase->time.max_ns));
			n++;
			break;
		}
	}
	put_dword(sfdp, 8, types[1] << 16 | types[0]);
	put_dword(sfdp, 9, types[3] << 16 | types[2]);
	put_dword(sfdp, 10, times | most);
}

static const struct flash_erase *
find_erase(const struct flash *chip, uint32_t size)
{
	for (unsigned int i = 0; i < chip->part->n_erases; i++) {
		if (chip->part->erases[i].size == size && !chip->part->erases[i].n_regions)
			return &chip->part->erases[i];
	}
	return NULL;
}

static void
put_density(const struct flash *chip, uint8_t *sfdp)
{
	const struct flash_erase *sector = find_erase(chip, 4096);
	uint32_t dword = 0xff800000;

	/* 3-byte addresses only, fast read modes as present, write enable for status: 06. */
	dword |= 1 << 2;
	dword |= sector ? 1 | sector->opcode << 8 : 3 | 0xff00;
	dword |= 7 << 5;
	dword |= (uint32_t)(has(chip, 0x3b, "DREAD") != NULL) << 16;
	dword |= (uint32_t)(has(chip, 0xbb, "2READ") != NULL) << 20;
	dword |= (uint32_t)(has(chip, 0xeb, "4READ") != NULL) << 21;
	dword |= (uint32_t)(has(chip, 0x6b, "QREAD") != NULL) << 22;
	put_dword(sfdp, 1, dword);
	put_dword(sfdp, 2, (uint32_t)(chip->part->size * 8 - 1));
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

	if (!has(chip, 0x75, "SUSPEND")) {
		put_dword(sfdp, 12, 0x80000000);
		return;
	}
	/* Prohibited in erase suspend: E, in program suspend: 9 (6.4.15), as on Winbond parts.
	 * Resume to suspend: 0, the shortest interval there is. */
	put_dword(sfdp, 12, latency << 24 | latency << 13 | 1 << 8 | 0xe9 | 1 << 3);
	put_dword(sfdp, 13, 0x757a757a);
}

/* Dwords 14 to 16: power-down, quad enable, resets, status register write. */
static void
put_modes(const struct flash *chip, uint8_t *sfdp)
{
	uint32_t release = time_code(&short_times, chip->part->timing[FLASH_T_RES1].max_ns);
	struct flash_bit_place qe = chip->bit[FLASH_BIT_QE];
	uint32_t quad = 0;
	uint32_t dword16 = 0x80f800e0; /* reserved bits are 1 */

	/* busy is polled by 05, bit 0 */
	if (has(chip, 0xb9, "DP"))
		put_dword(sfdp, 14, 0xb9u << 23 | 0xabu << 15 | release << 8 | 0xf3 | 1 << 2);
	else
		put_dword(sfdp, 14, 0x800000f7);
	/* 1: SR2 bit 1 and a one-byte 01 clears it, 4: the same but kept, 2: SR1 bit 6 */
	if (qe.mask && qe.reg == 0)
		quad = 2;
	else if (qe.mask)
		quad = chip->part->wrsr_short_clears ? 1 : 4;
	put_dword(sfdp, 15, 0xff000000 | quad << 20);
	/* 66 99 resets; non-volatile by 06, volatile by 50 where there is one */
	if (has(chip, 0x99, "RST"))
		dword16 |= 1 << 12;
	dword16 |= has(chip, 0x50, "VWREN") ? 1 << 3 | 1 : 1;
	put_dword(sfdp, 16, dword16);
}

static void
compose(struct flash *chip)
{
	static const uint8_t header[] = {'S', 'F', 'D', 'P', 0x05, 0x01, 0x00, 0xff, 0x00, 0x05,
		0x01, DWORDS, TABLE, 0x00, 0x00, 0xff};
	uint8_t *sfdp = g_malloc(SFDP_SIZE);

	memset(sfdp, 0xff, SFDP_SIZE);
	memcpy(sfdp, header, sizeof(header));
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
	chip->sfdp = sfdp;
}

static void
rdsfdp_start(struct flash *chip)
{
	if (!chip->sfdp)
		compose(chip);
	chip->frame.cursor = chip->frame.address;
}

static void
rdsfdp_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint64_t cursor = chip->frame.cursor;

	for (size_t i = 0; i < n; i++, cursor++)
		out[i] = chip->sfdp[cursor % SFDP_SIZE];
	chip->frame.cursor = cursor;
}

const struct flash_command flash_sfdp_commands[] = {
	{"RDSFDP", 0x5a, .address_bytes = 3, .dummy_clocks = 8, .data_max = DATA_ANY,
		.start = rdsfdp_start, .out = rdsfdp_out},
	{0},
};
