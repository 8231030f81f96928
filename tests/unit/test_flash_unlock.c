/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Methods to write status registers that a W25Q128JV lacks, and the state after a rejected command:
 * EWSR and BPL of SST25 parts, FREEZE, BPNV, error flags and CLSR of an S25FL128S, and failure
 * flags without CLSR.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define REPORT(bit)                                \
	{                                          \
		.function = bit, .read_only = true \
	}
#define VOLATILE(bit)                                \
	{                                            \
		.function = bit, .is_volatile = true \
	}
#define PLAIN(bit)              \
	{                       \
		.function = bit \
	}

static const struct flash_register_bit none[8];

/* --- SST25 --- */

static void
sst25_init(struct flash_part *part, const char *wrsr)
{
	static const struct flash_register_bit sr1[8] = {PLAIN(FLASH_BIT_SRP),
		PLAIN(FLASH_BIT_NONE), VOLATILE(FLASH_BIT_USER), VOLATILE(FLASH_BIT_BP2),
		VOLATILE(FLASH_BIT_BP1), VOLATILE(FLASH_BIT_BP0), REPORT(FLASH_BIT_WEL),
		REPORT(FLASH_BIT_BUSY)};
	g_autofree char *commands =
		g_strconcat("WREN WRDI EWSR RDSR1 READ PP RSTEN RST ", wrsr, NULL);

	fixture_part_init(part);
	part->wrsr_bytes = 1;
	part->wel_kept_on_reject = false;
	part->timing[FLASH_T_W] = (struct flash_time){0, 0};
	memset(part->status_default, 0, sizeof(part->status_default));
	part->status_default[0] = 0x1c;
	fixture_set_register(part, 1, sr1);
	fixture_set_register(part, 2, none);
	fixture_set_register(part, 3, none);
	fixture_set_commands(part, commands);
}

static const struct fixture_row sst25_rows[] = {
	{"as delivered: protected", "06", "02 00 00 00 00", NULL, "1C FF FF", FLASH_PROTECTED},
	{"50 01 acts at once", "50; 01 00", "", NULL, "00 FF FF", FLASH_DONE},
	{"50 does not change WEL", "50", "05 00", "1C", "1C FF FF", FLASH_DONE},
	{"50 does not replace WEL for programs", "50; 01 00; 50", "02 00 00 00 00", NULL,
		"00 FF FF", FLASH_WEL_CLEAR},
	{"01 without 50", "", "01 00", NULL, "1C FF FF", FLASH_WEL_CLEAR},
	{"50 acts on the next frame only", "50; 05 00", "01 00", NULL, "1C FF FF", FLASH_WEL_CLEAR},
	{"50 allows one write", "50; 01 0C", "01 00", NULL, "0C FF FF", FLASH_WEL_CLEAR},
	{"an invalid 01 ends 50", "50; 01 00 +1", "01 00", NULL, "1C FF FF", FLASH_WEL_CLEAR},
	{"a reset ends 50", "50; 66; 99; T30000", "01 00", NULL, "1C FF FF", FLASH_WEL_CLEAR},
	{"power loss ends 50", "50; P", "01 00", NULL, "1C FF FF", FLASH_WEL_CLEAR},
	{"power-up protects again", "50; 01 00; P", "", NULL, "1C FF FF", FLASH_DONE},
	{"BP3 is written", "50; 01 3C", "", NULL, "3C FF FF", FLASH_DONE},
	{"BPL survives power loss", "50; 01 80; P", "", NULL, "9C FF FF", FLASH_DONE},
	{"BPL, WP# low", "50; 01 80; L; 50", "01 00", NULL, "80 FF FF", FLASH_STATUS_PROTECTED},
	{"BPL, WP# high", "50; 01 80; 50; 01 00", "", NULL, "00 FF FF", FLASH_DONE},
	{"WP# low: BPL can be set", "L; 50; 01 9C", "", NULL, "9C FF FF", FLASH_DONE},
	{"erase of an unprotected sector", "50; 01 04; 06", "20 00 00 00", NULL, "07 FF FF",
		FLASH_DONE},
};

START_TEST(ewsr_enables_one_status_write)
{
	static const struct fixture_row either[] = {
		{"06 allows 01 too", "06; 01 00", "", NULL, "00 FF FF", FLASH_DONE},
	};
	static const struct fixture_row ewsr_only[] = {
		{"06 does not allow 01", "06", "01 00", NULL, "1E FF FF", FLASH_WEL_CLEAR},
		{"50 allows 01 with and without WEL", "06; 50; 01 00", "", NULL, "00 FF FF",
			FLASH_DONE},
	};
	struct flash_part part;

	sst25_init(&part, "WRSR");
	fixture_check_rows_of(&part, sst25_rows, G_N_ELEMENTS(sst25_rows));
	fixture_check_rows_of(&part, either, G_N_ELEMENTS(either));
	sst25_init(&part, "WRSR_EWSR");
	fixture_check_rows_of(&part, sst25_rows, G_N_ELEMENTS(sst25_rows));
	fixture_check_rows_of(&part, ewsr_only, G_N_ELEMENTS(ewsr_only));
}
END_TEST

/* --- Spansion --- */

static void
spansion_init(struct flash_part *part)
{
	static const struct flash_register_bit sr1[8] = {PLAIN(FLASH_BIT_SRP),
		REPORT(FLASH_BIT_P_FAIL), REPORT(FLASH_BIT_E_FAIL), PLAIN(FLASH_BIT_BP2),
		PLAIN(FLASH_BIT_BP1), PLAIN(FLASH_BIT_BP0), REPORT(FLASH_BIT_WEL),
		REPORT(FLASH_BIT_BUSY)};
	static const struct flash_register_bit cr1[8] = {PLAIN(FLASH_BIT_USER),
		PLAIN(FLASH_BIT_USER), {.function = FLASH_BIT_TB, .otp = true},
		PLAIN(FLASH_BIT_NONE), {.function = FLASH_BIT_BPNV_O, .otp = true},
		{.function = FLASH_BIT_USER, .otp = true}, PLAIN(FLASH_BIT_QE),
		VOLATILE(FLASH_BIT_FREEZE)};

	fixture_part_init(part);
	part->wel_kept_on_reject = false;
	part->busy_after_failure = true;
	memset(part->status_default, 0, sizeof(part->status_default));
	fixture_set_register(part, 1, sr1);
	fixture_set_register(part, 2, cr1);
	fixture_set_register(part, 3, none);
	fixture_set_commands(part, "WREN WRDI RDSR1 RDCR:35 WRSR CLSR READ PP RSTEN RST SUSPEND");
}

#define PROTECT "06; 01 1C; W; "

static const struct fixture_row spansion_rows[] = {
	{"refused program: P_ERR, BUSY and WEL", PROTECT "06", "02 00 00 00 00", NULL, "5F 00 FF",
		FLASH_PROTECTED},
	{"refused erase: E_ERR, BUSY and WEL", PROTECT "06", "D8 00 00 00", NULL, "3F 00 FF",
		FLASH_PROTECTED},
	{"refused chip erase: no error", PROTECT "06", "C7", NULL, "1C 00 FF", FLASH_PROTECTED},
	{"the error does not end with time", PROTECT "06; D8 00 00 00; T999999999999", "05 00",
		NULL, "3F 00 FF", FLASH_DONE},
	{"other commands are refused after an error", PROTECT "06; D8 00 00 00", "03 00 00 00 00",
		"FF", "3F 00 FF", FLASH_BUSY},
	{"04 is refused after an error", PROTECT "06; D8 00 00 00", "04", NULL, "3F 00 FF",
		FLASH_BUSY},
	{"75 is refused after an error", PROTECT "06; D8 00 00 00", "75", NULL, "3F 00 FF",
		FLASH_NOT_SUSPENDABLE},
	{"30 clears the error", PROTECT "06; D8 00 00 00; 30", "", NULL, "1C 00 FF", FLASH_DONE},
	{"30 clears the error of a program", PROTECT "06; 02 00 00 00 00; 30", "", NULL, "1C 00 FF",
		FLASH_DONE},
	{"commands are executed after 30", PROTECT "06; D8 00 00 00; 30; 06; 01 00; W; 06",
		"D8 00 00 00", NULL, "03 00 FF", FLASH_DONE},
	{"a reset clears the error", PROTECT "06; D8 00 00 00; 66; 99; T30000", "", NULL,
		"1C 00 FF", FLASH_DONE},
	{"power loss clears the error", PROTECT "06; D8 00 00 00; P", "05 00", NULL, "1C 00 FF",
		FLASH_DONE},
	{"30 does not end an operation", "06; D8 00 00 00", "30", NULL, "03 00 FF", FLASH_DONE},

	{"FREEZE keeps BP", "06; 01 04 01; W; 06; 01 00 00; W", "", NULL, "04 01 FF", FLASH_DONE},
	{"FREEZE does not keep SRWD and QUAD", "06; 01 04 01; W; 06; 01 80 02; W", "", NULL,
		"84 03 FF", FLASH_DONE},
	{"FREEZE keeps TBPROT", "06; 01 00 01; W; 06; 01 00 20; W", "", NULL, "00 01 FF",
		FLASH_DONE},
	{"a reset does not end FREEZE", "06; 01 04 01; W; 66; 99; T30000; 06; 01 00 00; W", "",
		NULL, "04 01 FF", FLASH_DONE},
	{"power loss ends FREEZE", "06; 01 04 01; W; P; 06; 01 00 00; W", "", NULL, "00 00 FF",
		FLASH_DONE},
	{"TBPROT is permanent", "06; 01 00 20; W; 06; 01 00 00; W", "", NULL, "00 20 FF",
		FLASH_DONE},
	{"01 with one byte leaves CR1", "06; 01 00 22; W; 06; 01 04; W", "", NULL, "04 22 FF",
		FLASH_DONE},

	{"BPNV: BP is 111 after power-up", "06; 01 00 08; W; P", "", NULL, "1C 08 FF", FLASH_DONE},
	{"BPNV: BP can be cleared", "06; 01 00 08; W; P; 06; 01 00; W; 06", "D8 00 00 00", NULL,
		"03 08 FF", FLASH_DONE},
	{"BPNV: BP is 111 again after power-up", "06; 01 00 08; W; P; 06; 01 00; W; P; 06", "C7",
		NULL, "1C 08 FF", FLASH_PROTECTED},
};

START_TEST(failures_keep_spansion_parts_busy_until_clsr)
{
	struct flash_part part;

	spansion_init(&part);
	fixture_check_rows_of(&part, spansion_rows, G_N_ELEMENTS(spansion_rows));
}
END_TEST

/* The instant corner has no operation times, but waiting for CLSR is not a matter of time. */
START_TEST(the_instant_corner_waits_for_clsr_too)
{
	struct flash_part part;
	struct fixture *f;

	spansion_init(&part);
	f = fixture_new_part(&part);
	flash_set_corner(f->chip, FLASH_CORNER_INSTANT);
	fixture_run(f, "06; 01 1C; 06; 20 00 00 00");
	fixture_assert_status(f, "3F 00 FF", "refused");
	fixture_run(f, "30");
	fixture_assert_status(f, "1C 00 FF", "cleared");
	fixture_destroy(f);
}
END_TEST

/* --- flags --- */

/* Intel's S33: one flag for both, set until 30. Macronix: two, cleared by the next success. */
START_TEST(failure_flags_are_cleared_as_in_the_data_sheet)
{
	static const struct flash_register_bit s33[8] = {PLAIN(FLASH_BIT_SRP),
		PLAIN(FLASH_BIT_NONE), REPORT(FLASH_BIT_EPFAIL), PLAIN(FLASH_BIT_BP2),
		PLAIN(FLASH_BIT_BP1), PLAIN(FLASH_BIT_BP0), REPORT(FLASH_BIT_WEL),
		REPORT(FLASH_BIT_BUSY)};
	static const struct flash_register_bit two[8] = {PLAIN(FLASH_BIT_NONE),
		REPORT(FLASH_BIT_E_FAIL), REPORT(FLASH_BIT_P_FAIL), PLAIN(FLASH_BIT_NONE),
		PLAIN(FLASH_BIT_NONE), PLAIN(FLASH_BIT_NONE), PLAIN(FLASH_BIT_NONE),
		PLAIN(FLASH_BIT_NONE)};
	static const struct fixture_row s33_rows[] = {
		{"refused program", PROTECT "06", "02 00 00 00 00", NULL, "3C FF FF",
			FLASH_PROTECTED},
		{"refused erase", PROTECT "06", "20 00 00 00", NULL, "3C FF FF", FLASH_PROTECTED},
		{"an operation without error does not clear the error",
			PROTECT "06; 20 00 00 00; 06; 01 00; W; 06; 20 00 00 00; W", "", NULL,
			"20 FF FF", FLASH_DONE},
		{"30 clears the error", PROTECT "06; 20 00 00 00; 30", "", NULL, "1C FF FF",
			FLASH_DONE},
		{"power loss clears the error", PROTECT "06; 20 00 00 00; P", "05 00", NULL,
			"1C FF FF", FLASH_DONE},
	};
	static const struct fixture_row two_rows[] = {
		{"refused program", PROTECT "06", "02 00 00 00 00", NULL, "3C 20 FF",
			FLASH_PROTECTED},
		{"refused erase", PROTECT "06", "20 00 00 00", NULL, "3C 40 FF", FLASH_PROTECTED},
		{"refused chip erase", PROTECT "06", "C7", NULL, "3C 40 FF", FLASH_PROTECTED},
		{"an erase without error clears the erase error",
			PROTECT
			"06; 20 00 00 00; 06; 02 00 00 00 00; 06; 01 00; W; 06; 20 00 00 00; W",
			"", NULL, "00 20 FF", FLASH_DONE},
	};
	struct flash_part part;

	fixture_part_init(&part);
	part.wel_kept_on_reject = false;
	memset(part.status_default, 0, sizeof(part.status_default));
	fixture_set_register(&part, 1, s33);
	fixture_set_register(&part, 2, none);
	fixture_set_register(&part, 3, none);
	fixture_set_commands(&part, "WREN WRDI RDSR1 WRSR READ PP CLSR");
	fixture_check_rows_of(&part, s33_rows, G_N_ELEMENTS(s33_rows));
	/* EPFAIL is cleared like the two others on parts without CLSR. */
	fixture_set_register(&part, 2, two);
	fixture_set_commands(&part, "WREN WRDI RDSR1 RDSR2 WRSR READ PP");
	fixture_check_rows_of(&part, two_rows, G_N_ELEMENTS(two_rows));
}
END_TEST

/* Three data bytes: all registers in one write (GD25Q256D and others). */
START_TEST(three_bytes_write_three_registers)
{
	static const struct fixture_row rows[] = {
		{"01 with three bytes", "06; 01 04 42 04; W", "", NULL, "04 42 04", FLASH_DONE},
		{"01 with two bytes does not change SR3", "06; 01 04 42; W", "", NULL, "04 42 60",
			FLASH_DONE},
		{"01 with four bytes", "06", "01 04 42 04 00", NULL, "02 02 60", FLASH_LONG_FRAME},
		{"volatile 01 with three bytes", "50; 01 04 42 04; P", "", NULL, "00 02 60",
			FLASH_DONE},
	};
	struct flash_part part;

	fixture_part_init(&part);
	part.wrsr_bytes = 3;
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

Suite *
suite_flash_unlock(void)
{
	Suite *suite = suite_create("flash_unlock");
	TCase *tcase = tcase_create("unlock");

	fixture_prepare();
	tcase_add_test(tcase, ewsr_enables_one_status_write);
	tcase_add_test(tcase, failures_keep_spansion_parts_busy_until_clsr);
	tcase_add_test(tcase, the_instant_corner_waits_for_clsr_too);
	tcase_add_test(tcase, failure_flags_are_cleared_as_in_the_data_sheet);
	tcase_add_test(tcase, three_bytes_write_three_registers);
	suite_add_tcase(suite, tcase);
	return suite;
}
