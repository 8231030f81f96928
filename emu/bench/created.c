/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that the chips of a bench create at its start: the last step of the start, and its
 * reversal when the start is refused.
 */
#include "bench/created.h"

#include "bench/adapter.h"
#include "bench/bench.h"
#include "bench/chip.h"
#include "clip/clip.h"
#include "record/recorder.h"
#include "trace/text.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool
bench_is_new_file(const char *path)
{
	struct stat info;

	return path != NULL && strcmp(path, "-") != 0 && lstat(path, &info) < 0;
}

/* Calls a function for each chip, until one returns false. */
static bool
each_chip(struct bench *bench, bool (*act)(struct bench_chip *chip, GError **error), GError **error)
{
	for (unsigned int i = 0; i < bench_n_adapters(bench); i++) {
		for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
			struct bench_chip *chip =
				bench_adapter_chip(bench_adapter_at(bench, i), cs);

			if (chip != NULL && !act(chip, error))
				return false;
		}
	}
	return true;
}

static bool
refuse_chip(struct bench_chip *chip, GError **error)
{
	(void)error;
	bench_chip_refuse(chip);
	return true;
}

bool
bench_begin(struct bench *bench, GError **error)
{
	return each_chip(bench, bench_chip_begin, error);
}

void
bench_accept(struct bench *bench)
{
	struct record_writer *record;
	struct trace_text *trace;

	bench_writers(bench, &trace, &record);
	if (trace != NULL)
		trace_text_begin(trace);
	if (record != NULL)
		record_writer_begin(record);
}

void
bench_refuse(struct bench *bench)
{
	GPtrArray *files;

	if (bench == NULL)
		return;
	each_chip(bench, refuse_chip, NULL);
	files = bench_new_files(bench);
	for (guint i = 0; i < files->len; i++)
		unlink(files->pdata[i]);
	g_ptr_array_set_size(files, 0);
}
