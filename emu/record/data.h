/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes as text in a record: hex digits, and runs of equal bytes as FF{4096}. */
#ifndef SPINOR_RECORD_DATA_H
#define SPINOR_RECORD_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most bytes in one line of a record. */
#define RECORD_DATA_MAX ((size_t)65536)

/* The most characters that n bytes need; no NUL among them. */
#define RECORD_DATA_CHARACTERS(n) (2 * (n))

/* Writes the text of n bytes, without a NUL; returns its length. */
size_t record_data_write(char *text, const uint8_t *bytes, size_t n);

/* Reads length characters into bytes, which has room for RECORD_DATA_MAX; sets *n. False: the text
 * is something else, or longer. */
bool record_data_read(const char *text, size_t length, uint8_t *bytes, size_t *n);

#endif
