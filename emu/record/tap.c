/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An endpoint that passes everything on to another one and records it. The wall stands still during
 * each call, at the time that is written to the record: whatever the model reads from the clock is
 * the same when the call is repeated from the record, which makes a replay exact.
 *
 *	take, give     one line for each call that moved bytes. A call of give() without a result
 *	               changes nothing in a plain firmware; faults of the line and lossy
 *	               firmwares count chances and process input that waits, so that it is
 *	               recorded too, once between two commands
 *	count_stale,   questions that change nothing: not recorded
 *	wait_ns, ...
 */
#include "record/tap.h"

#include "base/clock.h"
#include "record/data.h"
#include "record/reader.h"
#include "record/recorder.h"

#include <stdarg.h>

void
record_tap_note(struct record_tap *tap, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	record_writer_event(tap->writer, tap->adapter, base_wall_ns(), text);
}

static void
note_baud(struct record_tap *tap)
{
	unsigned int baud = tap->ask_baud(tap->data);

	if (baud == tap->baud)
		return;
	tap->baud = baud;
	record_tap_note(tap, RECORD_BAUD "%u", baud);
}

static void
host_opened(void *self)
{
	struct record_tap *tap = self;

	base_wall_hold();
	note_baud(tap);
	record_tap_note(tap, RECORD_OPEN);
	tap->is_quiet = false;
	tap->behind.ops->host_opened(tap->behind.self);
	base_wall_release();
}

static void
host_closed(void *self)
{
	struct record_tap *tap = self;

	base_wall_hold();
	record_tap_note(tap, RECORD_CLOSE);
	tap->behind.ops->host_closed(tap->behind.self);
	base_wall_release();
}

static size_t
take(void *self, const uint8_t *in, size_t n)
{
	struct record_tap *tap = self;
	int64_t wall_ns = base_wall_hold();
	size_t taken;

	note_baud(tap);
	tap->is_quiet = false;
	taken = tap->behind.ops->take(tap->behind.self, in, MIN(n, RECORD_DATA_MAX));
	if (taken > 0)
		record_writer_data(tap->writer, tap->adapter, wall_ns, RECORD_FROM_HOST, in, taken);
	base_wall_release();
	return taken;
}

static size_t
give(void *self, uint8_t *out, size_t room)
{
	struct record_tap *tap = self;
	int64_t wall_ns = base_wall_hold();
	bool works = base_endpoint_works(&tap->behind);
	size_t given;
	bool quiet;

	room = MIN(room, RECORD_DATA_MAX);
	given = tap->behind.ops->give(tap->behind.self, out, room);
	quiet = given == 0 && tap->behind.ops->idle(tap->behind.self);
	if (given > 0 || works || (tap->may_wait(tap->data) && !(quiet && tap->is_quiet)))
		record_writer_data(tap->writer, tap->adapter, wall_ns,
			given == room ? RECORD_TO_HOST_FULL : RECORD_TO_HOST, out, given);
	tap->is_quiet = quiet;
	base_wall_release();
	return given;
}

static bool
works(void *self)
{
	struct record_tap *tap = self;

	return base_endpoint_works(&tap->behind);
}

static int64_t
wait_ns(void *self)
{
	struct record_tap *tap = self;

	return tap->behind.ops->wait_ns(tap->behind.self);
}

static int64_t
deadline_ns(void *self)
{
	struct record_tap *tap = self;
	const struct base_endpoint_ops *ops = tap->behind.ops;

	return ops->deadline_ns ? ops->deadline_ns(tap->behind.self) : -1;
}

static void
timed_out(void *self)
{
	struct record_tap *tap = self;

	base_wall_hold();
	record_tap_note(tap, RECORD_TIMEOUT);
	tap->behind.ops->timed_out(tap->behind.self);
	base_wall_release();
}

static bool
idle(void *self)
{
	struct record_tap *tap = self;

	return tap->behind.ops->idle(tap->behind.self);
}

static size_t
count_stale(void *self, const uint8_t *in, size_t n)
{
	struct record_tap *tap = self;
	const struct base_endpoint *behind = &tap->behind;

	return behind->ops->count_stale ? behind->ops->count_stale(behind->self, in, n) : n;
}

struct base_endpoint
record_tap_endpoint(struct record_tap *tap)
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

	return (struct base_endpoint){.ops = &ops, .self = tap};
}
