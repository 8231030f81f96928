/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands on a bench and how it is doing, all at one time for each adapter. */
#ifndef SPINOR_BENCH_STATUS_H
#define SPINOR_BENCH_STATUS_H

#include "bench/action.h"
#include "bench/adapter.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define BENCH_STATUS_REGISTERS 3

struct bench_range {
	uint64_t start;
	uint64_t length; /* bytes */
};

struct bench_chip_status {
	unsigned int cs;
	const char *part;
	const char *vendor;
	const char *flashrom;
	uint64_t size;
	const char *image;  /* NULL: none */
	int millivolts;     /* as set; 0: off */
	int vcc_millivolts; /* what the chip has of it: faults can be in between */
	uint64_t cut_in;    /* frames until the supply is cut; 0: it stays */
	struct bench_pins pins;
	bool busy;
	uint8_t registers[BENCH_STATUS_REGISTERS];
	unsigned int n_registers; /* that the part has */
	GArray *protected;        /* struct bench_range, in ascending order */
	unsigned int n_snapshots;
	unsigned int n_faults; /* of the chip itself */
	const char *board;     /* NULL: none */
	enum bench_boot boot;
};

/* Strings that are not marked live as long as the bench. */
struct bench_adapter_status {
	const char *name;
	const char *profile;
	char *tty;        /* NULL: unplugged, or TCP; owned */
	const char *link; /* NULL: none */
	const char *tcp;  /* NULL: pseudo-terminal */
	bool plugged;
	bool host;
	bool drivers;
	unsigned int hz;
	char *ready_line;      /* owned */
	unsigned int n_faults; /* of wires, line and chips */
	enum bench_board board;
	GArray *chips; /* struct bench_chip_status */
};

struct bench_status {
	const char *timing;
	uint64_t seed;
	double uptime_s;
	GPtrArray *adapters; /* struct bench_adapter_status */
};

/* From the main thread. Free with bench_status_free(). */
struct bench_status *bench_status_new(struct bench_actions *actions);
void bench_status_free(struct bench_status *status);

#endif
