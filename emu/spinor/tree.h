/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends all descendants of this process. */
#ifndef SPINOR_SPINOR_TREE_H
#define SPINOR_SPINOR_TREE_H

#include <stdbool.h>
#include <sys/types.h>

/* Called for each child that has ended; status: from waitpid(). */
typedef void spinor_tree_reaped(pid_t pid, int status, void *data);

/* Waits for all children that have ended, without blocking. */
void spinor_tree_reap(spinor_tree_reaped *reaped, void *data);

/*
 * Ends all descendants of the calling process, which has to be a subreaper: sends SIGTERM, and
 * SIGKILL after grace_ms. False: a process cannot be ended, such as one of another user. SIGCHLD
 * has to be blocked.
 */
bool spinor_tree_end(int grace_ms, spinor_tree_reaped *reaped, void *data);

#endif
