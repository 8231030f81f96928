/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text as a record of a session: refused with one line that names the file, or its events are read
 * to the end. */
#include "fuzz.h"
#include "onefile.h"

#include "record/data.h"
#include "record/reader.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *path;
	g_autoptr(GError) error = NULL;
	struct record_reader *reader;
	struct record_event event;
	int64_t last_ns = INT64_MIN;

	fuzz_quiet();
	if (path == NULL)
		path = onefile_path("a.rec");
	onefile_write(path, data, size);
	reader = record_reader_new(path, &error);
	if (reader == NULL) {
		fuzz_check_error(error, path);
		return 0;
	}
	while (record_reader_next(reader, &event, &error)) {
		fuzz_check(event.kind == RECORD_IS_EVENT || event.n <= RECORD_DATA_MAX,
			"%zu bytes in a line", event.n);
		fuzz_check(event.adapter < record_reader_head(reader)->adapters->len,
			"an event of no adapter");
		fuzz_check(event.time_ns >= last_ns || last_ns == INT64_MIN,
			"time goes back from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, last_ns,
			event.time_ns);
		last_ns = event.time_ns;
	}
	if (error != NULL)
		fuzz_check_error(error, path);
	record_reader_is_complete(reader);
	record_reader_free(reader);
	return 0;
}
