/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays and registers on disk: after an error the disk is unchanged, byte for byte. */
#include "base/error.h"
#include "chipdb/chipdb.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "store/image.h"
#include "store/state.h"
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

static char *dir;
static struct store_wafer *wafer;
static struct chipdb *db;

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

static void
setup(void)
{
	g_autoptr(GError) error = NULL;

	dir = g_dir_make_tmp("spinor-storage-XXXXXX", NULL);
	ck_assert_ptr_nonnull(dir);
	wafer = store_wafer_new(&error);
	ck_assert_msg(wafer != NULL, "%s", error ? error->message : "");
	db = chipdb_open(NULL, &error);
	ck_assert_msg(db != NULL, "%s", error ? error->message : "");
}

static void
teardown(void)
{
	chipdb_close(db);
	store_wafer_destroy(wafer);
	remove_tree(dir);
	g_clear_pointer(&dir, g_free);
}

static char *
at(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

static void
write_file(const char *name, const void *data, size_t size)
{
	g_autofree char *path = at(name);

	ck_assert(g_file_set_contents(path, data, (gssize)size, NULL));
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	const char *const *left = a;
	const char *const *right = b;

	return strcmp(*left, *right);
}

/* Names, types and contents of all files in the folder. */
static char *
snapshot(void)
{
	g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while ((name = g_dir_read_name(entries))) {
		g_autofree char *path = at(name);
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

/* message: the expected error, with DIR for the folder. */
static void
assert_message(const GError *error, const char *message)
{
	g_autoptr(GString) wanted = g_string_new(message);

	g_string_replace(wanted, "DIR", dir, 0);
	ck_assert_ptr_nonnull(error);
	ck_assert_str_eq(error->message, wanted->str);
	ck_assert(g_error_matches(error, BASE_ERROR, BASE_ERROR_FILE));
}

static struct store_image *
must_open(const char *name, uint64_t size)
{
	g_autofree char *path = name ? at(name) : NULL;
	g_autoptr(GError) error = NULL;
	struct store_image *image = store_image_open(path, size, wafer, &error);

	ck_assert_msg(image != NULL, "%s", error ? error->message : "");
	return image;
}

static void
assert_image_refused(const char *name, uint64_t size, const char *message)
{
	g_autofree char *path = at(name);
	g_autofree char *before = snapshot();
	g_autofree char *after = NULL;
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(store_image_open(path, size, wafer, &error));
	assert_message(error, message);
	after = snapshot();
	ck_assert_str_eq(before, after);
}

static bool
is_blank(const uint8_t *data, size_t size)
{
	return data[0] == 0xFF && memcmp(data, data + 1, size - 1) == 0;
}

/* Permissions do not limit root; the test process ends after the test. */
static void
become_ordinary(void)
{
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
}

START_TEST(a_chip_without_image_starts_blank)
{
	static const uint64_t sizes[] = {1024, 2048, 4096, 132 * 1024, MIB, 2112 * 1024, 16 * MIB};

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		struct store_image *image = must_open(NULL, sizes[i]);
		struct store_image *other = must_open(NULL, sizes[i]);
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
		images[i] = must_open(NULL, 16 * MIB);
	ck_assert_int_lt(resident_bytes() - before, 20 * (long)MIB);
	for (size_t i = 0; i < G_N_ELEMENTS(images); i++)
		ck_assert_uint_eq(store_image_array(images[i])[i * 4096], 0xFF);
	for (size_t i = 0; i < G_N_ELEMENTS(images); i++)
		store_image_close(images[i]);
}
END_TEST

START_TEST(a_new_image_is_blank_and_the_only_file)
{
	g_autofree char *path = at("new.bin");
	g_autofree char *data = NULL;
	g_autofree char *listing = NULL;
	struct store_image *image = must_open("new.bin", 2 * MIB);
	gsize length;

	ck_assert(is_blank(store_image_array(image), 2 * MIB));
	store_image_array(image)[4] = 0xA5;
	/* Written data is in the file at once, even if the process dies. */
	ck_assert(g_file_get_contents(path, &data, &length, NULL));
	ck_assert_uint_eq(length, 2 * MIB);
	ck_assert_uint_eq((uint8_t)data[4], 0xA5);
	store_image_close(image);
	listing = snapshot();
	ck_assert_ptr_null(strchr(listing, '\n'));
	ck_assert(g_str_has_prefix(listing, "new.bin "));

	image = must_open("new.bin", 2 * MIB);
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
		g_autofree char *path = at(name);
		g_autofree uint8_t *data = g_malloc(sizes[i]);
		struct store_image *image = must_open(name, sizes[i]);
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
	g_autofree char *target = at("real.bin");
	g_autofree char *name = at("link.bin");
	g_autofree char *bytes = g_malloc(4096);
	struct store_image *image;

	memset(bytes, 0x5A, 4096);
	write_file("real.bin", bytes, 4096);
	ck_assert_int_eq(symlink(target, name), 0);
	image = must_open("link.bin", 4096);
	ck_assert_mem_eq(store_image_array(image), bytes, 4096);
	assert_image_refused("real.bin", 4096,
		"image \"DIR/real.bin\" is in use by another chip; end that one or name a copy");
	store_image_close(image);
	ck_assert(g_file_test(name, G_FILE_TEST_IS_SYMLINK));
}
END_TEST

START_TEST(images_of_another_size_are_rejected)
{
	write_file("empty.bin", "", 0);
	write_file("short.bin", "abc", 3);
	assert_image_refused("empty.bin", 16 * MIB,
		"image \"DIR/empty.bin\" is refused: it has 0 bytes, the chip has 16 MiB "
		"(16777216 bytes); name an image of that size, a name that is free, or another "
		"chip");
	assert_image_refused("short.bin", 4096,
		"image \"DIR/short.bin\" is refused: it has 3 bytes, the chip has 4 KiB (4096 "
		"bytes); name an image of that size, a name that is free, or another chip");
	store_image_close(must_open("long.bin", 2 * MIB));
	assert_image_refused("long.bin", MIB,
		"image \"DIR/long.bin\" is refused: it has 2 MiB (2097152 bytes), the chip has 1 "
		"MiB (1048576 bytes); name an image of that size, a name that is free, or another "
		"chip");
}
END_TEST

START_TEST(images_that_are_no_regular_file_are_rejected)
{
	g_autofree char *folder = at("folder");
	g_autofree char *fifo = at("fifo");
	g_autofree char *dangling = at("dangling");

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
	g_autofree char *path = at("ro.bin");

	write_file("ro.bin", "abcd", 4);
	ck_assert_int_eq(g_chmod(path, 0444), 0);
	ck_assert_int_eq(g_chmod(dir, 0555), 0);
	become_ordinary();
	assert_image_refused("ro.bin", 4,
		"cannot open image \"DIR/ro.bin\": Permission denied; it has to be a file that can "
		"be read and written, or a name that is free");
	assert_image_refused("new.bin", 4096,
		"cannot create image \"DIR/new.bin\": Permission denied; it takes a folder that "
		"exists and is writable, and 4 KiB (4096 bytes) of space");
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(g_chmod(dir, 0755), 0);
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
	struct store_image *image = must_open("one.bin", 4096);

	assert_image_refused("one.bin", 4096,
		"image \"DIR/one.bin\" is in use by another chip; end that one or name a copy");
	store_image_close(image);
	store_image_close(must_open("one.bin", 4096));
}
END_TEST

/* A chip of that part with an array in memory. */
struct fixture {
	struct store_image *image;
	struct flash *chip;
};

static struct fixture
chip_new(const char *name, uint64_t seed)
{
	const struct flash_part *part = chipdb_find(db, name, NULL);
	struct fixture fixture;

	ck_assert_ptr_nonnull(part);
	fixture.image = must_open(NULL, part->size);
	fixture.chip = flash_new(part, store_image_array(fixture.image), seed);
	return fixture;
}

static void
chip_free(struct fixture fixture)
{
	flash_destroy(fixture.chip);
	store_image_close(fixture.image);
}

/* All non-volatile items in one text. */
static char *
items_of(struct flash *chip)
{
	size_t n;
	const struct flash_nonvolatile *items = flash_nonvolatile(chip, &n);
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < n; i++) {
		g_string_append_printf(text, "%s", items[i].name);
		for (size_t j = 0; j < items[i].size; j++)
			g_string_append_printf(text, " %02x", items[i].data[j]);
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

START_TEST(state_files_restore_registers)
{
	static const char *const parts[] = {"W25Q128JV", "W25Q80DV", "MX25L6436F"};
	g_autofree char *path = at("chip.state");

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		struct fixture written = chip_new(parts[i], 1);
		struct fixture read = chip_new(parts[i], 2);
		g_autofree char *before = NULL;
		g_autofree char *after = NULL;
		g_autofree char *listing = NULL;
		g_autoptr(GError) error = NULL;
		size_t n;
		const struct flash_nonvolatile *items = flash_nonvolatile(written.chip, &n);

		for (size_t j = 0; j < n; j++) {
			if (items[j].size)
				items[j].data[items[j].size - 1] ^= 0x20;
		}
		before = items_of(written.chip);
		ck_assert_msg(store_state_save(path, written.chip, &error), "%s",
			error ? error->message : "");
		ck_assert_msg(store_state_load(path, read.chip, &error), "%s",
			error ? error->message : "");
		after = items_of(read.chip);
		ck_assert_str_eq(before, after);
		listing = snapshot();
		ck_assert_ptr_null(strchr(listing, '\n'));
		chip_free(written);
		chip_free(read);
	}
}
END_TEST

#define HEAD "[spinor]\nversion=1\npart=W25Q128JV\n"

START_TEST(missing_state_items_have_their_delivered_value)
{
	struct fixture fixture = chip_new("W25Q128JV", 1);
	g_autofree char *delivered = items_of(fixture.chip);
	g_autofree char *path = at("chip.state");
	g_autofree char *now = NULL;
	g_autofree char *listing = NULL;

	ck_assert(store_state_load(path, fixture.chip, NULL));
	listing = snapshot();
	ck_assert_str_eq(listing, "");
	write_file("chip.state", HEAD "[nonvolatile]\n", strlen(HEAD "[nonvolatile]\n"));
	ck_assert(store_state_load(path, fixture.chip, NULL));
	now = items_of(fixture.chip);
	ck_assert_str_eq(delivered, now);
	chip_free(fixture);
}
END_TEST

START_TEST(files_of_older_versions_load)
{
	static const char text[] = HEAD "\n[nonvolatile]\n# a comment\nstatus = 1C 02 60 \n"
					"unique-id=01 02 03 04 05 06 07 08\n\n"
					"[cells]\ndamage=7\nblock=4096\n1=2\n16-17=1\n"
					"18=1 unstable\n";
	struct fixture fixture = chip_new("W25Q128JV", 1);
	g_autofree char *path = at("chip.state");
	g_autofree char *now = NULL;
	g_autoptr(GError) error = NULL;
	struct flash_block block;

	write_file("chip.state", text, strlen(text));
	ck_assert_msg(
		store_state_load(path, fixture.chip, &error), "%s", error ? error->message : "");
	now = items_of(fixture.chip);
	ck_assert_ptr_nonnull(strstr(now, "status 1c 02 60\n"));
	ck_assert_ptr_nonnull(strstr(now, "unique-id 01 02 03 04 05 06 07 08\n"));
	ck_assert_uint_eq(flash_damage(fixture.chip), 7);
	ck_assert(flash_next_block(fixture.chip, 17, &block) && block.number == 17);
	ck_assert_uint_eq(block.cycles, 1);
	ck_assert(flash_next_block(fixture.chip, 18, &block) && block.unstable);
	chip_free(fixture);
}
END_TEST

#define DAMAGED "state \"DIR/chip.state\" is damaged: "
#define REMEDY "; restore it, or remove it to have the registers as delivered"

#define LINES "; allowed: groups, KEY = VALUE and # comments"
#define TWICE " is there twice; allowed is once" REMEDY
#define ITEMS HEAD "[nonvolatile]\nstatus=00 02 20\n"

static const struct {
	const char *text;
	const char *message;
} bad_states[] = {
	{"", DAMAGED "it is empty" REMEDY},
	{"\xFF\n", DAMAGED "it is not a text" REMEDY},
	{"status=00\n", DAMAGED "Key file does not start with a group" LINES REMEDY},
	{HEAD "[nonvolatile]\nstatus\n", DAMAGED "line 5: \"status\" is refused" LINES REMEDY},
	{"[spinor]\npart=W25Q128JV\n[nonvolatile]\n",
		DAMAGED "no version in group [spinor]" REMEDY},
	{"[spinor]\nversion=x\n", DAMAGED "no version in group [spinor]" REMEDY},
	{"[spinor]\nversion=1\n", DAMAGED "no part in group [spinor]" REMEDY},
	{"[spinor]\nversion=2\n[new]\n",
		"state \"DIR/chip.state\" has version 2, this spinor reads up to 1; use the newer "
		"spinor that wrote it, or remove it to have the registers as delivered"},
	{"[spinor]\nversion=1\npart=W25Q80DV\n[nonvolatile]\n",
		"state \"DIR/chip.state\" is of a W25Q80DV, the chip is a W25Q128JV; name that "
		"chip, or remove the file to have the registers as delivered"},
	{HEAD, DAMAGED "no group [nonvolatile]" REMEDY},
	{HEAD "[nonvolatile]\n[more]\n",
		DAMAGED "unknown group \"more\"; allowed are spinor, nonvolatile, cells" REMEDY},
	{HEAD "[nonvolatle]\n",
		DAMAGED "unknown group \"nonvolatle\": did you mean nonvolatile?; allowed are "
			"spinor, nonvolatile, cells" REMEDY},
	{HEAD "colour=1\n[nonvolatile]\n",
		DAMAGED "[spinor]: unknown key \"colour\"; allowed are version, part" REMEDY},
	{"[spinor]\nversion=1\nprat=W25Q128JV\n[nonvolatile]\n",
		DAMAGED "[spinor]: unknown key \"prat\": did you mean part?; allowed are version, "
			"part" REMEDY},
	{ITEMS "colour=00\n",
		DAMAGED "[nonvolatile]: a W25Q128JV has no \"colour\"; allowed are status, "
			"security, unique-id" REMEDY},
	{HEAD "[nonvolatile]\nsttaus=00 02 20\n",
		DAMAGED "[nonvolatile]: a W25Q128JV has no \"sttaus\": did you mean status?; "
			"allowed are status, security, unique-id" REMEDY},
	{HEAD "[nonvolatile]\nunique-id=01 02 03 04 05 06 07 08\nstatus=00 02\n",
		DAMAGED "[nonvolatile]: status is not 3 bytes in hex" REMEDY},
	{HEAD "[nonvolatile]\nstatus=00 02 60 00\n",
		DAMAGED "[nonvolatile]: status is not 3 bytes in hex" REMEDY},
	{HEAD "[nonvolatile]\nstatus=00 02 6\n",
		DAMAGED "[nonvolatile]: status is not 3 bytes in hex" REMEDY},
	{HEAD "[nonvolatile]\nstatus=\n",
		DAMAGED "[nonvolatile]: status is not 3 bytes in hex" REMEDY},
	{ITEMS "status=00 02 20\n", DAMAGED "line 6: [nonvolatile]: key \"status\"" TWICE},
	{HEAD "version=1\n", DAMAGED "line 4: [spinor]: key \"version\"" TWICE},
	{HEAD "part=W25Q80DV\n", DAMAGED "line 4: [spinor]: key \"part\"" TWICE},
	{ITEMS "[nonvolatile]\n", DAMAGED "line 6: [nonvolatile]: the group" TWICE},
	{ITEMS "[spinor]\n", DAMAGED "line 6: [spinor]: the group" TWICE},
	{ITEMS "[cells]\n1=1\n[cells]\n", DAMAGED "line 8: [cells]: the group" TWICE},
	{ITEMS "[cells]\n1=1\n2=1\n1=1\n", DAMAGED "line 9: [cells]: key \"1\"" TWICE},
	{ITEMS "[cells]\n1=1\n0-7=1\n", DAMAGED "[cells]: a block of 0-7" TWICE},
	{ITEMS "[cells]\n4-7=1\n7-9=1 unstable\n", DAMAGED "[cells]: a block of 7-9" TWICE},
	{ITEMS "[cells]\ndamge=1\n",
		DAMAGED "[cells]: unknown key \"damge\": did you mean damage?; allowed are block, "
			"damage, FIRST-LAST" REMEDY},
	{ITEMS "[cells]\ncolour=1\n",
		DAMAGED
		"[cells]: unknown key \"colour\"; allowed are block, damage, FIRST-LAST" REMEDY},
};

START_TEST(an_invalid_state_changes_neither_chip_nor_file)
{
	struct fixture fixture = chip_new("W25Q128JV", 1);
	g_autofree char *path = at("chip.state");
	g_autofree char *chip_before = items_of(fixture.chip);
	g_autofree char *chip_after = NULL;
	g_autofree char *disk_before = NULL;
	g_autofree char *disk_after = NULL;
	g_autoptr(GError) error = NULL;

	write_file("chip.state", bad_states[_i].text, strlen(bad_states[_i].text));
	disk_before = snapshot();
	ck_assert(!store_state_load(path, fixture.chip, &error));
	assert_message(error, bad_states[_i].message);
	chip_after = items_of(fixture.chip);
	disk_after = snapshot();
	ck_assert_str_eq(chip_before, chip_after);
	ck_assert_str_eq(disk_before, disk_after);
	chip_free(fixture);
}
END_TEST

START_TEST(a_failed_save_keeps_the_old_state_file)
{
	struct fixture fixture = chip_new("W25Q128JV", 1);
	g_autofree char *path = at("chip.state");
	g_autofree char *begin =
		g_strdup_printf("cannot save state \"%s\": Failed to create file", path);
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	g_autoptr(GError) error = NULL;

	ck_assert(store_state_save(path, fixture.chip, NULL));
	flash_nonvolatile(fixture.chip, &(size_t){0})[0].data[0] ^= 4;
	before = snapshot();
	ck_assert_int_eq(g_chmod(dir, 0555), 0);
	become_ordinary();
	ck_assert(!store_state_save(path, fixture.chip, &error));
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(g_chmod(dir, 0755), 0);
	/* GLib's part of the message contains a random name. */
	ck_assert_msg(g_str_has_prefix(error->message, begin), "%s", error->message);
	ck_assert(g_str_has_suffix(error->message,
		": Permission denied; its folder has to be writable and have space"));
	after = snapshot();
	ck_assert_str_eq(before, after);
	chip_free(fixture);
}
END_TEST

Suite *
suite_storage(void)
{
	Suite *suite = suite_create("storage");
	TCase *tcase = tcase_create("storage");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, setup, teardown);
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
	tcase_add_test(tcase, state_files_restore_registers);
	tcase_add_test(tcase, files_of_older_versions_load);
	tcase_add_test(tcase, missing_state_items_have_their_delivered_value);
	tcase_add_loop_test(tcase, an_invalid_state_changes_neither_chip_nor_file, 0,
		(int)G_N_ELEMENTS(bad_states));
	tcase_add_test(tcase, a_failed_save_keeps_the_old_state_file);
	suite_add_tcase(suite, tcase);
	return suite;
}
