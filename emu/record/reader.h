/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a record, spinor-record(5). */
#ifndef SPINOR_RECORD_READER_H
#define SPINOR_RECORD_READER_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_MAGIC "spinor-record"
#define RECORD_END "end"

/* The kinds of lines with bytes. */
#define RECORD_FROM_HOST '<'
#define RECORD_TO_HOST '>'      /* all that the adapter had to send */
#define RECORD_TO_HOST_FULL '+' /* as much as the port could take */

/* The words of other events; those with an argument end in a blank. */
#define RECORD_OPEN "open"
#define RECORD_CLOSE "close"
#define RECORD_TIMEOUT "timeout"
#define RECORD_UNPLUGGED "unplugged"
#define RECORD_PLUGGED "plugged"
#define RECORD_FAILED "failed" /* the action before it */
#define RECORD_BAUD "baud "
#define RECORD_ADVANCE "advance "
#define RECORD_ACTION "do "

/* The content of a chip when the recording began. */
struct record_content {
	char *adapter;
	unsigned int cs;
	uint64_t size;
	char *digest; /* SHA-256 in hex, or RECORD_BLANK */
	char *image;  /* its path; NULL: none */
	char *state;  /* the text of IMAGE.state; NULL: none */
};
#define RECORD_BLANK "blank"

struct record_head {
	int64_t origin_ns;   /* CLOCK_MONOTONIC */
	GPtrArray *words;    /* of the command line that describes the bench */
	char *bench_path;    /* NULL: no bench file */
	GString *bench_text; /* of it */
	GPtrArray *contents; /* struct record_content */
	GPtrArray *adapters; /* names */
};

enum record_kind {
	RECORD_IS_DATA, /* from the host */
	RECORD_IS_ANSWER,
	RECORD_IS_EVENT, /* any other */
};

struct record_event {
	enum record_kind kind;
	unsigned int adapter; /* index of its name */
	int64_t time_ns;      /* since the origin; never goes back */
	uint8_t *bytes;
	size_t n;
	bool full;        /* RECORD_TO_HOST_FULL */
	const char *text; /* RECORD_IS_EVENT */
};

struct record_reader;

/* Opens the file and reads the head. Errors name file, line and reason. */
struct record_reader *record_reader_new(const char *path, GError **error);
void record_reader_free(struct record_reader *reader);

const struct record_head *record_reader_head(const struct record_reader *reader);

/* The next event, which is valid until the next call. False: the end, or an error. */
bool record_reader_next(struct record_reader *reader, struct record_event *event, GError **error);

/* After the end: false if the file ends early, as that of a daemon that was killed. */
bool record_reader_is_complete(const struct record_reader *reader);

#endif
