/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket: JSON-RPC 2.0 for whoever drives a running bench. See spinor-control(7). */
#ifndef SPINOR_CONTROL_CONTROL_H
#define SPINOR_CONTROL_CONTROL_H

#include <glib.h>

struct bench;
struct control_server;

/*
 * Listens at path, or when that is NULL at PID.sock in control_directory(), and serves clients in
 * the calling thread's default main context. bench has been started, and outlives the server. On
 * error nothing is left behind.
 */
struct control_server *control_server_new(struct bench *bench, const char *path, GError **error);

/* Absolute. */
const char *control_server_path(const struct control_server *server);

/* Drops all clients and removes the socket. */
void control_server_destroy(struct control_server *server);

/* Where sockets of running benches are: $XDG_RUNTIME_DIR/spinor, or /tmp/spinor-UID when that is
 * not set. Nothing is created. Free with g_free(). */
char *control_directory(void);

#endif
