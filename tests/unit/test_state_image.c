/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers are restored beside the image that they belong to, and beside no other. */
#include "chipdb/chipdb.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "storage_fixture.h"
#include "store/identity.h"
#include "store/image.h"
#include "store/snapshot.h"
#include "store/state.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

#define SIZE ((uint64_t)1 << 20)
#define REGISTER 0x1c

/* What happens to the image between two uses: its time, and bytes of its begin, middle and end. */
enum event {
	NOTHING,
	TOUCHED,
	MIDDLE,
	BEGIN,
	END,
	BEGIN_SAME_TIME
};

static const struct {
	const char *mark; /* lines of [image]; NULL: as it is saved */
	enum event event;
	enum store_state_found found;
} images[] = {
	{NULL, NOTHING, STORE_STATE_LOADED},
	{NULL, TOUCHED, STORE_STATE_LOADED},
	{NULL, MIDDLE, STORE_STATE_LOADED},
	{NULL, BEGIN_SAME_TIME, STORE_STATE_LOADED},
	{NULL, BEGIN, STORE_STATE_STALE},
	{NULL, END, STORE_STATE_STALE},
	/* A killed daemon: the image has changed since, by the chip itself. */
	{"[image]\nin-use=yes\n", NOTHING, STORE_STATE_LOADED},
	{"[image]\nin-use=yes\n", BEGIN, STORE_STATE_LOADED},
	{"[image]\nin-use=yes\n", END, STORE_STATE_LOADED},
	/* An older version, and a user who has removed the group to keep the registers. */
	{"", NOTHING, STORE_STATE_NO_MARK},
	{"", BEGIN, STORE_STATE_NO_MARK},
	{"[image]\n", BEGIN, STORE_STATE_NO_MARK},
};

static struct flash *
new_chip(struct store_image *image)
{
	const struct flash_part *part = chipdb_find(storage_chipdb, "W25Q80DV", NULL);

	ck_assert_ptr_nonnull(part);
	return flash_new(part, store_image_array(image), 1);
}

static uint8_t *
status_of(struct flash *chip)
{
	size_t n;
	const struct flash_nonvolatile *items = flash_nonvolatile(chip, &n);

	ck_assert_str_eq(items[0].name, "status");
	return items[0].data;
}

static void
change(struct store_identity *now, uint8_t *array, enum event event)
{
	static const uint64_t at[] = {
		[MIDDLE] = SIZE / 2, [BEGIN] = 65535, [END] = SIZE - 65536, [BEGIN_SAME_TIME] = 0};

	if (event != NOTHING && event != BEGIN_SAME_TIME)
		now->mtime_ns += 1;
	if (event >= MIDDLE)
		array[at[event]] ^= 1;
}

/* Replaces the group [image] of the file. */
static void
replace_mark(const char *path, const char *mark)
{
	g_autofree char *text = NULL;
	g_autoptr(GString) whole = NULL;
	char *begin, *end;

	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	begin = strstr(text, "[image]");
	ck_assert_ptr_nonnull(begin);
	end = strstr(begin, "[nonvolatile]");
	ck_assert_ptr_nonnull(end);
	whole = g_string_new_len(text, begin - text);
	g_string_append(whole, mark);
	g_string_append(whole, end);
	ck_assert(g_file_set_contents(path, whole->str, -1, NULL));
}

START_TEST(registers_belong_to_their_image)
{
	struct store_image *image = storage_open("a.bin", SIZE);
	struct flash *before = new_chip(image), *after = new_chip(image);
	g_autofree char *path = storage_path("a.bin.state");
	g_autoptr(GError) error = NULL;
	enum store_state_found found;
	struct store_identity identity, now;
	bool loaded = images[_i].found != STORE_STATE_STALE;

	status_of(before)[0] = REGISTER;
	store_image_identity(image, &identity);
	ck_assert(store_state_save(path, before, &identity, NULL));
	if (images[_i].mark != NULL)
		replace_mark(path, images[_i].mark);
	now = identity;
	change(&now, store_image_array(image), images[_i].event);
	store_image_identity(image, &identity);
	g_strlcpy(now.digest, identity.digest, sizeof now.digest);
	ck_assert_msg(store_state_load(path, after, &now, &found, &error), "%s",
		error != NULL ? error->message : "");
	ck_assert_int_eq(found, images[_i].found);
	ck_assert_uint_eq(status_of(after)[0], loaded ? REGISTER : 0);
	flash_destroy(before);
	flash_destroy(after);
	store_image_close(image);
}
END_TEST

/* The registers of another part would be refused, those of another image are not even read. */
START_TEST(a_state_of_another_image_may_be_of_another_part)
{
	struct store_image *image = storage_open("a.bin", SIZE);
	struct flash *chip = new_chip(image);
	g_autofree char *path = storage_path("a.bin.state");
	enum store_state_found found;
	struct store_identity identity;
	static const char text[] =
		"[spinor]\nversion=2\npart=MX25L8005\n[image]\nsize=1048576\nmtime=1\ndigest="
		"0000000000000000000000000000000000000000000000000000000000000000\n"
		"[nonvolatile]\n";

	storage_write("a.bin.state", text, strlen(text));
	store_image_identity(image, &identity);
	ck_assert(store_state_load(path, chip, &identity, &found, NULL));
	ck_assert_int_eq(found, STORE_STATE_STALE);
	ck_assert(!store_state_load(path, chip, NULL, &found, NULL));
	flash_destroy(chip);
	store_image_close(image);
}
END_TEST

START_TEST(nothing_that_is_set_aside_is_lost)
{
	g_autofree char *path = storage_path("a.state");

	for (int i = 1; i <= 3; i++) {
		g_autofree char *name = NULL;
		g_autofree char *wanted = i == 1 ? g_strdup_printf("%s.old", path)
						 : g_strdup_printf("%s.old.%d", path, i);
		g_autofree char *text = g_strdup_printf("state %d", i);
		g_autofree char *kept = NULL;

		storage_write("a.state", text, strlen(text));
		name = store_state_set_aside(path, NULL);
		ck_assert_str_eq(name, wanted);
		ck_assert(g_file_get_contents(name, &kept, NULL, NULL));
		ck_assert_str_eq(kept, text);
		ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
	}
}
END_TEST

START_TEST(a_snapshot_file_with_the_registers_of_another_image_is_refused)
{
	struct store_image *image = storage_open(NULL, SIZE);
	struct flash *chip = new_chip(image);
	struct store_snapshots *snapshots =
		store_snapshots_new(chip, store_image_array(image), SIZE, true);
	g_autofree char *path = storage_path("s.bin");
	g_autofree char *text = g_malloc0(SIZE);
	g_autoptr(GError) error = NULL;

	ck_assert(store_snapshots_take_file(snapshots, path, NULL));
	ck_assert(store_snapshots_restore_file(snapshots, path, NULL, NULL));
	storage_write("s.bin", text, SIZE);
	ck_assert(!store_snapshots_restore_file(snapshots, path, NULL, &error));
	storage_check_error(error,
		"cannot restore snapshot \"DIR/s.bin\": \"DIR/s.bin.state\" has the registers of "
		"another image; load it as an image to keep the registers as they are");
	ck_assert_uint_eq(store_image_array(image)[0], 0xff);
	store_snapshots_destroy(snapshots);
	flash_destroy(chip);
	store_image_close(image);
}
END_TEST

Suite *
suite_state_image(void)
{
	Suite *suite = suite_create("state_image");
	TCase *tcase = tcase_create("state_image");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, storage_setup, storage_teardown);
	tcase_add_loop_test(tcase, registers_belong_to_their_image, 0, (int)G_N_ELEMENTS(images));
	tcase_add_test(tcase, a_state_of_another_image_may_be_of_another_part);
	tcase_add_test(tcase, nothing_that_is_set_aside_is_lost);
	tcase_add_test(tcase, a_snapshot_file_with_the_registers_of_another_image_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
