/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bench is meant. */
#ifndef SPINOR_SPINOR_FIND_H
#define SPINOR_SPINOR_FIND_H

#include <glib.h>

struct spinor_client;
struct spinor_command;

/* Sockets of the user's running benches, sorted; those that killed ones have left are removed. */
GPtrArray *spinor_find_all(GError **error);

/* Connects to the bench that --control or SPINOR_CONTROL names, or else to the only one that runs.
 * None, or several, is SPINOR_ERROR_NO_BENCH. */
struct spinor_client *spinor_find(const struct spinor_command *command, GError **error);

#endif
