/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The results of "spinor run": counters, arrays and their comparison. */
#ifndef SPINOR_SPINOR_RUNREPORT_H
#define SPINOR_SPINOR_RUNREPORT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

struct spinor_client;
struct spinor_command;

struct spinor_report {
	JsonArray *chips;    /* {adapter, cs, part, stats, image} */
	JsonObject *stats;   /* sums over the chips that --adapter and --cs select */
	JsonObject *compare; /* --expect-image: result of image.compare; NULL: not given */
};

/* Queries the bench; status: its state, with the adapters. Reads arrays only for --report. */
bool spinor_report_collect(struct spinor_report *report, struct spinor_client *client,
	JsonObject *status, const struct spinor_command *command, GError **error);
void spinor_report_clear(struct spinor_report *report);

#endif
