/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dummy clocks (engine/dummy.c): the numbers of real parts on the wire, and for every part and
 * every code that they, flash_describe() and the data agree, with SFDP unchanged beside them.
 */
#include "chips_fixture.h"
#include "flash/describe.h"
#include "flash/engine/device.h"
#include "flash/engine/dummy.h"
#include "flash/engine/lanes.h"
#include "flash/engine/opcodes.h"
#include "flash_fixture.h"
#include "suites.h"

#include <glib.h>
#include <string.h>

enum {
	DATA = 8, /* bytes of a read that are compared */
};

/* A chip of that part that has ended its power-up, with a pattern at the start of the array. */
static struct fixture *
chip_of(const char *name)
{
	struct fixture *f = fixture_new_part(chips_find(name));

	for (unsigned int i = 0; i < 64; i++)
		f->array[i] = (uint8_t)(0x35 + 77 * i);
	return f;
}

static unsigned int
bit_at(const uint8_t *bytes, unsigned int bit)
{
	return bytes[bit / 8] >> (7 - bit % 8) & 1;
}

/* The clock of the frame 0B, address 0, at which its data begins; fails if there is none. */
static unsigned int
data_clock_on_the_wire(struct fixture *f, uint8_t opcode, unsigned int address_bytes)
{
	uint8_t frame[1 + 4 + 4 + DATA] = {opcode};
	unsigned int header = 8 * (1 + address_bytes);

	fixture_frame(f, frame, 1 + address_bytes + 4 + DATA, 0);
	for (unsigned int clock = header; clock <= header + 32; clock++) {
		unsigned int bit = 0;

		while (bit < 8 * DATA && bit_at(f->miso, clock + bit) == bit_at(f->array, bit))
			bit++;
		if (bit == 8 * DATA)
			return clock;
	}
	ck_abort_msg("%s: %02X reads no data", f->part.name, opcode);
	return 0;
}

/* Commands on one lane, with the clocks after their address; others through flash_describe(). */
static void
check_clocks(struct fixture *f, const char *command, unsigned int expected, const char *what)
{
	uint8_t frame[FLASH_HEADER_MAX] = {(uint8_t)flash_opcode(&f->part, command)};
	const struct flash_command *row = flash_command_named(f->chip, command);
	struct flash_description description;
	unsigned int address_clocks;

	ck_assert_msg(row != NULL, "%s: no %s", f->part.name, command);
	ck_assert_msg(flash_dummy_clocks(f->chip, frame[0]) == expected,
		"%s, %s: %s has %u dummy clocks, expected %u", f->part.name, what, command,
		flash_dummy_clocks(f->chip, frame[0]), expected);
	if (f->chip->lanes > 1)
		return;
	flash_describe(f->chip, frame, 1, &description);
	address_clocks = 8u * f->chip->address_bytes / MAX(row->address_lanes, 1);
	ck_assert_msg(description.data_clock == 8 + address_clocks + expected,
		"%s, %s: %s is described with data at clock %u", f->part.name, what, command,
		description.data_clock);
	if (strcmp(command, "FAST_READ") == 0)
		ck_assert_uint_eq(description.data_clock,
			data_clock_on_the_wire(f, frame[0], f->chip->address_bytes));
}

struct real_row {
	const char *part;
	const char *before;     /* frames that set the code */
	unsigned int fast_read; /* 0B, 3B and 6B */
	unsigned int dual;      /* BB */
	unsigned int quad;      /* EB */
};

/*
 * MX25L12833F, MX25U25635F, MX25L6436F: Macronix' Verilog models. MT25Q: data sheet of the 02G,
 * pages 34 and 39. S25FL128S: Spansion's model. The rest as remembered.
 */
static const struct real_row real_rows[] = {
	{"MX25L12833F", "", 8, 4, 6},
	{"MX25L12833F", "06; 01 00 40; W", 6, 6, 4},
	{"MX25L12833F", "06; 01 00 80; W", 8, 8, 8},
	{"MX25L12833F", "06; 01 00 C0; W", 10, 10, 10},
	{"MX25L12833F", "06; 01 00 C0; W; 66; 99; T100000", 8, 4, 6},
	{"MX25U25635F", "06; 01 00 40; W", 6, 6, 4},
	{"MX25U25635F", "06; 01 00 C0; W", 10, 10, 10},
	{"MX25L25645G", "06; 01 00 C0; W", 10, 10, 10},
	{"MX25L6436F", "", 8, 4, 6},
	{"MX25L6436F", "06; 01 00 40; W", 8, 8, 10},
	{"MX25R6435F", "06; 01 00 40; W", 8, 8, 10},
	{"N25Q128A13E", "", 8, 8, 10},
	{"N25Q128A13E", "06; 81 3B", 3, 3, 3},
	{"MT25QL256ABA", "06; 81 EB", 14, 14, 14},
	{"MT25QL256ABA", "06; 81 0B", 8, 8, 10},
	{"MT25QL256ABA", "06; 81 EB; 66; 99; T100000", 8, 8, 10},
	{"MT25QL256ABA", "06; B1 FF 5F; W; 66; 99; T100000", 5, 5, 5},
	{"S25FL128S-64K", "", 8, 4, 6},
	{"S25FL128S-64K", "06; 01 00 C0; W", 0, 4, 3},
	{"S25FL128S-64K", "06; 01 00 80; W", 8, 6, 7},
	{"IS25LP128", "", 8, 4, 6},
	{"IS25LP128", "C0 50", 10, 10, 10},
	{"IS25LP128", "63 18", 3, 3, 3},
	{"IS25LP128", "C0 50; 66; 99; T1000000", 8, 4, 6},
	{"IS25LP128", "06; 65 50; W; 66; 99; T1000000", 10, 10, 10},
};

START_TEST(codes_select_the_clocks_of_real_parts)
{
	for (size_t i = 0; i < G_N_ELEMENTS(real_rows); i++) {
		const struct real_row *row = &real_rows[i];
		struct fixture *f = chip_of(row->part);

		fixture_run(f, row->before);
		check_clocks(f, "FAST_READ", row->fast_read, row->before);
		check_clocks(f, "DREAD", row->fast_read, row->before);
		check_clocks(f, "QREAD", row->fast_read, row->before);
		check_clocks(f, "2READ", row->dual, row->before);
		check_clocks(f, "4READ", row->quad, row->before);
		fixture_destroy(f);
	}
}
END_TEST

START_TEST(s25fs_has_its_code_in_cr2)
{
	struct fixture *f = chip_of("S25FS128S-64K");

	check_clocks(f, "FAST_READ", 8, "as delivered");
	check_clocks(f, "4READ", 10, "as delivered");
	check_clocks(f, "RDAR", 8, "as delivered");
	fixture_run(f, "06; 71 80 00 03 05");
	check_clocks(f, "FAST_READ", 5, "5 in force");
	check_clocks(f, "2READ", 9, "5 in force");
	check_clocks(f, "RDAR", 5, "5 in force");
	check_clocks(f, "RDOTP", 5, "5 in force");
	fixture_destroy(f);
}
END_TEST

START_TEST(qpi_has_clocks_of_its_own)
{
	static const struct {
		const char *part;
		unsigned int clocks;
	} rows[] = {{"W25Q128FV", 2}, {"GD25LQ128C", 4}, {"MT25QL256ABA", 10}, {"IS25LP128", 6},
		{"MX25U3235F", 4}, {"MX25L12835F", 8}};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct fixture *f = chip_of(rows[i].part);

		flash_lanes_set(f->chip, 4);
		check_clocks(f, "FAST_READ", rows[i].clocks, "QPI");
		flash_lanes_set(f->chip, 1);
		check_clocks(f, "FAST_READ", 8, "SPI");
		fixture_destroy(f);
	}
}
END_TEST

/* --- every part --- */

static bool
has_bit(const struct flash_part *part, enum flash_bit function)
{
	for (unsigned int i = 0; i < FLASH_REGISTERS * 8; i++) {
		if (part->status[i / 8][i % 8].function == function)
			return true;
	}
	return false;
}

/* The code, with its bits where the mask has them. */
static uint8_t
deposit(unsigned int code, uint8_t mask)
{
	uint8_t value = 0;

	for (unsigned int bit = 0; bit < 8; bit++) {
		if (!(mask >> bit & 1))
			continue;
		value |= (uint8_t)((code & 1) << bit);
		code >>= 1;
	}
	return value;
}

static void
set_code(struct fixture *f, unsigned int code)
{
	uint8_t value = deposit(code, f->part.dummy_mask);
	g_autofree char *frames = NULL;

	switch (f->part.dummy_register) {
	case FLASH_DUMMY_VCR:
		frames = g_strdup_printf("06; 81 %02X", value);
		break;
	case FLASH_DUMMY_READ_PARAMETERS:
		frames = g_strdup_printf("C0 %02X", value);
		break;
	default:
		flash_status_preset(f->chip, f->part.dummy_register - FLASH_DUMMY_STATUS_1, value);
		break;
	}
	fixture_run(f, frames);
}

static void
check_sfdp(struct fixture *f, unsigned int code)
{
	static const uint8_t frame[9] = {0x5a};

	if (flash_opcode(&f->part, "RDSFDP") != 0x5a)
		return;
	fixture_frame(f, frame, sizeof(frame), 0);
	ck_assert_msg(memcmp(f->miso + 5, "SFDP", 4) == 0, "%s: no SFDP with code %u", f->part.name,
		code);
}

static void
check_code(struct fixture *f, unsigned int code)
{
	g_autofree char *what = g_strdup_printf("code %u", code);

	set_code(f, code);
	for (unsigned int i = 0; i < f->part.n_dummies; i++) {
		const struct flash_dummy *dummy = &f->part.dummies[i];
		g_autofree char *twin = g_strconcat(dummy->command, "4", NULL);
		uint8_t clocks = dummy->clocks[dummy->n_clocks > 1 ? code : 0];

		if (dummy->n_clocks == 0 || !flash_command_named(f->chip, dummy->command))
			continue;
		check_clocks(f, dummy->command, clocks, what);
		if (flash_command_named(f->chip, twin))
			ck_assert_uint_eq(
				flash_dummy_clocks(f->chip, (uint8_t)flash_opcode(&f->part, twin)),
				clocks);
	}
	check_sfdp(f, code);
}

START_TEST(every_part_reads_with_every_code)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);
	unsigned int n = 0;

	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = parts->pdata[i];
		struct fixture *f;

		if (part->dummy_register == FLASH_DUMMY_FIXED)
			continue;
		f = chip_of(part->name);
		for (unsigned int code = 0; code < 1u << __builtin_popcount(part->dummy_mask);
			code++)
			check_code(f, code);
		fixture_destroy(f);
		n++;
	}
	ck_assert_uint_ge(n, 100);
}
END_TEST

START_TEST(every_part_with_dc_bits_has_their_clocks)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);

	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = parts->pdata[i];

		if (has_bit(part, FLASH_BIT_DC0) || has_bit(part, FLASH_BIT_DC1))
			ck_assert_msg(part->dummy_register != FLASH_DUMMY_FIXED,
				"%s has DC bits and no dummy-code", part->name);
		if (flash_opcode(part, "SRPV") >= 0)
			ck_assert_msg(part->dummy_register == FLASH_DUMMY_READ_PARAMETERS,
				"%s has SRPV and no dummy-code", part->name);
	}
}
END_TEST

Suite *
suite_flash_dummy(void)
{
	Suite *suite = suite_create("flash_dummy");
	TCase *tcase = tcase_create("flash-dummy");

	tcase_add_checked_fixture(tcase, chips_setup, chips_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, codes_select_the_clocks_of_real_parts);
	tcase_add_test(tcase, s25fs_has_its_code_in_cr2);
	tcase_add_test(tcase, qpi_has_clocks_of_its_own);
	tcase_add_test(tcase, every_part_reads_with_every_code);
	tcase_add_test(tcase, every_part_with_dc_bits_has_their_clocks);
	suite_add_tcase(suite, tcase);
	return suite;
}
