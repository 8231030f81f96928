/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of the text trace, and errors while writing its file. */
#include "trace/text.h"

#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <unistd.h>

static const struct {
	struct flash_event event;
	const char *line;
} lines[] = {
	{{.kind = FLASH_EVENT_COMMAND,
		 .time_ns = 1234567,
		 .outcome = FLASH_WEL_CLEAR,
		 .opcode = 0x02,
		 .name = "PP",
		 .has_address = true,
		 .address = 0x1000,
		 .length = 256},
		"0.001234567 W25Q128JV 02 PP 001000 256 ignored: WEL=0\n"},
	{{.kind = FLASH_EVENT_COMMAND, .opcode = 0x9f, .name = "RDID", .length = 3},
		"0.000000000 W25Q128JV 9F RDID - 3\n"},
	{{.kind = FLASH_EVENT_COMMAND,
		 .time_ns = INT64_C(40000000001),
		 .opcode = 0x13,
		 .name = "READ4B",
		 .has_address = true,
		 .address = 0x1fedcba8,
		 .length = UINT64_C(16777216)},
		"40.000000001 W25Q128JV 13 READ4B 1FEDCBA8 16777216\n"},
	{{.kind = FLASH_EVENT_COMMAND, .outcome = FLASH_UNKNOWN_OPCODE, .opcode = 0xf1},
		"0.000000000 W25Q128JV F1 ? - 0 ignored: no such command\n"},
	{{.kind = FLASH_EVENT_COMMAND, .outcome = FLASH_NO_COMMAND, .opcode = -1},
		"0.000000000 W25Q128JV -- ? - 0 ignored: CS# rose before an opcode was complete\n"},
	{{.kind = FLASH_EVENT_COMMAND, .opcode = 0x01, .name = "WRSR", .length = 2, .note = "why"},
		"0.000000000 W25Q128JV 01 WRSR - 2 note: why\n"},
	{{.kind = FLASH_EVENT_READY, .time_ns = 999999999, .opcode = -1},
		"0.999999999 W25Q128JV ready\n"},
	{{.kind = FLASH_EVENT_INTERRUPTED, .time_ns = 1000000000, .opcode = -1},
		"1.000000000 W25Q128JV interrupted\n"},
	{{.kind = FLASH_EVENT_POWER, .opcode = -1, .length = 1},
		"0.000000000 W25Q128JV power on\n"},
	{{.kind = FLASH_EVENT_POWER, .opcode = -1}, "0.000000000 W25Q128JV power off\n"},
	{{.kind = FLASH_EVENT_NONVOLATILE, .opcode = -1}, NULL},
};

START_TEST(each_event_has_its_line)
{
	g_autofree char *line = trace_text_format("W25Q128JV", &lines[_i].event);

	ck_assert_pstr_eq(line, lines[_i].line);
}
END_TEST

START_TEST(every_outcome_is_one_line)
{
	for (int outcome = FLASH_DONE; outcome < FLASH_OUTCOMES; outcome++) {
		struct flash_event event = {.outcome = outcome, .opcode = 0x06, .name = "WREN"};
		g_autofree char *line = trace_text_format("X", &event);
		g_autofree char *wanted = outcome == FLASH_DONE
			? g_strdup("0.000000000 X 06 WREN - 0\n")
			: g_strdup_printf("0.000000000 X 06 WREN - 0 ignored: %s\n",
				  flash_outcome_string(outcome));

		ck_assert_str_eq(line, wanted);
	}
}
END_TEST

START_TEST(longest_event_ends_in_a_newline)
{
	g_autofree char *chip = g_strnfill(500, 'C');
	struct flash_event event = {
		.time_ns = INT64_MAX,
		.outcome = FLASH_NO_COMMAND,
		.opcode = 0xff,
		.name = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		.has_address = true,
		.address = UINT32_MAX,
		.length = UINT64_MAX,
	};
	g_autofree char *line = trace_text_format(chip, &event);

	ck_assert(g_str_has_suffix(line, "\n"));
}
END_TEST

static char *
temporary_file(void)
{
	char *path = NULL;
	int fd = g_file_open_tmp("spinor-trace-XXXXXX", &path, NULL);

	ck_assert_int_ge(fd, 0);
	close(fd);
	return path;
}

START_TEST(lines_are_written_at_once)
{
	static const struct flash_event wren = {.opcode = 0x06, .name = "WREN"};
	g_autofree char *path = temporary_file();
	g_autofree char *text = NULL;
	struct trace_text *trace;
	struct flash_listener first;
	struct flash_listener second;

	ck_assert(g_file_set_contents(path, "of an earlier run\n", -1, NULL));
	trace = trace_text_new(path, NULL);
	ck_assert_ptr_nonnull(trace);
	first = trace_text_listen(trace, "A");
	second = trace_text_listen(trace, "B");
	/* Old lines stay until the begin, and lines before it are held. */
	first.event(first.data, &wren);
	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	ck_assert_str_eq(text, "of an earlier run\n");
	g_clear_pointer(&text, g_free);
	trace_text_begin(trace);
	second.event(second.data, &wren);
	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	ck_assert_str_eq(text, "0.000000000 A 06 WREN - 0\n0.000000000 B 06 WREN - 0\n");
	trace_text_destroy(trace);
	g_unlink(path);
}
END_TEST

START_TEST(a_trace_that_has_not_begun_leaves_its_file)
{
	static const struct flash_event wren = {.opcode = 0x06, .name = "WREN"};
	g_autofree char *path = temporary_file();
	g_autofree char *text = NULL;
	struct trace_text *trace;
	struct flash_listener listener;

	ck_assert(g_file_set_contents(path, "of an earlier run\n", -1, NULL));
	trace = trace_text_new(path, NULL);
	listener = trace_text_listen(trace, "A");
	listener.event(listener.data, &wren);
	trace_text_destroy(trace);
	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	ck_assert_str_eq(text, "of an earlier run\n");
	g_unlink(path);
}
END_TEST

#define THREADS 4
#define EVENTS 2000

static void *
send_events(void *data)
{
	struct flash_listener *listener = data;
	struct flash_event event = {.opcode = 0x02, .name = "PP", .has_address = true};

	for (uint32_t i = 0; i < EVENTS; i++) {
		event.address = i;
		listener->event(listener->data, &event);
	}
	return NULL;
}

START_TEST(lines_of_threads_are_not_mixed)
{
	static const char *const names[THREADS] = {"A", "B", "C", "D"};
	g_autofree char *path = temporary_file();
	g_autofree char *text = NULL;
	g_auto(GStrv) got = NULL;
	struct trace_text *trace = trace_text_new(path, NULL);
	struct flash_listener listeners[THREADS];
	GThread *threads[THREADS];
	uint32_t next[THREADS] = {0};

	for (int i = 0; i < THREADS; i++) {
		listeners[i] = trace_text_listen(trace, names[i]);
		threads[i] = g_thread_new(names[i], send_events, &listeners[i]);
	}
	/* Some lines come before it. */
	trace_text_begin(trace);
	for (int i = 0; i < THREADS; i++)
		g_thread_join(threads[i]);
	trace_text_destroy(trace);
	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	got = g_strsplit(text, "\n", -1);
	ck_assert_uint_eq(g_strv_length(got), THREADS * EVENTS + 1);
	for (int i = 0; i < THREADS * EVENTS; i++) {
		int from = got[i][12] - 'A';
		g_autofree char *wanted = NULL;

		ck_assert_int_ge(from, 0);
		ck_assert_int_lt(from, THREADS);
		wanted = g_strdup_printf("0.000000000 %s 02 PP %06X 0", names[from], next[from]++);
		ck_assert_str_eq(got[i], wanted);
	}
	g_unlink(path);
}
END_TEST

START_TEST(error_names_the_path)
{
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(trace_text_new("/nonexistent/trace", &error));
	ck_assert_str_eq(error->message,
		"/nonexistent/trace: cannot write the trace: No such file or directory");
}
END_TEST

START_TEST(full_disk_does_not_end_the_daemon)
{
	static const struct flash_event wren = {.opcode = 0x06, .name = "WREN"};
	struct trace_text *trace = trace_text_new("/dev/full", NULL);
	struct flash_listener listener;

	ck_assert_ptr_nonnull(trace);
	trace_text_begin(trace);
	listener = trace_text_listen(trace, "A");
	for (int i = 0; i < 3; i++)
		listener.event(listener.data, &wren);
	trace_text_destroy(trace);
}
END_TEST

Suite *
suite_trace(void)
{
	Suite *suite = suite_create("trace");
	TCase *format = tcase_create("format");
	TCase *file = tcase_create("file");

	tcase_add_loop_test(format, each_event_has_its_line, 0, G_N_ELEMENTS(lines));
	tcase_add_test(format, every_outcome_is_one_line);
	tcase_add_test(format, longest_event_ends_in_a_newline);
	suite_add_tcase(suite, format);
	tcase_add_test(file, lines_are_written_at_once);
	tcase_add_test(file, a_trace_that_has_not_begun_leaves_its_file);
	tcase_add_test(file, lines_of_threads_are_not_mixed);
	tcase_add_test(file, error_names_the_path);
	tcase_add_test(file, full_disk_does_not_end_the_daemon);
	suite_add_tcase(suite, file);
	return suite;
}
