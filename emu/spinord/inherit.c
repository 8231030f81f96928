/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Socket activation, the protocol of sd_listen_fds(3): descriptors from 3 on, their number in
 * LISTEN_FDS, their names in LISTEN_FDNAMES, separated by colons. The control socket is named
 * "control"; a TCP socket has the name of its adapter, or "tcp" if there is only one. Without names
 * the kind of each socket decides. Leaves out sockets of connections (Accept=yes).
 */
#include "spinord/inherit.h"

#include "base/error.h"
#include "base/units.h"
#include "setup/listener.h"
#include "setup/options.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_FD 3
#define FDS_MAX 4096

static bool
refuse(const char *name, const char *why, GError **error)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "LISTEN_FDS: socket %s: %s", name, why);
	return false;
}

/* Returns the value of a decimal variable; 0: not set, or not a number up to max. */
static uint64_t
number(const char *variable, uint64_t max)
{
	const char *text = g_getenv(variable);
	uint64_t value;

	return text != NULL && base_parse_decimal(text, 0, max, &value) ? value : 0;
}

static int
socket_option(int fd, int option)
{
	int value = -1;
	socklen_t length = sizeof value;

	return getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

static bool
take_control(
	const struct setup_options *options, const char *name, int fd, int *control, GError **error)
{
	if (*control >= 0)
		return refuse(name, "there is a control socket already; one is allowed", error);
	if (options->control != NULL || options->no_control)
		return refuse(name,
			"it is a control socket, and --control and --no-control ask for another "
			"one; one of them is allowed",
			error);
	*control = fd;
	return true;
}

static bool
take_tcp(struct setup_options *options, const char *name, int fd, GError **error)
{
	struct sockaddr_storage bound = {0};
	socklen_t length = sizeof bound;
	char host[NI_MAXHOST], port[NI_MAXSERV];
	g_autofree char *address = NULL;

	getsockname(fd, (struct sockaddr *)&bound, &length);
	if (getnameinfo((struct sockaddr *)&bound, length, host, sizeof host, port, sizeof port,
		    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return refuse(name, "its address is not known", error);
	address = g_strdup_printf(bound.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	setup_listener_add(options, name, address, fd);
	return true;
}

/* name "": not given. */
static bool
take(struct setup_options *options, const char *name, int fd, int *control, GError **error)
{
	int family = socket_option(fd, SO_DOMAIN);
	bool is_tcp = family == AF_INET || family == AF_INET6;

	if (*name == '\0')
		name = is_tcp ? "tcp" : "control";
	if (socket_option(fd, SO_TYPE) != SOCK_STREAM || socket_option(fd, SO_ACCEPTCONN) != 1 ||
		(family != AF_UNIX && !is_tcp))
		return refuse(name, "not a listening stream socket of the kinds Unix, IPv4 or IPv6",
			error);
	if ((strcmp(name, "control") == 0) == is_tcp)
		return refuse(name,
			is_tcp ? "a TCP socket; the control socket is a Unix socket"
			       : "a Unix socket; an adapter listens on TCP, and the only name "
				 "for a Unix socket is control",
			error);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return is_tcp ? take_tcp(options, name, fd, error)
		      : take_control(options, name, fd, control, error);
}

bool
spinord_inherit(struct setup_options *options, int *control, int *n, GError **error)
{
	const char *list = g_getenv("LISTEN_FDNAMES");
	g_auto(GStrv) names = g_strsplit(list != NULL ? list : "", ":", -1);
	guint n_names = g_strv_length(names);
	bool good = true;

	*control = -1;
	*n = 0;
	if (number("LISTEN_PID", G_MAXINT) == (uint64_t)getpid())
		*n = (int)number("LISTEN_FDS", FDS_MAX);
	for (int i = 0; good && i < *n; i++)
		good = take(
			options, (guint)i < n_names ? names[i] : "", FIRST_FD + i, control, error);
	g_unsetenv("LISTEN_PID");
	g_unsetenv("LISTEN_FDS");
	g_unsetenv("LISTEN_FDNAMES");
	return good;
}
