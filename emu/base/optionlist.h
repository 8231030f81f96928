/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a program as a text for its --help. */
#ifndef SPINOR_BASE_OPTIONLIST_H
#define SPINOR_BASE_OPTIONLIST_H

#include <glib.h>

/* long_name of an entry that is a heading, with the title as its description. GOption does not know
 * it. */
#define BASE_OPTION_HEADING "-"

/* No line of a list is longer. */
#define BASE_LIST_WIDTH 80

/* "  -h, --help    Print this text" for each entry with a name, and "\nTITLE:" for each heading.
 * Descriptions begin in one column and are folded. Entries end with one whose long_name is NULL.
 * Free with g_free(). */
char *base_option_list(const GOptionEntry *entries);

/* Returns ": did you mean --CHIP?" if a message of GOption is about an unknown option, with the
 * nearest of entries; "" else. Free with g_free(). */
char *base_option_suggest(const char *message, const GOptionEntry *entries);

/* Appends a term and its explanation, which begins in column (on the next line if the term is too
 * long), is folded at blanks, and ends with a line break. */
void base_list_append(GString *list, const char *term, const char *text, unsigned int column);

#endif
