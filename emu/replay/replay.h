/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Repeats a recorded session against a device and compares the answers. */
#ifndef SPINOR_REPLAY_REPLAY_H
#define SPINOR_REPLAY_REPLAY_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_event;
struct record_reader;

/* adapter: index in the head of the record. A function that sets an error ends the replay. */
struct replay_target_ops {
	/* An event begins at that time of the record. */
	void (*begin)(void *self, unsigned int adapter, int64_t time_ns);

	bool (*open)(void *self, unsigned int adapter, GError **error);
	void (*close)(void *self, unsigned int adapter);

	/* Returns how many of n bytes were taken. */
	size_t (*send)(
		void *self, unsigned int adapter, const uint8_t *bytes, size_t n, GError **error);

	/* Fetches an answer of want bytes into out, RECORD_DATA_MAX long. full: the host had no
	 * room for more. Returns how many came, more than want if the device sends more. */
	size_t (*receive)(void *self, unsigned int adapter, uint8_t *out, size_t want, bool full,
		GError **error);

	/* Repeats "METHOD PARAMETERS"; an error does not end the replay. */
	bool (*action)(void *self, const char *request, GError **error);

	/* Any other event, see record/reader.h. */
	void (*note)(void *self, unsigned int adapter, const char *text);

	/* The time of the device is not that of the record: polls take another number of
	 * operations. */
	bool has_own_time;
};

struct replay_target {
	const struct replay_target_ops *ops;
	void *self;
	int only; /* index of the only adapter that is replayed; -1: all */
};

struct replay_settings {
	unsigned int limit; /* differences that are printed */
	bool real_pace;     /* events wait for their time */
	void (*print)(void *data, const char *line);
	void *data;
	uint32_t unacknowledged; /* of the firmware, see replay_operations_new() */
};

struct replay_result {
	uint64_t operations, actions;
	uint64_t from_host, to_host; /* bytes */
	uint64_t differences;
	bool is_complete; /* the record has an end */
};

/* False and an error: the record is damaged, or the device has failed. */
bool replay_run(struct record_reader *reader, const struct replay_target *target,
	const struct replay_settings *settings, struct replay_result *result, GError **error);

#endif
