/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file with the process ID of the daemon. */
#ifndef SPINOR_SPINORD_PIDFILE_H
#define SPINOR_SPINORD_PIDFILE_H

#include <glib.h>
#include <stdbool.h>

struct spinord_pidfile;

/* Locks the path, and refuses any existing file but one of a process that has ended. Writes
 * nothing. */
struct spinord_pidfile *spinord_pidfile_new(const char *path, GError **error);

/* Writes the process ID. The file is complete at any time. */
bool spinord_pidfile_write(struct spinord_pidfile *file, GError **error);

/* Removes the file, unless it has another content by now. */
void spinord_pidfile_destroy(struct spinord_pidfile *file);

#endif
