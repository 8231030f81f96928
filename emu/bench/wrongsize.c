/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which chips a file of the wrong size would fit. The storage of arrays refuses such a file, but
 * does not know the chips.
 */
#include "bench/wrongsize.h"

#include "base/error.h"
#include "base/units.h"
#include "chipdb/ofsize.h"
#include "flash/partdata.h"

#include <glib/gstdio.h>
#include <stdbool.h>
#include <sys/stat.h>

/* True and its size: the file exists and has another size than the part. */
static bool
differs(const char *file, const struct flash_part *part, uint64_t *size)
{
	struct stat info;

	if (file == NULL || g_stat(file, &info) < 0 || (uint64_t)info.st_size == part->size)
		return false;
	*size = (uint64_t)info.st_size;
	return true;
}

void
bench_wrongsize_explain(struct chipdb *chipdb, const struct flash_part *part, const char *file,
	const char *other_file, GError **error)
{
	g_autofree char *names = NULL;
	g_autofree char *text = NULL;
	g_autofree char *short_size = NULL;
	uint64_t size;

	if (error == NULL || !g_error_matches(*error, BASE_ERROR, BASE_ERROR_SIZE) ||
		(!differs(file, part, &size) && !differs(other_file, part, &size)))
		return;
	names = chipdb_of_size(chipdb, size, part);
	short_size = base_format_size(size);
	text = names != NULL ? g_strdup_printf("%s; --chip names of %s: %s", (*error)->message,
				       short_size, names)
			     : g_strdup_printf("%s; no chip has that size", (*error)->message);
	g_free((*error)->message);
	(*error)->message = g_steal_pointer(&text);
}
