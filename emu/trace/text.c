/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text trace: one line for each frame on the wires, and one when an operation completes, when
 * it is interrupted, and when the supply changes. Columns are separated by one space and always
 * present, so that awk and cut can process them. Leaves out data bytes, and
 * FLASH_EVENT_NONVOLATILE, which triggers the save of the state file and is visible neither on the
 * wires nor to the host.
 */
#include "trace/text.h"

#include "base/log.h"
#include "base/openfile.h"
#include "base/outlet.h"
#include "base/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES 256

/* Lines that wait for a slow reader: about 20 000. */
#define QUEUE_BYTES ((size_t)1048576)

#define NS_PER_S INT64_C(1000000000)

/* A line is with its reader before the host has the reply, unless the reader is slow. */
struct trace_text {
	char *path;
	struct base_outlet *outlet;
	int fd;
	gint begun;      /* atomic; set under the lock */
	GMutex lock;     /* guards the rest */
	GPtrArray *held; /* lines before trace_text_begin(); NULL after it */
	GPtrArray *listeners;
	trace_text_observer *observe;
	void *data;
};

struct listener {
	struct trace_text *trace;
	char *chip;
};

/* OPCODE NAME ADDRESS LENGTH [ignored: REASON] [note: TEXT] */
static size_t
format_command(char *out, size_t size, const struct flash_event *event)
{
	const char *reason = flash_outcome_string(event->outcome);
	char opcode[8] = "--";
	char address[16] = "-";

	if (event->opcode >= 0)
		g_snprintf(opcode, sizeof opcode, "%02X", (unsigned int)event->opcode);
	if (event->has_address)
		g_snprintf(address, sizeof address, "%06" PRIX32, event->address);
	return g_snprintf(out, size, "%s %s %s %" PRIu64 "%s%s%s%s\n", opcode,
		event->name != NULL ? event->name : "?", address, event->length,
		*reason != '\0' ? " ignored: " : "", reason, event->note != NULL ? " note: " : "",
		event->note != NULL ? event->note : "");
}

/* Returns the length of the line; 0: no line for this event. */
static size_t
format(char *out, size_t size, const char *chip, const struct flash_event *event)
{
	size_t used;

	used = g_snprintf(out, size, "%" PRId64 ".%09" PRId64 " %.64s ", event->time_ns / NS_PER_S,
		event->time_ns % NS_PER_S, chip);
	out += used;
	size -= used;
	switch (event->kind) {
	case FLASH_EVENT_COMMAND:
		return used + format_command(out, size, event);
	case FLASH_EVENT_READY:
		return used + g_snprintf(out, size, "ready\n");
	case FLASH_EVENT_INTERRUPTED:
		return used + g_snprintf(out, size, "interrupted\n");
	case FLASH_EVENT_POWER:
		return used +
			g_snprintf(out, size, "power %s\n", event->length != 0 ? "on" : "off");
	case FLASH_EVENT_NONVOLATILE:
		break;
	}
	return 0;
}

char *
trace_text_format(const char *chip, const struct flash_event *event)
{
	char line[LINE_BYTES];
	size_t n = format(line, sizeof line, chip, event);

	return n == 0 ? NULL : g_strndup(line, n);
}

/* "TIME - lost N": in the place of n events, at the time of the last one, the beginning of whose
 * line is last. */
static size_t
format_gap(char *out, size_t size, uint64_t n, const char *last)
{
	return (size_t)g_snprintf(
		out, size, "%.*s - lost %" PRIu64 "\n", (int)strcspn(last, " "), last, n);
}

/* Keeps a line of the time before the begin. False: the trace has begun. */
static bool
hold(struct trace_text *trace, const char *line, size_t n)
{
	bool held;

	if (g_atomic_int_get(&trace->begun))
		return false;
	g_mutex_lock(&trace->lock);
	held = trace->held != NULL;
	if (held)
		g_ptr_array_add(trace->held, g_strndup(line, n));
	g_mutex_unlock(&trace->lock);
	return held;
}

static void
write_event(void *data, const struct flash_event *event)
{
	struct listener *listener = data;
	char line[LINE_BYTES];
	size_t n = format(line, sizeof line, listener->chip, event);

	if (n > 0 && !hold(listener->trace, line, n))
		base_outlet_put(listener->trace->outlet, line, n);
}

static char *
describe_news(enum base_outlet_news news, uint64_t dropped, int code)
{
	switch (news) {
	case BASE_OUTLET_DROPS:
		return g_strdup("its reader is too slow: events are lost");
	case BASE_OUTLET_FAILED:
		return g_strdup_printf(
			"%s; lines wait until it can be written again", g_strerror(code));
	case BASE_OUTLET_WORKS:
		return g_strdup_printf("goes on; %" PRIu64 " events were lost", dropped);
	case BASE_OUTLET_OVER:
		break;
	}
	return g_strdup_printf("%s; tracing stops", g_strerror(code));
}

/* Called from any thread. */
static void
tell_news(void *data, enum base_outlet_news news, uint64_t dropped, int code)
{
	struct trace_text *trace = data;
	g_autofree char *message = describe_news(news, dropped, code);

	log_warning("trace %s: %s", trace->path, message);
	g_mutex_lock(&trace->lock);
	if (trace->observe != NULL)
		trace->observe(trace->data, message);
	g_mutex_unlock(&trace->lock);
}

static void
free_listener(void *data)
{
	struct listener *listener = data;

	g_free(listener->chip);
	g_free(listener);
}

static bool
is_regular(int fd)
{
	struct stat info;

	return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

/* False: another daemon has locked it, as its trace or as the image of a chip. */
static bool
lock_file(int fd)
{
	return !is_regular(fd) || flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

static bool
fail(const char *path, int code, GError **error)
{
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code),
		"%s: cannot write the trace: %s", path, base_open_reason(code));
	return false;
}

static bool
open_file(const char *path, int *fd, GError **error)
{
	*fd = base_sink_open(path, O_APPEND);
	if (*fd < 0)
		return fail(path, -*fd, error);
	if (lock_file(*fd))
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
		"%s: cannot write the trace: the file is in use by another spinord; name another "
		"file",
		path);
	close(*fd);
	return false;
}

struct trace_text *
trace_text_new(const char *path, GError **error)
{
	struct base_outlet_plan plan = {
		.fd = STDOUT_FILENO,
		.shared = strcmp(path, "-") == 0,
		.capacity = QUEUE_BYTES,
		.gap = format_gap,
		.news = tell_news,
	};
	struct trace_text *trace;

	if (!plan.shared && !open_file(path, &plan.fd, error))
		return NULL;
	trace = g_new0(struct trace_text, 1);
	trace->path = g_strdup(path);
	trace->fd = plan.shared ? -1 : plan.fd;
	trace->held = g_ptr_array_new_with_free_func(g_free);
	trace->listeners = g_ptr_array_new_with_free_func(free_listener);
	g_mutex_init(&trace->lock);
	plan.data = trace;
	trace->outlet = base_outlet_new(&plan);
	return trace;
}

void
trace_text_begin(struct trace_text *trace)
{
	GPtrArray *held;

	/* A failure leaves old lines, and the first write reports the reason. */
	if (trace->fd >= 0 && is_regular(trace->fd) && ftruncate(trace->fd, 0) < 0)
		log_warning("trace: the old lines are not removed: %s", g_strerror(errno));
	g_mutex_lock(&trace->lock);
	held = g_steal_pointer(&trace->held);
	for (guint i = 0; held != NULL && i < held->len; i++)
		base_outlet_put(trace->outlet, held->pdata[i], strlen(held->pdata[i]));
	g_atomic_int_set(&trace->begun, true);
	g_mutex_unlock(&trace->lock);
	g_clear_pointer(&held, g_ptr_array_unref);
}

void
trace_text_destroy(struct trace_text *trace)
{
	struct base_outlet_state last;

	if (trace == NULL)
		return;
	base_outlet_finish(trace->outlet, &last);
	if (last.dropped > 0)
		log_warning("trace %s: %" PRIu64 " events are missing", trace->path, last.dropped);
	g_ptr_array_unref(trace->listeners);
	g_clear_pointer(&trace->held, g_ptr_array_unref);
	g_mutex_clear(&trace->lock);
	g_free(trace->path);
	g_free(trace);
}

void
trace_text_observe(struct trace_text *trace, trace_text_observer *observe, void *data)
{
	g_mutex_lock(&trace->lock);
	trace->observe = observe;
	trace->data = data;
	g_mutex_unlock(&trace->lock);
}

struct base_outlet *
trace_text_outlet(struct trace_text *trace)
{
	return trace->outlet;
}

struct flash_listener
trace_text_listen(struct trace_text *trace, const char *chip)
{
	struct listener *listener = g_new0(struct listener, 1);

	listener->trace = trace;
	listener->chip = g_strdup(chip);
	g_mutex_lock(&trace->lock);
	g_ptr_array_add(trace->listeners, listener);
	g_mutex_unlock(&trace->lock);
	return (struct flash_listener){.event = write_event, .data = listener};
}
