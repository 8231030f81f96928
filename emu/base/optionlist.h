/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a program as a text for its --help. */
#ifndef SPINOR_BASE_OPTIONLIST_H
#define SPINOR_BASE_OPTIONLIST_H

#include <glib.h>

/* One line for each entry with a name: "  -h, --help    Print this text". Descriptions begin in one
 * column. Entries end with one whose long_name is NULL. Free with g_free(). */
char *base_option_list(const GOptionEntry *entries);

#endif
