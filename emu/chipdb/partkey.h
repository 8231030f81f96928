/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of a part, a row for each. Private to the room. */
#ifndef SPINOR_CHIPDB_PARTKEY_H
#define SPINOR_CHIPDB_PARTKEY_H

#include "base/keytable.h"
#include "chipdb/partfile.h"

#include <glib.h>

/* The target of the keys. */
struct chipdb_partkey_reading {
	struct chipdb_part *part;
	const struct chipdb_part_group *group;
	GStringChunk *strings; /* owns the texts of the part */
};

/* A table of keys. Its rows are the indices of given[] in struct chipdb_part. */
extern const struct base_key chipdb_partkeys[];

#endif
