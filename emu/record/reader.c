/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader of a record: a line at a time, so that a long session needs no more memory than a
 * short one. A last line without its end is left out, since a daemon may have been killed while it
 * wrote it; any other mistake is an error that names the line.
 */
#include "record/reader.h"

#include "base/error.h"
#include "base/escape.h"
#include "base/openfile.h"
#include "base/units.h"
#include "base/wholefile.h"
#include "record/data.h"
#include "record/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* The longest line: one with bytes, with its time and kind. */
#define LINE_MAX_BYTES (RECORD_DATA_CHARACTERS(RECORD_DATA_MAX) + 4096)

#define LIST_MAX 65536
#define NS_PER_S 1000000000
#define SECONDS_MAX UINT64_C(4000000000)

struct record_reader {
	char *path;
	int fd;
	bool ended;    /* of the file */
	bool complete; /* the line "end" was read */
	unsigned int line;
	size_t head_bytes;
	size_t start, end; /* of the bytes in the buffer */
	struct record_head head;
	GString *text; /* where the next line with "|" goes; NULL: nowhere */
	struct record_content *content;
	GString *state; /* of content */
	bool has_origin;
	unsigned int adapter; /* of the events that follow */
	int64_t *times_ns;    /* of each adapter's last event */
	uint8_t bytes[RECORD_DATA_MAX];
	char buffer[LINE_MAX_BYTES + 1];
};

static void
free_content(void *data)
{
	struct record_content *content = data;

	g_free(content->adapter);
	g_free(content->digest);
	g_free(content->image);
	g_free(content->state);
	g_free(content);
}

static bool refuse(const struct record_reader *reader, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

static bool
refuse(const struct record_reader *reader, GError **error, const char *format, ...)
{
	g_autofree char *reason = NULL;
	va_list arguments;

	va_start(arguments, format);
	reason = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "record \"%s\": line %u: %s", reader->path,
		reader->line, reason);
	return false;
}

/* Reads more into the buffer; false: an error. */
static bool
fill(struct record_reader *reader, GError **error)
{
	ssize_t n;

	memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
	reader->end -= reader->start;
	reader->start = 0;
	do
		n = read(reader->fd, reader->buffer + reader->end, LINE_MAX_BYTES - reader->end);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "cannot read record \"%s\": %s",
			reader->path, g_strerror(errno));
		return false;
	}
	reader->ended = n == 0;
	reader->end += (size_t)n;
	return true;
}

/* The next line, terminated, without its end; NULL: there is none, or an error. */
static char *
next_line(struct record_reader *reader, size_t *length, GError **error)
{
	size_t searched = 0;
	char *line, *newline;

	for (;;) {
		size_t n = reader->end - reader->start;

		line = reader->buffer + reader->start;
		newline = memchr(line + searched, '\n', n - searched);
		if (newline != NULL || reader->ended)
			break;
		searched = n;
		if (n == LINE_MAX_BYTES) {
			reader->line++;
			refuse(reader, error, "it is too long for a line of a record");
			return NULL;
		}
		if (!fill(reader, error))
			return NULL;
	}
	if (newline == NULL)
		return NULL;
	reader->line++;
	reader->start += (size_t)(newline - line) + 1;
	*newline = '\0';
	*length = (size_t)(newline - line);
	if (memchr(line, '\0', *length) == NULL)
		return line;
	refuse(reader, error, "it has a byte 00; allowed is text");
	return NULL;
}

/* The rest of line behind the word, which may be the whole line; NULL: another word. */
static char *
after_word(char *line, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(line, word, n) != 0 || (line[n] != ' ' && line[n] != '\0'))
		return NULL;
	return line + n + (line[n] == ' ');
}

static char *
unescape(const char *text)
{
	g_autoptr(GString) bytes = g_string_new(NULL);

	if (!base_unescape(text, bytes) || memchr(bytes->str, '\0', bytes->len) != NULL)
		return NULL;
	return g_string_free(g_steal_pointer(&bytes), FALSE);
}

static bool
add_text(struct record_reader *reader, const char *text, GError **error)
{
	if (reader->text == NULL)
		return refuse(reader, error, "text without a bench or a state before it");
	g_string_append(reader->text, text);
	g_string_append_c(reader->text, '\n');
	return true;
}

/* The content that was read last gets its state. */
static void
end_content(struct record_reader *reader)
{
	if (reader->content != NULL && reader->state != NULL)
		reader->content->state = g_string_free(g_steal_pointer(&reader->state), FALSE);
	reader->content = NULL;
}

/* "CS SIZE DIGEST [IMAGE]" */
static bool
add_content(struct record_reader *reader, const char *rest, GError **error)
{
	const GPtrArray *adapters = reader->head.adapters;
	g_auto(GStrv) words = g_strsplit(rest, " ", 4);
	struct record_content *content;
	uint64_t cs, size;

	end_content(reader);
	if (adapters->len == 0 || g_strv_length(words) < 3 ||
		!base_parse_decimal(words[0], 0, 255, &cs) ||
		!base_parse_decimal(words[1], 1, INT64_MAX, &size) || *words[2] == '\0')
		return refuse(reader, error,
			"content: allowed are chip select, size, digest and image, after an "
			"adapter");
	content = g_new0(struct record_content, 1);
	g_ptr_array_add(reader->head.contents, content);
	content->adapter = g_strdup(adapters->pdata[adapters->len - 1]);
	content->cs = (unsigned int)cs;
	content->size = size;
	content->digest = g_strdup(words[2]);
	content->image = words[3] != NULL ? unescape(words[3]) : NULL;
	reader->content = content;
	return true;
}

static bool
add_state(struct record_reader *reader, GError **error)
{
	if (reader->content == NULL || reader->state != NULL)
		return refuse(reader, error, "state: it belongs behind the content of a chip");
	reader->text = reader->state = g_string_new(NULL);
	return true;
}

static bool
set_bench(struct record_reader *reader, const char *path, GError **error)
{
	if (reader->head.bench_path != NULL)
		return refuse(reader, error, "a second bench; one is allowed");
	reader->head.bench_path = unescape(path);
	if (reader->head.bench_path == NULL || *reader->head.bench_path == '\0')
		return refuse(reader, error, "bench: the path of a bench file is wanted");
	reader->text = reader->head.bench_text;
	return true;
}

static bool
set_origin(struct record_reader *reader, const char *text, GError **error)
{
	uint64_t ns;

	if (!base_parse_decimal(text, 1, INT64_MAX / 4, &ns))
		return refuse(reader, error, "origin: a time in ns is wanted");
	reader->head.origin_ns = (int64_t)ns;
	reader->has_origin = true;
	return true;
}

static bool
add_word(struct record_reader *reader, const char *text, GError **error)
{
	char *word = unescape(text);

	if (word == NULL)
		return refuse(reader, error,
			"word: it has an escape that is not allowed; \\n \\r \\t \\\\ \\\" and "
			"\\xNN are");
	g_ptr_array_add(reader->head.words, word);
	return true;
}

/* A line of the head other than "events". */
static bool
take_head_line(struct record_reader *reader, char *line, GError **error)
{
	const struct record_head *head = &reader->head;
	char *rest;

	if (*line == '#' || after_word(line, "program") || after_word(line, "began"))
		return true;
	if ((rest = after_word(line, "|")) != NULL)
		return add_text(reader, rest, error);
	reader->text = NULL;
	if (head->words->len + head->contents->len + head->adapters->len >= LIST_MAX)
		return refuse(reader, error, "the head has more than %d lines", LIST_MAX);
	if ((rest = after_word(line, "origin")) != NULL)
		return set_origin(reader, rest, error);
	if ((rest = after_word(line, "word")) != NULL)
		return add_word(reader, rest, error);
	if ((rest = after_word(line, "bench")) != NULL)
		return set_bench(reader, rest, error);
	if ((rest = after_word(line, "content")) != NULL)
		return add_content(reader, rest, error);
	if (strcmp(line, "state") == 0)
		return add_state(reader, error);
	if ((rest = after_word(line, "adapter")) != NULL) {
		end_content(reader);
		g_ptr_array_add(reader->head.adapters, g_strdup(rest));
		return true;
	}
	return refuse(reader, error,
		"unknown line in the head; allowed are origin, word, bench, adapter, content, "
		"state, events");
}

/* The first line: another version may have any other lines. */
static bool
check_version(struct record_reader *reader, char *line, GError **error)
{
	char *rest = line != NULL ? after_word(line, RECORD_MAGIC) : NULL;
	uint64_t version;

	if (rest == NULL || !base_parse_decimal(rest, 1, UINT32_MAX, &version)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"\"%s\" is not a record; allowed are files that spinord --record has "
			"written",
			reader->path);
		return false;
	}
	if (version == RECORD_VERSION)
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"record \"%s\" has version %" G_GUINT64_FORMAT ", this spinor reads version %d",
		reader->path, version, RECORD_VERSION);
	return false;
}

static bool
read_head(struct record_reader *reader, GError **error)
{
	GError *why = NULL;
	size_t length;
	char *line = next_line(reader, &length, &why);
	bool good;

	g_clear_error(&why); /* that is no record */
	good = check_version(reader, line, error);
	while (good) {
		line = next_line(reader, &length, &why);
		if (line == NULL)
			break;
		if (strcmp(line, "events") == 0)
			break;
		reader->head_bytes += length;
		good = reader->head_bytes <= 4 * BASE_TEXT_MAX
			? take_head_line(reader, line, error)
			: refuse(reader, error, "the head is too long");
	}
	if (why != NULL) {
		g_propagate_error(error, why);
		return false;
	}
	end_content(reader);
	if (good && line == NULL)
		return refuse(reader, error, "the file ends in the head of the record");
	if (good && (!reader->has_origin || reader->head.adapters->len == 0))
		return refuse(reader, error, "the head has no origin or no adapter");
	return good;
}

struct record_reader *
record_reader_new(const char *path, GError **error)
{
	int fd = base_open(path, O_RDONLY, 0);
	struct record_reader *reader;

	if (fd < 0) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "cannot read record \"%s\": %s",
			path, base_open_reason(errno));
		return NULL;
	}
	reader = g_new0(struct record_reader, 1);
	reader->path = g_strdup(path);
	reader->fd = fd;
	reader->head.words = g_ptr_array_new_with_free_func(g_free);
	reader->head.bench_text = g_string_new(NULL);
	reader->head.contents = g_ptr_array_new_with_free_func(free_content);
	reader->head.adapters = g_ptr_array_new_with_free_func(g_free);
	if (!read_head(reader, error)) {
		record_reader_free(reader);
		return NULL;
	}
	reader->times_ns = g_new0(int64_t, reader->head.adapters->len);
	return reader;
}

void
record_reader_free(struct record_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->state != NULL)
		g_string_free(reader->state, TRUE);
	g_ptr_array_unref(reader->head.words);
	g_string_free(reader->head.bench_text, TRUE);
	g_ptr_array_unref(reader->head.contents);
	g_ptr_array_unref(reader->head.adapters);
	g_free(reader->head.bench_path);
	g_free(reader->times_ns);
	close(reader->fd);
	g_free(reader->path);
	g_free(reader);
}

const struct record_head *
record_reader_head(const struct record_reader *reader)
{
	return &reader->head;
}

/* "12.000000345 " at *line, which moves behind it. */
static bool
take_time(char **line, int64_t *ns)
{
	size_t whole = strspn(*line, "0123456789");
	char *decimals = *line + whole + 1;
	uint64_t seconds, rest;

	if (whole == 0 || whole > 10 || (*line)[whole] != '.' ||
		strspn(decimals, "0123456789") != 9 || decimals[9] != ' ')
		return false;
	seconds = g_ascii_strtoull(*line, NULL, 10);
	rest = g_ascii_strtoull(decimals, NULL, 10);
	if (seconds > SECONDS_MAX)
		return false;
	*ns = (int64_t)(seconds * NS_PER_S + rest);
	*line = decimals + 10;
	return true;
}

static bool
set_adapter(struct record_reader *reader, const char *name, GError **error)
{
	if (g_ptr_array_find_with_equal_func(
		    reader->head.adapters, name, g_str_equal, &reader->adapter))
		return true;
	return refuse(reader, error, "the head has no such adapter");
}

static bool
take_event(struct record_reader *reader, char *line, size_t length, struct record_event *event,
	GError **error)
{
	char *at = line;

	*event = (struct record_event){.adapter = reader->adapter, .bytes = reader->bytes};
	if (!take_time(&at, &event->time_ns))
		return refuse(reader, error,
			"no event of a record; allowed are a time in seconds with nine decimals "
			"and what occurred");
	/* A time that goes back stops instead. */
	event->time_ns = MAX(event->time_ns, reader->times_ns[reader->adapter]);
	reader->times_ns[reader->adapter] = event->time_ns;
	event->text = at;
	if (*at == '\0' || strchr("<>+", *at) == NULL || at[1] != ' ') {
		event->kind = RECORD_IS_EVENT;
		return true;
	}
	event->kind = *at == RECORD_FROM_HOST ? RECORD_IS_DATA : RECORD_IS_ANSWER;
	event->full = *at == RECORD_TO_HOST_FULL;
	if (record_data_read(at + 2, length - (size_t)(at + 2 - line), reader->bytes, &event->n))
		return true;
	return refuse(reader, error,
		"not bytes; allowed are upper-case hex digits and runs such as FF{256}, together "
		"%zu bytes at most",
		RECORD_DATA_MAX);
}

bool
record_reader_next(struct record_reader *reader, struct record_event *event, GError **error)
{
	GError *why = NULL;
	size_t length;
	char *line;

	while ((line = next_line(reader, &length, &why)) != NULL) {
		if (reader->complete)
			return refuse(reader, error, "text after the end of the record");
		if (strcmp(line, RECORD_END) == 0)
			reader->complete = true;
		else if (*line == '@' && !set_adapter(reader, line + 1, error))
			return false;
		else if (*line != '@' && *line != '#')
			return take_event(reader, line, length, event, error);
	}
	if (why != NULL)
		g_propagate_error(error, why);
	return false;
}

bool
record_reader_is_complete(const struct record_reader *reader)
{
	return reader->complete;
}
