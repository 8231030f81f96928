/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "onefile.h"

#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *folder;

static void
remove_folder(void)
{
	g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
	const char *name;

	while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		g_unlink(path);
	}
	g_rmdir(folder);
}

char *
onefile_path(const char *name)
{
	if (folder == NULL) {
		const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir();

		folder = g_build_filename(memory, "spinor-fuzz-XXXXXX", NULL);
		fuzz_check(g_mkdtemp(folder) != NULL, "%s: %s", folder, g_strerror(errno));
		atexit(remove_folder);
	}
	return g_build_filename(folder, name, NULL);
}

void
onefile_write(const char *path, const void *data, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	fuzz_check(fd >= 0 && write(fd, data, n) == (ssize_t)n && close(fd) == 0, "%s: %s", path,
		g_strerror(errno));
}
