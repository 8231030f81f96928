/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer of a record. Lines are collected in a buffer, which is written when it is full, after
 * events other than bytes, and when the last write is a second ago; so a daemon that is killed
 * loses little, and bytes cost no system call of their own.
 *
 * An error of the file ends the recording, not the daemon: it is logged when it occurs, and
 * record_writer_close() returns false. So does a pipe whose reader does not take QUEUE_BYTES within
 * PATIENCE_US: a record with a gap cannot be replayed, and adapters wait no longer than that for
 * it, once.
 */
#include "record/recorder.h"

#include "base/error.h"
#include "base/log.h"
#include "base/openfile.h"
#include "base/outlet.h"
#include "base/sink.h"
#include "record/data.h"
#include "record/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)524288)
#define FLUSH_NS INT64_C(1000000000)
#define TIME_CHARACTERS 32
#define QUEUE_BYTES (16 * BUFFER_BYTES)
#define PATIENCE_US G_USEC_PER_SEC

struct record_writer {
	GMutex mutex; /* everything below */
	char *path;
	struct base_outlet *outlet;
	int fd;
	GString *held; /* until record_writer_begin(), then NULL */
	int64_t origin_ns;
	int64_t flushed_ns;
	const char *adapter; /* of the last event */
	bool failed;
	gint code; /* atomic: errno of that */
	size_t n;
	char buffer[BUFFER_BYTES];
};

static void
fail(struct record_writer *writer, int code)
{
	log_error("record \"%s\": cannot write: %s; the recording has stopped, the bench goes on",
		writer->path, g_strerror(code));
	writer->failed = true;
	g_atomic_int_set(&writer->code, code);
}

static void
flush(struct record_writer *writer)
{
	struct base_outlet_state state;
	bool good;

	if (writer->n == 0 || writer->failed)
		return;
	good = base_outlet_put_within(writer->outlet, writer->buffer, writer->n, PATIENCE_US);
	base_outlet_get(writer->outlet, &state);
	if (state.code != 0 || !good)
		fail(writer, state.code != 0 ? state.code : ETIMEDOUT);
	writer->n = 0;
}

/* Makes room for n characters. */
static void
reserve(struct record_writer *writer, size_t n)
{
	if (BUFFER_BYTES - writer->n < n)
		flush(writer);
}

static void
append(struct record_writer *writer, const char *text, size_t n)
{
	if (writer->held != NULL) {
		g_string_append_len(writer->held, text, (gssize)n);
		return;
	}
	while (n > 0) {
		size_t piece = MIN(n, BUFFER_BYTES);

		reserve(writer, piece);
		memcpy(writer->buffer + writer->n, text, piece);
		writer->n += piece;
		text += piece;
		n -= piece;
	}
}

struct record_writer *
record_writer_new(const char *path, int64_t origin_ns, GError **error)
{
	int fd = base_sink_open(path, 0);
	const struct base_outlet_plan plan = {.fd = fd, .capacity = QUEUE_BYTES};
	struct record_writer *writer;

	if (fd < 0) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot write record \"%s\": %s; its folder has to exist and be writable",
			path, base_open_reason(-fd));
		return NULL;
	}
	writer = g_malloc(sizeof *writer);
	memset(writer, 0, offsetof(struct record_writer, buffer));
	g_mutex_init(&writer->mutex);
	writer->path = g_strdup(path);
	writer->outlet = base_outlet_new(&plan);
	writer->origin_ns = origin_ns;
	writer->fd = fd;
	writer->held = g_string_new(NULL);
	record_writer_head(writer, RECORD_MAGIC " %d", RECORD_VERSION);
	return writer;
}

void
record_writer_begin(struct record_writer *writer)
{
	g_autoptr(GString) held = NULL;
	struct stat info;

	g_mutex_lock(&writer->mutex);
	held = g_steal_pointer(&writer->held);
	if (fstat(writer->fd, &info) == 0 && S_ISREG(info.st_mode) && ftruncate(writer->fd, 0) < 0)
		fail(writer, errno);
	if (held != NULL)
		append(writer, held->str, held->len);
	g_mutex_unlock(&writer->mutex);
}

int64_t
record_writer_origin_ns(const struct record_writer *writer)
{
	return writer->origin_ns;
}

const char *
record_writer_path(const struct record_writer *writer)
{
	return writer->path;
}

int
record_writer_failure(struct record_writer *writer)
{
	return g_atomic_int_get(&writer->code);
}

void
record_writer_head(struct record_writer *writer, const char *format, ...)
{
	g_autofree char *line = NULL;
	va_list arguments;

	va_start(arguments, format);
	line = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	append(writer, line, strlen(line));
	append(writer, "\n", 1);
}

void
record_writer_text(struct record_writer *writer, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		append(writer, "| ", 2);
		append(writer, text, n);
		append(writer, "\n", 1);
		text += n + (text[n] == '\n');
	}
}

/* "12.000000345 "; returns its length. */
static size_t
write_time(char *text, int64_t ns)
{
	uint64_t left = ns > 0 ? (uint64_t)ns : 0;
	size_t n = 0;

	for (unsigned int decimals = 0; decimals <= 9 || left > 0; decimals++) {
		if (decimals == 9)
			text[n++] = '.';
		text[n++] = (char)('0' + left % 10);
		left /= 10;
	}
	for (size_t i = 0; i < n / 2; i++) {
		char digit = text[i];

		text[i] = text[n - 1 - i];
		text[n - 1 - i] = digit;
	}
	text[n++] = ' ';
	return n;
}

/* Begins the line of an event. */
static void
begin(struct record_writer *writer, const char *adapter, int64_t wall_ns)
{
	char time[TIME_CHARACTERS];

	if (writer->adapter == NULL || strcmp(writer->adapter, adapter) != 0) {
		append(writer, "@", 1);
		append(writer, adapter, strlen(adapter));
		append(writer, "\n", 1);
		writer->adapter = adapter;
	}
	append(writer, time, write_time(time, wall_ns - writer->origin_ns));
}

void
record_writer_event(
	struct record_writer *writer, const char *adapter, int64_t wall_ns, const char *text)
{
	g_mutex_lock(&writer->mutex);
	if (!writer->failed) {
		begin(writer, adapter, wall_ns);
		append(writer, text, strlen(text));
		append(writer, "\n", 1);
		flush(writer);
		writer->flushed_ns = wall_ns;
	}
	g_mutex_unlock(&writer->mutex);
}

/* "> 01 02" and a newline; out has RECORD_DATA_CHARACTERS(n) + 3. Returns the length. */
static size_t
format_data(char *out, char kind, const uint8_t *bytes, size_t n)
{
	size_t used = 0;

	out[used++] = kind;
	out[used++] = ' ';
	used += record_data_write(out + used, bytes, n);
	out[used++] = '\n';
	return used;
}

static void
append_data(struct record_writer *writer, char kind, const uint8_t *bytes, size_t n)
{
	size_t size = RECORD_DATA_CHARACTERS(n) + 3;
	g_autofree char *line = NULL;

	if (writer->held != NULL) {
		line = g_malloc(size);
		append(writer, line, format_data(line, kind, bytes, n));
		return;
	}
	reserve(writer, size);
	writer->n += format_data(writer->buffer + writer->n, kind, bytes, n);
}

void
record_writer_data(struct record_writer *writer, const char *adapter, int64_t wall_ns, char kind,
	const uint8_t *bytes, size_t n)
{
	g_mutex_lock(&writer->mutex);
	if (!writer->failed) {
		begin(writer, adapter, wall_ns);
		append_data(writer, kind, bytes, n);
		if (wall_ns - writer->flushed_ns > FLUSH_NS) {
			flush(writer);
			writer->flushed_ns = wall_ns;
		}
	}
	g_mutex_unlock(&writer->mutex);
}

bool
record_writer_close(struct record_writer *writer)
{
	struct base_outlet_state last;
	bool good;

	if (writer == NULL)
		return true;
	append(writer, RECORD_END "\n", strlen(RECORD_END "\n"));
	flush(writer);
	base_outlet_finish(writer->outlet, &last);
	if ((last.code != 0 || last.dropped > 0) && !writer->failed)
		fail(writer, last.code != 0 ? last.code : ETIMEDOUT);
	good = !writer->failed;
	if (writer->held != NULL)
		g_string_free(writer->held, TRUE);
	g_mutex_clear(&writer->mutex);
	g_free(writer->path);
	g_free(writer);
	return good;
}
