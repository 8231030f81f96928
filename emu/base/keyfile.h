/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of groups and keys, as bench files and chip data have them. */
#ifndef SPINOR_BASE_KEYFILE_H
#define SPINOR_BASE_KEYFILE_H

#include "base/error.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct base_mistakes;

/* A line of a text, without the blanks around it. */
struct base_keyline {
	const char *text; /* in the text: not terminated */
	size_t length;
};

/* The line at *text, which moves on to the next one. False at end. */
bool base_keyfile_line(const char **text, const char *end, struct base_keyline *line);

/* A text that is a part of a file. */
struct base_keytext {
	const char *path; /* of the file, for messages */
	const char *text; /* UTF-8 */
	size_t length;
	unsigned int line;    /* number of its first line in the file, from 1 */
	enum base_error code; /* of what is wrong in it */
	/* NULL: the first mistake is an error. Else each is added here, and its line is ignored. */
	struct base_mistakes *mistakes;
};

/* The number of the line of that key in that group, of the line of the group if key is NULL or
 * is not there; 0: no such group. "KEY +=" is the key "KEY+". */
unsigned int base_keytext_line(const struct base_keytext *text, const char *group, const char *key);

/* Groups and keys of the text. NULL and an error that names the line when a group or a key is there
 * twice, or a line is neither of them nor a comment. */
GKeyFile *base_keyfile_parse(const struct base_keytext *text, GError **error);

/* The same of a whole bench file. BASE_ERROR_FILE when it cannot be read, BASE_ERROR_USAGE when it
 * is wrong. */
GKeyFile *base_keyfile_load(const char *path, GError **error);

#endif
