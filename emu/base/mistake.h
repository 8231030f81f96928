/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mistakes of a file, all of them, each with its line. */
#ifndef SPINOR_BASE_MISTAKE_H
#define SPINOR_BASE_MISTAKE_H

#include <glib.h>
#include <stdbool.h>

struct base_mistakes;

struct base_mistakes *base_mistakes_new(void);
void base_mistakes_free(struct base_mistakes *mistakes);

/* Adds a message of the file path. line 0: it belongs to the whole file. A "PATH: " or "line N:
 * " at the begin of the message is removed; line N replaces line. */
void base_mistakes_add(
	struct base_mistakes *mistakes, const char *path, unsigned int line, const char *message);

/* Adds the message of *error and clears it: the reader goes on. False if mistakes is NULL, *error
 * is not changed then: the reader ends. */
bool base_mistakes_take(
	struct base_mistakes *mistakes, const char *path, unsigned int line, GError **error);

unsigned int base_mistakes_count(const struct base_mistakes *mistakes);

/* "PATH:LINE: MESSAGE", a line for each, sorted by line, most at the most; then one line that
 * counts the others. Free with g_free(). */
char *base_mistakes_text(const struct base_mistakes *mistakes, unsigned int most);

#endif
