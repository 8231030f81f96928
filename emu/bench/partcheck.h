/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of a part that take several of its keys. Private to the bench. */
#ifndef SPINOR_BENCH_PARTCHECK_H
#define SPINOR_BENCH_PARTCHECK_H

#include "bench/partfile.h"

#include <glib.h>
#include <stdbool.h>

/* Whether no key contradicts another and no command lacks a key. The part is merged with its
 * families. Errors name file, group and key. */
bool bench_part_check(
	const struct bench_part *part, const struct bench_part_group *group, GError **error);

#endif
