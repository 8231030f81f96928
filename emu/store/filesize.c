/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes of files as messages print them: short, and exactly. */
#include "store/filesize.h"

#include "base/units.h"

char *
store_format_size(uint64_t bytes)
{
	g_autofree char *short_form = base_format_size(bytes);

	if (bytes == 0 || g_str_has_suffix(short_form, " B"))
		return g_strdup_printf("%" G_GUINT64_FORMAT " bytes", bytes);
	return g_strdup_printf("%s (%" G_GUINT64_FORMAT " bytes)", short_form, bytes);
}
