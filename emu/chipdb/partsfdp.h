/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SFDP of a part. Private to the room. */
#ifndef SPINOR_CHIPDB_PARTSFDP_H
#define SPINOR_CHIPDB_PARTSFDP_H

#include "flash/partdata.h"

#include <glib.h>
#include <stdbool.h>

/*
 * name: a file (sfdpfile.h) in the folder of the file chips, or an absolute path. Sets the part's
 * fields; strings owns what they point to. Sets *why (g_free()) to the reason when the file is
 * refused.
 */
bool chipdb_part_read_sfdp(const char *chips, const char *name, GStringChunk *strings,
	struct flash_part *part, char **why);

/* The name of a layout; else *why (g_free()) lists those there are. */
bool chipdb_part_set_sfdp_layout(struct flash_part *part, const char *name, char **why);

/* "no", or the bytes after which reads begin again. */
bool chipdb_part_set_sfdp_wrap(struct flash_part *part, const char *value);

#endif
