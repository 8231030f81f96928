/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Presets of chips: values of keys, the parts that support them, and the resulting replies of the
 * chip.
 *
 * long: a row for each value and part.
 */
#include "bench/preset.h"

#include "base/error.h"
#include "bench/levels.h"
#include "bench/relabel.h"
#include "chipdb/chipdb.h"
#include "flash_fixture.h"
#include "setup/condition.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define ARRAY_MAX ((size_t)256 << 20)

static struct chipdb *db;
static uint8_t *array;
static struct flash *chip;
static struct flash_part *relabelled;
static struct bench_levels wires;

static void
setup(void)
{
	g_autoptr(GError) error = NULL;

	db = chipdb_open(NULL, &error);
	ck_assert_msg(db != NULL, "%s", error ? error->message : "");
	/* Only a part of it is ever accessed. */
	array = g_malloc0(ARRAY_MAX);
}

static void
remove_chip(void)
{
	g_clear_pointer(&chip, flash_destroy);
	g_clear_pointer(&relabelled, g_free);
}

static void
teardown(void)
{
	remove_chip();
	g_clear_pointer(&array, g_free);
	g_clear_pointer(&db, chipdb_close);
}

/* Parses "mode=qpi; status=9C". */
static struct setup_condition
condition_of(const char *text)
{
	struct setup_condition condition = {0};
	g_auto(GStrv) keys = g_strsplit(text, ";", -1);

	for (char **key = keys; *key != NULL; key++) {
		char *value = strchr(*key, '=');

		*value++ = '\0';
		ck_assert_msg(setup_condition_take(
				      &condition, setup_condition_find(g_strstrip(*key)), value),
			"%s: %s", *key, value);
	}
	return condition;
}

static bool
apply(const struct flash_part *part, const char *text, GError **error)
{
	const struct setup_condition condition = condition_of(text);

	ck_assert_uint_le(part->size, ARRAY_MAX);
	relabelled = bench_relabel_part(&condition, part);
	chip = flash_new(relabelled != NULL ? relabelled : part, array, 1);
	bench_levels_init(&wires, chip, NULL);
	return bench_preset_check(&condition, part, NULL, error) &&
		bench_preset_apply(&condition, &wires, false, NULL, error);
}

/* The reply of the chip to the last frame of a script such as "06; 05 00". */
static char *
answer_to(const char *script)
{
	g_auto(GStrv) frames = g_strsplit(script, ";", -1);
	uint8_t in[FIXTURE_FRAME_MAX];
	uint8_t out[FIXTURE_FRAME_MAX];
	GString *text = g_string_new(NULL);
	size_t n = 0;

	for (char **frame = frames; *frame != NULL; frame++) {
		n = fixture_parse(*frame, in);
		flash_select(chip);
		flash_shift(chip, in, out, n);
		flash_deselect(chip, 0);
	}
	for (size_t i = 0; i < n; i++)
		g_string_append_printf(text, "%s%02X", i > 0 ? " " : "", out[i]);
	return g_string_free(text, FALSE);
}

/* answer: the end of the reply to the last frame. */
static const struct {
	const char *part, *condition, *script, *answer;
} found[] = {
	{"W25Q80DV", "wear=off", "9F 00 00 00", "EF 40 14"},
	{"W25Q80DV", "mode=deep-power-down", "9F 00 00 00", "FF FF FF"},
	{"W25Q80DV", "mode=deep-power-down", "AB 00 00 00 00", "13"},
	/* 4-byte addresses. Bits: ADP 02, ADS 01. */
	{"W25Q256JV", "mode=4-byte", "15 00", "61"},
	{"W25Q256JV", "mode=ear:1", "C8 00", "01"},
	{"W25Q256JV", "mode=4-byte,ear:1", "C8 00", "01"},
	{"W25Q256JV", "mode=power-up-4-byte", "15 00", "63"},
	{"W25Q256JV", "mode=power-up-4-byte,3-byte", "15 00", "62"},
	{"S25FL256S-64K", "mode=4-byte", "16 00", "80"},
	{"S25FL256S-64K", "mode=4-byte ear:1", "16 00", "81"},
	{"S25FL256S-64K", "mode=ear:1", "16 00", "01"},
	{"N25Q256A13E", "mode=4-byte", "70 00", "81"},
	{"N25Q256A13E", "mode=power-up-4-byte", "70 00", "81"},
	{"N25Q256A13E", "mode=power-up-4-byte", "B5 00 00", "FE FF"},
	/* QPI; FF leaves it. */
	{"W25Q128FV", "mode=qpi", "9F 00 00 00", "FF FF FF"},
	{"W25Q128FV", "mode=qpi", "FF; 35 00", "02"},
	{"EN25QH128", "mode=qpi", "9F 00 00 00", "FF FF FF"},
	{"N25Q256A13E", "mode=qpi", "9F 00 00 00", "FF FF FF"},
	/* In the middle of a command sequence. */
	{"W25Q128JV", "mode=erasing", "05 00", "03"},
	{"W25Q256JV", "mode=erasing,4-byte", "05 00", "03"},
	{"W25Q256JV", "mode=programming,power-up-4-byte", "05 00", "03"},
	{"W25Q128JV", "mode=write-enabled", "05 00", "02"},
	{"SST25VF080B", "mode=aai", "05 00", "42"},
	{"SST25VF080B", "mode=aai", "04; 05 00", "00"},
	{"SST26VF016B", "mode=programming", "05 00", "83"},
	{"M95M02", "mode=programming", "05 00", "03"},
	/* SUS is bit 7 of SR2; a resume makes the chip busy. */
	{"W25Q128JV", "mode=suspended", "35 00", "82"},
	{"W25Q128JV", "mode=suspended", "05 00", "00"},
	{"W25Q128JV", "mode=suspended", "7A; 05 00", "03"},
	{"W25Q256JV", "mode=suspended,4-byte", "7A; 05 00", "03"},
	{"W25Q256JV", "mode=suspended,power-up-4-byte", "7A; 05 00", "03"},
	{"MX25L12835F", "mode=suspended", "2B 00", "08"},
	{"SST26VF016B", "mode=suspended", "B0; 30; 05 00", "83"},
	/* Commands of their own for erases and programs; SR2.1 is ES, SR2.0 is PS. */
	{"S25FL128S-64K", "mode=suspended", "07 00", "02"},
	{"S25FL128S-64K", "mode=suspended", "8A; 05 00", "00"},
	{"S25FL128S-64K", "mode=suspended", "7A; 05 00", "03"},
	{"S25FL128S-64K", "mode=program-suspended", "07 00", "01"},
	{"S25FL128S-64K", "mode=program-suspended", "7A; 05 00", "00"},
	{"S25FL128S-64K", "mode=program-suspended", "8A; 05 00", "03"},
	/* ESB is SR2.3 of the security register, PSB is its bit 2. */
	{"MX25L12835F", "mode=program-suspended", "2B 00", "04"},
	{"MX25L12835F", "mode=program-suspended", "30; 05 00", "03"},
	{"W25Q128JV", "mode=program-suspended", "35 00", "82"},
	{"W25Q128JV", "mode=writing-status", "05 00", "03"},
	/* The next frame has no opcode; FF ends that, on two lanes FF FF. The array is 00, and
	 * comes after 6 clocks of address (2 lanes: 12, 4 bytes: 8) and 6 (4) of mode and
	 * dummies. */
	{"W25Q64FV", "mode=continuous-read", "9F 00 00 00", "FF F0 00 00"},
	{"W25Q64FV", "mode=continuous-read", "FF; 9F 00 00 00", "EF 40 17"},
	{"W25Q64FV", "mode=continuous-read", "05 00; 9F 00 00 00", "FF F0 00 00"},
	{"W25Q64FV", "mode=continuous-read", "9F 00; 35 00", "02"},
	{"W25Q64FV", "mode=continuous-read; status=00 00", "FF; 35 00", "02"},
	{"MX25L12835F", "mode=continuous-read", "9F 00 00 00", "FF F0 00 00"},
	{"MX25L12835F", "mode=continuous-read", "05; 9F 00 00 00", "C2 20 18"},
	{"S25FL128S-64K", "mode=continuous-read", "9F 00 00 00", "FF F0 00 00"},
	{"S25FL128S-64K", "mode=continuous-read", "FF; 9F 00 00 00", "01 20 18"},
	{"W25X05CL", "mode=continuous-read", "FF; 9F 00 00 00", "FF FF 00 00"},
	{"W25X05CL", "mode=continuous-read", "FF FF; 9F 00 00 00", "EF 30 10"},
	{"MX25L25635F", "mode=continuous-read,4-byte", "9F 00 00 00", "FF FC 00 00"},
	{"MX25L25635F", "mode=continuous-read,4-byte", "FF; 9F 00 00 00", "FF FC 00 00"},
	{"MX25L25635F", "mode=continuous-read,4-byte", "FF FF; 9F 00 00 00", "C2 20 19"},
	{"W25Q128JV", "mode=writing-status; status=1C 02", "05 00", "1F"},
	{"W25Q128JV", "mode=writing-status; status=1C 02", "9F 00", "FF"},
	{"MX25L12835F", "mode=writing-status", "05 00", "03"},
	{"SST26VF016B", "mode=writing-status", "05 00", "83"},
	{"W25Q128JV", "mode=program-suspended", "06; 02 00 10 00 00; 05 00", "02"},
	{"W25Q128JV", "mode=program-suspended", "7A; 05 00", "03"},
	{"W25Q256JV", "mode=program-suspended,4-byte", "7A; 05 00", "03"},
	/* Individual locks. */
	{"W25Q256JV", "mode=locked", "3D 00 00 00 00", "01"},
	{"W25Q256JV", "mode=locked", "15 00", "64"},
	{"W25Q256JV", "mode=unlocked", "3D 00 00 00 00", "00"},
	{"W25Q256JV", "mode=power-up-4-byte,unlocked", "3D 00 00 00 00 00", "00"},
	{"W25Q256JV", "mode=suspended,locked", "3D 00 00 00 00", "01"},
	{"W25Q256JV", "mode=locked:0x20000-0x2FFFF", "15 00", "64"},
	{"W25Q256JV", "mode=locked:0x20000-0x2FFFF", "3D 01 FF FF 00", "00"},
	{"W25Q256JV", "mode=locked:0x20000-0x2FFFF", "3D 02 00 00 00", "01"},
	{"W25Q256JV", "mode=locked:0x20000-0x2FFFF", "3D 02 FF FF 00", "01"},
	{"W25Q256JV", "mode=locked:0x20000-0x2FFFF", "3D 03 00 00 00", "00"},
	{"W25Q256JV", "mode=locked:0x1FFFF-0x20000", "3D 01 00 00 00", "01"},
	{"W25Q256JV", "mode=locked:0x1000-0x1FFF", "3D 00 10 00 00", "01"},
	{"W25Q256JV", "mode=locked:0x1000-0x1FFF", "3D 00 20 00 00", "00"},
	{"AT25DF081A", "mode=locked:0x10000-0x1FFFF", "3C 01 00 00 00", "FF"},
	{"AT25DF081A", "mode=locked:0x10000-0x1FFFF", "3C 02 00 00 00", "00"},
	{"N25Q256A13E", "mode=locked:0x10000-0x1FFFF", "E8 01 00 00 00", "01"},
	{"N25Q256A13E", "mode=locked:0x10000-0x1FFFF", "E8 00 FF FF 00", "00"},
	{"MX25L12835F", "mode=locked", "2B 00", "80"},
	{"AT25DF081A", "mode=locked", "3C 0F 00 00 00", "FF"},
	{"AT25DF081A", "mode=unlocked", "3C 0F 00 00 00", "00"},
	{"N25Q256A13E", "mode=locked", "E8 FF FF FF 00", "01"},
	{"N25Q256A13E", "mode=unlocked", "E8 FF FF FF 00", "00"},
	{"N25Q256A13E", "mode=power-up-4-byte,locked", "E8 01 FF FF FF 00", "01"},
	{"SST26VF016B", "mode=locked", "72 00 00 00 00 00 00", "55 55 FF FF FF FF"},
	{"SST26VF016B", "mode=unlocked", "72 00 00 00 00 00 00", "00 00 00 00 00 00"},
	{"SST26VF016B", "mode=suspended,locked", "72 00 00 00 00 00 00", "55 55 FF FF FF FF"},
	/* OTP. */
	{"W25Q128JV", "mode=otp-locked", "35 00", "3A"},
	{"MX25L12835F", "mode=otp-locked", "2B 00", "02"},
	{"N25Q256A13E", "mode=otp-locked", "4B 00 00 40 00 00", "00"},
	{"S25FL256S-64K", "mode=otp-locked", "4B 00 00 10 00 00 00 00 00", "00 00 00 00"},
	/* Register values do not prevent a mode. */
	{"W25Q80DV", "status=9C 02", "05 00", "9C"},
	{"W25Q80DV", "status=9C 02", "35 00", "02"},
	{"W25Q80DV", "status=9C", "35 00", "00"},
	{"W25Q80DV", "status=FF 01", "05 00", "FC"},
	{"W25Q128JV", "status=FC 03; mode=suspended", "35 00", "83"},
	{"W25Q128FV", "status=00 00; mode=qpi", "FF; 35 00", "02"},
	{"W25Q256JV", "status=00 00 00; mode=power-up-4-byte", "15 00", "03"},
	/* A changed ID or SFDP table. The second dword of the table is the number of bits less
	 * one. */
	{"W25Q80DV", "id=C8 40 18", "9F 00 00 00", "C8 40 18"},
	{"W25Q80DV", "id=C8 40 18", "90 00 00 00 00 00", "EF 13"},
	{"W25Q128JV", "sfdp=8M", "5A 00 00 84 00 00 00 00 00", "FF FF FF 03"},
	/* Changed bytes of the table, also together with another size. */
	{"W25Q128JV", "sfdp-bytes=0x84 11 22", "5A 00 00 83 00 00 00 00 00", "FF 11 22 FF"},
	{"W25Q128JV", "sfdp-bytes=0xFF A5", "5A 00 00 FE 00 00 00 00 00", "FF A5 53 46"},
	{"W25Q128JV", "sfdp=8M; sfdp-bytes=0x84 11", "5A 00 00 84 00 00 00 00 00", "11 FF FF 03"},
	{"W25Q128JV", "id=01 02 03; sfdp-bytes=0x84 11", "9F 00 00 00", "01 02 03"},
	/* Another table, of any length; with single bytes changed. */
	{"W25Q128JV", "sfdp=53464450 00 01 00 FF 12", "5A 00 00 04 00 00 00 00 00 00 00",
		"00 01 00 FF 12 FF"},
	{"W25Q128JV", "sfdp=53 46 44 50 00 01; sfdp-bytes=0x5 77",
		"5A 00 00 00 00 00 00 00 00 00 00", "53 46 44 50 00 77"},
	{"W25Q128JV", "sfdp=none", "5A 00 00 00 00 00 00 00 00", "FF FF FF FF FF FF FF"},
};

START_TEST(the_chip_starts_in_its_preset_state)
{
	g_autoptr(GError) error = NULL;
	const struct flash_part *part = chipdb_find(db, found[_i].part, &error);
	g_autofree char *answer = NULL;

	ck_assert_msg(part != NULL, "%s", error ? error->message : "");
	ck_assert_msg(apply(part, found[_i].condition, &error), "%s", error ? error->message : "");
	answer = answer_to(found[_i].script);
	ck_assert_msg(g_str_has_suffix(answer, found[_i].answer), "%s, %s: %s reads %s, not %s",
		found[_i].part, found[_i].condition, found[_i].script, answer, found[_i].answer);
}
END_TEST

START_TEST(blocks_have_the_preset_cycles)
{
	struct flash_block block;

	ck_assert(apply(chipdb_find(db, "W25Q80DV", NULL), "cycles=1234", NULL));
	ck_assert(flash_next_block(chip, 255, &block));
	ck_assert_uint_eq(block.number, 255);
	ck_assert_uint_eq(block.cycles, 1234);
}
END_TEST

START_TEST(at_most_64_bytes_of_sfdp_can_be_changed)
{
	struct setup_condition condition = {0};
	g_autoptr(GString) text = g_string_new("0x10");

	for (unsigned int i = 0; i < 32; i++)
		g_string_append_printf(text, " %02X", i);
	g_string_append(text, ";0x80 ");
	for (unsigned int i = 0; i < 32; i++)
		g_string_append_printf(text, " %02X", i);
	ck_assert(setup_condition_take(&condition, SETUP_KEY_SFDP_BYTES, text->str));
	ck_assert_uint_eq(condition.n_sfdp_bytes, 64);
	ck_assert_uint_eq(condition.sfdp_bytes[63].offset, 0x9f);
	ck_assert_uint_eq(condition.sfdp_bytes[63].value, 31);
	g_string_append(text, " 20");
	ck_assert(!setup_condition_take(&condition, SETUP_KEY_SFDP_BYTES, text->str));
	ck_assert_uint_eq(condition.n_sfdp_bytes, 64);
}
END_TEST

START_TEST(addresses_beyond_the_real_size_repeat_the_array)
{
	g_autofree char *answer = NULL;

	array[0x1234] = 0xa5;
	array[0x81234] = 0x11;
	ck_assert(apply(chipdb_find(db, "W25Q80DV", NULL), "real-size=512K", NULL));
	answer = answer_to("03 08 12 34 00");
	ck_assert_str_eq(answer, "FF FF FF FF A5");
}
END_TEST

START_TEST(addresses_beyond_the_real_size_can_read_ones)
{
	g_autofree char *below = NULL;
	g_autofree char *answer = NULL;

	array[0x1234] = 0xa5;
	array[0x81234] = 0x11;
	ck_assert(apply(chipdb_find(db, "W25Q80DV", NULL), "real-size=512K; beyond=ones", NULL));
	below = answer_to("03 00 12 34 00");
	ck_assert_str_eq(below, "FF FF FF FF A5");
	answer = answer_to("03 08 12 34 00");
	ck_assert_str_eq(answer, "FF FF FF FF FF");
}
END_TEST

/* Other kinds of writes: an AAI sequence, and an EEPROM. */
START_TEST(nothing_is_written_beyond_the_real_size)
{
	static const struct {
		const char *part, *condition, *script[4];
	} writes[] = {
		{"SST25VF080B", "status=00; real-size=512K; beyond=ones",
			{"06", "AD 07 FF FE 12 34", "AD 56 78", "04"}},
		{"M95M02", "real-size=128K; beyond=ones", {"06", "02 02 00 00 56 78"}},
	};
	const int64_t second = 1000000000;

	for (size_t i = 0; i < G_N_ELEMENTS(writes); i++) {
		const struct flash_part *part = chipdb_find(db, writes[i].part, NULL);

		ck_assert_ptr_nonnull(part);
		ck_assert(apply(part, writes[i].condition, NULL));
		memset(array, 0xff, part->size);
		for (int64_t j = 0; j < 4 && writes[i].script[j]; j++) {
			g_free(answer_to(writes[i].script[j]));
			flash_tick(chip, (j + 1) * second);
		}
		ck_assert_mem_eq(array + part->size / 2, "\xff\xff", 2);
		if (i == 0)
			ck_assert_mem_eq(array + part->size / 2 - 2, "\x12\x34", 2);
		remove_chip();
	}
}
END_TEST

/* The registers of a W25Q64JV, whose QE is 1, with SRP set and WP# low. */
START_TEST(wp_with_qe_replaces_the_property_of_the_part)
{
	static const char *const texts[] = {"status=80; wp=low; wp-with-qe=yes",
		"status=80; wp=low; wp-with-qe=no", "status=80; wp=low"};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *answer = NULL;

		ck_assert(apply(chipdb_find(db, "W25Q64JV", NULL), texts[i], NULL));
		ck_assert(bench_levels_pins(&wires).wp == FLASH_LOW);
		if (i == 0)
			ck_assert_ptr_null(bench_levels_pins(&wires).wp_unused);
		else
			ck_assert_str_eq(bench_levels_pins(&wires).wp_unused, "QE=1");
		ck_assert_str_eq(bench_levels_pins(&wires).hold_unused, "QE=1");
		ck_assert_ptr_null(bench_levels_pins(&wires).reset_unused);
		g_free(answer_to("06"));
		g_free(answer_to("01 9C"));
		flash_tick(chip, INT64_C(1000000000));
		answer = answer_to("05 00");
		/* Winbond's WEL stays set after a refusal. */
		ck_assert_str_eq(answer, i == 0 ? "FF 82" : "FF 9C");
		remove_chip();
	}
}
END_TEST

START_TEST(pins_and_supply_are_set_last)
{
	/* HOLD/RST = 1 makes pin 7 RESET#. */
	ck_assert(apply(chipdb_find(db, "W25Q128FV", NULL), "reset=low; status=00 00 80", NULL));
	ck_assert_int_eq(bench_levels_pins(&wires).reset, FLASH_LOW);
	remove_chip();
	ck_assert(apply(chipdb_find(db, "W25Q80DV", NULL),
		"wp=low; hold=float; supply=2.9 V; cut-at=3", NULL));
	ck_assert_int_eq(bench_levels_pins(&wires).wp, FLASH_LOW);
	ck_assert_int_eq(bench_levels_pins(&wires).hold, FLASH_FLOATING);
	ck_assert_int_eq(bench_levels_millivolts(&wires), 2900);
	ck_assert_uint_eq(wires.cut_in, 3);
	ck_assert(flash_is_powered(chip));
	remove_chip();
	ck_assert(apply(chipdb_find(db, "W25Q80DV", NULL), "supply=parasitic", NULL));
	ck_assert(flash_is_powered(chip));
	ck_assert_int_lt(bench_levels_millivolts(&wires), flash_part(chip)->vcc_min_mv);
	ck_assert_int_gt(
		bench_levels_millivolts(&wires), flash_inhibit_millivolts(flash_part(chip)));
	remove_chip();
	ck_assert(apply(chipdb_find(db, "W25Q80DV", NULL), "supply=off", NULL));
	ck_assert(!flash_is_powered(chip));
}
END_TEST

START_TEST(presets_take_no_time_and_keep_operation_times)
{
	static const struct {
		const char *condition;
		int64_t ns;
	} times[] = {
		{"corner=typ", 50000000}, {"corner=max", 400000000}, {"mode=unlocked", 50000000}};

	for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
		g_autofree char *answer = NULL;

		ck_assert(apply(chipdb_find(db, "W25Q256JV", NULL), times[i].condition, NULL));
		answer = answer_to("06; 20 00 00 00");
		ck_assert_int_eq(flash_busy_until(chip), times[i].ns);
		remove_chip();
	}
}
END_TEST

static const struct {
	const char *part, *condition, *message;
} refused[] = {
	{"W25Q80DV", "mode=qpi",
		"--mode: a W25Q80DV can't be in mode qpi; allowed: deep-power-down, suspended, "
		"program-suspended, erasing, programming, writing-status, reset-enabled, "
		"write-enabled, continuous-read, otp-locked"},
	{"W25Q128JV", "status=1C; mode=erasing",
		"--mode: a W25Q128JV can't be in mode erasing: the erase or program at 0 was "
		"refused; allowed is a block that is not protected"},
	{"W25Q128JV", "status=00 01; mode=writing-status",
		"--mode: a W25Q128JV can't be in mode writing-status: the write was refused; "
		"allowed are status registers that are not locked"},
	{"W25Q128JV", "mode=aai",
		"--mode: a W25Q128JV can't be in mode aai; allowed: deep-power-down, suspended, "
		"program-suspended, erasing, programming, writing-status, reset-enabled, "
		"write-enabled, locked, unlocked, "
		"otp-locked"},
	{"SST26VF016B", "mode=locked:0-0xFFFF",
		"--mode: a SST26VF016B has no command for the lock of a block; allowed: locked, "
		"for all of them"},
	{"W25Q128JV", "mode=locked:0-0x1000000",
		"--mode: a W25Q128JV ends before 0x1000000; allowed: addresses up to 0xFFFFFF"},
	{"W25Q80DV", "status=00 00 00",
		"--status: a W25Q80DV has 2 status registers that can be written; allowed: as many "
		"bytes"},
	{"AT45DB041D", "status=00",
		"--status: a AT45DB041D has 0 status registers that can be written; allowed: as "
		"many bytes"},
	{"W25Q256JV", "mode=ear:2",
		"--mode: a W25Q256JV has no 2 in its extended address register; allowed: ear:0 to "
		"ear:1"},
	{"W25Q128FV", "reset=low",
		"--reset: a W25Q128FV has no such pin as it is; allowed: wp and hold"},
	{"W25Q80DV", "reset=low", "--reset: a W25Q80DV has no such pin; allowed: wp and hold"},
	{"W25Q80DV", "real-size=128",
		"--real-size: a W25Q80DV has pages of 256 bytes; allowed: from that up to 1 MiB"},
	{"W25Q80DV", "real-size=2M",
		"--real-size: a W25Q80DV is not that large; allowed: up to 1 MiB"},
	{"AT45DB041D", "real-size=64K",
		"--real-size: a AT45DB041D is a DataFlash; allowed is any other part"},
	{"W25P80", "sfdp-bytes=0x10 11",
		"--sfdp-bytes: a W25P80 has no SFDP table to change; allowed is a part that has"},
	{"W25Q128JV", "sfdp=none; sfdp-bytes=0x10 11",
		"--sfdp-bytes: a W25Q128JV without SFDP table has no bytes of it; allowed: "
		"without sfdp = none"},
	{"W25Q128JV", "sfdp-bytes=0xFF 11 22",
		"--sfdp-bytes: a W25Q128JV has an SFDP table of 256 bytes; allowed: up to 0xFF"},
	{"W25Q80DV", "beyond=ones",
		"--beyond: a W25Q80DV has nothing beyond its size; allowed together with "
		"real-size"},
	{"W25P80", "wp-with-qe=yes",
		"--wp-with-qe: a W25P80 has no QE bit; allowed is a part that has"},
	{"W25Q128JV", "sfdp=/no/x.sfdp",
		"--sfdp: a W25Q128JV cannot have it: Failed to open file “/no/x.sfdp”: No such "
		"file or directory"},
	{"W25P80", "sfdp=2M", "--sfdp: a W25P80 has no table to change; allowed: none"},
};

START_TEST(presets_that_a_part_lacks_are_rejected)
{
	g_autoptr(GError) error = NULL;

	ck_assert(!apply(chipdb_find(db, refused[_i].part, NULL), refused[_i].condition, &error));
	ck_assert_str_eq(error->message, refused[_i].message);
	ck_assert(g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE));
}
END_TEST

/* _i: a mode; all parts that allow it. */
START_TEST(every_part_enters_every_mode_that_it_allows)
{
	g_autoptr(GPtrArray) parts = chipdb_list(db, NULL);
	const char *mode = _i == SETUP_MODE_EAR ? "ear:1" : setup_mode_names[_i];
	g_autofree char *text = g_strconcat("mode=", mode, NULL);
	const struct setup_condition condition = condition_of(text);
	unsigned int n = 0;

	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = parts->pdata[i];
		g_autoptr(GError) error = NULL;
		g_autofree char *answer = NULL;

		if (!bench_preset_check(&condition, part, NULL, NULL))
			continue;
		n++;
		ck_assert_msg(apply(part, text, &error), "%s", error != NULL ? error->message : "");
		answer = answer_to("9F 00 00 00");
		if (_i == SETUP_MODE_QPI || _i == SETUP_MODE_DEEP_POWER_DOWN)
			ck_assert_msg(strcmp(answer, "FF FF FF FF") == 0, "%s in %s answers %s",
				part->name, mode, answer);
		if (_i == SETUP_MODE_LOCKED || _i == SETUP_MODE_UNLOCKED)
			ck_assert_msg(flash_is_protected(chip, 0, 1) == (_i == SETUP_MODE_LOCKED),
				"%s is not %s", part->name, mode);
		remove_chip();
	}
	ck_assert_uint_ge(n, 3);
}
END_TEST

/* Words of modes, "ear:" and "locked:" included. */
START_TEST(every_mode_is_in_the_manual)
{
	static const char *const files[] = {"man/spinor-bench.5"};
	const char *top = g_getenv("TOP_SRCDIR");

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(top != NULL ? top : ".", files[i], NULL);
		g_autofree char *text = NULL;

		ck_assert(g_file_get_contents(path, &text, NULL, NULL));
		for (unsigned int mode = 0; mode < SETUP_MODES; mode++) {
			g_autofree char *word = g_strndup(
				setup_mode_names[mode], strcspn(setup_mode_names[mode], ":"));
			g_autofree char *pattern = g_strdup_printf(
				"(^\\.It Cm (.* , )?|[\t \"])%s[:,\" \\\\\n]", word);

			ck_assert_msg(g_regex_match_simple(pattern, text, G_REGEX_MULTILINE, 0),
				"%s does not have %s", files[i], word);
		}
	}
}
END_TEST

static const struct {
	enum setup_condition_key key;
	const char *value;
} invalid[] = {
	{SETUP_KEY_WP, "LOW"},
	{SETUP_KEY_WP, ""},
	{SETUP_KEY_SUPPLY, "3300"},
	{SETUP_KEY_SUPPLY, "0 V"},
	{SETUP_KEY_SUPPLY, "6.1 V"},
	{SETUP_KEY_SUPPLY, "on"},
	{SETUP_KEY_CORNER, "typical"},
	{SETUP_KEY_WEAR, "yes"},
	{SETUP_KEY_CYCLES, "-1"},
	{SETUP_KEY_CYCLES, "2147483648"},
	{SETUP_KEY_STATUS, ""},
	{SETUP_KEY_STATUS, "100"},
	{SETUP_KEY_STATUS, "1C 02 60 00"},
	{SETUP_KEY_STATUS, "XY"},
	{SETUP_KEY_MODE, ""},
	{SETUP_KEY_MODE, ","},
	{SETUP_KEY_MODE, "ear"},
	{SETUP_KEY_MODE, "ear:"},
	{SETUP_KEY_MODE, "ear:N"},
	{SETUP_KEY_MODE, "ear:256"},
	{SETUP_KEY_MODE, "QPI"},
	{SETUP_KEY_MODE, "4-byte,3-byte"},
	{SETUP_KEY_MODE, "locked unlocked"},
	{SETUP_KEY_MODE, "qpi, deep-power-down"},
	{SETUP_KEY_MODE, "deep-power-down,suspended"},
	{SETUP_KEY_MODE, "suspended,erasing"},
	{SETUP_KEY_MODE, "writing-status,erasing"},
	{SETUP_KEY_MODE, "suspended,program-suspended"},
	{SETUP_KEY_MODE, "program-suspended,qpi"},
	{SETUP_KEY_MODE, "erasing,programming"},
	{SETUP_KEY_MODE, "aai,otp"},
	{SETUP_KEY_MODE, "reset-enabled,write-enabled"},
	{SETUP_KEY_MODE, "qpi,erasing"},
	{SETUP_KEY_MODE, "qpi,continuous-read"},
	{SETUP_KEY_MODE, "programming,locked"},
	{SETUP_KEY_MODE, "locked:0-4095,aai"},
	{SETUP_KEY_CUT_AT, "0"},
	{SETUP_KEY_CUT_AT, "1.5"},
	{SETUP_KEY_ID, ""},
	{SETUP_KEY_ID, "EF 4"},
	{SETUP_KEY_ID, "EF 40 18 00 00 00 00 00 00"},
	{SETUP_KEY_SFDP, "no"},
	{SETUP_KEY_SFDP, "32K"},
	{SETUP_KEY_SFDP, "3M"},
	{SETUP_KEY_SFDP, "2G"},
	{SETUP_KEY_REAL_SIZE, "0"},
	{SETUP_KEY_REAL_SIZE, "none"},
	{SETUP_KEY_REAL_SIZE, "768K"},
	{SETUP_KEY_WP_WITH_QE, "1"},
};

START_TEST(invalid_values_change_nothing)
{
	struct setup_condition condition = {0};
	const struct setup_condition before = {0};

	ck_assert(!setup_condition_take(&condition, invalid[_i].key, invalid[_i].value));
	ck_assert_mem_eq(&condition, &before, sizeof condition);
}
END_TEST

START_TEST(an_option_replaces_its_key_only)
{
	struct setup_condition condition =
		condition_of("wp=low;hold=low;status=1C 02;mode=ear:1;supply=3 V");
	const struct setup_condition option = condition_of("wp=float;mode=qpi;status=00");

	setup_condition_override(&condition, &option);
	ck_assert_int_eq(condition.levels[FLASH_PIN_WP], FLASH_FLOATING);
	ck_assert_int_eq(condition.levels[FLASH_PIN_HOLD], FLASH_LOW);
	ck_assert_int_eq(condition.millivolts, 3000);
	ck_assert_uint_eq(condition.modes, 1u << SETUP_MODE_QPI);
	ck_assert_uint_eq(condition.n_status, 1);
	ck_assert_uint_eq(condition.by_option, option.given);
	ck_assert(setup_condition_has(&condition, SETUP_KEY_HOLD));
	ck_assert(!setup_condition_has(&condition, SETUP_KEY_RESET));
}
END_TEST

Suite *
suite_preset(void)
{
	Suite *suite = suite_create("preset");
	TCase *values = tcase_create("values");
	TCase *chips = tcase_create("chips");

	tcase_add_loop_test(values, invalid_values_change_nothing, 0, G_N_ELEMENTS(invalid));
	tcase_add_test(values, an_option_replaces_its_key_only);
	tcase_add_test(values, every_mode_is_in_the_manual);
	suite_add_tcase(suite, values);
	tcase_set_timeout(chips, 60);
	tcase_add_checked_fixture(chips, setup, teardown);
	tcase_add_loop_test(chips, the_chip_starts_in_its_preset_state, 0, G_N_ELEMENTS(found));
	tcase_add_test(chips, blocks_have_the_preset_cycles);
	tcase_add_test(chips, at_most_64_bytes_of_sfdp_can_be_changed);
	tcase_add_test(chips, addresses_beyond_the_real_size_repeat_the_array);
	tcase_add_test(chips, addresses_beyond_the_real_size_can_read_ones);
	tcase_add_test(chips, nothing_is_written_beyond_the_real_size);
	tcase_add_test(chips, pins_and_supply_are_set_last);
	tcase_add_test(chips, wp_with_qe_replaces_the_property_of_the_part);
	tcase_add_test(chips, presets_take_no_time_and_keep_operation_times);
	tcase_add_loop_test(
		chips, presets_that_a_part_lacks_are_rejected, 0, G_N_ELEMENTS(refused));
	tcase_add_loop_test(chips, every_part_enters_every_mode_that_it_allows, 0, SETUP_MODES);
	suite_add_tcase(suite, chips);
	return suite;
}
