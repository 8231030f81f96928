/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real sockets on the loopback: addresses, one host at a time, and the same bytes as on a terminal.
 *
 * long: every case needs the same adapter with counters of its hosts.
 */
#include "base/clock.h"
#include "clip/clip.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "host_fixture.h"
#include "port/port.h"
#include "serprog/profile.h"
#include "serprog/serprog.h"
#include "suites.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ARRAY_SIZE 65536

static const struct flash_part part = {
	.name = "TEST",
	.vendor = "spinor",
	.size = ARRAY_SIZE,
	.page_size = 256,
	.address_bytes = 3,
	.wrsr_bytes = 1,
	.vcc_min_mv = 2700,
	.vcc_max_mv = 3600,
	.id = {0xc2, 0x20, 0x10},
	.id_length = 3,
	.id_tail = FLASH_ID_FLOAT,
	.status = {{{.function = FLASH_BIT_BUSY}, {.function = FLASH_BIT_WEL}}},
	.commands = {{"RDID", -1}, {"READ", -1}},
	.n_commands = 2,
};

static struct base_clock clock_;
static struct clip *clip;
static struct flash *chip;
static uint8_t array[ARRAY_SIZE];
static struct serprog *serprog;
static unsigned int opened, closed;
static unsigned int dropped; /* hosts that disconnected in the middle of a command */
static int64_t wait_ns;      /* the wait that the adapter reports */
static bool greets;          /* the adapter sends a byte to a new host at once */
static struct port_tcp *tcp;

static void
count_opened(void *self)
{
	struct base_endpoint inner = serprog_endpoint(self);

	opened++;
	inner.ops->host_opened(inner.self);
}

static void
count_closed(void *self)
{
	struct base_endpoint inner = serprog_endpoint(self);

	closed++;
	dropped += !inner.ops->idle(inner.self);
	inner.ops->host_closed(inner.self);
}

static size_t
pass_take(void *self, const uint8_t *in, size_t n)
{
	struct base_endpoint inner = serprog_endpoint(self);

	return inner.ops->take(inner.self, in, n);
}

static size_t
pass_give(void *self, uint8_t *out, size_t room)
{
	struct base_endpoint inner = serprog_endpoint(self);

	if (greets && room > 0) {
		greets = false;
		*out = '!';
		return 1;
	}
	return inner.ops->give(inner.self, out, room);
}

static int64_t
pass_wait_ns(void *self)
{
	(void)self;
	return wait_ns;
}

static bool
pass_idle(void *self)
{
	struct base_endpoint inner = serprog_endpoint(self);

	return inner.ops->idle(inner.self);
}

/* serprog, with counters of its hosts. */
static const struct base_endpoint_ops ops = {
	.host_opened = count_opened,
	.take = pass_take,
	.give = pass_give,
	.wait_ns = pass_wait_ns,
	.idle = pass_idle,
	.host_closed = count_closed,
};

static struct port_tcp *
must_listen(const char *address)
{
	g_autoptr(GError) error = NULL;
	struct port_tcp *port = port_tcp_new(
		fixture.context, (struct base_endpoint){&ops, serprog}, address, &error);

	ck_assert_msg(port != NULL, "%s", error ? error->message : "");
	return port;
}

static void
setup(void)
{
	signal(SIGPIPE, SIG_IGN);
	opened = closed = dropped = 0;
	wait_ns = 0;
	greets = false;
	host_fixture_setup();
	for (size_t i = 0; i < ARRAY_SIZE; i++)
		array[i] = (uint8_t)(i * 7 ^ i >> 8);
	base_clock_init(&clock_, BASE_CLOCK_INSTANT);
	clip = clip_new(&clock_);
	chip = flash_new(&part, array, 1);
	clip_attach(clip, 0, chip);
	serprog = serprog_new(serprog_profile_find(NULL), clip, &clock_);
	tcp = must_listen("0");
}

static void
teardown(void)
{
	port_tcp_destroy(tcp);
	serprog_destroy(serprog);
	clip_destroy(clip);
	flash_destroy(chip);
	host_fixture_teardown();
}

static int
open_host(void)
{
	const char *port = strrchr(port_tcp_address(tcp), ':') + 1;
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* The kernel accepts the connection before the port does. */
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

/* SYNCNOP and RDID. */
static void
check_host(int fd)
{
	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	SEND(fd, "\x13\x01\x00\x00\x03\x00\x00\x9f");
	EXPECT(fd, "\x06\xc2\x20\x10");
	ck_assert_int_eq(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 0), 0);
}

static void
expect_closed(int fd)
{
	uint8_t byte;

	ck_assert_uint_eq(host_read(fd, &byte, 1, NULL), 0);
}

START_TEST(hosts_connect_and_disconnect)
{
	int before = host_count_descriptors();

	for (unsigned int round = 1; round <= 100; round++) {
		int host = open_host();

		check_host(host);
		ck_assert_uint_eq(opened, round);
		close(host);
		RUN_UNTIL(closed == round);
		ck_assert_int_eq(host_count_descriptors(), before);
	}
	ck_assert_uint_eq(fixture.warnings, 0);
	ck_assert_uint_eq(dropped, 0);
}
END_TEST

START_TEST(host_after_a_disconnect_is_served_at_once)
{
	for (unsigned int round = 1; round <= 100; round++) {
		int host = open_host();

		if (round > 1)
			ck_assert_uint_eq(closed, round - 2);
		check_host(host);
		ck_assert_uint_eq(opened, round);
		ck_assert_uint_eq(closed, round - 1);
		/* Not noticed before the next host connects: */
		close(host);
	}
	ck_assert_uint_eq(fixture.warnings, 0);
}
END_TEST

/* One line of text, without a byte that is a reply of serprog. */
static void
expect_refusal(int fd)
{
	char text[200] = "";
	size_t n = host_read(fd, (uint8_t *)text, sizeof text - 1, NULL);
	const char *begin = "spinor: refused: one host at a time, and 127.0.0.1:";

	ck_assert_msg(g_str_has_prefix(text, begin), "%s", text);
	ck_assert(g_str_has_suffix(text, " is connected\n"));
	ck_assert_uint_eq(n, strlen(text));
	ck_assert_ptr_null(strpbrk(text, "\x06\x15"));
}

START_TEST(second_host_is_rejected)
{
	int first = open_host(), second;
	g_autofree char *text = NULL;

	check_host(first);
	second = open_host();
	expect_refusal(second);
	ck_assert_uint_eq(fixture.warnings, 1);
	text = g_strconcat(port_tcp_address(tcp), ": refused host 127.0.0.1:", NULL);
	ck_assert_msg(g_str_has_prefix(fixture.last_warning, text), "%s", fixture.last_warning);
	ck_assert_ptr_nonnull(strstr(fixture.last_warning, ": one at a time, and 127.0.0.1:"));
	close(second);
	check_host(first);
	ck_assert_uint_eq(opened, 1);
	close(first);
	RUN_UNTIL(closed == 1);
	second = open_host();
	check_host(second);
	close(second);
}
END_TEST

START_TEST(adapter_may_send_first)
{
	int host;

	greets = true;
	host = open_host();
	EXPECT(host, "!");
	check_host(host);
	close(host);
}
END_TEST

/* _i: whether the connection is reset. */
START_TEST(incomplete_command_is_dropped_with_its_host)
{
	int host = open_host();

	check_host(host);
	SEND(host, "\x13\x04\x00");
	RUN_UNTIL(!ops.idle(serprog));
	if (_i)
		setsockopt(
			host, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
	close(host);
	RUN_UNTIL(closed == 1);
	ck_assert_uint_eq(dropped, 1);
	host = open_host();
	check_host(host);
	close(host);
}
END_TEST

/* _i: whether the host resets the connection or closes it, with most of 16 MiB unread. */
START_TEST(disconnect_during_a_long_reply_is_noticed)
{
	int host = open_host();
	uint8_t bytes[4096];

	SEND(host, "\x13\x04\x00\x00\xff\xff\xff\x03\x00\x00\x00");
	ck_assert_uint_eq(host_read(host, bytes, sizeof(bytes), NULL), sizeof(bytes));
	host_run_dry();
	ck_assert(!g_main_context_pending(fixture.context));
	if (_i)
		setsockopt(
			host, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
	close(host);
	RUN_UNTIL(closed == 1);
	ck_assert_uint_eq(dropped, 1);
	host = open_host();
	check_host(host);
	close(host);
}
END_TEST

static void
expect_reset(int fd)
{
	uint8_t byte;
	int code = 0;

	ck_assert_uint_eq(host_read(fd, &byte, 1, &code), 0);
	ck_assert_int_eq(code, ECONNRESET);
	close(fd);
}

START_TEST(unplugged_port_serves_no_host)
{
	int host = open_host();

	check_host(host);
	ck_assert(port_tcp_is_plugged(tcp));
	port_tcp_unplug(tcp);
	ck_assert(!port_tcp_is_plugged(tcp));
	ck_assert_uint_eq(closed, 1);
	expect_reset(host);
	expect_reset(open_host());
	port_tcp_unplug(tcp);
	ck_assert_uint_eq(opened, 1);
	ck_assert_uint_eq(closed, 1);
	port_tcp_plug(tcp);
	host = open_host();
	check_host(host);
	port_tcp_plug(tcp);
	check_host(host);
	close(host);
	ck_assert_uint_eq(fixture.warnings, 0);
}
END_TEST

START_TEST(host_that_closes_its_sending_side_gets_its_replies)
{
	int host = open_host(), code = -1;
	uint8_t bytes[ARRAY_SIZE + 16];

	SEND(host, "\x13\x04\x00\x00\x00\x00\x01\x03\x00\x00\x00\x10");
	shutdown(host, SHUT_WR);
	ck_assert_uint_eq(host_read(host, bytes, sizeof(bytes), &code), 1 + ARRAY_SIZE + 2);
	ck_assert_int_eq(code, 0);
	ck_assert_uint_eq(bytes[0], 0x06);
	ck_assert_mem_eq(bytes + 1, array, ARRAY_SIZE);
	ck_assert_mem_eq(bytes + 1 + ARRAY_SIZE, "\x15\x06", 2);
	close(host);
	ck_assert_uint_eq(closed, 1);
	ck_assert_uint_eq(dropped, 0);
}
END_TEST

START_TEST(next_host_does_not_wait_for_replies_to_the_last_one)
{
	int host = open_host();

	check_host(host);
	wait_ns = 40 * INT64_C(1000000000);
	SEND(host, "\x10");
	host_run_dry();
	close(host);
	host_run_dry();
	ck_assert_uint_eq(closed, 0);
	host = open_host();
	RUN_UNTIL(opened == 2);
	ck_assert_uint_eq(closed, 1);
	wait_ns = 0;
	check_host(host);
	close(host);
	ck_assert_uint_eq(fixture.warnings, 0);
}
END_TEST

START_TEST(reset_ends_a_wait)
{
	int host = open_host();

	check_host(host);
	wait_ns = 40 * INT64_C(1000000000);
	SEND(host, "\x10");
	host_run_dry();
	setsockopt(host, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
	close(host);
	RUN_UNTIL(closed == 1);
	wait_ns = 0;
}
END_TEST

START_TEST(port_without_hosts_does_not_wake_the_loop)
{
	int host = open_host();

	check_host(host);
	host_run_dry();
	for (int i = 0; i < 100; i++)
		ck_assert(!g_main_context_pending(fixture.context));
	close(host);
	RUN_UNTIL(closed == 1);
	host_run_dry();
	for (int i = 0; i < 100; i++)
		ck_assert(!g_main_context_pending(fixture.context));
}
END_TEST

START_TEST(without_descriptors_the_port_waits)
{
	struct rlimit before, now;
	int host = open_host();

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	now = before;
	now.rlim_cur = (rlim_t)host + 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &now), 0);
	RUN_UNTIL(fixture.warnings == 1);
	host_run_dry();
	ck_assert(!g_main_context_pending(fixture.context));
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert_ptr_nonnull(
		strstr(fixture.last_warning, "cannot accept a connection: Too many open files"));
	check_host(host);
	close(host);
}
END_TEST

/* Every command without side effects, unknown ones, and data of all values. */
static const char requests[] = "\x10\x00\x01\x02\x03\x04\x05\x06\x07\x08\x11\x12\x08\xee\x7f\x10"
			       "\x14\x00\x0d\x0a\x00"
			       "\x13\x01\x00\x00\x03\x00\x00\x9f"
			       "\x13\x04\x00\x00\x00\xff\x00\x03\x00\x00\x00"
			       "\x13\x04\x00\x00\x03\x04\x00\x03\x00\x13\x11\x10";

START_TEST(bytes_are_the_same_as_on_a_terminal)
{
	struct port_watch *watch = port_watch_new(fixture.context, NULL);
	struct port_pty *pty = port_pty_new(
		fixture.context, watch, (struct base_endpoint){&ops, serprog}, NULL, NULL);
	static uint8_t by_tcp[2 * ARRAY_SIZE], by_pty[2 * ARRAY_SIZE];
	int host = open_host();
	size_t n;

	SEND(host, requests);
	shutdown(host, SHUT_WR);
	n = host_read(host, by_tcp, sizeof(by_tcp), NULL);
	close(host);
	ck_assert_uint_gt(n, 0xff00 + 0x0403);
	host = open(port_pty_path(pty), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	SEND(host, requests);
	ck_assert_uint_eq(host_read(host, by_pty, n, NULL), n);
	host_run_dry();
	ck_assert_int_eq(poll(&(struct pollfd){.fd = host, .events = POLLIN}, 1, 0), 0);
	ck_assert_mem_eq(by_tcp, by_pty, n);
	close(host);
	port_pty_destroy(pty);
	port_watch_destroy(watch);
}
END_TEST

static const struct {
	const char *address;
	const char *bound; /* without the port */
	bool is_public;
} good_addresses[] = {
	{"0", "127.0.0.1:", false},
	{"127.0.0.1:0", "127.0.0.1:", false},
	{"127.9.9.9:0", "127.9.9.9:", false},
	{"localhost:0", NULL, false},
	{"0.0.0.0:0", "0.0.0.0:", true},
	{"[::1]:0", "[::1]:", false},
	{"[::]:0", "[::]:", true},
};

static bool
has_ipv6(void)
{
	struct sockaddr_in6 here = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	bool has = fd >= 0 && bind(fd, (struct sockaddr *)&here, sizeof(here)) == 0;

	if (fd >= 0)
		close(fd);
	return has;
}

START_TEST(address_is_reported_as_bound)
{
	const char *wanted = good_addresses[_i].bound;
	struct port_tcp *other;
	const char *address, *port;

	if (good_addresses[_i].address[0] == '[' && !has_ipv6())
		return;
	other = must_listen(good_addresses[_i].address);
	address = port_tcp_address(other);
	port = strrchr(address, ':') + 1;
	if (wanted)
		ck_assert_msg(g_str_has_prefix(address, wanted), "%s", address);
	ck_assert_int_gt(atoi(port), 0);
	ck_assert(port_tcp_is_public(other) == good_addresses[_i].is_public);
	port_tcp_destroy(other);
}
END_TEST

static const char *const bad_addresses[] = {"", ":", ":4321", "65536", "-1", "+1", " 1", "1 ",
	"0x10", "localhost", "localhost:", "localhost:http", "127.0.0.1:99999", "::1", "::1:4321",
	"[::1]", "[::1]4321", "[]:4321", "[127.0.0.1]:4321", "[::1:4321", "a:b:1",
	"4321:127.0.0.1"};

START_TEST(invalid_address_is_rejected)
{
	const char *address = bad_addresses[_i];
	g_autofree char *message = g_strdup_printf(
		"cannot listen on \"%s\": no such address; allowed is [HOST:]PORT with a port of 0 "
		"(any free one) to 65535 and an IPv6 host in brackets, such as 4321, 0.0.0.0:4321 "
		"or [::1]:4321",
		address);
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(port_tcp_new(
		fixture.context, (struct base_endpoint){&ops, serprog}, address, &error));
	ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
	ck_assert_str_eq(error->message, message);
}
END_TEST

static void
assert_refused(const char *address, const char *reason)
{
	g_autofree char *message =
		g_strdup_printf("cannot listen on \"%s\": %s; allowed is a free port of this "
				"machine, or 0 for any",
			address, reason);
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(port_tcp_new(
		fixture.context, (struct base_endpoint){&ops, serprog}, address, &error));
	ck_assert_str_eq(error->message, message);
}

START_TEST(unavailable_address_is_rejected)
{
	g_autoptr(GError) error = NULL;

	assert_refused(port_tcp_address(tcp), "Address already in use");
	/* TEST-NET-1 (RFC 5737) is assigned to no host. */
	assert_refused("192.0.2.1:0", "Cannot assign requested address");
	ck_assert_ptr_null(port_tcp_new(
		fixture.context, (struct base_endpoint){&ops, serprog}, "no such host:1", &error));
	ck_assert_msg(g_str_has_prefix(error->message,
			      "cannot listen on \"no such host:1\": host no such host: "),
		"%s", error->message);
	ck_assert(
		g_str_has_suffix(error->message, "; allowed is a name or number of this machine"));
}
END_TEST

START_TEST(address_can_be_reused_at_once)
{
	g_autofree char *address = g_strdup(port_tcp_address(tcp));
	int host = open_host();

	check_host(host);
	port_tcp_destroy(tcp);
	ck_assert_uint_eq(closed, 1);
	expect_closed(host);
	close(host);
	tcp = must_listen(address);
	ck_assert_str_eq(port_tcp_address(tcp), address);
	host = open_host();
	check_host(host);
	close(host);
}
END_TEST

Suite *
suite_tcp(void)
{
	Suite *suite = suite_create("tcp");
	TCase *tcase = tcase_create("tcp");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, hosts_connect_and_disconnect);
	tcase_add_test(tcase, host_after_a_disconnect_is_served_at_once);
	tcase_add_test(tcase, second_host_is_rejected);
	tcase_add_test(tcase, adapter_may_send_first);
	tcase_add_test(tcase, unplugged_port_serves_no_host);
	tcase_add_loop_test(tcase, incomplete_command_is_dropped_with_its_host, 0, 2);
	tcase_add_loop_test(tcase, disconnect_during_a_long_reply_is_noticed, 0, 2);
	tcase_add_test(tcase, host_that_closes_its_sending_side_gets_its_replies);
	tcase_add_test(tcase, next_host_does_not_wait_for_replies_to_the_last_one);
	tcase_add_test(tcase, reset_ends_a_wait);
	tcase_add_test(tcase, port_without_hosts_does_not_wake_the_loop);
	tcase_add_test(tcase, without_descriptors_the_port_waits);
	tcase_add_test(tcase, bytes_are_the_same_as_on_a_terminal);
	tcase_add_loop_test(
		tcase, address_is_reported_as_bound, 0, (int)G_N_ELEMENTS(good_addresses));
	tcase_add_loop_test(
		tcase, invalid_address_is_rejected, 0, (int)G_N_ELEMENTS(bad_addresses));
	tcase_add_test(tcase, unavailable_address_is_rejected);
	tcase_add_test(tcase, address_can_be_reused_at_once);
	suite_add_tcase(suite, tcase);
	return suite;
}
