/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SFDP table of a part, from a file. Private to the room. */
#ifndef SPINOR_CHIPDB_PARTSFDP_H
#define SPINOR_CHIPDB_PARTSFDP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * name: a file in the folder of the file chips, or an absolute path; binary, or hex bytes with
 * blanks. strings owns the bytes. Sets *why (g_free()) to the reason when the file is refused.
 */
bool chipdb_part_read_sfdp(const char *chips, const char *name, GStringChunk *strings,
	const uint8_t **data, uint32_t *length, char **why);

#endif
