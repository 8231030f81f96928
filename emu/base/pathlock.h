/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of files that one process at a time uses: links, control sockets, PID files. */
#ifndef SPINOR_BASE_PATHLOCK_H
#define SPINOR_BASE_PATHLOCK_H

#include <glib.h>

struct base_pathlock;

/*
 * Returns path as an absolute one: symbolic links of its directory are resolved, the file itself
 * is not. NULL: the path names no file, its directory does not exist, or a link on the way there
 * is refused (base_open()); reason receives the explanation, to be freed, and code the errno value.
 */
char *base_path_canonical(const char *path, char **reason, int *code);

/*
 * Claims an absolute path for this process, among the processes of the same user. kind: what the
 * file is, such as "link". The claim ends with base_pathlock_destroy(), or with the process,
 * however that ends. NULL: code receives the errno value, EADDRINUSE if another process, or another
 * part of this one, has the claim. From any thread.
 */
struct base_pathlock *base_pathlock_new(const char *kind, const char *path, int *code);
void base_pathlock_destroy(struct base_pathlock *lock);

#endif
