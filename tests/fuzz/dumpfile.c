/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file for `spinor chip --from-dump`: an SFDP, binary or text, or what flashrom printed. Refused
 * with one line, or a definition is made of it, which can be read and played.
 */
#include "fuzz.h"

#include "chipdb/chipdb.h"
#include "chipdb/dump.h"
#include "chipdb/sfdpfile.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

/* The name in the first "[" of a line. */
static char *
name_of(const char *group)
{
	const char *open = g_str_has_prefix(group, "[") ? group : strstr(group, "\n[");
	const char *close;

	if (open == NULL)
		return NULL;
	open = strchr(open, '[') + 1;
	close = strchr(open, ']');
	return close != NULL ? g_strndup(open, (gsize)(close - open)) : NULL;
}

static void
check_group(const char *group)
{
	g_autofree char *name = name_of(group);
	g_autoptr(GError) error = NULL;
	struct chipdb *db = chipdb_open_text(group, &error);
	const struct flash_part *part;

	fuzz_check(name != NULL, "a definition without a name:\n%s", group);
	fuzz_check(db != NULL, "a definition that is refused: %s\n%s", error->message, group);
	part = chipdb_find(db, name, &error);
	fuzz_check(part != NULL, "a definition that is refused: %s\n%s", error->message, group);
	chipdb_close(db);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autofree char *why = NULL;
	g_autofree char *group = NULL;
	g_autoptr(GError) error = NULL;
	struct chipdb_dump *dump = chipdb_dump_new();
	struct chipdb_sfdp *sfdp;

	fuzz_quiet();
	memcpy(text, data, size); /* with NULs */
	sfdp = chipdb_sfdp_parse("fuzz.txt", text, size, &why);
	if (sfdp == NULL)
		fuzz_check_line(why, NULL);
	chipdb_sfdp_free(sfdp);
	if (!chipdb_dump_take_file(dump, "fuzz.txt", text, size, &error)) {
		fuzz_check_error(error, "fuzz.txt");
	} else {
		group = chipdb_dump_group(dump, NULL, &error);
		if (group == NULL)
			fuzz_check_error(error, NULL);
		else if (dump->sfdp->len == 0)
			check_group(group);
	}
	chipdb_dump_free(dump);
	return 0;
}
