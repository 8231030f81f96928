/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups of a bench file that say what is wrong, and what the board wants. */
#ifndef SPINOR_SETUP_FAULTFILE_H
#define SPINOR_SETUP_FAULTFILE_H

#include <glib.h>
#include <stdbool.h>

struct setup_bench;

/* Which group it is. */
struct setup_group {
	const char *path;   /* of the file */
	const char *folder; /* that names of files in it start from */
	const char *group;  /* as between the brackets */
	const char *name;   /* the second word of it */
	GKeyFile *file;
};

/* [fault NAME] and [board NAME], added to the setup. Errors are BASE_ERROR_USAGE. */
bool setup_faultfile_read(
	const struct setup_group *group, struct setup_bench *setup, GError **error);
bool setup_boardfile_read(
	const struct setup_group *group, struct setup_bench *setup, GError **error);

/* The keys of [board NAME], NULL-terminated. Free the list with g_free(). */
const char **setup_board_keys(void);

#endif
