/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors that a user will read: options, files, chip data. */
#ifndef SPINOR_BASE_ERROR_H
#define SPINOR_BASE_ERROR_H

#include <glib.h>
#include <stdbool.h>

#define BASE_ERROR base_error_quark()

enum base_error {
	BASE_ERROR_USAGE, /* the command line or a name on it: exit status 2 */
	BASE_ERROR_FILE,  /* a file is missing, unreadable, of another size, in use, damaged */
};

GQuark base_error_quark(void);

/* The one of known, a NULL-terminated list, that word was probably meant to be, or NULL. Ignores
 * case. */
const char *base_nearest(const char *word, const char *const *known);

/* ": did you mean GUESS?", to be put after an unknown word; "" when guess is NULL. Free with
 * g_free(). */
char *base_suggestion(const char *guess);

/* The same with the nearest of known. Free with g_free(). */
char *base_suggest(const char *word, const char *const *known);

/* The same with the words of a text about allowed values, such as "typ and max", that accepts()
 * takes, for the first word of value (a list with commas) that it does not take. Free with
 * g_free(). */
char *base_suggest_value(const char *value, const char *allowed,
	bool (*accepts)(const char *word, void *data), void *data);

/* "\"WORD\": did you mean NEAREST?; allowed are A, B, C" with the words of known. Free with
 * g_free(). */
char *base_unknown(const char *word, const char *const *known);

#endif
