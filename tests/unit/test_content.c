/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Initial contents of arrays and images, and images that nothing is written to. */
#include "base/error.h"
#include "chipdb/chipdb.h"
#include "chipdb/ofsize.h"
#include "storage_fixture.h"
#include "store/image.h"
#include "store/initialcontent.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define SIZE ((uint64_t)3 << 20)

static struct store_image *
open_plan(const char *name, struct store_content content, bool snapshot)
{
	g_autofree char *path = name != NULL ? storage_path(name) : NULL;
	const struct store_image_plan plan = {.path = path,
		.size = SIZE,
		.wafer = storage_wafer,
		.content = content,
		.snapshot = snapshot};
	g_autoptr(GError) error = NULL;
	struct store_image *image = store_image_open(&plan, &error);

	ck_assert_msg(image != NULL, "%s", error != NULL ? error->message : "");
	return image;
}

static void
assert_plan_refused(const char *name, struct store_content content, bool snapshot, const char *why)
{
	g_autofree char *path = name != NULL ? storage_path(name) : NULL;
	const struct store_image_plan plan = {.path = path,
		.size = SIZE,
		.wafer = storage_wafer,
		.content = content,
		.snapshot = snapshot};
	g_autofree char *before = storage_listing();
	g_autofree char *after = NULL;
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(store_image_open(&plan, &error));
	storage_check_error(error, why);
	after = storage_listing();
	ck_assert_str_eq(before, after);
}

static const struct store_content kinds[] = {
	{.kind = STORE_CONTENT_BLANK, .seed = 1},
	{.kind = STORE_CONTENT_RANDOM, .seed = 1},
	{.kind = STORE_CONTENT_RANDOM, .seed = 2},
	{.kind = STORE_CONTENT_PATTERN, .seed = 1},
	{.kind = STORE_CONTENT_PATTERN, .seed = 2},
};

/* The same in memory and in a new file, now and later; another one for another kind and seed. */
START_TEST(a_content_follows_from_its_kind_and_seed)
{
	uint8_t *arrays[G_N_ELEMENTS(kinds)];

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *name = g_strdup_printf("%zu.bin", i);
		struct store_image *memory = open_plan(NULL, kinds[i], false);
		struct store_image *file = open_plan(name, kinds[i], false);

		arrays[i] = g_malloc(SIZE);
		store_content_fill(&kinds[i], 0, arrays[i], SIZE);
		ck_assert(store_image_is_created(file) && !store_image_is_created(memory));
		ck_assert_mem_eq(store_image_array(memory), arrays[i], SIZE);
		ck_assert_mem_eq(store_image_array(file), arrays[i], SIZE);
		for (size_t j = 0; j < i; j++)
			ck_assert_mem_ne(arrays[i], arrays[j], SIZE);
		store_image_close(memory);
		store_image_close(file);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		g_free(arrays[i]);
}
END_TEST

/* Two halves of a random content differ: a chip of half the size repeats, this one does not. */
START_TEST(random_content_does_not_repeat)
{
	g_autofree uint8_t *array = g_malloc(SIZE);
	unsigned int counts[256] = {0};

	store_content_fill(&kinds[1], 0, array, SIZE);
	for (size_t piece = 1; piece < SIZE / STORE_CONTENT_PIECE; piece++)
		ck_assert_mem_ne(array, array + piece * STORE_CONTENT_PIECE, STORE_CONTENT_PIECE);
	for (size_t i = 0; i < SIZE; i++)
		counts[array[i]]++;
	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
		ck_assert_uint_gt(counts[i], SIZE / 256 * 9 / 10);
}
END_TEST

START_TEST(a_pattern_contains_its_addresses)
{
	g_autofree uint8_t *array = g_malloc(SIZE);

	store_content_fill(&kinds[3], 0, array, SIZE);
	for (size_t at = 0; at < SIZE; at += 8) {
		const uint8_t *word = array + at;

		ck_assert_uint_eq(
			(size_t)word[0] << 24 | word[1] << 16 | word[2] << 8 | word[3], at);
		ck_assert_mem_eq(word + 4, array + 4, 4);
	}
	for (size_t i = 4; i < 8; i++)
		ck_assert(array[i] != 0x00 && array[i] != 0xff);
}
END_TEST

START_TEST(an_existing_image_keeps_its_content)
{
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;

	store_image_close(open_plan("a.bin", kinds[1], false));
	before = storage_listing();
	store_image_close(open_plan("a.bin", kinds[2], false));
	after = storage_listing();
	ck_assert_str_eq(before, after);
}
END_TEST

static const struct {
	bool image; /* the file is an image in snapshot mode, not a content */
} read_only_uses[] = {{true}, {false}};

/* Several chips share a file that is only read, and each sees its own changes alone. */
START_TEST(a_file_that_is_only_read_is_shared_and_never_changes)
{
	bool as_image = read_only_uses[_i].image;
	g_autofree char *path = storage_path("gold.bin");
	const struct store_content file = {.kind = STORE_CONTENT_FILE, .file = path};
	const struct store_content content = as_image ? kinds[0] : file;
	const char *name = as_image ? "gold.bin" : NULL;
	g_autofree uint8_t *data = g_malloc(SIZE);
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	struct store_image *one, *other;

	store_content_fill(&kinds[1], 0, data, SIZE);
	storage_write("gold.bin", data, SIZE);
	ck_assert_int_eq(g_chmod(path, 0444), 0);
	ck_assert_int_eq(g_chmod(storage_dir, 0755), 0);
	before = storage_listing();
	storage_become_ordinary();
	one = open_plan(name, content, true);
	other = open_plan(name, content, true);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_mem_eq(store_image_array(one), data, SIZE);
	memset(store_image_array(one), 0x12, SIZE);
	ck_assert_mem_eq(store_image_array(other), data, SIZE);
	assert_plan_refused("gold.bin", kinds[0], false,
		"image \"DIR/gold.bin\" is in use by another chip; end that one or name a copy");
	ck_assert(!store_image_save(data, 3, path, NULL));
	store_image_close(one);
	store_image_close(other);
	after = storage_listing();
	ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(a_new_image_begins_with_the_content_of_a_file)
{
	g_autofree char *path = storage_path("gold.bin");
	const struct store_content file = {.kind = STORE_CONTENT_FILE, .file = path};
	g_autofree uint8_t *data = g_malloc(SIZE);
	struct store_image *image;

	store_content_fill(&kinds[3], 0, data, SIZE);
	storage_write("gold.bin", data, SIZE);
	image = open_plan("new.bin", file, false);
	ck_assert_mem_eq(store_image_array(image), data, SIZE);
	store_image_array(image)[0] = 0x55;
	store_image_close(image);
	image = open_plan("gold.bin", kinds[0], false);
	ck_assert_mem_eq(store_image_array(image), data, SIZE);
	assert_plan_refused(NULL, file, false,
		"content \"DIR/gold.bin\" is in use by another chip; end that one or name a copy");
	store_image_close(image);
}
END_TEST

START_TEST(unusable_contents_are_rejected)
{
	g_autofree char *none = storage_path("none.bin");
	g_autofree char *short_file = storage_path("short.bin");
	g_autofree char *folder = storage_path("folder");
	const struct store_content missing = {.kind = STORE_CONTENT_FILE, .file = none};
	const struct store_content small = {.kind = STORE_CONTENT_FILE, .file = short_file};
	const struct store_content no_file = {.kind = STORE_CONTENT_FILE, .file = folder};

	storage_write("short.bin", "abc", 3);
	ck_assert_int_eq(g_mkdir(folder, 0755), 0);
	for (int i = 0; i < 2; i++) {
		const char *name = i == 0 ? NULL : "new.bin";

		assert_plan_refused(name, missing, false,
			"cannot open content \"DIR/none.bin\": No such file or directory; it has "
			"to be a file that can be read");
		assert_plan_refused(name, small, false,
			"content \"DIR/short.bin\" is refused: it has 3 bytes, the chip has 3 MiB "
			"(3145728 bytes); name one of that size, or another chip");
		assert_plan_refused(name, no_file, false,
			"content \"DIR/folder\" is refused: not a regular file; name one");
	}
	assert_plan_refused("none.bin", kinds[1], true,
		"cannot open image \"DIR/none.bin\": No such file or directory; with snapshot it "
		"has to be a file that exists and can be read");
	assert_plan_refused("short.bin", kinds[1], true,
		"image \"DIR/short.bin\" is refused: it has 3 bytes, the chip has 3 MiB (3145728 "
		"bytes); name one of that size, or another chip");
}
END_TEST

static const struct {
	uint64_t size;
	const char *like;
	const char *names; /* NULL: none has that size */
} sizes[] = {
	{1 << 20, "W25Q128JV", "W25Q80BV, W25Q80DV, W25Q80RV"},
	{16 << 20, "W25Q80DV", "W25Q128BV, W25Q128FV, W25Q128JV"},
	{8 << 20, "MX25L12835F", "MX25L6495F, MX25L6433F, MX25L6436F"},
	{4224 * 1024, "W25Q128JV", "AT45DB321C"},
	{1000, "W25Q128JV", NULL},
};

START_TEST(a_size_has_the_names_of_parts_most_like_the_one_at_hand)
{
	const struct flash_part *like = chipdb_find(storage_chipdb, sizes[_i].like, NULL);
	g_autofree char *names = chipdb_of_size(storage_chipdb, sizes[_i].size, like);

	ck_assert_ptr_nonnull(like);
	ck_assert_msg(g_strcmp0(names, sizes[_i].names) == 0, "%s", names != NULL ? names : "none");
}
END_TEST

Suite *
suite_content(void)
{
	Suite *suite = suite_create("content");
	TCase *tcase = tcase_create("content");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, storage_setup, storage_teardown);
	tcase_add_test(tcase, a_content_follows_from_its_kind_and_seed);
	tcase_add_test(tcase, random_content_does_not_repeat);
	tcase_add_test(tcase, a_pattern_contains_its_addresses);
	tcase_add_test(tcase, an_existing_image_keeps_its_content);
	tcase_add_loop_test(tcase, a_file_that_is_only_read_is_shared_and_never_changes, 0,
		(int)G_N_ELEMENTS(read_only_uses));
	tcase_add_test(tcase, a_new_image_begins_with_the_content_of_a_file);
	tcase_add_test(tcase, unusable_contents_are_rejected);
	tcase_add_loop_test(tcase, a_size_has_the_names_of_parts_most_like_the_one_at_hand, 0,
		(int)G_N_ELEMENTS(sizes));
	suite_add_tcase(suite, tcase);
	return suite;
}
