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

/* A fast read: opcode, wait states and mode clocks (8.2.8-8.2.11: BB has 4 mode clocks, EB 2). */
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

/* Count (minus 1) and unit that come nearest to the time from above; n_bits of count. */
static uint32_t
time_code(int64_t ns, const int64_t *units_ns, unsigned int n_units, unsigned int n_bits)
{
	for (unsigned int unit = 0; unit < n_units; unit++) {
		int64_t count = (ns + units_ns[unit] - 1) / units_ns[unit];

		if (count <= 1 << n_bits)
			return (uint32_t)unit << n_bits | (uint32_t)MAX(count - 1, 0);
	}
	return ((n_units - 1) << n_bits) | ((1u << n_bits) - 1);
}

/* Maximum = 2 * (multiplier + 1) * typical (dwords 10 and 11). */
static uint32_t
multiplier(struct flash_time time)
{
	int64_t twice = 2 * MAX(time.typ_ns, 1);

	return (uint32_t)CLAMP((time.max_ns + twice - 1) / twice - 1, 0, 15);
}

static const int64_t ms = 1000000;

/* Dwords 8 to 10: the erase types, smallest first. */
static void
put_erases(const struct flash *chip, uint8_t *sfdp)
{
	const int64_t units[] = {ms, 16 * ms, 128 * ms, 1000 * ms};
	uint32_t types[4] = {0};
	uint32_t times = 0;
	unsigned int n = 0;

	for (uint64_t size = 256; size < chip->part->size && n < 4; size *= 2) {
		for (unsigned int i = 0; i < chip->part->n_erases; i++) {
			const struct flash_erase *erase = &chip->part->erases[i];

			if (erase->size != size)
				continue;
			if (n == 0)
				times = multiplier(erase->time);
			types[n] = (uint32_t)erase->opcode << 8 | log2_of(size);
			times |= time_code(erase->time.typ_ns, units, 4, 5) << (4 + 7 * n);
			n++;
			break;
		}
	}
	put_dword(sfdp, 8, types[1] << 16 | types[0]);
	put_dword(sfdp, 9, types[3] << 16 | types[2]);
	put_dword(sfdp, 10, times);
}

static const struct flash_erase *
find_erase(const struct flash *chip, uint32_t size)
{
	for (unsigned int i = 0; i < chip->part->n_erases; i++) {
		if (chip->part->erases[i].size == size)
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
	const int64_t chip_units[] = {16 * ms, 256 * ms, 4000 * ms, 64000 * ms};
	const int64_t byte_units[] = {1000, 8000};
	const int64_t page_units[] = {8000, 64000};
	const struct flash_part *part = chip->part;
	const struct flash_erase *whole = find_erase(chip, 0);
	uint32_t dword = 0x80000000;

	if (whole)
		dword |= time_code(whole->time.typ_ns, chip_units, 4, 5) << 24;
	dword |= time_code(part->timing[FLASH_T_BP2].typ_ns, byte_units, 2, 4) << 19;
	dword |= time_code(part->timing[FLASH_T_BP1].typ_ns, byte_units, 2, 4) << 14;
	dword |= time_code(part->timing[FLASH_T_PP].typ_ns, page_units, 2, 5) << 8;
	dword |= log2_of(part->page_size) << 4;
	dword |= multiplier(part->timing[FLASH_T_PP]);
	put_dword(sfdp, 11, dword);
}

/* Dwords 12 and 13: what a suspend allows, its latency, its opcodes. */
static void
put_suspend(const struct flash *chip, uint8_t *sfdp)
{
	const int64_t units[] = {128, 1000, 8000, 64000};
	uint32_t latency = time_code(chip->part->timing[FLASH_T_SUS].max_ns, units, 4, 5);

	if (!has(chip, 0x75, "SUSPEND")) {
		put_dword(sfdp, 12, 0x80000000);
		return;
	}
	/* Prohibited in program suspend: E, in erase suspend: 9 (6.4.15), as on Winbond parts. */
	put_dword(sfdp, 12, latency << 24 | latency << 13 | 1 << 8 | 0xe9 | 1 << 3);
	put_dword(sfdp, 13, 0x757a757a);
}

/* Dwords 14 to 16: power-down, quad enable, resets, status register write. */
static void
put_modes(const struct flash *chip, uint8_t *sfdp)
{
	const int64_t units[] = {128, 1000, 8000, 64000};
	uint32_t release = time_code(chip->part->timing[FLASH_T_RES1].max_ns, units, 4, 5);
	struct flash_bit_place qe = chip->bit[FLASH_BIT_QE];
	uint32_t quad = 0;
	uint32_t dword16 = 0;

	if (has(chip, 0xb9, "DP"))
		put_dword(sfdp, 14, 0xb9u << 23 | 0xabu << 15 | release << 8 | 1 << 2);
	else
		put_dword(sfdp, 14, 0x80000000);
	/* 1: SR2 bit 1 and a one-byte 01 clears it, 4: the same but kept, 2: SR1 bit 6 */
	if (qe.mask && qe.reg == 0)
		quad = 2;
	else if (qe.mask)
		quad = chip->part->wrsr_short_clears ? 1 : 4;
	put_dword(sfdp, 15, quad << 20);
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
		fast_read(chip, 0xbb, "2READ", 4) << 16 | fast_read(chip, 0x3b, "DREAD", 0));
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
