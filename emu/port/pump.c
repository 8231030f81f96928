/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pump: a GSource that reads bytes from a file descriptor into an endpoint, and writes the
 * endpoint's output. All buffers are bounded, with back-pressure: while the host does not read, the
 * pump takes no output from the endpoint; then the endpoint takes no input, the pump reads nothing,
 * and the kernel blocks the host.
 *
 *	READ    both buffers are empty: poll for input
 *	WRITE   the host does not read: poll for room; read and take nothing
 *	WAIT    the endpoint waits for wall-clock time: no poll, a timer
 *	MORE    work is left, but other sources are dispatched first: after some turns, or some ms
 *	ENDED   end of file or an error
 *
 * In READ and WRITE a timer runs as well if the endpoint has a deadline for the host.
 *
 * Leaves out: the hosts, and when they open and close the entry (pty.c, tcp.c); the protocol.
 */
#include "port/pump.h"

#include "port/blocking.h"
#include "port/port.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Holds the whole input of a tty (4 KiB) or, usually, of a socket; one write fills a tty. */
#define BUFFER_BYTES 65536

/* Limit what is done before other sources of the context are dispatched: control calls, the end.
 * No call of the endpoint is begun after that time; each of its calls is short. */
#define TURNS_PER_DISPATCH 64
#define TURN_US 4000

/* GLib's timers have a resolution of 1 ms and may be 1 ms late: nanosleep() waits for the rest. */
#define TIMER_MARGIN_NS 1000000
#define SLEEP_MAX_NS (2 * TIMER_MARGIN_NS)

/* After so many consecutive exchanges in port_poll(), it waits in read(). */
#define EXCHANGES_BEFORE_BLOCKING 8

/* A longer reply is written without blocking: the host takes time to read it, and its exchanges are
 * too long to profit from a blocking read. */
#define SHORT_REPLY_BYTES 2048

enum pump_state {
	PUMP_READ,
	PUMP_WRITE,
	PUMP_WAIT,
	PUMP_MORE,
	PUMP_ENDED,
};

struct port_pump {
	GSource *source;
	gpointer tag;
	GIOCondition polled;
	int fd;
	struct base_endpoint endpoint;
	const struct port_pump_hooks *hooks;
	void *owner;
	uint64_t moved;         /* bytes in both directions */
	int64_t until_us;       /* of this dispatch */
	unsigned int exchanges; /* consecutive ones in port_poll(), with short replies */
	size_t in_start, in_end;
	size_t out_start, out_end;
	uint8_t in[BUFFER_BYTES];
	uint8_t out[BUFFER_BYTES];
};

struct pump_source {
	GSource base;
	struct port_pump *pump;
};

/* The pump that this thread served last, if it waits only for its descriptor. */
static __thread struct port_pump *waiting;

/* Appends to the input. Returns the number of bytes, 0: none available, or negative errno (-EPIPE
 * at the end of file). */
static ssize_t
read_some(struct port_pump *pump)
{
	ssize_t n;

	do {
		n = read(pump->fd, pump->in + pump->in_end, BUFFER_BYTES - pump->in_end);
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		return -EPIPE;
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	pump->in_end += (size_t)n;
	pump->moved += (size_t)n;
	return n;
}

/* Returns the time until the endpoint's deadline for the host, -1: none. */
static int64_t
deadline_ns(const struct port_pump *pump)
{
	const struct base_endpoint *p = &pump->endpoint;

	return p->ops->deadline_ns ? p->ops->deadline_ns(p->self) : -1;
}

/* Returns PUMP_MORE if all output is written. */
static enum pump_state
write_output(struct port_pump *pump)
{
	if (pump->out_end - pump->out_start > SHORT_REPLY_BYTES || deadline_ns(pump) >= 0) {
		pump->exchanges = 0;
		port_blocking_stop();
	}
	while (pump->out_start < pump->out_end) {
		ssize_t n = write(
			pump->fd, pump->out + pump->out_start, pump->out_end - pump->out_start);

		if (n > 0) {
			pump->out_start += (size_t)n;
			pump->moved += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		return n == 0 || errno == EAGAIN ? PUMP_WRITE : PUMP_ENDED;
	}
	pump->out_start = pump->out_end = 0;
	return PUMP_MORE;
}

static bool
is_over(const struct port_pump *pump)
{
	return g_get_monotonic_time() >= pump->until_us;
}

/* Collects all output that is due, for one write. False: the endpoint waits before more output. The
 * caller must not call wait_ns() again to find that out: the wait may be over by then. */
static bool
collect_output(struct port_pump *pump)
{
	const struct base_endpoint *p = &pump->endpoint;

	while (pump->out_end < BUFFER_BYTES) {
		size_t n;

		if (p->ops->wait_ns(p->self) > 0)
			return false;
		n = p->ops->give(p->self, pump->out + pump->out_end, BUFFER_BYTES - pump->out_end);
		if (n == 0)
			return true;
		pump->out_end += n;
		if (is_over(pump))
			return true;
	}
	return true;
}

/* Exchanges buffered bytes with the endpoint until it waits for something. */
static enum pump_state
run_endpoint(struct port_pump *pump)
{
	const struct base_endpoint *p = &pump->endpoint;
	bool no_progress = false;

	pump->until_us = g_get_monotonic_time() + TURN_US;
	for (int turn = 0; turn < TURNS_PER_DISPATCH; turn++) {
		bool all;

		if (turn > 0 && is_over(pump))
			return PUMP_MORE;
		all = collect_output(pump);

		if (pump->out_end > 0 && turn > 0 && pump->hooks->check_host)
			pump->hooks->check_host(pump->owner);
		if (pump->out_end > 0) {
			enum pump_state state = write_output(pump);

			if (state != PUMP_MORE)
				return state;
			no_progress = false;
			continue;
		}
		if (!all)
			return PUMP_WAIT;
		if (base_endpoint_works(p)) {
			no_progress = false;
			continue;
		}
		if (pump->in_start == pump->in_end)
			return PUMP_READ;
		size_t n = p->ops->take(
			p->self, pump->in + pump->in_start, pump->in_end - pump->in_start);
		port_pump_drop_input(pump, n);
		/* The endpoint makes no progress and waits for nothing: do not loop. */
		if (n == 0 && no_progress)
			return PUMP_WRITE;
		no_progress = n == 0;
	}
	return PUMP_MORE;
}

/* Reads once, and runs the endpoint. */
static enum pump_state
receive(struct port_pump *pump)
{
	ssize_t n = read_some(pump);

	if (n <= 0)
		return n < 0 ? PUMP_ENDED : PUMP_READ;
	if (pump->hooks->received)
		pump->hooks->received(pump->owner);
	return run_endpoint(pump);
}

static enum pump_state
serve(struct port_pump *pump)
{
	enum pump_state state;

	if (pump->out_end > 0 && pump->hooks->check_host)
		pump->hooks->check_host(pump->owner);
	state = run_endpoint(pump);
	return state == PUMP_READ ? receive(pump) : state;
}

static void
poll_for(struct port_pump *pump, GIOCondition condition)
{
	if (pump->polled == condition)
		return;
	pump->polled = condition;
	g_source_modify_unix_fd(pump->source, pump->tag, condition);
}

/* Polls for the host, until the endpoint's deadline if it has one. */
static void
wait_for_host(struct port_pump *pump, GIOCondition condition)
{
	int64_t ns = deadline_ns(pump);

	poll_for(pump, condition);
	if (ns >= 0)
		g_source_set_ready_time(pump->source, g_get_monotonic_time() + (ns + 999) / 1000);
}

/* Calls timed_out() if the deadline is over after this dispatch. */
static enum pump_state
check_deadline(struct port_pump *pump, enum pump_state state)
{
	const struct base_endpoint *p = &pump->endpoint;

	if ((state != PUMP_READ && state != PUMP_WRITE) || deadline_ns(pump) != 0)
		return state;
	p->ops->timed_out(p->self);
	return PUMP_MORE;
}

/* Returns the events of the descriptor for which the pump waits in that state, 0: none. */
static GIOCondition
events_for(const struct port_pump *pump, enum pump_state state)
{
	if (state == PUMP_READ)
		return G_IO_IN;
	return state == PUMP_WRITE && pump->out_end > 0 ? G_IO_OUT : 0;
}

/* Sets events and timer for the next dispatch. */
static void
arm(struct port_pump *pump, enum pump_state state)
{
	const struct base_endpoint *p = &pump->endpoint;
	GIOCondition events = events_for(pump, state);
	int64_t ns;

	waiting = events != 0 ? pump : NULL;
	switch (state) {
	case PUMP_READ:
	case PUMP_WRITE:
		wait_for_host(pump, events);
		break;
	case PUMP_WAIT:
		ns = p->ops->wait_ns(p->self);
		poll_for(pump, 0);
		g_source_set_ready_time(
			pump->source, g_get_monotonic_time() + MAX(ns - TIMER_MARGIN_NS, 0) / 1000);
		break;
	case PUMP_MORE:
	case PUMP_ENDED:
		g_source_set_ready_time(pump->source, 0);
		break;
	}
}

/* Sleeps for the rest of a wait that is too short for the main loop's timer. */
static void
sleep_rest(struct port_pump *pump)
{
	const struct base_endpoint *p = &pump->endpoint;
	int64_t ns = p->ops->wait_ns(p->self);

	if (ns > 0 && ns < SLEEP_MAX_NS)
		nanosleep(&(struct timespec){.tv_nsec = (long)ns}, NULL);
}

/* False: the owner has ended the pump, which may be freed. */
static bool
handle_end(struct port_pump *pump)
{
	/* At its end a descriptor stays readable: remove it from the poll. */
	g_source_remove_unix_fd(pump->source, pump->tag);
	pump->tag = NULL;
	if (!pump->hooks->ended || !pump->hooks->ended(pump->owner))
		return false;
	pump->polled = G_IO_IN;
	pump->tag = g_source_add_unix_fd(pump->source, pump->fd, G_IO_IN);
	return true;
}

static gboolean
pump_dispatch(GSource *base, GSourceFunc callback, gpointer data)
{
	struct port_pump *pump = ((struct pump_source *)base)->pump;
	enum pump_state state;

	(void)callback;
	(void)data;
	if (g_source_get_ready_time(base) != -1) {
		g_source_set_ready_time(base, -1);
		sleep_rest(pump);
	}
	if (g_source_query_unix_fd(base, pump->tag) & (G_IO_HUP | G_IO_ERR | G_IO_NVAL))
		state = PUMP_ENDED;
	else
		state = check_deadline(pump, serve(pump));
	if (state == PUMP_ENDED) {
		if (!handle_end(pump))
			return G_SOURCE_REMOVE;
		state = PUMP_MORE;
	}
	arm(pump, state);
	return G_SOURCE_CONTINUE;
}

static GPollFD *
find_fd(GPollFD *fds, guint n, int fd)
{
	for (guint i = 0; i < n; i++) {
		if (fds[i].fd == fd)
			return &fds[i];
	}
	return NULL;
}

/*
 * Serves consecutive exchanges by blocking reads, until wake_fd is readable or the pump waits for
 * something else. Measured against poll() and read(), this saves a tenth of an exchange.
 * Alternatives were measured as slower: spinning on non-blocking reads (a kernel thread transfers
 * the bytes and needs the core), a poll() with a timeout (setting a timer costs more than an
 * iteration of the main loop), epoll, and io_uring with write and poll in one call.
 */
static enum pump_state
exchange(struct port_pump *pump, int wake_fd)
{
	enum pump_state state = PUMP_READ;

	pump->exchanges = 0;
	if (!port_blocking_begin(pump->fd, wake_fd))
		return state;
	while (state == PUMP_READ && deadline_ns(pump) < 0 && port_blocking_holds())
		state = receive(pump);
	port_blocking_end();
	return state;
}

/* True: the pump waits only for the host, in a series of exchanges, and the context polls only the
 * pump's descriptor and its own, which wakes it. */
static bool
may_block(const struct port_pump *pump, enum pump_state state, guint n)
{
	return pump->hooks->may_block && n == 2 && state == PUMP_READ && deadline_ns(pump) < 0 &&
		pump->exchanges >= EXCHANGES_BEFORE_BLOCKING;
}

/*
 * Serves consecutive exchanges without an iteration of the main loop for each, as long as only the
 * pump's descriptor has an event and the pump waits only for that. The main loop may dispatch any
 * number of sources of a higher priority before it checks the pump again, and polls before each of
 * them: therefore arm() is called for the pump's state before this function returns.
 */
int
port_poll(GPollFD *fds, guint n, int timeout_ms)
{
	struct port_pump *pump = waiting;
	GPollFD *entry = pump && timeout_ms < 0 ? find_fd(fds, n, pump->fd) : NULL;
	enum pump_state state = PUMP_READ;
	bool served = false;
	int ready;

	if (!entry)
		return g_poll(fds, n, timeout_ms);
	pump->exchanges = 0;
	for (;;) {
		ready = g_poll(fds, n, -1);
		if (ready != 1 || entry->revents != entry->events)
			break;
		pump->exchanges++;
		state = serve(pump);
		if (may_block(pump, state, n))
			state = exchange(pump, fds[entry == fds ? 1 : 0].fd);
		served = true;
		ready = 0;
		entry->revents = 0;
		entry->events = events_for(pump, state);
		if (entry->events == 0 || deadline_ns(pump) >= 0)
			break;
	}
	/* If the descriptor has ended, the next dispatch of the pump detects it again. */
	if (served)
		arm(pump, state);
	return ready;
}

struct port_pump *
port_pump_new(GMainContext *context, int fd, struct base_endpoint endpoint,
	const struct port_pump_hooks *hooks, void *owner)
{
	static GSourceFuncs funcs = {.dispatch = pump_dispatch};
	/* Buffers are not cleared: their pages are allocated on first use. */
	struct port_pump *pump = g_malloc(sizeof(*pump));

	memset(pump, 0, offsetof(struct port_pump, in));
	pump->fd = fd;
	pump->endpoint = endpoint;
	pump->hooks = hooks;
	pump->owner = owner;
	pump->polled = G_IO_IN;
	pump->source = g_source_new(&funcs, sizeof(struct pump_source));
	((struct pump_source *)pump->source)->pump = pump;
	g_source_set_name(pump->source, "pump");
	pump->tag = g_source_add_unix_fd(pump->source, fd, G_IO_IN);
	g_source_attach(pump->source, context);
	return pump;
}

void
port_pump_destroy(struct port_pump *pump)
{
	if (!pump)
		return;
	if (waiting == pump)
		waiting = NULL;
	g_source_destroy(pump->source);
	g_source_unref(pump->source);
	g_free(pump);
}

const uint8_t *
port_pump_input(const struct port_pump *pump, size_t *n)
{
	*n = pump->in_end - pump->in_start;
	return pump->in + pump->in_start;
}

bool
port_pump_fill(struct port_pump *pump)
{
	if (pump->in_start > 0) {
		memmove(pump->in, pump->in + pump->in_start, pump->in_end - pump->in_start);
		pump->in_end -= pump->in_start;
		pump->in_start = 0;
	}
	port_blocking_stop();
	while (pump->in_end < BUFFER_BYTES) {
		if (read_some(pump) <= 0)
			return true; /* the next read detects an end again */
	}
	return false;
}

void
port_pump_drop_input(struct port_pump *pump, size_t n)
{
	pump->in_start += n;
	if (pump->in_start == pump->in_end)
		pump->in_start = pump->in_end = 0;
}

void
port_pump_drop_output(struct port_pump *pump)
{
	pump->out_start = pump->out_end = 0;
}

bool
port_pump_is_quiet(const struct port_pump *pump)
{
	return pump->out_start == pump->out_end && pump->endpoint.ops->idle(pump->endpoint.self);
}

uint64_t
port_pump_moved(const struct port_pump *pump)
{
	return pump->moved;
}

bool
port_pump_waits_for_host(const struct port_pump *pump)
{
	return pump->endpoint.ops->wait_ns(pump->endpoint.self) <= 0;
}

void
port_pump_kick(struct port_pump *pump)
{
	g_source_set_ready_time(pump->source, 0);
}
