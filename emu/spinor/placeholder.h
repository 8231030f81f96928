/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values for placeholders such as {link} in the command of spinor run. */
#ifndef SPINOR_SPINOR_PLACEHOLDER_H
#define SPINOR_SPINOR_PLACEHOLDER_H

#include <glib.h>
#include <stdbool.h>

/* Refuses a value with characters that are special in a shell. word: begins with the placeholder
 * that it would replace. */
bool spinor_placeholder_check(const char *word, const char *value, GError **error);

#endif
