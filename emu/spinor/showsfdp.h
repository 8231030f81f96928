/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SFDP of a part, for "spinor chip". */
#ifndef SPINOR_SPINOR_SHOWSFDP_H
#define SPINOR_SPINOR_SHOWSFDP_H

#include <json-glib/json-glib.h>

struct flash_part;

/* Where it comes from, its quirks, and where else it is not as in the part. */
void spinor_print_sfdp(const struct flash_part *part);

/* The same as member "sfdp" of an object. */
void spinor_add_sfdp(JsonBuilder *builder, const struct flash_part *part);

#endif
