/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port and host share one thread: waiting for one side runs the port's main context. */
#include "host_fixture.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "wall.h"

struct host_fixture fixture;

static GSource *limit;
static int descriptors;

int
host_count_descriptors(void)
{
	g_autoptr(GDir) entries = g_dir_open("/proc/self/fd", 0, NULL);
	int n = 0;

	while (g_dir_read_name(entries))
		n++;
	return n;
}

static gboolean
expire(gpointer data)
{
	(void)data;
	fixture.expired = true;
	return G_SOURCE_CONTINUE;
}

static void
note_warning(const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
	(void)domain;
	(void)level;
	(void)data;
	fixture.warnings++;
	g_strlcpy(fixture.last_warning, text, sizeof(fixture.last_warning));
}

void
host_fixture_setup(void)
{
	fixture = (struct host_fixture){0};
	/* Let GLib open its own descriptors before the count. */
	fixture.context = g_main_context_new();
	g_get_monotonic_time();
	descriptors = host_count_descriptors();
	g_log_set_handler("spinor", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL, note_warning, NULL);
	limit = g_timeout_source_new(WALL_LIMIT_MS);
	g_source_set_callback(limit, expire, NULL, NULL);
	g_source_attach(limit, fixture.context);
}

void
host_fixture_teardown(void)
{
	ck_assert_int_eq(host_count_descriptors(), descriptors);
	g_source_destroy(limit);
	g_clear_pointer(&limit, g_source_unref);
	g_clear_pointer(&fixture.context, g_main_context_unref);
}

void
host_run_dry(void)
{
	while (g_main_context_iteration(fixture.context, FALSE))
		;
}

void
host_write(int fd, const void *bytes, size_t n)
{
	ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
}

size_t
host_read(int fd, uint8_t *bytes, size_t n, int *code)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = read(fd, bytes + got, n - got);

		if (r > 0) {
			got += (size_t)r;
			continue;
		}
		if (r == 0 || errno != EAGAIN) {
			if (code)
				*code = r == 0 ? 0 : errno;
			return got;
		}
		g_main_context_iteration(fixture.context, FALSE);
		poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 1);
		ck_assert_msg(!fixture.expired, "%zu of %zu bytes came", got, n);
	}
	return got;
}

void
host_expect(int fd, const void *bytes, size_t n)
{
	uint8_t got[300];

	ck_assert_uint_le(n, sizeof(got));
	ck_assert_uint_eq(host_read(fd, got, n, NULL), n);
	ck_assert_mem_eq(got, bytes, n);
}
