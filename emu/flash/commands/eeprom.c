/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serial EEPROMs: a page write 02 that needs no erase, since it sets and clears bits. Bytes that
 * are not sent keep their value, the address wraps in the page, and of more bytes than a page the
 * last ones are written. If power loss interrupts a write, the share of bytes that corresponds to
 * the time is new and the rest as before (unconfirmed).
 *
 * ST's M95-D have an identification page beside the array, as large as a page: 83 reads, 82 writes
 * it. With address bit 10 set 83 reads its lock instead, and 82 locks it permanently if bit 1 of
 * its byte is set. Both writes need WEL and are discarded while everything is protected (M95128 Doc
 * ID 5798 rev. 16, 6.7-6.10). Reads do not wrap: bytes past the end float (unconfirmed). As
 * delivered its first bytes are the part's ID.
 *
 * Left out: bit 7 in place of bit 10 on parts with one address byte (M95040).
 */
#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
#include "flash/commands/program.h"
#include "flash/commands/protect.h"
#include "flash/engine/bits.h"
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
	LOCK_ADDRESS = 1 << 10,
	LOCK_BIT = 1 << 1,
	LOCKED = 1 << 0,
};

static void
write_start(struct flash *chip)
{
	uint32_t page_size = chip->part->page_size;
	uint64_t address = flash_array_address(chip);

	if (address < chip->die_size)
		memcpy(chip->page, chip->array + (address & ~(uint64_t)(page_size - 1)), page_size);
	chip->frame.cursor = address & (page_size - 1);
}

static void
write_in(struct flash *chip, const uint8_t *in, size_t n)
{
	flash_page_fill(chip, in, n, chip->part->page_size);
}

static void
copy_page(struct flash *chip, uint32_t address, uint32_t n)
{
	if (address >= chip->die_size)
		return;
	memcpy(chip->array + address, chip->page, n);
	flash_array_changed(chip, address, n);
}

static void
write_complete(struct flash *chip, const struct flash_operation *operation)
{
	copy_page(chip, operation->address, operation->length);
}

static void
write_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	double share = flash_share_done(chip, operation);

	copy_page(chip, operation->address, (uint32_t)((double)operation->length * share));
}

static const struct flash_operation_kind write_kind = {
	.purpose = FLASH_FOR_PROGRAM,
	.complete = write_complete,
	.interrupt = write_interrupt,
};

static void
write_finish(struct flash *chip)
{
	uint32_t page_size = chip->part->page_size;
	uint32_t page = flash_array_address(chip) & ~(uint64_t)(page_size - 1);

	if (flash_is_protected(chip, page, page_size)) {
		flash_refuse_protected(chip);
		return;
	}
	flash_operation_begin(chip, &write_kind, page, page_size, flash_duration(chip, FLASH_T_PP));
}

/* The page, followed by a byte that is not 0 when it is locked. */
static void
create(struct flash *chip)
{
	const struct flash_part *part = chip->part;

	if (!flash_has_command(part, "RDIDP") && !flash_has_command(part, "WRIDP"))
		return;
	chip->id_page = g_malloc(part->page_size + 1);
	memset(chip->id_page, 0xff, part->page_size);
	memcpy(chip->id_page, part->id, MIN(part->id_length, part->page_size));
	chip->id_page[part->page_size] = 0;
	flash_keep(chip, "identification-page", chip->id_page, part->page_size + 1);
}

static void
id_page_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint32_t page_size = chip->part->page_size;
	uint64_t cursor = (chip->frame.address & (page_size - 1)) + chip->frame.position;

	if (chip->frame.address & LOCK_ADDRESS) {
		memset(out, chip->id_page[page_size], n);
		return;
	}
	for (size_t i = 0; i < n; i++, cursor++)
		out[i] = cursor < page_size ? chip->id_page[cursor] : 0xff;
}

static void
id_page_start(struct flash *chip)
{
	uint32_t page_size = chip->part->page_size;

	memcpy(chip->page, chip->id_page, page_size);
	chip->frame.cursor = chip->frame.address & (page_size - 1);
}

static void
id_page_in(struct flash *chip, const uint8_t *in, size_t n)
{
	if (chip->frame.address & LOCK_ADDRESS)
		chip->page[0] = in[n - 1];
	else
		flash_page_fill(chip, in, n, chip->part->page_size);
}

static void
id_page_complete(struct flash *chip, const struct flash_operation *operation)
{
	uint32_t page_size = chip->part->page_size;

	if (operation->address & LOCK_ADDRESS)
		chip->id_page[page_size] = LOCKED;
	else
		memcpy(chip->id_page, chip->page, page_size);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
id_page_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	double share = flash_share_done(chip, operation);

	if (!(operation->address & LOCK_ADDRESS))
		memcpy(chip->id_page, chip->page, (size_t)(chip->part->page_size * share));
	else if (flash_cell_part(chip, share))
		chip->id_page[chip->part->page_size] = LOCKED;
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind id_page_kind = {
	.complete = id_page_complete,
	.interrupt = id_page_interrupt,
};

static void
id_page_finish(struct flash *chip)
{
	bool lock = chip->frame.address & LOCK_ADDRESS;

	if (chip->id_page[chip->part->page_size]) {
		chip->frame.outcome = FLASH_OTP_LOCKED;
		return;
	}
	if (flash_bit(chip, FLASH_BIT_BP0) && flash_bit(chip, FLASH_BIT_BP1)) {
		flash_refuse_protected(chip);
		return;
	}
	if (lock && !(chip->page[0] & LOCK_BIT)) {
		chip->frame.outcome = FLASH_BAD_ADDRESS;
		return;
	}
	flash_operation_begin(
		chip, &id_page_kind, lock ? LOCK_ADDRESS : 0, 0, flash_duration(chip, FLASH_T_PP));
}

static void
destroy(struct flash *chip)
{
	g_free(chip->id_page);
}

static const struct flash_command commands[] = {
	{"WRITE", 0x02, ADDRESS, .gates = GATE_WEL, .data_min = 1, .data_max = DATA_ANY,
		.start = write_start, .in = write_in, .finish = write_finish,
		.purpose = FLASH_FOR_PROGRAM},
	{"RDIDP", 0x83, ADDRESS, .data_max = DATA_ANY, .out = id_page_out},
	{"WRIDP", 0x82, ADDRESS, .gates = GATE_WEL, .data_min = 1, .data_max = DATA_ANY,
		.start = id_page_start, .in = id_page_in, .finish = id_page_finish},
	{0},
};

const struct flash_family flash_eeprom_family = {
	.commands = commands,
	.create = create,
	.destroy = destroy,
};
