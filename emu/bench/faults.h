/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The faults of one adapter: of its wires and of the chips on them. In the thread that has them. */
#ifndef SPINOR_BENCH_FAULTS_H
#define SPINOR_BENCH_FAULTS_H

#include "board/board.h"
#include "clip/clip.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct bench_activity;
struct setup_fault;
struct bench_faults;
struct bench_cable;
struct clip;
struct flash_part;
struct link_fault_report;

/* One act of a fault, for reports. */
struct bench_fault_act {
	unsigned int id;
	const char *name;     /* NULL: it has none */
	const char *text;     /* the fault as it was given */
	uint64_t operation;   /* frames of the host up to then; of its line: commands */
	const char *position; /* "miso, byte 12, bit 3, opcode 03" or "address 001234" */
	int64_t address;      /* in the chip; -1: none */
	int64_t byte;         /* of the frame, or of the line; -1: it is a chip's */
	int cs;               /* of a chip's fault; -1: of the wires */
	int64_t time_ns;
	uint64_t acted; /* times, this one included */
};

struct bench_fault_info {
	unsigned int id;
	char *name; /* NULL: it has none */
	char *text;
	int cs;              /* of a chip's fault; -1: of another */
	bool keeps_selected; /* the adapter keeps a chip selected after it has acted */
	uint64_t acted;
	uint64_t matched; /* frames or operations that it was aimed at; cells that were read */
};

/* None yet. clip outlives it; its chips are those that are on it then and later. */
struct bench_faults *bench_faults_new(struct clip *clip, const char *owner);

/* Faults of the serial link go to that cable. */
void bench_faults_set_cable(struct bench_faults *faults, struct bench_cable *cable);

/* Acts are noted there. */
void bench_faults_set_activity(struct bench_faults *faults, struct bench_activity *activity);

/* For the link's listener. */
void bench_faults_link_acted(struct bench_faults *faults, const struct link_fault_report *report);

/* Clears them first. */
void bench_faults_destroy(struct bench_faults *faults);

/* The parts on an adapter's select lines, for bench_faults_check(); NULL: none. */
struct bench_fault_target {
	const struct flash_part *parts[CLIP_SELECTS];
	unsigned int cs; /* of a chip's fault: which is meant */
	bool is_terminal;
};

/* Whether the chip that is meant, or the wires, can have the fault. Errors are BASE_ERROR_USAGE
 * and begin with the fault's text. */
bool bench_faults_check(
	const struct setup_fault *fault, const struct bench_fault_target *target, GError **error);

/* Puts a fault on the wires or on the chip of line cs. Its id, > 0, is never used again; 0 and an
 * error when a value is refused, the line has no chip, the name is taken or there are as many as
 * may be. */
unsigned int bench_faults_add(struct bench_faults *faults, const struct setup_fault *fault,
	unsigned int cs, GError **error);

/* A line of log says how often it acted. False when there is none of that id. */
bool bench_faults_remove(struct bench_faults *faults, unsigned int id);
void bench_faults_clear(struct bench_faults *faults);

/* How many there are; with cs >= 0, in the chip on that line. */
unsigned int bench_faults_count(const struct bench_faults *faults, int cs);

/* The id of the fault of that name; 0: there is none. */
unsigned int bench_faults_named(const struct bench_faults *faults, const char *name);

/* The id here of a fault that the clip knows by clip_id; 0: there is none. */
unsigned int bench_faults_of_wires(const struct bench_faults *faults, unsigned int clip_id);

void bench_faults_set_board(struct bench_faults *faults, enum board_state state);
enum board_state bench_faults_board(const struct bench_faults *faults);

/* struct bench_fault_info, oldest first. Free with g_ptr_array_unref(). */
GPtrArray *bench_faults_list(struct bench_faults *faults);

/* Told of each act from then on; free_data(data) at the end. */
void bench_faults_observe(struct bench_faults *faults,
	void (*observe)(void *data, const struct bench_fault_act *act), void *data,
	GDestroyNotify free_data);
bool bench_faults_is_observed(const struct bench_faults *faults);

#endif
