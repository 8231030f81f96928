/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection: lines in both directions, in bounded buffers. Private to the control room. */
#ifndef SPINOR_CONTROL_CONNECTION_H
#define SPINOR_CONTROL_CONNECTION_H

#include <glib.h>
#include <stddef.h>

#define CONTROL_LINE_MAX ((size_t)1 << 20) /* bytes of a message, its newline not counted */

struct control_connection;
struct control_passed;

/* Callbacks to the owner of a connection. */
struct control_connection_owner {
	/* A received line, without its newline. */
	void (*line)(void *self, struct control_connection *client, const char *line, size_t n);
	/* All output is sent. */
	void (*drained)(void *self, struct control_connection *client);
	/* The last call for this client, which is freed afterwards. */
	void (*closed)(void *self, struct control_connection *client);
	void *self;
};

/* Takes ownership of fd, a connected socket. Calls the owner from context. */
struct control_connection *control_connection_new(
	int fd, GMainContext *context, const struct control_connection_owner *owner);
/* Does not call closed(). */
void control_connection_destroy(struct control_connection *client);

/* Sends what it can without waiting, and ends all service; the connection stays open. */
void control_connection_stop(struct control_connection *client);

/* Takes ownership of text and adds a newline. It is sent when the context runs next. */
void control_connection_send(struct control_connection *client, char *text);

/* Descriptors that came with the line. */
struct control_passed *control_connection_passed(struct control_connection *client);

/* Returns the number of bytes that are not sent yet. */
size_t control_connection_backlog(const struct control_connection *client);

/* Closes the connection after sending as much as possible without waiting; reads nothing more. */
void control_connection_drop(struct control_connection *client);

#endif
