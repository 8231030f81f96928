/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chip with a false identification: another ID, another SFDP table, a smaller die. */
#ifndef SPINOR_BENCH_RELABEL_H
#define SPINOR_BENCH_RELABEL_H

#include <glib.h>
#include <stdbool.h>

struct setup_condition;
struct flash_part;

/* Checks whether the part allows that identification. where: as in struct setup_chip. Errors are
 * BASE_ERROR_USAGE. */
bool bench_relabel_check(const struct setup_condition *condition, const struct flash_part *part,
	const char *where, GError **error);

/* Returns a copy of the part with that identification; free it with g_free() before part. NULL: the
 * condition changes nothing. */
struct flash_part *bench_relabel_part(
	const struct setup_condition *condition, const struct flash_part *part);

#endif
