/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In what condition a chip shall be when the first host comes: as keys and values, which are the
 * same in bench files and on the command line. */
#ifndef SPINOR_BENCH_CONDITION_H
#define SPINOR_BENCH_CONDITION_H

#include "flash/fault.h"
#include "flash/flash.h"
#include "flash/part.h"

#include <stdbool.h>
#include <stdint.h>

enum bench_condition_key {
	BENCH_KEY_WP,
	BENCH_KEY_HOLD,
	BENCH_KEY_RESET,
	BENCH_KEY_SUPPLY,
	BENCH_KEY_CORNER,
	BENCH_KEY_WEAR,
	BENCH_KEY_CYCLES,
	BENCH_KEY_STATUS,
	BENCH_KEY_MODE,
	BENCH_KEY_CUT_AT,
	BENCH_KEY_ID,
	BENCH_KEY_SFDP,
	BENCH_KEY_SFDP_BYTES,
	BENCH_KEY_REAL_SIZE,
	BENCH_KEY_BEYOND,
	BENCH_CONDITION_KEYS,
};

/* What another tool has left behind. */
enum bench_mode {
	BENCH_MODE_DEEP_POWER_DOWN,
	BENCH_MODE_4_BYTE,
	BENCH_MODE_3_BYTE,
	BENCH_MODE_EAR, /* the extended address register is set */
	BENCH_MODE_QPI,
	BENCH_MODE_SUSPENDED, /* an erase of the block at 0 */
	BENCH_MODE_LOCKED,    /* all individual block locks, or those of a region */
	BENCH_MODE_UNLOCKED,
	BENCH_MODE_POWER_UP_4_BYTE,
	BENCH_MODE_OTP_LOCKED,
	BENCH_MODES,
};

/* VCC is not connected: the chip lives from what leaks through its I/O pins. */
#define BENCH_PARASITIC (-1)

/* A plain value, to be copied; all zero: nothing is asked for. */
struct bench_condition {
	unsigned int given;     /* 1 << enum bench_condition_key */
	unsigned int by_option; /* those that the command line gave */
	uint8_t levels[3];      /* enum bench_level, by enum bench_pin */
	int millivolts;         /* 0: off; BENCH_PARASITIC */
	enum flash_corner corner;
	bool wear;
	uint32_t cycles;
	uint8_t status[FLASH_STATUS_REGISTERS];
	unsigned int n_status;
	unsigned int modes;          /* 1 << enum bench_mode */
	uint8_t ear;                 /* BENCH_MODE_EAR */
	uint64_t lock_from, lock_to; /* BENCH_MODE_LOCKED: [from, to) only; to 0: all */
	uint64_t cut_at;             /* the supply goes at that frame */
	uint8_t id[FLASH_ID_MAX];
	unsigned int n_id;
	uint64_t sfdp_size; /* that the SFDP table tells; 0: there is no table */
	struct flash_sfdp_byte sfdp_bytes[FLASH_SFDP_BYTES_MAX];
	unsigned int n_sfdp_bytes;
	uint64_t real_size;
	enum flash_beyond beyond;
};

struct bench_condition_row {
	const char *name;    /* of key and option */
	const char *allowed; /* "low, high and float" */
	const char *place;   /* what stands for a value in the help */
	const char *help;
};

/* By enum bench_condition_key. */
extern const struct bench_condition_row bench_condition_rows[BENCH_CONDITION_KEYS];

/* As in lists: "deep-power-down"; BENCH_MODE_EAR is "ear:N", BENCH_MODE_LOCKED
 * may have a region, "locked:FIRST-LAST". */
extern const char *const bench_mode_names[BENCH_MODES];

/* The key of that name, or BENCH_CONDITION_KEYS. */
enum bench_condition_key bench_condition_find(const char *name);

/* False, with the condition as it was, when the value is none that the key allows. */
bool bench_condition_take(
	struct bench_condition *condition, enum bench_condition_key key, const char *value);

/* What option gives replaces what condition has. */
void bench_condition_override(
	struct bench_condition *condition, const struct bench_condition *option);

static inline bool
bench_condition_has(const struct bench_condition *condition, enum bench_condition_key key)
{
	return condition->given >> key & 1;
}

static inline bool
bench_condition_mode(const struct bench_condition *condition, enum bench_mode mode)
{
	return condition->modes >> mode & 1;
}

#endif
