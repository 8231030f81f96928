/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listening Unix socket with a name in the file system. Private to the control room. */
#ifndef SPINOR_CONTROL_SOCKET_H
#define SPINOR_CONTROL_SOCKET_H

#include <glib.h>

struct control_socket;

/* path as for control_server_new(). The socket has mode 0600, listens and does not block. */
struct control_socket *control_socket_new(const char *path, GError **error);

/* Removes the name, unless it has become something else's. */
void control_socket_destroy(struct control_socket *control);

int control_socket_fd(const struct control_socket *control);
const char *control_socket_path(const struct control_socket *control);

#endif
