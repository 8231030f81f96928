/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of Micron's N25Q and MT25Q: flag status 70 (cleared by 50), non-volatile configuration
 * B5/B1, volatile 85/81, enhanced volatile 65/61. Follows the chapters "Flag Status Register" to
 * "Enhanced Volatile Configuration Register" of N25Q256A and MT25QL256ABA, as remembered
 * (unconfirmed).
 *
 *   flag status   7 ready, 6 erase suspended, 5 erase error, 4 program error, 2 program suspended,
 *                 1 protection, 0 4-byte address mode
 *
 * An error flag stays set until 50, a reset or power loss, even if later operations succeed. At
 * power-up and reset the volatile registers are loaded from the non-volatile one: address mode, 16
 * MiB segment, and whether opcodes come on one, two or four lanes. A write of the enhanced register
 * changes the lanes at once. Reserved bits keep their value (N25Q128, bit 5 of the enhanced
 * register 0; MT25QL128, bit 3). Further bytes of the non-volatile register read 00 (Micron's model
 * of the MT25Q).
 *
 * For parts with several dies the data sheets (N25Q512A, N25Q00AA) ask the host to poll 70 until
 * each die was ready. Hosts that poll only 05 work with real ones, so here 70 is optional and one
 * poll is enough. The part's dummy-code says what VCR bits 7 to 4 mean. Left out as well: XIP and
 * wrap of the volatile register, drive strength, VPP (bit 3).
 */
#include "flash/commands/flagstatus.h"

#include "flash/cells/cutoff.h"
#include "flash/commands/address.h"
#include "flash/commands/families.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/fields.h"
#include "flash/engine/lanes.h"
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
	FLAG_READY = 0x80,
	FLAG_ERASE_SUSPENDED = 0x40,
	FLAG_ERASE_ERROR = 0x20,
	FLAG_PROGRAM_ERROR = 0x10,
	FLAG_PROGRAM_SUSPENDED = 0x04,
	FLAG_PROTECTION = 0x02,
	FLAG_FOUR_BYTE = 0x01,

	/* low byte of the non-volatile register, bits that act when 0 */
	NVCR_QUAD = 0x08,
	NVCR_DUAL = 0x04,
	NVCR_SEGMENT = 0x02,
	NVCR_ADDRESS = 0x01,

	EVCR_QUAD = 0x80,
	EVCR_DUAL = 0x40,

	VCR_RESERVED = 0x04, /* reads 0 */

	/* arguments of the register rows */
	VCR = 0,
	EVCR = 1,
};

struct flash_flag_status {
	uint8_t errors;
	uint8_t vcr;
	uint8_t evcr;
	uint8_t nvcr_new[2]; /* being written */
	uint8_t nvcr[2];     /* survives power loss */
};

static void
create(struct flash *chip)
{
	struct flash_flag_status *registers = g_new0(struct flash_flag_status, 1);

	memset(registers->nvcr, 0xff, sizeof(registers->nvcr));
	chip->flag_status = registers;
	if (chip->part->dummy_register == FLASH_DUMMY_VCR)
		chip->dummy_register = &registers->vcr;
	if (flash_has_command(chip->part, "WRNVCR"))
		flash_keep(chip, "nvcr", registers->nvcr, sizeof(registers->nvcr));
}

static void
destroy(struct flash *chip)
{
	g_free(chip->flag_status);
}

void
flash_flag_status_protected(struct flash *chip, bool erase)
{
	chip->flag_status->errors |=
		FLAG_PROTECTION | (erase ? FLAG_ERASE_ERROR : FLAG_PROGRAM_ERROR);
}

static void
cells_failed(struct flash *chip, bool erase)
{
	chip->flag_status->errors |= erase ? FLAG_ERASE_ERROR : FLAG_PROGRAM_ERROR;
}

static uint8_t
flag_status(const struct flash *chip)
{
	uint8_t flags = chip->flag_status->errors;

	if (!chip->operation.kind)
		flags |= FLAG_READY;
	if (flash_operation_is_for(&chip->suspended, FLASH_FOR_ERASE))
		flags |= FLAG_ERASE_SUSPENDED;
	if (flash_operation_is_for(&chip->suspended, FLASH_FOR_PROGRAM))
		flags |= FLAG_PROGRAM_SUSPENDED;
	if (chip->address_bytes == 4)
		flags |= FLAG_FOUR_BYTE;
	return flags;
}

static void
rdfsr_out(struct flash *chip, uint8_t *out, size_t n)
{
	memset(out, flag_status(chip), n);
}

static void
clfsr_finish(struct flash *chip)
{
	chip->flag_status->errors = 0;
}

static void
rdnvcr_out(struct flash *chip, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = chip->frame.position + i < 2
			? chip->flag_status->nvcr[chip->frame.position + i]
			: 0x00;
}

/* The general purpose read register: 64 bytes of the factory, and zeros behind them (Micron's model
 * of the MT25Q). That the factory leaves them 0 is unconfirmed. */
static void
zeros_out(struct flash *chip, uint8_t *out, size_t n)
{
	(void)chip;
	memset(out, 0x00, n);
}

static void
wrnvcr_in(struct flash *chip, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++)
		chip->flag_status->nvcr_new[chip->frame.cursor++ % 2] = in[i];
}

static void
zero_start(struct flash *chip)
{
	chip->frame.cursor = 0;
}

static void
wrnvcr_complete(struct flash *chip, const struct flash_operation *operation)
{
	(void)operation;
	memcpy(chip->flag_status->nvcr, chip->flag_status->nvcr_new,
		sizeof(chip->flag_status->nvcr));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static void
wrnvcr_interrupt(struct flash *chip, const struct flash_operation *operation)
{
	flash_register_part(chip, chip->flag_status->nvcr, chip->flag_status->nvcr_new,
		sizeof(chip->flag_status->nvcr), flash_share_done(chip, operation));
	flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
}

static const struct flash_operation_kind wrnvcr_kind = {
	.complete = wrnvcr_complete,
	.interrupt = wrnvcr_interrupt,
};

static void
wrnvcr_finish(struct flash *chip)
{
	bool own = chip->part->timing[FLASH_T_NVCR].typ_ns > 0;

	flash_operation_begin(
		chip, &wrnvcr_kind, 0, 0, flash_duration(chip, own ? FLASH_T_NVCR : FLASH_T_W));
}

static uint8_t *
addressed(struct flash *chip)
{
	return chip->frame.command->argument == VCR ? &chip->flag_status->vcr
						    : &chip->flag_status->evcr;
}

static void
register_out(struct flash *chip, uint8_t *out, size_t n)
{
	memset(out, *addressed(chip), n);
}

static void
register_in(struct flash *chip, const uint8_t *in, size_t n)
{
	chip->frame.cursor = in[n - 1];
}

static void
set_lanes(struct flash *chip)
{
	flash_lanes_set(chip,
		!(chip->flag_status->evcr & EVCR_QUAD)           ? 4
			: !(chip->flag_status->evcr & EVCR_DUAL) ? 2
								 : 1);
}

/* The bits that a write does not change: reserved ones. */
static uint8_t
fixed_bits(const struct flash *chip)
{
	return chip->frame.command->argument == VCR ? VCR_RESERVED : chip->part->evcr_fixed;
}

static void
register_finish(struct flash *chip)
{
	uint8_t fixed = fixed_bits(chip);

	*addressed(chip) = (*addressed(chip) & fixed) | ((uint8_t)chip->frame.cursor & ~fixed);
	flash_bit_set(chip, FLASH_BIT_WEL, false);
	if (chip->frame.command->argument == EVCR)
		set_lanes(chip);
}

static void
reset(struct flash *chip, bool lost_power)
{
	uint8_t low = chip->flag_status->nvcr[0];
	uint8_t high = chip->flag_status->nvcr[1];

	(void)lost_power;
	chip->flag_status->errors = 0;
	/* A part without these commands has no configuration to restore. */
	if (!flash_command_named(chip, "RDNVCR"))
		return;
	/* 7:4 dummy clocks, 3 XIP off, 2 reserved, 1:0 no wrap */
	chip->flag_status->vcr = (high & 0xf0) | ((high >> 1 & 7) == 7 ? 0x08 : 0x00) | 0x03;
	/* 7 quad, 6 dual, 5 reserved, 4 hold, 3 VPP, 2:0 drive strength */
	chip->flag_status->evcr = (chip->part->evcr_default & 0x28) |
		(low & NVCR_QUAD ? EVCR_QUAD : 0) | (low & NVCR_DUAL ? EVCR_DUAL : 0) |
		(low & 0x10) | (high & 1) << 2 | low >> 6;
	set_lanes(chip);
	if (!(low & NVCR_SEGMENT))
		chip->extended_address = (uint8_t)((chip->part->size - 1) >> 24);
	if (!(low & NVCR_ADDRESS) && chip->part->size > UINT64_C(1) << 24)
		flash_address_set_mode(chip, true);
}

/* The names of the bits are those of the MT25QL256ABA's tables, shortened. */
static void
registers(const struct flash *chip, struct flash_registers *list)
{
	const struct flash_flag_status *own = chip->flag_status;

	if (flash_command_named(chip, "RDFSR"))
		flash_registers_add(list, "FSR",
			"READY ERASE_SUS ERASE_FAIL PROG_FAIL - PROG_SUS PROT_FAIL 4BYTE",
			flag_status(chip), true);
	if (flash_command_named(chip, "RDNVCR"))
		flash_registers_add(list, "NVCR",
			"DC3 DC2 DC1 DC0 XIP2 XIP1 XIP0 ODS2 ODS1 ODS0 - HOLD QUAD# DUAL# "
			"SEG 3BYTE",
			(uint32_t)own->nvcr[1] << 8 | own->nvcr[0], false);
	if (flash_command_named(chip, "RDVCR"))
		flash_registers_add(
			list, "VCR", "DC3 DC2 DC1 DC0 XIP - WRAP1 WRAP0", own->vcr, false);
	if (flash_command_named(chip, "RDEVCR"))
		flash_registers_add(
			list, "EVCR", "QUAD# DUAL# - HOLD VPP ODS2 ODS1 ODS0", own->evcr, false);
}

#define REGISTER_READ .data_max = DATA_ANY, .out = register_out
#define REGISTER_WRITE                                                               \
	.gates = GATE_WEL | GATE_NOT_IN_ERASE_SUSPEND | GATE_NOT_IN_PROGRAM_SUSPEND, \
	.data_min = 1, .data_max = 1, .in = register_in, .finish = register_finish

static const struct flash_command commands[] = {
	{"RDFSR", 0x70, .gates = GATE_WHILE_BUSY, .data_max = DATA_ANY, .out = rdfsr_out,
		.purpose = FLASH_FOR_STATUS_READ},
	{"CLFSR", 0x50, .finish = clfsr_finish},
	{"RDNVCR", 0xb5, .data_max = DATA_ANY, .out = rdnvcr_out},
	{"WRNVCR", 0xb1,
		.gates = GATE_WEL | GATE_NOT_IN_ERASE_SUSPEND | GATE_NOT_IN_PROGRAM_SUSPEND,
		.data_min = 2, .data_max = 2, .start = zero_start, .in = wrnvcr_in,
		.finish = wrnvcr_finish},
	{"RDVCR", 0x85, REGISTER_READ, .argument = VCR},
	{"WRVCR", 0x81, REGISTER_WRITE, .argument = VCR},
	{"RDGPRR", 0x96, .dummy_clocks = 8, .data_max = DATA_ANY, .out = zeros_out},
	{"RDEVCR", 0x65, REGISTER_READ, .argument = EVCR},
	{"WREVCR", 0x61, REGISTER_WRITE, .argument = EVCR},
	{0},
};

const struct flash_family flash_flag_status_family = {
	.commands = commands,
	.create = create,
	.destroy = destroy,
	.reset = reset,
	.cells_failed = cells_failed,
	.registers = registers,
};
