/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sector protection and lockdown, and the security register of an AT45 DataFlash: 264-byte pages,
 * sector 0a is pages 0-7, 0b 8-127, sectors 1 to 3 have 128 pages each (addresses 00 00 00,
 * 00 10 00, 01 00 00, 02 00 00 and 03 00 00).
 */
#include "flash_dataflash_parts.h"
#include "suites.h"

#include <check.h>
#include <string.h>

/* Registers a b c d, protection on. */
#define ERASE "3D 2A 7F CF; W; "
#define PROTECT(bytes) ERASE "3D 2A 7F FC " bytes "; W; 3D 2A 7F A9; "

static const struct fixture_row rows[] = {
	{"32 as delivered", "", "32 00 00 00 00 00 00 00 00", "00 00 00 00 FF", NULL, FLASH_DONE},
	{"protection is erased", "3D 2A 7F CF; W", "32 00 00 00 00 00 00 00 00", "FF FF FF FF FF",
		NULL, FLASH_DONE},
	{"a protection erase sets BUSY", "3D 2A 7F CF", "D7 00", "0C", NULL, FLASH_DONE},
	{"protection is programmed", ERASE "3D 2A 7F FC C0 00 FF 00; W", "32 00 00 00 00 00 00 00",
		"C0 00 FF 00", NULL, FLASH_DONE},
	{"protection is programmed without an erase: bits only go to 0",
		ERASE "3D 2A 7F FC C0 00 FF 00; W; 3D 2A 7F FC FF FF 0F FF; W",
		"32 00 00 00 00 00 00 00", "C0 00 0F 00", NULL, FLASH_DONE},
	{"a protection program uses buffer 1", ERASE "3D 2A 7F FC C0 00 FF 00; W",
		"D4 00 00 00 00 00 00 00 00", "C0 00 FF 00", NULL, FLASH_DONE},
	{"protection survives power loss", ERASE "3D 2A 7F FC C0 00 FF 00; W; P",
		"32 00 00 00 00 00 00 00", "C0 00 FF 00", NULL, FLASH_DONE},
	{"an unknown sequence is refused", "", "3D 2A 7F CE", NULL, NULL, FLASH_UNKNOWN_OPCODE},
	{"an incomplete sequence is refused", "", "3D 2A 7F", NULL, NULL, FLASH_SHORT_FRAME},
	{"protection on: D7 shows it", "3D 2A 7F A9", "D7 00", "8E", NULL, FLASH_DONE},
	{"protection off: D7 shows it", "3D 2A 7F A9; 3D 2A 7F 9A", "D7 00", "8C", NULL,
		FLASH_DONE},
	{"power loss switches protection off", "3D 2A 7F A9; P", "D7 00", "8C", NULL, FLASH_DONE},
	{"0a: erase", PROTECT("C0 00 00 00"), "81 00 0E 00", NULL, NULL, FLASH_PROTECTED},
	{"0a: program", PROTECT("C0 00 00 00"), "88 00 00 00", NULL, NULL, FLASH_PROTECTED},
	{"0a: program with erase", PROTECT("C0 00 00 00"), "83 00 00 00", NULL, NULL,
		FLASH_PROTECTED},
	{"0a: program through the buffer", PROTECT("C0 00 00 00"), "82 00 00 00 12", NULL, NULL,
		FLASH_PROTECTED},
	{"0a: rewrite", PROTECT("C0 00 00 00"), "58 00 00 00", NULL, NULL, FLASH_PROTECTED},
	{"0a: block", PROTECT("C0 00 00 00"), "50 00 00 00", NULL, NULL, FLASH_PROTECTED},
	{"0a: sector", PROTECT("C0 00 00 00"), "7C 00 00 00", NULL, NULL, FLASH_PROTECTED},
	{"0a: a transfer to the buffer is executed", PROTECT("C0 00 00 00"), "53 00 00 00", NULL,
		NULL, FLASH_DONE},
	{"0a protects no page of 0b", PROTECT("C0 00 00 00"), "81 00 10 00", NULL, NULL,
		FLASH_DONE},
	{"0b", PROTECT("30 00 00 00"), "81 00 10 00", NULL, NULL, FLASH_PROTECTED},
	{"0b protects no page of 0a", PROTECT("30 00 00 00"), "81 00 0E 00", NULL, NULL,
		FLASH_DONE},
	{"0b: the last page", PROTECT("30 00 00 00"), "81 00 FE 00", NULL, NULL, FLASH_PROTECTED},
	{"1: the page before it is not protected", PROTECT("00 FF 00 00"), "81 00 FE 00", NULL,
		NULL, FLASH_DONE},
	{"1", PROTECT("00 FF 00 00"), "81 01 00 00", NULL, NULL, FLASH_PROTECTED},
	{"1: the last page", PROTECT("00 FF 00 00"), "81 01 FE 00", NULL, NULL, FLASH_PROTECTED},
	{"3: the last page", PROTECT("00 00 00 FF"), "81 03 FE 00", NULL, NULL, FLASH_PROTECTED},
	{"protection off: nothing is refused", ERASE "3D 2A 7F FC FF FF FF FF; W", "81 00 00 00",
		NULL, NULL, FLASH_DONE},
	{"35 as delivered", "", "35 00 00 00 00 00 00 00 00", "00 00 00 00 FF", NULL, FLASH_DONE},
	{"lockdown of 0a", "3D 2A 7F 30 00 0E 00; W", "35 00 00 00 00 00 00 00", "C0 00 00 00",
		NULL, FLASH_DONE},
	{"lockdown of 0b", "3D 2A 7F 30 00 10 00; W", "35 00 00 00 00 00 00 00", "30 00 00 00",
		NULL, FLASH_DONE},
	{"lockdown of 2", "3D 2A 7F 30 02 00 00; W", "35 00 00 00 00 00 00 00", "00 00 FF 00", NULL,
		FLASH_DONE},
	{"lockdown without an address", "", "3D 2A 7F 30", NULL, NULL, FLASH_SHORT_FRAME},
	{"locked down: erase", "3D 2A 7F 30 02 00 00; W", "81 02 00 00", NULL, NULL,
		FLASH_PROTECTED},
	{"locked down: permanent", "3D 2A 7F 30 02 00 00; W; 3D 2A 7F 9A; P", "88 02 00 00", NULL,
		NULL, FLASH_PROTECTED},
	{"77 as delivered", "", "77 00 00 00 00 00", "FF FF", NULL, FLASH_DONE},
	{"9B", "9B 00 00 00 12 34; W", "77 00 00 00 00 00 00", "12 34 FF", NULL, FLASH_DONE},
	{"9B is executed once", "9B 00 00 00 12 34; W", "9B 00 00 00 00 00", NULL, NULL,
		FLASH_OTP_LOCKED},
	{"9B is executed once, also after power loss", "9B 00 00 00 FF; W; P", "9B 00 00 00 00 00",
		NULL, NULL, FLASH_OTP_LOCKED},
	{"9B and other bytes", "", "9B 00 00 01 12", NULL, NULL, FLASH_UNKNOWN_OPCODE},
	{"84 is refused while a register is programmed", "9B 00 00 00 12", "87 00 00 00 12", NULL,
		NULL, FLASH_BUSY},
	{"34 is unknown", "", "34 55 AA 40", NULL, NULL, FLASH_UNKNOWN_OPCODE},
};

static const struct fixture_row e_rows[] = {
	{"34 55 AA 40", "34 55 AA 40; W", "D7 00 00", "8C 80", NULL, FLASH_DONE},
	{"34 and other bytes", "", "34 55 AA 41", NULL, NULL, FLASH_UNKNOWN_OPCODE},
	{"lockdown is frozen", "34 55 AA 40; W; P", "3D 2A 7F 30 02 00 00", NULL, NULL,
		FLASH_OTP_LOCKED},
};

START_TEST(protection_commands_act_as_in_the_data_sheet)
{
	struct flash_part part;

	dataflash_part_init(&part, DATAFLASH_STANDARD);
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
	dataflash_part_init(&part, DATAFLASH_E);
	fixture_check_rows_of(&part, e_rows, G_N_ELEMENTS(e_rows));
}
END_TEST

/* While low, it enables protection regardless of commands, and locks the register. */
START_TEST(wp_low_enables_protection_and_locks_the_register)
{
	struct flash_part part;
	struct fixture *f;

	dataflash_part_init(&part, DATAFLASH_STANDARD);
	f = fixture_new_part(&part);
	fixture_run(f, ERASE "3D 2A 7F FC 00 FF 00 00; W");
	ck_assert_int_eq(fixture_run(f, "81 01 00 00; W"), FLASH_DONE);
	flash_pin(f->chip, FLASH_PIN_WP, false);
	fixture_run(f, "D7 00");
	fixture_assert_miso(f, "8E", "on");
	ck_assert_int_eq(fixture_run(f, "81 01 00 00"), FLASH_PROTECTED);
	ck_assert_int_eq(fixture_run(f, "81 02 00 00; W"), FLASH_DONE);
	ck_assert_int_eq(fixture_run(f, "3D 2A 7F 9A"), FLASH_STATUS_PROTECTED);
	ck_assert_int_eq(fixture_run(f, "3D 2A 7F CF"), FLASH_STATUS_PROTECTED);
	ck_assert_int_eq(fixture_run(f, "3D 2A 7F FC 00 00 00 00"), FLASH_STATUS_PROTECTED);
	flash_pin(f->chip, FLASH_PIN_WP, true);
	fixture_run(f, "D7 00");
	fixture_assert_miso(f, "8C", "off");
	fixture_run(f, "32 00 00 00 00 00 00 00");
	fixture_assert_miso(f, "00 FF 00 00", "as before");
	fixture_destroy(f);
}
END_TEST

/* The protected ranges of protection and lockdown, as flash_next_protected() returns them. */
START_TEST(protected_ranges_are_reported)
{
	static const uint64_t wanted[][2] = {{8 * 264, 120 * 264}, {256 * 264, 256 * 264}};
	struct flash_part part;
	struct fixture *f;
	uint64_t at = 0;
	uint64_t start;
	uint64_t length;

	dataflash_part_init(&part, DATAFLASH_STANDARD);
	f = fixture_new_part(&part);
	ck_assert(!flash_next_protected(f->chip, 0, &start, &length));
	fixture_run(f, PROTECT("30 00 FF 00") "3D 2A 7F 30 03 00 00; W");
	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++, at = start + length) {
		ck_assert(flash_next_protected(f->chip, at, &start, &length));
		ck_assert_uint_eq(start, wanted[i][0]);
		ck_assert_uint_eq(length, wanted[i][1]);
	}
	ck_assert(!flash_next_protected(f->chip, at, &start, &length));
	fixture_run(f, "3D 2A 7F 9A");
	ck_assert(flash_next_protected(f->chip, 0, &start, &length));
	ck_assert_uint_eq(start, 384 * 264);
	ck_assert_uint_eq(length, 128 * 264);
	fixture_destroy(f);
}
END_TEST

/* It skips sectors without an error. */
START_TEST(a_chip_erase_skips_protected_sectors)
{
	struct flash_part part;
	struct fixture *f;

	dataflash_part_init(&part, DATAFLASH_STANDARD);
	f = fixture_new_part(&part);
	memset(f->array, 0x00, part.size);
	fixture_run(f, PROTECT("30 00 FF 00") "3D 2A 7F 30 03 00 00; W");
	ck_assert_int_eq(fixture_run(f, "C7 94 80 9A; W"), FLASH_DONE);
	fixture_assert_filled(f, 0, 8 * 264, 0xff, "0a");
	fixture_assert_filled(f, 8 * 264, 120 * 264, 0x00, "0b is protected");
	fixture_assert_filled(f, 128 * 264, 128 * 264, 0xff, "1");
	fixture_assert_filled(f, 256 * 264, 128 * 264, 0x00, "2 is protected");
	fixture_assert_filled(f, 384 * 264, 128 * 264, 0x00, "3 is locked down");
	fixture_destroy(f);
}
END_TEST

/* 64 bytes that the user can program, and 64 that are unique to each chip. */
START_TEST(the_security_register_has_user_and_factory_bytes)
{
	struct flash_part part;
	struct fixture *f;
	struct flash *other;
	uint8_t program[4 + 80] = {0x9b};
	uint8_t in[4 + 130] = {0x77};
	uint8_t out[4 + 130];

	dataflash_part_init(&part, DATAFLASH_STANDARD);
	f = fixture_new_part(&part);
	other = flash_new(&part, f->array, 2);
	memset(program + 4, 0xa5, 80);
	ck_assert_int_eq(fixture_frame(f, program, sizeof(program), 0), FLASH_DONE);
	fixture_wait(f);
	fixture_frame(f, in, sizeof(in), 0);
	for (int i = 0; i < 64; i++)
		ck_assert_uint_eq(f->miso[4 + i], 0xa5);
	ck_assert_uint_eq(f->miso[4 + 128], 0xff);
	flash_select(other);
	flash_shift(other, in, out, sizeof(in));
	flash_deselect(other, 0);
	ck_assert_int_ne(memcmp(out + 4 + 64, f->miso + 4 + 64, 64), 0);
	flash_destroy(other);
	fixture_destroy(f);
}
END_TEST

/* The non-volatile items, which are loaded at power-up. */
START_TEST(non_volatile_state_is_loaded_at_power_up)
{
	static const char *const names[] = {
		"dataflash", "sector-protection", "sector-lockdown", "security-register"};
	static const size_t sizes[] = {1, 4, 4, 128};
	struct flash_part part;
	struct fixture *f;
	const struct flash_nonvolatile *items;
	size_t n;

	dataflash_part_init(&part, DATAFLASH_E);
	f = fixture_new_part(&part);
	items = flash_nonvolatile(f->chip, &n);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_str_eq(items[n - 4 + i].name, names[i]);
		ck_assert_uint_eq(items[n - 4 + i].size, sizes[i]);
	}
	items[n - 4].data[0] = 1;
	memset(items[n - 3].data, 0xff, 4);
	flash_power_up(f->chip);
	fixture_run(f, "3D 2A 7F A9; D7 00");
	fixture_assert_miso(f, "8F", "binary pages");
	ck_assert_int_eq(fixture_run(f, "81 00 00 00"), FLASH_PROTECTED);
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_dataflash_protect(void)
{
	Suite *suite = suite_create("flash_dataflash_protect");
	TCase *tcase = tcase_create("protect");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, protection_commands_act_as_in_the_data_sheet);
	tcase_add_test(tcase, wp_low_enables_protection_and_locks_the_register);
	tcase_add_test(tcase, protected_ranges_are_reported);
	tcase_add_test(tcase, a_chip_erase_skips_protected_sectors);
	tcase_add_test(tcase, the_security_register_has_user_and_factory_bytes);
	tcase_add_test(tcase, non_volatile_state_is_loaded_at_power_up);
	suite_add_tcase(suite, tcase);
	return suite;
}
