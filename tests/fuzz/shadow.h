/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A second copy of a chip's array, and the changes that data sheets allow: the invariants of the
 * harness of the engine. */
#ifndef SPINOR_TESTS_FUZZ_SHADOW_H
#define SPINOR_TESTS_FUZZ_SHADOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flash;
struct flash_event;
struct flash_part;

#define SHADOW_SPANS 3 /* one erase opcode can have several meanings */
#define SHADOW_PENDING 6

struct shadow_span {
	uint32_t from, to;
};

/* A program or erase that was accepted. */
struct shadow_change {
	bool erase;   /* an erase, not a program */
	bool rewrite; /* a program that erases first */
	unsigned int n_spans;
	struct shadow_span spans[SHADOW_SPANS];
	uint8_t *protected; /* by bytes / 256 of the array; NULL: nothing is */
};

struct shadow {
	const struct flash_part *part;
	struct flash *chip;
	const uint8_t *array; /* the chip's */
	uint8_t *copy;
	uint32_t size;
	bool relaxed;   /* cells have faults: any change is allowed */
	bool unstable;  /* an erase was interrupted: reads can differ from the array */
	bool elsewhere; /* OTP mode: reads and programs are of another area */
	unsigned int n_pending;
	struct shadow_change pending[SHADOW_PENDING];
};

/* chip and array outlive it. copy: size bytes. */
void shadow_init(struct shadow *shadow, struct flash *chip, const uint8_t *array, uint8_t *copy,
	uint32_t size);
void shadow_clear(struct shadow *shadow);

/* The array was changed by others: takes all of it. */
void shadow_take_all(struct shadow *shadow);

/* To be called with each event of the chip. */
void shadow_event(struct shadow *shadow, const struct flash_event *event);

/* Compares all of the array; no operation is in progress. */
void shadow_check_all(struct shadow *shadow);

/* Compares what READ (03) gave, the n bytes from the address of event on. */
void shadow_check_read(
	const struct shadow *shadow, const struct flash_event *event, const uint8_t *got, size_t n);

#endif
