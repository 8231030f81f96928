/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pump under port_poll(): it makes progress even if a source of a higher priority is dispatched
 * first. The port runs in a thread of its own, without timers, since only then port_poll() serves
 * the line itself.
 */
#include "port/port.h"
#include "port/pump.h"
#include "suites.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define BULK_BYTES (4u << 20)
#define DELAY_US 20000
#define LIMIT_S 20

/* More than the pump handles at once. */
#define MANY 1000

/*
 * An adapter of one-byte commands: 's' replies with itself at once, 'l' after DELAY_US, 'b' with
 * BULK_BYTES of itself, and 'h' begins a command that never completes: after DELAY_US the adapter
 * times out and replies with 'h'.
 */
struct adapter {
	char reply;
	size_t left; /* of the reply */
	int64_t due_us;
	int64_t limit_us;  /* 0: no command has begun */
	gint interrupting; /* the next command makes a source of a higher priority ready */
};

static struct adapter adapter;
static GMainContext *context;
static GMainLoop *loop;
static GThread *thread;
static GAsyncQueue *interrupts; /* one entry for each dispatch */
static struct port_pump *pump;
static int line, host;

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
	/* As if another thread had attached it. */
	g_main_context_wakeup(context);
}

static void
ignore(void *self)
{
	(void)self;
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
	to->left = in[0] == 'b' ? BULK_BYTES : in[0] == 'h' ? 0 : 1;
	to->due_us = in[0] == 'l' ? now_us + DELAY_US : 0;
	to->limit_us = in[0] == 'h' ? now_us + DELAY_US : 0;
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

static const struct base_endpoint_ops adapter_ops = {
	.host_opened = ignore,
	.take = take,
	.give = give,
	.wait_ns = wait_ns,
	.deadline_ns = deadline_ns,
	.timed_out = timed_out,
	.idle = idle,
	.host_closed = ignore,
};

static gpointer
run_loop(gpointer data)
{
	g_main_loop_run(data);
	return NULL;
}

static void
setup(void)
{
	static const struct port_pump_hooks no_hooks = {0};
	const struct timeval limit = {.tv_sec = LIMIT_S};
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	adapter = (struct adapter){0};
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	line = ends[0];
	host = ends[1];
	ck_assert(g_unix_set_fd_nonblocking(line, TRUE, NULL));
	ck_assert_int_eq(setsockopt(host, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	interrupts = g_async_queue_new();
	context = g_main_context_new();
	g_main_context_set_poll_func(context, port_poll);
	loop = g_main_loop_new(context, FALSE);
	pump = port_pump_new(
		context, line, (struct base_endpoint){&adapter_ops, &adapter}, &no_hooks, NULL);
	thread = g_thread_new("adapter", run_loop, loop);
}

static void
teardown(void)
{
	g_main_loop_quit(loop);
	g_thread_join(thread);
	port_pump_destroy(pump);
	g_main_loop_unref(loop);
	g_main_context_unref(context);
	g_async_queue_unref(interrupts);
	close(line);
	close(host);
}

/* Fails unless the reply is n bytes c. */
static void
expect(char c, size_t n)
{
	static char bytes[BULK_BYTES];
	size_t got = 0;

	while (got < n) {
		ssize_t r = recv(host, bytes + got, n - got, 0);

		ck_assert_msg(r > 0, "'%c': %zu of %zu bytes came", c, got, n);
		got += (size_t)r;
	}
	/* All are c; a check for each of 4 Mi bytes would take longer than the exchange. */
	ck_assert_int_eq(bytes[0], c);
	ck_assert_int_eq(memcmp(bytes, bytes + 1, n - 1), 0);
}

static void
ask(char c, size_t n)
{
	char bytes[MANY];

	memset(bytes, c, n);
	ck_assert_int_eq(send(host, bytes, n, 0), (ssize_t)n);
}

static const struct {
	char command;
	size_t times, reply_bytes;
} cases[] = {
	{'s', 1, 1},          /* the pump then waits for the next command */
	{'s', MANY, MANY},    /* it has more to do at once */
	{'b', 1, BULK_BYTES}, /* it waits for a host that does not read */
	{'l', 1, 1},          /* it waits for a time */
	{'h', 1, 1},          /* it waits for the host, with a limit */
};

START_TEST(a_call_during_an_exchange_does_not_stall_the_line)
{
	for (int round = 0; round < 5; round++) {
		/* Afterwards the thread waits inside port_poll(), with no pending wakeup. */
		for (int i = 0; i < 3; i++) {
			ask('s', 1);
			expect('s', 1);
		}
		g_atomic_int_set(&adapter.interrupting, 1);
		ask(cases[_i].command, cases[_i].times);
		ck_assert_ptr_nonnull(
			g_async_queue_timeout_pop(interrupts, LIMIT_S * G_USEC_PER_SEC));
		expect(cases[_i].command, cases[_i].reply_bytes);
	}
}
END_TEST

Suite *
suite_pump(void)
{
	Suite *suite = suite_create("pump");
	TCase *tcase = tcase_create("pump");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_call_during_an_exchange_does_not_stall_the_line, 0,
		(int)G_N_ELEMENTS(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
