/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bench file says of an adapter's firmware on top of its profile, as keys and values. */
#ifndef SPINOR_BENCH_FIRMWARE_H
#define SPINOR_BENCH_FIRMWARE_H

#include <stdbool.h>
#include <stdint.h>

struct serprog_profile;

enum bench_firmware_key {
	BENCH_FIRMWARE_SERIAL_BUFFER,
	BENCH_FIRMWARE_OPERATION_BUFFER,
	BENCH_FIRMWARE_WRITE_MAX,
	BENCH_FIRMWARE_READ_MAX,
	BENCH_FIRMWARE_WRITE_LIMIT,
	BENCH_FIRMWARE_READ_LIMIT,
	BENCH_FIRMWARE_OVER,
	BENCH_FIRMWARE_WITHOUT,
	BENCH_FIRMWARE_REFUSAL,
	BENCH_FIRMWARE_CLOCK,
	BENCH_FIRMWARE_CLOCK_NEEDED,
	BENCH_FIRMWARE_KEYS,
};

/* A plain value, to be copied; all zero: the profile as it is. */
struct bench_firmware {
	unsigned int given;                   /* 1 << enum bench_firmware_key */
	uint32_t values[BENCH_FIRMWARE_KEYS]; /* numbers as they are, words by their enum */
};

struct bench_firmware_row {
	const char *name;
	const char *allowed;
};

/* By enum bench_firmware_key. */
extern const struct bench_firmware_row bench_firmware_rows[BENCH_FIRMWARE_KEYS];

/* The key of that name, or BENCH_FIRMWARE_KEYS. */
enum bench_firmware_key bench_firmware_find(const char *name);

/* False, with the firmware as it was, when the value is none that the key allows. */
bool bench_firmware_take(
	struct bench_firmware *firmware, enum bench_firmware_key key, const char *value);

/* The profile with that on top of it. g_free() it after the adapter. */
struct serprog_profile *bench_firmware_apply(
	const struct bench_firmware *firmware, const struct serprog_profile *profile);

#endif
