/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images that lose their pages or their name while they are in use. */
#define _GNU_SOURCE /* fallocate() */

#include "storage_fixture.h"
#include "store/identity.h"
#include "store/image.h"
#include "store/lost.h"
#include "suites.h"

#include <check.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB ((uint64_t)1 << 20)

static struct store_image *
open_filled(const char *name, uint64_t size, uint8_t byte)
{
	struct store_image *image = storage_open(name, size);

	memset(store_image_array(image), byte, size);
	return image;
}

static void
check_all(const uint8_t *array, uint64_t size, uint8_t byte)
{
	ck_assert_uint_eq(array[0], byte);
	ck_assert_int_eq(memcmp(array, array + 1, size - 1), 0);
}

static void
check_file(const char *name, uint64_t size, uint8_t byte)
{
	g_autofree char *path = storage_path(name);
	g_autofree char *data = NULL;
	gsize length;

	ck_assert(g_file_get_contents(path, &data, &length, NULL));
	ck_assert_uint_eq(length, size);
	check_all((const uint8_t *)data, size, byte);
}

/* How a test meets the lost page. */
enum access {
	ACCESS_READ,
	ACCESS_WRITE,
	ACCESS_COPY, /* by the C library */
	ACCESS_SAVE, /* by a system call */
	ACCESS_LOOK, /* by none: the size alone */
	ACCESSES,
};

static void
access_array(uint8_t *array, uint64_t size, enum access access)
{
	g_autofree char *copy_path = storage_path("copy.bin");
	g_autofree uint8_t *copy = g_malloc(size);

	switch (access) {
	case ACCESS_READ:
		ck_assert_uint_eq(*(volatile uint8_t *)(array + size - 1), 0xFF);
		break;
	case ACCESS_WRITE:
		*(volatile uint8_t *)(array + size - 1) = 0xFF;
		break;
	case ACCESS_COPY:
		memcpy(copy, array, size);
		ck_assert_uint_eq(copy[size - 1], 0xFF);
		break;
	case ACCESS_SAVE:
		ck_assert(store_image_save(array, size, copy_path, NULL));
		break;
	case ACCESS_LOOK:
	case ACCESSES:
		break;
	}
}

/* Sizes around pages, of the image and what remains of it. */
static const struct {
	uint64_t size, rest;
} cuts[] = {{MIB, 0}, {MIB, 4096}, {MIB, 5001}, {4 * MIB + 4096, 3 * MIB}, {132 * 1024, 1},
	{4096, 0}, {1024, 0}};

START_TEST(a_truncated_image_reads_as_ff)
{
	uint64_t size = cuts[_i / ACCESSES].size, rest = cuts[_i / ACCESSES].rest;
	struct store_image *image = open_filled("a.bin", size, 0x5A);
	struct store_image *other = open_filled("b.bin", MIB, 0xA5);
	g_autofree char *path = storage_path("a.bin");
	uint8_t *array = store_image_array(image);

	ck_assert_int_eq(store_image_check(image), STORE_LOSS_NONE);
	ck_assert_int_eq(truncate(path, (off_t)rest), 0);
	access_array(array, size, (enum access)(_i % ACCESSES));
	ck_assert_int_eq(store_image_check(image), STORE_LOSS_CONTENT);
	ck_assert_int_eq(store_image_loss(image), STORE_LOSS_CONTENT);
	check_all(array, size, 0xFF);

	/* It goes on, and nothing gets to the file any more. */
	array[size - 1] = 0x12;
	array[0] = 0x34;
	ck_assert_uint_eq(array[size - 1], 0x12);
	ck_assert(!store_image_write_back(image, NULL));
	store_image_close(image);
	if (rest > 0)
		check_file("a.bin", rest, 0x5A);

	check_all(store_image_array(other), MIB, 0xA5);
	ck_assert_int_eq(store_image_check(other), STORE_LOSS_NONE);
	store_image_close(other);
	check_file("b.bin", MIB, 0xA5);
}
END_TEST

/* snapshot, and the file of a content: mapped copy-on-write, but not for ever. */
START_TEST(a_truncated_file_of_a_private_array_too)
{
	g_autofree char *path = storage_path("a.bin");
	g_autofree uint8_t *data = g_malloc(MIB);
	const struct store_image_plan plans[] = {
		{.path = path, .size = MIB, .wafer = storage_wafer, .snapshot = true},
		{.size = MIB, .wafer = storage_wafer, .content = {STORE_CONTENT_FILE, 0, path}},
	};
	struct store_image *image;

	memset(data, 0x5A, MIB);
	storage_write("a.bin", data, MIB);
	image = store_image_open(&plans[_i], NULL);
	ck_assert_ptr_nonnull(image);
	/* A changed page belongs to the array, and goes with the others. */
	store_image_array(image)[MIB - 1] = 0x11;
	ck_assert_int_eq(store_image_check(image), STORE_LOSS_NONE);
	ck_assert_int_eq(truncate(path, 4096), 0);
	ck_assert_uint_eq(*(volatile uint8_t *)(store_image_array(image) + MIB - 1), 0xFF);
	check_all(store_image_array(image), MIB, 0xFF);
	ck_assert_int_eq(store_image_loss(image), STORE_LOSS_CONTENT);
	ck_assert_int_eq(store_image_name(image), STORE_NAME_KEPT);
	store_image_close(image);
	check_file("a.bin", 4096, 0x5A);
}
END_TEST

/* Without a wafer, and of a mapping that was closed and opened again at the same address. */
START_TEST(a_mapping_is_guarded_from_open_to_close)
{
	g_autofree char *path = storage_path("a.bin");
	const struct store_image_plan plan = {.path = path, .size = MIB};

	for (unsigned int i = 0; i < 3; i++) {
		struct store_image *image;

		g_unlink(path);
		image = store_image_open(&plan, NULL);
		ck_assert_ptr_nonnull(image);
		ck_assert_int_eq(truncate(path, 0), 0);
		check_all(store_image_array(image), MIB, 0xFF);
		ck_assert_int_eq(store_image_loss(image), STORE_LOSS_CONTENT);
		store_image_close(image);
	}
}
END_TEST

/* A hole would get its block too late to refuse the image. */
START_TEST(a_sparse_image_has_all_blocks_when_it_is_open)
{
	g_autofree char *path = storage_path("a.bin"), *sample = storage_path("b.bin");
	int fd = open(sample, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	bool supported = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 4096) == 0;
	struct store_image *image;
	struct stat after;

	close(fd);
	storage_write("a.bin", "", 0);
	ck_assert_int_eq(truncate(path, (off_t)MIB), 0);
	image = storage_open("a.bin", MIB);
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_uint_eq(store_image_array(image)[MIB - 1], 0);
	store_image_close(image);
	ck_assert_int_eq(after.st_size, (off_t)MIB);
	/* Some file systems cannot reserve blocks. */
	if (supported)
		ck_assert_uint_ge((uint64_t)after.st_blocks * 512, MIB);
}
END_TEST

/* The signal that ends a child that has run act; 0: it has ended by itself. */
static int
signal_of(void (*act)(void))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		signal(SIGBUS, SIG_DFL);
		store_image_close(storage_open("c.bin", MIB));
		act();
		_exit(0);
	}
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* A mapping that the room does not know. */
static void
touch_own_mapping(void)
{
	g_autofree char *path = storage_path("own.bin");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	volatile uint8_t *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	(void)*page;
}

static void
send_bus_error(void)
{
	kill(getpid(), SIGBUS);
}

START_TEST(a_bus_error_elsewhere_ends_the_process)
{
	ck_assert_int_eq(signal_of(touch_own_mapping), SIGBUS);
	ck_assert_int_eq(signal_of(send_bus_error), SIGBUS);
}
END_TEST

START_TEST(a_deleted_image_gets_its_name_back)
{
	struct store_image *image = open_filled("a.bin", MIB, 0x5A);
	g_autofree char *path = storage_path("a.bin");
	g_autoptr(GError) error = NULL;
	struct store_identity mine, now;

	ck_assert_int_eq(store_image_name(image), STORE_NAME_KEPT);
	ck_assert_int_eq(g_unlink(path), 0);
	ck_assert_int_eq(store_image_name(image), STORE_NAME_FREE);
	store_image_array(image)[5] = 0x12;
	ck_assert(store_image_put_back(image, &error));
	ck_assert_int_eq(store_image_name(image), STORE_NAME_KEPT);
	/* The time that goes into the state is that of the new file. */
	store_image_identity(image, &mine);
	ck_assert(store_identity_read_path(&now, path, store_image_array(image), MIB));
	ck_assert_int_eq(mine.mtime_ns, now.mtime_ns);
	store_image_close(image);
	image = storage_open("a.bin", MIB);
	ck_assert_uint_eq(store_image_array(image)[5], 0x12);
	ck_assert_uint_eq(store_image_array(image)[MIB - 1], 0x5A);
	store_image_close(image);
}
END_TEST

START_TEST(a_file_in_its_place_is_never_overwritten)
{
	struct store_image *image = open_filled("a.bin", MIB, 0x5A);
	g_autofree char *path = storage_path("a.bin");
	g_autofree char *first = store_image_lost_name(image);
	g_autofree char *second = NULL;
	g_autofree char *theirs = NULL;
	g_autofree char *wanted = storage_path("a.bin.lost.2");
	g_autoptr(GError) error = NULL;

	g_unlink(path);
	storage_write("a.bin", "theirs", 6);
	ck_assert_int_eq(store_image_name(image), STORE_NAME_FOREIGN);
	ck_assert(!store_image_put_back(image, &error));
	ck_assert(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_EXIST));
	/* A name whose state is there already is not free either. */
	storage_write("a.bin.lost.state", "x", 1);
	second = store_image_lost_name(image);
	ck_assert_str_eq(second, wanted);
	ck_assert(store_image_keep(image, first, NULL));
	ck_assert(!store_image_keep(image, first, NULL));
	store_image_close(image);
	check_file("a.bin.lost", MIB, 0x5A);
	ck_assert(g_file_get_contents(path, &theirs, NULL, NULL));
	ck_assert_str_eq(theirs, "theirs");
}
END_TEST

/* Other ways in which a name is lost, and how each looks. */
START_TEST(the_name_is_that_of_the_file)
{
	g_autofree char *folder = storage_path("d"), *moved = storage_path("e");
	g_autofree char *path = storage_path("d/a.bin"), *other = storage_path("d/b.bin");
	struct store_image *image;
	g_autoptr(GError) error = NULL;

	g_mkdir(folder, 0755);
	image = open_filled("d/a.bin", MIB, 0x5A);
	ck_assert_int_eq(link(path, other), 0);
	ck_assert_int_eq(store_image_name(image), STORE_NAME_KEPT);
	g_unlink(path);
	ck_assert_int_eq(store_image_name(image), STORE_NAME_FREE);
	ck_assert_int_eq(symlink("b.bin", path), 0);
	ck_assert_int_eq(store_image_name(image), STORE_NAME_FOREIGN);
	g_unlink(path);
	ck_assert_int_eq(g_rename(other, path), 0);
	ck_assert_int_eq(store_image_name(image), STORE_NAME_KEPT);
	ck_assert_int_eq(g_rename(folder, moved), 0);
	ck_assert_int_eq(store_image_name(image), STORE_NAME_FREE);
	ck_assert(!store_image_put_back(image, &error));
	ck_assert(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
	ck_assert_int_eq(g_rename(moved, folder), 0);
	ck_assert_int_eq(store_image_name(image), STORE_NAME_KEPT);
	store_image_close(image);
}
END_TEST

START_TEST(a_mark_tells_files_apart)
{
	g_autofree char *path = storage_path("s");
	struct store_file_mark none, first, second;

	store_file_mark(path, &none);
	storage_write("s", "1", 1);
	store_file_mark(path, &first);
	ck_assert(!store_file_mark_equal(&none, &first));
	store_file_mark(path, &second);
	ck_assert(store_file_mark_equal(&first, &second));
	storage_write("s", "12", 2);
	store_file_mark(path, &second);
	ck_assert(!store_file_mark_equal(&first, &second));
	g_unlink(path);
	store_file_mark(path, &second);
	ck_assert(store_file_mark_equal(&none, &second));
}
END_TEST

Suite *
suite_lost(void)
{
	Suite *suite = suite_create("lost");
	TCase *tcase = tcase_create("lost");

	tcase_add_checked_fixture(tcase, storage_setup, storage_teardown);
	tcase_add_loop_test(
		tcase, a_truncated_image_reads_as_ff, 0, (int)(G_N_ELEMENTS(cuts) * ACCESSES));
	tcase_add_loop_test(tcase, a_truncated_file_of_a_private_array_too, 0, 2);
	tcase_add_test(tcase, a_mapping_is_guarded_from_open_to_close);
	tcase_add_test(tcase, a_sparse_image_has_all_blocks_when_it_is_open);
	tcase_add_test(tcase, a_bus_error_elsewhere_ends_the_process);
	tcase_add_test(tcase, a_deleted_image_gets_its_name_back);
	tcase_add_test(tcase, a_file_in_its_place_is_never_overwritten);
	tcase_add_test(tcase, the_name_is_that_of_the_file);
	tcase_add_test(tcase, a_mark_tells_files_apart);
	suite_add_tcase(suite, tcase);
	return suite;
}
