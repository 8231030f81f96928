/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A W25Q128JV on the bench of a test: frames in hexadecimal, events kept, time by hand. */
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
	struct flash_event last; /* the last frame's */
	int64_t now_ns;
	unsigned int n_acts;             /* of faults of the chip */
	struct flash_fault_report act;   /* the last of them */
	uint8_t miso[FIXTURE_FRAME_MAX]; /* of the last frame */
	size_t miso_n;
};

/*
 * before: a script of frames in hexadecimal, separated by ';'. W: until ready. T and a number: that
 * many ns pass. P: power is cycled. L, H: WP# falls, rises. A number after '+' at a frame's end:
 * further bits.
 * send: the frame in question, in the same form. reply: the last bytes of MISO in it; NULL: not
 * looked at. after: SR1 SR2 SR3 as read afterwards; NULL: not looked at.
 */
struct fixture_row {
	const char *what;
	const char *before;
	const char *send;
	const char *reply;
	const char *after;
	enum flash_outcome outcome;
};

/* The part out of its data sheet, revision M. */
void fixture_part_init(struct flash_part *part);

/* Another size, without the erases that are larger. */
void fixture_part_resize(struct flash_part *part, uint64_t size);

/* The part's commands, and no others: "WREN RDID:15". */
void fixture_part_commands(struct flash_part *part, const char *commands);
/* A register as drawn: 8 functions, bit 7 first. */
void fixture_part_register(struct flash_part *part, unsigned int reg, const enum flash_bit *bits);

/* Called when a suite is made: what the tests share is made once. */
void fixture_prepare(void);

struct fixture *fixture_new(void);
/* For tests that change the part first. */
struct fixture *fixture_new_part(const struct flash_part *part);
struct fixture *fixture_new_seed(const struct flash_part *part, uint64_t seed);
void fixture_destroy(struct fixture *f);

/* Faults of the chip are counted when they act. */
void fixture_count_acts(struct fixture *f);

size_t fixture_parse(const char *hex, uint8_t *bytes);
/* One frame of n bytes and extra bits; what came of it. MISO is kept. */
enum flash_outcome fixture_frame(
	struct fixture *f, const uint8_t *bytes, size_t n, unsigned int extra);
/* The frames of a script; the outcome of the last one. */
enum flash_outcome fixture_run(struct fixture *f, const char *script);
void fixture_pass(struct fixture *f, int64_t ns);
/* Until the operation in progress has ended. */
void fixture_wait(struct fixture *f);
uint8_t fixture_status(struct fixture *f, unsigned int reg);
void fixture_assert_status(struct fixture *f, const char *registers, const char *what);
/* The last bytes of MISO. */
void fixture_assert_miso(const struct fixture *f, const char *hex, const char *what);
/* n bytes of the array at address, all of them value. */
void fixture_assert_filled(
	const struct fixture *f, size_t address, size_t n, uint8_t value, const char *what);
unsigned int fixture_count(const struct fixture *f, enum flash_event_kind kind);

/* "WREAR SUSPEND:B0" on top of what the part has. */
void fixture_add_commands(struct flash_part *part, const char *mnemonics);
/* Register 0 is SR1, 3 is CR2. */
void fixture_set_bit(
	struct flash_part *part, unsigned int reg, unsigned int bit, enum flash_bit function);

/* For tests that make a part of their own: mnemonics with blanks between them, each with :OPCODE
 * where it differs; and a register (1 to 3), bit 7 first. */
void fixture_set_commands(struct flash_part *part, const char *names);
void fixture_set_register(
	struct flash_part *part, unsigned int reg, const struct flash_register_bit bits[8]);

void fixture_check_rows(const struct fixture_row *rows, size_t n);
/* Of another part than the usual. */
void fixture_check_rows_of(const struct flash_part *part, const struct fixture_row *rows, size_t n);

#endif
