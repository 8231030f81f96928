/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots: they restore the whole chip, and copy only changed blocks.
 *
 * long: a chip and its commands, and those of memory as well as those of files.
 */
#include "base/error.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "store/image.h"
#include "store/snapshot.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 65536u
#define SIZE (16u << 20)

static const struct flash_part part = {
	.name = "TEST",
	.size = SIZE,
	.page_size = 256,
	.address_bytes = 3,
	.wrsr_bytes = 1,
	.vcc_min_mv = 2700,
	.vcc_max_mv = 3600,
	.id = {0xef, 0x40, 0x18},
	.id_length = 3,
	.unique_id_length = 8,
	.status = {{{.function = FLASH_BIT_BUSY}, {.function = FLASH_BIT_WEL},
		{.function = FLASH_BIT_BP0}}},
	.commands = {{"RDSR1", -1}, {"WRSR", -1}, {"WREN", -1}, {"READ", -1}, {"PP", -1}},
	.n_commands = 5,
	.erases = {{0x20, .size = 4096, .time = {45000000, 400000000}},
		{0xd8, .size = BLOCK, .time = {150000000, 2000000000}},
		{0xc7, .size = 0, .time = {40000000000, 200000000000}}},
	.n_erases = 3,
	.timing = {[FLASH_T_PP] = {400000, 3000000}, [FLASH_T_W] = {10000000, 15000000}},
};

static char *dir;
static struct store_wafer *wafer;
static struct store_image *image;
static uint8_t *array;
static struct flash *chip;
static struct store_snapshots *snapshots;
static int64_t now_ns;
static unsigned int restored;
static unsigned int events[FLASH_EVENT_POWER + 1];

static char *
at(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

static void
note_restored(void *data)
{
	(void)data;
	restored++;
}

static void
note_event(void *data, const struct flash_event *event)
{
	(void)data;
	events[event->kind]++;
}

/* path NULL: an array in memory. */
static void
set_up_chip(const char *path, uint64_t size)
{
	static struct flash_part sized;

	sized = part;
	sized.size = (uint32_t)size;
	sized.erases[1].size = MIN(sized.size, BLOCK);
	image = store_image_open(
		&(struct store_image_plan){.path = path, .size = size, .wafer = wafer}, NULL);
	array = store_image_array(image);
	chip = flash_new(&sized, array, 1);
	flash_set_listener(chip, &(struct flash_listener){.event = note_event});
	snapshots = store_snapshots_new(chip, array, size, path == NULL);
	store_snapshots_set_listener(snapshots, note_restored, NULL);
}

static void
tear_down_chip(void)
{
	g_clear_pointer(&snapshots, store_snapshots_destroy);
	g_clear_pointer(&chip, flash_destroy);
	g_clear_pointer(&image, store_image_close);
}

static void
setup(void)
{
	dir = g_dir_make_tmp("spinor-snapshot-XXXXXX", NULL);
	wafer = store_wafer_new(NULL);
	now_ns = 0;
	restored = 0;
	memset(events, 0, sizeof(events));
	set_up_chip(NULL, SIZE);
}

static void
teardown(void)
{
	GDir *entries = g_dir_open(dir, 0, NULL);
	const char *name;

	tear_down_chip();
	store_wafer_destroy(wafer);
	while ((name = g_dir_read_name(entries))) {
		g_autofree char *path = at(name);

		g_remove(path);
	}
	g_dir_close(entries);
	ck_assert_int_eq(g_rmdir(dir), 0);
	g_clear_pointer(&dir, g_free);
}

static void
frame(const uint8_t *bytes, size_t n)
{
	flash_select(chip);
	flash_shift(chip, bytes, NULL, n);
	flash_deselect(chip, 0);
}

static void
settle(void)
{
	now_ns += INT64_C(100000000000);
	flash_tick(chip, now_ns);
}

static void
start(uint8_t opcode, uint32_t address, const uint8_t *data, size_t n)
{
	uint8_t bytes[4 + 256] = {
		opcode, (uint8_t)(address >> 16), (uint8_t)(address >> 8), (uint8_t)address};

	if (n)
		memcpy(bytes + 4, data, n);
	frame((const uint8_t[]){0x06}, 1);
	frame(bytes, 4 + n);
}

static void
program(uint32_t address, const char *text)
{
	start(0x02, address, (const uint8_t *)text, strlen(text));
	settle();
}

static void
erase(uint8_t opcode, uint32_t address)
{
	start(opcode, address, NULL, 0);
	settle();
}

static void
start_chip_erase(void)
{
	frame((const uint8_t[]){0x06}, 1);
	frame((const uint8_t[]){0xc7}, 1);
}

static void
erase_chip(void)
{
	start_chip_erase();
	settle();
}

static void
write_status(uint8_t value)
{
	frame((const uint8_t[]){0x06}, 1);
	frame((const uint8_t[]){0x01, value}, 2);
	settle();
}

static uint8_t
read_status(void)
{
	uint8_t out[2];

	flash_select(chip);
	flash_shift(chip, (const uint8_t[]){0x05, 0xff}, out, 2);
	flash_deselect(chip, 0);
	return out[1];
}

static size_t
take(const char *name)
{
	g_autoptr(GError) error = NULL;
	size_t bytes = 0;

	ck_assert_msg(store_snapshots_take(snapshots, name, &bytes, &error), "%s",
		error ? error->message : "");
	return bytes;
}

static size_t
restore(const char *name)
{
	g_autoptr(GError) error = NULL;
	size_t bytes = 0;

	ck_assert_msg(store_snapshots_restore(snapshots, name, &bytes, &error), "%s",
		error ? error->message : "");
	return bytes;
}

static bool
is_blank(void)
{
	return array[0] == 0xff && memcmp(array, array + 1, SIZE - 1) == 0;
}

START_TEST(restoring_brings_back_the_array)
{
	g_autofree uint8_t *first = NULL;
	g_autofree uint8_t *second = NULL;

	take("blank");
	program(0x000000, "first");
	program(0x12fffe, "at the end of a page, which wraps");
	program(SIZE - 256, "last");
	first = g_memdup2(array, SIZE);
	take("first");
	erase(0x20, 0);
	program(0x000010, "second");
	program(0x800000, "more");
	second = g_memdup2(array, SIZE);
	take("second");
	erase_chip();
	ck_assert(is_blank());

	restore("first");
	ck_assert_mem_eq(array, first, SIZE);
	restore("second");
	ck_assert_mem_eq(array, second, SIZE);
	restore("blank");
	ck_assert(is_blank());
	restore("second");
	ck_assert_mem_eq(array, second, SIZE);
	program(0x400000, "gone again");
	restore("second");
	ck_assert_mem_eq(array, second, SIZE);
	ck_assert_uint_eq(restored, 5);
}
END_TEST

START_TEST(only_changed_blocks_are_copied)
{
	ck_assert_uint_eq(take("a"), 0);
	program(0x010000, "x");
	ck_assert_uint_eq(take("b"), BLOCK);
	ck_assert_uint_eq(take("c"), 0);
	program(0x02ffff, "y");
	program(0x030000, "z");
	ck_assert_uint_eq(take("d"), 2 * BLOCK);
	/* Blank and programmed with the same data as before. */
	erase(0xd8, 0x010000);
	ck_assert_uint_eq(take("e"), 0);
	erase(0x20, 0x02f000);
	program(0x02ffff, "y");
	ck_assert_uint_eq(take("f"), 0);

	ck_assert_uint_eq(restore("f"), 0);
	ck_assert_uint_eq(restore("d"), 4096);
	ck_assert_uint_eq(restore("a"), 3 * 4096);
	ck_assert_uint_eq(restore("a"), 0);
	/* A restored chip counts as unchanged. */
	ck_assert_uint_eq(take("g"), 0);
	restore("d");
	ck_assert_uint_eq(take("h"), 0);
}
END_TEST

START_TEST(restored_registers_take_effect)
{
	take("open");
	write_status(0x04);
	ck_assert_uint_eq(read_status(), 0x04);
	take("locked");
	restore("open");
	ck_assert_uint_eq(read_status(), 0x00);
	restore("locked");
	ck_assert_uint_eq(read_status(), 0x04);
	flash_supply(chip, 0);
	flash_supply(chip, 3300);
	settle();
	ck_assert_uint_eq(read_status(), 0x04);
}
END_TEST

START_TEST(restoring_interrupts_an_operation_in_progress)
{
	program(0x100000, "kept");
	take("before");
	start(0xd8, 0x100000, NULL, 0);
	now_ns += 75000000;
	flash_tick(chip, now_ns);
	ck_assert(flash_is_busy(chip));
	memset(events, 0, sizeof(events));
	restore("before");
	ck_assert(!flash_is_busy(chip));
	ck_assert_uint_eq(events[FLASH_EVENT_INTERRUPTED], 1);
	ck_assert_uint_eq(events[FLASH_EVENT_POWER], 2);
	settle();
	ck_assert_mem_eq(array + 0x100000, "kept\xff", 5);
	ck_assert_uint_eq(read_status(), 0);
}
END_TEST

START_TEST(snapshots_do_not_contain_an_operation_in_progress)
{
	program(0x100000, "kept");
	start(0xd8, 0x100000, NULL, 0);
	take("during");
	settle();
	ck_assert(is_blank());
	restore("during");
	ck_assert_mem_eq(array + 0x100000, "kept\xff", 5);
}
END_TEST

/* Reset and power loss change part of a block, which counts as a change. */
START_TEST(interrupted_operations_count_as_changes)
{
	program(0x100000, "kept");
	take("before");
	start(0xd8, 0x100000, NULL, 0);
	now_ns += 75000000;
	flash_tick(chip, now_ns);
	flash_supply(chip, 0);
	flash_supply(chip, 3300);
	ck_assert_mem_ne(array + 0x100000, "kept", 4);
	restore("before");
	ck_assert_mem_eq(array + 0x100000, "kept\xff", 5);
	settle();
	start(0x02, 0x200000, (const uint8_t[256]){0}, 256);
	now_ns += 200000;
	flash_tick(chip, now_ns);
	flash_supply(chip, 0);
	flash_supply(chip, 3300);
	ck_assert_uint_eq(array[0x200000], 0);
	restore("before");
	ck_assert(array[0x200000] == 0xff && flash_millivolts(chip) == 3300);
}
END_TEST

START_TEST(restoring_leaves_the_supply_off)
{
	program(0, "kept");
	take("a");
	flash_supply(chip, 0);
	restore("a");
	ck_assert(!flash_is_powered(chip));
	flash_supply(chip, 3300);
	ck_assert(flash_is_powered(chip));
	ck_assert_mem_eq(array, "kept", 4);
}
END_TEST

START_TEST(direct_changes_of_the_array_are_recorded)
{
	take("a");
	ck_assert(!store_snapshots_changed(snapshots));
	memcpy(array + 0x2fffff, "ab", 2);
	flash_array_changed(chip, 0x2fffff, 2);
	ck_assert(store_snapshots_changed(snapshots));
	ck_assert_uint_eq(take("b"), 2 * BLOCK);
	ck_assert(store_snapshots_changed(snapshots));
	restore("a");
	ck_assert(is_blank());
	restore("b");
	ck_assert_mem_eq(array + 0x2fffff, "ab", 2);
}
END_TEST

START_TEST(deleting_frees_memory)
{
	g_autoptr(GPtrArray) list = NULL;
	const struct store_snapshot_info *info;

	take("a");
	program(0x010000, "x");
	take("b");
	program(0x020000, "y");
	take("c");
	list = store_snapshots_list(snapshots);
	ck_assert_uint_eq(list->len, 3);
	ck_assert_uint_eq(store_snapshots_count(snapshots), 3);
	info = list->pdata[0];
	ck_assert_str_eq(info->name, "a");
	ck_assert_uint_eq(info->size, 0);
	ck_assert_int_gt(info->time_us, 0);
	info = list->pdata[2];
	ck_assert_str_eq(info->name, "c");
	ck_assert_uint_ge(info->size, BLOCK);
	ck_assert_uint_lt(info->size, BLOCK + 64);
	ck_assert(store_snapshots_drop(snapshots, "c", NULL));
	ck_assert(store_snapshots_drop(snapshots, "a", NULL));
	/* The block that only c uses is freed, the one that b shares is not. */
	ck_assert_uint_eq(take("d"), BLOCK);
	restore("b");
	ck_assert_mem_eq(array + 0x010000, "x\xff", 2);
	ck_assert_uint_eq(array[0x020000], 0xff);
	restore("d");
	ck_assert_uint_eq(array[0x020000], 'y');
	ck_assert(store_snapshots_drop(snapshots, "b", NULL));
	ck_assert(store_snapshots_drop(snapshots, "d", NULL));
	ck_assert_uint_eq(store_snapshots_count(snapshots), 0);
	ck_assert_uint_eq(take("e"), 2 * BLOCK);
}
END_TEST

START_TEST(invalid_names_are_rejected)
{
	g_autofree char *longest = g_strnfill(64, 'x');
	g_autoptr(GError) error = NULL;

	ck_assert(!store_snapshots_restore(snapshots, "a", NULL, &error));
	ck_assert_str_eq(error->message,
		"cannot restore snapshot \"a\": none has that name; there are none");
	ck_assert(g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE));
	g_clear_error(&error);
	take("a");
	take("B.2_-");
	ck_assert(!store_snapshots_take(snapshots, "a", NULL, &error));
	ck_assert_str_eq(error->message,
		"cannot take snapshot \"a\": there is one already; drop it or choose another name; "
		"there are a, B.2_-");
	g_clear_error(&error);
	ck_assert(!store_snapshots_drop(snapshots, "c", &error));
	ck_assert_str_eq(error->message,
		"cannot drop snapshot \"c\": none has that name; there are a, B.2_-");
	g_clear_error(&error);
	ck_assert(!store_snapshots_take(snapshots, "no good", NULL, &error));
	ck_assert_str_eq(error->message,
		"cannot take snapshot \"no good\": not a name; allowed are 1 to 64 of A-Z a-z 0-9 "
		". _ -");
	g_clear_error(&error);
	ck_assert(!store_snapshots_take(snapshots, "", NULL, NULL));
	take(longest);
	longest = g_realloc(longest, 66);
	strcpy(longest + 64, "x");
	ck_assert(!store_snapshots_take(snapshots, longest, NULL, NULL));
	ck_assert_uint_eq(restored, 0);
}
END_TEST

/* The limits of both kinds: what is there stays, and dropping one makes space. */
START_TEST(the_number_of_snapshots_is_limited)
{
	g_autoptr(GError) error = NULL;

	store_snapshots_set_limits(snapshots, &(struct store_snapshot_limits){2, G_MAXUINT64});
	take("a");
	take("b");
	ck_assert(!store_snapshots_take(snapshots, "c", NULL, &error));
	ck_assert_str_eq(error->message,
		"cannot take snapshot \"c\": the chip has 2, and snapshots-max is 2; drop one, "
		"take it to a file, or start the bench with a higher snapshots-max");
	ck_assert_uint_eq(store_snapshots_usage(snapshots).count, 2);
	ck_assert(store_snapshots_drop(snapshots, "a", NULL));
	take("c");
}
END_TEST

START_TEST(the_memory_of_snapshots_is_limited)
{
	/* Those of a blank array have a table of pointers for 256 blocks each. */
	struct store_snapshot_limits limits = {10, 2 * BLOCK + 4 * 4096};
	struct store_snapshot_usage before, after;
	g_autofree uint8_t *copy = NULL;
	g_autofree char *message = NULL;
	g_autoptr(GError) error = NULL;

	store_snapshots_set_limits(snapshots, &limits);
	take("blank");
	before = store_snapshots_usage(snapshots);
	ck_assert(before.bytes >= 2048 && before.bytes < 4096);
	program(0x010000, "x");
	program(0x020000, "y");
	program(0x030000, "z");
	copy = g_memdup2(array, SIZE);
	/* Two of its three blocks fit. */
	ck_assert(!store_snapshots_take(snapshots, "xyz", NULL, &error));
	message = g_strdup_printf(
		"cannot take snapshot \"xyz\": the chip has 1 with %u bytes of memory, and with "
		"this one there were more than snapshots-bytes, which is 144 KiB; drop one, take "
		"it to a file, or start the bench with a higher snapshots-bytes",
		(unsigned int)before.bytes);
	ck_assert_str_eq(error->message, message);
	after = store_snapshots_usage(snapshots);
	ck_assert_uint_eq(after.count, 1);
	ck_assert_uint_eq(after.bytes, before.bytes);
	ck_assert_mem_eq(array, copy, SIZE);
	erase(0xd8, 0x030000);
	ck_assert_uint_eq(take("xy"), 2 * BLOCK);
	/* Blocks that are there already cost nothing but the table. */
	ck_assert_uint_eq(take("same"), 0);
	after = store_snapshots_usage(snapshots);
	ck_assert_uint_gt(after.bytes, 2 * BLOCK + 3 * 2048);
	ck_assert_uint_le(after.bytes, limits.bytes);
	for (const char *const *name = (const char *const[]){"blank", "xy", "same", NULL};
		*name != NULL; name++)
		ck_assert(store_snapshots_drop(snapshots, *name, NULL));
	ck_assert_uint_eq(store_snapshots_usage(snapshots).bytes, 0);
}
END_TEST

START_TEST(a_message_names_twenty_snapshots_at_most)
{
	g_autoptr(GError) error = NULL;

	for (unsigned int i = 0; i < 23; i++) {
		g_autofree char *name = g_strdup_printf("s%u", i);

		take(name);
	}
	ck_assert(!store_snapshots_drop(snapshots, "none", &error));
	ck_assert(g_str_has_suffix(error->message, ", s18, s19 and 3 more"));
}
END_TEST

/* Smaller than a block, and not a multiple of it. */
START_TEST(small_chips_have_snapshots)
{
	static const uint64_t sizes[] = {4096, 32768, BLOCK, 2 * BLOCK};
	uint64_t size = sizes[_i];

	tear_down_chip();
	set_up_chip(NULL, size);
	take("blank");
	program(0, "a");
	program((uint32_t)size - 1, "b");
	ck_assert_uint_eq(take("ab"), size);
	erase_chip();
	restore("ab");
	ck_assert_uint_eq(array[0], 'a');
	ck_assert_uint_eq(array[size - 1], 'b');
	restore("blank");
	ck_assert(array[0] == 0xff && memcmp(array, array + 1, size - 1) == 0);
}
END_TEST

START_TEST(restoring_writes_to_the_image_file)
{
	g_autofree char *path = at("chip.bin");
	g_autofree char *data = NULL;
	gsize length;

	tear_down_chip();
	set_up_chip(path, SIZE);
	/* A file may hold any data; this one is blank, which the snapshot detects. */
	ck_assert_uint_eq(take("blank"), 0);
	program(0x123400, "in the file");
	ck_assert_uint_eq(take("text"), BLOCK);
	tear_down_chip();
	set_up_chip(path, SIZE);
	ck_assert_uint_eq(take("text"), BLOCK);
	ck_assert_uint_eq(take("again"), 0);
	erase(0xd8, 0x120000);
	restore("text");
	ck_assert(g_file_get_contents(path, &data, &length, NULL));
	ck_assert_uint_eq(length, SIZE);
	ck_assert_mem_eq(data, array, SIZE);
	ck_assert_mem_eq(data + 0x123400, "in the file\xff", 12);
}
END_TEST

START_TEST(files_store_and_restore_a_chip)
{
	g_autofree char *path = at("kept.bin");
	g_autofree char *copy = NULL;
	g_autoptr(GError) error = NULL;
	size_t bytes = 0;

	program(0x123400, "text");
	write_status(0x04);
	copy = g_memdup2(array, SIZE);
	ck_assert_msg(store_snapshots_take_file(snapshots, path, &error), "%s",
		error ? error->message : "");
	write_status(0x00);
	erase_chip();
	program(0, "other");
	ck_assert_msg(store_snapshots_restore_file(snapshots, path, &bytes, &error), "%s",
		error ? error->message : "");
	ck_assert_uint_eq(bytes, 2 * 4096);
	ck_assert_mem_eq(array, copy, SIZE);
	ck_assert_uint_eq(read_status(), 0x04);
	ck_assert_uint_eq(restored, 1);
	/* a restore is recorded, too */
	ck_assert_uint_eq(take("a"), BLOCK);
}
END_TEST

/* _i: the defect of the files. */
START_TEST(bad_files_change_nothing)
{
	g_autofree char *path = at("kept.bin");
	g_autofree char *state = at("kept.bin.state");
	g_autofree char *copy = NULL;
	g_autofree char *message = NULL;
	g_autoptr(GError) error = NULL;

	ck_assert(store_snapshots_take_file(snapshots, path, NULL));
	if (_i == 0) {
		g_unlink(state);
		message = g_strdup_printf(
			"cannot restore snapshot \"%s\": its registers, \"%s\", are missing; load "
			"it as an image to keep the registers as they are",
			path, state);
	} else if (_i == 1) {
		ck_assert(g_file_set_contents(state, "", 0, NULL));
		message = g_strdup_printf("state \"%s\" is damaged: it is empty; restore it, or "
					  "remove it to have the registers as delivered",
			state);
	} else {
		ck_assert_int_eq(truncate(path, SIZE - 1), 0);
		message = g_strdup_printf("cannot read image \"%s\": it has 16777215 bytes, the "
					  "chip has 16 MiB (16777216 bytes); name an image of that "
					  "size",
			path);
	}
	write_status(0x04);
	start_chip_erase();
	copy = g_memdup2(array, SIZE);
	memset(events, 0, sizeof(events));
	ck_assert(!store_snapshots_restore_file(snapshots, path, NULL, &error));
	ck_assert_str_eq(error->message, message);
	ck_assert_mem_eq(array, copy, SIZE);
	ck_assert_uint_eq(events[FLASH_EVENT_POWER], 0);
	ck_assert_uint_eq(restored, 0);
	settle();
	ck_assert_uint_eq(read_status(), 0x04);
}
END_TEST

Suite *
suite_snapshot(void)
{
	Suite *suite = suite_create("snapshot");
	TCase *tcase = tcase_create("snapshot");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, restoring_brings_back_the_array);
	tcase_add_test(tcase, only_changed_blocks_are_copied);
	tcase_add_test(tcase, restored_registers_take_effect);
	tcase_add_test(tcase, restoring_interrupts_an_operation_in_progress);
	tcase_add_test(tcase, snapshots_do_not_contain_an_operation_in_progress);
	tcase_add_test(tcase, interrupted_operations_count_as_changes);
	tcase_add_test(tcase, restoring_leaves_the_supply_off);
	tcase_add_test(tcase, direct_changes_of_the_array_are_recorded);
	tcase_add_test(tcase, deleting_frees_memory);
	tcase_add_test(tcase, invalid_names_are_rejected);
	tcase_add_test(tcase, the_number_of_snapshots_is_limited);
	tcase_add_test(tcase, the_memory_of_snapshots_is_limited);
	tcase_add_test(tcase, a_message_names_twenty_snapshots_at_most);
	tcase_add_loop_test(tcase, small_chips_have_snapshots, 0, 4);
	tcase_add_test(tcase, restoring_writes_to_the_image_file);
	tcase_add_test(tcase, files_store_and_restore_a_chip);
	tcase_add_loop_test(tcase, bad_files_change_nothing, 0, 3);
	suite_add_tcase(suite, tcase);
	return suite;
}
