/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Macronix' fast boot register: 16 reads its four bytes over and over, 17 programs it, 18 erases it
 * to FF FF FF FF. Follows Macronix' Verilog model of the MX25U25635F, where 17 takes as long as a
 * page program and 18 as long as the erase of a sector.
 *
 * Left out: the read at power-up that the register is for (bit 0 = 0 enables it).
 */
#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
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
create(struct flash *chip)
{
	memset(chip->fast_boot, 0xff, sizeof(chip->fast_boot));
	if (flash_has_command(chip->part, "WRFBR"))
		flash_keep(chip, "fast-boot", chip->fast_boot, sizeof(chip->fast_boot));
}

static void
rdfbr_out(struct flash *chip, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chip->fast_boot[(chip->frame.position + i) % sizeof(chip->fast_boot)];
}

static void
wrfbr_start(struct flash *chip)
{
	chip->frame.cursor = 0;
}

static void
wrfbr_in(struct flash *chip, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++)
		chip->fast_boot_new[chip->frame.cursor++ % sizeof(chip->fast_boot_new)] = in[i];
}

static void
wrfbr_complete(struct flash *chip, const struct flash_operation *operation)
{
	(void)operation;
	for (size_t i = 0; i < sizeof(chip->fast_boot); i++)
		chip->fast_boot[i] &= chip->fast_boot_new[i];
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
wrfbr_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	flash_program_part(chip, chip->fast_boot, chip->fast_boot_new, sizeof(chip->fast_boot),
		flash_share_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind wrfbr_kind = {
	.complete = wrfbr_complete,
	.interrupt = wrfbr_interrupt,
};

static void
wrfbr_finish(struct flash *chip)
{
	flash_operation_begin(chip, &wrfbr_kind, 0, 0, flash_duration(chip, FLASH_T_PP));
}

static void
esfbr_complete(struct flash *chip, const struct flash_operation *operation)
{
	(void)operation;
	memset(chip->fast_boot, 0xff, sizeof(chip->fast_boot));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
esfbr_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	flash_erase_part(
		chip, chip->fast_boot, sizeof(chip->fast_boot), flash_share_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind esfbr_kind = {
	.complete = esfbr_complete,
	.interrupt = esfbr_interrupt,
};

static void
esfbr_finish(struct flash *chip)
{
	const struct flash_part *part = chip->part;

	flash_operation_begin(chip, &esfbr_kind, 0, 0,
		part->n_erases ? flash_pick(chip, part->erases[0].time) : 0);
}

#define NOT_SUSPENDED GATE_NOT_IN_ERASE_SUSPEND | GATE_NOT_IN_PROGRAM_SUSPEND

static const struct flash_command commands[] = {
	{"RDFBR", 0x16, .data_max = DATA_ANY, .out = rdfbr_out},
	{"WRFBR", 0x17, .gates = GATE_WEL | NOT_SUSPENDED, .data_min = 4, .data_max = 4,
		.start = wrfbr_start, .in = wrfbr_in, .finish = wrfbr_finish},
	{"ESFBR", 0x18, .gates = GATE_WEL | NOT_SUSPENDED, .finish = esfbr_finish},
	{0},
};

const struct flash_family flash_fast_boot_family = {
	.commands = commands,
	.create = create,
};
