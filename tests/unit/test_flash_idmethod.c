/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The identification methods of parts, and the replies of each part to the other methods that a
 * host may try: 9F, 15, 90, AB, 83. Parts without identification never drive MISO.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

struct way {
	const char *what;
	const char *commands;
	const char *id; /* RDID and RDIDP */
	const char *rems;
	const char *res;
	const char *send; /* frames; reply: the last bytes of each */
	const char *reply;
};

static const struct way ways[] = {
	{"three bytes, repeated", "RDID", "EF 40 18", NULL, NULL, "9F 00 00 00 00", "EF 40 18 EF"},
	{"a continuation code", "RDID", "7F 9D 21", NULL, NULL, "9F 00 00 00", "7F 9D 21"},
	{"four bytes", "RDID", "7F 37 20 15", NULL, NULL, "9F 00 00 00 00", "7F 37 20 15"},
	{"five bytes", "RDID", "1F 28 00 01 00", NULL, NULL, "9F 00 00 00 00 00", "1F 28 00 01 00"},
	{"six bytes", "RDID", "01 02 20 4D 00 80", NULL, NULL, "9F 00 00 00 00 00 00",
		"01 02 20 4D 00 80"},
	{"AT25F: 15", "RDID:15", "1F 65", NULL, NULL, "15 00 00", "1F 65"},
	{"AT25F: 9F is unknown", "RDID:15", "1F 65", NULL, NULL, "9F 00 00 00", "FF FF FF"},
	{"REMS", "REMS", NULL, "BF 48", NULL, "90 00 00 00 00 00", "BF 48"},
	{"REMS: 9F is unknown", "REMS", NULL, "BF 48", NULL, "9F 00 00 00", "FF FF FF"},
	{"REMS: AB gives both bytes", "REMS REMS:AB", NULL, "BF 48", NULL, "AB 00 00 00 00 00",
		"BF 48"},
	{"REMS: AB from the second byte", "REMS:AB", NULL, "BF 48", NULL, "AB 00 00 01 00 00",
		"48 BF"},
	{"RES, one byte", "RES", NULL, NULL, "05", "AB 00 00 00 00 00", "05 05"},
	{"RES: 9F is unknown", "RES", NULL, NULL, "05", "9F 00 00 00", "FF FF FF"},
	{"RES: 90 is unknown", "RES", NULL, NULL, "05", "90 00 00 00 00 00", "FF FF"},
	{"RES, two bytes", "RES", NULL, NULL, "62 1D", "AB 00 00 00 00 00 00 00", "62 1D 62 1D"},
	{"RES, with a continuation code", "RES", NULL, NULL, "9D 7B 7F", "AB 00 00 7F 00 00 00",
		"9D 7B 7F"},
	{"RDP: AB gives no ID", "RDP", NULL, NULL, NULL, "AB 00 00 00 00 00", "FF FF FF FF FF"},
	{"M95: 83", "RDIDP", "20 00 12", NULL, NULL, "83 00 00 00 00 00 00", "20 00 12"},
	{"M95: 9F is unknown", "RDIDP", "20 00 12", NULL, NULL, "9F 00 00 00", "FF FF FF"},
	{"none: 9F", "READ", NULL, NULL, NULL, "9F 00 00 00", "FF FF FF"},
	{"none: 90", "READ", NULL, NULL, NULL, "90 00 00 00 00 00", "FF FF"},
	{"none: AB", "READ", NULL, NULL, NULL, "AB 00 00 00 00 00", "FF FF"},
	{"none: 15", "READ", NULL, NULL, NULL, "15 00 00", "FF FF"},
	{"none: 83", "READ", NULL, NULL, NULL, "83 00 00 00 00 00", "FF FF"},
	{"none: 5A", "READ", NULL, NULL, NULL, "5A 00 00 00 00 00 00", "FF FF"},
};

START_TEST(each_method_gets_its_reply)
{
	for (const struct way *way = ways; way < ways + G_N_ELEMENTS(ways); way++) {
		struct flash_part part;
		struct fixture *f;
		uint8_t rems[2] = {0};

		fixture_part_init(&part);
		fixture_part_commands(&part, way->commands);
		part.id_tail = FLASH_ID_REPEAT;
		part.id_length = way->id ? fixture_parse(way->id, part.id) : 0;
		part.res_length = way->res ? fixture_parse(way->res, part.res) : 0;
		if (way->rems)
			fixture_parse(way->rems, rems);
		part.manufacturer = rems[0];
		part.device_id = rems[1];
		f = fixture_new_part(&part);
		fixture_run(f, way->send);
		fixture_assert_miso(f, way->reply, way->what);
		fixture_destroy(f);
	}
}
END_TEST

/* RDP only leaves power-down, and works where other commands are ignored. */
START_TEST(rdp_leaves_power_down)
{
	static const struct fixture_row rows[] = {
		{"in power-down", "B9; T3000", "03 00 00 00 00", "FF", NULL, FLASH_POWERED_DOWN},
		{"RDP", "06; 02 00 00 00 12; W; B9; T3000; AB; T3000", "03 00 00 00 00", "12", NULL,
			FLASH_DONE},
		{"RDP with more bytes", "06; 02 00 00 00 12; W; B9; T3000; AB 00 00 00; T3000",
			"03 00 00 00 00", "12", NULL, FLASH_DONE},
		{"RDP takes tRES1", "B9; T3000; AB; T2999", "03 00 00 00 00", "FF", NULL,
			FLASH_BUSY},
	};
	struct flash_part part;

	fixture_part_init(&part);
	fixture_part_commands(&part, "WREN PP READ RDSR1 DP RDP");
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

/* Mask ROMs, and parts with unknown programming: commands that change the array are missing. */
START_TEST(read_only_parts_reject_writes)
{
	static const struct fixture_row rows[] = {
		{"9F", "", "9F 00 00 00", "C2 05 18", NULL, FLASH_DONE},
		{"03", "", "03 00 00 00 00 00", "FF FF", NULL, FLASH_DONE},
		{"0B", "", "0B 00 00 00 00 00", "FF", NULL, FLASH_DONE},
		{"read-only: 06 is unknown", "", "06", NULL, NULL, FLASH_UNKNOWN_OPCODE},
		{"read-only: 05 is unknown", "", "05 00", "FF", NULL, FLASH_UNKNOWN_OPCODE},
		{"read-only: 02 is unknown", "06", "02 00 00 00 00", NULL, NULL,
			FLASH_UNKNOWN_OPCODE},
		{"read-only: 20 is unknown", "06", "20 00 00 00", NULL, NULL, FLASH_UNKNOWN_OPCODE},
		{"read-only: C7 is unknown", "06", "C7", NULL, NULL, FLASH_UNKNOWN_OPCODE},
		{"read-only: 01 is unknown", "06", "01 00", NULL, NULL, FLASH_UNKNOWN_OPCODE},
	};
	struct flash_part part;

	fixture_part_init(&part);
	fixture_part_commands(&part, "RDID READ FAST_READ");
	memset(part.status, 0, sizeof(part.status));
	memset(part.status_default, 0, sizeof(part.status_default));
	memcpy(part.id, "\xc2\x05\x18", 3);
	part.page_size = 0;
	part.range_rule = FLASH_RANGE_NONE;
	part.n_erases = 0;
	fixture_check_rows_of(&part, rows, G_N_ELEMENTS(rows));
}
END_TEST

Suite *
suite_flash_idmethod(void)
{
	Suite *suite = suite_create("flash_idmethod");
	TCase *tcase = tcase_create("idmethod");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, each_method_gets_its_reply);
	tcase_add_test(tcase, rdp_leaves_power_down);
	tcase_add_test(tcase, read_only_parts_reject_writes);
	suite_add_tcase(suite, tcase);
	return suite;
}
