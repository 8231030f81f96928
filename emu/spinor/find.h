/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the bench that the command line names. */
#ifndef SPINOR_SPINOR_FIND_H
#define SPINOR_SPINOR_FIND_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct spinor_client;
struct spinor_command;

/* Returns the sockets of the user's running benches, sorted. Removes stale sockets. */
GPtrArray *spinor_find_all(GError **error);

/* Connects to the bench that --control or SPINOR_CONTROL names, else to the only one that is
 * running, or one that starts within limit_ms. SPINOR_ERROR_NO_BENCH: none is running, or
 * several. */
struct spinor_client *spinor_find_within(
	const struct spinor_command *command, int64_t limit_ms, GError **error);

/* The same with the limit of --timeout, or else a short one, for a daemon that was started a moment
 * ago. */
struct spinor_client *spinor_find(const struct spinor_command *command, GError **error);

/* True: no such bench is running. */
bool spinor_find_is_absent(const struct spinor_command *command);

#endif
