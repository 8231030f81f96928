/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection: lines in, lines out, both bounded. Private to the control room. */
#ifndef SPINOR_CONTROL_CLIENT_H
#define SPINOR_CONTROL_CLIENT_H

#include <glib.h>
#include <stddef.h>

#define CONTROL_LINE_MAX ((size_t)1 << 20) /* bytes of a message, its newline not counted */

struct control_client;

/* Who the client works for. */
struct control_client_owner {
	/* A line, without its newline. */
	void (*line)(void *self, struct control_client *client, const char *line, size_t n);
	/* There is room again for what the client shall get. */
	void (*drained)(void *self, struct control_client *client);
	/* The last call for this client, which is freed afterwards. */
	void (*gone)(void *self, struct control_client *client);
	void *self;
};

/* Takes fd, a connected socket. Owned by context: the owner's calls come from there. */
struct control_client *control_client_new(
	int fd, GMainContext *context, const struct control_client_owner *owner);
/* Without a call of gone(). */
void control_client_destroy(struct control_client *client);

/* Takes text; a newline is added. It is sent when the context runs next. */
void control_client_send(struct control_client *client, char *text);

/* Bytes that the other end has not yet taken. */
size_t control_client_backlog(const struct control_client *client);

/* Nothing more is read; what can be sent at once is sent, then the client is gone. */
void control_client_drop(struct control_client *client);

#endif
