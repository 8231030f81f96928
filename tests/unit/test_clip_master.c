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

#define SPLIT_BYTES 600

/* A frame of SPLIT_BYTES read in pieces of a random length up to most; 0: at once. */
static void
read_in_pieces(struct clip_fixture *of, size_t most)
{
	static const uint8_t command[] = {0x03, 0, 1, 0};
	g_autoptr(GRand) random = g_rand_new_with_seed(1);
	size_t done = 0;

	clip_select(of->clip, 0);
	clip_shift(of->clip, command, NULL, sizeof(command));
	while (done < SPLIT_BYTES) {
		size_t n = SPLIT_BYTES - done;

		if (most > 0)
			n = MIN(n, (size_t)g_rand_int_range(random, 1, (gint32)most + 1));
		clip_shift(of->clip, NULL, of->read + done, n);
		done += n;
	}
	clip_deselect(of->clip);
}

static void
assert_same(const struct clip_fixture *a, const struct clip_fixture *b)
{
	ck_assert_mem_eq(a->read, b->read, SPLIT_BYTES);
	ck_assert_uint_eq(a->events->len, b->events->len);
	for (guint i = 0; i < a->events->len; i++) {
		const struct flash_event *of_a = clip_fixture_event(a, i);
		const struct flash_event *of_b = clip_fixture_event(b, i);

		ck_assert_int_eq(of_a->opcode, of_b->opcode);
		ck_assert_uint_eq(of_a->address, of_b->address);
		ck_assert_uint_eq(of_a->length, of_b->length);
		ck_assert_uint_eq(of_a->outcome, of_b->outcome);
	}
	ck_assert_uint_eq(a->reports->len, b->reports->len);
}

/* _i: the rule. */
START_TEST(a_span_may_be_split_anywhere)
{
	struct clip_fixture *other = clip_fixture_new();

	fault.master.rule = (enum clip_rule)_i;
	fault.master.hz = 25000000;
	clip_set_frequency(f->clip, 1);
	clip_set_frequency(other->clip, 1);
	clip_fixture_put(f, &fault);
	clip_fixture_put(other, &fault);
	read_in_pieces(f, 0);
	read_in_pieces(other, clip_span(other->clip));
	assert_same(f, other);
	clip_fixture_destroy(other);
}
END_TEST

/* The same for each fault that needs no other settings. */
START_TEST(a_span_may_be_split_anywhere_with_any_fault)
{
	for (int line = 0; line < CLIP_LINES; line++) {
		struct clip_fault any;
		struct clip_fixture *whole, *split;

		clip_fault_init(&any, (enum clip_fault_what)_i);
		any.line = (enum clip_line)line;
		any.when.count = 0;
		if (clip_fault_check(&any))
			continue;
		whole = clip_fixture_new();
		split = clip_fixture_new();
		clip_fixture_put(whole, &any);
		clip_fixture_put(split, &any);
		read_in_pieces(whole, 0);
		read_in_pieces(split, 7);
		assert_same(whole, split);
		clip_fixture_destroy(whole);
		clip_fixture_destroy(split);
	}
}
END_TEST

/* A turn of the adapter is bounded by work, not by bytes. */
START_TEST(a_span_is_shorter_the_more_each_bit_takes)
{
	ck_assert_uint_eq(clip_span(f->clip), SIZE_MAX);
	clip_fixture_add(f, CLIP_BIT_ERROR, CLIP_MISO);
	ck_assert_uint_eq(clip_span(f->clip), 2048);
	clip_fixture_put(f, &fault);
	ck_assert_uint_eq(clip_span(f->clip), 32768 / (8 * (1 + 2 + 544)));
	fault.master.read_bytes = 65536;
	clip_fixture_put(f, &fault);
	ck_assert_uint_eq(clip_span(f->clip), 1);
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
	tcase_add_loop_test(master, a_span_may_be_split_anywhere, CLIP_WIRED_AND, CLIP_RANDOM + 1);
	tcase_add_loop_test(
		master, a_span_may_be_split_anywhere_with_any_fault, 0, CLIP_FAULT_WHATS);
	tcase_add_test(master, a_span_is_shorter_the_more_each_bit_takes);
	suite_add_tcase(suite, master);
	return suite;
}
