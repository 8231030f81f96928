/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OTP mode: the area of otparea.c replaces the array. All commands that read or program the array
 * address it; only the low bits of the address count. Power loss and reset end the mode.
 *
 *   B1 in, C1 out, 2F locks permanently, LDSO in the security register tells (Macronix, MX25L6436F)
 *   3A in, 04 out; meanwhile bit 7 of the status register is the lock, written by 01, and a sector
 *      erase erases the area as long as it is not locked (Eon, EN25QH32)
 *
 * Other erases are refused in this mode; so are writes of registers, locks and SFDP in that of B1
 * (Macronix' models of MX25L12833F, MX25L12845E and MX25L6405D: WRSR, WRSCUR, WPSEL and 5A need the
 * array to be selected). The rows of the opcode table are exchanged, so that
 * commands of the array do not need to check the mode. As remembered from the data sheets,
 * unconfirmed.
 */
#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
#include "flash/commands/otparea.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

/* Allocated when the mode is first entered. */
struct flash_otp_mode {
	bool active;
	const struct flash_command *array_rows[256]; /* the table that is exchanged */
	struct flash_command rows[256];
};

enum {
	EON_LOCK = 0x80,
	/* arguments of the entering rows: which exchange follows */
	MACRONIX = 0,
	EON = 1,
};

bool
flash_otp_mode_is_active(const struct flash *chip)
{
	return chip->otp_mode && chip->otp_mode->active;
}

static void
destroy(struct flash *chip)
{
	g_free(chip->otp_mode);
}

/* Addresses wrap at the next power of two. */
static void
otp_start(struct flash *chip)
{
	uint32_t reach = 1;

	while (reach < chip->part->otp_size)
		reach *= 2;
	flash_otp_area_start(chip);
	chip->frame.cursor &= reach - 1;
}

static void
refuse(struct flash *chip)
{
	chip->frame.outcome = FLASH_IN_OTP;
}

static void
erase_complete(struct flash *chip, const struct flash_operation *operation)
{
	(void)operation;
	memset(chip->otp, 0xff, chip->part->otp_size);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
erase_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	flash_erase_part(chip, chip->otp, chip->part->otp_size, flash_share_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind erase_kind = {
	.complete = erase_complete,
	.interrupt = erase_interrupt,
};

static void
erase_finish(struct flash *chip)
{
	const struct flash_erase *erase = &chip->part->erases[chip->frame.command->argument];

	if (flash_otp_area_locked(chip)) {
		chip->frame.outcome = FLASH_OTP_LOCKED;
		return;
	}
	flash_operation_begin(chip, &erase_kind, 0, 0, flash_pick(chip, erase->time));
}

static void
status_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint8_t status = chip->status[0] & ~EON_LOCK;

	memset(out, flash_otp_area_locked(chip) ? status | EON_LOCK : status, n);
}

static void
lock_in(struct flash *chip, const uint8_t *in, size_t n)
{
	if (chip->frame.position == 0 && n)
		chip->frame.cursor = in[0];
}

static void
lock_complete(struct flash *chip, const struct flash_operation *operation)
{
	(void)operation;
	flash_otp_area_lock(chip);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
lock_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	if (flash_cell_part(chip, flash_share_done(chip, operation)))
		lock_complete(chip, operation);
}

static const struct flash_operation_kind lock_kind = {
	.complete = lock_complete,
	.interrupt = lock_interrupt,
};

static void
begin_lock(struct flash *chip)
{
	flash_operation_begin(chip, &lock_kind, 0, 0, flash_duration(chip, FLASH_T_W));
}

static void
status_write_finish(struct flash *chip)
{
	if (chip->frame.cursor & EON_LOCK)
		begin_lock(chip);
	else
		flash_bit_set(chip, FLASH_BIT_WEL, false);
}

static void
leave(struct flash *chip)
{
	chip->otp_mode->active = false;
	memcpy(chip->commands, chip->otp_mode->array_rows, sizeof(chip->commands));
}

static void
wrdi_finish(struct flash *chip)
{
	flash_bit_set(chip, FLASH_BIT_WEL, false);
	leave(chip);
}

static void
exchange_array(struct flash_command *row, bool eon)
{
	switch (row->purpose) {
	case FLASH_FOR_READ:
		row->start = otp_start;
		row->out = flash_otp_area_out;
		break;
	case FLASH_FOR_PROGRAM:
		row->start = otp_start;
		row->in = flash_otp_area_in;
		row->finish = flash_otp_area_finish;
		break;
	case FLASH_FOR_ERASE:
		row->finish = eon && row->address_bytes ? erase_finish : refuse;
		break;
	}
}

/* Commands that Macronix' chips accept for the array only. */
static bool
is_for_array_only(const struct flash_command *row)
{
	static const char *const names[] = {"WRSR", "WRSCUR_LDSO", "WRSCUR_NO_WREN", "WPSEL",
		"BLOCK_LOCK", "BLOCK_UNLOCK", "RDBLOCK", "GLOBAL_LOCK", "GLOBAL_UNLOCK", "RDDPB",
		"WRDPB", "RDSPB", "WRSPB", "ESSPB", "RDSFDP", "WRFBR", "ESFBR"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(row->name, names[i]) == 0)
			return true;
	}
	return false;
}

static void
exchange_status(struct flash_command *row)
{
	if (strcmp(row->name, "RDSR1") == 0) {
		row->out = status_out;
	} else if (strcmp(row->name, "WRSR") == 0) {
		row->start = NULL;
		row->in = lock_in;
		row->finish = status_write_finish;
	} else if (strcmp(row->name, "WRDI") == 0) {
		row->finish = wrdi_finish;
	}
}

static void
enter_finish(struct flash *chip)
{
	bool eon = chip->frame.command->argument == EON;

	if (flash_otp_mode_is_active(chip) || !chip->otp)
		return;
	if (!chip->otp_mode)
		chip->otp_mode = g_new0(struct flash_otp_mode, 1);
	memcpy(chip->otp_mode->array_rows, chip->commands, sizeof(chip->commands));
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		struct flash_command *row = &chip->otp_mode->rows[opcode];

		if (!chip->commands[opcode])
			continue;
		*row = *chip->commands[opcode];
		exchange_array(row, eon);
		if (eon)
			exchange_status(row);
		else if (is_for_array_only(row))
			row->start = refuse;
		chip->commands[opcode] = row;
	}
	chip->otp_mode->active = true;
}

static void
exit_finish(struct flash *chip)
{
	if (flash_otp_mode_is_active(chip))
		leave(chip);
}

static void
reset(struct flash *chip, bool lost_power)
{
	(void)lost_power;
	if (flash_otp_mode_is_active(chip))
		leave(chip);
	flash_bit_set(chip, FLASH_BIT_LDSO, flash_otp_area_locked(chip));
}

static const struct flash_command commands[] = {
	{"ENSO", 0xb1, .argument = MACRONIX, .finish = enter_finish},
	{"EXSO", 0xc1, .finish = exit_finish},
	{"WRSCUR_LDSO", 0x2f, .gates = GATE_WEL, .finish = begin_lock},
	{"LSID", 0x85, .gates = GATE_WEL, .finish = begin_lock},
	{"WRSCUR_NO_WREN", 0x2f, .finish = begin_lock},
	{"OTP_ENTER", 0x3a, .argument = EON, .finish = enter_finish},
	{0},
};

const struct flash_family flash_otp_mode_family = {
	.commands = commands,
	.destroy = destroy,
	.reset = reset,
};
