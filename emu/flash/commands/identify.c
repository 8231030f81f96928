/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identification: RDID 9F, REMS 90 and its dual and quad forms 92/94, RES AB, unique ID 4B. Parts
 * that lack some of these have others; they have the rows at other opcodes, or RDP in place of RES.
 *
 * Follows W25Q128JV rev. M, 8.2.22-8.2.27. That data sheet does not define the output after the ID
 * in 9F (the part's id-tail decides) and after the 64 bits of 4B (its figure ends in Hi-Z; the
 * part's unique-id-tail decides: XMC and GigaDevice give FF, Boya repeats the ID).
 *
 * Other vendors' 9F goes on: with a number of bytes that the one before them announces and that
 * differ in each chip (N25Q256A rev. W, table 21), or with a CFI table (idcfi.c).
 */
#include "flash/commands/families.h"
#include "flash/commands/idcfi.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/life.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

/* The next n bytes of an answer of length bytes and its tail. */
static void
put_id(const struct flash *chip, const uint8_t *id, unsigned int length, enum flash_id_tail tail,
	uint8_t *out, size_t n)
{
	uint64_t position = chip->frame.position;

	for (size_t i = 0; i < n; i++, position++) {
		if (position < length || tail == FLASH_ID_REPEAT)
			out[i] = id[position % length];
		else
			out[i] = tail == FLASH_ID_ZERO ? 0x00 : 0xff;
	}
}

/* All bytes of 9F before its tail; returns their number. */
static unsigned int
whole_id(const struct flash *chip, uint8_t *id)
{
	const struct flash_part *part = chip->part;

	memcpy(id, part->id, part->id_length);
	memcpy(id + part->id_length, chip->unique_id, part->id_unique);
	for (unsigned int i = part->id_length; part->id_cfi && i < FLASH_ID_CFI_LENGTH; i++)
		id[i] = flash_id_cfi_byte(part, i);
	return part->id_cfi ? FLASH_ID_CFI_LENGTH : part->id_length + part->id_unique;
}

static void
rdid_out(struct flash *chip, uint8_t *out, size_t n)
{
	const struct flash_part *part = chip->part;
	uint8_t id[FLASH_ID_CFI_LENGTH];

	put_id(chip, id, whole_id(chip, id), part->id_tail, out, n);
}

/* Address bit 0 selects which of the two comes first; then they alternate. */
static void
rems_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint64_t position = chip->frame.position + (chip->frame.address & 1);

	for (size_t i = 0; i < n; i++, position++)
		out[i] = position & 1 ? chip->part->device_id : chip->part->manufacturer;
}

/* After three dummy bytes the part's answer, repeated to the end of the frame. */
static void
res_out(struct flash *chip, uint8_t *out, size_t n)
{
	const struct flash_part *part = chip->part;
	uint64_t position = chip->frame.position;

	for (size_t i = 0; i < n; i++, position++)
		out[i] = part->res[position % part->res_length];
}

/* AB leaves deep power-down when CS# rises, after the opcode alone or after an ID read. */
static void
res_finish(struct flash *chip)
{
	bool id_read = chip->frame.position > 0;

	if (!chip->powered_down)
		return;
	chip->powered_down = false;
	chip->unready_until_ns =
		chip->now_ns + flash_duration(chip, id_read ? FLASH_T_RES2 : FLASH_T_RES1);
}

static void
unique_id_out(struct flash *chip, uint8_t *out, size_t n)
{
	const struct flash_part *part = chip->part;

	put_id(chip, chip->unique_id, part->unique_id_length, part->unique_id_tail, out, n);
}

/* A serial number that differs from seed to seed. */
static void
create(struct flash *chip)
{
	for (size_t i = 0; i < sizeof(chip->unique_id); i += 8) {
		uint64_t x = flash_random(chip);

		for (size_t j = 0; j < 8; j++)
			chip->unique_id[i + j] = (uint8_t)(x >> (j * 8));
	}
	flash_keep(chip, "unique-id", chip->unique_id, MIN(chip->part->unique_id_length, 16));
	if (chip->part->id_unique)
		flash_keep(chip, "factory-id", chip->unique_id, chip->part->id_unique);
}

static const struct flash_command commands[] = {
	{"RDID", 0x9f, .data_max = DATA_ANY, .out = rdid_out},
	{"REMS", 0x90, .address_bytes = 3, .data_max = DATA_ANY, .out = rems_out},
	{"DREMS", 0x92, .address_bytes = 3, .address_lanes = 2, .dummy_clocks = 4, .data_lanes = 2,
		.data_max = DATA_ANY, .out = rems_out},
	{"QREMS", 0x94, .address_bytes = 3, .address_lanes = 4, .dummy_clocks = 6, .data_lanes = 4,
		.gates = GATE_QUAD, .data_max = DATA_ANY, .out = rems_out},
	{"RES", 0xab, .address_bytes = 3,
		.gates = GATE_POWERED_DOWN | GATE_ANY_END | GATE_DUMMY_ADDRESS,
		.data_max = DATA_ANY, .out = res_out, .finish = res_finish},
	{"RDUID", 0x4b, .dummy_clocks = 32, .data_max = DATA_ANY, .out = unique_id_out},
	{0},
};

const struct flash_family flash_identify_family = {
	.commands = commands,
	.create = create,
};
