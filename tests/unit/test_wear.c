/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wear of cells is stored in the state file and in snapshots. */
#include "flash_fixture.h"
#include "store/snapshot.h"
#include "store/state.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

static char *dir;
static char *path;

static void
setup(void)
{
	dir = g_dir_make_tmp("spinor-wear-XXXXXX", NULL);
	ck_assert_ptr_nonnull(dir);
	path = g_build_filename(dir, "chip.state", NULL);
}

static void
teardown(void)
{
	g_unlink(path);
	g_rmdir(dir);
	g_clear_pointer(&path, g_free);
	g_clear_pointer(&dir, g_free);
}

static char *
describe(const struct flash *chip)
{
	GString *text = g_string_new(NULL);
	struct flash_block block;

	g_string_append_printf(text, "damage %u", flash_damage(chip));
	for (uint32_t i = 0; flash_next_block(chip, i, &block); i = block.number + 1)
		g_string_append_printf(text, ", %u: %u%s", block.number, block.cycles,
			block.unstable ? " unstable" : "");
	return g_string_free(text, FALSE);
}

/* Erases block 1 twice, 2 and 16 to 31 once, and one of them is interrupted in a second erase. */
static void
use(struct fixture *f)
{
	fixture_run(f,
		"06; 20 00 10 00; W; 06; 20 00 10 00; W; 06; 20 00 20 00; W; 06; D8 01 00 00; W");
	fixture_run(f, "06; 20 01 20 00; T20000000; P");
	flash_set_damage(f->chip, 7);
}

START_TEST(the_state_file_restores_wear)
{
	struct fixture *f = fixture_new();
	struct fixture *g = fixture_new();
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	g_autofree char *text = NULL;

	use(f);
	before = describe(f->chip);
	ck_assert(store_state_save(path, f->chip, NULL, NULL));
	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	ck_assert_ptr_nonnull(strstr(text,
		"[cells]\ndamage=7\nblock=4096\n1=2\n2=1\n16-17=1\n18=1 unstable\n19-31=1\n"));
	flash_set_cycles(g->chip, 99);
	ck_assert(store_state_load(path, g->chip, NULL, NULL, NULL));
	after = describe(g->chip);
	ck_assert_str_eq(before, after);
	fixture_destroy(f);
	fixture_destroy(g);
}
END_TEST

START_TEST(a_new_chip_has_no_wear_in_its_state_file)
{
	struct fixture *f = fixture_new();
	g_autofree char *text = NULL;

	ck_assert(store_state_save(path, f->chip, NULL, NULL));
	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	ck_assert_ptr_null(strstr(text, "cells"));
	fixture_destroy(f);
}
END_TEST

static const char *const bad[] = {"block=8192", "1=", "1=x", "4096=1", "7-6=1", "0-4096=1", "1=-1",
	"1=2147483648", "1=1 unsure", "damage=256", "-1=1"};

START_TEST(wear_of_another_geometry_is_rejected)
{
	struct fixture *f = fixture_new();
	g_autofree char *text = g_strdup_printf("[spinor]\nversion=1\npart=W25Q128JV\n"
						"[nonvolatile]\nstatus=1C 02 60\n[cells]\n%s\n",
		bad[_i]);
	g_autofree char *wanted = g_strdup_printf("[cells]: %s does not fit a W25Q128JV", bad[_i]);
	g_autoptr(GError) error = NULL;

	ck_assert(g_file_set_contents(path, text, -1, NULL));
	ck_assert(!store_state_load(path, f->chip, NULL, NULL, &error));
	ck_assert_msg(strstr(error->message, wanted) != NULL, "%s", error->message);
	ck_assert_uint_eq(flash_status_register(f->chip, 0), 0x00);
	fixture_destroy(f);
}
END_TEST

START_TEST(snapshots_restore_wear)
{
	struct fixture *f = fixture_new();
	struct store_snapshots *snapshots =
		store_snapshots_new(f->chip, f->array, FIXTURE_SIZE, true);
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;

	use(f);
	before = describe(f->chip);
	ck_assert(store_snapshots_take(snapshots, "a", NULL, NULL));
	fixture_run(f, "06; 20 01 20 00; W; 06; C7; W");
	flash_set_damage(f->chip, 200);
	ck_assert(store_snapshots_restore(snapshots, "a", NULL, NULL));
	after = describe(f->chip);
	ck_assert_str_eq(before, after);
	store_snapshots_destroy(snapshots);
	fixture_destroy(f);
}
END_TEST

Suite *
suite_wear(void)
{
	Suite *suite = suite_create("wear");
	TCase *tcase = tcase_create("wear");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, the_state_file_restores_wear);
	tcase_add_test(tcase, a_new_chip_has_no_wear_in_its_state_file);
	tcase_add_loop_test(tcase, wear_of_another_geometry_is_rejected, 0, G_N_ELEMENTS(bad));
	tcase_add_test(tcase, snapshots_restore_wear);
	suite_add_tcase(suite, tcase);
	return suite;
}
