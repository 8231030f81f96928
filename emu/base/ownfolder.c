/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name /tmp/spinor-UID is known to all users of the machine, and each of them can create it.
 * Its owner decides: a folder of another user, a link or a file there is not used, and the user
 * gets a folder /tmp/spinor-UID-XXXXXX, which is found again by its owner. Nobody can create or
 * replace a folder with a foreign owner.
 */
#include "base/ownfolder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
base_own_folder_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat info;

	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP || errno == EACCES))
		errno = EPERM;
	if (fd < 0)
		return -1;
	if (fstat(fd, &info) == 0 && info.st_uid == geteuid() && (info.st_mode & 077) == 0)
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

static bool
is_own(const char *path)
{
	int fd = base_own_folder_open(path);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static char *
usual_name(const char *shared)
{
	return g_strdup_printf("%s/spinor-%lu", shared, (unsigned long)geteuid());
}

/* Returns the first of the user's folders whose names begin with that and a hyphen; NULL: none. */
static char *
find_other(const char *shared, const char *usual)
{
	g_autoptr(GDir) dir = g_dir_open(shared, 0, NULL);
	g_autofree char *base = g_path_get_basename(usual);
	g_autofree char *prefix = g_strconcat(base, "-", NULL);
	char *found = NULL;
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = NULL;

		if (!g_str_has_prefix(name, prefix))
			continue;
		path = g_build_filename(shared, name, NULL);
		if (is_own(path) && (found == NULL || strcmp(path, found) < 0)) {
			g_free(found);
			found = g_steal_pointer(&path);
		}
	}
	return found;
}

/* True: another user has the name. What the user has there himself is for him to remove. */
static bool
is_taken(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0 && info.st_uid != geteuid();
}

char *
base_own_folder(const char *shared)
{
	char *usual = usual_name(shared);
	char *other = is_taken(usual) ? find_other(shared, usual) : NULL;

	if (other == NULL)
		return usual;
	g_free(usual);
	return other;
}

char *
base_own_folder_create(const char *shared)
{
	g_autofree char *usual = usual_name(shared);
	g_autofree char *template = g_strconcat(usual, "-XXXXXX", NULL);
	g_autofree char *found = NULL;

	if (mkdir(usual, 0700) < 0 && errno != EEXIST)
		return NULL;
	found = base_own_folder(shared);
	if (!is_taken(found))
		return g_steal_pointer(&found);
	if (mkdtemp(template) == NULL)
		return NULL;
	/* Another process of the user may have created one at the same time: all use the first. */
	return base_own_folder(shared);
}
