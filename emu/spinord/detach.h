/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon in the background, and the file of its log. */
#ifndef SPINOR_SPINORD_DETACH_H
#define SPINOR_SPINORD_DETACH_H

#include <glib.h>
#include <stdbool.h>

/*
 * Continues in a new process with a session of its own, which keeps the first keep descriptors.
 * True: this is that process; report receives the descriptor for spinord_detach_ready(). False:
 * this is the first process, after the other one became ready or has ended; status receives the
 * exit status.
 */
bool spinord_detach(int keep, int *report, int *status);

/* Connects standard input and output to /dev/null, and ends the first process with status 0. */
void spinord_detach_ready(int report);

struct spinord_log;

/* Opens the file of the log; path NULL: PID.log beside the control sockets. */
struct spinord_log *spinord_log_new(const char *path, GError **error);

const char *spinord_log_path(const struct spinord_log *log);

/* From here on standard error is that file. */
void spinord_log_begin(struct spinord_log *log);

/* Removes the file if nobody chose its name and nothing is in it. */
void spinord_log_destroy(struct spinord_log *log);

#endif
