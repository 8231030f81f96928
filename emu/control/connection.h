/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection: lines in, lines out, both bounded. Private to the control room. */
#ifndef SPINOR_CONTROL_CONNECTION_H
#define SPINOR_CONTROL_CONNECTION_H

#include <glib.h>
#include <stddef.h>

#define CONTROL_LINE_MAX ((size_t)1 << 20) /* bytes of a message, its newline not counted */

struct control_connection;

/* Who the client works for. */
struct control_connection_owner {
	/* A line, without its newline. */
	void (*line)(void *self, struct control_connection *client, const char *line, size_t n);
	/* There is room again for what the client shall get. */
	void (*drained)(void *self, struct control_connection *client);
	/* The last call for this client, which is freed afterwards. */
	void (*gone)(void *self, struct control_connection *client);
	void *self;
};

/* Takes fd, a connected socket. Owned by context: the owner's calls come from there. */
struct control_connection *control_connection_new(
	int fd, GMainContext *context, const struct control_connection_owner *owner);
/* Without a call of gone(). */
void control_connection_destroy(struct control_connection *client);

/* Takes text; a newline is added. It is sent when the context runs next. */
void control_connection_send(struct control_connection *client, char *text);

/* Bytes that the other end has not yet taken. */
size_t control_connection_backlog(const struct control_connection *client);

/* Nothing more is read; what can be sent at once is sent, then the client is gone. */
void control_connection_drop(struct control_connection *client);

#endif
