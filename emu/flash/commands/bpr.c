/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block-protection register of the SST26: 72 reads it, 42 writes all of it, 98 clears all write
 * locks, 8D locks it down until power is cycled (WPLD), E8 sets write locks permanently (which
 * clears BPNV in the configuration register). All blocks are write-locked after power-up. Follows
 * the data sheets of SST26VF016B, 032B and 064B (DS20005262, DS20005218, DS20005119) as remembered,
 * unconfirmed.
 *
 * The register is sent with its highest bit first. From bit 0 up, where n = size / 64 KiB - 2:
 *
 *   n          write locks of the 64 KiB blocks, from the lowest address on
 *   1, 1       write lock of the lower, the upper 32 KiB block
 *   4 x 2      write lock and, above it, read lock of the 8 KiB blocks at the bottom
 *   4 x 2      the same at the top
 *
 * A 16 Mbit part has 48 bits, 32 Mbit 80, 64 Mbit 144, and reads 55 55 FF FF ... at first. The
 * register can't be changed while it is locked down, or while WPEN is set, WP# low and the pin no
 * I/O line (IOC = 0); part files call WPEN SRP and IOC QE.
 *
 * Assumptions: 42 and E8 of any other length have no effect; 72 starts over after the last byte; a
 * read-locked block reads 00; E8 takes as long as a page program, and its locks are in force at
 * once.
 */
#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
#include "flash/commands/lock.h"
#include "flash/commands/statusregister.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

enum {
	PARAMETERS = 4, /* 8 KiB blocks at each end */
	ENDS = 2 * (PARAMETERS + 1),
	FIRST_BLOCK = PARAMETERS + 1, /* number of the first 64 KiB lock */
};

static unsigned int
n_blocks(const struct flash *chip)
{
	return chip->locks->count - ENDS;
}

static unsigned int
n_bits(const struct flash *chip)
{
	return n_blocks(chip) + 2 + 2 * 2 * PARAMETERS;
}

static unsigned int
n_bytes(const struct flash *chip)
{
	return chip->locks->count ? (n_bits(chip) + 7) / 8 : 0;
}

/* The register as it is written. */
static size_t
page_bytes(const struct flash *chip)
{
	bool written = flash_command_named(chip, "WBPR") || flash_command_named(chip, "NVWLDR");

	return written ? n_bytes(chip) : 0;
}

/* The lock of a bit of the register; *read: it is a read lock. */
static unsigned int
lock_of(const struct flash *chip, unsigned int bit, bool *read)
{
	unsigned int n = n_blocks(chip);

	*read = false;
	if (bit < n)
		return FIRST_BLOCK + bit;
	if (bit == n)
		return PARAMETERS;
	if (bit == n + 1)
		return FIRST_BLOCK + n;
	bit -= n + 2;
	*read = bit & 1;
	bit /= 2;
	return bit < PARAMETERS ? bit : FIRST_BLOCK + n + 1 + bit - PARAMETERS;
}

static bool
get_bit(const struct flash *chip, unsigned int bit)
{
	const struct flash_locks *locks = chip->locks;
	bool read;
	unsigned int i = lock_of(chip, bit, &read);

	if (read)
		return flash_lock_get(locks->read, i);
	return flash_lock_get(locks->write, i) || flash_lock_get(locks->fixed, i);
}

/* Byte number i of the register as it is sent. */
static uint8_t
get_byte(const struct flash *chip, unsigned int i)
{
	unsigned int lowest = (n_bytes(chip) - 1 - i) * 8;
	uint8_t byte = 0;

	for (unsigned int bit = lowest; bit < lowest + 8 && bit < n_bits(chip); bit++)
		byte |= get_bit(chip, bit) << (bit - lowest);
	return byte;
}

static void
rbpr_out(struct flash *chip, uint8_t *out, size_t n)
{
	unsigned int length = n_bytes(chip);

	for (size_t i = 0; i < n; i++)
		out[i] = length ? get_byte(chip, (chip->frame.position + i) % length) : 0xff;
}

/* The program buffer holds the data, up to the register's length. */
static void
wbpr_in(struct flash *chip, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (chip->frame.position + i < n_bytes(chip))
			chip->page[chip->frame.position + i] = in[i];
	}
}

static bool
sent_bit(const struct flash *chip, unsigned int bit)
{
	return chip->page[n_bytes(chip) - 1 - bit / 8] >> bit % 8 & 1;
}

/* Refuses the command, and returns true, if the register can't be changed. */
static bool
refuse(struct flash *chip)
{
	if (!chip->locks->frozen && !flash_status_is_locked(chip))
		return false;
	flash_refuse(chip, FLASH_PROTECTION_LOCKED);
	return true;
}

static bool
refuse_length(struct flash *chip)
{
	if (chip->frame.position == n_bytes(chip))
		return false;
	chip->frame.outcome =
		chip->frame.position < n_bytes(chip) ? FLASH_SHORT_FRAME : FLASH_LONG_FRAME;
	return true;
}

static void
done(struct flash *chip)
{
	flash_bit_set(chip, FLASH_BIT_WEL, false);
	flash_status_report(chip);
}

static void
wbpr_finish(struct flash *chip)
{
	struct flash_locks *locks = chip->locks;

	if (refuse_length(chip) || refuse(chip))
		return;
	locks->hides = false;
	for (unsigned int bit = 0; bit < n_bits(chip); bit++) {
		bool read;
		bool on = sent_bit(chip, bit);
		unsigned int i = lock_of(chip, bit, &read);

		flash_lock_set(read ? locks->read : locks->write, i, on);
		locks->hides = locks->hides || (read && on);
	}
	done(chip);
}

static void
lbpr_finish(struct flash *chip)
{
	if (refuse(chip))
		return;
	chip->locks->frozen = true;
	done(chip);
}

static void
ulbpr_finish(struct flash *chip)
{
	if (refuse(chip))
		return;
	if (chip->locks->count)
		flash_lock_set_all(chip, chip->locks->write, false);
	done(chip);
}

/* Sets the locks that are set once that share of the operation is done. */
static void
fix_locks(struct flash *chip, double share)
{
	for (unsigned int bit = 0; bit < n_bits(chip); bit++) {
		bool read;
		unsigned int i = lock_of(chip, bit, &read);

		if (!read && sent_bit(chip, bit) && flash_cell_part(chip, share))
			flash_lock_set(chip->locks->fixed, i, true);
	}
	flash_status_report(chip);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
nvwldr_complete(struct flash *chip, const struct flash_operation *operation)
{
	(void)operation;
	fix_locks(chip, 1);
}

static void
nvwldr_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	fix_locks(chip, flash_share_done(chip, operation));
}

static void
nvwldr_finish(struct flash *chip)
{
	static const struct flash_operation_kind nvwldr = {
		.purpose = FLASH_FOR_STATUS_WRITE,
		.complete = nvwldr_complete,
		.interrupt = nvwldr_interrupt,
	};

	if (refuse_length(chip) || refuse(chip))
		return;
	flash_operation_begin(chip, &nvwldr, 0, 0, flash_duration(chip, FLASH_T_PP));
}

/* A suspended program still needs the program buffer. */
#define WRITE                                                                                 \
	.gates = GATE_WEL | GATE_NOT_IN_PROGRAM_SUSPEND, .data_min = 1, .data_max = DATA_ANY, \
	.in = wbpr_in

static const struct flash_command commands[] = {
	{"RBPR", 0x72, .data_max = DATA_ANY, .out = rbpr_out},
	{"WBPR", 0x42, WRITE, .finish = wbpr_finish},
	{"LBPR", 0x8d, .gates = GATE_WEL, .finish = lbpr_finish},
	{"ULBPR", 0x98, .gates = GATE_WEL, .finish = ulbpr_finish},
	{"NVWLDR", 0xe8, WRITE, .finish = nvwldr_finish},
	{0},
};

const struct flash_family flash_bpr_family = {
	.commands = commands,
	.page_bytes = page_bytes,
};
