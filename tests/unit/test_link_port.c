/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line with faults between a real pseudo-terminal and an adapter: faults with a deadline of the
 * port, and the cable.
 */
#include "bench/adapter.h"
#include "bench/cable.h"
#include "host_fixture.h"
#include "link/link.h"
#include "link/meter.h"
#include "port/port.h"
#include "serprog/profile.h"
#include "suites.h"
#include "trace/stats.h"
#include "wall.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct port_watch *watch;
static struct bench_adapter *adapter;
static char *dir, *link_path;
static int reports;
static uint64_t last_operation;

static void
setup(void)
{
	struct bench_adapter_plan plan = {
		.name = "adapter0",
		.profile = serprog_profile_find(NULL),
		.timing = BASE_CLOCK_INSTANT,
	};

	/* Otherwise a thread of the adapter would create it later, and it would count as a leaked
	 * descriptor. */
	g_main_context_default();
	host_fixture_setup();
	dir = g_dir_make_tmp("spinor-link-XXXXXX", NULL);
	link_path = g_build_filename(dir, "ttyFLASH", NULL);
	watch = port_watch_new(fixture.context, NULL);
	plan.watch = watch;
	plan.link = link_path;
	adapter = bench_adapter_new(&plan, NULL);
	ck_assert_ptr_nonnull(adapter);
	ck_assert(bench_adapter_start(adapter, NULL));
	reports = 0;
}

static void
teardown(void)
{
	bench_adapter_destroy(adapter);
	port_watch_destroy(watch);
	ck_assert_int_eq(g_rmdir(dir), 0);
	g_free(link_path);
	g_free(dir);
	host_fixture_teardown();
}

static void
note(void *data, const struct link_fault_report *report)
{
	ck_assert_uint_eq(report->id, 1);
	(*(int *)data)++;
	last_operation = report->operation;
}

static void
add_in_thread(void *data)
{
	struct bench_cable *cable = bench_adapter_cable(adapter);

	cable->acted = note;
	cable->data = &reports;
	ck_assert_int_eq(link_fault_add(bench_cable_faults(cable), data), 1);
	bench_cable_changed(cable);
}

static void
add(enum link_fault_what what, uint32_t ms, uint64_t byte)
{
	struct link_fault fault;

	link_fault_init(&fault, what);
	fault.ms = ms;
	fault.at_byte = byte > 0;
	fault.when.byte_from = MAX(byte, 1) - 1;
	if (what == LINK_GARBAGE) {
		fault.direction = LINK_TO_HOST;
		fault.when.from_ns = ms * INT64_C(1000000);
		link_fault_set_text(&fault, "boot", 4);
	}
	bench_adapter_call(adapter, add_in_thread, &fault);
}

static void
clear_in_thread(void *data)
{
	struct bench_cable *cable = bench_adapter_cable(adapter);

	(void)data;
	link_fault_clear(bench_cable_faults(cable));
	bench_cable_changed(cable);
	ck_assert_ptr_null(cable->faults);
}

static void
replug_in_thread(void *data)
{
	(void)data;
	bench_cable_unplug(bench_adapter_cable(adapter));
	ck_assert(bench_cable_plug(bench_adapter_cable(adapter), NULL));
}

static int
open_host(void)
{
	int fd = open(link_path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

	ck_assert_int_ge(fd, 0);
	return fd;
}

/* Fails if a byte arrives within ms. */
static void
expect_silence(int fd, int ms)
{
	int64_t end_us = g_get_monotonic_time() + (int64_t)ms * 1000;

	while (g_get_monotonic_time() < end_us) {
		host_run_dry();
		ck_assert_int_eq(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 1), 0);
	}
}

START_TEST(reset_on_open_ignores_the_host_then_sends_its_text)
{
	int64_t begin_us = g_get_monotonic_time();
	int fd;

	add(LINK_RESET_ON_OPEN, 150, 0);
	fd = open_host();
	SEND(fd, "\x10");
	EXPECT(fd, "ready\r\n");
	ck_assert_int_ge(g_get_monotonic_time() - begin_us, 150000);
	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	close(fd);
	ck_assert_int_eq(reports, 1);
}
END_TEST

START_TEST(latency_delays_replies_in_wall_time)
{
	int64_t begin_us = g_get_monotonic_time();
	int fd;

	add(LINK_LATENCY, 30, 0);
	fd = open_host();
	for (int i = 0; i < 5; i++) {
		SEND(fd, "\x10");
		EXPECT(fd, "\x15\x06");
	}
	ck_assert_int_ge(g_get_monotonic_time() - begin_us, 150000);
	ck_assert_int_eq(reports, 5);
	/* Without the fault the line behaves as before. */
	bench_adapter_call(adapter, clear_in_thread, NULL);
	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	ck_assert_int_eq(reports, 5);
	close(fd);
}
END_TEST

START_TEST(a_stall_ends_after_its_time)
{
	int fd;

	add(LINK_STALL, 100 * wall_factor(), 2);
	fd = open_host();
	SEND(fd, "\x10");
	EXPECT(fd, "\x15");
	expect_silence(fd, (int)(50 * wall_factor()));
	EXPECT(fd, "\x06");
	close(fd);
}
END_TEST

START_TEST(garbage_reaches_an_idle_host)
{
	int fd = open_host();

	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	/* In the middle of a session. */
	add(LINK_GARBAGE, 60, 0);
	EXPECT(fd, "boot");
	close(fd);
}
END_TEST

START_TEST(an_unplugged_cable_is_plugged_in_after_its_time)
{
	int code = -1;
	uint8_t got[8];
	int fd;

	add(LINK_UNPLUG, 100, 3);
	fd = open_host();
	SEND(fd, "\x10\x10");
	/* Two bytes or fewer, then the hang-up. */
	ck_assert_uint_le(host_read(fd, got, sizeof got, &code), 2);
	ck_assert_int_ge(code, 0);
	close(fd);
	while (!g_file_test(link_path, G_FILE_TEST_EXISTS)) {
		host_run_dry();
		g_usleep(1000);
		ck_assert(!fixture.expired);
	}
	fd = open_host();
	SEND(fd, "\x10\x10");
	EXPECT(fd, "\x15\x06\x15\x06");
	close(fd);
	ck_assert_int_eq(reports, 1);
}
END_TEST

START_TEST(an_unplugged_cable_may_stay_unplugged)
{
	int code = -1;
	uint8_t got[8];
	int fd;

	add(LINK_UNPLUG, 0, 3);
	fd = open_host();
	SEND(fd, "\x10\x10");
	host_read(fd, got, sizeof got, &code);
	close(fd);
	g_usleep(150000);
	ck_assert(!g_file_test(link_path, G_FILE_TEST_EXISTS));
	bench_adapter_call(adapter, replug_in_thread, NULL);
	fd = open_host();
	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	close(fd);
}
END_TEST

/* _i: whether the fault is removed meanwhile; the adapter hangs in both cases. */
START_TEST(unplugging_ends_a_hang)
{
	int fd;

	add(LINK_HANG, 0, 2);
	fd = open_host();
	SEND(fd, "\x10\x10");
	EXPECT(fd, "\x15\x06");
	expect_silence(fd, 30);
	close(fd);
	if (_i)
		bench_adapter_call(adapter, clear_in_thread, NULL);
	fd = open_host();
	SEND(fd, "\x10");
	expect_silence(fd, 30);
	close(fd);
	bench_adapter_call(adapter, replug_in_thread, NULL);
	fd = open_host();
	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	close(fd);
}
END_TEST

static void
set_speed(int fd, speed_t speed)
{
	struct termios settings;

	ck_assert_int_eq(tcgetattr(fd, &settings), 0);
	ck_assert_int_eq(cfsetspeed(&settings, speed), 0);
	ck_assert_int_eq(tcsetattr(fd, TCSANOW, &settings), 0);
}

/* SYNCNOP at a twelfth of the speed holds the line low for long, twice: two NOPs are received. Each
 * ACK, twelve times as fast, is a start bit for the host, after which the line is high. */
START_TEST(another_baud_rate_corrupts_bytes)
{
	int fd;

	add(LINK_WRONG_BAUD, 0, 0);
	fd = open_host();
	set_speed(fd, B9600);
	SEND(fd, "\x10\x10\x10");
	EXPECT(fd, "\xff\xff\xff\xff\xff\xff");
	set_speed(fd, B115200);
	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	set_speed(fd, B230400);
	bench_adapter_call(adapter, clear_in_thread, NULL);
	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	close(fd);
}
END_TEST

/* The third byte of a session, although the fault is added after the second. */
START_TEST(a_fault_added_late_counts_from_the_opening)
{
	int fd = open_host();

	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	add(LINK_DROP, 0, 3);
	SEND(fd, "\x10");
	EXPECT(fd, "\x06");
	ck_assert_int_eq(reports, 1);
	ck_assert_uint_eq(last_operation, 2);
	close(fd);
}
END_TEST

static void
reset_stats_in_thread(void *data)
{
	(void)data;
	*bench_adapter_host_stats(adapter) = (struct link_host_stats){0};
}

/* Resetting the counters does not change the byte number of a fault that is added later. */
START_TEST(resetting_the_counters_does_not_move_a_fault)
{
	int fd = open_host();

	SEND(fd, "\x00");
	EXPECT(fd, "\x06");
	close(fd);
	fd = open_host();
	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	bench_adapter_call(adapter, reset_stats_in_thread, NULL);
	add(LINK_DROP, 0, 6);
	SEND(fd, "\x10\x10");
	EXPECT(fd, "\x15\x06\x15");
	ck_assert_int_eq(reports, 1);
	close(fd);
}
END_TEST

START_TEST(deaf_ignores_the_first_host)
{
	int fd;

	add(LINK_DEAF, 0, 0);
	fd = open_host();
	SEND(fd, "\x10");
	expect_silence(fd, 30);
	close(fd);
	fd = open_host();
	SEND(fd, "\x10");
	EXPECT(fd, "\x15\x06");
	close(fd);
}
END_TEST

Suite *
suite_link_port(void)
{
	Suite *suite = suite_create("link_port");
	TCase *tcase = tcase_create("link_port");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, reset_on_open_ignores_the_host_then_sends_its_text);
	tcase_add_test(tcase, latency_delays_replies_in_wall_time);
	tcase_add_test(tcase, a_stall_ends_after_its_time);
	tcase_add_test(tcase, garbage_reaches_an_idle_host);
	tcase_add_test(tcase, an_unplugged_cable_is_plugged_in_after_its_time);
	tcase_add_test(tcase, an_unplugged_cable_may_stay_unplugged);
	tcase_add_test(tcase, another_baud_rate_corrupts_bytes);
	tcase_add_test(tcase, a_fault_added_late_counts_from_the_opening);
	tcase_add_test(tcase, resetting_the_counters_does_not_move_a_fault);
	tcase_add_test(tcase, deaf_ignores_the_first_host);
	tcase_add_loop_test(tcase, unplugging_ends_a_hang, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
