/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers by address, 65 and 71, as in the S25FS512S: 4-byte mode (bit 7) and QPI (bit 6) in CR2;
 * and commands of other parts that leave power-down and reset the chip.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static void
part_init(struct flash_part *part)
{
	fixture_part_init(part);
	part->size = 2 * FIXTURE_SIZE;
	fixture_add_commands(part, "EN4B RDAR WRAR");
	fixture_set_bit(part, 3, 7, FLASH_BIT_ADP);
	fixture_set_bit(part, 3, 6, FLASH_BIT_QPI);
	for (unsigned int bit = 0; bit < 4; bit++)
		fixture_set_bit(part, 3, bit, FLASH_BIT_USER);
	fixture_set_bit(part, 5, 4, FLASH_BIT_USER);
	fixture_set_bit(part, 5, 0, FLASH_BIT_USER);
	part->status[5][0].otp = true;
	part->status_default[3] = 0x08;
	part->status_default[5] = 0x10;
}

static const struct fixture_row rows[] = {
	{"65: SR1 in force", "06", "65 80 00 00 00 00", "02", "02 02 60", FLASH_DONE},
	{"65: SR1 as stored", "06", "65 00 00 00 00 00", "00", NULL, FLASH_DONE},
	{"65: CR1 is register 2", "", "65 00 00 02 00 00", "02", NULL, FLASH_DONE},
	{"65: SR2 is register 3", "", "65 80 00 01 00 00", "60", NULL, FLASH_DONE},
	{"CR2", "", "65 00 00 03 00 00", "08", NULL, FLASH_DONE},
	{"65: CR4 repeats", "", "65 00 00 05 00 00 00 00", "10 10 10", NULL, FLASH_DONE},
	{"65: a missing register", "", "65 00 00 06 00 00", "FF", NULL, FLASH_BAD_ADDRESS},
	{"65: an address beyond the registers", "", "65 7F FF FF 00 00", "FF", NULL,
		FLASH_BAD_ADDRESS},
	{"65 while busy", "06; 20 00 00 00", "65 80 00 00 00 00", "03", NULL, FLASH_DONE},
	{"71 without WEL", "", "71 80 00 03 00", NULL, NULL, FLASH_WEL_CLEAR},
	{"71 without data", "06", "71 80 00 03", NULL, NULL, FLASH_SHORT_FRAME},
	{"71 with two bytes", "06", "71 80 00 03 00 00", NULL, NULL, FLASH_LONG_FRAME},
	{"71 of a missing register", "06", "71 80 00 07 00", NULL, "02 02 60", FLASH_BAD_ADDRESS},
	{"71 in force, at once", "06; 71 80 00 03 02", "65 80 00 03 00 00", "02", "00 02 60",
		FLASH_DONE},
	{"71 in force leaves the stored value", "06; 71 80 00 03 02", "65 00 00 03 00 00", "08",
		NULL, FLASH_DONE},
	{"reserved bits stay 0", "06; 71 80 00 03 3F", "65 80 00 03 00 00", "0F", NULL, FLASH_DONE},
	{"a reset restores the stored value", "06; 71 80 00 03 02; 66; 99; T30000",
		"65 80 00 03 00 00", "08", NULL, FLASH_DONE},
	{"71 of a stored register sets BUSY", "06; 71 00 00 03 02", "05 00", "03", NULL,
		FLASH_DONE},
	{"71 of a stored register is read back", "06; 71 00 00 03 02; W", "65 00 00 03 00 00", "02",
		"00 02 60", FLASH_DONE},
	{"71 of a stored register does not act at once", "06; 71 00 00 03 02; W",
		"65 80 00 03 00 00", "08", NULL, FLASH_DONE},
	{"71 of a stored register acts after 66 99", "06; 71 00 00 03 02; W; 66; 99; T30000",
		"65 80 00 03 00 00", "02", NULL, FLASH_DONE},
	{"a stored register survives 66 99", "06; 71 00 00 03 02; W; 66; 99; T30000",
		"65 00 00 03 00 00", "02", NULL, FLASH_DONE},
	{"a stored register survives power loss", "06; 71 00 00 03 02; W; P", "65 00 00 03 00 00",
		"02", NULL, FLASH_DONE},
	{"one-time bits stay 1", "06; 71 00 00 05 01; W; 06; 71 00 00 05 00; W",
		"65 00 00 05 00 00", "01", NULL, FLASH_DONE},
	{"71 of SR1", "06; 71 80 00 00 1C", "05 00", "1C", NULL, FLASH_DONE},
	{"71 leaves BUSY and WEL", "06; 71 80 00 00 03", "05 00", "00", NULL, FLASH_DONE},
	{"71 of BP acts at once", "06; 71 80 00 00 1C; 06", "20 00 00 00", NULL, NULL,
		FLASH_PROTECTED},
	{"71 of CR2 bit 7: 4 address bytes", "06; 71 80 00 03 88", "03 00 00 00", NULL, NULL,
		FLASH_SHORT_FRAME},
	{"71 of CR2 bit 7: 4 address bytes of 65", "06; 71 80 00 03 88", "65 00 80 00 03 00 00",
		"88", NULL, FLASH_DONE},
	{"B7 shows in CR2", "B7", "65 00 80 00 03 00 00", "88", NULL, FLASH_DONE},
	{"B7 does not change the stored CR2", "B7", "65 00 00 00 03 00 00", "08", NULL, FLASH_DONE},
	{"71 of CR2 bit 7: back to 3 address bytes", "06; 71 80 00 03 88; 06; 71 00 80 00 03 08",
		"65 80 00 03 00 00", "08", NULL, FLASH_DONE},
	{"stored CR2 bit 7: 4 address bytes at power-up", "06; 71 00 00 03 88; W; P",
		"65 00 80 00 03 00 00", "88", NULL, FLASH_DONE},
	{"CR2 bit 6: QPI", "06; 71 80 00 03 48", "9F 00 00", "FF FF", NULL, FLASH_UNKNOWN_OPCODE},
	{"power loss ends QPI", "06; 71 80 00 03 48; P", "9F 00 00", "EF 40", NULL, FLASH_DONE},
	{"stored CR2 bit 6: QPI at power-up", "06; 71 00 00 03 48; W; P", "9F 00 00", "FF FF", NULL,
		FLASH_UNKNOWN_OPCODE},
};

START_TEST(registers_are_read_and_written_by_address)
{
	struct flash_part part;

	part_init(&part);
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

/* S25FL-L: 15 reads CR2, and CR3 is the next one. */
START_TEST(parts_map_addresses_to_registers)
{
	static const struct fixture_row others[] = {
		{"register 3", "", "65 00 00 03 00 00", "60", NULL, FLASH_DONE},
		{"register 1", "", "65 00 00 01 00 00", "FF", NULL, FLASH_BAD_ADDRESS},
		{"register 5", "", "65 00 00 05 00 00", "FF", NULL, FLASH_BAD_ADDRESS},
	};
	struct flash_part part;

	part_init(&part);
	memcpy(part.any_registers, (uint8_t[]){1, 0, 2, 3, 5, 0}, 6);
	fixture_check_rows_of(&part, others, G_N_ELEMENTS(others));
}
END_TEST

/* Registers after the third are non-volatile like the others. */
START_TEST(registers_by_address_are_part_of_the_state)
{
	struct flash_part part;
	struct fixture *f;
	size_t n;
	const struct flash_nonvolatile *items;

	part_init(&part);
	f = fixture_new_part(&part);
	fixture_run(f, "06; 71 00 00 03 82; W");
	items = flash_nonvolatile(f->chip, &n);
	ck_assert_uint_eq(n, 4);
	ck_assert_str_eq(items[3].name, "configuration");
	ck_assert_uint_eq(items[3].size, 3);
	ck_assert_mem_eq(items[3].data, ((uint8_t[]){0x82, 0x00, 0x10}), 3);
	ck_assert_uint_eq(items[0].size, 3);
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_NONVOLATILE), 1);
	fixture_destroy(f);
}
END_TEST

/* AB without an ID, and the one-byte reset. */
START_TEST(ab_without_id_and_f0_act_as_in_the_data_sheet)
{
	static const struct fixture_row ways[] = {
		{"AB floats", "", "AB 00 00 00 00", "FF FF FF FF FF", NULL, FLASH_DONE},
		{"AB wakes", "B9; T3000; AB; T3000", "9F 00", "EF", NULL, FLASH_DONE},
		{"AB takes tRES1", "B9; T3000; AB; T2999", "9F 00", "FF", NULL, FLASH_BUSY},
		{"AB with further bits", "B9; T3000; AB 00 00 +3; T3000", "9F 00", "EF", NULL,
			FLASH_DONE},
		{"AB outside power-down", "06", "AB", NULL, "02 02 60", FLASH_DONE},
		{"F0", "06; F0; T30000", "05 00", "00", NULL, FLASH_DONE},
		{"F0 takes tRST", "F0; T29999", "05 00", "FF", NULL, FLASH_BUSY},
		{"F0 while busy", "06; 20 00 00 00; F0; T30000", "05 00", "00", NULL, FLASH_DONE},
		{"F0 in power-down", "B9; T3000; F0; T30000", "9F 00", "FF", NULL,
			FLASH_POWERED_DOWN},
		{"F0 with a further byte", "", "F0 00", NULL, NULL, FLASH_LONG_FRAME},
	};
	struct flash_part part;

	fixture_part_init(&part);
	fixture_add_commands(&part, "RDP RST_F0");
	fixture_check_rows_of(&part, ways, G_N_ELEMENTS(ways));
}
END_TEST

Suite *
suite_flash_registers(void)
{
	Suite *suite = suite_create("flash_registers");
	TCase *tcase = tcase_create("flash_registers");

	fixture_prepare();
	tcase_add_test(tcase, registers_are_read_and_written_by_address);
	tcase_add_test(tcase, parts_map_addresses_to_registers);
	tcase_add_test(tcase, registers_by_address_are_part_of_the_state);
	tcase_add_test(tcase, ab_without_id_and_f0_act_as_in_the_data_sheet);
	suite_add_tcase(suite, tcase);
	return suite;
}
