/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pseudo-terminal that hosts open like a serial port. The daemon keeps the host's side open too:
 * the line never hangs up, and its settings last from one host to the next. So nothing on the line
 * itself says that a host has gone; inotify does (watch.c). Baud rates are taken and mean nothing.
 *
 * Who sent these bytes? read() and inotify are two queues, and a host that is killed in the middle
 * of an operation leaves bytes behind while the next one may already be there. What holds is: a
 * host's OPEN comes before its bytes, its CLOSE after them. Events are therefore looked at between
 * reading bytes and interpreting them. A and B are hosts, lower case their bytes:
 *
 *	OPEN A  a a a |look|                        a a a are A's
 *	a a a  CLOSE A |look|                       A has gone: a a a, and all that can still be
 *	                                            read, belong to nobody
 *	a a a  CLOSE A  OPEN B  b b |look|          which are whose cannot be known. When the
 *	                                            adapter was between commands: all taken as B's,
 *	                                            a host that ended in order left none behind.
 *	                                            Else: dropped, but for those at the end with
 *	                                            which hosts begin, as the adapter knows
 *
 * When a host has gone, its settings, its exclusive use and the replies that it did not read go
 * too: with ECHO left on, our own replies would come back as requests.
 *
 * How many hosts? OPEN counts up, CLOSE down. The kernel merges equal events, so after two hosts
 * were there at once the count is only a guess; then each CLOSE is checked: our own host's side is
 * closed for a moment, and the master hangs up when there is no other.
 *
 * Unplugged, the device is no more: its master is closed, which hangs up every host and removes the
 * node. Plugged in again it is a new one, mostly with another number; only the link keeps its name.
 *
 * Leaves out: modem lines and breaks, which a pseudo-terminal does not have.
 */
#define _GNU_SOURCE /* ptsname_r */
#include "port/baud.h"
#include "port/symlink.h"
#include "port/port.h"
#include "port/pump.h"
#include "port/nodewatch.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

struct port_pty {
	GMainContext *context;
	int master, slave; /* -1 while unplugged, as path, entry and pump are NULL */
	char *path;
	struct port_watch_entry *entry;
	struct port_pump *pump;
	struct base_endpoint endpoint;
	struct port_symlink *link; /* NULL: none was asked for */
	struct port_watch *watch;
	GSource *wake;
	int hosts;
	bool uncertain; /* hosts is a guess */
	bool opened;    /* the endpoint has a host */
};

struct wake_source {
	GSource base;
	struct port_pty *pty;
};

/* What has happened to the hosts since the last look. */
enum change {
	SAME,
	CAME,    /* there is a host, there was none */
	GONE,    /* there is none */
	SWAPPED, /* there is another one */
};

static int
open_slave(const char *path)
{
	return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/* Keeps what does not change the bytes: a next host may have set its speed already. */
static void
make_raw(int fd)
{
	struct termios is, raw;

	if (tcgetattr(fd, &is) < 0)
		return;
	raw = is;
	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (memcmp(&is, &raw, sizeof(raw)) != 0)
		tcsetattr(fd, TCSANOW, &raw);
}

/* Takes away what the last host has left on the line. */
static void
tidy_line(struct port_pty *pty)
{
	make_raw(pty->slave);
	ioctl(pty->slave, TIOCNXCL);
	tcflow(pty->slave, TCOON);
	tcflush(pty->slave, TCIFLUSH); /* replies, also those still under way */
}

/* Asks the line itself whether a host is there. */
static bool
host_is_there(struct port_pty *pty)
{
	struct pollfd master = {.fd = pty->master};
	int exclusive = 0;

	/* Else we could not come back in. */
	ioctl(pty->slave, TIOCGEXCL, &exclusive);
	ioctl(pty->slave, TIOCNXCL);
	close(pty->slave);
	poll(&master, 1, 0);
	pty->slave = open_slave(pty->path);
	if (pty->slave < 0)
		log_error("cannot keep %s open: %s", pty->path, g_strerror(errno));
	if (master.revents & POLLHUP)
		return false;
	if (exclusive)
		ioctl(pty->slave, TIOCEXCL);
	return true;
}

/* Our own close and open are among the events; so may be those of hosts, and merged with ours. */
static void
recount(struct port_pty *pty)
{
	enum port_watch_event event;

	pty->hosts = host_is_there(pty) ? 1 : 0;
	/* A host that comes in this moment is known by its bytes. */
	while (port_watch_poll(pty->watch, pty->entry, &event))
		;
	pty->uncertain = true;
}

static void
count_open(struct port_pty *pty)
{
	pty->hosts++;
	if (pty->hosts == 2) {
		pty->uncertain = true;
		log_warning("two hosts have %s open at once: replies go to either", pty->path);
	}
}

static enum change
look(struct port_pty *pty)
{
	bool before = pty->hosts > 0, gone = false, check = false;
	enum port_watch_event event;

	while (port_watch_poll(pty->watch, pty->entry, &event)) {
		switch (event) {
		case PORT_WATCH_OPEN:
			count_open(pty);
			break;
		case PORT_WATCH_CLOSE:
			if (pty->hosts > 0)
				pty->hosts--;
			gone = gone || pty->hosts == 0;
			check = pty->uncertain;
			break;
		case PORT_WATCH_LOST:
			check = true;
			break;
		}
	}
	if (check) {
		recount(pty);
		gone = gone || pty->hosts == 0;
	}
	if (pty->hosts == 0)
		pty->uncertain = false;
	if (pty->hosts > 0)
		return gone ? SWAPPED : before ? SAME : CAME;
	return gone ? GONE : SAME;
}

static void
begin_host(struct port_pty *pty)
{
	if (!pty->opened)
		pty->endpoint.ops->host_opened(pty->endpoint.self);
	pty->opened = true;
}

static void
end_host(struct port_pty *pty)
{
	if (pty->opened)
		pty->endpoint.ops->host_closed(pty->endpoint.self);
	pty->opened = false;
	port_pump_drop_output(pty->pump);
	tidy_line(pty);
}

/* Drops the input up to the bytes with which a host may begin. */
static void
keep_beginning(struct port_pty *pty)
{
	const struct base_endpoint *p = &pty->endpoint;
	size_t n;
	const uint8_t *in = port_pump_input(pty->pump, &n);

	if (p->ops->count_stale)
		n = p->ops->count_stale(p->self, in, n);
	port_pump_drop_input(pty->pump, n);
}

static void
drop_all(struct port_pty *pty)
{
	size_t n;

	port_pump_input(pty->pump, &n);
	port_pump_drop_input(pty->pump, n);
}

/* Reads the line dry of what cannot be told apart. */
static void
drain(struct port_pty *pty)
{
	while (!port_pump_fill(pty->pump)) {
		size_t n;

		keep_beginning(pty);
		port_pump_input(pty->pump, &n);
		if (n > 0)
			return; /* a full buffer of beginnings is enough */
	}
}

static void
handle_gone(struct port_pty *pty)
{
	enum change change;

	end_host(pty);
	do {
		drop_all(pty);
		drain(pty);
		change = look(pty); /* the next host may have come during the drain */
	} while (change == GONE);
	if (pty->hosts == 0) {
		drop_all(pty);
		return;
	}
	keep_beginning(pty);
	begin_host(pty);
}

static void
handle_swapped(struct port_pty *pty, bool fresh)
{
	bool quiet = port_pump_is_quiet(pty->pump);

	if (!fresh)
		drop_all(pty); /* read before A had gone */
	end_host(pty);
	if (!quiet) {
		drain(pty);
		keep_beginning(pty);
	}
	begin_host(pty);
}

/* fresh: the input was read since the last look. */
static void
handle_changes(struct port_pty *pty, bool fresh)
{
	switch (look(pty)) {
	case SAME:
		if (pty->hosts == 0 && fresh) {
			/* Bytes need a host; its OPEN was merged with another. */
			pty->hosts = 1;
			pty->uncertain = true;
			begin_host(pty);
		}
		break;
	case CAME:
		begin_host(pty);
		break;
	case GONE:
		handle_gone(pty);
		break;
	case SWAPPED:
		handle_swapped(pty, fresh);
		break;
	}
}

static void
pty_received(void *owner)
{
	handle_changes(owner, true);
}

/* The end of a session (setsid(2)) whose terminal this was hangs it up, our side included. */
static bool
pty_ended(void *owner)
{
	struct port_pty *pty = owner;
	enum port_watch_event event;

	close(pty->slave);
	pty->slave = open_slave(pty->path);
	if (pty->slave < 0) {
		log_error("%s has hung up and cannot be opened again: %s", pty->path,
			g_strerror(errno));
		return false;
	}
	while (port_watch_poll(pty->watch, pty->entry, &event))
		;
	pty->hosts = 0;
	handle_gone(pty);
	/* The hosts' own CLOSE may come later. */
	pty->uncertain = true;
	return true;
}

static gboolean
wake_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
	struct port_pty *pty = ((struct wake_source *)source)->pty;

	(void)callback;
	(void)data;
	g_source_set_ready_time(source, -1);
	if (!pty->pump)
		return G_SOURCE_CONTINUE; /* woken just before it was unplugged */
	handle_changes(pty, false);
	port_pump_kick(pty->pump);
	return G_SOURCE_CONTINUE;
}

static GSource *
wake_source_new(struct port_pty *pty)
{
	static GSourceFuncs funcs = {.dispatch = wake_dispatch};
	GSource *source = g_source_new(&funcs, sizeof(struct wake_source));

	((struct wake_source *)source)->pty = pty;
	g_source_set_name(source, "pty hosts");
	return source;
}

/* Both ends are closed on exec from the start: the daemon has threads, any of which may fork. */
static int
open_pair(struct port_pty *pty)
{
	char path[64];

	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (pty->master < 0)
		return -errno;
	if (grantpt(pty->master) < 0 || unlockpt(pty->master) < 0)
		return -errno;
	if (ptsname_r(pty->master, path, sizeof(path)) != 0)
		return -errno;
	pty->path = g_strdup(path);
	pty->slave = open_slave(path);
	if (pty->slave < 0)
		return -errno;
	make_raw(pty->slave);
	return 0;
}

/* Makes the device and serves it. On error call pull_out(). */
static bool
put_in(struct port_pty *pty, const char *link, GError **error)
{
	static const struct port_pump_hooks hooks = {
		.received = pty_received,
		.ended = pty_ended,
	};
	int result = open_pair(pty);

	if (result < 0) {
		g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(-result),
			"cannot make a pseudo-terminal: %s%s", g_strerror(-result),
			result == -ENOSPC ? " (/proc/sys/kernel/pty/max)" : "");
		return false;
	}
	pty->entry = port_watch_add(pty->watch, pty->path, pty->wake, error);
	if (!pty->entry)
		return false;
	pty->pump = port_pump_new(pty->context, pty->master, pty->endpoint, &hooks, pty);
	/* Last: whoever waits for the link finds everything ready behind it. */
	if (pty->link)
		return port_symlink_point(pty->link, pty->path, error);
	if (link)
		pty->link = port_symlink_new(link, pty->path, error);
	return !link || pty->link;
}

/* Closing the master hangs up whoever has the device open, and removes its node. */
static void
pull_out(struct port_pty *pty)
{
	if (pty->link)
		port_symlink_point(pty->link, NULL, NULL);
	port_watch_remove(pty->watch, pty->entry);
	pty->entry = NULL;
	g_source_set_ready_time(pty->wake, -1);
	g_clear_pointer(&pty->pump, port_pump_destroy);
	if (pty->slave >= 0)
		close(pty->slave);
	if (pty->master >= 0)
		close(pty->master);
	pty->slave = pty->master = -1;
	g_clear_pointer(&pty->path, g_free);
	pty->hosts = 0;
	pty->uncertain = false;
}

struct port_pty *
port_pty_new(GMainContext *context, struct port_watch *watch, struct base_endpoint endpoint,
	const char *link, GError **error)
{
	struct port_pty *pty = g_new0(struct port_pty, 1);

	pty->context = g_main_context_ref(context);
	pty->master = pty->slave = -1;
	pty->endpoint = endpoint;
	pty->watch = watch;
	pty->wake = wake_source_new(pty);
	g_source_attach(pty->wake, context);
	if (put_in(pty, link, error))
		return pty;
	port_pty_destroy(pty);
	return NULL;
}

void
port_pty_destroy(struct port_pty *pty)
{
	if (!pty)
		return;
	pull_out(pty);
	port_symlink_destroy(pty->link);
	g_source_destroy(pty->wake);
	g_source_unref(pty->wake);
	g_main_context_unref(pty->context);
	g_free(pty);
}

void
port_pty_unplug(struct port_pty *pty)
{
	if (!pty->pump)
		return;
	pull_out(pty);
	if (pty->opened)
		pty->endpoint.ops->host_closed(pty->endpoint.self);
	pty->opened = false;
}

bool
port_pty_plug(struct port_pty *pty, GError **error)
{
	if (pty->pump)
		return true;
	if (put_in(pty, NULL, error))
		return true;
	pull_out(pty);
	return false;
}

void
port_pty_kick(struct port_pty *pty)
{
	if (pty->pump)
		port_pump_kick(pty->pump);
}

const char *
port_pty_path(const struct port_pty *pty)
{
	return pty->path;
}

unsigned int
port_pty_baud(const struct port_pty *pty)
{
	return pty->slave >= 0 ? port_baud_of(pty->slave) : 0;
}
