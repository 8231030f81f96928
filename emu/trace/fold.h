/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The activity of a bench for people: events folded into groups, and each group worded as one line.
 * A fold belongs to one thread.
 */
#ifndef SPINOR_TRACE_FOLD_H
#define SPINOR_TRACE_FOLD_H

#include "flash/flash.h"

#include <stdbool.h>
#include <stdint.h>

#define TRACE_GROUP_TEXT_BYTES 128
#define TRACE_GROUP_WHAT_BYTES 72
#define TRACE_FOLD_OPEN_MAX 6

/* TRACE_GROUP_OPERATION is one or more frames of a host with the same purpose. */
enum trace_group_kind {
	TRACE_GROUP_OPERATION,
	TRACE_GROUP_INTERRUPTED,
	TRACE_GROUP_POWER,    /* on */
	TRACE_GROUP_PIN,      /* what: the pin, text: its level */
	TRACE_GROUP_HOST,     /* on: opened */
	TRACE_GROUP_FAULT,    /* what: its kind, text: where it acted last */
	TRACE_GROUP_BOOT,     /* on: the board boots, text: the reason if it does not */
	TRACE_GROUP_BOARD,    /* what: "run", "reset", "off" */
	TRACE_GROUP_CABLE,    /* on: plugged in, else unplugged */
	TRACE_GROUP_SNAPSHOT, /* what: "take", …, text: its name */
	TRACE_GROUP_IMAGE,    /* what: "load", …, text: the file's name */
	TRACE_GROUP_STORAGE,  /* what: "unsaved", …, text: what it is */
	TRACE_GROUP_KINDS,
};

struct trace_group {
	enum trace_group_kind kind;
	int cs;          /* -1: not of one chip */
	uint64_t number; /* of the adapter's groups, from 1 up */
	int64_t time_ns; /* the first event */
	int64_t end_ns;  /* the last event */

	/* OPERATION, INTERRUPTED. Names live as long as the bench. */
	enum flash_purpose purpose;
	int opcode;       /* -1: none was received */
	const char *name; /* mnemonic; NULL: unknown */
	enum flash_outcome outcome;
	const char *note; /* more about the outcome; NULL: nothing */

	/* OPERATION, FAULT */
	uint64_t count; /* frames; acts */
	bool has_address;
	uint64_t from, to; /* the addresses; to is the one after the last */
	uint64_t bytes;    /* of data, or erased */
	uint64_t each;     /* bytes of each frame; 0: they differ */
	uint64_t polls;    /* status reads in between */
	uint64_t enables;  /* write enables in between */
	int64_t busy_ns;
	uint64_t failures;          /* programs and erases with cells that failed */
	enum flash_outcome failure; /* of the last of them */

	unsigned int id; /* FAULT: its number */
	bool on;
	char what[TRACE_GROUP_WHAT_BYTES]; /* truncated */
	char text[TRACE_GROUP_TEXT_BYTES]; /* truncated */
};

struct trace_fold {
	/* Receives each group when it is complete. */
	void (*complete)(void *data, struct trace_group *group);
	void *data;
	struct trace_group open[TRACE_FOLD_OPEN_MAX]; /* in the order of their first events */
	unsigned int n_open;
	unsigned int last;         /* the open group of the last program, erase or register write */
	struct trace_group enable; /* write enables that nothing has followed; count 0: none */
	uint64_t events;           /* so far */
};

/* Adds an event of the chip on chip select cs. */
void trace_fold_event(struct trace_fold *fold, int cs, const struct flash_event *event);

/* Adds something else that happened; the caller fills in group. A FAULT is folded with the acts of
 * the same fault, all other kinds complete the groups that are open. */
void trace_fold_add(struct trace_fold *fold, const struct trace_group *group);

/* Completes all open groups. */
void trace_fold_flush(struct trace_fold *fold);

/* Words a group in one line of up to columns characters (a minimum may be longer), without time and
 * chip. Free with g_free(). */
char *trace_group_text(const struct trace_group *group, unsigned int columns);

/* "done", or the reason for which the chip ignored the frame. */
const char *trace_group_outcome(const struct trace_group *group);

/* "read", "program", "erase", "status-read", "status-write", "other". */
const char *trace_purpose_string(enum flash_purpose purpose);

#endif
