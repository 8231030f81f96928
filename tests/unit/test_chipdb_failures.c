/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of the chip files report failed cells, each in its own register. */
#include "chipdb/chipdb.h"
#include "flash/fault.h"
#include "flash/partdata.h"
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

/* The fault's address, in the middle of a page and a block. */
#define AT 0x10010

static struct chipdb *db;
static struct flash *chip;
static uint8_t *array;

static void
setup(void)
{
	g_autoptr(GError) error = NULL;

	db = chipdb_open(NULL, &error);
	ck_assert_msg(db != NULL, "%s", error ? error->message : "");
}

static void
teardown(void)
{
	g_clear_pointer(&chip, flash_destroy);
	g_clear_pointer(&array, g_free);
	g_clear_pointer(&db, chipdb_close);
}

/* A chip without operation times. */
static void
make_chip(const char *name)
{
	const struct flash_part *part = chipdb_find(db, name, NULL);

	ck_assert_msg(part != NULL, "no part %s", name);
	g_clear_pointer(&chip, flash_destroy);
	g_free(array);
	array = g_malloc(part->size);
	memset(array, 0xff, part->size);
	chip = flash_new(part, array, 1);
	flash_set_corner(chip, FLASH_CORNER_INSTANT);
}

static void
stick(bool level)
{
	const struct flash_fault fault = {.what = FLASH_FAULT_STUCK_CELL,
		.when.address_from = AT,
		.when.address_to = AT + 1,
		.mask = 0x80,
		.level = level};

	ck_assert_uint_gt(flash_fault_add(chip, &fault), 0);
}

/* Returns the last byte of the last frame of a script such as "06; 05 00". */
static uint8_t
answer_to(const char *script)
{
	g_auto(GStrv) frames = g_strsplit(script, ";", -1);
	uint8_t in[FIXTURE_FRAME_MAX];
	uint8_t out[FIXTURE_FRAME_MAX];
	size_t n = 0;

	for (char **frame = frames; *frame != NULL; frame++) {
		n = fixture_parse(*frame, in);
		flash_select(chip);
		flash_shift(chip, in, out, n);
		flash_deselect(chip, 0);
	}
	return out[n - 1];
}

#define ERASE "06; D8 01 00 00"
#define PROGRAM "06; 02 01 00 10 00"

/* Value of the register after an erase of a cell that is stuck at 0, after a program of one that is
 * stuck at 1, and after the same operations on a good chip. */
static const struct {
	const char *part, *unlock, *erase, *program, *ask;
	uint8_t erase_failed, program_failed, good;
} rows[] = {
	{"MX25L6436E", "06", ERASE, PROGRAM, "2B 00", 0x40, 0x20, 0x00},
	{"MX25L12835F", "06", ERASE, PROGRAM, "2B 00", 0x40, 0x20, 0x00},
	{"MX25L1605", "06", ERASE, PROGRAM, "05 00", 0x40, 0x40, 0x00},
	{"N25Q064A13E", "06", ERASE, PROGRAM, "70 00", 0xa0, 0x90, 0x80},
	{"MT25QL128ABA", "06", ERASE, PROGRAM, "70 00", 0xa0, 0x90, 0x80},
	/* BUSY and WEL remain set. */
	{"S25FL128S-64K", "06", ERASE, PROGRAM, "05 00", 0x23, 0x43, 0x00},
	{"S25FL064P", "06", ERASE, PROGRAM, "05 00", 0x20, 0x40, 0x00},
	{"25F160S33B8", "06", ERASE, PROGRAM, "05 00", 0x20, 0x40, 0x00},
	{"AT25DF081A", "06; 01 00", ERASE, PROGRAM, "05 00", 0x30, 0x30, 0x10},
	{"AT45DB321E", "06", "81 01 00 00", "02 01 00 10 00", "D7 00 00", 0xa8, 0xa8, 0x88},
	/* No failure flag. */
	{"W25Q128JV", "06", ERASE, PROGRAM, "05 00", 0x00, 0x00, 0x00},
};

static void
check(const char *script, uint8_t wanted, const char *part)
{
	uint8_t got = answer_to(script);

	ck_assert_msg(got == wanted, "%s, %s: reads %02X, not %02X", part, script, got, wanted);
}

START_TEST(failures_set_the_flags_of_the_part)
{
	g_autofree char *erase =
		g_strjoin("; ", rows[_i].unlock, rows[_i].erase, rows[_i].ask, NULL);
	g_autofree char *program =
		g_strjoin("; ", rows[_i].unlock, rows[_i].program, rows[_i].ask, NULL);

	make_chip(rows[_i].part);
	check(erase, rows[_i].good, rows[_i].part);
	check(program, rows[_i].good, rows[_i].part);
	make_chip(rows[_i].part);
	stick(false);
	check(erase, rows[_i].erase_failed, rows[_i].part);
	make_chip(rows[_i].part);
	stick(true);
	check(program, rows[_i].program_failed, rows[_i].part);
}
END_TEST

Suite *
suite_chipdb_failures(void)
{
	Suite *suite = suite_create("chipdb_failures");
	TCase *tcase = tcase_create("chipdb_failures");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 20);
	tcase_add_loop_test(tcase, failures_set_the_flags_of_the_part, 0, G_N_ELEMENTS(rows));
	suite_add_tcase(suite, tcase);
	return suite;
}
