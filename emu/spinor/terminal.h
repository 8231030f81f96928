/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal of the tool: its width, colour, drawing in place, and the progress bar. */
#ifndef SPINOR_SPINOR_TERMINAL_H
#define SPINOR_SPINOR_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

enum spinor_colour {
	SPINOR_PLAIN,
	SPINOR_BOLD,
	SPINOR_DIM,
	SPINOR_RED,
	SPINOR_GREEN,
	SPINOR_YELLOW,
};

/* Returns the escape sequence, or "" if the output has no colour. */
const char *spinor_colour(enum spinor_colour colour);

/* True: standard output is a terminal that can move its cursor. */
bool spinor_terminal_is_one(void);

/* Columns of standard output: those of the terminal, else of COLUMNS, else 80. At least 40. */
unsigned int spinor_terminal_columns(void);
/* Its rows; 24 if it is no terminal. */
unsigned int spinor_terminal_rows(void);

/* True: the locale has the characters of boxes. */
bool spinor_terminal_is_utf8(void);

/* Prints text, broken at blanks to the columns of the terminal; the rest of a line is indented. */
void spinor_terminal_print(const char *text);

/* Returns a table without the column of that title if a line is longer than the columns of the
 * terminal, and then cuts lines that still are; unchanged if standard output is no terminal. Free
 * with g_free(). */
char *spinor_terminal_fit_table(const char *table, const char *title);

/* Begins a screen over the last one: moves to the top left. After each line of it print
 * spinor_terminal_line_end(), at last spinor_terminal_clear_rest(). */
void spinor_terminal_home(void);
const char *spinor_terminal_line_end(void);
void spinor_terminal_clear_rest(void);

/*
 * Shows a progress bar on standard error, if that is a terminal, for waits of more than a second.
 * done of total: with percent and the time left; total 0: not known, with the time so far.
 * Overwrites itself; spinor_progress_done() removes it.
 */
void spinor_progress(const char *text, int64_t waited_ms, uint64_t done, uint64_t total);
void spinor_progress_done(void);
/* True: there is a terminal for the bar. */
bool spinor_progress_is_shown(void);

#endif
