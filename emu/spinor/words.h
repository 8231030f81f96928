/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of words that arguments and options take, for help and completion. */
#ifndef SPINOR_SPINOR_WORDS_H
#define SPINOR_SPINOR_WORDS_H

#include <glib.h>
#include <stdbool.h>

struct spinor_word {
	char *word;
	char *text; /* its description; may be NULL */
};

/* The topics of spinor help that are not verbs. */
struct spinor_topic {
	const char *name;  /* "mode"; NULL ends a list */
	const char *title; /* of the list */
	const char
		*option;  /* that takes such a word, with its program; NULL: an argument of verb */
	const char *verb; /* whose help has the list, too; may be NULL */
	void (*list)(GPtrArray *words);
};

const struct spinor_topic *spinor_topics(void);
const struct spinor_topic *spinor_topic_find(const char *name);

/* Appends a word with a description, which may be NULL. */
void spinor_words_add(GPtrArray *words, const char *word, const char *text);

/* Returns the words of a topic, struct spinor_word. */
GPtrArray *spinor_words(const struct spinor_topic *topic);

/* Whether word is one of the topic's; if not, hint receives ": did you mean WORD?" or "". Free it
 * with g_free(). */
bool spinor_words_contain(const struct spinor_topic *topic, const char *word, char **hint);

/* Returns an empty list. */
GPtrArray *spinor_words_new(void);

/* Returns a heading and a line for each word. Free with g_free(). */
char *spinor_words_text(const struct spinor_topic *topic);

/* The words of pin; NULL-terminated. */
extern const char *const spinor_pins[];
extern const char *const spinor_levels[];

#endif
