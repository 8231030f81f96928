/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A long stream of commands through each profile: its answer depends on the bytes alone, not on the
 * pieces in which they come. */
#include "suites.h"

#include <glib.h>
#include <string.h>

#include "clip/clip.h"
#include "clip/wirefault.h"
#include "serprog/profile.h"
#include "serprog_fixture.h"
#include "wall.h"

#define STREAM_BYTES 60000
#define FAULTY_BYTES 6000 /* each takes longer */

/* At least bytes of commands as hosts send them, lengths around the limits of firmwares, and some
 * noise. */
static GByteArray *
random_stream(GRand *rand, guint bytes_min)
{
	static const uint32_t lengths[] = {
		0, 1, 2, 57, 58, 59, 64, 128, 129, 256, 1020, 2047, 2048, 2049, 4091, 4096, 4097};
	GByteArray *stream = g_byte_array_new();

	while (stream->len < bytes_min) {
		uint8_t bytes[4200] = {(uint8_t)g_rand_int_range(rand, 0, 0x1b)};
		uint32_t slen = lengths[g_rand_int_range(rand, 0, G_N_ELEMENTS(lengths))];
		uint32_t rlen = lengths[g_rand_int_range(rand, 0, G_N_ELEMENTS(lengths))];
		size_t n = (size_t)g_rand_int_range(rand, 1, 6);

		/* Zeros keep the lengths short when data are taken for commands. */
		for (size_t i = 1; i < sizeof bytes; i++)
			/* NOLINTNEXTLINE(misc-redundant-expression): two draws */
			bytes[i] = g_rand_boolean(rand) || g_rand_boolean(rand)
				? 0
				: (uint8_t)g_rand_int_range(rand, 0, 0x20);
		if (g_rand_int_range(rand, 0, 3) > 0) {
			bytes[0] = 0x13;
			for (unsigned int i = 0; i < 3; i++) {
				bytes[1 + i] = (uint8_t)(slen >> 8 * i);
				bytes[4 + i] = (uint8_t)(rlen >> 8 * i);
			}
			bytes[7] = 0x9f;
			n = 7 + slen;
		}
		g_byte_array_append(stream, bytes, (guint)n);
	}
	return stream;
}

/* Joins every fifth command with what follows. */
static enum base_command_verdict
join_some(void *data, const struct base_command *command)
{
	unsigned int *commands = data;

	(void)command;
	return ++*commands % 5 == 0 ? BASE_COMMAND_JOIN : BASE_COMMAND_RUN;
}

/* A second master on the bus, and errors on MISO. */
static void
add_faults(struct rig *rig)
{
	struct clip_fault fault;

	clip_fault_init(&fault, CLIP_MASTER);
	fault.master.rule = CLIP_RANDOM;
	fault.cycle.phase_ns = base_clock_now(&rig->clock);
	fault.cycle.period_ns = 1000000;
	ck_assert_uint_gt(clip_fault_add(rig->clip, &fault), 0);
	clip_fault_init(&fault, CLIP_BIT_ERROR);
	ck_assert_uint_gt(clip_fault_add(rig->clip, &fault), 0);
}

/* Sends the stream in pieces of up to that size. What the host gets is in rig->got. */
static void
send_stream(struct rig *rig, const GByteArray *stream, GRand *rand, int32_t largest)
{
	const struct base_endpoint *port = &rig->port;
	size_t sent = 0;
	int idle = 0;

	while (sent < stream->len && idle < 3) {
		size_t n = (size_t)g_rand_int_range(rand, 1, largest + 1);
		size_t taken = port->ops->take(
			port->self, stream->data + sent, MIN(n, stream->len - sent));

		sent += taken;
		idle = taken > 0 ? 0 : idle + 1;
		while (rig_fetch(rig, (size_t)g_rand_int_range(rand, 1, 8193)) ||
			base_endpoint_works(port))
			idle = 0;
	}
}

/* A new rig that has had the stream. */
static struct rig *
stream_through(const struct serprog_profile *profile, const GByteArray *stream, GRand *rand,
	int32_t largest, unsigned int *commands)
{
	struct rig *rig = rig_new(profile, BASE_CLOCK_INSTANT, 1);

	*commands = 0;
	rig->port.ops->set_filter(rig->port.self, join_some, commands);
	send_stream(rig, stream, rand, largest);
	return rig;
}

/* The same with faults of the wires, and span bytes clocked at once; 0: as it is by default. */
static struct rig *
stream_over_faults(
	const struct serprog_profile *profile, const GByteArray *stream, GRand *rand, size_t span)
{
	struct rig *rig = rig_new(profile, BASE_CLOCK_INSTANT, 1);

	add_faults(rig);
	clip_set_span(rig->clip, span);
	send_stream(rig, stream, rand, FAULTY_BYTES);
	return rig;
}

static void
assert_same(const struct rig *a, const struct rig *b)
{
	ck_assert_uint_eq(a->got->len, b->got->len);
	ck_assert_msg(a->got->len == 0 || memcmp(a->got->data, b->got->data, b->got->len) == 0,
		"%s: the answers differ", a->profile->name);
	ck_assert_str_eq(a->seen->str, b->seen->str);
}

/* Of the pieces. */
static const int32_t sizes[] = {1, 7, 64, 300, 65536};

#define N_SIZES G_N_ELEMENTS(sizes)

/* A pseudo-terminal joins and splits what a host writes: it must not matter. */
START_TEST(the_same_bytes_give_the_same_bytes_however_split)
{
	size_t n_profiles;
	const struct serprog_profile *profile = &serprog_profiles(&n_profiles)[_i / (int)N_SIZES];
	g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)_i);
	g_autoptr(GByteArray) stream = random_stream(rand, STREAM_BYTES);
	unsigned int commands, whole_commands;
	struct rig *whole = stream_through(profile, stream, rand, STREAM_BYTES, &whole_commands);
	struct rig *split =
		stream_through(profile, stream, rand, sizes[_i % (int)N_SIZES], &commands);

	ck_assert_uint_gt(commands, 0);
	ck_assert_uint_eq(commands, whole_commands);
	assert_same(whole, split);
	rig_free(whole);
	rig_free(split);
}
END_TEST

/* Bytes that are clocked at once. */
static const size_t spans[] = {1, 7, 300, 0};

#define N_SPANS G_N_ELEMENTS(spans)

/* A turn of the adapter is bounded: where it ends must not matter. */
START_TEST(the_same_bytes_give_the_same_bytes_whatever_is_clocked_at_once)
{
	size_t n_profiles;
	const struct serprog_profile *profile = &serprog_profiles(&n_profiles)[_i / (int)N_SPANS];
	g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)_i);
	g_autoptr(GByteArray) stream = random_stream(rand, FAULTY_BYTES);
	struct rig *whole, *parts;

	wall_stop();
	whole = stream_over_faults(profile, stream, rand, SIZE_MAX);
	parts = stream_over_faults(profile, stream, rand, spans[_i % (int)N_SPANS]);
	assert_same(whole, parts);
	rig_free(whole);
	rig_free(parts);
}
END_TEST

Suite *
suite_profile_streams(void)
{
	Suite *suite = suite_create("profile_streams");
	TCase *tcase = tcase_create("streams");
	size_t n;

	serprog_profiles(&n);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(
		tcase, the_same_bytes_give_the_same_bytes_however_split, 0, (int)(N_SIZES * n));
	tcase_add_loop_test(tcase, the_same_bytes_give_the_same_bytes_whatever_is_clocked_at_once,
		0, (int)(N_SPANS * n));
	suite_add_tcase(suite, tcase);
	return suite;
}
