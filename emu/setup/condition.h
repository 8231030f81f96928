/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The condition of a chip when the first host comes, as keys and values, which are the same in
 * bench files and on the command line. */
#ifndef SPINOR_SETUP_CONDITION_H
#define SPINOR_SETUP_CONDITION_H

#include "base/keytable.h"
#include "flash/fault.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <stdbool.h>
#include <stdint.h>

#define SETUP_MILLIVOLTS_MAX 6000
#define SETUP_CUT_AFTER_MAX_NS INT64_C(86400000000000) /* a day */

enum setup_condition_key {
	SETUP_KEY_WP,
	SETUP_KEY_HOLD,
	SETUP_KEY_RESET,
	SETUP_KEY_SUPPLY,
	SETUP_KEY_CORNER,
	SETUP_KEY_WEAR,
	SETUP_KEY_CYCLES,
	SETUP_KEY_STATUS,
	SETUP_KEY_MODE,
	SETUP_KEY_CUT_AT,
	SETUP_KEY_ID,
	SETUP_KEY_SFDP,
	SETUP_KEY_SFDP_BYTES,
	SETUP_KEY_REAL_SIZE,
	SETUP_KEY_BEYOND,
	SETUP_KEY_WP_WITH_QE,
	SETUP_CONDITION_KEYS,
};

/* States that another tool may have left the chip in. */
enum setup_mode {
	SETUP_MODE_DEEP_POWER_DOWN,
	SETUP_MODE_4_BYTE,
	SETUP_MODE_3_BYTE,
	SETUP_MODE_EAR, /* the extended address register is set */
	SETUP_MODE_QPI,
	SETUP_MODE_SUSPENDED, /* an erase of the block at 0 */
	SETUP_MODE_PROGRAM_SUSPENDED,
	SETUP_MODE_ERASING, /* the same in progress */
	SETUP_MODE_PROGRAMMING,
	SETUP_MODE_WRITING_STATUS,
	SETUP_MODE_AAI, /* auto address increment without its end */
	SETUP_MODE_OTP, /* the OTP area is selected */
	SETUP_MODE_RESET_ENABLED,
	SETUP_MODE_WRITE_ENABLED,
	SETUP_MODE_CONTINUOUS_READ, /* the next frame has no opcode */
	SETUP_MODE_LOCKED,          /* all individual block locks, or those of a region */
	SETUP_MODE_UNLOCKED,
	SETUP_MODE_POWER_UP_4_BYTE,
	SETUP_MODE_OTP_LOCKED,
	SETUP_MODES,
};

/* VCC is not connected: the chip is supplied through its I/O pins. */
#define SETUP_PARASITIC (-1)

/* A plain value that can be copied; all zero: no key is given. */
struct setup_condition {
	unsigned int given;     /* 1 << enum setup_condition_key */
	unsigned int by_option; /* the keys given on the command line */
	/* enum flash_level, by enum flash_pin: a pin by the name that it has on the package */
	uint8_t levels[FLASH_PINS];
	int millivolts; /* 0: off; SETUP_PARASITIC */
	enum flash_corner corner;
	bool wear;
	uint32_t cycles;
	uint8_t status[FLASH_STATUS_REGISTERS];
	unsigned int n_status;
	unsigned int modes;          /* 1 << enum setup_mode */
	uint8_t ear;                 /* SETUP_MODE_EAR */
	uint64_t lock_from, lock_to; /* SETUP_MODE_LOCKED: [from, to) only; to 0: all */
	uint64_t cut_at;             /* the supply is switched off at that frame */
	uint8_t id[FLASH_ID_MAX];
	unsigned int n_id;
	uint64_t sfdp_size;    /* in the SFDP table; 0: there is no table, or sfdp_text */
	const char *sfdp_text; /* an SFDP in hex, or the path of its file; interned; may be NULL */
	struct flash_sfdp_byte sfdp_bytes[FLASH_SFDP_BYTES_MAX];
	unsigned int n_sfdp_bytes;
	uint64_t real_size;
	enum flash_beyond beyond;
	int wp_with_qe; /* WP# locks the registers also while QE is set; 0 or 1 */
};

/* By enum setup_condition_key; ends as a table of keys. Target: struct setup_condition. */
extern const struct base_key setup_condition_rows[SETUP_CONDITION_KEYS + 1];

/* As in lists: "deep-power-down"; SETUP_MODE_EAR is "ear:N", SETUP_MODE_LOCKED
 * may have a region, "locked:FIRST-LAST". */
extern const char *const setup_mode_names[SETUP_MODES];
/* What state of the chip each is. */
extern const char *const setup_mode_texts[SETUP_MODES];

/* The key of that name, or SETUP_CONDITION_KEYS. */
enum setup_condition_key setup_condition_find(const char *name);

/* Marks a key as given: struct base_keytable's taken(). */
void setup_condition_taken(void *condition, size_t row);

/* False, with the condition unchanged, when the key does not allow the value. */
bool setup_condition_take(
	struct setup_condition *condition, enum setup_condition_key key, const char *value);

/* Replaces the keys of condition that option gives. */
void setup_condition_override(
	struct setup_condition *condition, const struct setup_condition *option);

/* Whether a value of the key sfdp is the bytes of an SFDP, and not the path of a file. */
bool setup_condition_is_hex(const char *text);

static inline bool
setup_condition_has(const struct setup_condition *condition, enum setup_condition_key key)
{
	return condition->given >> key & 1;
}

static inline bool
setup_condition_mode(const struct setup_condition *condition, enum setup_mode mode)
{
	return condition->modes >> mode & 1;
}

#endif
