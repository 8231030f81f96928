/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host of a replay: opens a device node or a TCP port, sends the recorded bytes and fetches the
 * answers. A device that sends more than recorded is noticed when the next bytes are due.
 *
 * Leaves out modem lines: a record has none, since a pseudo-terminal has none.
 */
#include "replay/serialport.h"

#include "base/error.h"
#include "base/openfile.h"
#include "port/baud.h"
#include "record/data.h"
#include "record/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define OPEN_PAUSE_US 20000

struct replay_device {
	struct replay_device_plan plan;
	int fd;                        /* -1: closed */
	GSocketConnection *connection; /* TCP: owns fd */
	unsigned int baud;
	GByteArray *in; /* bytes that have come and are not compared yet */
	bool has_ended; /* the device has closed the line */
};

struct replay_device *
replay_device_new(const struct replay_device_plan *plan)
{
	struct replay_device *device = g_new0(struct replay_device, 1);

	device->plan = *plan;
	device->fd = -1;
	device->in = g_byte_array_new();
	return device;
}

static void
close_line(void *self, unsigned int adapter)
{
	struct replay_device *device = self;

	(void)adapter;
	if (device->connection == NULL && device->fd >= 0)
		close(device->fd);
	g_clear_object(&device->connection);
	device->fd = -1;
	g_byte_array_set_size(device->in, 0);
}

void
replay_device_free(struct replay_device *device)
{
	if (device == NULL)
		return;
	close_line(device, 0);
	g_byte_array_unref(device->in);
	g_free(device);
}

static void
begin(void *self, unsigned int adapter, int64_t time_ns)
{
	(void)self, (void)adapter, (void)time_ns;
}

/* Raw mode, with the recorded speed. */
static void
set_line(const struct replay_device *device)
{
	struct termios attributes;

	if (tcgetattr(device->fd, &attributes) != 0)
		return;
	cfmakeraw(&attributes);
	attributes.c_cflag |= CLOCAL | CREAD;
	tcsetattr(device->fd, TCSANOW, &attributes);
	if (device->baud > 0)
		port_baud_set(device->fd, device->baud);
}

static bool
open_tcp(struct replay_device *device, const char *address, GError **error)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();

	device->connection = g_socket_client_connect_to_host(client, address, 0, NULL, error);
	if (device->connection == NULL)
		return false;
	device->fd = g_socket_get_fd(g_socket_connection_get_socket(device->connection));
	return true;
}

static bool
open_device(struct replay_device *device, const char *path, GError **error)
{
	if (*path != '/' && strchr(path, ':') != NULL && !g_file_test(path, G_FILE_TEST_EXISTS))
		return open_tcp(device, path, error);
	device->fd = base_open(path, O_RDWR | O_NOCTTY | O_NONBLOCK, 0);
	if (device->fd >= 0) {
		set_line(device);
		return true;
	}
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "cannot open \"%s\": %s", path,
		base_open_reason(errno));
	return false;
}

/* A cable that has just been plugged in needs a moment until its device exists. */
static bool
open_line(void *self, unsigned int adapter, GError **error)
{
	struct replay_device *device = self;
	int64_t until_us = g_get_monotonic_time() + device->plan.limit_ms * 1000;
	GError *why = NULL;

	close_line(device, adapter);
	device->has_ended = false;
	for (;;) {
		g_autofree char *path = device->plan.find(device->plan.data, &why);

		if (path != NULL && open_device(device, path, &why))
			return true;
		if (g_get_monotonic_time() >= until_us)
			break;
		g_clear_error(&why);
		g_usleep(OPEN_PAUSE_US);
	}
	g_propagate_error(error, why);
	return false;
}

/* Appends the bytes received. */
static void
fetch(struct replay_device *device)
{
	uint8_t bytes[4096];
	ssize_t n = read(device->fd, bytes, sizeof bytes);

	if (n > 0)
		g_byte_array_append(device->in, bytes, (guint)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		device->has_ended = true;
}

/* Waits for events and fetches bytes; false: nothing until the limit, or the line has ended. */
static bool
wait_for(struct replay_device *device, short events, int64_t until_us)
{
	struct pollfd poll_fd = {.fd = device->fd, .events = events};
	int64_t left_us = until_us - g_get_monotonic_time();
	int ready;

	if (device->fd < 0 || device->has_ended || left_us <= 0)
		return false;
	ready = poll(&poll_fd, 1, (int)MIN(left_us / 1000 + 1, 1000));
	if (ready > 0 && (poll_fd.revents & (POLLIN | POLLHUP | POLLERR)))
		fetch(device);
	return true;
}

static size_t
send_bytes(void *self, unsigned int adapter, const uint8_t *bytes, size_t n, GError **error)
{
	struct replay_device *device = self;
	int64_t until_us = g_get_monotonic_time() + device->plan.limit_ms * 1000;
	size_t sent = 0;

	(void)adapter;
	(void)error;
	while (sent < n && device->fd >= 0 && !device->has_ended) {
		ssize_t taken = write(device->fd, bytes + sent, n - sent);

		if (taken > 0)
			sent += (size_t)taken;
		else if (taken < 0 && errno != EAGAIN && errno != EINTR)
			device->has_ended = true;
		else if (!wait_for(device, POLLIN | POLLOUT, until_us))
			break;
	}
	return sent;
}

static size_t
receive(void *self, unsigned int adapter, uint8_t *out, size_t want, bool full, GError **error)
{
	struct replay_device *device = self;
	int64_t until_us = g_get_monotonic_time() + device->plan.limit_ms * 1000;
	size_t n;

	(void)adapter;
	(void)full;
	(void)error;
	while (device->in->len < want && wait_for(device, POLLIN, until_us))
		;
	n = MIN(device->in->len, want > 0 ? want : RECORD_DATA_MAX);
	memcpy(out, device->in->data, n);
	g_byte_array_remove_range(device->in, 0, (guint)n);
	return n;
}

static bool
act(void *self, const char *request, GError **error)
{
	struct replay_device *device = self;

	return device->plan.action == NULL ||
		device->plan.action(device->plan.data, request, error);
}

static void
note(void *self, unsigned int adapter, const char *text)
{
	struct replay_device *device = self;

	(void)adapter;
	if (!g_str_has_prefix(text, RECORD_BAUD))
		return;
	device->baud = (unsigned int)g_ascii_strtoull(text + strlen(RECORD_BAUD), NULL, 10);
	if (device->fd >= 0)
		set_line(device);
}

struct replay_target
replay_device_target(struct replay_device *device)
{
	static const struct replay_target_ops ops = {
		.begin = begin,
		.open = open_line,
		.close = close_line,
		.send = send_bytes,
		.receive = receive,
		.action = act,
		.note = note,
		.has_own_time = true,
	};

	return (struct replay_target){
		.ops = &ops, .self = device, .only = (int)device->plan.adapter};
}
