/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Status registers: reads 05/35/15 (and the Macronix reads 15 and 2B), writes 01 with one or two
 * bytes, 31 and 11, the write enables 06, 04 and 50. Follows W25Q128JV rev. M, 7.1 and 8.2.1-8.2.5.
 *
 * A write after 06 goes to the non-volatile bits and takes tW; after 50 it changes only what is in
 * force, at once, and leaves OTP bits alone. The data sheet does not say how long 50 lasts: here
 * until the next write or reset (unconfirmed). With SRL set, even by a volatile write, the
 * registers stay locked through a reset and until power is cycled, which clears SRL (7.1.1, SRP/SRL
 * table; 8.2.5 could also be read so that a reset clears a volatile SRL).
 *
 * Left out: the AA 55 prefix that makes the lock of a W25Q128JV permanent.
 */
#include "flash/chip.h"

#include <string.h>

static void
rdsr_out(struct flash *chip, uint8_t *out, size_t n)
{
	memset(out, chip->status[chip->frame.command->argument], n);
}

static void
wren_finish(struct flash *chip)
{
	flash_bit_set(chip, FLASH_BIT_WEL, true);
}

static void
wrdi_finish(struct flash *chip)
{
	flash_aai_end(chip);
	flash_bit_set(chip, FLASH_BIT_WEL, false);
}

static void
vwren_finish(struct flash *chip)
{
	chip->volatile_write_enabled = true;
}

/* SRP/SRL table, 7.1.4. With QE set the WP# pin is IO2 and locks nothing. */
static bool
is_locked(const struct flash *chip)
{
	if (flash_bit(chip, FLASH_BIT_SRL))
		return true;
	return flash_bit(chip, FLASH_BIT_SRP) && !flash_bit(chip, FLASH_BIT_QE) &&
		!chip->pin_level[FLASH_PIN_WP];
}

static void
wrsr_start(struct flash *chip)
{
	memcpy(chip->status_new, chip->status, sizeof(chip->status_new));
	chip->frame.cursor = chip->frame.command->argument;
}

static void
wrsr_in(struct flash *chip, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t reg = chip->frame.cursor++;

		if (reg < FLASH_STATUS_REGISTERS)
			chip->status_new[reg] = in[i];
	}
}

/* What reg becomes when new is written over old. */
static uint8_t
merge(const struct flash_part *part, unsigned int reg, uint8_t old, uint8_t new, bool is_volatile)
{
	uint8_t writable = flash_writable_mask(part, reg);
	uint8_t otp = flash_otp_mask(part, reg);

	if (is_volatile)
		writable &= ~otp;
	return (old & ~writable) | (new &writable) | (old & otp);
}

static void
apply(struct flash *chip, unsigned int reg, bool is_volatile)
{
	const struct flash_part *part = chip->part;
	uint8_t new = chip->status_new[reg];

	chip->status[reg] = merge(part, reg, chip->status[reg], new, is_volatile);
	if (!is_volatile)
		chip->stored_status[reg] =
			merge(part, reg, chip->stored_status[reg], new, is_volatile);
}

static void
wrsr_finish(struct flash *chip)
{
	unsigned int first = chip->frame.command->argument;
	unsigned int n = chip->frame.position;

	if (first == 0 && n > chip->part->wrsr_bytes) {
		chip->frame.outcome = FLASH_LONG_FRAME;
		return;
	}
	if (is_locked(chip)) {
		chip->frame.outcome = FLASH_STATUS_PROTECTED;
		if (!chip->part->wel_kept_on_reject)
			flash_bit_set(chip, FLASH_BIT_WEL, false);
		return;
	}
	/* Older generations clear register 2 on a one-byte write (W25Q80DV, 01h). */
	if (first == 0 && n == 1 && chip->part->wrsr_short_clears) {
		chip->status_new[1] = 0;
		n = 2;
	}
	if (chip->volatile_write_enabled) {
		chip->volatile_write_enabled = false;
		for (unsigned int reg = first; reg < first + n; reg++)
			apply(chip, reg, true);
		flash_protect_update(chip);
		return;
	}
	flash_operation_begin(chip, OPERATION_STATUS, first, n, flash_duration(chip, FLASH_T_W));
}

void
flash_status_complete(struct flash *chip)
{
	unsigned int end = chip->operation.address + chip->operation.length;

	for (unsigned int reg = chip->operation.address; reg < end; reg++)
		apply(chip, reg, false);
	flash_protect_update(chip);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

/* Volatile bits forget: they come up as delivered. */
static void
restore_volatile(struct flash *chip)
{
	for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++) {
		uint8_t mask = flash_volatile_mask(chip->part, reg);

		chip->stored_status[reg] = (chip->stored_status[reg] & ~mask) |
			(chip->part->status_default[reg] & mask);
	}
}

void
flash_status_power_up(struct flash *chip, bool lost_power)
{
	struct flash_bit_place srl = chip->bit[FLASH_BIT_SRL];
	struct flash_bit_place srp = chip->bit[FLASH_BIT_SRP];
	bool locked = chip->stored_status[srl.reg] & srl.mask;
	bool permanent = chip->part->srl_srp_permanent && chip->stored_status[srp.reg] & srp.mask;
	bool stays_locked = !lost_power && flash_bit(chip, FLASH_BIT_SRL);

	if (lost_power && locked && !permanent) {
		chip->stored_status[srl.reg] &= ~srl.mask;
		flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
	}
	if (lost_power)
		restore_volatile(chip);
	memcpy(chip->status, chip->stored_status, sizeof(chip->status));
	if (stays_locked)
		flash_bit_set(chip, FLASH_BIT_SRL, true);
	flash_bit_set(chip, FLASH_BIT_BUSY, false);
	flash_bit_set(chip, FLASH_BIT_WEL, false);
	flash_bit_set(chip, FLASH_BIT_SUS, false);
	flash_protect_update(chip);
}

#define RDSR                                                                           \
	.gates = GATE_WHILE_BUSY | GATE_IN_AAI, .data_max = DATA_ANY, .out = rdsr_out, \
	.purpose = FLASH_FOR_STATUS_READ
#define WRSR                                                                                  \
	.gates = GATE_STATUS_WRITE | GATE_NOT_IN_ERASE_SUSPEND | GATE_NOT_IN_PROGRAM_SUSPEND, \
	.data_min = 1, .start = wrsr_start, .in = wrsr_in, .finish = wrsr_finish,             \
	.purpose = FLASH_FOR_STATUS_WRITE

const struct flash_command flash_status_commands[] = {
	{"WREN", 0x06, .finish = wren_finish},
	{"WRDI", 0x04, .gates = GATE_IN_AAI, .finish = wrdi_finish},
	{"VWREN", 0x50, .finish = vwren_finish},
	{"RDSR1", 0x05, RDSR, .argument = 0},
	{"RDSR2", 0x35, RDSR, .argument = 1},
	{"RDSR3", 0x15, RDSR, .argument = 2},
	{"RDCR", 0x15, RDSR, .argument = 1},
	{"RDSECUR", 0x2b, RDSR, .argument = 2},
	{"WRSR", 0x01, WRSR, .argument = 0, .data_max = 3},
	{"WRSR2", 0x31, WRSR, .argument = 1, .data_max = 1},
	{"WRSR3", 0x11, WRSR, .argument = 2, .data_max = 1},
	{0},
};
