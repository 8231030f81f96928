/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bench as somebody asked for it: what options and a bench file say, before anything is built. */
#ifndef SPINOR_BENCH_SETUP_H
#define SPINOR_BENCH_SETUP_H

#include "base/clock.h"
#include "bench/condition.h"
#include "bench/firmware.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define BENCH_COUNT_MAX 4096

struct bench_options;

/* where: how messages begin that are about a value, such as "FILE: [chip boot]: part". */
struct bench_setup_chip {
	char *name; /* NULL: the adapter's */
	unsigned int cs;
	char *part;
	char *part_where; /* NULL: --chip */
	char *where;      /* "FILE: [chip boot]"; NULL: the command line */
	char *image;      /* NULL: none */
	struct bench_condition condition;
};

struct bench_setup_adapter {
	char *name;
	char *profile;       /* NULL: the default */
	char *profile_where; /* NULL: --profile */
	struct bench_firmware firmware;
	char *link;         /* NULL: none */
	char *tcp;          /* NULL: a pseudo-terminal */
	unsigned int count; /* how many like this; 0: one, and not numbered */
	char *where;        /* "FILE: [adapter main]"; NULL: the command line */
	GPtrArray *chips;   /* struct bench_setup_chip */
};

struct bench_fault;
struct board;

/* adapter and chip are names, NULL where there is just one. */
struct bench_setup_fault {
	struct bench_fault *fault;
	char *adapter;
	char *chip;
	char *where; /* "FILE: [fault NAME]" */
};

struct bench_setup_board {
	char *name;
	struct board *board; /* taken by whoever builds the bench */
	bool has_state;
	int state;                  /* enum bench_board_state */
	unsigned int address_bytes; /* 0: not given */
	unsigned int registers;     /* that it wants: bits 1 << reg */
	uint64_t end;               /* one past the highest address that it wants */
	char *adapter;
	char *chip;
	char *where; /* "FILE: [board NAME]" */
};

struct bench_setup {
	char *where; /* "FILE: [bench]"; NULL: the command line */
	enum sim_clock_mode timing;
	unsigned int time_scale; /* thousandths; 0: not given */
	bool time_scale_by_option;
	uint64_t seed;
	char *chipdb;        /* NULL: as bench_chipdb_open() says */
	char *trace;         /* NULL: none */
	char *control;       /* NULL: wherever it usually is */
	GPtrArray *adapters; /* struct bench_setup_adapter */
	GPtrArray *faults;   /* struct bench_setup_fault */
	GPtrArray *boards;   /* struct bench_setup_board */
};

/* What the options describe, their bench file read, every adapter for itself. Names of parts and
 * profiles have not been looked up. */
struct bench_setup *bench_setup_new(const struct bench_options *options, GError **error);
void bench_setup_free(struct bench_setup *setup);

unsigned int bench_setup_n_chips(const struct bench_setup *setup);

/* For those who make one: nothing set. */
struct bench_setup *bench_setup_empty(void);
struct bench_setup_adapter *bench_setup_add_adapter(struct bench_setup *setup, const char *name);
struct bench_setup_chip *bench_setup_add_chip(struct bench_setup_adapter *adapter);
struct bench_setup_fault *bench_setup_add_fault(struct bench_setup *setup);
struct bench_setup_board *bench_setup_add_board(struct bench_setup *setup);

/* The chip of those names, and its adapter (either may be NULL: the only one); an adapter without
 * chips has none, *found is NULL then. False: an error that begins with where. */
bool bench_setup_find(const struct bench_setup *setup, const char *adapter, const char *chip,
	const char *where, struct bench_setup_adapter **found_adapter,
	struct bench_setup_chip **found, GError **error);

/* Whether all faults and boards are somewhere, and each board behind a chip of its own. */
bool bench_setup_check_places(const struct bench_setup *setup, GError **error);

#endif
