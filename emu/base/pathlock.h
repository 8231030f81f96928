/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of files that one process at a time uses: links, control sockets, PID files. */
#ifndef SPINOR_BASE_PATHLOCK_H
#define SPINOR_BASE_PATHLOCK_H

#include <glib.h>

/*
 * Returns path as an absolute one: symbolic links of its directory are resolved, the file itself
 * is not. NULL: the path names no file, or its directory does not exist; reason receives the
 * explanation, to be freed, and code the errno value.
 */
char *base_path_canonical(const char *path, char **reason, int *code);

/*
 * Locks an absolute path for this process, by an abstract socket that the kernel removes however
 * the process ends, so that no lock file can remain. kind: what the file is, such as "link".
 * Returns the descriptor, which releases the lock when it is closed, or negative errno;
 * -EADDRINUSE: another process has the lock.
 */
int base_path_lock(const char *kind, const char *path);

#endif
