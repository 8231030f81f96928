/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An SFDP in a file. */
#ifndef SPINOR_CHIPDB_SFDPFILE_H
#define SPINOR_CHIPDB_SFDPFILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The bytes, and what the file says about them. */
struct chipdb_sfdp {
	uint8_t *data;
	uint32_t length;
	char *source; /* NULL: not given */
	char *quirks; /* as sfdp_quirks of a part; NULL: none */
};

/* Reads path: binary that begins with "SFDP", or the text that spinor-chipdb(5) describes. NULL
 * with *why (g_free()) when it is anything else. Free with chipdb_sfdp_free(). */
struct chipdb_sfdp *chipdb_sfdp_read(const char *path, char **why);

/* The same, of a text or binary: n bytes. name: for *why. */
struct chipdb_sfdp *chipdb_sfdp_parse(const char *name, const char *text, gsize n, char **why);

void chipdb_sfdp_free(struct chipdb_sfdp *sfdp);

#endif
