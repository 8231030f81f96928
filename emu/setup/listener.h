/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listening TCP sockets that a service manager has opened. */
#ifndef SPINOR_SETUP_LISTENER_H
#define SPINOR_SETUP_LISTENER_H

#include <glib.h>
#include <stdbool.h>

struct setup_bench;
struct setup_options;

/* Adds such a socket to the options. name: of an adapter, or "tcp": the only one. address:
 * HOST:PORT. */
void setup_listener_add(
	struct setup_options *options, const char *name, const char *address, int fd);

/* Gives each socket to its adapter, in place of the adapter's own port. BASE_ERROR_USAGE: no
 * adapter has that name, or it has a link or a socket already. */
bool setup_listeners_take(
	struct setup_bench *setup, const struct setup_options *options, GError **error);

#endif
