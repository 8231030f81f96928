/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A saved corpus: a text with a line for each input. "t" and a blank begin one that is written as
 * it is, with \n, \t, \r, \\ and \xFF; "h" one in hex digits. Other lines are comments. */
#ifndef SPINOR_TESTS_FUZZ_CORPUSFILE_H
#define SPINOR_TESTS_FUZZ_CORPUSFILE_H

#include <glib.h>
#include <stdbool.h>

/* Calls each with the inputs of the file. False and an error if it can't be read. */
bool corpusfile_each(const char *path, void (*each)(void *data, const GString *input), void *data,
	GError **error);

/* Appends the line of an input. */
void corpusfile_append(GString *text, const guint8 *input, gsize n);

#endif
