/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of the chip itself: cells that are stuck, weak or read too often, operations that do
 * nothing, never end or take too long. A fault is data on separate axes: what, where (addresses,
 * bits) and when. A chip that is another than it says (ID, SFDP) is another part; see also
 * flash_set_real_size().
 */
#ifndef SPINOR_FLASH_FAULT_H
#define SPINOR_FLASH_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct flash;
struct flash_part;

/* What is wrong. The names in files and on command lines are those in fault.c. */
enum flash_fault_what {
	FLASH_FAULT_STUCK_CELL, /* a cell that holds no charge, or does not lose it */
	FLASH_FAULT_WEAK_CELL,  /* near the threshold: reads one way or the other */
	FLASH_FAULT_NO_EFFECT, /* charge pump dead: the operation takes its time and does nothing */
	FLASH_FAULT_ENDLESS,   /* the write state machine hangs: BUSY until reset or power-off */
	/* The operation's own current pulls the supply down, in the middle of it: what was volatile
	 * is lost, or, where the chip stays on, just the operation. Then the supply is back. */
	FLASH_FAULT_BROWN_OUT,
	FLASH_FAULT_SLOW,         /* old or cold cells: the operation takes longer */
	FLASH_FAULT_READ_DISTURB, /* cells change that are read too often */
	FLASH_FAULT_WHATS,
};

/* What is at addresses beyond the end of a die that is too small. */
enum flash_beyond {
	FLASH_WRAPS, /* the same again: the address lines above go nowhere */
	FLASH_ONES,  /* no cells: reads as FF; programs and erases take their time and do nothing */
};

struct flash_fault {
	enum flash_fault_what what;
	unsigned int purposes; /* of operations: bits 1 << enum flash_purpose of PROGRAM, ERASE,
				* STATUS_WRITE; 0: programs and erases */
	uint64_t address_from, address_to; /* [from, to) that are touched; to 0: any */
	uint32_t every;                    /* cells: only addresses with address % every == offset,
					    * such as a column of the array; 0: all */
	uint32_t offset;
	uint8_t mask;       /* cells: which bits, not 0 */
	bool level;         /* STUCK_CELL: at 1, which can't be programmed; false: at 0.
			     * READ_DISTURB: what bits turn to */
	double rate;        /* WEAK_CELL: probability of a wrong bit per read of it, 0..1;
			     * READ_DISTURB: of a bit that turns, per further read of its block */
	uint64_t after;     /* READ_DISTURB: reads of a block without harm */
	double factor;      /* SLOW: so many times as long, >= 1 */
	int millivolts;     /* BROWN_OUT: down to that; 0: off */
	uint64_t nth;       /* operations: only in the nth that matches, from 1; 0: in all */
	uint64_t count;     /* acts at most so often; 0: no limit */
	double probability; /* operations: of acting in a match, 0..1; 0: always */
	uint64_t reserved[8];
};

#define FLASH_FAULT_AFTER_MAX UINT32_C(1000000000)

/* One act: an operation that was spoilt; of cells, the first in a frame, or in an operation. */
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

/* How a fault of the chip stands. fault is the chip's, until the fault is removed. */
struct flash_fault_status {
	unsigned int id;
	const struct flash_fault *fault;
	uint64_t acted;   /* of what has matched */
	uint64_t matched; /* operations; WEAK_CELL: reads of a cell; READ_DISTURB: of a block */
	uint64_t reserved[4];
};

/* NULL, or what is wrong with the fault's values for such a part, and what is allowed. */
const char *flash_fault_check(const struct flash_part *part, const struct flash_fault *fault);

/* Gives the chip a copy of the fault. Its id, > 0, is never used again; 0: the check fails. */
unsigned int flash_fault_add(struct flash *chip, const struct flash_fault *fault);

/* False when there is none of that id. What cells have done to the array stays. */
bool flash_fault_remove(struct flash *chip, unsigned int id);
void flash_fault_clear(struct flash *chip);

/* The i-th fault, in the order they came; false when there are no more. */
bool flash_fault_at(const struct flash *chip, size_t i, struct flash_fault_status *status);

/* One listener; NULL ends it. It must not change the chip's faults. */
void flash_set_fault_listener(struct flash *chip, const struct flash_fault_listener *listener);

/* "stuck-cell", "weak-cell", "no-effect", ...; false, NULL when there is no such one. */
bool flash_fault_what_from_string(const char *text, enum flash_fault_what *what);
const char *flash_fault_what_string(enum flash_fault_what what);

/*
 * The die in the package is smaller than the part says: size bytes (a power of two, at most the
 * part's size; that: as it should be). The upper part of the array is then unused. Not for
 * DataFlash.
 */
void flash_set_real_size(struct flash *chip, uint64_t size, enum flash_beyond beyond);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
