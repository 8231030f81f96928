/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replays: operations of a byte stream, reported differences, private benches, random records. */
#include "base/clock.h"
#include "base/log.h"
#include "control/methods.h"
#include "control/schema.h"
#include "record/reader.h"
#include "replay/decode.h"
#include "replay/private.h"
#include "replay/replay.h"
#include "serprog/profile.h"
#include "serprog_fixture.h"
#include "storage_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static const struct {
	const char *sent; /* in hex */
	const char *text;
} operation_rows[] = {
	{"00", "NOP"},
	{"10", "SYNCNOP"},
	{"1400093D00", "S_SPI_FREQ 00093D00"},
	{"130100000300009F", "SPI 9F 3"},
	{"1304000000100003001000", "SPI 03 001000 4096"},
	{"13 040100 000000 02001000 00*256", "SPI 02 001000+256"},
	{"13000000040000", "SPI 4"},
	{"1301", "O_SPIOP 01"},
	{"13000000001000", "SPI 4096"},
	{"99", "opcode 99"},
};

START_TEST(operations_have_a_text)
{
	struct replay_operations *operations = replay_operations_new(0);
	GByteArray *bytes = rig_from_hex(operation_rows[_i].sent);
	g_autofree char *text = NULL;

	/* In pieces of one byte, too. */
	for (guint i = 0; i < bytes->len; i++)
		replay_operations_send(operations, bytes->data + i, 1);
	text = replay_operation_text(replay_operations_current(operations));
	ck_assert_str_eq(text, operation_rows[_i].text);
	ck_assert_uint_eq(replay_operations_count(operations), 1);
	g_byte_array_unref(bytes);
	replay_operations_free(operations);
}
END_TEST

/* Several operations wait for their answers, as when a host streams. */
START_TEST(answers_belong_to_the_operations_in_their_order)
{
	struct replay_operations *operations = replay_operations_new(0);
	GByteArray *sent = rig_from_hex("00 130100000300009F 10 01");
	GByteArray *answer = rig_from_hex("06 06EF4018 1506 060100");
	static const struct {
		uint64_t number;
		int64_t offset;
		size_t length;
	} spans[] = {
		{1, -1, 1}, {2, -1, 1}, {2, 0, 3}, {3, -1, 1}, {3, 0, 1}, {4, -1, 1}, {4, 0, 2}};
	const uint8_t *at = answer->data;
	struct replay_span span;

	replay_operations_send(operations, sent->data, sent->len);
	for (size_t i = 0; i < G_N_ELEMENTS(spans); i++) {
		size_t n = replay_operations_answer(
			operations, at, (size_t)(answer->data + answer->len - at), &span);

		ck_assert_uint_eq(span.operation->number, spans[i].number);
		ck_assert_int_eq(span.offset, spans[i].offset);
		ck_assert_uint_eq(n, spans[i].length);
		at += n;
	}
	ck_assert(replay_operations_idle(operations));
	replay_operations_answer(operations, (const uint8_t *)"\x55", 1, &span);
	ck_assert_ptr_null(span.operation);
	g_byte_array_unref(sent);
	g_byte_array_unref(answer);
	replay_operations_free(operations);
}
END_TEST

/* The lengths of answers are a fact of the adapter: the decoder has the same. */
START_TEST(answers_are_as_long_as_those_of_the_adapter)
{
	uint8_t opcode = (uint8_t)_i;
	struct rig *rig = rig_new(serprog_profile_find(NULL), BASE_CLOCK_INSTANT, 1);
	uint8_t bytes[1 + REPLAY_PARAMETERS_MAX + 1] = {opcode, 1, 0, 0, 3, 0, 0, 0x9f};
	unsigned int parameters = 0;
	size_t n, taken;

	if (serprog_command_form(opcode, &parameters) == NULL ||
		!(serprog_profile_find(NULL)->commands >> opcode & 1)) {
		rig_free(rig);
		return;
	}
	n = 1 + parameters + serprog_data_bytes(opcode, bytes + 1);
	ck_assert_uint_le(n, sizeof bytes);
	taken = rig->port.ops->take(rig->port.self, bytes, n);
	while (rig_fetch(rig, 100))
		;
	ck_assert_uint_eq(taken, n);
	ck_assert(rig->port.ops->idle(rig->port.self));
	/* A refusal has no data behind it. */
	if (rig->got->data[0] == 0x06 || opcode == 0x10)
		ck_assert_uint_eq(rig->got->len, 1 + serprog_answer_bytes(opcode, bytes + 1));
	else
		ck_assert_uint_eq(rig->got->len, 1);
	rig_free(rig);
}
END_TEST

/* The author of a new method decides whether a replay has to repeat it. */
START_TEST(each_method_changes_the_bench_or_asks)
{
	static const char *const asks[] = {"rpc.discover", "bench.status", "bench.stop",
		"adapter.wiring", "fault.list", "image.info", "image.save", "image.compare",
		"snapshot.list", "snapshot.usage", "stats.get", "stats.examples", "stats.reset",
		"events.subscribe", "events.unsubscribe", "events.past", "events.get", NULL};
	const struct control_method *method;

	for (size_t i = 0; (method = control_method_at(i)) != NULL; i++)
		ck_assert_msg(control_method_changes(method) != g_strv_contains(asks, method->name),
			"%s: add it to control_method_changes(), or to this test", method->name);
}
END_TEST

static GString *printed;

static void
print(void *data, const char *line)
{
	(void)data;
	g_string_append_printf(printed, "%s\n", line);
}

static bool
replay_text(const char *text, char *const *words, struct replay_result *result, GError **error)
{
	g_autofree char *path = storage_path("x.rec");
	struct replay_settings settings = {.limit = 10, .print = print};
	struct record_reader *reader;
	struct replay_private_plan plan = {.words = words};
	struct replay_private *private;
	bool good = false;

	storage_write("x.rec", text, strlen(text));
	reader = record_reader_new(path, error);
	if (reader == NULL)
		return false;
	plan.head = record_reader_head(reader);
	private = replay_private_new(&plan, error);
	if (private != NULL) {
		struct replay_target target = replay_private_target(private);

		good = replay_run(reader, &target, &settings, result, error);
	}
	replay_private_free(private);
	record_reader_free(reader);
	return good;
}

#define SESSION(events)                                                                      \
	"spinor-record 1\norigin 1000000000\nword --chip\nword W25Q80DV\nadapter adapter0\n" \
	"content 0 1048576 blank\nevents\n@adapter0\n0.000001000 open\n" events

static const struct {
	const char *events;
	const char *printed;
	uint64_t operations, differences;
} sessions[] = {
	{SESSION("0.001000000 < 10\n0.001000000 > 1506\n1.000000000 close\nend\n"), "", 1, 0},
	{SESSION("0.001000000 < 130100000300009F\n0.001000000 > 06EF4014\nend\n"), "", 1, 0},
	/* The first byte that differs, by operation. */
	{SESSION("0.001000000 < 10\n0.001000000 > 1506\n"
		 "0.001000000 < 130100000300009F\n0.001000000 > 06EF4115\nend\n"),
		"operation 2: SPI 9F 3: byte 1 of the answer 40, recorded 41; 1 more differs\n", 2,
		1},
	{SESSION("0.001000000 < 14000000FF\n0.001000000 > 15\nend\n"),
		"operation 1: S_SPI_FREQ 000000FF: the answer is ACK, recorded NAK; 1 more "
		"differs\n",
		1, 1},
	{SESSION("0.001000000 < 130100000300009F\n0.001000000 > 06EF4014FFFF\nend\n"),
		"operation 1: SPI 9F 3: 2 bytes less than recorded\n", 1, 1},
	{SESSION("0.001000000 < 130100000300009F\n0.001000000 > 06EF\nend\n"),
		"operation 1: SPI 9F 3: 2 bytes more than recorded: 40 14\n", 1, 1},
	/* Time is that of the record: an erase is busy after 10 ms, and over after 2 s. */
	{SESSION("0.001000000 < 13010000000000061304000000000020000000\n0.001000000 > 0606\n"
		 "0.010000000 < 1301000001000005\n0.010000000 > 0603\n"
		 "2.000000000 < 1301000001000005\n2.000000000 > 0600\nend\n"),
		"", 4, 0},
	/* Actions, at their moment. */
	{SESSION("0.001000000 do chip.power {\"action\":\"off\"}\n"
		 "0.001000000 < 130100000300009F\n0.001000000 > 06FFFFFF\n"
		 "0.001000000 do chip.power {\"action\":\"on\"}\n"
		 "0.100000000 < 130100000300009F\n0.100000000 > 06EF4014\nend\n"),
		"", 2, 0},
	{SESSION("0.001000000 do chip.pin {\"pin\":\"reset\",\"level\":\"low\"}\n"
		 "0.001000000 failed\nend\n"),
		"", 0, 0},
	{SESSION("0.001000000 do chip.pin {\"pin\":\"reset\",\"level\":\"low\"}\n"
		 "0.001000000 < 10\n0.001000000 > 1506\nend\n"),
		NULL, 1, 1},
	{SESSION("0.001000000 do chip.pin {\"pin\":\"wp\",\"level\":\"low\"}\n"
		 "0.001000000 failed\nend\n"),
		"chip.pin {\"pin\":\"wp\",\"level\":\"low\"}: it succeeds, recorded as failed\n", 0,
		1},
	/* A foreign record neither ends the process nor writes files. */
	{SESSION("0.001000000 do bench.stop {}\n0.001000000 failed\n"
		 "0.001000000 do image.save {\"path\":\"/tmp/x\"}\n0.001000000 failed\n"
		 "0.001000000 do chip.reset {},\"method\":\"bench.stop\"\n"
		 "0.002000000 failed\nend\n"),
		NULL, 0, 1},
	/* The cable is out: whatever the host had sent is gone. */
	{SESSION("0.001000000 < 130100\n0.002000000 do adapter.unplug {}\n0.002000000 close\n"
		 "0.003000000 do adapter.plug {}\n0.003000000 open\n"
		 "0.003000000 < 10\n0.003000000 > 1506\nend\n"),
		"", 2, 0},
};

START_TEST(sessions_are_replayed)
{
	struct replay_result result = {0};
	g_autoptr(GError) error = NULL;

	printed = g_string_new(NULL);
	ck_assert_msg(replay_text(sessions[_i].events, NULL, &result, &error), "%s",
		error ? error->message : "?");
	if (sessions[_i].printed != NULL)
		ck_assert_str_eq(printed->str, sessions[_i].printed);
	ck_assert_uint_eq(result.operations, sessions[_i].operations);
	ck_assert_uint_eq(result.differences, sessions[_i].differences);
	g_string_free(printed, TRUE);
}
END_TEST

static const struct {
	const char *words[3];
	const char *text;
	const char *message;
} refused[] = {
	{{"--image", "x"}, SESSION(""),
		"a bench file, --record and --image are not for the bench of a replay; allowed "
		"after -- are the other options of spinord"},
	{{"--chip", "nothing"}, SESSION(""), NULL},
	{{NULL}, "spinor-record 1\norigin 1\nadapter adapter0\ncontent 0 16777216 00ff\nevents\n",
		"adapter0, chip select 0: its content is not that at the start of the session; "
		"--image FILE is wanted, a file with the SHA-256 digest 00ff"},
	{{NULL}, "spinor-record 1\norigin 1\nadapter other\nevents\n",
		"no adapter \"other\"; allowed are adapter0"},
	{{NULL},
		"spinor-record 1\norigin 1\nadapter adapter0\ncontent 0 16777216 00ff "
		"/nothing/here.bin\nevents\n",
		NULL},
	{{NULL}, "spinor-record 1\norigin 1\nbench b\n| [adapter\nadapter a\nevents\n", NULL},
};

START_TEST(a_bench_that_cannot_be_built_is_refused)
{
	struct replay_result result;
	g_autoptr(GError) error = NULL;

	ck_assert(
		!replay_text(refused[_i].text, (char *const *)refused[_i].words, &result, &error));
	ck_assert_ptr_nonnull(error);
	ck_assert_ptr_null(strchr(error->message, '\n'));
	if (refused[_i].message != NULL)
		ck_assert_str_eq(error->message, refused[_i].message);
}
END_TEST

/* Any order of valid events: no crash, no loop without an end. */
START_TEST(random_records_are_harmless)
{
	static const char *const events[] = {"open", "close", "timeout", "unplugged", "plugged",
		"failed", "baud 9600", "baud 0", "advance 0", "advance -1", "advance 77",
		"advance x", "nonsense", "< 10", "<  ", "< ", "> ", "> 06", "+ 06FF{300}",
		"< 130100000300009F", "< 13", "< 00{40}", "> 06EF4014", "< 1301000000000006",
		"< 1304000000000020000000", "< 0A000000000004", "< 99", "< FF{65536}",
		"do fault.add {\"fault\":\"corrupt rate=0.1\"}", "do fault.clear {}",
		"do fault.add {\"fault\":\"drop byte=3\"}", "do fault.remove {\"id\":1}",
		"do chip.power {\"action\":\"cycle\"}", "do adapter.unplug {}",
		"do adapter.plug {}", "do chip.reset {}", "do chip.reset [", "do ", "do x y",
		"do snapshot.take {\"name\":\"a\"}", "do snapshot.restore {\"name\":\"a\"}",
		"do snapshot.take {\"name\":\"a\",\"file\":\"/nothing/b\"}",
		"do snapshot.restore {\"file\":\"/nothing/b\"}", "do snapshot.take {\"file\":3}",
		"do fault.add {\"fault\":\"unplug byte=9\"}",
		"do fault.add {\"fault\":\"stall byte=5 time=20ms\"}",
		"do fault.add {\"fault\":\"hang operation=4\"}"};
	g_autoptr(GRand) random = g_rand_new_with_seed((guint32)_i);
	g_autoptr(GString) text = g_string_new(
		"spinor-record 1\norigin 1000000000\nword --chip\nword W25Q80DV\nword --profile\n");
	size_t n_profiles;
	const struct serprog_profile *profiles = serprog_profiles(&n_profiles);
	struct replay_result result;
	int64_t time_ns = 0;

	base_log_init("test", G_LOG_LEVEL_CRITICAL);
	printed = g_string_new(NULL);
	g_string_append_printf(text, "word %s\nadapter adapter0\nevents\n",
		profiles[(size_t)_i % n_profiles].name);
	for (int i = 0; i < 300; i++) {
		time_ns += g_rand_int_range(random, -1000, 20000000);
		time_ns = MAX(time_ns, 0);
		g_string_append_printf(text, "%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT " %s\n",
			time_ns / 1000000000, time_ns % 1000000000,
			events[g_rand_int_range(random, 0, G_N_ELEMENTS(events))]);
	}
	replay_text(text->str, NULL, &result, NULL);
	g_string_free(printed, TRUE);
}
END_TEST

Suite *
suite_replay(void)
{
	Suite *suite = suite_create("replay");
	TCase *operations = tcase_create("operations");
	TCase *benches = tcase_create("benches");

	tcase_add_checked_fixture(benches, storage_setup, storage_teardown);
	tcase_add_loop_test(operations, operations_have_a_text, 0, G_N_ELEMENTS(operation_rows));
	tcase_add_test(operations, answers_belong_to_the_operations_in_their_order);
	tcase_add_loop_test(operations, answers_are_as_long_as_those_of_the_adapter, 0, 32);
	tcase_add_test(operations, each_method_changes_the_bench_or_asks);
	tcase_add_loop_test(benches, sessions_are_replayed, 0, G_N_ELEMENTS(sessions));
	tcase_add_loop_test(
		benches, a_bench_that_cannot_be_built_is_refused, 0, G_N_ELEMENTS(refused));
	tcase_add_loop_test(benches, random_records_are_harmless, 0, 40);
	suite_add_tcase(suite, operations);
	suite_add_tcase(suite, benches);
	return suite;
}
