/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The domain of errors that a user will read, and the suggestion for an unknown word. The messages
 * are composed where the error is found.
 */
#include "base/error.h"

#include <string.h>

#define WORD_MAX 64 /* longer words get no suggestion */

GQuark
base_error_quark(void)
{
	return g_quark_from_static_string("spinor-bench-error");
}

/* The number of changes of one letter, or swaps of two neighbours, that turn a into b. */
static unsigned int
distance(const char *a, const char *b)
{
	unsigned int rows[3][WORD_MAX + 1];
	size_t n = strlen(b);

	for (unsigned int j = 0; j <= n; j++)
		rows[0][j] = j;
	for (unsigned int i = 1; a[i - 1]; i++) {
		unsigned int *row = rows[i % 3];
		const unsigned int *above = rows[(i + 2) % 3];
		const unsigned int *before = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			unsigned int best = above[j - 1] + (a[i - 1] != b[j - 1]);

			best = MIN(best, MIN(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = MIN(best, before[j - 2] + 1);
			row[j] = best;
		}
	}
	return rows[strlen(a) % 3][n];
}

const char *
base_nearest(const char *word, const char *const *known)
{
	g_autofree char *wanted = g_ascii_strdown(word, -1);
	unsigned int limit = 1 + (unsigned int)MIN(strlen(word), WORD_MAX) / 4;
	const char *nearest = NULL;

	if (strlen(word) > WORD_MAX)
		return NULL;
	for (; *known; known++) {
		g_autofree char *lower = g_ascii_strdown(*known, -1);
		unsigned int d;

		if (strlen(lower) > WORD_MAX)
			continue;
		d = distance(wanted, lower);
		if (d > limit)
			continue;
		limit = d == 0 ? 0 : d - 1; /* only a nearer one replaces it */
		nearest = *known;
		if (d <= 0)
			break;
	}
	return nearest;
}

char *
base_suggestion(const char *guess)
{
	return guess != NULL ? g_strdup_printf(": did you mean %s?", guess) : g_strdup("");
}

char *
base_suggest(const char *word, const char *const *known)
{
	return base_suggestion(base_nearest(word, known));
}

/* "low", "4-byte", but not "16ms". */
static bool
is_word(const char *word)
{
	return (g_ascii_isalpha(word[0]) && word[1] != '\0') || (word[0] != '\0' && word[1] == '-');
}

char *
base_suggest_value(const char *value, const char *allowed,
	bool (*accepts)(const char *word, void *data), void *data)
{
	g_auto(GStrv) words = g_strsplit_set(allowed, " ,;", -1);
	g_auto(GStrv) parts = g_strsplit(value, ",", -1);
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	char **part = parts;

	while (*part != NULL && (**part == '\0' || accepts(*part, data)))
		part++;
	if (*part == NULL)
		return g_strdup("");
	for (char **word = words; *word != NULL; word++)
		if (is_word(*word) && accepts(*word, data))
			g_ptr_array_add(known, *word);
	g_ptr_array_add(known, NULL);
	return base_suggest(*part, (const char *const *)known->pdata);
}

char *
base_unknown(const char *word, const char *const *known)
{
	g_autofree char *list = g_strjoinv(", ", (char **)known);
	g_autofree char *suggestion = base_suggest(word, known);

	return g_strdup_printf("\"%s\"%s; allowed are %s", word, suggestion, list);
}
