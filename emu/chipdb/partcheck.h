/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of a part that take several of its keys. Private to the room. */
#ifndef SPINOR_CHIPDB_PARTCHECK_H
#define SPINOR_CHIPDB_PARTCHECK_H

#include "chipdb/partfile.h"

#include <glib.h>
#include <stdbool.h>

/* Checks that no key contradicts another and no command lacks a key. The part is merged with its
 * families. Errors name file, group and key. */
bool chipdb_part_check(
	const struct chipdb_part *part, const struct chipdb_part_group *group, GError **error);

#endif
