/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer of GLib's structured log. One write(2) per message, so that lines of several threads,
 * or of a tool that shares the terminal, never mix. Leaves out files, journals and time stamps: the
 * service manager adds them.
 *
 * After base_log_start() no thread waits for the reader of stderr: messages go through an outlet.
 * Warnings and errors of one kind, which is one place of the program, are then limited: LIMIT in
 * INTERVAL_US are logged and more are counted. The count is logged with the first message of that
 * kind after the interval, or at the end; so nothing has to run while nothing happens.
 */
#include "base/log.h"

#include "base/escape.h"
#include "base/outlet.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* Messages that wait for a slow reader: about 2000. */
#define QUEUE_BYTES ((size_t)262144)

#define LIMIT 10
#define INTERVAL_US (10 * (gint64)G_USEC_PER_SEC)
#define KINDS_MAX 128 /* further kinds are not limited */

/* Messages with the same format. */
struct kind {
	const char *format;
	GLogLevelFlags level;
	int64_t since_us;
	unsigned int logged; /* since then */
	uint64_t held;       /* not logged */
	char *last;          /* of these */
};

static const char *program_name;
static GLogLevelFlags least_level;

static GRWLock outlet_lock;
static struct base_outlet *outlet; /* NULL: write to stderr, and wait for it */

static GMutex kinds_lock;
static struct kind kinds[KINDS_MAX];
static unsigned int n_kinds;
static bool limiting;

static const char *
level_name(GLogLevelFlags level)
{
	if (level & G_LOG_LEVEL_ERROR)
		return "fatal";
	if (level & G_LOG_LEVEL_CRITICAL)
		return "error";
	if (level & G_LOG_LEVEL_WARNING)
		return "warning";
	if (level & G_LOG_LEVEL_MESSAGE)
		return "notice";
	if (level & G_LOG_LEVEL_INFO)
		return "info";
	return "debug";
}

static const char *
field_text(const GLogField *fields, gsize n, const char *key)
{
	for (gsize i = 0; i < n; i++) {
		/* length -1 marks text; other fields need not end in a NUL */
		if (strcmp(fields[i].key, key) == 0 && fields[i].length < 0)
			return fields[i].value;
	}
	return NULL;
}

static void
write_all(const char *text, size_t n)
{
	while (n > 0) {
		ssize_t written = write(STDERR_FILENO, text, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return; /* stderr fails: there is no other place to report it */
		text += written;
		n -= (size_t)written;
	}
}

static void
write_lines(const char *text, size_t n)
{
	g_rw_lock_reader_lock(&outlet_lock);
	if (outlet != NULL)
		base_outlet_put(outlet, text, n);
	else
		write_all(text, n);
	g_rw_lock_reader_unlock(&outlet_lock);
}

static GLogWriterOutput
write_message(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
	const char *text = field_text(fields, n, "MESSAGE");
	const char *domain = field_text(fields, n, "GLIB_DOMAIN");
	g_autoptr(GString) line = NULL;
	g_autofree char *shown = NULL;

	(void)data;
	/* A smaller number is a graver message. */
	if ((level & G_LOG_LEVEL_MASK) > least_level)
		return G_LOG_WRITER_HANDLED;
	line = g_string_new(NULL);
	g_string_printf(line, "%s: %s: ", program_name, level_name(level));
	/* Libraries complain of mistakes of the program, never of the user's. */
	if (domain && strcmp(domain, "spinor") != 0)
		g_string_append(line, "a mistake in this program, please report it: ");
	shown = base_shorten(text ? text : "(no text)", BASE_LOG_MAX);
	g_string_append(line, shown);
	/* Names of files may hold anything; a message stays one line. */
	for (gsize i = 0; i < line->len; i++) {
		if (g_ascii_iscntrl(line->str[i]))
			line->str[i] = ' ';
	}
	g_string_append_c(line, '\n');
	write_lines(line->str, line->len);
	return G_LOG_WRITER_HANDLED;
}

void
base_log_init(const char *name, GLogLevelFlags level)
{
	static gsize installed;

	program_name = name;
	least_level = level;
	/* GLib takes a writer only once in the life of a process. */
	if (g_once_init_enter(&installed)) {
		g_log_set_writer_func(write_message, NULL, NULL);
		g_once_init_leave(&installed, 1);
	}
}

static size_t
format_gap(char *out, size_t size, uint64_t n, const char *last)
{
	(void)last;
	return (size_t)g_snprintf(out, size,
		"%s: warning: %" PRIu64 " messages are missing here: they were not read in time\n",
		program_name, n);
}

/* Ends the outlet, and begins another one on the stderr of now. */
static void
replace_outlet(bool begin)
{
	const struct base_outlet_plan plan = {
		.fd = STDERR_FILENO, .shared = true, .capacity = QUEUE_BYTES, .gap = format_gap};

	g_rw_lock_writer_lock(&outlet_lock);
	base_outlet_finish(outlet, NULL);
	outlet = begin ? base_outlet_new(&plan) : NULL;
	g_rw_lock_writer_unlock(&outlet_lock);
}

void
base_log_start(void)
{
	replace_outlet(true);
	g_mutex_lock(&kinds_lock);
	limiting = true;
	g_mutex_unlock(&kinds_lock);
}

/* Logs the number of messages that were held back. */
static void
tell_held(GLogLevelFlags level, uint64_t held, const char *last)
{
	if (held == 1)
		g_log("spinor", level, "%s", last);
	else if (held > 1)
		g_log("spinor", level, "%s (the last of %" PRIu64 " such messages)", last, held);
}

void
base_log_finish(void)
{
	g_mutex_lock(&kinds_lock);
	limiting = false;
	for (unsigned int i = 0; i < n_kinds; i++) {
		tell_held(kinds[i].level, kinds[i].held, kinds[i].last);
		g_clear_pointer(&kinds[i].last, g_free);
	}
	n_kinds = 0;
	g_mutex_unlock(&kinds_lock);
	replace_outlet(false);
}

/* NULL: too many kinds. */
static struct kind *
kind_of(GLogLevelFlags level, const char *format)
{
	for (unsigned int i = 0; i < n_kinds; i++)
		if (kinds[i].format == format)
			return &kinds[i];
	if (n_kinds == KINDS_MAX)
		return NULL;
	kinds[n_kinds] = (struct kind){.format = format, .level = level};
	return &kinds[n_kinds++];
}

/* Returns true if the limit of its kind allows the message. Sets *held and *last if earlier ones
 * were held back. */
static bool
admit(struct kind *kind, const char *text, uint64_t *held, char **last)
{
	int64_t now_us = g_get_monotonic_time();

	if (kind->logged == 0 || now_us - kind->since_us >= INTERVAL_US) {
		*held = kind->held;
		*last = g_steal_pointer(&kind->last);
		kind->held = 0;
		kind->logged = 0;
		kind->since_us = now_us;
	}
	if (kind->logged < LIMIT) {
		kind->logged++;
		return true;
	}
	kind->held++;
	g_free(kind->last);
	kind->last = g_strdup(text);
	return false;
}

void
base_log(GLogLevelFlags level, const char *format, ...)
{
	bool admitted = true;
	uint64_t held = 0;
	g_autofree char *last = NULL;
	g_autofree char *text = NULL;
	struct kind *kind;
	va_list arguments;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (level <= G_LOG_LEVEL_WARNING) {
		g_mutex_lock(&kinds_lock);
		kind = limiting ? kind_of(level, format) : NULL;
		if (kind != NULL)
			admitted = admit(kind, text, &held, &last);
		g_mutex_unlock(&kinds_lock);
	}
	tell_held(level, held, last);
	if (admitted)
		g_log("spinor", level, "%s", text);
}

void
base_log_lines(const char *lines)
{
	if (*lines != '\0')
		write_lines(lines, strlen(lines));
}

bool
base_log_state(struct base_outlet_state *state)
{
	bool started;

	g_rw_lock_reader_lock(&outlet_lock);
	started = outlet != NULL;
	if (started)
		base_outlet_get(outlet, state);
	g_rw_lock_reader_unlock(&outlet_lock);
	return started;
}
