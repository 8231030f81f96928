/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a part does while an operation is suspended. Private to the room. */
#ifndef SPINOR_CHIPDB_PARTSUSPEND_H
#define SPINOR_CHIPDB_PARTSUSPEND_H

#include "base/keytable.h"

#include <stdbool.h>

/* For rows of chipdb_partkeys; field: FLASH_REFUSED_*, which the key is about. */
bool chipdb_part_take_refused(struct base_key_reading *r, const char *value);

#endif
