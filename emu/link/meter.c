/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An endpoint that passes everything on to another one, and counts sessions and bytes. Bytes are
 * counted when the adapter takes them, not when the port reads them.
 */
#include "link/meter.h"

#include "base/clock.h"

#include <glib.h>

static void
host_opened(void *self)
{
	struct link_meter *meter = self;

	meter->host = true;
	meter->stats.sessions++;
	meter->opened_us = base_wall_us();
	meter->session_in = meter->session_out = 0;
	meter->behind.ops->host_opened(meter->behind.self);
	if (meter->host_changed)
		meter->host_changed(meter->data, true);
}

static size_t
take(void *self, const uint8_t *in, size_t n)
{
	struct link_meter *meter = self;
	size_t taken = meter->behind.ops->take(meter->behind.self, in, n);

	meter->stats.bytes_in += taken;
	meter->session_in += taken;
	return taken;
}

static size_t
give(void *self, uint8_t *out, size_t room)
{
	struct link_meter *meter = self;
	size_t given = meter->behind.ops->give(meter->behind.self, out, room);

	meter->stats.bytes_out += given;
	meter->session_out += given;
	return given;
}

static bool
works(void *self)
{
	struct link_meter *meter = self;

	return base_endpoint_works(&meter->behind);
}

static int64_t
wait_ns(void *self)
{
	struct link_meter *meter = self;

	return meter->behind.ops->wait_ns(meter->behind.self);
}

static bool
idle(void *self)
{
	struct link_meter *meter = self;

	return meter->behind.ops->idle(meter->behind.self);
}

static size_t
count_stale(void *self, const uint8_t *in, size_t n)
{
	struct link_meter *meter = self;
	const struct base_endpoint *behind = &meter->behind;

	return behind->ops->count_stale ? behind->ops->count_stale(behind->self, in, n) : n;
}

static void
host_closed(void *self)
{
	struct link_meter *meter = self;

	meter->host = false;
	meter->behind.ops->host_closed(meter->behind.self);
	if (meter->host_changed)
		meter->host_changed(meter->data, false);
}

static int64_t
deadline_ns(void *self)
{
	struct link_meter *meter = self;
	const struct base_endpoint_ops *ops = meter->behind.ops;

	return ops->deadline_ns ? ops->deadline_ns(meter->behind.self) : -1;
}

static void
timed_out(void *self)
{
	struct link_meter *meter = self;

	meter->behind.ops->timed_out(meter->behind.self);
}

struct base_endpoint
link_meter_endpoint(struct link_meter *meter)
{
	static const struct base_endpoint_ops ops = {
		.host_opened = host_opened,
		.take = take,
		.give = give,
		.works = works,
		.wait_ns = wait_ns,
		.deadline_ns = deadline_ns,
		.timed_out = timed_out,
		.idle = idle,
		.count_stale = count_stale,
		.host_closed = host_closed,
	};

	return (struct base_endpoint){.ops = &ops, .self = meter};
}
