/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limit of the paths in a bench file that another user wrote: such a file could name any file
 * of the user who starts it, to overwrite it as a trace, or to show it as the content of a chip.
 * All its paths have to be below its folder; symbolic links are resolved before that is checked.
 * The owner is the user of the file, and of the symbolic link that leads to it.
 *
 * Leaves out a race: a user who can write to the folder can replace a file by a link after the
 * check. The sandbox, which is entered before the files are opened, refuses that.
 */
#include "setup/files.h"

#include "base/error.h"
#include "base/wholefile.h"
#include "setup/options.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The user that the file or a link to it belongs to, if that is another than this process's. */
static bool
is_of_another(const char *file, uid_t *owner)
{
	struct stat info[2];
	bool found = false;

	if (lstat(file, &info[0]) < 0 || stat(file, &info[1]) < 0)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(info) && !found; i++) {
		*owner = info[i].st_uid;
		found = *owner != geteuid();
	}
	return found;
}

bool
setup_files_are_restricted(const struct setup_options *options, const char *file)
{
	uid_t owner;

	if (file == NULL || options->no_restrict)
		return false;
	return options->restrict_paths || is_of_another(file, &owner);
}

/* The path without symbolic links. last: the last component is not followed either. NULL: it cannot
 * be resolved, such as a link to nothing. */
static char *
resolve(const char *path, bool last)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	struct stat info;
	char *real;
	char *result;

	if (!last && lstat(path, &info) == 0) {
		real = realpath(path, NULL);
		result = g_strdup(real);
		free(real);
		return result;
	}
	real = realpath(folder, NULL);
	/* A folder that does not exist: opening the file fails. */
	if (real == NULL)
		return errno == ENOENT ? g_canonicalize_filename(path, NULL) : NULL;
	result = g_build_filename(real, name, NULL);
	free(real);
	return result;
}

static bool
is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 && (path[n] == '/' || folder[n - 1] == '/');
}

/* Why the paths are restricted, and how to allow others. */
static char *
reason(const struct setup_options *options, const char *file)
{
	const struct passwd *user;
	uid_t owner;

	if (options->restrict_paths || !is_of_another(file, &owner))
		return g_strdup("--restrict allows only paths below it");
	user = getpwuid(owner);
	return g_strdup_printf("the file belongs to %s%lu%s%s; --no-restrict allows it",
		user != NULL ? "user " : "user ID ", (unsigned long)owner, user != NULL ? ", " : "",
		user != NULL ? user->pw_name : "");
}

bool
setup_files_restrict(const GPtrArray *files, const struct setup_options *options, const char *file,
	GError **error)
{
	g_autofree char *named = g_path_get_dirname(file);
	g_autofree char *folder = g_canonicalize_filename(named, NULL);
	char *real = realpath(folder, NULL);
	bool good = true;

	for (guint i = 0; good && i < files->len; i++) {
		const struct setup_file *row = files->pdata[i];
		g_autofree char *path = NULL;
		g_autofree char *named_by = NULL;
		g_autofree char *text = NULL;
		g_autofree char *why = NULL;
		gsize length;

		if (!row->by_bench)
			continue;
		path = resolve(row->named,
			row->access == SETUP_FILE_LINK || row->access == SETUP_FILE_SOCKET);
		good = path != NULL &&
			(is_below(path, folder) || (real != NULL && is_below(path, real)));
		if (good)
			continue;
		base_whole_file(file, BASE_TEXT_MAX, &text, &length, NULL);
		named_by = setup_file_named_by(row, text);
		why = reason(options, file);
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s %s: outside of %s, the folder of the bench file; %s", named_by,
			row->named, folder, why);
	}
	free(real);
	return good;
}
