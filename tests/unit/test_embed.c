/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts for programs outside: by name, from a folder, from text, and why there is none. */
#include "embed/chips.h"
#include "flash/flash.h"
#include "suites.h"

#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

static const char text[] = "[family small]\n"
			   "vendor = Example\n"
			   "size = 64K\n"
			   "page = 256\n"
			   "voltage = 2.7 V - 3.6 V\n"
			   "commands = RDSR1 WREN READ PP RDID\n"
			   "sr1 = - - - - - - WEL BUSY\n"
			   "tPP = 1 ms\n"
			   "fR = 33 MHz\n"
			   "FR = 50 MHz\n"
			   "\n"
			   "[EX64]\n"
			   "inherits = small\n"
			   "id = 01 02 03\n"
			   "\n"
			   "[EX64B]\n"
			   "inherits = small\n"
			   "id = 01 02 04\n"
			   "erase-20 = 4Kx8, 1 s\n";

START_TEST(a_part_comes_from_text)
{
	static uint8_t array[64 * 1024];
	char *why = NULL;
	struct flash_part *part = flash_part_from_text(text, "ex64", &why);
	const uint8_t *id;
	struct flash *chip;
	uint8_t out[4];
	size_t length;

	ck_assert_msg(part != NULL, "%s", why);
	ck_assert_str_eq(flash_part_name(part), "EX64");
	ck_assert_str_eq(flash_part_vendor(part), "Example");
	id = flash_part_id(part, &length);
	ck_assert_uint_eq(length, 3);
	ck_assert_mem_eq(id, "\1\2\3", 3);
	chip = flash_new(part, array, 1);
	ck_assert_ptr_nonnull(chip);
	flash_select(chip);
	flash_shift(chip, (const uint8_t[]){0x9f, 0, 0, 0}, out, sizeof(out));
	flash_deselect(chip, 0);
	ck_assert_mem_eq(out, "\xff\1\2\3", 4);
	flash_destroy(chip);
	flash_part_free(part);
	flash_part_free(NULL);
}
END_TEST

static const struct {
	const char *text;
	const char *name;
	const char *why;
} refused[] = {
	{text, "EX65",
		"unknown chip \"EX65\": did you mean EX64? (spinord --list-chips lists all)"},
	{text, "EX64B",
		"text: [EX64B]: erase-20 has blocks that are together not as large as size"},
	{"size = 64K\n", "EX64", "text: line 1: text before the first group; allowed: # comments"},
	{"\xff", "EX64", "text: not a text; allowed: UTF-8, see spinor-chipdb(5)"},
};

START_TEST(a_failure_has_its_reason)
{
	char *why = NULL;

	ck_assert_ptr_null(flash_part_from_text(refused[_i].text, refused[_i].name, &why));
	ck_assert_str_eq(why, refused[_i].why);
	free(why);
	ck_assert_ptr_null(flash_part_from_text(refused[_i].text, refused[_i].name, NULL));
}
END_TEST

START_TEST(a_folder_is_read_for_each_part)
{
	struct flash_part *first = flash_part_load(NULL, "W25Q128JV", NULL);
	struct flash_part *second = flash_part_load(g_getenv("CHIPDB_DIR"), "W25Q128JV", NULL);
	char *why = NULL;

	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(second);
	ck_assert_ptr_ne(first, second);
	flash_part_free(first);
	ck_assert_str_eq(flash_part_name(second), "W25Q128JV");
	flash_part_free(second);
	ck_assert_ptr_null(flash_part_load("/nonexistent", "W25Q128JV", &why));
	ck_assert_msg(g_str_has_prefix(why, "cannot read chips: "), "%s", why);
	free(why);
}
END_TEST

#define THREADS 8

static gpointer
find_parts(gpointer data)
{
	static const char *const names[] = {"W25Q128JV", "MX25L6436F", "SST25VF016B", "AT45DB081D"};
	const struct flash_part **found = data;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		found[i] = flash_part_by_name(names[i]);
	return NULL;
}

START_TEST(threads_get_the_same_parts)
{
	const struct flash_part *found[THREADS][4];
	GThread *threads[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		threads[i] = g_thread_new("finder", find_parts, found[i]);
	for (size_t i = 0; i < THREADS; i++)
		g_thread_join(threads[i]);
	for (size_t i = 0; i < 4; i++)
		ck_assert_ptr_nonnull(found[0][i]);
	for (size_t i = 1; i < THREADS; i++)
		ck_assert_mem_eq(found[i], found[0], sizeof(found[0]));
	ck_assert_ptr_null(flash_part_by_name("W25Q128"));
}
END_TEST

Suite *
suite_embed(void)
{
	Suite *suite = suite_create("embed");
	TCase *tcase = tcase_create("chips");

	tcase_add_test(tcase, a_part_comes_from_text);
	tcase_add_loop_test(tcase, a_failure_has_its_reason, 0, G_N_ELEMENTS(refused));
	tcase_add_test(tcase, a_folder_is_read_for_each_part);
	tcase_add_test(tcase, threads_get_the_same_parts);
	suite_add_tcase(suite, tcase);
	return suite;
}
