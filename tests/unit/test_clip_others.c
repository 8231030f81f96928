/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two chips on one bus, the second one selected by a fault of its CS# while the adapter addresses
 * the first: both hear all operations, and MISO has the AND of their answers.
 *
 * The chips have IDs and sizes of MX25L6405D and MX25L3205D (data sheets: C2 20 17, C2 20 16), as
 * on laptops whose firmware is in 8 MiB and 4 MiB.
 */
#include "suites.h"

#include <check.h>
#include <glib.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "clip/clip.h"
#include "clip/wirefault.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "setup/faultwords.h"

#define MIB ((size_t)1 << 20)
#define CHIPS 2

#define PART(name_, size_, last)                                                             \
	{                                                                                    \
		.name = name_, .vendor = "Macronix", .size = size_, .page_size = 256,        \
		.address_bytes = 3, .wrsr_bytes = 1, .vcc_min_mv = 2700, .vcc_max_mv = 3600, \
		.id = {0xc2, 0x20, last}, .id_length = 3, .id_tail = FLASH_ID_FLOAT,         \
		.status = {{{.function = FLASH_BIT_BUSY}, {.function = FLASH_BIT_WEL}}},     \
		.commands = {{"RDID", -1}, {"RDSR1", -1}, {"WREN", -1}, {"WRDI", -1},        \
			{"READ", -1}, {"PP", -1}},                                           \
		.n_commands = 6,                                                             \
		.erases = {{.opcode = 0x20, .size = 4096, .time = {60000000, 300000000}},    \
			{.opcode = 0xc7,                                                     \
				.time = {INT64_C(1000000000) * (size_ >> 20), INT64_MAX}}},  \
		.n_erases = 2, .timing = {[FLASH_T_PP] = {1400000, 5000000}},                \
	}

static const struct flash_part parts[CHIPS] = {
	PART("MX25L6405D", 8 * MIB, 0x17), PART("MX25L3205D", 4 * MIB, 0x16)};

static struct base_clock bus_time;
static struct clip *clip;
static struct flash *chips[CHIPS];
static uint8_t *arrays[CHIPS];
static GString *seen; /* frames by chip: "a9f b9f " */
static unsigned int reports;

static void
see(void *data, const struct flash_event *event)
{
	if (event->kind == FLASH_EVENT_COMMAND)
		g_string_append_printf(seen, "%c%02x ", data == chips ? 'a' : 'b',
			(unsigned int)event->opcode & 0xff);
}

static void
hear(void *data, const struct clip_fault_report *report)
{
	(void)data;
	ck_assert_int_eq(report->line, CLIP_CS);
	reports++;
}

static void
setup(void)
{
	struct base_random random;

	base_random_init(&random, 1, 0);
	base_clock_init(&bus_time, BASE_CLOCK_INSTANT);
	seen = g_string_new(NULL);
	reports = 0;
	clip = clip_new(&bus_time);
	for (unsigned int i = 0; i < CHIPS; i++) {
		arrays[i] = g_malloc(parts[i].size);
		for (size_t k = 0; k < parts[i].size; k += sizeof(uint64_t)) {
			uint64_t bytes = base_random_next(&random);

			memcpy(arrays[i] + k, &bytes, sizeof bytes);
		}
		chips[i] = flash_new(&parts[i], arrays[i], i);
		flash_set_corner(chips[i], FLASH_CORNER_INSTANT);
		flash_set_listener(
			chips[i], &(struct flash_listener){.event = see, .data = &chips[i]});
		clip_attach(clip, i, chips[i]);
	}
	clip_set_fault_listener(clip, &(struct clip_fault_listener){.acted = hear});
}

static void
teardown(void)
{
	clip_destroy(clip);
	for (unsigned int i = 0; i < CHIPS; i++) {
		flash_destroy(chips[i]);
		g_free(arrays[i]);
	}
	g_string_free(seen, TRUE);
}

static unsigned int
add(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct setup_fault *fault = setup_fault_parse(text, &error);
	unsigned int id;

	ck_assert_msg(fault != NULL, "%s: %s", text, error ? error->message : "");
	id = clip_fault_add(clip, &fault->wires);
	ck_assert_msg(id > 0, "%s: %s", text, clip_fault_check(&fault->wires));
	setup_fault_free(fault);
	return id;
}

/* Faults in words, separated by commas. */
static void
add_all(const char *texts)
{
	g_auto(GStrv) each = g_strsplit(texts, ",", -1);

	for (char **text = each; *text; text++)
		add(*text);
}

static void
transfer(unsigned int cs, const void *in, size_t n_in, void *out, size_t n_out)
{
	clip_select(clip, cs);
	clip_shift(clip, in, NULL, n_in);
	clip_shift(clip, NULL, out, n_out);
	clip_deselect(clip);
}

static void
assert_id(unsigned int cs, const char *id)
{
	uint8_t got[3];

	transfer(cs, "\x9f", 1, got, 3);
	ck_assert_mem_eq(got, id, 3);
}

static void
command(uint8_t opcode)
{
	transfer(0, &opcode, 1, NULL, 0);
}

static uint8_t
status(unsigned int cs)
{
	uint8_t value;

	transfer(cs, "\x05", 1, &value, 1);
	return value;
}

#define ID_A "\xc2\x20\x17"
#define ID_B "\xc2\x20\x16"
#define NONE "\xff\xff\xff"

/* What the adapter gets from RDID on line 0, and on line 1. */
static const struct {
	const char *faults;
	const char *first, *second;
} cases[] = {
	{"stuck-0 line=cs select=1", ID_B, ID_B},
	{"stuck-0 line=cs side=chip select=1", ID_B, ID_B},
	{"stuck-0 line=cs select=0", ID_A, ID_B},
	{"short line=cs with=gnd select=1", ID_B, ID_B},
	{"short line=cs with=vcc select=1", ID_A, NONE},
	{"stuck-1 line=cs select=1", ID_A, NONE},
	/* Open: the board's resistor, or its clamp, decides. */
	{"open line=cs select=1", ID_A, NONE},
	{"open line=cs select=1,pull-down line=cs side=chip select=1", ID_B, ID_B},
	{"open line=cs select=1,stuck-0 line=cs side=chip select=1", ID_B, ID_B},
	{"open line=cs select=1,stuck-0 line=cs side=host select=1", ID_A, NONE},
	/* The adapter drives CS# of a chip that it does not address, if that is connected. */
	{"pull-down line=cs side=chip select=1", ID_A, ID_B},
	/* Both conditions: which chip, and when. */
	{"stuck-0 line=cs select=1 opcode=9F", ID_B, ID_B},
	{"stuck-0 line=cs select=1 opcode=03", ID_A, ID_B},
	{"stuck-0 line=cs select=1 nth=2", ID_A, ID_B},
	/* The first chip has no contact at all, and the second one answers for it. */
	{"open line=cs select=0,stuck-0 line=cs select=1", ID_B, ID_B},
	/* MISO with two drivers and a fault of its own. */
	{"stuck-0 line=cs select=1,stuck-1 line=miso", NONE, NONE},
	{"stuck-0 line=cs select=1,open line=miso", NONE, NONE},
	{"stuck-0 line=cs select=1,late", "\xe1\x10\x0b", "\xe1\x10\x0b"},
	/* A fault of another line is not on CS#: its select is a condition as ever. */
	{"stuck-0 line=miso select=1", ID_A, "\0\0\0"},
};

static void
mute_miso(void *data, const struct clip_fault_report *report)
{
	(void)data, (void)report;
}

START_TEST(a_chip_with_cs_low_answers_for_another)
{
	clip_set_fault_listener(clip, &(struct clip_fault_listener){.acted = mute_miso});
	add_all(cases[_i].faults);
	assert_id(0, cases[_i].first);
	clip_fault_clear(clip);
	add_all(cases[_i].faults);
	/* Of a fault that acts once. */
	if (strstr(cases[_i].faults, "nth"))
		assert_id(0, ID_A);
	assert_id(1, cases[_i].second);
	clip_fault_clear(clip);
	assert_id(0, ID_A);
	assert_id(1, ID_B);
}
END_TEST

START_TEST(a_floating_cs_selects_the_other_chip_by_chance)
{
	unsigned int times = 0;

	add_all("open line=cs select=1,pull-none line=cs side=chip select=1");
	for (int i = 0; i < 200; i++) {
		uint8_t id[3];

		transfer(0, "\x9f", 1, id, 3);
		times += memcmp(id, ID_B, 3) == 0;
		if (memcmp(id, ID_B, 3) != 0)
			ck_assert_mem_eq(id, ID_A, 3);
	}
	ck_assert_uint_gt(times, 60);
	ck_assert_uint_lt(times, 140);
}
END_TEST

/* Over all of the larger chip: the smaller one ignores the highest address bit. */
START_TEST(reads_are_the_and_of_both_arrays)
{
	g_autofree uint8_t *got = g_malloc(8 * MIB);

	add("stuck-0 line=cs select=1");
	transfer(0, "\x03\0\0\0", 4, got, 8 * MIB);
	for (size_t i = 0; i < 8 * MIB; i++)
		arrays[0][i] &= arrays[1][i % (4 * MIB)];
	ck_assert_mem_eq(got, arrays[0], 8 * MIB);
	ck_assert_str_eq(seen->str, "a03 b03 ");
	ck_assert_uint_eq(reports, 1);
}
END_TEST

START_TEST(write_enable_program_and_erase_reach_both_chips)
{
	uint8_t first = arrays[0][0x1000], second = arrays[1][0x1000];

	add("stuck-0 line=cs select=1");
	command(0x06);
	transfer(0, "\x02\0\x10\0\x5a", 5, NULL, 0);
	ck_assert_uint_eq(arrays[0][0x1000], first & 0x5a);
	ck_assert_uint_eq(arrays[1][0x1000], second & 0x5a);
	command(0x06);
	transfer(0, "\x20\0\x20\0", 4, NULL, 0);
	for (size_t i = 0x2000; i < 0x3000; i++)
		ck_assert_uint_eq(arrays[0][i] & arrays[1][i], 0xff);
	command(0x06);
	command(0xc7);
	for (unsigned int i = 0; i < CHIPS; i++)
		ck_assert(arrays[i][0] == 0xff &&
			memcmp(arrays[i], arrays[i] + 1, parts[i].size - 1) == 0);
	ck_assert_str_eq(seen->str, "a06 b06 a02 b02 a06 b06 a20 b20 a06 b06 ac7 bc7 ");
}
END_TEST

/* BUSY is a bit like any other: 0 as soon as one chip is ready. Commands to the other one are lost
 * then, and WEL stays where only one has cleared it. */
START_TEST(the_status_is_the_and_of_both_states)
{
	base_clock_init(&bus_time, BASE_CLOCK_VIRTUAL);
	for (unsigned int i = 0; i < CHIPS; i++)
		flash_set_corner(chips[i], FLASH_CORNER_TYPICAL);
	add("stuck-0 line=cs select=1");
	command(0x06);
	ck_assert_uint_eq(status(0), 0x02);
	command(0xc7);
	ck_assert_uint_eq(status(0), 0x03);
	clip_wait(clip, INT64_C(5000000000));
	/* The smaller one is ready, the larger one for another 3 s not. */
	ck_assert_uint_eq(status(0), 0x00);
	clip_fault_clear(clip);
	ck_assert_uint_eq(status(0), 0x03);
	ck_assert_uint_eq(status(1), 0x00);
	add("stuck-0 line=cs select=1");
	command(0x06);
	ck_assert_uint_eq(status(0), 0x02);
	clip_fault_clear(clip);
	ck_assert_uint_eq(status(1), 0x02);
	clip_wait(clip, INT64_C(4000000000));
	ck_assert_uint_eq(status(0), 0x00);
}
END_TEST

/* A chip that HOLD# keeps off the bus drives nothing, and hears nothing. */
START_TEST(hold_of_either_chip_leaves_the_other_alone)
{
	add("stuck-0 line=cs select=1");
	clip_set_level(clip, 1, CLIP_HOLD, FLASH_LOW);
	assert_id(0, ID_A);
	clip_set_level(clip, 1, CLIP_HOLD, FLASH_HIGH);
	assert_id(0, ID_B);
	clip_set_level(clip, 0, CLIP_HOLD, FLASH_LOW);
	assert_id(0, ID_B);
	command(0x06);
	ck_assert_uint_eq(status(0), 0x02);
	clip_set_level(clip, 0, CLIP_HOLD, FLASH_HIGH);
	ck_assert_uint_eq(status(0), 0x00);
}
END_TEST

/* Without a supply a chip drives nothing either: its output is not connected to anything. */
START_TEST(a_chip_without_supply_does_not_answer)
{
	add("stuck-0 line=cs select=1");
	clip_set_supply(clip, 1, 0);
	assert_id(0, ID_A);
	clip_set_supply(clip, 1, 3300);
	assert_id(0, ID_B);
}
END_TEST

/* Without a select the fault is on CS# of both, and its frame never ends. */
START_TEST(cs_of_all_chips_stuck_low_is_one_endless_frame)
{
	uint8_t id[3];

	add("stuck-0 line=cs");
	assert_id(0, ID_B);
	transfer(0, "\x9f", 1, id, 3);
	ck_assert_mem_eq(id, NONE, 3);
	ck_assert(flash_is_selected(chips[0]) && flash_is_selected(chips[1]));
	ck_assert_str_eq(seen->str, "");
	clip_fault_clear(clip);
	ck_assert(!flash_is_selected(chips[0]) && !flash_is_selected(chips[1]));
	ck_assert_str_eq(seen->str, "a9f b9f ");
	assert_id(0, ID_A);
}
END_TEST

/* CS# of the second chip is connected to MOSI: its frames follow the data. */
START_TEST(cs_shorted_to_data_follows_it)
{
	add("short line=cs with=mosi select=1");
	assert_id(0, ID_A);
	transfer(0, "\xff\x55\x55\xff", 4, NULL, 0);
	clip_fault_clear(clip);
	ck_assert_uint_gt(strlen(seen->str), 10);
	ck_assert(!flash_is_selected(chips[1]));
	assert_id(0, ID_A);
}
END_TEST

START_TEST(with_drivers_off_only_pulls_count)
{
	clip_set_drivers(clip, false);
	add("pull-down line=cs side=chip select=1");
	clip_select(clip, 0);
	clip_shift(clip, NULL, NULL, 1);
	ck_assert(flash_is_selected(chips[1]));
	ck_assert(!flash_is_selected(chips[0]));
	clip_deselect(clip);
	ck_assert(!flash_is_selected(chips[1]));
}
END_TEST

static void
assert_wired(unsigned int cs, enum clip_line line, enum flash_level host, enum flash_level chip,
	unsigned int fault)
{
	struct clip_line_state state;

	clip_line_state(clip, cs, line, &state);
	ck_assert_int_eq(state.host, host);
	ck_assert_int_eq(state.chip, chip);
	ck_assert_uint_eq(state.fault_id, fault);
}

/* At CS# of its chip, and at MISO of the other, where both drive; no operation is in progress. */
START_TEST(the_lines_show_the_fault_where_it_acts)
{
	unsigned int id = add("stuck-0 line=cs side=chip select=1");
	unsigned int open = add("open line=cs select=1");

	assert_wired(1, CLIP_CS, FLASH_HIGH, FLASH_LOW, id);
	assert_wired(0, CLIP_CS, FLASH_HIGH, FLASH_HIGH, 0);
	assert_wired(0, CLIP_MISO, FLASH_HIGH, FLASH_HIGH, id);
	assert_wired(1, CLIP_MISO, FLASH_HIGH, FLASH_HIGH, 0);
	clip_fault_remove(clip, id);
	assert_wired(1, CLIP_CS, FLASH_HIGH, FLASH_HIGH, open);
	assert_wired(0, CLIP_MISO, FLASH_HIGH, FLASH_HIGH, 0);
	clip_fault_remove(clip, open);
	assert_wired(1, CLIP_CS, FLASH_HIGH, FLASH_HIGH, 0);
}
END_TEST

START_TEST(a_chip_can_come_and_go_while_it_is_held)
{
	add("stuck-0 line=cs select=1");
	clip_select(clip, 0);
	clip_shift(clip, (const uint8_t *)"\x9f", NULL, 1);
	ck_assert(flash_is_selected(chips[1]));
	clip_attach(clip, 1, NULL);
	ck_assert(!flash_is_selected(chips[1]));
	clip_deselect(clip);
	assert_id(0, ID_A);
	clip_attach(clip, 1, chips[1]);
	assert_id(0, ID_B);
	ck_assert_uint_eq(reports, 2);
}
END_TEST

Suite *
suite_clip_others(void)
{
	Suite *suite = suite_create("clip_others");
	TCase *tcase = tcase_create("two chips");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_chip_with_cs_low_answers_for_another, 0, G_N_ELEMENTS(cases));
	tcase_add_test(tcase, a_floating_cs_selects_the_other_chip_by_chance);
	tcase_add_test(tcase, reads_are_the_and_of_both_arrays);
	tcase_add_test(tcase, write_enable_program_and_erase_reach_both_chips);
	tcase_add_test(tcase, the_status_is_the_and_of_both_states);
	tcase_add_test(tcase, hold_of_either_chip_leaves_the_other_alone);
	tcase_add_test(tcase, a_chip_without_supply_does_not_answer);
	tcase_add_test(tcase, cs_of_all_chips_stuck_low_is_one_endless_frame);
	tcase_add_test(tcase, cs_shorted_to_data_follows_it);
	tcase_add_test(tcase, with_drivers_off_only_pulls_count);
	tcase_add_test(tcase, the_lines_show_the_fault_where_it_acts);
	tcase_add_test(tcase, a_chip_can_come_and_go_while_it_is_held);
	suite_add_tcase(suite, tcase);
	return suite;
}
