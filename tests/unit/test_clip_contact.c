/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Contacts that open now and then: how often, how long, and what an open line does meanwhile. */
#include "clip_fixture.h"

#include <check.h>
#include <string.h>

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

/* Bits from..to of what was read that differ from the array's, lag bits before. */
static size_t
differ(size_t from, size_t to, int lag)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += bit_of(f->read, i) != bit_of(f->array, i - (size_t)lag);
	return n;
}

START_TEST(a_contact_of_miso_opens_as_often_and_as_long_as_told)
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
	/* Openings of 800 bits each; only closed ones open. */
	ck_assert_double_eq_tol(f->reports->len, 8 * BITS * 1e-5 / (1 + 800 * 1e-5), 130);
	ck_assert_double_eq_tol((double)open / f->reports->len, 800, 150);
	ck_assert_uint_eq(clip_fixture_report(f, 0)->level, CLIP_HIGH);
	/* The chip has noticed nothing. */
	ck_assert_uint_eq(f->events->len, 8);
	ck_assert_uint_eq(clip_fixture_event(f, 7)->length, CLIP_ARRAY_SIZE);
}
END_TEST

START_TEST(a_contact_of_cs_cuts_the_frame)
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
	ck_assert_uint_eq(clip_fixture_report(f, 0)->level, CLIP_HIGH);
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
	/* All that comes after is as many bits late as clocks were lost. */
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
	/* As long open as closed. */
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
	/* In a frame: one opening in 2000 us, as both take 1000 us. */
	clip_fault_clear(f->clip);
	fault.open_ns = 1000;
	clip_fixture_put(f, &fault);
	clip_fixture_forget(f);
	clip_fixture_read(f, 0, CLIP_ARRAY_SIZE);
	ck_assert_double_eq_tol(f->reports->len, BITS / 10 * 1e-3, 150);
}
END_TEST

Suite *
suite_clip_contact(void)
{
	Suite *suite = suite_create("clip_contact");
	TCase *contacts = tcase_create("contacts");

	tcase_set_timeout(contacts, 60);
	tcase_add_checked_fixture(contacts, setup, teardown);
	tcase_add_test(contacts, a_contact_of_miso_opens_as_often_and_as_long_as_told);
	tcase_add_test(contacts, a_contact_of_cs_cuts_the_frame);
	tcase_add_test(contacts, a_contact_of_clk_loses_clocks);
	tcase_add_test(contacts, a_contact_of_mosi_changes_commands);
	tcase_add_test(contacts, a_contact_per_us_opens_between_frames_too);
	suite_add_tcase(suite, contacts);
	return suite;
}
