/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Silent hosts: what counts as silence, by ticks without a clock, and that a port ends the session
 * of such a host and of no other.
 */
#include "host_fixture.h"
#include "port/idle.h"
#include "port/port.h"
#include "port/pump.h"
#include "suites.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The timer does not expire in a test. */
#define NEVER_S 1000000

/* An adapter that sends back what it gets, when it is not waiting. */
static uint8_t echo[65536];
static size_t n_echo;
static int64_t wait_ns;
static unsigned int opened, closed;

static void
count_opened(void *self)
{
	(void)self;
	opened++;
}

static void
count_closed(void *self)
{
	(void)self;
	closed++;
}

static size_t
take(void *self, const uint8_t *in, size_t n)
{
	size_t taken = MIN(n, sizeof echo - n_echo);

	(void)self;
	memcpy(echo + n_echo, in, taken);
	n_echo += taken;
	return taken;
}

static size_t
give(void *self, uint8_t *out, size_t room)
{
	size_t n = MIN(room, n_echo);

	(void)self;
	memcpy(out, echo, n);
	memmove(echo, echo + n, n_echo - n);
	n_echo -= n;
	return n;
}

static int64_t
get_wait_ns(void *self)
{
	(void)self;
	return wait_ns;
}

static bool
idle(void *self)
{
	(void)self;
	return n_echo == 0;
}

static const struct base_endpoint_ops ops = {
	.host_opened = count_opened,
	.take = take,
	.give = give,
	.wait_ns = get_wait_ns,
	.idle = idle,
	.host_closed = count_closed,
};

static const struct base_endpoint endpoint = {&ops, NULL};

static void
setup(void)
{
	signal(SIGPIPE, SIG_IGN);
	host_fixture_setup();
	n_echo = 0;
	wait_ns = 0;
	opened = closed = 0;
}

static void
never(void *data)
{
	(void)data;
	ck_abort_msg("the timer has expired");
}

/* A pump on one end of a socket, and the other end for its host. */
struct bench {
	struct port_pump *pump;
	struct port_idle *idle;
	int ends[2];
};

static void
bench_init(struct bench *bench)
{
	static const struct port_pump_hooks hooks = {0};

	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, bench->ends), 0);
	bench->pump = port_pump_new(fixture.context, bench->ends[0], endpoint, &hooks, NULL);
	bench->idle = port_idle_new(fixture.context, NEVER_S, bench->pump, never, NULL);
}

static void
bench_clear(struct bench *bench)
{
	port_idle_destroy(bench->idle);
	port_pump_destroy(bench->pump);
	close(bench->ends[0]);
	close(bench->ends[1]);
	host_fixture_teardown();
}

/* Ticks until the host counts as silent; at most 20. */
static unsigned int
count_ticks(struct bench *bench)
{
	unsigned int n = 1;

	while (!port_idle_tick(bench->idle) && n < 20)
		n++;
	return n;
}

START_TEST(four_ticks_without_a_byte_are_silence)
{
	struct bench bench;

	bench_init(&bench);
	ck_assert_uint_eq(count_ticks(&bench), 4);
	bench_clear(&bench);
}
END_TEST

START_TEST(each_byte_in_either_direction_ends_the_silence)
{
	struct bench bench;

	bench_init(&bench);
	for (int i = 0; i < 10; i++) {
		for (int tick = 0; tick < 3; tick++)
			ck_assert(!port_idle_tick(bench.idle));
		SEND(bench.ends[1], "x");
		EXPECT(bench.ends[1], "x");
		/* The tick after it. */
		ck_assert(!port_idle_tick(bench.idle));
	}
	ck_assert_uint_eq(count_ticks(&bench), 4);
	bench_clear(&bench);
}
END_TEST

START_TEST(a_host_that_waits_for_its_reply_is_not_silent)
{
	struct bench bench;

	bench_init(&bench);
	SEND(bench.ends[1], "x");
	host_run_dry();
	wait_ns = INT64_C(3600000000000);
	ck_assert_uint_eq(count_ticks(&bench), 20);
	wait_ns = 0;
	ck_assert_uint_eq(count_ticks(&bench), 4);
	bench_clear(&bench);
}
END_TEST

START_TEST(a_host_that_does_not_read_is_silent)
{
	static uint8_t much[400000];
	struct bench bench;
	size_t sent = 0;
	ssize_t n;

	bench_init(&bench);
	do {
		n = write(bench.ends[1], much, sizeof much);
		sent += n > 0 ? (size_t)n : 0;
		host_run_dry();
	} while (n > 0);
	ck_assert_uint_gt(sent, 0);
	port_idle_tick(bench.idle);
	ck_assert_uint_eq(count_ticks(&bench), 4);
	bench_clear(&bench);
}
END_TEST

static int
open_host(const struct port_tcp *tcp)
{
	const char *port = strrchr(port_tcp_address(tcp), ':') + 1;
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

START_TEST(a_port_ends_the_session_of_a_silent_host)
{
	struct port_tcp *tcp = port_tcp_new(fixture.context, endpoint, "0", NULL);
	int before = host_count_descriptors();
	int host, next;
	uint8_t byte;

	ck_assert_ptr_nonnull(tcp);
	port_tcp_set_idle(tcp, 1);
	host = open_host(tcp);
	RUN_UNTIL(opened == 1);
	RUN_UNTIL(closed == 1);
	ck_assert_uint_eq(host_read(host, &byte, 1, NULL), 0);
	ck_assert_uint_eq(fixture.warnings, 1);
	ck_assert_ptr_nonnull(strstr(fixture.last_warning,
		" is disconnected: it was silent for 1 s; --tcp-idle changes the limit"));
	close(host);
	/* No timer while no host is connected, and the adapter is free. */
	ck_assert_int_eq(host_count_descriptors(), before);
	port_tcp_set_idle(tcp, 0);
	next = open_host(tcp);
	SEND(next, "next");
	EXPECT(next, "next");
	/* Both ends of the connection; no timer without a limit. */
	ck_assert_int_eq(host_count_descriptors(), before + 2);
	close(next);
	RUN_UNTIL(closed == 2);
	port_tcp_destroy(tcp);
	host_fixture_teardown();
}
END_TEST

Suite *
suite_idle(void)
{
	Suite *suite = suite_create("idle");
	TCase *tcase = tcase_create("idle");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, four_ticks_without_a_byte_are_silence);
	tcase_add_test(tcase, each_byte_in_either_direction_ends_the_silence);
	tcase_add_test(tcase, a_host_that_waits_for_its_reply_is_not_silent);
	tcase_add_test(tcase, a_host_that_does_not_read_is_silent);
	tcase_add_test(tcase, a_port_ends_the_session_of_a_silent_host);
	suite_add_tcase(suite, tcase);
	return suite;
}
