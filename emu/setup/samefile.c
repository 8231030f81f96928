/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Refuses one file for two purposes: a trace would empty an image, and a link replace a socket. It
 * goes through the list of the files of a bench, so that each key that is added there is checked
 * against all others.
 *
 * Two names are of one file if they are the same name in the same folder, whatever the spelling of
 * its path, or lead to the same inode. A name that is a symbolic link is followed where opening it
 * follows it; each name on the way counts, since a link could be replaced there.
 *
 * Leaves out races: a name that becomes one of the same file later.
 */
#include "setup/files.h"

#include "base/error.h"

#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#define LINKS_MAX 40

/* Pairs of purposes that may be of one file, besides files that are only read: both of these are
 * read once, at the start. */
static const char *const may_share[][2] = {
	{"content", "image"},
	{"content of the board", "image"},
};

static bool
share(const struct setup_file *one, const struct setup_file *other)
{
	if (one->access == SETUP_FILE_READ && other->access == SETUP_FILE_READ)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(may_share); i++)
		for (unsigned int first = 0; first < 2; first++)
			if (strcmp(one->purpose, may_share[i][first]) == 0 &&
				strcmp(other->purpose, may_share[i][!first]) == 0)
				return true;
	return false;
}

static char *
key_of_inode(const struct stat *info, const char *name)
{
	return g_strdup_printf(
		"%ju %ju/%s", (uintmax_t)info->st_dev, (uintmax_t)info->st_ino, name);
}

/* Name and folder of a path. A folder that does not exist: the path itself. */
static char *
key_of_name(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	struct stat info;

	if (stat(folder, &info) < 0)
		return g_canonicalize_filename(path, NULL);
	return key_of_inode(&info, name);
}

/* The path that the symbolic link leads to; NULL: it is none. */
static char *
follow(const char *path)
{
	g_autofree char *target = g_file_read_link(path, NULL);
	g_autofree char *folder = NULL;

	if (target == NULL || g_path_is_absolute(target))
		return g_steal_pointer(&target);
	folder = g_path_get_dirname(path);
	return g_build_filename(folder, target, NULL);
}

static char *
without_slashes(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return g_strndup(path, n);
}

/* All that the file goes by; none for a device such as /dev/null, which any number can use. */
static GPtrArray *
keys_of(const struct setup_file *file)
{
	bool follows = file->access != SETUP_FILE_LINK && file->access != SETUP_FILE_SOCKET;
	GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *path = without_slashes(file->named);
	bool exists;
	struct stat info;

	exists = follows && stat(path, &info) == 0;
	if (exists && S_ISCHR(info.st_mode))
		return keys;
	if (exists)
		g_ptr_array_add(keys, key_of_inode(&info, ""));
	for (unsigned int i = 0; path != NULL && i < LINKS_MAX; i++) {
		char *next = follows ? follow(path) : NULL;

		g_ptr_array_add(keys, key_of_name(path));
		g_free(path);
		path = next;
	}
	return keys;
}

/* Always false. */
static bool
refuse(const struct setup_file *file, const struct setup_file *other, GError **error)
{
	g_autofree char *by = NULL;
	g_autofree char *others = NULL;

	if (file->key == NULL && other->key != NULL) {
		const struct setup_file *derived = file;

		file = other;
		other = derived;
	}
	by = setup_file_named_by(file, NULL);
	others = setup_file_named_by(other, NULL);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s%s%s: that is the %s%s%s %s too; each needs a file of its own", by,
		*by != '\0' ? " " : "", file->named, other->purpose, *others != '\0' ? " of " : "",
		others, other->named);
	return false;
}

/* Enters the file below one of its keys. False: another one is there. */
static bool
claim(GHashTable *taken, const char *key, struct setup_file *file, GError **error)
{
	GPtrArray *rows = g_hash_table_lookup(taken, key);
	bool known = false;

	if (rows == NULL) {
		rows = g_ptr_array_new();
		g_hash_table_insert(taken, g_strdup(key), rows);
	}
	for (guint i = 0; i < rows->len; i++) {
		const struct setup_file *other = rows->pdata[i];

		if (other == file)
			return true;
		if (!share(file, other))
			return refuse(file, other, error);
		known = known ||
			(other->access == file->access &&
				strcmp(other->purpose, file->purpose) == 0);
	}
	if (!known)
		g_ptr_array_add(rows, file);
	return true;
}

static void
free_rows(void *rows)
{
	g_ptr_array_unref(rows);
}

bool
setup_files_are_distinct(const GPtrArray *files, GError **error)
{
	g_autoptr(GHashTable) taken =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_rows);

	for (guint i = 0; i < files->len; i++) {
		g_autoptr(GPtrArray) keys = keys_of(files->pdata[i]);

		for (guint j = 0; j < keys->len; j++)
			if (!claim(taken, keys->pdata[j], files->pdata[i], error))
				return false;
	}
	return true;
}
