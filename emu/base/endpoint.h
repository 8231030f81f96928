/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that a port (pseudo-terminal, TCP) and the line behind it know of the adapter. */
#ifndef SPINOR_BASE_ENDPOINT_H
#define SPINOR_BASE_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A byte stream with back-pressure in both directions. The port calls take() with what the host
 * sent and give() to fetch the bytes for the host; neither ever blocks, and the memory behind them
 * is bounded. Order of calls: host_opened, then take and give in any order, then host_closed.
 */
struct base_endpoint_ops;

/* A filter's decision about a command. */
enum base_command_verdict {
	BASE_COMMAND_RUN,
	BASE_COMMAND_REFUSE, /* its data are received and dropped, then the adapter refuses */
	BASE_COMMAND_HANG,   /* as hang(), but replies to earlier commands get out */
	BASE_COMMAND_KEEP_SELECTED, /* CS# rises at the end of the next one instead of its own */
	BASE_COMMAND_JOIN           /* its opcode and the host's next packet arrive in one packet */
};

/* A command of the adapter's protocol, as soon as its opcode has come. */
struct base_command {
	uint8_t opcode;
	bool selects; /* it takes CS# low and high again */
};

typedef enum base_command_verdict base_command_filter(
	void *data, const struct base_command *command);

struct base_endpoint_ops {
	/* The first host has opened the line. */
	void (*host_opened)(void *self);

	/* Offers n bytes; returns how many were taken. Fewer than n means: call give() until it
	 * returns 0 (or wait, see wait_ns), then offer the rest again. */
	size_t (*take)(void *self, const uint8_t *in, size_t n);

	/* Fills out with at most room bytes for the host; 0 when there is nothing to send now. */
	size_t (*give)(void *self, uint8_t *out, size_t room);

	/* True while a part of a long operation is left: give() does some of it, and may return 0
	 * meanwhile. Other work of the thread comes between. NULL: there is no such part. */
	bool (*works)(void *self);

	/* Wall time in ns before the next take() or give() is due; 0 when there is none to wait
	 * for. */
	int64_t (*wait_ns)(void *self);

	/* Wall time in ns until timed_out() is due, unless take() or give() is called before; -1:
	 * never. Both may be NULL: waits for ever. */
	int64_t (*deadline_ns)(void *self);

	/* The deadline has passed: the endpoint may give up what it was waiting for. */
	void (*timed_out)(void *self);

	/* True between commands: nothing half received and nothing left to send. */
	bool (*idle)(void *self);

	/*
	 * How to get in step again: these n bytes were the last on the line when a host left in the
	 * middle of a command and another may have begun. Returns how many of them, from the start,
	 * are stale; the rest are bytes with which a host begins. NULL: all are stale.
	 */
	size_t (*count_stale)(void *self, const uint8_t *in, size_t n);

	/* The last host has gone: whatever was half done is dropped. */
	void (*host_closed)(void *self);

	/*
	 * Of the firmware at the end only, NULL in what stands before it.
	 */

	/* Asks filter about each command from now on; NULL ends it. */
	void (*set_filter)(void *self, base_command_filter *filter, void *data);

	/* Commands that have begun since the host opened the line. */
	uint64_t (*commands)(void *self);

	/* The adapter's time, ns. */
	int64_t (*now_ns)(void *self);

	/* The firmware has run into an endless loop: nothing moves, CS# included, until reset().
	 * Replies that have not been fetched are lost. */
	void (*hang)(void *self);

	/* Power-on, a watchdog or a reset button: everything is lost except what is in the chip. */
	void (*reset)(void *self);
};

struct base_endpoint {
	const struct base_endpoint_ops *ops;
	void *self;
};

static inline bool
base_endpoint_works(const struct base_endpoint *endpoint)
{
	return endpoint->ops->works && endpoint->ops->works(endpoint->self);
}

#endif
