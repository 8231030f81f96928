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

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES 256
#define NS_PER_S INT64_C(1000000000)

/* Each line is one write(2): the kernel does not interleave it, and a reader sees it at once. */
struct trace_text {
	char *path;
	int fd;
	GMutex lock; /* guards listeners */
	GPtrArray *listeners;
	gint failed; /* atomic: a write has failed and the warning is logged */
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

static bool
write_all(int fd, const char *line, size_t n)
{
	while (n > 0) {
		ssize_t written = write(fd, line, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		line += written;
		n -= (size_t)written;
	}
	return true;
}

static void
write_event(void *data, const struct flash_event *event)
{
	struct listener *listener = data;
	struct trace_text *trace = listener->trace;
	char line[LINE_BYTES];
	size_t n;

	if (g_atomic_int_get(&trace->failed))
		return;
	n = format(line, sizeof line, listener->chip, event);
	if (!write_all(trace->fd, line, n) &&
		g_atomic_int_compare_and_exchange(&trace->failed, FALSE, TRUE))
		log_warning("trace %s: %s; tracing stops", trace->path, g_strerror(errno));
}

static void
free_listener(void *data)
{
	struct listener *listener = data;

	g_free(listener->chip);
	g_free(listener);
}

/* Locks a regular file and empties it. False: another daemon has locked it, as its trace or as the
 * image of a chip. */
static bool
empty_file(int fd)
{
	struct stat info;

	if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
		return true;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return false;
	/* A failure leaves old lines, and the first write reports the reason. */
	if (ftruncate(fd, 0) < 0)
		log_warning("trace: the old lines are not removed: %s", g_strerror(errno));
	return true;
}

struct trace_text *
trace_text_new(const char *path, GError **error)
{
	struct trace_text *trace;
	int fd = STDOUT_FILENO;

	if (strcmp(path, "-") != 0)
		fd = base_open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
	if (fd >= 0 && fd != STDOUT_FILENO && !empty_file(fd)) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
			"%s: cannot write the trace: the file is in use by another spinord; name "
			"another file",
			path);
		close(fd);
		return NULL;
	}
	if (fd < 0) {
		int saved = errno;

		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(saved),
			"%s: cannot write the trace: %s", path, base_open_reason(saved));
		return NULL;
	}
	trace = g_new0(struct trace_text, 1);
	trace->path = g_strdup(path);
	trace->fd = fd;
	trace->listeners = g_ptr_array_new_with_free_func(free_listener);
	g_mutex_init(&trace->lock);
	return trace;
}

void
trace_text_destroy(struct trace_text *trace)
{
	if (trace == NULL)
		return;
	if (trace->fd != STDOUT_FILENO)
		close(trace->fd);
	g_ptr_array_unref(trace->listeners);
	g_mutex_clear(&trace->lock);
	g_free(trace->path);
	g_free(trace);
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
