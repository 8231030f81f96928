/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source of a value, in parentheses after it. */
#ifndef SPINOR_CHIPDB_PARTSOURCE_H
#define SPINOR_CHIPDB_PARTSOURCE_H

#include "flash/partdata.h"

#include <glib.h>
#include <stdbool.h>

/* Splits "VALUE (SOURCE)" in place: text becomes the value without blanks at its ends, *source the
 * text between the parentheses, in the same memory, or NULL. False if a parenthesis has no partner,
 * if text follows the last one, or if the source is empty. */
bool chipdb_part_split_source(char *text, const char **source);

/* Reads "NAME (REASON); NAME (REASON)". Both lists are NULL-terminated and equally long; a name
 * without a reason has an empty one. Free the lists with g_free(); strings owns the texts. False if
 * a name has blanks or a reason is malformed. */
bool chipdb_part_read_aliases(
	const char *value, GStringChunk *strings, const char ***names, const char ***reasons);

/* Reads "BYTE (SOURCE)". *source is NULL without one. */
bool chipdb_part_read_delivered(
	const char *value, GStringChunk *strings, uint8_t *byte, const char **source);

#endif
