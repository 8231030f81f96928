/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of a bench for observers: one record for all kinds. */
#ifndef SPINOR_ACTION_EVENT_H
#define SPINOR_ACTION_EVENT_H

#include "flash/flash.h"

#include <stdbool.h>
#include <stdint.h>

#define ACTION_EVENT_TEXT_BYTES 128
#define ACTION_EVENT_LABEL_BYTES 72

enum action_event_kind {
	ACTION_EVENT_OPERATION,   /* a frame ended: opcode, name, address, length, outcome, note */
	ACTION_EVENT_READY,       /* length, busy_ns */
	ACTION_EVENT_INTERRUPTED, /* length, busy_ns */
	ACTION_EVENT_POWER,       /* on */
	ACTION_EVENT_PIN,         /* what: the pin, text: its level */
	ACTION_EVENT_HOST,        /* on: it has opened the port */
	ACTION_EVENT_FAULT,    /* what: "acted", text: the fault and its location, id, label: name,
				  * operation, address or byte */
	ACTION_EVENT_BOOT,     /* on: the board boots, text: the reason if it does not */
	ACTION_EVENT_BOARD,    /* what: the state of the adapter's boards */
	ACTION_EVENT_CABLE,    /* on: plugged in, else unplugged */
	ACTION_EVENT_SNAPSHOT, /* what: "take", …, text: its name, or the file's */
	ACTION_EVENT_IMAGE,    /* what: "load", …, text: the file's name */
	ACTION_EVENT_OUTPUT,   /* what: "trace", text: what has happened to it; of no adapter */
	ACTION_EVENT_STORAGE,  /* what: "unsaved", "saved", …, text: what it is */
	ACTION_EVENT_KINDS,
};

/* Strings other than text live as long as the bench. */
struct action_event {
	enum action_event_kind kind;
	const char *adapter; /* NULL: of none */
	int cs;              /* -1: not of one chip */
	int64_t time_ns;     /* -1: none */
	int opcode;          /* -1: none */
	const char *name;    /* NULL: unknown */
	uint64_t operation;
	bool has_address;
	uint32_t address;
	int64_t byte; /* offset in the frame; -1: none */
	uint64_t length;
	const char *outcome;       /* "": done */
	enum flash_outcome result; /* the same */
	const char *note;          /* more about the outcome; NULL: nothing */
	enum flash_purpose purpose;
	int64_t busy_ns;
	bool on;
	const char *what;
	unsigned int id;
	char text[ACTION_EVENT_TEXT_BYTES];   /* truncated */
	char label[ACTION_EVENT_LABEL_BYTES]; /* truncated; "": none */
};

#endif
