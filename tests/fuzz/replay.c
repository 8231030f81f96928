/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main() of a harness that is built without a fuzzer: runs the inputs of the saved corpus.
 *
 *	HARNESS CORPUS     a saved corpus (corpusfile.h)
 *	HARNESS -r FILE... inputs as a fuzzer leaves them, such as crash-0123
 *
 * A broken invariant ends it with a message.
 */
#include "corpusfile.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
run(void *data, const GString *input)
{
	unsigned int *n = data;
	/* Of exactly the size, so that a sanitizer knows its end. */
	g_autofree uint8_t *copy = g_memdup2(input->str, MAX(input->len, 1));

	LLVMFuzzerTestOneInput(copy, input->len);
	++*n;
}

static bool
run_file(const char *path, unsigned int *n, GError **error)
{
	g_autoptr(GString) input = g_string_new(NULL);
	g_autofree char *text = NULL;
	gsize length;

	if (!g_file_get_contents(path, &text, &length, error))
		return false;
	g_string_append_len(input, text, (gssize)length);
	run(n, input);
	return true;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	unsigned int n = 0;
	bool good = argc == 2 || (argc > 2 && strcmp(argv[1], "-r") == 0);

	if (!good) {
		fprintf(stderr, "usage: %s CORPUS, or %s -r FILE...\n", argv[0], argv[0]);
		return 2;
	}
	if (argc == 2)
		good = corpusfile_each(argv[1], run, &n, &error);
	for (int i = 2; good && i < argc; i++)
		good = run_file(argv[i], &n, &error);
	if (!good) {
		fprintf(stderr, "%s: %s\n", argv[0], error->message);
		return EXIT_FAILURE;
	}
	printf("%u inputs\n", n);
	return EXIT_SUCCESS;
}
