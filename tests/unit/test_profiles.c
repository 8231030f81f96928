/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profiles of real adapters, with the errors of their firmware: the replies to a host, and the
 * frames that the chip receives. A case is a line of the host's actions:
 *
 *	13 010000 000000 9f	bytes that are sent together
 *	00*16			sixteen of them
 *	|			the next bytes are sent later
 *	~			the host waits for the adapter's time-out
 *	^			the host disconnects, another one connects
 *	<N			the host fetches N bytes only, until it sends again
 *	&			the first opcode of the bytes is in one packet with what follows it
 *
 * Rows cover the differences between adapters; all of them are tested with a normal session.
 */
#include "suites.h"
#include "wall.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "serprog/profile.h"
#include "serprog_fixture.h"

#define NO_MAP "000000 00*25"

static struct rig *
rig_of(const char *name)
{
	const struct serprog_profile *profile = serprog_profile_find(name);

	ck_assert_msg(profile != NULL, "%s", name);
	wall_stop();
	return rig_new(profile, BASE_CLOCK_INSTANT, 1);
}

static enum base_command_verdict
join(void *data, const struct base_command *command)
{
	struct rig *rig = data;

	(void)command;
	rig->port.ops->set_filter(rig->port.self, NULL, NULL);
	return BASE_COMMAND_JOIN;
}

static void
send(struct rig *rig, const char *text, size_t fetched)
{
	g_autoptr(GByteArray) in = rig_from_hex(text + (text[0] == '&'));
	size_t sent = 0;

	if (text[0] == '&')
		rig->port.ops->set_filter(rig->port.self, join, rig);
	while (sent < in->len) {
		sent += rig->port.ops->take(rig->port.self, in->data + sent, in->len - sent);
		if (fetched > 0) {
			ck_assert_uint_eq(sent, in->len);
			rig_fetch(rig, fetched);
			return;
		}
		while (rig_fetch(rig, 8192))
			;
	}
}

static void
wait_for_time_out(struct rig *rig)
{
	const struct base_endpoint *port = &rig->port;
	int64_t ns;

	ck_assert_msg(port->ops->deadline_ns != NULL, "%s has no time-out", rig->profile->name);
	ns = port->ops->deadline_ns(port->self);
	ck_assert(ns == (int64_t)rig->profile->byte_timeout_ns ||
		ns == (int64_t)rig->profile->send_timeout_ns);
	wall_advance(ns - 1000);
	ck_assert_int_gt(port->ops->deadline_ns(port->self), 0);
	wall_advance(1000);
	ck_assert_int_eq(port->ops->deadline_ns(port->self), 0);
	port->ops->timed_out(port->self);
	ck_assert_int_eq(port->ops->deadline_ns(port->self), -1);
	while (rig_fetch(rig, 8192))
		;
}

static void
run_script(struct rig *rig, const char *script)
{
	g_auto(GStrv) steps = g_strsplit(script, "|", -1);

	for (char **step = steps; *step; step++) {
		g_auto(GStrv) halves = g_strsplit(*step, "<", 2);
		const char *word = g_strstrip(halves[0]);

		if (g_str_equal(word, "~")) {
			wait_for_time_out(rig);
		} else if (g_str_equal(word, "^")) {
			rig->port.ops->host_closed(rig->port.self);
			rig->port.ops->host_opened(rig->port.self);
		} else {
			send(rig, word, halves[0] && halves[1] ? strtoul(halves[1], NULL, 10) : 0);
		}
	}
}

static void
expect(struct rig *rig, const char *script, const char *answer, const char *seen)
{
	g_autoptr(GByteArray) want = rig_from_hex(answer);
	g_autofree char *got_text = NULL;
	g_autofree char *want_text = rig_to_hex(want);

	run_script(rig, script);
	got_text = rig_to_hex(rig->got);
	ck_assert_msg(g_str_equal(got_text, want_text), "%s: %s: got %s, not %s",
		rig->profile->name, script, got_text, want_text);
	ck_assert_msg(g_str_equal(rig->seen->str, seen), "%s: %s: the chip saw %s, not %s",
		rig->profile->name, script, rig->seen->str, seen);
}

static const struct {
	const char *profile;
	const char *script;
	const char *answer;
	const char *seen;
} facts[] = {
	/* Common to both versions of the Bit Pirate. */
	{"bitpirate", "00 01 03", "06 060100 06 45535033322d42502d53455250524700", ""},
	{"bitpirate", "02", "06 3f01ff01 " NO_MAP, ""},
	{"bitpirate", "04 05 08 11", "06ffff 0608 06ffffff 06ffffff", ""},
	{"bitpirate", "06 07 09 0a 0b 0c 0d 0e 0f 19 1a ff", "15*12", ""},
	/* Parameters of unknown commands are taken as commands. */
	{"bitpirate", "09 000010 | 00", "15 06 06 1506 06", ""},
	/* SYNCNOP drops what has come: nothing, unless something came in its packet. */
	{"bitpirate", "10 00 00", "15 06 06 06", ""},
	{"bitpirate", "&10 00 00", "15 06 06", ""},
	{"bitpirate", "12 08 12 0f 12 07 12 00", "06 06 15 15", ""},
	{"bitpirate", "14 00000000", "06 00127a00", ""},
	{"bitpirate", "14 01000000 14 15cd5b07 14 005a6202", "06 01000000 06 005a6202 06 005a6202",
		""},
	{"bitpirate", "16 00 16 01 17 00 17 01 18 03", "06 15 06 15 15", ""},
	{"bitpirate", "13 010000 030000 9f", "06 ef4018", "9f+3 "},
	{"bitpirate", "13 000000 000000", "06", "ff+0 "},
	/* MOSI is low during reads. */
	{"bitpirate", "13 000000 020000", "06 ffff", "00+1 "},
	{"bitpirate", "15 00 13 010000 030000 9f 00 00", "06 15 06 06", ""},
	{"bitpirate", "15 00 13 3b0000 030000 9f*58 01 00", "06 15 060100 06", ""},
	{"bitpirate", "15 00 15 01 13 010000 030000 9f", "06 06 06 ef4018", "9f+3 "},
	{"bitpirate", "15 ff", "06", ""},
	/* Drivers stay off when the host disconnects, until S_PIN_STATE. */
	{"bitpirate", "15 00 | ^ | 10 | 13 000000 030000 | 15 01 13 010000 010000 9f",
		"06 1506 15 06 06ef", "9f+1 "},
	{"bitpirate", "18 01 13 010000 010000 9f 13 000000 010000 18 02 | 13 010000 010000 9f",
		"06 06ef 0640 06 06ff", "9f+2 "},
	/* 1 to 0 keeps CS# low until the next operation ends. */
	{"bitpirate", "18 01 13 010000 000000 9f 18 00", "06 06 06", ""},
	{"bitpirate", "18 01 13 010000 000000 9f 18 00 13 000000 010000", "06 06 06 06ef", "9f+1 "},
	/* SYNCNOP and S_PIN_STATE forget S_CS_MODE. */
	{"bitpirate", "18 01 13 010000 000000 9f 10", "06 06 1506", "9f+0 "},
	{"bitpirate", "18 01 13 010000 000000 9f 15 01 13 010000 010000 9f", "06 06 06 06ef",
		"9f+0 9f+1 "},
	/* Time-outs: for a parameter, for data, and for a host that does not fetch. */
	{"bitpirate", "12 | ~ | 00", "15 06", ""},
	{"bitpirate", "14 0000 | ~ | 12 | ~ | 12 08", "15 15 06", ""},
	{"bitpirate", "18 01 13 010000 | ~ | 13 010000 010000 9f", "06 15 06ef", "ff+0 9f+1 "},
	{"bitpirate", "13 060000 000000 0200 | ~ | 00", "15 06", "02+0 "},
	{"bitpirate", "13 010000 640000 9f <4 | ~ | 00", "06ef4018 06", "9f+3 "},
	{"bitpirate", "13 050000 000000 9f | ^ | 00", "06", "9f+0 "},
	{"bitpirate-1.6", "03 04 08 11",
		"06 45535033322d42502d53455250524700 064010 06001000 06001000", ""},
	{"bitpirate-1.6", "02", "06 3f01ff01 " NO_MAP, ""},
	{"bitpirate-1.6", "13 010000 030000 9f", "06 ef4018", "9f+3 "},
	/* Buffered: an incomplete operation never reaches the chip. */
	{"bitpirate-1.6", "13 060000 000000 0200 | ~ | 00", "15 06", ""},
	{"bitpirate-1.6", "13 050000 000000 9f | ^ | 00", "06", ""},
	{"bitpirate-1.6", "13 001000 010000 9f*4096", "06 ef", "9f+4096 "},
	/* Over the limit: data in the header's packet are dropped, later ones are taken as
	 * commands. */
	{"bitpirate-1.6", "13 011000 000000 9f*58 00 01", "15 06 060100", ""},
	{"bitpirate-1.6", "&13 011000 000000 9f*57 00 01", "15 06 060100", ""},
	{"bitpirate-1.6", "13 010000 011000 9f 9f", "15 15", ""},
	{"bitpirate-1.6", "18 01 13 010000 000000 9f 13 011000 000000", "06 06 15", "9f+0 "},

	{"pico-serprog", "03 04 02",
		"06 7069636f2d73657270726f6700000000 06ffff 06 3f003d00 " NO_MAP, ""},
	{"pico-serprog", "08 11 16 17 18 ff", "15*6", ""},
	{"pico-serprog", "12 08 12 00 12 09 12 01", "06 06 15 15", ""},
	{"pico-serprog", "14 00000000", "15", ""},
	{"pico-serprog", "14 40420f00 14 ffffffff", "06 40420f00 06 50d6dc01", ""},
	{"pico-serprog", "14 002d3101 14 01000000", "06 002d3101 06 dc010000", ""},
	{"pico-serprog", "15 00 13 010000 030000 9f", "06 06 ef4018", "9f+3 "},
	/* Streamed: received bytes are sent to the chip at once; CS# stays low. */
	{"pico-serprog", "13 050000 000000 9f00 | ^ | 00", "06", "9f+1 "},
	{"pico-serprog", "13 001000 000000 9f*4096", "06", "9f+4095 "},
	{"pico-serprog", "13 011000 000000 9f*4097", "", ""},
	{"pico-serprog", "13 011000 000000 9f*4097 9f*4097", "06", "9f+8193 "},

	{"pico-kukrimate", "03 04 02",
		"06 7069636f2d73657270726f6700000000 06ffff 06 3f003d00 " NO_MAP, ""},
	{"pico-kukrimate", "08 11 16 ff 14 00000000", "15*5", ""},
	{"pico-kukrimate", "12 08 12 0f 12 07", "06 06 15", ""},
	{"pico-kukrimate", "14 001bb700 14 80969800", "06 1af29e00 06 3b3d8800", ""},
	{"pico-kukrimate", "14 ffffffff", "06 a0acb903", ""},
	{"pico-kukrimate", "15 00 13 010000 030000 9f", "06 06 ffffff", ""},
	{"pico-kukrimate", "13 881300 010000 9f*5000", "06 40", "9f+5000 "},

	{"pico-ytec", "02", "06 3f007d00 " NO_MAP, ""},
	{"pico-ytec", "03 04", "06 7069636f2d73657270726f6700000000 06ffff", ""},
	{"pico-ytec", "16 00 16 03", "", ""},
	{"pico-ytec", "16 04 16 ff 17 00", "15 15 15 06", ""},
	{"pico-ytec", "16 01 13 010000 010000 9f 16 00 13 010000 010000 9f", "06ff 06ef", "9f+1 "},
	{"pico-ytec", "14 001bb700 14 00000000", "06 1af29e00 15", ""},

	{"stm32-vserprog", "03 04 02",
		"06 73746d33322d7673657270726f670000 06ffff 06 3f003d00 " NO_MAP, ""},
	{"stm32-vserprog", "06 07 08 09 11 16 17 18 19 ff 00", "06", ""},
	{"stm32-vserprog", "12 08 12 00 12 09", "06 06 15", ""},
	{"stm32-vserprog", "14 80969800 14 01000000 14 ffffffff 14 00000000",
		"06 40548900 06 a24a0400 06 00512502 15", ""},
	{"stm32-vserprog", "14 9f4a0400 14 30950800", "06 a24a0400 06 a24a0400", ""},
	{"stm32-vserprog", "14 44950800", "06 44950800", ""},
	{"stm32-vserprog", "15 00 13 010000 010000 9f 15 01 13 010000 010000 9f", "06 06ff 06 06ef",
		"9f+1 "},
	{"stm32-vserprog", "13 050000 000000 9f00 | ^", "", "9f+1 "},

	{"esp32-serprog", "03 04 08 11",
		"06 65737033322d73657270726f67000000 06ffff 06ff0700 06ff0700", ""},
	{"esp32-serprog", "02", "06 3f011f00 " NO_MAP, ""},
	/* S_PIN_STATE is unknown: its parameter is taken as a command. */
	{"esp32-serprog", "15 01 15 00", "15 060100 15 06", ""},
	{"esp32-serprog", "12 08 12 00 12 01", "06 06 15", ""},
	{"esp32-serprog", "14 001bb700 14 80969800 14 005a6202",
		"06 a060ae00 06 80969800 06 005a6202", ""},
	{"esp32-serprog", "14 00000000", "15", ""},
	{"esp32-serprog", "14 01b4c404", "06 00000000", ""},
	{"esp32-serprog", "14 01b4c404 13 010000 010000 9f 14 00127a00 13 010000 010000 9f",
		"06 00000000 15 06 00127a00 06ef", "9f+1 "},
	{"esp32-serprog", "13 010000 030000 9f", "06 ef4018", "9f+3 "},
	/* More than the reported limit is accepted, up to 4094 in total. */
	{"esp32-serprog", "13 fd0f00 010000 9f*4093", "06 ef", "9f+4093 "},
	{"esp32-serprog", "13 ff0f00 000000 00 01", "15 06 060100", ""},
	{"esp32-serprog", "13 010000 fe0f00 01", "15 060100", ""},
	{"esp32-serprog", "13 050000 000000 9f00 | ^", "", ""},

	{"frser-duino", "03 04 07 08 11",
		"06 66727365722d6475696e6f0000000000 06fc03 060c00 06f50300 06005c00", ""},
	{"frser-duino", "02", "06 bfc93f00 " NO_MAP, ""},
	/* Parameters of unsupported commands are skipped, then NAK. */
	{"frser-duino", "06 09 000000 0a 000000000000 0c 00000000 0d 00", "15 15 15 15 15 06", ""},
	{"frser-duino", "16 00 17 00000000 18 0000000000000000 00", "15 06 15 15 06", ""},
	{"frser-duino", "17 01", "", ""},
	{"frser-duino", "19 00 ff", "15 06 15", ""},
	{"frser-duino", "12 00 12 ff", "06 06", ""},
	{"frser-duino", "0b 0e 40420f00 0e 40420f00 0e 40420f00 0e 40420f00 0f", "06*6", ""},
	{"frser-duino", "14 ffffffff 14 80841e00 14 7f841e00 14 01000000 14 00000000",
		"06 00127a00 06 80841e00 06 40420f00 06 48e80100 15", ""},
	{"frser-duino", "15 00 13 010000 010000 9f 15 01 13 010000 010000 9f", "06 06ff 06 06ef",
		"9f+1 "},
	/* MOSI is high during reads. */
	{"frser-duino", "13 000000 020000", "06 ffff", "ff+1 "},
	{"frser-duino", "13 d00700 010000 9f*2000", "06 40", "9f+2000 "},
	{"frser-duino", "00*2000", "06*2000", ""},
	/* Where sending takes no time, nothing comes meanwhile. */
	{"frser-duino", "13 010000 030000 9f 00*2000", "06 ef4018 06*2000", "9f+3 "},
	{"frser-duino", "13 010000 030000 9f <2 | ^ | 01", "06 ef 060100", "9f+1 "},

	{"hydrabus", "03 04 08 11", "06 4879647261627573 00*8 061000 06001000 06001000", ""},
	{"hydrabus", "02", "06 3f013f00 " NO_MAP, ""},
	{"hydrabus", "00*8 10", "1506", ""},
	{"hydrabus", "06 07 09 16 17 18 19 ff 01", "060100", ""},
	{"hydrabus", "12 00 12 08 12 ff", "06 06 06", ""},
	{"hydrabus", "14 ffffffff 14 00093d00 14 01000000 14 00000000",
		"06 406f4001 06 60fa2700 06 00710200 15", ""},
	/* The SPI pins are off until S_PIN_STATE. */
	{"hydrabus", "13 010000 030000 9f", "06 ffffff", ""},
	{"hydrabus", "15 01 13 010000 030000 9f 15 00 13 010000 010000 9f", "06 06 ef4018 06 06 ff",
		"9f+3 "},
	{"hydrabus", "15 01 13 050000 000000 9f00 | ^", "06", ""},
	{"hydrabus", "15 01 13 001000 010000 9f*4096", "06 06 ef", "9f+4096 "},
	{"hydrabus", "15 01 13 000000 001000", "06 06 ff*4096", "00+4095 "},
	{"hydrabus", "13 011000 000000 01", "15 060100", ""},
	{"hydrabus", "13 010000 011000 01", "15 060100", ""},

	{"picoprog", "03 | 04 | 08 | 11", "06 5069636f70726f67 00*8 06ffff 06000800 06000800", ""},
	{"picoprog", "02", "06 3f013f00 " NO_MAP, ""},
	/* Unknown: ACK. Known but unsupported: NAK. */
	{"picoprog", "17 | 18 | 19 | ff | 06 | 07 | 09 | 0f | 16", "06*4 15*5", ""},
	/* A command and its parameters are in separate packets, as flashrom writes them. */
	{"picoprog", "00*8", "06*8", ""},
	{"picoprog", "12 08 12 0f 12 00", "06 15 15", ""},
	{"picoprog", "14 40420f00 14 00000000 14 ffffffff", "06 40420f00 06 00000000 06 ffffffff",
		""},
	{"picoprog", "13 010000 030000 9f", "06 ef4018", "9f+3 "},
	{"picoprog", "13 640000 010000 9f*100 00", "06 ef 06", "9f+100 "},
	{"picoprog", "15 00 13 010000 010000 9f", "06 06ef", "9f+1 "},
	{"picoprog", "13 000800 010000 9f*2048", "06 40", "9f+2048 "},
	{"picoprog", "13 010800 010000 9f*2049 00", "06", ""},
	{"picoprog", "13 010000 010800 9f 00", "06", ""},
	{"picoprog", "13 050000 000000 9f00 | ^", "", ""},
	/* In one packet: parameters are lost, data as far as it is in the packet, and without
	 * parameters the next opcode. The next packet has the parameters then. */
	{"picoprog", "&12 08", "", ""},
	{"picoprog", "&12 08 08", "06", ""},
	{"picoprog", "&14 00000000 40420f00", "06 40420f00", ""},
	{"picoprog", "&00 01 00", "06 06", ""},
	{"picoprog", "&13 010000 030000 9f", "", ""},
	{"picoprog", "&13 010000 030000 9f 010000 030000 9f", "06 ef4018", "9f+3 "},
	{"picoprog", "&13 3c0000 010000 9f*57 010000 030000 9f", "06 ef4018", "9f+3 "},

	{"serprog-pico", "03 08 11", "06 7069636f2073657270726f6700000000 06000100 06000001", ""},
	{"serprog-pico", "02", "06 2f011f00 " NO_MAP, ""},
	{"serprog-pico", "04 06 07 15 16 19 ff 01", "060100", ""},
	{"serprog-pico", "12", "06", ""},
	{"serprog-pico", "12 00 12 | 08 00", "06 06 06", ""},
	{"serprog-pico", "14", "06", ""},
	{"serprog-pico", "14 80969800 14 | 001bb700", "06 3b3d8800 06 1af29e00", ""},
	{"serprog-pico", "13 010000 030000 9f", "06 ef4018", "9f+3 "},
	{"serprog-pico", "13 2c0100 010000 9f*300", "06 18", "9f+300 "},
	{"serprog-pico", "13 050000 000000 9f00 | ^", "", ""},

	{"serprog-due", "03 04", "06 73657270726f672d647565 00*5 060001", ""},
	{"serprog-due", "02", "06 3f001d00 " NO_MAP, ""},
	{"serprog-due", "08 11 15 16 ff", "15*5", ""},
	{"serprog-due", "12 08 12 0f 12 00", "06 15 15", ""},
	{"serprog-due", "14 01000000 14 80969800 14 ffffffff 14 00000000",
		"06 00093d00 06 80969800 06 00bd0105 15", ""},
	{"serprog-due", "12 | ~ | 14 000000 | ~ | 00", "15 15 06", ""},
	{"serprog-due", "13 050000 010000 9f00 | ~ | 00", "15 06", "9f+1 "},

	{"ezp2019", "03 04 08 11", "06 657a70323031392d73657270726f6700 06ffff 06ffffff 06ffffff",
		""},
	{"ezp2019", "02", "06 3f011f04 " NO_MAP, ""},
	{"ezp2019", "06 15 16 19 1b ff", "15*6", ""},
	{"ezp2019", "1a 00 1a 01 1a 02 1a 03", "06 06 06 15", ""},
	{"ezp2019", "12 08 12 00 12 09", "06 06 15", ""},
	{"ezp2019", "14 60e31600 14 80841e00 14 00366e01 14 01000000 14 00000000",
		"06 60e31600 06 80841e00 06 00093d00 06 d2b70000 15", ""},
	/* 12 MHz / 3.4: faster than requested. */
	{"ezp2019", "14 67d63500", "06 00093d00", ""},
	{"ezp2019", "13 000000 020000", "06 ffff", "ff+1 "},
	{"ezp2019", "13 050000 010000 9f00 | ~ | 00", "06", "9f+1 "},
	{"ezp2019", "12 | ~ | 08 00", "06ffffff 06", ""},

	{"stm32-serprog-rs", "10 10", "0615 0615", ""},
	{"stm32-serprog-rs", "02", "06 3f003d00 " NO_MAP, ""},
	{"stm32-serprog-rs", "03 04", "06 73746d33322d7673657270726f670000 06ffff", ""},
	{"stm32-serprog-rs", "08 11 16 ff 00", "06", ""},
	{"stm32-serprog-rs", "14 15cd5b07", "06 15cd5b07", ""},
	{"stm32-serprog-rs", "13 800000 000000 9f*128 13 810000 000000 9f*129 00", "06 15 06",
		"9f+127 "},
	{"stm32-serprog-rs", "13 010000 200000 9f",
		"06 ef4018 ef4018 ef4018 ef4018 ef4018 ef4018 "
		"ef4018 ef4018 ef4018 ef4018 ef40",
		"9f+32 "},
	{"stm32-serprog-rs", "13 010000 210000 9f 00", "06", "9f+33 "},

	{"zephyr-serprog", "03 04 07 08 11",
		"06 7a65706879722d73657270726f670000 060010 060010 06001000 06001000", ""},
	{"zephyr-serprog", "02", "06 bf011f00 " NO_MAP, ""},
	{"zephyr-serprog", "06 15 16 ff", "15*4", ""},
	{"zephyr-serprog", "12 08 12 09 12 00", "06 15 15", ""},
	{"zephyr-serprog", "14 15cd5b07", "06 15cd5b07", ""},
	{"zephyr-serprog", "12 | ~ | 08", "06001000", ""},
	{"zephyr-serprog", "13 050000 010000 9f00 | ~ | 00", "06", ""},
	{"zephyr-serprog", "13 fb0f00 010000 9f*4091", "06 40", "9f+4091 "},
	{"zephyr-serprog", "13 fc0f00 000000 9f*4091 01", "15 060100", ""},

	{"glasgow", "03 04", "06 476c6173676f772073657270726f6700 06ffff", ""},
	{"glasgow", "02", "06 3f000d00 " NO_MAP, ""},
	{"glasgow", "08 11 14 15 16 ff", "15*6", ""},
	{"glasgow", "12 08 12 00 12 0f", "06 15 15", ""},
	{"glasgow", "13 010000 030000", "06", ""},
	{"glasgow", "13 010000 030000 | 9f", "06 ef4018", "9f+3 "},
	{"glasgow", "13 000000 020000", "06 ffff", "00+1 "},
	{"glasgow", "13 010000 000000 9f", "06", "9f+0 "},
	{"glasgow", "13 050000 000000 9f00 | ^", "06", "9f+1 "},
};

START_TEST(the_profile_behaves_like_its_firmware)
{
	struct rig *rig = rig_of(facts[_i].profile);

	expect(rig, facts[_i].script, facts[_i].answer, facts[_i].seen);
	rig_free(rig);
}
END_TEST

/* Bytes received while it sends wait in a ring buffer; if it is full, they are lost silently. With
 * time that passes it depends on the host how many there are. */
static const struct {
	const char *script, *answer;
} floods[] = {
	{"13 010000 030000 9f 00*1020 | 00", "06 ef4018 06*1021"},
	{"13 010000 030000 9f 00*1021 | 00", "06 ef4018 06*1021"},
	{"13 010000 030000 9f 00*1019 14 80841e00 | 00*4", "06 ef4018 06*1019 15"},
};

START_TEST(the_ring_of_frser_duino_overflows)
{
	struct rig *rig = rig_new(serprog_profile_find("frser-duino"), BASE_CLOCK_VIRTUAL, 1);

	expect(rig, floods[_i].script, floods[_i].answer, "9f+3 ");
	rig_free(rig);
}
END_TEST

/* Time-outs of each adapter for a stopped host: for the next byte, for a fetch; in ms. */
static const struct {
	const char *profile;
	int byte_ms, send_ms;
} patience[] = {
	{"bitpirate-1.6", 1000, 5000},
	{"bitpirate", 1000, 5000},
	{"serprog-due", 1000, 0},
	{"ezp2019", 500, 500},
	{"zephyr-serprog", 300, 0},
};

START_TEST(time_outs_match_the_firmware)
{
	size_t n;
	const struct serprog_profile *all = serprog_profiles(&n);

	for (size_t i = 0; i < n; i++) {
		int64_t byte_ns = 0, send_ns = 0;

		for (size_t k = 0; k < G_N_ELEMENTS(patience); k++) {
			if (g_str_equal(patience[k].profile, all[i].name)) {
				byte_ns = patience[k].byte_ms * INT64_C(1000000);
				send_ns = patience[k].send_ms * INT64_C(1000000);
			}
		}
		ck_assert_int_eq(all[i].byte_timeout_ns, byte_ns);
		ck_assert_int_eq(all[i].send_timeout_ns, send_ns);
	}
}
END_TEST

/* Only idle time counts: a slow host loses nothing. */
START_TEST(a_slow_host_is_waited_for)
{
	struct rig *rig = rig_of(patience[_i].profile);
	const struct base_endpoint *port = &rig->port;
	int64_t ns;

	ck_assert_int_eq(port->ops->deadline_ns(port->self), -1);
	expect(rig, "13 010000", "", "");
	ns = port->ops->deadline_ns(port->self);
	ck_assert_int_gt(ns, 0);
	wall_advance(ns / 4 * 3);
	run_script(rig, "030000");
	/* A timer that expires too early is ignored. */
	port->ops->timed_out(port->self);
	wall_advance(ns / 4 * 3);
	expect(rig, "9f", "06 ef4018", "9f+3 ");
	ck_assert_int_eq(port->ops->deadline_ns(port->self), -1);
	rig_free(rig);
}
END_TEST

START_TEST(every_summary_is_one_unique_line)
{
	size_t n;
	const struct serprog_profile *all = serprog_profiles(&n);

	ck_assert_uint_gt(n, 0);
	for (size_t i = 0; i < n; i++) {
		ck_assert_ptr_null(strchr(all[i].summary, '\n'));
		ck_assert_uint_gt(strlen(all[i].summary), 20);
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(all[i].summary, all[k].summary);
		ck_assert_int_gt(all[i].turnaround_ns, 0);
	}
}
END_TEST

/* A firmware that answers nothing somewhere leaves a host waiting; another one does not. */
START_TEST(a_profile_that_can_hang_a_host_is_marked)
{
	size_t n;
	const struct serprog_profile *all = serprog_profiles(&n);

	for (size_t i = 0; i < n; i++) {
		const struct serprog_profile *p = &all[i];
		bool hangs = p->unknown == SERPROG_UNKNOWN_SILENCE ||
			p->refused == SERPROG_UNKNOWN_SILENCE || p->unacknowledged != 0 ||
			p->sync_reversed || p->one_command_per_packet || p->reply_max > 0 ||
			p->ring_bytes > 0 || p->reread_bytes > 0 || p->clock_needed ||
			p->over == SERPROG_OVER_RESET ||
			(p->byte_timeout_ns > 0 && p->timeout != SERPROG_TIMEOUT_NAK);

		ck_assert_msg((p->hangs != NULL) == hangs, "%s", p->name);
		ck_assert(p->hangs != NULL || p->flashrom != SERPROG_FLASHROM_HANGS);
	}
}
END_TEST

Suite *
suite_profiles(void)
{
	Suite *suite = suite_create("profiles");
	TCase *tcase = tcase_create("facts");

	tcase_add_loop_test(tcase, the_profile_behaves_like_its_firmware, 0, G_N_ELEMENTS(facts));
	tcase_add_loop_test(tcase, the_ring_of_frser_duino_overflows, 0, G_N_ELEMENTS(floods));
	tcase_add_test(tcase, time_outs_match_the_firmware);
	tcase_add_loop_test(tcase, a_slow_host_is_waited_for, 0, G_N_ELEMENTS(patience));
	tcase_add_test(tcase, every_summary_is_one_unique_line);
	tcase_add_test(tcase, a_profile_that_can_hang_a_host_is_marked);
	suite_add_tcase(suite, tcase);
	return suite;
}
