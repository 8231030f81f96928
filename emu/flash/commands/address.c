/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses of chips larger than 16 MiB or smaller than 64 KiB. A row takes a fixed number of
 * address bytes, or the number of the current mode: the part's own number after power-up, 4 from B7
 * until E9, reset or power loss. ADP in a status register makes it 4 after power-up, ADS shows the
 * mode (W25Q256JV, status register 3; GD25Q256D). A configuration register has one bit for both:
 * its value in force is the mode, its stored value applies at power-up (S25FS512S, CR2).
 *
 * In 3-byte mode the extended address register is the fourth byte (C5 writes, C8 reads it). It
 * applies to the start address of a command; a read continues beyond these 16 MiB up to the end of
 * the array, and does not change the register (MT25QL256, extended address register; MX25L25645G
 * likewise; unconfirmed for others). Programs and erases are too small to cross the boundary. Bits
 * beyond the array read 0. Spansion calls it bank register, with opcodes 17 and 16 and without WEL;
 * its bit 7 is the address mode (S25FL256S). Reset and power loss clear it.
 *
 * C5 needs WEL and clears it, as do Micron's older B7 and E9 (N25Q256A; that they clear it is
 * unconfirmed). When a W25Q256FV leaves 4-byte mode the register is 01, according to drivers for
 * it.
 */
#include "flash/commands/address.h"

#include "flash/commands/families.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/fields.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

enum {
	BANK_EXTADD = 0x80,
	/* arguments of mode rows */
	THREE_BYTE = 0,
	FOUR_BYTE = 1,
	THREE_BYTE_UPPER = 2,
};

void
flash_address_set_mode(struct flash *chip, bool four_byte)
{
	struct flash_bit_position adp = chip->bit[FLASH_BIT_ADP];
	unsigned int own = chip->part->address_bytes;

	chip->address_bytes = four_byte ? 4 : own == 4 ? 3 : own;
	flash_bit_set(chip, FLASH_BIT_ADS, four_byte);
	if (adp.reg >= FLASH_STATUS_REGISTERS)
		flash_bit_set(chip, FLASH_BIT_ADP, four_byte);
}

static void
reset(struct flash *chip, bool lost_power)
{
	(void)lost_power;
	chip->extended_address = 0;
	flash_address_set_mode(
		chip, chip->part->address_bytes == 4 || flash_bit(chip, FLASH_BIT_ADP));
}

static void
mode_finish(struct flash *chip)
{
	unsigned int mode = chip->frame.command->argument;

	flash_address_set_mode(chip, mode == FOUR_BYTE);
	if (mode == THREE_BYTE_UPPER)
		chip->extended_address = 1;
	if (chip->frame.command->gates & GATE_WEL)
		flash_bit_set(chip, FLASH_BIT_WEL, false);
}

static void
extended_in(struct flash *chip, const uint8_t *in, size_t n)
{
	chip->frame.cursor = in[n - 1];
}

/* The bits of the register that select a part of the array. */
static uint8_t
extended_mask(const struct flash *chip)
{
	return (uint8_t)((chip->part->size - 1) >> 24);
}

static void
wrear_finish(struct flash *chip)
{
	chip->extended_address = chip->frame.cursor & extended_mask(chip);
	flash_bit_set(chip, FLASH_BIT_WEL, false);
}

static void
brwr_finish(struct flash *chip)
{
	chip->extended_address = chip->frame.cursor & (extended_mask(chip) | BANK_EXTADD);
	flash_address_set_mode(chip, chip->extended_address & BANK_EXTADD);
}

static void
extended_out(struct flash *chip, uint8_t *out, size_t n)
{
	memset(out, chip->extended_address, n);
}

static void
registers(const struct flash *chip, struct flash_registers *list)
{
	if (flash_command_named(chip, "RDEAR"))
		flash_registers_add(list, "EAR", "A31 A30 A29 A28 A27 A26 A25 A24",
			chip->extended_address, true);
	if (flash_command_named(chip, "BRRD"))
		flash_registers_add(
			list, "BAR", "EXTADD - - - - A26 A25 A24", chip->extended_address, true);
}

static const struct flash_command commands[] = {
	{"EN4B", 0xb7, .argument = FOUR_BYTE, .finish = mode_finish},
	{"EX4B", 0xe9, .argument = THREE_BYTE, .finish = mode_finish},
	{"EX4B_UPPER", 0xe9, .argument = THREE_BYTE_UPPER, .finish = mode_finish},
	{"EN4B_WREN", 0xb7, .argument = FOUR_BYTE, .gates = GATE_WEL, .finish = mode_finish},
	{"EX4B_WREN", 0xe9, .argument = THREE_BYTE, .gates = GATE_WEL, .finish = mode_finish},
	{"WREAR", 0xc5, .gates = GATE_WEL, .data_min = 1, .data_max = 1, .in = extended_in,
		.finish = wrear_finish},
	{"RDEAR", 0xc8, .data_max = DATA_ANY, .out = extended_out},
	{"BRWR", 0x17, .data_min = 1, .data_max = 1, .in = extended_in, .finish = brwr_finish},
	{"BRRD", 0x16, .data_max = DATA_ANY, .out = extended_out},
	{0},
};

const struct flash_family flash_address_family = {
	.commands = commands,
	.reset = reset,
	.registers = registers,
};
