/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the host does, learned from MOSI at its side, so that faults can be aimed.
 *
 * The rule: the first byte is the opcode. The table says what it is for and how many bytes of
 * address follow: none, three, four, or as many as the part takes after power-up, three after E9
 * and four after B7; after 99 as at power-up. Bytes of the address come highest first. Bytes that
 * the chip lets pass before it answers are not part of the address.
 *
 * Leaves out: commands on more than one data line, whose first byte alone is understood, the
 * address layout of AT45 parts, and what was sent before the first fault came.
 */
#include "clip/internal.h"

#include "flash/flash.h"

#define BY_MODE 0xff

static const struct {
	uint8_t opcode;
	uint8_t purpose;
	uint8_t address_bytes;
	uint8_t dummy_bytes;
} commands[] = {
	{0x03, FLASH_FOR_READ, BY_MODE, 0}, {0x0b, FLASH_FOR_READ, BY_MODE, 1},
	{0x13, FLASH_FOR_READ, 4, 0}, {0x0c, FLASH_FOR_READ, 4, 1},
	{0x02, FLASH_FOR_PROGRAM, BY_MODE, 0}, {0x12, FLASH_FOR_PROGRAM, 4, 0},
	{0xad, FLASH_FOR_PROGRAM, BY_MODE, 0}, /* AAI: of the first frame */
	{0xaf, FLASH_FOR_PROGRAM, BY_MODE, 0}, {0x20, FLASH_FOR_ERASE, BY_MODE, 0},
	{0x52, FLASH_FOR_ERASE, BY_MODE, 0}, {0xd7, FLASH_FOR_ERASE, BY_MODE, 0},
	{0xd8, FLASH_FOR_ERASE, BY_MODE, 0}, {0x21, FLASH_FOR_ERASE, 4, 0},
	{0x5c, FLASH_FOR_ERASE, 4, 0}, {0xdc, FLASH_FOR_ERASE, 4, 0}, {0x60, FLASH_FOR_ERASE, 0, 0},
	{0x62, FLASH_FOR_ERASE, 0, 0}, {0xc7, FLASH_FOR_ERASE, 0, 0},
	{0x05, FLASH_FOR_STATUS_READ, 0, 0}, {0x15, FLASH_FOR_STATUS_READ, 0, 0},
	{0x35, FLASH_FOR_STATUS_READ, 0, 0}, {0x70, FLASH_FOR_STATUS_READ, 0, 0},
	{0x01, FLASH_FOR_STATUS_WRITE, 0, 0}, {0x11, FLASH_FOR_STATUS_WRITE, 0, 0},
	{0x31, FLASH_FOR_STATUS_WRITE, 0, 0},
	{0x42, FLASH_FOR_OTHER, BY_MODE, 0}, /* security registers */
	{0x44, FLASH_FOR_OTHER, BY_MODE, 0}, {0x48, FLASH_FOR_OTHER, BY_MODE, 1},
	{0x5a, FLASH_FOR_OTHER, 3, 1}, /* SFDP */
	{0x90, FLASH_FOR_OTHER, 3, 0}, /* REMS */
};

void
clip_frame_begin(struct clip_frame *frame, uint64_t operation)
{
	frame->open = true;
	frame->operation = operation;
	frame->byte = 0;
	frame->opcode = -1;
	frame->purpose = FLASH_FOR_OTHER;
	frame->header_bytes = 1;
	frame->dummy_bytes = 0;
	frame->has_address = false;
	frame->address = 0;
}

static void
take_opcode(struct clip_frame *frame, uint8_t opcode)
{
	frame->opcode = opcode;
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (commands[i].opcode != opcode)
			continue;
		frame->purpose = commands[i].purpose;
		frame->dummy_bytes = commands[i].dummy_bytes;
		frame->header_bytes += commands[i].address_bytes == BY_MODE
			? frame->address_bytes
			: commands[i].address_bytes;
	}
	if (opcode == 0xb7)
		frame->address_bytes = 4;
	else if (opcode == 0xe9)
		frame->address_bytes = 3;
	else if (opcode == 0x99)
		frame->address_bytes = frame->first_address_bytes;
}

void
clip_frame_take(struct clip_frame *frame, uint8_t mosi)
{
	if (frame->byte == 0) {
		take_opcode(frame, mosi);
	} else if (frame->byte < frame->header_bytes) {
		frame->address = frame->address << 8 | mosi;
		frame->has_address = frame->byte + 1 == frame->header_bytes;
	}
}

bool
clip_frame_address(const struct clip_frame *frame, uint64_t size, uint64_t *address)
{
	uint64_t data = frame->header_bytes + frame->dummy_bytes;

	if (!frame->has_address)
		return false;
	*address = frame->address;
	if (frame->purpose == FLASH_FOR_READ && frame->byte > data)
		*address += frame->byte - data;
	if (size > 0)
		*address %= size;
	return true;
}
