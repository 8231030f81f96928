/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of a W25Q128JV: every opcode in every state, from its data sheet (revision M: 7.1.1 and 8
 * for BUSY and the ends of frames, 8.1.2 and 8.1.3 for the forms, 8.2.1 for WEL, 8.2.19 for
 * suspend, 8.2.21 for power-down), the events of the listener, and that splitting a frame into
 * spans has no effect.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

/* Columns of the matrix. */
enum state {
	STATE_WEL,
	STATE_NO_WEL,
	STATE_BUSY,
	STATE_POWER_DOWN,
	STATE_ERASE_SUSPENDED,
	STATE_PROGRAM_SUSPENDED,
	STATE_SHORT,  /* one byte less, or seven bits of an opcode alone */
	STATE_LONG,   /* one byte more */
	STATE_INSIDE, /* three bits more */
	STATES,
};

static const char *const state_scripts[STATES] = {
	"06",
	"",
	"06; 20 08 00 00",
	"06; B9; T3000",
	"06; 20 08 00 00; 75; W; 06",
	"06; 02 08 00 00 00; 75; W; 06",
	"06",
	"06",
	"06",
};

/*
 * One letter per state: '.' done, w WEL=0, b busy, p power-down, s suspended, n nothing suspended,
 * x not suspendable, < too short, > too long, / inside a byte, r no reset enable, o no opcode.
 *
 * Read commands may end anywhere (8), so a byte more and a bit more mean nothing to them. The data
 * sheet names only 01 among what a suspend forbids; 31 and 11 are taken for its other forms. A chip
 * erase contains the suspended page.
 */
static const struct {
	const char *frame;
	const char *outcomes;
} matrix[] = {
	{"06", "..bp..o>/"},
	{"50", "..bp..o>/"},
	{"04", "..bp..o>/"},
	{"AB", "..b...o.."},
	{"90 00 00 00", "..bp..<.."},
	{"9F", "..bp..o.."},
	{"4B 00 00 00 00", "..bp..<.."},
	{"03 00 00 00", "..bp..<.."},
	{"0B 00 00 00 00", "..bp..<.."},
	{"02 00 00 00 55", ".wbp.s<./"},
	{"20 00 00 00", ".wbps.<>/"},
	{"52 00 00 00", ".wbps.<>/"},
	{"D8 00 00 00", ".wbps.<>/"},
	{"C7", ".wbpsso>/"},
	{"60", ".wbpsso>/"},
	{"05", "...p..o.."},
	{"35", "...p..o.."},
	{"15", "...p..o.."},
	{"01 00", ".wbpss<./"},
	{"01 00 02", ".wbpss.>/"},
	{"31 02", ".wbpss<>/"},
	{"11 60", ".wbpss<>/"},
	{"5A 00 00 00 00", "..bp..<.."},
	{"44 00 10 00", ".wbps.<>/"},
	{"42 00 10 00 55", ".wbp.s<./"},
	{"48 00 10 00 00", "..bp..<.."},
	{"7E", ".wbp..o>/"},
	{"98", ".wbp..o>/"},
	{"3D 00 00 00", "..bp..<.."},
	{"36 00 00 00", ".wbp..<>/"},
	{"39 00 00 00", ".wbp..<>/"},
	{"75", "xx.pxxo>/"},
	{"7A", "nnbp..o>/"},
	{"B9", "..bp..o>/"},
	{"66", "...p..o>/"},
	{"99", "rrrprro>/"},
	{"3B 00 00 00 00", "..bp..<.."},
	{"BB 00 00", "..bp..<.."},
	{"92 00 00", "..bp..<.."},
	{"32 00 00 00 55", ".wbp.s<./"},
	{"6B 00 00 00 00", "..bp..<.."},
	{"94 00 00", "..bp..<.."},
	{"EB 00 00", "..bp..<.."},
	{"77 00", "..bp..<>/"},
};

static enum flash_outcome
outcome_of(char letter)
{
	switch (letter) {
	case '.':
		return FLASH_DONE;
	case 'w':
		return FLASH_WEL_CLEAR;
	case 'b':
		return FLASH_BUSY;
	case 'p':
		return FLASH_POWERED_DOWN;
	case 's':
		return FLASH_SUSPENDED;
	case 'n':
		return FLASH_NOT_SUSPENDED;
	case 'x':
		return FLASH_NOT_SUSPENDABLE;
	case '<':
		return FLASH_SHORT_FRAME;
	case '>':
		return FLASH_LONG_FRAME;
	case '/':
		return FLASH_BYTE_BOUNDARY;
	case 'r':
		return FLASH_RESET_NOT_ENABLED;
	case 'o':
		return FLASH_NO_COMMAND;
	default:
		ck_abort_msg("no outcome %c", letter);
	}
}

static void
snapshot(struct fixture *f, uint8_t *registers)
{
	for (unsigned int reg = 1; reg <= 3; reg++)
		registers[reg - 1] = fixture_status(f, reg);
	registers[3] = flash_is_busy(f->chip);
}

/* Whether an accepted command makes the chip busy. */
static bool
makes_busy(uint8_t opcode)
{
	static const uint8_t opcodes[] = {
		0x02, 0x32, 0x20, 0x52, 0xd8, 0xc7, 0x60, 0x01, 0x31, 0x11, 0x42, 0x44, 0x7a, 0x75};

	return memchr(opcodes, opcode, sizeof(opcodes)) != NULL;
}

START_TEST(every_opcode_in_every_state)
{
	const char *line = matrix[_i / STATES].outcomes;
	enum state state = _i % STATES;
	struct fixture *f = fixture_new();
	uint8_t bytes[FIXTURE_FRAME_MAX] = {0};
	size_t n = fixture_parse(matrix[_i / STATES].frame, bytes);
	uint8_t opcode = bytes[0];
	unsigned int extra = 0;
	enum flash_outcome outcome;
	uint8_t before[4];
	uint8_t after[4];

	ck_assert_uint_eq(strlen(line), STATES);
	fixture_run(f, state_scripts[state]);
	snapshot(f, before);
	if (state == STATE_SHORT) {
		n--;
		extra = n ? 0 : 7;
	} else if (state == STATE_LONG) {
		n++;
	} else if (state == STATE_INSIDE) {
		extra = 3;
	}
	outcome = fixture_frame(f, bytes, n, extra);
	ck_assert_msg(outcome == outcome_of(line[state]), "%s in state %d: \"%s\", expected \"%s\"",
		matrix[_i / STATES].frame, state, flash_outcome_string(outcome),
		flash_outcome_string(outcome_of(line[state])));
	if (outcome == FLASH_DONE) {
		ck_assert_int_eq(flash_is_busy(f->chip), makes_busy(opcode) || before[3]);
	} else {
		/* An ignored command changes nothing, and MISO floats unless it was a read. */
		snapshot(f, after);
		ck_assert_mem_eq(before, after, sizeof(before));
		for (size_t i = 0; i < n; i++)
			ck_assert_uint_eq(f->miso[i], 0xff);
	}
	fixture_destroy(f);
}
END_TEST

START_TEST(opcodes_outside_the_table_float)
{
	for (int state = STATE_WEL; state <= STATE_PROGRAM_SUSPENDED; state++) {
		struct fixture *f = fixture_new();

		fixture_run(f, state_scripts[state]);
		for (unsigned int opcode = 0; opcode < 256; opcode++) {
			uint8_t bytes[16] = {opcode};
			bool known = false;
			uint8_t row[FIXTURE_FRAME_MAX];
			uint8_t before[4];
			uint8_t after[4];

			for (size_t i = 0; i < G_N_ELEMENTS(matrix); i++) {
				fixture_parse(matrix[i].frame, row);
				known = known || row[0] == opcode;
			}
			if (known)
				continue;
			snapshot(f, before);
			ck_assert_int_eq(
				fixture_frame(f, bytes, sizeof(bytes), 0), FLASH_UNKNOWN_OPCODE);
			for (size_t i = 0; i < sizeof(bytes); i++)
				ck_assert_uint_eq(f->miso[i], 0xff);
			ck_assert_ptr_null(f->last.name);
			ck_assert_int_eq(f->last.opcode, (int)opcode);
			snapshot(f, after);
			ck_assert_mem_eq(before, after, sizeof(before));
		}
		fixture_assert_filled(f, 0, 4096, 0xff, "array");
		fixture_destroy(f);
	}
}
END_TEST

/* Checks each of the seven positions inside a byte. */
START_TEST(writes_must_end_on_a_byte_boundary)
{
	static const char *const frames[] = {"06", "02 00 00 00 55 55", "20 00 00 00",
		"52 00 00 00", "D8 00 00 00", "C7", "60", "01 1C", "01 1C 02", "31 40", "11 04",
		"42 00 10 00 55", "44 00 10 00", "36 00 00 00", "39 00 00 00", "7E", "98", "B9",
		"04"};

	for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
		for (unsigned int extra = 1; extra < 8; extra++) {
			struct fixture *f = fixture_new();
			uint8_t bytes[FIXTURE_FRAME_MAX];
			size_t n = fixture_parse(frames[i], bytes);
			const char *after = bytes[0] == 0x06 ? "00 02 60" : "02 02 60";

			fixture_run(f, bytes[0] == 0x06 ? "" : "06");
			ck_assert_int_eq(fixture_frame(f, bytes, n, extra), FLASH_BYTE_BOUNDARY);
			ck_assert(!flash_is_busy(f->chip));
			fixture_assert_status(f, after, frames[i]);
			fixture_destroy(f);
		}
	}
}
END_TEST

START_TEST(fewer_than_eight_clocks_are_no_command)
{
	struct fixture *f = fixture_new();

	for (unsigned int bits = 0; bits < 8; bits++) {
		ck_assert_int_eq(fixture_frame(f, NULL, 0, bits), FLASH_NO_COMMAND);
		ck_assert_int_eq(f->last.opcode, -1);
		ck_assert_uint_eq(f->last.length, 0);
	}
	fixture_destroy(f);
}
END_TEST

/* NM25Q: CS# low and high without a clock, and the next instruction gets no answer (SNANDer, issue
 * 8). A frame of some clocks is not empty. */
START_TEST(a_frame_without_clocks_can_block_the_next)
{
	struct flash_part part;
	struct fixture *f = fixture_new();

	fixture_frame(f, NULL, 0, 0);
	ck_assert_int_eq(fixture_run(f, "9F 00"), FLASH_DONE);
	fixture_destroy(f);
	fixture_part_init(&part);
	part.empty_frame_blocks = true;
	f = fixture_new_part(&part);
	ck_assert_int_eq(fixture_frame(f, NULL, 0, 3), FLASH_NO_COMMAND);
	ck_assert_int_eq(fixture_run(f, "9F 00"), FLASH_DONE);
	ck_assert_int_eq(fixture_frame(f, NULL, 0, 0), FLASH_NO_COMMAND);
	ck_assert_int_eq(fixture_run(f, "06"), FLASH_EMPTY_FRAME);
	fixture_assert_status(f, "00 02 60", "the frame after that is heard, and WEL is 0");
	fixture_frame(f, NULL, 0, 0);
	fixture_run(f, "9F 00 00 00");
	fixture_assert_miso(f, "FF FF FF FF", "9F after an empty frame");
	fixture_run(f, "9F 00 00 00");
	fixture_assert_miso(f, "FF EF 40 18", "9F after that");
	fixture_frame(f, NULL, 0, 0);
	flash_power_up(f->chip);
	ck_assert_int_eq(fixture_run(f, "9F 00"), FLASH_DONE);
	fixture_destroy(f);
}
END_TEST

START_TEST(events_contain_command_address_and_length)
{
	static const struct {
		const char *before;
		const char *send;
		const char *name;
		bool has_address;
		uint32_t address;
		uint64_t length;
		enum flash_outcome outcome;
	} rows[] = {
		{"", "9F 00 00 00", "RDID", false, 0, 3, FLASH_DONE},
		{"", "03 12 34 56 00 00", "READ", true, 0x123456, 2, FLASH_DONE},
		{"", "0B 12 34 56 00 00", "FAST_READ", true, 0x123456, 1, FLASH_DONE},
		{"06", "02 00 10 01 01 02 03", "PP", true, 0x001001, 3, FLASH_DONE},
		{"", "02 00 10 01 01 02 03", "PP", true, 0x001001, 3, FLASH_WEL_CLEAR},
		{"06", "D8 AB CD EF", "BE64K", true, 0xabcdef, 0, FLASH_DONE},
		{"06", "D8 AB CD", "BE64K", false, 0, 0, FLASH_SHORT_FRAME},
		{"06", "01 1C 02", "WRSR", false, 0, 2, FLASH_DONE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct fixture *f = fixture_new();

		fixture_run(f, rows[i].before);
		fixture_run(f, rows[i].send);
		ck_assert_str_eq(f->last.name, rows[i].name);
		ck_assert_int_eq(f->last.has_address, rows[i].has_address);
		if (rows[i].has_address)
			ck_assert_uint_eq(f->last.address, rows[i].address);
		ck_assert_uint_eq(f->last.length, rows[i].length);
		ck_assert_int_eq(f->last.outcome, rows[i].outcome);
		fixture_destroy(f);
	}
}
END_TEST

/* First the frame, then its result: also if the operation takes no time. */
START_TEST(events_are_in_the_order_of_time)
{
	static const enum flash_event_kind expected[] = {FLASH_EVENT_COMMAND, FLASH_EVENT_COMMAND,
		FLASH_EVENT_NONVOLATILE, FLASH_EVENT_READY};

	for (int corner = FLASH_CORNER_TYPICAL; corner <= FLASH_CORNER_INSTANT; corner++) {
		struct fixture *f = fixture_new();
		int64_t end_ns;

		flash_set_corner(f->chip, corner);
		fixture_run(f, "06; 01 1C");
		end_ns = flash_is_busy(f->chip) ? flash_busy_until(f->chip) : 0;
		/* A late tick does not move the end. */
		fixture_pass(f, INT64_C(1000000000));
		ck_assert_uint_eq(f->events->len, G_N_ELEMENTS(expected));
		for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
			ck_assert_int_eq(
				g_array_index(f->events, struct flash_event, i).kind, expected[i]);
		ck_assert_int_eq(g_array_index(f->events, struct flash_event, 3).time_ns, end_ns);
		fixture_destroy(f);
	}
}
END_TEST

START_TEST(without_a_listener_there_are_no_events)
{
	struct fixture *f = fixture_new();

	flash_set_listener(f->chip, NULL);
	flash_select(f->chip);
	flash_deselect(f->chip, 0);
	ck_assert_uint_eq(f->events->len, 0);
	ck_assert_uint_eq(fixture_status(f, 1), 0x00);
	fixture_destroy(f);
}
END_TEST

/* Clocks with CS# high, a second CS# edge, a chip without MISO listener. */
START_TEST(unusual_use_of_the_wires_is_harmless)
{
	struct fixture *f = fixture_new();
	uint8_t bytes[4] = {0x06, 0x06, 0x06, 0x06};
	uint8_t out[4] = {0};

	flash_shift(f->chip, bytes, out, sizeof(bytes));
	ck_assert_uint_eq(out[0], 0xff);
	ck_assert_uint_eq(out[3], 0xff);
	flash_deselect(f->chip, 3);
	ck_assert_uint_eq(f->events->len, 0);
	ck_assert_uint_eq(fixture_status(f, 1), 0x00);
	flash_select(f->chip);
	flash_shift(f->chip, bytes, NULL, 1);
	flash_select(f->chip);
	flash_deselect(f->chip, 0);
	ck_assert_uint_eq(fixture_status(f, 1), 0x02);
	fixture_destroy(f);
}
END_TEST

/* Sends a frame in pieces of 1 to most bytes (0: whole). */
static void
feed(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n, GRand *rand, unsigned int most)
{
	flash_select(chip);
	for (size_t done = 0; done < n;) {
		size_t span = most ? (size_t)g_rand_int_range(rand, 1, (int)most + 1) : n;

		span = MIN(span, n - done);
		flash_shift(chip, in + done, out + done, span);
		done += span;
	}
	flash_deselect(chip, 0);
}

/* Three chips get the same frames: whole, in bytes, and in random pieces. */
START_TEST(splitting_a_frame_into_spans_has_no_effect)
{
	static const unsigned int clocks[] = {0, 1000000, 12000000, 33000000, 133000000, 7};
	static const unsigned int most[] = {0, 1, 40};
	g_autoptr(GRand) rand = g_rand_new_with_seed(20241224 + _i);
	struct fixture *f[3];
	uint8_t in[FIXTURE_FRAME_MAX];
	uint8_t out[3][FIXTURE_FRAME_MAX];

	for (int i = 0; i < 3; i++) {
		f[i] = fixture_new();
		flash_set_clock(f[i]->chip, clocks[_i]);
	}
	for (int round = 0; round < 6000; round++) {
		size_t n = fixture_parse(
			matrix[g_rand_int_range(rand, 0, G_N_ELEMENTS(matrix))].frame, in);
		size_t more = g_rand_boolean(rand) ? 0 : (size_t)g_rand_int_range(rand, 0, 600);

		/* Power-down and chip erases would end the useful part of the test. */
		if (in[0] == 0xb9 || in[0] == 0xc7 || in[0] == 0x60)
			continue;
		if (g_rand_boolean(rand))
			in[0] = g_rand_boolean(rand) ? 0x05 : 0x06;
		for (size_t i = 1; i < n; i++)
			in[i] ^= g_rand_int_range(rand, 0, 4) == 0;
		for (size_t i = n; i < n + more; i++)
			in[i] = (uint8_t)g_rand_int(rand);
		for (int i = 0; i < 3; i++) {
			feed(f[i]->chip, in, out[i], n + more, rand, most[i]);
			ck_assert_msg(memcmp(out[i], out[0], n + more) == 0,
				"opcode %02X, %zu bytes, round %d: not the same", in[0], n + more,
				round);
			ck_assert_int_eq(f[i]->last.outcome, f[0]->last.outcome);
			ck_assert_uint_eq(f[i]->last.length, f[0]->last.length);
			ck_assert_int_eq(f[i]->last.time_ns, f[0]->last.time_ns);
		}
		if (g_rand_int_range(rand, 0, 20) == 0) {
			for (int i = 0; i < 3; i++)
				flash_tick(f[i]->chip, f[0]->last.time_ns + 50000);
		}
	}
	for (int i = 1; i < 3; i++)
		ck_assert_int_eq(memcmp(f[i]->array, f[0]->array, FIXTURE_SIZE), 0);
	for (int i = 0; i < 3; i++)
		fixture_destroy(f[i]);
}
END_TEST

/* A second master's clocks: no time passes, and nobody samples MISO. _i: the bits of the frame
 * before them, from the last whole byte. */
START_TEST(bytes_within_a_byte_are_as_good_as_their_bits)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)_i);
	struct fixture *bits = fixture_new(), *bytes = fixture_new();
	uint8_t in[2600], header[FIXTURE_FRAME_MAX], of_bits, of_bytes;
	const uint8_t wren = 0x06;

	flash_set_clock(bits->chip, 0);
	flash_set_clock(bytes->chip, 0);
	for (int round = 0; round < 3000; round++) {
		size_t n = fixture_parse(
			matrix[g_rand_int_range(rand, 0, G_N_ELEMENTS(matrix))].frame, header);
		size_t more = (size_t)g_rand_int_range(rand, 1, round % 10 ? 300 : sizeof in);
		bool high = g_rand_int_range(rand, 0, 8) == 0;
		uint8_t first = (uint8_t)g_rand_int(rand);

		if (header[0] == 0xb9 || header[0] == 0xc7 || header[0] == 0x60)
			continue;
		if (g_rand_int_range(rand, 0, 3) == 0)
			header[0] = 0x02;
		for (size_t i = 0; i < more; i++)
			in[i] = (uint8_t)g_rand_int(rand);
		n = (size_t)g_rand_int_range(rand, 0, (gint32)n + 1);
		for (int i = 0; i < 2; i++) {
			struct flash *chip = i == 0 ? bits->chip : bytes->chip;

			flash_select(chip);
			flash_shift(chip, &wren, NULL, 1);
			flash_deselect(chip, 0);
			flash_select(chip);
			flash_shift(chip, header, NULL, n);
			flash_shift_bits(chip, (unsigned int)_i, first, NULL);
		}
		for (size_t i = 0; i < more; i++)
			flash_shift_bits(bits->chip, 8, high ? 0xff : in[i], NULL);
		flash_shift(bytes->chip, high ? NULL : in, NULL, more);
		flash_shift_bits(bits->chip, 5, first, &of_bits);
		flash_shift_bits(bytes->chip, 5, first, &of_bytes);
		ck_assert_msg(of_bits == of_bytes, "opcode %02X, round %d", header[0], round);
		flash_shift_bits(bits->chip, 8 - (5 + (unsigned int)_i) % 8, first, NULL);
		flash_shift_bits(bytes->chip, 8 - (5 + (unsigned int)_i) % 8, first, NULL);
		flash_deselect(bits->chip, 0);
		flash_deselect(bytes->chip, 0);
		ck_assert_int_eq(bits->last.opcode, bytes->last.opcode);
		ck_assert_uint_eq(bits->last.address, bytes->last.address);
		ck_assert_uint_eq(bits->last.length, bytes->last.length);
		ck_assert_int_eq(bits->last.outcome, bytes->last.outcome);
		fixture_wait(bits);
		fixture_wait(bytes);
	}
	ck_assert_int_eq(memcmp(bits->array, bytes->array, FIXTURE_SIZE), 0);
	fixture_destroy(bits);
	fixture_destroy(bytes);
}
END_TEST

Suite *
suite_flash_frames(void)
{
	Suite *suite = suite_create("flash_frames");
	TCase *tcase = tcase_create("frames");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_opcode_in_every_state, 0, G_N_ELEMENTS(matrix) * STATES);
	tcase_add_test(tcase, opcodes_outside_the_table_float);
	tcase_add_test(tcase, writes_must_end_on_a_byte_boundary);
	tcase_add_test(tcase, fewer_than_eight_clocks_are_no_command);
	tcase_add_test(tcase, a_frame_without_clocks_can_block_the_next);
	tcase_add_test(tcase, events_contain_command_address_and_length);
	tcase_add_test(tcase, events_are_in_the_order_of_time);
	tcase_add_test(tcase, without_a_listener_there_are_no_events);
	tcase_add_test(tcase, unusual_use_of_the_wires_is_harmless);
	tcase_add_loop_test(tcase, bytes_within_a_byte_are_as_good_as_their_bits, 0, 8);
	tcase_add_loop_test(tcase, splitting_a_frame_into_spans_has_no_effect, 0, 6);
	suite_add_tcase(suite, tcase);
	return suite;
}
