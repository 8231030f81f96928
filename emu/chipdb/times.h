/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times as chip data has them. Private to the room. */
#ifndef SPINOR_CHIPDB_TIMES_H
#define SPINOR_CHIPDB_TIMES_H

#include "flash/partdata.h"

#include <stdbool.h>

/* {"0.4 ms", "3 ms"} is typical and maximum; one time alone is both. Strips the texts. Sets *why
 * (g_free()) to the reason when the order is wrong. */
bool chipdb_times(char **texts, struct flash_time *time, char **why);

#endif
