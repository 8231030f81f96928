/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control server: accepts connections and calls the method that each line names.
 *
 * It runs in one main context, in the daemon that of the main thread. It accesses adapters through
 * the actions of the bench, which run in the adapters' threads. Leaves out: transports other than a
 * Unix socket, the mode of which restricts access.
 */
#define _GNU_SOURCE /* accept4() */

#include "control/control.h"

#include "action/action.h"
#include "base/log.h"
#include "control/connection.h"
#include "control/direct.h"
#include "control/events.h"
#include "control/internal.h"
#include "control/methods.h"
#include "control/passed.h"
#include "control/rpc.h"
#include "control/schema.h"
#include "control/socket.h"
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MAX 64

struct control_server {
	struct control_shared shared;
	GMainContext *context;
	struct control_socket *socket;
	GSource *source; /* of the socket */
	GPtrArray *clients;
	int spare; /* a descriptor to close when there are no more free ones */
};

static void
handle_request(struct control_server *server, struct control_connection *client,
	struct control_request *request, GError **error, JsonNode **result)
{
	const struct control_method *method = control_method_find(request->method);
	struct control_call call = {
		.shared = &server->shared,
		.client = client,
		.params = request->params,
	};
	const char *path;

	if (method == NULL) {
		g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_METHOD,
			"there is no method \"%.64s\"; rpc.discover lists them", request->method);
		return;
	}
	path = control_passed_path(request->params);
	control_passed_begin(control_connection_passed(client), path);
	if (control_schema_check(method, request->params, error))
		*result = control_direct_call(method, &call, error);
	control_passed_end(path);
	if (*result == NULL && *error == NULL)
		g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_INTERNAL,
			"%s: failed without an error message; this is a bug in spinord",
			method->name);
}

/* Tells a client that it can pass a descriptor of the file; NULL: the sandbox is not the reason. */
static JsonObject *
sandbox_refusal(JsonObject *params)
{
	const char *path = control_passed_path(params);
	JsonObject *data;

	if (path == NULL || !sandbox_refuses(path))
		return NULL;
	data = json_object_new();
	json_object_set_boolean_member(data, "sandbox", TRUE);
	return data;
}

/* The parameter that is refused, if that is the error. */
static JsonObject *
error_data(const struct control_request *request, const GError *error)
{
	const struct control_method *method =
		request->method != NULL ? control_method_find(request->method) : NULL;

	if (method != NULL && g_error_matches(error, CONTROL_ERROR, CONTROL_ERROR_PARAMS))
		return control_schema_refusal(method, request->params);
	return method != NULL ? sandbox_refusal(request->params) : NULL;
}

static void
handle_line(void *self, struct control_connection *client, const char *line, size_t n)
{
	struct control_request request;
	g_autoptr(GError) error = NULL;
	JsonNode *result = NULL;
	bool parsed;

	/* An empty line, as from Enter on a terminal. */
	if (n == 0)
		return;
	parsed = control_request_parse(&request, line, n, &error);
	if (parsed)
		handle_request(self, client, &request, &error, &result);
	if (error != NULL && (!parsed || request.id != NULL))
		control_connection_send(client,
			control_reply_error(request.id, error, error_data(&request, error)));
	else if (result != NULL && request.id != NULL)
		control_connection_send(client, control_reply_result(request.id, result));
	else if (result != NULL)
		json_node_unref(result);
	if (g_error_matches(error, CONTROL_ERROR, CONTROL_ERROR_PARSE))
		control_connection_drop(client);
	control_request_clear(&request);
}

static void
client_drained(void *self, struct control_connection *client)
{
	struct control_server *server = self;

	control_events_drained(server->shared.events, client);
}

static void
client_closed(void *self, struct control_connection *client)
{
	struct control_server *server = self;

	control_events_remove_client(server->shared.events, client);
	g_ptr_array_remove_fast(server->clients, client);
}

/* Sends an error to a client over the limit, if that is possible without waiting. */
static void
refuse_client(int fd)
{
	g_autoptr(GError) error = g_error_new(CONTROL_ERROR, CONTROL_ERROR_ACTION,
		"%d clients are connected, and no more are allowed; end one of them", CLIENTS_MAX);
	g_autofree char *text = control_reply_error(NULL, error, NULL);
	g_autofree char *line = g_strconcat(text, "\n", NULL);
	ssize_t n = send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);

	(void)n;
	close(fd);
}

/* Without a free descriptor, a connection in the backlog would wake us again and again. Uses the
 * spare one to accept and close it. */
static void
accept_and_close(struct control_server *server, int listener)
{
	int fd;

	close(server->spare);
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		close(fd);
	server->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	log_warning("control socket %s: a client was refused: too many open files",
		control_socket_path(server->socket));
}

static gboolean
accept_client(gint listener, GIOCondition condition, void *data)
{
	struct control_server *server = data;
	const struct control_connection_owner owner = {
		.line = handle_line,
		.drained = client_drained,
		.closed = client_closed,
		.self = server,
	};
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)condition;
	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		accept_and_close(server, listener);
	else if (fd >= 0 && server->clients->len >= CLIENTS_MAX)
		refuse_client(fd);
	else if (fd >= 0)
		g_ptr_array_add(
			server->clients, control_connection_new(fd, server->context, &owner));
	return G_SOURCE_CONTINUE;
}

struct control_server *
control_server_new_at(struct bench *bench, struct control_socket *socket)
{
	struct control_server *server = g_new0(struct control_server, 1);

	server->context = g_main_context_ref_thread_default();
	server->socket = socket;
	server->clients = g_ptr_array_new();
	server->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	server->shared.actions = action_context_new(bench);
	server->shared.path = control_socket_path(socket);
	server->shared.events = control_events_new(server->shared.actions, server->context);
	server->source = g_unix_fd_source_new(control_socket_fd(socket), G_IO_IN);
	g_source_set_callback(server->source, G_SOURCE_FUNC(accept_client), server, NULL);
	g_source_attach(server->source, server->context);
	return server;
}

struct control_server *
control_server_new(struct bench *bench, const char *path, GError **error)
{
	struct control_socket *socket = control_socket_new(path, error);

	return socket != NULL ? control_server_new_at(bench, socket) : NULL;
}

const char *
control_server_path(const struct control_server *server)
{
	return control_socket_path(server->socket);
}

void
control_server_stop(struct control_server *server)
{
	if (server == NULL || server->source == NULL)
		return;
	g_source_destroy(server->source);
	g_clear_pointer(&server->source, g_source_unref);
	g_clear_pointer(&server->shared.events, control_events_destroy);
	g_clear_pointer(&server->shared.actions, action_context_destroy);
	for (guint i = 0; i < server->clients->len; i++)
		control_connection_stop(server->clients->pdata[i]);
}

void
control_server_destroy(struct control_server *server)
{
	if (server == NULL)
		return;
	control_server_stop(server);
	/* Before the connections: a client that sees the end finds no socket. */
	control_socket_destroy(server->socket);
	for (guint i = 0; i < server->clients->len; i++)
		control_connection_destroy(server->clients->pdata[i]);
	g_ptr_array_unref(server->clients);
	if (server->spare >= 0)
		close(server->spare);
	g_main_context_unref(server->context);
	g_free(server);
}
