/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bench files by name: those of the user, and the examples that come with spinor. */
#ifndef SPINOR_SETUP_BENCHFIND_H
#define SPINOR_SETUP_BENCHFIND_H

#include <glib.h>

/* Returns the folder of the examples: SPINOR_EXAMPLES, else that of the source tree in which this
 * program was built, else the installed one. It may not exist. Free with g_free(). */
char *setup_bench_folder(void);

/* Returns the path of a bench file: name itself, name with ".bench", and for a name without "/" the
 * same two in setup_bench_folder(). NULL: there is none; the error says what was tried and names
 * similar ones. Free with g_free(). */
char *setup_bench_find(const char *name, GError **error);

struct setup_bench_entry {
	char *name; /* without ".bench" */
	char *path;
	char *summary; /* the first paragraph of its comment: what the bench shows */
	char *comment; /* all of it */
};

/* Returns the benches in setup_bench_folder(), sorted by name. Free with g_ptr_array_unref(). */
GPtrArray *setup_bench_list(GError **error);

#endif
