/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The meaning of a frame to a chip, and the use of its pins, for rooms between chip and host. Not
 * installed. */
#ifndef SPINOR_FLASH_DESCRIBE_H
#define SPINOR_FLASH_DESCRIBE_H

#include "flash/flash.h"

/* The most bytes of opcode and address that a frame begins with. */
#define FLASH_HEADER_MAX 5

/* The meaning of a frame, from its first bytes. */
struct flash_description {
	enum flash_purpose purpose;
	unsigned int header_bytes; /* of opcode and address, at most FLASH_HEADER_MAX */
	bool has_address;
	uint64_t address; /* in the array; of a register or table that has addresses of its own,
			   * there */

	/* For flash_described_address(). */
	unsigned int data_clock; /* clocks of opcode, address and dummy */
	unsigned int data_lanes;
	uint64_t first; /* of the data: counted in bytes that a host sees */
	uint64_t ring_from;
	uint64_t ring_bytes; /* that such an address counts in */
	uint32_t page;       /* bytes of a page for a host, and in the array; 0: no pages */
	uint32_t stride;
};

/*
 * Describes a frame that the chip would get now, whatever it is doing: n bytes as the host sends
 * them on MOSI. One byte tells the purpose and header_bytes, that many the address. Purpose and
 * address are those of the FLASH_EVENT_COMMAND of such a frame, with these exceptions: the address
 * is modulo the part's size, a DataFlash page is where it is in the array, what is no place there
 * (the byte of a buffer, the rest of an opcode) is no address, and a write to its buffer is for a
 * program. An opcode that the part lacks is for something else and has no address.
 */
void flash_describe(const struct flash *chip, const uint8_t *bytes, size_t n,
	struct flash_description *description);

/* The address of that byte of the frame (0: the opcode): of a read where its data comes from, else
 * the frame's own. *n_bytes: how many bytes of the frame from there on it counts up for (of a read)
 * or stays as it is. False: no address, for so many bytes. */
bool flash_described_address(const struct flash_description *description, uint64_t byte,
	uint64_t *address, uint64_t *n_bytes);

/* Why a pin has no function at present: "QE=1" or "QPI", it is a data lane. NULL: it has one. */
const char *flash_pin_unused(const struct flash *chip, enum flash_pin pin);

#endif
