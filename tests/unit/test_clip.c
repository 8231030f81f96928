/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wires: frames reach the selected chip, undriven lines read their pull, and time is exact. */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "base/clock.h"
#include "clip/clip.h"
#include "flash/flash.h"
#include "flash/partdata.h"

Suite *suite_clip(void);

#define ARRAY_SIZE 65536

static const struct flash_part part = {
	.name = "TEST",
	.vendor = "spinor",
	.size = ARRAY_SIZE,
	.page_size = 256,
	.address_bytes = 3,
	.wrsr_bytes = 1,
	.vcc_min_mv = 2700,
	.vcc_max_mv = 3600,
	.id = {0xc2, 0x20, 0x17},
	.id_length = 3,
	.id_tail = FLASH_ID_FLOAT,
	.status = {{{.function = FLASH_BIT_BUSY}, {.function = FLASH_BIT_WEL}}},
	.commands = {{"RDID", -1}, {"RDSR1", -1}, {"WREN", -1}, {"READ", -1}, {"PP", -1}},
	.n_commands = 5,
	.timing = {[FLASH_T_PP] = {700000, 3000000}},
};

static struct base_clock clock_;
static struct clip *clip;
static struct flash *chips[2];
static uint8_t arrays[2][ARRAY_SIZE];
static struct flash_event last[2]; /* the last one of each chip */
static unsigned int frames[2];
static unsigned int readies[2];

static void
see(void *data, const struct flash_event *event)
{
	size_t which = GPOINTER_TO_SIZE(data);

	last[which] = *event;
	if (event->kind == FLASH_EVENT_COMMAND)
		frames[which]++;
	if (event->kind == FLASH_EVENT_READY)
		readies[which]++;
}

static void
setup(void)
{
	memset(arrays, 0xff, sizeof arrays);
	memset(frames, 0, sizeof frames);
	memset(readies, 0, sizeof readies);
	base_clock_init(&clock_, BASE_CLOCK_INSTANT);
	clip = clip_new(&clock_);
	for (size_t i = 0; i < 2; i++) {
		chips[i] = flash_new(&part, arrays[i], i);
		flash_set_listener(chips[i],
			&(struct flash_listener){.event = see, .data = GSIZE_TO_POINTER(i)});
	}
	clip_attach(clip, 0, chips[0]);
	clip_attach(clip, 7, chips[1]);
	clip_set_frequency(clip, 10000000);
}

static void
teardown(void)
{
	clip_destroy(clip);
	flash_destroy(chips[0]);
	flash_destroy(chips[1]);
}

static void
transfer(unsigned int cs, const void *in, size_t n_in, uint8_t *out, size_t n_out)
{
	clip_select(clip, cs);
	clip_shift(clip, in, NULL, n_in);
	clip_shift(clip, NULL, out, n_out);
	clip_deselect(clip);
}

START_TEST(each_line_selects_its_chip)
{
	uint8_t id[3];

	ck_assert_ptr_eq(clip_chip(clip, 0), chips[0]);
	ck_assert_ptr_eq(clip_chip(clip, 7), chips[1]);
	ck_assert_ptr_null(clip_chip(clip, 1));
	ck_assert_ptr_null(clip_chip(clip, CLIP_SELECTS));
	transfer(7, "\x9f", 1, id, 3);
	ck_assert_mem_eq(id, "\xc2\x20\x17", 3);
	ck_assert_uint_eq(frames[0], 0);
	ck_assert_uint_eq(frames[1], 1);
	transfer(1, "\x9f", 1, id, 3);
	ck_assert_mem_eq(id, "\xff\xff\xff", 3);
	ck_assert_uint_eq(frames[0] + frames[1], 1);
}
END_TEST

START_TEST(a_second_select_changes_nothing)
{
	uint8_t id[3];

	clip_select(clip, 0);
	clip_select(clip, 7);
	clip_select(clip, 0);
	clip_shift(clip, (const uint8_t *)"\x9f", NULL, 1);
	clip_shift(clip, NULL, id, 3);
	clip_deselect(clip);
	clip_deselect(clip);
	ck_assert_mem_eq(id, "\xc2\x20\x17", 3);
	ck_assert_uint_eq(frames[0], 1);
	ck_assert_uint_eq(frames[1], 0);
}
END_TEST

START_TEST(mosi_is_low_while_only_reading)
{
	transfer(0, "\x06", 1, NULL, 0);
	transfer(0, "\x02\x00\x00\x00", 4, NULL, 2);
	clip_wait(clip, 3000000);
	ck_assert_mem_eq(arrays[0], "\x00\x00\xff", 3);
}
END_TEST

START_TEST(a_span_longer_than_the_low_buffer_stays_one_frame)
{
	g_autofree uint8_t *out = g_malloc(3 * ARRAY_SIZE);

	for (size_t i = 0; i < ARRAY_SIZE; i++)
		arrays[0][i] = (uint8_t)(i * 3 + i / 256);
	transfer(0, "\x03\x00\x00\x00", 4, out, 3 * ARRAY_SIZE);
	for (size_t i = 0; i < 3; i++)
		ck_assert_mem_eq(out + i * ARRAY_SIZE, arrays[0], ARRAY_SIZE);
	ck_assert_uint_eq(frames[0], 1);
	ck_assert_uint_eq(last[0].length, 3 * ARRAY_SIZE);
}
END_TEST

START_TEST(drivers_off_deselects_the_chip)
{
	uint8_t id[2];

	ck_assert(clip_drivers(clip));
	clip_select(clip, 0);
	clip_shift(clip, (const uint8_t *)"\x9f", NULL, 1);
	clip_set_drivers(clip, false);
	ck_assert(!clip_drivers(clip));
	ck_assert_uint_eq(frames[0], 1);
	clip_shift(clip, NULL, id, 2);
	ck_assert_mem_eq(id, "\xff\xff", 2);
	/* The adapter still asserts CS#: the chip sees it fall when the drivers are on again. */
	clip_set_drivers(clip, true);
	clip_shift(clip, (const uint8_t *)"\x9f", NULL, 1);
	clip_shift(clip, NULL, id, 2);
	clip_deselect(clip);
	ck_assert_mem_eq(id, "\xc2\x20", 2);
	ck_assert_uint_eq(frames[0], 2);
	clip_set_drivers(clip, false);
	transfer(0, "\x9f", 1, id, 2);
	ck_assert_mem_eq(id, "\xff\xff", 2);
	ck_assert_uint_eq(frames[0], 2);
}
END_TEST

START_TEST(detaching_a_chip_ends_its_frame)
{
	uint8_t id[2];

	clip_select(clip, 0);
	clip_shift(clip, (const uint8_t *)"\x9f", NULL, 1);
	clip_attach(clip, 0, NULL);
	ck_assert_uint_eq(frames[0], 1);
	clip_shift(clip, NULL, id, 2);
	ck_assert_mem_eq(id, "\xff\xff", 2);
	clip_attach(clip, 0, chips[0]);
	clip_shift(clip, (const uint8_t *)"\x9f", id, 1);
	clip_shift(clip, NULL, id, 2);
	ck_assert_mem_eq(id, "\xc2\x20", 2);
	clip_deselect(clip);
	ck_assert_uint_eq(frames[0], 2);
}
END_TEST

/* One byte at a time or all at once, selected or not: n * 8 periods, to the last ns. */
START_TEST(clocks_take_exactly_their_time)
{
	static const unsigned int hz[] = {1, 3, 7000000, 12000000, 30000000, 133000000};

	for (size_t i = 0; i < G_N_ELEMENTS(hz); i++) {
		int64_t begin;
		const unsigned int n = 1000003;

		clip_set_frequency(clip, hz[i] + 1);
		clip_set_frequency(clip, hz[i]);
		begin = base_clock_now(&clock_);
		for (unsigned int k = 0; k < 1000; k++)
			clip_shift(clip, NULL, NULL, 1);
		clip_shift(clip, NULL, NULL, n - 1000);
		ck_assert_int_eq(base_clock_now(&clock_) - begin,
			(int64_t)(UINT64_C(8000000000) * n / hz[i]));
	}
}
END_TEST

START_TEST(the_same_frequency_again_loses_no_time)
{
	clip_set_frequency(clip, 133000000);
	for (unsigned int i = 0; i < 133; i++) {
		clip_shift(clip, NULL, NULL, 1);
		clip_set_frequency(clip, 133000000);
	}
	ck_assert_int_eq(base_clock_now(&clock_), 8000);
}
END_TEST

START_TEST(waiting_completes_operations_of_chips)
{
	transfer(7, "\x06", 1, NULL, 0);
	transfer(7, "\x02\x00\x00\x10\x55", 5, NULL, 0);
	ck_assert(flash_is_busy(chips[1]));
	ck_assert_int_eq(flash_busy_until(chips[1]), base_clock_now(&clock_) + 700000);
	clip_wait(clip, 699999);
	ck_assert(flash_is_busy(chips[1]));
	ck_assert_uint_eq(readies[1], 0);
	clip_wait(clip, 1);
	ck_assert(!flash_is_busy(chips[1]));
	ck_assert_uint_eq(readies[1], 1);
	ck_assert_uint_eq(arrays[1][0x10], 0x55);
}
END_TEST

START_TEST(events_have_the_time_of_the_end_of_the_frame)
{
	base_clock_skip(&clock_, 123456);
	transfer(0, "\x9f", 1, NULL, 2);
	ck_assert_int_eq(last[0].time_ns, 123456 + 3 * 800);
}
END_TEST

Suite *
suite_clip(void)
{
	Suite *suite = suite_create("clip");
	TCase *wires = tcase_create("wires");

	tcase_add_checked_fixture(wires, setup, teardown);
	tcase_add_test(wires, each_line_selects_its_chip);
	tcase_add_test(wires, a_second_select_changes_nothing);
	tcase_add_test(wires, mosi_is_low_while_only_reading);
	tcase_add_test(wires, a_span_longer_than_the_low_buffer_stays_one_frame);
	tcase_add_test(wires, drivers_off_deselects_the_chip);
	tcase_add_test(wires, detaching_a_chip_ends_its_frame);
	tcase_add_test(wires, clocks_take_exactly_their_time);
	tcase_add_test(wires, the_same_frequency_again_loses_no_time);
	tcase_add_test(wires, waiting_completes_operations_of_chips);
	tcase_add_test(wires, events_have_the_time_of_the_end_of_the_frame);
	suite_add_tcase(suite, wires);
	return suite;
}
