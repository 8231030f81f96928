/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's log: one line per message on stderr, through GLib's structured log. */
#ifndef SPINOR_BASE_LOG_H
#define SPINOR_BASE_LOG_H

#include <glib.h>

/* Messages of spinor carry this domain; printf-style, no newline at the end. */
#define BASE_LOG_MAX 2000 /* bytes of a message; a longer one is shortened */

#define log_error(...) g_log("spinor", G_LOG_LEVEL_CRITICAL, __VA_ARGS__)
#define log_warning(...) g_log("spinor", G_LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) g_log("spinor", G_LOG_LEVEL_MESSAGE, __VA_ARGS__)
#define log_info(...) g_log("spinor", G_LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) g_log("spinor", G_LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Writes messages as "NAME: level: text" to stderr. level: the least important kind that is shown
 * (G_LOG_LEVEL_WARNING, _MESSAGE, _INFO, _DEBUG). name must live as long as the process. */
void base_log_init(const char *name, GLogLevelFlags level);

#endif
