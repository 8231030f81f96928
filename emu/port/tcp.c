/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TCP port, which hosts open by HOST:PORT. It transfers the same bytes as the pseudo-terminal,
 * without framing or escapes; unlike there, the connection itself shows when a host connects and
 * disconnects.
 *
 * One host at a time. A second connection is accepted, told the reason in a line of text (none of
 * its bytes is an ACK or a NAK), and closed at once, so that its host fails and does not wait; a
 * queue would let it access a chip that the first has left half written. Three mechanisms end the
 * session of a host that has not been seen to disconnect: a new connection ends it if the host has
 * closed its side (otherwise its end is seen only after the remaining replies, which can take as
 * long as a chip erase); TCP keepalive detects a dead host (TCP_KEEPIDLE); and a limit ends the
 * session of a silent one (idle.c).
 *
 *	A connects  |  B connects: refused      |  A closes, C connects: A ends, C is served
 *
 * A host that closes only its sending side still receives the replies to its requests, as with
 * `printf ... | nc -N`. After a connection reset the remaining replies are discarded.
 *
 * Leaves out: encryption and passwords. A public address is for a trusted network.
 */
#define _GNU_SOURCE /* accept4(), POLLRDHUP */
#include "port/port.h"

#include "base/log.h"
#include "base/units.h"
#include "port/idle.h"
#include "port/pump.h"

#include <errno.h>
#include <gio/gio.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK "127.0.0.1"
#define BACKLOG 8

/* A dead host is detected after a minute. */
#define KEEPALIVE_IDLE_S 30
#define KEEPALIVE_INTERVAL_S 10
#define KEEPALIVE_PROBES 3

/* Without descriptors or memory the listener would stay ready: accept nothing for that time. */
#define ACCEPT_PAUSE_US (G_USEC_PER_SEC / 2)

#define ALLOWED                                                                                \
	"allowed is [HOST:]PORT with a port of 0 (any free one) to 65535 and an IPv6 host in " \
	"brackets, such as 4321, 0.0.0.0:4321 or [::1]:4321"

struct port_tcp {
	GMainContext *context;
	GSource *source;
	gpointer tag;
	int listener;
	char *address;
	bool is_public;
	bool unplugged;
	struct base_endpoint endpoint;
	int host; /* -1: none, then pump and host_name are NULL */
	char *host_name;
	struct port_pump *pump;
	unsigned int idle_s; /* 0: no limit */
	struct port_idle *idle;
};

struct listen_source {
	GSource base;
	struct port_tcp *tcp;
};

static char *
format_address(const struct sockaddr *address, socklen_t length)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (getnameinfo(address, length, host, sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return g_strdup("an unknown host");
	return g_strdup_printf(address->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static bool
is_loopback(const struct sockaddr *address)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;

	if (address->sa_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ||
		(IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) && v6->sin6_addr.s6_addr[12] == 127);
}

static void
end_session(struct port_tcp *tcp)
{
	if (tcp->host < 0)
		return;
	g_clear_pointer(&tcp->idle, port_idle_destroy);
	g_clear_pointer(&tcp->pump, port_pump_destroy);
	close(tcp->host);
	tcp->host = -1;
	tcp->endpoint.ops->host_closed(tcp->endpoint.self);
	log_debug("%s: host %s has disconnected", tcp->address, tcp->host_name);
	g_clear_pointer(&tcp->host_name, g_free);
}

/* Makes close() send a reset and discard unsent data. */
static void
reset_on_close(int fd)
{
	const struct linger abortive = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &abortive, sizeof(abortive));
}

static bool
session_ended(void *owner)
{
	end_session(owner);
	return false;
}

static void
end_silent(void *data)
{
	struct port_tcp *tcp = data;

	log_warning("%s: host %s is disconnected: it was silent for %u s; --tcp-idle changes the "
		    "limit",
		tcp->address, tcp->host_name, tcp->idle_s);
	end_session(tcp);
}

/* Requests and replies are short and alternate: no delay to collect small packets. */
static void
set_socket_options(int fd)
{
	static const struct {
		int level, option, value;
	} options[] = {
		{IPPROTO_TCP, TCP_NODELAY, 1},
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S},
		{IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S},
		{IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
		setsockopt(fd, options[i].level, options[i].option, &options[i].value, sizeof(int));
}

static void
begin_session(struct port_tcp *tcp, int fd, char *name)
{
	static const struct port_pump_hooks hooks = {.ended = session_ended};

	set_socket_options(fd);
	tcp->host = fd;
	tcp->host_name = name;
	tcp->endpoint.ops->host_opened(tcp->endpoint.self);
	tcp->pump = port_pump_new(tcp->context, fd, tcp->endpoint, &hooks, tcp);
	if (tcp->idle_s > 0)
		tcp->idle = port_idle_new(tcp->context, tcp->idle_s, tcp->pump, end_silent, tcp);
	/* The adapter may send first, now or later. */
	port_pump_kick(tcp->pump);
	log_debug("%s: host %s has connected", tcp->address, name);
}

/* True: the host has closed the connection, or its sending side. */
static bool
host_has_closed(const struct port_tcp *tcp)
{
	struct pollfd host = {.fd = tcp->host, .events = POLLRDHUP};

	return poll(&host, 1, 0) == 1;
}

/* For a person; a host that speaks serprog takes it for noise. */
static void
tell_reason(const struct port_tcp *tcp, int fd)
{
	g_autofree char *line = g_strdup_printf(
		"spinor: refused: one host at a time, and %s is connected\n", tcp->host_name);
	ssize_t n = send(fd, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL);

	(void)n;
}

static void
handle_connection(struct port_tcp *tcp, int fd, char *name)
{
	if (tcp->unplugged) {
		reset_on_close(fd);
		close(fd);
		g_free(name);
		return;
	}
	if (tcp->host >= 0 && host_has_closed(tcp))
		end_session(tcp);
	if (tcp->host < 0) {
		begin_session(tcp, fd, name);
		return;
	}
	log_warning("%s: refused host %s: one at a time, and %s is connected", tcp->address, name,
		tcp->host_name);
	tell_reason(tcp, fd);
	close(fd);
	g_free(name);
}

static void
pause_accepting(struct port_tcp *tcp, int code)
{
	log_warning(
		"%s: cannot accept a connection: %s; trying again", tcp->address, g_strerror(code));
	g_source_modify_unix_fd(tcp->source, tcp->tag, 0);
	g_source_set_ready_time(tcp->source, g_get_monotonic_time() + ACCEPT_PAUSE_US);
}

static gboolean
listen_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
	struct port_tcp *tcp = ((struct listen_source *)source)->tcp;
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	int fd;

	(void)callback;
	(void)data;
	if (g_source_get_ready_time(source) != -1) {
		g_source_set_ready_time(source, -1);
		g_source_modify_unix_fd(source, tcp->tag, G_IO_IN);
	}
	fd = accept4(
		tcp->listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		handle_connection(tcp, fd, format_address((struct sockaddr *)&peer, length));
	else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
		pause_accepting(tcp, errno);
	/* Other errors concern a host that has disconnected again; more may be in the backlog. */
	return G_SOURCE_CONTINUE;
}

/* A HOST with colons has to be in brackets. */
static bool
split_address(const char *text, char **host, char **port)
{
	const char *colon = strrchr(text, ':');
	uint64_t number;

	*port = g_strdup(colon ? colon + 1 : text);
	if (!base_parse_decimal(*port, 0, UINT16_MAX, &number))
		return false;
	if (!colon) {
		*host = g_strdup(LOOPBACK);
		return true;
	}
	if (*text != '[') {
		*host = g_strndup(text, (gsize)(colon - text));
		return **host != '\0' && !strchr(*host, ':');
	}
	if (colon - text < 3 || colon[-1] != ']')
		return false;
	*host = g_strndup(text + 1, (gsize)(colon - text - 2));
	return strchr(*host, ':');
}

/* Returns a listening socket, or negative errno. */
static int
listen_on(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1, code;

	if (fd < 0)
		return -errno;
	/* Otherwise a restarted daemon could not bind while old connections are in TIME-WAIT. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	code = errno;
	close(fd);
	return -code;
}

/* Listens on the first address of the host on which that succeeds. */
static bool
open_listener(struct port_tcp *tcp, const char *address, GError **error)
{
	static const struct addrinfo hints = {
		.ai_flags = AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	g_autofree char *host = NULL;
	g_autofree char *port = NULL;
	struct addrinfo *found = NULL;
	int result;

	if (!split_address(address, &host, &port)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			"cannot listen on \"%s\": no such address; " ALLOWED, address);
		return false;
	}
	/* localhost is always a loopback address, whatever /etc/hosts says (RFC 6761, 6.3). */
	result = getaddrinfo(g_ascii_strcasecmp(host, "localhost") == 0 ? "127.0.0.1" : host, port,
		&hints, &found);
	if (result != 0) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND,
			"cannot listen on \"%s\": host %s: %s; allowed is a name or number of this "
			"machine",
			address, host, gai_strerror(result));
		return false;
	}
	result = -EADDRNOTAVAIL;
	for (const struct addrinfo *info = found; info && tcp->listener < 0; info = info->ai_next) {
		result = listen_on(info);
		if (result >= 0)
			tcp->listener = result;
	}
	freeaddrinfo(found);
	if (tcp->listener >= 0)
		return true;
	g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(-result),
		"cannot listen on \"%s\": %s; allowed is a free port of this machine, or 0 for any",
		address, g_strerror(-result));
	return false;
}

/* Serves the hosts of tcp->listener. */
static struct port_tcp *
begin(struct port_tcp *tcp, GMainContext *context)
{
	static GSourceFuncs funcs = {.dispatch = listen_dispatch};
	struct sockaddr_storage bound;
	socklen_t length = sizeof(bound);

	getsockname(tcp->listener, (struct sockaddr *)&bound, &length);
	tcp->address = format_address((struct sockaddr *)&bound, length);
	tcp->is_public = !is_loopback((struct sockaddr *)&bound);
	tcp->context = g_main_context_ref(context);
	tcp->source = g_source_new(&funcs, sizeof(struct listen_source));
	((struct listen_source *)tcp->source)->tcp = tcp;
	g_source_set_name(tcp->source, "tcp hosts");
	tcp->tag = g_source_add_unix_fd(tcp->source, tcp->listener, G_IO_IN);
	g_source_attach(tcp->source, context);
	return tcp;
}

struct port_tcp *
port_tcp_new(
	GMainContext *context, struct base_endpoint endpoint, const char *address, GError **error)
{
	struct port_tcp *tcp = g_new0(struct port_tcp, 1);

	tcp->listener = tcp->host = -1;
	tcp->endpoint = endpoint;
	if (open_listener(tcp, address, error))
		return begin(tcp, context);
	g_free(tcp);
	return NULL;
}

struct port_tcp *
port_tcp_new_at(GMainContext *context, struct base_endpoint endpoint, int listener)
{
	struct port_tcp *tcp = g_new0(struct port_tcp, 1);

	tcp->listener = listener;
	tcp->host = -1;
	tcp->endpoint = endpoint;
	return begin(tcp, context);
}

void
port_tcp_set_idle(struct port_tcp *tcp, unsigned int limit_s)
{
	if (tcp)
		tcp->idle_s = limit_s;
}

void
port_tcp_destroy(struct port_tcp *tcp)
{
	if (!tcp)
		return;
	end_session(tcp);
	g_source_destroy(tcp->source);
	g_source_unref(tcp->source);
	close(tcp->listener);
	g_main_context_unref(tcp->context);
	g_free(tcp->address);
	g_free(tcp);
}

void
port_tcp_unplug(struct port_tcp *tcp)
{
	tcp->unplugged = true;
	if (tcp->host >= 0)
		reset_on_close(tcp->host);
	end_session(tcp);
}

void
port_tcp_plug(struct port_tcp *tcp)
{
	tcp->unplugged = false;
}

bool
port_tcp_is_plugged(const struct port_tcp *tcp)
{
	return !tcp->unplugged;
}

void
port_tcp_kick(struct port_tcp *tcp)
{
	if (tcp->pump)
		port_pump_kick(tcp->pump);
}

const char *
port_tcp_address(const struct port_tcp *tcp)
{
	return tcp->address;
}

bool
port_tcp_is_public(const struct port_tcp *tcp)
{
	return tcp->is_public;
}
