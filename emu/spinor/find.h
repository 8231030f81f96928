/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the bench that the command line names. */
#ifndef SPINOR_SPINOR_FIND_H
#define SPINOR_SPINOR_FIND_H

#include <glib.h>

struct spinor_client;
struct spinor_command;

/* Returns the sockets of the user's running benches, sorted. Removes stale sockets. */
GPtrArray *spinor_find_all(GError **error);

/* Connects to the bench that --control or SPINOR_CONTROL names, else to the only one that is
 * running. SPINOR_ERROR_NO_BENCH: none is running, or several. */
struct spinor_client *spinor_find(const struct spinor_command *command, GError **error);

#endif
