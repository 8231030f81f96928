/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address modes of parts beyond 16 MiB, with 32 MiB parts of five vendors as examples: how they
 * enter and leave 4-byte mode, what the extended address register does, and the targets of reads,
 * programs and erases. Names of data sheets: emu/flash/commands/address.c.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define SIZE ((uint64_t)32 << 20)
#define NOWHERE UINT32_MAX

static const struct flash_time quick = {1000, 1000};

static void
large_part(struct flash_part *part)
{
	fixture_part_init(part);
	part->size = SIZE;
	fixture_add_commands(part, "READ4 FAST_READ4 PP4");
	part->erases[part->n_erases++] = (struct flash_erase){
		.opcode = 0x21, .four_byte = true, .size = 4096, .time = quick};
	part->erases[part->n_erases++] = (struct flash_erase){
		.opcode = 0xdc, .four_byte = true, .size = 65536, .time = quick};
}

/* W25Q256JV: B7 and E9 as they are; ADS and ADP in status register 3. */
static void
winbond(struct flash_part *part)
{
	large_part(part);
	fixture_add_commands(part, "EN4B EX4B WREAR RDEAR");
	fixture_set_bit(part, 2, 0, FLASH_BIT_ADS);
	part->status[2][0].read_only = true;
	fixture_set_bit(part, 2, 1, FLASH_BIT_ADP);
}

/* W25Q256FV: leaves with the register at 01. */
static void
winbond_fv(struct flash_part *part)
{
	large_part(part);
	fixture_add_commands(part, "EN4B EX4B_UPPER WREAR RDEAR");
}

/* N25Q256A: B7 and E9 need WEL. */
static void
micron(struct flash_part *part)
{
	large_part(part);
	fixture_add_commands(part, "EN4B_WREN EX4B_WREN WREAR RDEAR");
}

/* S25FL256S: bank register; its bit 7 is the mode. */
static void
spansion(struct flash_part *part)
{
	large_part(part);
	fixture_add_commands(part, "BRWR BRRD RST_F0");
}

/* S25FS512S, at 32 MiB: B7 and no E9. */
static void
spansion_fs(struct flash_part *part)
{
	large_part(part);
	fixture_add_commands(part, "EN4B");
}

/* 4 bytes after power-up (MX25U25645G-54 and the like). */
static void
always_four(struct flash_part *part)
{
	large_part(part);
	part->address_bytes = 4;
	fixture_add_commands(part, "EN4B EX4B");
}

/* Contents of the array; FF everywhere else. */
static const struct {
	uint32_t address;
	uint8_t value;
} marks[] = {{0x000010, 0xa1}, {0x1000010, 0xb2}, {0xfffffe, 0x10}, {0xffffff, 0x11},
	{0x1000000, 0x22}, {0x1000001, 0x23}, {0x1ffffff, 0x33}, {0x000000, 0x44}};

struct row {
	const char *what;
	void (*part)(struct flash_part *part);
	const char *before;
	const char *send;
	const char *reply; /* the last bytes of MISO in send; NULL: not checked */
	enum flash_outcome outcome;
	uint32_t from; /* bytes that equal value afterwards; all others are unchanged */
	uint32_t n;
	uint8_t value;
};

#define SAME FLASH_DONE, NOWHERE, 0, 0
#define REFUSED(outcome) outcome, NOWHERE, 0, 0

static const struct row rows[] = {
	{"3 bytes after power-up", winbond, "", "03 00 00 10 00", "A1", SAME},
	{"B7", winbond, "B7", "03 01 00 00 10 00", "B2", SAME},
	{"B7, a short address", winbond, "B7", "03 01 00 00", NULL, REFUSED(FLASH_SHORT_FRAME)},
	{"E9", winbond, "B7; E9", "03 00 00 10 00", "A1", SAME},
	{"ADS after B7", winbond, "B7", "15 00", "61", SAME},
	{"ADS after E9", winbond, "B7; E9", "15 00", "60", SAME},
	{"ADS is not written", winbond, "06; 11 61; W", "15 00", "60", SAME},
	{"B7 keeps WEL", winbond, "06; B7", "05 00", "02", SAME},
	{"B7 with a further byte", winbond, "", "B7 00", NULL, REFUSED(FLASH_LONG_FRAME)},
	{"B7 while busy", winbond, "06; 20 00 00 00", "B7", NULL, FLASH_BUSY, NOWHERE, 0, 0},
	{"ADP stored, not yet in force", winbond, "06; 11 62; W", "15 00", "62", SAME},
	{"ADP acts at power-up", winbond, "06; 11 62; W; P", "15 00", "63", SAME},
	{"ADP, reads", winbond, "06; 11 62; W; P", "03 01 00 00 10 00", "B2", SAME},
	{"ADP, E9", winbond, "06; 11 62; W; P; E9", "03 00 00 10 00", "A1", SAME},
	{"ADP acts at reset", winbond, "06; 11 62; W; 66; 99; T30000", "15 00", "63", SAME},
	{"66 99 leaves the mode", winbond, "B7; 66; 99; T30000", "03 00 00 10 00", "A1", SAME},
	{"power loss keeps 3 bytes", winbond, "B7; P", "03 00 00 10 00", "A1", SAME},
	{"power-down keeps it", winbond, "B7; B9; T3000; AB; T3000", "03 01 00 00 10 00", "B2",
		SAME},

	{"C8 after power-up", winbond, "", "C8 00", "00", SAME},
	{"C5", winbond, "06; C5 01", "C8 00 00", "01 01", SAME},
	{"C5 clears WEL", winbond, "06; C5 01", "05 00", "00", SAME},
	{"C5 without WEL", winbond, "", "C5 01", NULL, REFUSED(FLASH_WEL_CLEAR)},
	{"C5 without data", winbond, "06", "C5", NULL, REFUSED(FLASH_SHORT_FRAME)},
	{"C5 with two bytes", winbond, "06", "C5 01 01", NULL, REFUSED(FLASH_LONG_FRAME)},
	{"C5 beyond the array", winbond, "06; C5 FF", "C8 00", "01", SAME},
	{"03 above 16 MiB", winbond, "06; C5 01", "03 00 00 10 00", "B2", SAME},
	{"0B above 16 MiB", winbond, "06; C5 01", "0B 00 00 10 00 00", "B2", SAME},
	{"13 needs no register", winbond, "06; C5 01", "13 00 00 00 10 00", "A1", SAME},
	{"13 in 3-byte mode", winbond, "", "13 01 00 00 10 00", "B2", SAME},
	{"0C in 3-byte mode", winbond, "", "0C 01 00 00 10 00 00", "B2", SAME},
	{"4-byte mode needs no register", winbond, "06; C5 01; B7", "03 00 00 00 10 00", "A1",
		SAME},
	{"a reset clears the register", winbond, "06; C5 01; 66; 99; T30000", "C8 00", "00", SAME},
	{"power loss clears it", winbond, "06; C5 01; P", "C8 00", "00", SAME},
	{"a read goes on at 16 MiB", winbond, "", "03 FF FF FE 00 00 00 00", "10 11 22 23", SAME},
	{"a read beyond 16 MiB keeps the register", winbond, "03 FF FF FE 00 00 00 00", "C8 00",
		"00", SAME},
	{"a read above 16 MiB continues at address 0", winbond, "06; C5 01", "03 FF FF FF 00 00",
		"33 44", SAME},
	{"SFDP has 3 bytes in 4-byte mode", winbond, "B7", "5A 00 00 00 00 00 00", "53 46", SAME},
	{"the register does not act on SFDP", winbond, "06; C5 01", "5A 00 00 00 00 00 00", "53 46",
		SAME},
	{"the register does not act on security registers", winbond, "06; C5 01",
		"48 00 10 00 00 00", "FF", SAME},
	{"address bits beyond the array", winbond, "B7", "03 FF 00 00 10 00", "B2", SAME},
	{"3-byte address bits are all used", winbond, "", "03 FF FF FF 00", "11", SAME},

	{"E9 of a W25Q256FV", winbond_fv, "B7; E9", "C8 00", "01", SAME},
	{"E9 of a W25Q256FV, reads", winbond_fv, "B7; E9", "03 00 00 10 00", "B2", SAME},
	{"C8 of a W25Q256FV after power-up", winbond_fv, "", "C8 00", "00", SAME},

	{"B7 without WEL", micron, "", "B7", NULL, REFUSED(FLASH_WEL_CLEAR)},
	{"B7 without WEL changes nothing", micron, "B7", "03 00 00 10 00", "A1", SAME},
	{"06 B7", micron, "06; B7", "03 01 00 00 10 00", "B2", SAME},
	{"06 B7 clears WEL", micron, "06; B7", "05 00", "00", SAME},
	{"E9 without WEL", micron, "06; B7", "E9", NULL, REFUSED(FLASH_WEL_CLEAR)},
	{"06 E9", micron, "06; B7; 06; E9", "03 00 00 10 00", "A1", SAME},

	{"16 after power-up", spansion, "", "16 00", "00", SAME},
	{"17 without WEL", spansion, "17 01", "16 00 00", "01 01", SAME},
	{"17 selects bank 1", spansion, "17 01", "03 00 00 10 00", "B2", SAME},
	{"17: bit 7 is the address mode", spansion, "17 80", "03 01 00 00 10 00", "B2", SAME},
	{"16: bit 7 is read", spansion, "17 80", "16 00", "80", SAME},
	{"17: bit 7 off", spansion, "17 80; 17 00", "03 00 00 10 00", "A1", SAME},
	{"17: bank 1 does not act on 4-byte addresses", spansion, "17 81", "03 00 00 00 10 00",
		"A1", SAME},
	{"17: bits that the array lacks stay 0", spansion, "17 7E", "16 00", "00", SAME},
	{"17 with two bytes", spansion, "", "17 80 00", NULL, REFUSED(FLASH_LONG_FRAME)},
	{"F0 clears the bank", spansion, "17 81; F0; T30000", "16 00", "00", SAME},
	{"F0 leaves the mode", spansion, "17 80; F0; T30000", "03 00 00 10 00", "A1", SAME},
	{"power loss clears the bank", spansion, "17 81; P", "16 00", "00", SAME},

	{"E9 is unknown", spansion_fs, "B7", "E9", NULL, REFUSED(FLASH_UNKNOWN_OPCODE)},
	{"E9 is unknown: still 4 bytes", spansion_fs, "B7; E9", "03 01 00 00 10 00", "B2", SAME},
	{"a reset ends 4-byte mode", spansion_fs, "B7; 66; 99; T30000", "03 00 00 10 00", "A1",
		SAME},

	{"4-byte addresses after power-up", always_four, "", "03 01 00 00 10 00", "B2", SAME},
	{"4-byte addresses after power-up, E9 ends them", always_four, "E9", "03 00 00 10 00", "A1",
		SAME},
	{"4-byte addresses after E9 and a reset", always_four, "E9; 66; 99; T30000",
		"03 01 00 00 10 00", "B2", SAME},

	{"02 below 16 MiB", winbond, "06", "02 00 01 00 00; W", NULL, FLASH_DONE, 0x100, 1, 0},
	{"02 above 16 MiB", winbond, "06; C5 01; 06", "02 00 01 00 00; W", NULL, FLASH_DONE,
		0x1000100, 1, 0},
	{"02 in 4-byte mode", winbond, "B7; 06", "02 01 00 01 00 00; W", NULL, FLASH_DONE,
		0x1000100, 1, 0},
	{"12 in 3-byte mode", winbond, "06", "12 01 00 01 00 00; W", NULL, FLASH_DONE, 0x1000100, 1,
		0},
	{"12 in 4-byte mode", winbond, "B7; 06", "12 01 00 01 00 00; W", NULL, FLASH_DONE,
		0x1000100, 1, 0},
	{"02 stays in its page at 16 MiB", winbond, "06", "02 FF FF FF 00 FF; W", NULL, FLASH_DONE,
		0xffffff, 1, 0},
	{"12 without WEL", winbond, "", "12 01 00 01 00 00", NULL, REFUSED(FLASH_WEL_CLEAR)},
	{"20 below 16 MiB", winbond, "06", "20 00 0F FF; W", NULL, FLASH_DONE, 0, 4096, 0xff},
	{"20 above 16 MiB", winbond, "06; C5 01; 06", "20 00 0F FF; W", NULL, FLASH_DONE, 0x1000000,
		4096, 0xff},
	{"20 in 4-byte mode", winbond, "B7; 06", "20 01 00 00 00; W", NULL, FLASH_DONE, 0x1000000,
		4096, 0xff},
	{"20 with 3 bytes in 4-byte mode", winbond, "B7; 06", "20 00 00 00", NULL,
		REFUSED(FLASH_SHORT_FRAME)},
	{"20 with 4 bytes in 3-byte mode", winbond, "06", "20 01 00 00 00", NULL,
		REFUSED(FLASH_LONG_FRAME)},
	{"21 in 3-byte mode", winbond, "06", "21 01 00 00 00; W", NULL, FLASH_DONE, 0x1000000, 4096,
		0xff},
	{"21 in 4-byte mode", winbond, "B7; 06", "21 01 00 00 00; W", NULL, FLASH_DONE, 0x1000000,
		4096, 0xff},
	{"DC in 3-byte mode", winbond, "06", "DC 01 00 12 34; W", NULL, FLASH_DONE, 0x1000000,
		65536, 0xff},
	{"D8 above 16 MiB", spansion, "17 01; 06", "D8 00 12 34; W", NULL, FLASH_DONE, 0x1000000,
		65536, 0xff},
	{"DC of the last block", winbond, "06", "DC 01 FF FF FF; W", NULL, FLASH_DONE, 0x1ff0000,
		65536, 0xff},
	{"60 erases the whole array", winbond, "06", "60; W", NULL, FLASH_DONE, 0, (uint32_t)SIZE,
		0xff},
};

static void
check_array(struct fixture *f, const uint8_t *before, const struct row *row)
{
	g_autofree uint8_t *expected = g_memdup2(before, SIZE);

	if (row->from != NOWHERE)
		memset(expected + row->from, row->value, row->n);
	if (memcmp(expected, f->array, SIZE) == 0)
		return;
	for (size_t i = 0; i < SIZE; i++) {
		if (expected[i] != f->array[i])
			ck_abort_msg("%s: %07zX is %02X, expected %02X", row->what, i, f->array[i],
				expected[i]);
	}
}

static void
check(const struct row *row)
{
	struct flash_part part;
	struct fixture *f;
	g_autofree uint8_t *before = NULL;
	enum flash_outcome outcome;

	row->part(&part);
	f = fixture_new_part(&part);
	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		f->array[marks[i].address] = marks[i].value;
	fixture_run(f, row->before);
	before = g_memdup2(f->array, SIZE);
	outcome = fixture_run(f, row->send);
	ck_assert_msg(outcome == row->outcome, "%s: outcome \"%s\", expected \"%s\"", row->what,
		flash_outcome_string(outcome), flash_outcome_string(row->outcome));
	if (row->reply)
		fixture_assert_miso(f, row->reply, row->what);
	fixture_wait(f);
	if (row->outcome == FLASH_DONE)
		check_array(f, before, row);
	fixture_destroy(f);
}

START_TEST(address_modes_select_the_target)
{
	check(&rows[_i]);
}
END_TEST

/* Events contain the address in the array, not the address bytes of the frame. */
START_TEST(events_contain_the_whole_address)
{
	struct flash_part part;
	struct fixture *f;

	winbond(&part);
	f = fixture_new_part(&part);
	fixture_run(f, "06; C5 01; 06; 20 00 20 00");
	ck_assert(f->last.has_address);
	ck_assert_uint_eq(f->last.address, 0x1002000);
	fixture_destroy(f);
}
END_TEST

/* 4 KiB with 2 address bytes: reads wrap at the end, higher address bits are ignored. */
START_TEST(two_address_bytes_wrap_at_the_end)
{
	static const struct fixture_row small[] = {
		{"03", "06; 02 01 00 5A; W", "03 01 00 00 00", "5A FF", NULL, FLASH_DONE},
		{"2 address bytes: bits beyond the array are ignored", "06; 02 01 00 5A; W",
			"03 F1 00 00", "5A", NULL, FLASH_DONE},
		{"2 address bytes: a read wraps", "06; 02 00 00 5A; W", "03 0F FF 00 00", "FF 5A",
			NULL, FLASH_DONE},
		{"2 address bytes: one is too short", "", "03 00", NULL, NULL, FLASH_SHORT_FRAME},
	};
	struct flash_part part;

	fixture_part_init(&part);
	part.size = 4096;
	part.page_size = 32;
	part.address_bytes = 2;
	part.n_erases = 0;
	fixture_check_rows_of(&part, small, G_N_ELEMENTS(small));
}
END_TEST

Suite *
suite_flash_address(void)
{
	Suite *suite = suite_create("flash_address");
	TCase *tcase = tcase_create("flash_address");

	fixture_prepare();
	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(tcase, address_modes_select_the_target, 0, G_N_ELEMENTS(rows));
	tcase_add_test(tcase, events_contain_the_whole_address);
	tcase_add_test(tcase, two_address_bytes_wrap_at_the_end);
	suite_add_tcase(suite, tcase);
	return suite;
}
