/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines for a reader that may be slow, stopped, gone, or a full disk. No caller waits for it: lines
 * go out at once if they can, wait in a bounded queue otherwise, and are dropped and counted when
 * that is full. Order is kept, and a line stands where others are missing.
 */
#ifndef SPINOR_BASE_OUTLET_H
#define SPINOR_BASE_OUTLET_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct base_outlet;

enum base_outlet_news {
	BASE_OUTLET_DROPS,  /* the queue is full: lines are dropped from now on */
	BASE_OUTLET_FAILED, /* an error, such as a full disk; lines wait, each new one is a try */
	BASE_OUTLET_WORKS,  /* after one of these; dropped: how many lines are missing there */
	BASE_OUTLET_OVER,   /* the reader is gone: everything is dropped from now on */
};

struct base_outlet_plan {
	int fd;
	bool shared;     /* with other processes: it is not closed, and its flags stay */
	size_t capacity; /* bytes that wait at most */
	/* Writes the line for n lines that are missing, with its newline, and returns its length.
	 * last: the beginning of the last one of these. NULL: no such line. */
	size_t (*gap)(char *out, size_t size, uint64_t n, const char *last);
	/* Once for each change, from any thread that uses the outlet, or its own. NULL: nobody is
	 * told. code: errno, 0: none. */
	void (*news)(void *data, enum base_outlet_news news, uint64_t dropped, int code);
	void *data;
};

struct base_outlet_state {
	uint64_t dropped; /* lines, since the beginning */
	size_t waiting;   /* bytes */
	int code;         /* errno of the last write, if that failed; 0: it did not */
	bool over;        /* the reader is gone */
};

/* Takes over fd, unless it is shared. Starts no thread: the first line that has to wait does. */
struct base_outlet *base_outlet_new(const struct base_outlet_plan *plan);

/* Adds whole lines, as one: n bytes up to the capacity. False: dropped. From any thread. */
bool base_outlet_put(struct base_outlet *outlet, const char *lines, size_t n);

/* The same, but waits up to limit_us for room. */
bool base_outlet_put_within(
	struct base_outlet *outlet, const char *lines, size_t n, int64_t limit_us);

/* No waiting, not even for a write that is in progress. */
void base_outlet_get(struct base_outlet *outlet, struct base_outlet_state *state);

/* Waits until all is written, at most patience_us for the first or next bytes, and limit_us in
 * all. False: something is left, or the reader is gone. */
bool base_outlet_flush(struct base_outlet *outlet, int64_t patience_us, int64_t limit_us);

/*
 * Writes what waits as long as the reader reads: 0.1 s for the first or next bytes, 2 s at most.
 * Then closes the outlet and frees it; no other thread may use it any more. NULL is allowed. state
 * (NULL: not needed): the last one, with what could not be written as dropped.
 */
void base_outlet_finish(struct base_outlet *outlet, struct base_outlet_state *state);

#endif
