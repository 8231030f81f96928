/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of any bytes on one line, with escapes as in C. */
#ifndef SPINOR_BASE_ESCAPE_H
#define SPINOR_BASE_ESCAPE_H

#include <glib.h>
#include <stdbool.h>

/* Replaces control characters by \n, \r, \t or \x1B. Free with g_free(). */
char *base_escape(const char *text);

/* Returns text without the middle if it is longer than max bytes, which is said in its place. max:
 * from 100 up; the result may have up to 40 bytes more. Free with g_free(). */
char *base_shorten(const char *text, size_t max);

/* Appends text to bytes, with \n, \r, \t, \\, \" and \xFF replaced by the bytes that they stand
 * for. False on any other backslash. */
bool base_unescape(const char *text, GString *bytes);

#endif
