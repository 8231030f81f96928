/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers on disk: after an error chip and disk are unchanged. */
#include "chipdb/chipdb.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "storage_fixture.h"
#include "store/image.h"
#include "store/snapshot.h"
#include "store/state.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* A chip of that part with an array in memory. */
struct fixture {
	struct store_image *image;
	struct flash *chip;
};

static struct fixture
chip_new(const char *name, uint64_t seed)
{
	const struct flash_part *part = chipdb_find(storage_chipdb, name, NULL);
	struct fixture fixture;

	ck_assert_ptr_nonnull(part);
	fixture.image = storage_open(NULL, part->size);
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
	g_autofree char *path = storage_path("chip.state");

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
		ck_assert_msg(store_state_save(path, written.chip, NULL, &error), "%s",
			error ? error->message : "");
		ck_assert_msg(store_state_load(path, read.chip, NULL, NULL, &error), "%s",
			error ? error->message : "");
		after = items_of(read.chip);
		ck_assert_str_eq(before, after);
		listing = storage_listing();
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
	g_autofree char *path = storage_path("chip.state");
	g_autofree char *now = NULL;
	g_autofree char *listing = NULL;

	ck_assert(store_state_load(path, fixture.chip, NULL, NULL, NULL));
	listing = storage_listing();
	ck_assert_str_eq(listing, "");
	storage_write("chip.state", HEAD "[nonvolatile]\n", strlen(HEAD "[nonvolatile]\n"));
	ck_assert(store_state_load(path, fixture.chip, NULL, NULL, NULL));
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
	g_autofree char *path = storage_path("chip.state");
	g_autofree char *now = NULL;
	g_autoptr(GError) error = NULL;
	struct flash_block block;

	storage_write("chip.state", text, strlen(text));
	ck_assert_msg(store_state_load(path, fixture.chip, NULL, NULL, &error), "%s",
		error ? error->message : "");
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
	{"[spinor]\nversion=3\n[new]\n",
		"state \"DIR/chip.state\" has version 3, this spinor reads up to 2; use the newer "
		"spinor that wrote it, or remove it to have the registers as delivered"},
	{"[spinor]\nversion=1\npart=W25Q80DV\n[nonvolatile]\n",
		"state \"DIR/chip.state\" is of a W25Q80DV, the chip is a W25Q128JV; name that "
		"chip, or remove the file to have the registers as delivered"},
	{HEAD, DAMAGED "no group [nonvolatile]" REMEDY},
	{HEAD "[nonvolatile]\n[more]\n",
		DAMAGED
		"unknown group \"more\"; allowed are spinor, image, nonvolatile, cells" REMEDY},
	{HEAD "[nonvolatle]\n",
		DAMAGED "unknown group \"nonvolatle\": did you mean nonvolatile?; allowed are "
			"spinor, image, nonvolatile, cells" REMEDY},
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
	g_autofree char *path = storage_path("chip.state");
	g_autofree char *chip_before = items_of(fixture.chip);
	g_autofree char *chip_after = NULL;
	g_autofree char *disk_before = NULL;
	g_autofree char *disk_after = NULL;
	g_autoptr(GError) error = NULL;

	storage_write("chip.state", bad_states[_i].text, strlen(bad_states[_i].text));
	disk_before = storage_listing();
	ck_assert(!store_state_load(path, fixture.chip, NULL, NULL, &error));
	storage_check_error(error, bad_states[_i].message);
	chip_after = items_of(fixture.chip);
	disk_after = storage_listing();
	ck_assert_str_eq(chip_before, chip_after);
	ck_assert_str_eq(disk_before, disk_after);
	chip_free(fixture);
}
END_TEST

/* Snapshot files are state files: all of the above holds for them. */
START_TEST(a_snapshot_with_a_repeated_group_is_refused)
{
	struct fixture fixture = chip_new("W25Q128JV", 1);
	uint8_t *array = store_image_array(fixture.image);
	struct store_snapshots *snapshots =
		store_snapshots_new(fixture.chip, array, flash_part(fixture.chip)->size, true);
	g_autofree char *path = storage_path("chip");
	g_autofree char *before = items_of(fixture.chip);
	g_autofree char *after = NULL;
	g_autoptr(GError) error = NULL;

	ck_assert(store_snapshots_take_file(snapshots, path, NULL));
	storage_write("chip.state", ITEMS "[spinor]\n", strlen(ITEMS "[spinor]\n"));
	ck_assert(!store_snapshots_restore_file(snapshots, path, NULL, &error));
	storage_check_error(error, DAMAGED "line 6: [spinor]: the group" TWICE);
	after = items_of(fixture.chip);
	ck_assert_str_eq(before, after);
	store_snapshots_destroy(snapshots);
	chip_free(fixture);
}
END_TEST

START_TEST(a_failed_save_keeps_the_old_state_file)
{
	struct fixture fixture = chip_new("W25Q128JV", 1);
	g_autofree char *path = storage_path("chip.state");
	g_autofree char *begin =
		g_strdup_printf("cannot save state \"%s\": Failed to create file", path);
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	g_autoptr(GError) error = NULL;

	ck_assert(store_state_save(path, fixture.chip, NULL, NULL));
	flash_nonvolatile(fixture.chip, &(size_t){0})[0].data[0] ^= 4;
	before = storage_listing();
	ck_assert_int_eq(g_chmod(storage_dir, 0555), 0);
	storage_become_ordinary();
	ck_assert(!store_state_save(path, fixture.chip, NULL, &error));
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(g_chmod(storage_dir, 0755), 0);
	/* GLib's part of the message contains a random name. */
	ck_assert_msg(g_str_has_prefix(error->message, begin), "%s", error->message);
	ck_assert(g_str_has_suffix(error->message,
		": Permission denied; its folder has to be writable and have space"));
	after = storage_listing();
	ck_assert_str_eq(before, after);
	chip_free(fixture);
}
END_TEST

Suite *
suite_state(void)
{
	Suite *suite = suite_create("state");
	TCase *tcase = tcase_create("state");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, storage_setup, storage_teardown);
	tcase_add_test(tcase, state_files_restore_registers);
	tcase_add_test(tcase, files_of_older_versions_load);
	tcase_add_test(tcase, missing_state_items_have_their_delivered_value);
	tcase_add_loop_test(tcase, an_invalid_state_changes_neither_chip_nor_file, 0,
		(int)G_N_ELEMENTS(bad_states));
	tcase_add_test(tcase, a_snapshot_with_a_repeated_group_is_refused);
	tcase_add_test(tcase, a_failed_save_keeps_the_old_state_file);
	suite_add_tcase(suite, tcase);
	return suite;
}
