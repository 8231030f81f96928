/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses of chips beyond 16 MiB, and of those below 64 KiB. A row takes a fixed number of
 * address bytes, or as many as the mode says: 3 (or the part's own number) after power-up, 4 after
 * B7 until E9, reset or power loss. ADP in a status register makes 4 the number after power-up, ADS
 * shows the mode (W25Q256JV).
 *
 * In 3-byte mode the extended address register is the fourth byte (C5 writes, C8 reads it), and a
 * read stays in the 16 MiB that it names (N25Q256A; unconfirmed for other vendors). Spansion calls
 * it bank register, 17 and 16, and its bit 7 is the address mode (S25FL256S). Reset and power loss
 * clear it.
 *
 * Micron's B7 and E9 need WEL and clear it, and so does C5 everywhere (N25Q256A). From data sheets
 * as remembered, unconfirmed.
 */
#include "flash/chip.h"

#include <glib.h>
#include <string.h>

enum {
	BANK_EXTADD = 0x80
};

static void
set_mode(struct flash *chip, bool four_byte)
{
	chip->address_bytes = four_byte ? 4 : chip->part->address_bytes;
	flash_bit_set(chip, FLASH_BIT_ADS, four_byte);
}

void
flash_address_reset(struct flash *chip)
{
	chip->extended_address = 0;
	set_mode(chip, flash_bit(chip, FLASH_BIT_ADP));
}

void
flash_address_extend(struct flash *chip)
{
	if (chip->frame.address_bytes == 3 && chip->frame.command->address_bytes == ADDRESS)
		chip->frame.address |= (uint32_t)(chip->extended_address & ~BANK_EXTADD) << 24;
}

uint64_t
flash_array_address(const struct flash *chip)
{
	return chip->frame.address & (chip->part->size - 1);
}

uint64_t
flash_address_window(const struct flash *chip)
{
	return MIN(chip->part->size, UINT64_C(1) << 8 * chip->frame.address_bytes);
}

static void
mode_finish(struct flash *chip)
{
	set_mode(chip, chip->frame.command->argument);
	if (chip->frame.command->gates & GATE_WEL)
		flash_bit_set(chip, FLASH_BIT_WEL, false);
}

/* The last byte wins. */
static void
extended_in(struct flash *chip, const uint8_t *in, size_t n)
{
	chip->frame.cursor = in[n - 1];
}

static void
wrear_finish(struct flash *chip)
{
	chip->extended_address = chip->frame.cursor & ~(uint64_t)BANK_EXTADD;
	flash_bit_set(chip, FLASH_BIT_WEL, false);
}

static void
brwr_finish(struct flash *chip)
{
	chip->extended_address = (uint8_t)chip->frame.cursor;
	set_mode(chip, chip->extended_address & BANK_EXTADD);
	if (chip->frame.command->gates & GATE_WEL)
		flash_bit_set(chip, FLASH_BIT_WEL, false);
}

static void
extended_out(struct flash *chip, uint8_t *out, size_t n)
{
	memset(out, chip->extended_address, n);
}

const struct flash_command flash_address_commands[] = {
	{"EN4B", 0xb7, .argument = 1, .finish = mode_finish},
	{"EX4B", 0xe9, .argument = 0, .finish = mode_finish},
	{"EN4B_WREN", 0xb7, .argument = 1, .gates = GATE_WEL, .finish = mode_finish},
	{"EX4B_WREN", 0xe9, .argument = 0, .gates = GATE_WEL, .finish = mode_finish},
	{"WREAR", 0xc5, .gates = GATE_WEL, .data_min = 1, .data_max = 1, .in = extended_in,
		.finish = wrear_finish},
	{"RDEAR", 0xc8, .data_max = DATA_ANY, .out = extended_out},
	{"BRWR", 0x17, .data_min = 1, .data_max = 1, .in = extended_in, .finish = brwr_finish},
	{"BRRD", 0x16, .data_max = DATA_ANY, .out = extended_out},
	{0},
};
