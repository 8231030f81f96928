/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QPI with a host on single wires: a chip that takes opcodes on four lanes receives EE, EF, FE or
 * FF for any byte. Entering and leaving the mode, and the meaning of each clock. Continuous reads,
 * whose frames have no opcode.
 */
#include "flash/describe.h"
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

/* --- continuous reads --- */

static void
continuous_part(struct flash_part *part, enum flash_continuous rule)
{
	fixture_part_init(part);
	part->continuous = rule;
}

/* M5-4 = 10, four lanes, QE = 1. MOSI is IO0 and the others are 1, so that M5 is 1 and M4 is bit 1
 * of the first byte: 8 clocks are address and M7-0. */
static const struct fixture_row m54_quad[] = {
	{"EB 00 continues", "", "EB 00", NULL, NULL, FLASH_SHORT_FRAME},
	{"EB FF does not", "EB FF", "9F 00 00 00", "EF 40 18", NULL, FLASH_DONE},
	{"EB with 7 clocks does not", "EB +7", "9F 00 00 00", "EF 40 18", NULL, FLASH_DONE},
	{"05 is an address and continues", "EB 00; 05", "05 00 00", "FF FF FF", NULL, FLASH_DONE},
	{"9F is no command, its bit 1 ends it", "EB 00", "9F 00 00 00", "FF FF FF FF", NULL,
		FLASH_DONE},
	{"the next 9F is one", "EB 00; 9F 00 00 00", "9F 00 00 00", "EF 40 18", NULL, FLASH_DONE},
	{"90 continues", "EB 00; 90 00 00 00", "9F", NULL, NULL, FLASH_SHORT_FRAME},
	{"FF ends it", "EB 00; FF", "9F 00 00 00", "EF 40 18", "00 02 60", FLASH_DONE},
	{"7 clocks do not end it", "EB 00; +7", "05 00 00", "FF FF FF", NULL, FLASH_DONE},
	{"a CS# pulse does not end it", "EB 00; ", "05 00 00", "FF FF FF", NULL, FLASH_DONE},
	{"66 and 99: bit 1 of 66 ends it, 99 is refused", "EB 00; 66", "99", NULL, NULL,
		FLASH_RESET_NOT_ENABLED},
	{"power loss ends it", "EB 00; P", "9F 00 00 00", "EF 40 18", NULL, FLASH_DONE},
};

/* On two lanes M4 is bit 2 of the second byte: 16 clocks. */
static const struct fixture_row m54_dual[] = {
	{"BB 00 00 continues", "", "BB 00 00", NULL, NULL, FLASH_DONE},
	{"9F 00 00 00 is no command and continues", "BB 00 00; 9F 00 00 00", "9F 00 00 00", "FF FF",
		NULL, FLASH_DONE},
	{"FF is too short", "BB 00 00; FF", "9F 00 00 00", "FF FF", NULL, FLASH_DONE},
	{"FF FF ends it", "BB 00 00; FF FF", "9F 00 00 00", "EF 40 18", NULL, FLASH_DONE},
};

/* M7-4 = Ah: with IO1 = 1 and zeros on MOSI M7-0 are AA on two lanes, and EE on four. */
static const struct fixture_row axh[] = {
	{"BB 00 00 continues", "BB 00 00", "9F 00 00 00", "FF FF", NULL, FLASH_DONE},
	{"FF FF ends it", "BB 00 00; FF FF", "9F 00 00 00", "EF 40 18", NULL, FLASH_DONE},
	{"EB 00 does not continue", "EB 00", "9F 00 00 00", "EF 40 18", NULL, FLASH_DONE},
};

/* M7-4 is the complement of M3-0: nothing that single wires can send. */
static const struct fixture_row toggle[] = {
	{"EB 00 does not continue", "EB 00", "9F 00 00 00", "EF 40 18", NULL, FLASH_DONE},
	{"BB 00 00 does not continue", "BB 00 00", "9F 00 00 00", "EF 40 18", NULL, FLASH_DONE},
};

START_TEST(single_wires_enter_and_leave_continuous_reads)
{
	static const struct {
		enum flash_continuous rule;
		const struct fixture_row *rows;
		size_t n;
	} rules[] = {
		{FLASH_CONTINUOUS_M54, m54_quad, G_N_ELEMENTS(m54_quad)},
		{FLASH_CONTINUOUS_M54, m54_dual, G_N_ELEMENTS(m54_dual)},
		{FLASH_CONTINUOUS_AXH, axh, G_N_ELEMENTS(axh)},
		{FLASH_CONTINUOUS_TOGGLE, toggle, G_N_ELEMENTS(toggle)},
		{FLASH_CONTINUOUS_NONE, toggle, G_N_ELEMENTS(toggle)},
	};
	struct flash_part part;

	continuous_part(&part, rules[_i].rule);
	fixture_check_rows_of(&part, rules[_i].rows, rules[_i].n);
}
END_TEST

/* 9F 00 00 in a continuous EB: the address is FE EF FF, data comes from the 13th clock on. */
START_TEST(a_continued_read_returns_every_fourth_bit)
{
	struct flash_part part;
	struct fixture *f;

	continuous_part(&part, FLASH_CONTINUOUS_M54);
	f = fixture_new_part(&part);
	f->array[0xfeefff] = 0x12;
	f->array[0xfef000] = 0x34;
	fixture_run(f, "EB 00; 9F 00 00");
	ck_assert_str_eq(f->last.name, "4READ");
	ck_assert_uint_eq(f->last.address, 0xfeefff);
	ck_assert_str_eq(f->last.note, "continues a read, the last one");
	/* 12 clocks float, then bits 5 and 1 of 12, 34: 0 1, 1 0; then of FF. */
	fixture_assert_miso(f, "FF F6 FF", "bits 5 and 1");
	fixture_destroy(f);
}
END_TEST

static void
read_on_lanes(struct fixture *f, bool with_opcode, unsigned int n_lanes, uint8_t mode_bits)
{
	const uint8_t header[] = {0x01, 0x23, 0x45, mode_bits, 0, 0};
	const uint8_t opcode = n_lanes == 4 ? 0xeb : 0xbb;

	flash_select(f->chip);
	if (with_opcode)
		flash_shift(f->chip, &opcode, NULL, 1);
	flash_shift_lanes(f->chip, n_lanes, header, sizeof(header));
	flash_deselect(f->chip, 0);
	f->last = g_array_index(f->events, struct flash_event, f->events->len - 1);
}

/* A host that drives all lanes; sources as in engine/continuous.c. */
START_TEST(mode_bits_on_all_lanes_continue_a_read)
{
	static const struct {
		enum flash_continuous rule;
		unsigned int n_lanes;
		uint8_t bits;
		bool continues;
	} rows[] = {
		{FLASH_CONTINUOUS_M54, 4, 0x20, true},
		{FLASH_CONTINUOUS_M54, 4, 0xef, true},
		{FLASH_CONTINUOUS_M54, 4, 0xa5, true},
		{FLASH_CONTINUOUS_M54, 4, 0x00, false},
		{FLASH_CONTINUOUS_M54, 4, 0x10, false},
		{FLASH_CONTINUOUS_M54, 4, 0xff, false},
		{FLASH_CONTINUOUS_M54, 2, 0x20, true},
		{FLASH_CONTINUOUS_M54, 2, 0xf0, false},
		{FLASH_CONTINUOUS_AXH, 4, 0xa0, true},
		{FLASH_CONTINUOUS_AXH, 4, 0xa5, true},
		{FLASH_CONTINUOUS_AXH, 4, 0x20, false},
		{FLASH_CONTINUOUS_AXH, 2, 0xaf, true},
		{FLASH_CONTINUOUS_AXH, 2, 0x00, false},
		{FLASH_CONTINUOUS_TOGGLE, 4, 0xa5, true},
		{FLASH_CONTINUOUS_TOGGLE, 4, 0xf0, true},
		{FLASH_CONTINUOUS_TOGGLE, 4, 0x0f, true},
		{FLASH_CONTINUOUS_TOGGLE, 4, 0xaa, false},
		{FLASH_CONTINUOUS_TOGGLE, 4, 0x00, false},
		{FLASH_CONTINUOUS_TOGGLE, 2, 0xa5, false},
		{FLASH_CONTINUOUS_NONE, 4, 0xa5, false},
	};
	struct flash_part part;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct fixture *f;

		continuous_part(&part, rows[i].rule);
		f = fixture_new_part(&part);
		read_on_lanes(f, true, rows[i].n_lanes, rows[i].bits);
		ck_assert_uint_eq(f->last.address, 0x012345);
		read_on_lanes(f, false, rows[i].n_lanes, rows[i].bits);
		ck_assert_msg(f->last.has_address == rows[i].continues, "row %zu", i);
		if (rows[i].continues)
			ck_assert_uint_eq(f->last.address, 0x012345);
		fixture_destroy(f);
	}
}
END_TEST

/* As the chip itself takes it. */
START_TEST(a_continued_read_is_described_without_an_opcode)
{
	static const uint8_t frame[] = {0x9f, 0x00, 0x00};
	struct flash_description description;
	struct flash_part part;
	struct fixture *f;

	continuous_part(&part, FLASH_CONTINUOUS_M54);
	f = fixture_new_part(&part);
	fixture_run(f, "EB 00");
	flash_describe(f->chip, frame, sizeof(frame), &description);
	ck_assert_int_eq(description.purpose, FLASH_FOR_READ);
	ck_assert_uint_eq(description.header_bytes, 1);
	ck_assert(description.has_address);
	ck_assert_uint_eq(description.address, 0xfeefff);
	ck_assert_uint_eq(description.data_clock, 12);
	ck_assert_uint_eq(description.data_lanes, 4);
	/* It has changed nothing: 9F ends the read. */
	fixture_run(f, "9F");
	ck_assert_str_eq(f->last.name, "4READ");
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
	tcase_add_loop_test(tcase, single_wires_enter_and_leave_continuous_reads, 0, 5);
	tcase_add_test(tcase, a_continued_read_returns_every_fourth_bit);
	tcase_add_test(tcase, mode_bits_on_all_lanes_continue_a_read);
	tcase_add_test(tcase, a_continued_read_is_described_without_an_opcode);
	suite_add_tcase(suite, tcase);
	return suite;
}
