/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of any bytes as people write them on one line, with escapes as in C. */
#ifndef SPINOR_BASE_ESCAPE_H
#define SPINOR_BASE_ESCAPE_H

#include <glib.h>
#include <stdbool.h>

/* Control characters become \n, \r, \t or \x1B; all else stays. Free with g_free(). */
char *base_escape(const char *text);

/* The bytes that text stands for, with \n, \r, \t, \\, \" and \xFF, appended to bytes; false for
 * any other backslash. */
bool base_unescape(const char *text, GString *bytes);

#endif
