/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks with a byte per sector, in addition to the BP bits: a sector is protected if either
 * protects it.
 *
 * Spansion's advanced sector protection: a volatile bit (DYB: E0 reads, E1 writes) and a
 * non-volatile one (PPB: E2 reads, E3 programs, E4 erases all of them) per sector. 00 is protected,
 * FF is not, and no sector is protected as delivered. The PPB lock (A6 sets it, A7 reads it: 01
 * open, 00 locked) prevents changes of the PPBs until power is cycled. A chip erase skips protected
 * sectors (Infineon's answer on S25FL128S bulk erase in its community). Follows S25FL128S/S25FL256S
 * 001-98283, 8.4; the commands from memory.
 *
 * Macronix has the same under the names DPB and SPB, where FF is protected; it is in force while
 * WPSEL is set, all DPBs are locked after power-up, and then WP# low protects everything
 * (MX25L12835F PM1795 rev. 1.0, 9-31 and 9-35).
 *
 * Micron's lock registers: E8 reads, E5 writes; bit 0 locks the sector, bit 1 prevents changes of
 * this register until power is cycled or a reset (N25Q256A rev. W, table 4; M25PX32, 6.9). MT25Q
 * calls them volatile lock bits, open after power-up; its non-volatile ones have the commands and
 * values of Spansion's PPBs (MT25QL256A rev. K, table 15). All registers of an N25Q256A are active
 * after power-up according to that table of rev. W, but not according to other revisions.
 *
 * Unconfirmed: E3 takes as long as a page program, E4 as long as the first erase of the part; E1
 * and E5 take no time; a command that a lock refuses treats WEL as protection does.
 *
 * Passwords, and the register that selects one of the two protection modes: password.c.
 */
#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
#include "flash/commands/lock.h"
#include "flash/commands/statusregister.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/fields.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

enum {
	/* Arguments: the value that means protected. */
	ZERO_IS_PROTECTED = 0,
	FF_IS_PROTECTED = 1,

	VLB_LOCK = 1 << 0,
	VLB_DOWN = 1 << 1,
	PPB_OPEN = 1 << 0,
};

static void
answer(struct flash *chip, const uint8_t *bits, uint8_t *out, size_t n)
{
	bool protects = chip->locks->count && flash_lock_get(bits, flash_lock_addressed(chip));
	bool inverted = chip->frame.command->argument == ZERO_IS_PROTECTED;

	memset(out, protects != inverted ? 0xff : 0x00, n);
}

static void
rddyb_out(struct flash *chip, uint8_t *out, size_t n)
{
	answer(chip, chip->locks->write, out, n);
}

static void
rdppb_out(struct flash *chip, uint8_t *out, size_t n)
{
	answer(chip, chip->locks->fixed, out, n);
}

/* The one byte of data. */
static void
byte_in(struct flash *chip, const uint8_t *in, size_t n)
{
	chip->frame.cursor = in[n - 1];
}

/* Values other than 00 and FF are undefined: here every value protects except the open one. */
static void
wrdyb_finish(struct flash *chip)
{
	bool zero = chip->frame.command->argument == ZERO_IS_PROTECTED;
	uint8_t open = zero ? 0xff : 0x00;

	if (chip->locks->count)
		flash_lock_set(
			chip->locks->write, flash_lock_addressed(chip), chip->frame.cursor != open);
	flash_bit_set(chip, FLASH_BIT_WEL, false);
}

/* operation: address is the number of the lock, length 1; length 0 erases all of them. */
static void
ppb_complete(struct flash *chip, const struct flash_operation *operation)
{
	if (operation->length)
		flash_lock_set(chip->locks->fixed, operation->address, true);
	else
		flash_lock_set_all(chip, chip->locks->fixed, false);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
ppb_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	double share = flash_share_done(chip, operation);

	if (operation->length && flash_cell_part(chip, share))
		ppb_complete(chip, operation);
	for (unsigned int i = 0; operation->length == 0 && i < chip->locks->count; i++) {
		if (flash_cell_part(chip, share))
			flash_lock_set(chip->locks->fixed, i, false);
	}
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
ppb_begin(struct flash *chip, uint32_t lock, uint32_t length, int64_t duration_ns)
{
	static const struct flash_operation_kind ppb = {
		.purpose = FLASH_FOR_STATUS_WRITE,
		.complete = ppb_complete,
		.interrupt = ppb_interrupt,
	};

	if (chip->locks->frozen || !chip->locks->fixed) {
		flash_refuse(chip, FLASH_PROTECTION_LOCKED);
		return;
	}
	flash_operation_begin(chip, &ppb, lock, length, duration_ns);
}

static void
ppbp_finish(struct flash *chip)
{
	ppb_begin(chip, flash_lock_addressed(chip), 1, flash_duration(chip, FLASH_T_PP));
}

static void
ppbe_finish(struct flash *chip)
{
	const struct flash_part *part = chip->part;

	ppb_begin(chip, 0, 0, part->n_erases ? flash_pick(chip, part->erases[0].time) : 0);
}

static void
plbwr_finish(struct flash *chip)
{
	chip->locks->frozen = true;
	flash_bit_set(chip, FLASH_BIT_WEL, false);
}

static uint8_t
ppb_lock(const struct flash *chip)
{
	return chip->locks->frozen ? 0 : PPB_OPEN;
}

static void
plbrd_out(struct flash *chip, uint8_t *out, size_t n)
{
	memset(out, ppb_lock(chip), n);
}

static void
rdvlb_out(struct flash *chip, uint8_t *out, size_t n)
{
	const struct flash_locks *locks = chip->locks;
	uint8_t value = 0;

	if (locks->count && flash_lock_get(locks->write, flash_lock_addressed(chip)))
		value |= VLB_LOCK;
	if (locks->count && flash_lock_get(locks->down, flash_lock_addressed(chip)))
		value |= VLB_DOWN;
	memset(out, value, n);
}

static void
wrvlb_finish(struct flash *chip)
{
	struct flash_locks *locks = chip->locks;
	unsigned int i = locks->count ? flash_lock_addressed(chip) : 0;

	if (!locks->count || flash_lock_get(locks->down, i)) {
		flash_refuse(chip, FLASH_PROTECTION_LOCKED);
		return;
	}
	flash_lock_set(locks->write, i, chip->frame.cursor & VLB_LOCK);
	flash_lock_set(locks->down, i, chip->frame.cursor & VLB_DOWN);
	flash_bit_set(chip, FLASH_BIT_WEL, false);
}

static void
registers(const struct flash *chip, struct flash_registers *list)
{
	if (flash_command_named(chip, "PLBRD"))
		flash_registers_add(list, "PLB", "- - - - - - - PPBLK", ppb_lock(chip), false);
}

#define READ .data_max = DATA_ANY
#define WRITE .gates = GATE_WEL, .data_min = 1, .data_max = 1, .in = byte_in

static const struct flash_command commands[] = {
	{"RDDYB", 0xe0, 4, READ, .argument = ZERO_IS_PROTECTED, .out = rddyb_out},
	{"WRDYB", 0xe1, 4, WRITE, .argument = ZERO_IS_PROTECTED, .finish = wrdyb_finish},
	{"RDPPB", 0xe2, 4, READ, .argument = ZERO_IS_PROTECTED, .out = rdppb_out},
	{"PPBP", 0xe3, 4, .gates = GATE_WEL, .finish = ppbp_finish},
	{"PPBE", 0xe4, .gates = GATE_WEL, .finish = ppbe_finish},
	{"PLBRD", 0xa7, READ, .out = plbrd_out},
	{"PLBWR", 0xa6, .gates = GATE_WEL, .finish = plbwr_finish},
	{"RDDPB", 0xe0, 4, READ, .argument = FF_IS_PROTECTED, .out = rddyb_out},
	{"WRDPB", 0xe1, 4, WRITE, .argument = FF_IS_PROTECTED, .finish = wrdyb_finish},
	{"RDSPB", 0xe2, 4, READ, .argument = FF_IS_PROTECTED, .out = rdppb_out},
	{"WRSPB", 0xe3, 4, .gates = GATE_WEL, .finish = ppbp_finish},
	{"ESSPB", 0xe4, .gates = GATE_WEL, .finish = ppbe_finish},
	{"RDVLB", 0xe8, ADDRESS, READ, .out = rdvlb_out},
	{"WRVLB", 0xe5, ADDRESS, WRITE, .finish = wrvlb_finish},
	{0},
};

const struct flash_family flash_asp_family = {
	.commands = commands,
	.registers = registers,
};
