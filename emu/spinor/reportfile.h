/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report of "spinor run", for --report and --json. */
#ifndef SPINOR_SPINOR_REPORTFILE_H
#define SPINOR_SPINOR_REPORTFILE_H

#include "spinor/runreport.h"
#include "spinor/supervise.h"

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

struct spinor_command;

struct spinor_run_result {
	JsonNode *bench; /* bench.status when the command started; NULL: the bench did not start */
	bool unwritable; /* the file of the report */
	bool begun;      /* the name of the report is checked */
	bool ended;      /* the command has started and ended: outcome is valid */
	struct spinor_supervise_outcome outcome;
	int64_t took_us;
	struct spinor_report report;
	GPtrArray *unsaved; /* char *: what the bench could not save; NULL: not yet known */
	int exit_status;    /* of run itself; -1: not yet known */
	char *error;        /* why run itself failed; NULL: it did not */
};

/* Writes a report of a run that has not ended, so that no report of an earlier run is taken for
 * this one, and a file that cannot be written is found before the command starts. */
bool spinor_reportfile_begin(const struct spinor_command *command, GError **error);

/* Writes the report to the file of --report and, with --json, to standard output. */
bool spinor_reportfile_write(const struct spinor_command *command,
	const struct spinor_run_result *result, GError **error);

#endif
