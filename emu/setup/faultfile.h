/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups of a bench file that add faults and boards. */
#ifndef SPINOR_SETUP_FAULTFILE_H
#define SPINOR_SETUP_FAULTFILE_H

#include "base/keytable.h"

#include <glib.h>
#include <stdbool.h>

struct setup_bench;

/* A group of a bench file. */
struct setup_group {
	struct base_keygroup keys;
	const char *folder; /* relative paths in the group begin there */
	const char *name;   /* the second word of the group's name */
};

/* [fault NAME] and [board NAME], added to the setup. Errors are BASE_ERROR_USAGE. */
bool setup_faultfile_read(
	const struct setup_group *group, struct setup_bench *setup, GError **error);
bool setup_boardfile_read(
	const struct setup_group *group, struct setup_bench *setup, GError **error);

/* The keys of [board NAME], NULL-terminated. Free the list with g_free(). */
const char **setup_board_keys(void);

#endif
