/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Initial contents of arrays and images, and images that nothing is written to. */
#include "base/error.h"
#include "bench/bench.h"
#include "bench/chip.h"
#include "chipdb/chipdb.h"
#include "chipdb/ofsize.h"
#include "setup/options.h"
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

/* A bench by options, with a bench file of that text (NULL: none). */
static struct bench *
new_bench(const char *line, const char *text, GError **error)
{
	const char *before = *line != '\0' ? "|" : "";
	g_autofree char *file =
		text != NULL ? g_strconcat("|", storage_dir, "/a.bench", NULL) : g_strdup("");
	g_autofree char *whole =
		g_strconcat("spinord|--chipdb|", g_getenv("CHIPDB_DIR"), before, line, file, NULL);
	g_auto(GStrv) words = g_strsplit(whole, "|", -1);
	g_autofree char **argv = g_memdup2(words, (g_strv_length(words) + 1) * sizeof(*words));
	char **rest = argv;
	int argc = (int)g_strv_length(words);
	struct setup_options *options;
	struct bench *bench;

	if (text != NULL)
		storage_write("a.bench", text, strlen(text));
	options = setup_options_parse(&argc, &rest, error);
	ck_assert_ptr_nonnull(options);
	bench = bench_new(options, NULL, error);
	setup_options_free(options);
	return bench;
}

#define TWO "[adapter a]\nchip=W25Q80DV\ncontent=random\n"
#define CHIPS TWO "[chip b]\nadapter=a\ncs=1\npart=W25Q80DV\ncontent=random\n"

/* Benches with two chips: the first is alike in rows of the same number, all others differ. */
static const struct {
	const char *line, *file;
	int alike;
} benches[] = {
	{"--chip|W25Q80DV|--content|random|--count|2", NULL, 1},
	{"--chip|W25Q80DV|--content|random|--count|2|--seed|1", NULL, 1},
	{"--chip|W25Q80DV|--content|random|--count|2|--seed|7", NULL, 2},
	{"--chip|W25Q80DV|--content|pattern|--count|2", NULL, 3},
	{"--seed|1", CHIPS, 1},
	{"--seed|9", CHIPS, 4},
	{"--content|random", "[bench]\nseed=7\n" CHIPS, 2},
	{"--content|pattern", CHIPS, 3},
	{"--seed|7", TWO "[adapter b]\nchip=W25Q80DV\ncontent=pattern\n", 2},
};

static uint8_t *
array_of_chip(struct bench *bench, unsigned int n)
{
	unsigned int adapter = bench_n_adapters(bench) > 1 ? n : 0;
	unsigned int cs = bench_n_adapters(bench) > 1 ? 0 : n;
	struct bench_chip *chip = bench_adapter_chip(bench_adapter_at(bench, adapter), cs);

	return store_image_array(bench_chip_image(chip));
}

START_TEST(the_content_follows_from_the_seed_of_the_bench_and_differs_for_each_chip)
{
	struct bench *all[G_N_ELEMENTS(benches)];
	const uint64_t size = 1 << 20;

	for (size_t i = 0; i < G_N_ELEMENTS(benches); i++) {
		g_autoptr(GError) error = NULL;

		all[i] = new_bench(benches[i].line, benches[i].file, &error);
		ck_assert_msg(all[i] != NULL, "%s", error != NULL ? error->message : "");
		ck_assert_mem_ne(array_of_chip(all[i], 0), array_of_chip(all[i], 1), size);
		for (size_t j = 0; j < i; j++)
			ck_assert_msg(
				(memcmp(array_of_chip(all[i], 0), array_of_chip(all[j], 0), size) ==
					0) == (benches[i].alike == benches[j].alike),
				"rows %zu and %zu", j, i);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(benches); i++)
		bench_destroy(all[i]);
}
END_TEST

static const struct {
	const char *line, *file, *message; /* NULL: it is allowed */
} descriptions[] = {
	{"--content|a", "[adapter a]\nchip=W25Q80DV\n[chip b]\ncs=1\npart=W25Q80DV\n",
		"--content a: the bench file has 2 chips, and this option is for one; set it in "
		"the file"},
	{"", "[adapter a]\ncontent=random\n",
		"DIR/a.bench: [adapter a]: a content, but no chip; chip = PART is wanted"},
	{"", "[adapter a]\nchip=W25Q80DV\ncontent=\n",
		"DIR/a.bench: [adapter a]: content = \"\" is refused; allowed: blank, random, "
		"pattern, and a file"},
	{"", "[bench]\nsnapshot=maybe\n[adapter a]\n",
		"DIR/a.bench: [bench]: snapshot = \"maybe\" is refused; allowed: yes and no"},
	/* A file beside the bench file, and one with the name of a word. */
	{"", "[adapter a]\nchip=W25Q80DV\ncontent=half\n",
		"content \"DIR/half\" is refused: it has 512 KiB (524288 bytes), the chip has 1 "
		"MiB (1048576 bytes); name one of that size, or another chip; --chip names of 512 "
		"KiB: W25Q40BV, W25Q40CL, W25X40"},
	{"", "[adapter a]\nchip=W25Q80DV\ncontent=./random\n",
		"cannot open content \"DIR/./random\": No such file or directory; it has to be a "
		"file that can be read"},
	{"--content|./none/random|--chip|W25Q80DV", NULL,
		"cannot open content \"./none/random\": No such file or directory; it has to be a "
		"file that can be read"},
	{"", "[adapter a]\nchip=W25Q80DV\nimage=half\n",
		"image \"DIR/half\" is refused: it has 512 KiB (524288 bytes), the chip has 1 MiB "
		"(1048576 bytes); name an image of that size, a name that is free, or another "
		"chip; --chip names of 512 KiB: W25Q40BV, W25Q40CL, W25X40"},
	/* An image for all chips is possible if nothing is written to it. */
	{"", "[adapter a]\nchip=W25Q40BV\ncount=3\nimage=half\n",
		"DIR/a.bench: [adapter a]: image DIR/half: 3 adapters can't share it; {n} in it "
		"stands for the number of each, 0 to 2"},
	{"--snapshot", "[adapter a]\nchip=W25Q40BV\ncount=3\nimage=half\n", NULL},
	{"",
		"[bench]\nsnapshot=yes\n[adapter a]\nchip=W25Q40BV\nimage=half\n[chip b]\ncs=1\n"
		"part=W25Q40BV\nimage=half\n",
		NULL},
	{"", "[adapter a]\nchip=W25Q40BV\ncount=3\ncontent=half\n", NULL},
	/* Opening a trace empties it. */
	{"", "[bench]\ntrace=half\n[adapter a]\nchip=W25Q40BV\ncontent=half\n",
		"DIR/a.bench: [adapter a]: content DIR/half: that is the trace of DIR/a.bench: "
		"[bench]: trace DIR/half too; each needs a file of its own"},
	{"", "[bench]\ntrace=half\nsnapshot=yes\n[adapter a]\nchip=W25Q40BV\nimage=half\n",
		"DIR/a.bench: [adapter a]: image DIR/half: that is the trace of DIR/a.bench: "
		"[bench]: trace DIR/half too; each needs a file of its own"},
	{"", "[bench]\ntrace=a.bench\n[adapter a]\n",
		"DIR/a.bench: [bench]: trace DIR/a.bench: that is the bench file DIR/a.bench too; "
		"each needs a file of its own"},
};

START_TEST(contents_and_snapshots_of_a_bench_are_checked)
{
	static uint8_t half[512 * 1024];
	g_autoptr(GString) wanted = g_string_new(descriptions[_i].message);
	g_autoptr(GError) error = NULL;
	g_autofree char *path = storage_path("half");
	g_autofree char *after = NULL;
	struct bench *bench;
	gsize length;

	storage_write("half", half, sizeof half);
	bench = new_bench(descriptions[_i].line, descriptions[_i].file, &error);
	if (descriptions[_i].message == NULL) {
		ck_assert_msg(bench != NULL, "%s", error != NULL ? error->message : "");
		memset(array_of_chip(bench, 0), 1, sizeof half);
		bench_destroy(bench);
	} else {
		ck_assert_ptr_null(bench);
		g_string_replace(wanted, "DIR", storage_dir, 0);
		ck_assert_str_eq(error->message, wanted->str);
	}
	ck_assert(g_file_get_contents(path, &after, &length, NULL));
	ck_assert_uint_eq(length, sizeof half);
	ck_assert_mem_eq(after, half, sizeof half);
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
	tcase_add_test(
		tcase, the_content_follows_from_the_seed_of_the_bench_and_differs_for_each_chip);
	tcase_add_loop_test(tcase, contents_and_snapshots_of_a_bench_are_checked, 0,
		(int)G_N_ELEMENTS(descriptions));
	suite_add_tcase(suite, tcase);
	return suite;
}
