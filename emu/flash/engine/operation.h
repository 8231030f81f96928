/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations keep a chip busy: their kinds, the one in progress, and how it ends. */
#ifndef SPINOR_FLASH_ENGINE_OPERATION_H
#define SPINOR_FLASH_ENGINE_OPERATION_H

#include "flash/flash.h"

#include <stdbool.h>
#include <stdint.h>

struct flash;
struct flash_operation;

/* One row per kind of operation; it belongs to the family that begins it. */
struct flash_operation_kind {
	enum flash_purpose purpose; /* for reports and faults */
	bool whole_chip;            /* PROGRAM, ERASE: works on all dies, can't be suspended */
	bool without_pump;          /* changes no cell, so that it needs no charge pump */

	/* It ends and takes effect; may be NULL. */
	void (*complete)(struct flash *chip, const struct flash_operation *operation);
	/* A reset or power loss cuts it off; may be NULL. */
	void (*interrupt)(struct flash *chip, const struct flash_operation *operation);
};

/* An operation takes effect when it ends. */
struct flash_operation {
	const struct flash_operation_kind *kind; /* NULL: none */
	uint32_t address; /* start of the page or block; first register of a status write */
	uint32_t length;  /* bytes */
	uint8_t buffer;   /* DataFlash: the buffer that it uses, 1 or 2; 0: none */
	int64_t begin_ns;
	int64_t end_ns;
};

/* A failure that keeps the chip busy until CLSR or a reset. */
extern const struct flash_operation_kind flash_failed_kind;

/* Begins an operation of duration_ns, unless the supply is too low for it: then the frame's outcome
 * says so. */
void flash_operation_begin(struct flash *chip, const struct flash_operation_kind *kind,
	uint32_t address, uint32_t length, int64_t duration_ns);

/* Completes the operation in progress if its end has been reached. */
void flash_advance(struct flash *chip);

/* Interrupts the operation in progress and the suspended one. */
void flash_lose_operation(struct flash *chip);

/* Resumes a suspended operation, whose times are relative: puts them back on the clock. */
void flash_operation_put_back(const struct flash *chip, struct flash_operation *operation);

/* The share of the operation that is done, 0 to 1. */
double flash_share_done(const struct flash *chip, const struct flash_operation *operation);

/* Begins flash_failed_kind: BUSY and WEL stay set. */
void flash_stay_busy(struct flash *chip);

/* Cells were not erased, or not programmed: sets the failure flags that the part has. */
void flash_cells_failed(struct flash *chip, bool erase);

/* True if a program or erase at an address is in progress, that is, on one die. */
static inline bool
flash_operation_is_local(const struct flash_operation *operation)
{
	return operation->kind && !operation->kind->whole_chip &&
		(operation->kind->purpose == FLASH_FOR_PROGRAM ||
			operation->kind->purpose == FLASH_FOR_ERASE);
}

/* True if it is of that purpose; false if there is none. */
static inline bool
flash_operation_is_for(const struct flash_operation *operation, enum flash_purpose purpose)
{
	return operation->kind && operation->kind->purpose == purpose;
}

#endif
