/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bench file says of an adapter's firmware on top of its profile, as keys and values. */
#ifndef SPINOR_SETUP_FIRMWARE_H
#define SPINOR_SETUP_FIRMWARE_H

#include <stdbool.h>
#include <stdint.h>

struct serprog_profile;

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
	SETUP_FIRMWARE_KEYS,
};

/* A plain value, to be copied; all zero: the profile as it is. */
struct setup_firmware {
	unsigned int given;                   /* 1 << enum setup_firmware_key */
	uint32_t values[SETUP_FIRMWARE_KEYS]; /* numbers as they are, words by their enum */
};

struct setup_firmware_row {
	const char *name;
	const char *allowed;
};

/* By enum setup_firmware_key. */
extern const struct setup_firmware_row setup_firmware_rows[SETUP_FIRMWARE_KEYS];

/* The key of that name, or SETUP_FIRMWARE_KEYS. */
enum setup_firmware_key setup_firmware_find(const char *name);

/* False, with the firmware as it was, when the value is none that the key allows. */
bool setup_firmware_take(
	struct setup_firmware *firmware, enum setup_firmware_key key, const char *value);

/* The profile with that on top of it. g_free() it after the adapter. */
struct serprog_profile *setup_firmware_apply(
	const struct setup_firmware *firmware, const struct serprog_profile *profile);

#endif
