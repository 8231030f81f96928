/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a chip is silent: each sentence is compared with the behaviour of the chip. All parts in all
 * modes, with each pin low, and one chip with each fault that lasts on each line.
 */
#include "base/clock.h"
#include "bench/levels.h"
#include "bench/preset.h"
#include "chips_fixture.h"
#include "clip/clip.h"
#include "clip/wirefault.h"
#include "clip/wirereason.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "flash/reasons.h"
#include "setup/condition.h"
#include "suites.h"

#include <check.h>
#include <glib.h>
#include <string.h>

#define COLUMNS 80
#define INDENT (6 + 8) /* "      silent: " */
#define ID_MAX 3

static uint8_t *array;
static struct flash *chip;
static struct bench_levels wires;

static void
setup(void)
{
	chips_setup();
	array = g_malloc((size_t)256 << 20);
}

static void
remove_chip(void)
{
	g_clear_pointer(&chip, flash_destroy);
}

static void
teardown(void)
{
	remove_chip();
	g_free(array);
	chips_teardown();
}

/* False: the part can't be in that condition. */
static bool
make(const struct flash_part *part, const char *key, const char *value)
{
	struct setup_condition condition = {0};

	remove_chip();
	chip = flash_new(part, array, 1);
	bench_levels_init(&wires, chip, NULL);
	if (key == NULL)
		return true;
	ck_assert(setup_condition_take(&condition, setup_condition_find(key), value));
	return bench_preset_check(&condition, part, NULL, NULL) &&
		bench_preset_apply(&condition, &wires, false, NULL, NULL);
}

/* Whether the chip answers 9F with its ID. */
static bool
identifies(void)
{
	const struct flash_part *part = flash_part(chip);
	uint8_t opcode = (uint8_t)flash_opcode(part, "RDID");
	uint8_t id[ID_MAX];

	flash_select(chip);
	flash_shift(chip, &opcode, NULL, 1);
	flash_shift(chip, NULL, id, ID_MAX);
	flash_deselect(chip, 0);
	return memcmp(id, part->id, MIN(part->id_length, ID_MAX)) == 0;
}

/* Finds the reason of that kind, and whether any says that the chip is silent. */
static const struct flash_reason *
find(const struct flash_reason *reasons, unsigned int n, const char *kind, bool *silent)
{
	const struct flash_reason *found = NULL;

	*silent = false;
	for (unsigned int i = 0; i < n; i++) {
		*silent |= reasons[i].silent;
		if (kind && strcmp(reasons[i].kind, kind) == 0)
			found = &reasons[i];
		ck_assert_msg(strlen(reasons[i].text) + INDENT <= COLUMNS, "%s: %s is too long",
			flash_part_name(flash_part(chip)), reasons[i].text);
		ck_assert(strchr(reasons[i].text, '\n') == NULL);
	}
	return found;
}

/* By enum setup_mode: the kind of reason; NULL: registers and ranges show the mode. */
static const char *const kinds[SETUP_MODES] = {
	[SETUP_MODE_DEEP_POWER_DOWN] = "deep-power-down",
	[SETUP_MODE_4_BYTE] = "4-byte",
	[SETUP_MODE_3_BYTE] = "3-byte",
	[SETUP_MODE_EAR] = "ear",
	[SETUP_MODE_QPI] = "qpi",
	[SETUP_MODE_SUSPENDED] = "suspended",
	[SETUP_MODE_PROGRAM_SUSPENDED] = "program-suspended",
	[SETUP_MODE_ERASING] = "busy",
	[SETUP_MODE_PROGRAMMING] = "busy",
	[SETUP_MODE_WRITING_STATUS] = "busy",
	[SETUP_MODE_AAI] = "aai",
	[SETUP_MODE_OTP] = "otp",
	[SETUP_MODE_RESET_ENABLED] = "reset-enabled",
	[SETUP_MODE_CONTINUOUS_READ] = "continuous-read",
	[SETUP_MODE_POWER_UP_4_BYTE] = "4-byte",
};

/* In that address mode anyway. */
static bool
is_usual(const struct flash_part *part, const char *kind)
{
	return strcmp(kind, part->address_bytes == 4 ? "4-byte" : "3-byte") == 0;
}

static void
check_mode(const struct flash_part *part, enum setup_mode mode)
{
	const char *name = setup_mode_names[mode];
	struct flash_reason reasons[FLASH_REASONS_MAX];
	const struct flash_reason *found;
	unsigned int n;
	bool silent;

	if (!make(part, "mode", mode == SETUP_MODE_EAR ? "ear:1" : name))
		return;
	n = flash_reasons(chip, reasons);
	found = find(reasons, n, kinds[mode], &silent);
	if (kinds[mode] && !is_usual(part, kinds[mode]))
		ck_assert_msg(found, "%s in mode %s: nothing says so", part->name, name);
	if (flash_opcode(part, "RDID") >= 0 && part->id_length > 0)
		ck_assert_msg(identifies() != silent, "%s in mode %s: said to be %s", part->name,
			name, silent ? "silent" : "answering");
}

START_TEST(each_mode_has_its_sentence_and_is_silent_if_it_says_so)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);

	for (guint i = 0; i < parts->len; i++)
		check_mode(parts->pdata[i], (enum setup_mode)_i);
}
END_TEST

START_TEST(a_chip_as_delivered_has_no_reasons)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);

	for (guint i = 0; i < parts->len; i++) {
		struct flash_reason reasons[FLASH_REASONS_MAX];
		bool silent;

		make(parts->pdata[i], NULL, NULL);
		flash_tick(chip, 1000000000);
		ck_assert_msg(flash_reasons(chip, reasons) == 0, "%s: %s",
			flash_part_name(parts->pdata[i]), reasons[0].text);
		find(reasons, 0, NULL, &silent);
		ck_assert(!silent);
	}
}
END_TEST

static const char *const pin_keys[FLASH_PINS] = {"wp", "hold", "reset"};

static void
check_pin(const struct flash_part *part, enum flash_pin pin)
{
	bool possible = make(part, pin_keys[pin], "low");
	struct flash_reason reasons[FLASH_REASONS_MAX];
	struct flash_pin_use use;
	bool silent;

	flash_pin_use(chip, pin, &use);
	ck_assert_msg(use.text[0] != '\0', "%s: nothing about %s", part->name, pin_keys[pin]);
	ck_assert(use.exists || !use.acts);
	if (!possible) {
		ck_assert_msg(
			!use.exists, "%s: %s exists: %s", part->name, pin_keys[pin], use.text);
		return;
	}
	find(reasons, flash_reasons(chip, reasons), NULL, &silent);
	ck_assert_msg(silent == (use.acts && pin != FLASH_PIN_WP), "%s: %s low: %s", part->name,
		pin_keys[pin], use.text);
	if (flash_opcode(part, "RDID") >= 0 && part->id_length > 0)
		ck_assert_msg(identifies() != silent, "%s: %s low: %s", part->name, pin_keys[pin],
			use.text);
}

START_TEST(each_pin_of_each_part_does_what_is_said)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);

	for (guint i = 0; i < parts->len; i++)
		check_pin(parts->pdata[i], (enum flash_pin)_i);
}
END_TEST

/* The SRP tables of the data sheets. */
static const struct {
	const char *part, *status;
	enum flash_pin pin;
	const char *text;
	bool acts;
} uses[] = {
	{"W25Q128JV", "00", FLASH_PIN_WP, "QE=1 makes it IO2", false},
	{"W25Q128JV", "00", FLASH_PIN_HOLD, "QE=1 makes it IO3", false},
	{"W25Q128JV", "00", FLASH_PIN_RESET, "the part has none", false},
	{"W25Q80DV", "00", FLASH_PIN_WP, "SRP=0", false},
	{"W25Q80DV", "80", FLASH_PIN_WP, "locks the registers, SRP=1", true},
	{"W25Q80DV", "80 01", FLASH_PIN_WP, "SRL=1 locks the registers", false},
	{"W25Q80DV", "00", FLASH_PIN_HOLD, "stops the clock", true},
	{"MX25L6436F", "80", FLASH_PIN_WP, "locks the registers, SRWD=1", true},
	{"SST25VF080B", "80", FLASH_PIN_WP, "locks the registers, BPL=1", true},
	{"AT45DB321D", NULL, FLASH_PIN_WP, "protects the sectors", true},
};

START_TEST(the_use_of_a_pin_follows_the_registers)
{
	struct flash_pin_use use;

	ck_assert(make(
		chips_find(uses[_i].part), uses[_i].status ? "status" : NULL, uses[_i].status));
	flash_pin_use(chip, uses[_i].pin, &use);
	ck_assert_str_eq(use.text, uses[_i].text);
	ck_assert(use.acts == uses[_i].acts);
}
END_TEST

/* Sentences, whole. VCC: W25Q80DV, 2.7 to 3.6 V. */
static const struct {
	const char *part, *key, *value, *text;
} sentences[] = {
	{"W25Q80DV", "supply", "off", "no supply: VCC is 0 mV; switch it on"},
	{"W25Q80DV", "supply", "1000 mV",
		"VCC is 1000 mV: the chip is off; it works from 2700 mV up"},
	{"W25Q80DV", "supply", "2500 mV",
		"VCC is 2500 mV, below 2700 mV: reads have errors, writes and erases fail"},
	{"W25Q80DV", "hold", "low", "HOLD# is low: clocks have no effect; set it high"},
	{"W25Q80DV", "mode", "deep-power-down", "in deep power-down: send AB, or cycle the power"},
	{"W25Q80DV", "mode", "erasing", "busy: an erase at 000000, since 0 us, 45 ms left"},
	{"W25Q80DV", "mode", "suspended",
		"an erase at 000000 is suspended: send 7A, or cycle the power"},
	{"W25Q128FV", "mode", "qpi", "in QPI mode (four lanes): send FF, or cycle the power"},
	{"W25Q256JV", "mode", "4-byte",
		"addresses have 4 bytes, not 3: send E9, or cycle the power"},
	{"SST25VF080B", "mode", "aai", "in auto address increment: send 04, or cycle the power"},
};

START_TEST(a_sentence_says_how_it_ends)
{
	struct flash_reason reasons[FLASH_REASONS_MAX];

	ck_assert(make(chips_find(sentences[_i].part), sentences[_i].key, sentences[_i].value));
	ck_assert_uint_ge(flash_reasons(chip, reasons), 1);
	ck_assert_str_eq(reasons[0].text, sentences[_i].text);
}
END_TEST

/* --- wires --- */

static bool
identifies_by(struct clip *clip)
{
	uint8_t out[4];

	clip_select(clip, 0);
	clip_shift(clip, (const uint8_t[]){0x9f, 0, 0, 0}, out, sizeof(out));
	clip_deselect(clip);
	return memcmp(out + 1, "\xEF\x40\x14", 3) == 0;
}

/* The sentence given before the frame has to be true in it. */
static void
check_fault(enum clip_fault_what what, enum clip_line line, enum clip_line line2)
{
	struct clip *clip;
	struct base_clock clock;
	struct clip_reason of_wires[CLIP_REASONS_MAX];
	struct flash_reason of_chip[FLASH_REASONS_MAX];
	struct clip_fault fault;
	unsigned int n;
	bool silent;

	base_clock_init(&clock, BASE_CLOCK_INSTANT);
	clip = clip_new(&clock);
	base_clock_skip(&clock, 2000000000);
	make(chips_find("W25Q80DV"), NULL, NULL);
	flash_tick(chip, 1000000000);
	clip_attach(clip, 0, chip);
	ck_assert_uint_eq(clip_reasons(clip, 0, of_wires), 0);
	clip_fault_init(&fault, what);
	fault.line = line;
	fault.line2 = line2;
	ck_assert_uint_gt(clip_fault_add(clip, &fault), 0);
	n = clip_reasons(clip, 0, of_wires);
	find(of_chip, flash_reasons(chip, of_chip), NULL, &silent);
	silent |= n > 0;
	identifies_by(clip); /* a CS# that stays low lets one frame through */
	ck_assert_msg(identifies_by(clip) != silent, "%s on %s: said to be %s%s%s",
		clip_fault_what_string(what), clip_line_string(line),
		silent ? "silent: " : "answering", n > 0 ? of_wires[0].text : "",
		silent && n == 0 ? of_chip[0].text : "");
	clip_destroy(clip);
	remove_chip();
}

START_TEST(a_wire_silences_the_chip_if_that_is_said)
{
	static const enum clip_fault_what whole[] = {CLIP_OPEN, CLIP_STUCK_0, CLIP_STUCK_1,
		CLIP_SHORT, CLIP_PULL_UP, CLIP_PULL_DOWN, CLIP_ROTATED, CLIP_SHIFTED, CLIP_MIRRORED,
		CLIP_SWAPPED};

	for (enum clip_line line = CLIP_CS; line < CLIP_LINES; line++)
		for (enum clip_line line2 = CLIP_CS; line2 < CLIP_LINES; line2++)
			if (line != line2)
				check_fault(whole[_i], line, line2);
}
END_TEST

Suite *
suite_reasons(void)
{
	Suite *suite = suite_create("reasons");
	TCase *tcase = tcase_create("reasons");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(
		tcase, each_mode_has_its_sentence_and_is_silent_if_it_says_so, 0, SETUP_MODES);
	tcase_add_test(tcase, a_chip_as_delivered_has_no_reasons);
	tcase_add_loop_test(tcase, each_pin_of_each_part_does_what_is_said, 0, FLASH_PINS);
	tcase_add_loop_test(
		tcase, the_use_of_a_pin_follows_the_registers, 0, (int)G_N_ELEMENTS(uses));
	tcase_add_loop_test(tcase, a_sentence_says_how_it_ends, 0, (int)G_N_ELEMENTS(sentences));
	tcase_add_loop_test(tcase, a_wire_silences_the_chip_if_that_is_said, 0, 10);
	suite_add_tcase(suite, tcase);
	return suite;
}
