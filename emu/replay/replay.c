/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The replay of a record: each event is repeated in its order, bytes of the host as soon as the
 * answers that the host had received before them are there.
 *
 * A device with a time of its own is busy for another number of polls. An operation that sends one
 * byte to the chip and reads up to four, as a host polls a status, is therefore compared when the
 * host goes on to another operation of the chip: by then its last answer has to be the recorded
 * one. Until it is, the operation is repeated, at most for the time that the host had polled and
 * ten seconds.
 *
 * Leaves out the devices themselves (private.c, serialport.c).
 */
#include "replay/replay.h"

#include "record/data.h"
#include "record/reader.h"
#include "replay/compare.h"
#include "replay/decode.h"

#include <string.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)
#define POLL_LIMIT_NS (10 * NS_PER_S)
#define POLL_PAUSE_NS 1000000
#define POLL_BYTES 8 /* O_SPIOP, its parameters and one byte */
#define POLL_ANSWER_MAX 4
#define SPI_OPERATION 0x13
#define ACK 0x06

/* A poll that has not given its recorded answer yet. */
struct poll {
	bool waits;
	uint8_t sent[POLL_BYTES];
	uint8_t recorded[1 + POLL_ANSWER_MAX];
	uint8_t answer[1 + POLL_ANSWER_MAX];
	size_t n;
	struct replay_operation operation; /* the last one */
	int64_t began_ns;                  /* of the record */
	int64_t now_ns;
};

/* One adapter of the record. */
struct line {
	struct replay_operations *operations;
	struct replay_compare *compare;
	bool is_stuck;            /* takes no more bytes: the rest of the session is skipped */
	GByteArray *out;          /* bytes for a device with a time of its own */
	uint8_t last[POLL_BYTES]; /* the last bytes of the host, if they are one poll */
	bool is_poll;
	struct poll poll;
	bool polls_fail; /* one has never given its answer: further ones are not repeated */
};

struct replay {
	const struct replay_target *target;
	const struct replay_settings *settings;
	struct replay_result *result;
	struct line *lines;
	unsigned int n_lines;
	int64_t start_ns; /* real pace: when the replay began */
	char *failure;    /* of the last action; NULL: it succeeded */
	char *request;    /* of that action, until its outcome is compared */
	unsigned int request_adapter;
	uint8_t answer[RECORD_DATA_MAX];
};

static int64_t
monotonic_ns(void)
{
	return g_get_monotonic_time() * 1000;
}

static void
sleep_ns(int64_t ns)
{
	if (ns > 0)
		nanosleep(&(struct timespec){.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S},
			NULL);
}

/* The bytes are one operation that sends one byte to the chip and reads a few. */
static bool
is_poll(const uint8_t *bytes, size_t n)
{
	return n == POLL_BYTES && bytes[0] == SPI_OPERATION && bytes[1] == 1 && bytes[2] == 0 &&
		bytes[3] == 0 && bytes[4] >= 1 && bytes[4] <= POLL_ANSWER_MAX && bytes[5] == 0 &&
		bytes[6] == 0;
}

/* Sends bytes; false: the device takes no more of them. */
static bool
send_all(
	struct replay *replay, unsigned int adapter, const uint8_t *bytes, size_t n, GError **error)
{
	const struct replay_target *target = replay->target;
	struct line *line = &replay->lines[adapter];
	GError *why = NULL;

	while (n > 0 && why == NULL) {
		size_t taken = target->ops->send(target->self, adapter, bytes, n, &why);
		size_t extra = 0;

		bytes += taken;
		n -= taken;
		if (n > 0 && taken == 0 && why == NULL)
			extra = target->ops->receive(
				target->self, adapter, replay->answer, 0, false, &why);
		if (extra > 0)
			replay_compare_extra(
				line->compare, line->operations, replay->answer, extra);
		if (taken == 0 && extra == 0)
			break;
	}
	if (why != NULL)
		g_propagate_error(error, why);
	return n == 0;
}

static size_t
first_difference(const struct poll *poll)
{
	size_t i = 0;

	while (i + 1 < poll->n && poll->answer[i] == poll->recorded[i])
		i++;
	return i;
}

/* Repeats a poll until its answer is the recorded one, and compares it. */
static bool
end_poll(struct replay *replay, unsigned int adapter, GError **error)
{
	const struct replay_target *target = replay->target;
	struct line *line = &replay->lines[adapter];
	struct poll *poll = &line->poll;
	int64_t limit_ns = POLL_LIMIT_NS + (poll->now_ns - poll->began_ns);
	int64_t until_ns = monotonic_ns() + (line->polls_fail ? 0 : limit_ns);
	GError *why = NULL;

	if (!poll->waits)
		return true;
	poll->waits = false;
	while (memcmp(poll->answer, poll->recorded, poll->n) != 0 && monotonic_ns() < until_ns) {
		size_t got;

		sleep_ns(POLL_PAUSE_NS);
		if (!send_all(replay, adapter, poll->sent, POLL_BYTES, &why))
			break;
		got = target->ops->receive(
			target->self, adapter, replay->answer, poll->n, false, &why);
		if (got != poll->n)
			break;
		memcpy(poll->answer, replay->answer, poll->n);
	}
	if (why != NULL) {
		g_propagate_error(error, why);
		return false;
	}
	if (memcmp(poll->answer, poll->recorded, poll->n) != 0) {
		size_t first = first_difference(poll);
		g_autofree char *text =
			g_strdup_printf("byte %zu of the answer stays %02X, recorded %02X",
				first - 1, poll->answer[first], poll->recorded[first]);

		line->polls_fail = true;
		replay_compare_other(line->compare, &poll->operation, text);
	}
	return true;
}

/* Sends bytes of the host. */
static bool
transmit(
	struct replay *replay, unsigned int adapter, const uint8_t *bytes, size_t n, GError **error)
{
	struct line *line = &replay->lines[adapter];
	GError *why = NULL;

	replay_operations_send(line->operations, bytes, n);
	if (line->is_stuck || send_all(replay, adapter, bytes, n, &why))
		return true;
	if (why != NULL) {
		g_propagate_error(error, why);
		return false;
	}
	line->is_stuck = true;
	replay_compare_other(line->compare, replay_operations_current(line->operations),
		"the adapter takes no more bytes; the rest of the session is left out");
	return true;
}

/* Sends the bytes that a device with a time of its own has to get before the next event: whole
 * operations, in whatever pieces the host had sent them. */
static bool
send_collected(struct replay *replay, unsigned int adapter, GError **error)
{
	struct line *line = &replay->lines[adapter];
	GByteArray *out = line->out;
	bool good;

	if (out->len == 0)
		return true;
	line->is_poll = is_poll(out->data, out->len) && replay_operations_idle(line->operations);
	if (line->poll.waits && out->data[0] == SPI_OPERATION &&
		(!line->is_poll || memcmp(line->poll.sent, out->data, POLL_BYTES) != 0) &&
		!end_poll(replay, adapter, error))
		return false;
	if (line->is_poll)
		memcpy(line->last, out->data, POLL_BYTES);
	good = transmit(replay, adapter, out->data, out->len, error);
	g_byte_array_set_size(out, 0);
	return good;
}

static bool
play_data(struct replay *replay, const struct record_event *event, GError **error)
{
	struct line *line = &replay->lines[event->adapter];

	replay->result->from_host += event->n;
	if (!replay->target->ops->has_own_time)
		return transmit(replay, event->adapter, event->bytes, event->n, error);
	g_byte_array_append(line->out, event->bytes, (guint)event->n);
	return line->out->len < RECORD_DATA_MAX || send_collected(replay, event->adapter, error);
}

/* Fetches an answer of want bytes, which a device may send in pieces. */
static size_t
receive(struct replay *replay, const struct record_event *event, GError **error)
{
	const struct replay_target *target = replay->target;
	GError *why = NULL;
	size_t got = target->ops->receive(
		target->self, event->adapter, replay->answer, event->n, event->full, &why);

	while (why == NULL && got > 0 && got < event->n) {
		size_t more = target->ops->receive(target->self, event->adapter,
			replay->answer + got, event->n - got, true, &why);

		if (more == 0)
			break;
		got += more;
	}
	if (why != NULL)
		g_propagate_error(error, why);
	return got;
}

/* An answer of a poll on a device with a time of its own. */
static void
keep_poll(struct line *line, const struct record_event *event, const uint8_t *answer)
{
	struct poll *poll = &line->poll;

	if (!poll->waits)
		poll->began_ns = event->time_ns;
	poll->waits = true;
	memcpy(poll->sent, line->last, POLL_BYTES);
	memcpy(poll->recorded, event->bytes, event->n);
	memcpy(poll->answer, answer, event->n);
	poll->n = event->n;
	poll->operation = *replay_operations_current(line->operations);
	poll->now_ns = event->time_ns;
}

static bool
play_answer(struct replay *replay, const struct record_event *event, GError **error)
{
	struct line *line = &replay->lines[event->adapter];
	GError *why = NULL;
	size_t got;
	bool is_late;

	replay->result->to_host += event->n;
	if (!send_collected(replay, event->adapter, error))
		return false;
	if (line->is_stuck || (event->n == 0 && replay->target->ops->has_own_time))
		return true;
	got = receive(replay, event, &why);
	if (why != NULL) {
		g_propagate_error(error, why);
		return false;
	}
	is_late = replay->target->ops->has_own_time && line->is_poll && got == event->n &&
		event->n == 1 + (size_t)line->last[4] && event->bytes[0] == ACK &&
		replay->answer[0] == ACK;
	if (is_late)
		keep_poll(line, event, replay->answer);
	replay_compare_answer(line->compare, line->operations, event->bytes, event->n,
		is_late ? event->bytes : replay->answer, MIN(got, event->n));
	/* A device that is silent now is so for the rest of the session. */
	line->is_stuck = replay->target->ops->has_own_time && got < event->n;
	if (got > event->n)
		replay_compare_extra(
			line->compare, line->operations, replay->answer + event->n, got - event->n);
	return true;
}

/* Compares the outcome of the last action with the recorded one. */
static void
end_action(struct replay *replay, bool has_failed)
{
	g_autofree char *request = g_steal_pointer(&replay->request);
	g_autofree char *failure = g_steal_pointer(&replay->failure);
	g_autofree char *text = NULL;

	if (request == NULL || has_failed == (failure != NULL))
		return;
	if (has_failed)
		text = g_strdup_printf("%s: it succeeds, recorded as failed", request);
	else
		text = g_strdup_printf("%s: it fails: %s", request, failure);
	replay_compare_other(replay->lines[replay->request_adapter].compare, NULL, text);
}

static void
play_action(struct replay *replay, const struct record_event *event, const char *request)
{
	const struct replay_target *target = replay->target;
	GError *why = NULL;

	end_action(replay, false);
	replay->result->actions++;
	replay->request = g_strdup(request);
	replay->request_adapter = event->adapter;
	if (target->ops->action(target->self, request, &why))
		return;
	replay->failure = g_strdup(why != NULL ? why->message : "?");
	g_clear_error(&why);
}

static bool
play_event(struct replay *replay, const struct record_event *event, GError **error)
{
	const struct replay_target *target = replay->target;
	struct line *line = &replay->lines[event->adapter];

	if (!send_collected(replay, event->adapter, error))
		return false;
	if (strcmp(event->text, RECORD_FAILED) == 0) {
		end_action(replay, true);
	} else if (g_str_has_prefix(event->text, RECORD_ACTION)) {
		if (!end_poll(replay, event->adapter, error))
			return false;
		play_action(replay, event, event->text + strlen(RECORD_ACTION));
	} else if (strcmp(event->text, RECORD_OPEN) == 0) {
		replay_operations_reset(line->operations);
		line->is_stuck = line->poll.waits = false;
		return target->ops->open(target->self, event->adapter, error);
	} else if (strcmp(event->text, RECORD_CLOSE) == 0) {
		if (!line->is_stuck && !end_poll(replay, event->adapter, error))
			return false;
		replay_operations_reset(line->operations);
		target->ops->close(target->self, event->adapter);
	} else {
		target->ops->note(target->self, event->adapter, event->text);
	}
	return true;
}

static bool
play(struct replay *replay, const struct record_event *event, GError **error)
{
	const struct replay_target *target = replay->target;

	if (target->only >= 0 && event->adapter != (unsigned int)target->only)
		return true;
	if (replay->settings->real_pace)
		sleep_ns(replay->start_ns + event->time_ns - monotonic_ns());
	target->ops->begin(target->self, event->adapter, event->time_ns);
	switch (event->kind) {
	case RECORD_IS_DATA:
		end_action(replay, false);
		return play_data(replay, event, error);
	case RECORD_IS_ANSWER:
		end_action(replay, false);
		return play_answer(replay, event, error);
	case RECORD_IS_EVENT:
		break;
	}
	return play_event(replay, event, error);
}

static void
begin_lines(struct replay *replay, const struct record_head *head)
{
	const struct replay_settings *settings = replay->settings;

	replay->n_lines = head->adapters->len;
	replay->lines = g_new0(struct line, replay->n_lines);
	for (unsigned int i = 0; i < replay->n_lines; i++) {
		g_autofree char *where = replay->n_lines > 1
			? g_strdup_printf("%s: ", (char *)head->adapters->pdata[i])
			: g_strdup("");

		replay->lines[i].out = g_byte_array_new();
		replay->lines[i].operations = replay_operations_new(settings->unacknowledged);
		replay->lines[i].compare =
			replay_compare_new(settings->limit, settings->print, settings->data, where);
	}
}

static void
end_lines(struct replay *replay)
{
	for (unsigned int i = 0; i < replay->n_lines; i++) {
		struct line *line = &replay->lines[i];

		replay->result->operations += replay_operations_count(line->operations);
		replay->result->differences += replay_compare_end(line->compare);
		replay_operations_free(line->operations);
		g_byte_array_unref(line->out);
	}
	g_free(replay->lines);
}

bool
replay_run(struct record_reader *reader, const struct replay_target *target,
	const struct replay_settings *settings, struct replay_result *result, GError **error)
{
	struct replay *replay = g_new0(struct replay, 1);
	struct record_event event;
	GError *why = NULL;
	bool good = true;

	*result = (struct replay_result){0};
	replay->target = target;
	replay->settings = settings;
	replay->result = result;
	replay->start_ns = monotonic_ns();
	begin_lines(replay, record_reader_head(reader));
	while (good && record_reader_next(reader, &event, &why))
		good = play(replay, &event, &why);
	for (unsigned int i = 0; good && why == NULL && i < replay->n_lines; i++)
		good = send_collected(replay, i, &why) && end_poll(replay, i, &why);
	end_action(replay, false);
	end_lines(replay);
	g_free(replay);
	result->is_complete = record_reader_is_complete(reader);
	if (why != NULL)
		g_propagate_error(error, why);
	return why == NULL;
}
