/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits of this process: what it can open, and which calls of the system it can make. */
#ifndef SPINOR_SANDBOX_SANDBOX_H
#define SPINOR_SANDBOX_SANDBOX_H

#include "setup/options.h"

#include <glib.h>
#include <stdbool.h>

/* Rights to a path and all below it. A path that does not exist is ignored. */
enum sandbox_access {
	SANDBOX_READ = 1 << 0,
	SANDBOX_WRITE = 1 << 1,    /* to existing files */
	SANDBOX_TERMINAL = 1 << 2, /* settings of devices */
	SANDBOX_CREATE = 1 << 3,   /* files */
	SANDBOX_LINK = 1 << 4,     /* creates symbolic links */
	SANDBOX_REMOVE = 1 << 5,   /* removes and renames files */
	SANDBOX_RMDIR = 1 << 6,    /* removes empty folders */
	SANDBOX_SOCKET = 1 << 7,   /* creates Unix sockets */
	SANDBOX_LIST = 1 << 8,     /* names of files in it */
	/* A folder with files that are replaced as a whole. */
	SANDBOX_FOLDER = SANDBOX_READ | SANDBOX_WRITE | SANDBOX_CREATE | SANDBOX_REMOVE,
};

struct sandbox;

/* With what every program needs: /dev/null, terminals, libraries, and the files of host names.
 * supervises: the process signals its children and reads /proc. */
struct sandbox *sandbox_new(enum setup_sandbox mode, bool supervises);
void sandbox_free(struct sandbox *sandbox);

void sandbox_allow(struct sandbox *sandbox, const char *path, unsigned int access);
/* The same for the folder that the file is in, and the one that a symbolic link to it leads to. */
void sandbox_allow_folder_of(struct sandbox *sandbox, const char *file, unsigned int access);

/* From here on this thread, and those that it creates, can open only what is allowed (Landlock). */
void sandbox_enter_files(struct sandbox *sandbox);

/* From here on all threads can make only the calls that a bench in use needs (seccomp): no program
 * is started, no socket created, no connection opened. */
void sandbox_enter_calls(struct sandbox *sandbox);

/* Whether the sandbox keeps this process from reading the file, or from replacing it. */
bool sandbox_refuses(const char *path);

/* Which parts are active, such as "on: Landlock 7, seccomp"; "off". */
const char *sandbox_state(void);

/* Whether the program was built with libseccomp. */
bool sandbox_has_filter(void);

#endif
