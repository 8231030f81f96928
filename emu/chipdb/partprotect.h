/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The protection of a part, read from chip data. Private to the room. */
#ifndef SPINOR_CHIPDB_PARTPROTECT_H
#define SPINOR_CHIPDB_PARTPROTECT_H

#include "flash/partdata.h"

#include <stdbool.h>

/* One range for each value of the BP bits, from 0 up, with blanks between them: "none", "all",
 * "64K", "1/64", "63/64@other", "chip-erase". */
bool chipdb_part_set_bp_ranges(struct flash_part *part, const char *value);

#endif
