/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words, hex bytes, ranges and frequencies, as chip data and bench files have them. */
#ifndef SPINOR_BASE_VALUE_H
#define SPINOR_BASE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

struct base_value_word {
	const char *name; /* NULL ends a list */
	int value;
};

/* Sets *value to that of the word. False when text is none of words. */
bool base_value_word(const struct base_value_word *words, const char *text, int *value);

/* ": did you mean NAME?" with the nearest of words, or "". Free with g_free(). */
char *base_value_suggest(const struct base_value_word *words, const char *text);

bool base_value_is_power_of_two(uint64_t n);

/* A power of two, or 33/32 of one, as a DataFlash has them. */
bool base_value_is_size(uint64_t n);

/* Two hex digits at the start of text; more can follow. */
bool base_value_hex_digits(const char *text, uint8_t *byte);

/* "EF" or "0xEF" to 0xEF. */
bool base_value_hex_byte(const char *text, uint8_t *byte);

/* "EF 40 18" to bytes. Returns their number, or 0 when the text is anything else or longer than
 * room. */
unsigned int base_value_hex_bytes(const char *text, uint8_t *bytes, unsigned int room);

/* "16-63" to [*start, *end): first and last, decimal, from 0 to 65535. False when first is beyond
 * last. */
bool base_value_range(const char *text, uint32_t *start, uint32_t *end);

/* "50 MHz" to Hz. False on anything else, and on a value below 1 Hz or above 4 GHz. */
bool base_value_frequency(const char *text, unsigned int *hz);

#endif
