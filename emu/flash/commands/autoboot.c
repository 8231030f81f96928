/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AutoBoot of S25FL-S: after power-up and each reset the first frame needs no opcode. As long as
 * CS# is low the chip outputs the array, after a delay in clocks (S25FL128S/S25FL256S 001-98283,
 * 7.5.6 and 9.3.6). MOSI does not count. Each further frame is as usual.
 *
 *   14 reads, 15 writes the register, its lowest byte first:
 *   31:9 start address in units of 512 bytes   8:1 delay   0 enable
 *
 * Data comes on four lanes if QUAD is set. The register takes effect at the next power-up or reset.
 * Unconfirmed: a further byte of 14 is the first one again; a write takes as long as that of the
 * status register.
 */
#include "flash/cells/cutoff.h"
#include "flash/commands/families.h"
#include "flash/commands/read.h"
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

#include <glib.h>
#include <string.h>

enum {
	BYTES = 4,
	ENABLE = 1 << 0,
	ADDRESS_MASK = ~0x1ff,
};

struct flash_autoboot {
	struct flash_command row; /* of the first frame */
	uint8_t new[BYTES];       /* being written */
	uint8_t reg[BYTES];       /* survives power loss */
};

static uint32_t
value(const struct flash_autoboot *boot)
{
	return boot->reg[0] | (uint32_t)boot->reg[1] << 8 | (uint32_t)boot->reg[2] << 16 |
		(uint32_t)boot->reg[3] << 24;
}

static void
create(struct flash *chip)
{
	if (!flash_has_command(chip->part, "ABRD"))
		return;
	chip->autoboot = g_new0(struct flash_autoboot, 1);
	flash_keep(chip, "autoboot", chip->autoboot->reg, BYTES);
}

static void
destroy(struct flash *chip)
{
	g_free(chip->autoboot);
}

static void
boot_start(struct flash *chip)
{
	chip->frame.address = value(chip->autoboot) & (uint32_t)ADDRESS_MASK;
	chip->frame.has_address = true;
	flash_read_start(chip);
}

static void
reset(struct flash *chip, bool lost_power)
{
	struct flash_autoboot *boot = chip->autoboot;

	(void)lost_power;
	chip->boot = NULL;
	if (!boot || !(value(boot) & ENABLE))
		return;
	boot->row = (struct flash_command){
		.name = "AUTOBOOT",
		.dummy_clocks = (uint8_t)(value(boot) >> 1),
		.data_lanes = flash_bit(chip, FLASH_BIT_QE) ? 4 : 1,
		.purpose = FLASH_FOR_READ,
		.data_max = DATA_ANY,
		.start = boot_start,
		.out = flash_read_out,
	};
	chip->boot = &boot->row;
}

static void
abrd_out(struct flash *chip, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chip->autoboot->reg[(chip->frame.position + i) % BYTES];
}

static void
abwr_in(struct flash *chip, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (chip->frame.position + i < BYTES)
			chip->autoboot->new[chip->frame.position + i] = in[i];
	}
}

static void
write_complete(struct flash *chip, const struct flash_operation *operation)
{
	(void)operation;
	memcpy(chip->autoboot->reg, chip->autoboot->new, BYTES);
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
write_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	flash_register_part(chip, chip->autoboot->reg, chip->autoboot->new, BYTES,
		flash_share_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind write_kind = {
	.purpose = FLASH_FOR_STATUS_WRITE,
	.complete = write_complete,
	.interrupt = write_interrupt,
};

static void
abwr_finish(struct flash *chip)
{
	flash_operation_begin(chip, &write_kind, 0, 0, flash_duration(chip, FLASH_T_W));
}

static const struct flash_command commands[] = {
	{"ABRD", 0x14, .data_max = DATA_ANY, .out = abrd_out},
	{"ABWR", 0x15, .gates = GATE_WEL | GATE_NOT_IN_ERASE_SUSPEND | GATE_NOT_IN_PROGRAM_SUSPEND,
		.data_min = BYTES, .data_max = BYTES, .in = abwr_in, .finish = abwr_finish},
	{0},
};

const struct flash_family flash_autoboot_family = {
	.commands = commands,
	.create = create,
	.destroy = destroy,
	.reset = reset,
};
