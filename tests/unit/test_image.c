/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of arrays on disk: saved, loaded and compared in whole, or unchanged on errors. */
#include "base/error.h"
#include "store/image.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE (1u << 20)

static char *dir;
static uint8_t array[SIZE];

static void
setup(void)
{
	dir = g_dir_make_tmp("spinor-image-XXXXXX", NULL);
	ck_assert_ptr_nonnull(dir);
}

static char *
at(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

static void
teardown(void)
{
	GDir *entries = g_dir_open(dir, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(entries))) {
		g_autofree char *path = at(name);

		g_remove(path);
	}
	g_dir_close(entries);
	ck_assert_int_eq(g_rmdir(dir), 0);
	g_clear_pointer(&dir, g_free);
}

static void
assert_not_saved(const char *path, const char *reason)
{
	g_autofree char *message = g_strdup_printf("cannot save image \"%s\": %s", path, reason);
	g_autoptr(GError) error = NULL;

	ck_assert(!store_image_save((const uint8_t *)"new", 3, path, &error));
	ck_assert_str_eq(error->message, message);
	ck_assert(g_error_matches(error, BASE_ERROR, BASE_ERROR_FILE));
}

#define NO_FILE "not a regular file; name one, or a name that is free"

START_TEST(image_is_saved_in_whole_or_not_at_all)
{
	g_autofree char *path = at("saved.bin");
	g_autofree char *fifo = at("fifo");
	g_autofree char *alias = at("alias");
	g_autofree char *dangling = at("dangling");
	g_autofree char *used = at("used.bin");
	g_autofree char *text = NULL;
	struct store_wafer *wafer = store_wafer_new(NULL);
	struct store_image *other;
	struct stat info;

	ck_assert(store_image_save((const uint8_t *)"old data", 8, path, NULL));
	ck_assert_int_eq(g_chmod(path, 0600), 0);
	ck_assert_int_eq(symlink("saved.bin", alias), 0);
	ck_assert(store_image_save((const uint8_t *)"new", 3, alias, NULL));
	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	ck_assert_str_eq(text, "new");
	ck_assert(g_file_test(alias, G_FILE_TEST_IS_SYMLINK));
	ck_assert_int_eq(g_stat(path, &info), 0);
	ck_assert_uint_eq(info.st_mode & 0777, 0600);

	ck_assert_int_eq(mkfifo(fifo, 0644), 0);
	assert_not_saved(fifo, NO_FILE);
	ck_assert_int_eq(symlink("nowhere", dangling), 0);
	assert_not_saved(dangling, NO_FILE);
	assert_not_saved(dir, NO_FILE);
	assert_not_saved("/dev/null", NO_FILE);
	other = store_image_open(
		&(struct store_image_plan){.path = used, .size = 4096, .wafer = wafer}, NULL);
	assert_not_saved(used, "it is in use by a chip; name another file");
	store_image_close(other);
	ck_assert(store_image_save((const uint8_t *)"new", 3, used, NULL));
	store_wafer_destroy(wafer);
}
END_TEST

START_TEST(saving_an_image_reports_its_error)
{
	g_autoptr(GError) error = NULL;

	ck_assert(!store_image_save((const uint8_t *)"new", 3, "/nonexistent/a.bin", &error));
	ck_assert_msg(g_str_has_prefix(error->message,
			      "cannot save image \"/nonexistent/a.bin\": No such file"),
		"%s", error->message);
	ck_assert(g_str_has_suffix(error->message,
		": No such file or directory; it takes a folder that exists and is writable, and 3 "
		"bytes of space"));
}
END_TEST

START_TEST(image_is_loaded_in_whole_or_not_at_all)
{
	g_autofree char *path = at("load.bin");
	struct store_image_plan plan = {.size = 5, .content = {.kind = STORE_CONTENT_PATTERN}};
	struct store_image *image = store_image_open(&plan, NULL);
	uint8_t *data = store_image_array(image);
	g_autofree char *message = NULL;
	g_autoptr(GError) error = NULL;

	memcpy(data, "12345", 5);
	ck_assert(g_file_set_contents(path, "abcd", 4, NULL));
	ck_assert(!store_image_load(image, path, &error));
	message = g_strdup_printf("cannot read image \"%s\": it has 4 bytes, the chip has 5 bytes; "
				  "name an image of that size",
		path);
	ck_assert_str_eq(error->message, message);
	g_clear_error(&error);
	ck_assert(!store_image_load(image, dir, &error));
	g_free(message);
	message = g_strdup_printf("cannot read image \"%s\": not a regular file; name one", dir);
	ck_assert_str_eq(error->message, message);
	g_clear_error(&error);
	ck_assert(!store_image_load(image, "/nonexistent", &error));
	ck_assert_str_eq(error->message,
		"cannot read image \"/nonexistent\": No such file or directory; it has to be a "
		"file that can be read");
	ck_assert_mem_eq(data, "12345", 5);
	ck_assert(g_file_set_contents(path, "abcde", 5, NULL));
	ck_assert(store_image_load(image, path, NULL));
	ck_assert_mem_eq(data, "abcde", 5);
	store_image_close(image);
}
END_TEST

START_TEST(comparing_an_image_finds_the_differences)
{
	g_autofree char *path = at("compare.bin");
	g_autoptr(GError) error = NULL;
	struct store_difference difference;

	memset(array, 0xff, SIZE);
	memcpy(array + 0x1000, "text", 4);
	ck_assert(store_image_save(array, SIZE, path, NULL));
	ck_assert(store_image_compare(path, array, SIZE, &difference, NULL));
	ck_assert_uint_eq(difference.bytes, 0);
	array[0x1001] ^= 1;
	ck_assert(store_image_compare(path, array, SIZE, &difference, NULL));
	ck_assert_uint_eq(difference.bytes, 1);
	ck_assert_uint_eq(difference.first, 0x1001);
	ck_assert_uint_eq(difference.last, 0x1001);
	array[0] ^= 1;
	array[SIZE - 1] ^= 1;
	ck_assert(store_image_compare(path, array, SIZE, &difference, NULL));
	ck_assert_uint_eq(difference.bytes, 3);
	ck_assert_uint_eq(difference.first, 0);
	ck_assert_uint_eq(difference.last, SIZE - 1);
	ck_assert(!store_image_compare(path, array, SIZE - 1, &difference, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "name an image of that size"));
}
END_TEST

Suite *
suite_image(void)
{
	Suite *suite = suite_create("image");
	TCase *tcase = tcase_create("image");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, image_is_saved_in_whole_or_not_at_all);
	tcase_add_test(tcase, saving_an_image_reports_its_error);
	tcase_add_test(tcase, image_is_loaded_in_whole_or_not_at_all);
	tcase_add_test(tcase, comparing_an_image_finds_the_differences);
	suite_add_tcase(suite, tcase);
	return suite;
}
