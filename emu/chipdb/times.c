/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times as chip data has them: typical and maximum. */
#include "chipdb/times.h"

#include "base/units.h"

#include <glib.h>

bool
chipdb_times(char **texts, struct flash_time *time, char **why)
{
	unsigned int n = g_strv_length(texts);

	if (n < 1 || n > 2)
		return false;
	if (!base_parse_time(g_strstrip(texts[0]), &time->typ_ns))
		return false;
	if (!base_parse_time(g_strstrip(texts[n - 1]), &time->max_ns))
		return false;
	if (time->typ_ns > time->max_ns) {
		*why = g_strdup("typical is more than maximum");
		return false;
	}
	return true;
}
