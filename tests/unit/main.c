/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs all suites of a program, or those named on the command line; TAP on stdout. */
#include "suites.h"
#include "wall.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
	SRunner *runner;
	int wanted = 0;
	int failed;

	/* Check's 4 s end tests that work but wait for a busy machine; a limit is for hangs. */
	g_setenv("CK_DEFAULT_TIMEOUT", "60", FALSE);
	wall_scale_check();
	runner = srunner_create(NULL);
	for (const struct suite_row *row = suite_rows; row->name; row++) {
		if (argc < 2 || g_strv_contains((const char *const *)argv + 1, row->name)) {
			srunner_add_suite(runner, row->create());
			wanted++;
		}
	}
	if (argc > 1 && wanted != argc - 1) {
		fprintf(stderr, "no such suite among the %d arguments; allowed are", argc - 1);
		for (const struct suite_row *row = suite_rows; row->name; row++)
			fprintf(stderr, " %s", row->name);
		fprintf(stderr, "\n");
		srunner_free(runner);
		return 2;
	}
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	if (srunner_ntests_run(runner) == 0) {
		fprintf(stderr,
			"no test was run; CK_RUN_SUITE and CK_RUN_CASE name suites and "
			"cases of tests/unit/test_*.c\n");
		failed = 1;
	}
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
