/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One-time areas: in addition to the array (4B 42, 77 9B, ...) and in place of it (B1, 3A), their
 * locks, and that they do not change the array. The registers of 48/42/44 are in
 * test_flash_protect.c; those numbered from 0 are here.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static void
check(const struct flash_part *part, const struct fixture_row *rows, size_t n)
{
	fixture_check_rows_of(part, rows, n);
	/* No row may change the array. */
	for (const struct fixture_row *row = rows; row < rows + n; row++) {
		struct fixture *f;

		if (strstr(row->what, "array"))
			continue;
		f = fixture_new_part(part);
		fixture_run(f, row->before);
		fixture_run(f, row->send);
		fixture_wait(f);
		fixture_assert_filled(f, 0, part->size, 0xff, row->what);
		fixture_destroy(f);
	}
}

#define MX_LOCK "06; 2F; W; B1; "

START_TEST(macronix_otp_acts_as_in_the_data_sheet)
{
	static const struct fixture_row rows[] = {
		{"area blank", "B1", "03 00 00 00 00 00", "FF FF", NULL, FLASH_DONE},
		{"area is programmed", "B1; 06; 02 00 00 10 A5 5A; W", "03 00 00 10 00 00 00",
			"A5 5A FF", NULL, FLASH_DONE},
		{"bits only go to 0", "B1; 06; 02 00 00 10 A5; W; 06; 02 00 00 10 5F; W",
			"03 00 00 10 00", "05", NULL, FLASH_DONE},
		{"0B", "B1; 06; 02 00 00 10 A5; W", "0B 00 00 10 00 00", "A5", NULL, FLASH_DONE},
		{"high address bits are ignored", "B1; 06; 02 12 34 10 A5; W", "03 FF FE 10 00",
			"A5", NULL, FLASH_DONE},
		{"a program wraps in the page", "B1; 06; 02 00 01 FF A5 5A; W", "03 00 01 00 00",
			"5A", NULL, FLASH_DONE},
		{"an address beyond the area", "B1; 06; 02 00 01 FF A5; W", "03 00 01 FF 00 00",
			"A5 FF", NULL, FLASH_DONE},
		{"a program without WEL", "B1", "02 00 00 10 A5", NULL, NULL, FLASH_WEL_CLEAR},
		{"C1 selects the array", "B1; 06; 02 00 00 10 A5; W; C1", "03 00 00 10 00", "FF",
			NULL, FLASH_DONE},
		{"after C1 the array is programmed", "B1; C1; 06; 02 00 00 10 A5; W",
			"03 00 00 10 00", "A5", NULL, FLASH_DONE},
		{"the area does not show the array", "06; 02 00 00 10 A5; W; B1", "03 00 00 10 00",
			"FF", NULL, FLASH_DONE},
		{"power loss selects the array", "B1; 06; 02 00 00 10 A5; W; P", "03 00 00 10 00",
			"FF", NULL, FLASH_DONE},
		{"the area survives power loss", "B1; 06; 02 00 00 10 A5; W; P; B1",
			"03 00 00 10 00", "A5", NULL, FLASH_DONE},
		{"66 99 selects the array", "B1; 06; 02 00 00 10 A5; W; 66; 99; T30000",
			"03 00 00 10 00", "FF", NULL, FLASH_DONE},
		{"power loss ends a program", "B1; 06; 02 00 00 10 A5; P; B1", "03 00 00 10 00",
			"FF", NULL, FLASH_DONE},
		{"an erase is refused", "B1; 06", "20 00 00 00", NULL, "02 02 00", FLASH_IN_OTP},
		{"a chip erase is refused", "B1; 06", "C7", NULL, "02 02 00", FLASH_IN_OTP},
		{"C1 outside OTP mode", "", "C1", NULL, "00 02 00", FLASH_DONE},
		{"B1 twice", "B1; B1; C1", "9F 00", "EF", NULL, FLASH_DONE},
		{"2F without WEL", "B1", "2F", NULL, NULL, FLASH_WEL_CLEAR},
		{"2F in the mode", "B1; 06", "2F", NULL, "02 02 00", FLASH_IN_OTP},
		{"01 in the mode", "B1; 06", "01 04", NULL, "02 02 00", FLASH_IN_OTP},
		{"5A in the mode", "B1", "5A 00 00 00 00 00", "FF", NULL, FLASH_IN_OTP},
		{"2F", "06; 2F; W", "15 00", "02", "00 02 02", FLASH_DONE},
		{"2F, then a program", MX_LOCK "06", "02 00 00 10 A5", NULL, NULL,
			FLASH_OTP_LOCKED},
		{"2F is permanent", MX_LOCK "P; B1; 06", "02 00 00 10 A5", NULL, "02 02 02",
			FLASH_OTP_LOCKED},
		{"2F does not lock the array", MX_LOCK "C1; 06; 02 00 00 10 A5; W",
			"03 00 00 10 00", "A5", NULL, FLASH_DONE},
		{"11 does not lock", "06; 11 02; W; B1; 06", "02 00 00 10 A5", NULL, NULL,
			FLASH_DONE},
	};
	struct flash_part part;

	fixture_part_init(&part);
	fixture_add_commands(&part, "ENSO EXSO WRSCUR_LDSO");
	part.otp_size = 512;
	fixture_set_bit(&part, 2, 1, FLASH_BIT_LDSO);
	part.status[2][1].read_only = true;
	part.status_default[2] = 0;
	check(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

START_TEST(eon_otp_acts_as_in_the_data_sheet)
{
	static const struct fixture_row rows[] = {
		{"area is programmed", "3A; 06; 02 FF F0 10 A5; W", "03 FF F0 10 00", "A5", NULL,
			FLASH_DONE},
		{"04 selects the array", "3A; 06; 02 FF F0 10 A5; W; 04", "03 FF F0 10 00", "FF",
			NULL, FLASH_DONE},
		{"04 outside OTP mode clears WEL", "3A; 04; 06; 04", "05 00", "00", NULL,
			FLASH_DONE},
		{"20 erases", "3A; 06; 02 FF F0 10 A5; W; 06; 20 FF F0 00; W", "03 FF F0 10 00",
			"FF", NULL, FLASH_DONE},
		{"a chip erase is refused", "3A; 06", "C7", NULL, NULL, FLASH_IN_OTP},
		{"bit 7 is not SRP", "06; 01 80; W; 3A", "05 00", "00", NULL, FLASH_DONE},
		{"outside OTP mode bit 7 is SRP", "06; 01 80; W; 3A; 04", "05 00", "80", NULL,
			FLASH_DONE},
		{"01 locks", "3A; 06; 01 80; W", "05 00", "80", NULL, FLASH_DONE},
		{"01 in OTP mode sets no SRP", "3A; 06; 01 80; W; 04", "05 00", "00", NULL,
			FLASH_DONE},
		{"01 without bit 7", "3A; 06; 01 1C; W", "05 00", "00", NULL, FLASH_DONE},
		{"locked: a program is refused", "3A; 06; 01 80; W; 06", "02 FF F0 10 A5", NULL,
			NULL, FLASH_OTP_LOCKED},
		{"locked: an erase is refused", "3A; 06; 01 80; W; 06", "20 FF F0 00", NULL, NULL,
			FLASH_OTP_LOCKED},
		{"locked permanently", "3A; 06; 01 80; W; P; 3A", "05 00", "80", NULL, FLASH_DONE},
		{"power loss selects the array", "3A; 06; 02 FF F0 10 A5; W; P", "03 FF F0 10 00",
			"FF", NULL, FLASH_DONE},
	};
	struct flash_part part;

	fixture_part_init(&part);
	fixture_add_commands(&part, "OTP_ENTER");
	part.otp_size = 512;
	check(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

#define ST_LOCK "06; 42 00 00 40 FE; W; "

START_TEST(a_control_byte_locks_the_otp_area)
{
	static const struct fixture_row rows[] = {
		{"area blank", "", "4B 00 00 00 00 00 00", "FF FF", NULL, FLASH_DONE},
		{"area is programmed", "06; 42 00 00 05 12 34; W", "4B 00 00 05 00 00 00 00",
			"12 34 FF", "00 02 60", FLASH_DONE},
		{"a program without WEL", "", "42 00 00 05 12", NULL, NULL, FLASH_WEL_CLEAR},
		{"a program without data", "06", "42 00 00 05", NULL, NULL, FLASH_SHORT_FRAME},
		{"byte 64 repeats", "06; 42 00 00 3F 12 7F; W", "4B 00 00 3F 00 00 00 00 00",
			"12 7F 7F 7F", NULL, FLASH_DONE},
		{"byte 65 is not programmed", "06; 42 00 00 41 00; W", "4B 00 00 40 00 00 00",
			"FF FF", NULL, FLASH_DONE},
		{"bit 0 of the control byte locks", ST_LOCK "06", "42 00 00 05 12", NULL, NULL,
			FLASH_OTP_LOCKED},
		{"the lock includes the control byte", ST_LOCK "06", "42 00 00 40 00", NULL, NULL,
			FLASH_OTP_LOCKED},
		{"other bits of the control byte do not lock",
			"06; 42 00 00 40 01; W; 06; 42 00 00 05 12; W", "4B 00 00 05 00 00", "12",
			NULL, FLASH_DONE},
		{"the lock is permanent", ST_LOCK "P; 06", "42 00 00 05 12", NULL, NULL,
			FLASH_OTP_LOCKED},
		{"power loss ends a program", "06; 42 00 00 05 12; P", "4B 00 00 05 00 00", "FF",
			NULL, FLASH_DONE},
		{"the area does not show the array", "06; 02 00 00 05 12; W", "4B 00 00 05 00 00",
			"FF", NULL, FLASH_DONE},
	};
	struct flash_part part;

	fixture_part_init(&part);
	fixture_add_commands(&part, "RDOTP PROTP");
	part.otp_size = 64;
	part.otp_lock = FLASH_OTP_CONTROL_BYTE;
	check(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

START_TEST(lock_bits_lock_regions_of_the_otp_area)
{
	static const struct fixture_row rows[] = {
		{"region 1 is programmed", "06; 42 00 00 20 12; W", "4B 00 00 20 00 00 00", "12 FF",
			NULL, FLASH_DONE},
		{"the last byte is programmed", "06; 42 00 03 FF 12; W", "4B 00 03 FF 00 00 00",
			"12 FF", NULL, FLASH_DONE},
		{"the region of the factory is locked", "06", "42 00 00 0F 00", NULL, NULL,
			FLASH_OTP_LOCKED},
		{"region 1 is locked", "06; 42 00 00 10 FD; W; 06", "42 00 00 3F 12", NULL, NULL,
			FLASH_OTP_LOCKED},
		{"the lock of region 1 does not lock region 2",
			"06; 42 00 00 10 FD; W; 06; 42 00 00 40 12; W", "4B 00 00 40 00 00", "12",
			NULL, FLASH_DONE},
		{"region 31 is locked", "06; 42 00 00 13 7F; W; 06", "42 00 03 E0 12", NULL, NULL,
			FLASH_OTP_LOCKED},
		{"a program over two regions, one locked",
			"06; 42 00 00 10 FB; W; 06; 42 00 00 3F 12 34", "4B 00 00 3F 00 00", "FF",
			NULL, FLASH_DONE},
		{"region 0 and the lock bytes are locked", "06; 42 00 00 10 FE; W; 06",
			"42 00 00 10 00", NULL, NULL, FLASH_OTP_LOCKED},
		{"locks are permanent", "06; 42 00 00 10 FD; W; P; 06", "42 00 00 20 12", NULL,
			NULL, FLASH_OTP_LOCKED},
	};
	struct flash_part part;

	fixture_part_init(&part);
	fixture_add_commands(&part, "RDOTP PROTP");
	part.otp_size = 1024;
	part.otp_factory_end = 16;
	part.otp_lock = FLASH_OTP_REGIONS;
	check(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

static void
atmel(struct flash_part *part)
{
	fixture_part_init(part);
	fixture_add_commands(part, "RDOTP:77 PROTP:9B");
	part->otp_size = 128;
	part->otp_factory_start = 64;
	part->otp_factory_end = 128;
	part->otp_lock = FLASH_OTP_ONCE;
	part->otp_read_dummy = 16;
}

START_TEST(an_area_can_be_programmed_once)
{
	static const struct fixture_row rows[] = {
		{"a read has two dummy bytes", "06; 9B 00 00 00 12 34; W",
			"77 00 00 00 00 00 00 00 00", "12 34 FF", NULL, FLASH_DONE},
		{"a second program is refused", "06; 9B 00 00 00 12; W; 06", "9B 00 00 01 34", NULL,
			NULL, FLASH_OTP_LOCKED},
		{"the second program is refused after power loss", "06; 9B 00 00 00 12; W; P; 06",
			"9B 00 00 01 34", NULL, NULL, FLASH_OTP_LOCKED},
		{"a refused program does not count", "9B 00 00 00 12; 06; 9B 00 00 01 34; W",
			"77 00 00 00 00 00 00 00", "FF 34", NULL, FLASH_DONE},
		{"bytes of the factory", "06", "9B 00 00 40 00", NULL, NULL, FLASH_OTP_LOCKED},
		{"an address beyond the register", "", "77 00 00 80 00 00 00", "FF", NULL,
			FLASH_DONE},
	};
	struct flash_part part;

	atmel(&part);
	check(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

/* The factory bytes differ between chips, and are the same each time. */
START_TEST(factory_bytes_are_unique)
{
	struct flash_part part;
	struct fixture *f;
	struct flash *other;
	size_t n;
	const uint8_t *one;
	const uint8_t *two;

	atmel(&part);
	f = fixture_new_part(&part);
	other = flash_new(&part, f->array, 2);
	one = flash_nonvolatile(f->chip, &n)[3].data;
	ck_assert_str_eq(flash_nonvolatile(f->chip, &n)[3].name, "otp");
	two = flash_nonvolatile(other, &n)[3].data;
	ck_assert_mem_eq(one, two, 64);
	ck_assert_mem_ne(one + 64, two + 64, 64);
	fixture_run(f, "77 00 00 40 00 00 00 00 00 00");
	ck_assert_mem_eq(f->miso + 6, one + 64, 4);
	flash_destroy(other);
	fixture_destroy(f);
}
END_TEST

/* GD25Q64C: three registers of 1024 bytes, four pages each. */
START_TEST(programs_wrap_in_a_page_of_a_security_register)
{
	static const struct fixture_row rows[] = {
		{"a program wraps in its page", "06; 42 00 11 FF A5 5A; W", "48 00 11 00 00 00 00",
			"5A FF", NULL, FLASH_DONE},
		{"a program does not continue in the next page", "06; 42 00 11 FF A5 5A; W",
			"48 00 11 FF 00 00 00", "A5 FF", NULL, FLASH_DONE},
		{"a program does not continue at the start of the register",
			"06; 42 00 13 FF A5 5A; W", "48 00 10 00 00 00", "FF", NULL, FLASH_DONE},
		{"a read continues at the start of the register", "06; 42 00 10 00 A5; W",
			"48 00 13 FF 00 00 00", "FF A5", NULL, FLASH_DONE},
		{"an erase takes all pages", "06; 42 00 13 00 A5; W; 06; 44 00 10 00; W",
			"48 00 13 00 00 00", "FF", NULL, FLASH_DONE},
		{"power loss ends a program", "06; 42 00 13 FF A5; P", "48 00 10 FF 00 00", "FF",
			NULL, FLASH_DONE},
	};
	struct flash_part part;

	fixture_part_init(&part);
	part.security_registers = 3;
	part.security_register_size = 1024;
	check(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

/* ISSI: four rows of 256 from address 0 on; GD25Q64B: one of 1024; one lock bit for all. */
START_TEST(security_registers_can_be_numbered_from_zero)
{
	static const struct fixture_row rows[] = {
		{"row 0 is programmed", "06; 62 00 00 10 A5; W", "68 00 00 10 00 00", "A5", NULL,
			FLASH_DONE},
		{"row 3 is programmed", "06; 62 00 30 10 A5; W", "68 00 30 10 00 00", "A5", NULL,
			FLASH_DONE},
		{"row 4 is missing", "06", "62 00 40 10 A5", NULL, NULL, FLASH_BAD_ADDRESS},
		{"64 erases", "06; 62 00 30 10 A5; W; 06; 64 00 30 00; W", "68 00 30 10 00 00",
			"FF", NULL, FLASH_DONE},
		{"LB1 locks row 0", "06; 31 08; W; 06", "62 00 00 10 A5", NULL, NULL,
			FLASH_OTP_LOCKED},
		{"LB1 locks row 3", "06; 31 08; W; 06", "62 00 30 10 A5", NULL, NULL,
			FLASH_OTP_LOCKED},
	};
	struct flash_part part;

	fixture_part_init(&part);
	fixture_add_commands(&part, "SID_READ SID_PROGRAM SID_ERASE");
	part.security_registers = 4;
	part.security_register_first = 0;
	fixture_set_bit(&part, 1, 4, FLASH_BIT_NONE);
	fixture_set_bit(&part, 1, 5, FLASH_BIT_NONE);
	check(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

Suite *
suite_flash_otp(void)
{
	Suite *suite = suite_create("flash_otp");
	TCase *tcase = tcase_create("flash_otp");

	fixture_prepare();
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, macronix_otp_acts_as_in_the_data_sheet);
	tcase_add_test(tcase, eon_otp_acts_as_in_the_data_sheet);
	tcase_add_test(tcase, a_control_byte_locks_the_otp_area);
	tcase_add_test(tcase, lock_bits_lock_regions_of_the_otp_area);
	tcase_add_test(tcase, an_area_can_be_programmed_once);
	tcase_add_test(tcase, factory_bytes_are_unique);
	tcase_add_test(tcase, programs_wrap_in_a_page_of_a_security_register);
	tcase_add_test(tcase, security_registers_can_be_numbered_from_zero);
	suite_add_tcase(suite, tcase);
	return suite;
}
