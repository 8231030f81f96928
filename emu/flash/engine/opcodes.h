/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command as a row of data, the gates it has to pass, and the opcode table of a chip. */
#ifndef SPINOR_FLASH_ENGINE_OPCODES_H
#define SPINOR_FLASH_ENGINE_OPCODES_H

#include "flash/flash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flash;
struct flash_part;

/* Conditions under which a command is accepted; see flash_gate(). */
enum {
	GATE_WEL = 1 << 0,                    /* needs WEL = 1 */
	GATE_STATUS_WRITE = 1 << 1,           /* needs WEL = 1 or the volatile write enable (50) */
	GATE_WHILE_BUSY = 1 << 2,             /* accepted during an operation */
	GATE_POWERED_DOWN = 1 << 3,           /* accepted in deep power-down */
	GATE_NOT_IN_ERASE_SUSPEND = 1 << 4,   /* refused while an erase is suspended */
	GATE_NOT_IN_PROGRAM_SUSPEND = 1 << 5, /* refused while a program is suspended */
	GATE_QUAD = 1 << 6,                   /* needs QE = 1 */
	GATE_ANY_END = 1 << 7,                /* acts wherever CS# rises, also in the header */
	GATE_IN_AAI = 1 << 8,                 /* accepted in auto address increment */
	GATE_EWSR = 1 << 12,                  /* needs EWSR (50) right before it */
	GATE_INHIBIT = 1 << 13,               /* refused within tPUW of power-up */
	GATE_DUMMY_ADDRESS = 1 << 14,         /* no gate: the address bytes are dummies */
};

/*
 * A row. The header of a frame is the opcode, the address and the dummy clocks; data follows it.
 * All functions may be NULL. A function that sets frame.outcome refuses the command.
 */
struct flash_command {
	const char *name;
	uint8_t opcode;        /* usual opcode; a part can have it elsewhere */
	uint8_t address_bytes; /* 0 to 4, or ADDRESS */
	uint8_t dummy_clocks;  /* after the address, mode bits included; see dummy.c */
	uint8_t address_lanes; /* 0 and 1: one */
	uint8_t data_lanes;
	uint8_t argument; /* for the functions: which register, which block size */
	uint8_t purpose;  /* enum flash_purpose, for reports */
	uint16_t gates;
	uint16_t data_min; /* bytes; a shorter frame does nothing */
	uint16_t data_max; /* bytes; a longer frame does nothing. DATA_ANY: no limit */

	void (*start)(struct flash *chip); /* header complete */
	void (*out)(struct flash *chip, uint8_t *out, size_t n);
	void (*in)(struct flash *chip, const uint8_t *in, size_t n);
	void (*finish)(struct flash *chip); /* CS# rose, the frame is complete */
};

#define DATA_ANY UINT16_MAX

/* As many address bytes as the mode says: 3, or 4 in 4-byte mode; see commands/address.c. */
#define ADDRESS UINT8_MAX

/* Fills the opcode table from the rows of the chip's families. */
void flash_commands_build(struct flash *chip);

/* Whether the part's list of commands has that mnemonic. */
bool flash_has_command(const struct flash_part *part, const char *name);

/* The command that the part has under that mnemonic, at any opcode; NULL if it has none. */
const struct flash_command *flash_command_named(const struct flash *chip, const char *name);

/* The chip's own, writable copy of the row at opcode, which must exist. */
struct flash_command *flash_command_own(struct flash *chip, uint8_t opcode);

/* The first reason why the command can't run now, or FLASH_DONE. */
enum flash_outcome flash_gate(const struct flash *chip, const struct flash_command *command);

#endif
