/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enters and leaves QPI: 38 and 35 enter, FF leaves. Winbond's 38 needs QE (W25Q128FV). A
 * configuration register can have a bit for it that applies at power-up and reset. How a chip in
 * QPI understands a host with single wires is in engine/lanes.c.
 */
#include "flash/commands/families.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/lanes.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"

static void
eqio_finish(struct flash *chip)
{
	flash_lanes_set(chip, 4);
}

/* Only further FF may follow the opcode; other bytes belong to another command. */
static void
rstqio_in(struct flash *chip, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (in[i] != 0xff)
			chip->frame.outcome = FLASH_LONG_FRAME;
	}
}

static void
rstqio_finish(struct flash *chip)
{
	flash_lanes_set(chip, 1);
}

static const struct flash_command commands[] = {
	{"EQIO", 0x38, .finish = eqio_finish},
	{"EQIO_QE", 0x38, .gates = GATE_QUAD, .finish = eqio_finish},
	{"RSTQIO", 0xff, .before_data = 3, .data_max = 3, .in = rstqio_in, .finish = rstqio_finish},
	{0},
};

static void
reset(struct flash *chip, bool lost_power)
{
	(void)lost_power;
	flash_lanes_set(chip, flash_bit(chip, FLASH_BIT_QPI) ? 4 : 1);
}

const struct flash_family flash_qpi_family = {
	.commands = commands,
	.reset = reset,
};
