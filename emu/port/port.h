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
 * Watches device nodes for hosts that open and close them. One per process, since the kernel limits
 * inotify instances per user (128 by default). context is the one that is woken for its events.
 */
struct port_watch *port_watch_new(GMainContext *context, GError **error);
void port_watch_destroy(struct port_watch *watch);

/*
 * Opens a pseudo-terminal in raw mode, the device node of which hosts open. The thread that runs
 * context handles its events. link: path of a symbolic link to the device node, or NULL; replaces a
 * stale link of a spinord that has ended, any other existing file is an error. watch outlives the
 * pty.
 */
struct port_pty *port_pty_new(GMainContext *context, struct port_watch *watch,
	struct base_endpoint endpoint, const char *link, GError **error);

/* Also removes the link. Call from the thread that runs the context, or after it has ended. */
void port_pty_destroy(struct port_pty *pty);

/* Returns the device node, /dev/pts/N; NULL while unplugged. */
const char *port_pty_path(const struct port_pty *pty);

/*
 * Disconnects the cable: hangs up the hosts, removes device node and link, and calls the endpoint's
 * host_closed(). Plugging in creates a new device under the same link; on failure the port stays
 * unplugged. No effect if it is already in that state. Call them where port_pty_destroy() may be
 * called, and not from inside the endpoint.
 */
void port_pty_unplug(struct port_pty *pty);
bool port_pty_plug(struct port_pty *pty, GError **error);

/* Returns the speed that the host has set, which a pseudo-terminal ignores; 0 while unplugged. */
unsigned int port_pty_baud(const struct port_pty *pty);

/* Makes the port call the endpoint again, after a change of its state from outside. Call it where
 * port_pty_destroy() may be called. */
void port_pty_kick(struct port_pty *pty);

/*
 * Listens on a TCP port for one host at a time; tells further ones the reason in a line of text,
 * and closes their connections. address: [HOST:]PORT; without HOST only this machine can connect
 * (127.0.0.1), PORT 0 is any free one, an IPv6 HOST is in brackets. G_IO_ERROR_INVALID_ARGUMENT:
 * not an address. SIGPIPE must be ignored.
 */
struct port_tcp *port_tcp_new(
	GMainContext *context, struct base_endpoint endpoint, const char *address, GError **error);

/* The same with a socket that listens already, and which the port then owns. */
struct port_tcp *port_tcp_new_at(
	GMainContext *context, struct base_endpoint endpoint, int listener);

/* Ends the session of a host that is silent for that time, from the next host on; 0: never.
 * tcp may be NULL. */
void port_tcp_set_idle(struct port_tcp *tcp, unsigned int limit_s);

/* Ends the session and closes the port. Call from the thread that runs the context, or after it has
 * ended. */
void port_tcp_destroy(struct port_tcp *tcp);

/*
 * Disconnects the adapter from the network: resets the session's connection, and any new one until
 * port_tcp_plug(). No effect if it is already in that state. Do not call them from inside the
 * endpoint.
 */
void port_tcp_unplug(struct port_tcp *tcp);
void port_tcp_plug(struct port_tcp *tcp);
bool port_tcp_is_plugged(const struct port_tcp *tcp);

/* See port_pty_kick(). */
void port_tcp_kick(struct port_tcp *tcp);

/* Returns the bound address as numeric HOST:PORT. */
const char *port_tcp_address(const struct port_tcp *tcp);

/* True: other machines can connect. */
bool port_tcp_is_public(const struct port_tcp *tcp);

/*
 * The poll function for a context that serves a port, see g_main_context_set_poll_func(): it
 * answers the requests of a host that waits for each reply without an iteration of the main loop
 * for each. Set it before the context runs. A source that the thread itself attaches from inside
 * the endpoint needs a g_main_context_wakeup(): without one GLib does not end the poll for it.
 */
int port_poll(GPollFD *fds, guint n, int timeout_ms);

#endif
