/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a bench: which it reads, creates and changes, and who named them. */
#ifndef SPINOR_SETUP_FILES_H
#define SPINOR_SETUP_FILES_H

#include <glib.h>
#include <stdbool.h>

struct setup_bench;
struct setup_options;

enum setup_file_access {
	SETUP_FILE_READ,
	SETUP_FILE_CREATE, /* it does not exist yet */
	SETUP_FILE_CHANGE,
	SETUP_FILE_LINK,   /* a symbolic link, created and removed */
	SETUP_FILE_SOCKET, /* a socket, created and removed */
};

struct setup_file {
	char *path;  /* absolute, without . and .., for messages */
	char *named; /* absolute, as it is opened */
	enum setup_file_access access;
	const char *purpose; /* "image" */
	const char *key;     /* the option or the key that named it; NULL: nobody, it is derived */
	char *where;         /* "FILE: [chip boot]"; NULL: an option named it, or nobody */
	bool by_bench;       /* a key of the bench file names it, or the one it is derived from */
	bool seldom;         /* used in unusual cases only, such as the state of another image */
};

/* Lists the files of the description, in the order of its adapters; those of the options --pid and
 * --log and the bench file itself included. Free with g_ptr_array_unref(). */
GPtrArray *setup_files_new(const struct setup_bench *setup, const struct setup_options *options);

/* "FILE:LINE: [GROUP]: KEY", or "--OPTION"; "" of a derived file. text: that of the bench file;
 * NULL: without the number of the line. Free with g_free(). */
char *setup_file_named_by(const struct setup_file *file, const char *text);

/* Returns a line for each file that the bench creates or changes, with aligned columns; all: for
 * each that it only reads, too. file: the bench file. Free with g_free(). */
char *setup_files_text(const GPtrArray *files, const char *file, bool all);

/* Logs a line for each file that keys of the bench file name for creation or change; after the
 * first ones, how many there are. */
void setup_files_log(const GPtrArray *files, const char *file);

/* Refuses one file for two purposes, however it is spelt, unless both are only read or a row of
 * samefile.c allows it. False: BASE_ERROR_USAGE. */
bool setup_files_are_distinct(const GPtrArray *files, GError **error);

/* Whether the paths in the bench file have to be below its folder: as the options say, or if it, or
 * a symbolic link to it, belongs to another user. */
bool setup_files_are_restricted(const struct setup_options *options, const char *file);

/* Refuses each path that the bench file names outside of its folder; symbolic links are resolved.
 * False: BASE_ERROR_USAGE. */
bool setup_files_restrict(const GPtrArray *files, const struct setup_options *options,
	const char *file, GError **error);

#endif
