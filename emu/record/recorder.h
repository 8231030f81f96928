/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the record of a session, spinor-record(5). */
#ifndef SPINOR_RECORD_RECORDER_H
#define SPINOR_RECORD_RECORDER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_VERSION 1

struct record_writer;

/* Creates the file, or opens it. NULL and BASE_ERROR_FILE on error. Nothing is written, and an
 * existing file keeps its content, before record_writer_begin(). The times of events are counted
 * from origin_ns, CLOCK_MONOTONIC. */
struct record_writer *record_writer_new(const char *path, int64_t origin_ns, GError **error);

int64_t record_writer_origin_ns(const struct record_writer *writer);

/* Head: a line, and the lines of a text behind it. */
void record_writer_head(struct record_writer *writer, const char *format, ...) G_GNUC_PRINTF(2, 3);
void record_writer_text(struct record_writer *writer, const char *text);

/*
 * Events, from any thread. adapter: its name, which outlives the writer. wall_ns: CLOCK_MONOTONIC.
 * After an error of the file, which is logged once, they have no effect.
 */
void record_writer_event(
	struct record_writer *writer, const char *adapter, int64_t wall_ns, const char *text);
/* kind: RECORD_FROM_HOST and so on of record/reader.h; at most RECORD_DATA_MAX bytes. */
void record_writer_data(struct record_writer *writer, const char *adapter, int64_t wall_ns,
	char kind, const uint8_t *bytes, size_t n);

/* Empties the file, and writes what has come so far. */
void record_writer_begin(struct record_writer *writer);

/* Its path and errno of the failure that ended it; 0: it goes on. From any thread. */
const char *record_writer_path(const struct record_writer *writer);
int record_writer_failure(struct record_writer *writer);

/* Ends the file. False: there was an error, the record is not complete. NULL is allowed. */
bool record_writer_close(struct record_writer *writer);

#endif
