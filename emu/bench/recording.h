/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of a bench's session: its head, and the writer of its events. Any function accepts
 * NULL: there is no record. */
#ifndef SPINOR_BENCH_RECORDING_H
#define SPINOR_BENCH_RECORDING_H

#include <glib.h>
#include <stdbool.h>

struct bench;
struct bench_chip;
struct bench_recording;
struct record_writer;
struct setup_options;

/* The caller holds the wall: the time now is the origin of the record. */
struct bench_recording *bench_recording_new(const char *path, GError **error);

struct record_writer *bench_recording_writer(struct bench_recording *recording);

/* Reads the state of the chip on disk, before the chip is created. image NULL: it has none. */
void bench_recording_keep_state(
	struct bench_recording *recording, const char *adapter, unsigned int cs, const char *image);

/* Writes the head: options, bench file, content of the chips. Events follow. */
void bench_recording_begin(struct bench_recording *recording, const struct setup_options *options,
	const struct bench *bench);

/* False: the record is not complete. */
bool bench_recording_end(struct bench_recording *recording);

/* The digest of a chip's content as in a record. Free with g_free(). */
char *bench_recording_digest(struct bench_chip *chip);

#endif
