/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The head of a record: all that is needed to build the same bench again. It has the options and
 * the text of the bench file, the registers of chips with an image as they were on disk, and a
 * digest of each chip's content.
 *
 * Leaves out the content itself, which is as large as the chip: a replay gets a copy of the image,
 * and compares the digest. The digest is SHA-256, so that sha256sum finds the file.
 */
#include "config.h"

#include "bench/recording.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/wholefile.h"
#include "bench/adapter.h"
#include "bench/bench.h"
#include "bench/chip.h"
#include "clip/clip.h"
#include "flash/partdata.h"
#include "record/reader.h"
#include "record/recorder.h"
#include "setup/options.h"
#include "store/image.h"

#include <string.h>

struct bench_recording {
	struct record_writer *writer;
	GHashTable *states; /* "ADAPTER/CS": text of IMAGE.state */
};

struct bench_recording *
bench_recording_new(const char *path, GError **error)
{
	struct record_writer *writer = record_writer_new(path, base_wall_ns(), error);
	struct bench_recording *recording;

	if (writer == NULL)
		return NULL;
	recording = g_new0(struct bench_recording, 1);
	recording->writer = writer;
	recording->states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return recording;
}

struct record_writer *
bench_recording_writer(struct bench_recording *recording)
{
	return recording != NULL ? recording->writer : NULL;
}

void
bench_recording_keep_state(
	struct bench_recording *recording, const char *adapter, unsigned int cs, const char *image)
{
	g_autofree char *path = NULL;
	char *text;
	gsize length;

	if (recording == NULL || image == NULL)
		return;
	path = g_strconcat(image, ".state", NULL);
	if (base_whole_file(path, BASE_TEXT_MAX, &text, &length, NULL))
		g_hash_table_insert(recording->states, g_strdup_printf("%s/%u", adapter, cs), text);
}

char *
bench_recording_digest(struct bench_chip *chip)
{
	const uint8_t *array = store_image_array(bench_chip_image(chip));
	size_t size = (size_t)bench_chip_part(chip)->size;

	if (array[0] == 0xff && memcmp(array, array + 1, size - 1) == 0)
		return g_strdup(RECORD_BLANK);
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, array, size);
}

/* A backslash begins an escape. */
static char *
escape(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "\\", -1);
	g_autofree char *doubled = g_strjoinv("\\\\", parts);

	return base_escape(doubled);
}

static void
write_options(struct record_writer *writer, const struct setup_options *options)
{
	g_autofree char *text = NULL;
	g_autofree char *path = NULL;
	g_autofree char *whole = NULL;
	gsize length;

	for (char **word = options->words; word != NULL && *word != NULL; word++) {
		g_autofree char *escaped = escape(*word);

		record_writer_head(writer, "word %s", escaped);
	}
	if (options->file == NULL)
		return;
	whole = g_canonicalize_filename(options->file, NULL);
	path = escape(whole);
	record_writer_head(writer, "bench %s", path);
	if (base_whole_file(options->file, BASE_TEXT_MAX, &text, &length, NULL))
		record_writer_text(writer, text);
}

static void
write_chip(struct bench_recording *recording, const struct bench_adapter *adapter, unsigned int cs)
{
	struct bench_chip *chip = bench_adapter_chip(adapter, cs);
	g_autofree char *digest = bench_recording_digest(chip);
	const char *image = bench_chip_image_path(chip);
	g_autofree char *whole = image != NULL ? g_canonicalize_filename(image, NULL) : NULL;
	g_autofree char *path = whole != NULL ? escape(whole) : NULL;
	g_autofree char *key = g_strdup_printf("%s/%u", bench_adapter_name(adapter), cs);
	const char *state = g_hash_table_lookup(recording->states, key);

	record_writer_head(recording->writer, "content %u %" G_GUINT64_FORMAT " %s%s%s", cs,
		bench_chip_part(chip)->size, digest, path != NULL ? " " : "",
		path != NULL ? path : "");
	if (state == NULL)
		return;
	record_writer_head(recording->writer, "state");
	record_writer_text(recording->writer, state);
}

void
bench_recording_begin(struct bench_recording *recording, const struct setup_options *options,
	const struct bench *bench)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *date = g_date_time_format_iso8601(now);
	struct record_writer *writer;

	if (recording == NULL)
		return;
	writer = recording->writer;
	record_writer_head(writer, "program spinord " PACKAGE_VERSION);
	record_writer_head(writer, "began %s", date);
	record_writer_head(
		writer, "origin %" G_GINT64_FORMAT, record_writer_origin_ns(recording->writer));
	write_options(writer, options);
	for (unsigned int i = 0; i < bench_n_adapters(bench); i++) {
		const struct bench_adapter *adapter = bench_adapter_at(bench, i);

		record_writer_head(writer, "adapter %s", bench_adapter_name(adapter));
		for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
			if (bench_adapter_chip(adapter, cs) != NULL)
				write_chip(recording, adapter, cs);
	}
	record_writer_head(writer, "events");
}

bool
bench_recording_end(struct bench_recording *recording)
{
	bool good;

	if (recording == NULL)
		return true;
	good = record_writer_close(recording->writer);
	g_hash_table_unref(recording->states);
	g_free(recording);
	return good;
}
