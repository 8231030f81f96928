/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer of GLib's structured log. One write(2) per message, so that lines of several threads,
 * or of a tool that shares the terminal, never mix. Leaves out files, journals and time stamps: the
 * service manager adds them.
 */
#include "base/log.h"

#include "base/escape.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char *program_name;
static GLogLevelFlags least_level;

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
	write_all(line->str, line->len);
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
