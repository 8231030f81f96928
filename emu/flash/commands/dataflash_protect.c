/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AT45 DataFlash: sector protection, lockdown, the security register, and the page size. Most of
 * these commands are 3D and three more bytes, and act only if all four are right.
 *
 * A register has a byte per sector; in byte 0 bits 7 and 6 are sector 0a, bits 5 and 4 sector 0b.
 * FF is protected and 00 is not, and these two bits likewise (AT45DB161D 3500O, table 10-3;
 * AT45DB161E 8782D, 7.3). Other values are undefined: here any set bit protects. Protection is in
 * force while 3D 2A 7F A9 or WP# low enables it; while WP# is low it can't be disabled, and its
 * register can't be changed. Lockdown is always in force, and permanent.
 *
 * The register has to be erased to FF before it is programmed; programming overwrites buffer 1 and
 * only clears bits. From the data sheets as remembered, unconfirmed: the 64 user bytes of the
 * security register can be programmed once; 3D 2A 80 A6 is permanent, and takes effect at the next
 * power-up on parts without A7, at once on parts with it.
 *
 * Left out: the registers of the C series, which have other sectors (AT45DB321C 3387B).
 */
#include "flash/cells/cutoff.h"
#include "flash/commands/dataflash.h"
#include "flash/commands/families.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/frame.h"
#include "flash/engine/life.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

enum {
	USER_BYTES = 64, /* of the security register; the rest is the chip's own */
	SECTOR_0A = 0xc0,
	SECTOR_0B = 0x30,
	FREEZE_TAIL = 0x55aa40,
};

static unsigned int
count_sectors(const struct flash_erase *sectors)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < sectors->n_regions; i++)
		n += sectors->regions[i].n_blocks;
	return n > 1 ? n - 1 : n;
}

static void
create(struct flash *chip)
{
	const struct flash_part *part = chip->part;
	struct flash_dataflash *df = chip->dataflash;

	if (!df)
		return;
	for (unsigned int i = 0; i < part->n_erases; i++) {
		if (part->erases[i].opcode == 0x7c && part->erases[i].n_regions)
			df->sectors = &part->erases[i];
	}
	df->n_sectors = df->sectors ? count_sectors(df->sectors) : 0;
	df->protection = g_malloc0(df->n_sectors + 1);
	df->lockdown = g_malloc0(df->n_sectors + 1);
	memset(df->security, 0xff, USER_BYTES);
	for (unsigned int i = USER_BYTES; i < DATAFLASH_SECURITY_BYTES; i++)
		df->security[i] = chip->unique_id[i % 16] ^ (uint8_t)(i / 16 * 0x35);
	flash_keep(chip, "sector-protection", df->protection, df->n_sectors);
	flash_keep(chip, "sector-lockdown", df->lockdown, df->n_sectors);
	flash_keep(chip, "security-register", df->security, DATAFLASH_SECURITY_BYTES);
}

bool
flash_dataflash_protection_on(const struct flash *chip)
{
	return chip->dataflash->protection_on || !chip->pin_level[FLASH_PIN_WP];
}

/* A sector: where it ends, its byte in the registers, and its bits there. */
struct sector {
	uint64_t end;
	unsigned int number;
	uint8_t bits;
};

static bool
find_sector(const struct flash_dataflash *df, uint64_t address, struct sector *sector)
{
	unsigned int ordinal = 0;
	uint64_t base = 0;

	for (unsigned int i = 0; df->sectors && i < df->sectors->n_regions; i++) {
		const struct flash_region *region = &df->sectors->regions[i];
		uint64_t within = address - base;

		if (within < (uint64_t)region->n_blocks * region->block_size) {
			ordinal += (unsigned int)(within / region->block_size);
			sector->end = address + region->block_size - within % region->block_size;
			sector->number = ordinal < 2 ? 0 : ordinal - 1;
			sector->bits = ordinal == 0 ? SECTOR_0A : ordinal == 1 ? SECTOR_0B : 0xff;
			return true;
		}
		ordinal += region->n_blocks;
		base += (uint64_t)region->n_blocks * region->block_size;
	}
	return false;
}

uint64_t
flash_dataflash_sector_end(const struct flash *chip, uint64_t address)
{
	struct sector sector;

	return find_sector(chip->dataflash, address, &sector) ? sector.end : chip->part->size;
}

bool
flash_dataflash_is_protected(const struct flash *chip, uint64_t address, uint64_t length)
{
	const struct flash_dataflash *df = chip->dataflash;
	bool on = flash_dataflash_protection_on(chip);
	uint64_t end = address + length;
	struct sector sector;

	for (; address < end && find_sector(df, address, &sector); address = sector.end) {
		if (df->lockdown[sector.number] & sector.bits)
			return true;
		if (on && df->protection[sector.number] & sector.bits)
			return true;
	}
	return false;
}

/* --- commands --- */

static void
protect_on_finish(struct flash *chip)
{
	chip->dataflash->protection_on = true;
}

/* False, with the outcome set, while WP# prevents changes of the protection. */
static bool
wp_allows(struct flash *chip)
{
	if (!chip->pin_level[FLASH_PIN_WP])
		chip->frame.outcome = FLASH_STATUS_PROTECTED;
	return chip->pin_level[FLASH_PIN_WP];
}

static void
protect_off_finish(struct flash *chip)
{
	if (wp_allows(chip))
		chip->dataflash->protection_on = false;
}

static void
erase_protection_complete(struct flash *chip, const struct flash_operation *operation)
{
	(void)operation;
	memset(chip->dataflash->protection, 0xff, chip->dataflash->n_sectors);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
erase_protection_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	flash_erase_part(chip, chip->dataflash->protection, chip->dataflash->n_sectors,
		flash_share_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind erase_protection_kind = {
	.complete = erase_protection_complete,
	.interrupt = erase_protection_interrupt,
};

/* As long as a page erase (tPE). */
static int64_t
page_erase_time(const struct flash *chip)
{
	for (unsigned int i = 0; i < chip->part->n_erases; i++) {
		if (chip->part->erases[i].opcode == 0x81)
			return flash_pick(chip, chip->part->erases[i].time);
	}
	return flash_duration(chip, FLASH_T_EP);
}

static void
erase_protection_finish(struct flash *chip)
{
	if (!wp_allows(chip))
		return;
	flash_operation_begin(chip, &erase_protection_kind, 0, 0, page_erase_time(chip));
}

/* Data that goes to the start of buffer 1. */
static void
register_in(struct flash *chip, const uint8_t *in, size_t n)
{
	flash_dataflash_fill(chip, chip->dataflash->buffers[0], in, n);
}

static void
program_protection_complete(struct flash *chip, const struct flash_operation *operation)
{
	struct flash_dataflash *df = chip->dataflash;

	for (unsigned int i = 0; i < MIN(df->n_sectors, operation->length); i++)
		df->protection[i] &= df->buffers[0][i];
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
program_protection_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	struct flash_dataflash *df = chip->dataflash;

	flash_program_part(chip, df->protection, df->buffers[0],
		MIN(df->n_sectors, operation->length), flash_share_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind program_protection_kind = {
	.complete = program_protection_complete,
	.interrupt = program_protection_interrupt,
};

static void
program_protection_finish(struct flash *chip)
{
	if (!wp_allows(chip))
		return;
	flash_operation_begin(chip, &program_protection_kind, 0,
		(uint32_t)MIN(chip->frame.position, chip->dataflash->n_sectors),
		flash_duration(chip, FLASH_T_PP));
}

static void
lockdown_in(struct flash *chip, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++)
		chip->frame.cursor = (chip->frame.cursor << 8 | in[i]) & 0xffffff;
}

static void
lockdown_complete(struct flash *chip, const struct flash_operation *operation)
{
	struct sector sector;

	if (!find_sector(chip->dataflash, operation->address, &sector))
		return;
	chip->dataflash->lockdown[sector.number] |= sector.bits;
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
lockdown_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	if (flash_cell_part(chip, flash_share_done(chip, operation)))
		lockdown_complete(chip, operation);
}

static const struct flash_operation_kind lockdown_kind = {
	.complete = lockdown_complete,
	.interrupt = lockdown_interrupt,
};

static void
lockdown_finish(struct flash *chip)
{
	if (chip->dataflash->settings & SETTING_FROZEN) {
		chip->frame.outcome = FLASH_OTP_LOCKED;
		return;
	}
	chip->frame.address = (uint32_t)chip->frame.cursor;
	flash_operation_begin(chip, &lockdown_kind,
		flash_dataflash_page(chip) * chip->dataflash->stride, 0,
		flash_duration(chip, FLASH_T_PP));
}

static void
settings_complete(struct flash *chip, const struct flash_operation *operation)
{
	chip->dataflash->settings = (uint8_t)operation->address;
	if (flash_has_command(chip->part, "DF_PAGE_STANDARD"))
		flash_dataflash_apply_page(chip);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
settings_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	if (flash_cell_part(chip, flash_share_done(chip, operation)))
		settings_complete(chip, operation);
}

static const struct flash_operation_kind settings_kind = {
	.complete = settings_complete,
	.interrupt = settings_interrupt,
};

static void
change_settings(struct flash *chip, uint8_t settings, enum flash_timing timing)
{
	flash_operation_begin(chip, &settings_kind, settings, 0, flash_duration(chip, timing));
}

static void
binary_finish(struct flash *chip)
{
	change_settings(chip, chip->dataflash->settings | SETTING_BINARY, FLASH_T_PP);
}

static void
standard_finish(struct flash *chip)
{
	change_settings(chip, chip->dataflash->settings & ~SETTING_BINARY, FLASH_T_EP);
}

static void
freeze_finish(struct flash *chip)
{
	if (chip->frame.address == FREEZE_TAIL)
		change_settings(chip, chip->dataflash->settings | SETTING_FROZEN, FLASH_T_PP);
	else
		chip->frame.outcome = FLASH_UNKNOWN_OPCODE;
}

static void
security_complete(struct flash *chip, const struct flash_operation *operation)
{
	struct flash_dataflash *df = chip->dataflash;

	memcpy(df->security, df->buffers[0], MIN(operation->length, USER_BYTES));
	df->settings |= SETTING_SECURITY;
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

/* After an interrupted program the bytes can't be programmed again (unconfirmed). */
static void
security_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	struct flash_dataflash *df = chip->dataflash;
	double share = flash_share_done(chip, operation);

	if (share <= 0)
		return;
	flash_program_part(
		chip, df->security, df->buffers[0], MIN(operation->length, USER_BYTES), share);
	df->settings |= SETTING_SECURITY;
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind security_kind = {
	.complete = security_complete,
	.interrupt = security_interrupt,
};

static void
security_finish(struct flash *chip)
{
	if (chip->frame.address != 0) {
		chip->frame.outcome = FLASH_UNKNOWN_OPCODE;
		return;
	}
	if (chip->dataflash->settings & SETTING_SECURITY) {
		chip->frame.outcome = FLASH_OTP_LOCKED;
		return;
	}
	flash_operation_begin(chip, &security_kind, 0,
		(uint32_t)MIN(chip->frame.position, USER_BYTES), flash_duration(chip, FLASH_T_PP));
}

static void
register_start(struct flash *chip)
{
	chip->frame.cursor = 0;
}

static void
registers_out(const struct flash *chip, const uint8_t *data, size_t size, uint8_t *out, size_t n)
{
	uint64_t position = chip->frame.position;

	for (size_t i = 0; i < n; i++, position++)
		out[i] = position < size ? data[position] : 0xff;
}

static void
protection_out(struct flash *chip, uint8_t *out, size_t n)
{
	registers_out(chip, chip->dataflash->protection, chip->dataflash->n_sectors, out, n);
}

static void
lockdown_out(struct flash *chip, uint8_t *out, size_t n)
{
	registers_out(chip, chip->dataflash->lockdown, chip->dataflash->n_sectors, out, n);
}

static void
security_out(struct flash *chip, uint8_t *out, size_t n)
{
	registers_out(chip, chip->dataflash->security, DATAFLASH_SECURITY_BYTES, out, n);
}

static void sequence_start(struct flash *chip);

#define NOT_SUSPENDED GATE_NOT_IN_ERASE_SUSPEND | GATE_NOT_IN_PROGRAM_SUSPEND
/* The argument is an index of sequences[]. */
#define SEQUENCE(which) \
	.address_bytes = 3, .start = sequence_start, .gates = NOT_SUSPENDED, .argument = which
#define REGISTER .dummy_clocks = 24, .data_max = DATA_ANY

enum sequence {
	PROTECT_ON,
	PROTECT_OFF,
	ERASE_PROTECTION,
	PROGRAM_PROTECTION,
	LOCKDOWN,
	PAGE_BINARY,
	PAGE_STANDARD,
};

/* The three bytes after 3D. */
static const uint32_t sequences[] = {
	[PROTECT_ON] = 0x2a7fa9,
	[PROTECT_OFF] = 0x2a7f9a,
	[ERASE_PROTECTION] = 0x2a7fcf,
	[PROGRAM_PROTECTION] = 0x2a7ffc,
	[LOCKDOWN] = 0x2a7f30,
	[PAGE_BINARY] = 0x2a80a6,
	[PAGE_STANDARD] = 0x2a80a7,
};

static const struct flash_command commands[] = {
	{"DF_PROTECT_ON", 0x3d, SEQUENCE(PROTECT_ON), .finish = protect_on_finish},
	{"DF_PROTECT_OFF", 0x3d, SEQUENCE(PROTECT_OFF), .finish = protect_off_finish},
	{"DF_ERASE_PROTECTION", 0x3d, SEQUENCE(ERASE_PROTECTION),
		.finish = erase_protection_finish},
	{"DF_PROGRAM_PROTECTION", 0x3d, SEQUENCE(PROGRAM_PROTECTION), .data_min = 1,
		.data_max = DATA_ANY, .in = register_in, .finish = program_protection_finish},
	{"DF_LOCKDOWN", 0x3d, SEQUENCE(LOCKDOWN), .before_data = 3, .data_min = 3, .data_max = 3,
		.in = lockdown_in, .finish = lockdown_finish},
	{"DF_PAGE_BINARY", 0x3d, SEQUENCE(PAGE_BINARY), .finish = binary_finish},
	{"DF_PAGE_STANDARD", 0x3d, SEQUENCE(PAGE_STANDARD), .finish = standard_finish},
	{"DF_RDPROTECTION", 0x32, REGISTER, .out = protection_out},
	{"DF_RDLOCKDOWN", 0x35, REGISTER, .out = lockdown_out},
	{"DF_RDSECURITY", 0x77, REGISTER, .out = security_out},
	{"DF_PRSECURITY", 0x9b, .address_bytes = 3, .gates = NOT_SUSPENDED, .data_min = 1,
		.data_max = DATA_ANY, .start = register_start, .in = register_in,
		.finish = security_finish},
	{"DF_FREEZE_LOCKDOWN", 0x34, .address_bytes = 3, .gates = NOT_SUSPENDED,
		.finish = freeze_finish},
	{0},
};

/* All four bytes are complete: they select the command, if the part has it. */
static void
sequence_start(struct flash *chip)
{
	struct flash_frame *frame = &chip->frame;

	frame->cursor = 0;
	for (const struct flash_command *row = commands; row->name; row++) {
		if (row->opcode == 0x3d && sequences[row->argument] == frame->address &&
			flash_has_command(chip->part, row->name)) {
			frame->command = row;
			return;
		}
	}
	frame->outcome = FLASH_UNKNOWN_OPCODE;
}

const struct flash_family flash_dataflash_protect_family = {
	.commands = commands,
	.create = create,
};
