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

void
spinor_progress_done(void)
{
	if (!progress_shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress_shown = false;
}
