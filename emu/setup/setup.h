/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The description of a bench by options and a bench file, before it is built. */
#ifndef SPINOR_SETUP_SETUP_H
#define SPINOR_SETUP_SETUP_H

#include "base/clock.h"
#include "board/board.h"
#include "setup/condition.h"
#include "setup/firmware.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SETUP_COUNT_MAX 4096

/* Seconds after which a silent TCP host is disconnected. No host program pauses that long between
 * two commands, since flashrom and others poll a busy chip; a person at a debugger may. */
#define SETUP_TCP_IDLE_S 600
#define SETUP_TCP_IDLE_MAX_S 1000000

/* The snapshots in memory of each chip: more than a script takes one by one, so that one without an
 * end is stopped, and four complete copies of the largest part, or 64 of 16 MiB. */
#define SETUP_SNAPSHOTS_MAX 256
#define SETUP_SNAPSHOTS_MAX_MAX 65536
#define SETUP_SNAPSHOTS_BYTES (UINT64_C(1) << 30)
#define SETUP_SNAPSHOTS_BYTES_MAX (UINT64_C(1) << 40)

struct setup_options;

/* The content that a chip begins with, and a new image. */
enum setup_content {
	SETUP_CONTENT_BLANK,
	SETUP_CONTENT_RANDOM,
	SETUP_CONTENT_PATTERN,
	SETUP_CONTENT_FILE,
};

/* where: the begin of messages about a value, such as "FILE: [chip boot]: part". */
struct setup_chip {
	char *name; /* NULL: the adapter's */
	unsigned int cs;
	char *part;
	char *part_where; /* NULL: --chip */
	char *where;      /* "FILE: [chip boot]"; NULL: the command line */
	char *image;      /* NULL: none */
	enum setup_content content;
	char *content_file;     /* SETUP_CONTENT_FILE */
	bool content_by_option; /* given on the command line */
	struct setup_condition condition;
};

struct setup_adapter {
	char *name;
	char *profile;       /* NULL: the default */
	char *profile_where; /* NULL: --profile */
	struct setup_firmware firmware;
	char *link; /* NULL: none */
	char *tcp;  /* NULL: a pseudo-terminal */
	unsigned int tcp_idle_s;
	int listener;       /* inherited socket that listens there; 0: none */
	unsigned int count; /* number of equal adapters; 0: one, without a number */
	char *where;        /* "FILE: [adapter main]"; NULL: the command line */
	GPtrArray *chips;   /* struct setup_chip */
};

struct setup_fault;
struct board;

/* adapter and chip are names; NULL: the only one. */
struct setup_fault_entry {
	struct setup_fault *fault;
	char *adapter;
	char *chip;
	char *where; /* "FILE: [fault NAME]" */
};

struct setup_board {
	char *name;
	struct board *board; /* owned by the bench once it is built */
	bool has_state;
	enum board_state state;
	unsigned int address_bytes; /* 0: not given */
	unsigned int registers;     /* that it checks: bits 1 << reg */
	uint64_t end;               /* one past the highest address that it checks */
	char *content;              /* the file that its chip has to equal; NULL: none */
	bool by_option;             /* --board */
	char *adapter;
	char *chip;
	char *where; /* "FILE: [board NAME]" */
};

struct setup_bench {
	char *where; /* "FILE: [bench]"; NULL: the command line */
	char *file;  /* the bench file; NULL: none */
	enum base_clock_mode timing;
	unsigned int time_scale; /* thousandths; 0: not given */
	bool time_scale_by_option;
	uint64_t seed;
	unsigned int snapshots_max; /* of each chip */
	uint64_t snapshots_bytes;
	bool snapshot;       /* nothing is written to images and their registers */
	char *chipdb;        /* NULL: as chipdb_open() says */
	char *trace;         /* NULL: none */
	char *record;        /* NULL: none */
	char *control;       /* NULL: the default path */
	GPtrArray *adapters; /* struct setup_adapter */
	GPtrArray *faults;   /* struct setup_fault_entry */
	GPtrArray *boards;   /* struct setup_board */
	GPtrArray *files;    /* struct setup_file, see files.h; NULL: without setup_new() */
};

/* The description by the options and their bench file, with a member for each single adapter. Names
 * of parts and profiles are not checked. NULL on error. */
struct setup_bench *setup_new(const struct setup_options *options, GError **error);
void setup_free(struct setup_bench *setup);

unsigned int setup_n_chips(const struct setup_bench *setup);

/* An empty description, and functions that add to it. */
struct setup_bench *setup_empty(void);
struct setup_adapter *setup_add_adapter(struct setup_bench *setup, const char *name);
struct setup_chip *setup_add_chip(struct setup_adapter *adapter);
struct setup_fault_entry *setup_add_fault(struct setup_bench *setup);
struct setup_board *setup_add_board(struct setup_bench *setup);

/* Sets the chip's content from a value of the key or option: a word, or a file, whose relative path
 * begins at folder (NULL: at the current one). */
void setup_set_content(struct setup_chip *chip, const char *value, const char *folder);

/* The adapter of that name (NULL: the only one). NULL: an error that begins with where. */
struct setup_adapter *setup_find_adapter(
	const struct setup_bench *setup, const char *name, const char *where, GError **error);

/* The chip of those names, and its adapter (either may be NULL: the only one); an adapter without
 * chips has none, *found is NULL then. False: an error that begins with where. */
bool setup_find(const struct setup_bench *setup, const char *adapter, const char *chip,
	const char *where, struct setup_adapter **found_adapter, struct setup_chip **found,
	GError **error);

/* Checks that each fault and board is on an adapter or chip of the bench, and that no two boards
 * share a chip. */
bool setup_check_targets(const struct setup_bench *setup, GError **error);

#endif
