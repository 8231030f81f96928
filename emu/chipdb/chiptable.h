/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of parts that --list-chips prints. */
#ifndef SPINOR_CHIPDB_CHIPTABLE_H
#define SPINOR_CHIPDB_CHIPTABLE_H

#include <glib.h>

/* A heading, and a line for each part that matches pattern (as for chipdb_list()). Free with
 * g_free(). NULL and BASE_ERROR_USAGE when none matches. */
char *chipdb_table(const char *chipdb, const char *pattern, GError **error);

#endif
