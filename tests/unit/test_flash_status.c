/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Status registers of a W25Q128JV: data sheet revision M, 7.1 and 8.2.1-8.2.5. It does not specify
 * how long 50 lasts, nor WEL after a write that a lock rejects (here: set, as in Winbond's model of
 * the W25Q32JV).
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static const struct fixture_row rows[] = {
	{"as delivered", "", "05 00", "00", "00 02 60", FLASH_DONE},
	{"05 repeats", "06", "05 00 00 00", "FF 02 02 02", "02 02 60", FLASH_DONE},
	{"35 repeats", "", "35 00 00 00", "FF 02 02 02", NULL, FLASH_DONE},
	{"15 repeats", "", "15 00 00 00", "FF 60 60 60", NULL, FLASH_DONE},
	{"06", "", "06", "FF", "02 02 60", FLASH_DONE},
	{"04", "06", "04", "FF", "00 02 60", FLASH_DONE},
	{"50 does not set WEL", "", "50", "FF", "00 02 60", FLASH_DONE},

	{"01, one byte: SR2 stays", "06; 01 00 42; W; 06; 01 1C; W", "", NULL, "1C 42 60",
		FLASH_DONE},
	{"01 takes tW, old values until then", "06", "01 FC", NULL, "03 02 60", FLASH_DONE},
	{"01: WEL and BUSY are read-only", "06; 01 FF; W", "", NULL, "FC 02 60", FLASH_DONE},
	{"01: WEL and BUSY are not cleared by 0", "06", "01 00", NULL, "03 02 60", FLASH_DONE},
	{"01, two bytes", "06; 01 A8 40; W", "", NULL, "A8 42 60", FLASH_DONE},
	{"01, three bytes", "06", "01 1C 40 00", NULL, "02 02 60", FLASH_LONG_FRAME},
	{"01 without data", "06", "01", NULL, "02 02 60", FLASH_SHORT_FRAME},
	{"01, nine bits", "06", "01 1C +1", NULL, "02 02 60", FLASH_BYTE_BOUNDARY},
	{"01, seventeen bits", "06", "01 1C 40 +1", NULL, "02 02 60", FLASH_BYTE_BOUNDARY},
	{"01 without WEL", "", "01 1C", NULL, "00 02 60", FLASH_WEL_CLEAR},
	{"31", "06; 31 42; W", "", NULL, "00 42 60", FLASH_DONE},
	{"31: SUS, QE and the reserved bit stay", "06; 31 FE; W", "", NULL, "00 7A 60", FLASH_DONE},
	{"31: QE is fixed", "06; 31 00; W", "", NULL, "00 02 60", FLASH_DONE},
	{"31, two bytes", "06", "31 40 00", NULL, "02 02 60", FLASH_LONG_FRAME},
	{"11", "06; 11 04; W", "", NULL, "00 02 04", FLASH_DONE},
	{"11: reserved bits", "06; 11 FF; W", "", NULL, "00 02 64", FLASH_DONE},
	{"11, two bytes", "06", "11 04 00", NULL, "02 02 60", FLASH_LONG_FRAME},

	{"LB1 is permanent", "06; 31 08; W; 06; 31 00; W", "", NULL, "00 0A 60", FLASH_DONE},
	{"LB1 to LB3, one at a time", "06; 31 08; W; 06; 31 10; W; 06; 01 00 20; W", "", NULL,
		"00 3A 60", FLASH_DONE},
	{"LB survives power loss", "06; 31 38; W; P; 06; 31 00; W", "", NULL, "00 3A 60",
		FLASH_DONE},

	{"volatile write, at once", "50", "01 1C", NULL, "1C 02 60", FLASH_DONE},
	{"volatile 31", "50", "31 40", NULL, "00 42 60", FLASH_DONE},
	{"volatile 11", "50", "11 04", NULL, "00 02 04", FLASH_DONE},
	{"volatile 01, two bytes", "50", "01 1C 40", NULL, "1C 42 60", FLASH_DONE},
	{"a volatile write does not change LB", "50", "31 38", NULL, "00 02 60", FLASH_DONE},
	{"50 is for one write", "50; 01 1C", "01 00", NULL, "1C 02 60", FLASH_WEL_CLEAR},
	{"50 is for status writes only", "50", "20 00 00 00", NULL, "00 02 60", FLASH_WEL_CLEAR},
	{"volatile bits end with power loss", "50; 01 1C; 50; 31 40; 50; 11 04; P", "", NULL,
		"00 02 60", FLASH_DONE},
	{"volatile bits end with a reset", "50; 01 1C; 50; 31 40; 50; 11 04; 66; 99; T30000", "",
		NULL, "00 02 60", FLASH_DONE},
	{"non-volatile bits stay", "06; 01 1C 40; W; 06; 11 04; W; P; 66; 99; T30000", "", NULL,
		"1C 42 04", FLASH_DONE},
	{"a volatile write does not change the stored bits", "06; 01 1C; W; 50; 01 00; P", "", NULL,
		"1C 02 60", FLASH_DONE},
	{"power loss after the end of tW", "06; 01 1C; T10000000; P", "", NULL, "1C 02 60",
		FLASH_DONE},

	{"SRL locks", "06; 31 01; W; 06", "01 1C", NULL, "02 03 60", FLASH_STATUS_PROTECTED},
	{"SRL locks 31", "06; 31 01; W; 06", "31 00", NULL, "02 03 60", FLASH_STATUS_PROTECTED},
	{"SRL locks 11", "06; 31 01; W; 06", "11 00", NULL, "02 03 60", FLASH_STATUS_PROTECTED},
	{"SRL locks volatile writes", "06; 31 01; W; 50", "01 1C", NULL, "00 03 60",
		FLASH_STATUS_PROTECTED},
	{"SRL by a volatile write", "50; 31 01; 06", "01 1C", NULL, "02 03 60",
		FLASH_STATUS_PROTECTED},
	{"SRL acts beside SRP", "06; 01 80 01; W; 06", "01 1C", NULL, "82 03 60",
		FLASH_STATUS_PROTECTED},
	{"power loss clears SRL", "06; 31 01; W; P; 06; 01 1C; W", "", NULL, "1C 02 60",
		FLASH_DONE},
	{"power loss clears SRL with SRP", "06; 01 80 01; W; P; 06; 01 1C; W", "", NULL, "1C 02 60",
		FLASH_DONE},
	{"a reset does not clear SRL", "06; 31 01; W; 66; 99; T30000; 06", "01 1C", NULL,
		"02 03 60", FLASH_STATUS_PROTECTED},
	{"a reset does not clear a volatile SRL", "50; 31 01; 66; 99; T30000; 06", "01 1C", NULL,
		"02 03 60", FLASH_STATUS_PROTECTED},
};

START_TEST(status_commands_act_as_in_the_data_sheet)
{
	fixture_check_rows(rows, G_N_ELEMENTS(rows));
}
END_TEST

/* SRP applies only while WP# is low and not IO2 (QE = 0, as in ordering code IM; 4.1). */
START_TEST(wp_locks_the_registers_unless_it_is_a_lane)
{
	for (unsigned int i = 0; i < 8; i++) {
		bool srp = i & 1;
		bool wp = i & 2;
		bool qe = i & 4;
		bool locked = srp && !wp && !qe;
		struct flash_part part;
		struct fixture *f;

		fixture_part_init(&part);
		part.status_default[0] = srp ? 0x80 : 0x00;
		part.status_default[1] = qe ? 0x02 : 0x00;
		f = fixture_new_part(&part);
		flash_pin(f->chip, FLASH_PIN_WP, wp);
		fixture_run(f, "06");
		ck_assert_int_eq(
			fixture_run(f, "01 04"), locked ? FLASH_STATUS_PROTECTED : FLASH_DONE);
		ck_assert_int_eq(flash_is_busy(f->chip), !locked);
		fixture_run(f, "W; 04; 50");
		ck_assert_int_eq(
			fixture_run(f, "11 00"), locked ? FLASH_STATUS_PROTECTED : FLASH_DONE);
		fixture_destroy(f);
	}
}
END_TEST

/* Earlier generations clear CMP, QE and SRP1 with a one-byte 01 (8.2.5); LB is OTP. */
START_TEST(a_short_write_clears_register_2_of_older_parts)
{
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	part.wrsr_short_clears = true;
	part.status[1][1].read_only = false;
	f = fixture_new_part(&part);
	fixture_run(f, "06; 31 4A; W");
	fixture_assert_status(f, "00 4A 60", "before");
	fixture_run(f, "06; 01 1C; W");
	fixture_assert_status(f, "1C 08 60", "after");
	fixture_destroy(f);
}
END_TEST

/* Older parts: SRP1 with SRP0 locks permanently; a rejected write may clear WEL on others. */
START_TEST(srp1_with_srp0_locks_older_parts_permanently)
{
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	part.srl_srp_permanent = true;
	part.wel_kept_on_reject = false;
	f = fixture_new_part(&part);
	fixture_run(f, "06; 01 80 01; W; P; 06");
	ck_assert_int_eq(fixture_run(f, "01 00"), FLASH_STATUS_PROTECTED);
	fixture_assert_status(f, "80 03 60", "locked");
	fixture_destroy(f);
	f = fixture_new_part(&part);
	fixture_run(f, "06; 01 00 01; W; P");
	fixture_assert_status(f, "00 02 60", "SRP1 alone goes with power");
	fixture_destroy(f);
}
END_TEST

/* Non-volatile writes are reported, volatile ones are not. */
START_TEST(non_volatile_changes_are_reported)
{
	static const struct {
		const char *script;
		unsigned int told;
	} cases[] = {
		{"06; 01 1C; W", 1},
		{"06; 01 1C", 0},
		{"50; 01 1C", 0},
		{"06; 31 01; W; P", 2}, /* SRL is cleared */
		{"06; 42 00 10 00 00; W", 1},
		{"06; 44 00 10 00; W", 1},
		{"06; 02 00 00 00 00; W", 0},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct fixture *f = fixture_new();

		fixture_run(f, cases[i].script);
		ck_assert_msg(fixture_count(f, FLASH_EVENT_NONVOLATILE) == cases[i].told, "%s",
			cases[i].script);
		fixture_destroy(f);
	}
}
END_TEST

/* Another chip loads the state, as from a file. */
START_TEST(stored_state_restores_the_chip)
{
	struct fixture *f = fixture_new();
	struct fixture *g = fixture_new();
	const struct flash_nonvolatile *from;
	const struct flash_nonvolatile *to;
	size_t n_from;
	size_t n_to;

	fixture_run(f, "06; 01 1C 48; W; 06; 11 44; W; 06; 42 00 20 05 77; W");
	from = flash_nonvolatile(f->chip, &n_from);
	to = flash_nonvolatile(g->chip, &n_to);
	ck_assert_uint_eq(n_from, n_to);
	for (size_t i = 0; i < n_from; i++) {
		ck_assert_str_eq(from[i].name, to[i].name);
		ck_assert_uint_eq(from[i].size, to[i].size);
		memcpy(to[i].data, from[i].data, from[i].size);
	}
	flash_power_up(g->chip);
	fixture_assert_status(g, "1C 4A 44", "carried over");
	fixture_run(g, "48 00 20 05 00 00");
	fixture_assert_miso(g, "77", "carried over");
	fixture_run(g, "06");
	ck_assert_int_eq(fixture_run(g, "44 00 10 00"), FLASH_OTP_LOCKED);
	fixture_destroy(f);
	fixture_destroy(g);
}
END_TEST

/* --- security registers, 8.2.29-8.2.31 --- */

static const struct fixture_row security_rows[] = {
	{"erased as delivered", "", "48 00 10 00 00 00 00", "FF FF", "00 02 60", FLASH_DONE},
	{"program, read", "06; 42 00 10 04 12 34; W", "48 00 10 03 00 00 00 00 00", "FF 12 34 FF",
		"00 02 60", FLASH_DONE},
	{"48 has one dummy byte", "06; 42 00 10 00 12; W", "48 00 10 00 00", "FF FF FF FF FF", NULL,
		FLASH_DONE},
	{"48 without its dummy byte", "06; 42 00 10 00 12; W", "48 00 10 00", "FF FF FF FF", NULL,
		FLASH_SHORT_FRAME},
	{"registers 1 to 3 are separate",
		"06; 42 00 10 00 11; W; 06; 42 00 20 00 22; W; 06; 42 00 30 00 33; W",
		"48 00 20 00 00 00 00", "22 FF", NULL, FLASH_DONE},
	{"read wraps in its register", "06; 42 00 30 00 33; W", "48 00 30 FF 00 00 00", "FF 33",
		NULL, FLASH_DONE},
	{"program wraps in its register", "06; 42 00 10 FF 01 02; W", "48 00 10 00 00 00", "02",
		NULL, FLASH_DONE},
	{"program is AND", "06; 42 00 10 00 F0; W; 06; 42 00 10 00 3C; W", "48 00 10 00 00 00",
		"30", NULL, FLASH_DONE},
	{"44 ignores low address bits", "06; 42 00 10 00 00; W; 06; 44 00 10 77; W",
		"48 00 10 00 00 00", "FF", "00 02 60", FLASH_DONE},
	{"44 erases one register only", "06; 42 00 10 00 00; W; 06; 44 00 20 00; W",
		"48 00 10 00 00 00", "00", NULL, FLASH_DONE},
	{"42 sets BUSY", "06", "42 00 10 00 00", NULL, "03 02 60", FLASH_DONE},
	{"44 sets BUSY", "06", "44 00 10 00", NULL, "03 02 60", FLASH_DONE},
	{"42 without data", "06", "42 00 10 00", NULL, "02 02 60", FLASH_SHORT_FRAME},
	{"LB1 locks 42", "06; 31 08; W; 06", "42 00 10 00 00", NULL, "02 0A 60", FLASH_OTP_LOCKED},
	{"LB1 locks 44", "06; 31 08; W; 06", "44 00 10 00", NULL, "02 0A 60", FLASH_OTP_LOCKED},
	{"LB1 does not lock register 2", "06; 31 08; W; 06", "42 00 20 00 00", NULL, "03 0A 60",
		FLASH_DONE},
	{"LB2 locks register 2", "06; 31 10; W; 06", "42 00 20 00 00", NULL, "02 12 60",
		FLASH_OTP_LOCKED},
	{"LB3 locks register 3", "06; 31 20; W; 06", "44 00 30 00", NULL, "02 22 60",
		FLASH_OTP_LOCKED},
	{"locked registers are read", "06; 42 00 10 00 12; W; 06; 31 38; W", "48 00 10 00 00 00",
		"12", NULL, FLASH_DONE},
	{"block protection does not act on security registers", "06; 01 1C; W; 06",
		"42 00 10 00 00", NULL, "1F 02 60", FLASH_DONE},
	{"register 0 is missing", "06", "42 00 00 00 00", NULL, "02 02 60", FLASH_BAD_ADDRESS},
	{"register 4 is missing", "06", "44 00 40 00", NULL, "02 02 60", FLASH_BAD_ADDRESS},
	{"addresses between registers are missing", "", "48 00 11 00 00 00", "FF", NULL,
		FLASH_BAD_ADDRESS},
	{"A23-16 must be 0", "06", "42 01 10 00 00", NULL, "02 02 60", FLASH_BAD_ADDRESS},
	{"the array does not show a security register", "06; 42 00 10 00 00; W", "03 00 10 00 00",
		"FF", NULL, FLASH_DONE},
	{"security registers survive power loss", "06; 42 00 10 00 12; W; P", "48 00 10 00 00 00",
		"12", NULL, FLASH_DONE},
};

START_TEST(security_registers_act_as_in_the_data_sheet)
{
	fixture_check_rows(security_rows, G_N_ELEMENTS(security_rows));
}
END_TEST

Suite *
suite_flash_status(void)
{
	Suite *suite = suite_create("flash_status");
	TCase *tcase = tcase_create("status");

	fixture_prepare();
	tcase_add_test(tcase, status_commands_act_as_in_the_data_sheet);
	tcase_add_test(tcase, wp_locks_the_registers_unless_it_is_a_lane);
	tcase_add_test(tcase, a_short_write_clears_register_2_of_older_parts);
	tcase_add_test(tcase, srp1_with_srp0_locks_older_parts_permanently);
	tcase_add_test(tcase, non_volatile_changes_are_reported);
	tcase_add_test(tcase, stored_state_restores_the_chip);
	tcase_add_test(tcase, security_registers_act_as_in_the_data_sheet);
	suite_add_tcase(suite, tcase);
	return suite;
}
