/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The board of the chip: each of its requirements, met and not met, read over the wires. */
#include "base/clock.h"
#include "board/board.h"
#include "board/boot.h"
#include "chipdb/chipdb.h"
#include "clip/clip.h"
#include "clip/wirefault.h"
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static struct base_clock clock_;
static struct clip *clip;
static struct fixture *f;
static struct board *board;
static struct board_verdict verdict;

static void
setup(void)
{
	f = fixture_new();
	base_clock_init(&clock_, BASE_CLOCK_INSTANT);
	clip = clip_new(&clock_);
	clip_attach(clip, 0, f->chip);
	board = board_new();
}

static void
teardown(void)
{
	board_free(board);
	clip_destroy(clip);
	fixture_destroy(f);
}

static bool
boots(void)
{
	return board_boot(board, clip, 0, &verdict);
}

START_TEST(a_board_without_requirements_accepts_any_chip)
{
	ck_assert(boots());
	ck_assert_mem_eq(verdict.id, "\xef\x40\x18", 3);
	flash_supply(f->chip, 0);
	ck_assert(!boots());
	ck_assert_int_eq(verdict.result, BOARD_NO_CHIP);
}
END_TEST

START_TEST(other_content_stops_the_boot)
{
	uint8_t *wanted = g_malloc(FIXTURE_SIZE);

	for (size_t i = 0; i < FIXTURE_SIZE; i++)
		wanted[i] = f->array[i] = (uint8_t)(i * 7 >> 3);
	board_want_content(board, 0, wanted, FIXTURE_SIZE);
	board_want_content(board, 0x12345, wanted + 0x12345, 4);
	ck_assert(boots());
	f->array[0x20000] ^= 1;
	f->array[0xffffff] ^= 1;
	ck_assert(!boots());
	ck_assert_int_eq(verdict.result, BOARD_OTHER_CONTENT);
	ck_assert_uint_eq(verdict.first, 0x20000);
	ck_assert_uint_eq(verdict.n_bytes, 2);
	ck_assert_uint_eq(verdict.length, FIXTURE_SIZE);
	g_free(wanted);
}
END_TEST

START_TEST(another_digest_stops_the_boot)
{
	g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, f->array, 100000);
	g_autofree char *upper = g_ascii_strup(sum, -1);

	board_want_digest(board, 0, 100000, upper);
	ck_assert(boots());
	f->array[100000] = 0;
	ck_assert(boots());
	f->array[99999] = 0;
	ck_assert(!boots());
	ck_assert_int_eq(verdict.result, BOARD_OTHER_DIGEST);
	ck_assert_uint_eq(verdict.length, 100000);
}
END_TEST

START_TEST(a_changed_range_stops_the_boot)
{
	memcpy(f->array + 0x7ff0, "calibration", 11);
	board_want_unchanged(board, 0x7ff0, 0x20000);
	board_begin(board, f->array, FIXTURE_SIZE);
	ck_assert(boots());
	f->array[0x7fef] = 0;
	f->array[0x27ff0] = 0;
	ck_assert(boots());
	f->array[0x7ff2] = 0;
	ck_assert(!boots());
	ck_assert_int_eq(verdict.result, BOARD_CHANGED);
	ck_assert_uint_eq(verdict.first, 0x7ff2);
	ck_assert_uint_eq(verdict.start, 0x7ff0);
	f->array[0x7ff2] = 'l';
	ck_assert(boots());
}
END_TEST

START_TEST(another_register_value_stops_the_boot)
{
	board_want_register(board, 1, 0x02, 0x02);
	board_want_register(board, 0, 0x1c, 0x00);
	ck_assert(boots());
	flash_status_preset(f->chip, 0, 0x08);
	ck_assert(!boots());
	ck_assert_int_eq(verdict.result, BOARD_REGISTER);
	ck_assert_uint_eq(verdict.reg, 0);
	ck_assert_uint_eq(verdict.mask, 0x1c);
	ck_assert_uint_eq(verdict.found, 0x08);
}
END_TEST

/* --- all parts --- */

static void
break_miso(enum clip_fault_what what)
{
	struct clip_fault fault;

	clip_fault_init(&fault, what);
	fault.line = CLIP_MISO;
	fault.side = CLIP_CHIP;
	clip_fault_clear(clip);
	ck_assert_uint_gt(clip_fault_add(clip, &fault), 0);
}

/* A board without requirements boots once its chip is connected and powered, not from a stuck
 * line. */
static void
assert_boots(const struct flash_part *part)
{
	struct flash *chip = flash_new(part, NULL, 1);

	clip_attach(clip, 0, chip);
	board_boot_expect(board, part, 0);
	if (!boots()) {
		g_autofree char *why = board_boot_reason(&verdict);

		ck_abort_msg("%s: %s", part->name, why);
	}
	break_miso(CLIP_STUCK_0);
	ck_assert_msg(!boots(), "%s: MISO low", part->name);
	break_miso(CLIP_STUCK_1);
	ck_assert_msg(!boots(), "%s: MISO high", part->name);
	clip_fault_clear(clip);
	flash_supply(chip, 0);
	ck_assert_msg(!boots(), "%s: off", part->name);
	clip_attach(clip, 0, NULL);
	flash_destroy(chip);
}

START_TEST(every_part_boots)
{
	struct chipdb *db = chipdb_open(NULL, NULL);
	g_autoptr(GPtrArray) parts = NULL;

	ck_assert_ptr_nonnull(db);
	parts = chipdb_list(db, NULL);
	ck_assert_uint_gt(parts->len, 100);
	for (guint i = 0; i < parts->len; i++)
		assert_boots(parts->pdata[i]);
	chipdb_close(db);
}
END_TEST

/* An EEPROM of two address bytes and no ID. */
START_TEST(an_eeprom_boots_and_stops_without_supply)
{
	struct chipdb *db = chipdb_open(NULL, NULL);
	const struct flash_part *part = chipdb_find(db, "25LC256", NULL);
	g_autofree char *why = NULL;
	struct flash *chip;

	ck_assert_ptr_nonnull(part);
	chip = flash_new(part, f->array, 1);
	clip_attach(clip, 0, chip);
	memcpy(f->array + 0x1234, "boot", 4);
	board_want_content(board, 0x1234, (const uint8_t *)"boot", 4);
	board_boot_expect(board, part, 0);
	ck_assert(boots());
	flash_supply(chip, 0);
	ck_assert(!boots());
	why = board_boot_reason(&verdict);
	ck_assert_str_eq(why, "no chip answers: 05 reads FF FF");
	clip_attach(clip, 0, NULL);
	flash_destroy(chip);
	chipdb_close(db);
}
END_TEST

/* Which registers can be read: the W25Q128JV reads register 2 with 15, older parts with 05 only;
 * DataFlash uses D7. */
static const struct {
	const char *part;
	unsigned int reg;
	unsigned int has;
} readings[] = {
	{"W25Q80DV", 1, 3},
	{"W25Q128JV", 2, 7},
	{"MX25L6406E", 0, 1 | 4},
	{"MX25L12835F", 1, 7},
	{"AT45DB041D", 0, 1},
	{"25LC256", 0, 1},
};

START_TEST(registers_are_read_with_the_opcodes_of_the_part)
{
	struct chipdb *db = chipdb_open(NULL, NULL);
	const struct flash_part *part = chipdb_find(db, readings[_i].part, NULL);
	unsigned int reg = readings[_i].reg;
	struct flash *chip;

	ck_assert_ptr_nonnull(part);
	ck_assert_uint_eq(board_boot_registers(part), readings[_i].has);
	chip = flash_new(part, NULL, 1);
	clip_attach(clip, 0, chip);
	board_boot_expect(board, part, 0);
	board_want_register(board, reg, 0xff, flash_status_register(chip, reg));
	ck_assert_msg(boots(), "%s: %02X", part->name, verdict.found);
	clip_attach(clip, 0, NULL);
	flash_destroy(chip);
	chipdb_close(db);
}
END_TEST

/* The array holds the right bytes, but the board reads others: a chip left in 4-byte mode, and a
 * board that uses 4-byte addresses. */
START_TEST(the_address_mode_must_match_the_board)
{
	struct flash_part part;
	struct flash *chip;

	fixture_part_init(&part);
	fixture_add_commands(&part, "EN4B READ4");
	part.size = 2 * FIXTURE_SIZE;
	fixture_destroy(f);
	f = fixture_new_part(&part);
	chip = f->chip;
	clip_attach(clip, 0, chip);
	memcpy(f->array, "boot", 4);
	memcpy(f->array + FIXTURE_SIZE + 16, "more", 4);
	board_want_content(board, 0, (const uint8_t *)"boot", 4);
	board_want_content(board, FIXTURE_SIZE + 16, (const uint8_t *)"more", 4);
	ck_assert(boots());
	fixture_run(f, "B7");
	ck_assert(!boots());
	ck_assert_int_eq(verdict.result, BOARD_OTHER_CONTENT);
	board_set_address_bytes(board, 4);
	ck_assert(boots());
}
END_TEST

/* Faults of the clip: the board is soldered to the chip and not affected. */
static const enum clip_fault_what of_the_clip[] = {CLIP_OPEN, CLIP_STUCK_0, CLIP_STUCK_1,
	CLIP_SHORT, CLIP_ROTATED, CLIP_SHIFTED, CLIP_SWAPPED, CLIP_CONTACT, CLIP_BIT_ERROR,
	CLIP_SLIP, CLIP_BOUNCE, CLIP_TOO_FAST, CLIP_BURST_ERROR, CLIP_WEAK_GROUND, CLIP_LATE,
	CLIP_EARLY, CLIP_MASTER};

static void
put(enum clip_fault_what what, enum clip_line line, enum clip_side side)
{
	struct clip_fault fault;

	clip_fault_init(&fault, what);
	if (fault.line == CLIP_MISO)
		fault.line = line;
	fault.side = side;
	fault.rate = fault.rate > 0 ? 0.1 : 0;
	fault.limit_hz = 1000;
	fault.cycle.duty = 1;
	ck_assert_uint_gt(clip_fault_add(clip, &fault), 0);
}

START_TEST(faults_of_the_clip_do_not_affect_the_board)
{
	struct base_fault_status status;
	unsigned int operations;

	board_want_unchanged(board, 0, 0x10000);
	board_begin(board, f->array, FIXTURE_SIZE);
	put(of_the_clip[_i], CLIP_MISO, CLIP_HOST);
	ck_assert(boots());
	ck_assert(clip_fault_at(clip, 0, &status));
	ck_assert_uint_eq(status.matched, 0);
	clip_fault_clear(clip);
	ck_assert(boots());
	/* Afterwards the fault affects the host again. */
	put(CLIP_ROTATED, CLIP_MISO, CLIP_HOST);
	ck_assert(!flash_is_powered(f->chip));
	operations = f->events->len;
	ck_assert(boots());
	ck_assert_uint_gt(f->events->len, operations);
	ck_assert(!flash_is_powered(f->chip));
}
END_TEST

START_TEST(stuck_lines_of_the_clip_do_not_affect_the_board)
{
	static const enum clip_line lines[] = {CLIP_CS, CLIP_CLK, CLIP_MOSI, CLIP_VCC, CLIP_HOLD};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		put(CLIP_STUCK_0, lines[i], CLIP_HOST);
		ck_assert(boots());
		clip_fault_clear(clip);
	}
	put(CLIP_PULL_UP, CLIP_MOSI, CLIP_HOST);
	clip_set_drivers(clip, false);
	ck_assert(boots());
	ck_assert(!clip_drivers(clip));
	clip_fault_clear(clip);
	ck_assert(boots());
	ck_assert(!clip_drivers(clip));
}
END_TEST

START_TEST(faults_at_the_chip_stop_the_boot)
{
	static const enum clip_line lines[] = {CLIP_MISO, CLIP_CLK, CLIP_MOSI, CLIP_VCC};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		put(CLIP_STUCK_0, lines[i], CLIP_CHIP);
		ck_assert(!boots());
		ck_assert_int_eq(verdict.result, BOARD_NO_CHIP);
		clip_fault_clear(clip);
	}
	put(CLIP_ROTATED, CLIP_MISO, CLIP_HOST);
	clip_set_supply(clip, 0, 0);
	ck_assert(!boots());
	clip_set_supply(clip, 0, 3300);
	ck_assert(boots());
}
END_TEST

Suite *
suite_board(void)
{
	Suite *suite = suite_create("board");
	TCase *tcase = tcase_create("board");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_board_without_requirements_accepts_any_chip);
	tcase_add_loop_test(
		tcase, faults_of_the_clip_do_not_affect_the_board, 0, G_N_ELEMENTS(of_the_clip));
	tcase_add_test(tcase, stuck_lines_of_the_clip_do_not_affect_the_board);
	tcase_add_test(tcase, faults_at_the_chip_stop_the_boot);
	tcase_add_test(tcase, other_content_stops_the_boot);
	tcase_add_test(tcase, another_digest_stops_the_boot);
	tcase_add_test(tcase, a_changed_range_stops_the_boot);
	tcase_add_test(tcase, another_register_value_stops_the_boot);
	tcase_add_test(tcase, every_part_boots);
	tcase_add_test(tcase, an_eeprom_boots_and_stops_without_supply);
	tcase_add_loop_test(
		tcase, registers_are_read_with_the_opcodes_of_the_part, 0, G_N_ELEMENTS(readings));
	tcase_add_test(tcase, the_address_mode_must_match_the_board);
	suite_add_tcase(suite, tcase);
	return suite;
}
