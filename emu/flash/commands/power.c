/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deep power-down B9 and the software reset 66, 99. Follows W25Q128JV rev. M, 8.2.21 and 8.2.37: in
 * power-down every command except AB is ignored, also the reset; 99 acts only right after 66, also
 * during an operation, which it interrupts. F0 resets without 66 (S25FL256S, software reset). AB,
 * which ends power-down, is in identify.c, and here for parts that answer no ID to it.
 *
 * In ultra-deep power-down, 79, the chip ignores all commands; any pulse of CS# ends it
 * (AT45DB161E, unconfirmed), and the buffers of a DataFlash lose their content.
 */
#include "flash/commands/families.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/supply.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"

static void
dp_finish(struct flash *chip)
{
	chip->powered_down = true;
	chip->unready_until_ns = chip->now_ns + flash_duration(chip, FLASH_T_DP);
}

static void
ultra_dp_finish(struct flash *chip)
{
	dp_finish(chip);
	chip->ultra_powered_down = true;
}

static void
rsten_finish(struct flash *chip)
{
	chip->reset_enabled = true;
}

static void
rst_finish(struct flash *chip)
{
	if (!chip->frame.reset_enabled) {
		chip->frame.outcome = FLASH_RESET_NOT_ENABLED;
		return;
	}
	flash_power_reset(chip);
}

/* Chips without an ID here: AB only releases them (M25P10 and others without RES). */
static void
rdp_finish(struct flash *chip)
{
	if (!chip->powered_down)
		return;
	chip->powered_down = false;
	chip->unready_until_ns = chip->now_ns + flash_duration(chip, FLASH_T_RES1);
}

static void
f0_finish(struct flash *chip)
{
	flash_power_reset(chip);
}

static const struct flash_command commands[] = {
	{"DP", 0xb9, .finish = dp_finish},
	{"RDP", 0xab, .gates = GATE_POWERED_DOWN | GATE_ANY_END, .data_max = DATA_ANY,
		.finish = rdp_finish},
	{"ULTRA_DP", 0x79, .finish = ultra_dp_finish},
	{"RSTEN", 0x66, .gates = GATE_WHILE_BUSY, .finish = rsten_finish},
	{"RST", 0x99, .gates = GATE_WHILE_BUSY, .finish = rst_finish},
	{"RST_F0", 0xf0, .gates = GATE_WHILE_BUSY, .finish = f0_finish},
	{0},
};

const struct flash_family flash_power_family = {
	.commands = commands,
};
