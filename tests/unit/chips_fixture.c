/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chips_fixture.h"

#include <check.h>
#include <glib.h>

struct chipdb *chips;

void
chips_setup(void)
{
	g_autoptr(GError) error = NULL;

	chips = chipdb_open(NULL, &error);
	ck_assert_msg(chips != NULL, "%s", error ? error->message : "");
}

void
chips_teardown(void)
{
	g_clear_pointer(&chips, chipdb_close);
}

const struct flash_part *
chips_find(const char *name)
{
	g_autoptr(GError) error = NULL;
	const struct flash_part *part = chipdb_find(chips, name, &error);

	ck_assert_msg(part != NULL, "%s: %s", name, error ? error->message : "");
	return part;
}
