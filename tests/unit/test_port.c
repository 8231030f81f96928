/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real pseudo-terminals: hosts that connect, disconnect, die, connect twice or do not read.
 *
 * long: every case needs the same test adapter and the same fixture that counts descriptors.
 */
#define _GNU_SOURCE /* posix_openpt(), ptsname() */
#include "host_fixture.h"
#include "port/port.h"
#include "port/symlink.h"
#include "suites.h"
#include "wall.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define BULK_BYTES (16u << 20)

/*
 * An adapter of four commands: 00 replies 06, 10 replies 15 06, 01 N and N bytes are echoed,
 * FF replies 16 MiB.
 */
struct echo {
	unsigned opened, closed;
	unsigned dropped; /* commands that were incomplete when the host disconnected */
	uint8_t command[2 + 255];
	size_t received;
	uint8_t reply[300];
	size_t reply_start, reply_end;
	size_t bulk;     /* still to be given */
	size_t taken;    /* bytes in total */
	size_t chunk;    /* limit of bytes per call; 0: none */
	int64_t cost_ns; /* of each call of give() that gives something; 0: none */
	size_t gives;    /* their number */
	int64_t slow;    /* delay of each reply, us */
	int64_t ready;   /* monotonic us, earliest time of the reply */
	int looks;       /* number of queries that still report a wait; afterwards none */
};

static bool
echo_busy(const struct echo *echo)
{
	return echo->reply_start < echo->reply_end || echo->bulk > 0;
}

static void
echo_reply(struct echo *echo, const void *bytes, size_t n)
{
	memcpy(echo->reply, bytes, n);
	echo->reply_start = 0;
	echo->reply_end = n;
	echo->received = 0;
	echo->ready = echo->slow ? g_get_monotonic_time() + echo->slow : 0;
}

static void
echo_byte(struct echo *echo, uint8_t byte)
{
	echo->command[echo->received++] = byte;
	switch (echo->command[0]) {
	case 0x00:
		echo_reply(echo, "\x06", 1);
		break;
	case 0x10:
		echo_reply(echo, "\x15\x06", 2);
		break;
	case 0x01:
		if (echo->received >= 2 && echo->received == 2u + echo->command[1])
			echo_reply(echo, echo->command + 2, echo->command[1]);
		break;
	case 0xff:
		echo->bulk = BULK_BYTES;
		echo->received = 0;
		break;
	default:
		echo_reply(echo, "\x15", 1);
		break;
	}
}

static void
echo_opened(void *self)
{
	((struct echo *)self)->opened++;
}

static size_t
echo_take(void *self, const uint8_t *in, size_t n)
{
	struct echo *echo = self;
	size_t i;

	if (echo->chunk && n > echo->chunk)
		n = echo->chunk;
	for (i = 0; i < n && !echo_busy(echo); i++)
		echo_byte(echo, in[i]);
	echo->taken += i;
	return i;
}

static size_t
echo_give(void *self, uint8_t *out, size_t room)
{
	struct echo *echo = self;
	size_t n;

	if (echo->bulk > 0) {
		n = MIN(room, echo->bulk);
		for (size_t i = 0; i < n; i++)
			out[i] = (uint8_t)((BULK_BYTES - echo->bulk + i) * 7 >> 3);
		echo->bulk -= n;
		return n;
	}
	n = MIN(room, echo->reply_end - echo->reply_start);
	if (echo->cost_ns > 0 && n > 0) {
		wall_advance(echo->cost_ns);
		echo->gives++;
		n = 1;
	}
	memcpy(out, echo->reply + echo->reply_start, n);
	echo->reply_start += n;
	return n;
}

static int64_t
echo_wait_ns(void *self)
{
	struct echo *echo = self;

	if (echo->looks > 0 && echo_busy(echo)) {
		echo->looks--;
		return 1;
	}
	return echo->ready ? (echo->ready - g_get_monotonic_time()) * 1000 : 0;
}

static bool
echo_idle(void *self)
{
	struct echo *echo = self;

	return echo->received == 0 && !echo_busy(echo);
}

/* Hosts begin with commands 00 and 10. */
static size_t
echo_stale(void *self, const uint8_t *in, size_t n)
{
	(void)self;
	while (n > 0 && (in[n - 1] == 0x00 || in[n - 1] == 0x10))
		n--;
	return n;
}

static void
echo_closed(void *self)
{
	struct echo *echo = self;

	if (!echo_idle(echo))
		echo->dropped++;
	echo->closed++;
	echo->received = echo->reply_start = echo->reply_end = echo->bulk = 0;
	echo->ready = 0;
}

static const struct base_endpoint_ops echo_ops = {
	.host_opened = echo_opened,
	.take = echo_take,
	.give = echo_give,
	.wait_ns = echo_wait_ns,
	.idle = echo_idle,
	.count_stale = echo_stale,
	.host_closed = echo_closed,
};

static struct port_watch *watch;
static struct echo echo;
static struct port_pty *pty;

static void
setup(void)
{
	host_fixture_setup();
	watch = port_watch_new(fixture.context, NULL);
	ck_assert_ptr_nonnull(watch);
	memset(&echo, 0, sizeof(echo));
	pty = port_pty_new(
		fixture.context, watch, (struct base_endpoint){&echo_ops, &echo}, NULL, NULL);
	ck_assert_ptr_nonnull(pty);
}

static void
teardown(void)
{
	port_pty_destroy(pty);
	port_watch_destroy(watch);
	host_fixture_teardown();
}

static int
open_host(void)
{
	int fd = open(port_pty_path(pty), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

	ck_assert_int_ge(fd, 0);
	return fd;
}

/* A whole command and its reply, with nothing before, between or after. */
static void
check_host(int fd)
{
	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	SEND(fd, "\x01\x05\x0d\x0a\x03\x11\x7f");
	EXPECT(fd, "\x0d\x0a\x03\x11\x7f");
	ck_assert_int_eq(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 0), 0);
}

START_TEST(bytes_pass_unchanged_in_both_directions)
{
	int host = open_host();
	uint8_t command[2 + 255], reply[255];

	for (size_t i = 0; i < 255; i++)
		command[2 + i] = (uint8_t)(i + 1);
	command[0] = 0x01;
	command[1] = 255;
	/* in pieces of every size, on both sides */
	for (size_t piece = 1; piece < sizeof(command); piece += 13) {
		echo.chunk = piece % 5;
		for (size_t at = 0; at < sizeof(command); at += piece) {
			size_t n = MIN(piece, sizeof(command) - at), before = echo.taken;

			ck_assert_int_eq(write(host, command + at, n), (ssize_t)n);
			RUN_UNTIL(echo.taken == before + n);
		}
		ck_assert_uint_eq(host_read(host, reply, sizeof(reply), NULL), sizeof(reply));
		ck_assert_mem_eq(reply, command + 2, sizeof(reply));
	}
	ck_assert_uint_eq(echo.opened, 1);
	close(host);
	RUN_UNTIL(echo.closed == 1);
}
END_TEST

START_TEST(requests_sent_ahead_are_all_answered)
{
	int host = open_host();
	uint8_t replies[3000];

	memset(replies, 0, sizeof(replies));
	ck_assert_int_eq(write(host, replies, sizeof(replies)), (ssize_t)sizeof(replies));
	ck_assert_uint_eq(host_read(host, replies, sizeof(replies), NULL), sizeof(replies));
	for (size_t i = 0; i < sizeof(replies); i++)
		ck_assert_uint_eq(replies[i], 0x06);
	close(host);
}
END_TEST

/* _i: whether the host's last bytes arrive together with its hang-up. */
START_TEST(killed_host_does_not_disturb_the_next)
{
	for (unsigned round = 1; round <= 50; round++) {
		int host = open_host();
		size_t before = echo.taken;

		SEND(host, "\x01\x50 half of it");
		RUN_UNTIL(echo.taken == before + 13);
		if (_i)
			SEND(host, "\x00\x00 and more \x10\x10");
		close(host);
		RUN_UNTIL(echo.closed == 2 * round - 1);
		ck_assert_uint_eq(echo.dropped, round);
		ck_assert_uint_eq(echo.taken, before + 13);
		host = open_host();
		check_host(host);
		close(host);
		RUN_UNTIL(echo.closed == 2 * round);
	}
}
END_TEST

START_TEST(host_that_disconnects_unnoticed_leaves_no_bytes)
{
	int host = open_host();

	SEND(host, "\x01\x50 half of it");
	close(host);
	while (g_main_context_iteration(fixture.context, FALSE))
		;
	ck_assert_uint_eq(echo.taken, 0);
	host = open_host();
	check_host(host);
	close(host);
	RUN_UNTIL(echo.closed == 1);
}
END_TEST

START_TEST(first_byte_of_the_next_host_is_never_lost)
{
	for (unsigned round = 1; round <= 200; round++) {
		int host = open_host();
		size_t before = echo.taken;

		SEND(host, "\x01\x50 in the middle");
		RUN_UNTIL(echo.taken > before);
		close(host);
		/* Connects before the port has noticed: */
		host = open_host();
		SEND(host, "\x10");
		EXPECT(host, "\x15\x06");
		ck_assert_uint_eq(echo.dropped, round);
		check_host(host);
		close(host);
		RUN_UNTIL(echo.closed == 2 * round);
	}
}
END_TEST

START_TEST(host_after_a_clean_disconnect_loses_no_byte)
{
	int host = open_host();

	check_host(host);
	for (unsigned round = 0; round < 200; round++) {
		close(host);
		host = open_host();
		/* Not a NOP: a dropped command would be noticed. */
		SEND(host,
			"\x01\x03"
			"abc");
		EXPECT(host, "abc");
		ck_assert_uint_eq(echo.closed, round + 1);
		ck_assert_uint_eq(echo.opened, round + 2);
	}
	ck_assert_uint_eq(echo.dropped, 0);
	close(host);
}
END_TEST

START_TEST(unread_replies_do_not_reach_the_next_host)
{
	for (unsigned round = 1; round <= 50; round++) {
		int host = open_host();
		size_t before = echo.taken;

		SEND(host, "\x01\x06 stale\xff");
		RUN_UNTIL(echo.taken == before + 9);
		close(host);
		if (_i)
			RUN_UNTIL(echo.closed == 2 * round - 1);
		host = open_host();
		RUN_UNTIL(echo.opened == 2 * round);
		check_host(host);
		close(host);
		RUN_UNTIL(echo.closed == 2 * round);
	}
}
END_TEST

/* Half a command that was not read when the next host opened the line and synchronised. */
START_TEST(unread_half_of_a_command_does_not_take_the_next_hosts_bytes)
{
	for (unsigned round = 1; round <= 200; round++) {
		int host = open_host();

		if (_i)
			check_host(host);
		else
			RUN_UNTIL(echo.opened == 2 * round - 1);
		SEND(host, "\x01\x20 half of it");
		close(host);
		host = open_host();
		SEND(host, "\x10");
		EXPECT(host, "\x15\x06");
		check_host(host);
		close(host);
		RUN_UNTIL(echo.closed == 2 * round);
	}
}
END_TEST

/* The first host's reply is longer than the line holds, so the adapter waits for room. */
START_TEST(flushing_the_line_does_not_bring_more_of_the_last_hosts_reply)
{
	for (unsigned round = 1; round <= 50; round++) {
		int host = open_host();

		SEND(host, "\xff");
		host_run_dry();
		ck_assert_uint_gt(echo.bulk, 0);
		close(host);
		host = open_host();
		tcflush(host, TCIFLUSH);
		SEND(host, "\x10");
		EXPECT(host, "\x15\x06");
		check_host(host);
		close(host);
		RUN_UNTIL(echo.closed == 2 * round);
	}
}
END_TEST

/* The limit of what a port can do: none of its code runs here between the two hosts. */
START_TEST(replies_in_the_kernel_reach_a_host_that_reads_at_once)
{
	int host = open_host();

	SEND(host, "\x10");
	RUN_UNTIL(echo.taken == 1);
	host_run_dry();
	ck_assert_int_eq(poll(&(struct pollfd){.fd = host, .events = POLLIN}, 1, -1), 1);
	close(host);
	host = open_host();
	uint8_t reply[2];

	ck_assert_int_eq(read(host, reply, sizeof(reply)), 2);
	ck_assert_mem_eq(reply, "\x15\x06", 2);
	close(host);
	RUN_UNTIL(echo.closed == 1);
}
END_TEST

/* The same limit for what hosts send: "aab" is read after the same events, whether the second host
 * sent "ab" or "b". */
START_TEST(kernel_reports_no_boundary_between_the_bytes_of_two_hosts)
{
	static const char *const sent[][2] = {{"a", "ab"}, {"aa", "b"}};
	char seen[2][1024] = {0};
	ssize_t lengths[2];

	for (int i = 0; i < 2; i++) {
		int events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
		int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
		char bytes[8] = "";
		g_autofree char *path = NULL;

		ck_assert_int_eq(unlockpt(master), 0);
		path = g_strdup(ptsname(master));
		inotify_add_watch(events, path, IN_ALL_EVENTS);
		for (int of = 0; of < 2; of++) {
			int host = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
			struct termios raw;

			tcgetattr(host, &raw);
			cfmakeraw(&raw);
			tcsetattr(host, TCSANOW, &raw);
			host_write(host, sent[i][of], strlen(sent[i][of]));
			close(host);
		}
		for (size_t got = 0; got < 3;)
			got += (size_t)read(master, bytes + got, 3 - got);
		ck_assert_str_eq(bytes, "aab");
		lengths[i] = read(events, seen[i], sizeof(seen[i]));
		close(master);
		close(events);
	}
	ck_assert_int_gt(lengths[0], 0);
	ck_assert_int_eq(lengths[0], lengths[1]);
	ck_assert_mem_eq(seen[0], seen[1], (size_t)lengths[0]);
}
END_TEST

START_TEST(settings_of_a_host_are_reset_when_it_disconnects)
{
	int host = open_host(), exclusive = -1;
	struct termios termios;

	check_host(host);
	tcgetattr(host, &termios);
	ck_assert_uint_eq(termios.c_lflag & (ICANON | ECHO | ISIG), 0);
	termios.c_iflag |= ICRNL | IXON;
	termios.c_oflag |= OPOST | ONLCR;
	termios.c_lflag |= ICANON | ECHO | ISIG;
	tcsetattr(host, TCSANOW, &termios);
	ioctl(host, TIOCEXCL);
	tcflow(host, TCOOFF);
	close(host);
	RUN_UNTIL(echo.closed == 1);
	host = open_host();
	ck_assert_int_eq(ioctl(host, TIOCGEXCL, &exclusive), 0);
	ck_assert_int_eq(exclusive, 0);
	check_host(host);
	close(host);
}
END_TEST

START_TEST(two_hosts_at_once_log_a_warning)
{
	int first = open_host(), second, third;

	check_host(first);
	ck_assert_uint_eq(fixture.warnings, 0);
	second = open_host();
	RUN_UNTIL(fixture.warnings == 1);
	ck_assert_ptr_nonnull(strstr(fixture.last_warning, port_pty_path(pty)));
	third = open_host();
	close(first);
	close(third);
	check_host(second);
	ck_assert_uint_eq(fixture.warnings, 1);
	ck_assert_uint_eq(echo.closed, 0);
	close(second);
	RUN_UNTIL(echo.closed == 1);
	/* The number of hosts is correct again. */
	for (unsigned round = 1; round <= 10; round++) {
		first = open_host();
		check_host(first);
		close(first);
		RUN_UNTIL(echo.closed == 1 + round);
	}
	ck_assert_uint_eq(fixture.warnings, 1);
}
END_TEST

START_TEST(merged_events_do_not_confuse_the_count)
{
	int hosts[8];

	for (unsigned round = 1; round <= 20; round++) {
		hosts[0] = open_host();
		RUN_UNTIL(echo.opened > echo.closed);
		/* Seven OPEN events merge into one. */
		for (int i = 1; i < 8; i++)
			hosts[i] = open_host();
		RUN_UNTIL(fixture.warnings == round);
		SEND(hosts[0], "\x00");
		EXPECT(hosts[0], "\x06");
		for (int i = 0; i < 7; i++)
			close(hosts[i]);
		check_host(hosts[7]);
		close(hosts[7]);
		RUN_UNTIL(echo.closed == echo.opened);
		hosts[0] = open_host();
		check_host(hosts[0]);
		close(hosts[0]);
		RUN_UNTIL(echo.closed == echo.opened);
	}
}
END_TEST

START_TEST(connecting_and_disconnecting_leaks_no_descriptor)
{
	int before = host_count_descriptors();

	for (unsigned round = 1; round <= 200; round++) {
		int host = open_host();

		SEND(host, "\x00");
		EXPECT(host, "\x06");
		close(host);
		RUN_UNTIL(echo.closed == round);
		ck_assert_int_eq(host_count_descriptors(), before);
	}
	ck_assert_uint_eq(echo.opened, 200);
}
END_TEST

START_TEST(host_that_does_not_read_stops_the_adapter)
{
	int host = open_host();
	uint8_t *image = g_malloc(BULK_BYTES);
	size_t left;

	SEND(host, "\xff\x00");
	RUN_UNTIL(echo.bulk > 0 && echo.bulk < BULK_BYTES);
	/* The kernel moves bytes to the host in a thread of its own, which makes room again. */
	RUN_UNTIL(!g_main_context_pending(fixture.context));
	left = echo.bulk;
	ck_assert_uint_ge(left, BULK_BYTES - (256u << 10));
	ck_assert_uint_eq(host_read(host, image, BULK_BYTES, NULL), BULK_BYTES);
	for (size_t i = 0; i < BULK_BYTES; i++) {
		if (image[i] != (uint8_t)(i * 7 >> 3))
			ck_abort_msg("byte %zu is %02x", i, image[i]);
	}
	EXPECT(host, "\x06");
	g_free(image);
	close(host);
}
END_TEST

/* 200 ms of work: a dispatch does a few ms of it, and then lets other sources have their turn. */
START_TEST(long_computation_is_split_into_turns)
{
	int host = open_host();
	uint8_t request[202] = {0x01, 200};
	size_t most = 0;

	RUN_UNTIL(echo.opened == 1);
	echo.cost_ns = 1000000;
	for (size_t i = 0; i < 200; i++)
		request[2 + i] = (uint8_t)(i * 11);
	host_write(host, request, sizeof(request));
	wall_stop();
	while (echo.gives < 200) {
		size_t before = echo.gives;

		g_main_context_iteration(fixture.context, FALSE);
		most = MAX(most, echo.gives - before);
	}
	ck_assert_uint_gt(most, 1);
	ck_assert_uint_le(most, 5);
	host_expect(host, request + 2, 200);
	close(host);
	RUN_UNTIL(echo.closed == 1);
}
END_TEST

START_TEST(idle_line_does_not_wake_the_loop)
{
	int host = open_host();

	check_host(host);
	while (g_main_context_iteration(fixture.context, FALSE))
		;
	for (int i = 0; i < 100; i++)
		ck_assert(!g_main_context_pending(fixture.context));
	close(host);
	RUN_UNTIL(echo.closed == 1);
	while (g_main_context_iteration(fixture.context, FALSE))
		;
	for (int i = 0; i < 100; i++)
		ck_assert(!g_main_context_pending(fixture.context));
}
END_TEST

static const int64_t delays_us[] = {200, 1500, 5300};

START_TEST(replies_wait_for_wall_time)
{
	int host = open_host();

	echo.slow = delays_us[_i];
	for (int round = 0; round < 5; round++) {
		int64_t start = g_get_monotonic_time();

		SEND(host, "\x00");
		EXPECT(host, "\x06");
		ck_assert_int_ge(g_get_monotonic_time() - start, delays_us[_i]);
	}
	close(host);
	RUN_UNTIL(echo.closed == 1);
}
END_TEST

/* Time advances while the pump runs: the first query reports a wait that has ended at the next. */
START_TEST(a_wait_that_ends_between_two_queries_is_not_missed)
{
	int host = open_host();

	for (int round = 0; round < 3; round++) {
		echo.looks = _i;
		SEND(host, "\x10");
		EXPECT(host, "\x15\x06");
		ck_assert_int_eq(echo.looks, 0);
	}
	close(host);
	RUN_UNTIL(echo.closed == 1);
}
END_TEST

START_TEST(end_of_a_session_does_not_end_the_line)
{
	for (unsigned round = 1; round <= 5; round++) {
		pid_t child = fork();
		int status, host;

		if (child == 0) {
			/* Becomes the controlling terminal of the session, which hangs it up when
			 * it ends. */
			setsid();
			int fd = open(port_pty_path(pty), O_RDWR);
			_exit(write(fd, "\x01\x20 dying", 8) == 8 ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_int_eq(status, 0);
		RUN_UNTIL(!g_main_context_pending(fixture.context));
		while (g_main_context_iteration(fixture.context, FALSE))
			;
		host = open_host();
		check_host(host);
		close(host);
		RUN_UNTIL(echo.opened == echo.closed && echo_idle(&echo));
	}
	ck_assert_uint_eq(fixture.warnings, 0);
}
END_TEST

/* The host sees the same as when a cable is unplugged. */
static void
check_hung_up(int host)
{
	struct pollfd line = {.fd = host, .events = POLLIN};
	uint8_t byte;

	ck_assert_int_eq(poll(&line, 1, 0), 1);
	ck_assert(line.revents & POLLHUP);
	ck_assert_int_le(read(host, &byte, 1), 0);
	ck_assert_int_eq(write(host, "\x00", 1), -1);
	ck_assert_int_eq(errno, EIO);
}

START_TEST(unplugging_removes_the_device)
{
	int host = open_host();
	char *path = g_strdup(port_pty_path(pty));
	size_t before;

	check_host(host);
	before = echo.taken;
	SEND(host, "\x01\x50 half of it");
	RUN_UNTIL(echo.taken == before + 13);
	port_pty_unplug(pty);
	ck_assert_uint_eq(echo.closed, 1);
	ck_assert_uint_eq(echo.dropped, 1);
	ck_assert_ptr_null(port_pty_path(pty));
	ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
	check_hung_up(host);
	port_pty_unplug(pty);
	ck_assert_uint_eq(echo.closed, 1);
	host_run_dry();
	for (int i = 0; i < 100; i++)
		ck_assert(!g_main_context_pending(fixture.context));
	close(host);
	g_free(path);
}
END_TEST

START_TEST(plugging_in_again_creates_a_new_device)
{
	int old = open_host(), host;

	check_host(old);
	port_pty_unplug(pty);
	ck_assert(port_pty_plug(pty, NULL));
	ck_assert(port_pty_plug(pty, NULL));
	host = open_host();
	check_host(host);
	/* The host of the old device is not connected to the new one. */
	check_hung_up(old);
	close(old);
	host_run_dry();
	check_host(host);
	ck_assert_uint_eq(echo.opened, 2);
	ck_assert_uint_eq(echo.closed, 1);
	close(host);
	RUN_UNTIL(echo.closed == 2);
	ck_assert_uint_eq(fixture.warnings, 0);
}
END_TEST

/* _i: the state at the time of unplugging. */
START_TEST(unplugging_at_any_time_leaks_no_descriptor)
{
	int before = host_count_descriptors();

	for (unsigned round = 1; round <= 50; round++) {
		int host = open_host();

		if (_i == 0) {
			RUN_UNTIL(echo.opened == round);
			close(host);
			host = -1;
		} else if (_i == 1) {
			SEND(host, "\xff");
			RUN_UNTIL(echo.bulk > 0 && echo.bulk < BULK_BYTES);
		} else if (_i == 2) {
			echo.slow = 10 * G_USEC_PER_SEC;
			SEND(host, "\x00");
			RUN_UNTIL(echo_busy(&echo));
		}
		port_pty_unplug(pty);
		host_run_dry();
		ck_assert_uint_eq(echo.opened, echo.closed);
		ck_assert_int_eq(host_count_descriptors(), before - 2 + (host >= 0));
		if (host >= 0)
			close(host);
		ck_assert(port_pty_plug(pty, NULL));
		ck_assert_int_eq(host_count_descriptors(), before);
		echo.slow = 0;
		host = open_host();
		check_host(host);
		close(host);
		RUN_UNTIL(echo.opened == echo.closed);
		echo.opened = echo.closed = round;
	}
}
END_TEST

static gpointer
run_loop(gpointer loop)
{
	g_main_loop_run(loop);
	return NULL;
}

START_TEST(adapters_in_threads_keep_hosts_apart)
{
	enum {
		N = 4,
		ROUNDS = 300
	};
	GMainContext *contexts[N];
	GMainLoop *loops[N], *main_loop = g_main_loop_new(fixture.context, FALSE);
	GThread *threads[N], *main_thread;
	struct port_pty *ptys[N];
	struct echo echoes[N];

	memset(echoes, 0, sizeof(echoes));
	for (int i = 0; i < N; i++) {
		contexts[i] = g_main_context_new();
		loops[i] = g_main_loop_new(contexts[i], FALSE);
		ptys[i] = port_pty_new(contexts[i], watch,
			(struct base_endpoint){&echo_ops, &echoes[i]}, NULL, NULL);
		threads[i] = g_thread_new("adapter", run_loop, loops[i]);
	}
	main_thread = g_thread_new("main", run_loop, main_loop);
	for (int round = 0; round < ROUNDS; round++) {
		int i = round % N;
		int fd = open(port_pty_path(ptys[i]), O_RDWR | O_NOCTTY);
		uint8_t reply[2] = "";

		ck_assert_int_ge(fd, 0);
		SEND(fd, "\x10");
		for (size_t got = 0; got < 2; got++) {
			struct pollfd ready = {.fd = fd, .events = POLLIN};

			ck_assert_msg(poll(&ready, 1, (int)WALL_LIMIT_MS) == 1,
				"no reply in round %d", round);
			ck_assert_int_eq(read(fd, reply + got, 1), 1);
		}
		ck_assert_mem_eq(reply, "\x15\x06", 2);
		close(fd);
	}
	for (int i = 0; i < N; i++) {
		g_main_loop_quit(loops[i]);
		g_thread_join(threads[i]);
		port_pty_destroy(ptys[i]);
		g_main_loop_unref(loops[i]);
		g_main_context_unref(contexts[i]);
	}
	g_main_loop_quit(main_loop);
	g_thread_join(main_thread);
	g_main_loop_unref(main_loop);
}
END_TEST

static char *link_dir, *link_path;

static void
setup_link(void)
{
	link_dir = g_dir_make_tmp("spinor-link-XXXXXX", NULL);
	ck_assert_ptr_nonnull(link_dir);
	link_path = g_build_filename(link_dir, "ttyFLASH", NULL);
}

static void
teardown_link(void)
{
	/* Fails if other files are left. */
	g_unlink(link_path);
	ck_assert_int_eq(g_rmdir(link_dir), 0);
	g_free(link_path);
	g_free(link_dir);
}

static void
expect_link(const char *target)
{
	char *is = g_file_read_link(link_path, NULL);

	ck_assert_ptr_nonnull(is);
	ck_assert_str_eq(is, target);
	g_free(is);
}

static void
expect_refusal(const char *path, const char *reason)
{
	GError *error = NULL;

	ck_assert_ptr_null(port_symlink_new(path, "/dev/pts/7", &error));
	ck_assert_ptr_nonnull(error);
	ck_assert_msg(strstr(error->message, path) && strstr(error->message, reason) &&
			!strchr(error->message, '\n'),
		"%s", error->message);
	g_error_free(error);
}

START_TEST(link_exists_while_the_port_exists)
{
	struct port_pty *linked = port_pty_new(
		fixture.context, watch, (struct base_endpoint){&echo_ops, &echo}, link_path, NULL);

	ck_assert_ptr_nonnull(linked);
	expect_link(port_pty_path(linked));
	port_pty_destroy(linked);
	ck_assert(!g_file_test(link_path, G_FILE_TEST_IS_SYMLINK));
}
END_TEST

START_TEST(stale_link_is_replaced)
{
	struct port_symlink *link;

	/* The old number may now belong to another terminal, or to none. */
	ck_assert_int_eq(symlink(_i ? port_pty_path(pty) : "/dev/pts/999999", link_path), 0);
	link = port_symlink_new(link_path, "/dev/pts/7", NULL);
	ck_assert_ptr_nonnull(link);
	expect_link("/dev/pts/7");
	port_symlink_destroy(link);
	ck_assert(!g_file_test(link_path, G_FILE_TEST_IS_SYMLINK));
}
END_TEST

START_TEST(link_exists_while_the_cable_is_plugged_in)
{
	struct port_pty *linked = port_pty_new(
		fixture.context, watch, (struct base_endpoint){&echo_ops, &echo}, link_path, NULL);
	GError *error = NULL;

	port_pty_unplug(linked);
	ck_assert(!g_file_test(link_path, G_FILE_TEST_IS_SYMLINK));
	/* The name remains reserved. */
	expect_refusal(link_path, "in use by another spinord");
	ck_assert(port_pty_plug(linked, NULL));
	expect_link(port_pty_path(linked));
	port_pty_unplug(linked);
	/* A file that another program created meanwhile is kept. */
	ck_assert(g_file_set_contents(link_path, "precious", -1, NULL));
	ck_assert(!port_pty_plug(linked, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "another file is there"));
	g_clear_error(&error);
	ck_assert_ptr_null(port_pty_path(linked));
	g_unlink(link_path);
	ck_assert(port_pty_plug(linked, NULL));
	expect_link(port_pty_path(linked));
	port_pty_unplug(linked);
	port_pty_destroy(linked);
	ck_assert(!g_file_test(link_path, G_FILE_TEST_IS_SYMLINK));
}
END_TEST

START_TEST(link_in_use_is_rejected)
{
	struct port_symlink *link = port_symlink_new(link_path, "/dev/pts/8", NULL);
	char *detour = g_build_filename(link_dir, "..", NULL);
	char *name = g_path_get_basename(link_dir);
	char *other = g_build_filename(detour, name, "ttyFLASH", NULL);

	ck_assert_ptr_nonnull(link);
	expect_refusal(link_path, "in use by another spinord");
	expect_link("/dev/pts/8");
	/* also by another path to the directory */
	GError *error = NULL;
	ck_assert_ptr_null(port_symlink_new(other, "/dev/pts/7", &error));
	ck_assert_ptr_nonnull(error);
	g_error_free(error);
	expect_link("/dev/pts/8");
	port_symlink_destroy(link);
	g_free(other);
	g_free(name);
	g_free(detour);
}
END_TEST

START_TEST(link_does_not_replace_other_files)
{
	char *text;
	static const char *const foreign[] = {
		"/dev/ttyUSB0", "/dev/pts/", "/dev/pts/7x", "/dev/pts/../null", "7"};

	ck_assert(g_file_set_contents(link_path, "precious", -1, NULL));
	expect_refusal(link_path, "another file is there");
	ck_assert(g_file_get_contents(link_path, &text, NULL, NULL));
	ck_assert_str_eq(text, "precious");
	g_free(text);
	g_unlink(link_path);
	for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
		ck_assert_int_eq(symlink(foreign[i], link_path), 0);
		expect_refusal(link_path, "another file is there");
		expect_link(foreign[i]);
		g_unlink(link_path);
	}
	ck_assert_int_eq(g_mkdir(link_path, 0700), 0);
	expect_refusal(link_path, "another file is there");
	ck_assert_int_eq(g_rmdir(link_path), 0);
}
END_TEST

START_TEST(link_needs_a_directory)
{
	expect_refusal("/nonexistent/ttyFLASH", "directory /nonexistent: No such file");
	expect_refusal("/tmp/", "names no file");
	expect_refusal("/tmp/.", "names no file");
	expect_refusal("/tmp/..", "names no file");
}
END_TEST

START_TEST(link_with_another_target_is_not_removed)
{
	struct port_symlink *link = port_symlink_new(link_path, "/dev/pts/7", NULL);

	ck_assert_ptr_nonnull(link);
	g_unlink(link_path);
	ck_assert_int_eq(symlink("/dev/ttyUSB0", link_path), 0);
	port_symlink_destroy(link);
	expect_link("/dev/ttyUSB0");
}
END_TEST

Suite *
suite_port(void)
{
	Suite *suite = suite_create("port");
	TCase *hosts = tcase_create("hosts");
	TCase *link = tcase_create("link");

	tcase_set_timeout(hosts, 60);
	tcase_add_checked_fixture(hosts, setup, teardown);
	tcase_add_test(hosts, bytes_pass_unchanged_in_both_directions);
	tcase_add_test(hosts, requests_sent_ahead_are_all_answered);
	tcase_add_loop_test(hosts, killed_host_does_not_disturb_the_next, 0, 2);
	tcase_add_test(hosts, host_that_disconnects_unnoticed_leaves_no_bytes);
	tcase_add_test(hosts, first_byte_of_the_next_host_is_never_lost);
	tcase_add_test(hosts, host_after_a_clean_disconnect_loses_no_byte);
	tcase_add_loop_test(hosts, unread_replies_do_not_reach_the_next_host, 0, 2);
	tcase_add_loop_test(
		hosts, unread_half_of_a_command_does_not_take_the_next_hosts_bytes, 0, 2);
	tcase_add_test(hosts, flushing_the_line_does_not_bring_more_of_the_last_hosts_reply);
	tcase_add_test(hosts, replies_in_the_kernel_reach_a_host_that_reads_at_once);
	tcase_add_test(hosts, kernel_reports_no_boundary_between_the_bytes_of_two_hosts);
	tcase_add_test(hosts, settings_of_a_host_are_reset_when_it_disconnects);
	tcase_add_test(hosts, two_hosts_at_once_log_a_warning);
	tcase_add_test(hosts, merged_events_do_not_confuse_the_count);
	tcase_add_test(hosts, connecting_and_disconnecting_leaks_no_descriptor);
	tcase_add_test(hosts, host_that_does_not_read_stops_the_adapter);
	tcase_add_test(hosts, long_computation_is_split_into_turns);
	tcase_add_test(hosts, idle_line_does_not_wake_the_loop);
	tcase_add_loop_test(hosts, replies_wait_for_wall_time, 0, (int)G_N_ELEMENTS(delays_us));
	tcase_add_loop_test(hosts, a_wait_that_ends_between_two_queries_is_not_missed, 1, 7);
	tcase_add_test(hosts, end_of_a_session_does_not_end_the_line);
	tcase_add_test(hosts, unplugging_removes_the_device);
	tcase_add_test(hosts, plugging_in_again_creates_a_new_device);
	tcase_add_loop_test(hosts, unplugging_at_any_time_leaks_no_descriptor, 0, 4);
	tcase_add_test(hosts, adapters_in_threads_keep_hosts_apart);
	suite_add_tcase(suite, hosts);
	tcase_add_checked_fixture(link, setup, teardown);
	tcase_add_checked_fixture(link, setup_link, teardown_link);
	tcase_add_test(link, link_exists_while_the_port_exists);
	tcase_add_loop_test(link, stale_link_is_replaced, 0, 2);
	tcase_add_test(link, link_exists_while_the_cable_is_plugged_in);
	tcase_add_test(link, link_in_use_is_rejected);
	tcase_add_test(link, link_does_not_replace_other_files);
	tcase_add_test(link, link_needs_a_directory);
	tcase_add_test(link, link_with_another_target_is_not_removed);
	suite_add_tcase(suite, link);
	return suite;
}
