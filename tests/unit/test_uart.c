/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes as received at another speed than that of the sender. The expected bytes were derived on
 * paper.
 */
#include "link/uart.h"
#include "suites.h"

#include <check.h>
#include <stdbool.h>
#include <string.h>

static const struct {
	uint8_t byte;
	uint32_t from, to;
	const char *heard;
	size_t n;
} cases[] = {
	/* The same speed: every byte is unchanged. */
	{0x10, 115200, 115200, "\x10", 1},
	{0x00, 115200, 115200, "\x00", 1},
	{0xff, 300, 300, "\xff", 1},
	/* Twice as fast: every bit counts double, and the rest begins with the next edge. 55 is 0
	 * 10101010 1: 00 11 00 11 00 | 11 00 11 00 11: 4 data bits, then the rest. */
	{0x55, 57600, 115200, "\x66\xe6", 2},
	/* 08 is 0 00010000 1: the next start bit follows the stop bit at once. */
	{0x08, 57600, 115200, "\x80\x80", 2},
	/* FF has no edge but that of its start bit, which is received as a start bit and a zero. */
	{0xff, 57600, 115200, "\xfe", 1},
	/* 00 at twice the speed: nine low bits are 18; the stop bit is low, and no edge follows. */
	{0x00, 57600, 115200, "\x00", 1},
	/* About half as fast. The nine low bits of 00 are 4.7 of the receiver's: start and four. */
	{0x00, 115200, 60000, "\xf0", 1},
	{0xff, 115200, 60000, "\xff", 1},
	/* Far too slow: the start bit is over before it is sampled. */
	{0xff, 115200, 9600, "", 0},
};

START_TEST(bytes_depend_on_the_ratio_of_speeds)
{
	GByteArray *heard = g_byte_array_new();

	link_uart_hear(cases[_i].byte, cases[_i].from, cases[_i].to, heard);
	ck_assert_uint_eq(heard->len, cases[_i].n);
	if (cases[_i].n > 0)
		ck_assert_mem_eq(heard->data, cases[_i].heard, cases[_i].n);
	g_byte_array_unref(heard);
}
END_TEST

static bool
all_are_heard(uint32_t from, uint32_t to)
{
	GByteArray *heard = g_byte_array_new();
	bool good = true;

	for (unsigned int byte = 0; byte < 256; byte++) {
		g_byte_array_set_size(heard, 0);
		link_uart_hear((uint8_t)byte, from, to, heard);
		good = good && heard->len == 1 && heard->data[0] == byte;
	}
	g_byte_array_unref(heard);
	return good;
}

/* The last data bit is sampled after 8.5 bits: half a bit in 8.5 is 5.9 %; a faster receiver
 * reaches only the stop bit, which is not checked. */
START_TEST(a_few_per_cent_do_not_change_bytes)
{
	ck_assert(all_are_heard(100000, 104900));
	ck_assert(all_are_heard(104900, 100000));
	ck_assert(!all_are_heard(100000, 106500));
	ck_assert(!all_are_heard(106500, 100000));
}
END_TEST

Suite *
suite_uart(void)
{
	Suite *suite = suite_create("uart");
	TCase *tcase = tcase_create("uart");

	tcase_add_loop_test(tcase, bytes_depend_on_the_ratio_of_speeds, 0, G_N_ELEMENTS(cases));
	tcase_add_test(tcase, a_few_per_cent_do_not_change_bytes);
	suite_add_tcase(suite, tcase);
	return suite;
}
