/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys that a part can have, one row for each. Private to the bench. */
#ifndef SPINOR_CHIPDB_PARTKEY_H
#define SPINOR_CHIPDB_PARTKEY_H

#include "chipdb/partcommand.h"
#include "chipdb/partfile.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct base_value_word;

/* Where a value goes, and what becomes of it. */
struct chipdb_partkey_reading {
	struct chipdb_part *part;
	const struct chipdb_part_group *group;
	GStringChunk *strings; /* keeps texts of the part */
	char *why;             /* what exactly is wrong; NULL: it is just not allowed */
};

struct chipdb_partkey {
	const char *name;
	/* Sets the field. False when the value is not allowed. NULL: nothing to set. */
	bool (*read)(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key,
		const char *value);
	size_t field;        /* offset in struct flash_part */
	const char *allowed; /* in words */
	bool mandatory;
	const struct base_value_word *words; /* of enumerations and flags */
};

/* The row of that number, from 0; NULL past the last. */
const struct chipdb_partkey *chipdb_partkey_get(unsigned int index);

/* The number of the row, which given[] of a part counts by as well; -1: no such key. */
int chipdb_partkey_find(const char *name);

/* The same for lists of commands and erases. */
struct chipdb_partcommand chipdb_partkey_place(struct chipdb_partkey_reading *r);

#endif
