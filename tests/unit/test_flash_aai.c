/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Byte program and auto address increment on an SST25VF080B-like part (DS25045A, "Byte-Program",
 * "Auto Address Increment (AAI) Word-Program" and tables 3 and 4), and the byte-wise form.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define US INT64_C(1000)
#define SIZE 0x100000

/* Table 3. */
static const enum flash_bit sr1[] = {FLASH_BIT_SRP, FLASH_BIT_AAI, FLASH_BIT_BP3, FLASH_BIT_BP2,
	FLASH_BIT_BP1, FLASH_BIT_BP0, FLASH_BIT_WEL, FLASH_BIT_BUSY};
static const enum flash_bit unused[8] = {FLASH_BIT_NONE};

static void
make_part(struct flash_part *part)
{
	fixture_part_init(part);
	part->size = SIZE;
	fixture_part_commands(
		part, "WREN WRDI RDSR1 RDSR2 RDSR3 WRSR READ RDID RSTEN RST BP AAI AAI_BYTE");
	fixture_part_register(part, 0, sr1);
	fixture_part_register(part, 1, unused);
	fixture_part_register(part, 2, unused);
	memset(part->status_default, 0, sizeof(part->status_default));
	part->wrsr_bytes = 1;
	part->range_rule = FLASH_RANGE_POW2;
	memset(part->timing, 0, sizeof(part->timing));
	part->timing[FLASH_T_PP] = (struct flash_time){7 * US, 10 * US};
}

static const struct fixture_row rows[] = {
	{"02", "06; 02 00 00 01 A5; W", "03 00 00 00 00 00 00", "FF A5 FF", "00 00 00", FLASH_DONE},
	{"02 needs WEL", "", "02 00 00 01 A5", NULL, "00 00 00", FLASH_WEL_CLEAR},
	{"02 without data", "06", "02 00 00 01", NULL, "02 00 00", FLASH_SHORT_FRAME},
	{"02 with more bytes programs the first", "06; 02 00 00 01 A5 5A 3C; W",
		"03 00 00 00 00 00 00 00", "FF A5 FF FF", "00 00 00", FLASH_DONE},
	{"02 clears bits only", "06; 02 00 00 01 F0; W; 06; 02 00 00 01 3C; W", "03 00 00 01 00",
		"30", NULL, FLASH_DONE},
	{"02 while busy", "06; 02 00 00 01 A5", "02 00 00 02 A5", NULL, "03 00 00", FLASH_BUSY},
	{"02 of a protected address", "06; 01 04; W; 06", "02 0F FF FF 00", NULL, "06 00 00",
		FLASH_PROTECTED},
	{"AD: busy, with AAI", "06", "AD 00 00 10 12 34", NULL, "43 00 00", FLASH_DONE},
	{"AD: then ready, WEL and AAI stay", "06; AD 00 00 10 12 34; W", "05 00", "42", "42 00 00",
		FLASH_DONE},
	{"AD needs WEL", "", "AD 00 00 10 12 34", NULL, "00 00 00", FLASH_WEL_CLEAR},
	{"AD without its second byte", "06", "AD 00 00 10 12", NULL, "02 00 00", FLASH_SHORT_FRAME},
	{"AD with a third byte", "06", "AD 00 00 10 12 34 56", NULL, "02 00 00", FLASH_LONG_FRAME},
	{"AD inside a byte", "06", "AD 00 00 10 12 34 +3", NULL, "02 00 00", FLASH_BYTE_BOUNDARY},
	{"AD at an odd address begins at the even one", "06; AD 00 00 11 12 34; W; 04",
		"03 00 00 0F 00 00 00 00", "FF 12 34 FF", "00 00 00", FLASH_DONE},
	{"AD goes on without an address", "06; AD 00 00 10 12 34; W; AD 56 78; W; AD 9A BC; W; 04",
		"03 00 00 10 00 00 00 00 00 00 00", "12 34 56 78 9A BC FF", "00 00 00", FLASH_DONE},
	{"AD goes on: while busy", "06; AD 00 00 10 12 34", "AD 56 78", NULL, "43 00 00",
		FLASH_BUSY},
	{"AD goes on: one byte", "06; AD 00 00 10 12 34; W", "AD 56", NULL, "42 00 00",
		FLASH_SHORT_FRAME},
	{"AD goes on: an address is refused", "06; AD 00 00 10 12 34; W", "AD 00 00 20 56 78", NULL,
		"42 00 00", FLASH_LONG_FRAME},
	{"04 ends AAI", "06; AD 00 00 10 12 34; W", "04", NULL, "00 00 00", FLASH_DONE},
	{"after 04, AD needs WEL again", "06; AD 00 00 10 12 34; W; 04", "AD 56 78", NULL,
		"00 00 00", FLASH_WEL_CLEAR},
	{"AAI refuses 03", "06; AD 00 00 10 12 34; W", "03 00 00 10 00", "FF", "42 00 00",
		FLASH_IN_AAI},
	{"AAI refuses 9F", "06; AD 00 00 10 12 34; W", "9F 00 00 00", "FF FF FF", NULL,
		FLASH_IN_AAI},
	{"AAI refuses 02", "06; AD 00 00 10 12 34; W", "02 00 00 20 00", NULL, "42 00 00",
		FLASH_IN_AAI},
	{"AAI refuses 06", "06; AD 00 00 10 12 34; W", "06", NULL, "42 00 00", FLASH_IN_AAI},
	{"AAI refuses 01", "06; AD 00 00 10 12 34; W", "01 1C", NULL, "42 00 00", FLASH_IN_AAI},
	{"AAI refuses an erase", "06; AD 00 00 10 12 34; W", "20 00 00 00", NULL, "42 00 00",
		FLASH_IN_AAI},
	{"power loss ends AAI", "06; AD 00 00 10 12 34; W; P", "03 00 00 10 00 00", "12 34",
		"00 00 00", FLASH_DONE},
	{"AD of a protected address", "06; 01 04; W; 06", "AD 0F 00 00 00 00", NULL, "06 00 00",
		FLASH_PROTECTED},
	{"AAI ends before a protected block", "06; 01 04; W; 06",
		"AD 0E FF FC 12 34; W; AD 56 78; W", NULL, "04 00 00", FLASH_DONE},
	{"AAI before a protected block has programmed",
		"06; 01 04; W; 06; AD 0E FF FC 12 34; W; AD 56 78; W; AD 9A BC",
		"03 0E FF FC 00 00 00 00 00", "12 34 56 78 FF", NULL, FLASH_DONE},
	{"AAI ends at the end of the array and does not wrap", "06; AD 0F FF FE 12 34; W; AD 56 78",
		"03 0F FF FE 00 00 00 00", "12 34 FF FF", "00 00 00", FLASH_DONE},
	{"AF: bytes", "06; AF 00 00 11 12; W; AF 34; W; AF 56; W", "04; 03 00 00 10 00 00 00 00 00",
		"FF 12 34 56 FF", "00 00 00", FLASH_DONE},
	{"AF shows AAI", "06; AF 00 00 11 12", "05 00", "43", NULL, FLASH_DONE},
	{"AF ends at the end of the array", "06; AF 0F FF FF 12; W", "AF 34", NULL, "00 00 00",
		FLASH_WEL_CLEAR},
};

START_TEST(byte_program_and_aai_act_as_in_the_data_sheet)
{
	struct flash_part part;

	make_part(&part);
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

/* The same for frames in single bytes. */
START_TEST(byte_program_ignores_all_but_the_first_byte)
{
	static const uint8_t frame[] = {0x02, 0x00, 0x00, 0x10, 0xa5, 0x5a, 0x3c};
	struct flash_part part;
	struct fixture *f;

	make_part(&part);
	f = fixture_new_part(&part);
	fixture_run(f, "06");
	flash_select(f->chip);
	for (size_t i = 0; i < sizeof(frame); i++)
		flash_shift(f->chip, &frame[i], NULL, 1);
	flash_deselect(f->chip, 0);
	fixture_wait(f);
	ck_assert_mem_eq(f->array + 0x10, "\xa5\xff\xff", 3);
	fixture_destroy(f);
}
END_TEST

/* tBP of a byte and of a word: tBP1 if the part has it, else tPP. */
START_TEST(each_word_takes_tbp)
{
	struct flash_part part;
	struct fixture *f;

	make_part(&part);
	part.timing[FLASH_T_PP] = (struct flash_time){900 * US, 5000 * US};
	part.timing[FLASH_T_BP1] = (struct flash_time){9 * US, 12 * US};
	f = fixture_new_part(&part);
	fixture_run(f, "06; AD 00 00 00 12 34");
	ck_assert_int_eq(flash_busy_until(f->chip), 9 * US);
	fixture_pass(f, 9 * US - 1);
	ck_assert(flash_is_busy(f->chip));
	fixture_pass(f, 1);
	ck_assert(!flash_is_busy(f->chip));
	flash_set_corner(f->chip, FLASH_CORNER_MAXIMUM);
	fixture_run(f, "AD 56 78");
	ck_assert_int_eq(flash_busy_until(f->chip), 21 * US);
	fixture_destroy(f);
}
END_TEST

/* Fills the chip like a host; events report the address of each word. */
START_TEST(aai_fills_a_whole_array)
{
	struct flash_part part;
	struct fixture *f;

	make_part(&part);
	fixture_part_resize(&part, 0x1000);
	f = fixture_new_part(&part);
	fixture_run(f, "06; AD 00 00 00 00 00; W");
	for (unsigned int i = 2; i < 0x1000; i += 2) {
		uint8_t in[] = {0xad, (uint8_t)(i >> 4), (uint8_t)i};

		ck_assert_int_eq(fixture_frame(f, in, sizeof(in), 0), FLASH_DONE);
		ck_assert_uint_eq(f->last.address, i);
		ck_assert(f->last.has_address);
		fixture_wait(f);
	}
	fixture_assert_status(f, "00 00 00", "ended");
	for (unsigned int i = 0; i < 0x1000; i += 2) {
		ck_assert_uint_eq(f->array[i], (uint8_t)(i >> 4));
		ck_assert_uint_eq(f->array[i + 1], (uint8_t)i);
	}
	fixture_destroy(f);
}
END_TEST

/* 66 and 99 are not allowed in AAI, so only a power cycle ends it; an interrupted word is partly
 * programmed. */
START_TEST(power_loss_interrupts_a_word_and_ends_aai)
{
	struct flash_part part;
	struct fixture *f;

	make_part(&part);
	f = fixture_new_part(&part);
	fixture_run(f, "06; AD 00 00 10 12 34; T3500; P");
	fixture_assert_status(f, "00 00 00", "out of AAI");
	ck_assert_uint_eq(f->array[0x10], 0x12);
	ck_assert_uint_eq(f->array[0x11] & 0x34, 0x34);
	ck_assert_uint_eq(f->array[0x12], 0xff);
	fixture_destroy(f);
}
END_TEST

/* Too low a supply interrupts the word; the chip stays on, and accepts other commands again. */
START_TEST(a_dip_of_the_supply_ends_a_sequence)
{
	struct flash_part part;
	struct fixture *f;

	make_part(&part);
	f = fixture_new_part(&part);
	fixture_run(f, "06; AD 00 00 10 12 34; T3500");
	flash_supply(f->chip, part.vcc_min_mv - 1);
	flash_supply(f->chip, part.vcc_min_mv);
	fixture_assert_status(f, "00 00 00", "out of AAI");
	ck_assert_int_eq(fixture_run(f, "9F 00"), FLASH_DONE);
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_aai(void)
{
	Suite *suite = suite_create("flash_aai");
	TCase *tcase = tcase_create("aai");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, byte_program_and_aai_act_as_in_the_data_sheet);
	tcase_add_test(tcase, byte_program_ignores_all_but_the_first_byte);
	tcase_add_test(tcase, each_word_takes_tbp);
	tcase_add_test(tcase, aai_fills_a_whole_array);
	tcase_add_test(tcase, power_loss_interrupts_a_word_and_ends_aai);
	tcase_add_test(tcase, a_dip_of_the_supply_ends_a_sequence);
	suite_add_tcase(suite, tcase);
	return suite;
}
