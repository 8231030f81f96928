/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The meaning of a frame, for a caller that has to know it before the chip receives it.
 *
 *   MOSI at the host   | opcode | address |  ...
 *   flash_describe()          1         2          1: purpose, length of the header
 *                                                  2: the address as well
 *
 * The engine itself takes the frame's header: a copy of the chip gets it, which is deaf (as in
 * tRST), so that the frame has no effect. A refused frame has the same purpose and address as one
 * that is accepted. The chip and what it shares with its copy do not change.
 *
 * Two families have more to say of an address than their rows do. The frames of an auto address
 * increment that follow the first have no address and continue after the last one (aai.c). An AT45
 * DataFlash has pages (dataflash.c): the address in the array follows from the page size in force;
 * of a buffer command it only names a byte of the buffer, and the commands of four opcode bytes (3D
 * 2A 7F 9A, C7 94 80 9A) have none. The page that a buffer write is for is not known yet, but its
 * data is that of a program.
 *
 * Leaves out the burst wrap of quad reads, which a host with one wire cannot use.
 */
#include "flash/describe.h"

#include "flash/commands/dataflash.h"
#include "flash/engine/continuous.h"
#include "flash/engine/device.h"
#include "flash/engine/frame.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

static bool
is_aai(const struct flash_command *command)
{
	return command->gates & GATE_IN_AAI && command->purpose == FLASH_FOR_PROGRAM;
}

static bool
is_of_buffer_only(const struct flash_command *command)
{
	return strncmp(command->name, "DF_BUF", 6) == 0 && command->purpose == FLASH_FOR_OTHER;
}

/* deaf becomes the chip after these bytes of a frame, none of which has had an effect. */
static void
walk(struct flash *deaf, const struct flash *chip, const uint8_t *bytes, size_t n)
{
	*deaf = *chip;
	deaf->listener = NULL;
	deaf->byte_ps = 0;
	deaf->operation.kind = NULL;
	deaf->unready_until_ns = INT64_MAX;
	deaf->held = false;
	deaf->noise_bytes = 0;
	deaf->selected = true;
	deaf->frame = (struct flash_frame){
		.opcode = -1,
		.phase = deaf->lanes > 1 ? PHASE_LANES : PHASE_OPCODE,
	};
	flash_continuous_begin(deaf);
	flash_shift(deaf, bytes, NULL, n);
}

static unsigned int
lanes(const struct flash *chip, uint8_t n)
{
	return chip->lanes > 1 ? chip->lanes : MAX(n, 1);
}

/* How many clocks and bytes the parts of the frame take on the wire. */
static void
describe_length(const struct flash *deaf, struct flash_description *description)
{
	const struct flash_command *command = deaf->frame.command;
	unsigned int address_bytes = deaf->frame.address_bytes;
	unsigned int clocks = deaf->frame.continued ? 0 : 8 / MAX(deaf->lanes, 1);

	clocks += address_bytes * 8 / lanes(deaf, command->address_lanes);
	description->header_bytes = (clocks + 7) / 8;
	description->data_clock = clocks + deaf->frame.dummy_clocks;
	description->data_lanes = lanes(deaf, command->data_lanes);
}

static void
describe_aai(const struct flash *deaf, size_t n, struct flash_description *description)
{
	uint64_t address = deaf->aai_bytes > 0 ? deaf->aai_address : deaf->frame.address;

	if (n < description->header_bytes)
		return;
	description->has_address = true;
	description->address =
		address % deaf->part->size & ~(uint64_t)(deaf->frame.command->argument - 1);
}

/* In the units of a host, which sees page after page, whatever the array has of them. */
static void
describe_page(const struct flash *deaf, struct flash_description *description)
{
	const struct flash_dataflash *df = deaf->dataflash;
	const struct flash_command *command = deaf->frame.command;
	uint64_t page = flash_dataflash_page(deaf);
	uint32_t byte = flash_dataflash_byte(deaf);

	if (command->address_bytes != ADDRESS || is_of_buffer_only(command)) {
		description->has_address = false;
		return;
	}
	description->page = df->page;
	description->stride = df->stride;
	description->address = page * df->stride + MIN(byte, df->stride - 1);
	description->first = page * df->page + byte;
	description->ring_bytes = (uint64_t)df->n_pages * df->page;
	if (strcmp(command->name, "DF_PAGE_READ") == 0) {
		description->ring_from = page * df->page;
		description->ring_bytes = df->page;
	}
}

void
flash_describe(const struct flash *chip, const uint8_t *bytes, size_t n,
	struct flash_description *description)
{
	const struct flash_command *command;
	struct flash deaf;

	*description = (struct flash_description){.header_bytes = 1};
	walk(&deaf, chip, bytes, n);
	command = deaf.frame.command;
	if (!command)
		return;
	description->purpose = command->purpose;
	if (is_of_buffer_only(command) && command->in)
		description->purpose = FLASH_FOR_PROGRAM;
	describe_length(&deaf, description);
	if (is_aai(command)) {
		describe_aai(&deaf, n, description);
		return;
	}
	description->has_address = deaf.frame.has_address;
	description->address = deaf.frame.address % chip->part->size;
	description->first = description->address;
	description->ring_bytes = chip->part->size;
	if (description->has_address && chip->dataflash)
		describe_page(&deaf, description);
}

/* The address of the clocks-th byte of a read's data. */
static bool
read_address(const struct flash_description *description, uint64_t clocks, uint64_t *address,
	uint64_t *n_bytes)
{
	uint64_t passed = description->first - description->ring_from;
	uint64_t behind = (passed + clocks * description->data_lanes / 8) % description->ring_bytes;
	uint64_t at = description->ring_from + behind;
	uint64_t left = description->ring_bytes - behind;
	uint64_t byte;

	*address = at;
	*n_bytes = description->data_lanes > 1 ? 1 : left;
	if (description->page == description->stride)
		return true;
	byte = at % description->page;
	*address = at / description->page * description->stride + byte;
	if (byte >= description->stride) {
		*n_bytes = description->page - byte;
		return false;
	}
	*n_bytes = MIN(*n_bytes, MIN(description->page, description->stride) - byte);
	return true;
}

bool
flash_described_address(const struct flash_description *description, uint64_t byte,
	uint64_t *address, uint64_t *n_bytes)
{
	*address = description->address;
	*n_bytes = UINT64_MAX;
	if (!description->has_address || description->purpose != FLASH_FOR_READ)
		return description->has_address;
	if (byte * 8 >= description->data_clock)
		return read_address(
			description, byte * 8 - description->data_clock, address, n_bytes);
	*n_bytes = 1;
	return true;
}
