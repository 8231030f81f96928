/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chip that is not what it says it is: another ID, another SFDP table, a smaller die. */
#ifndef SPINOR_BENCH_RELABEL_H
#define SPINOR_BENCH_RELABEL_H

#include <glib.h>
#include <stdbool.h>

struct setup_condition;
struct flash_part;

/* Says whether a part can be made to say that. where: as in struct setup_chip. Errors are
 * BASE_ERROR_USAGE. */
bool bench_relabel_check(const struct setup_condition *condition, const struct flash_part *part,
	const char *where, GError **error);

/* The part as it says it is, to be freed with g_free() but not before part; NULL: as it is. */
struct flash_part *bench_relabel_part(
	const struct setup_condition *condition, const struct flash_part *part);

#endif
