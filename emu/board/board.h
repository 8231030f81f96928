/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The board that the chip is soldered to, and what it checks in the chip when it boots. */
#ifndef SPINOR_BOARD_BOARD_H
#define SPINOR_BOARD_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct board;
struct clip;

/* The state of a board. Only a running board is a second master on the bus. */
enum board_state {
	BOARD_RUNS,
	BOARD_IN_RESET,
	BOARD_OFF, /* its own supply is off */
};

enum board_result {
	BOARD_BOOTS,
	BOARD_NO_CHIP,       /* no chip answers */
	BOARD_OTHER_CONTENT, /* bytes differ from the required ones */
	BOARD_OTHER_DIGEST,  /* the SHA-256 of a region differs */
	BOARD_CHANGED,       /* a region has changed since board_begin() */
	BOARD_REGISTER,      /* register bits differ from the required ones */
};

struct board_verdict {
	enum board_result result;
	uint64_t start; /* start of the region */
	uint64_t length;
	uint64_t first;   /* CONTENT, CHANGED: address of the first byte that differs */
	uint64_t n_bytes; /* number of bytes that differ */
	unsigned int reg; /* REGISTER: 0 is SR1 */
	uint8_t mask;
	uint8_t wanted;
	uint8_t found;
	uint8_t opcode; /* of the identification command */
	uint8_t id[3];  /* as read; of a chip without an ID: SR1 after 06 and after 04 */
	size_t n_id;
};

/* Makes a board that only checks that a chip answers. */
struct board *board_new(void);
void board_free(struct board *board);

/* Sets how the board detects its chip: to opcode and n_behind (0 to 4) bytes 00 the chip answers
 * n_id (1 to 3) bytes that are not all 00 or all FF. The default is 9F and three bytes. n_id 0: the
 * chip has no ID; bit 1 (WEL) of the register that opcode reads has to follow 06 and 04. */
void board_set_identity(
	struct board *board, uint8_t opcode, unsigned int n_behind, unsigned int n_id);

/* Sets the number of address bytes of the board's reads (1 to 4; default 3). It is independent of
 * the chip's mode: a chip in another mode is misread. Above 16 MiB a board with 3 address bytes
 * uses opcode 13 and 4 bytes. */
void board_set_address_bytes(struct board *board, unsigned int n);

/* Requires these n bytes at start. They are copied. */
void board_want_content(struct board *board, uint64_t start, const uint8_t *bytes, size_t n);

/* Requires that SHA-256 of the region: 64 hex digits, which are copied. */
void board_want_digest(struct board *board, uint64_t start, uint64_t length, const char *sha256);

/* Requires the region to be unchanged since board_begin(). A region beyond the chip is ignored. */
void board_want_unchanged(struct board *board, uint64_t start, uint64_t length);

/* Sets how register reg (0: SR1, 1, 2) is read: opcode, then the register is the byte after skip (0
 * to 2) others. The defaults are 05, 35 and 15 with skip 0. */
void board_set_register(struct board *board, unsigned int reg, uint8_t opcode, unsigned int skip);

/* Requires the bits in mask of register reg (0: SR1, 1, 2) to be those of value. */
void board_want_register(struct board *board, unsigned int reg, uint8_t mask, uint8_t value);

/* Copies the regions that have to stay unchanged from the chip's array of size bytes. The wires are
 * not used. */
void board_begin(struct board *board, const uint8_t *array, uint64_t size);

/* Boots the board: reads what it requires from the chip on line cs, over the board's own wires, in
 * the order of the calls above. The verdict is the first requirement that fails. No frame may be
 * open. True: it boots. */
bool board_boot(
	struct board *board, struct clip *clip, unsigned int cs, struct board_verdict *verdict);

#endif
