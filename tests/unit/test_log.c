/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of a daemon: repeated warnings, and a stderr that nobody reads. */
#include "base/log.h"

#include "suites.h"
#include "wall.h"

#include <string.h>
#include <unistd.h>

/* Runs a function with a pipe as stderr, and returns what it has written. */
static char *
catch_log(void (*function)(void))
{
	static char text[65536];
	int ends[2], saved = dup(STDERR_FILENO);
	size_t used = 0;
	ssize_t n;

	ck_assert_int_eq(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	base_log_init("spinord", G_LOG_LEVEL_MESSAGE);
	base_log_start();
	function();
	base_log_finish();
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[1]);
	while ((n = read(ends[0], text + used, sizeof text - 1 - used)) > 0)
		used += (size_t)n;
	close(ends[0]);
	text[used] = '\0';
	return text;
}

static void
refuse(unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i++)
		log_warning("refused host %u", i);
}

static void
flood_the_log(void)
{
	refuse(0, 1000);
	log_warning("another kind");
	for (unsigned int i = 0; i < 12; i++)
		log_notice("notice %u", i);
}

START_TEST(repeated_warnings_are_counted)
{
	g_autoptr(GString) wanted = g_string_new(NULL);

	for (unsigned int i = 0; i < 10; i++)
		g_string_append_printf(wanted, "spinord: warning: refused host %u\n", i);
	g_string_append(wanted, "spinord: warning: another kind\n");
	for (unsigned int i = 0; i < 12; i++)
		g_string_append_printf(wanted, "spinord: notice: notice %u\n", i);
	g_string_append(
		wanted, "spinord: warning: refused host 999 (the last of 990 such messages)\n");
	ck_assert_str_eq(catch_log(flood_the_log), wanted->str);
}
END_TEST

static void
flood_twice(void)
{
	refuse(0, 12);
	wall_advance(INT64_C(9999998000));
	refuse(12, 13);
	wall_advance(3000);
	refuse(13, 14);
	wall_advance(INT64_C(10000000000));
	refuse(14, 15);
}

START_TEST(the_count_follows_after_the_interval)
{
	g_autoptr(GString) wanted = g_string_new(NULL);

	wall_stop();
	for (unsigned int i = 0; i < 10; i++)
		g_string_append_printf(wanted, "spinord: warning: refused host %u\n", i);
	g_string_append(wanted,
		"spinord: warning: refused host 12 (the last of 3 such messages)\n"
		"spinord: warning: refused host 13\n"
		"spinord: warning: refused host 14\n");
	ck_assert_str_eq(catch_log(flood_twice), wanted->str);
}
END_TEST

#define NOTICES 100000

static void
fill_the_log(void)
{
	for (unsigned int i = 0; i < NOTICES; i++)
		log_notice("%u", i);
}

/* More than pipe and queue hold; the pipe is read when the log has ended. */
START_TEST(a_log_that_nobody_reads_blocks_nobody)
{
	const char *text = catch_log(fill_the_log);

	ck_assert(g_str_has_prefix(text, "spinord: notice: 0\nspinord: notice: 1\n"));
	ck_assert_uint_gt(strlen(text), 60000);
}
END_TEST

Suite *
suite_log(void)
{
	Suite *suite = suite_create("log");
	TCase *log = tcase_create("log");

	tcase_add_test(log, repeated_warnings_are_counted);
	tcase_add_test(log, the_count_follows_after_the_interval);
	tcase_add_test(log, a_log_that_nobody_reads_blocks_nobody);
	suite_add_tcase(suite, log);
	return suite;
}
