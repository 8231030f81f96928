/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An SFDP table out of a file, as a part answers it. Private to the bench. */
#ifndef SPINOR_CHIPDB_PARTSFDP_H
#define SPINOR_CHIPDB_PARTSFDP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * name: a file in the folder of chips, or an absolute path; binary, or hex bytes with blanks. The
 * bytes are kept in strings. Sets *why (g_free()) to what is wrong with it.
 */
bool chipdb_part_read_sfdp(const char *chips, const char *name, GStringChunk *strings,
	const uint8_t **data, uint32_t *length, char **why);

#endif
