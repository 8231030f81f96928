/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes of files as messages print them: short, and exactly. */
#include "store/filesize.h"

#include "base/error.h"
#include "base/units.h"

#include <sys/stat.h>

char *
store_format_size(uint64_t bytes)
{
	g_autofree char *short_form = base_format_size(bytes);

	if (bytes == 0 || g_str_has_suffix(short_form, " B"))
		return g_strdup_printf("%" G_GUINT64_FORMAT " bytes", bytes);
	return g_strdup_printf("%s (%" G_GUINT64_FORMAT " bytes)", short_form, bytes);
}

bool
store_check_size(int fd, uint64_t size, const char *trouble, const char *not_regular,
	const char *other_size, GError **error)
{
	g_autofree char *found = NULL;
	g_autofree char *wanted = NULL;
	struct stat info;

	if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "%snot a regular file; %s", trouble,
			not_regular);
		return false;
	}
	if ((uint64_t)info.st_size == size)
		return true;
	found = store_format_size((uint64_t)info.st_size);
	wanted = store_format_size(size);
	g_set_error(error, BASE_ERROR, BASE_ERROR_SIZE, "%sit has %s, the chip has %s; %s", trouble,
		found, wanted, other_size);
	return false;
}
