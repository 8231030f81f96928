/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a port (pseudo-terminal, TCP) knows of the adapter behind it, and nothing more. */
#ifndef SPINOR_BASE_PERSONALITY_H
#define SPINOR_BASE_PERSONALITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A byte stream with back-pressure in both directions. The port calls take() with what the host
 * sent and give() to fetch what the host shall get; neither ever blocks, and the memory behind them
 * is bounded. Order of calls: host_opened, then take and give in any order, then host_closed.
 */
struct personality_ops {
	/* The first host has opened the line. */
	void (*host_opened)(void *self);

	/* Offers n bytes; returns how many were taken. Fewer than n means: call give() until it
	 * returns 0 (or wait, see wait_ns), then offer the rest again. */
	size_t (*take)(void *self, const uint8_t *in, size_t n);

	/* Fills out with at most room bytes for the host; 0 when there is nothing to send now. */
	size_t (*give)(void *self, uint8_t *out, size_t room);

	/* Wall time in ns before the next take() or give() is due; 0 when there is none to wait
	 * for. */
	int64_t (*wait_ns)(void *self);

	/* Wall time in ns until timed_out() is due, unless take() or give() is called before; -1:
	 * never. Both may be NULL: waits for ever. */
	int64_t (*deadline_ns)(void *self);

	/* The deadline has passed: the personality may give up what it was waiting for. */
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
};

struct personality {
	const struct personality_ops *ops;
	void *self;
};

#endif
