/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 100 000 random frames against a second, far simpler model of a W25Q128JV: an array, WEL, one
 * operation in progress and its end time (data sheet revision M, 7.1.1, 7.1.2, 8.2.1, 8.2.3, 8.2.6,
 * 8.2.13-8.2.18, 9.6). The seeds are fixed.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define FRAMES 100000

struct reference {
	uint8_t *array;
	bool wel;
	int64_t now_ns;
	int64_t end_ns; /* of the operation; 0: none */
	uint32_t address;
	uint32_t erase_bytes; /* 0: a program */
	uint8_t page[256];
};

static void
reference_pass(struct reference *r, int64_t ns)
{
	r->now_ns += ns;
	if (r->end_ns == 0 || r->now_ns < r->end_ns)
		return;
	if (r->erase_bytes)
		memset(r->array + r->address, 0xff, r->erase_bytes);
	for (unsigned int i = 0; i < 256 && !r->erase_bytes; i++)
		r->array[r->address + i] &= r->page[i];
	r->end_ns = 0;
	r->wel = false;
}

static void
reference_program(struct reference *r, const uint8_t *frame, size_t n)
{
	int64_t time_ns = 30000 + (int64_t)(n - 5) * 2500;

	r->address = (uint32_t)frame[1] << 16 | frame[2] << 8;
	r->erase_bytes = 0;
	memset(r->page, 0xff, sizeof(r->page));
	for (size_t i = 4; i < n; i++)
		r->page[(frame[3] + i - 4) % 256] = frame[i];
	r->end_ns = r->now_ns + MIN(time_ns, 400000);
}

static void
reference_erase(struct reference *r, const uint8_t *frame, uint32_t bytes, int64_t ms)
{
	uint32_t address = (uint32_t)frame[1] << 16 | frame[2] << 8 | frame[3];

	r->address = bytes == FIXTURE_SIZE ? 0 : address / bytes * bytes;
	r->erase_bytes = bytes;
	r->end_ns = r->now_ns + ms * 1000000;
}

static uint8_t
reference_status(const struct reference *r)
{
	return (r->wel ? 0x02 : 0x00) | (r->end_ns ? 0x01 : 0x00);
}

/* One frame; reply gets the expected MISO. */
static void
reference_frame(
	struct reference *r, const uint8_t *frame, size_t n, unsigned int extra, uint8_t *reply)
{
	bool whole = extra == 0;

	memset(reply, 0xff, n);
	if (frame[0] == 0x05)
		memset(reply + 1, reference_status(r), n - 1);
	if (frame[0] == 0x05 || r->end_ns)
		return;
	if (frame[0] == 0x03) {
		uint32_t address = (uint32_t)frame[1] << 16 | frame[2] << 8 | frame[3];

		for (size_t i = 4; i < n; i++)
			reply[i] = r->array[(address + i - 4) % FIXTURE_SIZE];
	} else if (frame[0] == 0x06 && n == 1 && whole) {
		r->wel = true;
	} else if (frame[0] == 0x04 && n == 1 && whole) {
		r->wel = false;
	} else if (!r->wel || !whole) {
		return;
	} else if (frame[0] == 0x02 && n > 4) {
		reference_program(r, frame, n);
	} else if (frame[0] == 0x20 && n == 4) {
		reference_erase(r, frame, 4096, 45);
	} else if (frame[0] == 0x52 && n == 4) {
		reference_erase(r, frame, 32768, 120);
	} else if (frame[0] == 0xd8 && n == 4) {
		reference_erase(r, frame, 65536, 150);
	} else if ((frame[0] == 0xc7 || frame[0] == 0x60) && n == 1) {
		reference_erase(r, frame, FIXTURE_SIZE, 40000);
	}
}

/* Most frames are valid, and address the first or the last 128 KiB. */
static size_t
make_frame(GRand *rand, uint8_t *frame, unsigned int *extra)
{
	static const uint8_t opcodes[] = {0x06, 0x06, 0x06, 0x06, 0x02, 0x02, 0x02, 0x03, 0x03,
		0x03, 0x05, 0x05, 0x04, 0x20, 0x52, 0xd8};
	size_t n = 4;

	frame[0] = opcodes[g_rand_int_range(rand, 0, sizeof(opcodes))];
	if (g_rand_int_range(rand, 0, 4000) == 0)
		frame[0] = g_rand_boolean(rand) ? 0xc7 : 0x60;
	for (size_t i = 1; i < 400; i++)
		frame[i] = (uint8_t)g_rand_int(rand);
	frame[1] = g_rand_boolean(rand) ? 0xfe | (frame[1] & 1) : frame[1] & 1;
	switch (frame[0]) {
	case 0x02:
		n = 4 + (size_t)g_rand_int_range(rand, g_rand_boolean(rand), 300);
		break;
	case 0x03:
		n = 4 + (size_t)g_rand_int_range(rand, 0, 300);
		break;
	case 0x05:
		n = 2;
		break;
	case 0x04:
	case 0x06:
	case 0x60:
	case 0xc7:
		n = 1;
		break;
	}
	if (frame[0] != 0x05 && frame[0] != 0x03 && g_rand_int_range(rand, 0, 12) == 0)
		n += g_rand_boolean(rand) || n == 1 ? 1 : -1;
	*extra =
		g_rand_int_range(rand, 0, 12) == 0 ? (unsigned int)g_rand_int_range(rand, 1, 8) : 0;
	return n;
}

static int64_t
make_pause(GRand *rand)
{
	static const int64_t pauses_ns[] = {
		0, 0, 0, 1000, 29999, 30000, 400000, 45000000, 150000000};

	if (g_rand_int_range(rand, 0, 500) == 0)
		return INT64_C(40000000000);
	return pauses_ns[g_rand_int_range(rand, 0, G_N_ELEMENTS(pauses_ns))];
}

START_TEST(a_second_model_agrees)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(128 + _i);
	struct fixture *f = fixture_new();
	struct reference r = {.array = g_malloc(FIXTURE_SIZE)};
	uint8_t frame[FIXTURE_FRAME_MAX];
	uint8_t reply[FIXTURE_FRAME_MAX];
	unsigned int taken = 0;

	memset(r.array, 0xff, FIXTURE_SIZE);
	for (int i = 0; i < FRAMES; i++) {
		unsigned int extra;
		size_t n = make_frame(rand, frame, &extra);
		int64_t pause_ns = make_pause(rand);

		reference_frame(&r, frame, n, extra, reply);
		fixture_frame(f, frame, n, extra);
		if (memcmp(f->miso, reply, n) != 0)
			ck_abort_msg("frame %d, %02X %02X%02X%02X, %zu bytes: reply differs", i,
				frame[0], frame[1], frame[2], frame[3], n);
		if (fixture_status(f, 1) != reference_status(&r))
			ck_abort_msg("frame %d, %02X, %zu bytes + %u bits: status %02X", i,
				frame[0], n, extra, fixture_status(f, 1));
		taken += r.end_ns == 0;
		reference_pass(&r, pause_ns);
		fixture_pass(f, pause_ns);
		g_array_set_size(f->events, 0);
		if (i % 10000 == 9999 && memcmp(f->array, r.array, FIXTURE_SIZE) != 0)
			ck_abort_msg("arrays differ by frame %d", i);
	}
	/* The frames were mixed: neither always busy nor always idle. */
	ck_assert_uint_gt(taken, FRAMES / 10);
	ck_assert_uint_lt(taken, FRAMES * 9 / 10);
	g_free(r.array);
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_random(void)
{
	Suite *suite = suite_create("flash_random");
	TCase *tcase = tcase_create("random");

	fixture_prepare();
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, a_second_model_agrees, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
