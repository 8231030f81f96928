/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mode of advanced sector protection, and its password. Bits of the ASP register change once,
 * from 1 to 0, and only one of them: bit 1 makes the persistent mode permanent, bit 2 the password
 * mode. In password mode the lock of the PPBs (asp.c) is set at power-up and reset, the password
 * neither reads nor changes any more, and the right one clears the lock (S25FL128S/S25FL256S
 * 001-98283, 8.4; MT25QL256A, tables 13 and 14). Until then both are open.
 *
 *   Spansion   2B 2F  ASP register, repeated     E7 E8 E9  read, program, unlock
 *   Micron     2D 2C  the same, then 00          27 28 29  the same
 *
 * A refused write counts as a failed program. A wrong password is answered after the same time as
 * the right one, 100 us (S25FL128S, tPASSU). Unconfirmed: all writes need WEL; a protected password
 * reads FF (Micron's model of the MT25Q); a program of either takes as long as a page program.
 *
 * Left out: the further bits of the register (read password mode of some ordering codes).
 */
#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
#include "flash/commands/lock.h"
#include "flash/commands/protect.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/fields.h"
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
	ASP_BYTES = 2,
	PASSWORD_BYTES = 8,
	PERSISTENT = 1 << 1, /* modes, when 0 */
	PASSWORD = 1 << 2,

	/* Arguments of reads: what follows the last byte. */
	REPEATED = 0,
	THEN_ZEROS = 1,
};

#define UNLOCK_NS (100 * 1000)

struct flash_password {
	uint8_t new[PASSWORD_BYTES]; /* as sent */
	uint8_t asp[ASP_BYTES];      /* survives power loss */
	uint8_t password[PASSWORD_BYTES];
};

static void
create(struct flash *chip)
{
	struct flash_password *state;

	if (!flash_has_command(chip->part, "ASPRD") && !flash_has_command(chip->part, "RDSP"))
		return;
	state = g_new0(struct flash_password, 1);
	memcpy(state->asp, chip->part->asp_default, sizeof(state->asp));
	memset(state->password, 0xff, sizeof(state->password));
	chip->password = state;
	flash_keep(chip, "asp", state->asp, sizeof(state->asp));
	flash_keep(chip, "password", state->password, sizeof(state->password));
}

static void
destroy(struct flash *chip)
{
	g_free(chip->password);
}

static bool
by_password(const struct flash *chip)
{
	return !(chip->password->asp[0] & PASSWORD);
}

static void
reset(struct flash *chip, bool lost_power)
{
	(void)lost_power;
	if (chip->password && by_password(chip))
		chip->locks->frozen = true;
}

static void
read_bytes(const struct flash *chip, const uint8_t *bytes, size_t length, uint8_t *out, size_t n)
{
	uint64_t position = chip->frame.position;
	bool zeros = chip->frame.command->argument == THEN_ZEROS;

	for (size_t i = 0; i < n; i++, position++)
		out[i] = zeros && position >= length ? 0x00 : bytes[position % length];
}

static void
asp_out(struct flash *chip, uint8_t *out, size_t n)
{
	read_bytes(chip, chip->password->asp, ASP_BYTES, out, n);
}

static void
password_out(struct flash *chip, uint8_t *out, size_t n)
{
	if (by_password(chip))
		memset(out, 0xff, n);
	else
		read_bytes(chip, chip->password->password, PASSWORD_BYTES, out, n);
}

static void
bytes_in(struct flash *chip, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (chip->frame.position + i < PASSWORD_BYTES)
			chip->password->new[chip->frame.position + i] = in[i];
	}
}

static void
refuse(struct flash *chip)
{
	flash_refuse_protected(chip);
	chip->frame.outcome = FLASH_PROTECTION_LOCKED;
}

static void
program_complete(struct flash *chip, const struct flash_operation *operation)
{
	struct flash_password *state = chip->password;
	uint8_t *target = operation->length == ASP_BYTES ? state->asp : state->password;

	for (uint32_t i = 0; i < operation->length; i++)
		target[i] &= state->new[i];
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
program_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	struct flash_password *state = chip->password;
	uint8_t *target = operation->length == ASP_BYTES ? state->asp : state->password;

	flash_program_part(
		chip, target, state->new, operation->length, flash_share_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

/* length: which of the two it programs. */
static const struct flash_operation_kind program_kind = {
	.complete = program_complete,
	.interrupt = program_interrupt,
};

static void
asp_finish(struct flash *chip)
{
	struct flash_password *state = chip->password;
	uint8_t modes = PERSISTENT | PASSWORD;
	uint8_t chosen = ~state->new[0] & modes;

	if ((state->asp[0] & modes) != modes || chosen == modes) {
		refuse(chip);
		return;
	}
	/* The other bits are reserved or those of other ordering codes. */
	state->new[0] |= (uint8_t)~modes;
	state->new[1] = 0xff;
	flash_operation_begin(chip, &program_kind, 0, ASP_BYTES, flash_duration(chip, FLASH_T_PP));
}

static void
password_finish(struct flash *chip)
{
	if (by_password(chip))
		refuse(chip);
	else
		flash_operation_begin(
			chip, &program_kind, 0, PASSWORD_BYTES, flash_duration(chip, FLASH_T_PP));
}

static void
unlock_complete(struct flash *chip, const struct flash_operation *operation)
{
	(void)operation;
	chip->locks->frozen = false;
}

static const struct flash_operation_kind unlock_kind = {
	.without_pump = true,
	.complete = unlock_complete,
};

static void
unlock_finish(struct flash *chip)
{
	struct flash_password *state = chip->password;

	if (!by_password(chip) || memcmp(state->new, state->password, PASSWORD_BYTES) != 0)
		refuse(chip);
	else
		flash_operation_begin(chip, &unlock_kind, 0, 0,
			flash_pick(chip, (struct flash_time){UNLOCK_NS, UNLOCK_NS}));
}

/* Both protect when 0. */
static void
registers(const struct flash *chip, struct flash_registers *list)
{
	const struct flash_password *state = chip->password;

	if (state)
		flash_registers_add(list, "ASP", "- - - - - - - - - - - - - PWDMLB PSTMLB -",
			(uint32_t)state->asp[1] << 8 | state->asp[0], false);
}

#define ASP_READ .data_max = DATA_ANY, .out = asp_out
#define ASP_WRITE                                                                        \
	.gates = GATE_WEL, .data_min = ASP_BYTES, .data_max = ASP_BYTES, .in = bytes_in, \
	.finish = asp_finish
#define PASSWORD_READ .data_max = DATA_ANY, .out = password_out
#define PASSWORD_WRITE \
	.gates = GATE_WEL, .data_min = PASSWORD_BYTES, .data_max = PASSWORD_BYTES, .in = bytes_in

static const struct flash_command commands[] = {
	{"ASPRD", 0x2b, ASP_READ, .argument = REPEATED},
	{"ASPP", 0x2f, ASP_WRITE},
	{"PASSRD", 0xe7, PASSWORD_READ, .argument = REPEATED},
	{"PASSP", 0xe8, PASSWORD_WRITE, .finish = password_finish},
	{"PASSU", 0xe9, PASSWORD_WRITE, .finish = unlock_finish},
	{"RDSP", 0x2d, ASP_READ, .argument = THEN_ZEROS},
	{"PRSP", 0x2c, ASP_WRITE},
	{"RDPASS", 0x27, PASSWORD_READ, .argument = THEN_ZEROS},
	{"WRPASS", 0x28, PASSWORD_WRITE, .finish = password_finish},
	{"UNPASS", 0x29, PASSWORD_WRITE, .finish = unlock_finish},
	{0},
};

const struct flash_family flash_password_family = {
	.commands = commands,
	.create = create,
	.destroy = destroy,
	.reset = reset,
	.registers = registers,
};
