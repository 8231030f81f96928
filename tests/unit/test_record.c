/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records: bytes as text, the writer, the reader, and what each mistake of a file is called. */
#include "base/clock.h"
#include "base/error.h"
#include "record/data.h"
#include "record/reader.h"
#include "record/recorder.h"
#include "record/tap.h"
#include "storage_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static const struct {
	const char *text; /* as written */
	const char *bytes;
	size_t n;
} data_rows[] = {
	{"", "", 0},
	{"06", "\x06", 1},
	{"0015FF", "\x00\x15\xff", 3},
	/* Seven equal bytes are shorter as they are. */
	{"FFFFFFFFFFFFFF", "\xff\xff\xff\xff\xff\xff\xff", 7},
	{"FF{8}", "\xff\xff\xff\xff\xff\xff\xff\xff", 8},
	{"0600{9}A5", "\x06\0\0\0\0\0\0\0\0\0\xa5", 11},
};

START_TEST(bytes_are_hex_and_runs)
{
	uint8_t back[RECORD_DATA_MAX];
	char text[64];
	size_t n,
		length = record_data_write(
			text, (const uint8_t *)data_rows[_i].bytes, data_rows[_i].n);

	text[length] = '\0';
	ck_assert_str_eq(text, data_rows[_i].text);
	ck_assert(record_data_read(text, length, back, &n));
	ck_assert_uint_eq(n, data_rows[_i].n);
	ck_assert_mem_eq(back, data_rows[_i].bytes, n);
}
END_TEST

START_TEST(any_bytes_come_back)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(1);
	g_autofree uint8_t *bytes = g_malloc(RECORD_DATA_MAX);
	g_autofree uint8_t *back = g_malloc(RECORD_DATA_MAX);
	g_autofree char *text = g_malloc(RECORD_DATA_CHARACTERS(RECORD_DATA_MAX));

	for (int round = 0; round < 200; round++) {
		size_t n = (size_t)g_rand_int_range(random, 0, (gint32)RECORD_DATA_MAX + 1), got;
		size_t length;

		for (size_t i = 0; i < n;) {
			size_t run = (size_t)g_rand_int_range(random, 1, round % 30 + 2);

			run = MIN(run, n - i);
			memset(bytes + i, g_rand_int_range(random, 0, 256), run);
			i += run;
		}
		length = record_data_write(text, bytes, n);
		ck_assert_uint_le(length, RECORD_DATA_CHARACTERS(n));
		ck_assert(record_data_read(text, length, back, &got));
		ck_assert_uint_eq(got, n);
		ck_assert_mem_eq(bytes, back, n);
	}
}
END_TEST

START_TEST(what_is_no_data_is_refused)
{
	static const char *const rows[] = {"0", "G0", "0g", "ff", "FF{", "FF{}", "FF{0}", "FF{8",
		"{8}", "FF{65537}", "FF{65536}00", "FF{99999999999999999999}", "FF {8}", "0 0",
		"FF{-1}", "FF{8}{8}"};
	uint8_t bytes[RECORD_DATA_MAX];
	size_t n;

	ck_assert_msg(!record_data_read(rows[_i], strlen(rows[_i]), bytes, &n), "%s", rows[_i]);
}
END_TEST

#define HEAD "spinor-record 1\norigin 1000\nadapter main\ncontent 0 16 blank\nevents\n"

/* A mistake in a record is one of the user's who names it: exit status 2. */
static void
check_refused(const GError *error, const char *message)
{
	g_auto(GStrv) parts = g_strsplit(message, "DIR", -1);
	g_autofree char *wanted = g_strjoinv(storage_dir, parts);

	ck_assert_ptr_nonnull(error);
	ck_assert(g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE));
	ck_assert_str_eq(error->message, wanted);
}

static struct record_reader *
open_text(const char *text, size_t n, GError **error)
{
	g_autofree char *path = storage_path("x.rec");

	storage_write("x.rec", text, n);
	return record_reader_new(path, error);
}

/* Reads everything; returns the number of events. */
static unsigned int
read_all(struct record_reader *reader, GError **error)
{
	struct record_event event;
	unsigned int n = 0;

	while (record_reader_next(reader, &event, error))
		n++;
	return n;
}

static const struct {
	const char *text;
	const char *message;
} damaged[] = {
	{"", "\"DIR/x.rec\" is not a record; allowed are files that spinord --record has written"},
	{"ELF\n",
		"\"DIR/x.rec\" is not a record; allowed are files that spinord --record has "
		"written"},
	{"spinor-record\n",
		"\"DIR/x.rec\" is not a record; allowed are files that spinord --record has "
		"written"},
	{"spinor-record 2\nnew\n",
		"record \"DIR/x.rec\" has version 2, this spinor reads version 1"},
	{"spinor-record 1\norigin 1\n",
		"record \"DIR/x.rec\": line 2: the file ends in the head of the record"},
	{"spinor-record 1\nevents\n",
		"record \"DIR/x.rec\": line 2: the head has no origin or no adapter"},
	{"spinor-record 1\nfuture x\n",
		"record \"DIR/x.rec\": line 2: unknown line in the head; allowed are origin, word, "
		"bench, adapter, content, state, events"},
	{"spinor-record 1\norigin -4\n",
		"record \"DIR/x.rec\": line 2: origin: a time in ns is wanted"},
	{"spinor-record 1\n| text\n",
		"record \"DIR/x.rec\": line 2: text without a bench or a "
		"state before it"},
	{"spinor-record 1\nstate\n",
		"record \"DIR/x.rec\": line 2: state: it belongs behind the content of a chip"},
	{"spinor-record 1\ncontent 0 1 blank\n",
		"record \"DIR/x.rec\": line 2: content: allowed are chip select, size, digest and "
		"image, after an adapter"},
	{"spinor-record 1\nbench a\nbench b\n",
		"record \"DIR/x.rec\": line 3: a second bench; one is allowed"},
	{"spinor-record 1\nbench \n",
		"record \"DIR/x.rec\": line 2: bench: the path of a bench file is wanted"},
	{"spinor-record 1\nword a\\q\n",
		"record \"DIR/x.rec\": line 2: word: it has an escape that is not allowed; \\n \\r "
		"\\t \\\\ \\\" and \\xNN are"},
	{HEAD "@other\n", "record \"DIR/x.rec\": line 6: the head has no such adapter"},
	{HEAD "0.00 open\n",
		"record \"DIR/x.rec\": line 6: no event of a record; allowed are a time in seconds "
		"with nine decimals and what occurred"},
	{HEAD "0.000000001 < 0\n",
		"record \"DIR/x.rec\": line 6: not bytes; allowed are upper-case hex digits and "
		"runs such as FF{256}, together 65536 bytes at most"},
	{HEAD "end\n0.000000001 open\n",
		"record \"DIR/x.rec\": line 7: text after the end of the record"},
};

START_TEST(a_damaged_record_is_refused_with_its_line)
{
	g_autoptr(GError) error = NULL;
	struct record_reader *reader =
		open_text(damaged[_i].text, strlen(damaged[_i].text), &error);

	if (reader != NULL)
		read_all(reader, &error);
	check_refused(error, damaged[_i].message);
	record_reader_free(reader);
}
END_TEST

START_TEST(bytes_00_and_endless_lines_are_refused)
{
	static const char nul[] = HEAD "0.000000001 op\0en\n";
	g_autoptr(GString) endless = g_string_new(HEAD);
	g_autoptr(GError) error = NULL;
	struct record_reader *reader = open_text(nul, sizeof nul - 1, NULL);

	read_all(reader, &error);
	check_refused(error, "record \"DIR/x.rec\": line 6: it has a byte 00; allowed is text");
	record_reader_free(reader);
	g_clear_error(&error);
	while (endless->len < 300000)
		g_string_append(endless, "0123456789");
	reader = open_text(endless->str, endless->len, NULL);
	read_all(reader, &error);
	check_refused(error, "record \"DIR/x.rec\": line 6: it is too long for a line of a record");
	record_reader_free(reader);
}
END_TEST

/* A daemon that is killed leaves the file without its end, often in the middle of a line. */
START_TEST(a_record_may_be_cut_anywhere)
{
	static const char whole[] = HEAD "@main\n0.000000001 open\n0.000000002 < 10\n"
					 "0.000000003 > 1506\n0.000000004 close\nend\n";
	static const size_t head = sizeof HEAD - 1;

	for (size_t n = head; n < sizeof whole; n++) {
		g_autoptr(GError) error = NULL;
		struct record_reader *reader = open_text(whole, n, &error);
		unsigned int events;

		ck_assert_msg(error == NULL, "%zu: %s", n, error ? error->message : "");
		events = read_all(reader, &error);
		ck_assert_msg(error == NULL, "%zu: %s", n, error ? error->message : "");
		ck_assert_uint_le(events, 4);
		ck_assert(record_reader_is_complete(reader) == (n == sizeof whole - 1));
		record_reader_free(reader);
	}
}
END_TEST

START_TEST(random_text_never_harms_the_reader)
{
	static const char whole[] = HEAD "@main\n0.000000001 open\n0.000000002 < 10FF{12}\n"
					 "0.000000003 > 1506\n0.000000004 do chip.pin {}\nend\n";
	g_autoptr(GRand) random = g_rand_new_with_seed(7);

	for (int round = 0; round < 2000; round++) {
		char text[sizeof whole];
		struct record_reader *reader;

		memcpy(text, whole, sizeof text);
		for (int i = g_rand_int_range(random, 1, 6); i > 0; i--)
			text[g_rand_int_range(random, 16, sizeof text - 1)] =
				"0{}<>+@|\n \\.F9~"[g_rand_int_range(random, 0, 16)];
		reader = open_text(text, sizeof text - 1, NULL);
		if (reader != NULL)
			read_all(reader, NULL);
		record_reader_free(reader);
	}
}
END_TEST

START_TEST(the_reader_returns_what_was_written)
{
	g_autofree char *path = storage_path("y.rec");
	struct record_writer *writer = record_writer_new(path, 5000, NULL);
	struct record_reader *reader;
	struct record_event event;

	record_writer_head(writer, "origin 5000");
	record_writer_begin(writer);
	record_writer_head(writer, "word --seed");
	record_writer_head(writer, "bench /tmp/a\\\\b");
	record_writer_text(writer, "[adapter a]\n\nchip = x");
	record_writer_head(writer, "adapter a");
	record_writer_head(writer, "content 3 16 abc /tmp/image of a");
	record_writer_head(writer, "state");
	record_writer_text(writer, "[spinor]\nversion=1\n");
	record_writer_head(writer, "adapter b");
	record_writer_head(writer, "events");
	record_writer_event(writer, "b", 5001, RECORD_OPEN);
	record_writer_data(writer, "a", 12000005000, RECORD_FROM_HOST, (const uint8_t *)"\x10", 1);
	record_writer_data(
		writer, "a", 12000005000, RECORD_TO_HOST_FULL, (const uint8_t *)"\x15\x06", 2);
	ck_assert(record_writer_close(writer));

	reader = record_reader_new(path, NULL);
	ck_assert_int_eq(record_reader_head(reader)->origin_ns, 5000);
	ck_assert_str_eq(record_reader_head(reader)->words->pdata[0], "--seed");
	ck_assert_str_eq(record_reader_head(reader)->bench_path, "/tmp/a\\b");
	ck_assert_str_eq(record_reader_head(reader)->bench_text->str, "[adapter a]\n\nchip = x\n");
	{
		const struct record_content *content =
			record_reader_head(reader)->contents->pdata[0];

		ck_assert_str_eq(content->adapter, "a");
		ck_assert_uint_eq(content->cs, 3);
		ck_assert_uint_eq(content->size, 16);
		ck_assert_str_eq(content->digest, "abc");
		ck_assert_str_eq(content->image, "/tmp/image of a");
		ck_assert_str_eq(content->state, "[spinor]\nversion=1\n");
	}
	ck_assert(record_reader_next(reader, &event, NULL));
	ck_assert_uint_eq(event.adapter, 1);
	ck_assert_int_eq(event.time_ns, 1);
	ck_assert_int_eq(event.kind, RECORD_IS_EVENT);
	ck_assert_str_eq(event.text, RECORD_OPEN);
	ck_assert(record_reader_next(reader, &event, NULL));
	ck_assert_uint_eq(event.adapter, 0);
	ck_assert_int_eq(event.time_ns, 12000000000);
	ck_assert_int_eq(event.kind, RECORD_IS_DATA);
	ck_assert_uint_eq(event.n, 1);
	ck_assert(record_reader_next(reader, &event, NULL));
	ck_assert_int_eq(event.kind, RECORD_IS_ANSWER);
	ck_assert(event.full);
	ck_assert_mem_eq(event.bytes, "\x15\x06", 2);
	ck_assert(!record_reader_next(reader, &event, NULL));
	ck_assert(record_reader_is_complete(reader));
	record_reader_free(reader);
}
END_TEST

START_TEST(a_full_disk_stops_the_recording_alone)
{
	struct record_writer *writer = record_writer_new("/dev/full", 1, NULL);

	record_writer_begin(writer);
	g_log_set_handler("spinor", G_LOG_LEVEL_CRITICAL, g_log_default_handler, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK);
	g_log_set_fatal_mask("spinor", G_LOG_LEVEL_ERROR);
	record_writer_event(writer, "a", 1, RECORD_OPEN);
	record_writer_event(writer, "a", 2, RECORD_CLOSE);
	ck_assert(!record_writer_close(writer));
}
END_TEST

START_TEST(a_record_that_has_not_begun_leaves_its_file)
{
	g_autofree char *path = storage_path("old.rec");
	g_autofree char *text = NULL;
	struct record_writer *writer;

	storage_write("old.rec", (const uint8_t *)"old", 3);
	writer = record_writer_new(path, 1, NULL);
	record_writer_event(writer, "a", 1, RECORD_OPEN);
	record_writer_data(writer, "a", 2, '>', (const uint8_t *)"ab", 2);
	ck_assert(record_writer_close(writer));
	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	ck_assert_str_eq(text, "old");
}
END_TEST

/* What comes before the begin is in the record all the same. */
START_TEST(a_record_holds_its_events_until_it_begins)
{
	g_autofree char *early = storage_path("early.rec");
	g_autofree char *late = storage_path("late.rec");
	char *texts[2] = {NULL};
	const char *const paths[] = {early, late};

	storage_write("late.rec", (const uint8_t *)"old", 3);
	for (unsigned int i = 0; i < 2; i++) {
		struct record_writer *writer = record_writer_new(paths[i], 1, NULL);

		if (i == 0)
			record_writer_begin(writer);
		record_writer_event(writer, "a", 1, RECORD_OPEN);
		record_writer_data(writer, "a", 2, '>', (const uint8_t *)"ab", 2);
		if (i == 1)
			record_writer_begin(writer);
		record_writer_event(writer, "a", 3, RECORD_CLOSE);
		ck_assert(record_writer_close(writer));
		ck_assert(g_file_get_contents(paths[i], &texts[i], NULL, NULL));
	}
	ck_assert_str_eq(texts[0], texts[1]);
	g_free(texts[0]);
	g_free(texts[1]);
}
END_TEST

START_TEST(a_record_that_cannot_be_created_is_refused)
{
	g_autofree char *path = storage_path("none/x.rec");
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(record_writer_new(path, 1, &error));
	storage_check_error(error,
		"cannot write record \"DIR/none/x.rec\": No such file or "
		"directory; its folder has to exist and be writable");
}
END_TEST

/* An adapter that looks at the clock twice in each call. */
static int64_t seen_ns[2];

static void
look(void *self)
{
	(void)self;
	seen_ns[0] = base_wall_ns();
	g_usleep(100);
	seen_ns[1] = base_wall_ns();
}

static size_t
look_and_take(void *self, const uint8_t *in, size_t n)
{
	(void)in;
	look(self);
	return n;
}

static size_t
look_and_give(void *self, uint8_t *out, size_t room)
{
	(void)room;
	look(self);
	out[0] = 0x15;
	return 1;
}

static unsigned int
no_baud(void *data)
{
	(void)data;
	return 0;
}

static bool
never(void *self)
{
	(void)self;
	return false;
}

static void
call(const struct base_endpoint *endpoint, int which)
{
	uint8_t byte = 0;

	switch (which) {
	case 0:
		endpoint->ops->host_opened(endpoint->self);
		break;
	case 1:
		endpoint->ops->take(endpoint->self, &byte, 1);
		break;
	case 2:
		endpoint->ops->give(endpoint->self, &byte, 1);
		break;
	case 3:
		endpoint->ops->timed_out(endpoint->self);
		break;
	default:
		endpoint->ops->host_closed(endpoint->self);
	}
}

START_TEST(time_stands_still_during_a_recorded_call)
{
	static const struct base_endpoint_ops ops = {.host_opened = look,
		.take = look_and_take,
		.give = look_and_give,
		.timed_out = look,
		.idle = never,
		.host_closed = look};
	g_autofree char *path = storage_path("z.rec");
	int64_t origin_ns = base_wall_ns();
	struct record_writer *writer = record_writer_new(path, origin_ns, NULL);
	struct record_tap tap = {.writer = writer,
		.adapter = "a",
		.behind = {.ops = &ops},
		.ask_baud = no_baud,
		.may_wait = never};
	struct base_endpoint endpoint = record_tap_endpoint(&tap);
	struct record_reader *reader;
	struct record_event event;

	record_writer_begin(writer);
	record_writer_head(writer, "origin %" G_GINT64_FORMAT, origin_ns);
	record_writer_head(writer, "adapter a");
	record_writer_head(writer, "events");
	call(&endpoint, _i);
	ck_assert(record_writer_close(writer));
	ck_assert_int_eq(seen_ns[0], seen_ns[1]);
	ck_assert_int_lt(seen_ns[1], base_wall_ns());
	reader = record_reader_new(path, NULL);
	ck_assert(record_reader_next(reader, &event, NULL));
	ck_assert_int_eq(event.time_ns, seen_ns[0] - origin_ns);
	record_reader_free(reader);
}
END_TEST

START_TEST(holds_of_the_wall_nest)
{
	int64_t held_ns = base_wall_hold();

	base_wall_hold_at(1);
	ck_assert_int_eq(base_wall_ns(), held_ns);
	base_wall_release();
	ck_assert_int_eq(base_wall_ns(), held_ns);
	base_wall_release();
	g_usleep(1);
	ck_assert_int_gt(base_wall_ns(), held_ns);
}
END_TEST

Suite *
suite_record(void)
{
	Suite *suite = suite_create("record");
	TCase *files = tcase_create("files");
	TCase *data = tcase_create("data");

	tcase_add_checked_fixture(files, storage_setup, storage_teardown);
	tcase_add_loop_test(data, bytes_are_hex_and_runs, 0, G_N_ELEMENTS(data_rows));
	tcase_add_test(data, any_bytes_come_back);
	tcase_add_loop_test(data, what_is_no_data_is_refused, 0, 16);
	tcase_add_test(data, holds_of_the_wall_nest);
	tcase_add_loop_test(
		files, a_damaged_record_is_refused_with_its_line, 0, G_N_ELEMENTS(damaged));
	tcase_add_test(files, bytes_00_and_endless_lines_are_refused);
	tcase_add_test(files, a_record_may_be_cut_anywhere);
	tcase_add_test(files, random_text_never_harms_the_reader);
	tcase_add_test(files, the_reader_returns_what_was_written);
	tcase_add_test(files, a_full_disk_stops_the_recording_alone);
	tcase_add_test(files, a_record_that_has_not_begun_leaves_its_file);
	tcase_add_test(files, a_record_holds_its_events_until_it_begins);
	tcase_add_test(files, a_record_that_cannot_be_created_is_refused);
	tcase_add_loop_test(files, time_stands_still_during_a_recorded_call, 0, 5);
	suite_add_tcase(suite, data);
	suite_add_tcase(suite, files);
	return suite;
}
