/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers by the names of their bits: all parts of the chip data, and values of known parts. */
#include "chips_fixture.h"
#include "flash/describe.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "suites.h"

#include <check.h>
#include <glib.h>
#include <string.h>

/* Columns that "      NVCR FFFF: ..." may take. */
#define COLUMNS 80

static void
assert_named(const struct flash_part *part, unsigned int reg)
{
	for (unsigned int bit = 0; bit < 8; bit++) {
		const struct flash_register_bit *place = &part->status[reg][bit];

		if (place->function == FLASH_BIT_NONE)
			continue;
		ck_assert_msg(place->name && strlen(place->name) < FLASH_FIELD_NAME_MAX,
			"%s: bit %u of %s has no name", part->name, bit, flash_status_name(reg));
		for (unsigned int other = 0; other < bit; other++) {
			const struct flash_register_bit *same = &part->status[reg][other];

			ck_assert_msg(g_strcmp0(place->name, same->name) != 0 ||
					place->function == FLASH_BIT_BUSY,
				"%s: %s is twice in %s", part->name, place->name,
				flash_status_name(reg));
		}
	}
}

/* Each bit with a function belongs to one field, and no other does. */
static void
assert_complete(const struct flash_part *part, unsigned int reg)
{
	struct flash_register described;
	uint32_t mask = 0, value = 0;

	for (unsigned int bit = 0; bit < 8; bit++)
		mask |= (uint32_t)(part->status[reg][bit].function != FLASH_BIT_NONE) << bit;
	flash_status_fields(part, reg, 0, &described);
	for (unsigned int i = 0; i < described.n_fields; i++) {
		const struct flash_field *field = &described.fields[i];
		uint32_t ones = (UINT32_C(1) << field->n_bits) - 1;

		ck_assert_uint_eq(flash_field_value(field, value), 0);
		ck_assert(flash_field_set(field, ones, &value));
		ck_assert_uint_eq(flash_field_value(field, value), ones);
		ck_assert(!flash_field_set(field, ones + 1, &value));
	}
	ck_assert_msg(value == mask, "%s: fields of %s have the bits %02X, not %02X", part->name,
		flash_status_name(reg), value, mask);
}

START_TEST(every_bit_of_every_part_has_a_name)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);

	ck_assert_uint_gt(parts->len, 0);
	for (guint i = 0; i < parts->len; i++) {
		for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++) {
			assert_named(parts->pdata[i], reg);
			assert_complete(parts->pdata[i], reg);
		}
	}
}
END_TEST

static void
assert_register(const struct flash_part *part, const struct flash_register *reg)
{
	g_autofree char *words = flash_register_words(reg, false);
	uint32_t mask = 0;

	ck_assert_msg(strlen(words) + strlen(reg->name) + 13 <= COLUMNS, "%s: %s: %s is too long",
		part->name, reg->name, words);
	ck_assert_msg(reg->n_fields > 0, "%s: %s has no fields", part->name, reg->name);
	for (unsigned int i = 0; i < reg->n_fields; i++) {
		for (unsigned int j = 0; j < i; j++)
			ck_assert_msg(strcmp(reg->fields[i].name, reg->fields[j].name) != 0,
				"%s: %s has %s twice", part->name, reg->name, reg->fields[i].name);
		for (unsigned int bit = 0; bit < reg->fields[i].n_bits; bit++) {
			uint32_t place = UINT32_C(1) << reg->fields[i].place[bit];

			ck_assert_msg(!(mask & place), "%s: %s: %s overlaps", part->name, reg->name,
				reg->fields[i].name);
			mask |= place;
		}
	}
}

START_TEST(every_chip_describes_its_registers)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);

	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = parts->pdata[i];
		uint8_t *array = g_malloc(part->size);
		struct flash *chip = flash_new(part, array, 1);
		struct flash_register registers[FLASH_NAMED_REGISTERS];
		unsigned int n = flash_registers(chip, registers);

		for (unsigned int reg = 0; reg < n; reg++) {
			assert_register(part, &registers[reg]);
			for (unsigned int other = 0; other < reg; other++)
				ck_assert_str_ne(registers[reg].name, registers[other].name);
		}
		flash_destroy(chip);
		g_free(array);
	}
}
END_TEST

/* As drawn in the data sheets: W25Q128JV rev. M, 7.1; MX25L6436F, SST26VF064B (DS20005119),
 * S25FL128S (001-98283) and AT45DB321D in the chapters of their status registers. */
static const struct {
	const char *part;
	const char *words;
	unsigned int reg;
	uint8_t value;
} values[] = {
	{"W25Q128JV", "9C: SRP=1 BP=111", 0, 0x9c},
	{"W25Q128JV", "00: BP=000", 0, 0x00},
	{"W25Q128JV", "7F: SEC=1 TB=1 BP=111 WEL=1 BUSY=1", 0, 0x7f},
	{"W25Q128JV", "02: QE=1", 1, 0x02},
	{"W25Q128JV", "39: LB3=1 LB2=1 LB1=1 SRL=1", 1, 0x39},
	{"W25Q128JV", "60: DRV=11", 2, 0x60},
	{"W25Q128JV", "00", 2, 0x00},
	{"MX25L6436F", "BC: SRWD=1 BP=1111", 0, 0xbc},
	{"SST26VF064B", "81: BUSY=1", 0, 0x81},
	{"S25FL128S-256K", "A2: LC=10 TBPROT=1 QUAD=1", 1, 0xa2},
	{"AT45DB321D", "B4: RDY=1 DENSITY=1101", 0, 0xb4},
};

START_TEST(bits_have_the_names_of_the_data_sheet)
{
	const struct flash_part *part = chips_find(values[_i].part);
	g_autofree char *words = flash_status_words(part, values[_i].reg, values[_i].value);

	ck_assert_str_eq(words, values[_i].words);
}
END_TEST

START_TEST(the_long_form_has_all_bits)
{
	struct flash_register described;
	g_autofree char *words = NULL;

	flash_status_fields(chips_find("W25Q128JV"), 0, 0x04, &described);
	words = flash_register_words(&described, true);
	ck_assert_str_eq(words, "SRP=0 SEC=0 TB=0 BP=001 WEL=0 BUSY=0");
}
END_TEST

Suite *
suite_registers(void)
{
	Suite *suite = suite_create("registers");
	TCase *tcase = tcase_create("registers");

	tcase_add_checked_fixture(tcase, chips_setup, chips_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, every_bit_of_every_part_has_a_name);
	tcase_add_test(tcase, every_chip_describes_its_registers);
	tcase_add_loop_test(
		tcase, bits_have_the_names_of_the_data_sheet, 0, (int)G_N_ELEMENTS(values));
	tcase_add_test(tcase, the_long_form_has_all_bits);
	suite_add_tcase(suite, tcase);
	return suite;
}
