/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * long: the lines and ports of all cases are served by the same adapter in the same thread.
 *
 * The pump under port_poll(): it makes progress even if a source of a higher priority is dispatched
 * first, and a line that blocks after some consecutive exchanges keeps nobody waiting. The port
 * runs in a thread of its own, without timers, since only then port_poll() serves the line itself.
 */
#include "port/port.h"
#include "port/pump.h"
#include "suites.h"
#include "wall.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#define BULK_BYTES (4u << 20)
#define DELAY_US 20000

/* More than the pump handles at once. */
#define MANY 1000

/* More exchanges than port_poll() wants to see before it lets the line block. */
#define SERIES 20

/* A reply that is written to a line that blocks, and more of them than a terminal holds. */
#define KILO 1024
#define KILOS 400

/* Without any progress for so long the adapter waits. */
#define STILL_US 200000

/*
 * An adapter of one-byte commands: 's' replies with itself at once, 'l' after DELAY_US, 'k' with
 * KILO and 'b' with BULK_BYTES of itself, and 'h' begins a command that never completes:
 * after DELAY_US the adapter times out and replies with 'h'.
 */
struct adapter {
	char reply;
	size_t left; /* of the reply */
	int64_t due_us;
	int64_t limit_us;  /* 0: no command has begun */
	gint interrupting; /* the next command makes a source of a higher priority ready */
	gint taken;
	gint opened, closed;
};

static struct adapter adapter;
static GMainContext *context;
static GMainLoop *loop;
static GThread *thread;
static GAsyncQueue *interrupts; /* one entry for each that has been dispatched */
static struct port_pump *pump;
static int line, host;

/* Of a whole port; hosts are noticed in another thread, as in the daemon. */
static GMainContext *watch_context;
static GMainLoop *watch_loop;
static GThread *watch_thread;
static struct port_watch *watch;
static struct port_pty *pty;

static gboolean
interrupt(gpointer data)
{
	g_async_queue_push(data, data);
	return G_SOURCE_REMOVE;
}

static void
make_interrupt(void)
{
	GSource *source = g_idle_source_new();

	g_source_set_priority(source, G_PRIORITY_HIGH);
	g_source_set_callback(source, interrupt, interrupts, NULL);
	g_source_attach(source, context);
	g_source_unref(source);
	/* As when another thread attaches it. */
	g_main_context_wakeup(context);
}

static void
host_opened(void *self)
{
	g_atomic_int_inc(&((struct adapter *)self)->opened);
}

static void
host_closed(void *self)
{
	struct adapter *of = self;

	of->left = 0;
	of->limit_us = 0;
	g_atomic_int_inc(&of->closed);
}

static size_t
reply_bytes(uint8_t command)
{
	switch (command) {
	case 'b':
		return BULK_BYTES;
	case 'k':
		return KILO;
	case 'h':
		return 0;
	default:
		return 1;
	}
}

static size_t
take(void *self, const uint8_t *in, size_t n)
{
	struct adapter *to = self;
	int64_t now_us = g_get_monotonic_time();

	if (n == 0 || to->left > 0)
		return 0;
	if (g_atomic_int_compare_and_exchange(&to->interrupting, 1, 0))
		make_interrupt();
	to->reply = (char)in[0];
	to->left = reply_bytes(in[0]);
	to->due_us = in[0] == 'l' ? now_us + DELAY_US : 0;
	to->limit_us = in[0] == 'h' ? now_us + DELAY_US : 0;
	g_atomic_int_inc(&to->taken);
	return 1;
}

static size_t
give(void *self, uint8_t *out, size_t room)
{
	struct adapter *from = self;
	size_t n = MIN(room, from->left);

	memset(out, from->reply, n);
	from->left -= n;
	return n;
}

static int64_t
wait_ns(void *self)
{
	struct adapter *from = self;

	return from->left > 0 ? MAX(from->due_us - g_get_monotonic_time(), 0) * 1000 : 0;
}

static int64_t
deadline_ns(void *self)
{
	struct adapter *from = self;

	if (from->limit_us == 0)
		return -1;
	return MAX(from->limit_us - g_get_monotonic_time(), 0) * 1000;
}

static void
timed_out(void *self)
{
	struct adapter *from = self;

	from->limit_us = 0;
	from->left = 1;
}

static bool
idle(void *self)
{
	struct adapter *of = self;

	return of->left == 0 && of->limit_us == 0;
}

/* Hosts begin with 's'. */
static size_t
count_stale(void *self, const uint8_t *in, size_t n)
{
	(void)self;
	while (n > 0 && in[n - 1] == 's')
		n--;
	return n;
}

static const struct base_endpoint_ops adapter_ops = {
	.host_opened = host_opened,
	.take = take,
	.give = give,
	.wait_ns = wait_ns,
	.deadline_ns = deadline_ns,
	.timed_out = timed_out,
	.idle = idle,
	.count_stale = count_stale,
	.host_closed = host_closed,
};

static gpointer
run_loop(gpointer data)
{
	g_main_loop_run(data);
	return NULL;
}

static void
start_thread(void)
{
	loop = g_main_loop_new(context, FALSE);
	thread = g_thread_new("adapter", run_loop, loop);
}

static gboolean
quit(gpointer data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

/* g_main_loop_quit() has no effect on a loop that has not begun to run. */
static void
end_loop(GMainLoop *of, GThread *in)
{
	GSource *source = g_idle_source_new();

	g_source_set_callback(source, quit, of, NULL);
	g_source_attach(source, g_main_loop_get_context(of));
	g_source_unref(source);
	g_thread_join(in);
	g_main_loop_unref(of);
}

static void
stop_thread(void)
{
	end_loop(loop, thread);
}

static void
make_context(void)
{
	signal(SIGPIPE, SIG_IGN);
	adapter = (struct adapter){0};
	interrupts = g_async_queue_new();
	context = g_main_context_new();
	g_main_context_set_poll_func(context, port_poll);
}

static void
setup_line(const struct port_pump_hooks *hooks)
{
	ck_assert(g_unix_set_fd_nonblocking(line, TRUE, NULL));
	ck_assert(g_unix_set_fd_nonblocking(host, TRUE, NULL));
	make_context();
	pump = port_pump_new(
		context, line, (struct base_endpoint){&adapter_ops, &adapter}, hooks, NULL);
	start_thread();
}

static void
setup_socket(void)
{
	static const struct port_pump_hooks hooks = {.may_block = false};
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	line = ends[0];
	host = ends[1];
	setup_line(&hooks);
}

static void
setup_terminal(void)
{
	static const struct port_pump_hooks hooks = {.may_block = true};
	struct termios raw = {0};

	cfmakeraw(&raw);
	raw.c_cflag |= CREAD | B9600;
	raw.c_cc[VMIN] = 1;
	ck_assert_int_eq(openpty(&line, &host, NULL, &raw, NULL), 0);
	setup_line(&hooks);
}

static void
teardown(void)
{
	stop_thread();
	port_pump_destroy(pump);
	g_main_context_unref(context);
	g_async_queue_unref(interrupts);
	close(line);
	close(host);
}

static void
start_watch_thread(void)
{
	watch_loop = g_main_loop_new(watch_context, FALSE);
	watch_thread = g_thread_new("watch", run_loop, watch_loop);
}

static void
stop_watch_thread(void)
{
	end_loop(watch_loop, watch_thread);
}

static void
setup_port(void)
{
	make_context();
	watch_context = g_main_context_new();
	watch = port_watch_new(watch_context, NULL);
	ck_assert_ptr_nonnull(watch);
	start_watch_thread();
	pty = port_pty_new(
		context, watch, (struct base_endpoint){&adapter_ops, &adapter}, NULL, NULL);
	ck_assert_ptr_nonnull(pty);
	start_thread();
}

static void
teardown_port(void)
{
	stop_thread();
	port_pty_destroy(pty);
	stop_watch_thread();
	port_watch_destroy(watch);
	g_main_context_unref(watch_context);
	g_main_context_unref(context);
	g_async_queue_unref(interrupts);
}

static void
open_host(void)
{
	host = open(port_pty_path(pty), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	ck_assert_int_ge(host, 0);
}

/* Fails unless the reply is n bytes c. A poll() that returns although there is nothing to read is
 * a mistake of the port: see drop_replies() in pty.c. */
static void
expect(char c, size_t n)
{
	static char bytes[BULK_BYTES];
	size_t got = 0;

	while (got < n) {
		struct pollfd pollfd = {.fd = host, .events = POLLIN};
		int ready = poll(&pollfd, 1, (int)WALL_LIMIT_MS);
		ssize_t r = ready == 1 ? read(host, bytes + got, n - got) : -1;

		ck_assert_msg(r > 0, "'%c': %zu of %zu bytes came", c, got, n);
		got += (size_t)r;
	}
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] != c)
			ck_abort_msg("'%c': byte %zu is %02x", c, i, (uint8_t)bytes[i]);
	}
}

static void
ask(char c, size_t n)
{
	char bytes[MANY];

	memset(bytes, c, n);
	ck_assert_int_eq(write(host, bytes, n), (ssize_t)n);
}

static void
exchange(int times)
{
	for (int i = 0; i < times; i++) {
		ask('s', 1);
		expect('s', 1);
	}
}

/* Until *counter has reached n. */
static void
wait_for(gint *counter, gint n)
{
	gint64 limit_us = g_get_monotonic_time() + WALL_LIMIT_MS * INT64_C(1000);

	while (g_atomic_int_get(counter) < n) {
		ck_assert_int_lt(g_get_monotonic_time(), limit_us);
		g_thread_yield();
	}
}

static bool
line_blocks(void)
{
	return !(fcntl(line, F_GETFL) & O_NONBLOCK);
}

/* After a dispatch GLib wakes itself. With a fast host's next byte there by then too, an exchange
 * goes through the main loop again: a series may end without any in port_poll(). */
static void
wait_until_line_blocks(void)
{
	gint64 limit_us = g_get_monotonic_time() + WALL_LIMIT_MS * INT64_C(1000);

	do {
		gint64 until_us = g_get_monotonic_time() + STILL_US / 10;

		exchange(SERIES);
		ck_assert_int_lt(g_get_monotonic_time(), limit_us);
		while (!line_blocks() && g_get_monotonic_time() < until_us)
			g_thread_yield();
	} while (!line_blocks());
}

static void
wait_for_interrupt(void)
{
	ck_assert_msg(g_async_queue_timeout_pop(interrupts, WALL_LIMIT_MS * INT64_C(1000)) != NULL,
		"the adapter's thread did not wake up");
}

/* Has the adapter's thread call a function, and waits until it has. */
static void
call(GSourceFunc function)
{
	g_main_context_invoke(context, function, interrupts);
	wait_for_interrupt();
}

static const struct {
	char command;
	size_t times, reply_bytes;
} cases[] = {
	{'s', 1, 1},          /* then it waits for the next command, as before */
	{'s', MANY, MANY},    /* it has more to do at once */
	{'b', 1, BULK_BYTES}, /* it waits for a host that does not read */
	{'l', 1, 1},          /* it waits for a time */
	{'h', 1, 1},          /* it waits for the host, with a limit */
};

START_TEST(a_call_during_an_exchange_does_not_stall_the_line)
{
	for (int round = 0; round < 5; round++) {
		/* Afterwards the thread waits inside port_poll(), with no pending wakeup. */
		exchange(round % 2 ? SERIES : 3);
		g_atomic_int_set(&adapter.interrupting, 1);
		ask(cases[_i].command, cases[_i].times);
		wait_for_interrupt();
		expect(cases[_i].command, cases[_i].reply_bytes);
	}
}
END_TEST

START_TEST(call_ends_a_blocked_read)
{
	for (int round = 0; round < 200; round++) {
		wait_until_line_blocks();
		call(interrupt);
		exchange(1);
	}
}
END_TEST

/* At moments that have nothing to do with what the line is doing: before, in and after each of the
 * steps into and out of a blocked read. */
START_TEST(call_at_any_moment_is_answered)
{
	g_autoptr(GRand) moments = g_rand_new_with_seed(1);

	for (int round = 0; round < 3000; round++) {
		int before = g_rand_int_range(moments, 0, SERIES);
		gint64 until_us;

		exchange(before);
		ask('s', 1);
		until_us = g_get_monotonic_time() + g_rand_int_range(moments, 0, 60);
		while (g_get_monotonic_time() < until_us)
			;
		if (g_rand_boolean(moments))
			g_main_context_wakeup(context);
		call(interrupt);
		expect('s', 1);
	}
}
END_TEST

START_TEST(blocked_read_ends_with_the_loop)
{
	for (int round = 0; round < 100; round++) {
		wait_until_line_blocks();
		stop_thread();
		ck_assert(!line_blocks());
		start_thread();
	}
	exchange(1);
}
END_TEST

/* Asks without reading replies until the adapter waits for room. Returns the number of commands. */
static int
fill_line(void)
{
	int sent = 0, before = g_atomic_int_get(&adapter.taken);

	for (;;) {
		gint64 until_us = g_get_monotonic_time() + STILL_US;

		ask('k', 1);
		sent++;
		ck_assert_int_lt(sent, KILOS);
		while (g_atomic_int_get(&adapter.taken) - before < sent &&
			g_get_monotonic_time() < until_us)
			g_thread_yield();
		if (g_atomic_int_get(&adapter.taken) - before < sent)
			return sent;
	}
}

START_TEST(call_ends_a_blocked_write)
{
	int sent;

	wait_until_line_blocks();
	sent = fill_line();
	ck_assert(line_blocks());
	for (int i = 0; i < 3; i++)
		call(interrupt);
	ck_assert(!line_blocks());
	expect('k', (size_t)sent * KILO);
	exchange(SERIES);
}
END_TEST

START_TEST(long_reply_and_deadline_do_not_block)
{
	wait_until_line_blocks();
	ask('h', 1);
	expect('h', 1);
	wait_until_line_blocks();
	ask('b', 1);
	expect('b', BULK_BYTES / 2);
	ck_assert(!line_blocks());
	call(interrupt);
	expect('b', BULK_BYTES / 2);
}
END_TEST

static gboolean
unplug(gpointer data)
{
	port_pty_unplug(pty);
	return interrupt(data);
}

static gboolean
plug(gpointer data)
{
	ck_assert(port_pty_plug(pty, NULL));
	return interrupt(data);
}

START_TEST(cable_is_unplugged_during_a_blocked_read)
{
	for (int round = 1; round <= 100; round++) {
		open_host();
		exchange(SERIES);
		call(unplug);
		ck_assert_int_eq(g_atomic_int_get(&adapter.closed), round);
		ck_assert_int_eq(poll(&(struct pollfd){.fd = host}, 1, (int)WALL_LIMIT_MS), 1);
		close(host);
		call(plug);
	}
}
END_TEST

enum next_host {
	AT_ONCE,
	ONCE_THE_LAST_HAS_GONE, /* the adapter has noticed */
	WITHOUT_WATCH,          /* only the adapter itself can notice, when it receives something */
	NEXT_HOSTS,
};

START_TEST(hosts_come_and_go_during_blocked_reads)
{
	if (_i == WITHOUT_WATCH)
		stop_watch_thread();
	for (int round = 1; round <= 200; round++) {
		open_host();
		exchange(round % (2 * SERIES) + 1);
		ck_assert_int_eq(g_atomic_int_get(&adapter.opened), round);
		close(host);
		if (_i == ONCE_THE_LAST_HAS_GONE)
			wait_for(&adapter.closed, round);
	}
	if (_i == WITHOUT_WATCH)
		start_watch_thread();
	wait_for(&adapter.closed, 200);
}
END_TEST

/* The first one has gone in the middle of a command, and has left replies. */
START_TEST(blocked_write_ends_with_the_host)
{
	for (int round = 1; round <= 10; round++) {
		open_host();
		exchange(SERIES);
		for (int i = 0; i < KILOS; i++)
			ask('k', 1);
		close(host);
		wait_for(&adapter.closed, 2 * round - 1);
		call(interrupt); /* it has cleared the line */
		open_host();
		exchange(SERIES);
		close(host);
		wait_for(&adapter.closed, 2 * round);
	}
}
END_TEST

Suite *
suite_pump(void)
{
	Suite *suite = suite_create("pump");
	TCase *tcase = tcase_create("pump");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup_socket, teardown);
	tcase_add_loop_test(tcase, a_call_during_an_exchange_does_not_stall_the_line, 0,
		(int)G_N_ELEMENTS(cases));
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("blocking");
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup_terminal, teardown);
	tcase_add_loop_test(tcase, a_call_during_an_exchange_does_not_stall_the_line, 0,
		(int)G_N_ELEMENTS(cases));
	tcase_add_test(tcase, call_ends_a_blocked_read);
	tcase_add_test(tcase, call_at_any_moment_is_answered);
	tcase_add_test(tcase, blocked_read_ends_with_the_loop);
	tcase_add_test(tcase, call_ends_a_blocked_write);
	tcase_add_test(tcase, long_reply_and_deadline_do_not_block);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("hosts");
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup_port, teardown_port);
	tcase_add_test(tcase, cable_is_unplugged_during_a_blocked_read);
	tcase_add_loop_test(tcase, hosts_come_and_go_during_blocked_reads, 0, NEXT_HOSTS);
	tcase_add_test(tcase, blocked_write_ends_with_the_host);
	suite_add_tcase(suite, tcase);
	return suite;
}
