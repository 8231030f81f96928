/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket: JSON-RPC 2.0 for programs that control a running bench. See
 * spinor-control(7). */
#ifndef SPINOR_CONTROL_CONTROL_H
#define SPINOR_CONTROL_CONTROL_H

#include <glib.h>

struct bench;
struct control_server;

/*
 * Listens at path (NULL: PID.sock in control_directory()) and serves clients in the calling
 * thread's default main context. bench has been started, and outlives the server. On error nothing
 * remains.
 */
struct control_server *control_server_new(struct bench *bench, const char *path, GError **error);

/* Returns the absolute path of the socket. */
const char *control_server_path(const struct control_server *server);

/* Disconnects all clients and removes the socket. */
void control_server_destroy(struct control_server *server);

/* Returns the i-th kind of event, from 0, and what such events are; NULL: there are no more. */
const char *control_event_kind(unsigned int i, const char **text);

/* Returns the default directory of control sockets: $XDG_RUNTIME_DIR/spinor, or /tmp/spinor-UID if
 * that is not set. Creates nothing. Free with g_free(). */
char *control_directory(void);

#endif
