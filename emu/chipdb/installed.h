/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The definitions of the flashrom that is installed. */
#ifndef SPINOR_CHIPDB_INSTALLED_H
#define SPINOR_CHIPDB_INSTALLED_H

#include "flash/partdata.h"

#include <glib.h>

/* The names that "flashrom -L" lists, as a set; NULL: flashrom is not installed, or does not answer
 * within some seconds. Free with g_hash_table_unref(). */
GHashTable *chipdb_installed_flashrom(void);

/* The definition that -c has to name because several match the part's ID, as the installed flashrom
 * has it; NULL: none is needed, or it has none. Asks flashrom at most once, and only for a part
 * that has another name in another release. */
const char *chipdb_part_choice(const struct flash_part *part);

/* The names in the text of "flashrom -L". Free with g_hash_table_unref(). */
GHashTable *chipdb_installed_parse(const char *text);

#endif
