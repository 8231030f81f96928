/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a host reaches an adapter. */
#ifndef SPINOR_PORT_PORT_H
#define SPINOR_PORT_PORT_H

#include "base/endpoint.h"

#include <glib.h>
#include <stdbool.h>

struct port_watch;
struct port_pty;
struct port_tcp;

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
	struct base_endpoint endpoint, const char *link, GError **error);

/* Removes the link. Call from the thread that runs the context, or after that has ended. */
void port_pty_destroy(struct port_pty *pty);

/* The device node, /dev/pts/N; NULL while unplugged. */
const char *port_pty_path(const struct port_pty *pty);

/*
 * The cable is pulled: hosts get a hang-up, device node and link are gone, and the endpoint's
 * host has closed. Plugged in again it is a new device under the same link, and a failure leaves it
 * unplugged. Both do nothing when that is how it is. Call them where port_pty_destroy() may be
 * called, and not from inside the endpoint.
 */
void port_pty_unplug(struct port_pty *pty);
bool port_pty_plug(struct port_pty *pty, GError **error);

/* The speed that the host has set, which means nothing to the line itself; 0 while unplugged. */
unsigned int port_pty_baud(const struct port_pty *pty);

/* The endpoint may have something to do that it had not before: asks it. Call it where
 * port_pty_destroy() may be called. */
void port_pty_kick(struct port_pty *pty);

/*
 * A TCP port for one host at a time, others are refused. address: [HOST:]PORT; without a host only
 * this machine gets in (127.0.0.1), port 0 is any free one, an IPv6 host stands in brackets.
 * G_IO_ERROR_INVALID_ARGUMENT when address is none. SIGPIPE must be ignored.
 */
struct port_tcp *port_tcp_new(
	GMainContext *context, struct base_endpoint endpoint, const char *address, GError **error);

/* Ends the session and closes the port. Call from the thread that runs the context, or after that
 * has ended. */
void port_tcp_destroy(struct port_tcp *tcp);

/*
 * The adapter has gone from the net: the session is broken off, without a word of goodbye, and
 * whoever comes meanwhile is shown out in the same way. Both do nothing when that is how it is. Not
 * from inside the endpoint.
 */
void port_tcp_unplug(struct port_tcp *tcp);
void port_tcp_plug(struct port_tcp *tcp);
bool port_tcp_is_plugged(const struct port_tcp *tcp);

/* As port_pty_kick(). */
void port_tcp_kick(struct port_tcp *tcp);

/* HOST:PORT as it was bound, in numbers. */
const char *port_tcp_address(const struct port_tcp *tcp);

/* True when other machines may get in. */
bool port_tcp_is_public(const struct port_tcp *tcp);

/*
 * The poll function for a context that serves a port, see g_main_context_set_poll_func(): a host
 * that asks and waits, asks and waits, is answered without a round of the main loop for each time.
 * Set it before the context runs. A source that the thread itself attaches from inside the
 * endpoint needs a g_main_context_wakeup(): without one GLib does not end the poll for it.
 */
int port_poll(GPollFD *fds, guint n, int timeout_ms);

#endif
