/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to the chips, as text: one line per event. The format is described in spinord(1). */
#ifndef SPINOR_TRACE_TEXT_H
#define SPINOR_TRACE_TEXT_H

#include "flash/flash.h"

#include <glib.h>

struct trace_text;

/* Opens the trace; path: a file, which is emptied, or "-" for stdout. */
struct trace_text *trace_text_new(const char *path, GError **error);

/* Ends it; no chip may be using one of its listeners any more. */
void trace_text_destroy(struct trace_text *trace);

/* A listener for one more chip, that appears as chip in the lines. Its data belongs to the trace.
 * The listeners of one trace may be used from different threads. */
struct flash_listener trace_text_listen(struct trace_text *trace, const char *chip);

/* The line for that event with its newline, or NULL when the event is not for the trace. Free with
 * g_free(). */
char *trace_text_format(const char *chip, const struct flash_event *event);

#endif
