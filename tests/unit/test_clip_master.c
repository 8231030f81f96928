/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second bus master: its own reads, its effect on frames of the host, and commands that no master
 * sent.
 */
#include "clip_fixture.h"

#include <check.h>
#include <string.h>

Suite *suite_clip_master(void);

#define SLOT_NS (69 * CLIP_BYTE_NS) /* a read of the master, and a byte of pause */

static struct clip_fixture *f;
static struct clip_fault fault;

static void
setup(void)
{
	f = clip_fixture_new();
	clip_fault_init(&fault, CLIP_MASTER);
	fault.master.hz = CLIP_HZ;
	fault.cycle.duty = 1;
	fault.cycle.period_ns = 1000000000;
}

static void
teardown(void)
{
	clip_fixture_destroy(f);
}

static bool
bit_of(const uint8_t *bytes, size_t bit)
{
	return bytes[bit / 8] >> (7 - bit % 8) & 1;
}

static bool
id_is_right(void)
{
	uint8_t id[3];

	clip_fixture_transfer(f, "\x9f", 1, id, 3);
	return memcmp(id, "\xef\x40\x14", 3) == 0;
}

START_TEST(it_reads_the_chip_while_the_host_is_idle)
{
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 3 * SLOT_NS);
	ck_assert_uint_eq(f->events->len, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct flash_event *event = clip_fixture_event(f, i);

		ck_assert_int_eq(event->opcode, 0x03);
		ck_assert_uint_eq(event->outcome, FLASH_DONE);
		ck_assert_uint_eq(event->address, i * 64);
		ck_assert_uint_eq(event->length, 64);
		/* Clocks of the master do not advance the chip's time. */
		ck_assert_int_le(event->time_ns, base_clock_now(&f->clock));
	}
	/* After a second only the last reads are run. */
	clip_fixture_forget(f);
	clip_wait(f->clip, 900000000);
	ck_assert_uint_le(f->events->len, 5);
	ck_assert_uint_ge(f->events->len, 4);
	ck_assert_uint_eq(f->reports->len, 0);
	clip_fault_clear(f->clip);
	ck_assert(id_is_right());
}
END_TEST

START_TEST(it_acts_only_in_its_duty_time)
{
	unsigned int right = 0, met = 0;

	fault.cycle.period_ns = 10000000;
	fault.cycle.phase_ns = 2000000;
	fault.cycle.duty = 0.3;
	clip_fixture_put(f, &fault);
	/* The master is idle before its phase. */
	ck_assert(id_is_right());
	ck_assert_uint_eq(f->events->len, 1);
	for (unsigned int i = 0; i < 1000; i++) {
		int64_t at = (base_clock_now(&f->clock) + 8000000) % 10000000;
		size_t before = f->reports->len;
		bool good = id_is_right();

		right += good;
		met += f->reports->len > before;
		/* Outside its duty time, plus the length of a frame on both sides: no effect. */
		if (at > 3100000 && at < 9990000) {
			ck_assert(good);
			ck_assert_uint_eq(f->reports->len, before);
		}
		clip_wait(f->clip, 137000);
	}
	ck_assert_uint_gt(right, 650);
	ck_assert_uint_lt(right, 760);
	ck_assert_uint_gt(met, 250);
	ck_assert_uint_lt(met, 350);
}
END_TEST

/* A frame of the host during a read of the master becomes data of that read. */
START_TEST(wired_and_makes_a_host_frame_part_of_a_read)
{
	uint8_t out[4];

	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 20 * CLIP_BYTE_NS);
	ck_assert_uint_eq(f->events->len, 0);
	clip_fixture_transfer(f, "\x9f", 1, out, 4);
	/* 20 bytes of the master's frame and the opcode: 21, of which 4 are its header. */
	ck_assert_mem_eq(out, f->array + 17, 4);
	ck_assert_uint_eq(f->events->len, 0);
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->fault->what, CLIP_MASTER);
	clip_wait(f->clip, SLOT_NS - 25 * CLIP_BYTE_NS);
	ck_assert_uint_eq(f->events->len, 1);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->length, 64);
}
END_TEST

/* 03 AND 06 is 02, a page program of the bytes that follow. */
START_TEST(wired_and_of_two_opcodes_makes_a_third)
{
	fault.cycle.phase_ns = 1000000;
	memset(f->array, 0xff, 256);
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	clip_fixture_forget(f);
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 1000000 - base_clock_now(&f->clock));
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	clip_wait(f->clip, 2 * SLOT_NS);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0x02);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->outcome, FLASH_DONE);
	for (size_t i = 0; i < 256; i++)
		ck_assert_uint_eq(f->array[i], i < 64 ? 0x00 : 0xff);
}
END_TEST

START_TEST(wired_or_of_two_opcodes_makes_a_third)
{
	fault.master.rule = CLIP_WIRED_OR;
	fault.cycle.phase_ns = 1000000;
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 1000000);
	/* The idle host drives CS# high. */
	clip_wait(f->clip, SLOT_NS);
	ck_assert_uint_eq(f->events->len, 0);
	/* 04 OR 03 is 07. */
	clip_fixture_transfer(f, "\x04", 1, NULL, 0);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0x07);
}
END_TEST

START_TEST(a_random_rule_corrupts_some_frames)
{
	unsigned int right = 0;

	fault.master.rule = CLIP_RANDOM;
	fault.master.hz = 7000000;
	clip_fixture_put(f, &fault);
	for (unsigned int i = 0; i < 500; i++) {
		right += id_is_right();
		clip_wait(f->clip, 31000);
	}
	ck_assert_uint_gt(right, 5);
	ck_assert_uint_lt(right, 400);
	ck_assert_uint_gt(f->reports->len, 400);
}
END_TEST

START_TEST(a_random_rule_decides_each_bit_of_cs_and_mosi)
{
	GHashTable *opcodes = g_hash_table_new(NULL, NULL);

	fault.master.rule = CLIP_RANDOM;
	clip_fixture_put(f, &fault);
	for (unsigned int i = 0; i < 200; i++)
		clip_wait(f->clip, SLOT_NS);
	ck_assert_uint_gt(f->events->len, 65);
	ck_assert_uint_lt(f->events->len, 135);
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	/* In frames that both begin at once, each bit of MOSI is from 0C or from 03. */
	fault.master.lines = 1 << CLIP_MOSI;
	for (unsigned int i = 0; i < 100; i++) {
		fault.cycle.phase_ns = base_clock_now(&f->clock);
		clip_fixture_put(f, &fault);
		clip_fixture_transfer(f, "\x0c", 1, NULL, 0);
		clip_fault_clear(f->clip);
		ck_assert_int_lt(clip_fixture_event(f, i)->opcode, 16);
		g_hash_table_add(opcodes, GINT_TO_POINTER(clip_fixture_event(f, i)->opcode));
		clip_set_seed(f->clip, i);
	}
	ck_assert_uint_gt(g_hash_table_size(opcodes), 10);
	g_hash_table_destroy(opcodes);
}
END_TEST

/* Clocks of a faster master add to those of the host. */
START_TEST(a_faster_master_adds_clocks_to_the_frame_of_the_host)
{
	fault.master.hz = 2 * CLIP_HZ;
	fault.cycle.phase_ns = 4 * CLIP_BYTE_NS;
	clip_fixture_put(f, &fault);
	clip_fixture_read(f, 0, 20);
	for (size_t i = 0; i < 160; i++)
		ck_assert_int_eq(bit_of(f->read, i), bit_of(f->array, 2 * i));
	/* The whole frame of the master, with its header, was data of this one. */
	clip_wait(f->clip, SLOT_NS);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0x03);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->length, 68);
}
END_TEST

START_TEST(the_master_reads_while_the_drivers_are_off)
{
	clip_fixture_put(f, &fault);
	clip_set_drivers(f->clip, false);
	clip_select(f->clip, 0);
	clip_shift(f->clip, (const uint8_t *)"\x06", NULL, 1);
	clip_shift(f->clip, NULL, f->read, 3 * 69 - 1);
	clip_deselect(f->clip);
	clip_wait(f->clip, 1);
	ck_assert_uint_eq(f->events->len, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(clip_fixture_event(f, i)->opcode, 0x03);
		ck_assert_uint_eq(clip_fixture_event(f, i)->outcome, FLASH_DONE);
		ck_assert_uint_eq(clip_fixture_event(f, i)->address, i * 64);
		ck_assert_uint_eq(clip_fixture_event(f, i)->length, 64);
	}
	/* The host reads the reply to the master. */
	ck_assert_mem_eq(f->read + 3, f->array, 64);
}
END_TEST

START_TEST(other_chips_of_the_master_drive_miso)
{
	size_t wrong;

	fault.master.lines = 1 << CLIP_MISO;
	fault.master.rule = CLIP_WIRED_OR;
	memset(f->array, 0, CLIP_ARRAY_SIZE);
	clip_fixture_put(f, &fault);
	clip_fixture_read(f, 0, 69000);
	wrong = clip_fixture_wrong_bits(f, 0, 69000);
	/* Half of the bits in 68 of 69 bytes. */
	ck_assert_uint_gt(wrong, 270000);
	ck_assert_uint_lt(wrong, 274000);
	ck_assert_uint_eq(f->events->len, 1);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->outcome, FLASH_DONE);
}
END_TEST

START_TEST(removing_a_master_in_a_read_releases_cs)
{
	unsigned int id = clip_fixture_put(f, &fault);
	struct clip_line_state state;

	clip_wait(f->clip, 20 * CLIP_BYTE_NS);
	ck_assert(flash_is_selected(f->chip));
	clip_line_state(f->clip, 0, CLIP_CS, &state);
	ck_assert_int_eq(state.chip, FLASH_LOW);
	ck_assert_int_eq(state.host, FLASH_HIGH);
	clip_fault_remove(f->clip, id);
	ck_assert(!flash_is_selected(f->chip));
	ck_assert(id_is_right());
}
END_TEST

/* The time of the master's reads within a frame depends on clocks, not on wall time. */
START_TEST(wall_time_does_not_count_within_a_frame)
{
	static const uint8_t read[] = {0x03, 0, 0, 0};

	base_clock_init(&f->clock, BASE_CLOCK_VIRTUAL);
	fault.cycle.phase_ns = INT64_C(1000) * 1000000000;
	clip_fixture_put(f, &fault);
	clip_select(f->clip, 0);
	clip_shift(f->clip, read, NULL, sizeof read);
	clip_shift(f->clip, NULL, f->read, 100);
	f->clock.origin_ns -= INT64_C(2000) * 1000000000;
	clip_shift(f->clip, NULL, f->read + 100, 100);
	clip_deselect(f->clip);
	ck_assert_uint_eq(clip_fixture_wrong_bits(f, 0, 200), 0);
	clip_fixture_read(f, 0, 200);
	ck_assert_uint_gt(clip_fixture_wrong_bits(f, 0, 200), 0);
}
END_TEST

START_TEST(a_read_has_to_fit_into_its_period)
{
	fault.cycle.duty = 0.1;
	fault.cycle.period_ns = SLOT_NS;
	ck_assert_ptr_null(clip_fault_check(&fault));
	fault.cycle.period_ns = SLOT_NS - 1;
	ck_assert_ptr_nonnull(clip_fault_check(&fault));
	fault.cycle.duty = 1;
	ck_assert_ptr_null(clip_fault_check(&fault));
}
END_TEST

Suite *
suite_clip_master(void)
{
	Suite *suite = suite_create("clip_master");
	TCase *master = tcase_create("master");

	tcase_set_timeout(master, 60);
	tcase_add_checked_fixture(master, setup, teardown);
	tcase_add_test(master, it_reads_the_chip_while_the_host_is_idle);
	tcase_add_test(master, it_acts_only_in_its_duty_time);
	tcase_add_test(master, wired_and_makes_a_host_frame_part_of_a_read);
	tcase_add_test(master, wired_and_of_two_opcodes_makes_a_third);
	tcase_add_test(master, wired_or_of_two_opcodes_makes_a_third);
	tcase_add_test(master, a_random_rule_corrupts_some_frames);
	tcase_add_test(master, a_random_rule_decides_each_bit_of_cs_and_mosi);
	tcase_add_test(master, a_faster_master_adds_clocks_to_the_frame_of_the_host);
	tcase_add_test(master, the_master_reads_while_the_drivers_are_off);
	tcase_add_test(master, other_chips_of_the_master_drive_miso);
	tcase_add_test(master, removing_a_master_in_a_read_releases_cs);
	tcase_add_test(master, wall_time_does_not_count_within_a_frame);
	tcase_add_test(master, a_read_has_to_fit_into_its_period);
	suite_add_tcase(suite, master);
	return suite;
}
