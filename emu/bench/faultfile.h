/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups of a bench file that say what is wrong, and what the board wants. */
#ifndef SPINOR_BENCH_FAULTFILE_H
#define SPINOR_BENCH_FAULTFILE_H

#include <glib.h>
#include <stdbool.h>

struct bench_setup;

/* Which group it is. */
struct bench_group {
	const char *path;   /* of the file */
	const char *folder; /* that names of files in it start from */
	const char *group;  /* as between the brackets */
	const char *name;   /* the second word of it */
	GKeyFile *file;
};

/* [fault NAME] and [board NAME], added to the setup. Errors are BENCH_ERROR_USAGE. */
bool bench_faultfile_read(
	const struct bench_group *group, struct bench_setup *setup, GError **error);
bool bench_boardfile_read(
	const struct bench_group *group, struct bench_setup *setup, GError **error);

/* The keys of [board NAME], NULL-terminated. Free the list with g_free(). */
const char **bench_board_keys(void);

#endif
