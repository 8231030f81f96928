/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of the line, with a real adapter and chip: each acts at its byte or command and as often
 * as set, and nowhere else. A script is a line of the host's actions:
 *
 *	13 010000 030000 9f	bytes that are sent together
 *	00*16			sixteen of them
 *	|			all replies are fetched before the next bytes are sent
 *	^			the host disconnects, another one connects
 *	~			the port waits for the line's deadline
 *	!			the cable is plugged in again
 *
 * Reports of faults have the form "what@byte/operation ".
 *
 * long: every fault has its cases, and all need the same line and script.
 */
#include <check.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

#include "base/clock.h"
#include "clip/clip.h"
#include "link/link.h"
#include "serprog/profile.h"
#include "serprog/serprog.h"
#include "serprog_fixture.h"
#include "suites.h"
#include "wall.h"

static struct rig *rig;
static struct link *line;
static GString *acts;
static int64_t last_ns;

static void
note(void *data, const struct link_fault_report *act)
{
	(void)data;
	g_string_append_printf(acts, "%s@%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " ",
		link_fault_what_to_string(act->fault->what), act->byte, act->operation);
	ck_assert_int_ge(act->time_ns, last_ns);
	last_ns = act->time_ns;
}

static void
pull(void *data, uint32_t ms)
{
	(void)data;
	g_string_append_printf(acts, "pulled:%u ", ms);
}

static void
setup_line(void)
{
	static const struct link_listener listener = {.acted = note, .unplug = pull};

	wall_stop();
	rig = rig_new(serprog_profile_find(NULL), BASE_CLOCK_INSTANT, 1);
	line = link_new(serprog_endpoint(rig->adapter), &listener);
	rig->port = link_endpoint(line);
	rig->port.ops->host_opened(rig->port.self);
	acts = g_string_new(NULL);
	last_ns = 0;
}

static void
teardown_line(void)
{
	struct link *gone = line;

	rig->port.ops->host_closed(rig->port.self);
	link_destroy(gone);
	rig->port = serprog_endpoint(rig->adapter);
	rig_free(rig);
	g_string_free(acts, TRUE);
}

static void
reopen(void)
{
	rig->port.ops->host_closed(rig->port.self);
	rig->port.ops->host_opened(rig->port.self);
}

/* Fetches like the pump, until two fetches return nothing. Returns the number of pieces. */
static unsigned int
fetch_all(size_t room)
{
	unsigned int pieces = 0;

	for (int empty = 0; empty < 2;) {
		if (rig_fetch(rig, room)) {
			pieces++;
			empty = 0;
		} else {
			empty++;
		}
	}
	return pieces;
}

/* Lets time pass until the deadline of the port; returns how much, in ms. */
static int64_t
wait_deadline(void)
{
	const struct base_endpoint *port = &rig->port;
	int64_t ns = port->ops->deadline_ns(port->self);

	ck_assert_int_gt(ns, 0);
	wall_advance(ns - 1000);
	ck_assert_int_gt(port->ops->deadline_ns(port->self), 0);
	wall_advance(1000);
	ck_assert_int_eq(port->ops->deadline_ns(port->self), 0);
	port->ops->timed_out(port->self);
	return ns / 1000000;
}

/* Sends n bytes in pieces. Stops when the line no longer accepts bytes; returns the number sent. */
static size_t
send_bytes(const uint8_t *in, size_t n, size_t piece, size_t room)
{
	size_t sent = 0;
	int stuck = 0;

	while (sent < n && stuck < 3) {
		size_t offer = MIN(piece, n - sent);
		size_t taken = rig->port.ops->take(rig->port.self, in + sent, offer);

		ck_assert_uint_le(taken, offer);
		sent += taken;
		stuck = fetch_all(room) > 0 || taken > 0 ? 0 : stuck + 1;
	}
	return sent;
}

static void
send_script(const char *script, size_t piece, size_t room)
{
	g_auto(GStrv) steps = g_strsplit(script, "|", -1);

	for (char **step = steps; *step; step++) {
		const char *word = g_strstrip(*step);

		if (g_str_equal(word, "^")) {
			reopen();
		} else if (g_str_equal(word, "~")) {
			wait_deadline();
		} else if (g_str_equal(word, "!")) {
			link_plugged(line);
		} else {
			g_autoptr(GByteArray) in = rig_from_hex(word);

			send_bytes(in->data, in->len, piece, room);
		}
		fetch_all(room);
	}
}

static unsigned int
add(struct link_fault fault)
{
	int id = link_fault_add(line, &fault);

	ck_assert_int_gt(id, 0);
	return (unsigned int)id;
}

static struct link_fault
usual(enum link_fault_what what)
{
	struct link_fault fault;

	link_fault_init(&fault, what);
	return fault;
}

static struct link_fault
parse_fault(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	struct link_fault fault;
	enum link_fault_what what;

	ck_assert_msg(link_fault_what_from_string(words[0], &what), "%s", words[0]);
	link_fault_init(&fault, what);
	for (char **word = words + 1; *word; word++) {
		g_auto(GStrv) pair = g_strsplit(*word, "=", 2);
		const char *key = pair[0];
		guint64 value = pair[0] && pair[1] ? g_ascii_strtoull(pair[1], NULL, 0) : 0;

		if (link_direction_from_string(key, &fault.direction))
			continue;
		if (g_str_equal(key, "byte")) {
			fault.at_byte = true;
			fault.when.byte_from = value - 1;
		} else if (g_str_equal(key, "op"))
			fault.when.from_nth = value;
		else if (g_str_equal(key, "command")) {
			fault.when.has_opcode = true;
			fault.when.opcode = (uint8_t)value;
		} else if (g_str_equal(key, "count"))
			fault.when.count = value;
		else if (g_str_equal(key, "ms"))
			fault.ms = (uint32_t)value;
		else if (g_str_equal(key, "after"))
			fault.when.from_ns = (int64_t)value * 1000000;
		else if (g_str_equal(key, "mask"))
			fault.mask = (uint8_t)value;
		else if (g_str_equal(key, "size"))
			fault.size = value;
		else if (g_str_equal(key, "text"))
			link_fault_set_text(&fault, pair[1], strlen(pair[1]));
		else
			ck_abort_msg("%s: %s", text, key);
	}
	return fault;
}

/* RDID is 13 010000 030000 9f: ACK and EF4018. */
static const struct {
	const char *faults; /* separated by "," */
	const char *script;
	const char *answer;
	const char *acts;
	const char *seen;
} cases[] = {
	/* Conditions that are not met: byte not reached, or other direction. */
	{"drop byte=100", "00 01 13 010000 030000 9f", "06 060100 06ef4018", "", "9f+3 "},
	{"corrupt to-adapter byte=100", "00 01 13 010000 030000 9f", "06 060100 06ef4018", "",
		"9f+3 "},

	{"drop byte=3", "00 01 01", "06 0600 060100", "drop@3/2 ", ""},
	{"drop byte=2 count=3", "00 01 01", "06 060100", "drop@2/2 drop@3/2 drop@4/2 ", ""},
	{"drop to-adapter byte=2", "00 01 00", "06 06", "drop@2/1 ", ""},
	/* A host that loses one byte of its data waits indefinitely. */
	{"drop to-adapter byte=9", "00 13 010000 030000 9f | 00", "06 06 ffffff", "drop@9/2 ",
		"00+3 "},
	{"duplicate byte=3", "00 01 00", "06 06010100 06", "duplicate@3/2 ", ""},
	{"duplicate to-adapter byte=2", "00 01 00", "06 060100 060100 06", "duplicate@2/1 ", ""},
	{"corrupt byte=3 mask=0x81", "00 01 00", "06 068000 06", "corrupt@3/2 ", ""},
	{"corrupt to-adapter byte=1 mask=0x01", "00 00", "060100 06", "corrupt@1/0 ", ""},
	/* Two faults at one byte. */
	{"duplicate byte=1,corrupt byte=1 mask=0xff", "00 00", "f9f9 06",
		"duplicate@1/1 corrupt@1/1 ", ""},
	{"duplicate byte=1,drop byte=1", "00 01", "060100", "duplicate@1/1 drop@1/1 ", ""},
	{"drop byte=1,duplicate byte=1", "00 01", "060100", "drop@1/1 duplicate@1/1 ", ""},

	/* After a command: the first byte of its reply, the third, the byte after its opcode. */
	{"drop op=3", "00 00 01 00", "06 06 0100 06", "drop@3/3 ", ""},
	{"drop op=3 byte=3", "00 00 01 00", "06 06 0601 06", "drop@5/3 ", ""},
	{"corrupt to-adapter op=2 mask=0xff", "00 14 40420f00 00", "06 06 bf420f00 06",
		"corrupt@3/2 ", ""},
	{"corrupt op=2 byte=2 mask=0xff", "01 | 13 010000 030000 9f | 01",
		"060100 0610 4018 060100", "corrupt@5/2 ", "9f+3 "},
	/* The byte and command numbers restart with each session; the count continues. */
	{"drop byte=2 count=1", "00 00 00 | ^ | 00 00 00", "0606 060606", "drop@2/2 ", ""},
	{"drop byte=2 count=2", "00 00 | ^ | 00 00 | ^ | 00 00", "06 06 0606", "drop@2/2 drop@2/2 ",
		""},
	{"nak op=2", "00 00 00 | ^ | 00 00 00", "061506 060606", "nak@0/2 ", ""},

	{"nak op=2 count=2", "00 00 | ^ | 00 00 00", "0615 061506", "nak@0/2 nak@0/2 ", ""},

	/* The command is rejected with all its parameters, and not executed. */
	{"nak op=2", "00 13 010000 030000 9f 01", "06 15 060100", "nak@0/2 ", ""},
	{"nak op=1", "14 40420f00 00", "15 06", "nak@0/1 ", ""},
	{"nak op=1", "0d 020000 000000 0000 00", "15 06", "nak@0/1 ", ""},
	{"nak op=1 count=2", "10 01 01", "15 15 060100", "nak@0/1 nak@0/2 ", ""},
	{"nak op=2 count=0", "00 00 ff 01", "06 15 15 15", "nak@0/2 nak@0/3 nak@0/4 ", ""},

	/* Text of another program at the port. CR is O_WRITEN: it takes six bytes from the host. */
	{"garbage byte=1", "00", "15 15", "garbage@1/0 ", ""},
	{"garbage", "00", "15 15", "garbage@1/0 ", ""},
	{"garbage byte=2", "00 00*6 01", "06 15 15 15 060100", "garbage@2/1 ", ""},
	{"garbage to-host byte=3 text=hi", "00 01", "06 06 6869 0100", "garbage@3/2 ", ""},
	{"garbage to-host op=2 byte=2 text=hi", "00 01 00", "06 06 6869 0100 06", "garbage@3/2 ",
		""},
	{"banner text=hi", "^ | 00", "6869 06", "banner@1/0 ", ""},
	{"banner text=hi count=1", "^ | 00 | ^ | 00", "6869 06 06", "banner@1/0 ", ""},
	/* Bytes received while the board boots are lost. */
	{"reset-on-open ms=20 text=hi", "^ | 00 | 01 | ~ | 00", "6869 06", "reset-on-open@1/0 ",
		""},
	{"echo count=2", "01 00 00", "01 060100 00 06 06", "echo@1/0 echo@2/1 ", ""},
	{"echo", "01 | 00", "01 060100 00 06", "echo@1/0 echo@2/1 ", ""},

	/* During a read: ACK and one byte, then silence, then the banner. */
	{"reboot byte=3 ms=20 text=hi", "13 010000 030000 9f | 00 | ~ | 01", "06ef 6869 060100",
		"reboot@3/1 ", "9f+2 "},
	{"reboot byte=3 ms=0 text=hi", "13 010000 000400 9f | 01", "06ef 6869 060100",
		"reboot@3/1 ", "9f+2 "},
	/* Before a command, and during the data that the host writes. */
	{"reboot op=2 ms=20 text=hi", "00 00 00 | 01 | ~ | 01", "06 6869 060100", "reboot@0/2 ",
		""},
	{"reboot to-adapter byte=10 ms=20 text=hi", "13 050000 000000 0200000055 | ~ | 01",
		"6869 060100", "reboot@10/1 ", "02+0 "},
	{"reboot op=2 byte=3 ms=0 text=hi", "00 13 010000 030000 9f | 01", "06 06ef 6869 060100",
		"reboot@4/2 ", "9f+2 "},
	/* State is reset: full duplex and the operation buffer. */
	{"reboot op=2 ms=20 text=hi", "17 01 | 00 | ~ | 13 010000 010000 9f", "06 6869 06ef",
		"reboot@0/2 ", "9f+1 "},

	{"unplug byte=3 ms=500", "13 010000 030000 9f | 00", "06ef", "unplug@3/1 pulled:500 ", ""},
	{"unplug byte=3", "13 010000 030000 9f | 00 | ^ | 00 | ! | ^ | 01", "06ef 060100",
		"unplug@3/1 pulled:0 ", "9f+2 "},
	{"unplug op=2", "00 00 00 | ! | ^ | 01", "06 060100", "unplug@0/2 pulled:0 ", ""},

	/* The adapter hangs for later hosts too, until the cable is plugged in again. */
	{"hang op=2", "00 00 00 | 00 | ^ | 00 | ! | 01", "06 060100", "hang@0/2 ", ""},
	{"hang to-host byte=3", "13 010000 030000 9f | ^ | 00 | ! | 01", "06ef 060100", "hang@3/1 ",
		"9f+2 "},
	{"hang to-adapter byte=2", "00 01 | ! | 01", "06 060100", "hang@2/1 ", ""},
	{"hang", "00 | ! | ^ | 01", "060100", "hang@1/0 ", ""},
	{"stall byte=2", "00 01 00", "06", "stall@2/2 ", ""},
	{"stall byte=2 ms=20", "00 01 00 | ~", "06 060100 06", "stall@2/2 ", ""},
	{"stall to-adapter byte=2 ms=20", "00 01 00 | ~ | 00", "06 060100 06", "stall@2/1 ", ""},
	{"stall byte=2", "00 01 | ! | 00", "06 06", "stall@2/2 ", ""},

	/* Ignores a host until it disconnects; a host that is ignored gets no banner. */
	{"deaf", "^ | 00 | 01 | ^ | 00", "06", "deaf@1/0 ", ""},
	{"deaf count=2,banner text=hi", "^ | 00 | ^ | 00 | ^ | 00", "6869 06",
		"deaf@1/0 deaf@1/0 banner@1/0 ", ""},
	{"deaf", "^ | 00 | ! | 00", "06", "deaf@1/0 ", ""},

	/* Limited to one opcode: each command, the nth, and the bytes after the opcode. */
	{"nak command=1", "00 01 00 01", "06 15 06 060100", "nak@0/2 ", ""},
	{"nak command=1 op=2", "00 01 00 01 01", "06 060100 06 15 060100", "nak@0/4 ", ""},
	{"nak command=1 op=2", "01 | ^ | 01 01", "060100 060100 15", "nak@0/2 ", ""},
	{"nak command=1 count=0", "01 00 01", "15 06 15", "nak@0/1 nak@0/3 ", ""},
	{"nak command=0x77 count=0", "01 00 77 01", "060100 06 15 060100", "nak@0/3 ", ""},
	{"drop command=1 byte=2", "00 00 01 01", "06 06 0600 060100", "drop@4/3 ", ""},
	{"corrupt to-adapter command=0x14 mask=0xff", "00 14 40420f00 00", "06 06 bf420f00 06",
		"corrupt@3/2 ", ""},
	{"unplug command=0x13 op=2", "13 010000 010000 9f 00 13 010000 010000 9f | ! | ^ | 01",
		"06ef 06 060100", "unplug@0/3 pulled:0 ", "9f+1 "},
	{"reboot command=1 ms=0 text=hi", "00 01 00", "06 6869 06", "reboot@0/2 ", ""},
	{"hang command=1", "00 01 00", "06", "hang@0/2 ", ""},
	{"cs-stuck command=0x13 op=2", "13 010000 010000 9f 13 010000 010000 9f 13 000000 010000",
		"06ef 06ef 0640", "cs-stuck@0/2 ", "9f+1 9f+2 "},

	/* The next frame continues the open one; its end ends both. */
	{"cs-stuck op=2", "00 13 010000 000000 9f 13 010000 020000 05 13 010000 010000 9f",
		"06 06 06 4018 06ef", "cs-stuck@0/2 ", "9f+3 9f+1 "},
	{"cs-stuck op=1", "13 010000 010000 9f | ^ | 13 010000 010000 9f | 13 010000 010000 9f",
		"06ef 0618 06ef", "cs-stuck@0/1 ", "9f+3 9f+1 "},
	{"cs-stuck", "13 010000 010000 9f | ! | 13 010000 010000 9f", "06ef 06ef", "cs-stuck@0/1 ",
		"9f+1 9f+1 "},
	/* Counts all commands, acts on the next one that uses CS#. */
	{"cs-stuck op=1", "00 13 010000 010000 9f 13 000000 020000", "06 06ef 064018",
		"cs-stuck@0/2 ", "9f+3 "},

	/* This firmware reads commands from a stream. */
	{"join count=0", "00 13 010000 010000 9f 12 08", "06 06ef 06",
		"join@0/1 join@0/2 join@0/3 ", "9f+1 "},
	{"join command=0x13 op=2", "13 010000 010000 9f 13 010000 010000 9f", "06ef 06ef",
		"join@0/2 ", "9f+1 9f+1 "},
};

/* Sizes of the pieces that the host sends and fetches. */
static const struct {
	size_t piece, room;
} ways[] = {{8192, 8192}, {1, 8192}, {8192, 1}, {3, 2}};

#define N_WAYS G_N_ELEMENTS(ways)

START_TEST(each_fault_acts_only_where_aimed)
{
	size_t number = (size_t)_i / N_WAYS, way = (size_t)_i % N_WAYS;
	g_auto(GStrv) faults = g_strsplit(cases[number].faults, ",", -1);
	g_autoptr(GByteArray) want = rig_from_hex(cases[number].answer);
	g_autofree char *want_text = rig_to_hex(want);
	g_autofree char *got_text = NULL;

	for (char **fault = faults; *fault; fault++)
		add(parse_fault(*fault));
	send_script(cases[number].script, ways[way].piece, ways[way].room);
	got_text = rig_to_hex(rig->got);
	ck_assert_msg(g_str_equal(got_text, want_text), "%s: %s: got %s, not %s",
		cases[number].faults, cases[number].script, got_text, want_text);
	ck_assert_msg(g_str_equal(acts->str, cases[number].acts), "%s: %s: acts %s, not %s",
		cases[number].faults, cases[number].script, acts->str, cases[number].acts);
	ck_assert_msg(g_str_equal(rig->seen->str, cases[number].seen), "%s: %s: saw %s, not %s",
		cases[number].faults, cases[number].script, rig->seen->str, cases[number].seen);
}
END_TEST

/* Valid and invalid commands; none waits for more than 256 bytes. */
static GByteArray *
draw_stream(GRand *rand, unsigned int commands)
{
	static const char *const scripts[] = {"00", "01", "02", "03", "10", "05", "14 40420f00",
		"13 010000 030000 9f", "13 040000 000100 03 000000", "13 010000 000000 06",
		"13 050000 000000 02 000010 a5", "0e 01000000", "12 08", "15 01", "ff", "41"};
	GByteArray *stream = g_byte_array_new();

	while (commands-- > 0) {
		g_autoptr(GByteArray) bytes =
			rig_from_hex(scripts[g_rand_int_range(rand, 0, G_N_ELEMENTS(scripts))]);

		g_byte_array_append(stream, bytes->data, bytes->len);
	}
	return stream;
}

/* The replies to a stream on a line with these faults. */
static GByteArray *
run_stream(const GByteArray *in, size_t piece, const struct link_fault *faults, size_t n,
	uint64_t seed)
{
	setup_line();
	link_set_seed(line, seed);
	for (size_t i = 0; i < n; i++)
		add(faults[i]);
	send_bytes(in->data, in->len, piece, 8192);
	return g_byte_array_ref(rig->got);
}

START_TEST(without_faults_bytes_are_identical)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)_i);
	g_autoptr(GByteArray) in = draw_stream(rand, 400);
	g_autoptr(GByteArray) want = NULL;
	g_autoptr(GByteArray) got = NULL;
	struct link_fault far = usual(LINK_DROP);
	struct rig *bare = rig_new(serprog_profile_find(NULL), BASE_CLOCK_INSTANT, 1);

	rig = bare;
	send_bytes(in->data, in->len, 8192, 8192);
	want = g_byte_array_ref(bare->got);
	far.at_byte = true;
	far.when.byte_from = 1 << 30;
	got = run_stream(in, (size_t)g_rand_int_range(rand, 1, 600), &far, (size_t)_i % 2, 0);
	ck_assert_uint_gt(want->len, 1000);
	ck_assert_uint_eq(got->len, want->len);
	ck_assert_mem_eq(got->data, want->data, want->len);
	ck_assert_str_eq(rig->seen->str, bare->seen->str);
	ck_assert_int_eq(base_clock_now(&rig->clock), base_clock_now(&bare->clock));
	ck_assert_str_eq(acts->str, "");
	teardown_line();
	rig_free(bare);
}
END_TEST

static const struct link_fault four_faults[4] = {
	{.what = LINK_DROP, .direction = LINK_TO_HOST, .when.probability = 0.01},
	{.what = LINK_CORRUPT, .direction = LINK_TO_HOST, .when.probability = 0.03},
	{.what = LINK_DUPLICATE, .direction = LINK_TO_ADAPTER, .when.probability = 0.01},
	{.what = LINK_NAK, .when.probability = 0.05},
};

/* Other piece sizes give the same bytes, but may interleave the reports of the two directions
 * differently. */
START_TEST(equal_seed_and_input_give_equal_bytes_and_reports)
{
	static const struct {
		size_t piece;
		guint32 seed;
	} runs[] = {{8192, 1}, {8192, 1}, {7, 1}, {8192, 2}};
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);
	g_autoptr(GByteArray) in = draw_stream(rand, 600);
	GByteArray *got[G_N_ELEMENTS(runs)];
	char *reports[G_N_ELEMENTS(runs)];

	for (size_t i = 0; i < G_N_ELEMENTS(runs); i++) {
		got[i] = run_stream(
			in, runs[i].piece, four_faults, G_N_ELEMENTS(four_faults), runs[i].seed);
		reports[i] = g_strdup(acts->str);
		teardown_line();
	}
	ck_assert_uint_gt(strlen(reports[0]), 1000);
	for (size_t i = 1; i <= 2; i++) {
		ck_assert_uint_eq(got[i]->len, got[0]->len);
		ck_assert_mem_eq(got[i]->data, got[0]->data, got[0]->len);
	}
	ck_assert_str_eq(reports[1], reports[0]);
	ck_assert_str_ne(reports[3], reports[0]);
	for (size_t i = 0; i < G_N_ELEMENTS(runs); i++) {
		g_byte_array_unref(got[i]);
		g_free(reports[i]);
	}
}
END_TEST

/* A chance of 1 % for 200 000 bytes: 2000 acts, with a margin of 6 standard deviations of 45. */
#define MANY 200000
#define LEAST 1733
#define MOST 2267

static const struct {
	enum link_fault_what what;
	enum link_direction direction;
} rates[] = {
	{LINK_DROP, LINK_TO_HOST},
	{LINK_DROP, LINK_TO_ADAPTER},
	{LINK_DUPLICATE, LINK_TO_HOST},
	{LINK_DUPLICATE, LINK_TO_ADAPTER},
	{LINK_CORRUPT, LINK_TO_HOST},
	{LINK_GARBAGE, LINK_TO_HOST},
	{LINK_ECHO, LINK_TO_ADAPTER},
	{LINK_NAK, LINK_TO_ADAPTER},
};

START_TEST(faults_act_with_their_chance)
{
	enum link_fault_what what = rates[_i].what;
	g_autofree uint8_t *nops = g_malloc0(MANY);
	struct link_fault fault = usual(what);
	unsigned int odd = 0, bits[256] = {0};
	struct base_fault_status status;
	uint64_t acted;
	int64_t more;

	fault.direction = rates[_i].direction;
	fault.when.count = 0;
	fault.when.probability = 0.01;
	link_set_seed(line, 5);
	link_fault_set_text(&fault, "!", 1);
	add(fault);
	ck_assert_uint_eq(send_bytes(nops, MANY, 8192, 8192), MANY);
	ck_assert(link_fault_at(line, 0, &status));
	acted = status.acted;
	ck_assert_uint_ge(acted, LEAST);
	ck_assert_uint_le(acted, MOST);
	more = (int64_t)rig->got->len - MANY;
	if (what == LINK_DROP)
		ck_assert_int_eq(more, -(int64_t)acted);
	else if (what == LINK_CORRUPT || what == LINK_NAK)
		ck_assert_int_eq(more, 0);
	else
		ck_assert_int_eq(more, (int64_t)acted);
	for (guint i = 0; i < rig->got->len; i++) {
		bits[rig->got->data[i] ^ 0x06]++;
		odd += rig->got->data[i] != 0x06;
	}
	if (what == LINK_DROP || what == LINK_DUPLICATE)
		ck_assert_uint_eq(odd, 0);
	else
		ck_assert_uint_eq(odd, acted);
	for (unsigned int bit = 0; bit < 8 && what == LINK_CORRUPT; bit++) {
		/* 250 each, with a standard deviation of 16. */
		ck_assert_uint_ge(bits[1u << bit], 160);
		ck_assert_uint_le(bits[1u << bit], 340);
	}
}
END_TEST

START_TEST(latency_delays_each_reply_once)
{
	struct link_fault fault = usual(LINK_LATENCY);
	static const uint8_t read[] = {0x13, 4, 0, 0, 0, 0x10, 0, 3, 0, 0, 0};

	fault.ms = 20;
	add(fault);
	for (unsigned int i = 1; i <= 3; i++) {
		send_bytes(
			i < 3 ? (const uint8_t *)"\0" : read, i < 3 ? 1 : sizeof read, 8192, 100);
		ck_assert_uint_eq(rig->got->len, i - 1);
		/* Starts at the first byte that is ready. */
		ck_assert_int_eq(wait_deadline(), 20);
		fetch_all(100);
	}
	ck_assert_uint_eq(rig->got->len, 2 + 1 + 4096);
	ck_assert_uint_eq(rig->got->data[3], rig_pattern(0));
	ck_assert_uint_eq(rig->got->data[2 + 4096], rig_pattern(4095));
	ck_assert_str_eq(acts->str, "latency@2/1 latency@3/2 latency@4/3 ");
	ck_assert_int_eq(rig->port.ops->deadline_ns(rig->port.self), -1);
	/* Latency does not advance the chip's clock. */
	ck_assert_int_lt(base_clock_now(&rig->clock), 10000000);
}
END_TEST

START_TEST(chunks_split_replies_into_pieces)
{
	struct link_fault fault = usual(LINK_CHUNKS);
	static const uint8_t read[] = {0x13, 1, 0, 0, 3, 0, 0, 0x9f};
	uint8_t out[64];

	fault.size = 3;
	fault.when.count = 4;
	add(fault);
	for (size_t i = 0; i < sizeof read; i++)
		ck_assert_uint_eq(rig->port.ops->take(rig->port.self, read + i, 1), 1);
	ck_assert_uint_eq(rig->port.ops->give(rig->port.self, out, sizeof out), 3);
	ck_assert_mem_eq(out, "\x06\xef\x40", 3);
	ck_assert_uint_eq(rig->port.ops->give(rig->port.self, out, sizeof out), 0);
	ck_assert_uint_eq(rig->port.ops->give(rig->port.self, out, sizeof out), 1);
	ck_assert_uint_eq(rig->port.ops->give(rig->port.self, out, sizeof out), 0);
	ck_assert_str_eq(acts->str, "chunks@4/1 ");
	/* Command map: 33 bytes, three more pieces and the rest. */
	ck_assert_uint_eq(rig->port.ops->take(rig->port.self, (const uint8_t *)"\x02", 1), 1);
	ck_assert_uint_eq(fetch_all(64), 4);
	ck_assert_uint_eq(rig->got->len, 33);
}
END_TEST

/* The deadline of the port covers the text. */
/* A thread has other work than a reply of 16 MiB of which nothing arrives. */
START_TEST(a_long_reply_that_is_dropped_is_fetched_in_turns)
{
	static const uint8_t read[] = {0x13, 0x01, 0, 0, 0xff, 0xff, 0xff, 0x03};
	const struct base_endpoint *port = &rig->port;
	struct link_fault fault;
	uint8_t out[64];

	link_fault_init(&fault, LINK_DROP);
	fault.direction = LINK_TO_HOST;
	fault.when.count = 0;
	ck_assert_int_gt(link_fault_add(line, &fault), 0);
	for (size_t i = 0; i < sizeof read; i++)
		ck_assert_uint_eq(port->ops->take(port->self, read + i, 1), 1);
	for (unsigned int turn = 0; turn < 3; turn++) {
		ck_assert_uint_eq(port->ops->give(port->self, out, sizeof out), 0);
		ck_assert(base_endpoint_works(port));
		ck_assert_int_eq(port->ops->wait_ns(port->self), 0);
		ck_assert(!port->ops->idle(port->self));
	}
	link_fault_clear(line);
	ck_assert_uint_eq(port->ops->give(port->self, out, sizeof out), sizeof out);
	ck_assert(!base_endpoint_works(port));
}
END_TEST

START_TEST(garbage_is_sent_at_its_time)
{
	add(parse_fault("garbage to-host after=30 text=boot"));
	fetch_all(100);
	send_script("00", 100, 100);
	ck_assert_str_eq(acts->str, "");
	ck_assert_int_eq(wait_deadline(), 30);
	fetch_all(100);
	ck_assert_uint_eq(rig->got->len, 5);
	ck_assert_mem_eq(rig->got->data,
		"\x06"
		"boot",
		5);
	ck_assert_str_eq(acts->str, "garbage@2/1 ");
	/* Once in a session, and the count is used up. */
	reopen();
	ck_assert_int_eq(rig->port.ops->deadline_ns(rig->port.self), -1);
}
END_TEST

START_TEST(a_fault_does_not_act_before_its_time)
{
	add(parse_fault("drop after=30"));
	send_script("00 00", 100, 100);
	ck_assert_uint_eq(rig->got->len, 2);
	wall_advance(30000000);
	send_script("00 00", 100, 100);
	ck_assert_uint_eq(rig->got->len, 3);
	ck_assert_str_eq(acts->str, "drop@3/3 ");
}
END_TEST

static void
expect_status(size_t i, unsigned int id, enum link_fault_what what, uint64_t acted)
{
	struct base_fault_status status;

	ck_assert(link_fault_at(line, i, &status));
	ck_assert_uint_eq(status.id, id);
	ck_assert_int_eq(((const struct link_fault *)status.fault)->what, what);
	ck_assert_uint_eq(status.acted, acted);
	ck_assert(!link_fault_at(line, i + 2, &status));
}

START_TEST(faults_are_added_listed_and_removed)
{
	struct base_fault_status status;
	unsigned int first, second;

	ck_assert(!link_is_needed(line));
	first = add(parse_fault("drop byte=2"));
	second = add(parse_fault("stall byte=3"));
	ck_assert(link_is_needed(line));
	send_script("00 00 00 00", 100, 100);
	expect_status(0, first, LINK_DROP, 1);
	expect_status(1, second, LINK_STALL, 1);
	ck_assert(link_fault_remove(line, first));
	ck_assert(!link_fault_remove(line, first));
	ck_assert_uint_eq(rig->got->len, 1);
	/* Removing the fault ends the stall. */
	link_fault_clear(line);
	ck_assert(!link_fault_at(line, 0, &status));
	ck_assert(link_is_needed(line));
	fetch_all(100);
	ck_assert_uint_eq(rig->got->len, 3);
	ck_assert(!link_is_needed(line));
	/* Ids are not reused. */
	ck_assert_uint_eq(add(usual(LINK_NAK)), second + 1);
}
END_TEST

/* The line accepts bytes that the adapter does not see, so that the host is not blocked. */
START_TEST(bytes_received_during_a_boot_are_lost)
{
	static const uint8_t nops[100];

	add(parse_fault("reset-on-open ms=30 text=hi"));
	reopen();
	ck_assert_uint_eq(rig->port.ops->take(rig->port.self, nops, sizeof nops), sizeof nops);
	ck_assert_uint_eq(fetch_all(100), 0);
	wait_deadline();
	fetch_all(100);
	ck_assert_uint_eq(rig->got->len, 2);
}
END_TEST

/* Removing a fault ends its effect, unless the cable has to be unplugged. */
START_TEST(removing_a_fault_ends_its_effect)
{
	unsigned int boot = add(parse_fault("reset-on-open ms=3600000 text=hi"));
	unsigned int deaf;

	send_script("^ | 00", 100, 100);
	ck_assert(link_fault_remove(line, boot));
	ck_assert(link_is_needed(line)); /* the banner is pending */
	send_script("01", 100, 100);
	ck_assert_uint_eq(rig->got->len, 2 + 3);
	deaf = add(parse_fault("deaf"));
	send_script("^ | 00", 100, 100);
	ck_assert_uint_eq(rig->got->len, 2 + 3);
	ck_assert(link_fault_remove(line, deaf));
	ck_assert(!link_is_needed(line));
	send_script("00", 100, 100);
	ck_assert_uint_eq(rig->got->len, 2 + 3 + 1);
	add(parse_fault("reboot op=1 ms=3600000 text=hi"));
	send_script("00", 100, 100);
	link_fault_clear(line);
	send_script("00", 100, 100);
	ck_assert_uint_eq(rig->got->len, 2 + 3 + 1 + 2 + 1);
}
END_TEST

/* A hung firmware does not reset pins when its host disconnects. */
START_TEST(a_hung_adapter_keeps_its_clock_frequency)
{
	add(parse_fault("hang op=2"));
	send_script("14 40420f00 00 | ^", 100, 100);
	ck_assert_uint_eq(clip_frequency(rig->clip), 1000000);
	link_plugged(line);
	ck_assert_uint_eq(clip_frequency(rig->clip), 12000000);
}
END_TEST

static const char *const names[LINK_WHATS] = {"drop", "duplicate", "corrupt", "stall", "latency",
	"chunks", "nak", "garbage", "banner", "reset-on-open", "deaf", "wrong-baud", "echo",
	"reboot", "unplug", "hang", "cs-stuck", "join"};

START_TEST(every_fault_has_a_name_and_can_act)
{
	enum link_fault_what what;
	enum link_direction direction;

	for (size_t i = 0; i < LINK_WHATS; i++) {
		struct link_fault fault = usual((enum link_fault_what)i);

		ck_assert_str_eq(link_fault_what_to_string((enum link_fault_what)i), names[i]);
		ck_assert(link_fault_what_from_string(names[i], &what));
		ck_assert_int_eq(what, (int)i);
		ck_assert_ptr_null(link_fault_check(&fault));
	}
	ck_assert(!link_fault_what_from_string("Drop", &what));
	ck_assert(!link_fault_what_from_string("", &what));
	ck_assert(link_direction_from_string("to-adapter", &direction));
	ck_assert_int_eq(direction, LINK_TO_ADAPTER);
	ck_assert(link_direction_from_string("to-host", &direction));
	ck_assert_str_eq(link_direction_to_string(direction), "to-host");
	ck_assert(!link_direction_from_string("up", &direction));
}
END_TEST

START_TEST(invalid_faults_are_rejected)
{
	struct link_fault bad[10];
	uint8_t text[LINK_TEXT_MAX + 1] = {0};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		bad[i] = usual(LINK_DROP);
	bad[0].when.probability = -0.01;
	bad[1].when.probability = 1.01;
	bad[2].when.from_ns = (LINK_MS_MAX + 1) * INT64_C(1000000);
	bad[3] = usual(LINK_LATENCY);
	bad[3].ms = LINK_LATENCY_MAX_MS + 1;
	bad[4] = usual(LINK_CHUNKS);
	bad[4].size = 0;
	bad[5] = usual(LINK_BANNER);
	bad[5].text_bytes = 0;
	bad[6].what = LINK_WHATS;
	bad[7] = usual(LINK_LATENCY);
	bad[7].ms = 0;
	bad[8] = bad[9] = usual(LINK_WRONG_BAUD);
	bad[8].baud = LINK_BAUD_MIN - 1;
	bad[9].baud = LINK_BAUD_MAX + 1;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		ck_assert_ptr_nonnull(link_fault_check(&bad[i]));
		ck_assert_int_eq(link_fault_add(line, &bad[i]), -EINVAL);
	}
	ck_assert(!link_fault_set_text(&bad[0], text, sizeof text));
	ck_assert(link_fault_set_text(&bad[0], text, sizeof text - 1));
	ck_assert(!link_is_needed(line));
}
END_TEST

Suite *
suite_link_faults(void)
{
	Suite *suite = suite_create("link_faults");
	TCase *aimed = tcase_create("aimed");
	TCase *streams = tcase_create("streams");

	tcase_add_checked_fixture(aimed, setup_line, teardown_line);
	tcase_add_loop_test(
		aimed, each_fault_acts_only_where_aimed, 0, (int)(G_N_ELEMENTS(cases) * N_WAYS));
	tcase_add_loop_test(aimed, faults_act_with_their_chance, 0, G_N_ELEMENTS(rates));
	tcase_add_test(aimed, latency_delays_each_reply_once);
	tcase_add_test(aimed, chunks_split_replies_into_pieces);
	tcase_add_test(aimed, a_long_reply_that_is_dropped_is_fetched_in_turns);
	tcase_add_test(aimed, garbage_is_sent_at_its_time);
	tcase_add_test(aimed, a_fault_does_not_act_before_its_time);
	tcase_add_test(aimed, faults_are_added_listed_and_removed);
	tcase_add_test(aimed, bytes_received_during_a_boot_are_lost);
	tcase_add_test(aimed, removing_a_fault_ends_its_effect);
	tcase_add_test(aimed, a_hung_adapter_keeps_its_clock_frequency);
	tcase_add_test(aimed, every_fault_has_a_name_and_can_act);
	tcase_add_test(aimed, invalid_faults_are_rejected);
	suite_add_tcase(suite, aimed);
	tcase_add_loop_test(streams, without_faults_bytes_are_identical, 0, 20);
	tcase_add_test(streams, equal_seed_and_input_give_equal_bytes_and_reports);
	suite_add_tcase(suite, streams);
	return suite;
}
