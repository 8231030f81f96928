/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a bench; the values of one adapter are read at the same time. */
#ifndef SPINOR_ACTION_BENCHSTATUS_H
#define SPINOR_ACTION_BENCHSTATUS_H

#include "action/action.h"
#include "bench/adapter.h"
#include "bench/outputs.h"
#include "flash/describe.h"
#include "flash/package.h"
#include "flash/reasons.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Why a chip does not answer as its host expects. */
struct action_reason {
	const char *kind;   /* for programs */
	bool silent;        /* it does not answer an identification */
	unsigned int fault; /* its number; 0: it is no fault */
	char text[FLASH_REASON_BYTES];
};

struct action_range {
	uint64_t start;
	uint64_t length; /* bytes */
};

struct action_chip_status {
	unsigned int cs;
	const char *part;
	const char *vendor;
	const char *flashrom;
	uint64_t size;
	const char *package; /* "SOIC-8" */
	unsigned int package_pins;
	const char *pin_names[FLASH_PACKAGE_PINS_MAX];
	const char *image;  /* NULL: none */
	bool is_snapshot;   /* nothing is written to the image */
	GPtrArray *unsaved; /* char *: what is not saved now */
	int millivolts;     /* as set; 0: off */
	int vcc_millivolts; /* at the chip: faults can change it */
	uint64_t cut_in;    /* frames until the supply is cut; 0: never */
	struct bench_pins pins;
	bool busy;
	struct flash_register registers[FLASH_NAMED_REGISTERS];
	unsigned int n_registers;
	unsigned int n_status; /* the first of them: SR1 up to the last that the part has */
	uint8_t status[FLASH_STATUS_REGISTERS];
	GArray *reasons;   /* struct action_reason, the most important first */
	GArray *protected; /* struct action_range, in ascending order */
	unsigned int n_snapshots;
	unsigned int n_faults; /* of the chip itself */
	const char *board;     /* NULL: none */
	enum bench_boot boot;
};

/* Strings that are not marked as owned live as long as the bench. */
struct action_adapter_status {
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
	unsigned int n_faults; /* of wires, serial link and chips */
	enum board_state board;
	GArray *chips; /* struct action_chip_status */
};

struct action_status {
	const char *timing;
	uint64_t seed;
	double uptime_s;
	GPtrArray *adapters; /* struct action_adapter_status */
	struct bench_output outputs[BENCH_OUTPUTS_MAX];
	unsigned int n_outputs;
};

/* To be called from the main thread. Free with action_status_free(). */
struct action_status *action_status_new(struct action_context *actions);
void action_status_free(struct action_status *status);

#endif
