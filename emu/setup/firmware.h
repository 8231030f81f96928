/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Properties of an adapter's firmware that a bench file changes, as keys and values. */
#ifndef SPINOR_SETUP_FIRMWARE_H
#define SPINOR_SETUP_FIRMWARE_H

#include "base/keytable.h"

#include <stdbool.h>
#include <stdint.h>

struct serprog_profile;

/* The longest answer to Q_PGMNAME. */
#define SETUP_PROGRAM_BYTES 16

enum setup_firmware_key {
	SETUP_FIRMWARE_SERIAL_BUFFER,
	SETUP_FIRMWARE_OPERATION_BUFFER,
	SETUP_FIRMWARE_WRITE_MAX,
	SETUP_FIRMWARE_READ_MAX,
	SETUP_FIRMWARE_WRITE_LIMIT,
	SETUP_FIRMWARE_READ_LIMIT,
	SETUP_FIRMWARE_OVER,
	SETUP_FIRMWARE_WITHOUT,
	SETUP_FIRMWARE_REFUSAL,
	SETUP_FIRMWARE_CLOCK,
	SETUP_FIRMWARE_CLOCK_NEEDED,
	SETUP_FIRMWARE_PROGRAM_NAME,
	SETUP_FIRMWARE_KEYS,
};

/* A plain value that can be copied; all zero: the profile unchanged. */
struct setup_firmware {
	unsigned int given;                   /* 1 << enum setup_firmware_key */
	uint32_t values[SETUP_FIRMWARE_KEYS]; /* numbers, and words as their enum */
	char program[SETUP_PROGRAM_BYTES + 1];
};

/* By enum setup_firmware_key; ends as a table of keys. Target: struct setup_firmware. */
extern const struct base_key setup_firmware_rows[SETUP_FIRMWARE_KEYS + 1];

/* The key of that name, or SETUP_FIRMWARE_KEYS. */
enum setup_firmware_key setup_firmware_find(const char *name);

/* Marks a key as given: struct base_keytable's taken(). */
void setup_firmware_taken(void *firmware, size_t row);

/* False, with the firmware unchanged, when the key does not allow the value. */
bool setup_firmware_take(
	struct setup_firmware *firmware, enum setup_firmware_key key, const char *value);

/* A copy of the profile with these changes. g_free() it after the adapter. */
struct serprog_profile *setup_firmware_apply(
	const struct setup_firmware *firmware, const struct serprog_profile *profile);

#endif
