/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Micron's registers, on a part with the block protection of the W25Q128JV: flag status,
 * non-volatile, volatile and enhanced volatile configuration (emu/flash/commands/flagstatus.c).
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define PROTECT_ALL "06; 01 1C; W; "
#define PROTECT_NOTHING "06; 01 00; W; "

static void
part_init(struct flash_part *part)
{
	fixture_part_init(part);
	part->size = 2 * FIXTURE_SIZE;
	fixture_add_commands(part,
		"EN4B_WREN EX4B_WREN WREAR RDEAR RDFSR CLFSR RDNVCR WRNVCR RDVCR WRVCR RDEVCR "
		"WREVCR");
	part->timing[FLASH_T_NVCR] = (struct flash_time){200000000, 3000000000};
}

static const struct fixture_row rows[] = {
	{"70 as delivered", "", "70 00 00", "80 80", "00 02 60", FLASH_DONE},
	{"70 while busy", "06; 20 00 00 00", "70 00 00", "00 00", "03 02 60", FLASH_DONE},
	{"70 in 4-byte mode", "06; B7", "70 00", "81", NULL, FLASH_DONE},
	{"70 in a suspended erase", "06; 20 00 00 00; 75; T20000", "70 00", "C0", NULL, FLASH_DONE},
	{"70 in a suspended program", "06; 02 00 00 00 00; 75; T20000", "70 00", "84", NULL,
		FLASH_DONE},
	{"70 after the resume", "06; 20 00 00 00; 75; T20000; 7A", "70 00", "00", NULL, FLASH_DONE},
	{"a refused program sets its error bit", PROTECT_ALL "06; 02 00 00 00 00", "70 00", "92",
		"1E 02 60", FLASH_DONE},
	{"a refused erase sets its error bit", PROTECT_ALL "06; 20 00 00 00", "70 00", "A2",
		"1E 02 60", FLASH_DONE},
	{"a refused chip erase sets its error bit", PROTECT_ALL "06; C7", "70 00", "A2", NULL,
		FLASH_DONE},
	{"a refused program and a refused erase", PROTECT_ALL "06; 20 00 00 00; 02 00 00 00 00",
		"70 00", "B2", NULL, FLASH_DONE},
	{"errors stay after an operation without error",
		PROTECT_ALL "06; 02 00 00 00 00; " PROTECT_NOTHING "06; 02 00 00 00 00; W", "70 00",
		"92", "00 02 60", FLASH_DONE},
	{"50 clears errors", PROTECT_ALL "06; 02 00 00 00 00; 50", "70 00", "80", "1E 02 60",
		FLASH_DONE},
	{"50 clears nothing else", "06; B7; 50", "70 00", "81", NULL, FLASH_DONE},
	{"50 while busy", "06; 20 00 00 00", "50", NULL, NULL, FLASH_BUSY},
	{"power loss clears errors", PROTECT_ALL "06; 02 00 00 00 00; P", "70 00", "80", NULL,
		FLASH_DONE},
	{"04 does not clear errors", PROTECT_ALL "06; 02 00 00 00 00; 04", "70 00", "92", NULL,
		FLASH_DONE},

	{"B5 as delivered", "", "B5 00 00", "FF FF", NULL, FLASH_DONE},
	{"B1, low byte first", "06; B1 EF 7F; W", "B5 00 00 00 00", "EF 7F 00 00", "00 02 60",
		FLASH_DONE},
	{"B1 without WEL", "", "B1 FE FF", NULL, NULL, FLASH_WEL_CLEAR},
	{"B1 with one byte", "06", "B1 FE", NULL, NULL, FLASH_SHORT_FRAME},
	{"B1 with three bytes", "06", "B1 FE FF FF", NULL, NULL, FLASH_LONG_FRAME},
	{"B1 inside a byte", "06", "B1 FE FF +1", NULL, NULL, FLASH_BYTE_BOUNDARY},
	{"B1 sets BUSY", "06; B1 FE FF", "05 00", "03", NULL, FLASH_DONE},
	{"a reset cancels B1", "06; B1 FE FF; 66; 99; T30000", "B5 00 00", "FF FF", NULL,
		FLASH_DONE},
	{"B1 survives power loss", "06; B1 FE FF; W; P", "B5 00 00", "FE FF", NULL, FLASH_DONE},
	{"B1 of 4-byte mode does not act at once", "06; B1 FE FF; W", "70 00", "80", NULL,
		FLASH_DONE},
	{"B1 of 4-byte mode acts at power-up", "06; B1 FE FF; W; P", "70 00", "81", NULL,
		FLASH_DONE},
	{"B1 of 4-byte mode acts at a reset", "06; B1 FE FF; W; 66; 99; T30000", "70 00", "81",
		NULL, FLASH_DONE},
	{"B1 selects the upper segment", "06; B1 FD FF; W; P", "C8 00", "01", NULL, FLASH_DONE},

	{"85 as delivered", "", "85 00 00", "FB FB", NULL, FLASH_DONE},
	{"81", "06; 81 AB", "85 00", "AB", "00 02 60", FLASH_DONE},
	{"81 without WEL", "", "81 AB", NULL, NULL, FLASH_WEL_CLEAR},
	{"81 with two bytes", "06", "81 AB AB", NULL, NULL, FLASH_LONG_FRAME},
	{"power loss clears 81", "06; 81 AB; P", "85 00", "FB", NULL, FLASH_DONE},
	{"85: dummy clocks of the non-volatile register", "06; B1 FF 7F; W; P", "85 00", "7B", NULL,
		FLASH_DONE},
	{"85: XIP of the non-volatile register", "06; B1 FF F1; W; P", "85 00", "F3", NULL,
		FLASH_DONE},

	{"65 as delivered", "", "65 00 00", "DF DF", NULL, FLASH_DONE},
	{"61", "06; 61 DE", "65 00", "DE", "00 02 60", FLASH_DONE},
	{"61 without WEL", "", "61 DE", NULL, NULL, FLASH_WEL_CLEAR},
	{"65: hold and drive strength of the non-volatile register", "06; B1 6F FE; W; P", "65 00",
		"C9", NULL, FLASH_DONE},
	{"61 selects the quad protocol", "06; 61 5F", "9F 00 00 00", "FF FF FF FF", NULL,
		FLASH_UNKNOWN_OPCODE},
	{"power loss ends the quad protocol", "06; 61 5F; P", "9F 00 00 00", "EF 40 18", NULL,
		FLASH_DONE},
	{"B1 of the quad protocol acts at power-up", "06; B1 F7 FF; W; P", "9F 00 00 00",
		"FF FF FF FF", NULL, FLASH_UNKNOWN_OPCODE},
	{"B1 of the quad protocol does not act at once", "06; B1 F7 FF; W", "9F 00 00 00",
		"EF 40 18", NULL, FLASH_DONE},
};

START_TEST(micron_registers_act_as_in_the_data_sheet)
{
	struct flash_part part;

	part_init(&part);
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

START_TEST(writing_the_non_volatile_register_takes_its_own_time)
{
	struct flash_part part;
	struct fixture *f;

	part_init(&part);
	f = fixture_new_part(&part);
	fixture_run(f, "06; B1 FE FF");
	ck_assert_int_eq(flash_busy_until(f->chip) - f->now_ns, 200000000);
	fixture_wait(f);
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_NONVOLATILE), 1);
	fixture_destroy(f);
}
END_TEST

/* Two lanes: each clock carries 10 or 11. */
START_TEST(dual_protocol_decodes_two_lanes)
{
	struct flash_part part;
	struct fixture *f;

	part_init(&part);
	f = fixture_new_part(&part);
	fixture_run(f, "06; 61 9F; 95");
	ck_assert_int_eq(f->last.opcode, 0xeb);
	fixture_destroy(f);
}
END_TEST

/* Die select of the W77Q12NW, on two dies of 8 MiB. */
START_TEST(die_select_switches_the_die)
{
	static const struct fixture_row die_rows[] = {
		{"C2 with the number of a missing die", "", "C2 02", NULL, NULL, FLASH_BAD_ADDRESS},
		{"C2 without a number", "", "C2", NULL, NULL, FLASH_SHORT_FRAME},
		{"C2 with two numbers", "", "C2 00 01", NULL, NULL, FLASH_LONG_FRAME},
		{"die 0 is busy", "06; 20 00 00 00", "05 00", "03", NULL, FLASH_DONE},
		{"die 1 is busy and selected", "06; 20 80 00 00", "05 00", "03", NULL, FLASH_DONE},
		{"die 0 is idle while die 1 is busy", "06; 20 80 00 00; C2 00", "05 00", "02", NULL,
			FLASH_DONE},
		{"C2 back to die 0", "06; 20 80 00 00; C2 00; C2 01", "05 00", "03", NULL,
			FLASH_DONE},
		{"a program of die 1", "06; 02 FF FF 00 00; C2 00", "05 00", "02", NULL,
			FLASH_DONE},
		{"chip erase, die 0", "06; C7; C2 00", "05 00", "03", NULL, FLASH_DONE},
		{"chip erase, die 1", "06; C7; C2 01", "05 00", "03", NULL, FLASH_DONE},
		{"power loss selects die 0", "C2 01; P; 06; 20 00 00 00", "05 00", "03", NULL,
			FLASH_DONE},
	};
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	part.dies = 2;
	fixture_add_commands(&part, "DIE_SELECT");
	fixture_check_rows_of(&part, die_rows, G_N_ELEMENTS(die_rows));
	f = fixture_new_part(&part);
	memset(f->array, 0, FIXTURE_SIZE);
	fixture_run(f, "06; C7; C2 00; 05 00; C2 01; 05 00; W");
	fixture_assert_filled(f, 0, FIXTURE_SIZE, 0xff, "both dies");
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_flagstatus(void)
{
	Suite *suite = suite_create("flash_flagstatus");
	TCase *tcase = tcase_create("flash_flagstatus");

	fixture_prepare();
	tcase_add_test(tcase, micron_registers_act_as_in_the_data_sheet);
	tcase_add_test(tcase, writing_the_non_volatile_register_takes_its_own_time);
	tcase_add_test(tcase, dual_protocol_decodes_two_lanes);
	tcase_add_test(tcase, die_select_switches_the_die);
	suite_add_tcase(suite, tcase);
	return suite;
}
