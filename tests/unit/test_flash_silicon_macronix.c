/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Macronix' own Verilog models answer, and the engine did not: frames and answers of real
 * parts. The models: MX25L6405D revision 1.4, MX25L12845E 1.12, MX25L25635E 1.10, MX25L12833F 1.9,
 * MX25L6436F 1.3, MX25U25635F 1.16, MX25U3235F 1.21, MX25U51245G 1.17.
 */
#include "chips_fixture.h"
#include "flash_fixture.h"
#include "suites.h"

#include <glib.h>
#include <string.h>

struct silicon_row {
	const char *part;
	struct fixture_row row;
};

static void
check(const struct silicon_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fixture_check_rows_of(chips_find(rows[i].part), &rows[i].row, 1);
}

#define SUSPENDED_ERASE "06; D8 01 00 00; B0; W; "
#define SUSPENDED_PROGRAM "06; 02 02 00 00 5A 5A; B0; W; "

static const struct silicon_row suspend_rows[] = {
	{"MX25L12833F",
		{"DP in a suspended erase", SUSPENDED_ERASE "B9; T100000", "05 00", "00", NULL,
			FLASH_DONE}},
	{"MX25U25635F",
		{"DP in a suspended erase", SUSPENDED_ERASE, "B9", NULL, NULL, FLASH_SUSPENDED}},
	{"MX25L6436F",
		{"DP in a suspended program", SUSPENDED_PROGRAM, "B9", NULL, NULL,
			FLASH_SUSPENDED}},
	{"MX25L12833F",
		{"SE in a suspended program", SUSPENDED_PROGRAM "06", "20 01 00 00", NULL, NULL,
			FLASH_SUSPENDED}},
	{"MX25U3235F",
		{"CE in a suspended program", SUSPENDED_PROGRAM "06", "C7", NULL, NULL,
			FLASH_SUSPENDED}},
	{"MX25L12833F", {"no ESB at B0", "06; D8 01 00 00; B0", "2B 00", "00", NULL, FLASH_DONE}},
	{"MX25L12833F", {"ESB after tESL", SUSPENDED_ERASE, "2B 00", "08", NULL, FLASH_DONE}},
	{"MX25L12833F",
		{"no PSB at B0", "06; 02 02 00 00 5A 5A; B0", "2B 00", "00", NULL, FLASH_DONE}},
	{"MX25L12833F", {"PSB after tPSL", SUSPENDED_PROGRAM, "2B 00", "04", NULL, FLASH_DONE}},
	{"MX25L12833F",
		{"no ESB after a resume", SUSPENDED_ERASE "30", "2B 00", "00", NULL, FLASH_DONE}},
	{"MX25L12833F",
		{"PP in a suspended erase", SUSPENDED_ERASE "06", "02 00 00 00 00", NULL, NULL,
			FLASH_SUSPENDED}},
	{"MX25U25635F",
		{"PP in a suspended erase", SUSPENDED_ERASE "06", "02 00 00 00 00", NULL, NULL,
			FLASH_DONE}},
	{"MX25L6436F",
		{"PP in a suspended erase", SUSPENDED_ERASE "06", "02 00 00 00 00", NULL, NULL,
			FLASH_DONE}},
	{"MX25U25635F",
		{"PP in a suspended program", SUSPENDED_PROGRAM "06", "02 00 00 00 00", NULL, NULL,
			FLASH_SUSPENDED}},
	{"MX25L12833F",
		{"WRSCUR in a suspended erase", SUSPENDED_ERASE "06", "2F", NULL, NULL,
			FLASH_SUSPENDED}},
	{"MX25L12833F",
		{"WREN in a suspended program", SUSPENDED_PROGRAM "06", "05 00", "02", NULL,
			FLASH_DONE}},
	{"MX25L12833F",
		{"suspend soon after a resume", SUSPENDED_ERASE "30; T1000; B0; W", "2B 00", "08",
			NULL, FLASH_DONE}},
	{"MX25L12833F",
		{"suspend at once after a resume", SUSPENDED_ERASE "30", "B0", NULL, NULL,
			FLASH_NOT_SUSPENDABLE}},
};

START_TEST(a_suspend_of_macronix_is_as_in_its_models)
{
	check(suspend_rows, G_N_ELEMENTS(suspend_rows));
}
END_TEST

/* Spansion's models: tRS of 100 us; Winbond's data sheets: tSUS of 20 us. */
static const struct silicon_row pause_rows[] = {
	{"S25FS128S-64K",
		{"90 us", "06; D8 01 00 00; 75; W; 7A; T90000", "75", NULL, NULL,
			FLASH_NOT_SUSPENDABLE}},
	{"S25FS128S-64K",
		{"100 us", "06; D8 01 00 00; 75; W; 7A; T100000", "75", NULL, NULL, FLASH_DONE}},
	{"S25FL128L",
		{"90 us", "06; D8 01 00 00; 75; W; 7A; T90000", "75", NULL, NULL,
			FLASH_NOT_SUSPENDABLE}},
	{"W25Q128JV",
		{"19 us", "06; D8 01 00 00; 75; W; 7A; T19000", "75", NULL, NULL,
			FLASH_NOT_SUSPENDABLE}},
	{"W25Q128JV",
		{"20 us", "06; D8 01 00 00; 75; W; 7A; T20000", "75", NULL, NULL, FLASH_DONE}},
};

START_TEST(a_suspend_needs_a_pause_from_the_last_resume)
{
	check(pause_rows, G_N_ELEMENTS(pause_rows));
}
END_TEST

static const struct silicon_row register_rows[] = {
	{"MX25L12833F", {"CR as delivered", "", "15 00", "07", NULL, FLASH_DONE}},
	{"MX25U25635F", {"CR as delivered", "", "15 00", "07", NULL, FLASH_DONE}},
	{"MX25L12833F",
		{"ODS and DC are writable", "06; 01 00 C0; W", "15 00", "C0", NULL, FLASH_DONE}},
	{"MX25L12833F",
		{"reset restores them", "06; 01 00 00; W; 66; 99; T100000", "15 00", "07", NULL,
			FLASH_DONE}},
	{"MX25U25635F",
		{"reset restores them", "06; 01 00 00; W; 66; 99; T100000", "15 00", "07", NULL,
			FLASH_DONE}},
	{"MX25L12833F",
		{"and not TB", "06; 01 00 08; W; 66; 99; T100000", "15 00", "0F", NULL,
			FLASH_DONE}},
	{"MX25L12833F", {"power as well", "06; 01 00 C8; W; P", "15 00", "0F", NULL, FLASH_DONE}},
	{"MX25L6436F",
		{"DC0 of others is volatile too", "06; 01 00 41; W; 66; 99; T100000", "15 00", "00",
			NULL, FLASH_DONE}},
	{"MX25U3235F", {"no CR", "", "15 00", "FF", NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25U6435F", {"no CR", "", "15 00", "FF", NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25U12835F", {"no CR", "", "15 00", "FF", NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25L12833F",
		{"01 in OTP mode", "B1; 06; 01 04; W; C1", "05 00", "02", NULL, FLASH_DONE}},
	{"MX25L12845E", {"01 in OTP mode", "B1; 06", "01 04", NULL, NULL, FLASH_IN_OTP}},
	{"MX25L12833F", {"2F in OTP mode", "B1; 06", "2F", NULL, NULL, FLASH_IN_OTP}},
	{"MX25L12833F", {"68 in OTP mode", "B1; 06", "68", NULL, NULL, FLASH_IN_OTP}},
	{"MX25L12833F", {"5A in OTP mode", "B1", "5A 00 00 00 00 00", "FF", NULL, FLASH_IN_OTP}},
	{"MX25L6405D", {"2F needs no 06", "2F; W", "2B 00", "02", NULL, FLASH_DONE}},
	{"MX25L12845E", {"2F needs no 06", "2F; W", "2B 00", "02", NULL, FLASH_DONE}},
	{"MX25L12833F", {"2F needs 06", "", "2F", NULL, NULL, FLASH_WEL_CLEAR}},
};

START_TEST(registers_of_macronix_are_as_in_its_models)
{
	check(register_rows, G_N_ELEMENTS(register_rows));
}
END_TEST

static const struct silicon_row command_rows[] = {
	{"MX25U25635F", {"no WPSEL", "06", "68", NULL, NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25U25635F", {"no gang lock", "06", "7E", NULL, NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25U25635F", {"no gang unlock", "06", "98", NULL, NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25U25635F", {"no DPB", "", "E0 00 00 00 00 00", "FF", NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25U25635F", {"no SPB", "06", "E4", NULL, NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25U25635F", {"no 75", "06; D8 01 00 00", "75", NULL, NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25U25635F", {"no 7A", SUSPENDED_ERASE, "7A", NULL, NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25U3235F", {"no 75", "06; D8 01 00 00", "75", NULL, NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25U51245G", {"75", "06; D8 01 00 00", "75", NULL, NULL, FLASH_DONE}},
	{"MX25U51245G", {"WPSEL", "06; 68; W", "2B 00", "80", NULL, FLASH_DONE}},
	{"MX25U25635F", {"16", "", "16 00 00 00 00 00", "FF FF FF FF FF", NULL, FLASH_DONE}},
	{"MX25U25635F",
		{"17", "06; 17 F0 12 34 56; W", "16 00 00 00 00 00", "F0 12 34 56 F0", NULL,
			FLASH_DONE}},
	{"MX25U25635F",
		{"17 only clears bits", "06; 17 F0 12 34 56; W; 06; 17 1F FF FF FF; W",
			"16 00 00 00 00", "10 12 34 56", NULL, FLASH_DONE}},
	{"MX25U25635F", {"17 too short", "06", "17 F0 12 34", NULL, NULL, FLASH_SHORT_FRAME}},
	{"MX25U25635F", {"17 without WEL", "", "17 F0 12 34 56", NULL, NULL, FLASH_WEL_CLEAR}},
	{"MX25U25635F",
		{"18", "06; 17 F0 12 34 56; W; 06; 18; W", "16 00 00 00 00", "FF FF FF FF", NULL,
			FLASH_DONE}},
	{"MX25U25635F",
		{"reset keeps it", "06; 17 F0 12 34 56; W; 66; 99; T100000", "16 00 00 00 00",
			"F0 12 34 56", NULL, FLASH_DONE}},
	{"MX25L12845E", {"EF", "", "EF 00 00 00 00 00", "C2 17", NULL, FLASH_DONE}},
	{"MX25L12845E", {"DF", "", "DF 00 00 01 00 00", "17 C2", NULL, FLASH_DONE}},
	{"MX25L12845E", {"CF", "", "CF 00 00 00 00 00", "C2 17", NULL, FLASH_DONE}},
	{"MX25L12845E", {"no 3B", "", "3B 00 00 00 00 00", "FF", NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25L25635E", {"6B", "06; 01 40; W", "6B 00 00 00 00 00", NULL, NULL, FLASH_DONE}},
	/* The model has no 5A; the part does, and Linux tells it from the F by its table. */
	{"MX25L25635E", {"5A", "", "5A 00 00 40 00 00", "EE", NULL, FLASH_DONE}},
	{"MX25L25635E", {"no 13", "", "13 00 00 00 00 00", "FF", NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25L25635E",
		{"B7 tells in the security register", "B7", "2B 00", "04", NULL, FLASH_DONE}},
	{"MX25L12845E",
		{"AD", "06; AD 00 00 10 12 34; W; AD 56 78; W; 04", "03 00 00 10 00 00 00 00",
			"12 34 56 78", NULL, FLASH_DONE}},
	{"MX25L12845E",
		{"AD is told", "06; AD 00 00 10 12 34; W", "2B 00", "10", NULL, FLASH_DONE}},
	{"MX25L6405D",
		{"AD is told in SR1", "06; AD 00 00 10 12 34; W", "05 00", "42", NULL, FLASH_DONE}},
	{"MX25L6405D",
		{"04 ends it", "06; AD 00 00 10 12 34; W; 04", "05 00", "00", NULL, FLASH_DONE}},
	{"MX25L6436F",
		{"B1: an OTP area of 1024 bytes", "B1; 06; 02 00 03 FF A5; W", "03 00 03 FF 00",
			"A5", NULL, FLASH_DONE}},
	{"MX25L6436F", {"2F", "06; 2F; W", "2B 00", "02", NULL, FLASH_DONE}},
	{"MX25L6436F", {"38 needs QE", "06", "38 00 00 00 00", NULL, NULL, FLASH_QUAD_DISABLED}},
	{"MX25L6436F", {"C0", "", "C0 00", NULL, NULL, FLASH_DONE}},
	{"MX25R6435F", {"no 32", "06", "32 00 00 00 00", NULL, NULL, FLASH_UNKNOWN_OPCODE}},
	{"MX25L25735F",
		{"4 address bytes", "06; 02 01 00 00 10 A5; W", "03 01 00 00 10 00", "A5", NULL,
			FLASH_DONE}},
	{"MX25L25735F", {"no way to 3", "", "E9", NULL, NULL, FLASH_UNKNOWN_OPCODE}},
};

START_TEST(a_part_has_the_commands_of_its_own_document)
{
	check(command_rows, G_N_ELEMENTS(command_rows));
}
END_TEST

/* The opcodes that a model decodes; without: those of them that the engine or the part lacks. */
static const struct {
	const char *part, *opcodes, *without;
} opcode_rows[] = {
	{"MX25L1006E", "01 02 03 04 05 06 0B 20 3B 52 5A 60 90 9F AB B9 C7 D8", ""},
	/* 21 write read-lock, 70 80 BUSY on SO, A1 F1 parameters. */
	{"MX25L6405D",
		"01 02 03 04 05 06 0B 20 21 2B 2F 60 70 80 90 9F A1 AB AD B1 B9 BB C1 C7 D8 EF F1",
		"21 70 80 A1 F1"},
	/* 0D BD ED double data rate, 45 55 parallel mode, A3 performance. */
	{"MX25L12845E",
		"01 02 03 04 05 06 0B 0D 20 2B 2F 30 36 38 39 3C 45 52 55 5A 60 68 70 7E 80 90 98 "
		"9F A3 AB AD B1 B9 BB BD C1 C7 CF D8 DF EB ED EF",
		"0D 45 55 70 80 A3 BD ED"},
	/* 5A is not in the model, but in the chip. */
	{"MX25L25635E",
		"01 02 03 04 05 06 0B 20 2B 2F 30 36 38 39 3B 3C 52 5A 60 68 6B 70 7E 80 90 98 "
		"9F A3 AB AD B1 B7 B9 BB C1 C7 D8 DF E9 EB EF",
		"70 80 A3"},
	/* 00 no operation, 2C 2D lock register, 41 factory mode; 35 AF F5 are of the sister with
	 * QPI. */
	{"MX25L12833F",
		"00 01 02 03 04 05 06 0B 15 20 2B 2C 2D 2F 30 35 38 3B 41 52 5A 60 66 68 6B 75 7A "
		"7E 90 98 99 9F AB AF B0 B1 B9 BB C0 C1 C7 D8 E0 E1 E2 E3 E4 EB F5",
		"00 2C 2D 35 41 AF F5"},
	/* 68 is of the -08G. */
	{"MX25L6436F",
		"00 01 02 03 04 05 06 0B 15 20 2B 2F 30 38 3B 52 5A 60 66 68 6B 75 77 7A 90 99 9F "
		"AB B0 B1 B9 BB C0 C1 C7 D8 EB",
		"00 68"},
	/* AF ID in QPI, E7 and EA quad reads. */
	{"MX25U3235F",
		"00 01 02 03 04 05 06 0B 20 2B 2F 30 35 36 38 39 3B 3C 52 5A 60 66 68 6B 7E 90 98 "
		"99 9F AB AF B0 B1 B9 BB C0 C1 C7 D8 E7 EB F5",
		"00 AF E7"},
	{"MX25U25635F",
		"00 01 02 03 04 05 06 0B 0C 12 13 15 16 17 18 20 21 2B 2F 30 35 38 3B 3C 3E 52 5A "
		"5C 60 66 6B 6C 90 99 9F AB AF B0 B1 B7 B9 BB BC C0 C1 C5 C7 C8 D8 DC E9 EA EB EC "
		"F5",
		"00 AF EA"},
	/* 27 28 29 password, ED EE double data rate. */
	{"MX25U51245G",
		"00 01 02 03 04 05 06 0B 0C 12 13 15 16 17 18 20 21 27 28 29 2B 2C 2D 2F 30 35 38 "
		"3B 3C 3E 52 5A 5C 60 66 68 6B 6C 75 7A 7E 90 98 99 9F AB AF B0 B1 B7 B9 BB BC C0 "
		"C1 C5 C7 C8 D8 DC E0 E1 E2 E3 E4 E9 EB EC ED EE F5",
		"00 27 28 29 2C 2D AF ED EE"},
};

static bool
lists(const char *opcodes, uint8_t opcode)
{
	uint8_t bytes[FIXTURE_FRAME_MAX];
	size_t n = fixture_parse(opcodes, bytes);

	return memchr(bytes, opcode, n) != NULL;
}

START_TEST(a_part_has_the_opcodes_of_its_model)
{
	for (size_t i = 0; i < G_N_ELEMENTS(opcode_rows); i++) {
		const struct flash_part *part = chips_find(opcode_rows[i].part);

		for (unsigned int opcode = 0; opcode < 256; opcode++) {
			struct fixture *f = fixture_new_part(part);
			uint8_t byte = (uint8_t)opcode;
			bool wanted = lists(opcode_rows[i].opcodes, byte) &&
				!lists(opcode_rows[i].without, byte);
			bool there = fixture_frame(f, &byte, 1, 0) != FLASH_UNKNOWN_OPCODE;

			ck_assert_msg(there == wanted, "%s: opcode %02X is %s", part->name, opcode,
				there ? "not in its model" : "missing");
			fixture_destroy(f);
		}
	}
}
END_TEST

static const struct silicon_row protect_rows[] = {
	{"MX25L12845E",
		{"BP 1 is 128 KiB", "06; 01 04; W; 06; 02 FE 00 00 11", "2B 00", "20", NULL,
			FLASH_DONE}},
	{"MX25L12845E",
		{"and no more", "06; 01 04; W; 06", "02 FD FF 00 11", NULL, NULL, FLASH_DONE}},
	{"MX25L12845E",
		{"BP 7 is half", "06; 01 1C; W; 06", "02 80 00 00 11", NULL, NULL,
			FLASH_PROTECTED}},
	{"MX25L12845E",
		{"BP 8 is all", "06; 01 20; W; 06", "02 00 00 00 11", NULL, NULL, FLASH_PROTECTED}},
	{"MX25L25635E",
		{"BP 8 is half: below", "06; 01 20; W; B7; 06", "02 00 FF FF 00 11", NULL, NULL,
			FLASH_DONE}},
	{"MX25L25635E",
		{"BP 8 is half: above", "06; 01 20; W; B7; 06", "02 01 00 00 00 11", NULL, NULL,
			FLASH_PROTECTED}},
	{"MX25L25635E",
		{"BP 9 is all", "06; 01 24; W; 06", "02 00 00 00 11", NULL, NULL, FLASH_PROTECTED}},
	{"MX25L6405D",
		{"BP 1 is 128 KiB", "06; 01 04; W; 06", "02 7E 00 00 11", NULL, NULL,
			FLASH_PROTECTED}},
	{"MX25L6405D",
		{"and no more", "06; 01 04; W; 06", "02 7D FF 00 11", NULL, NULL, FLASH_DONE}},
	{"MX25L6405D",
		{"BP 8 is all", "06; 01 20; W; 06", "02 00 00 00 11", NULL, NULL, FLASH_PROTECTED}},
	{"MX25L6405D",
		{"BP 9 is the lower half", "06; 01 24; W; 06", "02 3F FF 00 11", NULL, NULL,
			FLASH_PROTECTED}},
	{"MX25L6405D",
		{"not the upper one", "06; 01 24; W; 06", "02 40 00 00 11", NULL, NULL,
			FLASH_DONE}},
	{"MX25L6405D",
		{"BP 14 is all but 128 KiB", "06; 01 38; W; 06", "02 7D FF 00 11", NULL, NULL,
			FLASH_PROTECTED}},
	{"MX25L6405D",
		{"WEL stays after a refusal", "06; 01 04; W; 06; 02 7E 00 00 11", "05 00", "06",
			NULL, FLASH_DONE}},
	{"MX25L12805D",
		{"BP 1 is 128 KiB", "06; 01 04; W; 06", "02 FE 00 00 11", NULL, NULL,
			FLASH_PROTECTED}},
	{"MX25L12805D",
		{"BP 8 is all", "06; 01 20; W; 06", "02 00 00 00 11", NULL, NULL, FLASH_PROTECTED}},
	{"MX25L12833F",
		{"BP 8 is half", "06; 01 20; W; 06", "02 7F FF 00 11", NULL, NULL, FLASH_DONE}},
};

START_TEST(bp_bits_of_macronix_select_the_ranges_of_its_models)
{
	check(protect_rows, G_N_ELEMENTS(protect_rows));
}
END_TEST

/* A name with 73: QE is 1 and stays (MX25L25673G data sheet: quad I/O mode is permanently enabled;
 * MX25L6473F, MX25L3273F, MX25L12873F answer 40 to 05). */
START_TEST(qe_of_the_73_parts_is_fixed)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, "MX25");
	unsigned int n = 0;

	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = parts->pdata[i];
		const char *digits = strpbrk(part->name + 4, "0123456789");
		size_t length = strspn(digits, "0123456789");
		struct fixture *f;

		if (strncmp(digits + length - 2, "73", 2) != 0)
			continue;
		f = fixture_new_part(part);
		fixture_run(f, "05 00");
		fixture_assert_miso(f, "40", part->name);
		fixture_run(f, "06; 01 00; W; 05 00");
		fixture_assert_miso(f, "40", part->name);
		fixture_destroy(f);
		n++;
	}
	ck_assert_uint_eq(n, 7);
}
END_TEST

Suite *
suite_flash_silicon_macronix(void)
{
	Suite *suite = suite_create("flash_silicon_macronix");
	TCase *tcase = tcase_create("flash-silicon-macronix");

	tcase_add_checked_fixture(tcase, chips_setup, chips_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_suspend_of_macronix_is_as_in_its_models);
	tcase_add_test(tcase, a_suspend_needs_a_pause_from_the_last_resume);
	tcase_add_test(tcase, registers_of_macronix_are_as_in_its_models);
	tcase_add_test(tcase, a_part_has_the_commands_of_its_own_document);
	tcase_add_test(tcase, a_part_has_the_opcodes_of_its_model);
	tcase_add_test(tcase, bp_bits_of_macronix_select_the_ranges_of_its_models);
	tcase_add_test(tcase, qe_of_the_73_parts_is_fixed);
	suite_add_tcase(suite, tcase);
	return suite;
}
