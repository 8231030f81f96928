/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of the wires that are aimed at one bit of each byte, and periodic ones: each kind acts
 * where it is aimed, and nowhere else. */
#include "suites.h"

#include <glib.h>
#include <string.h>

#include "base/period.h"
#include "clip_fixture.h"
#include "setup/faultwords.h"

#define MS INT64_C(1000000)

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

static struct clip_fault
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct setup_fault *parsed = setup_fault_parse(text, &error);
	struct clip_fault fault;

	ck_assert_msg(parsed != NULL, "%s: %s", text, error ? error->message : "");
	fault = parsed->wires;
	setup_fault_free(parsed);
	return fault;
}

static unsigned int
add(const char *text)
{
	struct clip_fault fault = parse(text);

	return clip_fixture_put(f, &fault);
}

/* For each kind a setting with which it acts as often as it can. */
static const char *const often[CLIP_FAULT_WHATS] = {
	[CLIP_SHORT] = "with=gnd",
	[CLIP_CONTACT] = "rate=1",
	[CLIP_BIT_ERROR] = "rate=1",
	[CLIP_SLIP] = "rate=1 edge=dropped",
	[CLIP_BOUNCE] = "rate=1",
	[CLIP_TOO_FAST] = "limit=1kHz slope=1000000",
	[CLIP_BURST_ERROR] = "rate=1 after=0",
	[CLIP_WEAK_GROUND] = "rate=1",
};

static char *
words_of(enum clip_fault_what what, const char *more)
{
	return g_strdup_printf(
		"%s %s %s", clip_fault_what_string(what), often[what] ? often[what] : "", more);
}

START_TEST(kinds_with_single_bits_have_the_setting_bit)
{
	enum clip_fault_what what = (enum clip_fault_what)_i;
	g_autofree char *words = words_of(what, "bit=5");
	struct setup_fault *parsed = setup_fault_parse(words, NULL);
	struct clip_fault fault;

	ck_assert((parsed != NULL) == clip_fault_is_of_bits(what));
	setup_fault_free(parsed);
	clip_fault_init(&fault, what);
	fault.has_bit = true;
	fault.bit = 7;
	ck_assert((clip_fault_check(&fault) == NULL) == clip_fault_is_of_bits(what));
	fault.bit = 8;
	ck_assert_ptr_nonnull(clip_fault_check(&fault));
}
END_TEST

/* The eight bits of each kind; 7 is the first on the wire. */
START_TEST(a_fault_at_one_bit_acts_there_only)
{
	enum clip_fault_what what = (enum clip_fault_what)(_i / 8);
	g_autofree char *aim = g_strdup_printf("bit=%d", _i % 8);
	g_autofree char *words = words_of(what, aim);

	if (!clip_fault_is_of_bits(what))
		return;
	add(words);
	clip_fixture_read(f, 0, 100);
	ck_assert_uint_gt(f->reports->len, 10);
	for (guint i = 0; i < f->reports->len; i++)
		ck_assert_uint_eq(clip_fixture_report(f, i)->bit, 7 - (unsigned int)_i % 8);
}
END_TEST

START_TEST(a_bit_error_at_one_bit_changes_that_bit_of_each_byte)
{
	add("bit-error rate=1 bit=7");
	clip_fixture_read(f, 0, 1000);
	for (size_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(f->read[i], f->array[i] ^ 0x80);
	ck_assert_uint_eq(f->reports->len, 1000);
	clip_fault_clear(f->clip);
	add("bit-error rate=1 bit=0 only=1-to-0");
	clip_fixture_read(f, 0, 1000);
	for (size_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(f->read[i], f->array[i] & 0xfe);
}
END_TEST

/* MOSI: the chip hears 9F as 1F, and 05 as 85. */
START_TEST(a_bit_of_mosi_changes_the_opcode)
{
	add("bit-error line=mosi rate=1 bit=7");
	clip_fixture_transfer(f, "\x9f", 1, NULL, 0);
	clip_fixture_transfer(f, "\x05", 1, NULL, 0);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0x1f);
	ck_assert_int_eq(clip_fixture_event(f, 1)->opcode, 0x85);
}
END_TEST

/* A chance in each byte, however the host splits its reads; count and per-frame as ever. */
START_TEST(the_rate_is_that_of_the_bit)
{
	g_autofree uint8_t *whole = g_malloc(100000);
	unsigned int acted;

	add("bit-error rate=0.01 bit=3");
	clip_fixture_read(f, 0, 100000);
	acted = f->reports->len;
	ck_assert_uint_gt(acted, 900);
	ck_assert_uint_lt(acted, 1100);
	ck_assert_uint_eq(clip_fixture_wrong_bits(f, 0, 100000), acted);
	memcpy(whole, f->read, 100000);
	clip_set_seed(f->clip, 0);
	clip_select(f->clip, 0);
	clip_shift(f->clip, (const uint8_t *)"\x03\0\0\0", NULL, 4);
	for (size_t at = 0, n = 1; at < 100000; at += n, n = MIN(n % 97 + 1, 100000 - at))
		clip_shift(f->clip, NULL, f->read + at, n);
	clip_deselect(f->clip);
	ck_assert_mem_eq(whole, f->read, 100000);
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	add("bit-error rate=1 bit=3 per-frame=2 count=5");
	for (int i = 0; i < 4; i++)
		clip_fixture_read(f, 0, 100);
	ck_assert_uint_eq(f->reports->len, 5);
	for (guint i = 0; i < 5; i++)
		ck_assert_uint_eq(clip_fixture_report(f, i)->bit, 4);
}
END_TEST

#define CYCLE "period=1ms phase=100us duty=0.3"

static const struct base_period cycle = {.period_ns = MS, .phase_ns = MS / 10, .duty = 0.3};

/* Frames of RDID, one after the other: in the times without the fault all is well. */
START_TEST(a_periodic_fault_acts_in_its_times_only)
{
	enum clip_fault_what what = (enum clip_fault_what)_i;
	g_autofree char *words = words_of(what, CYCLE);
	unsigned int off = 0, on = 0;

	if (clip_fault_is_of_board(what))
		return;
	add(words);
	for (int i = 0; i < 3000; i++) {
		int64_t from = base_clock_now(&f->clock), until;
		uint8_t id[3];
		bool acts = base_period_is_on(&cycle, from, &until);

		clip_fixture_forget(f);
		clip_fixture_transfer(f, "\x9f", 1, id, 3);
		clip_wait(f->clip, 700);
		if (until <= base_clock_now(&f->clock))
			continue; /* an edge within the frame */
		if (acts) {
			on += f->reports->len > 0;
			continue;
		}
		off++;
		ck_assert_uint_eq(f->reports->len, 0);
		ck_assert_mem_eq(id, "\xef\x40\x14", 3);
	}
	ck_assert_uint_gt(off, 500);
	ck_assert_uint_gt(on, 300);
}
END_TEST

/* One long read: the errors are in the bytes of those times. */
START_TEST(times_begin_and_end_within_a_frame)
{
	unsigned int inside = 0;

	add("bit-error rate=1 " CYCLE);
	clip_fixture_read(f, 0, 20000);
	ck_assert_uint_gt(f->reports->len, 8 * 5900);
	ck_assert_uint_lt(f->reports->len, 8 * 6150);
	for (guint i = 0; i < f->reports->len; i++) {
		int64_t at = clip_fixture_report(f, i)->time_ns;

		inside += base_period_is_on(&cycle, at, NULL);
		/* Conditions change at bytes. */
		ck_assert(base_period_is_on(&cycle, at, NULL) ||
			base_period_is_on(&cycle, at - 2 * CLIP_BYTE_NS, NULL));
	}
	ck_assert_uint_gt(inside, 8 * 5900);
}
END_TEST

/* Dips of the supply that begin and end while nothing is clocked. */
START_TEST(a_chip_without_frames_notices_periodic_dips)
{
	add("open line=vcc period=1ms phase=500us duty=0.01");
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	clip_wait(f->clip, MS / 4);
	ck_assert_uint_eq(clip_fixture_status(f) & 2, 2);
	ck_assert_uint_eq(f->reports->len, 0);
	clip_wait(f->clip, MS / 2);
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_int_eq(clip_fixture_report(f, 0)->time_ns, MS / 2);
	ck_assert(clip_fixture_report(f, 0)->idle);
	ck_assert_uint_eq(clip_fixture_status(f) & 2, 0);
}
END_TEST

/* The same for a window that is over before the next frame. */
START_TEST(a_chip_without_frames_notices_a_dip_in_a_window)
{
	add("open line=vcc from=500us to=510us");
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	clip_wait(f->clip, MS);
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(clip_fixture_status(f) & 2, 0);
	clip_wait(f->clip, MS);
	ck_assert_uint_eq(f->reports->len, 1);
}
END_TEST

/* A loose contact of the supply opens by time alone, in its times. */
START_TEST(a_periodic_contact_opens_in_its_times_only)
{
	add("contact line=vcc per-us=0.01 open-for=1us " CYCLE);
	for (int i = 0; i < 200; i++)
		clip_wait(f->clip, MS / 7);
	ck_assert_uint_gt(f->reports->len, 20);
	for (guint i = 0; i < f->reports->len; i++)
		ck_assert(base_period_is_on(&cycle, clip_fixture_report(f, i)->time_ns, NULL));
	clip_fixture_forget(f);
	/* A long time at once: only the number and the last ones are known. */
	clip_wait(f->clip, 1000 * MS);
	ck_assert_uint_gt(f->reports->len, 30);
	for (guint i = 0; i < f->reports->len; i++)
		ck_assert(base_period_is_on(&cycle, clip_fixture_report(f, i)->time_ns, NULL));
}
END_TEST

static const struct {
	struct base_period period;
	int64_t now_ns;
	bool on;
	int64_t until_ns;
} times[] = {
	{{0}, 5, true, INT64_MAX},
	{{100, 0, 0.25}, 0, true, 25},
	{{100, 0, 0.25}, 24, true, 25},
	{{100, 0, 0.25}, 25, false, 100},
	{{100, 0, 0.25}, 199, false, 200},
	{{100, 30, 0.25}, 0, false, 30},
	{{100, 30, 0.25}, 54, true, 55},
	{{100, 30, 0.25}, 55, false, 130},
	{{100, 0, 1}, 77, true, INT64_MAX},
	{{100, 30, 1}, 29, false, 30},
	{{100, 0, 0}, 77, false, INT64_MAX},
};

START_TEST(a_period_is_on_for_its_duty)
{
	int64_t until;

	ck_assert(base_period_is_on(&times[_i].period, times[_i].now_ns, &until) == times[_i].on);
	ck_assert_int_eq(until, times[_i].until_ns);
}
END_TEST

START_TEST(times_in_a_period_add_up)
{
	const struct base_period period = {100, 30, 0.25};
	int64_t on, off;

	for (int64_t from = 0; from < 300; from += 7) {
		int64_t counted = 0;

		for (int64_t to = from; to < 600; to++) {
			ck_assert_int_eq(base_period_on_ns(&period, from, to), counted);
			if (base_period_is_on(&period, to, NULL))
				ck_assert_int_eq(base_period_after(&period, from, counted), to);
			counted += base_period_is_on(&period, to, NULL);
		}
	}
	ck_assert(!base_period_last(&period, 0, 54, &on, &off));
	ck_assert(base_period_last(&period, 0, 55, &on, &off) && on == 30 && off == 55);
	ck_assert(base_period_last(&period, 30, 400, &on, &off) && on == 330 && off == 355);
	ck_assert(!base_period_last(&period, 31, 129, &on, &off));
}
END_TEST

/* A byte that begins as a period ends is not in it, whether a span ends there or goes on. */
START_TEST(a_byte_at_the_end_of_a_period_is_not_in_it)
{
	static const uint8_t read[] = {0x03, 0, 0, 0};
	uint8_t whole[16], pieces[16];
	struct clip_fault fault;

	clip_fault_init(&fault, CLIP_STUCK_0);
	fault.line = CLIP_MISO;
	fault.cycle.period_ns = 2 * CLIP_BYTE_NS;
	fault.cycle.duty = 0.5;
	clip_fixture_put(f, &fault);
	memset(f->array, 0xff, sizeof whole);
	clip_fixture_transfer(f, read, sizeof read, whole, sizeof whole);
	clip_select(f->clip, 0);
	clip_shift(f->clip, read, NULL, sizeof read);
	for (size_t i = 0; i < sizeof pieces; i++)
		clip_shift(f->clip, NULL, pieces + i, 1);
	clip_deselect(f->clip);
	for (size_t i = 0; i < sizeof whole; i++) {
		ck_assert_uint_eq(whole[i], i % 2 == 0 ? 0x00 : 0xff);
		ck_assert_uint_eq(pieces[i], whole[i]);
	}
}
END_TEST

Suite *
suite_clip_cycle(void)
{
	Suite *suite = suite_create("clip_cycle");
	TCase *bits = tcase_create("bits"), *periods = tcase_create("periods");

	tcase_add_checked_fixture(bits, setup, teardown);
	tcase_add_loop_test(bits, kinds_with_single_bits_have_the_setting_bit, 0, CLIP_FAULT_WHATS);
	tcase_add_loop_test(bits, a_fault_at_one_bit_acts_there_only, 0, 8 * CLIP_FAULT_WHATS);
	tcase_add_test(bits, a_bit_error_at_one_bit_changes_that_bit_of_each_byte);
	tcase_add_test(bits, a_bit_of_mosi_changes_the_opcode);
	tcase_add_test(bits, the_rate_is_that_of_the_bit);
	suite_add_tcase(suite, bits);
	tcase_add_checked_fixture(periods, setup, teardown);
	tcase_add_loop_test(periods, a_periodic_fault_acts_in_its_times_only, 0, CLIP_FAULT_WHATS);
	tcase_add_test(periods, times_begin_and_end_within_a_frame);
	tcase_add_test(periods, a_chip_without_frames_notices_periodic_dips);
	tcase_add_test(periods, a_chip_without_frames_notices_a_dip_in_a_window);
	tcase_add_test(periods, a_periodic_contact_opens_in_its_times_only);
	tcase_add_loop_test(periods, a_period_is_on_for_its_duty, 0, G_N_ELEMENTS(times));
	tcase_add_test(periods, times_in_a_period_add_up);
	tcase_add_test(periods, a_byte_at_the_end_of_a_period_is_not_in_it);
	suite_add_tcase(suite, periods);
	return suite;
}
