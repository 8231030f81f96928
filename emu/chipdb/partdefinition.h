/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names that flashrom and flashprog have for a part: their definitions. */
#ifndef SPINOR_CHIPDB_PARTDEFINITION_H
#define SPINOR_CHIPDB_PARTDEFINITION_H

#include "flash/partdata.h"

#include <glib.h>
#include <stdbool.h>

/* The list of a key "flashrom", "flashrom-1.3" to "flashrom-1.7" or "flashprog"; -1: no such key.
 */
int chipdb_part_definition_list(const char *key);

/* True for "flashrom-1.3" to "flashrom-1.7". */
bool chipdb_part_is_release_key(const char *key);

/* The definitions for the lists from FLASH_FLASHROM to FLASH_FLASHROM_1_3, or FLASH_FLASHPROG: the
 * part's own, or those of the next newer release that has some. Empty if that release has none;
 * NULL if nothing is known. */
const char *const *chipdb_part_definitions(
	const struct flash_part *part, enum flash_definition_list list);

/* "W25Q80BV/W25Q80DV (1.7 and later), W25Q80.V (up to 1.6)": the first definition of each release,
 * as one text. NULL if the part has none. Free with g_free(). */
char *chipdb_part_definition_text(const struct flash_part *part);

/* The first definition that is in installed (a set of names; NULL: unknown, then the newest one).
 * NULL: none. */
const char *chipdb_part_definition_in(const struct flash_part *part, GHashTable *installed);

/* "flashrom -p PROGRAMMER -c NAME", without -c if definition is NULL. Both are quoted for a
 * shell if they have characters that are special there. Free with g_free(). */
char *chipdb_flashrom_command(const char *programmer, const char *definition);

#endif
