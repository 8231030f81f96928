/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of the chipdb against values of real chips: answers that were read out of them and
 * published, and register bits as their data sheets, or tools that quote these, have them. Each
 * row names its source by the tag in the chip file.
 */
#include "chips_fixture.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static const struct {
	const char *part, *source, *before, *send, *reply;
	enum flash_outcome outcome;
} frames[] = {
	{"BY25Q32ES", "[hwid]", "", "9F 00 00 00 00 00 00", "68 40 16 68 40 16", FLASH_DONE},
	{"BY25Q32ES", "[hwid]", "", "90 00 00 00 00 00 00 00", "68 15 68 15", FLASH_DONE},
	{"BY25Q32ES", "[hwid]", "", "AB 00 00 00 00 00", "15 15", FLASH_DONE},
	{"BY25Q32ES", "[hwid]", "", "05 00", "00", FLASH_DONE},
	{"BY25Q32ES", "[hwid]", "", "35 00", "00", FLASH_DONE},
	{"BY25Q32ES", "[hwid]", "", "15 00", "40", FLASH_DONE},
	{"BY25Q32ES", "[hwid]", "", "48 00 10 00 00 00", "FF", FLASH_DONE},
	{"BY25Q32BS", "unconfirmed", "", "15 00", "00", FLASH_DONE},
	{"BY25Q32BS", "[Q32BS]", "", "38", NULL, FLASH_UNKNOWN_OPCODE},
	{"BY25Q32CS", "[Q32CS]", "06; 01 00 02; W", "38", NULL, FLASH_DONE},
	{"BY25Q80BS", "quad", "06; 31 02; W", "35 00", "02", FLASH_DONE},
	{"BY25D80AS", "dual", "", "35 00", "FF", FLASH_UNKNOWN_OPCODE},
	{"GD25Q32C", "[hwid]", "", "9F 00 00 00 00", "C8 40 16 C8", FLASH_DONE},
	{"GD25Q32C", "[hwid]", "", "90 00 00 00 00 00 00 00", "C8 15 C8 15", FLASH_DONE},
	{"GD25Q32C", "[hwid]", "", "15 00", "20", FLASH_DONE},
	{"GD25Q80C", "[ufprog]", "", "15 00", "FF", FLASH_UNKNOWN_OPCODE},
	{"GD25Q20B", "[ufprog]", "06; 01 00 FF; W", "35 00", "42", FLASH_DONE},
	{"GD25Q80", "[ufprog]", "06; 01 00 FE; W", "35 00", "02", FLASH_DONE},
	{"GD25Q64B", "[ufprog]", "06; 01 00 04; W", "35 00", "04", FLASH_DONE},
	{"GD25Q128B", "[ufprog]", "06; 01 00 04; W", "35 00", "04", FLASH_DONE},
	{"GD25Q128B", "[ufprog]", "06; 42 00 03 FF 5A; W", "48 00 03 FF 00 00", "5A", FLASH_DONE},
	{"GD25Q128B", "[ufprog]", "06; 01 00 04; W; 06", "42 00 00 00 5A", NULL, FLASH_OTP_LOCKED},
	{"GD25Q128C", "[ufprog]", "06; 11 04; W", "15 00", "04", FLASH_DONE},
	{"GD25Q128C", "[ufprog]", "06; 11 04; W; 06; 7E; 06", "D8 00 00 00", NULL, FLASH_PROTECTED},
	{"GD25B128E", "[flashprog]", "06; 31 00; W", "35 00", "02", FLASH_DONE},
	{"GD25Q128E", "[ufprog]", "06; 31 02; W; 06; 31 00; W", "35 00", "00", FLASH_DONE},
	{"GD25VQ21B", "flashprog", "06; 31 02; W", "35 00", "02", FLASH_DONE},
	{"GD25VQ41B", "flashprog", "06; 31 02; W", "35 00", "02", FLASH_DONE},
	{"GD25WQ80E", "[ufprog]", "06; 01 00 0C; W", "35 00", "0C", FLASH_DONE},
	{"XM25QH32D", "[hwid]", "", "9F 00 00 00 00 00 00", "46 40 16 46 40 16", FLASH_DONE},
	{"XM25QH32D", "[hwid]", "", "90 00 00 00 00 00 00 00", "46 15 46 15", FLASH_DONE},
	{"XM25QH32D", "[hwid]", "", "AB 00 00 00 00", "15", FLASH_DONE},
	{"XM25QH32D", "[hwid]", "", "35 00", "02", FLASH_DONE},
	{"XM25QH32D", "[hwid]", "", "15 00", "20", FLASH_DONE},
	{"XM25QH32D", "[hwid]", "", "48 00 30 00 00 00", "FF", FLASH_DONE},
	{"XM25QH32D-20", "[QH32D]", "", "9F 00 00 00", "20 40 16", FLASH_DONE},
	{"XM25QH32C", "flashrom", "", "9F 00 00 00", "20 40 16", FLASH_DONE},
	{"XM25QH80B", "[ufprog]", "06; 31 FF; W", "35 00", "7A", FLASH_DONE},
	{"FM25Q128", "flashprog", "06; 01 C0; W", "05 00", "C0", FLASH_DONE},
	{"FM25Q128", "flashprog", "06; 31 03; W", "35 00", "02", FLASH_DONE},
	{"FM25Q128", "flashprog", "06; 11 FF; W", "15 00", "04", FLASH_DONE},
	{"FM25Q64", "flashprog", "06; 31 40; W", "35 00", "40", FLASH_DONE},
	{"FM25Q04", "flashprog", "06; 31 70; W", "35 00", "30", FLASH_DONE},
	{"FM25Q04", "flashprog", "06; 11 60; W", "15 00", "60", FLASH_DONE},
	{"FM25Q04", "flashprog", "06; 01 60; W", "05 00", "20", FLASH_DONE},
	{"XT25F128B", "flashprog", "06; 01 00 38; W", "35 00", "10", FLASH_DONE},
	{"XT25F128B", "flashprog", "06; 01 00 10; W; 06; 7E; 06", "D8 00 00 00", NULL,
		FLASH_PROTECTED},
	{"P25Q06H", "flashprog", "06; 11 60; W", "15 00", "60", FLASH_DONE},
	{"P25Q11H", "flashprog", "06; 11 20; W", "15 00", "20", FLASH_DONE},
	{"P25Q21H", "flashprog", "06; 11 40; W", "15 00", "40", FLASH_DONE},
	{"W25Q40EW", "[ufprog]", "06; 31 02; W", "35 00", "02", FLASH_DONE},
	{"W25Q80EW", "[ufprog]", "06; 31 02; W", "35 00", "02", FLASH_DONE},
	{"W25Q64FV", "[ufprog]", "", "15 00", "FF", FLASH_UNKNOWN_OPCODE},
	{"W25Q64FV", "[ufprog]", "06", "31 02", NULL, FLASH_UNKNOWN_OPCODE},
	{"W25Q64BV", "[ufprog]", "", "48 00 10 00 00 00", "FF", FLASH_UNKNOWN_OPCODE},
	{"W25Q128JV", "[JV]", "", "35 00", "02", FLASH_DONE},
	{"W25Q128JV-IM", "[JV]", "", "35 00", "00", FLASH_DONE},
	{"W25Q16JW-IM", "[Linux]", "", "9F 00 00 00", "EF 80 15", FLASH_DONE},
	{"ZD25Q128C", "[MTD]", "", "9F 00 00 00", "EF 40 18", FLASH_DONE},
	{"ZB25VQ16A", "[GX]", "", "9F 00 00 00", "5E 60 15", FLASH_DONE},
	{"NM25Q128EVB", "[jedec]", "", "9F 00 00 00", "52 21 18", FLASH_DONE},
	{"NM25Q128B", "[jedec]", "", "9F 00 00 00", "52 22 18", FLASH_DONE},
	{"NM25Q128EVB", "[xmedia]", "06; 31 04; W", "35 00", "04", FLASH_DONE},
	{"S25FL127S-64K", "unconfirmed", "", "16 00", "00", FLASH_DONE},
};

START_TEST(a_part_answers_as_the_real_one)
{
	struct fixture *f = fixture_new_part(chips_find(frames[_i].part));
	g_autofree char *what =
		g_strdup_printf("%s %s: %s", frames[_i].part, frames[_i].send, frames[_i].source);
	enum flash_outcome outcome;

	fixture_run(f, frames[_i].before);
	outcome = fixture_run(f, frames[_i].send);
	ck_assert_msg(outcome == frames[_i].outcome, "%s: %s", what, flash_outcome_string(outcome));
	if (frames[_i].reply)
		fixture_assert_miso(f, frames[_i].reply, what);
	fixture_destroy(f);
}
END_TEST

/* The unique ID: its length, and the bytes after it: 0 repeats it. [hwid] */
static const struct {
	const char *part;
	unsigned int length;
	uint8_t after;
} unique_ids[] = {
	{"BY25Q32ES", 16, 0},
	{"XM25QH32D", 16, 0xff},
	{"GD25Q32C", 8, 0xff},
};

START_TEST(a_unique_id_has_the_length_of_the_real_one)
{
	struct fixture *f = fixture_new_part(chips_find(unique_ids[_i].part));
	const uint8_t *id = f->miso + 5;
	unsigned int length = unique_ids[_i].length;
	uint8_t in[37] = {0x4b};

	fixture_frame(f, in, sizeof(in), 0);
	for (unsigned int i = length; i < 32; i++)
		ck_assert_uint_eq(
			id[i], unique_ids[_i].after ? unique_ids[_i].after : id[i - length]);
	/* Random bytes: half of them as one value would be no ID. */
	ck_assert_mem_ne(id, "\xff\xff\xff\xff", 4);
	ck_assert_mem_ne(id + length - 4, "\xff\xff\xff\xff", 4);
	fixture_destroy(f);
}
END_TEST

/* [hwid]: a read of security register 0 returns the unique ID, then FF. */
START_TEST(security_register_0_of_a_by25q32es_is_the_unique_id)
{
	struct fixture *f = fixture_new_part(chips_find("BY25Q32ES"));
	uint8_t uid[21] = {0x4b};
	uint8_t reg[5 + 24] = {0x48};
	uint8_t id[16];

	fixture_frame(f, uid, sizeof(uid), 0);
	memcpy(id, f->miso + 5, sizeof(id));
	ck_assert_int_eq(fixture_frame(f, reg, sizeof(reg), 0), FLASH_DONE);
	ck_assert_mem_eq(f->miso + 5, id, sizeof(id));
	ck_assert_mem_eq(f->miso + 5 + 16, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	fixture_destroy(f);
}
END_TEST

/* [SNANDer] */
START_TEST(an_nm25q_ignores_the_instruction_after_an_empty_frame)
{
	struct fixture *f = fixture_new_part(chips_find("NM25Q128EVB"));

	fixture_frame(f, NULL, 0, 0);
	ck_assert_int_eq(fixture_run(f, "9F 00 00 00"), FLASH_EMPTY_FRAME);
	fixture_assert_miso(f, "FF FF FF FF", "9F after an empty frame");
	fixture_run(f, "9F 00 00 00");
	fixture_assert_miso(f, "FF 52 21 18", "the next 9F");
	fixture_destroy(f);
}
END_TEST

static const struct flash_register_bit *
qe_of(const struct flash_part *part, bool *delivered)
{
	for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			if (part->status[reg][bit].function != FLASH_BIT_QE)
				continue;
			*delivered = part->status_default[reg] >> bit & 1;
			return &part->status[reg][bit];
		}
	}
	return NULL;
}

/* A fixed QE is delivered as 1. The -IQ kind of Winbond's J generations has it, and each of them is
 * there as -IM too, with QE = 0 and another ID, except for one whose M kind is not known. */
START_TEST(parts_with_a_fixed_qe_are_delivered_with_1)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);

	for (unsigned int i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);
		g_autofree char *name = g_strconcat(part->name, "-IM", NULL);
		bool delivered = false;
		const struct flash_register_bit *qe = qe_of(part, &delivered);
		const struct flash_part *other;

		if (qe && qe->read_only)
			ck_assert_msg(delivered, "%s: QE is fixed to 0", part->name);
		if (!qe || !qe->read_only || !g_str_has_prefix(part->name, "W25Q") ||
			strcmp(part->name, "W25Q80RV") == 0)
			continue;
		other = chips_find(name);
		qe = qe_of(other, &delivered);
		ck_assert_msg(qe && !qe->read_only && !delivered, "%s: QE", name);
		ck_assert_msg(other->size == part->size && other->id[1] != part->id[1],
			"%s: size or ID", name);
	}
}
END_TEST

/* GigaDevice's B in place of Q: QE is fixed. [flashprog] */
START_TEST(gigadevice_b_parts_have_a_fixed_qe)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, "GD");
	unsigned int n = 0;

	for (unsigned int i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);
		bool delivered = false;
		const struct flash_register_bit *qe = qe_of(part, &delivered);

		if (!g_regex_match_simple("^GD[25]5L?B", part->name, 0, 0) || !qe)
			continue;
		n++;
		ck_assert_msg(qe->read_only && delivered, "%s: QE is not fixed", part->name);
	}
	ck_assert_uint_ge(n, 15);
}
END_TEST

/* No part that comes with spinor locks by WP# in spite of QE: no data sheet says so. */
START_TEST(wp_with_qe_is_off)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);

	for (unsigned int i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);

		ck_assert_msg(!part->wp_with_qe, "%s", part->name);
	}
}
END_TEST

Suite *
suite_flash_readout(void)
{
	Suite *suite = suite_create("flash_readout");
	TCase *tcase = tcase_create("readout");

	fixture_prepare();
	tcase_add_checked_fixture(tcase, chips_setup, chips_teardown);
	tcase_add_loop_test(tcase, a_part_answers_as_the_real_one, 0, G_N_ELEMENTS(frames));
	tcase_add_loop_test(
		tcase, a_unique_id_has_the_length_of_the_real_one, 0, G_N_ELEMENTS(unique_ids));
	tcase_add_test(tcase, security_register_0_of_a_by25q32es_is_the_unique_id);
	tcase_add_test(tcase, an_nm25q_ignores_the_instruction_after_an_empty_frame);
	tcase_add_test(tcase, parts_with_a_fixed_qe_are_delivered_with_1);
	tcase_add_test(tcase, gigadevice_b_parts_have_a_fixed_qe);
	tcase_add_test(tcase, wp_with_qe_is_off);
	suite_add_tcase(suite, tcase);
	return suite;
}
