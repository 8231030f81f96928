/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frame in progress, from CS# low to CS# high. */
#ifndef SPINOR_FLASH_ENGINE_FRAME_H
#define SPINOR_FLASH_ENGINE_FRAME_H

#include "flash/flash.h"

#include <stdbool.h>
#include <stdint.h>

struct flash;
struct flash_command;

enum flash_phase {
	PHASE_OPCODE,
	PHASE_ADDRESS,
	PHASE_DUMMY,
	PHASE_DATA,
	PHASE_LANES,   /* header or data on more than one lane: bit by bit, see lanes.c */
	PHASE_IGNORED, /* refused: the chip ignores the rest of the frame */
};

struct flash_frame {
	const struct flash_command *command;
	enum flash_phase phase;
	enum flash_outcome outcome;
	const char *note;      /* more about the outcome; NULL: nothing */
	int opcode;            /* -1: not complete yet */
	unsigned int left;     /* bytes of the phase still to come */
	uint8_t address_bytes; /* of this frame */
	uint8_t dummy_clocks;  /* of this frame */
	uint32_t address;      /* as sent, below the extended address register */
	bool has_address;      /* complete */
	bool reset_enabled;    /* the frame before was 66 */
	uint64_t cursor;       /* for the command's functions: where data goes to or comes from */
	uint64_t position;     /* data bytes so far */
	unsigned int bits;     /* of the current byte, if it comes bit by bit; see frame.c */
	uint8_t bits_in;
	uint8_t bits_out;
	bool begun;           /* the current byte was fetched before its first clock */
	uint8_t mode_bits;    /* PHASE_LANES: after the address; see continuous.c */
	bool continued;       /* the frame has no opcode: a read continues */
	bool held;            /* HOLD# has suppressed clocks */
	unsigned int clocks;  /* PHASE_LANES: clocks since the opcode, up to the header's end */
	unsigned int pending; /* PHASE_LANES: bits of the current data byte */
	uint8_t shifter;      /* PHASE_LANES: those bits */
};

/* The opcode of the frame is complete: looks it up and checks its gates. */
void flash_take_opcode(struct flash *chip, uint8_t opcode);

/* The address of the frame is complete: adds the extended address register, which holds what a
 * host can't send in 3 bytes. */
void flash_address_extend(struct flash *chip);

/* The byte of the array that the frame's address selects; there are no cells at die_size and
 * above. */
uint64_t flash_array_address(const struct flash *chip);

#endif
