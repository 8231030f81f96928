/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware settings of a bench file: their effect on a host. */
#include "base/clock.h"
#include "clip/clip.h"
#include "serprog/profile.h"
#include "serprog_fixture.h"
#include "setup/firmware.h"
#include "suites.h"

#include <check.h>
#include <glib.h>
#include <string.h>

static struct setup_firmware
firmware_of(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, ";", -1);
	struct setup_firmware firmware = {0};

	for (char **word = words; *word != NULL; word++) {
		g_auto(GStrv) pair = g_strsplit(g_strstrip(*word), "=", 2);
		enum setup_firmware_key key = setup_firmware_find(pair[0]);

		ck_assert_msg(key < SETUP_FIRMWARE_KEYS, "%s", pair[0]);
		ck_assert_msg(setup_firmware_take(&firmware, key, pair[1]), "%s", *word);
	}
	return firmware;
}

/* RDID is 13 010000 030000 9f: ACK and EF4018. "|" separates transmissions; "^" stands for another
 * host. */
static const struct {
	const char *keys, *profile, *script, *answer;
} cases[] = {
	{"serial-buffer=8", NULL, "04", "060800"},
	{"serial-buffer=65535", NULL, "04", "06ffff"},
	{"operation-buffer=300", NULL, "07", "062c01"},
	{"write-max=64", NULL, "08 11", "06400000 06ffffff"},
	{"read-max=0x1000000", NULL, "08 11", "06ffffff 06000000"},
	{"write-max=16777216", NULL, "08", "06000000"},
	/* Reported and unreported limits are both enforced. */
	{"read-max=2", NULL, "13 010000 020000 9f 13 010000 030000 9f 00", "06ef40 15 06"},
	{"read-limit=2", NULL, "11 13 010000 020000 9f 13 010000 030000 9f 00",
		"06ffffff 06ef40 15 06"},
	{"write-limit=1", NULL, "13 010000 010000 9f 13 020000 010000 9f9f 00", "06ef 15 06"},
	/* A reported limit may be lower than the enforced one. */
	{"read-max=2;read-limit=3", NULL, "13 010000 030000 9f", "06ef4018"},
	/* Data that the adapter does not wait for is taken as a command: 00 is NOP. */
	{"write-limit=1;over=nak", NULL, "13 020000 010000 0000 01", "15 06 06 060100"},
	{"write-limit=1;over=drain", NULL, "13 020000 010000 0000 01", "15 060100"},
	{"write-limit=1;over=purge", NULL, "13 020000 010000 0000 01", "15 060100"},
	/* Of a packet of 64 bytes 58 are behind the header; the next packet is commands. */
	{"write-limit=1;over=purge", NULL, "13 3b0000 010000 01*59", "15 060100"},
	{"write-limit=1;over=reset", NULL, "17 01 | 13 020000 010000 0000 13 010000 010000 9f",
		"06 06ef"},
	{"without=Q_SERBUF", NULL, "04 02",
		"15 06 efffff01"
		"00000000000000000000000000000000"
		"000000000000000000000000"},
	{"without=11,08, Q_OPBUF", NULL, "11 08 07 01", "15 15 15 060100"},
	{"without=11;refusal=silence", NULL, "11 01 77", "060100"},
	{"without=11;refusal=ack", NULL, "11 01 77", "06 060100 06"},
	/* Without a clock set by the host there is no SPI; the setting ends with the host's
	 * session. */
	{"clock-needed=yes", NULL, "00 13 010000 010000 9f | 00", "06"},
	{"clock-needed=yes", NULL, "14 40420f00 13 010000 010000 9f | ^ | 13 010000 010000 9f",
		"06 40420f00 06ef"},
	{"clock-needed=no", NULL, "13 010000 010000 9f", "06ef"},
	{"program-name=A", NULL, "03", "06 41 00*15"},
	{"program-name=flash tool 1.2é", "picoprog", "03", "06 666c61736820746f6f6c20312e32c3a9"},
	/* Overrides a setting of the profile. */
	{"read-max=5", "frser-duino", "11", "06050000"},
	/* The enforced limit follows the reported one. */
	{"read-max=2", "esp32-serprog", "13 010000 020000 9f | 13 010000 030000 9f",
		"06ef40 15 15"},
};

static void
send(struct rig *rig, const char *text)
{
	g_autoptr(GByteArray) in = rig_from_hex(text);
	size_t sent = 0;

	for (int tries = 0; sent < in->len && tries < 100; tries++) {
		sent += rig->port.ops->take(rig->port.self, in->data + sent, in->len - sent);
		while (rig_fetch(rig, 8192))
			;
	}
}

START_TEST(settings_change_the_replies_to_a_host)
{
	struct setup_firmware firmware = firmware_of(cases[_i].keys);
	const struct serprog_profile *plain = serprog_profile_find(cases[_i].profile);
	struct serprog_profile before = *plain;
	struct serprog_profile *profile = setup_firmware_apply(&firmware, plain);
	struct rig *rig = rig_new(profile, BASE_CLOCK_INSTANT, 1);
	g_auto(GStrv) sent = g_strsplit(cases[_i].script, "|", -1);
	g_autoptr(GByteArray) wanted = rig_from_hex(cases[_i].answer);

	for (char **part = sent; *part != NULL; part++) {
		if (g_str_equal(g_strstrip(*part), "^")) {
			rig->port.ops->host_closed(rig->port.self);
			rig->port.ops->host_opened(rig->port.self);
		} else {
			send(rig, *part);
		}
	}
	ck_assert_uint_eq(rig->got->len, wanted->len);
	ck_assert_mem_eq(rig->got->data, wanted->data, wanted->len);
	rig_free(rig);
	g_free(profile);
	ck_assert_mem_eq(&before, plain, sizeof before);
}
END_TEST

static const struct {
	const char *key, *value;
} bad[] = {
	{"serial-buffer", "65536"},
	{"operation-buffer", "-1"},
	{"write-max", "0"},
	{"read-max", "16777217"},
	{"write-limit", "8 bytes"},
	{"read-limit", ""},
	{"over", "Drain"},
	{"without", ""},
	{"without", "Q_SERBUF,"},
	{"without", "20"},
	{"without", "q_serbuf"},
	{"refusal", "none"},
	{"clock", "0"},
	{"clock-needed", "on"},
	{"program-name", ""},
	{"program-name", "seventeen bytes 1"},
};

START_TEST(settings_change_the_clock)
{
	struct setup_firmware firmware = firmware_of("clock=1.5 MHz");
	struct serprog_profile *profile =
		setup_firmware_apply(&firmware, serprog_profile_find(NULL));
	struct rig *rig = rig_new(profile, BASE_CLOCK_INSTANT, 1);

	ck_assert_uint_eq(clip_frequency(rig->clip), 1500000);
	rig_free(rig);
	g_free(profile);
}
END_TEST

START_TEST(invalid_settings_are_rejected)
{
	enum setup_firmware_key key = setup_firmware_find(bad[_i].key);
	struct setup_firmware firmware = {0}, nothing = {0};

	ck_assert_int_lt(key, SETUP_FIRMWARE_KEYS);
	ck_assert(!setup_firmware_take(&firmware, key, bad[_i].value));
	ck_assert_mem_eq(&firmware, &nothing, sizeof firmware);
}
END_TEST

Suite *
suite_firmware(void)
{
	Suite *suite = suite_create("firmware");
	TCase *tcase = tcase_create("firmware");

	tcase_add_loop_test(tcase, settings_change_the_replies_to_a_host, 0, G_N_ELEMENTS(cases));
	tcase_add_test(tcase, settings_change_the_clock);
	tcase_add_loop_test(tcase, invalid_settings_are_rejected, 0, G_N_ELEMENTS(bad));
	suite_add_tcase(suite, tcase);
	return suite;
}
