/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The board that the chip is soldered to: what it wants to find there when it gets its supply. */
#ifndef SPINOR_BOARD_BOARD_H
#define SPINOR_BOARD_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct board;
struct clip;

/* What a board does; only one that runs is a second master. */
enum board_state {
	BOARD_RUNS,
	BOARD_IN_RESET,
	BOARD_OFF, /* without supply of its own */
};

enum board_result {
	BOARD_BOOTS,
	BOARD_NO_CHIP,       /* it does not say that it is there */
	BOARD_OTHER_CONTENT, /* bytes differ from what they have to be */
	BOARD_OTHER_DIGEST,  /* a region has another SHA-256 */
	BOARD_CHANGED,       /* a region is not as when the bench began */
	BOARD_REGISTER,      /* register bits differ from what they have to be */
};

struct board_verdict {
	enum board_result result;
	uint64_t start; /* of the region */
	uint64_t length;
	uint64_t first;   /* CONTENT, CHANGED: address of the first byte that differs */
	uint64_t n_bytes; /* how many differ */
	unsigned int reg; /* REGISTER: 0 is SR1 */
	uint8_t mask;
	uint8_t wanted;
	uint8_t found;
	uint8_t opcode; /* that asks for the chip */
	uint8_t id[3];  /* as read; without an ID SR1 behind 06 and behind 04 */
	size_t n_id;
};

/* A board that asks for nothing but a chip. */
struct board *board_new(void);
void board_free(struct board *board);

/* How its chip says that it is there: to opcode and n_behind (0 to 4) bytes 00 it answers n_id (1
 * to 3) bytes that are not all 00 or FF. At first that is 9F and three of them. n_id 0: it has no
 * ID, and bit 1 of what opcode reads, WEL, has to follow 06 and 04. */
void board_set_identity(
	struct board *board, uint8_t opcode, unsigned int n_behind, unsigned int n_id);

/* Address bytes of its reads (1 to 4; 3 at first), which say nothing of the chip's mode: a chip in
 * another mode is misread. Above 16 MiB a board with 3 uses 13 and 4 bytes. */
void board_set_address_bytes(struct board *board, unsigned int n);

/* These n bytes have to be at start; copied. */
void board_want_content(struct board *board, uint64_t start, const uint8_t *bytes, size_t n);

/* The region has to have that SHA-256, 64 hex digits; copied. */
void board_want_digest(struct board *board, uint64_t start, uint64_t length, const char *sha256);

/* The region has to be as it was at board_begin(); one beyond the chip has no say. */
void board_want_unchanged(struct board *board, uint64_t start, uint64_t length);

/* How register reg (0: SR1, 1, 2) is read: it is the byte behind skip (0 to 2) others. At first it
 * is 05, 35 and 15 without any. */
void board_set_register(struct board *board, unsigned int reg, uint8_t opcode, unsigned int skip);

/* Of register reg (0: SR1, 1, 2) the bits of mask have to be as in value. */
void board_want_register(struct board *board, unsigned int reg, uint8_t mask, uint8_t value);

/* Remembers what has to stay unchanged, out of the chip's array of size bytes; touches no wire. */
void board_begin(struct board *board, const uint8_t *array, uint64_t size);

/* Reads from the chip on line cs, by the board's own wires, what the board wants, in the order it
 * was asked for; the first thing amiss is the verdict. No frame may be open. True: it boots. */
bool board_boot(
	struct board *board, struct clip *clip, unsigned int cs, struct board_verdict *verdict);

#endif
