/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays on disk: after an error the disk is unchanged, byte for byte. */
#include "storage_fixture.h"
#include "store/image.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB ((uint64_t)1 << 20)

static void
assert_image_refused(const char *name, uint64_t size, const char *message)
{
	g_autofree char *path = storage_path(name);
	g_autofree char *before = storage_listing();
	g_autofree char *after = NULL;
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(store_image_open(
		&(struct store_image_plan){.path = path, .size = size, .wafer = storage_wafer},
		&error));
	storage_check_error(error, message);
	after = storage_listing();
	ck_assert_str_eq(before, after);
}

static bool
is_blank(const uint8_t *data, size_t size)
{
	return data[0] == 0xFF && memcmp(data, data + 1, size - 1) == 0;
}

START_TEST(a_chip_without_image_starts_blank)
{
	static const uint64_t sizes[] = {1024, 2048, 4096, 132 * 1024, MIB, 2112 * 1024, 16 * MIB};

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		struct store_image *image = storage_open(NULL, sizes[i]);
		struct store_image *other = storage_open(NULL, sizes[i]);
		uint8_t *array = store_image_array(image);

		ck_assert(is_blank(array, sizes[i]));
		array[0] = 0x12;
		array[sizes[i] - 1] = 0x34;
		ck_assert(is_blank(store_image_array(other), sizes[i]));
		ck_assert_uint_eq(array[sizes[i] - 1], 0x34);
		ck_assert(is_blank(array + 1, sizes[i] - 2));
		store_image_close(image);
		store_image_close(other);
	}
}
END_TEST

static long
resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long total;
	long resident;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%ld %ld", &total, &resident), 2);
	fclose(file);
	return resident * sysconf(_SC_PAGESIZE);
}

START_TEST(a_thousand_unused_chips_need_little_memory)
{
	static struct store_image *images[1000];
	long before = resident_bytes();

	for (size_t i = 0; i < G_N_ELEMENTS(images); i++)
		images[i] = storage_open(NULL, 16 * MIB);
	ck_assert_int_lt(resident_bytes() - before, 20 * (long)MIB);
	for (size_t i = 0; i < G_N_ELEMENTS(images); i++)
		ck_assert_uint_eq(store_image_array(images[i])[i * 4096], 0xFF);
	for (size_t i = 0; i < G_N_ELEMENTS(images); i++)
		store_image_close(images[i]);
}
END_TEST

START_TEST(a_new_image_is_blank_and_the_only_file)
{
	g_autofree char *path = storage_path("new.bin");
	g_autofree char *data = NULL;
	g_autofree char *listing = NULL;
	struct store_image *image = storage_open("new.bin", 2 * MIB);
	gsize length;

	ck_assert(is_blank(store_image_array(image), 2 * MIB));
	store_image_array(image)[4] = 0xA5;
	/* Written data is in the file at once, even if the process dies. */
	ck_assert(g_file_get_contents(path, &data, &length, NULL));
	ck_assert_uint_eq(length, 2 * MIB);
	ck_assert_uint_eq((uint8_t)data[4], 0xA5);
	store_image_close(image);
	listing = storage_listing();
	ck_assert_ptr_null(strchr(listing, '\n'));
	ck_assert(g_str_has_prefix(listing, "new.bin "));

	image = storage_open("new.bin", 2 * MIB);
	ck_assert_uint_eq(store_image_array(image)[4], 0xA5);
	ck_assert(is_blank(store_image_array(image) + 5, 2 * MIB - 5));
	store_image_close(image);
}
END_TEST

/* A size below or between multiples of a memory page must not change bytes behind the array. */
START_TEST(images_may_have_any_size_of_a_part)
{
	static const uint64_t sizes[] = {1024, 2048, 132 * 1024, 264 * 1024};

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *name = g_strdup_printf("odd%zu.bin", i);
		g_autofree char *path = storage_path(name);
		g_autofree uint8_t *data = g_malloc(sizes[i]);
		struct store_image *image = storage_open(name, sizes[i]);
		struct store_difference difference;
		struct stat info;

		ck_assert_int_eq(stat(path, &info), 0);
		ck_assert_uint_eq(info.st_size, sizes[i]);
		ck_assert(is_blank(store_image_array(image), sizes[i]));
		store_image_array(image)[sizes[i] - 1] = 0x12;
		memset(data, 0xff, sizes[i]);
		ck_assert_uint_eq(store_image_put(store_image_array(image), data, sizes[i]),
			MIN(sizes[i], 4096));
		store_image_array(image)[sizes[i] - 2] = 0x34;
		ck_assert(store_image_compare(path, data, sizes[i], &difference, NULL));
		ck_assert_uint_eq(difference.bytes, 1);
		ck_assert_uint_eq(difference.first, sizes[i] - 2);
		store_image_close(image);
		ck_assert_int_eq(stat(path, &info), 0);
		ck_assert_uint_eq(info.st_size, sizes[i]);
	}
}
END_TEST

START_TEST(a_symbolic_link_opens_its_target)
{
	g_autofree char *target = storage_path("real.bin");
	g_autofree char *name = storage_path("link.bin");
	g_autofree char *bytes = g_malloc(4096);
	struct store_image *image;

	memset(bytes, 0x5A, 4096);
	storage_write("real.bin", bytes, 4096);
	ck_assert_int_eq(symlink(target, name), 0);
	image = storage_open("link.bin", 4096);
	ck_assert_mem_eq(store_image_array(image), bytes, 4096);
	assert_image_refused("real.bin", 4096,
		"image \"DIR/real.bin\" is in use by another chip; end that one or name a copy");
	store_image_close(image);
	ck_assert(g_file_test(name, G_FILE_TEST_IS_SYMLINK));
}
END_TEST

START_TEST(images_of_another_size_are_rejected)
{
	storage_write("empty.bin", "", 0);
	storage_write("short.bin", "abc", 3);
	assert_image_refused("empty.bin", 16 * MIB,
		"image \"DIR/empty.bin\" is refused: it has 0 bytes, the chip has 16 MiB "
		"(16777216 bytes); name an image of that size, a name that is free, or another "
		"chip");
	assert_image_refused("short.bin", 4096,
		"image \"DIR/short.bin\" is refused: it has 3 bytes, the chip has 4 KiB (4096 "
		"bytes); name an image of that size, a name that is free, or another chip");
	store_image_close(storage_open("long.bin", 2 * MIB));
	assert_image_refused("long.bin", MIB,
		"image \"DIR/long.bin\" is refused: it has 2 MiB (2097152 bytes), the chip has 1 "
		"MiB (1048576 bytes); name an image of that size, a name that is free, or another "
		"chip");
}
END_TEST

START_TEST(images_that_are_no_regular_file_are_rejected)
{
	g_autofree char *folder = storage_path("folder");
	g_autofree char *fifo = storage_path("fifo");
	g_autofree char *dangling = storage_path("dangling");

	ck_assert_int_eq(g_mkdir(folder, 0755), 0);
	ck_assert_int_eq(mkfifo(fifo, 0644), 0);
	ck_assert_int_eq(symlink("nowhere", dangling), 0);
	assert_image_refused("folder", 4096,
		"cannot open image \"DIR/folder\": Is a directory; it has to be a file that can be "
		"read and written, or a name that is free");
	assert_image_refused("fifo", 4096,
		"image \"DIR/fifo\" is refused: not a regular file; name one, or a name that is "
		"free");
	assert_image_refused("dangling", 4096,
		"cannot open image \"DIR/dangling\": No such file or directory; it has to be a "
		"file that can be read and written, or a name that is free");
	assert_image_refused("missing/new.bin", 4096,
		"cannot create image \"DIR/missing/new.bin\": No such file or directory; it takes "
		"a folder that exists and is writable, and 4 KiB (4096 bytes) of space");
}
END_TEST

START_TEST(read_only_images_are_rejected)
{
	g_autofree char *path = storage_path("ro.bin");

	storage_write("ro.bin", "abcd", 4);
	ck_assert_int_eq(g_chmod(path, 0444), 0);
	ck_assert_int_eq(g_chmod(storage_dir, 0555), 0);
	storage_become_ordinary();
	assert_image_refused("ro.bin", 4,
		"cannot open image \"DIR/ro.bin\": Permission denied; it has to be a file that can "
		"be read and written, or a name that is free");
	assert_image_refused("new.bin", 4096,
		"cannot create image \"DIR/new.bin\": Permission denied; it takes a folder that "
		"exists and is writable, and 4 KiB (4096 bytes) of space");
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(g_chmod(storage_dir, 0755), 0);
}
END_TEST

START_TEST(an_image_that_cannot_be_filled_is_removed)
{
	const struct rlimit limit = {.rlim_cur = MIB / 2, .rlim_max = RLIM_INFINITY};

	/* A write past the limit fails like one on a full disk, with another reason. */
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_image_refused("new.bin", MIB,
		"cannot create image \"DIR/new.bin\": File too large; it takes a folder that "
		"exists and is writable, and 1 MiB (1048576 bytes) of space");
}
END_TEST

START_TEST(an_image_is_for_one_chip_at_a_time)
{
	struct store_image *image = storage_open("one.bin", 4096);

	assert_image_refused("one.bin", 4096,
		"image \"DIR/one.bin\" is in use by another chip; end that one or name a copy");
	store_image_close(image);
	store_image_close(storage_open("one.bin", 4096));
}
END_TEST

Suite *
suite_storage(void)
{
	Suite *suite = suite_create("storage");
	TCase *tcase = tcase_create("storage");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, storage_setup, storage_teardown);
	tcase_add_test(tcase, a_chip_without_image_starts_blank);
	tcase_add_test(tcase, a_thousand_unused_chips_need_little_memory);
	tcase_add_test(tcase, a_new_image_is_blank_and_the_only_file);
	tcase_add_test(tcase, images_may_have_any_size_of_a_part);
	tcase_add_test(tcase, a_symbolic_link_opens_its_target);
	tcase_add_test(tcase, images_of_another_size_are_rejected);
	tcase_add_test(tcase, images_that_are_no_regular_file_are_rejected);
	tcase_add_test(tcase, read_only_images_are_rejected);
	tcase_add_test(tcase, an_image_that_cannot_be_filled_is_removed);
	tcase_add_test(tcase, an_image_is_for_one_chip_at_a_time);
	suite_add_tcase(suite, tcase);
	return suite;
}
