/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a size, for somebody who has a file of that size. */
#ifndef SPINOR_CHIPDB_OFSIZE_H
#define SPINOR_CHIPDB_OFSIZE_H

#include <glib.h>
#include <stdint.h>

struct chipdb;
struct flash_part;

/* "A, B, C": up to three parts with size bytes, those first that are most like that part. Free with
 * g_free(). NULL: there is none. */
char *chipdb_of_size(struct chipdb *db, uint64_t size, const struct flash_part *like);

#endif
