/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A JSON-RPC 2.0 client, see spinor-control(7): one call at a time, each wait with a limit. Other
 * messages that arrive while a call waits for its reply are queued for spinor_client_event().
 */
#define _GNU_SOURCE /* struct ucred */
#include "spinor/client.h"

#include "base/openfile.h"
#include "spinor/exitstatus.h"
#include "spinor/output.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_BYTES ((size_t)16 << 20)
#define PIECE_BYTES 65536
#define PROGRESS_MS 100
#define FILES_MAX 2
#define CODE_NO_METHOD -32601
#define CODE_PARAMS -32602

struct spinor_client {
	int fd;
	char *path;
	GByteArray *in;
	size_t scanned; /* bytes of in without a newline */
	GQueue *events; /* JsonObject: parameters of notifications */
	int64_t last_id;
	char *progress; /* text of the progress bar; NULL: none */
	int64_t pid;    /* of the bench, for transfer_bytes */
	bool writes;
	uint64_t transfer_bytes; /* of the next call; 0: unknown */
	uint64_t before;         /* it had transferred that many */
	bool for_event;          /* the client waits for an event, not for a reply */
	bool ended;
	int files[FILES_MAX]; /* for the next call */
	size_t n_files;
	bool sandboxed; /* the last call failed because of the sandbox of the bench */
};

static bool
fail(const struct spinor_client *client, GError **error, const char *doing)
{
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED, "control socket %s: %s: %s",
		client->path, doing, g_strerror(errno));
	return false;
}

/* Sets the error after a failed connect(). */
static void
refuse_socket(const char *path, int code, GError **error)
{
	bool no_bench = code == ENOENT || code == ECONNREFUSED;
	struct stat info;

	if (stat(path, &info) == 0 && !S_ISSOCK(info.st_mode))
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_NO_BENCH,
			"control socket %s: not a socket; name the one of a running bench, "
			"which spinor status lists",
			path);
	else
		g_set_error(error, SPINOR_ERROR,
			no_bench ? SPINOR_ERROR_NO_BENCH : SPINOR_ERROR_FAILED,
			"control socket %s: %s", path,
			no_bench ? "no bench is running there; start one with: spinord"
				 : g_strerror(code));
}

struct spinor_client *
spinor_client_open(const char *path, GError **error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct spinor_client *client;
	int fd, code;

	if (strlen(path) >= sizeof address.sun_path) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"control socket %s: the path is too long; allowed are %zu bytes", path,
			sizeof address.sun_path - 1);
		return NULL;
	}
	if (base_check_path(path) == EACCES) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED, "control socket %s: %s", path,
			base_open_reason(EACCES));
		return NULL;
	}
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		code = errno;
		if (fd >= 0)
			close(fd);
		refuse_socket(path, code, error);
		return NULL;
	}
	client = g_new0(struct spinor_client, 1);
	client->fd = fd;
	client->path = g_strdup(path);
	client->in = g_byte_array_new();
	client->events = g_queue_new();
	return client;
}

void
spinor_client_close(struct spinor_client *client)
{
	if (client == NULL)
		return;
	close(client->fd);
	g_free(client->path);
	g_free(client->progress);
	g_byte_array_unref(client->in);
	g_queue_free_full(client->events, (GDestroyNotify)json_object_unref);
	g_free(client);
}

int64_t
spinor_client_peer(const struct spinor_client *client)
{
	struct ucred peer = {0};
	socklen_t length = sizeof peer;

	return getsockopt(client->fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? peer.pid : 0;
}

bool
spinor_client_has_ended(const struct spinor_client *client)
{
	return client->ended;
}

void
spinor_client_show_progress(struct spinor_client *client, const char *text)
{
	g_free(client->progress);
	client->progress = g_strdup(text);
}

/* How many bytes the bench's process has written or read so far, of whatever it did: for a bar that
 * is exact enough (proc(5), /proc/PID/io). */
static uint64_t
transferred(const struct spinor_client *client)
{
	g_autofree char *path = g_strdup_printf("/proc/%" G_GINT64_FORMAT "/io", client->pid);
	const char *name = client->writes ? "wchar: " : "rchar: ";
	g_autofree char *text = NULL;
	const char *found;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	found = strstr(text, name);
	return found != NULL ? g_ascii_strtoull(found + strlen(name), NULL, 10) : 0;
}

void
spinor_client_expect_transfer(
	struct spinor_client *client, int64_t pid, bool writes, uint64_t bytes)
{
	client->pid = pid;
	client->writes = writes;
	client->transfer_bytes = bytes;
	client->before = transferred(client);
}

/* Waits for events on the socket until limit_ms after start_us. */
static bool
wait_for(struct spinor_client *client, short events, int64_t start_us, int64_t limit_ms,
	GError **error)
{
	for (;;) {
		struct pollfd poller = {.fd = client->fd, .events = events};
		int64_t waited_ms = (g_get_monotonic_time() - start_us) / 1000;
		int64_t left_ms = limit_ms == SPINOR_FOREVER ? G_MAXINT : limit_ms - waited_ms;
		int n;

		if (left_ms <= 0) {
			g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_TIMEOUT,
				"control socket %s: no %s in %.1f s; %s--timeout waits longer",
				client->path, client->for_event ? "event" : "answer",
				(double)limit_ms / 1000,
				client->for_event ? "" : "is that bench still running? ");
			return false;
		}
		if (client->progress != NULL) {
			left_ms = MIN(left_ms, PROGRESS_MS);
			spinor_progress(client->progress, waited_ms,
				client->transfer_bytes > 0 ? transferred(client) - client->before
							   : 0,
				client->transfer_bytes);
		}
		n = poll(&poller, 1, (int)MIN(left_ms, G_MAXINT));
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return fail(client, error, "waiting");
	}
}

void
spinor_client_pass(struct spinor_client *client, const int *files, size_t n)
{
	client->n_files = MIN(n, FILES_MAX);
	memcpy(client->files, files, client->n_files * sizeof *files);
}

bool
spinor_client_was_sandboxed(const struct spinor_client *client)
{
	return client->sandboxed;
}

/* Sends bytes, and with the first of them the descriptors that are to be passed. */
static ssize_t
send_piece(struct spinor_client *client, const char *text, size_t n)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(FILES_MAX * sizeof(int))];
	} space = {0};
	size_t size = client->n_files * sizeof(int);
	struct iovec piece = {(char *)text, n};
	struct msghdr message = {.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &space,
		.msg_controllen = CMSG_SPACE(size)};
	ssize_t sent;

	if (client->n_files == 0)
		return send(client->fd, text, n, MSG_NOSIGNAL);
	space.header.cmsg_level = SOL_SOCKET;
	space.header.cmsg_type = SCM_RIGHTS;
	space.header.cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(&space.header), client->files, size);
	sent = sendmsg(client->fd, &message, MSG_NOSIGNAL);
	if (sent > 0)
		client->n_files = 0;
	return sent;
}

static bool
send_all(struct spinor_client *client, const char *text, int64_t start_us, int64_t limit_ms,
	GError **error)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t n = send_piece(client, text, left);

		if (n >= 0) {
			text += n;
			left -= (size_t)n;
		} else if (errno == EPIPE || errno == ECONNRESET) {
			client->ended = true;
			return false;
		} else if (errno == EAGAIN) {
			if (!wait_for(client, POLLOUT, start_us, limit_ms, error))
				return false;
		} else if (errno != EINTR) {
			return fail(client, error, "sending");
		}
	}
	return true;
}

/* Returns the next line without its newline; NULL at the end, when ended is set, or on error. */
static char *
take_line(struct spinor_client *client, int64_t start_us, int64_t limit_ms, GError **error)
{
	for (;;) {
		const uint8_t *newline = client->in->len > client->scanned
			? memchr(client->in->data + client->scanned, '\n',
				  client->in->len - client->scanned)
			: NULL;
		guint before = client->in->len;
		ssize_t n;

		if (newline != NULL) {
			size_t length = (size_t)(newline - client->in->data);
			char *line = g_strndup((const char *)client->in->data, length);

			g_byte_array_remove_range(client->in, 0, (guint)length + 1);
			client->scanned = 0;
			return line;
		}
		client->scanned = before;
		if (before > LINE_MAX_BYTES) {
			errno = EMSGSIZE;
			fail(client, error, "receiving");
			return NULL;
		}
		g_byte_array_set_size(client->in, before + PIECE_BYTES);
		n = recv(client->fd, client->in->data + before, PIECE_BYTES, 0);
		g_byte_array_set_size(client->in, before + (guint)MAX(n, 0));
		if (n == 0 || (n < 0 && errno == ECONNRESET)) {
			client->ended = true;
			return NULL;
		}
		if (n < 0 && errno == EAGAIN) {
			if (!wait_for(client, POLLIN, start_us, limit_ms, error))
				return NULL;
		} else if (n < 0 && errno != EINTR) {
			fail(client, error, "receiving");
			return NULL;
		}
	}
}

/* Returns the next message; NULL: see take_line(). */
static JsonObject *
take_message(struct spinor_client *client, int64_t start_us, int64_t limit_ms, GError **error)
{
	g_autofree char *line = take_line(client, start_us, limit_ms, error);
	g_autoptr(JsonParser) parser = NULL;
	JsonNode *root;

	if (line == NULL)
		return NULL;
	parser = json_parser_new();
	if (json_parser_load_from_data(parser, line, -1, NULL)) {
		root = json_parser_get_root(parser);
		if (root != NULL && JSON_NODE_HOLDS_OBJECT(root))
			return json_object_ref(json_node_get_object(root));
	}
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
		"control socket %s: the process that answers there is not spinord; name the socket "
		"of a bench",
		client->path);
	return NULL;
}

static char *
request(int64_t id, const char *method, JsonObject *params)
{
	g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
	JsonObject *message = json_object_new();
	g_autofree char *text = NULL;

	json_object_set_string_member(message, "jsonrpc", "2.0");
	json_object_set_int_member(message, "id", id);
	json_object_set_string_member(message, "method", method);
	if (params != NULL)
		json_object_set_object_member(message, "params", params);
	json_node_take_object(root, message);
	text = json_to_string(root, FALSE);
	return g_strconcat(text, "\n", NULL);
}

/* The reason in the words of a person: without names of the protocol. */
static const char *
reason_of(JsonObject *refused, const char *method)
{
	const char *text = spinor_text(spinor_object(refused, "data"), "text", NULL);
	size_t n = strlen(method);

	if (text != NULL)
		return text;
	text = spinor_text(refused, "message", "the bench gave no reason");
	return strncmp(text, method, n) == 0 && g_str_has_prefix(text + n, ": ") ? text + n + 2
										 : text;
}

static JsonNode *
take_result(JsonObject *reply, const char *method, GError **error)
{
	JsonObject *refused = spinor_object(reply, "error");
	int64_t code = spinor_number(refused, "code", 0);

	if (refused == NULL && json_object_has_member(reply, "result"))
		return json_object_dup_member(reply, "result");
	if (code == CODE_NO_METHOD)
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
			"this spinord is older and cannot do that; start it again with the version "
			"of this spinor");
	else
		g_set_error(error, SPINOR_ERROR,
			code == CODE_PARAMS ? SPINOR_ERROR_USAGE : SPINOR_ERROR_FAILED, "%s",
			reason_of(refused, method));
	return NULL;
}

static bool
is_reply(JsonObject *message, int64_t id)
{
	JsonNode *node = json_object_get_member(message, "id");

	return node != NULL &&
		(JSON_NODE_HOLDS_NULL(node) || spinor_number(message, "id", -1) == id);
}

static void
queue_event(struct spinor_client *client, JsonObject *message)
{
	JsonObject *params = spinor_object(message, "params");

	if (params != NULL)
		g_queue_push_tail(client->events, json_object_ref(params));
}

JsonNode *
spinor_client_call(struct spinor_client *client, const char *method, JsonObject *params,
	int64_t limit_ms, GError **error)
{
	int64_t start_us = g_get_monotonic_time();
	int64_t id = ++client->last_id;
	g_autofree char *text = request(id, method, params);
	g_autoptr(GError) found = NULL;
	JsonNode *result = NULL;
	bool replied = false;

	client->sandboxed = false;
	if (send_all(client, text, start_us, limit_ms, &found)) {
		while (!replied) {
			g_autoptr(JsonObject) message =
				take_message(client, start_us, limit_ms, &found);

			if (message == NULL)
				break;
			replied = is_reply(message, id);
			if (replied)
				result = take_result(message, method, &found);
			if (replied)
				client->sandboxed = spinor_flag(
					spinor_object(spinor_object(message, "error"), "data"),
					"sandbox");
			else
				queue_event(client, message);
		}
	}
	spinor_progress_done();
	if (result == NULL && found == NULL)
		g_set_error(&found, SPINOR_ERROR, SPINOR_ERROR_FAILED,
			"control socket %s: the bench ended before it answered", client->path);
	if (result == NULL)
		g_propagate_error(error, g_steal_pointer(&found));
	return result;
}

JsonObject *
spinor_client_event(struct spinor_client *client, int64_t limit_ms, GError **error)
{
	int64_t start_us = g_get_monotonic_time();

	client->for_event = true;
	while (g_queue_is_empty(client->events)) {
		g_autoptr(JsonObject) message = take_message(client, start_us, limit_ms, error);

		if (message == NULL)
			break;
		queue_event(client, message);
	}
	client->for_event = false;
	return g_queue_pop_head(client->events);
}

bool
spinor_client_wait_end(struct spinor_client *client, int64_t limit_ms, GError **error)
{
	int64_t start_us = g_get_monotonic_time();

	while (!client->ended) {
		g_autofree char *line = take_line(client, start_us, limit_ms, error);

		if (line == NULL && !client->ended)
			return false;
	}
	return true;
}
