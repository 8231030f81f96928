/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's log: one line per message on stderr, through GLib's structured log. */
#ifndef SPINOR_BASE_LOG_H
#define SPINOR_BASE_LOG_H

#include <glib.h>
#include <stdbool.h>

struct base_outlet_state;

#define BASE_LOG_MAX 2000 /* bytes of a message; a longer one is shortened */

/* Messages of spinor; printf-style, no newline at the end. */
#define log_error(...) base_log(G_LOG_LEVEL_CRITICAL, __VA_ARGS__)
#define log_warning(...) base_log(G_LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) base_log(G_LOG_LEVEL_MESSAGE, __VA_ARGS__)
#define log_info(...) base_log(G_LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) base_log(G_LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Writes messages as "NAME: level: text" to stderr. level: the least important kind that is shown
 * (G_LOG_LEVEL_WARNING, _MESSAGE, _INFO, _DEBUG). name must live as long as the process. */
void base_log_init(const char *name, GLogLevelFlags level);

/* What the macros above call. format identifies the kind of message, and is not copied. */
void base_log(GLogLevelFlags level, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* From now on no thread waits for the reader of stderr, and repeated warnings are limited. To be
 * called again after stderr was replaced. */
void base_log_start(void);

/* Ends that: logs the numbers of messages that were held back, and waits up to 2 s for a slow
 * reader. */
void base_log_finish(void);

/* Writes whole lines to stderr, in order with the messages, and like these. */
void base_log_lines(const char *lines);

/* False: base_log_start() was not called, or the log has ended. */
bool base_log_state(struct base_outlet_state *state);

#endif
