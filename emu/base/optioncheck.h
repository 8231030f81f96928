/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mistakes in the use of options, in the words of the program and not of GOption. */
#ifndef SPINOR_BASE_OPTIONCHECK_H
#define SPINOR_BASE_OPTIONCHECK_H

#include <glib.h>
#include <stdbool.h>

/*
 * Checks words, a NULL-terminated list without the program's name, before GOption parses them:
 * unknown options, options without their value, flags with one. It stops at "--". others: unknown
 * options are for another parser. help: the command that lists the options, for messages. Errors
 * are BASE_ERROR_USAGE.
 */
bool base_option_check(const GOptionEntry *entries, char *const *words, bool others,
	const char *help, GError **error);

#endif
