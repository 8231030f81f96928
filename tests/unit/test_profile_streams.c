/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A long stream of commands through each profile: its answer depends on the bytes alone, not on the
 * pieces in which they come. */
#include "suites.h"

#include <glib.h>
#include <string.h>

#include "serprog/profile.h"
#include "serprog_fixture.h"

#define STREAM_BYTES 60000

/* Commands as hosts send them, lengths around the limits of firmwares, and some noise. */
static GByteArray *
random_stream(GRand *rand)
{
	static const uint32_t lengths[] = {
		0, 1, 2, 57, 58, 59, 64, 128, 129, 256, 1020, 2047, 2048, 2049, 4091, 4096, 4097};
	GByteArray *stream = g_byte_array_new();

	while (stream->len < STREAM_BYTES) {
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

/* The stream in pieces of up to that size. What the host gets is in rig->got. */
static struct rig *
stream_through(const struct serprog_profile *profile, const GByteArray *stream, GRand *rand,
	int32_t largest, unsigned int *commands)
{
	struct rig *rig = rig_new(profile, BASE_CLOCK_INSTANT, 1);
	const struct base_endpoint *port = &rig->port;
	size_t sent = 0;
	int idle = 0;

	*commands = 0;
	port->ops->set_filter(port->self, join_some, commands);
	while (sent < stream->len && idle < 3) {
		size_t n = (size_t)g_rand_int_range(rand, 1, largest + 1);
		size_t taken = port->ops->take(
			port->self, stream->data + sent, MIN(n, stream->len - sent));

		sent += taken;
		idle = taken > 0 ? 0 : idle + 1;
		while (rig_fetch(rig, (size_t)g_rand_int_range(rand, 1, 8193)))
			idle = 0;
	}
	return rig;
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
	g_autoptr(GByteArray) stream = random_stream(rand);
	unsigned int commands, whole_commands;
	struct rig *whole = stream_through(profile, stream, rand, STREAM_BYTES, &whole_commands);
	struct rig *split =
		stream_through(profile, stream, rand, sizes[_i % (int)N_SIZES], &commands);

	ck_assert_uint_gt(commands, 0);
	ck_assert_uint_eq(commands, whole_commands);
	ck_assert_uint_eq(whole->got->len, split->got->len);
	ck_assert_msg(split->got->len == 0 ||
			memcmp(whole->got->data, split->got->data, split->got->len) == 0,
		"%s: the answers differ", profile->name);
	ck_assert_str_eq(whole->seen->str, split->seen->str);
	rig_free(whole);
	rig_free(split);
}
END_TEST

Suite *
suite_profile_streams(void)
{
	Suite *suite = suite_create("profile_streams");
	TCase *tcase = tcase_create("streams");
	size_t n;

	serprog_profiles(&n);
	tcase_add_loop_test(
		tcase, the_same_bytes_give_the_same_bytes_however_split, 0, (int)(N_SIZES * n));
	suite_add_tcase(suite, tcase);
	return suite;
}
