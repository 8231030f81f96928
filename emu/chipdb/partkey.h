/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys that a part can have, one row for each. Private to the bench. */
#ifndef SPINOR_CHIPDB_PARTKEY_H
#define SPINOR_CHIPDB_PARTKEY_H

#include "base/keytable.h"
#include "chipdb/partfile.h"

#include <glib.h>

/* The target of the keys. */
struct chipdb_partkey_reading {
	struct chipdb_part *part;
	const struct chipdb_part_group *group;
	GStringChunk *strings; /* keeps texts of the part */
};

/* A table of keys; given[] of a part counts by its rows. */
extern const struct base_key chipdb_partkeys[];

#endif
