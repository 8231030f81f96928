/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What depends on the terminal. Uses colour only if standard output is a terminal and NO_COLOR is
 * not set (https://no-color.org), the progress bar only if standard error is a terminal. Escape
 * sequences are those of ECMA-48; TERM=dumb has none.
 */
#include "spinor/terminal.h"

#include "base/units.h"

#include <glib.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define USUAL_COLUMNS 80
#define USUAL_ROWS 24
#define COLUMNS_MIN 40
#define COLUMNS_MAX 1000
#define BAR_WIDTH 20
#define BAR_MARK 5
#define SHOW_AFTER_MS 1000

static bool progress_shown;

static bool
has_terminal(int fd)
{
	const char *terminal = g_getenv("TERM");

	return isatty(fd) && g_strcmp0(terminal, "dumb") != 0;
}

bool
spinor_terminal_is_one(void)
{
	return has_terminal(STDOUT_FILENO);
}

const char *
spinor_colour(enum spinor_colour colour)
{
	static const char *const escapes[] = {
		[SPINOR_PLAIN] = "\033[0m",
		[SPINOR_BOLD] = "\033[1m",
		[SPINOR_DIM] = "\033[2m",
		[SPINOR_RED] = "\033[31m",
		[SPINOR_GREEN] = "\033[32m",
		[SPINOR_YELLOW] = "\033[33m",
	};
	const char *no_color = g_getenv("NO_COLOR");

	if ((no_color != NULL && *no_color != '\0') || !has_terminal(STDOUT_FILENO))
		return "";
	return escapes[colour];
}

unsigned int
spinor_terminal_columns(void)
{
	const char *set = g_getenv("COLUMNS");
	struct winsize size;
	uint64_t columns;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
		size.ws_col > 0)
		return CLAMP(size.ws_col, COLUMNS_MIN, COLUMNS_MAX);
	if (set != NULL && base_parse_decimal(set, COLUMNS_MIN, COLUMNS_MAX, &columns))
		return (unsigned int)columns;
	return USUAL_COLUMNS;
}

unsigned int
spinor_terminal_rows(void)
{
	struct winsize size;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
		size.ws_row > 0)
		return size.ws_row;
	return USUAL_ROWS;
}

bool
spinor_terminal_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool utf8;

	if (locale == (locale_t)0)
		return false;
	utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return utf8;
}

/* Returns where the character after at is; *columns: of the one at at. */
static const char *
next_character(const char *at, unsigned int *columns)
{
	*columns = 0;
	if (*at == '\033') {
		at += strcspn(at, "mKHJ");
		return *at != '\0' ? at + 1 : at;
	}
	*columns = 1;
	do
		at++;
	while ((*at & 0xc0) == 0x80);
	return at;
}

/* Returns the end of the part of a line that fits, at a blank if there is one. */
static const char *
fitting_end(const char *line, const char *end, unsigned int columns)
{
	const char *blank = NULL, *at = line;
	unsigned int used = 0, width;
	bool text = false;

	while (at < end) {
		const char *next = next_character(at, &width);

		/* Blanks before the first word are no place to break at. */
		if (*at == ' ' && text)
			blank = at;
		text |= *at != ' ';
		if (used + width > columns)
			return blank != NULL ? blank : end;
		used += width;
		at = next;
	}
	return end;
}

/* The indentation of the rest of a line: the column after the first gap, if it has one, or more
 * than the line has. */
static unsigned int
indent_of(const char *line, const char *end, unsigned int columns)
{
	unsigned int lead = (unsigned int)strspn(line, " ");
	unsigned int at_column = lead, width;

	for (const char *at = line + lead; at < end; at = next_character(at, &width)) {
		size_t gap = strspn(at, " ");

		if (gap >= 2 && at + gap < end)
			return at_column + gap <= columns * 3 / 5 ? at_column + (unsigned int)gap
								  : lead + 4;
		next_character(at, &width);
		at_column += width;
	}
	return lead + 4;
}

static void
print_line(const char *line, const char *end, unsigned int columns)
{
	unsigned int indent = indent_of(line, end, columns);

	for (;;) {
		const char *part = fitting_end(line, end, columns);

		fwrite(line, 1, (size_t)(part - line), stdout);
		putchar('\n');
		if (part >= end)
			return;
		line = part + strspn(part, " ");
		printf("%*s", (int)indent, "");
		if (columns > indent)
			columns = spinor_terminal_columns() - indent;
	}
}

void
spinor_terminal_print(const char *text)
{
	unsigned int columns = spinor_terminal_columns();

	while (*text != '\0') {
		const char *end = text + strcspn(text, "\n");

		print_line(text, end, columns);
		text = *end != '\0' ? end + 1 : end;
	}
}

static unsigned int
longest_line(char *const *lines)
{
	glong longest = 0;

	for (; *lines != NULL; lines++)
		longest = MAX(longest, g_utf8_strlen(*lines, -1));
	return (unsigned int)longest;
}

/* Removes n bytes from position at of each line. */
static void
remove_column(char **lines, size_t at, size_t n)
{
	for (; *lines != NULL; lines++) {
		size_t length = strlen(*lines);
		size_t end = MIN(at + n, length);

		if (length > at)
			memmove(*lines + at, *lines + end, length - end + 1);
	}
}

char *
spinor_terminal_fit_table(const char *table, const char *title)
{
	unsigned int columns = spinor_terminal_columns();
	g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
	const char *column = lines[0] != NULL ? strstr(lines[0], title) : NULL;
	const char *next = NULL;

	if (!spinor_terminal_is_one() || longest_line(lines) <= columns)
		return g_strdup(table);
	if (column != NULL)
		next = column + strcspn(column, " ");
	if (next != NULL && *next != '\0')
		remove_column(lines, (size_t)(column - lines[0]),
			(size_t)(next + strspn(next, " ") - column));
	for (char **line = lines; *line != NULL; line++) {
		if (g_utf8_strlen(*line, -1) <= (glong)columns)
			continue;
		strcpy(g_utf8_offset_to_pointer(*line, (glong)columns - 3), "...");
	}
	return g_strjoinv("\n", lines);
}

void
spinor_terminal_home(void)
{
	if (spinor_terminal_is_one())
		fputs("\033[H", stdout);
}

const char *
spinor_terminal_line_end(void)
{
	return spinor_terminal_is_one() ? "\033[K\n" : "\n";
}

void
spinor_terminal_clear_rest(void)
{
	if (spinor_terminal_is_one())
		fputs("\033[J", stdout);
}

/* "[====                ] image save, 20 %, 12 s left" */
static void
show_known(const char *text, int64_t waited_ms, uint64_t done, uint64_t total)
{
	double part = (double)MIN(done, total) / (double)total;
	char bar[BAR_WIDTH + 1];
	size_t full = (size_t)(part * BAR_WIDTH);

	memset(bar, ' ', BAR_WIDTH);
	memset(bar, '=', full);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %s, %d %%", bar, text, (int)(part * 100));
	if (part > 0)
		fprintf(stderr, ", %d s left",
			(int)((double)waited_ms * (1 - part) / part / 1000 + 0.5));
	fputs("\033[K", stderr);
}

/* A mark that moves to and fro. */
static void
show_unknown(const char *text, int64_t waited_ms)
{
	char bar[BAR_WIDTH + 1];
	int64_t step = waited_ms / 100 % (2 * (BAR_WIDTH - BAR_MARK));
	int64_t at = MIN(step, 2 * (BAR_WIDTH - BAR_MARK) - step);

	memset(bar, ' ', BAR_WIDTH);
	memset(bar + at, '=', BAR_MARK);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %s, %d s\033[K", bar, text, (int)(waited_ms / 1000));
}

void
spinor_progress(const char *text, int64_t waited_ms, uint64_t done, uint64_t total)
{
	if (waited_ms < SHOW_AFTER_MS || !has_terminal(STDERR_FILENO))
		return;
	if (total > 0)
		show_known(text, waited_ms, done, total);
	else
		show_unknown(text, waited_ms);
	fflush(stderr);
	progress_shown = true;
}

bool
spinor_progress_is_shown(void)
{
	return has_terminal(STDERR_FILENO);
}

void
spinor_progress_done(void)
{
	if (!progress_shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress_shown = false;
}
