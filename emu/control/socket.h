/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listening Unix socket with a name in the file system. Clients can connect and send requests at
 * once; a server answers them later. */
#ifndef SPINOR_CONTROL_SOCKET_H
#define SPINOR_CONTROL_SOCKET_H

#include <glib.h>

struct control_socket;

/* Creates a listening, non-blocking socket of mode 0600. path: see control_server_new(). */
struct control_socket *control_socket_new(const char *path, GError **error);

/* Takes a listening Unix socket from a service manager, which keeps its name at the end. On error
 * fd stays open. */
struct control_socket *control_socket_adopt(int fd, GError **error);

/* Closes the socket, and removes its name unless that is another file by now. */
void control_socket_destroy(struct control_socket *control);

int control_socket_fd(const struct control_socket *control);
const char *control_socket_path(const struct control_socket *control);

#endif
