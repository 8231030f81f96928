/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QPI with a host on single wires: a chip that takes opcodes on four lanes receives EE, EF, FE or
 * FF for any byte. Entering and leaving the mode, and the meaning of each clock.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

/* 38 and FF. */
static const struct fixture_row qpi[] = {
	{"38", "", "38", NULL, "FF FF FF", FLASH_DONE},
	{"38 with a further byte", "", "38 00", NULL, NULL, FLASH_LONG_FRAME},
	{"38 inside a byte", "", "38 +3", NULL, NULL, FLASH_BYTE_BOUNDARY},
	{"FF before 38", "", "FF", NULL, "00 02 60", FLASH_DONE},
	{"QPI: 9F on one line is no command", "38", "9F 00 00 00", "FF FF FF FF", NULL,
		FLASH_UNKNOWN_OPCODE},
	{"QPI: 05 on one line is no command", "38", "05 00", "FF FF", NULL, FLASH_UNKNOWN_OPCODE},
	{"QPI: 06 on one line is no command", "38; 06; P", "05 00", "00", NULL, FLASH_DONE},
	{"power loss ends QPI", "38; P", "9F 00 00 00", "EF 40 18", NULL, FLASH_DONE},
	{"66 99 on one line does not end QPI", "38; 66; 99; T30000", "9F 00 00 00", "FF FF FF",
		NULL, FLASH_UNKNOWN_OPCODE},
	{"FF, eight clocks", "38", "FF", NULL, "00 02 60", FLASH_DONE},
	{"MOSI high for two clocks ends QPI", "38", "+2", NULL, "00 02 60", FLASH_DONE},
	{"one clock does not end QPI", "38", "+1", NULL, NULL, FLASH_NO_COMMAND},
	{"three clocks do not end QPI", "38", "+3", NULL, NULL, FLASH_BYTE_BOUNDARY},
	{"four clocks end QPI", "38", "+4", NULL, "00 02 60", FLASH_DONE},
	{"nine clocks do not end QPI", "38", "FF +1", NULL, NULL, FLASH_BYTE_BOUNDARY},
	{"FF FF, sixteen clocks", "38", "FF FF", NULL, NULL, FLASH_LONG_FRAME},
	{"the first two clocks of C7 are those of FF", "38", "C7", NULL, NULL, FLASH_LONG_FRAME},
	{"C7 does not end QPI", "38; C7", "05 00", "FF", NULL, FLASH_UNKNOWN_OPCODE},
	{"a CS# pulse without a clock does not end QPI", "38", "", NULL, NULL, FLASH_DONE},
	{"38 keeps WEL", "06; 38; FF", "05 00", "02", NULL, FLASH_DONE},
};

START_TEST(qpi_is_entered_and_left)
{
	struct flash_part part;

	fixture_part_init(&part);
	fixture_add_commands(&part, "EQIO RSTQIO");
	fixture_check_rows_of(&part, qpi, G_N_ELEMENTS(qpi));
}
END_TEST

/* Macronix and others: 35, and F5, which a host on one lane can't send. */
START_TEST(f5_cannot_be_sent_on_one_lane)
{
	static const struct fixture_row rows[] = {
		{"FF", "35", "FF", NULL, NULL, FLASH_UNKNOWN_OPCODE},
		{"two clocks", "35", "+2", NULL, NULL, FLASH_UNKNOWN_OPCODE},
		{"F5", "35", "F5", NULL, NULL, FLASH_UNKNOWN_OPCODE},
		{"power", "35; P", "9F 00 00 00", "EF 40 18", NULL, FLASH_DONE},
	};
	struct flash_part part;

	fixture_part_init(&part);
	fixture_add_commands(&part, "EQIO:35 RSTQIO:F5");
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

START_TEST(entering_qpi_needs_qe_on_winbond_parts)
{
	static const struct fixture_row rows[] = {
		{"QE = 0", "", "38", NULL, "00 00 60", FLASH_QUAD_DISABLED},
		{"QE = 1", "06; 31 02; W", "38", NULL, NULL, FLASH_DONE},
		{"QE = 1, then", "06; 31 02; W; 38", "9F 00", "FF FF", NULL, FLASH_UNKNOWN_OPCODE},
	};
	struct flash_part part;

	fixture_part_init(&part);
	fixture_add_commands(&part, "EQIO_QE RSTQIO");
	part.status[1][1].read_only = false;
	part.status_default[1] = 0x00;
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

/* The lowest bit of each half of the opcode is MOSI, the others are 1. */
START_TEST(a_byte_is_received_as_one_of_four_opcodes)
{
	static const struct {
		uint8_t sent;
		uint8_t heard;
	} bytes[] = {{0x00, 0xee}, {0x3f, 0xee}, {0x5a, 0xef}, {0x7f, 0xef}, {0x80, 0xfe},
		{0x9f, 0xfe}, {0xab, 0xfe}, {0xc0, 0xff}, {0xff, 0xff}};
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	fixture_add_commands(&part, "EQIO");
	f = fixture_new_part(&part);
	fixture_run(f, "38");
	for (size_t i = 0; i < G_N_ELEMENTS(bytes); i++) {
		fixture_frame(f, &bytes[i].sent, 1, 0);
		ck_assert_int_eq(f->last.opcode, bytes[i].heard);
	}
	fixture_destroy(f);
}
END_TEST

/* MISO is IO1. With 9F at FE, EF 40 18 00 are read as the second lowest bit of each half. */
START_TEST(replies_use_four_lanes)
{
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	fixture_add_commands(&part, "EQIO RDID:FE");
	f = fixture_new_part(&part);
	fixture_run(f, "38; 80 00");
	ck_assert_int_eq(f->last.outcome, FLASH_DONE);
	fixture_assert_miso(f, "F0 00", "ID in QPI");
	fixture_destroy(f);
}
END_TEST

/* Address and data arrive on all lanes too: 02 at EE programs at the resulting address. */
START_TEST(a_program_in_qpi_uses_the_bits_of_all_lanes)
{
	static const uint8_t sent[] = {0x02, 0x00};
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	fixture_add_commands(&part, "EQIO PP:EE WREN:FF");
	f = fixture_new_part(&part);
	fixture_run(f, "38; +2");
	ck_assert_int_eq(f->last.outcome, FLASH_DONE);
	ck_assert_str_eq(f->last.name, "WREN");
	/* 0 0 | 0 0 0 0 1 0 | 0 0 0 0 0 0 0 0: opcode, address EE EE FE, then EE four times */
	fixture_frame(f, sent, sizeof(sent), 0);
	ck_assert_int_eq(f->last.outcome, FLASH_DONE);
	ck_assert_uint_eq(f->last.address, 0xeeeefe);
	ck_assert_uint_eq(f->last.length, 4);
	fixture_wait(f);
	fixture_assert_filled(f, 0xeeeefe, 2, 0xee, "end of the page");
	fixture_assert_filled(f, 0xeeee00, 2, 0xee, "start of the page");
	fixture_assert_filled(f, 0xeeee02, 0xfc, 0xff, "rest of the page");
	fixture_assert_filled(f, 0, 0xeeee00, 0xff, "below");
	fixture_assert_filled(f, 0xeeef00, FIXTURE_SIZE - 0xeeef00, 0xff, "above");
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_lanes(void)
{
	Suite *suite = suite_create("flash_lanes");
	TCase *tcase = tcase_create("flash_lanes");

	fixture_prepare();
	tcase_add_test(tcase, qpi_is_entered_and_left);
	tcase_add_test(tcase, f5_cannot_be_sent_on_one_lane);
	tcase_add_test(tcase, entering_qpi_needs_qe_on_winbond_parts);
	tcase_add_test(tcase, a_byte_is_received_as_one_of_four_opcodes);
	tcase_add_test(tcase, replies_use_four_lanes);
	tcase_add_test(tcase, a_program_in_qpi_uses_the_bits_of_all_lanes);
	suite_add_tcase(suite, tcase);
	return suite;
}
