/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One connection. Its memory is bounded: a line over the limit ends it, and the server reads
 * nothing more from a client that does not read its replies. Requests are handled a few at a time,
 * so that a client with thousands of them does not block the others.
 *
 * A client has one source, which is dispatched as follows:
 *
 *   a complete line is buffered, and the client reads replies     now: handle it
 *   no complete line, and the client reads replies                when there is input
 *   output is pending                                             when there is room for it
 *
 * A client that shuts down its side of the connection still gets all replies. Leaves out time
 * limits: an idle client only occupies a descriptor.
 */
#include "control/connection.h"

#include "control/passed.h"
#include "control/rpc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE_BYTES 65536
#define LINES_PER_TURN 16

/* With more pending output than this, no further request is handled. More than events may fill, so
 * that a client which reads them more slowly than they come can still end its subscription. */
#define REPLIES_MAX ((size_t)327680)

struct client_source {
	GSource base;
	struct control_connection *client;
};

struct control_connection {
	int fd;
	GSource *source;
	void *tag; /* of the descriptor in source */
	struct control_connection_owner owner;
	GByteArray *in;
	size_t scanned; /* bytes of in without a newline */
	size_t line;    /* bytes of the first complete line, if has_line */
	bool has_line;  /* in begins with a complete line */
	bool ended;     /* end of input */
	bool dropped;   /* close without waiting until the output is sent */
	bool broken;    /* sending has failed */
	GByteArray *out;
	size_t sent;                  /* bytes of out that are sent */
	struct control_passed passed; /* with the first line of in */
};

size_t
control_connection_backlog(const struct control_connection *client)
{
	return client->out->len - client->sent;
}

static bool
reads_replies(const struct control_connection *client)
{
	return control_connection_backlog(client) <= REPLIES_MAX;
}

static void
update(struct control_connection *client)
{
	bool over = client->ended && !client->has_line && control_connection_backlog(client) == 0;
	bool work = client->has_line && reads_replies(client);
	GIOCondition wanted = 0;

	if (!client->ended && !client->has_line && reads_replies(client))
		wanted |= G_IO_IN;
	if (control_connection_backlog(client) > 0)
		wanted |= G_IO_OUT;
	g_source_modify_unix_fd(client->source, client->tag, wanted);
	g_source_set_ready_time(
		client->source, work || over || client->broken || client->dropped ? 0 : -1);
}

/* Empties a buffer; frees the memory of a large one. */
static GByteArray *
empty(GByteArray *buffer)
{
	if (buffer->len <= PIECE_BYTES)
		return g_byte_array_set_size(buffer, 0);
	g_byte_array_unref(buffer);
	return g_byte_array_new();
}

static void
flush(struct control_connection *client)
{
	while (!client->broken && control_connection_backlog(client) > 0) {
		ssize_t n = send(client->fd, client->out->data + client->sent,
			control_connection_backlog(client), MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0)
			client->broken = true;
		else
			client->sent += (size_t)n;
	}
	if (control_connection_backlog(client) == 0)
		client->out = empty(client->out);
	else if (client->sent >= PIECE_BYTES)
		g_byte_array_remove_range(client->out, 0, (guint)client->sent);
	else
		return;
	client->sent = 0;
}

static void
find_line(struct control_connection *client)
{
	const uint8_t *newline = NULL;

	if (client->in->len > client->scanned)
		newline = memchr(client->in->data + client->scanned, '\n',
			client->in->len - client->scanned);
	client->has_line = newline != NULL;
	client->scanned = client->in->len;
	if (newline != NULL)
		client->line = (size_t)(newline - client->in->data);
}

/* Sends a last error and drops the client, the further input of which cannot be parsed. */
static void refuse(struct control_connection *client, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
refuse(struct control_connection *client, const char *format, ...)
{
	g_autoptr(GError) error = NULL;
	va_list arguments;

	va_start(arguments, format);
	error = g_error_new_valist(CONTROL_ERROR, CONTROL_ERROR_PARSE, format, arguments);
	va_end(arguments);
	control_connection_send(client, control_reply_error(NULL, error, NULL));
	control_connection_drop(client);
}

static void
receive(struct control_connection *client)
{
	guint before = client->in->len;
	ssize_t n;

	g_byte_array_set_size(client->in, before + PIECE_BYTES);
	do
		n = control_passed_receive(
			client->fd, client->in->data + before, PIECE_BYTES, &client->passed);
	while (n < 0 && errno == EINTR);
	g_byte_array_set_size(client->in, before + (guint)MAX(n, 0));
	if (n == 0)
		client->ended = true;
	else if (n < 0 && errno != EAGAIN)
		client->broken = true;
	find_line(client);
	if ((client->has_line ? client->line : client->in->len) > CONTROL_LINE_MAX)
		refuse(client, "the message is too long; allowed are %zu bytes", CONTROL_LINE_MAX);
	else if (client->ended && !client->has_line && client->in->len > 0)
		refuse(client, "the message is not complete: it has to end with a newline");
}

static void
handle_lines(struct control_connection *client)
{
	size_t used = 0;

	for (int i = 0; i < LINES_PER_TURN && client->has_line && reads_replies(client); i++) {
		const char *line = (const char *)client->in->data + used;
		const uint8_t *next;

		client->owner.line(client->owner.self, client, line, client->line - used);
		if (client->dropped)
			return;
		used = client->line + 1;
		next = memchr(client->in->data + used, '\n', client->in->len - used);
		client->has_line = next != NULL;
		if (next != NULL)
			client->line = (size_t)(next - client->in->data);
	}
	if (used == client->in->len)
		client->in = empty(client->in);
	else
		g_byte_array_remove_range(client->in, 0, (guint)used);
	client->line -= client->has_line ? used : 0;
	client->scanned = client->in->len;
	if (client->ended && !client->has_line && client->in->len > 0)
		refuse(client, "the message is not complete: it has to end with a newline");
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, void *data)
{
	struct control_connection *client = ((struct client_source *)source)->client;
	GIOCondition ready = g_source_query_unix_fd(source, client->tag);
	bool full = control_connection_backlog(client) > 0;

	(void)callback;
	(void)data;
	if (!client->ended && !client->has_line && (ready & (G_IO_IN | G_IO_HUP | G_IO_ERR)) &&
		!client->dropped && reads_replies(client))
		receive(client);
	if (client->has_line && !client->dropped)
		handle_lines(client);
	/* If the client has closed the connection, sending fails and ends it. */
	flush(client);
	if (full && control_connection_backlog(client) == 0 && !client->dropped)
		client->owner.drained(client->owner.self, client);
	if (client->broken || client->dropped ||
		(client->ended && !client->has_line && control_connection_backlog(client) == 0)) {
		client->owner.closed(client->owner.self, client);
		control_connection_destroy(client);
		return G_SOURCE_REMOVE;
	}
	update(client);
	return G_SOURCE_CONTINUE;
}

struct control_connection *
control_connection_new(int fd, GMainContext *context, const struct control_connection_owner *owner)
{
	static GSourceFuncs functions = {.dispatch = dispatch};
	struct control_connection *client = g_new0(struct control_connection, 1);

	client->fd = fd;
	client->owner = *owner;
	client->passed = (struct control_passed)CONTROL_PASSED_NONE;
	client->in = g_byte_array_new();
	client->out = g_byte_array_new();
	client->source = g_source_new(&functions, sizeof(struct client_source));
	g_source_set_name(client->source, "control client");
	((struct client_source *)client->source)->client = client;
	client->tag = g_source_add_unix_fd(client->source, fd, G_IO_IN);
	g_source_attach(client->source, context);
	return client;
}

void
control_connection_destroy(struct control_connection *client)
{
	g_source_destroy(client->source);
	g_source_unref(client->source);
	g_byte_array_unref(client->in);
	g_byte_array_unref(client->out);
	control_passed_clear(&client->passed);
	close(client->fd);
	g_free(client);
}

void
control_connection_stop(struct control_connection *client)
{
	flush(client);
	g_source_destroy(client->source);
}

void
control_connection_send(struct control_connection *client, char *text)
{
	/* The newline replaces the NUL. */
	size_t n = strlen(text);

	text[n] = '\n';
	g_byte_array_append(client->out, (const guint8 *)text, (guint)n + 1);
	g_free(text);
	update(client);
}

struct control_passed *
control_connection_passed(struct control_connection *client)
{
	return &client->passed;
}

void
control_connection_drop(struct control_connection *client)
{
	client->dropped = true;
	update(client);
}
