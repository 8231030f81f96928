/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pump: a GSource that reads from a file descriptor, lets an endpoint work, and writes what
 * it gives. Everything is bounded: what the host does not read stops giving, what is not given
 * stops taking, what is not taken stops reading, and then the kernel stops the host.
 *
 *	READ    nothing buffered either way: poll for input
 *	WRITE   the host does not read: poll for room; take and read nothing
 *	WAIT    the endpoint needs wall time: no poll, a timer
 *	MORE    work is left but others have their turn first
 *	ENDED   the line is dead
 *
 * In READ and WRITE a timer runs too when the endpoint has a deadline for the host.
 *
 * Leaves out: who is at the other end and when they come and go (pty.c), and everything about what
 * the bytes mean.
 */
#include "port/pump.h"

#include "port/port.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* One read takes all that a tty holds (4 KiB) or a socket usually has; one write fills a tty. */
#define BUFFER_BYTES 65536

/* Turns of the endpoint before other sources of the context get theirs: some ms at most. */
#define TURNS_PER_DISPATCH 64

/* GLib's main loop times in ms and may be one late: the last of a wait is slept away exactly. */
#define TIMER_MARGIN_NS 1000000
#define SLEEP_MAX_NS (2 * TIMER_MARGIN_NS)

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
	size_t in_start, in_end;
	size_t out_start, out_end;
	uint8_t in[BUFFER_BYTES];
	uint8_t out[BUFFER_BYTES];
};

struct pump_source {
	GSource base;
	struct port_pump *pump;
};

/* The pump that this thread served last and that waits for its line alone. */
static __thread struct port_pump *waiting;

/* Bytes read behind the input, 0 when there are none now, negative errno (-EPIPE at the end). */
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
	return n;
}

/* PUMP_MORE when all is written. */
static enum pump_state
write_output(struct port_pump *pump)
{
	while (pump->out_start < pump->out_end) {
		ssize_t n = write(
			pump->fd, pump->out + pump->out_start, pump->out_end - pump->out_start);

		if (n > 0) {
			pump->out_start += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		return n == 0 || errno == EAGAIN ? PUMP_WRITE : PUMP_ENDED;
	}
	pump->out_start = pump->out_end = 0;
	return PUMP_MORE;
}

/* All that is due now goes into one write. False when more may come after a wait: time goes on, so
 * whoever asks again for the wait may hear that there is none. */
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
	}
	return true;
}

/* Lets the endpoint work on what is buffered, until it needs something. */
static enum pump_state
take_turns(struct port_pump *pump)
{
	const struct base_endpoint *p = &pump->endpoint;
	bool stuck = false;

	for (int turn = 0; turn < TURNS_PER_DISPATCH; turn++) {
		bool all = collect_output(pump);

		if (pump->out_end > 0) {
			enum pump_state state = write_output(pump);

			if (state != PUMP_MORE)
				return state;
			stuck = false;
			continue;
		}
		if (!all)
			return PUMP_WAIT;
		if (pump->in_start == pump->in_end)
			return PUMP_READ;
		size_t n = p->ops->take(
			p->self, pump->in + pump->in_start, pump->in_end - pump->in_start);
		port_pump_drop_input(pump, n);
		/* Takes nothing, gives nothing, waits for nothing: leave it, but burn no CPU. */
		if (n == 0 && stuck)
			return PUMP_WRITE;
		stuck = n == 0;
	}
	return PUMP_MORE;
}

/*
 * After an exchange the main loop waits for the next one. Measured and worse: spinning on
 * non-blocking reads (a kernel thread carries the bytes and wants the core), a poll() with a time
 * limit right here (setting a timer costs more than a round of the main loop), and io_uring with
 * write and poll in one call. A blocking read in place of poll and read saves a tenth of an
 * exchange, but GLib wakes a context by a descriptor alone, which does not end a read.
 */
static enum pump_state
serve(struct port_pump *pump)
{
	enum pump_state state = take_turns(pump);
	ssize_t n;

	if (state != PUMP_READ)
		return state;
	n = read_some(pump);
	if (n <= 0)
		return n < 0 ? PUMP_ENDED : PUMP_READ;
	if (pump->hooks->received)
		pump->hooks->received(pump->owner);
	return take_turns(pump);
}

static void
poll_for(struct port_pump *pump, GIOCondition condition)
{
	if (pump->polled == condition)
		return;
	pump->polled = condition;
	g_source_modify_unix_fd(pump->source, pump->tag, condition);
}

/* -1: none. */
static int64_t
deadline_ns(const struct port_pump *pump)
{
	const struct base_endpoint *p = &pump->endpoint;

	return p->ops->deadline_ns ? p->ops->deadline_ns(p->self) : -1;
}

/* Waits for the host, but not for ever when the endpoint does not. */
static void
wait_for_host(struct port_pump *pump, GIOCondition condition)
{
	int64_t ns = deadline_ns(pump);

	poll_for(pump, condition);
	if (ns >= 0)
		g_source_set_ready_time(pump->source, g_get_monotonic_time() + (ns + 999) / 1000);
}

/* The host had its chance in this dispatch. */
static enum pump_state
check_deadline(struct port_pump *pump, enum pump_state state)
{
	const struct base_endpoint *p = &pump->endpoint;

	if ((state != PUMP_READ && state != PUMP_WRITE) || deadline_ns(pump) != 0)
		return state;
	p->ops->timed_out(p->self);
	return PUMP_MORE;
}

/* The events of the line that the pump waits for in that state, 0 for none. */
static GIOCondition
events_for(const struct port_pump *pump, enum pump_state state)
{
	if (state == PUMP_READ)
		return G_IO_IN;
	return state == PUMP_WRITE && pump->out_end > 0 ? G_IO_OUT : 0;
}

/* Arranges to be called again when there is something to do. */
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

/* Sleeps away what is too short for the main loop's timer. */
static void
sleep_rest(struct port_pump *pump)
{
	const struct base_endpoint *p = &pump->endpoint;
	int64_t ns = p->ops->wait_ns(p->self);

	if (ns > 0 && ns < SLEEP_MAX_NS)
		nanosleep(&(struct timespec){.tv_nsec = (long)ns}, NULL);
}

/* False when the pump is no more. */
static bool
handle_end(struct port_pump *pump)
{
	/* A dead line is readable for ever: out of the poll with it. */
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
 * One exchange after the other without the main loop's bookkeeping, as long as nothing but the line
 * has an event and the pump waits for nothing but the line. The main loop may dispatch any number
 * of sources of a higher priority before it looks at the pump again, and polls before each of them:
 * therefore the pump is armed for its state, whatever that is, before this function returns.
 */
int
port_poll(GPollFD *fds, guint n, int timeout_ms)
{
	struct port_pump *pump = waiting;
	GPollFD *line = pump && timeout_ms < 0 ? find_fd(fds, n, pump->fd) : NULL;
	enum pump_state state = PUMP_READ;
	bool served = false;
	int ready;

	if (!line)
		return g_poll(fds, n, timeout_ms);
	for (;;) {
		ready = g_poll(fds, n, -1);
		if (ready != 1 || line->revents != line->events)
			break;
		state = serve(pump);
		served = true;
		ready = 0;
		line->revents = 0;
		line->events = events_for(pump, state);
		if (line->events == 0 || deadline_ns(pump) >= 0)
			break;
	}
	/* A line that has ended is found so again when the pump is dispatched. */
	if (served)
		arm(pump, state);
	return ready;
}

struct port_pump *
port_pump_new(GMainContext *context, int fd, struct base_endpoint endpoint,
	const struct port_pump_hooks *hooks, void *owner)
{
	static GSourceFuncs funcs = {.dispatch = pump_dispatch};
	/* Not cleared: the pages of the buffers exist only when they are used. */
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
	while (pump->in_end < BUFFER_BYTES) {
		if (read_some(pump) <= 0)
			return true; /* a dead line shows again at the next read */
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

void
port_pump_kick(struct port_pump *pump)
{
	g_source_set_ready_time(pump->source, 0);
}
