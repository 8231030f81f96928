/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of the chip itself: cells that are stuck, weak or read too often, operations that have no
 * effect, never end or take too long. A fault is data on separate axes: what, where (addresses,
 * bits) and when. A chip that differs from its marking (ID, SFDP) is another part; see also
 * flash_set_real_size().
 */
#ifndef SPINOR_FLASH_FAULT_H
#define SPINOR_FLASH_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/faultwhen.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct flash;
struct flash_part;

/* Kind of fault. fault.c has the names for files and command lines. */
enum flash_fault_what {
	FLASH_FAULT_STUCK_CELL, /* a cell that does not hold a charge, or does not lose it */
	FLASH_FAULT_WEAK_CELL,  /* near the threshold: reads one way or the other */
	FLASH_FAULT_NO_EFFECT,  /* charge pump dead: the operation takes its time without effect */
	FLASH_FAULT_ENDLESS,    /* the write state machine hangs: BUSY until reset or power-off */
	/* The operation's own current pulls the supply down, in the middle of it: volatile state is
	 * lost, or, if the chip stays on, only the operation. Then the supply is back. */
	FLASH_FAULT_BROWN_OUT,
	FLASH_FAULT_SLOW,         /* old or cold cells: the operation takes longer */
	FLASH_FAULT_READ_DISTURB, /* cells change if they are read too often */
	FLASH_FAULT_WHATS,
};

/* Content of addresses beyond the end of a die that is too small. */
enum flash_beyond {
	FLASH_WRAPS, /* the array again: the address lines above are not connected */
	FLASH_ONES,  /* no cells: reads FF; programs and erases take their time without effect */
};

/*
 * Of the conditions a chip knows:
 *
 *	purposes     of operations: bits 1 << enum flash_purpose of PROGRAM, ERASE, STATUS_WRITE;
 *	             0: programs and erases
 *	address      [from, to) that are touched
 *	nth          operations: only in the nth that matches
 *	probability  operations: of acting in a match
 *	count
 */
struct flash_fault {
	enum flash_fault_what what;
	struct base_fault_when when;
	uint32_t every; /* cells: only addresses with address % every == offset, such as a column
			 * of the array; 0: all */
	uint32_t offset;
	uint8_t mask;   /* cells: which bits, not 0 */
	bool level;     /* STUCK_CELL: at 1, which can't be programmed; false: at 0.
			 * READ_DISTURB: the level that bits turn to */
	double rate;    /* WEAK_CELL: probability of a wrong bit per read of it, 0..1;
			 * READ_DISTURB: of a bit that turns, per further read of its block */
	uint64_t after; /* READ_DISTURB: reads of a block without harm */
	double factor;  /* SLOW: so many times as long, >= 1 */
	int millivolts; /* BROWN_OUT: down to that; 0: off */
	uint64_t reserved[8];
};

#define FLASH_FAULT_AFTER_MAX UINT32_C(1000000000)

/* One act: an operation that was affected; for cells, the first act in a frame or operation. */
struct flash_fault_report {
	unsigned int id;
	const struct flash_fault *fault;
	uint64_t address;
	int64_t time_ns;
};

struct flash_fault_listener {
	void (*acted)(void *data, const struct flash_fault_report *report);
	void *data;
};

/* Fills fault with the usual values of its kind. */
void flash_fault_init(struct flash_fault *fault, enum flash_fault_what what);

/* Checks a fault's values for the part: NULL, or a message that says what is allowed. */
const char *flash_fault_check(const struct flash_part *part, const struct flash_fault *fault);

/* Adds a copy of the fault to the chip. Returns its id, > 0 and never used again; 0: the check
 * fails. */
unsigned int flash_fault_add(struct flash *chip, const struct flash_fault *fault);

/* False if there is none with that id. Changes of the array by its cells stay. */
bool flash_fault_remove(struct flash *chip, unsigned int id);
void flash_fault_clear(struct flash *chip);

/* The i-th fault, oldest first; false when there are no more. Matches are operations, of WEAK_CELL
 * reads of a cell, of READ_DISTURB reads of a block. */
bool flash_fault_at(const struct flash *chip, size_t i, struct base_fault_status *status);

/* Sets the listener; NULL removes it. It must not change the chip's faults. */
void flash_set_fault_listener(struct flash *chip, const struct flash_fault_listener *listener);

/* Names: "stuck-cell", "weak-cell", "no-effect", ...; false, NULL if there is none. */
bool flash_fault_what_from_string(const char *text, enum flash_fault_what *what);
const char *flash_fault_what_string(enum flash_fault_what what);

/*
 * Makes the die in the package smaller than the part specifies: size bytes (a power of two, at most
 * the part's size, which restores it). The upper part of the array is then unused. Not for
 * DataFlash.
 */
void flash_set_real_size(struct flash *chip, uint64_t size, enum flash_beyond beyond);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
