/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "storage_fixture.h"

#include "base/error.h"
#include "chipdb/chipdb.h"
#include "store/image.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *storage_dir;
struct store_wafer *storage_wafer;
struct chipdb *storage_chipdb;

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
	const char *name;

	while (entries && (name = g_dir_read_name(entries))) {
		g_autofree char *entry = g_build_filename(path, name, NULL);

		if (g_file_test(entry, G_FILE_TEST_IS_DIR) &&
			!g_file_test(entry, G_FILE_TEST_IS_SYMLINK))
			remove_tree(entry);
		else
			g_unlink(entry);
	}
	g_rmdir(path);
}

void
storage_setup(void)
{
	g_autoptr(GError) error = NULL;

	storage_dir = g_dir_make_tmp("spinor-storage-XXXXXX", NULL);
	ck_assert_ptr_nonnull(storage_dir);
	storage_wafer = store_wafer_new(&error);
	ck_assert_msg(storage_wafer != NULL, "%s", error ? error->message : "");
	storage_chipdb = chipdb_open(NULL, &error);
	ck_assert_msg(storage_chipdb != NULL, "%s", error ? error->message : "");
}

void
storage_teardown(void)
{
	chipdb_close(storage_chipdb);
	store_wafer_destroy(storage_wafer);
	remove_tree(storage_dir);
	g_clear_pointer(&storage_dir, g_free);
}

char *
storage_path(const char *name)
{
	return g_build_filename(storage_dir, name, NULL);
}

void
storage_write(const char *name, const void *data, size_t size)
{
	g_autofree char *path = storage_path(name);

	ck_assert(g_file_set_contents(path, data, (gssize)size, NULL));
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	const char *const *left = a;
	const char *const *right = b;

	return strcmp(*left, *right);
}

char *
storage_listing(void)
{
	g_autoptr(GDir) entries = g_dir_open(storage_dir, 0, NULL);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while ((name = g_dir_read_name(entries))) {
		g_autofree char *path = storage_path(name);
		g_autofree char *sum = NULL;
		g_autofree char *data = NULL;
		struct stat info;
		gsize length;

		ck_assert_int_eq(lstat(path, &info), 0);
		if (S_ISREG(info.st_mode) && g_file_get_contents(path, &data, &length, NULL))
			sum = g_compute_checksum_for_data(
				G_CHECKSUM_SHA256, (const guchar *)data, length);
		g_ptr_array_add(lines,
			g_strdup_printf("%s %o %jd %s", name, info.st_mode, (intmax_t)info.st_size,
				sum ? sum : "-"));
	}
	g_ptr_array_sort(lines, compare_texts);
	g_ptr_array_add(lines, NULL);
	return g_strjoinv("\n", (char **)lines->pdata);
}

void
storage_check_error(const GError *error, const char *message)
{
	g_autoptr(GString) wanted = g_string_new(message);

	g_string_replace(wanted, "DIR", storage_dir, 0);
	ck_assert_ptr_nonnull(error);
	ck_assert_str_eq(error->message, wanted->str);
	ck_assert(g_error_matches(error, BASE_ERROR, BASE_ERROR_FILE) ||
		g_error_matches(error, BASE_ERROR, BASE_ERROR_SIZE));
}

struct store_image *
storage_open(const char *name, uint64_t size)
{
	g_autofree char *path = name ? storage_path(name) : NULL;
	g_autoptr(GError) error = NULL;
	struct store_image *image = store_image_open(
		&(struct store_image_plan){.path = path, .size = size, .wafer = storage_wafer},
		&error);

	ck_assert_msg(image != NULL, "%s", error ? error->message : "");
	return image;
}

void
storage_become_ordinary(void)
{
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
}
