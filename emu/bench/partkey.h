/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys that a part can have, one row for each. Private to the bench. */
#ifndef SPINOR_BENCH_PARTKEY_H
#define SPINOR_BENCH_PARTKEY_H

#include "bench/partcommand.h"
#include "bench/partfile.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct partvalue_word;

/* Where a value goes, and what becomes of it. */
struct partkey_reading {
	struct bench_part *part;
	const struct bench_part_group *group;
	GStringChunk *strings; /* keeps texts of the part */
	char *why;             /* what exactly is wrong; NULL: it is just not allowed */
};

struct partkey {
	const char *name;
	/* Sets the field. False when the value is not allowed. NULL: nothing to set. */
	bool (*read)(struct partkey_reading *r, const struct partkey *key, const char *value);
	size_t field;        /* offset in struct flash_part */
	const char *allowed; /* in words */
	bool mandatory;
	const struct partvalue_word *words; /* of enumerations and flags */
};

/* The row of that number, from 0; NULL past the last. */
const struct partkey *partkey_get(unsigned int index);

/* The number of the row, which given[] of a part counts by as well; -1: no such key. */
int partkey_find(const char *name);

/* The same for lists of commands and erases. */
struct partcommand partkey_place(struct partkey_reading *r);

#endif
