/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts as a table for people. */
#ifndef SPINOR_CHIPDB_CHIPTABLE_H
#define SPINOR_CHIPDB_CHIPTABLE_H

#include <glib.h>

/* The chips that can be emulated as a table for people, one line each below a heading. pattern as
 * for chipdb_list(). Free with g_free(); no match is BASE_ERROR_USAGE. */
char *chipdb_table(const char *chipdb, const char *pattern, GError **error);

#endif
