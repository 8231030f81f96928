/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of the chips as text, one line per event. spinord(1) describes the format. */
#ifndef SPINOR_TRACE_TEXT_H
#define SPINOR_TRACE_TEXT_H

#include "flash/flash.h"

#include <glib.h>

struct base_outlet;
struct trace_text;

/* Opens the trace. path: a file, a FIFO, with or without a reader, a device, or "-" for standard
 * output. Nothing is written, and the file keeps its old lines, before trace_text_begin(). */
struct trace_text *trace_text_new(const char *path, GError **error);

/* Removes the old lines of the file and writes the events so far. */
void trace_text_begin(struct trace_text *trace);

/* Closes it, after at most 2 s for a slow reader. No chip may use one of its listeners any more. */
void trace_text_destroy(struct trace_text *trace);

/* Calls observe with each change that the log tells, such as "No space left on device; ...", from
 * any thread. NULL ends that; no call is in progress when this returns. */
typedef void trace_text_observer(void *data, const char *message);
void trace_text_observe(struct trace_text *trace, trace_text_observer *observe, void *data);

/* Where the lines go, for its state and for other lines before these. */
struct base_outlet *trace_text_outlet(struct trace_text *trace);

/* Returns a listener for a chip with the name chip in the lines. The trace owns its data. The
 * listeners of one trace may be used from different threads. */
struct flash_listener trace_text_listen(struct trace_text *trace, const char *chip);

/* Returns the line for that event with its newline; NULL: the trace leaves the event out. Free with
 * g_free(). */
char *trace_text_format(const char *chip, const struct flash_event *event);

#endif
