/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Status registers: reads 05/35/15 (and the Macronix reads 15 and 2B), writes 01 with one to three
 * bytes, 31 and 11, the write enables 06, 04 and 50. Follows W25Q128JV rev. M, 7.1 and 8.2.1-8.2.5.
 *
 * A write after 06 changes the non-volatile bits and takes tW; after 50 it changes only the values
 * in force, at once, and no OTP bits. The data sheet does not define how long 50 lasts: here until
 * the next write or reset (unconfirmed). With SRL set, even by a volatile write, the registers stay
 * locked through a reset and until power is cycled, which clears SRL (7.1.1, SRP/SRL table; 8.2.5
 * could also mean that a reset clears a volatile SRL).
 *
 * SST's 50 is another command: it allows the next frame to write the registers, with their bits as
 * volatile as defined, and nothing else (SST25VF-B; the older SST25VF and SST25LF do not accept 06
 * in its place). AT25DF081A reads its two registers in turn with 05. From memory, unconfirmed.
 *
 * Spansion: FREEZE prevents changes of the protection bits until power is cycled; with BPNV set the
 * BP bits are volatile and all 1 after power-up; 30 clears the failure flags and ends the busy
 * state after a failure (S25FL128S; from memory, unconfirmed).
 *
 * Left out: the AA 55 prefix that makes the lock of a W25Q128JV permanent.
 */
#include "flash/commands/statusregister.h"

#include "flash/commands/aai.h"
#include "flash/commands/dataflash.h"
#include "flash/commands/families.h"
#include "flash/commands/lock.h"
#include "flash/commands/protect.h"
#include "flash/commands/sector.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/life.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

static void
rdsr_out(struct flash *chip, uint8_t *out, size_t n)
{
	memset(out, chip->status[chip->frame.command->argument], n);
}

/* All registers of the part in turn, repeated. */
static void
rdsr_all_out(struct flash *chip, uint8_t *out, size_t n)
{
	unsigned int registers = flash_register_count(chip->part);

	for (size_t i = 0; i < n; i++)
		out[i] = chip->status[(chip->frame.position + i) % registers];
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

static void
ewsr_finish(struct flash *chip)
{
	chip->status_write_enabled = true;
}

static void
clsr_finish(struct flash *chip)
{
	flash_bit_set(chip, FLASH_BIT_P_FAIL, false);
	flash_bit_set(chip, FLASH_BIT_E_FAIL, false);
	flash_bit_set(chip, FLASH_BIT_EPFAIL, false);
	if (chip->operation.kind != &flash_failed_kind)
		return;
	chip->operation.kind = NULL;
	flash_bit_set(chip, FLASH_BIT_BUSY, false);
	flash_bit_set(chip, FLASH_BIT_WEL, false);
}

/* The registers would be locked if the WP# pin had its function. */
static bool
locked_by_pin(const struct flash *chip)
{
	return !chip->pin_level[FLASH_PIN_WP] &&
		(flash_bit(chip, FLASH_BIT_SRP) || flash_bit(chip, FLASH_BIT_SPRL));
}

/* SRP/SRL table, 7.1.4. With QE set the WP# pin is IO2 and locks nothing; two users' reports say
 * that it does on a W25Q64JV, see wp-with-qe in spinor-chipdb(5). */
bool
flash_status_is_locked(const struct flash *chip)
{
	if (flash_bit(chip, FLASH_BIT_SRL))
		return true;
	return locked_by_pin(chip) && (!flash_bit(chip, FLASH_BIT_QE) || chip->part->wp_with_qe);
}

void
flash_refuse(struct flash *chip, enum flash_outcome outcome)
{
	chip->frame.outcome = outcome;
	if (!chip->part->wel_kept_on_reject)
		flash_bit_set(chip, FLASH_BIT_WEL, false);
}

void
flash_status_report(struct flash *chip)
{
	unsigned int locked;

	flash_bit_set(chip, FLASH_BIT_WPP, chip->pin_level[FLASH_PIN_WP]);
	flash_bit_set(chip, FLASH_BIT_WPLD, chip->locks->frozen);
	if (chip->bit[FLASH_BIT_SWP0].mask) {
		locked = flash_locks_locked(chip);
		flash_bit_set(chip, FLASH_BIT_SWP0, locked > 0);
		flash_bit_set(chip, FLASH_BIT_SWP1, locked > 0 && locked == chip->locks->count);
	}
	if (chip->bit[FLASH_BIT_BPNV].mask)
		flash_bit_set(chip, FLASH_BIT_BPNV, !flash_locks_fixed(chip));
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

/* The bits that FREEZE protects. */
static uint8_t
frozen_mask(const struct flash *chip, unsigned int reg)
{
	static const enum flash_bit bits[] = {FLASH_BIT_BP0, FLASH_BIT_BP1, FLASH_BIT_BP2,
		FLASH_BIT_BP3, FLASH_BIT_BP4, FLASH_BIT_TB, FLASH_BIT_BPNV_O, FLASH_BIT_FREEZE};
	uint8_t mask = 0;

	if (!flash_bit(chip, FLASH_BIT_FREEZE))
		return 0;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (chip->bit[bits[i]].reg == reg)
			mask |= chip->bit[bits[i]].mask;
	}
	return mask;
}

/* The value of reg after a write of new over old. */
static uint8_t
merge(const struct flash *chip, unsigned int reg, uint8_t old, uint8_t new, bool is_volatile)
{
	uint8_t writable = flash_writable_mask(chip->part, reg) & ~frozen_mask(chip, reg);
	uint8_t otp = flash_otp_mask(chip->part, reg);

	if (is_volatile)
		writable &= ~otp;
	return (old & ~writable) | (new &writable) | (old & otp);
}

static void
apply(struct flash *chip, unsigned int reg, bool is_volatile)
{
	uint8_t new = chip->status_new[reg];
	uint8_t in_force = merge(chip, reg, chip->status[reg], new, is_volatile);

	if (!is_volatile)
		chip->stored_status[reg] =
			merge(chip, reg, chip->stored_status[reg], new, is_volatile);
	chip->status[reg] = in_force;
}

static void
write_complete(struct flash *chip, const struct flash_operation *operation)
{
	unsigned int end = operation->address + operation->length;

	if (operation->address == 0)
		flash_sectors_status_written(chip, chip->status_new[0]);
	for (unsigned int reg = operation->address; reg < end; reg++)
		apply(chip, reg, false);
	flash_status_report(chip);
	flash_protect_update(chip);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

/* Registers are cells as well: erased, then programmed. After an interruption they have the old
 * value, are erased (all ones, so that everything is protected) or have the new value. One-time
 * bits are never erased, so only a write that sets them can change them. */
static void
write_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	unsigned int left = flash_random(chip) % 3;
	uint32_t end = operation->address + operation->length;

	for (uint32_t reg = operation->address; reg < end; reg++) {
		uint8_t erasable =
			flash_writable_mask(chip->part, reg) & ~flash_otp_mask(chip->part, reg);

		if (left == 1)
			chip->stored_status[reg] |= erasable;
		else if (left == 2)
			apply(chip, reg, false);
	}
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind write_kind = {
	.purpose = FLASH_FOR_STATUS_WRITE,
	.complete = write_complete,
	.interrupt = write_interrupt,
};

static void
wrsr_finish(struct flash *chip)
{
	unsigned int first = chip->frame.command->argument;
	unsigned int n = chip->frame.position;

	if (first == 0 && n > chip->part->wrsr_bytes) {
		chip->frame.outcome = FLASH_LONG_FRAME;
		return;
	}
	if (flash_status_is_locked(chip)) {
		flash_refuse(chip, FLASH_STATUS_PROTECTED);
		return;
	}
	if (locked_by_pin(chip))
		chip->frame.note = "WP# is low but has no effect: QE=1";
	if (first == 0 && n == 1 && chip->part->wrsr_short_refused) {
		chip->frame.outcome = FLASH_SHORT_FRAME;
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
	flash_operation_begin(chip, &write_kind, first, n, flash_duration(chip, FLASH_T_W));
}

uint8_t
flash_status_register(const struct flash *chip, unsigned int reg)
{
	return chip->dataflash ? flash_dataflash_status(chip, reg) : chip->status[reg];
}

void
flash_status_preset(struct flash *chip, unsigned int reg, uint8_t value)
{
	uint8_t mask = flash_writable_mask(chip->part, reg);

	chip->stored_status[reg] = (chip->stored_status[reg] & ~mask) | (value & mask);
	chip->status[reg] = (chip->status[reg] & ~mask) | (value & mask);
	flash_status_report(chip);
	flash_protect_update(chip);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

/* Bits that a reset does not restore, although they are volatile. */
static uint8_t
reset_keeps(const struct flash *chip, unsigned int reg)
{
	struct flash_bit_position freeze = chip->bit[FLASH_BIT_FREEZE];
	struct flash_bit_position sprl = chip->bit[FLASH_BIT_SPRL];

	return (freeze.reg == reg ? freeze.mask : 0) | (sprl.reg == reg ? sprl.mask : 0);
}

/* Volatile bits return to their delivered state. */
static void
restore_volatile(struct flash *chip, bool lost_power)
{
	for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++) {
		uint8_t mask = flash_volatile_mask(chip->part, reg) &
			~(lost_power ? 0 : reset_keeps(chip, reg));

		chip->stored_status[reg] = (chip->stored_status[reg] & ~mask) |
			(chip->part->status_default[reg] & mask);
	}
}

/* With BPNV set the BP bits are volatile as well, and 1 after power-up. */
static void
restore_bp(struct flash *chip)
{
	if (!flash_bit(chip, FLASH_BIT_BPNV_O))
		return;
	for (enum flash_bit bit = FLASH_BIT_BP0; bit <= FLASH_BIT_BP4; bit++)
		flash_bit_set(chip, bit, true);
}

/* FREEZE and the bits that it protects survive a reset. */
static void
keep_locked(struct flash *chip, const uint8_t *before)
{
	struct flash_bit_position freeze = chip->bit[FLASH_BIT_FREEZE];

	if (!(before[freeze.reg] & freeze.mask))
		return;
	flash_bit_set(chip, FLASH_BIT_FREEZE, true);
	for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++) {
		uint8_t mask = frozen_mask(chip, reg);

		chip->status[reg] = (chip->status[reg] & ~mask) | (before[reg] & mask);
	}
}

static void
reset(struct flash *chip, bool lost_power)
{
	struct flash_bit_position srl = chip->bit[FLASH_BIT_SRL];
	struct flash_bit_position srp = chip->bit[FLASH_BIT_SRP];
	bool locked = chip->stored_status[srl.reg] & srl.mask;
	bool permanent = chip->part->srl_srp_permanent && chip->stored_status[srp.reg] & srp.mask;
	bool stays_locked = !lost_power && flash_bit(chip, FLASH_BIT_SRL);
	uint8_t before[FLASH_REGISTERS];

	memcpy(before, chip->status, sizeof(before));

	if (lost_power && locked && !permanent) {
		chip->stored_status[srl.reg] &= ~srl.mask;
		flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
	}
	restore_volatile(chip, lost_power);
	memcpy(chip->status, chip->stored_status, sizeof(chip->status));
	restore_bp(chip);
	if (!lost_power)
		keep_locked(chip, before);
	if (stays_locked)
		flash_bit_set(chip, FLASH_BIT_SRL, true);
	flash_bit_set(chip, FLASH_BIT_BUSY, false);
	flash_bit_set(chip, FLASH_BIT_WEL, false);
	flash_bit_set(chip, FLASH_BIT_SUS, false);
	flash_status_report(chip);
	flash_protect_update(chip);
}

static void
create(struct flash *chip)
{
	flash_keep(chip, "status", chip->stored_status, FLASH_STATUS_REGISTERS);
}

static void
adapt_rows(struct flash *chip)
{
	chip->failures_stay = flash_has_command(chip->part, "CLSR");
}

#define RDSR                                                                           \
	.gates = GATE_WHILE_BUSY | GATE_IN_AAI, .data_max = DATA_ANY, .out = rdsr_out, \
	.purpose = FLASH_FOR_STATUS_READ
#define NOT_SUSPENDED GATE_NOT_IN_ERASE_SUSPEND | GATE_NOT_IN_PROGRAM_SUSPEND
#define WRSR                                                                      \
	.data_min = 1, .start = wrsr_start, .in = wrsr_in, .finish = wrsr_finish, \
	.purpose = FLASH_FOR_STATUS_WRITE

static const struct flash_command commands[] = {
	{"WREN", 0x06, .gates = GATE_INHIBIT, .finish = wren_finish},
	{"WRDI", 0x04, .gates = GATE_IN_AAI, .finish = wrdi_finish},
	{"VWREN", 0x50, .gates = GATE_INHIBIT, .finish = vwren_finish},
	{"EWSR", 0x50, .gates = GATE_INHIBIT, .finish = ewsr_finish},
	{"CLSR", 0x30, .gates = GATE_WHILE_BUSY, .finish = clsr_finish},
	{"RDSR1", 0x05, RDSR, .argument = 0},
	{"RDSR_ALL", 0x05, .gates = GATE_WHILE_BUSY, .data_max = DATA_ANY, .out = rdsr_all_out,
		.purpose = FLASH_FOR_STATUS_READ},
	{"RDSR2", 0x35, RDSR, .argument = 1},
	{"RDSR3", 0x15, RDSR, .argument = 2},
	{"RDCR", 0x15, RDSR, .argument = 1},
	{"RDSECUR", 0x2b, RDSR, .argument = 2},
	{"WRSR", 0x01, WRSR, .gates = GATE_STATUS_WRITE | NOT_SUSPENDED, .data_max = 3},
	{"WRSR_EWSR", 0x01, WRSR, .gates = GATE_EWSR | NOT_SUSPENDED, .data_max = 3},
	{"WRSR2", 0x31, WRSR, .gates = GATE_STATUS_WRITE | NOT_SUSPENDED, .argument = 1,
		.data_max = 1},
	{"WRSR3", 0x11, WRSR, .gates = GATE_STATUS_WRITE | NOT_SUSPENDED, .argument = 2,
		.data_max = 1},
	{0},
};

const struct flash_family flash_status_family = {
	.commands = commands,
	.create = create,
	.adapt_rows = adapt_rows,
	.reset = reset,
	.pins_changed = flash_status_report,
};
