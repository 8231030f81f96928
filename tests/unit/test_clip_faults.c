/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Permanent faults: chip and host see the levels of the remaining connections.
 *
 * long: each line and each fault has its case.
 */
#include "clip_fixture.h"

#include <check.h>
#include <string.h>

Suite *suite_clip_faults(void);

static struct clip_fixture *f;

static void
setup(void)
{
	f = clip_fixture_new();
}

static void
teardown(void)
{
	clip_fixture_destroy(f);
}

START_TEST(without_faults_nothing_changes)
{
	struct base_fault_status status;
	uint8_t *before = g_memdup2(f->array, CLIP_ARRAY_SIZE);
	int64_t begin = base_clock_now(&f->clock);
	unsigned int id;

	clip_fixture_read(f, 0, CLIP_ARRAY_SIZE);
	ck_assert_mem_eq(f->read, before, CLIP_ARRAY_SIZE);
	ck_assert_int_eq(
		base_clock_now(&f->clock) - begin, (int64_t)(CLIP_ARRAY_SIZE + 4) * CLIP_BYTE_NS);
	/* A fault that never acts: the same bytes and times through the bit-by-bit path. */
	id = clip_fixture_add(f, CLIP_TOO_FAST, CLIP_MISO);
	clip_fault_remove(f->clip, id);
	clip_fixture_add(f, CLIP_PULL_UP, CLIP_WP);
	begin = base_clock_now(&f->clock);
	clip_fixture_read(f, 0, CLIP_ARRAY_SIZE);
	ck_assert_mem_eq(f->read, before, CLIP_ARRAY_SIZE);
	ck_assert_int_eq(
		base_clock_now(&f->clock) - begin, (int64_t)(CLIP_ARRAY_SIZE + 4) * CLIP_BYTE_NS);
	clip_fault_clear(f->clip);
	ck_assert(!clip_fault_at(f->clip, 0, &status));
	clip_fixture_assert_sound(f);
	g_free(before);
}
END_TEST

START_TEST(each_open_line_has_its_own_effect_and_report)
{
	unsigned int id;

	/* CS#: the chip sees its pull-up and no frame. */
	id = clip_fixture_add(f, CLIP_OPEN, CLIP_CS);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	clip_fixture_assert_report(f, CLIP_OPEN, CLIP_CS, FLASH_HIGH);
	ck_assert_uint_eq(f->events->len, 0);
	clip_fault_remove(f->clip, id);
	clip_fixture_assert_sound(f);

	/* CLK: a frame without a clock. */
	clip_fixture_forget(f);
	id = clip_fixture_add(f, CLIP_OPEN, CLIP_CLK);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	clip_fixture_assert_report(f, CLIP_OPEN, CLIP_CLK, FLASH_LOW);
	ck_assert_uint_eq(f->events->len, 1);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->outcome, FLASH_NO_COMMAND);
	clip_fault_remove(f->clip, id);
	clip_fixture_assert_sound(f);

	/* MOSI: the pull-up determines the opcode. */
	clip_fixture_forget(f);
	id = clip_fixture_add(f, CLIP_OPEN, CLIP_MOSI);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	clip_fixture_assert_report(f, CLIP_OPEN, CLIP_MOSI, FLASH_HIGH);
	ck_assert_uint_eq(f->events->len, 1);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->outcome, FLASH_UNKNOWN_OPCODE);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0xff);
	clip_fault_remove(f->clip, id);
	clip_fixture_assert_sound(f);

	/* MISO: the chip has replied. */
	clip_fixture_forget(f);
	id = clip_fixture_add(f, CLIP_OPEN, CLIP_MISO);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	clip_fixture_assert_report(f, CLIP_OPEN, CLIP_MISO, FLASH_HIGH);
	ck_assert_uint_eq(f->events->len, 1);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->outcome, FLASH_DONE);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0x9f);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->length, 3);
	clip_fault_remove(f->clip, id);
	clip_fixture_assert_sound(f);
}
END_TEST

START_TEST(an_erase_succeeds_with_miso_open)
{
	clip_fixture_add(f, CLIP_OPEN, CLIP_MISO);
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	clip_fixture_transfer(f, "\x20\x00\x10\x00", 4, NULL, 0);
	for (size_t i = 0; i < 4096; i++)
		ck_assert_uint_eq(f->array[4096 + i], 0xff);
	ck_assert_uint_eq(f->array[0], 0x37);
	ck_assert_uint_ne(f->array[8192 + 1], 0xff);
	ck_assert_uint_eq(f->reports->len, 2);
}
END_TEST

START_TEST(an_open_line_has_the_level_of_its_pull)
{
	struct clip_fault pull;
	unsigned int seen = 0;

	clip_fixture_add(f, CLIP_OPEN, CLIP_MISO);
	clip_fault_init(&pull, CLIP_PULL_DOWN);
	pull.line = CLIP_MISO;
	clip_fixture_put(f, &pull);
	clip_fixture_assert_id(f, "\x00\x00\x00");
	/* A pull at the chip's side of the break does not reach the host. */
	clip_fault_clear(f->clip);
	clip_fixture_add(f, CLIP_OPEN, CLIP_MISO);
	pull.side = CLIP_CHIP;
	clip_fixture_put(f, &pull);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	/* Without a pull: noise, about half of it ones. */
	clip_fault_clear(f->clip);
	clip_fixture_add(f, CLIP_OPEN, CLIP_MISO);
	clip_fixture_add(f, CLIP_PULL_NONE, CLIP_MISO);
	clip_fixture_read(f, 0, 10000);
	for (size_t i = 0; i < 10000; i++)
		seen += (unsigned int)__builtin_popcount(f->read[i]);
	ck_assert_uint_gt(seen, 39000);
	ck_assert_uint_lt(seen, 41000);
	/* A pull does not change a driven line. */
	clip_fault_clear(f->clip);
	clip_fixture_add(f, CLIP_PULL_DOWN, CLIP_MISO);
	clip_fixture_assert_id(f, "\xef\x40\x14");
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
}
END_TEST

/* While the chip does not drive MISO, the host reads the pull. */
START_TEST(a_pull_sets_miso_while_the_chip_does_not_drive)
{
	static const uint8_t read[] = {0x03, 0, 0, 0};
	uint8_t answer[8];

	clip_fixture_add(f, CLIP_PULL_DOWN, CLIP_MISO);
	/* An unknown opcode. */
	clip_fixture_transfer(f, "\xd1", 1, answer, 3);
	ck_assert_mem_eq(answer, "\0\0\0", 3);
	/* Opcode and address, then data that the chip drives. */
	clip_select(f->clip, 0);
	clip_shift(f->clip, read, answer, 4);
	clip_shift(f->clip, NULL, answer + 4, 4);
	clip_deselect(f->clip);
	ck_assert_mem_eq(answer, "\0\0\0\0", 4);
	ck_assert_mem_eq(answer + 4, f->array, 4);
	/* Dummy bytes of a fast read. */
	clip_fixture_transfer(f, "\x0b\0\0\0", 4, answer, 4);
	ck_assert_uint_eq(answer[0], 0);
	ck_assert_mem_eq(answer + 1, f->array, 3);
	/* Clocks ignored because of HOLD#. */
	clip_set_level(f->clip, 0, CLIP_HOLD, FLASH_LOW);
	clip_fixture_assert_id(f, "\0\0\0");
	clip_set_level(f->clip, 0, CLIP_HOLD, FLASH_HIGH);
	clip_fixture_assert_id(f, "\xef\x40\x14");
	/* No supply. */
	clip_set_supply(f->clip, 0, 0);
	clip_fixture_assert_id(f, "\0\0\0");
	clip_set_supply(f->clip, 0, 3300);
	clip_wait(f->clip, 1000000000);
	clip_fixture_assert_id(f, "\xef\x40\x14");
	clip_fixture_assert_id(f, "\xef\x40\x14");
}
END_TEST

/* The same with a slip, so that bytes of chip and host do not align. */
START_TEST(a_pull_ends_at_the_exact_bit_after_a_slip)
{
	struct clip_fault slip;

	clip_fixture_add(f, CLIP_PULL_DOWN, CLIP_MISO);
	clip_fault_init(&slip, CLIP_SLIP);
	slip.slip = CLIP_SLIP_DROPPED;
	slip.rate = 1;
	slip.when.byte_from = 4;
	slip.when.per_frame = 1;
	slip.when.has_opcode = true;
	slip.when.opcode = 0x0b;
	clip_fixture_put(f, &slip);
	memset(f->array, 0xff, 16);
	/* The slip comes after the address: it drops one dummy clock. */
	clip_fixture_transfer(f, "\x0b\0\0\0", 4, f->read, 4);
	ck_assert_mem_eq(f->read, "\x00\x7f\xff\xff", 4);
}
END_TEST

START_TEST(zeros_of_the_chip_on_clk_stop_its_clock)
{
	struct clip_fault fault;

	clip_fault_init(&fault, CLIP_SHORT);
	fault.line = CLIP_CLK;
	fault.line2 = CLIP_MISO;
	clip_fixture_put(f, &fault);
	/* EF: three clocks, then a zero that holds CLK low. */
	clip_fixture_assert_id(f, "\xe0\x00\x00");
	clip_fixture_assert_id(f, "\xe0\x00\x00");
	/* No effect while the chip does not drive MISO. */
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	ck_assert_uint_eq(flash_status_register(f->chip, 0), 0x02);
	ck_assert_uint_eq(clip_fixture_status(f), 0x00);
	memcpy(f->array, "\xff\xff\xfc\x55", 4);
	clip_fixture_read(f, 0, 4);
	ck_assert_mem_eq(f->read, "\xff\xff\xfc\x00", 4);
	clip_fault_clear(f->clip);
	/* The adapter is stronger: the chip gets its clocks, and the host reads CLK. */
	fault.dominates = true;
	clip_fixture_put(f, &fault);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	clip_fixture_read(f, 0, 4);
	ck_assert_uint_eq(clip_fixture_event(f, f->events->len - 1)->length, 4);
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
}
END_TEST

START_TEST(a_zero_of_the_chip_on_cs_keeps_the_frame_open)
{
	struct clip_fault fault;

	clip_fault_init(&fault, CLIP_SHORT);
	fault.line = CLIP_CS;
	fault.line2 = CLIP_MISO;
	clip_fixture_put(f, &fault);
	/* The bit after three bytes of ID is a one, the first of the status a zero. */
	clip_fixture_assert_id(f, "\x00\x00\x00");
	ck_assert(!flash_is_selected(f->chip));
	clip_fixture_status(f);
	ck_assert(flash_is_selected(f->chip));
	clip_fault_clear(f->clip);
	ck_assert(!flash_is_selected(f->chip));
	clip_fixture_assert_sound(f);
}
END_TEST

START_TEST(open_mosi_sends_the_pull_or_noise_as_opcode)
{
	struct clip_fault pull;
	GHashTable *opcodes = g_hash_table_new(NULL, NULL);

	clip_fixture_add(f, CLIP_OPEN, CLIP_MOSI);
	clip_fault_init(&pull, CLIP_PULL_DOWN);
	pull.line = CLIP_MOSI;
	pull.side = CLIP_CHIP;
	clip_fixture_put(f, &pull);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0x00);
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	clip_fixture_add(f, CLIP_OPEN, CLIP_MOSI);
	pull.what = CLIP_PULL_NONE;
	clip_fixture_put(f, &pull);
	for (size_t i = 0; i < 100; i++) {
		clip_fixture_transfer(f, "\x9f", 1, NULL, 0);
		g_hash_table_add(opcodes, GINT_TO_POINTER(clip_fixture_event(f, i)->opcode));
	}
	ck_assert_uint_gt(g_hash_table_size(opcodes), 60);
	g_hash_table_destroy(opcodes);
}
END_TEST

START_TEST(a_floating_cs_selects_the_chip_by_chance)
{
	struct clip_fault pull;
	unsigned int answers = 0;

	clip_fixture_add(f, CLIP_OPEN, CLIP_CS);
	clip_fault_init(&pull, CLIP_PULL_NONE);
	pull.line = CLIP_CS;
	pull.side = CLIP_CHIP;
	clip_fixture_put(f, &pull);
	for (size_t i = 0; i < 200; i++) {
		uint8_t id[3];

		clip_fixture_transfer(f, "\x9f", 1, id, 3);
		answers += memcmp(id, "\xef\x40\x14", 3) == 0;
	}
	/* Low after high: one frame in four. */
	ck_assert_uint_gt(answers, 30);
	ck_assert_uint_lt(answers, 75);
}
END_TEST

START_TEST(a_stuck_line_hides_the_id)
{
	clip_fixture_add(f, CLIP_STUCK_0, CLIP_MISO);
	clip_fixture_assert_id(f, "\x00\x00\x00");
	clip_fixture_assert_report(f, CLIP_STUCK_0, CLIP_MISO, FLASH_LOW);
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	clip_fixture_add(f, CLIP_STUCK_1, CLIP_MISO);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	ck_assert_uint_eq(clip_fixture_event(f, 0)->outcome, FLASH_DONE);
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	clip_fixture_add(f, CLIP_STUCK_1, CLIP_CS);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	ck_assert_uint_eq(f->events->len, 0);
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	clip_fixture_add(f, CLIP_STUCK_0, CLIP_MOSI);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0);
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	clip_fixture_add(f, CLIP_STUCK_1, CLIP_CLK);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	ck_assert_uint_eq(clip_fixture_event(f, 0)->outcome, FLASH_NO_COMMAND);
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
}
END_TEST

START_TEST(cs_stuck_low_joins_all_frames)
{
	uint8_t id[3];

	clip_fixture_add(f, CLIP_STUCK_0, CLIP_CS);
	ck_assert(flash_is_selected(f->chip));
	clip_fixture_transfer(f, "\x9f", 1, id, 3);
	ck_assert_mem_eq(id, "\xef\x40\x14", 3);
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	ck_assert_uint_eq(f->events->len, 0);
	clip_fault_clear(f->clip);
	ck_assert_uint_eq(f->events->len, 1);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0x9f);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->length, 4);
	clip_fixture_assert_sound(f);
}
END_TEST

START_TEST(shorts_override_the_weaker_driver)
{
	struct clip_fault fault;
	uint8_t out[8];

	/* MOSI shorted to MISO: MOSI is low while the host reads, which overrides ones of the
	 * chip. */
	clip_fault_init(&fault, CLIP_SHORT);
	fault.line = CLIP_MISO;
	fault.line2 = CLIP_MOSI;
	clip_fixture_put(f, &fault);
	clip_fixture_assert_id(f, "\x00\x00\x00");
	clip_fixture_assert_report(f, CLIP_SHORT, CLIP_MISO, FLASH_LOW);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0x9f);
	/* The host reads its own bits. */
	clip_select(f->clip, 0);
	clip_shift(f->clip, (const uint8_t *)"\x9f\xff\x5a", out, 3);
	clip_deselect(f->clip);
	ck_assert_mem_eq(out, "\x9f\xef\x40", 3);
	clip_fault_clear(f->clip);
	/* The stronger driver wins. */
	fault.dominates = true;
	clip_fixture_put(f, &fault);
	clip_fixture_assert_id(f, "\xef\x40\x14");
	clip_fault_clear(f->clip);
	fault.line = CLIP_MOSI;
	fault.line2 = CLIP_MISO;
	clip_fixture_put(f, &fault);
	clip_fixture_assert_id(f, "\x00\x00\x00");
	clip_fault_clear(f->clip);
	/* Ground and VCC override every driver. */
	fault.dominates = false;
	fault.line = CLIP_MISO;
	fault.line2 = CLIP_GND;
	clip_fixture_put(f, &fault);
	clip_fixture_assert_id(f, "\x00\x00\x00");
	clip_fault_clear(f->clip);
	fault.line2 = CLIP_VCC;
	clip_fixture_put(f, &fault);
	clip_fixture_assert_id(f, "\xff\xff\xff");
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
}
END_TEST

/* CLK is the AND of MOSI and CLK: only ones pass a clock. */
START_TEST(clk_shorted_to_mosi_loses_the_clocks_of_zeros)
{
	struct clip_fault fault;

	clip_fault_init(&fault, CLIP_SHORT);
	fault.line = CLIP_CLK;
	fault.line2 = CLIP_MOSI;
	clip_fixture_put(f, &fault);
	/* Eight ones in 16 clocks: MOSI is low unless CLK is high, and then both are. */
	clip_fixture_transfer(f, "\xaa\xaa", 2, NULL, 0);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0xff);
	clip_fixture_transfer(f, "\xaa\xa8", 2, NULL, 0);
	ck_assert_uint_eq(clip_fixture_event(f, 1)->outcome, FLASH_NO_COMMAND);
}
END_TEST

START_TEST(line_states_name_their_faults)
{
	struct clip_line_state state;
	unsigned int open, stuck;

	for (enum clip_line line = CLIP_CS; line < CLIP_LINES; line++) {
		clip_line_state(f->clip, 0, line, &state);
		ck_assert_uint_eq(state.fault_id, 0);
		ck_assert_uint_eq(state.host,
			line == CLIP_GND || line == CLIP_MOSI || line == CLIP_CLK ? FLASH_LOW
										  : FLASH_HIGH);
		ck_assert_uint_eq(state.chip, state.host);
	}
	open = clip_fixture_add(f, CLIP_OPEN, CLIP_MOSI);
	stuck = clip_fixture_add(f, CLIP_STUCK_0, CLIP_MISO);
	for (enum clip_line line = CLIP_CS; line < CLIP_LINES; line++) {
		clip_line_state(f->clip, 0, line, &state);
		ck_assert_uint_eq(state.fault_id,
			line == CLIP_MOSI           ? open
				: line == CLIP_MISO ? stuck
						    : 0);
	}
	clip_line_state(f->clip, 0, CLIP_MOSI, &state);
	ck_assert_uint_eq(state.host, FLASH_LOW);
	ck_assert_uint_eq(state.chip, FLASH_HIGH);
	clip_line_state(f->clip, 0, CLIP_MISO, &state);
	ck_assert_uint_eq(state.host, FLASH_LOW);
}
END_TEST

static bool
bit_of(const uint8_t *bytes, size_t bit)
{
	return bytes[bit / 8] >> (7 - bit % 8) & 1;
}

/* _i: index of the delay, and whether faults at single bits exist as well. */
START_TEST(late_shifts_replies_by_its_clocks)
{
	static const unsigned int clocks[] = {1, 7, 8, 9, 16, 33, 63, 64};
	const unsigned int late = clocks[_i / 2];
	struct clip_fault fault;

	clip_fault_init(&fault, CLIP_LATE);
	fault.clocks = late;
	clip_fixture_put(f, &fault);
	if (_i % 2) {
		clip_fault_init(&fault, CLIP_BOUNCE);
		fault.rate = 0.01;
		fault.when.opcode = 0x9f;
		fault.when.has_opcode = true;
		clip_fixture_put(f, &fault);
		clip_fault_init(&fault, CLIP_CONTACT);
		fault.line = CLIP_WP;
		fault.rate = 0.1;
		clip_fixture_put(f, &fault);
	}
	clip_fixture_read(f, 0x100, 600);
	for (size_t i = 0; i < 600 * 8; i++)
		ck_assert_int_eq(
			bit_of(f->read, i), i < late ? 1 : bit_of(f->array + 0x100, i - late));
}
END_TEST

START_TEST(early_shifts_replies_by_its_clocks)
{
	static const unsigned int clocks[] = {7, 8, 64};
	struct clip_fault fault;

	clip_fault_init(&fault, CLIP_EARLY);
	fault.clocks = clocks[_i];
	clip_fixture_put(f, &fault);
	clip_fixture_read(f, 0x100, 600);
	for (size_t i = 0; i < 600 * 8; i++)
		ck_assert_int_eq(bit_of(f->read, i), bit_of(f->array + 0x100, i + clocks[_i]));
	fault.clocks = 65;
	ck_assert_ptr_nonnull(clip_fault_check(&fault));
	fault.clocks = 0;
	ck_assert_ptr_nonnull(clip_fault_check(&fault));
}
END_TEST

/* Several of them add up. */
START_TEST(several_delays_add_up)
{
	clip_fixture_add(f, CLIP_LATE, CLIP_MISO);
	clip_fixture_add(f, CLIP_LATE, CLIP_MISO);
	clip_fixture_assert_id(f, "\xfb\xd0\x05");
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	clip_fixture_add(f, CLIP_EARLY, CLIP_MISO);
	clip_fixture_add(f, CLIP_EARLY, CLIP_MISO);
	clip_fixture_assert_id(f, "\xbd\x00\x53");
	ck_assert_uint_eq(f->reports->len, 2);
}
END_TEST

/* Also a fault that waits for its operation, or a burst error; a fault in force has priority. */
START_TEST(a_line_state_names_the_fault_with_priority)
{
	struct clip_line_state state;
	struct clip_fault fault;
	unsigned int id;

	clip_fault_init(&fault, CLIP_STUCK_0);
	fault.line = CLIP_MISO;
	fault.when.opcode = 0x03;
	fault.when.has_opcode = true;
	id = clip_fixture_put(f, &fault);
	clip_line_state(f->clip, 0, CLIP_MISO, &state);
	ck_assert_uint_eq(state.fault_id, id);
	ck_assert_int_eq(state.host, FLASH_HIGH);
	clip_line_state(f->clip, 0, CLIP_MOSI, &state);
	ck_assert_uint_eq(state.fault_id, 0);
	id = clip_fixture_add(f, CLIP_BURST_ERROR, CLIP_MOSI);
	clip_line_state(f->clip, 0, CLIP_MOSI, &state);
	ck_assert_uint_eq(state.fault_id, id);
	id = clip_fixture_add(f, CLIP_PULL_DOWN, CLIP_MISO);
	clip_line_state(f->clip, 0, CLIP_MISO, &state);
	ck_assert_uint_eq(state.fault_id, id);
}
END_TEST

START_TEST(a_short_belongs_to_both_of_its_lines)
{
	struct clip_line_state state;
	struct clip_fault fault;
	unsigned int id;

	clip_fault_init(&fault, CLIP_SHORT);
	fault.line = CLIP_CLK;
	fault.line2 = CLIP_WP;
	id = clip_fixture_put(f, &fault);
	for (enum clip_line line = CLIP_CS; line < CLIP_LINES; line++) {
		clip_line_state(f->clip, 0, line, &state);
		ck_assert_uint_eq(state.fault_id, line == CLIP_CLK || line == CLIP_WP ? id : 0);
	}
}
END_TEST

START_TEST(late_and_early_default_to_one_clock)
{
	uint8_t id[3];

	clip_fixture_add(f, CLIP_LATE, CLIP_MISO);
	/* The idle level, then EF 40 14. */
	clip_fixture_assert_id(f, "\xf7\xa0\x0a");
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->byte, 1);
	clip_fixture_read(f, 0, 5000);
	for (size_t i = 1; i < 5000; i++)
		ck_assert_uint_eq(f->read[i], (uint8_t)(f->array[i - 1] << 7 | f->array[i] >> 1));
	clip_fault_clear(f->clip);
	clip_fixture_assert_sound(f);
	clip_fixture_forget(f);
	clip_fixture_add(f, CLIP_EARLY, CLIP_MISO);
	clip_fixture_assert_id(f, "\xde\x80\x29");
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->fault->what, CLIP_EARLY);
	clip_fixture_read(f, 0, 5000);
	for (size_t i = 0; i < 5000; i++)
		ck_assert_uint_eq(f->read[i], (uint8_t)(f->array[i] << 1 | f->array[i + 1] >> 7));
	/* Commands without a reply are not affected. */
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	clip_fault_clear(f->clip);
	ck_assert_uint_eq(clip_fixture_status(f), 0x02);
	clip_fixture_transfer(f, "\x9f", 1, id, 3);
	clip_fixture_assert_sound(f);
}
END_TEST

START_TEST(drivers_off_leave_lines_at_their_pulls)
{
	struct clip_line_state state;
	uint8_t id[3];

	clip_fixture_add(f, CLIP_PULL_UP, CLIP_HOLD);
	clip_set_drivers(f->clip, false);
	clip_fixture_transfer(f, "\x9f", 1, id, 3);
	ck_assert_mem_eq(id, "\xff\xff\xff", 3);
	ck_assert_uint_eq(f->events->len, 0);
	clip_line_state(f->clip, 0, CLIP_CS, &state);
	ck_assert_uint_eq(state.host, FLASH_HIGH);
	clip_set_drivers(f->clip, true);
	clip_fixture_transfer(f, "\x9f", 1, id, 3);
	ck_assert_mem_eq(id, "\xef\x40\x14", 3);
}
END_TEST

START_TEST(a_fault_can_be_added_and_removed_within_a_frame)
{
	unsigned int id;

	clip_select(f->clip, 0);
	clip_shift(f->clip, (const uint8_t *)"\x03\x00\x00\x00", NULL, 4);
	clip_shift(f->clip, NULL, f->read, 100);
	id = clip_fixture_add(f, CLIP_STUCK_0, CLIP_MISO);
	clip_shift(f->clip, NULL, f->read + 100, 100);
	clip_fault_remove(f->clip, id);
	clip_shift(f->clip, NULL, f->read + 200, 100);
	clip_deselect(f->clip);
	memset(f->array + 100, 0, 100);
	ck_assert_mem_eq(f->read, f->array, 300);
	ck_assert_uint_eq(f->events->len, 1);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->length, 300);
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_int_eq(clip_fixture_report(f, 0)->opcode, -1);
	/* Removed between the edge of CS# and the first clock. */
	id = clip_fixture_add(f, CLIP_STUCK_0, CLIP_MISO);
	clip_select(f->clip, 0);
	clip_fault_remove(f->clip, id);
	clip_shift(f->clip, (const uint8_t *)"\x9f", NULL, 1);
	clip_shift(f->clip, NULL, f->read, 3);
	clip_deselect(f->clip);
	ck_assert_mem_eq(f->read, "\xef\x40\x14", 3);
}
END_TEST

Suite *
suite_clip_faults(void)
{
	Suite *suite = suite_create("clip_faults");
	TCase *lines = tcase_create("lines");

	tcase_set_timeout(lines, 60);
	tcase_add_checked_fixture(lines, setup, teardown);
	tcase_add_test(lines, without_faults_nothing_changes);
	tcase_add_test(lines, each_open_line_has_its_own_effect_and_report);
	tcase_add_test(lines, an_erase_succeeds_with_miso_open);
	tcase_add_test(lines, an_open_line_has_the_level_of_its_pull);
	tcase_add_test(lines, zeros_of_the_chip_on_clk_stop_its_clock);
	tcase_add_test(lines, a_zero_of_the_chip_on_cs_keeps_the_frame_open);
	tcase_add_test(lines, a_pull_sets_miso_while_the_chip_does_not_drive);
	tcase_add_test(lines, a_pull_ends_at_the_exact_bit_after_a_slip);
	tcase_add_test(lines, open_mosi_sends_the_pull_or_noise_as_opcode);
	tcase_add_test(lines, a_floating_cs_selects_the_chip_by_chance);
	tcase_add_test(lines, a_stuck_line_hides_the_id);
	tcase_add_test(lines, cs_stuck_low_joins_all_frames);
	tcase_add_test(lines, shorts_override_the_weaker_driver);
	tcase_add_test(lines, clk_shorted_to_mosi_loses_the_clocks_of_zeros);
	tcase_add_test(lines, line_states_name_their_faults);
	tcase_add_test(lines, several_delays_add_up);
	tcase_add_test(lines, a_line_state_names_the_fault_with_priority);
	tcase_add_test(lines, a_short_belongs_to_both_of_its_lines);
	tcase_add_test(lines, late_and_early_default_to_one_clock);
	tcase_add_loop_test(lines, late_shifts_replies_by_its_clocks, 0, 16);
	tcase_add_loop_test(lines, early_shifts_replies_by_its_clocks, 0, 3);
	tcase_add_test(lines, drivers_off_leave_lines_at_their_pulls);
	tcase_add_test(lines, a_fault_can_be_added_and_removed_within_a_frame);
	suite_add_tcase(suite, lines);
	return suite;
}
