/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pseudo-terminal that hosts open like a serial port. The daemon keeps the slave side open too:
 * the line never hangs up, and its settings persist from one host to the next. The line itself
 * therefore does not show that a host has closed it; inotify does (nodewatch.c). Baud rates are
 * accepted and ignored.
 *
 * Which host sent which bytes: read() and inotify are two queues, and a host that is killed during
 * an operation leaves bytes unread while the next host may already have opened the line. The only
 * guarantee is that a host's OPEN precedes its bytes and its CLOSE follows them. Events are
 * therefore polled between reading bytes and interpreting them, and before output that has waited
 * is written. A and B are hosts, lower case their bytes:
 *
 *	OPEN A  a a a |poll|                        a a a are A's
 *	a a a  CLOSE A |poll|                       A has closed: a a a, and all that can still be
 *	                                            read, are discarded
 *	CLOSE A  OPEN B  b b |poll|                 A wrote nothing that was not read before, and
 *	                                            the adapter was between commands: all are B's
 *	a a a  CLOSE A  OPEN B  b b |poll|          the sender of each byte is unknown: discarded,
 *	                                            except for the bytes at the end with which a
 *	                                            host begins, as the endpoint defines them
 *
 * The kernel does not tell the boundary in the last case, and gives B the replies that A did not
 * read if B reads before the adapter has run: nothing that a port could do beforehand tells A from
 * B. So the rule is that of the man page: a host begins with the bytes that synchronise.
 *
 * When a host closes the line, its settings, its exclusive mode and the replies that it did not
 * read are discarded: with ECHO still on, our own replies would come back as requests.
 *
 * Number of hosts: OPEN increments, CLOSE decrements. The kernel merges equal events, so after two
 * hosts had the line open at once the count is uncertain; each CLOSE is then checked: our own slave
 * descriptor is closed for a moment, and the master reports a hang-up if there is no other.
 *
 * Unplugging removes the device: closing the master hangs up every host and removes the node.
 * Plugging in creates a new one, mostly with another number; only the link keeps its name.
 *
 * Leaves out: modem lines and breaks, which a pseudo-terminal does not have.
 */
#define _GNU_SOURCE /* ptsname_r */
#include "port/port.h"

#include "base/log.h"
#include "port/baud.h"
#include "port/nodewatch.h"
#include "port/pump.h"
#include "port/symlink.h"

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
	int master, slave; /* -1 while unplugged; path, entry and pump are NULL then */
	char *path;
	struct port_watch_entry *entry;
	struct port_pump *pump;
	struct base_endpoint endpoint;
	struct port_symlink *link; /* NULL: no link was requested */
	struct port_watch *watch;
	GSource *wake;
	int hosts;
	bool uncertain; /* hosts may be wrong */
	bool opened;    /* host_opened() was called, host_closed() was not */
	bool unread;    /* a host has written more than was read */
};

struct wake_source {
	GSource base;
	struct port_pty *pty;
};

/* Changes of the hosts since the last poll of events. */
enum host_change {
	HOST_UNCHANGED,
	HOST_OPENED,   /* none before, one now */
	HOST_CLOSED,   /* none now */
	HOST_REPLACED, /* another one than before */
};

static int
open_slave(const char *path)
{
	return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/* Keeps settings that do not alter the bytes: the next host may have set its speed already. */
static void
make_raw(int fd)
{
	/* tcgetattr() does not set all bytes, which are compared. */
	struct termios is = {0}, raw;

	if (tcgetattr(fd, &is) < 0)
		return;
	raw = is;
	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (memcmp(&is, &raw, sizeof(raw)) != 0)
		tcsetattr(fd, TCSANOW, &raw);
}

/* Discards replies that no host has read, including those in transit, for which poll() waits. Only
 * if there are any: a flush makes the poll() of a host that has opened the line meanwhile return
 * although there is nothing to read (the kernel compares two counters that the flush sets one by
 * one). */
static void
drop_replies(struct port_pty *pty)
{
	struct pollfd slave = {.fd = pty->slave, .events = POLLIN};

	if (poll(&slave, 1, 0) == 1)
		tcflush(pty->slave, TCIFLUSH);
}

/* Discards the last host's settings and the replies that it did not read. */
static void
reset_line(struct port_pty *pty)
{
	make_raw(pty->slave);
	ioctl(pty->slave, TIOCNXCL);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): the terminal is of this thread */
	tcflow(pty->slave, TCOON);
	drop_replies(pty);
}

/* Checks on the line itself whether a host has it open. */
static bool
has_host(struct port_pty *pty)
{
	struct pollfd master = {.fd = pty->master};
	int exclusive = 0;

	/* In exclusive mode our own open() would fail. */
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

/* The queue holds our own close and open, perhaps merged with those of hosts. */
static void
recount(struct port_pty *pty)
{
	enum port_watch_event event;

	pty->hosts = has_host(pty) ? 1 : 0;
	/* A host that opens the line at this moment is detected by its bytes. */
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

static enum host_change
poll_events(struct port_pty *pty)
{
	bool before = pty->hosts > 0, closed = false, check = false;
	enum port_watch_event event;

	while (port_watch_poll(pty->watch, pty->entry, &event)) {
		switch (event) {
		case PORT_WATCH_OPEN:
			count_open(pty);
			break;
		case PORT_WATCH_CLOSE:
			if (pty->hosts > 0)
				pty->hosts--;
			closed = closed || pty->hosts == 0;
			check = pty->uncertain;
			break;
		case PORT_WATCH_LOST:
			check = true;
			break;
		}
	}
	if (check) {
		recount(pty);
		closed = closed || pty->hosts == 0;
	}
	if (pty->hosts == 0)
		pty->uncertain = false;
	if (pty->hosts > 0)
		return closed ? HOST_REPLACED : before ? HOST_UNCHANGED : HOST_OPENED;
	return closed ? HOST_CLOSED : HOST_UNCHANGED;
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
	reset_line(pty);
}

/* Drops all input except for the bytes at its end with which a host begins. */
static void
drop_stale(struct port_pty *pty)
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

/* Reads and drops all pending bytes, the sender of which is unknown. */
static void
drain(struct port_pty *pty)
{
	while (!port_pump_fill(pty->pump)) {
		size_t n;

		drop_stale(pty);
		port_pump_input(pty->pump, &n);
		if (n > 0)
			return; /* a full buffer of such bytes is enough */
	}
}

static void
handle_closed(struct port_pty *pty)
{
	enum host_change change;

	end_host(pty);
	do {
		drop_all(pty);
		drain(pty);
		change = poll_events(pty); /* the next host may have opened the line meanwhile */
	} while (change == HOST_CLOSED);
	if (pty->hosts == 0) {
		drop_all(pty);
		return;
	}
	drop_stale(pty);
	begin_host(pty);
}

/* left: A may have written more than was read. */
static void
handle_replaced(struct port_pty *pty, bool new_input, bool left)
{
	bool mixed = left || !port_pump_is_quiet(pty->pump);

	if (!new_input)
		drop_all(pty); /* read before A closed the line */
	end_host(pty);
	if (mixed) {
		drain(pty);
		drop_stale(pty);
	}
	begin_host(pty);
}

/* True: the host that has gone may have written more than was read when its events were polled. */
static bool
note_writes(struct port_pty *pty)
{
	struct port_watch_writes writes = port_watch_writes(pty->watch, pty->entry);
	struct pollfd master = {.fd = pty->master, .events = POLLIN};
	bool left = pty->unread || writes.left;

	/* poll() waits for bytes in transit: without an answer all those were read whose events are
	 * known. */
	if (writes.wrote || pty->unread)
		pty->unread = poll(&master, 1, 0) == 1 && master.revents & POLLIN;
	return left;
}

/* new_input: input was read since the last poll of events. */
static void
handle_changes(struct port_pty *pty, bool new_input)
{
	enum host_change change = poll_events(pty);
	bool left = note_writes(pty);

	switch (change) {
	case HOST_UNCHANGED:
		if (pty->hosts == 0 && new_input) {
			/* A host sent them; its OPEN was merged with another. */
			pty->hosts = 1;
			pty->uncertain = true;
			begin_host(pty);
		}
		break;
	case HOST_OPENED:
		begin_host(pty);
		break;
	case HOST_CLOSED:
		handle_closed(pty);
		break;
	case HOST_REPLACED:
		handle_replaced(pty, new_input, left);
		break;
	}
}

static void
pty_received(void *owner)
{
	handle_changes(owner, true);
}

static void
pty_check_host(void *owner)
{
	handle_changes(owner, false);
}

/* When a session (setsid(2)) whose controlling terminal this is ends, the kernel hangs the line up,
 * our descriptor included. */
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
	handle_closed(pty);
	/* The hosts' CLOSE events may come later. */
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
		return G_SOURCE_CONTINUE; /* unplugged after it was woken */
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

/* Both descriptors are close-on-exec from the start: any thread of the daemon may fork. */
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

/* Creates the device and serves it. On error call close_device(). */
static bool
create_device(struct port_pty *pty, const char *link, GError **error)
{
	static const struct port_pump_hooks hooks = {
		.may_block = true,
		.received = pty_received,
		.check_host = pty_check_host,
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
	/* Last: a host that waits for the link then finds the port ready. */
	if (pty->link)
		return port_symlink_point(pty->link, pty->path, error);
	if (link)
		pty->link = port_symlink_new(link, pty->path, error);
	return !link || pty->link;
}

/* Closing the master hangs up all hosts and removes the node. */
static void
close_device(struct port_pty *pty)
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
	pty->uncertain = pty->unread = false;
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
	if (create_device(pty, link, error))
		return pty;
	port_pty_destroy(pty);
	return NULL;
}

void
port_pty_destroy(struct port_pty *pty)
{
	if (!pty)
		return;
	close_device(pty);
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
	close_device(pty);
	if (pty->opened)
		pty->endpoint.ops->host_closed(pty->endpoint.self);
	pty->opened = false;
}

bool
port_pty_plug(struct port_pty *pty, GError **error)
{
	if (pty->pump)
		return true;
	if (create_device(pty, NULL, error))
		return true;
	close_device(pty);
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
