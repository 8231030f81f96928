/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text as a bench file: refused with one line that names the file, or read and its targets
 * checked. */
#include "fuzz.h"

#include "setup/benchfile.h"
#include "setup/setup.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	struct setup_bench *setup;

	fuzz_quiet();
	setup = setup_text_read("fuzz.bench", text, &error);
	if (setup == NULL) {
		fuzz_check_error(error, "fuzz.bench");
		return 0;
	}
	if (!setup_check_targets(setup, &error))
		fuzz_check_error(error, "fuzz.bench");
	setup_n_chips(setup);
	setup_free(setup);
	return 0;
}
