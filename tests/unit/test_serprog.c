/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serprog adapter, from the host's side of the line: exact replies to exact bytes, with a real
 * chip on the clip that records its frames.
 *
 * long: one rig for the whole protocol, and its cases are tables.
 */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "clip/clip.h"
#include "link/link.h"
#include "link/meter.h"
#include "serprog/profile.h"
#include "serprog/serprog.h"
#include "serprog_fixture.h"
#include "suites.h"
#include "wall.h"

#define TURNAROUND_NS 1000000

static struct rig *
rig_default(void)
{
	return rig_new(serprog_profile_find(NULL), BASE_CLOCK_INSTANT, 2);
}

/* 1 to max: random with a rand, else max. */
static size_t
draw(GRand *rand, size_t max)
{
	return rand ? (size_t)g_rand_int_range(rand, 1, (gint32)max + 1) : max;
}

/* Sends n bytes in pieces of at most piece, fetching at most room at a time. With a rand, the sizes
 * are random, and the host sometimes fetches late. */
static void
feed_pieces(struct rig *rig, const uint8_t *in, size_t n, size_t piece, size_t room, GRand *rand)
{
	size_t sent = 0;

	while (sent < n) {
		size_t offer = draw(rand, piece);
		size_t taken;

		offer = MIN(offer, n - sent);
		taken = rig->port.ops->take(rig->port.self, in + sent, offer);
		ck_assert_uint_le(taken, offer);
		sent += taken;
		while (!(rand && taken > 0 && draw(rand, 3) == 1) &&
			rig_fetch(rig, draw(rand, room)))
			;
	}
	while (rig_fetch(rig, room))
		;
}

static void
feed(struct rig *rig, const uint8_t *in, size_t n)
{
	feed_pieces(rig, in, n, n, 8192, NULL);
}

/* Sends the bytes and compares the reply. */
static void
expect(struct rig *rig, const char *send, const char *answer)
{
	g_autoptr(GByteArray) in = rig_from_hex(send);
	g_autoptr(GByteArray) want = rig_from_hex(answer);
	g_autofree char *got_text = NULL;
	g_autofree char *want_text = rig_to_hex(want);

	g_byte_array_set_size(rig->got, 0);
	feed(rig, in->data, in->len);
	got_text = rig_to_hex(rig->got);
	ck_assert_msg(
		g_str_equal(got_text, want_text), "%s: got %s, not %s", send, got_text, want_text);
}

static void
expect_seen(struct rig *rig, const char *frames)
{
	ck_assert_str_eq(rig->seen->str, frames);
	g_string_truncate(rig->seen, 0);
}

static const struct {
	const char *send;
	const char *answer;
} replies[] = {
	{"00", "06"},
	{"01", "06 0100"},
	{"02", "06 ffffff01 00000000 0000000000000000 0000000000000000 0000000000000000"},
	{"03", "06 7370696e6f72 00000000000000000000"},
	{"04", "06 ffff"},
	{"05", "06 08"},
	{"06", "06 18"},
	{"07", "06 ffff"},
	{"08", "06 ffffff"},
	{"09 123456", "06 ff"},
	{"0a 000000 030000", "06 ffffff"},
	{"0b", "06"},
	{"0c 000000 aa", "06"},
	{"0d 020000 000000 aabb", "06"},
	{"0d 000000 000000", "15"},
	{"0e 01000000", "06"},
	{"0f", "06"},
	{"10", "15 06"},
	{"11", "06 ffffff"},
	{"12 08", "06"},
	{"12 0f", "06"},
	{"12 00", "15"},
	{"12 07", "15"},
	{"13 000000 000000", "06"},
	{"13 010000 000000 9f", "06"},
	{"13 000000 020000", "06 ffff"},
	{"13 010000 040000 9f", "06 ef4018ef"},
	{"13 040000 030000 03 000100", "06 01080f"},
	{"14 00000000", "15"},
	{"14 01000000", "06 01000000"},
	{"14 40420f00", "06 40420f00"},
	{"14 406bed07", "06 406bed07"},
	{"14 416bed07", "06 406bed07"},
	{"14 ffffffff", "06 406bed07"},
	{"15 00", "06"},
	{"15 01", "06"},
	{"15 ff", "06"},
	{"16 00", "06"},
	{"16 01", "15"},
	{"16 08", "15"},
	{"16 ff", "15"},
	{"17 00", "06"},
	{"17 01", "06"},
	{"17 02", "15"},
	{"18 00", "06"},
	{"18 01", "06"},
	{"18 02", "06"},
	{"18 03", "15"},
	{"19", "15"},
	{"1a", "15"},
	{"55", "15"},
	{"ff", "15"},
	{"0000101900", "06 06 1506 15 06"},
};

START_TEST(every_command_gets_its_exact_reply)
{
	struct rig *rig = rig_default();

	expect(rig, replies[_i].send, replies[_i].answer);
	ck_assert(rig->port.ops->idle(rig->port.self));
	expect(rig, "10", "15 06");
	rig_free(rig);
}
END_TEST

START_TEST(commands_that_a_profile_lacks_are_nak)
{
	struct serprog_profile profile = *serprog_profile_find(NULL);
	struct rig *rig;

	profile.commands = 0x0009013f;
	g_strlcpy(profile.program, "sixteen and more bytes", sizeof profile.program);
	rig = rig_new(&profile, BASE_CLOCK_INSTANT, 2);
	expect(rig, "02",
		"06 3f010900 00000000 0000000000000000 0000000000000000 0000000000000000");
	expect(rig, "03", "06 7369787465656e20616e64206d6f7265");
	expect(rig, "06", "15");
	expect(rig, "0f", "15");
	expect(rig, "18", "15");
	expect(rig, "13 010000 030000 9f", "06 ef4018");
	rig_free(rig);
}
END_TEST

START_TEST(a_length_over_the_limit_is_nak_after_its_data)
{
	struct serprog_profile profile = *serprog_profile_find(NULL);
	struct rig *rig;

	profile.write_max = 4;
	profile.read_max = 8;
	rig = rig_new(&profile, BASE_CLOCK_INSTANT, 2);
	expect(rig, "08 11", "06 040000 06 080000");
	expect(rig, "13 050000 010000 9f9f9f9f9f 10", "15 15 06");
	expect(rig, "13 010000 090000 9f 10", "15 15 06");
	expect(rig, "13 000000 090000 10", "15 15 06");
	expect(rig, "0d 050000 000000 0102030405 10", "15 15 06");
	expect(rig, "0d 040000 000000 01020304 10", "06 15 06");
	expect_seen(rig, "");
	expect(rig, "13 040000 080000 03000000", "06 00070e151c232a31");
	expect_seen(rig, "a03+8 ");

	profile.write_max = profile.read_max = 0;
	expect(rig, "13 050000 090000 0300000000", "06 070e151c232a31383f");
	rig_free(rig);
}
END_TEST

START_TEST(the_operation_buffer_rejects_what_exceeds_it)
{
	struct rig *rig = rig_default();
	g_autoptr(GByteArray) write = rig_from_hex("0d f8ff00 000000");
	guint header = write->len;

	/* 7 + 65528 bytes fill it; anything more is rejected and changes nothing. */
	g_byte_array_set_size(write, header + 65529);
	memset(write->data + header, 0x0f, 65529);
	feed(rig, write->data, header + 65528);
	ck_assert_uint_eq(rig->got->len, 1);
	ck_assert_uint_eq(rig->got->data[0], 0x06);
	expect(rig, "0c 00000000", "15");
	expect(rig, "0e ffffffff", "15");
	expect(rig, "0d 010000 000000 aa", "15");
	expect(rig, "0f", "06");
	ck_assert_int_eq(base_clock_now(&rig->clock), TURNAROUND_NS);

	/* One more than the limit, from empty. */
	write->data[1]++;
	g_byte_array_set_size(rig->got, 0);
	feed(rig, write->data, header + 65529);
	ck_assert_uint_eq(rig->got->len, 1);
	ck_assert_uint_eq(rig->got->data[0], 0x15);

	/* 5 bytes each: 13107 make 65535. */
	for (unsigned int i = 0; i < 13107; i++)
		expect(rig, i % 2 ? "0e 01000000" : "0c 000000 00", "06");
	expect(rig, "0e 01000000", "15");
	expect(rig, "0b", "06");
	expect(rig, "0e 01000000", "06");
	rig_free(rig);
}
END_TEST

START_TEST(delays_pass_on_the_chip_clock_at_execute)
{
	struct rig *rig = rig_default();

	expect(rig, "0b 0e 40420f00 0c 00000000 0e 0a000000", "06 06 06 06");
	ck_assert_int_eq(base_clock_now(&rig->clock), 0);
	expect(rig, "0f", "06");
	ck_assert_int_eq(base_clock_now(&rig->clock), TURNAROUND_NS + INT64_C(1000010000));
	/* Execution has cleared the buffer, and so does O_INIT. */
	expect(rig, "0f", "06");
	ck_assert_int_eq(base_clock_now(&rig->clock), 2 * TURNAROUND_NS + INT64_C(1000010000));
	expect(rig, "0e 40420f00 0b 0f", "06 06 06");
	ck_assert_int_eq(base_clock_now(&rig->clock), 3 * TURNAROUND_NS + INT64_C(1000010000));
	rig_free(rig);
}
END_TEST

START_TEST(an_operation_takes_turnaround_and_clocks)
{
	struct rig *rig = rig_default();

	expect(rig, "13 010000 020000 9f", "06 ef40");
	ck_assert_int_eq(base_clock_now(&rig->clock), TURNAROUND_NS + 3 * 8 * 1000 / 12);
	expect(rig, "14 40420f00 13 010000 020000 9f", "06 40420f00 06 ef40");
	ck_assert_int_eq(base_clock_now(&rig->clock), 2 * TURNAROUND_NS + 2000 + 24000);
	expect(rig, "09 000000 0a 000000 010000", "06ff 06ff");
	ck_assert_int_eq(base_clock_now(&rig->clock), 4 * TURNAROUND_NS + 2000 + 24000);
	rig_free(rig);
}
END_TEST

/* All commands, with the pieces of a write between other commands. */
static const char script[] =
	"00 10 01 02 03 04 05 06 07 08 11 12 08 1b"
	"13 010000 030000 9f"
	"13 010000 000000 06 13 080000 000000 02 000000 11223344"
	"13 040000 100000 03 000000"
	"0b 0c 000000 aa 0d 050000 000000 0102030405 0e 64000000 0f"
	"0a 000000 210000 09 000000"
	"17 01 13 040000 040000 9f 000000 13 010000 080000 9f 13 050000 020000 9f 00000000"
	"13 010000 000000 06 13 000000 030000 17 00"
	"18 01 13 010000 000000 9f 13 000000 020000 13 000000 020000 18 02"
	"13 010000 030000 9f 18 00 18 03"
	"15 00 13 010000 030000 9f 15 01"
	"14 40420f00 14 00000000 16 00 16 05"
	"13 000000 000000 13 040000 200300 03 000001 10";

START_TEST(pieces_of_any_size_give_the_same_replies)
{
	g_autoptr(GByteArray) in = rig_from_hex(script);
	g_autoptr(GRand) rand = g_rand_new_with_seed(20240229);
	struct rig *whole = rig_default();

	feed(whole, in->data, in->len);
	ck_assert_uint_gt(whole->got->len, 900);
	for (unsigned int i = 0; i < 1002; i++) {
		struct rig *rig = rig_default();

		if (i < 2)
			feed_pieces(rig, in->data, in->len, 1, i == 0 ? 8192 : 1, NULL);
		else
			feed_pieces(rig, in->data, in->len, 1 + i % 97, 1 + i % 61, rand);
		ck_assert_uint_eq(rig->got->len, whole->got->len);
		ck_assert_mem_eq(rig->got->data, whole->got->data, whole->got->len);
		ck_assert_str_eq(rig->seen->str, whole->seen->str);
		ck_assert_mem_eq(rig->array, whole->array, RIG_ARRAY_SIZE);
		ck_assert_int_eq(base_clock_now(&rig->clock), base_clock_now(&whole->clock));
		rig_free(rig);
	}
	rig_free(whole);
}
END_TEST

/* 2^24 - 1 bytes out and in, the host's buffer smaller than a page. mode: S_SPI_MODE. */
START_TEST(the_longest_operation_streams)
{
	struct rig *rig = rig_default();
	const uint32_t length = 0xffffff;
	g_autofree uint8_t *data = g_malloc0(length);
	uint8_t header[] = {0x17, (uint8_t)_i, 0x13, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	data[0] = 0x03;
	feed(rig, header, 2);
	g_byte_array_set_size(rig->got, 0);
	feed_pieces(rig, header + 2, sizeof header - 2, 3, 99, NULL);
	feed_pieces(rig, data, length, 4096, 99, NULL);
	ck_assert_uint_eq(rig->got->len, 1 + length);
	ck_assert_uint_eq(rig->got->data[0], 0x06);
	for (uint32_t i = 0; i < length; i++) {
		/* Half duplex: the chip has sent length - 4 bytes while the host wrote. */
		uint32_t address = _i == 0 ? length - 4 + i : i - 4;
		uint8_t want = _i == 1 && i < 4 ? 0xff : rig_pattern(address % RIG_ARRAY_SIZE);

		if (rig->got->data[1 + i] != want)
			ck_abort_msg("byte %u: %02x, not %02x", i, rig->got->data[1 + i], want);
	}
	ck_assert(rig->port.ops->idle(rig->port.self));
	rig_free(rig);
}
END_TEST

START_TEST(a_parallel_read_of_length_zero_reads_2_to_the_24)
{
	struct rig *rig = rig_default();
	g_autoptr(GByteArray) in = rig_from_hex("0a 000000 000000 10");

	feed_pieces(rig, in->data, in->len, 1, 8192, NULL);
	ck_assert_uint_eq(rig->got->len, 1 + (1 << 24) + 2);
	ck_assert_uint_eq(rig->got->data[0], 0x06);
	for (guint i = 1; i <= 1 << 24; i++)
		if (rig->got->data[i] != 0xff)
			ck_abort_msg("byte %u: %02x", i, rig->got->data[i]);
	ck_assert_uint_eq(rig->got->data[(1 << 24) + 1], 0x15);
	ck_assert_uint_eq(rig->got->data[(1 << 24) + 2], 0x06);
	rig_free(rig);
}
END_TEST

START_TEST(half_duplex_acknowledges_after_the_last_written_byte)
{
	struct rig *rig = rig_default();

	expect(rig, "13 020000 010000 9f", "");
	expect(rig, "00", "06 40");
	expect(rig, "13 020000 000000 9f", "");
	expect_seen(rig, "a9f+2 ");
	expect(rig, "00", "06");
	expect_seen(rig, "a9f+1 ");
	rig_free(rig);
}
END_TEST

START_TEST(full_duplex_reads_from_the_first_clock)
{
	struct rig *rig = rig_default();

	expect(rig, "17 01", "06");
	expect(rig, "13 030000 030000", "06");
	expect(rig, "9f", "ff");
	expect(rig, "00 00", "ef 40");
	expect_seen(rig, "a9f+2 ");
	/* The shorter side ends first. */
	expect(rig, "13 010000 040000 9f", "06 ff ef4018");
	expect(rig, "13 040000 020000 9f000000", "06 ff ef");
	expect(rig, "13 000000 020000", "06 ffff");
	expect_seen(rig, "a9f+3 a9f+3 a00+1 ");
	/* Nothing to read: ACK confirms the write. */
	expect(rig, "13 020000 000000 9f", "");
	expect(rig, "00", "06");
	expect(rig, "17 00 13 030000 030000 9f0000", "06 06 18ef40");
	rig_free(rig);
}
END_TEST

START_TEST(an_empty_operation_pulses_chip_select)
{
	struct rig *rig = rig_default();

	expect(rig, "13 000000 000000", "06");
	expect_seen(rig, "aff+0 ");
	rig_free(rig);
}
END_TEST

START_TEST(chip_select_follows_its_mode)
{
	struct rig *rig = rig_default();

	/* Selected: one frame for all operations. */
	expect(rig, "18 01 13 010000 000000 9f", "06 06");
	expect(rig, "13 000000 020000 18 01 13 000000 020000", "06 ef40 06 06 18ef");
	expect_seen(rig, "");
	expect(rig, "18 00", "06");
	expect_seen(rig, "a9f+4 ");
	/* Automatic. */
	expect(rig, "13 010000 010000 9f 13 010000 020000 9f", "06 ef 06 ef40");
	expect_seen(rig, "a9f+1 a9f+2 ");
	/* Deselected: clocks without a frame. */
	expect(rig, "18 01 13 010000 010000 9f 18 02", "06 06 ef 06");
	expect_seen(rig, "a9f+1 ");
	expect(rig, "13 010000 010000 9f", "06 ff");
	expect_seen(rig, "");
	/* A rejected mode changes nothing. */
	expect(rig, "18 03 13 010000 010000 9f", "15 06 ff");
	expect_seen(rig, "");
	rig_free(rig);
}
END_TEST

START_TEST(chip_select_lines_reach_their_chips)
{
	struct rig *rig = rig_default();

	expect(rig, "16 03", "15");
	clip_attach(rig->clip, 3, rig->chips[1]);
	expect(rig, "16 03 13 010000 010000 9f", "06 06 ef");
	expect_seen(rig, "b9f+1 ");
	expect(rig, "16 02 13 010000 010000 9f", "15 06 ef");
	expect_seen(rig, "b9f+1 ");
	/* The asserted line changes. */
	expect(rig, "18 01 13 010000 010000 9f 16 00", "06 06 ef 06");
	expect_seen(rig, "b9f+1 ");
	expect(rig, "13 010000 020000 9f 16 00 13 000000 010000 18 00", "06 ef40 06 06 18 06");
	expect_seen(rig, "a9f+3 ");
	/* Line 0 exists even without a chip. */
	clip_attach(rig->clip, 0, NULL);
	expect(rig, "16 03 16 00 13 010000 010000 9f", "06 06 06 ff");
	rig_free(rig);
}
END_TEST

START_TEST(a_profile_can_limit_its_chip_selects)
{
	struct serprog_profile profile = *serprog_profile_find(NULL);
	struct rig *rig;

	profile.chip_selects = 2;
	rig = rig_new(&profile, BASE_CLOCK_INSTANT, 2);
	clip_attach(rig->clip, 2, rig->chips[1]);
	expect(rig, "16 00 16 01 16 02", "06 06 15");
	rig_free(rig);
}
END_TEST

START_TEST(with_drivers_off_the_lines_float)
{
	struct rig *rig = rig_default();

	expect(rig, "15 00 13 010000 030000 9f", "06 06 ffffff");
	expect_seen(rig, "");
	expect(rig, "15 01 13 010000 030000 9f", "06 06 ef4018");
	expect_seen(rig, "a9f+3 ");
	/* CS# is released with the drivers and asserted again with them. */
	expect(rig, "18 01 13 010000 010000 9f 15 00", "06 06 ef 06");
	expect_seen(rig, "a9f+1 ");
	expect(rig, "15 01 13 010000 010000 9f 18 00", "06 06 ef 06");
	expect_seen(rig, "a9f+1 ");
	rig_free(rig);
}
END_TEST

START_TEST(the_adapter_is_idle_between_commands)
{
	struct rig *rig = rig_default();
	const struct base_endpoint *port = &rig->port;

	ck_assert(port->ops->idle(port->self));
	ck_assert_uint_eq(port->ops->take(port->self, (const uint8_t *)"\x00", 1), 1);
	ck_assert(!port->ops->idle(port->self));
	ck_assert(rig_fetch(rig, 1));
	ck_assert(port->ops->idle(port->self));
	expect(rig, "12", "");
	ck_assert(!port->ops->idle(port->self));
	expect(rig, "08", "06");
	ck_assert(port->ops->idle(port->self));
	rig_free(rig);
}
END_TEST

static const struct {
	const char *bytes;
	size_t n, stale;
} beginnings[] = {
	{"", 0, 0},
	{"\x10", 1, 0},
	{"\x10\x00\x00\x10\x10", 5, 0},
	{"\x05\x10", 2, 1},
	{"\x10\x00\x02\x00\x10", 5, 3},
	{"\x10\x10\x01", 3, 3},
};

/* A host that connects in the middle of a command begins with NOP and SYNCNOP. A line with faults
 * and the meter pass the query on to the adapter. */
START_TEST(leading_nops_of_a_host_are_not_stale)
{
	struct rig *rig = rig_default();
	struct link *line = link_new(serprog_endpoint(rig->adapter), NULL);
	struct link_meter meter = {.behind = link_endpoint(line)};
	const struct base_endpoint ports[] = {rig->port, meter.behind, link_meter_endpoint(&meter)};

	for (size_t i = 0; i < G_N_ELEMENTS(ports); i++)
		ck_assert_uint_eq(ports[i].ops->count_stale(ports[i].self,
					  (const uint8_t *)beginnings[_i].bytes, beginnings[_i].n),
			beginnings[_i].stale);
	link_destroy(line);
	rig_free(rig);
}
END_TEST

START_TEST(unfetched_replies_stop_the_input)
{
	struct rig *rig = rig_default();
	const struct base_endpoint *port = &rig->port;
	uint8_t nops[4096] = {0};
	size_t taken = port->ops->take(port->self, nops, sizeof nops);

	ck_assert_uint_gt(taken, 64);
	ck_assert_uint_lt(taken, 1024);
	ck_assert_uint_eq(port->ops->take(port->self, nops, sizeof nops), 0);
	while (rig_fetch(rig, 7))
		;
	ck_assert_uint_eq(rig->got->len, taken);
	ck_assert_uint_gt(port->ops->take(port->self, nops, sizeof nops), 64);
	rig_free(rig);
}
END_TEST

/* The bytes sent before the host disconnects, the number of bytes fetched, and the chip's
 * frames. */
static const struct {
	const char *sent;
	size_t fetched;
	const char *seen;
} leaving[] = {
	{"", 0, ""},
	{"12", 0, ""},
	{"00", 0, ""},
	{"02", 5, ""},
	{"13 0500", 0, ""},
	{"13 050000 010000", 0, "aff+0 "},
	{"13 050000 010000 03 0000", 0, "a03+0 "},
	{"13 010000 000000 06 13 080000 000000 02 000000 1122", 1, "a06+0 a02+2 "},
	{"13 010000 050000 9f", 3, "a9f+2 "},
	{"13 010000 050000 9f", 0, "a9f+0 "},
	{"17 01 13 050000 050000 9f 00", 4, "a9f+1 "},
	{"17 01 13 010000 050000 9f", 4, "a9f+1 "},
	{"0a 000000 000000", 77, ""},
	{"0d 200000 0000", 0, ""},
	{"0d 200000 000000 1111", 0, ""},
	{"0e 40420f00", 1, ""},
	{"14 01000000", 2, ""},
	{"15 00", 1, ""},
	{"18 01 13 010000 000000 9f", 2, "a9f+0 "},
	{"18 02", 1, ""},
};

START_TEST(a_host_that_disconnects_leaves_no_state)
{
	struct rig *rig = rig_default();
	const struct base_endpoint *port = &rig->port;
	g_autoptr(GByteArray) in = rig_from_hex(leaving[_i].sent);
	size_t taken = 0, fetched = 0;
	int64_t start;

	while (taken < in->len || fetched < leaving[_i].fetched) {
		taken += port->ops->take(port->self, in->data + taken, in->len - taken);
		if (fetched < leaving[_i].fetched)
			fetched += rig_fetch(rig, 1) ? 1 : 0;
	}
	port->ops->host_closed(port->self);
	expect_seen(rig, leaving[_i].seen);
	ck_assert(port->ops->idle(port->self));
	ck_assert_int_eq(port->ops->wait_ns(port->self), 0);
	port->ops->host_opened(port->self);

	expect(rig, "10", "15 06");
	start = base_clock_now(&rig->clock);
	/* Default clock, half duplex, automatic CS#, line 0, drivers on, nothing queued. */
	expect(rig, "13 010000 020000 9f", "06 ef40");
	expect_seen(rig, "a9f+2 ");
	expect(rig, "0f", "06");
	ck_assert_int_eq(base_clock_now(&rig->clock) - start, 2 * TURNAROUND_NS + 2000);
	rig_free(rig);
}
END_TEST

START_TEST(in_real_time_replies_wait_for_wall_time)
{
	struct serprog_profile profile = *serprog_profile_find(NULL);
	struct rig *rig;
	const struct base_endpoint *port;
	uint8_t out[65536];

	wall_stop();
	profile.turnaround_ns = 0;
	rig = rig_new(&profile, BASE_CLOCK_REAL, 2);
	port = &rig->port;
	expect(rig, "0e 30750000", "06");
	ck_assert_uint_eq(port->ops->take(port->self, (const uint8_t *)"\x0f\x00", 2), 1);
	/* 30 ms of O_DELAY. */
	ck_assert_int_eq(port->ops->wait_ns(port->self), 30 * 1000000);
	ck_assert_uint_eq(port->ops->take(port->self, (const uint8_t *)"\x00", 1), 0);
	ck_assert_uint_eq(port->ops->give(port->self, out, sizeof out), 0);
	wall_advance(30 * 1000000 - 1);
	ck_assert_uint_eq(port->ops->give(port->self, out, sizeof out), 0);
	wall_advance(1);
	ck_assert_uint_eq(port->ops->give(port->self, out, sizeof out), 1);

	/* Data is sent at the speed of the SPI clock, a few ms at a time. */
	expect(rig, "14 40420f00", "06 40420f00");
	ck_assert_uint_eq(
		port->ops->take(port->self, (const uint8_t *)"\x13\x00\x00\x00\xff\xff\x00", 7), 7);
	ck_assert_uint_eq(port->ops->give(port->self, out, sizeof out), 1 + 500);
	ck_assert_int_gt(port->ops->wait_ns(port->self), 0);
	rig_free(rig);
}
END_TEST

START_TEST(profiles_are_found_by_name)
{
	size_t n;
	const struct serprog_profile *all = serprog_profiles(&n);

	ck_assert_uint_ge(n, 1);
	ck_assert_ptr_eq(serprog_profile_find(NULL), &all[0]);
	for (size_t i = 0; i < n; i++) {
		ck_assert_ptr_eq(serprog_profile_find(all[i].name), &all[i]);
		ck_assert_ptr_nonnull(all[i].summary);
		ck_assert_uint_le(strlen(all[i].program), 16);
	}
	ck_assert_ptr_null(serprog_profile_find("no such adapter"));
}
END_TEST

Suite *
suite_serprog(void)
{
	Suite *suite = suite_create("serprog");
	TCase *protocol = tcase_create("protocol");
	TCase *stream = tcase_create("stream");
	TCase *wires = tcase_create("wires");

	tcase_add_loop_test(protocol, every_command_gets_its_exact_reply, 0, G_N_ELEMENTS(replies));
	tcase_add_test(protocol, commands_that_a_profile_lacks_are_nak);
	tcase_add_test(protocol, a_length_over_the_limit_is_nak_after_its_data);
	tcase_add_test(protocol, the_operation_buffer_rejects_what_exceeds_it);
	tcase_add_test(protocol, delays_pass_on_the_chip_clock_at_execute);
	tcase_add_test(protocol, an_operation_takes_turnaround_and_clocks);
	tcase_add_test(protocol, half_duplex_acknowledges_after_the_last_written_byte);
	tcase_add_test(protocol, full_duplex_reads_from_the_first_clock);
	tcase_add_test(protocol, profiles_are_found_by_name);
	suite_add_tcase(suite, protocol);

	tcase_set_timeout(stream, 60);
	tcase_add_test(stream, pieces_of_any_size_give_the_same_replies);
	tcase_add_loop_test(stream, the_longest_operation_streams, 0, 2);
	tcase_add_test(stream, a_parallel_read_of_length_zero_reads_2_to_the_24);
	tcase_add_test(stream, the_adapter_is_idle_between_commands);
	tcase_add_loop_test(
		stream, leading_nops_of_a_host_are_not_stale, 0, (int)G_N_ELEMENTS(beginnings));
	tcase_add_test(stream, unfetched_replies_stop_the_input);
	tcase_add_loop_test(
		stream, a_host_that_disconnects_leaves_no_state, 0, G_N_ELEMENTS(leaving));
	tcase_add_test(stream, in_real_time_replies_wait_for_wall_time);
	suite_add_tcase(suite, stream);

	tcase_add_test(wires, an_empty_operation_pulses_chip_select);
	tcase_add_test(wires, chip_select_follows_its_mode);
	tcase_add_test(wires, chip_select_lines_reach_their_chips);
	tcase_add_test(wires, a_profile_can_limit_its_chip_selects);
	tcase_add_test(wires, with_drivers_off_the_lines_float);
	suite_add_tcase(suite, wires);
	return suite;
}
