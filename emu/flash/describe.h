/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The meaning of a frame to a chip, the use of its pins, and its registers by the names of their
 * bits, for rooms between chip and host. Not installed. */
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

#define FLASH_FIELDS_MAX 16
#define FLASH_FIELD_NAME_MAX 16
#define FLASH_NAMED_REGISTERS 16

/* Bits of a register with one name: a single one ("SRP"), or a number ("BP" of BP0 to BP3). */
struct flash_field {
	char name[FLASH_FIELD_NAME_MAX];
	unsigned int n_bits;
	uint8_t place[8]; /* bit i of the field is that bit of the register */
	bool repeats;     /* n_bits is 1, and the register shows it in place[1], too */
	bool brief;       /* shown in the short form even if it is 0 */
};

/* A register and its fields, in the order of their highest bits from 7 (or 15) down. */
struct flash_register {
	const char *name; /* "SR1", "FSR" */
	unsigned int n_bits;
	uint32_t value;
	bool brief; /* shown in the short form of a chip's state */
	unsigned int n_fields;
	struct flash_field fields[FLASH_FIELDS_MAX];
};

/* The name of register reg, 0 to 5: "SR1" to "SR3", "CR2" to "CR4". */
const char *flash_status_name(unsigned int reg);

/* Whether register reg (0: SR1) has a bit with a name. */
bool flash_has_status(const struct flash_part *part, unsigned int reg);

/* Describes a value of register reg (below FLASH_REGISTERS of partdata.h) of that part. */
void flash_status_fields(const struct flash_part *part, unsigned int reg, uint8_t value,
	struct flash_register *described);

/* Describes all registers of the chip as a host would read them now. Returns their number, at most
 * FLASH_NAMED_REGISTERS. */
unsigned int flash_registers(const struct flash *chip, struct flash_register *registers);

/* The field's value in a value of its register. */
uint32_t flash_field_value(const struct flash_field *field, uint32_t value);

/* Sets the field in *value. False: it has too few bits. */
bool flash_field_set(const struct flash_field *field, uint32_t number, uint32_t *value);

/* The bits of a register by their names, numbers in binary: "SRP=1 BP=111". Short form (all is
 * false): without the fields that are 0, except those of block protection. "" if that leaves
 * nothing. Free with g_free(). */
char *flash_register_words(const struct flash_register *reg, bool all);

/* The same, short, for a value of register reg of that part: "9C: SRP=1 BP=111", "00". */
char *flash_status_words(const struct flash_part *part, unsigned int reg, uint8_t value);

#endif
