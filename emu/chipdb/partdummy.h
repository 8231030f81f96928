/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The dummy clocks of a part. Private to the room. */
#ifndef SPINOR_CHIPDB_PARTDUMMY_H
#define SPINOR_CHIPDB_PARTDUMMY_H

#include "base/keytable.h"

#include <stdbool.h>

/* Functions for rows of chipdb_partkeys: dummy-code, and dummy-MNEMONIC or qpi-dummy-MNEMONIC. */
bool chipdb_part_is_dummy_key(const char *name);
bool chipdb_part_take_dummy_code(struct base_key_reading *r, const char *value);
bool chipdb_part_take_dummy(struct base_key_reading *r, const char *value);

#endif
