/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intermittent contacts: how often and how long they open, and the level of the open line. */
#include "clip_fixture.h"

#include <check.h>
#include <string.h>

#include "flash/partdata.h"

Suite *suite_clip_contact(void);

#define BITS (8.0 * CLIP_ARRAY_SIZE)

static struct clip_fixture *f;
static struct clip_fault fault;

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

static bool
bit_of(const uint8_t *bytes, size_t bit)
{
	return bytes[bit / 8] >> (7 - bit % 8) & 1;
}

/* Number of bits from..to of f->read that differ from those of the array, lag bits before. */
static size_t
differ(size_t from, size_t to, int lag)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += bit_of(f->read, i) != bit_of(f->array, i - (size_t)lag);
	return n;
}

START_TEST(a_contact_of_miso_opens_with_its_rate_and_duration)
{
	size_t open = 0;

	memset(f->array, 0x00, CLIP_ARRAY_SIZE);
	clip_fault_init(&fault, CLIP_CONTACT);
	fault.rate = 1e-5;
	fault.open_ns = 100 * CLIP_BYTE_NS;
	clip_fixture_put(f, &fault);
	for (int i = 0; i < 8; i++) {
		clip_fixture_read(f, 0, CLIP_ARRAY_SIZE);
		open += clip_fixture_wrong_bits(f, 0, CLIP_ARRAY_SIZE);
	}
	/* Openings of 800 bits each; only a closed contact can open. */
	ck_assert_double_eq_tol(f->reports->len, 8 * BITS * 1e-5 / (1 + 800 * 1e-5), 130);
	ck_assert_double_eq_tol((double)open / f->reports->len, 800, 150);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->level, FLASH_HIGH);
	/* The chip is not affected. */
	ck_assert_uint_eq(f->events->len, 8);
	ck_assert_uint_eq(clip_fixture_event(f, 7)->length, CLIP_ARRAY_SIZE);
}
END_TEST

START_TEST(a_contact_of_cs_ends_the_frame)
{
	clip_fault_init(&fault, CLIP_CONTACT);
	fault.line = CLIP_CS;
	fault.rate = 1;
	fault.open_ns = 10 * CLIP_BYTE_NS;
	fault.when.byte_from = 104;
	fault.when.count = 1;
	clip_fixture_put(f, &fault);
	clip_fixture_read(f, 0, 10000);
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->level, FLASH_HIGH);
	ck_assert_uint_eq(f->events->len, 2);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->length, 100);
	ck_assert_mem_eq(f->read, f->array, 100);
	ck_assert_uint_eq(f->read[100], 0xff);
}
END_TEST

START_TEST(a_contact_of_clk_loses_clocks)
{
	size_t lost = 0;

	clip_fault_init(&fault, CLIP_CONTACT);
	fault.line = CLIP_CLK;
	fault.rate = 1;
	fault.open_ns = 10 * CLIP_BYTE_NS;
	fault.when.byte_from = 104;
	fault.when.count = 1;
	clip_fixture_put(f, &fault);
	clip_fixture_read(f, 0, 10000);
	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(f->events->len, 1);
	ck_assert_mem_eq(f->read, f->array, 100);
	/* All later bits are late by the number of lost clocks. */
	for (lost = 1; lost < 1000; lost++)
		if (differ(5000, 80000, (int)lost) == 0)
			break;
	ck_assert_uint_lt(lost, 1000);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->length, 10000 - (lost + 7) / 8);
}
END_TEST

START_TEST(a_contact_of_mosi_changes_commands)
{
	clip_fault_init(&fault, CLIP_CONTACT);
	fault.line = CLIP_MOSI;
	fault.rate = 1;
	fault.open_ns = 100 * CLIP_BYTE_NS;
	fault.when.has_opcode = true;
	fault.when.opcode = 0x06;
	fault.when.count = 1;
	clip_fixture_put(f, &fault);
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	ck_assert_int_eq(clip_fixture_event(f, 0)->opcode, 0xff);
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	ck_assert_int_eq(clip_fixture_event(f, 1)->opcode, 0x06);
}
END_TEST

START_TEST(a_contact_per_us_opens_between_frames_too)
{
	unsigned int met = 0;

	clip_fault_init(&fault, CLIP_CONTACT);
	fault.rate = 0;
	fault.per_us = 1e-3;
	fault.open_ns = 1000000;
	clip_fixture_put(f, &fault);
	/* Open as long as closed, on average. */
	for (unsigned int i = 0; i < 1000; i++) {
		uint8_t id[3];

		clip_wait(f->clip, 10000000);
		clip_fixture_transfer(f, "\x9f", 1, id, 3);
		met += id[2] == 0xff;
	}
	ck_assert_uint_gt(met, 420);
	ck_assert_uint_lt(met, 580);
	ck_assert_uint_ge(f->reports->len, met);
	ck_assert_uint_lt(f->reports->len, met + 20);
	/* In a frame: one opening in 2000 us, since open and closed take 1000 us each. */
	clip_fault_clear(f->clip);
	fault.open_ns = 1000;
	clip_fixture_put(f, &fault);
	clip_fixture_forget(f);
	clip_fixture_read(f, 0, CLIP_ARRAY_SIZE);
	ck_assert_double_eq_tol(f->reports->len, BITS / 10 * 1e-3, 150);
}
END_TEST

static unsigned int losses, interrupted;

static void
see(void *data, const struct flash_event *event)
{
	(void)data;
	losses += event->kind == FLASH_EVENT_POWER && event->length == 0;
	interrupted += event->kind == FLASH_EVENT_INTERRUPTED;
}

/* VCC is open for 5 us on average. */
static void
add_loose_supply(double per_us)
{
	clip_fault_init(&fault, CLIP_CONTACT);
	fault.line = CLIP_VCC;
	fault.rate = 0;
	fault.per_us = per_us;
	fault.open_ns = 5000;
	clip_fixture_put(f, &fault);
	losses = interrupted = 0;
	flash_set_listener(f->chip, &(struct flash_listener){.event = see});
}

static uint64_t
count_acts(void)
{
	struct base_fault_status status;

	ck_assert(clip_fault_at(f->clip, 0, &status));
	ck_assert_uint_ge(status.matched, status.acted);
	return status.acted;
}

START_TEST(a_loose_supply_clears_volatile_state_between_frames)
{
	clip_fixture_transfer(f, "\x06", 1, NULL, 0);
	ck_assert_uint_eq(clip_fixture_status(f), 0x02);
	add_loose_supply(1e-3);
	base_clock_skip(&f->clock, 300000000);
	ck_assert_uint_eq(clip_fixture_status(f) & 0x02, 0);
	ck_assert_uint_ge(losses, 2);
	ck_assert_double_eq_tol((double)count_acts(), 300, 60);
	/* A day is simulated as fast. */
	clip_wait(f->clip, INT64_C(86400000000000));
	ck_assert_double_eq_tol((double)count_acts(), 86400e3 / 1.005, 1e5);
	ck_assert_uint_lt(losses, 200);
	clip_fault_clear(f->clip);
	clip_wait(f->clip, 1000000000);
	ck_assert(flash_is_powered(f->chip));
}
END_TEST

START_TEST(a_loose_supply_interrupts_an_erase)
{
	struct flash_part slow = *flash_part(f->chip);
	struct flash *chip;
	unsigned int erases = 0;

	slow.erases[0].time.typ_ns = 50000000;
	chip = flash_new(&slow, f->array, 1);
	clip_attach(f->clip, 0, chip);
	add_loose_supply(1e-5);
	flash_set_listener(chip, &(struct flash_listener){.event = see});
	/* 0.05 s of 0.1 s between two losses: four of ten erases are interrupted. */
	for (erases = 0; erases < 200; erases++) {
		clip_fixture_transfer(f, "\x06", 1, NULL, 0);
		clip_fixture_transfer(f, "\x20\x00\x10\x00", 4, NULL, 0);
		base_clock_skip(&f->clock, 500000000);
		clip_wait(f->clip, 0);
	}
	ck_assert_double_eq_tol(interrupted, 200 * 0.39, 25);
	clip_attach(f->clip, 0, NULL);
	flash_destroy(chip);
}
END_TEST

START_TEST(a_loose_supply_obeys_its_count_and_time_window)
{
	add_loose_supply(1e-3);
	fault.when.count = 3;
	clip_fault_clear(f->clip);
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 1000000000);
	ck_assert_uint_eq(count_acts(), 3);
	ck_assert_uint_eq(f->reports->len, 3);
	ck_assert(clip_fixture_report(f, 0)->idle);
	ck_assert_int_lt(clip_fixture_report(f, 2)->time_ns, 1000000000);
	/* A time window without any frame. */
	clip_fault_clear(f->clip);
	clip_fixture_forget(f);
	fault.when.count = 0;
	fault.when.from_ns = base_clock_now(&f->clock) + 100000000;
	fault.when.to_ns = fault.when.from_ns + 10000000;
	clip_fixture_put(f, &fault);
	clip_wait(f->clip, 1000000000);
	ck_assert_uint_gt(f->reports->len, 0);
	for (guint i = 0; i < f->reports->len; i++) {
		ck_assert_int_ge(clip_fixture_report(f, i)->time_ns, fault.when.from_ns);
		ck_assert_int_lt(clip_fixture_report(f, i)->time_ns, fault.when.to_ns);
	}
	ck_assert(flash_is_powered(f->chip));
}
END_TEST

Suite *
suite_clip_contact(void)
{
	Suite *suite = suite_create("clip_contact");
	TCase *contacts = tcase_create("contacts");

	tcase_set_timeout(contacts, 60);
	tcase_add_checked_fixture(contacts, setup, teardown);
	tcase_add_test(contacts, a_contact_of_miso_opens_with_its_rate_and_duration);
	tcase_add_test(contacts, a_contact_of_cs_ends_the_frame);
	tcase_add_test(contacts, a_contact_of_clk_loses_clocks);
	tcase_add_test(contacts, a_contact_of_mosi_changes_commands);
	tcase_add_test(contacts, a_contact_per_us_opens_between_frames_too);
	tcase_add_test(contacts, a_loose_supply_clears_volatile_state_between_frames);
	tcase_add_test(contacts, a_loose_supply_interrupts_an_erase);
	tcase_add_test(contacts, a_loose_supply_obeys_its_count_and_time_window);
	suite_add_tcase(suite, contacts);
	return suite;
}
