/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes, numbers, times and voltages in text: "16M", "4K", "256", "0.4 ms", "40 s", "2.7 V". */
#ifndef SPINOR_BASE_UNITS_H
#define SPINOR_BASE_UNITS_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes: a decimal or 0x number, with an optional K, M or G (powers of 1024) and an optional "B" or
 * "iB" after it. False when the text is anything else or overflows. */
bool base_parse_size(const char *text, uint64_t *bytes);

/* A whole number from min to max, decimal or hexadecimal with 0x. False on anything else. */
bool base_parse_whole(const char *text, uint64_t min, uint64_t max, uint64_t *number);

/* The same, decimal only. */
bool base_parse_decimal(const char *text, uint64_t min, uint64_t max, uint64_t *number);

/* "0x1000-0x1FFF", first and last, into [from, to); one number alone is a range of one when single.
 * False on anything else, also when last is below first. */
bool base_parse_range(const char *text, bool single, uint64_t *from, uint64_t *to);

/* A time with one of ns, us, ms, s; fractions allowed ("0.4 ms"). False on anything else, on a
 * negative time and on more than about 292 years. */
bool base_parse_time(const char *text, int64_t *ns);

/* Volts "2.7 V" or millivolts "2700 mV". False on anything else. */
bool base_parse_voltage(const char *text, int *millivolts);

/* "16 MiB", "4 KiB", "264 B": the largest unit that divides evenly. Free with g_free(). */
char *base_format_size(uint64_t bytes);

#endif
