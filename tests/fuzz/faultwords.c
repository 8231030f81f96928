/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fault in words, as on command lines and the control socket: refused with one line, or its text
 * gives the same fault again. */
#include "fuzz.h"

#include "setup/faultwords.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	struct setup_fault_place place = {0};
	struct setup_fault *fault, *again;

	fuzz_quiet();
	fault = setup_fault_parse_placed(text, &place, &error);
	if (fault == NULL) {
		fuzz_check_error(error, NULL);
		setup_fault_place_clear(&place);
		return 0;
	}
	again = setup_fault_parse(fault->text, &error);
	fuzz_check(again != NULL, "\"%s\" is refused: %s", fault->text, error->message);
	fuzz_check(again->model == fault->model && again->given == fault->given &&
			strcmp(again->text, fault->text) == 0,
		"\"%s\" is another fault than \"%s\"", again->text, fault->text);
	setup_fault_free(again);
	setup_fault_free(fault);
	setup_fault_place_clear(&place);
	return 0;
}
