/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All processes below this one. */
#ifndef SPINOR_SPINOR_TREE_H
#define SPINOR_SPINOR_TREE_H

#include <stdbool.h>
#include <sys/types.h>

/* A child has ended; status as from waitpid(). */
typedef void spinor_tree_reaped(pid_t pid, int status, void *data);

/* Takes the ends of all children that have ended. */
void spinor_tree_reap(spinor_tree_reaped *reaped, void *data);

/*
 * Ends everything below the calling process, which has to be a subreaper: SIGTERM, and after
 * grace_ms SIGKILL. False when something can't be ended, a program with other rights for one.
 * SIGCHLD has to be blocked.
 */
bool spinor_tree_end(int grace_ms, spinor_tree_reaped *reaped, void *data);

#endif
