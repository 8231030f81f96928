/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a host reaches an adapter. */
#ifndef SPINOR_PORT_PORT_H
#define SPINOR_PORT_PORT_H

#include "base/personality.h"

#include <glib.h>

struct port_watch;
struct port_pty;

/*
 * Watches device nodes for hosts that open and close them. One for the whole process, since the
 * kernel limits inotify instances per user (128 by default). Its events are read in context.
 */
struct port_watch *port_watch_new(GMainContext *context, GError **error);
void port_watch_destroy(struct port_watch *watch);

/*
 * A pseudo-terminal, raw from the start, whose other end hosts open. Events are handled by whoever
 * runs context. link: a symbolic link to keep on the device node, or NULL; a
 * link left over by an ended spinor is replaced, any other file there is an error. watch outlives
 * the pty.
 */
struct port_pty *port_pty_new(GMainContext *context, struct port_watch *watch,
	struct personality personality, const char *link, GError **error);

/* Removes the link. Call from the thread that runs the context, or after that has ended. */
void port_pty_destroy(struct port_pty *pty);

/* The device node, /dev/pts/N. */
const char *port_pty_path(const struct port_pty *pty);

/*
 * The poll function for a context that serves a port, see g_main_context_set_poll_func(): a host
 * that asks and waits, asks and waits, is answered without a round of the main loop for each time.
 * Set it before the context runs.
 */
int port_poll(GPollFD *fds, guint n, int timeout_ms);

#endif
