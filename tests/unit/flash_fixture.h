/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A W25Q128JV for tests: frames in hexadecimal, recorded events, time set by the test. */
#ifndef SPINOR_TESTS_UNIT_FLASH_FIXTURE_H
#define SPINOR_TESTS_UNIT_FLASH_FIXTURE_H

#include "flash/fault.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>

#define FIXTURE_SIZE ((size_t)16 << 20)
#define FIXTURE_FRAME_MAX 1024

struct fixture {
	struct flash_part part;
	struct flash *chip;
	uint8_t *array;
	GArray *events;          /* struct flash_event */
	struct flash_event last; /* of the last frame */
	int64_t now_ns;
	unsigned int n_acts;             /* acts of faults of the chip */
	struct flash_fault_report act;   /* the last act */
	uint8_t miso[FIXTURE_FRAME_MAX]; /* of the last frame */
	size_t miso_n;
};

/*
 * before: a script of frames in hexadecimal, separated by ';'. W: wait until ready. T and a number:
 * let that many ns pass. P: cycle power. L, H: WP# falls, rises. A number after '+' at the end of a
 * frame: additional bits.
 *
 * send: the frame under test, in the same form. reply: the last bytes of MISO in it; NULL: not
 * checked. after: SR1 SR2 SR3 as read afterwards; NULL: not checked.
 */
struct fixture_row {
	const char *what;
	const char *before;
	const char *send;
	const char *reply;
	const char *after;
	enum flash_outcome outcome;
};

/* The part as in its data sheet, revision M. */
void fixture_part_init(struct flash_part *part);

/* Sets another size and removes the erases that are larger. */
void fixture_part_resize(struct flash_part *part, uint64_t size);

/* Sets the commands of the part, and no others: "WREN RDID:15". */
void fixture_part_commands(struct flash_part *part, const char *commands);
/* Defines a register by its 8 functions, bit 7 first, as in a data sheet's figure. */
void fixture_part_register(struct flash_part *part, unsigned int reg, const enum flash_bit *bits);

/* Called when a suite is created: creates the data that tests share. */
void fixture_prepare(void);

struct fixture *fixture_new(void);
/* For tests that first change the part. */
struct fixture *fixture_new_part(const struct flash_part *part);
struct fixture *fixture_new_seed(const struct flash_part *part, uint64_t seed);
void fixture_destroy(struct fixture *f);

/* Counts acts of the chip's faults. */
void fixture_count_acts(struct fixture *f);

size_t fixture_parse(const char *hex, uint8_t *bytes);
/* Sends one frame of n bytes and extra bits; returns its outcome. MISO is recorded. */
enum flash_outcome fixture_frame(
	struct fixture *f, const uint8_t *bytes, size_t n, unsigned int extra);
/* Sends the frames of a script; returns the outcome of the last one. */
enum flash_outcome fixture_run(struct fixture *f, const char *script);
void fixture_pass(struct fixture *f, int64_t ns);
/* Waits until the operation in progress has ended. */
void fixture_wait(struct fixture *f);
uint8_t fixture_status(struct fixture *f, unsigned int reg);
void fixture_assert_status(struct fixture *f, const char *registers, const char *what);
/* The last bytes of MISO. */
void fixture_assert_miso(const struct fixture *f, const char *hex, const char *what);
/* Fails unless n bytes of the array at address all equal value. */
void fixture_assert_filled(
	const struct fixture *f, size_t address, size_t n, uint8_t value, const char *what);
unsigned int fixture_count(const struct fixture *f, enum flash_event_kind kind);

/* Adds commands to those of the part: "WREAR SUSPEND:B0". */
void fixture_add_commands(struct flash_part *part, const char *mnemonics);
/* Register 0 is SR1, 3 is CR2. */
void fixture_set_bit(
	struct flash_part *part, unsigned int reg, unsigned int bit, enum flash_bit function);

/* For tests that define their own part: mnemonics separated by blanks, each with :OPCODE where it
 * differs; and a register (1 to 3), bit 7 first. */
void fixture_set_commands(struct flash_part *part, const char *names);
void fixture_set_register(
	struct flash_part *part, unsigned int reg, const struct flash_register_bit bits[8]);

void fixture_check_rows(const struct fixture_row *rows, size_t n);
/* The rows for another part than the default one. */
void fixture_check_rows_of(const struct flash_part *part, const struct fixture_row *rows, size_t n);

#endif
